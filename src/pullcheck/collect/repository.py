"""Requests below one repository of the registry; the Authorization header lives here and nowhere else."""

import json
from dataclasses import replace

from pullcheck.collect.document import digest_of, read_manifest
from pullcheck.collect.encoding import as_clients_read
from pullcheck.collect.login import ERROR_LIMIT
from pullcheck.collect.makes import ARTIFACTORY, NEXUS
from pullcheck.collect.registry import MANIFEST_TYPES
from pullcheck.collect.transfer import Headers, Transfer
from pullcheck.evidence.pull import Manifest
from pullcheck.evidence.steps import Step
from pullcheck.missing import NotObserved, Unavailable
from pullcheck.vantage import Fetched, Outcome

ACCEPT = (("Accept", ", ".join(MANIFEST_TYPES)),)
"""As containerd asks: every type in one line."""
ACCEPT_LINES = tuple(("Accept", one) for one in MANIFEST_TYPES)
"""As Docker asks: a line for each type."""
MANIFEST_LIMIT = 8 * 1024 * 1024
LIST_LIMIT = 64 * 1024
NAMES_SHOWN = 10


class Repository:
    """One repository, and what proves that it may be read; ``base`` is the registry's ``https://HOST[:PORT]``."""

    def __init__(self, transfer: Transfer, base: str, name: str) -> None:
        self.transfer, self.base, self.name = transfer, base, name
        self.authorization: str | None = None

    def ask(self, method: str, what: str, headers: Headers = (), limit: int = ERROR_LIMIT) -> tuple[Step, Fetched]:
        """One request below the repository, e.g. for ``blobs/sha256:...``."""
        return self._send(method, f"{self.base}/v2/{self.name}/{what}", headers, limit, self.authorization)

    def head(self, reference: str, authorization: str | None, at: str | None = None) -> Step:
        """HEAD of a manifest as containerd asks, with this Authorization header, at this address of the registry's."""
        url = f"{self.base}/v2/{self.name}/manifests/{reference}"
        step, _ = self.transfer.ask("HEAD", url, ACCEPT, authorization=authorization, limit=ERROR_LIMIT, at=at)
        return step

    def resolved(self, reference: str) -> tuple[Manifest, tuple[str, ...]]:
        """The manifest as both families of clients come by it, and the challenges with which it was refused.

        Both ask for a tag's digest by HEAD and then for that digest. Only where HEAD names none, or the digest does not
        bring what it stands for, the tag is asked for by GET.
        """
        head, _ = self.ask("HEAD", f"manifests/{reference}", ACCEPT_LINES)
        named = head.last.digest if ":" not in reference and head.status == 200 and head.last else None
        early = self.manifest(named)[0] if named else None
        if early and early.computed == named:
            kind = head.last.media_type if head.last else None
            kind = kind if kind in MANIFEST_TYPES else early.media_type
            return self._compared(replace(early, reference=reference, head=head, media_type=kind)), ()
        manifest, lines = self.manifest(reference)
        manifest = replace(manifest, head=head)
        if not manifest.served:
            return manifest, lines
        manifest = self._compared(manifest)
        if ":" in reference or manifest.computed is None:
            return manifest, lines
        if early:
            return replace(manifest, by_digest=early.get, recomputed=early.computed), lines
        again, fetched = self.ask("GET", f"manifests/{manifest.computed}", ACCEPT, MANIFEST_LIMIT)
        whole = again.status == 200 and not fetched.exchange.truncated
        recomputed = digest_of(as_clients_read(fetched, MANIFEST_LIMIT), manifest.computed) if whole else None
        return replace(manifest, by_digest=again, recomputed=recomputed), lines

    def _compared(self, manifest: Manifest) -> Manifest:
        """The manifest with what HEAD in containerd's form gives, where Docker's did not give what GET does."""
        if manifest.head is None or not differ(manifest.head, manifest.get):
            return manifest
        return replace(manifest, joined=self.head(manifest.reference, self.authorization))

    def manifest(self, reference: str) -> tuple[Manifest, tuple[str, ...]]:
        """The manifest as GET gives it, and the challenges with which it was refused."""
        get, fetched = self.ask("GET", f"manifests/{reference}", ACCEPT, MANIFEST_LIMIT)
        lines, content = fetched.exchange.all("www-authenticate"), as_clients_read(fetched, MANIFEST_LIMIT)
        manifest = Manifest(reference, None, get, size=len(content))
        if get.status != 200 or get.last is None:
            return manifest, lines
        manifest = replace(manifest, media_type=get.last.media_type)
        if fetched.exchange.truncated:
            return replace(manifest, fault="it was not served in full"), lines
        claimed = reference if ":" in reference else get.last.digest or ""
        manifest = replace(manifest, computed=digest_of(content, claimed))
        return self.transfer.scrubbed(read_manifest(manifest, content)), lines

    def tags(self) -> tuple[Step, tuple[str, ...]]:
        """The list of tags, and the first names in it."""
        step, fetched = self.ask("GET", "tags/list", limit=LIST_LIMIT)
        names = names_in(fetched.content, "tags")[:NAMES_SHOWN]
        return step, tuple(self.transfer.clean(name) for name in names)

    def elsewhere(self, reference: str, make: str | None) -> tuple[str, ...]:
        """The names under which a registry of this make has the image, where it is not found under its own."""
        if make not in (ARTIFACTORY, NEXUS):
            return ()
        _, _, shorter = self.name.partition("/")
        if shorter:
            url = f"{self.base}/v2/{shorter}/manifests/{reference}"
            if self._send("HEAD", url, ACCEPT, ERROR_LIMIT, self.authorization)[0].status == 200:
                return (shorter,)
        _, fetched = self._send("GET", f"{self.base}/v2/_catalog?n=1000", (), LIST_LIMIT, self.authorization)
        names = (self.transfer.clean(name) for name in names_in(fetched.content, "repositories"))
        return tuple(name for name in names if name.endswith(f"/{self.name}"))[:NAMES_SHOWN]

    def _send(
        self, method: str, url: str, headers: Headers, limit: int, authorization: str | None
    ) -> tuple[Step, Fetched]:
        step, fetched = self.transfer.ask(method, url, headers, authorization=authorization, limit=limit)
        trusted(step)
        return step, fetched


def differ(head: Step, get: Step) -> bool:
    """Whether HEAD in Docker's form did not give what GET in containerd's did."""
    one, other = head.last, get.last
    if one is None or other is None or one.status == 405:
        return False
    other_digest = None not in (one.digest, other.digest) and one.digest != other.digest
    return one.status != 200 or one.media_type != other.media_type or other_digest


def names_in(content: bytes, key: str) -> list[str]:
    """The names in the answer of ``/tags/list`` or ``/_catalog``; none where it is not one."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return []
    names = value.get(key) if isinstance(value, dict) else None
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def trusted(step: Step) -> None:
    """Nothing was sent where the registry's own certificate did not verify, and nothing can be said without.

    Raises:
        NotObserved: it did not.
    """
    if step.replies and step.replies[0].outcome is Outcome.UNTRUSTED:
        reason = f"nothing was asked for, because the registry's certificate did not verify ({step.replies[0].detail})"
        raise NotObserved(Unavailable(reason, "mend what tls.public-ca reports, then run again", "tls.public-ca"))

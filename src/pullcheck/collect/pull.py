"""Goes through one pull of the image, up to the first bytes of its largest layer."""

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from pullcheck.collect.credentials import Credentials
from pullcheck.collect.document import choose, digest_of, read_config, read_manifest
from pullcheck.collect.login import Access, log_in
from pullcheck.collect.registry import VALUE_HIDDEN, base_url
from pullcheck.collect.transfer import Headers, Transfer
from pullcheck.evidence.credentials import Account, Source
from pullcheck.evidence.placement import ImageReference
from pullcheck.evidence.pull import (
    Config,
    Descriptor,
    ImagePull,
    Layer,
    Login,
    Machine,
    Machines,
    Manifest,
    PlatformImage,
    Sample,
    Scheme,
    Step,
)
from pullcheck.evidence.registry import AddressPing, Ping
from pullcheck.evidence.tls import PublicRoots
from pullcheck.instance_type import architecture_of
from pullcheck.missing import NotObserved, Unavailable
from pullcheck.settings import Settings
from pullcheck.target import Model, Target
from pullcheck.vantage import Fetched, Outcome, Vantage
from pullcheck.wiring import collector

MANIFEST_TYPES = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
)
ACCEPT = (("Accept", ", ".join(MANIFEST_TYPES)),)
MANIFEST_LIMIT = 8 * 1024 * 1024
CONFIG_LIMIT = 4 * 1024 * 1024
ERROR_LIMIT = 16 * 1024
SAMPLE_LIMIT = 64 * 1024
LAYERS_AT_ONCE = 8
TAGS_SHOWN = 10
BEGINNINGS = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"<": "markup"}


@collector()
def machines(target: Target, model: Model) -> Machines:
    """The instance types of the variants that run this model; a serverless variant has none."""
    mine = (variant for variant in target.variants if variant.model_name in (None, model.name))
    pairs = ((variant.name, kind) for variant in mine if not variant.serverless for kind in variant.instance_types)
    return Machines(tuple(Machine(name, kind, architecture_of(kind)) for name, kind in pairs))


@collector()
def image_pull(
    image: ImageReference,
    found: Ping,
    roots: PublicRoots,
    credentials: Credentials,
    wanted: Machines,
    settings: Settings,
    vantage: Vantage,
) -> ImagePull | Unavailable:
    """The pull at the first address that answers as a registry does."""
    if image.problems:
        return Unavailable("the image reference is not valid", "correct it", blocked_by="target.image-reference")
    answering = next((one for one in found.answers if one.last and one.last.status in (200, 401)), None)
    if answering is None:
        return _unreachable(found)
    known = (secret for secret in credentials.secrets if secret not in image.text)
    transfer = Transfer(vantage, settings, roots.pem, found.seen, answering.address, tuple(known))
    return _Puller(image, found, answering, credentials, transfer, wanted).pull()


class _Puller:
    """One pull in progress; the Authorization header lives here and nowhere else."""

    def __init__(
        self,
        image: ImageReference,
        found: Ping,
        answering: AddressPing,
        credentials: Credentials,
        transfer: Transfer,
        wanted: Machines,
    ) -> None:
        self._found, self._answering, self._wanted = found, answering, wanted
        self._credentials, self._transfer = credentials, transfer
        self._repository = image.repository
        self._reference = image.digest or image.tag or "latest"
        self._base = base_url(found.seen)
        self._authorization: str | None = None

    def pull(self) -> ImagePull:
        """Challenge, token, manifest, configuration, layers; ends where a client would."""
        asked = self._challenges()
        login = self._log_in(asked) if asked else Login(Scheme.NONE, self._credentials.account)
        seen = ImagePull(
            self._found.seen.host,
            self._found.seen.port,
            self._answering.address,
            self._repository,
            self._reference,
            login,
            self._found.vantage,
            anonymous=self._as_nobody(asked) if asked and self._is_on_trial else None,
        )
        if login.rejected:
            return replace(seen, met=self._transfer.met)
        root, lines = self._manifest(self._reference)
        if login.scheme is Scheme.NONE and root.get.status == 401 and lines:
            seen = replace(seen, anonymous=self._as_nobody(lines) if self._is_on_trial else None)
            login = self._log_in(lines, f"{self._base}/v2/{self._repository}/manifests/{self._reference}")
            if login.rejected:
                return replace(seen, login=login, root=root, met=self._transfer.met)
            root, _ = self._manifest(self._reference)
        seen = replace(seen, login=login, root=root)
        if root.get.status == 404:
            tags, names = self._tags()
            seen = replace(seen, tags=tags, tag_names=names)
        elif root.served:
            seen = replace(seen, images=tuple(self._images(root)))
        return replace(seen, met=self._transfer.met)

    def _challenges(self) -> tuple[str, ...]:
        """With which GET /v2/ was refused; asked for again where a realm's query is not kept in full."""
        ping = self._answering.last
        kept = ping.all("www-authenticate") if ping and ping.status == 401 else ()
        if not any(VALUE_HIDDEN in line for line in kept):
            return kept
        step, fetched = self._transfer.ask("GET", f"{self._base}/v2/")
        _trusted(step)
        return fetched.exchange.all("www-authenticate") or kept

    @property
    def _is_on_trial(self) -> bool:
        """Whether the credentials are not those that SageMaker would use."""
        return self._credentials.account.source is Source.ENVIRONMENT

    def _as_nobody(self, lines: Iterable[str]) -> Step:
        """The manifest without credentials, or the token request that brought none for it."""
        nobody = Credentials(Account(Source.NOBODY))
        access = log_in(lines, self._base, self._repository, nobody, self._transfer)
        token = access.login.token
        if token and not token.granted:
            return token.step
        url = f"{self._base}/v2/{self._repository}/manifests/{self._reference}"
        return self._transfer.ask("GET", url, ACCEPT, authorization=access.authorization, limit=ERROR_LIMIT)[0]

    def _log_in(self, lines: Iterable[str], asked: str | None = None) -> Login:
        access: Access = log_in(lines, self._base, self._repository, self._credentials, self._transfer, asked)
        self._authorization = access.authorization
        login = access.login
        if login.trial:
            _trusted(login.trial)
        if login.token and login.token.same_host:
            _trusted(login.token.step)
        return login

    def _ask(self, method: str, what: str, headers: Headers = (), limit: int = ERROR_LIMIT) -> tuple[Step, Fetched]:
        """One request below the repository, e.g. ``blobs/sha256:...``."""
        url = f"{self._base}/v2/{self._repository}/{what}"
        step, fetched = self._transfer.ask(method, url, headers, authorization=self._authorization, limit=limit)
        _trusted(step)
        return step, fetched

    def _manifest(self, reference: str) -> tuple[Manifest, tuple[str, ...]]:
        """The manifest, and the challenges with which it was refused."""
        head, _ = self._ask("HEAD", f"manifests/{reference}", ACCEPT)
        get, fetched = self._ask("GET", f"manifests/{reference}", ACCEPT, MANIFEST_LIMIT)
        lines, content = fetched.exchange.all("www-authenticate"), fetched.content
        manifest = Manifest(reference, head, get, size=len(content))
        if get.status != 200 or get.last is None:
            return manifest, lines
        manifest = replace(manifest, media_type=get.last.media_type)
        if fetched.exchange.truncated:
            return replace(manifest, fault="it was not served in full"), lines
        claimed = reference if ":" in reference else get.last.digest or ""
        return read_manifest(replace(manifest, computed=digest_of(content, claimed)), content), lines

    def _tags(self) -> tuple[Step, tuple[str, ...]]:
        step, fetched = self._ask("GET", "tags/list", limit=SAMPLE_LIMIT)
        return step, tuple(self._transfer.clean(name) for name in tags_in(fetched.content)[:TAGS_SHOWN])

    def _images(self, root: Manifest) -> Iterable[PlatformImage]:
        if not root.entries:
            yield self._image(root)
        for entry in choose(root.entries, self._wanted.architectures):
            yield self._image(self._manifest(entry.digest)[0])

    def _image(self, manifest: Manifest) -> PlatformImage:
        if not manifest.served or manifest.config is None:
            return PlatformImage(manifest)
        step, fetched = self._ask("GET", f"blobs/{manifest.config.digest}", limit=CONFIG_LIMIT)
        config = Config(step)
        if step.status == 200 and not fetched.exchange.truncated:
            computed = digest_of(fetched.content, manifest.config.digest)
            config = read_config(replace(config, computed=computed), fetched.content)
        distinct = {layer.digest: layer for layer in manifest.layers if not layer.elsewhere}
        with ThreadPoolExecutor(LAYERS_AT_ONCE, "layer") as pool:
            layers = tuple(pool.map(lambda layer: Layer(layer, self._presence(layer)), distinct.values()))
        there = [layer.descriptor for layer in layers if layer.step.status == 200]
        largest = max(there, key=lambda layer: layer.size or 0, default=None)
        return PlatformImage(manifest, config, layers, self._sample(largest) if largest else None)

    def _presence(self, layer: Descriptor) -> Step:
        """HEAD, and GET where that is refused: a presigned URL is good for one method, some servers know no HEAD."""
        step, _ = self._ask("HEAD", f"blobs/{layer.digest}")
        if step.status is not None and step.status >= 400:
            step, _ = self._ask("GET", f"blobs/{layer.digest}")
        return step

    def _sample(self, layer: Descriptor) -> Sample:
        step, fetched = self._ask("GET", f"blobs/{layer.digest}", limit=SAMPLE_LIMIT)
        content, whole = fetched.content, step.status == 200 and not fetched.exchange.truncated
        begins = next((name for beginning, name in BEGINNINGS.items() if content.startswith(beginning)), "other")
        computed = digest_of(content, layer.digest) if whole else None
        return Sample(layer, step, begins, computed)


def tags_in(content: bytes) -> list[str]:
    """The names in the answer of ``/tags/list``; none where it is not one."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return []
    names = value.get("tags") if isinstance(value, dict) else None
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _trusted(step: Step) -> None:
    """Nothing was sent where the registry's own certificate did not verify, and nothing can be said without.

    Raises:
        NotObserved: it did not.
    """
    if step.replies and step.replies[0].outcome is Outcome.UNTRUSTED:
        reason = f"nothing was asked for, because the registry's certificate did not verify ({step.replies[0].detail})"
        raise NotObserved(Unavailable(reason, "mend what tls.public-ca reports, then run again", "tls.public-ca"))


def _unreachable(found: Ping) -> Unavailable:
    name = f"{found.seen.host}:{found.seen.port}"
    reason = f"no address of {name} answers GET /v2/ with 200 or 401"
    tls = any(one.last and one.last.outcome is Outcome.TLS_ALERT for one in found.answers)
    blocked_by = "tls.protocol" if tls else "registry.api-v2"
    return Unavailable(reason, f"mend what {blocked_by} reports, then run again", blocked_by, name)


COLLECTORS = (machines, image_pull)

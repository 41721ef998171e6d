"""Requests to the registry and to where it leads, each over TLS that verified; what is kept of them holds no secret."""

import json
import re
from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from threading import Lock
from time import monotonic, sleep
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from pullcheck.collect.forms import forms
from pullcheck.collect.makes import ahead_of, make_of
from pullcheck.collect.places import is_own_machine, is_signed, is_written_as_own_machine, joined, origin
from pullcheck.collect.registry import MANIFEST_TYPES, forced_addresses, pause_after, without_secrets
from pullcheck.evidence.pull import Met
from pullcheck.evidence.registry import RegistrySeen
from pullcheck.evidence.steps import RegistryError, Reply, Step, Stop
from pullcheck.host_names import bare
from pullcheck.settings import Settings
from pullcheck.vantage import Exchange, Fetched, Outcome, Resolution, Vantage

REDIRECTS = 10
ADDRESSES_TRIED = 3
KEPT, LINE_KEPT = 200, 600
WORDS_READ = 64 * 1024
"""Bytes of an error, or of a page, that are looked through."""
PART_TYPES = (
    "application/vnd.docker.container.image.v1+json",
    "application/vnd.docker.image.rootfs.diff.tar.gzip",
    "application/vnd.oci.image.config.v1+json",
    "application/vnd.oci.image.layer.v1.tar+gzip",
    "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
)
VOCABULARY = " ".join((*MANIFEST_TYPES, *PART_TYPES))
"""Words that are no secret to anybody, even if a password is one of them."""
SHORTEST, LONG = 3, 8
"""Characters of a secret that is taken out of free text, and out of names: shorter ones are found in any name."""
PATIENCE = 10
"""The whole pull may take this many times ``--timeout``."""
ASKED_AGAIN = 8
"""How often in one pull the same is asked again, once each."""

_REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})
_ELSEWHERE = frozenset({Outcome.REFUSED, Outcome.NO_ANSWER, Outcome.UNREACHABLE, Outcome.RESET})
_MEDIA_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,127}", re.ASCII)
_DIGEST = re.compile(r"[a-z0-9+._-]{1,32}:[0-9A-Za-z=_-]{32,128}")
_GO_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}")
"""The digests that clients written in Go take (go-digest)."""
_TITLE = re.compile(r"<title[^>]*>([^<]{1,200})", re.IGNORECASE)
_ERROR_CODE = re.compile(r"[A-Z_]{1,40}")
_STORE_ERROR = re.compile(r"<Code>([A-Za-z]{1,60})</Code>(?:\s*<Message>([^<]{1,400})(?=<))?")
_STORE_DETAIL = re.compile(r"<(?:AuthenticationErrorDetail|Details)>([^<]{1,400})(?=<)")
"""What Amazon S3, Google Cloud Storage and Azure Blob Storage answer, and what speaks like them."""

NOTHING = Fetched(Exchange("", 0, "", "", Outcome.NO_ANSWER))

T = TypeVar("T")
Headers = tuple[tuple[str, str], ...]


class Transfer:
    """Everything asked in one pull: where hosts are, what must not be told, when it is enough. Thread-safe."""

    def __init__(
        self,
        vantage: Vantage,
        settings: Settings,
        roots: str,
        seen: RegistrySeen,
        address: str,
        secrets: tuple[str, ...] = (),
    ) -> None:
        self._vantage, self._settings, self._roots = vantage, settings, roots
        self._registry = (bare(seen.host), seen.port)
        self._address = address
        self._own = frozenset(seen.addresses)
        self._secrets: tuple[str, ...] = ()
        self._anywhere = self._in_names = _any_of(())
        self.hide(*secrets)
        self._resolved: dict[str, Resolution] = {}
        self._met: dict[Met, None] = {}
        self._led: dict[str, str] = {}
        self._lock = Lock()
        self._end = monotonic() + PATIENCE * settings.timeout
        self._again = ASKED_AGAIN

    @property
    def met(self) -> tuple[Met, ...]:
        """The hosts beside the registry, in the order in which they were met."""
        return tuple(self._met)

    def hide(self, *secrets: str) -> None:
        """What no text that is kept may hold from now on."""
        found = (form for secret in secrets for form in forms(secret) if len(form) >= SHORTEST)
        self._secrets = tuple(sorted({*self._secrets, *found}, key=len, reverse=True))
        self._anywhere = _any_of(self._secrets)
        self._in_names = _any_of(one for one in self._secrets if len(one) >= LONG and one.lower() not in VOCABULARY)

    def led(self, url: str) -> str:
        """The host and port where the last request to a URL ended, empty where that was the URL's own."""
        return self._led.get(url, "")

    def ask(
        self,
        method: str,
        url: str,
        headers: Headers = (),
        *,
        authorization: str | None = None,
        limit: int = 0,
        role: str = "redirect target",
        body: bytes = b"",
        at: str | None = None,
    ) -> tuple[Step, Fetched]:
        """Ask and follow redirects; ``authorization`` goes to the host and port of ``url`` alone.

        Once a redirect has led elsewhere, it is not sent again, even if the next one leads back. A ``body``, which may
        hold a password, goes to ``url`` alone. What comes with a step that was stopped holds nothing. ``at`` is the
        address of the registry's to use for this request.
        """
        replies: list[Reply] = []
        before: list[Reply] = []
        asked, first = url, origin(url)
        while True:
            if len(replies) > REDIRECTS:
                return Step(tuple(replies), Stop.TOO_MANY, self.shown(url), before=tuple(before)), NOTHING
            addresses, stopped = self._addresses(url, role, at)
            if stopped:
                return replace(stopped, replies=tuple(replies), before=tuple(before)), NOTHING
            if origin(url) != first:
                authorization = None
            sent = (*headers, ("Authorization", authorization)) if authorization else headers
            fetched = self._fetch(method, addresses, url, sent, limit, body)
            if not body and self._pauses(fetched):
                before.append(self._reply(fetched))
                fetched = self._fetch(method, addresses, url, sent, limit, body)
            replies.append(self._reply(fetched))
            location = fetched.exchange.header("location")
            if fetched.exchange.status not in _REDIRECT_STATUSES or not location:
                place = origin(url)
                self._led[asked] = self.scrubbed(f"{place[1]}:{place[2]}") if place and place != first else ""
                return Step(tuple(replies), before=tuple(before)), fetched
            url = joined(url, location)
            if body:
                return Step(tuple(replies), Stop.PASSWORD, self.shown(url)), NOTHING

    def shown(self, url: str) -> str:
        """The URL without user, query and fragment, and without a secret that it may repeat."""
        try:
            parts = urlsplit(url)
            netloc = self.scrubbed(parts.netloc.rpartition("@")[2])
            return parts._replace(query="", fragment="", netloc=netloc, path=self.clean(parts.path)).geturl()
        except ValueError:
            return self.clean(url.partition("?")[0].rpartition("@")[2])

    def clean(self, text: str, kept: int = KEPT) -> str:
        """One short line of what the other side wrote, without the secrets that it may repeat."""
        return " ".join(self._anywhere.sub("...", text).split())[:kept]

    def scrubbed(self, value: T) -> T:
        """A piece of evidence without the long secrets that its names may repeat."""
        found: Any = value
        if isinstance(value, str) and not isinstance(value, Enum):
            found = self._in_names.sub("...", value)
        elif isinstance(value, tuple):
            found = tuple(self.scrubbed(one) for one in value)
        elif is_dataclass(value) and not isinstance(value, type):
            held = {one.name: getattr(value, one.name) for one in fields(value)}
            changed = {name: new for name, old in held.items() if (new := self.scrubbed(old)) != old}
            found = replace(value, **changed) if changed else value
        return cast(T, found)

    def _pauses(self, fetched: Fetched) -> bool:
        """Wait as clients do before they ask once more; False where they do not, or would have to wait for long."""
        pause = pause_after(fetched.exchange)
        if pause is None:
            return False
        with self._lock:
            if monotonic() + pause > self._end or not self._again:
                return False
            self._again -= 1
        sleep(pause)
        return True

    def _addresses(self, url: str, role: str, at: str | None) -> tuple[tuple[str, ...], Step | None]:
        place = origin(url)
        if place is None or place[0] != "https":
            stop = Stop.PLAIN_HTTP if place and place[0] == "http" else Stop.NO_URL
            stop = Stop.OWN_MACHINE if place and is_written_as_own_machine(place[1]) else stop
            return (), Step((), stop, self.shown(url))
        if monotonic() > self._end:
            return (), Step((), Stop.NO_TIME, self.shown(url))
        _, host, port = place
        if (host, port) == self._registry:
            return (at or self._address,), None
        forced = forced_addresses(host, port, self._settings)
        found = Resolution(host, forced) if forced else self._resolve(host)
        with self._lock:
            self._met[Met(self.scrubbed(host), role, found.addresses, bool(forced))] = None
        if not found.addresses:
            detail = self.clean(found.error or "")
            return (), Step((), Stop.NO_NAME, self.shown(url), detail, found.no_such_name)
        allowed = tuple(one for one in found.addresses if forced or one in self._own or not is_own_machine(one))
        if not allowed:
            return (), Step((), Stop.OWN_MACHINE, self.shown(url), ", ".join(found.addresses))
        return allowed[:ADDRESSES_TRIED], None

    def _resolve(self, host: str) -> Resolution:
        with self._lock:
            known = self._resolved.get(host)
        found = known or self._vantage.resolve(host)
        with self._lock:
            return self._resolved.setdefault(host, found)

    def _fetch(
        self, method: str, addresses: tuple[str, ...], url: str, headers: Headers, limit: int, body: bytes
    ) -> Fetched:
        """The answer of the first address that takes a connection."""
        for address in addresses:
            fetched = self._vantage.fetch(method, address, url, self._roots, headers, limit, body)
            if fetched.exchange.outcome not in _ELSEWHERE or monotonic() > self._end:
                break
        return fetched

    def _reply(self, fetched: Fetched) -> Reply:
        exchange = fetched.exchange
        length = exchange.header("content-length") or ""
        kind = media_type(exchange.header("content-type"))
        named = exchange.header("docker-content-digest")
        failed = exchange.status is not None and exchange.status >= 400
        detail = exchange.detail.partition(":")[0] if exchange.outcome is Outcome.BAD_ANSWER else exchange.detail
        said = fetched.content[:WORDS_READ] if failed or kind == "text/html" else b""
        text = self._anywhere.sub("...", said.decode("utf-8", "replace"))
        page = kind == "text/html" and _TITLE.search(text)
        reply = Reply(
            exchange.method,
            self.shown(exchange.url),
            exchange.address,
            exchange.outcome,
            self.clean(detail),
            exchange.status if exchange.outcome is Outcome.OK else None,
            kind,
            int(length) if re.fullmatch(r"[0-9]{1,18}", length) else None,
            digest(named),
            _shortened(self.clean(exchange.header("content-encoding") or "")),
            _shortened(self.clean(exchange.header("server") or "")),
            self._error(text) if failed else None,
            self.clean(page[1]) if page else None,
            tuple(self.clean(line, LINE_KEPT) for line in without_secrets(exchange).all("www-authenticate")),
            _shortened(self.clean(exchange.header("retry-after") or "")),
            _shortened(self.clean(exchange.header("ratelimit-remaining") or "")),
            make_of(exchange),
            int(fetched.seconds or 0),
            ahead_of(exchange),
            is_signed(exchange.url),
            self.clean(named) if named and not _GO_DIGEST.fullmatch(named) else "",
        )
        return self.scrubbed(reply)

    def _error(self, text: str) -> RegistryError | None:
        if told := _STORE_ERROR.search(text):
            detail = _STORE_DETAIL.search(text)
            return RegistryError(self.clean(told[1]), self.clean(f"{told[2] or ''} {detail[1] if detail else ''}"))
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return None
        errors = value.get("errors") if isinstance(value, dict) else None
        error = errors[0] if isinstance(errors, list) and errors else None
        if not isinstance(error, dict):
            return None
        code, message = str(error.get("code", "")), error.get("message")
        return RegistryError(
            self.clean(code) if _ERROR_CODE.fullmatch(code) else "",
            self.clean(message) if isinstance(message, str) else "",
        )


def media_type(text: str | None) -> str | None:
    """A media type in lower case without parameters; None for what is none."""
    bare = (text or "").partition(";")[0].strip()
    return bare.lower() if _MEDIA_TYPE.fullmatch(bare) else None


def digest(text: object) -> str | None:
    """A digest, None for what is none."""
    return text if isinstance(text, str) and _DIGEST.fullmatch(text) else None


def _any_of(texts: Iterable[str]) -> re.Pattern[str]:
    """Finds the first of these, in any case; nothing where there is none."""
    return re.compile("|".join(map(re.escape, texts)) or r"(?!)", re.IGNORECASE)


def _shortened(text: str) -> str | None:
    return text[:80] or None

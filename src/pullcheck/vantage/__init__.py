"""Where live observations are made, and the five things that a vantage can do."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Event
from typing import Protocol

CONTENT_LIMIT = 64 * 1024


class VantageName(StrEnum):
    """The places that ``--vantage`` names."""

    AUTO = "auto"
    NONE = "none"
    OUTSIDE = "outside"
    INSIDE = "inside"
    LAMBDA = "lambda"


class Outcome(StrEnum):
    """How an attempt at a connection ended. Every one of them is evidence."""

    OK = "ok"
    REFUSED = "refused"
    NO_ANSWER = "no answer in time"
    UNREACHABLE = "unreachable"
    RESET = "closed by the other side"
    TLS_ALERT = "TLS handshake failed"
    UNTRUSTED = "certificate did not verify"
    PLAIN_HTTP = "answered in plain HTTP"
    BAD_ANSWER = "answer is not HTTP"


@dataclass(frozen=True)
class Resolution:
    """What the vantage's resolver said: addresses, or the reason for none (``error``).

    ``no_such_name`` is true where the resolver answered that the name does not exist or has no address.
    """

    name: str
    addresses: tuple[str, ...]
    error: str | None = None
    no_such_name: bool = False


class Answered(StrEnum):
    """What became of a question."""

    ADDRESSES = "addresses"
    NO_ADDRESS = "no address"
    NO_NAME = "NXDOMAIN"
    SERVFAIL = "SERVFAIL"
    REFUSED = "REFUSED"
    OTHER_CODE = "another error code"
    SILENT = "no answer in time"
    CLOSED = "nobody listens"
    UNREACHABLE = "unreachable"
    BROKEN = "no answer to the question"

    @property
    def heard(self) -> bool:
        """Whether the server said anything that means something."""
        return self not in (Answered.SILENT, Answered.CLOSED, Answered.UNREACHABLE, Answered.BROKEN)

    @property
    def yes_or_no(self) -> bool:
        """Whether the answer settles the question."""
        return self in (Answered.ADDRESSES, Answered.NO_ADDRESS, Answered.NO_NAME)


@dataclass(frozen=True)
class Said:
    """One server's answer. ``kind`` is A or AAAA, ``transport`` udp or tcp; ``chain`` are the names that CNAME records
    lead to, in order. ``truncated`` means that the rest has to be asked for by TCP.
    """

    server: str
    name: str
    kind: str
    transport: str
    answered: Answered
    addresses: tuple[str, ...] = ()
    chain: tuple[str, ...] = ()
    truncated: bool = False
    detail: str = ""


@dataclass(frozen=True)
class Handshake:
    """One TLS handshake with verification off. ``chain`` is the certificates as served, leaf first, PEM.

    ``server_name`` is empty where none was sent. ``detail`` is the alert or the error in the TLS library's words;
    ``client_certificate_demanded`` may only be known after the first read (TLS 1.3). ``seconds`` is how long the
    handshake took, None where it was not begun; ``group`` is that of the key exchange, e.g. X25519.
    """

    address: str
    port: int
    server_name: str
    outcome: Outcome
    detail: str = ""
    version: str | None = None
    cipher: str | None = None
    chain: tuple[str, ...] = ()
    client_certificate_demanded: bool = False
    seconds: float | None = None
    group: str | None = None

    @property
    def is_authenticated(self) -> bool:
        """Whether it ended in a suite with authenticated encryption (AEAD), as all of TLS 1.3's are."""
        return self.version == "TLSv1.3" or any(mode in (self.cipher or "") for mode in ("GCM", "CHACHA20"))


@dataclass(frozen=True)
class Stapled:
    """One TLS handshake that asked for a stapled OCSP answer, verification off; ``chain`` as in `Handshake`.

    ``answer`` is the DER in base64: empty where the server staples none, None where it did not come that far.
    """

    address: str
    port: int
    outcome: Outcome
    detail: str = ""
    chain: tuple[str, ...] = ()
    answer: str | None = None


class TlsProfile(StrEnum):
    """What the client offers in a handshake."""

    PERMISSIVE = "permissive"
    """TLS 1.0 and newer, every cipher suite, security level 0: to see what is served."""
    GO = "go"
    """TLS 1.2 and newer with the suites that Go offers by itself, as containerd does."""
    DOCKER = "docker"
    """The same with the six suites that Docker offers."""


@dataclass(frozen=True)
class Exchange:
    """One HTTP request and its answer, over TLS whose certificate was not verified and without credentials.

    ``headers`` keeps order and repeats; ``body`` is the beginning of it, at most `CONTENT_LIMIT` bytes, control
    characters removed; ``truncated`` says whether there was more. ``connected`` is whether a TCP connection was made.
    """

    address: str
    port: int
    method: str
    url: str
    outcome: Outcome
    detail: str = ""
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    truncated: bool = False
    connected: bool = True

    def header(self, name: str) -> str | None:
        """The first header of that name, in any case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def all(self, name: str) -> tuple[str, ...]:
        """Every header line of that name, in order."""
        return tuple(value for key, value in self.headers if key.lower() == name.lower())


@dataclass(frozen=True)
class Fetched:
    """One request over TLS that verified, and its answer; never evidence, for headers and content may hold a secret.

    ``exchange.body`` is empty; ``content`` is the beginning of the body as it was sent. ``seconds`` is how long it took
    until the status line came, with a connection if one had to be opened; None where none came.
    """

    exchange: Exchange
    content: bytes = field(default=b"", repr=False)
    seconds: float | None = None


class Vantage(Protocol):
    """A place to look from. None of its methods raises for what the other side does: that is the answer."""

    @property
    def name(self) -> str:
        """``outside``, ``inside`` or ``lambda``."""

    @property
    def description(self) -> str:
        """For the report, e.g. "this machine, 10.0.1.17"."""

    def resolve(self, name: str) -> Resolution:
        """Look the name up as this place's resolver does."""

    def handshake(self, address: str, port: int, server_name: str, profile: TlsProfile) -> Handshake:
        """Do one TLS handshake, verification off, and keep the chain as served; an empty server name is not sent."""

    def staple(self, address: str, port: int, server_name: str) -> Stapled:
        """Do one TLS handshake that asks for a stapled OCSP answer, verification off."""

    def exchange(self, method: str, address: str, url: str, headers: tuple[tuple[str, str], ...] = ()) -> Exchange:
        """Do one HTTPS request to ``url`` at ``address``, following no redirect."""

    def fetch(
        self,
        method: str,
        address: str,
        url: str,
        roots: str,
        headers: tuple[tuple[str, str], ...] = (),
        limit: int = CONTENT_LIMIT,
        body: bytes = b"",
    ) -> Fetched:
        """Do one HTTPS request to ``url`` at ``address``, following no redirect, where credentials may be in it.

        The certificate has to verify, as for Go clients, against ``roots`` (PEM, and nothing else) for the URL's host;
        otherwise nothing is sent and the outcome is `Outcome.UNTRUSTED`. At most ``limit`` bytes of the answer's body
        are read.
        """

    def keeping_connections(self, given_up: Event | None = None) -> AbstractContextManager["Vantage"]:
        """This vantage, which uses its connections again as long as the block lasts.

        Once ``given_up`` is set, no request is sent any more.
        """

"""What the registry's own port answered to who looked: addresses, and the version check of the V2 API."""

from dataclasses import dataclass

from pullcheck.vantage import Exchange, Outcome


@dataclass(frozen=True)
class RegistrySeen:
    """The addresses at which the vantage looks for the registry.

    ``addresses`` is empty where the name did not resolve; ``error`` then says why, and ``no_such_name`` whether the
    resolver said that the name does not exist. ``forced`` means that they come from ``--resolve``. ``proxy`` is whether
    the environment of who looked names a proxy for https, which is not used: SageMaker has none.
    """

    host: str
    port: int
    addresses: tuple[str, ...]
    error: str | None
    forced: bool
    vantage: str
    no_such_name: bool = False
    proxy: bool = False


@dataclass(frozen=True)
class AddressPing:
    """``GET /v2/`` at one address.

    ``tcp`` is how opening the connection ended; ``exchange`` is the request after it, None where there was no
    connection; ``forwarded`` is the request to the place that a redirect named, where that is the same host and port.
    ``before`` is an answer of the kind that passes, after which the same was asked once again.
    """

    address: str
    tcp: Outcome
    exchange: Exchange | None = None
    forwarded: Exchange | None = None
    before: Exchange | None = None

    @property
    def last(self) -> Exchange | None:
        """The answer that counts: that of the redirect's target if it was asked."""
        return self.forwarded or self.exchange


@dataclass(frozen=True)
class Ping:
    """The version check of the Docker Registry HTTP API V2 at every address of the registry, without credentials."""

    seen: RegistrySeen
    answers: tuple[AddressPing, ...]
    vantage: str


@dataclass(frozen=True)
class PathPrefix:
    """``GET /PREFIX/v2/`` where ``/v2/`` is not found; PREFIX is the first part of the image's repository."""

    prefix: str
    exchange: Exchange
    vantage: str


@dataclass(frozen=True)
class ManifestAsked:
    """HEAD of the image's manifest without credentials, where GET /v2/ does not say how to log in.

    Docker asks ``/v2/`` first, containerd never does. ``exchange`` is of the first address with such an answer.
    """

    exchange: Exchange
    vantage: str

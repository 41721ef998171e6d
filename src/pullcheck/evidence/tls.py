"""What the hosts of the pull show in TLS handshakes, and which roots count as public."""

from dataclasses import dataclass, replace

from pullcheck.missing import Unavailable
from pullcheck.vantage import Handshake


@dataclass(frozen=True)
class PublicRoots:
    """The certificates of the public CAs, PEM, one text. ``source`` is e.g. "certifi 2026.10.18", or a file's name."""

    source: str
    pem: str


@dataclass(frozen=True)
class ServedAddress:
    """One address of a host: the handshakes in the permissive and in the Go profile.

    ``docker`` is the one in Docker's, tried only where Go's ended in a suite that Docker does not offer.
    """

    address: str
    permissive: Handshake
    go: Handshake
    docker: Handshake | None = None

    @property
    def chain(self) -> tuple[str, ...]:
        """The certificates as served, PEM, leaf first; empty where no handshake came that far."""
        return self.permissive.chain or self.go.chain

    @property
    def faces(self) -> tuple["ServedAddress", ...]:
        """It as clients may meet it: twice where two connections of the same kind were shown different chains."""
        one, other = self.permissive, self.go
        if not other.chain or one.chain == other.chain:
            return (self,)
        alike = (one.version, one.cipher) == (other.version, other.cipher)
        as_go = replace(self, permissive=other)
        return (self, as_go) if one.chain and alike else (as_go,)


@dataclass(frozen=True)
class ServedChains:
    """What each address of a host served: ``observed_at`` is ISO 8601 in UTC, ``vantage`` where it was seen.

    ``role`` is why clients go there, empty for the registry. ``unnamed`` is a handshake that sent no server name, tried
    only where the certificate is for other names. ``untried`` are addresses that no handshake was tried with;
    ``forced`` says that ``--resolve`` names those that were.
    """

    host: str
    port: int
    addresses: tuple[ServedAddress, ...]
    observed_at: str
    vantage: str
    role: str = ""
    unnamed: Handshake | None = None
    untried: tuple[str, ...] = ()
    forced: bool = False

    @property
    def subject(self) -> str:
        """How findings name it."""
        return f"{self.host}:{self.port} ({self.role})" if self.role else f"{self.host}:{self.port}"


@dataclass(frozen=True)
class ServedElsewhere:
    """The same of every host that the registry names: its token service, and where it redirects.

    ``silent`` says of the others why nothing was seen of their certificates; ``unseen`` why there may be more hosts.
    """

    hosts: tuple[ServedChains, ...]
    silent: tuple[Unavailable, ...]
    vantage: str
    unseen: Unavailable | None = None


@dataclass(frozen=True)
class LocalTrust:
    """What this machine has that SageMaker's hosts do not.

    ``roots`` are the certificates (PEM, one text) of its own trust store ``store`` that the served ones name as issuers
    and that are not public; ``proxy`` is the name of the environment variable that sends HTTPS through a proxy.
    """

    roots: str = ""
    store: str = ""
    proxy: str = ""

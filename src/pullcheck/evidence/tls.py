"""What the registry shows in TLS handshakes, and which roots count as public."""

from dataclasses import dataclass

from pullcheck.vantage import Handshake


@dataclass(frozen=True)
class PublicRoots:
    """The certificates of the public CAs, PEM, one text. ``source`` is e.g. "certifi 2026.10.18", or a file's name."""

    source: str
    pem: str


@dataclass(frozen=True)
class ServedAddress:
    """One address of the registry: the handshakes in the permissive and in the Go profile."""

    address: str
    permissive: Handshake
    go: Handshake

    @property
    def chain(self) -> tuple[str, ...]:
        """The certificates as served, PEM, leaf first; empty where no handshake came that far."""
        return self.permissive.chain or self.go.chain


@dataclass(frozen=True)
class ServedChains:
    """What each address of the registry served: ``observed_at`` is ISO 8601 in UTC, ``vantage`` where it was seen."""

    host: str
    port: int
    addresses: tuple[ServedAddress, ...]
    observed_at: str
    vantage: str

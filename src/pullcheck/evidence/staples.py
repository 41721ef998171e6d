"""What servers staple to their certificates: OCSP answers, in which the CA says whether one is revoked."""

from dataclasses import dataclass

from pullcheck.vantage import Stapled


@dataclass(frozen=True)
class HostStaple:
    """The staple that one address of a host shows; ``role`` as in `ServedChains`, ``observed_at`` ISO 8601 in UTC."""

    host: str
    port: int
    role: str
    seen: Stapled
    observed_at: str

    @property
    def subject(self) -> str:
        """How findings name it."""
        return f"{self.host}:{self.port} ({self.role})" if self.role else f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Staples:
    """Those of the hosts whose certificate names an OCSP responder or demands a staple."""

    hosts: tuple[HostStaple, ...]
    vantage: str

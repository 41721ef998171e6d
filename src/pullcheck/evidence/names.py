"""Where the names of the pull lead in the model's VPC."""

from dataclasses import dataclass
from enum import StrEnum


class Provenance(StrEnum):
    """Who said so."""

    PRIVATE_ZONE = "private zone"
    ENDPOINT = "private DNS of the interface endpoint"
    OPTION = "--registry-address"
    LIVE = "live answer"
    LITERAL = "the image names the address"


@dataclass(frozen=True)
class NamedAddress:
    """One address (IPv4 or IPv6, text) of a name, with its source, e.g. the zone's id or the vantage."""

    address: str
    provenance: Provenance
    source: str


@dataclass(frozen=True)
class RegistryAddresses:
    """Every address that the model's VPC uses for the registry."""

    host: str
    port: int
    addresses: tuple[NamedAddress, ...]
    vantage: str | None = None


@dataclass(frozen=True)
class RegistryRecords:
    """The addresses that Route 53's data, and public DNS where that data leads there, give for the registry."""

    addresses: tuple[NamedAddress, ...]


@dataclass(frozen=True)
class LambdaAddresses:
    """Where the regional Lambda name leads in the model's VPC.

    ``endpoint_id`` is the interface endpoint that the name leads to, with its network interfaces' addresses; None means
    that the name leads to Lambda's public addresses, which no AWS read lists (``addresses`` is then empty).
    """

    host: str
    endpoint_id: str | None
    addresses: tuple[NamedAddress, ...]
    vantage: str | None = None


@dataclass(frozen=True)
class LambdaRecords:
    """The same, told by the endpoints and Route 53's data alone."""

    endpoint_id: str | None
    addresses: tuple[NamedAddress, ...]

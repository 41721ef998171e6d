"""The hosts of the pull beside the registry and the Lambda API, and the network around them."""

from dataclasses import dataclass

from pullcheck.evidence.dns import Branch, DnsAttributes, ForwardRules, NameServers, PrivateZones
from pullcheck.evidence.names import NamedAddress
from pullcheck.evidence.network import NetworkEvidence
from pullcheck.missing import Unavailable


@dataclass(frozen=True)
class VpcResolver:
    """Everything that Amazon's resolver in the model's VPC goes by."""

    attributes: DnsAttributes
    servers: NameServers
    zones: PrivateZones
    rules: ForwardRules


@dataclass(frozen=True)
class DockerHub:
    """Docker Hub, where the image comes from there; ``elsewhere`` says where its name may lead in the VPC instead."""

    host: str
    port: int
    elsewhere: str = ""


@dataclass(frozen=True)
class PullHost:
    """A host that the registry names: its token service, or where it redirects. ``urls`` are without query."""

    name: str
    port: int
    role: str
    urls: tuple[str, ...] = ()


@dataclass(frozen=True)
class PullHosts:
    """Every such host that was met, from where; ``unseen`` says why there may be more."""

    hosts: tuple[PullHost, ...]
    vantage: str
    unseen: Unavailable | None = None


@dataclass(frozen=True)
class HostAddresses:
    """The addresses that the model's VPC uses for a host, or why they are not known (``absent``).

    ``s3_region`` is set where the name is that of a Region's S3 and leads to S3's public addresses, which change. A
    name of S3 that tells no Region has the addresses that public DNS gave. ``branches`` are where the VPC's zones and
    rules lead the name.
    """

    host: PullHost
    addresses: tuple[NamedAddress, ...] = ()
    s3_region: str | None = None
    absent: Unavailable | None = None
    branches: tuple[Branch, ...] = ()


@dataclass(frozen=True)
class PullHostAddresses:
    """Those of every host that was met."""

    hosts: tuple[HostAddresses, ...]


@dataclass(frozen=True)
class PullHostNetwork:
    """What a walk to these addresses reads. ``registry_link`` is the endpoint's interface that has the registry's
    address, empty where the registry is not reached by PrivateLink.
    """

    tables: NetworkEvidence
    registry_link: str = ""


@dataclass(frozen=True)
class NameServerNetwork:
    """What a walk to the name servers reads that the VPC's DHCP options name, ``addresses``."""

    tables: NetworkEvidence
    addresses: tuple[str, ...]

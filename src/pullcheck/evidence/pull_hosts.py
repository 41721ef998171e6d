"""The hosts that the registry sends clients to, and their addresses in the VPC."""

from dataclasses import dataclass

from pullcheck.evidence.branches import Branch
from pullcheck.evidence.names import NamedAddress
from pullcheck.missing import Unavailable


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

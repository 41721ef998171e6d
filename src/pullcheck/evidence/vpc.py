"""The model's subnets and the VPC they lie in: what most AWS reads start from."""

from dataclasses import dataclass

AMAZON = "AmazonProvidedDNS"


@dataclass(frozen=True)
class ModelSubnet:
    """One subnet of the request's VpcConfig, as DescribeSubnets shows it."""

    id: str
    vpc_id: str
    cidr: str
    zone: str
    zone_id: str
    state: str
    owner: str
    free_addresses: int
    ipv6_native: bool = False
    outpost: bool = False


@dataclass(frozen=True)
class ModelSubnets:
    """The subnets that exist, in the order of the request, and the ids of those that do not."""

    subnets: tuple[ModelSubnet, ...]
    not_found: tuple[str, ...] = ()


@dataclass(frozen=True)
class Offering:
    """An EC2 instance type, and the ids of the zones of the region in which EC2 has it."""

    instance_type: str
    zone_ids: tuple[str, ...]


@dataclass(frozen=True)
class Offerings:
    """What the variants' instance types run on, type by type."""

    rows: tuple[Offering, ...]


@dataclass(frozen=True)
class VpcTenancy:
    """``InstanceTenancy`` of the model's VPC: default, dedicated or host."""

    vpc_id: str
    tenancy: str


@dataclass(frozen=True)
class ModelVpc:
    """The one VPC of the model's subnets."""

    id: str


@dataclass(frozen=True)
class DnsAttributes:
    """The VPC's ``enableDnsSupport`` and ``enableDnsHostnames``."""

    vpc_id: str
    support: bool
    hostnames: bool

    @property
    def private_names(self) -> bool:
        """Private hosted zones and the private names of endpoints need both (Route 53 Developer Guide)."""
        return self.support and self.hostnames


@dataclass(frozen=True)
class NameServers:
    """``domain-name-servers`` of the VPC's DHCP options; ``amazon`` are the ways to write Amazon's own resolver."""

    vpc_id: str
    options_id: str
    servers: tuple[str, ...]
    amazon: tuple[str, ...] = (AMAZON,)

    @property
    def are_amazons(self) -> bool:
        """Whether every server that the VPC hands out is Amazon's resolver."""
        return bool(self.servers) and set(self.servers) <= set(self.amazon)

    @property
    def others(self) -> tuple[str, ...]:
        """The servers that are not Amazon's; none where all are, or none is named."""
        return tuple(one for one in self.servers if one not in self.amazon)

"""What the packets of the pull meet on their way through the VPC, as EC2's describe calls show it.

Every table is one frozen tuple of rows; one that could not be read stands as `Unavailable`, so that what blocks in
another table is still seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pullcheck.missing import Unavailable


@dataclass(frozen=True)
class Subnet:
    """``cidr`` is the IPv4 range. ``public_access_block`` is the mode of VPC Block Public Access, "off" where none."""

    id: str
    vpc_id: str
    cidr: str
    zone_id: str = ""
    owner: str = ""
    public_access_block: str = "off"


@dataclass(frozen=True)
class Route:
    """``destination`` is an IPv4 or IPv6 CIDR or the id of a prefix list; ``target`` is "local" or an id or ARN."""

    destination: str
    target: str
    state: str = "active"
    propagated: bool = False


@dataclass(frozen=True)
class RouteTable:
    """``gateway_ids`` are the gateways whose incoming traffic it routes (an edge table, not a subnet's)."""

    id: str
    vpc_id: str
    main: bool
    subnet_ids: tuple[str, ...]
    gateway_ids: tuple[str, ...]
    routes: tuple[Route, ...]


@dataclass(frozen=True)
class AclEntry:
    """One numbered rule. ``protocol`` is a number, "-1" for all; ports are None where the rule names none."""

    number: int
    egress: bool
    allow: bool
    protocol: str
    cidr: str | None
    ipv6_cidr: str | None = None
    from_port: int | None = None
    to_port: int | None = None


@dataclass(frozen=True)
class NetworkAcl:
    """A network ACL and the subnets it stands before; the order of ``entries`` says nothing, their numbers do."""

    id: str
    vpc_id: str
    default: bool
    subnet_ids: tuple[str, ...]
    entries: tuple[AclEntry, ...]


@dataclass(frozen=True)
class GroupReference:
    """A rule's reference to a group; ``peering_status`` is set where the group lies behind a VPC peering."""

    group_id: str
    owner: str = ""
    peering_status: str = ""


@dataclass(frozen=True)
class GroupRule:
    """One permission. ``protocol`` is a name or number, "-1" for all; the ports are then None."""

    protocol: str
    from_port: int | None = None
    to_port: int | None = None
    cidrs: tuple[str, ...] = ()
    ipv6_cidrs: tuple[str, ...] = ()
    prefix_list_ids: tuple[str, ...] = ()
    groups: tuple[GroupReference, ...] = ()


@dataclass(frozen=True)
class SecurityGroup:
    """A security group and its rules."""

    id: str
    vpc_id: str
    owner: str
    ingress: tuple[GroupRule, ...]
    egress: tuple[GroupRule, ...]


@dataclass(frozen=True)
class Interface:
    """A network interface: ``kind`` is EC2's InterfaceType; ``public_addresses`` are translated to it."""

    id: str
    vpc_id: str
    subnet_id: str
    addresses: tuple[str, ...]
    group_ids: tuple[str, ...]
    kind: str = "interface"
    public_addresses: tuple[str, ...] = ()


@dataclass(frozen=True)
class PrefixList:
    """A managed prefix list and its current entries."""

    id: str
    cidrs: tuple[str, ...]


@dataclass(frozen=True)
class NatGateway:
    """``subnet_id`` is None for a regional one; ``failure`` is AWS's message where the state is failed."""

    id: str
    vpc_id: str
    subnet_id: str | None
    state: str
    connectivity: str
    private_addresses: tuple[str, ...]
    public_addresses: tuple[str, ...]
    failure: str = ""


@dataclass(frozen=True)
class InternetGateway:
    """An internet gateway and the VPCs to which it is attached."""

    id: str
    vpc_ids: tuple[str, ...]


@dataclass(frozen=True)
class Subnets:
    """Every subnet of the VPC."""

    rows: tuple[Subnet, ...]


@dataclass(frozen=True)
class RouteTables:
    """Every route table of the VPC."""

    rows: tuple[RouteTable, ...]


@dataclass(frozen=True)
class NetworkAcls:
    """Every network ACL of the VPC."""

    rows: tuple[NetworkAcl, ...]


@dataclass(frozen=True)
class SecurityGroups:
    """The model's groups and those of the interfaces that it talks to."""

    rows: tuple[SecurityGroup, ...]


@dataclass(frozen=True)
class ModelGroups:
    """Those of the model's security groups that exist."""

    rows: tuple[SecurityGroup, ...]


@dataclass(frozen=True)
class DestinationGroups:
    """The groups of the interfaces that the model talks to."""

    rows: tuple[SecurityGroup, ...]


@dataclass(frozen=True)
class GroupAssociations:
    """Those of the model's groups that belong to another VPC and that AWS lets the model's VPC use too."""

    group_ids: tuple[str, ...]


@dataclass(frozen=True)
class Interfaces:
    """The network interfaces of the VPC."""

    rows: tuple[Interface, ...]


@dataclass(frozen=True)
class PrefixLists:
    """The prefix lists that rules and routes name, as far as AWS knows them."""

    rows: tuple[PrefixList, ...]


@dataclass(frozen=True)
class ModelPrefixLists:
    """The prefix lists that the model's groups and the VPC's routes name."""

    rows: tuple[PrefixList, ...]


@dataclass(frozen=True)
class DestinationPrefixLists:
    """The prefix lists that the destinations' groups name."""

    rows: tuple[PrefixList, ...]


@dataclass(frozen=True)
class NatGateways:
    """The NAT gateways of the VPC."""

    rows: tuple[NatGateway, ...]


@dataclass(frozen=True)
class InternetGateways:
    """The internet gateways attached to the VPC."""

    rows: tuple[InternetGateway, ...]


@dataclass(frozen=True)
class NetworkEvidence:
    """Everything a walk reads. ``interfaces`` may be cut down to those at the destination addresses."""

    subnets: Subnets | Unavailable
    route_tables: RouteTables | Unavailable
    acls: NetworkAcls | Unavailable
    groups: SecurityGroups | Unavailable
    interfaces: Interfaces | Unavailable
    prefix_lists: PrefixLists | Unavailable
    nat_gateways: NatGateways | Unavailable
    internet_gateways: InternetGateways | Unavailable

    @classmethod
    def from_describe(cls, tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> "NetworkEvidence":
        """Evidence from the answers of EC2's describe calls, e.g. ``{"Subnets": [...], "RouteTables": [...]}``.

        A table that is not among them was not read. ``PrefixLists`` rows carry ``Cidrs`` or ``Entries``.
        """
        from pullcheck.evidence.describe import network_evidence

        return network_evidence(tables)

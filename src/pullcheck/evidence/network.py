"""What the packets of the pull meet on their way through the VPC, as EC2's describe calls show it.

Every table is one frozen tuple of rows; one that could not be read stands as `Unavailable`, so that what blocks in
another table is still seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pullcheck.evidence.balancer_rows import LoadBalancer
from pullcheck.evidence.gateway_endpoint import GatewayEndpoints
from pullcheck.evidence.gateways import NO_GATEWAYS, Gateways
from pullcheck.evidence.network_rows import (
    Interface,
    InternetGateway,
    NatGateway,
    NetworkAcl,
    Peering,
    PrefixList,
    RouteTable,
    SecurityGroup,
    Subnet,
    TransitGateway,
)
from pullcheck.evidence.private_link_rows import PrivateLink
from pullcheck.missing import Unavailable


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
class Peerings:
    """The peering connections of the VPC."""

    rows: tuple[Peering, ...]


@dataclass(frozen=True)
class TransitGateways:
    """The transit gateways to which a route of the VPC sends what is for a destination."""

    rows: tuple[TransitGateway, ...]


@dataclass(frozen=True)
class AnsweringGateways:
    """The transit gateways by which a far VPC sends its answers, though the packets come to it another way."""

    rows: tuple[TransitGateway, ...]


@dataclass(frozen=True)
class FarPrefixLists:
    """The prefix lists that the routes of transit gateways and of far VPCs name."""

    rows: tuple[PrefixList, ...]


@dataclass(frozen=True)
class FarNetwork:
    """What lies in the peered or attached VPCs that hold a destination, as far as this account sees it.

    The gateways are there where the way to a public address may lead through such a VPC.
    """

    subnets: tuple[Subnet, ...]
    route_tables: tuple[RouteTable, ...]
    acls: tuple[NetworkAcl, ...]
    interfaces: tuple[Interface, ...]
    nat_gateways: tuple[NatGateway, ...] = ()
    internet_gateways: tuple[InternetGateway, ...] = ()


@dataclass(frozen=True)
class LoadBalancers:
    """The load balancers that have one of the registry's addresses, or serve it behind an endpoint service."""

    rows: tuple[LoadBalancer, ...]


@dataclass(frozen=True)
class BalancedInterfaces:
    """The network interfaces of these load balancers and of the targets that they hand connections on to."""

    rows: tuple[Interface, ...]


@dataclass(frozen=True)
class PrivateLinks:
    """The interface endpoints of the VPC for services that are not AWS's own."""

    rows: tuple[PrivateLink, ...]


NOT_READ = Unavailable("the VPC peering connections were not read")
NO_TRANSIT = Unavailable("the transit gateways were not read")
NO_BALANCERS = Unavailable("the load balancers were not read")
NO_LINKS = Unavailable("the interface endpoints were not read")
NO_ENDPOINTS = Unavailable("the gateway endpoints were not read")


@dataclass(frozen=True)
class NetworkEvidence:
    """Everything a walk reads. ``interfaces`` may be cut down to those at the destination addresses and behind them."""

    subnets: Subnets | Unavailable
    route_tables: RouteTables | Unavailable
    acls: NetworkAcls | Unavailable
    groups: SecurityGroups | Unavailable
    interfaces: Interfaces | Unavailable
    prefix_lists: PrefixLists | Unavailable
    nat_gateways: NatGateways | Unavailable
    internet_gateways: InternetGateways | Unavailable
    peerings: Peerings | Unavailable = NOT_READ
    transit_gateways: TransitGateways | Unavailable = NO_TRANSIT
    load_balancers: LoadBalancers | Unavailable = NO_BALANCERS
    private_links: PrivateLinks | Unavailable = NO_LINKS
    gateway_endpoints: GatewayEndpoints | Unavailable = NO_ENDPOINTS
    gateways: Gateways = NO_GATEWAYS

    @classmethod
    def from_describe(cls, tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> "NetworkEvidence":
        """Evidence from the answers of EC2's describe calls, e.g. ``{"Subnets": [...], "RouteTables": [...]}``.

        A table that is not among them was not read. ``PrefixLists`` rows carry ``Cidrs`` or ``Entries``,
        ``TransitGatewayRouteTables`` rows their ``Associations``, ``Routes`` and ``PrefixListReferences``;
        ``LoadBalancers`` rows their ``Attributes``, ``Listeners`` rows their ``Rules``, ``TargetGroups`` rows their
        ``Attributes`` and ``TargetHealthDescriptions``. ``VpcEndpoints`` go with ``ServiceDetails`` and
        ``ServiceConfigurations``.
        """
        from pullcheck.evidence.describe import network_evidence

        return network_evidence(tables)

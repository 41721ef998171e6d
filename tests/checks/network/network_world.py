"""The healthy VPC of the network tests, as describe calls show it, and ways to change it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pullcheck.evidence.names import LambdaAddresses, NamedAddress, Provenance, RegistryAddresses
from pullcheck.evidence.network import (
    Interfaces,
    InternetGateways,
    NatGateways,
    NetworkAcls,
    NetworkEvidence,
    Peerings,
    PrefixLists,
    RouteTables,
    SecurityGroups,
    Subnets,
    TransitGateways,
)
from pullcheck.evidence.network_rows import (
    AclEntry,
    GroupReference,
    GroupRule,
    Interface,
    InternetGateway,
    NatGateway,
    NetworkAcl,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
)
from pullcheck.evidence.placement import LambdaName, Placement
from pullcheck_checks.network import Destination, Source, Walk, walk
from pullcheck_checks.network.paths.steps import Place, Reason

VPC = "vpc-1"
PLACEMENT = Placement(("subnet-a", "subnet-b"), ("sg-model",))
LAMBDA_NAME = LambdaName("lambda.us-east-1.amazonaws.com", "us-east-1", "com.amazonaws.us-east-1.lambda")


def allow(
    number: int, *, egress: bool, cidr: str = "0.0.0.0/0", ports: tuple[int, int] | None = None, deny: bool = False
) -> AclEntry:
    first, last = ports or (None, None)
    return AclEntry(number, egress, not deny, "6" if ports else "-1", cidr, None, first, last)


def to_group(name: str, port: int = 443) -> GroupRule:
    return GroupRule("tcp", port, port, groups=(GroupReference(name),))


def to_cidr(*cidrs: str, port: int = 443) -> GroupRule:
    return GroupRule("tcp", port, port, cidrs=cidrs)


OPEN = (allow(100, egress=True), allow(100, egress=False))
LOCAL = Route("10.0.0.0/16", "local")
HEALTHY = NetworkEvidence(
    subnets=Subnets(
        (
            Subnet("subnet-a", VPC, "10.0.1.0/24", "use1-az1", "123456789012"),
            Subnet("subnet-b", VPC, "10.0.2.0/24", "use1-az2", "123456789012"),
            Subnet("subnet-reg", VPC, "10.0.10.0/24", "use1-az1", "123456789012"),
            Subnet("subnet-nat", VPC, "10.0.100.0/24", "use1-az1", "123456789012"),
        )
    ),
    route_tables=RouteTables(
        (
            RouteTable("rtb-main", VPC, True, (), (), (LOCAL,)),
            RouteTable("rtb-model", VPC, False, ("subnet-a", "subnet-b"), (), (LOCAL, Route("0.0.0.0/0", "nat-1"))),
            RouteTable("rtb-nat", VPC, False, ("subnet-nat",), (), (LOCAL, Route("0.0.0.0/0", "igw-1"))),
        )
    ),
    acls=NetworkAcls(
        (
            NetworkAcl("acl-model", VPC, False, ("subnet-a", "subnet-b"), OPEN),
            NetworkAcl("acl-reg", VPC, False, ("subnet-reg",), OPEN),
            NetworkAcl("acl-default", VPC, True, ("subnet-nat",), OPEN),
        )
    ),
    groups=SecurityGroups(
        (
            SecurityGroup("sg-model", VPC, "123456789012", (), (to_group("sg-reg"), to_cidr("0.0.0.0/0"))),
            SecurityGroup("sg-reg", VPC, "123456789012", (to_group("sg-model"),), ()),
            SecurityGroup("sg-vpce", VPC, "123456789012", (to_group("sg-model"),), ()),
        )
    ),
    interfaces=Interfaces(
        (
            Interface("eni-reg", VPC, "subnet-reg", ("10.0.10.20",), ("sg-reg",)),
            Interface("eni-vpce", VPC, "subnet-a", ("10.0.1.77",), ("sg-vpce",), "vpc_endpoint"),
        )
    ),
    prefix_lists=PrefixLists(()),
    nat_gateways=NatGateways(
        (NatGateway("nat-1", VPC, "subnet-nat", "available", "public", ("10.0.100.9",), ("54.10.20.30",)),)
    ),
    internet_gateways=InternetGateways((InternetGateway("igw-1", (VPC,)),)),
    peerings=Peerings(()),
    transit_gateways=TransitGateways(()),
)


def named(*addresses: str) -> tuple[NamedAddress, ...]:
    return tuple(NamedAddress(address, Provenance.PRIVATE_ZONE, "Z1") for address in addresses)


def registry_at(*addresses: str, port: int = 443) -> RegistryAddresses:
    return RegistryAddresses("registry.example.com", port, named(*addresses))


REGISTRY_ADDRESS = "10.0.10.20"
REGISTRY = registry_at(REGISTRY_ADDRESS)
BY_ENDPOINT = LambdaAddresses(LAMBDA_NAME.host, "vpce-1", named("10.0.1.77"))
BY_NAT = LambdaAddresses(LAMBDA_NAME.host, None, ())


def changed(table: Any, name: str, **fields: Any) -> Any:
    """The table with these fields of one row replaced."""
    return type(table)(tuple(replace(row, **fields) if row.id == name else row for row in table.rows))


def plus(table: Any, *rows: object) -> Any:
    """The table with these rows more."""
    return type(table)(table.rows + rows)


def with_group(name: str, **fields: Any) -> NetworkEvidence:
    return replace(HEALTHY, groups=changed(HEALTHY.groups, name, **fields))


def with_acl(name: str, entries: Iterable[AclEntry], evidence: NetworkEvidence = HEALTHY) -> NetworkEvidence:
    return replace(evidence, acls=changed(evidence.acls, name, entries=tuple(entries)))


def with_routes(name: str, *routes: Route, evidence: NetworkEvidence = HEALTHY) -> NetworkEvidence:
    return replace(evidence, route_tables=changed(evidence.route_tables, name, routes=(LOCAL, *routes)))


def go(
    evidence: NetworkEvidence, address: str | None = REGISTRY_ADDRESS, port: int = 443, subnet: str = "subnet-a"
) -> Walk:
    """The walk of the model's group from a subnet."""
    there = Destination("public addresses", None, port) if address is None else Destination.at(address, port)
    return walk(evidence, Source(subnet, ("sg-model",)), there)


def blocked(found: Walk) -> list[tuple[Place, Reason | None, str]]:
    """What stops packets: where, why, and what stands there."""
    return [(step.place, step.reason, step.resource) for step in found.blockers]

"""Reads the VPC's network: one collector a table, each as soon as the VPC, the groups or the addresses are known.

Every call is filtered, so that their number does not grow with the account.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.collect.far import at, destinations, matching
from pullcheck.evidence import describe
from pullcheck.evidence.gateways import NO_GATEWAYS, Gateways
from pullcheck.evidence.names import LambdaAddresses, RegistryAddresses
from pullcheck.evidence.network import (
    NO_BALANCERS,
    NO_LINKS,
    AnsweringGateways,
    BalancedInterfaces,
    DestinationGroups,
    DestinationPrefixLists,
    FarNetwork,
    FarPrefixLists,
    GroupAssociations,
    Interfaces,
    InternetGateways,
    LoadBalancers,
    ModelGroups,
    ModelPrefixLists,
    NatGateways,
    NetworkAcls,
    NetworkEvidence,
    Peerings,
    PrefixLists,
    PrivateLinks,
    RouteTables,
    SecurityGroups,
    Subnets,
    TransitGateways,
)
from pullcheck.evidence.network_rows import GroupRule, PrefixList, SecurityGroup
from pullcheck.evidence.placement import Placement
from pullcheck.evidence.vpc import ModelVpc
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.wiring import collector

Table = TypeVar("Table")
NOTHING_BALANCED = BalancedInterfaces(())


@collector("ec2:DescribeSubnets")
def vpc_subnets(vpc: ModelVpc, aws: Aws) -> Subnets:
    """Every subnet of the VPC: those of the model, of the destinations and of the NAT gateways are among them."""
    rows = aws.call("ec2", "DescribeSubnets", Filters=matching("vpc-id", vpc.id))["Subnets"]
    return Subnets(tuple(map(describe.subnet, rows)))


@collector("ec2:DescribeRouteTables")
def vpc_route_tables(vpc: ModelVpc, aws: Aws) -> RouteTables:
    """Every route table of the VPC: a subnet without one of its own uses the main one."""
    rows = aws.call("ec2", "DescribeRouteTables", Filters=matching("vpc-id", vpc.id))["RouteTables"]
    return RouteTables(tuple(map(describe.route_table, rows)))


@collector("ec2:DescribeNetworkAcls")
def vpc_acls(vpc: ModelVpc, aws: Aws) -> NetworkAcls:
    """Every network ACL of the VPC."""
    rows = aws.call("ec2", "DescribeNetworkAcls", Filters=matching("vpc-id", vpc.id))["NetworkAcls"]
    return NetworkAcls(tuple(map(describe.network_acl, rows)))


@collector("ec2:DescribeNetworkInterfaces")
def vpc_interfaces(vpc: ModelVpc, aws: Aws) -> Interfaces:
    """Every interface of the VPC, not just those at the destinations: so nobody waits for DNS."""
    rows = aws.call("ec2", "DescribeNetworkInterfaces", Filters=matching("vpc-id", vpc.id))["NetworkInterfaces"]
    return Interfaces(tuple(map(describe.interface, rows)))


@collector("ec2:DescribeNatGateways")
def vpc_nat_gateways(vpc: ModelVpc, aws: Aws) -> NatGateways:
    """The NAT gateways of the VPC, those that were deleted lately too."""
    rows = aws.call("ec2", "DescribeNatGateways", Filter=matching("vpc-id", vpc.id))["NatGateways"]
    return NatGateways(tuple(map(describe.nat_gateway, rows)))


@collector("ec2:DescribeInternetGateways")
def vpc_internet_gateways(vpc: ModelVpc, aws: Aws) -> InternetGateways:
    """The internet gateways attached to the VPC."""
    answer = aws.call("ec2", "DescribeInternetGateways", Filters=matching("attachment.vpc-id", vpc.id))
    return InternetGateways(tuple(map(describe.internet_gateway, answer["InternetGateways"])))


@collector("ec2:DescribeSecurityGroups")
def model_groups(placement: Placement, aws: Aws) -> ModelGroups:
    """The model's groups. A filter, unlike a list of ids, is not refused for an id that does not exist."""
    return ModelGroups(groups_named(aws, placement.security_group_ids))


@collector("ec2:DescribeSecurityGroupVpcAssociations")
def group_associations(groups: ModelGroups, vpc: ModelVpc, aws: Aws) -> GroupAssociations:
    """Which of the model's groups that belong to another VPC may be used in this one. Asked only if there are any."""
    foreign = [group.id for group in groups.rows if group.vpc_id != vpc.id]
    if not foreign:
        return GroupAssociations(())
    filters = matching("vpc-id", vpc.id) + matching("group-id", *foreign)
    answer = aws.call("ec2", "DescribeSecurityGroupVpcAssociations", Filters=filters)
    rows = answer.get("SecurityGroupVpcAssociations", ())
    return GroupAssociations(tuple(sorted(row["GroupId"] for row in rows if row.get("State") == "associated")))


@collector("ec2:DescribeSecurityGroups")
def destination_groups(
    interfaces: Interfaces,
    far: FarNetwork | Unavailable,
    registry: RegistryAddresses | Unavailable | NotApplicable,
    lambda_api: LambdaAddresses | Unavailable | NotApplicable,
    aws: Aws,
    balanced: BalancedInterfaces | Unavailable = NOTHING_BALANCED,
) -> DestinationGroups:
    """The groups of the interfaces at the registry's and the Lambda endpoint's addresses, and behind load balancers."""
    rows = interfaces.rows + (far.interfaces if isinstance(far, FarNetwork) else ())
    behind = () if isinstance(balanced, Unavailable) else balanced.rows
    wanted = {name for one in (*at(rows, destinations(registry, lambda_api)), *behind) for name in one.group_ids}
    return DestinationGroups(groups_named(aws, sorted(wanted)))


def groups_named(aws: Aws, names: Iterable[str]) -> tuple[SecurityGroup, ...]:
    """These security groups, but for those that do not exist."""
    wanted = list(names)
    if not wanted:
        return ()
    rows = aws.call("ec2", "DescribeSecurityGroups", Filters=matching("group-id", *wanted))["SecurityGroups"]
    return tuple(map(describe.security_group, rows))


@collector("ec2:GetManagedPrefixListEntries")
def model_prefix_lists(groups: ModelGroups, tables: RouteTables, aws: Aws) -> ModelPrefixLists:
    """The entries of the prefix lists in the model's groups and in the VPC's routes."""
    routed = {route.destination for table in tables.rows for route in table.routes}
    lists = {destination for destination in routed if destination.startswith("pl-")}
    return ModelPrefixLists(lists_named(aws, lists | _named(groups.rows)))


@collector("ec2:GetManagedPrefixListEntries")
def destination_prefix_lists(groups: DestinationGroups, aws: Aws) -> DestinationPrefixLists:
    """The entries of the prefix lists in the destinations' groups."""
    return DestinationPrefixLists(lists_named(aws, _named(groups.rows)))


def _named(groups: Iterable[SecurityGroup]) -> set[str]:
    rules: list[GroupRule] = [rule for group in groups for rule in group.ingress + group.egress]
    return {name for rule in rules for name in rule.prefix_list_ids}


def lists_named(aws: Aws, names: set[str]) -> tuple[PrefixList, ...]:
    """These prefix lists, but for those that are gone."""
    if not names:
        return ()
    with ThreadPoolExecutor(min(len(names), 8)) as pool:
        found = list(pool.map(lambda name: _prefix_list(aws, name), sorted(names)))
    return tuple(one for one in found if one is not None)


def _prefix_list(aws: Aws, name: str) -> PrefixList | None:
    try:
        answer = aws.call("ec2", "GetManagedPrefixListEntries", PrefixListId=name)
    except AwsRefusal:
        return None
    return describe.prefix_list({"PrefixListId": name, "Entries": answer.get("Entries", ())})


@collector()
def network_evidence(
    subnets: Subnets | Unavailable,
    route_tables: RouteTables | Unavailable,
    acls: NetworkAcls | Unavailable,
    own_groups: ModelGroups | Unavailable,
    other_groups: DestinationGroups | Unavailable,
    interfaces: Interfaces | Unavailable,
    own_lists: ModelPrefixLists | Unavailable,
    other_lists: DestinationPrefixLists | Unavailable,
    far_lists: FarPrefixLists | Unavailable,
    nat_gateways: NatGateways | Unavailable,
    internet_gateways: InternetGateways | Unavailable,
    peerings: Peerings | Unavailable,
    transit: TransitGateways | Unavailable,
    answering: AnsweringGateways | Unavailable,
    far: FarNetwork | Unavailable,
    registry: RegistryAddresses | Unavailable | NotApplicable,
    lambda_api: LambdaAddresses | Unavailable | NotApplicable,
    balancers: LoadBalancers | Unavailable = NO_BALANCERS,
    balanced: BalancedInterfaces | Unavailable = NOTHING_BALANCED,
    links: PrivateLinks | Unavailable = NO_LINKS,
    gateways: Gateways = NO_GATEWAYS,
) -> NetworkEvidence:
    """All tables together; of the interfaces only those at the destinations and behind load balancers."""
    there = far if isinstance(far, FarNetwork) else FarNetwork((), (), (), ())
    seats = _with(Interfaces, interfaces, there.interfaces)
    if isinstance(seats, Interfaces):
        behind = () if isinstance(balanced, Unavailable) else balanced.rows
        seats = Interfaces(tuple(dict.fromkeys((*at(seats.rows, destinations(registry, lambda_api)), *behind))))
    return NetworkEvidence(
        subnets=_with(Subnets, subnets, there.subnets),
        route_tables=_with(RouteTables, route_tables, there.route_tables),
        acls=_with(NetworkAcls, acls, there.acls),
        groups=_merged(SecurityGroups, own_groups, other_groups),
        interfaces=seats,
        prefix_lists=_merged(PrefixLists, own_lists, other_lists, far_lists),
        nat_gateways=_with(NatGateways, nat_gateways, there.nat_gateways),
        internet_gateways=_with(InternetGateways, internet_gateways, there.internet_gateways),
        peerings=peerings,
        transit_gateways=_merged(TransitGateways, transit, answering),
        load_balancers=balancers,
        private_links=links,
        gateways=gateways,
    )


def _with(kind: Callable[[tuple[Any, ...]], Table], own: Any, far: tuple[Any, ...]) -> Table | Unavailable:
    """The VPC's own table and the peers' rows; where the own one was not read, the peers' say nothing."""
    return own if isinstance(own, Unavailable) else kind(own.rows + far)


def _merged(kind: Callable[[tuple[Any, ...]], Table], own: Any, *others: Any) -> Table | Unavailable:
    """One table from what could be read of several; where that is nothing but empty ones, what the first one says."""
    rows = {row.id: row for found in (own, *others) if not isinstance(found, Unavailable) for row in found.rows}
    return own if isinstance(own, Unavailable) and not rows else kind(tuple(rows.values()))


COLLECTORS = (
    vpc_subnets,
    vpc_route_tables,
    vpc_acls,
    vpc_interfaces,
    vpc_nat_gateways,
    vpc_internet_gateways,
    model_groups,
    group_associations,
    destination_groups,
    model_prefix_lists,
    destination_prefix_lists,
    network_evidence,
)

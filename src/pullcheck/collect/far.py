"""Reads what lies behind the VPC: its peerings, the transit gateways on the way, and the VPCs that hold a destination.

Nothing is asked that no route or peering calls for.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.evidence import describe
from pullcheck.evidence.describe_transit import transit_gateways
from pullcheck.evidence.names import LambdaAddresses, RegistryAddresses
from pullcheck.evidence.network import FarNetwork, Peerings, RouteTables, TransitGateways
from pullcheck.evidence.network_rows import Interface, Peering, Route, TransitGateway
from pullcheck.evidence.vpc import ModelVpc
from pullcheck.missing import NotApplicable, NotObserved, Unavailable
from pullcheck.wiring import collector


def matching(name: str, *values: str) -> list[dict[str, Any]]:
    """A filter of EC2's calls."""
    return [{"Name": name, "Values": list(values)}]


def destinations(
    registry: RegistryAddresses | Unavailable | NotApplicable,
    lambda_api: LambdaAddresses | Unavailable | NotApplicable,
) -> set[str]:
    """Every address that the pull talks to, as far as they are known."""
    known = [found for found in (registry, lambda_api) if isinstance(found, RegistryAddresses | LambdaAddresses)]
    return {named.address for found in known for named in found.addresses}


def at(interfaces: Iterable[Interface], wanted: set[str]) -> tuple[Interface, ...]:
    """The interfaces that have one of the addresses."""
    return tuple(one for one in interfaces if wanted.intersection(one.addresses + one.public_addresses))


@collector("ec2:DescribeVpcPeeringConnections")
def vpc_peerings(vpc: ModelVpc, aws: Aws) -> Peerings:
    """The peerings that the VPC asked for, and those that it was asked for."""
    found: dict[str, Peering] = {}
    for side in ("requester", "accepter"):
        filters = matching(f"{side}-vpc-info.vpc-id", vpc.id)
        answer = aws.call("ec2", "DescribeVpcPeeringConnections", Filters=filters)
        found |= {row.id: row for row in map(describe.peering, answer["VpcPeeringConnections"])}
    return Peerings(tuple(found.values()))


@collector(
    "ec2:DescribeTransitGateways",
    "ec2:DescribeTransitGatewayVpcAttachments",
    "ec2:DescribeTransitGatewayRouteTables",
    "ec2:GetTransitGatewayRouteTableAssociations",
    "ec2:SearchTransitGatewayRoutes",
)
def vpc_transit_gateways(
    tables: RouteTables,
    registry: RegistryAddresses | Unavailable | NotApplicable,
    lambda_api: LambdaAddresses | Unavailable | NotApplicable,
    aws: Aws,
) -> TransitGateways:
    """Those to which a route of the VPC sends what is for a destination outside it."""
    routes = [route for table in tables.rows for route in table.routes]
    outside = {one for one in destinations(registry, lambda_api) if not _routed(routes, "local", one)}
    names = sorted({name for one in outside for name in _routed(routes, "tgw-", one)})
    if not names:
        return TransitGateways(())
    gateways = aws.call("ec2", "DescribeTransitGateways", Filters=matching("transit-gateway-id", *names))
    filters = matching("transit-gateway-id", *names)
    attachments = aws.call("ec2", "DescribeTransitGatewayVpcAttachments", Filters=filters)
    rows = transit_gateways(
        gateways["TransitGateways"], attachments["TransitGatewayVpcAttachments"], _transit_tables(aws, names)
    )
    return TransitGateways(rows)


def _transit_tables(aws: Aws, names: list[str]) -> list[dict[str, Any]] | Unavailable:
    """Each with its associations and routes; the attachments are worth something without them too."""
    try:
        answer = aws.call("ec2", "DescribeTransitGatewayRouteTables", Filters=matching("transit-gateway-id", *names))
        tables = [row for row in answer["TransitGatewayRouteTables"] if row.get("State") != "deleted"]
        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(lambda row: _transit_table(aws, row), tables))
    except NotObserved as error:
        return error.unavailable
    except AwsRefusal as refusal:
        return Unavailable(str(refusal))


def _transit_table(aws: Aws, row: dict[str, Any]) -> dict[str, Any]:
    name = row["TransitGatewayRouteTableId"]
    associations = aws.call("ec2", "GetTransitGatewayRouteTableAssociations", TransitGatewayRouteTableId=name)
    filters = matching("state", "active", "blackhole")
    routes = aws.call("ec2", "SearchTransitGatewayRoutes", TransitGatewayRouteTableId=name, Filters=filters)
    return row | {"Associations": associations.get("Associations", ()), "Routes": routes.get("Routes", ())}


@collector("ec2:DescribeSubnets", "ec2:DescribeRouteTables", "ec2:DescribeNetworkAcls", "ec2:DescribeNetworkInterfaces")
def far_network(
    vpc: ModelVpc,
    peerings: Peerings | Unavailable,
    gateways: TransitGateways | Unavailable,
    registry: RegistryAddresses | Unavailable | NotApplicable,
    lambda_api: LambdaAddresses | Unavailable | NotApplicable,
    aws: Aws,
) -> FarNetwork:
    """The peered VPCs that hold a destination, and the attached ones that have it or are sent what is for it."""
    wanted = destinations(registry, lambda_api)
    sides = [row.other(vpc.id) for row in peerings.rows] if isinstance(peerings, Peerings) else []
    peers = {side.vpc_id for side in sides if any(_is_in(cidr, one) for cidr in side.cidrs for one in wanted)}
    transit = gateways.rows if isinstance(gateways, TransitGateways) else ()
    attached = {one.resource_id for row in transit for one in row.attachments if one.kind == "vpc"} - {vpc.id}
    if not peers | attached:
        return FarNetwork((), (), (), ())
    filters = matching("addresses.private-ip-address", *sorted(wanted))
    rows = aws.call("ec2", "DescribeNetworkInterfaces", Filters=filters)["NetworkInterfaces"]
    interfaces = tuple(one for one in map(describe.interface, rows) if one.vpc_id in peers | attached)
    sent = {name for row in transit for address in wanted for name in _sent_to(row, address)}
    far = peers | {one.vpc_id for one in interfaces} | sent & attached
    if not far:
        return FarNetwork((), (), (), ())
    there = matching("vpc-id", *sorted(far))
    with ThreadPoolExecutor(3) as pool:
        subnets = pool.submit(aws.call, "ec2", "DescribeSubnets", Filters=there)
        tables = pool.submit(aws.call, "ec2", "DescribeRouteTables", Filters=there)
        acls = pool.submit(aws.call, "ec2", "DescribeNetworkAcls", Filters=there)
    return FarNetwork(
        tuple(map(describe.subnet, subnets.result()["Subnets"])),
        tuple(map(describe.route_table, tables.result()["RouteTables"])),
        tuple(map(describe.network_acl, acls.result()["NetworkAcls"])),
        interfaces,
    )


def _sent_to(gateway: TransitGateway, address: str) -> Iterator[str]:
    """The VPCs to which any of the gateway's tables may send what is for the address."""
    names = {one.id: one.resource_id for one in gateway.attachments}
    for table in () if isinstance(gateway.tables, Unavailable) else gateway.tables:
        for target in _routed(table.routes, "tgw-", address):
            yield names.get(target, "")


def _routed(routes: Iterable[Route], target: str, address: str) -> set[str]:
    """The targets of this kind of the routes that hold the address; what a prefix list holds is not known here."""
    return {
        route.target
        for route in routes
        if route.target.startswith(target)
        and (route.destination.startswith("pl-") or _is_in(route.destination, address))
    }


def _is_in(cidr: str, text: str) -> bool:
    """Whether the address lies in the range; text that is no address lies in none."""
    address = _address(text)
    return address is not None and bool(cidr) and address in ip_network(cidr, strict=False)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


COLLECTORS = (vpc_peerings, vpc_transit_gateways, far_network)

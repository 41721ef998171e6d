"""Reads what lies behind the VPC: its peerings, the transit gateways on the way, and the VPCs that hold a destination.

Nothing is asked that no route or peering calls for.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.evidence import describe
from pullcheck.evidence.describe_gateways import vpn_connection
from pullcheck.evidence.describe_transit import transit_gateways
from pullcheck.evidence.names import LambdaAddresses, RegistryAddresses
from pullcheck.evidence.network import FarNetwork, Peerings, RouteTables, TransitGateways
from pullcheck.evidence.network_rows import (
    Interface,
    InternetGateway,
    NatGateway,
    Peering,
    Route,
    TransitGateway,
)
from pullcheck.evidence.vpc import ModelVpc
from pullcheck.missing import NotApplicable, NotObserved, Unavailable
from pullcheck.wiring import collector

ANYWHERE = "0.0.0.0/0"
"""Stands for public addresses that nobody lists: those of Lambda's own API."""
FILTER_VALUES = 200
"""EC2 takes no more values in one filter."""


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


def goals(
    registry: RegistryAddresses | Unavailable | NotApplicable,
    lambda_api: LambdaAddresses | Unavailable | NotApplicable,
) -> set[str]:
    """The destinations, and `ANYWHERE` where the Lambda name leads to public addresses."""
    public = isinstance(lambda_api, LambdaAddresses) and lambda_api.endpoint_id is None and not lambda_api.addresses
    return destinations(registry, lambda_api) | ({ANYWHERE} if public else set())


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
    "ec2:GetTransitGatewayPrefixListReferences",
    "ec2:DescribeVpnConnections",
)
def vpc_transit_gateways(
    tables: RouteTables,
    registry: RegistryAddresses | Unavailable | NotApplicable,
    lambda_api: LambdaAddresses | Unavailable | NotApplicable,
    aws: Aws,
) -> TransitGateways:
    """Those to which a route of the VPC sends what is for a destination outside it."""
    routes = [route for table in tables.rows for route in table.routes]
    outside = {one for one in goals(registry, lambda_api) if not routed(routes, "local", one)}
    rows = gateways_named(aws, {name for one in outside for name in routed(routes, "tgw-", one)})
    sent = {name for one in outside for name in _sent_to(rows, one)}
    return TransitGateways(_with_vpns(aws, rows, sorted(name for name in sent if name.startswith("vpn-"))))


def _with_vpns(aws: Aws, rows: tuple[TransitGateway, ...], names: list[str]) -> tuple[TransitGateway, ...]:
    """What cannot be read of VPN connections is left out: behind them nothing is judged anyway."""
    if not names:
        return rows
    try:
        answer = aws.call("ec2", "DescribeVpnConnections", VpnConnectionIds=names)
    except (NotObserved, AwsRefusal):
        return rows
    lines = [(row.get("TransitGatewayId"), vpn_connection(row)) for row in answer.get("VpnConnections", [])]
    return tuple(replace(row, vpns=tuple(line for gateway, line in lines if gateway == row.id)) for row in rows)


def gateways_named(aws: Aws, ids: Iterable[str]) -> tuple[TransitGateway, ...]:
    """These transit gateways, with what this account sees of their attachments and route tables."""
    names = sorted(ids)
    if not names:
        return ()
    filters = matching("transit-gateway-id", *names)
    gateways = aws.call("ec2", "DescribeTransitGateways", Filters=filters)["TransitGateways"]
    attachments = aws.call("ec2", "DescribeTransitGatewayVpcAttachments", Filters=filters)
    return transit_gateways(gateways, attachments["TransitGatewayVpcAttachments"], _transit_tables(aws, names))


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
    found = {"Associations": associations.get("Associations", [])}
    shown = {field: routes[field] for field in ("Routes", "AdditionalRoutesAvailable") if field in routes}
    return row | found | shown | _references(aws, name)


def _references(aws: Aws, name: str) -> dict[str, Any]:
    """Where they cannot be read, the other routes of the table still say something."""
    try:
        answer = aws.call("ec2", "GetTransitGatewayPrefixListReferences", TransitGatewayRouteTableId=name)
    except NotObserved as error:
        return {"Unread": f"{name} may have routes by prefix lists, and {error.unavailable.because}"}
    except AwsRefusal as refusal:
        return {"Unread": f"{name} may have routes by prefix lists, and {refusal}"}
    return {"PrefixListReferences": answer.get("TransitGatewayPrefixListReferences", [])}


@collector(
    "ec2:DescribeSubnets",
    "ec2:DescribeRouteTables",
    "ec2:DescribeNetworkAcls",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeNatGateways",
    "ec2:DescribeInternetGateways",
)
def far_network(
    vpc: ModelVpc,
    peerings: Peerings | Unavailable,
    gateways: TransitGateways | Unavailable,
    registry: RegistryAddresses | Unavailable | NotApplicable,
    lambda_api: LambdaAddresses | Unavailable | NotApplicable,
    aws: Aws,
) -> FarNetwork:
    """The peered VPCs that hold a destination, and the attached ones that have it or are sent what is for it."""
    named, wanted = destinations(registry, lambda_api), goals(registry, lambda_api)
    sides = [row.other(vpc.id) for row in peerings.rows] if isinstance(peerings, Peerings) else []
    peers = {side.vpc_id for side in sides if any(is_in(cidr, one) for cidr in side.cidrs for one in named)}
    transit = gateways.rows if isinstance(gateways, TransitGateways) else ()
    attached = {one.resource_id for row in transit for one in row.attachments if one.kind == "vpc"} - {vpc.id}
    interfaces = _at(aws, named, peers | attached)
    sent = {one: attached.intersection(_sent_to(transit, one)) for one in wanted}
    public = [one for one in wanted if is_public(one)]
    nats, exits = _ways_out(aws, set().union(*(sent[one] for one in public)) or attached) if public else ((), ())
    seats: tuple[Interface | NatGateway, ...] = (*interfaces, *nats)
    far = peers.union(*sent.values(), (one.vpc_id for one in seats))
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
        nats,
        exits,
    )


def _at(aws: Aws, addresses: set[str], vpc_ids: set[str]) -> tuple[Interface, ...]:
    """The interfaces in these VPCs that have one of the addresses."""
    if not addresses or not vpc_ids:
        return ()
    filters = matching("addresses.private-ip-address", *sorted(addresses))
    rows = aws.call("ec2", "DescribeNetworkInterfaces", Filters=filters)["NetworkInterfaces"]
    return tuple(one for one in map(describe.interface, rows) if one.vpc_id in vpc_ids)


def _ways_out(aws: Aws, vpc_ids: set[str]) -> tuple[tuple[NatGateway, ...], tuple[InternetGateway, ...]]:
    """The NAT gateways of these VPCs, and the internet gateways of those that have any."""
    if not vpc_ids:
        return (), ()
    filters = matching("vpc-id", *sorted(vpc_ids)[:FILTER_VALUES])
    rows = aws.call("ec2", "DescribeNatGateways", Filter=filters)["NatGateways"]
    nats = tuple(map(describe.nat_gateway, rows))
    if not nats:
        return (), ()
    filters = matching("attachment.vpc-id", *sorted({nat.vpc_id for nat in nats}))
    answer = aws.call("ec2", "DescribeInternetGateways", Filters=filters)
    return nats, tuple(map(describe.internet_gateway, answer["InternetGateways"]))


def _sent_to(gateways: Iterable[TransitGateway], address: str) -> Iterator[str]:
    """The VPCs to which any of the gateways' tables may send what is for the address."""
    for gateway in gateways:
        names = {one.id: one.resource_id for one in gateway.attachments}
        for table in () if isinstance(gateway.tables, Unavailable) else gateway.tables:
            for target in routed(table.routes, "tgw-", address):
                yield names.get(target, "")


def routed(routes: Iterable[Route], target: str, address: str) -> set[str]:
    """The targets of this kind of the routes that hold the address; what a prefix list holds is not known here."""
    return {
        route.target
        for route in routes
        if route.target.startswith(target)
        and (route.destination.startswith("pl-") or is_in(route.destination, address))
    }


def is_public(text: str) -> bool:
    """Whether the internet carries packets to the address; `ANYWHERE` is public."""
    address = _address(text)
    return text == ANYWHERE or (address is not None and address.is_global)


def is_in(cidr: str, text: str) -> bool:
    """Whether the address lies in the range. Text that is no address lies in none, `ANYWHERE` in all public ones."""
    if text == ANYWHERE:
        return bool(cidr) and not ip_network(cidr, strict=False).is_private
    address = _address(text)
    return address is not None and bool(cidr) and address in ip_network(cidr, strict=False)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


COLLECTORS = (vpc_peerings, vpc_transit_gateways, far_network)

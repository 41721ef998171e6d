"""Routes, and what they lead to, that may take a blocker away; each is tried before it is printed."""

from collections.abc import Iterator

from pullcheck import Unavailable
from pullcheck.evidence.network import InternetGateways, NatGateways
from pullcheck.evidence.network_rows import NatGateway, RouteTable, Subnet
from pullcheck_checks.network.fixes.changes import AttachInternetGateway, Changes, SetRoute
from pullcheck_checks.network.fixes.gateway_changes import ExcludeFromBlock
from pullcheck_checks.network.fixes.trial import walk_after
from pullcheck_checks.network.paths.above import public_access_stops
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import Destination, Source
from pullcheck_checks.network.paths.returns import ACTIVE
from pullcheck_checks.network.paths.spans import common, span_of
from pullcheck_checks.network.paths.steps import Place, Step


def way_back(index: Index, source: Source, blocker: Step) -> Iterator[tuple[str, Changes]]:
    """The route by which the far subnet answers."""
    subnet, there = index.subnet(source.subnet_id), index.subnet(blocker.resources[1])
    table = index.route_table(there) if isinstance(there, Subnet) else None
    if isinstance(subnet, Subnet) and isinstance(table, RouteTable):
        yield from _route(table, subnet.cidr, blocker.via, f"send the answers to {subnet.id} back by {blocker.via}")


def by_peering(index: Index, source: Source, destination: Destination) -> Iterator[tuple[str, Changes]]:
    """A route to the peering whose other side has the address, with the route back first where it is missing too."""
    subnet = index.subnet(source.subnet_id)
    table = index.route_table(subnet) if isinstance(subnet, Subnet) else None
    peerings = index.evidence.peerings
    if not isinstance(subnet, Subnet) or not isinstance(table, RouteTable) or isinstance(peerings, Unavailable):
        return
    for peering in peerings.rows:
        ranges = tuple(span for cidr in peering.other(subnet.vpc_id).cidrs if (span := span_of(cidr)))
        if peering.status != ACTIVE or not common(destination.addresses, ranges):
            continue
        for summary, there in _route(table, destination.cidr, peering.id, f"send {destination.name} to {peering.id}"):
            after = walk_after(index, there, source, destination)
            back = [step for step in after.blockers if step.place is Place.RETURN_ROUTES and step.via]
            for step in back:
                for _, changes in way_back(index, source, step):
                    yield f"{summary}, and the answers back in {step.resources[0]}", there + changes
            yield summary, there


def exclusion(index: Index) -> Iterator[tuple[str, Changes]]:
    """From VPC Block Public Access, for the subnet of a NAT gateway, where the account may make one."""
    access = index.evidence.gateways.public_access
    allowed = isinstance(access, Unavailable) or access.exclusions_allowed
    for nat in _nat_gateways(index):
        subnet = index.subnet(nat.subnet_id or "")
        if isinstance(subnet, Subnet) and allowed and public_access_stops(index, subnet):
            yield f"let {subnet.id} open connections to the internet", (ExcludeFromBlock(subnet.id),)


def to_internet_gateway(index: Index, destination: Destination) -> Iterator[tuple[str, Changes]]:
    """Mend the NAT gateway's own way: a route to the VPC's internet gateway, or the gateway's attachment."""
    table = index.evidence.internet_gateways
    attached = table.rows if isinstance(table, InternetGateways) else ()
    for nat in _nat_gateways(index):
        subnet = index.subnet(nat.subnet_id or "")
        routes = index.route_table(subnet) if isinstance(subnet, Subnet) else None
        if not isinstance(subnet, Subnet) or not isinstance(routes, RouteTable):
            continue
        for gateway in attached:
            yield from _route(routes, destination.cidr, gateway.id, f"give {nat.id} a way to {gateway.id}")
        for route in routes.routes:
            if route.target.startswith("igw-") and not any(subnet.vpc_id in one.vpc_ids for one in attached):
                change = AttachInternetGateway(route.target, subnet.vpc_id)
                yield f"attach {route.target} to {subnet.vpc_id}", (change,)


def to_another_nat(index: Index, source: Source, destination: Destination) -> Iterator[tuple[str, Changes]]:
    """A route to a NAT gateway of the VPC that is available."""
    subnet = index.subnet(source.subnet_id)
    table = index.route_table(subnet) if isinstance(subnet, Subnet) else None
    if not isinstance(table, RouteTable):
        return
    for nat in (one for one in _nat_gateways(index) if one.vpc_id == table.vpc_id):
        yield from _route(table, destination.cidr, nat.id, f"send what is for {destination.name} to {nat.id}")


def _nat_gateways(index: Index) -> tuple[NatGateway, ...]:
    table = index.evidence.nat_gateways
    return tuple(nat for nat in table.rows if nat.state == "available") if isinstance(table, NatGateways) else ()


def _route(table: RouteTable, cidr: str, target: str, summary: str) -> Iterator[tuple[str, Changes]]:
    replaces = any(route.destination == cidr for route in table.routes)
    yield f"{summary} in {table.id}", (SetRoute(table.id, cidr, target, replaces),)

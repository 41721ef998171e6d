"""What is wrong with the route that a model subnet's table has, or lacks, where more can be said than that."""

from collections.abc import Iterator
from dataclasses import replace

from pullcheck import HopVerdict, Unavailable
from pullcheck.evidence.gateways import VirtualGateway, VirtualGateways
from pullcheck.evidence.network import Interfaces, Peerings, RouteTables
from pullcheck.evidence.network_rows import Interface, NatGateway, Peering, Route, RouteTable, Subnet
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import Journey
from pullcheck_checks.network.paths.legs import FORWARD, refused
from pullcheck_checks.network.paths.routes import LOCAL, Target, branches, target_of
from pullcheck_checks.network.paths.spans import Spans, common, span_of, without
from pullcheck_checks.network.paths.steps import Place, Reason, Step


def told(journey: Journey, step: Step, route: Route | None) -> Step:
    """The routing step, with the one reason that explains it better than that there is no route, or a wrong one."""
    table = journey.index.route_table(journey.subnet)
    unsure = step.hop.verdict is HopVerdict.UNKNOWN
    if unsure or isinstance(table, Unavailable) or journey.destination.address is None:
        return step
    if route is not None and (hijack := _hijack(journey, table, route)):
        return _refused(step, Reason.HIJACKED, hijack)
    dead_end = step.reason is Reason.NO_ROUTE or (route is not None and _to_the_internet_alone(journey, route))
    if dead_end and (
        gateway := unpropagated(journey.index, journey.subnet.vpc_id, table, journey.destination.addresses)
    ):
        why = f"no route to {journey.destination.name} but by {gateway.id}, whose routes it does not take over"
        return replace(_refused(step, Reason.NOT_PROPAGATED, why), via=gateway.id)
    if step.reason is Reason.NO_ROUTE and journey.destination.is_public:
        egress = next((one for one in table.routes if target_of(one) is Target.EGRESS_ONLY), None)
        if egress is not None:
            why = f"no route to {journey.destination.name}: {egress.destination} -> {egress.target} carries IPv6 alone"
            return _refused(step, Reason.EGRESS_ONLY, why)
    return step


def _refused(step: Step, reason: Reason, why: str) -> Step:
    found = refused(Place.MODEL_ROUTES, "route-table", step.hop.resource, FORWARD, reason, why)
    return replace(found, resources=step.resources, route=step.route)


def _to_the_internet_alone(journey: Journey, route: Route) -> bool:
    """Whether a private address is sent where only public ones are carried, be it from a NAT gateway's subnet."""
    if journey.destination.is_public:
        return False
    nat = journey.index.nat_gateway(route.target)
    subnet = journey.index.subnet(nat.subnet_id) if isinstance(nat, NatGateway) and nat.subnet_id else None
    table = journey.index.route_table(subnet) if isinstance(subnet, Subnet) else None
    if not isinstance(table, RouteTable):
        return target_of(route) is Target.INTERNET
    parts, doubts = branches(journey.index, table, journey.destination.addresses)
    return not doubts and all(part.route is None or target_of(part.route) is Target.INTERNET for part in parts)


def unpropagated(index: Index, vpc_id: str, table: RouteTable, wanted: Spans) -> VirtualGateway | None:
    """A gateway of the VPC that surely knows the addresses, and whose routes the table does not take over."""
    virtual = index.evidence.gateways.virtual
    rows = virtual.rows if isinstance(virtual, VirtualGateways) else ()
    attached = [row for row in rows if vpc_id in row.vpc_ids and row.id not in table.propagating]
    return next((row for row in attached if not without(wanted, _known(index, row))), None)


def known_routes(index: Index, gateway: VirtualGateway) -> tuple[str, ...]:
    """What the gateway would propagate, as far as it is seen: static routes, and what other tables have from it."""
    tables = index.evidence.route_tables
    rows = tables.rows if isinstance(tables, RouteTables) else ()
    elsewhere = [route for row in rows for route in row.routes if route.propagated and route.target == gateway.id]
    static = gateway.connections if isinstance(gateway.connections, tuple) else ()
    cidrs = [*(cidr for one in static for cidr in one.routes), *(route.destination for route in elsewhere)]
    return tuple(dict.fromkeys(cidrs))


def _known(index: Index, gateway: VirtualGateway) -> Spans:
    return tuple(span for cidr in known_routes(index, gateway) if (span := span_of(cidr)))


def _hijack(journey: Journey, table: RouteTable, route: Route) -> str:
    """A longer route to where the address cannot be, while a shorter one leads to the peer that has it."""
    if target_of(route) not in (Target.INTERNET, Target.PEERING) or _is_in(journey, route):
        return ""
    return rival(journey, table, route)


def rival(journey: Journey, table: RouteTable, route: Route) -> str:
    """The shorter route to a peer that has the address; empty where there is none."""
    wanted = journey.destination.addresses
    for peering, seat in _peers_with(journey):
        right = [one for one in table.routes if one.target == peering.id and _holds(one, wanted)]
        if right and route.target != peering.id:
            return (
                f"{route.destination} -> {route.target} is longer than {right[0].destination} -> {peering.id},"
                f" which leads to {seat.vpc_id}, where {seat.id} has {journey.destination.name}"
            )
    return ""


def _peers_with(journey: Journey) -> Iterator[tuple[Peering, Interface]]:
    """The active peerings whose other side has an interface with the address."""
    peerings, seats = journey.index.evidence.peerings, journey.index.evidence.interfaces
    if not isinstance(peerings, Peerings) or not isinstance(seats, Interfaces):
        return
    for peering in peerings.rows:
        side = peering.other(journey.subnet.vpc_id)
        seat = journey.index.interface_at(side.vpc_id, journey.destination.address or "")
        if peering.status == "active" and isinstance(seat, Interface):
            yield peering, seat


def _is_in(journey: Journey, route: Route) -> bool:
    """Whether the other side of the peering that the route leads to has the address in its ranges."""
    peering = journey.index.peering(route.target)
    if not isinstance(peering, Peering):
        return target_of(route) is Target.PEERING
    cidrs = peering.other(journey.subnet.vpc_id).cidrs
    return bool(common(journey.destination.addresses, tuple(span for cidr in cidrs if (span := span_of(cidr)))))


def _holds(route: Route, wanted: Spans) -> bool:
    span = span_of(route.destination)
    return route.state == "active" and span is not None and not without(wanted, (span,))


def by_own_network(journey: Journey, step: Step) -> Step:
    """R6: nobody has the address, and a route leads to a network with it, inside the VPC's range: the local one wins
    over it (R31).
    """
    if step.reason is not Reason.NO_HOST:
        return step
    wanted, table = journey.destination.addresses, journey.index.route_table(journey.subnet)
    routes = () if isinstance(table, Unavailable) else table.routes
    local = [span for one in routes if one.target == LOCAL and (span := span_of(one.destination))]
    around = tuple(span for span in local if not without(wanted, (span,)))
    inside = [one for one in routes if one.propagated and _holds(one, wanted) and not without(_spans(one), around)]
    if not around or not inside:
        return step
    why = (
        f"no network interface has it, {inside[0].target} announces {inside[0].destination} for it,"
        f" and the VPC's local route comes first"
    )
    name = journey.destination.name
    return refused(Place.DESTINATION, "address", name, FORWARD, Reason.LOCAL_WINS, why)


def _spans(route: Route) -> Spans:
    return tuple(span for span in [span_of(route.destination)] if span)

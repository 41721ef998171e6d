"""The path through a NAT gateway to the internet, and from there perhaps back into the VPC (R10, R25, R33, R34)."""

from collections.abc import Iterator
from dataclasses import replace

from pullcheck import HopVerdict, Unavailable
from pullcheck.evidence.network_rows import Interface, NatGateway, Route, Subnet
from pullcheck_checks.network.paths.above import public_access_stops
from pullcheck_checks.network.paths.ends import far_acl, local_return, model_in, model_out
from pullcheck_checks.network.paths.groups import Peer
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import Destination, Journey
from pullcheck_checks.network.paths.legs import (
    FORWARD,
    RETURN,
    acl_step,
    clear,
    doubted,
    refused,
    route_step,
    table_step,
    unclear,
)
from pullcheck_checks.network.paths.relay import relayed
from pullcheck_checks.network.paths.routes import LOCAL, Target, branches, target_of
from pullcheck_checks.network.paths.seats import seated
from pullcheck_checks.network.paths.sides import same_side
from pullcheck_checks.network.paths.spans import merged, span_of, without
from pullcheck_checks.network.paths.steps import Place, Reason, Step


def by_nat(journey: Journey, routing: Step, route: Route) -> Iterator[Step]:
    """The model's side, the four crossings of the NAT gateway's subnet, and the way on from there."""
    there = journey.destination
    yield from model_out(journey, Peer(there.name, there.addresses), routing)
    if isinstance(nat := journey.index.nat_gateway(route.target), NatGateway) and nat.table_id and not nat.subnet_id:
        yield from _regional(journey, nat)
        return
    found = located(journey.index, route.target)
    if isinstance(found, Step):
        yield found
        yield model_in(journey)
        return
    nat, subnet = found
    apart = subnet.id != journey.subnet.id
    if apart:
        yield far_acl(journey, Place.NAT_ACL, subnet, egress=False)
    yield from outside(replace(journey, past=""), nat, subnet)
    if apart:
        yield local_return(journey, subnet)
        yield far_acl(journey, Place.NAT_ACL, subnet, egress=True)
    yield model_in(journey)


def located(index: Index, name: str) -> tuple[NatGateway, Subnet] | Step:
    """The NAT gateway and its subnet; a step that says what is not known of them."""
    nat = index.nat_gateway(name)
    subnet = index.subnet(nat.subnet_id) if isinstance(nat, NatGateway) and nat.subnet_id else None
    if isinstance(nat, NatGateway) and isinstance(subnet, Subnet):
        return nat, subnet
    return _not_read(name, nat, subnet)


def _regional(journey: Journey, nat: NatGateway) -> Iterator[Step]:
    """One that stands in no subnet: no ACL is before it, and a route table of its own leads on and back."""
    index, there, model = journey.index, journey.destination, journey.subnet
    yield _state(nat)
    if model.zone_id not in nat.zones:
        why = f"it is in {', '.join(nat.zones) or 'no known zone'}; whether it serves {model.zone_id} is AWS's affair"
        yield unclear(Place.NAT, "nat-gateway", nat.id, FORWARD, why)
    table = index.table(nat.table_id)
    if table is None:
        why = f"its route table {nat.table_id} is not among those read"
        yield unclear(Place.NAT_ROUTES, "route-table", nat.table_id, FORWARD, why)
        yield model_in(journey)
        return
    names = (table.id, nat.id)
    step, route = table_step(index, Place.NAT_ROUTES, table, FORWARD, there.name, there.addresses, names)
    yield step
    if route is not None and target_of(route) is Target.INTERNET and not step.blocks:
        steps = to_the_internet(journey, nat, model, route)
        yield from steps if step.hop.verdict is HopVerdict.PASS else map(doubted, steps)
    elif route is not None and not step.blocks:
        why = f"the path goes on from {nat.id} through here, and what lies behind was not judged"
        yield unclear(Place.BEYOND, target_of(route).value, route.target, FORWARD, why)
    step, route = table_step(index, Place.RETURN_ROUTES, table, RETURN, journey.cidr, journey.clients, names)
    yield step if route is None or step.blocks else same_side(journey, step, route)
    yield model_in(journey)


def outside(journey: Journey, nat: NatGateway, subnet: Subnet) -> Iterator[Step]:
    """Through the NAT gateway and on from its subnet, and the answers into that subnet again."""
    index, there = journey.index, journey.destination
    remote = (there.name, there.addresses, there.cidrs)
    yield _state(nat)
    exit_step, exit_route = route_step(index, Place.NAT_ROUTES, subnet, FORWARD, there.name, there.addresses)
    leaves = exit_route is None or target_of(exit_route) is not Target.LOCAL or not _is_in(subnet, there)
    if leaves:
        yield acl_step(index, Place.NAT_ACL, subnet, True, FORWARD, remote, journey.service)
    yield exit_step
    if exit_route is not None and not exit_step.blocks:
        steps = _exit(journey, nat, subnet, exit_step, exit_route)
        yield from steps if exit_step.hop.verdict is HopVerdict.PASS else map(doubted, steps)
    if leaves:
        yield acl_step(index, Place.NAT_ACL_PORTS, subnet, False, RETURN, remote, journey.answers)


def _is_in(subnet: Subnet, there: Destination) -> bool:
    """R24: between interfaces of one subnet no ACL stands."""
    span = span_of(subnet.cidr)
    return span is not None and not without(there.addresses, (span,))


def _not_read(name: str, nat: NatGateway | Unavailable | None, subnet: Subnet | Unavailable | None) -> Step:
    absent = nat if isinstance(nat, Unavailable) else subnet
    if isinstance(absent, Unavailable):
        why = absent.because
    elif isinstance(nat, NatGateway) and nat.subnet_id is None:
        why = "it is a regional NAT gateway, whose own routes were not judged"
    else:
        why = "it is not among the NAT gateways read"
    return unclear(Place.NAT, "nat-gateway", name, FORWARD, why)


def _state(nat: NatGateway) -> Step:
    if not nat.state:
        return unclear(Place.NAT, "nat-gateway", nat.id, FORWARD, "its state is not known")
    if nat.state != "available":
        why = f"its state is {nat.state}{f' ({nat.failure})' if nat.failure else ''}"
        return refused(Place.NAT, "nat-gateway", nat.id, FORWARD, Reason.NAT_BROKEN, why)
    if nat.connectivity == "public" and not nat.public_addresses:
        return refused(Place.NAT, "nat-gateway", nat.id, FORWARD, Reason.NAT_BROKEN, "it has no public address")
    addresses = ", ".join(nat.public_addresses or nat.private_addresses)
    return clear(Place.NAT, "nat-gateway", nat.id, FORWARD, f"is available in {nat.subnet_id} with {addresses}")


def _exit(journey: Journey, nat: NatGateway, subnet: Subnet, routing: Step, route: Route) -> Iterator[Step]:
    match target_of(route):
        case Target.INTERNET:
            yield from to_the_internet(journey, nat, subnet, route)
        case Target.NAT if route.target in (nat.id, *journey.met):
            why = f"{route.destination} in its own subnet {subnet.id} leads back to it, not to an internet gateway"
            yield refused(Place.NAT, "nat-gateway", nat.id, FORWARD, Reason.NAT_BROKEN, why)
        case _:
            yield from relayed(journey, nat, subnet, routing, route)


def to_the_internet(journey: Journey, nat: NatGateway, subnet: Subnet, route: Route) -> Iterator[Step]:
    """By an internet gateway, perhaps to a public address that an interface of a VPC has which was read."""
    there = journey.destination
    yield _internet(journey, nat, subnet, route.target)
    seat = journey.index.interface_behind(there.address) if there.address else None
    if isinstance(seat, Interface):
        yield from _hairpin(journey, nat, seat)
    if isinstance(seat, Unavailable):
        why = f"whether an interface of the VPC has {there.name} is not known: {seat.because}"
        yield unclear(Place.DESTINATION, "interface", there.name, FORWARD, why)
    if nat.subnet_id:
        yield from _edge(journey, subnet, route.target)


def _internet(journey: Journey, nat: NatGateway, subnet: Subnet, name: str) -> Step:
    """R33, R34, R64."""

    def no(reason: Reason, why: str) -> Step:
        return refused(Place.INTERNET_GATEWAY, "internet-gateway", name, FORWARD, reason, why)

    gateway = journey.index.internet_gateway(name)
    there = journey.destination
    if nat.connectivity != "public":
        return no(Reason.NAT_BROKEN, f"{nat.id} is private: behind it packets have no public address to leave with")
    if not there.is_public:
        return no(Reason.PRIVATE_ADDRESS, f"{there.name} is no public address: the internet does not carry it")
    if why := public_access_stops(journey.index, subnet):
        return no(Reason.PUBLIC_ACCESS_BLOCKED, why)
    if isinstance(gateway, Unavailable):
        return unclear(Place.INTERNET_GATEWAY, "internet-gateway", name, FORWARD, gateway.because)
    if gateway is None and (owner := journey.hides(subnet.vpc_id)):
        why = f"{subnet.vpc_id} belongs to account {owner}, which alone sees its internet gateways"
        return unclear(Place.INTERNET_GATEWAY, "internet-gateway", name, FORWARD, why)
    if gateway is None or subnet.vpc_id not in gateway.vpc_ids:
        return no(Reason.DETACHED, f"it is not attached to {subnet.vpc_id}")
    why = f"is attached to {subnet.vpc_id}; beyond it lies the internet"
    return clear(Place.INTERNET_GATEWAY, "internet-gateway", name, FORWARD, why)


def _edge(journey: Journey, subnet: Subnet, gateway_id: str) -> Iterator[Step]:
    """A route table of the gateway's own may take the answers to an appliance before they get to the subnet."""
    for name, route in _inward(journey.index, subnet, gateway_id) or [(gateway_id, Route(subnet.cidr, LOCAL))]:
        why = f"{route.destination} -> {route.target} for the answers"
        step = clear(Place.RETURN_ROUTES, "route-table", name, RETURN, why)
        step = same_side(journey, replace(step, resources=(name, subnet.id)), route)
        if journey.past or target_of(route) is not Target.LOCAL:
            yield step


def _inward(index: Index, subnet: Subnet, gateway_id: str) -> list[tuple[str, Route]]:
    """Where the internet gateway's own table, if it has one, sends what comes in for the subnet."""
    tables, span = index.edge_tables(subnet.vpc_id), span_of(subnet.cidr)
    if isinstance(tables, Unavailable) or span is None:
        return []
    own = [table for table in tables if gateway_id in table.gateway_ids]
    return [(table.id, part.route) for table in own for part in branches(index, table, (span,))[0] if part.route]


def _let_in(index: Index, subnet: Subnet, gateway_id: str) -> Iterator[Step]:
    """What may keep a connection from the internet from the subnet: a table of the gateway's own, or R64."""
    for name, route in _inward(index, subnet, gateway_id):
        if target_of(route) is not Target.LOCAL:
            why = f"{route.destination} -> {route.target} takes what comes from the internet, and that was not judged"
            yield unclear(Place.BEYOND, "route-table", name, FORWARD, why)
    if (mode := subnet.public_access_block) != "off":
        why = f"VPC Block Public Access is {mode} there; whether it lets connections from a NAT gateway in is not known"
        yield unclear(Place.INTERNET_GATEWAY, "subnet", subnet.id, FORWARD, why)


def _hairpin(journey: Journey, nat: NatGateway, seat: Interface) -> Iterator[Step]:
    """Out by the NAT gateway and in again by the public address that is translated for an interface of the VPC."""
    index = journey.index
    subnet = index.subnet(seat.subnet_id)
    spans = merged(span for address in nat.public_addresses if (span := span_of(address)))
    if not isinstance(subnet, Subnet) or not spans:
        why = f"the subnet {seat.subnet_id} was not read" if spans else f"{nat.id} has no public address to come from"
        yield unclear(Place.DESTINATION, "interface", seat.id, FORWARD, why)
        return
    name = ", ".join(nat.public_addresses)
    cidrs = tuple(f"{address}/32" for address in nat.public_addresses)
    remote = (name, spans, cidrs)
    peer = Peer(name, spans, anonymous=frozenset(journey.source.group_ids))
    back, route = route_step(index, Place.RETURN_ROUTES, subnet, RETURN, name, spans)
    yield from _let_in(index, subnet, route.target if route else "")
    yield acl_step(index, Place.DESTINATION_ACL, subnet, False, FORWARD, remote, journey.service)
    yield from seated(journey, seat, subnet, peer, cidrs)
    yield acl_step(index, Place.DESTINATION_ACL, subnet, True, RETURN, remote, journey.answers)
    if route is not None and not back.blocks and target_of(route) is not Target.INTERNET:
        why = f"{route.destination} sends the answers to {route.target}, not to the internet gateway they came by"
        back = unclear(Place.RETURN_ROUTES, "route-table", back.hop.resource, RETURN, why)
    yield back

"""The walk of a packet and its answer from a model subnet to one destination, and what stands in its way.

Every step is judged as if those before it let the packets pass, so that all blockers are found (R69); the way there and
the way back are walked separately (R8, R21, R27).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pullcheck import Hop, HopVerdict, Status, Unavailable
from pullcheck.evidence.network import Interface, NatGateway, Route, Subnet
from pullcheck_checks.network.groups import Peer
from pullcheck_checks.network.index import Index
from pullcheck_checks.network.legs import (
    FORWARD,
    RETURN,
    Destination,
    Journey,
    Source,
    acl_step,
    clear,
    groups_step,
    known_at,
    refused,
    route_step,
    unclear,
)
from pullcheck_checks.network.routes import Target, branches, target_of
from pullcheck_checks.network.spans import merged, span_of
from pullcheck_checks.network.steps import CLIENT_PORTS, Place, Reason, Step

BEHIND = {
    "network_load_balancer": "a network load balancer hands the packets on to targets that were not read",
    "gateway_load_balancer": "a gateway load balancer hands the packets on to appliances that were not read",
    "gateway_load_balancer_endpoint": "a gateway load balancer endpoint hands the packets on to appliances",
    "vpc_endpoint": "an interface endpoint hands the packets on to a service that was not read",
    "nat_gateway": "a NAT gateway serves no connection that comes to it",
}


@dataclass(frozen=True)
class Walk:
    """The steps there and back."""

    steps: tuple[Step, ...]

    @property
    def hops(self) -> tuple[Hop, ...]:
        """For the report."""
        return tuple(step.hop for step in self.steps)

    @property
    def blockers(self) -> tuple[Step, ...]:
        """What stops packets, in the order met."""
        return tuple(step for step in self.steps if step.blocks)

    @property
    def doubts(self) -> tuple[Step, ...]:
        """What could not be judged."""
        return tuple(step for step in self.steps if step.hop.verdict is HopVerdict.UNKNOWN)

    @property
    def verdict(self) -> Status:
        """``fail`` for a blocker, else ``unknown`` for a doubt, else ``pass``."""
        if self.blockers:
            return Status.FAIL
        return Status.UNKNOWN if self.doubts else Status.PASS

    @property
    def resources(self) -> tuple[str, ...]:
        """The ids of everything on the way."""
        return tuple(dict.fromkeys(name for step in self.steps for name in step.resources))


def walk(index: Index, source: Source, destination: Destination) -> Walk:
    """Judges the path of all addresses of the source's subnet, from all client ports."""
    subnet = index.subnet(source.subnet_id)
    if subnet is None or isinstance(subnet, Unavailable):
        why = subnet.because if subnet else "the subnet is not among those read"
        return Walk((unclear(Place.MODEL_SUBNET, "subnet", source.subnet_id, FORWARD, why),))
    journey = Journey(index, source, subnet, destination)
    if not journey.clients or not destination.addresses:
        why = (
            f"{source.subnet_id} has no IPv4 range" if not journey.clients else f"{destination.name} is no IPv4 address"
        )
        return Walk((unclear(Place.MODEL_SUBNET, "subnet", source.subnet_id, FORWARD, why),))
    step, route = route_step(index, Place.MODEL_ROUTES, subnet, FORWARD, destination.name, destination.addresses)
    go = _ways(route) if route and not step.blocks else _nowhere
    return Walk(tuple(go(journey, step, route)))


Way = Callable[[Journey, Step, Route | None], Iterator[Step]]


def _ways(route: Route) -> Way:
    """How to go on from a route: peering and transit gateways get their own walks here."""
    ways: dict[Target, Way] = {Target.LOCAL: _inside, Target.NAT: _by_nat, Target.INTERNET: _by_internet_gateway}
    return ways.get(target_of(route), _out_of_sight)


def _model_out(journey: Journey, peer: Peer, routing: Step, *, same_subnet: bool = False) -> Iterator[Step]:
    there = journey.destination
    groups = journey.source.group_ids
    yield groups_step(journey.index, Place.MODEL_GROUPS, groups, True, there.port, peer, there.cidr)
    if not same_subnet:
        remote = (there.name, there.addresses, there.cidr)
        yield acl_step(journey, Place.MODEL_ACL_OUT, journey.subnet, True, FORWARD, remote, journey.port)
    yield routing


def _model_in(journey: Journey) -> Step:
    there = journey.destination
    remote = (there.name, there.addresses, there.cidr)
    return acl_step(journey, Place.MODEL_ACL_IN, journey.subnet, False, RETURN, remote, CLIENT_PORTS)


def _nowhere(journey: Journey, routing: Step, _route: Route | None) -> Iterator[Step]:
    """No usable route, or an unknown one: the model's own side is still judged."""
    there = journey.destination
    doubt = "" if routing.blocks and there.address is None else "where the address lies is not known"
    yield from _model_out(journey, Peer(there.name, there.addresses, groups_doubt=doubt), routing)
    yield _model_in(journey)


def _out_of_sight(journey: Journey, routing: Step, route: Route | None) -> Iterator[Step]:
    """The packets leave for a place that is not judged: named, with all that its owner has to know."""
    assert route is not None
    there = journey.destination
    kind = target_of(route).value
    doubt = f"which groups it has behind {route.target} is not known"
    yield from _model_out(journey, Peer(there.name, there.addresses, groups_doubt=doubt), routing)
    flow = f"tcp from {journey.subnet.cidr} ports {CLIENT_PORTS[0]}-{CLIENT_PORTS[1]} to {there.name}:{there.port}"
    why = f"the path leaves the VPC here, and what lies behind was not judged: {flow}, and the answers"
    yield unclear(Place.BEYOND, kind, route.target, FORWARD, why)
    yield _model_in(journey)


def _by_internet_gateway(journey: Journey, routing: Step, route: Route | None) -> Iterator[Step]:
    """R2: an interface without public address cannot use an internet gateway."""
    assert route is not None
    there = journey.destination
    yield from _model_out(journey, Peer(there.name, there.addresses), routing)
    why = (
        f"{route.destination} leads here, and the model's interfaces have no public address, so nothing is let through"
    )
    yield Step(
        Place.INTERNET_GATEWAY,
        Hop("internet-gateway", route.target, FORWARD, HopVerdict.BLOCK, why),
        Reason.NO_PUBLIC_ADDRESS,
        resources=(route.target, *routing.resources),
    )
    yield _model_in(journey)


def _inside(journey: Journey, routing: Step, _route: Route | None) -> Iterator[Step]:
    """R5: within the VPC there must be a subnet and an interface with the address."""
    index, there = journey.index, journey.destination
    address = there.address
    if address is None:
        yield from _nowhere(journey, routing, None)
        return
    seat = index.interface_at(journey.subnet.vpc_id, address)
    subnet = index.subnet_at(journey.subnet.vpc_id, address)
    groups, doubt = known_at(seat)
    same = isinstance(subnet, Subnet) and subnet.id == journey.subnet.id
    yield from _model_out(journey, Peer(there.name, there.addresses, groups, doubt), routing, same_subnet=same)
    if not isinstance(subnet, Subnet):
        yield _no_subnet(journey, subnet)
        if not same:
            yield _model_in(journey)
        return
    if not same:
        yield _client_acl(journey, Place.DESTINATION_ACL, subnet, egress=False)
    yield _seat(journey, seat, subnet)
    if isinstance(seat, Interface):
        yield _arrival(journey, seat, Peer(_model(journey), journey.clients, frozenset(journey.source.group_ids)))
    if same:
        return
    yield _client_acl(journey, Place.DESTINATION_ACL, subnet, egress=True)
    yield _local_return(journey, Place.RETURN_ROUTES, subnet)
    yield _model_in(journey)


def _model(journey: Journey) -> str:
    return f"{', '.join(journey.source.group_ids)} in {journey.subnet.cidr}"


def _client_acl(journey: Journey, place: Place, subnet: Subnet, *, egress: bool) -> Step:
    """The far subnet's ACL, before which the packets come from, or the answers go to, the model subnet."""
    remote = (journey.subnet.cidr, journey.clients, journey.subnet.cidr)
    direction, ports = (RETURN, CLIENT_PORTS) if egress else (FORWARD, journey.port)
    return acl_step(journey, place, subnet, egress, direction, remote, ports)


def _no_subnet(journey: Journey, subnet: Unavailable | None) -> Step:
    name = journey.destination.name
    if isinstance(subnet, Unavailable):
        return unclear(Place.DESTINATION, "subnet", name, FORWARD, subnet.because)
    why = f"the address is the VPC's own ({journey.subnet.vpc_id}), but no subnet holds it"
    return refused(Place.DESTINATION, "address", name, FORWARD, Reason.NO_HOST, why)


def _seat(journey: Journey, seat: Interface | Unavailable | None, subnet: Subnet) -> Step:
    name = journey.destination.name
    if isinstance(seat, Unavailable):
        return unclear(Place.DESTINATION, "interface", name, FORWARD, seat.because)
    if seat is None and subnet.owner != journey.subnet.owner:
        why = f"{subnet.id} belongs to account {subnet.owner}, which alone sees what has the address (R66)"
        return unclear(Place.DESTINATION, "interface", name, FORWARD, why)
    if seat is None:
        why = f"{subnet.id} holds the address, but no network interface has it"
        return refused(Place.DESTINATION, "address", name, FORWARD, Reason.NO_HOST, why)
    if seat.kind in BEHIND and not (seat.kind == "vpc_endpoint" and journey.destination.ends_at_endpoint):
        return unclear(Place.DESTINATION, "interface", seat.id, FORWARD, f"{name} is reached, but {BEHIND[seat.kind]}")
    return clear(Place.DESTINATION, "interface", seat.id, FORWARD, f"has {name} in {subnet.id}")


def _arrival(journey: Journey, seat: Interface, peer: Peer) -> Step:
    port = journey.destination.port
    return groups_step(journey.index, Place.DESTINATION_GROUPS, seat.group_ids, False, port, peer, journey.subnet.cidr)


def _local_return(journey: Journey, place: Place, subnet: Subnet) -> Step:
    """The way back to the model subnet, which the VPC's local route takes unless a longer prefix says otherwise (R31)."""
    step, route = route_step(journey.index, place, subnet, RETURN, journey.subnet.cidr, journey.clients)
    if route is None or step.blocks or target_of(route) is Target.LOCAL:
        return step
    why = f"{route.destination} sends the answers to {route.target}, and what it does with them was not judged"
    return unclear(place, "route-table", step.hop.resource, RETURN, why)


def _by_nat(journey: Journey, routing: Step, route: Route | None) -> Iterator[Step]:
    """R25, R34: the model's side, the four crossings of the NAT gateway's subnet, and its way to the internet."""
    assert route is not None
    index, there = journey.index, journey.destination
    yield from _model_out(journey, Peer(there.name, there.addresses), routing)
    nat = index.nat_gateway(route.target)
    subnet = index.subnet(nat.subnet_id) if isinstance(nat, NatGateway) and nat.subnet_id else None
    if not isinstance(nat, NatGateway) or not isinstance(subnet, Subnet):
        yield _nat_unknown(route.target, nat, subnet)
        yield _model_in(journey)
        return
    apart = subnet.id != journey.subnet.id
    if apart:
        yield _client_acl(journey, Place.NAT_ACL, subnet, egress=False)
    yield _nat_step(nat)
    exit_step, exit_route = route_step(index, Place.NAT_ROUTES, subnet, FORWARD, there.name, there.addresses)
    yield exit_step
    remote = (there.name, there.addresses, there.cidr)
    yield acl_step(journey, Place.NAT_ACL, subnet, True, FORWARD, remote, journey.port)
    if exit_route is not None and not exit_step.blocks:
        yield from _nat_exit(journey, nat, subnet, exit_route)
    yield acl_step(journey, Place.NAT_ACL_PORTS, subnet, False, RETURN, remote, CLIENT_PORTS)
    if apart:
        yield _local_return(journey, Place.RETURN_ROUTES, subnet)
        yield _client_acl(journey, Place.NAT_ACL, subnet, egress=True)
    yield _model_in(journey)


def _nat_unknown(name: str, nat: NatGateway | Unavailable | None, subnet: Subnet | Unavailable | None) -> Step:
    absent = nat if isinstance(nat, Unavailable) else subnet
    if isinstance(absent, Unavailable):
        why = absent.because
    elif isinstance(nat, NatGateway) and nat.subnet_id is None:
        why = "it is a regional NAT gateway, whose own routes were not judged"
    else:
        why = "it is not among the NAT gateways read"
    return unclear(Place.NAT, "nat-gateway", name, FORWARD, why)


def _nat_step(nat: NatGateway) -> Step:
    if nat.state != "available":
        why = f"its state is {nat.state}{f' ({nat.failure})' if nat.failure else ''}"
        return refused(Place.NAT, "nat-gateway", nat.id, FORWARD, Reason.NAT_BROKEN, why)
    if nat.connectivity == "public" and not nat.public_addresses:
        return refused(Place.NAT, "nat-gateway", nat.id, FORWARD, Reason.NAT_BROKEN, "it has no public address")
    addresses = ", ".join(nat.public_addresses or nat.private_addresses)
    return clear(Place.NAT, "nat-gateway", nat.id, FORWARD, f"is available in {nat.subnet_id} with {addresses}")


def _nat_exit(journey: Journey, nat: NatGateway, subnet: Subnet, route: Route) -> Iterator[Step]:
    """From the NAT gateway's subnet on: to the internet, and perhaps from there back into the VPC."""
    match target_of(route):
        case Target.INTERNET:
            yield _internet_step(journey, nat, subnet, route)
            address = journey.destination.address
            seat = journey.index.interface_behind(subnet.vpc_id, address) if address else None
            if isinstance(seat, Interface):
                yield from _hairpin(journey, nat, seat)
            else:
                yield from _edge(journey, subnet, route.target)
        case Target.NAT if route.target == nat.id:
            why = f"{route.destination} in its own subnet {subnet.id} leads back to it, not to an internet gateway"
            yield refused(Place.NAT, "nat-gateway", nat.id, FORWARD, Reason.NAT_BROKEN, why)
        case kind:
            flow = (
                f"tcp from {', '.join(nat.private_addresses)} to {journey.destination.name}:{journey.destination.port}"
            )
            why = f"the path goes on from {nat.id} through here, and what lies behind was not judged: {flow}"
            yield unclear(Place.BEYOND, kind.value, route.target, FORWARD, why)


def _internet_step(journey: Journey, nat: NatGateway, subnet: Subnet, route: Route) -> Step:
    """R33, R34, R64."""

    def no(reason: Reason, why: str) -> Step:
        return refused(Place.INTERNET_GATEWAY, "internet-gateway", route.target, FORWARD, reason, why)

    gateway = journey.index.internet_gateway(route.target)
    if nat.connectivity != "public":
        return no(Reason.NAT_BROKEN, f"{nat.id} is private: behind it packets have no public address to leave with")
    if not journey.destination.is_public:
        return no(
            Reason.PRIVATE_ADDRESS, f"{journey.destination.name} is no public address: the internet does not carry it"
        )
    if subnet.public_access_block == "block-bidirectional":
        return no(
            Reason.PUBLIC_ACCESS_BLOCKED, f"VPC Block Public Access stops all traffic of {subnet.id} with the internet"
        )
    if isinstance(gateway, Unavailable):
        return unclear(Place.INTERNET_GATEWAY, "internet-gateway", route.target, FORWARD, gateway.because)
    if gateway is None or subnet.vpc_id not in gateway.vpc_ids:
        return no(Reason.DETACHED, f"it is not attached to {subnet.vpc_id}")
    why = f"is attached to {subnet.vpc_id}; beyond it lies the internet"
    return clear(Place.INTERNET_GATEWAY, "internet-gateway", route.target, FORWARD, why)


def _edge(journey: Journey, subnet: Subnet, gateway_id: str) -> Iterator[Step]:
    """A route table of the gateway's own may take the answers to an appliance before they get to the subnet."""
    tables = journey.index.edge_tables(subnet.vpc_id)
    span = span_of(subnet.cidr)
    if isinstance(tables, Unavailable) or span is None:
        return
    for table in tables:
        parts, _ = branches(journey.index, table, (span,)) if gateway_id in table.gateway_ids else ((), ())
        for part in parts:
            if part.route and target_of(part.route) is not Target.LOCAL:
                why = f"{part.route.destination} -> {part.route.target}: what it does with the answers was not judged"
                yield unclear(Place.BEYOND, "route-table", table.id, RETURN, why)


def _hairpin(journey: Journey, nat: NatGateway, seat: Interface) -> Iterator[Step]:
    """R10: out by the NAT gateway and in again by the address that the internet gateway translates for an interface."""
    index, there = journey.index, journey.destination
    subnet = index.subnet(seat.subnet_id)
    spans = merged(span for address in nat.public_addresses if (span := span_of(address)))
    name = ", ".join(nat.public_addresses)
    cidr = f"{nat.public_addresses[0]}/32" if nat.public_addresses else ""
    if not isinstance(subnet, Subnet) or not spans:
        yield unclear(Place.DESTINATION, "interface", seat.id, FORWARD, f"the subnet {seat.subnet_id} was not read")
        return
    remote = (name, spans, cidr)
    yield acl_step(journey, Place.DESTINATION_ACL, subnet, False, FORWARD, remote, journey.port)
    yield _seat(journey, seat, subnet)
    peer = Peer(name, spans, anonymous=frozenset(journey.source.group_ids))
    yield groups_step(index, Place.DESTINATION_GROUPS, seat.group_ids, False, there.port, peer, cidr)
    yield acl_step(journey, Place.DESTINATION_ACL, subnet, True, RETURN, remote, CLIENT_PORTS)
    yield route_step(index, Place.RETURN_ROUTES, subnet, RETURN, name, spans)[0]

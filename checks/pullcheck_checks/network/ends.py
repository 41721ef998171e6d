"""The two ends that every path has: the model's interface and subnet, and the interface that the packets are for."""

from collections.abc import Iterator

from pullcheck import Unavailable
from pullcheck.evidence.network_rows import Interface, Route, Subnet
from pullcheck_checks.network.groups import Peer
from pullcheck_checks.network.journey import Journey
from pullcheck_checks.network.legs import FORWARD, RETURN, acl_step, clear, groups_step, refused, route_step, unclear
from pullcheck_checks.network.routes import Target, target_of
from pullcheck_checks.network.steps import CLIENT_PORTS, Place, Reason, Step

BEHIND = {
    "network_load_balancer": "a network load balancer hands the packets on to targets that were not read",
    "gateway_load_balancer": "a gateway load balancer hands the packets on to appliances that were not read",
    "gateway_load_balancer_endpoint": "a gateway load balancer endpoint hands the packets on to appliances",
    "vpc_endpoint": "an interface endpoint hands the packets on to a service that was not read",
    "nat_gateway": "a NAT gateway serves no connection that comes to it",
}
"""Kinds of interface that are not the end of the path."""


def model_out(journey: Journey, peer: Peer, routing: Step, *, same_subnet: bool = False) -> Iterator[Step]:
    """Out of the model's interface and subnet; between interfaces of one subnet no ACL stands (R24)."""
    there = journey.destination
    groups = journey.source.group_ids
    yield groups_step(journey.index, Place.MODEL_GROUPS, groups, True, there.port, peer, (there.cidr,))
    if not same_subnet:
        remote = (there.name, there.addresses, (there.cidr,))
        yield acl_step(journey.index, Place.MODEL_ACL_OUT, journey.subnet, True, FORWARD, remote, journey.port)
    yield routing


def model_in(journey: Journey) -> Step:
    """The answers' way into the model's subnet; its groups are stateful and ask nothing (R8)."""
    there = journey.destination
    remote = (there.name, there.addresses, (there.cidr,))
    return acl_step(journey.index, Place.MODEL_ACL_IN, journey.subnet, False, RETURN, remote, CLIENT_PORTS)


def far_acl(journey: Journey, place: Place, subnet: Subnet, *, egress: bool) -> Step:
    """Another subnet's ACL: the packets come from the model subnet, the answers go there."""
    remote = (journey.subnet.cidr, journey.clients, (journey.subnet.cidr,))
    direction, ports = (RETURN, CLIENT_PORTS) if egress else (FORWARD, journey.port)
    return acl_step(journey.index, place, subnet, egress, direction, remote, ports)


def seat_step(journey: Journey, seat: Interface | Unavailable | None, subnet: Subnet) -> Step:
    """R5: an interface must have the address. R66: who shares a VPC does not see those of the others."""
    name = journey.destination.name
    if isinstance(seat, Unavailable):
        return unclear(Place.DESTINATION, "interface", name, FORWARD, seat.because)
    if seat is None and subnet.owner != journey.subnet.owner:
        why = f"{subnet.id} belongs to account {subnet.owner}, which alone sees what has the address"
        return unclear(Place.DESTINATION, "interface", name, FORWARD, why)
    if seat is None:
        why = f"{subnet.id} holds the address, but no network interface has it"
        return refused(Place.DESTINATION, "address", name, FORWARD, Reason.NO_HOST, why)
    if seat.kind in BEHIND and not (seat.kind == "vpc_endpoint" and journey.destination.ends_at_endpoint):
        return unclear(Place.DESTINATION, "interface", seat.id, FORWARD, f"{name} is reached, but {BEHIND[seat.kind]}")
    return clear(Place.DESTINATION, "interface", seat.id, FORWARD, f"has {name} in {subnet.id}")


def arrival(journey: Journey, seat: Interface, peer: Peer, remote: tuple[str, ...]) -> Step:
    """Into the groups of the destination's interface."""
    port = journey.destination.port
    return groups_step(journey.index, Place.DESTINATION_GROUPS, seat.group_ids, False, port, peer, remote)


def destination_side(
    journey: Journey, subnet: Subnet, seat: Interface | Unavailable | None, model: Peer, *, same_subnet: bool = False
) -> Iterator[Step]:
    """Into the destination's subnet and interface, and the answers out of the subnet again."""
    if not same_subnet:
        yield far_acl(journey, Place.DESTINATION_ACL, subnet, egress=False)
    yield seat_step(journey, seat, subnet)
    if isinstance(seat, Interface):
        yield arrival(journey, seat, model, (journey.subnet.cidr,))
    if not same_subnet:
        yield far_acl(journey, Place.DESTINATION_ACL, subnet, egress=True)


def model_peer(journey: Journey) -> Peer:
    """The model as the destination's groups see it, where AWS keeps the identity of its groups."""
    name = f"{', '.join(journey.source.group_ids)} in {journey.subnet.cidr}"
    return Peer(name, journey.clients, frozenset(journey.source.group_ids))


def no_subnet_step(journey: Journey, vpc_id: str, subnet: Unavailable | None) -> Step:
    """R5, where not even a subnet has the address."""
    name = journey.destination.name
    if isinstance(subnet, Unavailable):
        return unclear(Place.DESTINATION, "subnet", name, FORWARD, subnet.because)
    why = f"the address belongs to {vpc_id}, but no subnet there holds it"
    return refused(Place.DESTINATION, "address", name, FORWARD, Reason.NO_HOST, why)


def local_return(journey: Journey, subnet: Subnet) -> Step:
    """The way back to the model subnet: the VPC's local route, unless a longer prefix says otherwise (R31)."""
    step, route = route_step(journey.index, Place.RETURN_ROUTES, subnet, RETURN, journey.subnet.cidr, journey.clients)
    if route is None or step.blocks or target_of(route) is Target.LOCAL:
        return step
    why = f"{route.destination} sends the answers to {route.target}, and what it does with them was not judged"
    return unclear(Place.RETURN_ROUTES, "route-table", step.hop.resource, RETURN, why)


def out_of_sight(journey: Journey, routing: Step, route: Route, reason: str = "") -> Iterator[Step]:
    """The packets leave for a place that is not judged: it is named, with all that its owner has to know."""
    there = journey.destination
    doubt = f"which groups it has behind {route.target} is not known"
    yield from model_out(journey, Peer(there.name, there.addresses, groups_doubt=doubt), routing)
    yield beyond(journey, target_of(route).value, route.target, reason)
    yield model_in(journey)


def beyond(journey: Journey, kind: str, name: str, reason: str = "") -> Step:
    """Where the path leaves what is judged: the place by name, and the packets that its owner has to know of."""
    why = f"the path leaves the VPC here, and what lies behind was not judged: {packets(journey)}"
    return unclear(Place.BEYOND, kind, name, FORWARD, f"{why} ({reason})" if reason else why)


def packets(journey: Journey) -> str:
    """Addresses and ports, as the owner of a firewall has to know them."""
    there = journey.destination
    first, last = CLIENT_PORTS
    return f"tcp from {journey.subnet.cidr} ports {first}-{last} to {there.name}:{there.port}, and the answers"

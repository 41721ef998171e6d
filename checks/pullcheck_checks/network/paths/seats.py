"""The interface at the destination's address: whether there is one, its groups, and what it hands packets on to."""

from collections.abc import Iterator

from pullcheck import Unavailable
from pullcheck.evidence.balancer_rows import LoadBalancer
from pullcheck.evidence.network_rows import Interface, Subnet
from pullcheck.evidence.private_link_rows import PrivateLink
from pullcheck_checks.network.paths.balancing import Node, balanced
from pullcheck_checks.network.paths.groups import Peer
from pullcheck_checks.network.paths.journey import Journey
from pullcheck_checks.network.paths.legs import FORWARD, clear, groups_step, refused, unclear
from pullcheck_checks.network.paths.linking import linked
from pullcheck_checks.network.paths.steps import Place, Reason, Step

BEHIND = {
    "network_load_balancer": "a network load balancer hands the packets on to targets that were not read",
    "gateway_load_balancer": "a gateway load balancer hands the packets on to appliances that were not read",
    "gateway_load_balancer_endpoint": "a gateway load balancer endpoint hands the packets on to appliances",
    "vpc_endpoint": "an interface endpoint hands the packets on to a service that was not read",
    "nat_gateway": "a NAT gateway serves no connection that comes to it",
}
"""Kinds of interface that are not the end of the path."""
Serves = LoadBalancer | PrivateLink | Unavailable | None
BALANCERS = ("net/", "app/", "gwy/", "elb/")
"""How `Interface.part_of` begins where it is a load balancer's."""


def seated(
    journey: Journey, seat: Interface | Unavailable | None, subnet: Subnet, peer: Peer, cidrs: tuple[str, ...]
) -> Iterator[Step]:
    """At the address, into the groups of its interface, and on to what that stands before.

    ``peer`` is who the packets come from as the groups see it, ``cidrs`` what a rule has to name to mean that.
    """
    serves = _serves(journey, seat) if isinstance(seat, Interface) else None
    yield _seat_step(journey, seat, subnet, serves)
    if not isinstance(seat, Interface):
        return
    place = Place.BALANCER_GROUPS if seat.part_of.startswith(BALANCERS) else Place.DESTINATION_GROUPS
    yield groups_step(journey.index, place, seat.group_ids, False, journey.service, peer, cidrs)
    if isinstance(serves, LoadBalancer):
        yield from balanced(journey, Node(serves, seat, subnet, peer, cidrs))
    if isinstance(serves, PrivateLink):
        yield from linked(journey, serves, seat, subnet)


def _serves(journey: Journey, seat: Interface) -> Serves:
    """What the interface hands packets on to, where that is not itself the goal."""
    if seat.part_of.startswith(BALANCERS):
        return journey.index.balancer(seat.part_of)
    if seat.kind == "vpc_endpoint" and not journey.destination.ends_at_endpoint:
        return journey.index.private_link(seat.part_of)
    return None


def _seat_step(
    journey: Journey,
    seat: Interface | Unavailable | None,
    subnet: Subnet,
    serves: Serves,
) -> Step:
    """R5: an interface must have the address. R66: who shares a VPC does not see those of the others."""
    name = journey.destination.name
    if isinstance(seat, Unavailable):
        return unclear(Place.DESTINATION, "interface", name, FORWARD, seat.because)
    if seat is None and (owner := journey.hides(subnet.vpc_id)):
        why = f"{subnet.vpc_id} belongs to account {owner}, which alone sees what has the address"
        return unclear(Place.DESTINATION, "interface", name, FORWARD, why)
    if seat is None:
        why = f"{subnet.id} holds the address, but no network interface has it"
        return refused(Place.DESTINATION, "address", name, FORWARD, Reason.NO_HOST, why)
    if not seat.attached:
        why = f"has {name} in {subnet.id}, and is attached to nothing that could answer, or not yet"
        return unclear(Place.DESTINATION, "interface", seat.id, FORWARD, why)
    if isinstance(serves, LoadBalancer | PrivateLink):
        what = serves.id if isinstance(serves, PrivateLink) else serves.part
        return clear(Place.DESTINATION, "interface", seat.id, FORWARD, f"has {name} in {subnet.id} for {what}")
    if seat.part_of.startswith(BALANCERS):
        unread = serves.because if isinstance(serves, Unavailable) else "it was not read"
        why = f"{name} is reached, but {seat.part_of} hands the packets on, and {unread}"
        return unclear(Place.DESTINATION, "interface", seat.id, FORWARD, why)
    if seat.kind in BEHIND and not (seat.kind == "vpc_endpoint" and journey.destination.ends_at_endpoint):
        return unclear(Place.DESTINATION, "interface", seat.id, FORWARD, f"{name} is reached, but {BEHIND[seat.kind]}")
    return clear(Place.DESTINATION, "interface", seat.id, FORWARD, f"has {name} in {subnet.id}")

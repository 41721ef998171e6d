"""The path through a VPC peering connection, and the answers back through it (R32, R35)."""

from collections.abc import Iterator
from dataclasses import replace

from pullcheck import Unavailable
from pullcheck.evidence.network_rows import Peering, PeeringSide, Route, Subnet
from pullcheck_checks.network.ends import (
    destination_side,
    model_in,
    model_out,
    model_peer,
    no_subnet_step,
    out_of_sight,
)
from pullcheck_checks.network.groups import Peer
from pullcheck_checks.network.journey import Journey
from pullcheck_checks.network.legs import FORWARD, RETURN, clear, known_at, refused, route_step, unclear
from pullcheck_checks.network.spans import common, span_of
from pullcheck_checks.network.steps import Place, Reason, Step

ACTIVE = "active"


def by_peering(journey: Journey, routing: Step, route: Route) -> Iterator[Step]:
    """Into the other VPC and back; one that this account cannot read is out of sight."""
    index, there = journey.index, journey.destination
    peering = index.peering(route.target)
    if there.address is None or not isinstance(peering, Peering):
        reason = peering.because if isinstance(peering, Unavailable) else "it is not among the peerings read"
        yield from out_of_sight(journey, routing, route, reason)
        return
    side = peering.other(journey.subnet.vpc_id)
    crossing = _crossing(journey, peering, side)
    subnet = index.subnet_at(side.vpc_id, there.address)
    if not crossing.blocks and subnet is None and not index.has_read(side.vpc_id):
        where = f"{side.vpc_id} of account {side.owner or 'unknown'} in {side.region or 'an unknown region'}"
        yield from out_of_sight(journey, routing, route, f"{where} was not read")
        return
    seat = index.interface_at(side.vpc_id, there.address)
    groups, doubt = known_at(seat)
    yield from model_out(journey, Peer(there.name, there.addresses, groups, doubt), routing)
    yield crossing
    if isinstance(subnet, Subnet):
        yield from destination_side(journey, subnet, seat, model_peer(journey))
        yield _return(journey, subnet, peering)
    elif not crossing.blocks:
        yield no_subnet_step(journey, side.vpc_id, subnet)
    yield model_in(journey)


def _crossing(journey: Journey, peering: Peering, side: PeeringSide) -> Step:
    there = journey.destination
    if peering.status != ACTIVE:
        why = f"its status is {peering.status}"
        return refused(Place.PEERING, "peering", peering.id, FORWARD, Reason.NOT_ACTIVE, why)
    ranges = tuple(span for cidr in side.cidrs if (span := span_of(cidr)))
    if not common(there.addresses, ranges):
        why = f"{there.name} is in no range of {side.vpc_id} ({', '.join(side.cidrs)}), and it leads no further"
        return refused(Place.PEERING, "peering", peering.id, FORWARD, Reason.NOT_TRANSITIVE, why)
    return clear(Place.PEERING, "peering", peering.id, FORWARD, f"is active and leads to {side.vpc_id}")


def _return(journey: Journey, subnet: Subnet, peering: Peering) -> Step:
    """The other VPC needs a route back for each of our ranges; R38: another way back is not blocked by AWS itself."""
    step, route = route_step(journey.index, Place.RETURN_ROUTES, subnet, RETURN, journey.subnet.cidr, journey.clients)
    step = replace(step, via=peering.id)
    if route is None or step.blocks or route.target == peering.id:
        return step
    why = f"{route.destination} sends the answers to {route.target}, not to {peering.id}, and that way was not judged"
    return unclear(Place.RETURN_ROUTES, "route-table", step.hop.resource, RETURN, why)

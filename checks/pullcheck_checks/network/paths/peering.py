"""The path through a VPC peering connection, and the answers back through it (R32, R35)."""

from collections.abc import Iterator
from dataclasses import replace

from pullcheck import Unavailable
from pullcheck.evidence.network_rows import Peering, PeeringSide, Route, Subnet
from pullcheck_checks.network.paths.ends import (
    beyond,
    destination_side,
    model_in,
    model_out,
    model_peer,
    no_subnet_step,
    out_of_sight,
)
from pullcheck_checks.network.paths.groups import Gap, Peer
from pullcheck_checks.network.paths.journey import Journey
from pullcheck_checks.network.paths.legs import FORWARD, clear, known_at, refused, unclear
from pullcheck_checks.network.paths.returns import ACTIVE, answers
from pullcheck_checks.network.paths.routes import target_of
from pullcheck_checks.network.paths.spans import common, span_of
from pullcheck_checks.network.paths.steps import Place, Reason, Step


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
        yield from _unread(journey, routing, route, peering)
        return
    seat = index.interface_at(side.vpc_id, there.address)
    groups, doubt = known_at(seat)
    abroad = _is_abroad(peering)
    yield from model_out(journey, _nameless(Peer(there.name, there.addresses, groups, doubt), abroad), routing)
    yield crossing
    if isinstance(subnet, Subnet):
        yield from destination_side(journey, subnet, seat, _nameless(model_peer(journey), abroad))
        yield from answers(journey, subnet, peering.id)
        return
    if not crossing.blocks:
        yield no_subnet_step(journey, side.vpc_id, subnet)
    yield model_in(journey)


def _is_abroad(peering: Peering) -> bool:
    regions = {side.region for side in (peering.requester, peering.accepter) if side.region}
    return len(regions) > 1


def _nameless(peer: Peer, abroad: bool) -> Peer:
    """R10: between Regions no group is known."""
    if not abroad:
        return peer
    return replace(peer, group_ids=frozenset(), groups_doubt="", anonymous=peer.group_ids, lost=Gap.REGION_REFERENCE)


def _crossing(journey: Journey, peering: Peering, side: PeeringSide) -> Step:
    there = journey.destination
    if not peering.status:
        return unclear(Place.PEERING, "peering", peering.id, FORWARD, "its status is not known")
    if peering.status != ACTIVE:
        why = f"its status is {peering.status}"
        return refused(Place.PEERING, "peering", peering.id, FORWARD, Reason.NOT_ACTIVE, why)
    ranges = tuple(span for cidr in side.cidrs if (span := span_of(cidr)))
    if not ranges:
        return unclear(Place.PEERING, "peering", peering.id, FORWARD, f"the ranges of {side.vpc_id} were not shown")
    if not common(there.addresses, ranges):
        why = f"{there.name} is in no range of {side.vpc_id} ({', '.join(side.cidrs)}), and it leads no further"
        return refused(Place.PEERING, "peering", peering.id, FORWARD, Reason.NOT_TRANSITIVE, why)
    return clear(Place.PEERING, "peering", peering.id, FORWARD, f"is active and leads to {side.vpc_id}")


def _unread(journey: Journey, routing: Step, route: Route, peering: Peering) -> Iterator[Step]:
    """What its owner has to see to is named; between Regions no rule for a group can let the packets out."""
    there, side = journey.destination, peering.other(journey.subnet.vpc_id)
    abroad = _is_abroad(peering)
    doubt = "" if abroad else f"which groups it has behind {route.target} is not known"
    yield from model_out(journey, Peer(there.name, there.addresses, groups_doubt=doubt), routing)
    where = f"{side.vpc_id} of account {side.owner or 'unknown'} in {side.region or 'an unknown region'}"
    asked = f"ask there for a route for {journey.cidr} to {peering.id}, and for its ACLs and groups"
    yield beyond(journey, target_of(route).value, route.target, f"{where} was not read; {asked}")
    yield model_in(journey)

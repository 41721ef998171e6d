"""The path through a transit gateway to another VPC, and the answers back through it (R11, R26, R36-R38)."""

from collections.abc import Iterator

from pullcheck import Unavailable
from pullcheck.evidence.network_rows import Interface, Route, TransitAttachment, TransitGateway
from pullcheck_checks.network.paths.crossing import Crossing, crossing, landed
from pullcheck_checks.network.paths.egress import by_central_nat
from pullcheck_checks.network.paths.ends import beyond, model_in, model_out, out_of_sight
from pullcheck_checks.network.paths.far_vpc import holder, in_the_far_vpc
from pullcheck_checks.network.paths.groups import Gap, Peer
from pullcheck_checks.network.paths.inspection_vpc import through_inspection
from pullcheck_checks.network.paths.journey import Journey
from pullcheck_checks.network.paths.returns import flow_there
from pullcheck_checks.network.paths.steps import Place, Reason, Step


def by_transit(journey: Journey, routing: Step, route: Route) -> Iterator[Step]:
    """Into the VPC that the gateway leads to, and back; what this account cannot read is out of sight."""
    known: set[str] = set()
    for step in _both_ways(journey, routing, route):
        if step.reason is not Reason.ATTACHMENT_STATE or step.hop.resource not in known:
            yield step
        if step.reason is Reason.ATTACHMENT_STATE:
            known.add(step.hop.resource)


def _both_ways(journey: Journey, routing: Step, route: Route) -> Iterator[Step]:
    """Both attachments are met both ways, so that one that does not work is met twice."""
    index, there = journey.index, journey.destination
    gateway = index.transit_gateway(route.target)
    if not isinstance(gateway, TransitGateway):
        reason = gateway.because if isinstance(gateway, Unavailable) else ""
        yield from out_of_sight(journey, routing, route, reason)
        return
    crossed = crossing(index, gateway, journey.subnet, flow_there(journey))
    far = crossed.attachment or (holder(index, gateway, there.address) if crossed.clear else None)
    seat = index.interface_at(far.resource_id, there.address) if far and there.address else None
    groups = frozenset(seat.group_ids) if isinstance(seat, Interface) else frozenset()
    peer = Peer(there.name, there.addresses, anonymous=groups, lost=Gap.TRANSIT_REFERENCE)
    yield from model_out(journey, peer, routing)
    yield from crossed.steps
    if far is None:
        yield from _out_of_sight(journey, gateway, crossed)
        yield model_in(journey)
    else:
        yield from _arrived(journey, gateway, far)


def _arrived(journey: Journey, gateway: TransitGateway, far: TransitAttachment) -> Iterator[Step]:
    landing = landed(journey.index, gateway, far, journey.subnet.zone_id, flow_there(journey))
    yield from landing.steps
    if landing.local:
        yield from in_the_far_vpc(journey, gateway, far, landing)
    elif landing.exits:
        yield from by_central_nat(journey, gateway, landing)
    elif landing.appliances:
        yield from through_inspection(journey, gateway, far, landing)
    else:
        yield model_in(journey)


def _out_of_sight(journey: Journey, gateway: TransitGateway, crossed: Crossing) -> Iterator[Step]:
    if not any(step.blocks or step.place is Place.BEYOND for step in crossed.steps):
        yield beyond(journey, "transit-gateway", gateway.id)

"""The path through a VPC whose appliances look into what a transit gateway carries (R11, R38, R41)."""

from collections.abc import Iterator
from dataclasses import replace

from pullcheck.evidence.network_rows import Subnet, TransitAttachment, TransitGateway
from pullcheck_checks.network.paths.crossing import Flow, Landing, attachment_of, landed
from pullcheck_checks.network.paths.ends import model_in
from pullcheck_checks.network.paths.far_vpc import holder, in_the_far_vpc
from pullcheck_checks.network.paths.journey import Journey
from pullcheck_checks.network.paths.legs import RETURN, doubted, table_step, unclear
from pullcheck_checks.network.paths.returns import flow_back, flow_there
from pullcheck_checks.network.paths.steps import Place, Reason, Step


def through_inspection(
    journey: Journey, gateway: TransitGateway, box: TransitAttachment, landing: Landing
) -> Iterator[Step]:
    """``box`` is the attachment of the VPC with the appliances. What lies behind is judged as if they handed on."""
    there = flow_there(journey)
    goal = holder(journey.index, gateway, journey.destination.address)
    if goal is None or goal.id == box.id:
        yield model_in(journey)
        return
    yield from _handed_on(journey, gateway, box, goal, there)
    beyond = landed(journey.index, gateway, goal, "", there)
    yield from beyond.steps
    if not beyond.local:
        yield model_in(journey)
        return
    steps = tuple(in_the_far_vpc(journey, gateway, goal, beyond, inspected=True))
    yield from steps
    back = [step for step in steps if step.hop.direction is RETURN]
    if any(step.blocks for step in back):
        return
    if any(step.place is Place.BEYOND for step in back):
        near = attachment_of(gateway, journey.subnet.vpc_id)
        yield from _handed_on(journey, gateway, box, near, flow_back(journey)) if near else ()
        yield from _by_one_appliance(journey, gateway, box, goal, landing)
    else:
        yield _asymmetric(box, f"the answers come back past {_targets(landing)}, which sees the packets alone")


def _handed_on(
    journey: Journey, gateway: TransitGateway, box: TransitAttachment, goal: TransitAttachment, flow: Flow
) -> Iterator[Step]:
    """What the gateway does with packets that an appliance sends back to it; whether one does that is not known."""
    tables = gateway.tables if isinstance(gateway.tables, tuple) else ()
    kind = "transit-gateway-route-table"
    for table in (one for one in tables if box.id in one.attachment_ids):
        name, addresses, _ = flow.goal
        ids = (table.id, gateway.id, box.id)
        step, route = table_step(journey.index, Place.TRANSIT_ROUTES, table, flow.direction, name, addresses, ids, kind)
        if route is None or step.blocks or route.target == goal.id:
            yield doubted(step)
        else:
            why = f"{route.destination} sends what {box.resource_id} hands on to {route.target}, not to {goal.id}"
            yield unclear(Place.TRANSIT_ROUTES, kind, table.id, flow.direction, why)


def _by_one_appliance(
    journey: Journey, gateway: TransitGateway, box: TransitAttachment, goal: TransitAttachment, landing: Landing
) -> Iterator[Step]:
    """Without appliance mode packets stay in the zone that they come from, and the answers come from their own."""
    subnet = journey.index.subnet_at(goal.resource_id, journey.destination.address or "")
    if box.appliance_mode or not isinstance(subnet, Subnet):
        return
    back = landed(journey.index, gateway, box, subnet.zone_id, flow_back(journey))
    if _targets(landing) != _targets(back):
        why = f"its appliance mode is off: the packets pass {_targets(landing)}, and the answers {_targets(back)}"
        yield _asymmetric(box, why)


def _targets(landing: Landing) -> str:
    return ", ".join(sorted({route.target for _, route in landing.appliances}))


def _asymmetric(box: TransitAttachment, why: str) -> Step:
    what = f"{why}; an appliance that keeps state drops them, and whether it does was not judged"
    step = unclear(Place.BEYOND, "transit-gateway-attachment", box.id, RETURN, what)
    return replace(step, reason=Reason.ASYMMETRIC)

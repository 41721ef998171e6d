"""The answers' way back out of another VPC: by what the packets came by, or another way (R27, R36-R38)."""

from collections.abc import Iterator
from dataclasses import replace

from pullcheck import HopVerdict, Unavailable
from pullcheck.evidence.network_rows import Peering, Route, Subnet, TransitGateway
from pullcheck_checks.network.paths.crossing import (
    Flow,
    Landing,
    attachment_of,
    crossing,
    entering_acl,
    landed,
    leaving_acls,
)
from pullcheck_checks.network.paths.ends import model_in, packets
from pullcheck_checks.network.paths.journey import PUBLIC, Journey
from pullcheck_checks.network.paths.legs import FORWARD, RETURN, refused, route_step, unclear
from pullcheck_checks.network.paths.routes import Target, target_of
from pullcheck_checks.network.paths.spans import common
from pullcheck_checks.network.paths.steps import Place, Reason, Step

ACTIVE = "active"
"""The status of a peering that carries packets."""


def flow_there(journey: Journey) -> Flow:
    """From the model to the destination."""
    there = journey.destination
    model = (journey.cidr, journey.clients, (journey.cidr,))
    return Flow(FORWARD, model, (there.name, there.addresses, there.cidrs), journey.service, packets(journey))


def flow_back(journey: Journey) -> Flow:
    """The answers to that."""
    there = flow_there(journey)
    return Flow(RETURN, there.goal, there.origin, journey.answers, there.words)


def answers(journey: Journey, subnet: Subnet, via: str, place: Place = Place.RETURN_ROUTES) -> Iterator[Step]:
    """From a subnet of another VPC into the model's. ``via`` is the peering or transit gateway that leads there."""
    step, route = route_step(journey.index, place, subnet, RETURN, journey.cidr, journey.clients)
    one_side = step.reason is Reason.NO_ROUTE and isinstance(journey.index.peering(via), Peering)
    step = replace(step, via=via, reason=Reason.ONE_SIDE if one_side else step.reason)
    if step.hop.verdict is HopVerdict.UNKNOWN:
        yield step
        yield model_in(journey)
        return
    taken = via if route is None or step.blocks or route.target == via else route.target
    if route is not None and taken != via:
        step = _another_way(journey, subnet, step, route)
        taken = via if step.blocks else taken
    yield step
    gateway = journey.index.transit_gateway(taken)
    if isinstance(gateway, TransitGateway):
        yield from _over_transit(journey, gateway, subnet)
    else:
        yield model_in(journey)


def _another_way(journey: Journey, subnet: Subnet, step: Step, route: Route) -> Step:
    """R33, R34: what leads to the internet takes no packets to private addresses. R38: AWS minds no other way back."""
    index, table = journey.index, step.hop.resource
    why = f"{route.destination} sends the answers to {route.target}"
    match target_of(route):
        case Target.LOCAL if subnet.vpc_id == journey.subnet.vpc_id:
            return step
        case Target.LOCAL:
            why = f"{route.destination} keeps the answers to {journey.cidr} in {subnet.vpc_id}: the ranges overlap"
            return _refused(step, Reason.OVERLAP, why)
        case Target.INTERNET | Target.NAT if not common(journey.clients, PUBLIC):
            why = f"{why}, by which nothing gets to {journey.cidr}, and no route leads to {step.via}"
            reason = Reason.ONE_SIDE if isinstance(index.peering(step.via), Peering) else Reason.NO_ROUTE
            return _refused(step, reason, why)
        case Target.TRANSIT if isinstance(index.transit_gateway(route.target), TransitGateway):
            return _remarked(step)
        case Target.PEERING if _leads_home(journey, index.peering(route.target), subnet):
            return _remarked(step)
    why = f"{why}, not to {step.via}, and that way was not judged"
    return unclear(step.place, "route-table", table, RETURN, why)


def _refused(step: Step, reason: Reason, why: str) -> Step:
    found = refused(step.place, "route-table", step.hop.resource, RETURN, reason, why)
    return replace(found, resources=step.resources, via="" if reason is Reason.OVERLAP else step.via)


def _remarked(step: Step) -> Step:
    why = f"{step.hop.rule}, while the packets come by {step.via}: AWS does not mind"
    return replace(step, hop=replace(step.hop, rule=why), reason=Reason.OTHER_WAY)


def _leads_home(journey: Journey, peering: Peering | Unavailable | None, subnet: Subnet) -> bool:
    if not isinstance(peering, Peering) or peering.status != ACTIVE:
        return False
    return peering.other(subnet.vpc_id).vpc_id == journey.subnet.vpc_id


def _over_transit(journey: Journey, gateway: TransitGateway, subnet: Subnet) -> Iterator[Step]:
    """The answers have attachments, routes and ACLs of their own."""
    index, model = journey.index, journey.subnet
    flow = flow_back(journey)
    crossed = crossing(index, gateway, subnet, flow)
    yield from crossed.steps
    near = crossed.attachment or (attachment_of(gateway, model.vpc_id) if crossed.clear else None)
    landing = landed(index, gateway, near, subnet.zone_id, flow) if near else Landing((), (), local=False)
    yield from landing.steps
    if near and landing.local and near.resource_id != model.vpc_id:
        why = f"leads what is for {journey.cidr} to {near.resource_id}, whose range holds it too, not to {model.vpc_id}"
        yield refused(Place.TRANSIT_ROUTES, "transit-gateway", gateway.id, RETURN, Reason.OVERLAP, why)
    if not landing.local or (near and near.resource_id != model.vpc_id):
        yield model_in(journey)
        return
    yield from leaving_acls(index, landing, model, flow)
    yield from entering_acl(landing, model, lambda: model_in(journey))

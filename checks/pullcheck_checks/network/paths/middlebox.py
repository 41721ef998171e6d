"""The path through an endpoint that hands packets to a firewall and takes them back into its own subnet (R41)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pullcheck import Direction, HopVerdict, Unavailable
from pullcheck.evidence.gateways import Inspection
from pullcheck.evidence.network_rows import Route, Subnet
from pullcheck_checks.network.paths.ends import out_of_sight
from pullcheck_checks.network.paths.firewall import Hello, judged
from pullcheck_checks.network.paths.journey import Journey
from pullcheck_checks.network.paths.legs import FORWARD, RETURN, acl_step, clear, doubted, refused, route_step, unclear
from pullcheck_checks.network.paths.routes import INSPECTING, Target, target_of, vpc_ranges
from pullcheck_checks.network.paths.sides import same_side
from pullcheck_checks.network.paths.steps import Place, Reason, Step

KIND = "vpc-endpoint"
INSIDE = (Target.LOCAL, Target.NAT, Target.INTERNET)
"""From there the answers come back by a table of the VPC, which was asked about them."""


@dataclass(frozen=True)
class Inspected:
    """What the endpoint does with the packets, and the route by which they leave its subnet; None where they stop."""

    steps: tuple[Step, ...]
    route: Route | None = None


def by_inspection(journey: Journey, routing: Step, route: Route) -> Iterator[Step]:
    """Through the firewall and on by what its subnet's table says; the answers have to come back the same way."""
    row = journey.index.inspection(route.target)
    if not isinstance(row, Inspection) or row.kind != INSPECTING:
        yield from out_of_sight(journey, routing, route, _not_seen(row))
        return
    found = inspected(journey, row)
    if found.route is None:
        for step in out_of_sight(journey, routing, route):
            yield from found.steps if step.place is Place.BEYOND else (step,)
        return
    sure = found.steps[-1].hop.verdict is HopVerdict.PASS
    onward = replace(journey, past=row.id, met=(*journey.met, row.id))
    for step in journey.onward(onward, routing, found.route):
        yield step if sure or step.place is Place.MODEL_ACL_IN else doubted(step)
        if step is routing:
            yield from found.steps
    yield from _back(journey, row, target_of(found.route))


def _not_seen(row: Inspection | Unavailable | None) -> str:
    if isinstance(row, Unavailable):
        return row.because
    return f"it is a {row.kind} endpoint" if row else "it is not among the endpoints that were shown"


def inspected(journey: Journey, row: Inspection) -> Inspected:
    """In by the ACL of the endpoint's subnet, past the firewall, out again."""
    index, there = journey.index, journey.destination
    if row.state != "available":
        why = f"its state is {row.state or 'unknown'}"
        return Inspected((refused(Place.APPLIANCE, KIND, row.id, FORWARD, Reason.APPLIANCE_DOWN, why),))
    subnet = index.subnet(row.subnet_id)
    judgement = _judgement(journey, row)
    if not isinstance(subnet, Subnet):
        return Inspected((judgement, unclear(Place.APPLIANCE_ROUTES, "subnet", row.subnet_id, FORWARD, "was not read")))
    way = _acls(journey, subnet, FORWARD)
    step, route = route_step(index, Place.APPLIANCE_ROUTES, subnet, FORWARD, there.name, there.addresses)
    if route is not None and not step.blocks and route.target in (row.id, *journey.met):
        why = f"{route.destination} sends what comes out of {row.id} back to it"
        step = refused(Place.APPLIANCE_ROUTES, "route-table", step.hop.resource, FORWARD, Reason.NO_ROUTE, why)
    return Inspected((way[0], judgement, way[1], step), None if step.blocks else route)


def _judgement(journey: Journey, row: Inspection) -> Step:
    there = journey.destination
    if not row.firewall:
        more = row.policy.because if isinstance(row.policy, Unavailable) else ""
        why = f"the appliances behind {row.service} were not judged: {more}"
        return replace(unclear(Place.APPLIANCE, KIND, row.id, FORWARD, why), reason=Reason.FIREWALL_DROPS)
    hello = Hello(journey.clients, there.addresses, there.host)
    found = judged(row.policy, vpc_ranges(journey.index, journey.subnet.vpc_id), hello)
    why = f"firewall {row.firewall}: {found.why}"
    match found.verdict:
        case HopVerdict.PASS:
            return clear(Place.APPLIANCE, KIND, row.id, FORWARD, why)
        case HopVerdict.BLOCK:
            step = refused(Place.APPLIANCE, KIND, row.id, FORWARD, Reason.FIREWALL_DROPS, why)
            return replace(step, resources=(row.id, *(group.id for group in found.lists)))
    return replace(unclear(Place.APPLIANCE, KIND, row.id, FORWARD, why), reason=Reason.FIREWALL_DROPS)


def _acls(journey: Journey, subnet: Subnet, direction: Direction) -> tuple[Step, Step]:
    """The ACL before the endpoint's subnet sees the packets come and go with their own addresses."""
    there = journey.destination
    model, goal = (journey.cidr, journey.clients, (journey.cidr,)), (there.name, there.addresses, there.cidrs)
    into, out = (model, goal) if direction is FORWARD else (goal, model)
    service = journey.service if direction is FORWARD else journey.answers
    return (
        acl_step(journey.index, Place.APPLIANCE_ACL, subnet, False, direction, into, service),
        acl_step(journey.index, Place.APPLIANCE_ACL, subnet, True, direction, out, service),
    )


def _back(journey: Journey, row: Inspection, onward: Target) -> Iterator[Step]:
    """The answers, out of the firewall to the model's subnet again."""
    subnet = journey.index.subnet(row.subnet_id)
    if onward not in INSIDE or not isinstance(subnet, Subnet):
        why = "whether the answers come back through it was not judged"
        yield replace(unclear(Place.APPLIANCE, KIND, row.id, RETURN, why), reason=Reason.ASYMMETRIC)
        return
    yield from _acls(journey, subnet, RETURN)
    step, route = route_step(journey.index, Place.RETURN_ROUTES, subnet, RETURN, journey.cidr, journey.clients)
    yield step if route is None or step.blocks else same_side(journey, step, route)

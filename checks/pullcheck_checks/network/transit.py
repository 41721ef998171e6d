"""The path through a transit gateway to another VPC, and the answers back through it (R11, R26, R36-R38)."""

from collections.abc import Iterator
from dataclasses import replace

from pullcheck import Unavailable
from pullcheck.evidence.network_rows import Interface, Route, Subnet, TransitAttachment, TransitGateway
from pullcheck_checks.network.crossing import (
    Crossing,
    Flow,
    Landing,
    attachment_of,
    crossing,
    entering_acl,
    landed,
    leaving_acls,
)
from pullcheck_checks.network.ends import (
    arrival,
    beyond,
    far_acl,
    model_in,
    model_out,
    model_peer,
    no_subnet_step,
    out_of_sight,
    packets,
    seat_step,
)
from pullcheck_checks.network.groups import Peer
from pullcheck_checks.network.index import Index
from pullcheck_checks.network.journey import Journey
from pullcheck_checks.network.legs import FORWARD, RETURN, refused, route_step, unclear
from pullcheck_checks.network.routes import Target, target_of
from pullcheck_checks.network.steps import CLIENT_PORTS, Place, Reason, Step

NO_REFERENCES = "use1-az3"
"""The zone where AWS offers no group references over transit gateways."""


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
    if there.address is None or not isinstance(gateway, TransitGateway):
        reason = gateway.because if isinstance(gateway, Unavailable) else ""
        yield from out_of_sight(journey, routing, route, reason)
        return
    out = _there(journey)
    crossed = crossing(index, gateway, journey.subnet, out)
    far = crossed.attachment or (holder(index, gateway, there.address) if crossed.clear else None)
    seat = index.interface_at(far.resource_id, there.address) if far else None
    groups = frozenset(seat.group_ids) if isinstance(seat, Interface) else frozenset()
    yield from model_out(journey, Peer(there.name, there.addresses, anonymous=groups, over_transit=True), routing)
    yield from crossed.steps
    if far is None:
        yield from _out_of_sight(journey, gateway, crossed)
        yield model_in(journey)
        return
    landing = landed(index, gateway, far, journey.subnet.zone_id, out)
    yield from landing.steps
    if landing.local:
        yield from _in_the_far_vpc(journey, gateway, far, landing, seat)
    else:
        yield model_in(journey)


def _there(journey: Journey) -> Flow:
    there, subnet = journey.destination, journey.subnet
    model = (subnet.cidr, journey.clients, (subnet.cidr,))
    return Flow(FORWARD, model, (there.name, there.addresses, (there.cidr,)), journey.port, packets(journey))


def _back(journey: Journey) -> Flow:
    out = _there(journey)
    return Flow(RETURN, out.goal, out.origin, CLIENT_PORTS, out.words)


def holder(index: Index, gateway: TransitGateway, address: str) -> TransitAttachment | None:
    """The attachment of the VPC in which an interface has the address; None where there is none, or more than one."""
    found = [
        one
        for one in gateway.attachments
        if one.kind == "vpc" and isinstance(index.interface_at(one.resource_id, address), Interface)
    ]
    vpcs = {one.resource_id for one in found}
    return attachment_of(gateway, vpcs.pop()) if len(vpcs) == 1 else None


def _out_of_sight(journey: Journey, gateway: TransitGateway, crossed: Crossing) -> Iterator[Step]:
    if not any(step.blocks or step.place is Place.BEYOND for step in crossed.steps):
        yield beyond(journey, "transit-gateway", gateway.id)


def _in_the_far_vpc(
    journey: Journey,
    gateway: TransitGateway,
    far: TransitAttachment,
    landing: Landing,
    seat: Interface | Unavailable | None,
) -> Iterator[Step]:
    index, there = journey.index, journey.destination
    subnet = index.subnet_at(far.resource_id, there.address or "")
    right = holder(index, gateway, there.address or "")
    if seat is None and right is not None and right.resource_id != far.resource_id:
        why = f"leads to {far.resource_id}, whose range holds {there.name}, and {right.resource_id} is where it is"
        yield refused(Place.TRANSIT_ROUTES, "transit-gateway", gateway.id, FORWARD, Reason.OVERLAP, why)
        yield model_in(journey)
        return
    if not isinstance(subnet, Subnet):
        yield no_subnet_step(journey, far.resource_id, subnet)
        yield model_in(journey)
        return
    yield from leaving_acls(index, landing, subnet, _there(journey))
    yield from entering_acl(landing, subnet, lambda: far_acl(journey, Place.DESTINATION_ACL, subnet, egress=False))
    yield seat_step(journey, seat, subnet)
    if isinstance(seat, Interface):
        model = _as_seen(journey, gateway, far, subnet, seat)
        yield arrival(journey, seat, model, (journey.subnet.cidr,))
    yield far_acl(journey, Place.DESTINATION_ACL, subnet, egress=True)
    yield from _return(journey, gateway, subnet)


def _as_seen(
    journey: Journey, gateway: TransitGateway, far: TransitAttachment, subnet: Subnet, seat: Interface
) -> Peer:
    """R11: the model's groups are known there only where the gateway and both attachments keep them."""
    near = attachment_of(gateway, journey.subnet.vpc_id)
    kept = gateway.keeps_groups and far.keeps_groups and near is not None and near.keeps_groups
    peer = model_peer(journey)
    if kept and seat.kind != "vpc_endpoint" and NO_REFERENCES not in (subnet.zone_id, journey.subnet.zone_id):
        return peer
    return replace(peer, group_ids=frozenset(), anonymous=peer.group_ids, over_transit=True)


def _return(journey: Journey, gateway: TransitGateway, subnet: Subnet) -> Iterator[Step]:
    """The answers have routes, attachments and ACLs of their own; R38: another way back is not judged."""
    index, model = journey.index, journey.subnet
    step, route = route_step(index, Place.RETURN_ROUTES, subnet, RETURN, model.cidr, journey.clients)
    step = replace(step, via=gateway.id)
    if route is not None and not step.blocks and route.target != gateway.id:
        yield _elsewhere(journey, subnet, step, route)
        yield model_in(journey)
        return
    yield step
    flow = _back(journey)
    crossed = crossing(index, gateway, subnet, flow)
    yield from crossed.steps
    near = crossed.attachment or (attachment_of(gateway, model.vpc_id) if crossed.clear else None)
    landing = landed(index, gateway, near, subnet.zone_id, flow) if near else Landing((), (), local=False)
    yield from landing.steps
    if near and landing.local and near.resource_id != model.vpc_id:
        why = f"leads what is for {model.cidr} to {near.resource_id}, whose range holds it too, not to {model.vpc_id}"
        yield refused(Place.TRANSIT_ROUTES, "transit-gateway", gateway.id, RETURN, Reason.OVERLAP, why)
    if not landing.local or (near and near.resource_id != model.vpc_id):
        yield model_in(journey)
        return
    yield from leaving_acls(index, landing, model, flow)
    yield from entering_acl(landing, model, lambda: model_in(journey))


def _elsewhere(journey: Journey, subnet: Subnet, step: Step, route: Route) -> Step:
    table = step.hop.resource
    if target_of(route) is Target.LOCAL:
        why = f"{route.destination} keeps the answers to {journey.subnet.cidr} in {subnet.vpc_id}: the ranges overlap"
        found = refused(Place.RETURN_ROUTES, "route-table", table, RETURN, Reason.OVERLAP, why)
        return replace(found, resources=step.resources)
    why = f"{route.destination} sends the answers to {route.target}, not to {step.via}, and that way was not judged"
    return unclear(Place.RETURN_ROUTES, "route-table", table, RETURN, why)

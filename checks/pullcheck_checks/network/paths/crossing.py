"""One way through a transit gateway: in by one VPC's attachment, along its routes, out by another's (R26, R36, R37)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from pullcheck import Direction, HopVerdict, Unavailable
from pullcheck.evidence.network_rows import Route, Subnet, TransitAttachment, TransitGateway, TransitTable
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.legs import (
    FORWARD,
    Side,
    acl_step,
    clear,
    doubted,
    refused,
    route_step,
    table_step,
    unclear,
)
from pullcheck_checks.network.paths.routes import Target, target_of
from pullcheck_checks.network.paths.steps import Place, Reason, Service, Step

WORKING = ("available", "modifying")
ATTACHMENT = "transit-gateway-attachment"
APPLIANCES = (Target.ENDPOINT, Target.INTERFACE)


@dataclass(frozen=True)
class Flow:
    """The packets of one direction: ``origin`` and ``goal`` are each a name, its addresses and its CIDRs.

    ``words`` are for the owner of what is not judged.
    """

    direction: Direction
    origin: Side
    goal: Side
    service: Service
    words: str


@dataclass(frozen=True)
class Crossing:
    """What the way in and the gateway's routes do; ``attachment`` is the one that the packets come out of, if known."""

    steps: tuple[Step, ...]
    attachment: TransitAttachment | None = None

    @property
    def clear(self) -> bool:
        """Whether where it leads is all there is to know."""
        return all(step.hop.verdict is not HopVerdict.UNKNOWN for step in self.steps)


@dataclass(frozen=True)
class Landing:
    """The subnets of an attachment that packets may come out of, and what they meet there.

    ``local`` says that they are in the VPC that they are for; ``exits`` are NAT gateways and ``appliances`` what else
    they may be handed to, each with the subnet whose table says so.
    """

    steps: tuple[Step, ...]
    subnets: tuple[Subnet, ...]
    local: bool
    exits: tuple[tuple[Subnet, Route], ...] = ()
    appliances: tuple[tuple[Subnet, Route], ...] = ()


def attachment_of(gateway: TransitGateway, vpc_id: str) -> TransitAttachment | None:
    """The VPC's attachment; of several, of which one at most works, that one."""
    own = [one for one in gateway.attachments if (one.kind, one.resource_id) == ("vpc", vpc_id)]
    return min(own, key=lambda one: (one.state not in WORKING, one.id), default=None)


def crossing(index: Index, gateway: TransitGateway, subnet: Subnet, flow: Flow) -> Crossing:
    """From the subnet, whose own table has sent the packets to the gateway, to the attachment that they leave by."""
    own = attachment_of(gateway, subnet.vpc_id)
    if own is None or not own.state:
        why = f"no attachment of {subnet.vpc_id} to it was shown"
        return Crossing((unclear(Place.TRANSIT, "transit-gateway", gateway.id, flow.direction, why),))
    entered = _entry(index, gateway, own, subnet, flow)
    if isinstance(gateway.tables, Unavailable) or not gateway.tables:
        why = f"its owner, account {gateway.owner or 'unknown'}, alone sees its route tables"
        why = gateway.tables.because if isinstance(gateway.tables, Unavailable) else why
        doubt = unclear(Place.TRANSIT_ROUTES, "transit-gateway", gateway.id, flow.direction, why)
        return Crossing((*entered, doubt))
    table = next((one for one in gateway.tables if own.id in one.attachment_ids), None)
    if table is None:
        why = f"no route table of {gateway.id} is associated with it, so what comes by it goes nowhere"
        return Crossing((*entered, _at(gateway, own, flow, Reason.NOT_ASSOCIATED, why)))
    routing, out = _routing(index, gateway, own, table, subnet, flow)
    return Crossing((*entered, *routing), out)


def _at(gateway: TransitGateway, own: TransitAttachment, flow: Flow, reason: Reason, why: str, *more: str) -> Step:
    step = refused(Place.TRANSIT, ATTACHMENT, own.id, flow.direction, reason, why)
    return replace(step, resources=(own.id, gateway.id, *more))


def _entry(
    index: Index, gateway: TransitGateway, own: TransitAttachment, subnet: Subnet, flow: Flow
) -> tuple[Step, ...]:
    """R36: by an interface in the same zone. R26: its subnet's ACL sees where the packets come from."""
    if own.state not in WORKING:
        return (_at(gateway, own, flow, Reason.ATTACHMENT_STATE, f"its state is {own.state}"),)
    found = _subnets(index, own)
    if isinstance(found, Unavailable) or not subnet.zone_id:
        why = found.because if isinstance(found, Unavailable) else f"the zone of {subnet.id} is not known"
        return (unclear(Place.TRANSIT, ATTACHMENT, own.id, flow.direction, why),)
    here = next((one for one in found if one.zone_id == subnet.zone_id), None)
    if here is None:
        zones = ", ".join(sorted({one.zone_id for one in found}))
        why = f"it has subnets in {zones}, and none in {subnet.zone_id}, the zone of {subnet.id}"
        return (_at(gateway, own, flow, Reason.ATTACHMENT_ZONE, why, subnet.id),)
    why = f"is {own.state} and has {here.id} in {subnet.zone_id}"
    return (
        clear(Place.TRANSIT, ATTACHMENT, own.id, flow.direction, why),
        acl_step(index, Place.TRANSIT_ACL, here, False, flow.direction, flow.origin, flow.service),
    )


def _subnets(index: Index, attachment: TransitAttachment) -> tuple[Subnet, ...] | Unavailable:
    rows = [index.subnet(name) for name in attachment.subnet_ids]
    found = tuple(sorted((row for row in rows if isinstance(row, Subnet) and row.zone_id), key=lambda row: row.id))
    if len(found) < len(rows) or not rows:
        whose = f" of account {attachment.owner}" if attachment.owner else ""
        return Unavailable(f"the subnets of {attachment.id} in {attachment.resource_id}{whose} were not all read")
    return found


def _routing(
    index: Index, gateway: TransitGateway, own: TransitAttachment, table: TransitTable, subnet: Subnet, flow: Flow
) -> tuple[tuple[Step, ...], TransitAttachment | None]:
    name, addresses, _ = flow.goal
    resources = (table.id, gateway.id, own.id)
    kind = "transit-gateway-route-table"
    step, route = table_step(index, Place.TRANSIT_ROUTES, table, flow.direction, name, addresses, resources, kind)
    if route is None or step.hop.verdict is not HopVerdict.PASS:
        return (step,), None
    out = next((one for one in gateway.attachments if one.id == route.target), None)
    if out is None or out.kind != "vpc" or not out.state:
        return (step, _unknown(gateway, route, out, flow)), None
    if out.state not in WORKING:
        return (step, _at(gateway, out, flow, Reason.ATTACHMENT_STATE, f"its state is {out.state}")), None
    if out.id != own.id:
        return (step,), out
    landing = landed(index, gateway, out, subnet.zone_id, flow)
    if landing.exits:
        return (step,), out
    if not landing.steps or any(one.hop.verdict is HopVerdict.UNKNOWN for one in landing.steps):
        return (step, *landing.steps), None
    why = (
        f"{route.destination} -> {out.id} leads back to {out.resource_id}, which has no way for it but the one it came"
    )
    back = refused(Place.TRANSIT_ROUTES, kind, table.id, flow.direction, Reason.LOOP, why)
    return (replace(back, resources=resources, route=route.destination),), None


def _unknown(gateway: TransitGateway, route: Route, out: TransitAttachment | None, flow: Flow) -> Step:
    """What is attached but no VPC. Of a VPN it is known whether a tunnel is up."""
    line = next((one for one in gateway.vpns if out and one.id == out.resource_id), None)
    tunnels = "; ".join(f"tunnel {one.address} is {one.status or 'unknown'}" for one in line.tunnels) if line else ""
    if line and tunnels and all(one.status == "DOWN" for one in line.tunnels):
        step = refused(Place.VPN, "vpn-connection", line.id, flow.direction, Reason.VPN_DOWN, tunnels)
        return replace(step, resources=(line.id, gateway.id))
    what = f"{out.kind or 'unknown'} attachment, to {out.resource_id or 'nothing named'}" if out else "attachment"
    why = f"the path leaves by this {what}, and what lies behind was not judged: {flow.words}"
    why += f" ({tunnels})" if tunnels else ""
    return unclear(Place.BEYOND, ATTACHMENT, route.target, flow.direction, why)


def landed(index: Index, gateway: TransitGateway, attachment: TransitAttachment, zone_id: str, flow: Flow) -> Landing:
    """R37: where the table of the attachment's subnet sends what comes out of it. It is the subnet in the zone that the
    packets come from, else any of the attachment's.
    """
    found = _subnets(index, attachment)
    if isinstance(found, Unavailable):
        doubt = unclear(Place.TRANSIT_LANDING, ATTACHMENT, attachment.id, flow.direction, found.because)
        return Landing((doubt,), (), local=False)
    near = () if attachment.appliance_mode else tuple(one for one in found if one.zone_id == zone_id)
    subnets = near or found
    steps, routes = zip(*(_onward(index, gateway, one, flow) for one in subnets), strict=True)
    onward = [(one, route) for one, route in zip(subnets, routes, strict=True) if route is not None]
    return Landing(
        settled(steps),
        subnets,
        len(onward) == len(subnets) and all(target_of(route) is Target.LOCAL for _, route in onward),
        tuple((one, route) for one, route in onward if target_of(route) is Target.NAT),
        tuple((one, route) for one, route in onward if target_of(route) in APPLIANCES),
    )


def _onward(index: Index, gateway: TransitGateway, subnet: Subnet, flow: Flow) -> tuple[Step, Route | None]:
    """What the subnet's table does, and the route where the packets do go on."""
    name, addresses, _ = flow.goal
    step, route = route_step(index, Place.TRANSIT_LANDING, subnet, flow.direction, name, addresses)
    if step.hop.verdict is HopVerdict.UNKNOWN:
        return step, None
    kind = target_of(route) if route else None
    if route is None or step.blocks or kind is Target.LOCAL or (kind is Target.NAT and flow.direction is FORWARD):
        return step, None if step.blocks else route
    table, why = step.hop.resource, f"{route.destination} sends what comes from {gateway.id}"
    if route.target == gateway.id:
        found = refused(Place.TRANSIT_LANDING, "route-table", table, flow.direction, Reason.LOOP, f"{why} back to it")
        return replace(found, resources=step.resources, route=route.destination), None
    if kind is Target.INTERNET:
        why += f" to {route.target}, which takes no packets from private addresses: a NAT gateway has to come first"
        found = refused(Place.TRANSIT_LANDING, "route-table", table, flow.direction, Reason.NO_PUBLIC_ADDRESS, why)
        return replace(found, resources=step.resources, route=route.destination), None
    why = f"{why} on to {route.target}, and that was not judged: {flow.words}"
    return unclear(Place.BEYOND, "route-table", table, flow.direction, why), route


def leaving_acls(index: Index, landing: Landing, goal: Subnet, flow: Flow) -> tuple[Step, ...]:
    """R26: out of the attachment's subnet, whose ACL sees where the packets go; within one subnet no ACL stands."""
    return settled(
        acl_step(index, Place.TRANSIT_ACL, one, True, flow.direction, flow.goal, flow.service)
        for one in landing.subnets
        if one.id != goal.id
    )


def entering_acl(landing: Landing, goal: Subnet, judge: Callable[[], Step]) -> tuple[Step, ...]:
    """R26: into the subnet that the packets are for, unless they come out of the gateway there."""
    apart = [one for one in landing.subnets if one.id != goal.id]
    if not apart:
        return ()
    return (judge(),) if len(apart) == len(landing.subnets) else (doubted(judge()),)


def settled(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Of several ways, of which nobody knows which is taken, a block on some is a doubt."""
    found = tuple(dict.fromkeys(steps))
    return found if len({step.blocks for step in found}) < 2 else tuple(map(doubted, found))

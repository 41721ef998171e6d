"""Changes that may take away what stands in the way at a transit gateway; each is tried before it is printed."""

from collections.abc import Iterator

from pullcheck import Direction
from pullcheck.evidence.network import Subnets
from pullcheck.evidence.network_rows import Subnet, TransitAttachment, TransitGateway, TransitTable
from pullcheck_checks.network.fixes.changes import Changes
from pullcheck_checks.network.fixes.egress import egress_attachments, range_of
from pullcheck_checks.network.fixes.transit_changes import (
    AcceptAttachment,
    AddAttachmentSubnet,
    AssociateAttachment,
    Propagate,
    SetTransitRoute,
)
from pullcheck_checks.network.paths.crossing import attachment_of
from pullcheck_checks.network.paths.far_vpc import holder
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import Destination, Source
from pullcheck_checks.network.paths.routes import branches, vpc_ranges
from pullcheck_checks.network.paths.spans import Spans, span_of
from pullcheck_checks.network.paths.steps import Place, Reason, Step

TRANSIT = (Place.TRANSIT, Place.TRANSIT_ROUTES)
Candidates = Iterator[tuple[str, Changes]]


def transit_changes(index: Index, source: Source, destination: Destination, blocker: Step) -> Candidates:
    """For a blocker at one of the `TRANSIT` places, by its reason."""
    gateway = next(
        (row for name in blocker.resources if isinstance(row := index.transit_gateway(name), TransitGateway)), None
    )
    subnet = index.subnet(source.subnet_id)
    if gateway is None or not isinstance(subnet, Subnet):
        return
    returning = blocker.hop.direction is Direction.RETURN
    match blocker.reason:
        case Reason.ATTACHMENT_STATE if "pendingAcceptance" in blocker.hop.rule:
            yield f"accept {blocker.hop.resource}", (AcceptAttachment(blocker.hop.resource),)
        case Reason.ATTACHMENT_ZONE:
            yield from _zone(index, *blocker.resources[::2])
        case Reason.NOT_ASSOCIATED:
            own = span_of(subnet.cidr)
            wanted = destination.addresses if not returning else (own,) if own else ()
            yield from _association(index, gateway, blocker.hop.resource, wanted)
        case Reason.NO_ROUTE | Reason.LOOP | Reason.BLACKHOLE:
            near, far = attachment_of(gateway, subnet.vpc_id), holder(index, gateway, destination.address)
            exits = () if returning or far else egress_attachments(index, gateway, destination)
            cidr = subnet.cidr if returning else range_of(destination)
            for goal in (near if returning else far, *exits):
                if goal is not None:
                    yield from _routing(index, gateway, goal, cidr, blocker)


def _zone(index: Index, attachment_id: str, subnet_id: str) -> Candidates:
    """A subnet of the zone; better another one than that which packets come from."""
    here, table = index.subnet(subnet_id), index.evidence.subnets
    if not isinstance(here, Subnet) or not isinstance(table, Subnets):
        return
    fit = [one for one in table.rows if (one.vpc_id, one.zone_id) == (here.vpc_id, here.zone_id)]
    for one in sorted(fit, key=lambda one: (one.id == here.id, one.id)):
        yield (
            f"give {attachment_id} a subnet in {here.zone_id}: {one.id}",
            (AddAttachmentSubnet(attachment_id, one.id),),
        )


def _association(index: Index, gateway: TransitGateway, attachment_id: str, wanted: Spans) -> Candidates:
    """With a table that knows the way, if there is one."""

    def knows(table: TransitTable) -> bool:
        parts, _ = branches(index, table, wanted)
        return all(part.route is not None and part.route.state == "active" for part in parts)

    tables = gateway.tables if isinstance(gateway.tables, tuple) else ()
    for table in sorted(tables, key=lambda one: (not knows(one), one.id)):
        yield f"associate {attachment_id} with {table.id}", (AssociateAttachment(table.id, attachment_id),)


def _routing(index: Index, gateway: TransitGateway, goal: TransitAttachment, cidr: str, blocker: Step) -> Candidates:
    """Propagation, unless it is on already or would not decide; else a route for just this."""
    tables = gateway.tables if isinstance(gateway.tables, tuple) else ()
    table = next((one for one in tables if one.id == blocker.resources[0]), None)
    if table is None:
        return
    cidrs = vpc_ranges(index, goal.resource_id)
    known = {route.target for route in table.routes if route.propagated}
    if cidrs and goal.id not in known:
        yield f"propagate {goal.id} ({goal.resource_id}) into {table.id}", (Propagate(table.id, goal.id, cidrs),)
    replaces = any(route.destination == cidr and not route.propagated for route in table.routes)
    yield f"send {cidr} to {goal.id} in {table.id}", (SetTransitRoute(table.id, cidr, goal.id, replaces),)

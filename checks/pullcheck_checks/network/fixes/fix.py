"""The smallest change that takes a blocker away, tried on the evidence before it is printed."""

from collections.abc import Iterator
from dataclasses import dataclass

from pullcheck import Fix, Unavailable
from pullcheck.evidence.network_rows import GroupReference, GroupRule, Interface, Subnet
from pullcheck_checks.network.findings import walked
from pullcheck_checks.network.fixes.acl_entries import acl_entries
from pullcheck_checks.network.fixes.balancers import BALANCING, balancer_changes, by_hand
from pullcheck_checks.network.fixes.changes import (
    AcceptPeering,
    AddAclEntry,
    AllowInGroup,
    Changes,
    SetRoute,
)
from pullcheck_checks.network.fixes.egress import ANYWHERE, landing_changes
from pullcheck_checks.network.fixes.gateway_endpoints import gateway_endpoint_changes
from pullcheck_checks.network.fixes.gateways import BY_GATEWAY, gateway_by_hand, gateway_changes
from pullcheck_checks.network.fixes.printed import as_fix
from pullcheck_checks.network.fixes.routes import by_peering, exclusion, to_another_nat, to_internet_gateway, way_back
from pullcheck_checks.network.fixes.transit import TRANSIT, transit_changes
from pullcheck_checks.network.fixes.trial import walk_after
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import Destination, Source
from pullcheck_checks.network.paths.steps import ROUTING, Place, Reason, Step
from pullcheck_checks.network.paths.walk import Walk

OUTWARD = (*ROUTING, Place.TRANSIT_LANDING)
"""The places on the way to the internet: what is mended at one of them must not break at another."""


@dataclass(frozen=True)
class Mended:
    """Changes that take a blocker away, and the walk of the path on which that was tried, once they are made."""

    summary: str
    changes: Changes
    later: Walk


def mend(index: Index, source: Source, destination: Destination, blocker: Step) -> Mended | None:
    """The first change that proves to take the blocker away; None where none is known.

    A filter that many paths meet is mended, and the proof made, on the first of them.
    """
    path: tuple[object, ...] = (source.group_ids, destination.digit) if is_filter(blocker) else (source, destination)
    return index.once((("mended", blocker, *path),), lambda: _mended(index, source, destination, blocker))


def _mended(index: Index, source: Source, destination: Destination, blocker: Step) -> Mended | None:
    for summary, changes in _candidates(index, source, destination, blocker):
        later = walk_after(index, changes, source, destination)
        if not any(_same(blocker, other) for other in later.blockers + later.doubts):
            return Mended(summary, changes, later)
    return None


def fix_for(index: Index, source: Source, destination: Destination, blocker: Step) -> Fix:
    """What takes the blocker away, and what would still stand in the way after it."""
    found = mend(index, source, destination, blocker)
    if found is None:
        hand = by_hand(index, blocker) if blocker.place in BALANCING else _by_hand(source, destination, blocker)
        return Fix(hand)
    left = left_after(index, source, destination, blocker, found)
    rest = ", ".join(dict.fromkeys(map(_still, left)))
    after = f"; after that {rest} would still be in the way" if rest else ""
    return as_fix(index, source, found.summary, found.changes, after)


def left_after(
    index: Index, source: Source, destination: Destination, blocker: Step, found: Mended
) -> tuple[Step, ...]:
    """What blocks this path once the changes are made: rules that are added matter only where they stand."""
    others = tuple(step for step in walked(index, source, destination).blockers if step != blocker)
    touched = {change.touches for change in found.changes}
    shared = any(step.egress == blocker.egress and touched.intersection(step.resources) for step in others)
    if is_filter(blocker) and only_allows(found.changes) and not shared:
        return others
    return walk_after(index, found.changes, source, destination).blockers


def is_filter(step: Step) -> bool:
    """Whether rules decide there, by the packets alone: what else is on the path does not matter."""
    return step.hop.kind in ("security-group", "network-acl") and step.place not in BALANCING


def only_allows(changes: Changes) -> bool:
    """Whether they let more through and take nothing away."""
    return all(isinstance(change, AllowInGroup | AddAclEntry) for change in changes)


def _still(step: Step) -> str:
    """An ACL has two sides, which are mended apart."""
    side = "egress" if step.egress else "ingress"
    return f"{step.hop.resource} ({side})" if step.hop.kind == "network-acl" else step.hop.resource


def _same(blocker: Step, other: Step) -> bool:
    """Whether the place still stops packets; of the way to the internet, any place on it."""
    if blocker.place in OUTWARD:
        return other.place in OUTWARD
    return _identity(blocker) == _identity(other)


def _identity(step: Step) -> tuple[object, ...]:
    """An attachment of a transit gateway may lack several things, each with a fix of its own."""
    lacks = step.reason if step.place is Place.TRANSIT else None
    return step.place, step.hop.direction, step.egress, step.resources, step.remote, lacks


def _candidates(index: Index, source: Source, destination: Destination, blocker: Step) -> Iterator[tuple[str, Changes]]:
    if blocker.place in BALANCING:
        yield from balancer_changes(index, destination, blocker)
    elif blocker.hop.kind == "security-group":
        yield from _group_rules(index, source, destination, blocker)
    elif blocker.hop.kind == "network-acl":
        if blocker.egress or ANYWHERE not in blocker.remote:
            yield from acl_entries(index, blocker, destination.digit)
    elif blocker.place in TRANSIT:
        yield from transit_changes(index, source, destination, blocker)
    elif blocker.reason in BY_GATEWAY:
        yield from gateway_changes(index, source, destination, blocker)
        if blocker.place is Place.RETURN_ROUTES and blocker.via:
            yield from way_back(index, source, blocker)
        if blocker.place is Place.MODEL_ROUTES:
            yield from by_peering(index, source, destination)
            yield from to_another_nat(index, source, destination)
    elif blocker.reason is Reason.PUBLIC_ACCESS_BLOCKED:
        yield from exclusion(index)
    else:
        if blocker.reason is Reason.BLACKHOLE:
            changes = (SetRoute(blocker.resources[0], blocker.route, None),)
            summary = f"delete the route to {blocker.route} from {blocker.resources[0]}, so that the next one decides"
            yield summary, changes
        if blocker.reason is Reason.NOT_ACTIVE and "pending-acceptance" in blocker.hop.rule:
            yield f"accept {blocker.hop.resource}", (AcceptPeering(blocker.hop.resource),)
        if blocker.place in (Place.RETURN_ROUTES, Place.NAT_RETURN) and blocker.via:
            yield from way_back(index, source, blocker)
        if blocker.place in (*ROUTING, Place.GATEWAY_ENDPOINT) and destination.aws:
            yield from gateway_endpoint_changes(index, source, destination.aws, blocker)
        if blocker.place is Place.TRANSIT_LANDING:
            yield from landing_changes(index, destination, blocker)
        if blocker.place is Place.MODEL_ROUTES or blocker.reason is Reason.PRIVATE_ADDRESS:
            yield from by_peering(index, source, destination)
        if blocker.place in ROUTING:
            yield from to_internet_gateway(index, destination)
            yield from to_another_nat(index, source, destination)


def _group_rules(
    index: Index, source: Source, destination: Destination, blocker: Step
) -> Iterator[tuple[str, Changes]]:
    """A reference, for where AWS keeps the groups' identity (R10); else the addresses."""
    here, service = blocker.resources[0], blocker.service
    other = _group_at(index, source, destination) if blocker.egress else source.group_ids[0]
    way = "to" if blocker.egress else "from"
    if other is not None and not destination.is_public and _of_one_account(index, here, other):
        rule = GroupRule(service.protocol, *service.ports, groups=(GroupReference(other),))
        yield f"allow {service} {way} {other} in {here}", (AllowInGroup(here, blocker.egress, rule),)
    lists = tuple(name for name in blocker.remote if name.startswith("pl-"))
    cidrs = tuple(cidr for cidr in blocker.remote if cidr not in lists)
    rule = GroupRule(service.protocol, *service.ports, cidrs=cidrs, prefix_list_ids=lists)
    yield f"allow {service} {way} {', '.join(blocker.remote)} in {here}", (AllowInGroup(here, blocker.egress, rule),)


def _of_one_account(index: Index, *names: str) -> bool:
    """Whether a rule may name the group by its id alone."""
    owners = {group.owner for name in names if not isinstance(group := index.group(name), Unavailable)}
    return len(owners) < 2


def _group_at(index: Index, source: Source, destination: Destination) -> str | None:
    subnet = index.subnet(source.subnet_id)
    seat = index.interface_at(subnet.vpc_id, destination.address or "") if isinstance(subnet, Subnet) else None
    return seat.group_ids[0] if isinstance(seat, Interface) and seat.group_ids else None


def _by_hand(source: Source, destination: Destination, blocker: Step) -> str:
    """What a person has to do where no command is known to help."""
    name, where = destination.name, blocker.hop.resource
    if blocker.reason is Reason.NO_HOST:
        return f"let the name lead to an address that an interface has: {name} has none"
    if blocker.reason in BY_GATEWAY:
        return gateway_by_hand(source, destination, blocker)
    if blocker.hop.kind == "network-acl":
        return f"let {where} pass {blocker.service} for the addresses of {name}, or use an interface endpoint"
    if blocker.reason is Reason.OVERLAP:
        return "renumber one of the two VPCs, or reach the registry by PrivateLink or a private NAT gateway"
    if blocker.place is Place.TRANSIT_LANDING and destination.is_public:
        return f"send what comes out of the transit gateway to a public NAT gateway in a subnet of its own, in {where}"
    if blocker.place in (*TRANSIT, Place.TRANSIT_LANDING):
        return f"let {where} lead from the VPC of {source.subnet_id} to that of {name}, and back"
    if blocker.place in (Place.RETURN_ROUTES, Place.NAT_RETURN):
        return f"add a route for the range of {source.subnet_id} to {where}"
    if not destination.is_public:
        return f"add a route for {name} to {where}: to the peering, transit gateway or VPN that leads to its network"
    return f"route {source.subnet_id} to a public NAT gateway in a subnet whose default route is an internet gateway"

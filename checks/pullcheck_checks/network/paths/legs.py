"""The single steps of a walk: through the groups of an interface, an ACL, a route table."""

from dataclasses import replace

from pullcheck import Direction, Hop, HopVerdict, Unavailable
from pullcheck.evidence.network_rows import Interface, NetworkAcl, Route, RouteTable, Subnet, TransitTable
from pullcheck_checks.network.paths.acls import in_words, passage
from pullcheck_checks.network.paths.groups import Gap, Peer, admission, gap
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import PUBLIC
from pullcheck_checks.network.paths.routes import branches, is_gateway_endpoint
from pullcheck_checks.network.paths.spans import (
    Boxes,
    Spans,
    addresses_in,
    boxes_of,
    boxes_without,
    ports_in,
    without,
)
from pullcheck_checks.network.paths.steps import CLIENT_PORTS, Place, Reason, Service, Step

FORWARD, RETURN = Direction.FORWARD, Direction.RETURN
Side = tuple[str, Spans, tuple[str, ...]]
"""One end of a path as a filter sees it: its name, its addresses, and the CIDRs that a rule has to name."""
PASS, BLOCK, UNKNOWN = HopVerdict.PASS, HopVerdict.BLOCK, HopVerdict.UNKNOWN
REASONS = {
    Gap.NO_RULE: Reason.NO_RULE,
    Gap.OTHER_PORT: Reason.OTHER_PORT,
    Gap.IPV6_ONLY: Reason.IPV6_ONLY,
    Gap.PREFIX_LIST: Reason.PREFIX_LIST,
    Gap.REFERENCE_LOST: Reason.REFERENCE_LOST,
    Gap.TRANSIT_REFERENCE: Reason.TRANSIT_REFERENCE,
    Gap.BALANCED_REFERENCE: Reason.BALANCED_REFERENCE,
    Gap.STALE_REFERENCE: Reason.STALE_REFERENCE,
    Gap.REGION_REFERENCE: Reason.REGION_REFERENCE,
    Gap.MIDDLEBOX_REFERENCE: Reason.MIDDLEBOX_REFERENCE,
    Gap.ACCOUNT_REFERENCE: Reason.ACCOUNT_REFERENCE,
}


def unclear(place: Place, kind: str, resource: str, direction: Direction, why: str) -> Step:
    """A step that cannot be judged."""
    return Step(place, Hop(kind, resource, direction, UNKNOWN, why), resources=(resource,))


def refused(place: Place, kind: str, resource: str, direction: Direction, reason: Reason, why: str) -> Step:
    """A step that lets nothing through."""
    return Step(place, Hop(kind, resource, direction, BLOCK, why), reason, resources=(resource,))


def doubted(step: Step, why: str = "whether the packets come by here is not known") -> Step:
    """The same as a doubt, where it stops packets that may not come by at all."""
    if not step.blocks:
        return step
    return replace(step, hop=replace(step.hop, verdict=UNKNOWN, rule=f"{step.hop.rule}; {why}"), reason=None)


def clear(place: Place, kind: str, resource: str, direction: Direction, why: str) -> Step:
    """A step that lets everything through."""
    return Step(place, Hop(kind, resource, direction, PASS, why), resources=(resource,))


def groups_step(
    index: Index,
    place: Place,
    group_ids: tuple[str, ...],
    egress: bool,
    service: Service,
    peer: Peer,
    remote: tuple[str, ...],
) -> Step:
    """The groups of one interface, asked about the packet that opens the connection alone: they are stateful (R8)."""
    key = ("groups step", group_ids, place, egress, service, peer, remote)
    return index.once(key, lambda: _groups_step(index, place, group_ids, egress, service, peer, remote))


def _groups_step(
    index: Index,
    place: Place,
    group_ids: tuple[str, ...],
    egress: bool,
    service: Service,
    peer: Peer,
    remote: tuple[str, ...],
) -> Step:
    found = admission(index, group_ids, egress, service, peer)
    resource = ", ".join(found.group_ids or group_ids) or "no security group"
    way = "to" if egress else "from"
    side = "egress" if egress else "ingress"
    lost = without(peer.addresses, found.admitted)
    if not lost:
        return Step(
            place, Hop("security-group", resource, FORWARD, PASS, "; ".join(found.rules[:3])), resources=found.group_ids
        )
    what = f"{service} {way} {peer.name}"
    step = Step(
        place,
        Hop("security-group", ", ".join(group_ids), FORWARD, BLOCK, f"no {side} rule for {what}"),
        None,
        boxes_of(peer.addresses, (service.ports,)),
        boxes_of(found.admitted, (service.ports,)),
        group_ids,
        remote,
        service,
        egress=egress,
    )
    if found.doubts or (peer.addresses == PUBLIC and found.admitted):
        why = "; ".join(found.doubts) or f"only some of {peer.name} are allowed: {'; '.join(found.rules[:3])}"
        return replace(step, hop=replace(step.hop, verdict=UNKNOWN, rule=why))
    reason = REASONS[gap(index, group_ids, egress, service, peer)]
    why = f"no {side} rule for {what}" + (f", only {GAP_WORDS[reason]}" if reason in GAP_WORDS else "")
    why += step.share and f": {step.share}"
    return replace(step, hop=replace(step.hop, rule=why), reason=reason)


GAP_WORDS = {
    Reason.OTHER_PORT: "one for tcp 443",
    Reason.IPV6_ONLY: "one for IPv6",
    Reason.STALE_REFERENCE: "one for a group behind a peering that is gone",
    Reason.PREFIX_LIST: "one for a prefix list that does not hold it",
    Reason.REFERENCE_LOST: "one for the model's group, which does not match packets that come from a public address",
    Reason.TRANSIT_REFERENCE: "one for a group that does not match over this transit gateway",
    Reason.BALANCED_REFERENCE: "one for the model's group, which no target sees behind a load balancer",
    Reason.REGION_REFERENCE: "one for a group that does not match over a peering between Regions",
    Reason.MIDDLEBOX_REFERENCE: "one for a group that does not match behind an appliance",
    Reason.ACCOUNT_REFERENCE: "one for a group of that id in another account",
}


def acl_step(
    index: Index,
    place: Place,
    subnet: Subnet,
    egress: bool,
    direction: Direction,
    remote: Side,
    service: Service,
) -> Step:
    """One crossing of a subnet's boundary. ``remote`` is the other side."""
    acl = index.acl(subnet)
    if isinstance(acl, Unavailable):
        return unclear(place, "network-acl", f"the ACL of {subnet.id}", direction, acl.because)
    key = ("ACL step", (acl.id, subnet.id), place, egress, direction, remote, service)
    return index.once(key, lambda: _acl_step(index, place, acl, subnet, egress, direction, remote, service))


def _acl_step(
    index: Index,
    place: Place,
    acl: NetworkAcl,
    subnet: Subnet,
    egress: bool,
    direction: Direction,
    remote: Side,
    service: Service,
) -> Step:
    name, addresses, cidrs = remote
    wanted = boxes_of(addresses, (service.ports,))
    found = passage(index, acl, egress, wanted, service.protocol)
    passes = found.passes
    if addresses == PUBLIC:
        passes = boxes_of(addresses, ports_in(passes))
    allowed = "; ".join(found.decided[:3])
    what = f"{service} {'to' if egress else 'from'} {name} {'out of' if egress else 'into'} {subnet.id}"
    step = Step(
        place,
        Hop("network-acl", acl.id, direction, PASS, allowed),
        None,
        wanted,
        passes,
        (acl.id, subnet.id),
        cidrs,
        service,
        egress=egress,
    )
    if not boxes_without(wanted, found.passes):
        return step
    if not boxes_without(wanted, passes):
        why = f"lets {what} through for some of them alone ({allowed})"
        return replace(step, hop=replace(step.hop, verdict=UNKNOWN, rule=why))
    why = (step.share and f"of {what}, {step.share}") or f"no rule that allows {what}"
    if found.denier is not None:
        why = f"{in_words(found.denier)} comes before the rule that allows {what}" + (step.share and f": {step.share}")
    reason = _acl_reason(wanted, passes, found.denier is not None)
    return replace(step, hop=replace(step.hop, verdict=BLOCK, rule=why), reason=reason, before=found.before)


def _acl_reason(wanted: Boxes, passes: Boxes, denied_first: bool) -> Reason:
    if denied_first:
        return Reason.DENIED_FIRST
    if passes and addresses_in(passes) == addresses_in(wanted):
        return Reason.NARROW
    return Reason.NO_RULE


def route_step(
    index: Index, place: Place, subnet: Subnet, direction: Direction, name: str, addresses: Spans
) -> tuple[Step, Route | None]:
    """Where the subnet's table sends packets to these addresses, and the route that takes (most of) them.

    Where the step is a doubt, another route may take them: what this one leads to then blocks nothing for certain.
    """
    table = index.route_table(subnet)
    if isinstance(table, Unavailable):
        return unclear(place, "route-table", f"the route table of {subnet.id}", direction, table.because), None
    return table_step(index, place, table, direction, name, addresses, (table.id, subnet.id))


def table_step(
    index: Index,
    place: Place,
    table: RouteTable | TransitTable,
    direction: Direction,
    name: str,
    addresses: Spans,
    resources: tuple[str, ...],
    kind: str = "route-table",
) -> tuple[Step, Route | None]:
    """Where this table sends packets to these addresses, and the route that takes (most of) them."""
    key = ("table step", (table.id,), place, direction, name, addresses, resources)
    return index.once(key, lambda: _table_step(index, place, table, direction, name, addresses, resources, kind))


def _table_step(
    index: Index,
    place: Place,
    table: RouteTable | TransitTable,
    direction: Direction,
    name: str,
    addresses: Spans,
    resources: tuple[str, ...],
    kind: str,
) -> tuple[Step, Route | None]:
    parts, doubts = branches(index, table, addresses)
    destination = parts[0].route.destination if parts and parts[0].route else ""

    def step(verdict: HopVerdict, rule: str, reason: Reason | None = None, lost: Spans = ()) -> Step:
        wanted = boxes_of(addresses, (CLIENT_PORTS,)) if lost else ()
        passes = boxes_of(without(addresses, lost), (CLIENT_PORTS,)) if lost else ()
        hop = Hop(kind, table.id, direction, verdict, rule)
        found = Step(place, hop, reason, wanted, passes, resources, route=destination)
        return replace(found, hop=replace(hop, rule=f"{rule}: {found.share}")) if found.share else found

    if not parts:
        return step(UNKNOWN, f"{name} is no IPv4 address"), None
    main = parts[0].route
    for part in parts:
        lost = part.addresses if addresses != PUBLIC or part is parts[0] else ()
        if not lost or (part.route and part.route.state != "blackhole"):
            continue
        if doubts:
            return step(UNKNOWN, "; ".join(doubts)), None
        if part.route is None:
            return step(BLOCK, f"no route to {name}", Reason.NO_ROUTE, lost), None
        rule = f"{part.route.destination} -> {part.route.target} is a blackhole"
        return replace(step(BLOCK, rule, Reason.BLACKHOLE, lost), route=part.route.destination), part.route
    rules = "; ".join(f"{one.route.destination} -> {one.route.target}" for one in parts[:3] if one.route)
    odd = [one.route for one in parts if one.route and one.route.state not in ("active", "blackhole")]
    ways = [one.route for one in parts if not (one.route and is_gateway_endpoint(index, one.route))]
    different = {route.target if route else "" for route in ways}
    if doubts or odd or len(different) > 1:
        why = "; ".join([*doubts, *(f"{route.destination} is in state {route.state}" for route in odd)])
        return step(UNKNOWN, why or f"different parts of {name} go different ways: {rules}"), main
    return step(PASS, f"{main.destination} -> {main.target}" if main else rules), main


def known_at(interface: Interface | Unavailable | None) -> tuple[frozenset[str], str]:
    """The groups by which the destination is known, or why they are not."""
    if isinstance(interface, Unavailable):
        return frozenset(), interface.because
    if interface is None:
        return frozenset(), "no interface has the address"
    return frozenset(interface.group_ids), ""

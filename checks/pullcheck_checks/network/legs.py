"""The single steps of a walk: through the groups of an interface, an ACL, a route table."""

from dataclasses import dataclass
from functools import cached_property

from pullcheck import Direction, Hop, HopVerdict, Unavailable
from pullcheck.evidence.network import Interface, Route, Subnet
from pullcheck_checks.network.acls import in_words, passage
from pullcheck_checks.network.groups import PRIVATE, Gap, Peer, admission, gap
from pullcheck_checks.network.index import Index
from pullcheck_checks.network.routes import Target, branches, target_of
from pullcheck_checks.network.spans import (
    EVERY_ADDRESS,
    Boxes,
    Span,
    Spans,
    addresses_in,
    boxes_of,
    boxes_without,
    common,
    ports_in,
    span_of,
    without,
)
from pullcheck_checks.network.steps import CLIENT_PORTS, Place, Reason, Step

FORWARD, RETURN = Direction.FORWARD, Direction.RETURN
PASS, BLOCK, UNKNOWN = HopVerdict.PASS, HopVerdict.BLOCK, HopVerdict.UNKNOWN
NOT_PUBLIC = PRIVATE + tuple(
    span for cidr in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3") if (span := span_of(cidr))
)
PUBLIC = without((EVERY_ADDRESS,), NOT_PUBLIC)
REASONS = {
    Gap.NO_RULE: Reason.NO_RULE,
    Gap.OTHER_PORT: Reason.OTHER_PORT,
    Gap.IPV6_ONLY: Reason.IPV6_ONLY,
    Gap.PREFIX_LIST: Reason.PREFIX_LIST,
    Gap.REFERENCE_LOST: Reason.REFERENCE_LOST,
}


@dataclass(frozen=True)
class Source:
    """A model subnet: any of its addresses, carrying all of the model's groups (R1)."""

    subnet_id: str
    group_ids: tuple[str, ...]


@dataclass(frozen=True)
class Destination:
    """One address, or (``address`` is None) public addresses that nobody lists, e.g. those of AWS's own APIs.

    ``ends_at_endpoint`` says that an interface endpoint is the goal, not a way to something behind it.
    """

    name: str
    address: str | None
    port: int
    ends_at_endpoint: bool = False

    @cached_property
    def addresses(self) -> Spans:
        """The addresses as intervals; public ones without those that are private or reserved."""
        if self.address is None:
            return PUBLIC
        span = span_of(self.address)
        return (span,) if span else ()

    @property
    def cidr(self) -> str:
        """What a rule has to name."""
        return f"{self.address}/32" if self.address else "0.0.0.0/0"

    @property
    def is_public(self) -> bool:
        """Whether the internet can carry packets to it (R33)."""
        return not common(self.addresses, NOT_PUBLIC)


@dataclass(frozen=True)
class Journey:
    """One walk: from where to where, over which evidence."""

    index: Index
    source: Source
    subnet: Subnet
    destination: Destination

    @cached_property
    def clients(self) -> Spans:
        """The addresses that an interface in the subnet may get: AWS keeps the first four and the last."""
        span = span_of(self.subnet.cidr)
        return ((span[0] + 4, span[1] - 1),) if span and span[1] - span[0] > 4 else ()

    @property
    def port(self) -> Span:
        """The destination's port."""
        return self.destination.port, self.destination.port


def unclear(place: Place, kind: str, resource: str, direction: Direction, why: str) -> Step:
    """A step that cannot be judged."""
    return Step(place, Hop(kind, resource, direction, UNKNOWN, why), resources=(resource,))


def refused(place: Place, kind: str, resource: str, direction: Direction, reason: Reason, why: str) -> Step:
    """A step that lets nothing through."""
    return Step(place, Hop(kind, resource, direction, BLOCK, why), reason, resources=(resource,))


def clear(place: Place, kind: str, resource: str, direction: Direction, why: str) -> Step:
    """A step that lets everything through."""
    return Step(place, Hop(kind, resource, direction, PASS, why), resources=(resource,))


def groups_step(
    index: Index, place: Place, group_ids: tuple[str, ...], egress: bool, port: int, peer: Peer, remote: str
) -> Step:
    """The groups of one interface, asked about the packet that opens the connection alone: they are stateful (R8)."""
    found = admission(index, group_ids, egress, port, peer)
    resource = ", ".join(found.group_ids or group_ids) or "no security group"
    way = "to" if egress else "from"
    side = "egress" if egress else "ingress"
    lost = without(peer.addresses, found.admitted)
    several_unlisted = peer.addresses == PUBLIC and bool(found.admitted)
    if not lost:
        return Step(
            place, Hop("security-group", resource, FORWARD, PASS, "; ".join(found.rules[:3])), resources=found.group_ids
        )
    what = f"tcp {port} {way} {peer.name}"
    if found.doubts or several_unlisted:
        why = "; ".join(found.doubts) or f"only some of {peer.name} are allowed: {'; '.join(found.rules[:3])}"
        verdict, reason = UNKNOWN, None
    else:
        why = f"no {side} rule for {what}"
        verdict, reason = BLOCK, REASONS[gap(index, group_ids, egress, port, peer)]
        if reason is not Reason.NO_RULE:
            why += f", only {GAP_WORDS[reason]}"
    step = Step(
        place,
        Hop("security-group", ", ".join(group_ids), FORWARD, verdict, why),
        reason,
        boxes_of(peer.addresses, ((port, port),)),
        boxes_of(found.admitted, ((port, port),)),
        group_ids,
        remote,
        (port, port),
    )
    return step


GAP_WORDS = {
    Reason.OTHER_PORT: "one for tcp 443",
    Reason.IPV6_ONLY: "one for IPv6",
    Reason.PREFIX_LIST: "one for a prefix list that does not hold it",
    Reason.REFERENCE_LOST: "one for the model's group, which does not match packets that come from a public address",
}


def acl_step(
    journey: Journey,
    place: Place,
    subnet: Subnet,
    egress: bool,
    direction: Direction,
    remote: tuple[str, Spans, str],
    ports: Span,
) -> Step:
    """One crossing of a subnet's boundary. ``remote`` is the other side: its name, its addresses, its CIDR."""
    name, addresses, cidr = remote
    acl = journey.index.acl(subnet)
    if isinstance(acl, Unavailable):
        return unclear(place, "network-acl", f"the ACL of {subnet.id}", direction, acl.because)
    wanted = boxes_of(addresses, (ports,))
    found = passage(journey.index, acl, egress, wanted)
    passes = found.passes
    what = f"tcp {_port_words(ports)} {'to' if egress else 'from'} {name} {'out of' if egress else 'into'} {subnet.id}"
    lost = boxes_without(wanted, passes)
    resources = (acl.id, subnet.id)
    if not lost:
        rule = "; ".join(found.decided[:3])
        return Step(place, Hop("network-acl", acl.id, direction, PASS, rule), resources=resources)
    if addresses == PUBLIC:
        open_ports = ports_in(passes)
        if not without((ports,), open_ports):
            why = f"lets {what} through for some of them alone ({'; '.join(found.decided[:3])})"
            return Step(place, Hop("network-acl", acl.id, direction, UNKNOWN, why), resources=resources)
        passes = boxes_of(addresses, open_ports)
    reason = _acl_reason(wanted, passes, found.denier is not None)
    if found.denier is not None:
        why = f"{in_words(found.denier)} comes before the rule that allows {what}"
    else:
        why = f"no rule allows {what}"
    step = Step(
        place,
        Hop("network-acl", acl.id, direction, BLOCK, why),
        reason,
        wanted,
        passes,
        resources,
        cidr,
        ports,
        found.before,
    )
    if not step.share:
        return step
    return Step(
        place,
        Hop(
            "network-acl", acl.id, direction, BLOCK, f"{why}: {step.share}" if found.denier else f"{what}: {step.share}"
        ),
        reason,
        wanted,
        passes,
        resources,
        cidr,
        ports,
        found.before,
    )


def _acl_reason(wanted: Boxes, passes: Boxes, denied_first: bool) -> Reason:
    if denied_first:
        return Reason.DENIED_FIRST
    if passes and addresses_in(passes) == addresses_in(wanted):
        return Reason.NARROW
    return Reason.NO_RULE


def _port_words(ports: Span) -> str:
    return str(ports[0]) if ports[0] == ports[1] else f"{ports[0]}-{ports[1]}"


def route_step(
    index: Index, place: Place, subnet: Subnet, direction: Direction, name: str, addresses: Spans
) -> tuple[Step, Route | None]:
    """Where the subnet's table sends packets to these addresses, and the route that takes (most of) them."""
    table = index.route_table(subnet)
    if isinstance(table, Unavailable):
        return unclear(place, "route-table", f"the route table of {subnet.id}", direction, table.because), None
    parts, doubts = branches(index, table, addresses)
    resources = (table.id, subnet.id)

    def step(verdict: HopVerdict, rule: str, reason: Reason | None = None, lost: Spans = ()) -> Step:
        wanted = boxes_of(addresses, (CLIENT_PORTS,)) if lost else ()
        passes = boxes_of(without(addresses, lost), (CLIENT_PORTS,)) if lost else ()
        return Step(place, Hop("route-table", table.id, direction, verdict, rule), reason, wanted, passes, resources)

    if not parts:
        return step(UNKNOWN, f"{name} is no IPv4 address"), None
    main = parts[0].route
    for part in parts:
        lost = part.addresses if addresses != PUBLIC or part is parts[0] else ()
        if part.route is None and lost:
            if doubts:
                return step(UNKNOWN, "; ".join(doubts)), None
            return step(BLOCK, f"no route to {name}", Reason.NO_ROUTE, lost), None
        if part.route and part.route.state == "blackhole" and lost:
            rule = f"{part.route.destination} -> {part.route.target} is a blackhole"
            return step(BLOCK, rule, Reason.BLACKHOLE, lost), part.route
    rules = "; ".join(f"{one.route.destination} -> {one.route.target}" for one in parts[:3] if one.route)
    odd = [one.route for one in parts if one.route and one.route.state not in ("active", "blackhole")]
    different = {one.route.target if one.route else "" for one in parts if not _serves_aws_alone(one.route)}
    if doubts or odd or len(different) > 1:
        why = "; ".join([*doubts, *(f"{route.destination} is in state {route.state}" for route in odd)])
        return step(UNKNOWN, why or f"different parts of {name} go different ways: {rules}"), main
    return step(PASS, f"{main.destination} -> {main.target}" if main else rules), main


def _serves_aws_alone(route: Route | None) -> bool:
    """A gateway endpoint takes packets to S3 or DynamoDB, and no others."""
    return route is not None and route.destination.startswith("pl-") and target_of(route) is Target.ENDPOINT


def known_at(interface: Interface | Unavailable | None) -> tuple[frozenset[str], str]:
    """The groups by which the destination is known, or why they are not."""
    if isinstance(interface, Unavailable):
        return frozenset(), interface.because
    return (frozenset(interface.group_ids) if interface else frozenset()), ""

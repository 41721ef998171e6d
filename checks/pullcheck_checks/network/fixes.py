"""The smallest change that takes a blocker away, tried on the evidence before it is printed."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from pullcheck import Fix
from pullcheck.evidence.network import (
    AclEntry,
    GroupReference,
    GroupRule,
    Interface,
    InternetGateways,
    NatGateway,
    NatGateways,
    NetworkAcls,
    RouteTable,
    Subnet,
)
from pullcheck_checks.network.acls import LAST
from pullcheck_checks.network.changes import (
    AllowInGroup,
    AttachInternetGateway,
    Change,
    ExcludeFromBlock,
    PutAclEntry,
    SetRoute,
)
from pullcheck_checks.network.index import Index
from pullcheck_checks.network.journey import Destination, Source
from pullcheck_checks.network.steps import Place, Reason, Step
from pullcheck_checks.network.walk import Walk, walk

Changes = tuple[Change, ...]
ROUTING = (Place.MODEL_ROUTES, Place.INTERNET_GATEWAY, Place.NAT, Place.NAT_ROUTES)


def fix_for(index: Index, source: Source, destination: Destination, blocker: Step) -> Fix:
    """The first change that proves to take the blocker away, and what would still stand in the way after it."""
    for summary, changes in _candidates(index, source, destination, blocker):
        later = _walk_after(index, changes, source, destination)
        if any(_same(blocker, other) for other in later.blockers + later.doubts):
            continue
        rest = ", ".join(dict.fromkeys(step.hop.resource for step in later.blockers))
        after = f"; after that {rest} would still be in the way" if rest else ""
        return Fix(summary + after, tuple(change.command for change in changes))
    return Fix(_by_hand(source, destination, blocker))


def _walk_after(index: Index, changes: Changes, source: Source, destination: Destination) -> Walk:
    evidence = index.evidence
    for change in changes:
        evidence = change.apply(evidence)
    return walk(index.after(evidence, {change.touches for change in changes}), source, destination)


def _same(blocker: Step, other: Step) -> bool:
    """Whether the place still stops packets; of the way to the internet, any place on it."""
    if blocker.place in ROUTING:
        return other.place in ROUTING
    return _identity(blocker) == _identity(other)


def _identity(step: Step) -> tuple[object, ...]:
    return step.place, step.hop.direction, step.egress, step.resources


def _candidates(index: Index, source: Source, destination: Destination, blocker: Step) -> Iterator[tuple[str, Changes]]:
    if blocker.hop.kind == "security-group":
        yield from _group_rules(index, source, destination, blocker)
    elif blocker.hop.kind == "network-acl":
        if destination.address or blocker.place not in (Place.MODEL_ACL_IN, Place.NAT_ACL_PORTS):
            yield _acl_entries(index, blocker)
    elif blocker.reason is Reason.PUBLIC_ACCESS_BLOCKED:
        yield from _exclusion(index)
    else:
        if blocker.reason is Reason.BLACKHOLE:
            changes = (SetRoute(blocker.resources[0], blocker.route, None),)
            summary = f"delete the route to {blocker.route} from {blocker.resources[0]}, so that the next one decides"
            yield summary, changes
        if blocker.place in ROUTING:
            yield from _to_internet_gateway(index, destination)
            yield from _to_another_nat(index, source, destination)


def _group_rules(
    index: Index, source: Source, destination: Destination, blocker: Step
) -> Iterator[tuple[str, Changes]]:
    """A reference, for where AWS keeps the groups' identity (R10); else the addresses."""
    here, port = blocker.resources[0], destination.port
    other = _group_at(index, source, destination) if blocker.egress else source.group_ids[0]
    way = "to" if blocker.egress else "from"
    if other is not None and not destination.is_public:
        rule = GroupRule("tcp", port, port, groups=(GroupReference(other),))
        yield f"allow tcp {port} {way} {other} in {here}", (AllowInGroup(here, blocker.egress, rule),)
    rule = GroupRule("tcp", port, port, cidrs=blocker.remote)
    yield f"allow tcp {port} {way} {', '.join(blocker.remote)} in {here}", (AllowInGroup(here, blocker.egress, rule),)


def _group_at(index: Index, source: Source, destination: Destination) -> str | None:
    subnet = index.subnet(source.subnet_id)
    seat = index.interface_at(subnet.vpc_id, destination.address or "") if isinstance(subnet, Subnet) else None
    return seat.group_ids[0] if isinstance(seat, Interface) and seat.group_ids else None


def _acl_entries(index: Index, blocker: Step) -> tuple[str, Changes]:
    """Entries with numbers that decide before any deny."""
    name = blocker.resources[0]
    acls = index.evidence.acls
    rows = acls.rows if isinstance(acls, NetworkAcls) else ()
    acl = next((row for row in rows if row.id == name), None)
    entries = {entry.number: entry for entry in (acl.entries if acl else ()) if entry.egress == blocker.egress}
    changes: list[Change] = []
    for cidr in blocker.remote:
        number = _number(entries, blocker.before)
        moved = _make_room(name, entries) if number is None else []
        first, last = blocker.ports
        entry = AclEntry(number or 1, blocker.egress, True, "6", cidr, None, first, last)
        changes += [*moved, PutAclEntry(name, entry, replaces=number is None)]
        entries[entry.number] = entry
    ports = str(first) if first == last else f"{first}-{last}"
    way = "to" if blocker.egress else "from"
    return f"allow tcp {ports} {way} {', '.join(blocker.remote)} in {name}", tuple(changes)


def _number(entries: Mapping[int, AclEntry], before: int) -> int | None:
    """A free number below the deny that decides: right before it, or after all others where none is explicit."""
    last = max((number for number in entries if number < LAST), default=0)
    if before == LAST and last + 10 < LAST:
        return (last // 10 + 1) * 10
    return next((number for number in range(before - 1, 0, -1) if number not in entries), None)


def _make_room(name: str, entries: dict[int, AclEntry]) -> list[Change]:
    """Moves the entries from number 1 up to the first gap, each by one: what they decide stays the same."""
    gap = next(number for number in range(1, LAST) if number not in entries)
    moves: list[Change] = []
    for number in range(gap, 1, -1):
        entries[number] = replace(entries[number - 1], number=number)
        moves.append(PutAclEntry(name, entries[number], replaces=number != gap))
    return moves


def _exclusion(index: Index) -> Iterator[tuple[str, Changes]]:
    for nat in _nat_gateways(index):
        subnet = index.subnet(nat.subnet_id or "")
        if isinstance(subnet, Subnet) and subnet.public_access_block == "block-bidirectional":
            yield f"let {subnet.id} open connections to the internet", (ExcludeFromBlock(subnet.id),)


def _to_internet_gateway(index: Index, destination: Destination) -> Iterator[tuple[str, Changes]]:
    """Mend the NAT gateway's own way: a route to the VPC's internet gateway, or the gateway's attachment."""
    table = index.evidence.internet_gateways
    attached = table.rows if isinstance(table, InternetGateways) else ()
    for nat in _nat_gateways(index):
        subnet = index.subnet(nat.subnet_id or "")
        routes = index.route_table(subnet) if isinstance(subnet, Subnet) else None
        if not isinstance(subnet, Subnet) or not isinstance(routes, RouteTable):
            continue
        for gateway in attached:
            yield from _route(routes, destination.cidr, gateway.id, f"give {nat.id} a way to {gateway.id}")
        for route in routes.routes:
            if route.target.startswith("igw-") and not attached:
                change = AttachInternetGateway(route.target, subnet.vpc_id)
                yield f"attach {route.target} to {subnet.vpc_id}", (change,)


def _to_another_nat(index: Index, source: Source, destination: Destination) -> Iterator[tuple[str, Changes]]:
    subnet = index.subnet(source.subnet_id)
    table = index.route_table(subnet) if isinstance(subnet, Subnet) else None
    if not isinstance(table, RouteTable):
        return
    for nat in _nat_gateways(index):
        yield from _route(table, destination.cidr, nat.id, f"send what is for {destination.name} to {nat.id}")


def _nat_gateways(index: Index) -> tuple[NatGateway, ...]:
    table = index.evidence.nat_gateways
    return tuple(nat for nat in table.rows if nat.state == "available") if isinstance(table, NatGateways) else ()


def _route(table: RouteTable, cidr: str, target: str, summary: str) -> Iterator[tuple[str, Changes]]:
    replaces = any(route.destination == cidr for route in table.routes)
    yield f"{summary} in {table.id}", (SetRoute(table.id, cidr, target, replaces),)


def _by_hand(source: Source, destination: Destination, blocker: Step) -> str:
    """What a person has to do where no command is known to help."""
    name, where = destination.name, blocker.hop.resource
    if blocker.reason is Reason.NO_HOST:
        return f"let the name lead to an address that an interface has: {name} has none"
    if blocker.hop.kind == "network-acl":
        first, last = blocker.ports
        return f"let {where} pass tcp {first}-{last} for the addresses of {name}, or use an interface endpoint"
    if blocker.place is Place.RETURN_ROUTES:
        return f"add a route for the range of {source.subnet_id} to {where}"
    if not destination.is_public:
        return f"add a route for {name} to {where}: to the peering, transit gateway or VPN that leads to its network"
    return f"route {source.subnet_id} to a public NAT gateway in a subnet whose default route is an internet gateway"

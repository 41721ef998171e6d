"""Entries that a network ACL needs, with numbers that neither collide nor come too late."""

from collections.abc import Iterator
from dataclasses import replace

from pullcheck.evidence.network import NetworkAcls
from pullcheck.evidence.network_rows import AclEntry
from pullcheck_checks.network.acls import LAST
from pullcheck_checks.network.changes import AddAclEntry, Change, Changes, DeleteAclEntry
from pullcheck_checks.network.index import Index
from pullcheck_checks.network.steps import Step

ROOM = 100
ENOUGH = 20
ICMP = ("1", "58")
Planned = dict[tuple[str, bool, str, tuple[int, int]], tuple[int, Changes]]


def acl_entries(index: Index, blocker: Step, *, odd: bool) -> Iterator[tuple[str, Changes]]:
    """An entry for each of the blocker's CIDRs. The commands of all findings can be run together: within one check no
    number is given twice, and of the two checks one has the ``odd`` numbers.
    """
    name, egress = blocker.resources[0], blocker.egress
    table = index.evidence.acls
    acl = next((row for row in table.rows if row.id == name), None) if isinstance(table, NetworkAcls) else None
    entries = {entry.number: entry for entry in (acl.entries if acl else ()) if entry.egress == egress}
    planned: Planned = index.once(("planned entries",), dict)
    changes: list[Change] = []
    for cidr in blocker.remote:
        key = (name, egress, cidr, blocker.ports)
        if key not in planned:
            taken = {
                number for (acl_id, side, _, _), (number, _) in planned.items() if (acl_id, side) == (name, egress)
            }
            found = _numbered(name, entries, blocker.before, taken, odd)
            if found is None:
                return
            number, room = found
            entry = AclEntry(number, egress, True, "6", cidr, None, *blocker.ports)
            planned[key] = (number, (*room, AddAclEntry(name, entry)))
        changes += planned[key][1]
    first, last = blocker.ports
    ports = str(first) if first == last else f"{first}-{last}"
    way = "to" if egress else "from"
    yield f"allow tcp {ports} {way} {', '.join(blocker.remote)} in {name}", tuple(dict.fromkeys(changes))


def _numbered(
    name: str, entries: dict[int, AclEntry], before: int, taken: set[int], odd: bool
) -> tuple[int, Changes] | None:
    """A number that decides before the deny, and what makes room for it where none is free; None where nothing does."""
    used = taken | set(entries)
    last = max((number for number in used if number < LAST), default=0)
    if before == LAST:
        following = (last // 10 + 1) * 10 + (5 if odd else 0)
        if following < LAST:
            return following, ()
    free = _highest(range(1, before), used, odd)
    if free is not None:
        return free, ()
    moves, first = _make_room(name, entries, before)
    free = _highest(range(before, first), taken, odd) if moves else None
    return None if free is None else (free, moves)


def _highest(numbers: range, used: set[int], odd: bool) -> int | None:
    return next((number for number in reversed(numbers) if number not in used and number % 2 == odd), None)


def _make_room(name: str, entries: dict[int, AclEntry], before: int) -> tuple[Changes, int]:
    """Moves the deny, and as many entries after it as it takes, up into a gap; their order stays what it was."""
    numbers = [number for number in sorted(entries) if before <= number < LAST]
    for count in range(1, len(numbers) + 1):
        run = [entries[number] for number in numbers[:count]]
        following = numbers[count] if count < len(numbers) else LAST
        first = min(run[-1].number + ROOM, following - count)
        if first > run[-1].number and first - before >= ENOUGH:
            return _moved(name, run, first), first
    return (), before


def _moved(name: str, run: list[AclEntry], first: int) -> Changes:
    """The last one first, so that the order holds at every moment. ICMP entries have a type that was not read."""
    changes: list[Change] = []
    for at, entry in reversed(list(enumerate(run))):
        changes += [AddAclEntry(name, replace(entry, number=first + at)), DeleteAclEntry(name, entry)]
    return () if any(entry.protocol in ICMP for entry in run) else tuple(changes)

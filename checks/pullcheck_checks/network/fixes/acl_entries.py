"""Entries that a network ACL needs, with numbers that neither collide nor come too late."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pullcheck.evidence.network import NetworkAcls
from pullcheck.evidence.network_rows import AclEntry
from pullcheck_checks.network.fixes.changes import AddAclEntry, Change, Changes, DeleteAclEntry
from pullcheck_checks.network.paths.acls import LAST, NUMBERS
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.steps import Service, Step

ROOM = 100
ENOUGH = 20
ICMP = ("1", "58")
Planned = dict[tuple[str, bool, str, Service], tuple[int, Changes]]


@dataclass(frozen=True)
class Room:
    """Entries moved up: what that takes, the numbers that it leaves free, and those that the entries get."""

    changes: Changes = ()
    free: range = range(0)
    moved: range = range(0)


def acl_entries(index: Index, blocker: Step, digit: int) -> Iterator[tuple[str, Changes]]:
    """An entry for each of the blocker's CIDRs. The commands of all findings can be run together: within one check no
    number is given twice, and each check's numbers end with another ``digit``, or, below a deny, are as odd as it is.
    """
    name, egress = blocker.resources[0], blocker.egress
    entries = _entries(index, name, egress)
    planned: Planned = index.first.once(("planned entries",), dict)
    changes: list[Change] = []
    for cidr in blocker.remote:
        key = (name, egress, cidr, blocker.service)
        if key not in planned:
            taken = index.first.once((("taken", name, egress),), set[int])
            room = index.first.once((("room", name, egress),), lambda: _room(name, _entries(index.first, name, egress)))
            found = _numbered(entries, blocker.before, taken, digit, room)
            if found is None:
                return
            number, moves = found
            protocol = NUMBERS[blocker.service.protocol]
            entry = AclEntry(number, egress, True, protocol, cidr, None, *blocker.service.ports)
            planned[key] = (number, (*moves, AddAclEntry(name, entry)))
            taken.add(number)
        changes += [change for change in planned[key][1] if not _is_made(change, entries)]
    way = "to" if egress else "from"
    yield f"allow {blocker.service} {way} {', '.join(blocker.remote)} in {name}", tuple(dict.fromkeys(changes))


def _entries(index: Index, name: str, egress: bool) -> dict[int, AclEntry]:
    table = index.evidence.acls
    acl = next((row for row in table.rows if row.id == name), None) if isinstance(table, NetworkAcls) else None
    return {entry.number: entry for entry in (acl.entries if acl else ()) if entry.egress == egress}


def _numbered(
    entries: dict[int, AclEntry], before: int, taken: set[int], digit: int, room: Room
) -> tuple[int, Changes] | None:
    """A number that decides before the deny, and what makes room for it where none is free; None where nothing does."""
    used = {*taken, *entries, *room.moved}
    last = max((number for number in used if number < LAST), default=0)
    if before == LAST:
        following = (last // 10 + 1) * 10 + digit
        if following < LAST:
            return following, ()
    free = _highest(range(1, before), used, digit % 2)
    if free is not None:
        return free, ()
    free = _highest(room.free, taken, digit % 2)
    return None if free is None else (free, room.changes)


def _is_made(change: Change, entries: dict[int, AclEntry]) -> bool:
    """Whether room was made already, for an entry before this one."""
    match change:
        case AddAclEntry(_, entry):
            return entries.get(entry.number) == entry
        case DeleteAclEntry(_, entry):
            return entries.get(entry.number) != entry
    return False


def _highest(numbers: range, used: set[int], odd: int) -> int | None:
    return next((number for number in reversed(numbers) if number not in used and number % 2 == odd), None)


def _room(name: str, entries: dict[int, AclEntry]) -> Room:
    """Made at the front, which is before every deny, and one for the ACL, whoever asks; the entries' order stays."""
    numbers = [number for number in sorted(entries) if number < LAST]
    for count in range(1, len(numbers) + 1):
        run = [entries[number] for number in numbers[:count]]
        following = numbers[count] if count < len(numbers) else LAST
        first = min(run[-1].number + ROOM, following - count)
        changes = _moved(name, run, first)
        if changes and first > run[-1].number and first - numbers[0] >= ENOUGH:
            return Room(changes, range(numbers[0], first), range(first, first + count))
    return Room()


def _moved(name: str, run: list[AclEntry], first: int) -> Changes:
    """The last one first, so that the order holds at every moment. ICMP entries have a type that was not read."""
    changes: list[Change] = []
    for at, entry in reversed(list(enumerate(run))):
        changes += [AddAclEntry(name, replace(entry, number=first + at)), DeleteAclEntry(name, entry)]
    return () if any(entry.protocol in ICMP for entry in run) else tuple(changes)

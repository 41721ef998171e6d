"""All the changes that a path needs, and no others: found by walking with them, and without each of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pullcheck import Fix
from pullcheck.evidence.network import NetworkAcls, NetworkEvidence, RouteTables
from pullcheck_checks.network.findings import walked
from pullcheck_checks.network.fixes.changes import AddAclEntry, Change, Changes, DeleteAclEntry, SetRoute, applied
from pullcheck_checks.network.fixes.fix import Mended, is_filter, mend, only_allows
from pullcheck_checks.network.fixes.printed import as_fix
from pullcheck_checks.network.fixes.trial import after
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import Destination, Source
from pullcheck_checks.network.paths.walk import Walk, walk

MOST = 24
"""Changes that one path may need; so that none is looked for without end."""


@dataclass
class Plan:
    """What the paths of one check need so far, in order, and the network with all of it. Each part builds on those
    before it, so that none collide.
    """

    here: Index
    parts: tuple[Mended, ...] = ()
    touched: frozenset[str] = frozenset()
    known: set[Changes] = field(default_factory=set)

    def extend(self, other: "Plan") -> None:
        """Take over what the other has after these parts."""
        self.known |= {part.changes for part in other.parts[len(self.parts) :]}
        self.here, self.parts, self.touched = other.here, other.parts, other.touched


def opening(index: Index, source: Source, destination: Destination) -> tuple[Fix, ...]:
    """What lets this path through; empty where no changes are known that do.

    With all of it nothing that was read blocks, and without any one of it something does.
    """
    plan = index.once(("plan",), lambda: Plan(index))
    needed = _alone(index, plan, source, destination) or _planned(index, plan, source, destination)
    return tuple(as_fix(index, source, part.summary, part.changes) for part in needed)


def _alone(index: Index, plan: Plan, source: Source, destination: Destination) -> tuple[Mended, ...]:
    """What this path needs by itself, if that can be run after what other paths need; empty where it cannot."""
    own = _extended(index, Plan(index), source, destination)
    if own is None:
        return ()
    needed = own.parts if _apart(index, own, source, destination) else _least(index, own.parts, source, destination)
    new = tuple(part for part in needed if part.changes not in plan.known)
    extended = _with(index, plan, new)
    if not _run(plan.here.evidence, new) or walk(extended.here, source, destination).blockers:
        return ()
    plan.extend(extended)
    return needed


def _apart(index: Index, own: Plan, source: Source, destination: Destination) -> bool:
    """Whether filters alone block, none of them twice on one side: what mends each is needed and disturbs no other."""
    blockers = walked(index, source, destination).blockers
    sides = [(name, step.egress) for step in blockers for name in step.resources]
    return all(map(is_filter, blockers)) and len(set(sides)) == len(sides) and len(blockers) == len(own.parts)


def _planned(index: Index, plan: Plan, source: Source, destination: Destination) -> tuple[Mended, ...]:
    """With what other paths need already, and without all that this one does not need."""
    extended = _extended(index, plan, source, destination)
    if extended is None:
        return ()
    plan.extend(extended)
    return _least(index, _enough(index, plan, source, destination), source, destination)


def _least(index: Index, parts: tuple[Mended, ...], source: Source, destination: Destination) -> tuple[Mended, ...]:
    for part in reversed(parts):
        rest = tuple(other for other in parts if other is not part)
        if _opens(index, rest, source, destination):
            parts = rest
    return parts


def _extended(index: Index, plan: Plan, source: Source, destination: Destination) -> Plan | None:
    """Mends what blocks until nothing does; None where something stays."""
    for _ in range(MOST):
        found = walk(plan.here, source, destination)
        parts = _next(plan.here, found, source, destination)
        if not parts:
            return None if found.blockers else plan
        plan = _with(index, plan, parts)
    return None


def _next(here: Index, found: Walk, source: Source, destination: Destination) -> tuple[Mended, ...]:
    """All filters that need no more than rules, at once; else the first blocker that can be mended."""
    mended = [one for step in found.blockers if (one := mend(here, source, destination, step))]
    rules = {part.changes: part for part in mended if only_allows(part.changes)}
    return tuple(rules.values()) or tuple(mended[:1])


def _with(index: Index, plan: Plan, parts: Sequence[Mended]) -> Plan:
    changes = tuple(change for part in parts for change in part.changes)
    touched = plan.touched | {change.touches for change in changes}
    here = index.after(applied(plan.here.evidence, changes), touched) if changes else plan.here
    return Plan(here, (*plan.parts, *parts), touched)


def _enough(index: Index, plan: Plan, source: Source, destination: Destination) -> tuple[Mended, ...]:
    """The few that mend what is seen on this path; else those at places where it is; else all."""
    found = walk(index, source, destination)
    fixes = {one.changes for step in found.blockers if (one := mend(index, source, destination, step))}
    places = {*found.resources, *walk(plan.here, source, destination).resources}
    near = tuple(part for part in plan.parts if any(change.touches in places for change in part.changes))
    own = tuple(part for part in near if part.changes in fixes)
    return next((some for some in (own, near) if _opens(index, some, source, destination)), plan.parts)


def _opens(index: Index, parts: Sequence[Mended], source: Source, destination: Destination) -> bool:
    changes = tuple(change for part in parts for change in part.changes)
    return _run(index.evidence, parts) and not walk(after(index, changes), source, destination).blockers


def _run(evidence: NetworkEvidence, parts: Sequence[Mended]) -> bool:
    """Whether the commands are taken, one after another."""
    for change in (change for part in parts for change in part.changes):
        if not _runs(evidence, change):
            return False
        evidence = change.apply(evidence)
    return True


def _runs(evidence: NetworkEvidence, change: Change) -> bool:
    """Whether the command is taken: what it creates must not be there, what it replaces or deletes must."""
    match change:
        case SetRoute(table_id, destination, target, replaces) if isinstance(evidence.route_tables, RouteTables):
            table = next(row for row in evidence.route_tables.rows if row.id == table_id)
            return any(route.destination == destination for route in table.routes) is (replaces or target is None)
        case AddAclEntry(acl_id, entry) | DeleteAclEntry(acl_id, entry) if isinstance(evidence.acls, NetworkAcls):
            acl = next(row for row in evidence.acls.rows if row.id == acl_id)
            used = any((one.number, one.egress) == (entry.number, entry.egress) for one in acl.entries)
            return used is isinstance(change, DeleteAclEntry)
    return True

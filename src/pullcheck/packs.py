"""Finds the packs of checks. The built-in ones come through the same door as everybody's: an entry point.

A pack is an entry point of the group ``pullcheck.packs`` whose value is a module with ``CHECKS`` and, where it brings
evidence of its own, ``COLLECTORS``: tuples, in the order of the report. ``PULLCHECK_NO_PACKS=1`` leaves the built-in.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from pullcheck.errors import UsageError
from pullcheck.verdict import Cause
from pullcheck.wiring import AnyCheck, AnyCollector, Check, Collector

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

M = TypeVar("M")
GROUP = "pullcheck.packs"
BUILT_IN = "pullcheck"


@dataclass(frozen=True)
class Pack:
    """The checks of one distribution, with what they bring to observe."""

    name: str
    entry: "EntryPoint"
    checks: tuple[AnyCheck, ...]
    collectors: tuple[AnyCollector, ...] = ()

    @property
    def distribution(self) -> str:
        """Its name and version, which cost a look into its metadata."""
        return _distribution(self.entry)


def load_packs(names: Sequence[str] = ()) -> tuple[Pack, ...]:
    """Every installed pack, the built-in first; of that one, just the rooms of the checks and families in ``names``.

    Raises:
        UsageError: a pack cannot be imported or collides with another one; the message names its distribution.
    """
    from importlib.metadata import entry_points

    found = sorted(entry_points(group=GROUP), key=lambda entry: (entry.name != BUILT_IN, entry.name))
    if os.environ.get("PULLCHECK_NO_PACKS"):
        found = [entry for entry in found if entry.name == BUILT_IN]
    packs = tuple(_load(entry, names) for entry in found)
    _refuse_collisions(packs)
    return packs


def built_in_checks(name: str) -> Iterator[AnyCheck]:
    """The built-in checks among which this id may stand, without loading the others or looking for packs."""
    import pullcheck_checks

    for room in pullcheck_checks.rooms_of(name):
        yield from pullcheck_checks.checks_of(room)


def _load(entry: "EntryPoint", names: Sequence[str]) -> Pack:
    try:
        module = entry.load()
        rooms = _rooms(names) if entry.name == BUILT_IN else ()
        checks: tuple[AnyCheck, ...] = (
            tuple(check for room in rooms for check in module.checks_of(room))
            if rooms
            else _members(module, "CHECKS", Check)
        )
        collectors: tuple[AnyCollector, ...] = ()
        if hasattr(module, "COLLECTORS"):
            collectors = _members(module, "COLLECTORS", Collector)
        _ = [*(check.needs for check in checks), *(source.needs for source in collectors)]
    except Exception as error:
        raise UsageError(
            f"the pack {entry.name!r} of {_distribution(entry)} cannot be loaded: {type(error).__name__}: {error} "
            "(uninstall or repair it, or set PULLCHECK_NO_PACKS=1)"
        ) from error
    return Pack(entry.name, entry, checks, collectors)


def _distribution(entry: "EntryPoint") -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist else entry.value


def _rooms(names: Sequence[str]) -> tuple[str, ...]:
    """The built-in rooms that these names need; none, which means all, where one of them is no room's."""
    import pullcheck_checks

    wanted = {name.partition(".")[0] for name in names}
    known = tuple(room for room in pullcheck_checks.ROOMS if room in wanted)
    return known if len(known) == len(wanted) else ()


def _members(module: object, name: str, kind: type[M]) -> tuple[M, ...]:
    members = tuple(getattr(module, name))
    for member in members:
        if not isinstance(member, kind):
            raise TypeError(f"{name} holds {member!r}, which is no {kind.__name__}")
    return members


def _refuse_collisions(packs: Sequence[Pack]) -> None:
    owners: dict[object, Pack] = {}
    for pack in packs:
        for what, label in _claims(pack):
            other = owners.setdefault(what, pack)
            if other is not pack:
                raise UsageError(f"{label} comes from two packs: {other.distribution} and {pack.distribution}")
        duplicates = len({check.id for check in pack.checks}) != len(pack.checks)
        if duplicates:
            raise UsageError(f"{pack.distribution} brings one check id twice")


def _claims(pack: Pack) -> Iterable[tuple[object, str]]:
    for check in pack.checks:
        yield check.id, f"the check {check.id}"
        for cause in check.causes:
            yield ("cause", cause.id), f"the cause {cause.id}"
    for collector in pack.collectors:
        yield collector.provides, f"the evidence {collector.provides.__name__}"


def select(packs: Sequence[Pack], only: Sequence[str] = (), skip: Sequence[str] = ()) -> tuple[AnyCheck, ...]:
    """The chosen checks, by id or family.

    Raises:
        UsageError: a name is no check and no family, or nothing is left.
    """
    checks = [check for pack in packs for check in pack.checks]
    known = {check.id for check in checks} | {check.family for check in checks}
    for option, names in (("--only", only), ("--skip", skip)):
        for name in names:
            if name not in known:
                raise UsageError(f"{option} {name}: no check or family of that name; see pullcheck list")
    chosen = tuple(
        check
        for check in checks
        if (not only or {check.id, check.family} & set(only)) and not {check.id, check.family} & set(skip)
    )
    if not chosen:
        raise UsageError("--only and --skip leave no check")
    return chosen


def causes(packs: Iterable[Pack]) -> dict[str, tuple[Cause, AnyCheck]]:
    """Every cause with the check that finds it."""
    return {cause.id: (cause, check) for pack in packs for check in pack.checks for cause in check.causes}

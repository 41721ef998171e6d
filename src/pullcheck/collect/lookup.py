"""How Amazon's resolver follows a name through a VPC's private zones and Resolver rules.

Reasoning alone; reading a zone is handed in. Of the rules and zones that match, the most specific decides, a rule
before a zone of the same domain (Route 53 Developer Guide, forwarding rules and private hosted zones). Inside a zone:
RFC 1034, 4.3.2, and RFC 4592 (wildcards, empty non-terminals).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pullcheck.evidence.branches import Branch, Ending
from pullcheck.evidence.dns import ForwardRule, HostedZone, covers

FAMILIES = ("A", "AAAA")


@dataclass(frozen=True)
class Record:
    """One record set: its values, or the name that it is an alias for. Names are lower case, without the last dot.

    ``choice`` is by what Route 53 chooses it among others of its name, empty where it is alone.
    """

    name: str
    type: str
    values: tuple[str, ...] = ()
    alias: str | None = None
    choice: str = ""


@dataclass(frozen=True)
class Contents:
    """The records of a zone, or why they cannot be read."""

    records: tuple[Record, ...] = ()
    unreadable: str = ""


@dataclass(frozen=True)
class View:
    """What the VPC's resolver goes by."""

    zones: Sequence[HostedZone]
    rules: Sequence[ForwardRule]
    read: Callable[[HostedZone], Contents]


def follow(name: str, view: View) -> tuple[Branch, ...]:
    """Every way the name leads, through CNAME and alias records; all values of weighted and the like are taken."""
    return tuple(dict.fromkeys(_follow(name, view, FAMILIES, (), frozenset())))


def _follow(
    name: str, view: View, families: tuple[str, ...], trail: tuple[str, ...], seen: frozenset[str]
) -> Iterator[Branch]:
    if name in seen:
        yield Branch(Ending.LOOP, name, detail=f"{name} leads back to itself", trail=trail)
        return
    decider = _decider(name, view)
    if decider is None:
        yield Branch(Ending.PUBLIC, name, trail=trail)
    elif isinstance(decider, ForwardRule):
        forwarded = f"{decider} forwards {name} to {', '.join(decider.targets) or 'other name servers'}"
        yield Branch(Ending.FORWARDED, name, decider.id, decider.domain, forwarded, trail)
    else:
        contents = view.read(decider)
        if contents.unreadable:
            yield Branch(Ending.UNREADABLE, name, decider.id, decider.name, contents.unreadable, trail)
        else:
            yield from _answer(name, decider, contents.records, view, families, trail, seen | {name})


def _decider(name: str, view: View) -> ForwardRule | HostedZone | None:
    """The most specific match; a rule that is not about forwarding leaves the name to the zones."""
    rules = [rule for rule in view.rules if covers(rule.domain, name)]
    zones = [zone for zone in view.zones if covers(zone.name, name)]
    rule = max(rules, key=lambda one: len(one.domain), default=None)
    zone = max(zones, key=lambda one: len(one.name), default=None)
    if rule and rule.kind == "FORWARD" and (zone is None or len(rule.domain) >= len(zone.name)):
        return rule
    return zone


def _answer(
    name: str,
    zone: HostedZone,
    records: Sequence[Record],
    view: View,
    families: tuple[str, ...],
    trail: tuple[str, ...],
    seen: frozenset[str],
) -> Iterator[Branch]:
    owned = records_for(name, records)
    if owned is None:
        yield Branch(Ending.NO_NAME, name, zone.id, zone.name, f"{zone} has no record for {name}", trail)
        return
    useful = [record for record in owned if record.type in (*families, "CNAME")]
    if not useful and "A" in families:
        yield Branch(Ending.NO_ADDRESS, name, zone.id, zone.name, f"{zone} has no address record for {name}", trail)
    for record in useful:
        targets = (record.alias,) if record.alias else record.values
        wanted = families if record.type == "CNAME" else (record.type,)
        for target in targets:
            if record.alias or record.type == "CNAME":
                kind = "alias" if record.alias else "CNAME"
                step = f"{record.name} {kind} {target} in {zone.id}"
                yield from _follow(target, view, wanted, (*trail, step), seen)
            else:
                yield Branch(Ending.ADDRESS, name, zone.id, zone.name, target, trail, record.choice)


def records_for(name: str, records: Sequence[Record]) -> list[Record] | None:
    """The records that answer for a name in one zone, wildcards considered; None means that the name does not exist.

    The name's own records come first, even if of no use; a wildcard answers only below the closest name that exists
    (RFC 4592, 3.3.1).
    """
    exact = [record for record in records if record.name == name]
    if exact or _exists(name, records):
        return exact
    encloser = name.partition(".")[2]
    while encloser and not _exists(encloser, records):
        encloser = encloser.partition(".")[2]
    wild = [record for record in records if record.name == f"*.{encloser}"]
    return wild or None


def _exists(name: str, records: Sequence[Record]) -> bool:
    """A name exists if it has a record or lies above one that has (RFC 4592, 2.2.2)."""
    return any(covers(name, record.name) for record in records)

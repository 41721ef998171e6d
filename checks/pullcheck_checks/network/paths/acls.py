"""Network ACLs: which packets of a set a numbered list of rules lets through (R18-R27)."""

from dataclasses import dataclass

from pullcheck.evidence.network_rows import AclEntry, NetworkAcl
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.spans import (
    EVERY_PORT,
    Box,
    Boxes,
    boxes_common,
    boxes_without,
    span_of,
)

LAST = 32767
"""The number of the rule that denies what no other rule decides; its number stands even where the data lacks it."""
NUMBERS = {"tcp": "6", "udp": "17"}
"""Entries name protocols by IANA's numbers."""
NAMES = {number: name for name, number in NUMBERS.items()}


@dataclass(frozen=True)
class Passage:
    """What gets through. ``decided`` are the rules that let something through, in words.

    ``denier`` is the explicit deny that comes before a rule which would have let its packets through; ``before`` is the
    number that a new rule must stay below to be the one that decides.
    """

    passes: Boxes
    decided: tuple[str, ...]
    denier: AclEntry | None
    before: int


def passage(index: Index, acl: NetworkAcl, egress: bool, wanted: Boxes, protocol: str = "tcp") -> Passage:
    """Judges packets by the remote address (their source on the way in) and the destination port."""
    number = NUMBERS[protocol]
    return index.once(("passage", acl.id, egress, wanted, number), lambda: _passage(acl, egress, wanted, number))


def _passage(acl: NetworkAcl, egress: bool, wanted: Boxes, protocol: str) -> Passage:
    entries = sorted((entry for entry in acl.entries if entry.egress == egress), key=lambda entry: entry.number)
    left = wanted
    passes: Boxes = ()
    decided: list[str] = []
    denied: list[tuple[AclEntry, Boxes]] = []
    for entry in entries:
        box = _box(entry, protocol)
        taken = boxes_common(left, (box,)) if box else ()
        if not taken or not box:
            continue
        left = boxes_without(left, (box,))
        if entry.allow:
            passes += taken
            decided.append(in_words(entry))
        else:
            denied.append((entry, taken))
    allows = [(entry.number, box) for entry in entries if entry.allow and (box := _box(entry, protocol))]
    deniers = [
        entry
        for entry, taken in denied
        if any(number > entry.number and boxes_common(taken, (box,)) for number, box in allows)
    ]
    return Passage(
        passes,
        tuple(decided),
        deniers[0] if deniers else None,
        min((entry.number for entry, _ in denied), default=LAST),
    )


def _box(entry: AclEntry, protocol: str) -> Box | None:
    """The packets of the protocol, over IPv4, that the rule speaks of (R20)."""
    span = span_of(entry.cidr) if entry.cidr else None
    if span is None or entry.protocol not in ("-1", protocol):
        return None
    if entry.protocol == "-1" or entry.from_port is None or entry.to_port is None:
        return span, EVERY_PORT
    return span, (entry.from_port, entry.to_port)


def in_words(entry: AclEntry) -> str:
    """E.g. "rule 100 allow tcp 443 from 10.0.1.0/24"."""
    protocol = NAMES.get(entry.protocol, entry.protocol)
    service = "all traffic" if entry.protocol == "-1" else protocol
    if entry.protocol != "-1" and entry.from_port is not None and (entry.from_port, entry.to_port) != EVERY_PORT:
        last = "" if entry.to_port == entry.from_port else f"-{entry.to_port}"
        service = f"{protocol} {entry.from_port}{last}"
    way = "to" if entry.egress else "from"
    return f"rule {entry.number} {'allow' if entry.allow else 'deny'} {service} {way} {entry.cidr}"

"""Security groups: which addresses on the other side their rules admit (R7-R17)."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from pullcheck import Unavailable
from pullcheck.evidence.network_rows import GroupReference, GroupRule
from pullcheck_checks.network.index import Index
from pullcheck_checks.network.spans import PRIVATE, Span, Spans, common, merged, span_of, without


class Gap(StrEnum):
    """Why no rule admits the other side."""

    NO_RULE = "no rule"
    OTHER_PORT = "a rule for port 443 alone"
    IPV6_ONLY = "rules for IPv6 alone"
    PREFIX_LIST = "a prefix list without it"
    STALE_REFERENCE = "a reference to a group behind a peering that is gone"
    REFERENCE_LOST = "a reference to a group, which does not match behind a public address"
    TRANSIT_REFERENCE = "a reference to a group, which does not match over a transit gateway"


@dataclass(frozen=True)
class Peer:
    """The other side: its addresses, and the groups by which AWS knows it there.

    ``groups_doubt`` says why these cannot be known; ``anonymous`` holds groups that it has, but that AWS does not see
    on this path (R10), because it leads ``over_transit`` or by a public address. ``name`` is for people.
    """

    name: str
    addresses: Spans
    group_ids: frozenset[str] = frozenset()
    groups_doubt: str = ""
    anonymous: frozenset[str] = frozenset()
    over_transit: bool = False


@dataclass(frozen=True)
class Admission:
    """The addresses that are let through, and by which rules; ``doubts`` are rules that may let through more."""

    admitted: Spans
    rules: tuple[str, ...]
    group_ids: tuple[str, ...]
    doubts: tuple[str, ...]


@dataclass(frozen=True)
class _Rules:
    """The rules of one group in one direction that are for one TCP port, ready for comparing."""

    rules: tuple[GroupRule, ...]
    spans: tuple[tuple[Span, GroupRule, str], ...]
    lists: tuple[tuple[str, GroupRule], ...]
    references: tuple[tuple[GroupReference, GroupRule], ...]


def admission(index: Index, group_ids: tuple[str, ...], egress: bool, port: int, peer: Peer) -> Admission:
    """What the union of the groups lets through on a TCP port; an interface without groups is not filtered."""
    if not group_ids:
        return Admission(peer.addresses, ("no security group filters it",), (), ())
    key = ("admission", group_ids, egress, port, peer)
    return index.once(key, lambda: _admission(index, group_ids, egress, port, peer))


def _admission(index: Index, group_ids: tuple[str, ...], egress: bool, port: int, peer: Peer) -> Admission:
    left = peer.addresses
    rules: list[str] = []
    used: list[str] = []
    doubts: list[str] = []
    for name in group_ids:
        for spans, text in _offers(index, name, egress, port, peer, doubts):
            if common(left, spans):
                left = without(left, spans)
                rules.append(text)
                used.append(name)
            if not left:
                return Admission(peer.addresses, tuple(rules), tuple(dict.fromkeys(used)), ())
    return Admission(without(peer.addresses, left), tuple(rules), tuple(dict.fromkeys(used)), tuple(doubts))


def _offers(
    index: Index, name: str, egress: bool, port: int, peer: Peer, doubts: list[str]
) -> Iterator[tuple[Spans, str]]:
    """What one group's rules let through of the peer, each with its rule in words; what cannot be known is a doubt."""
    rules = rules_for(index, name, egress, port)
    if isinstance(rules, Unavailable):
        doubts.append(rules.because)
        return
    words = partial(_words, egress)
    first, last = peer.addresses[0][0], peer.addresses[-1][1]
    for (low, high), rule, cidr in rules.spans:
        if low <= last and first <= high:
            yield ((low, high),), words(rule, cidr)
    for reference, rule in rules.references:
        if reference.peering_status not in ("", "active"):
            continue
        if reference.group_id in peer.group_ids:
            yield peer.addresses, words(rule, reference.group_id)
        elif peer.groups_doubt:
            doubts.append(f"{name} {words(rule, reference.group_id)}, and {peer.groups_doubt}")
    for prefix_list, rule in rules.lists:
        entries = index.entries(prefix_list)
        if isinstance(entries, Unavailable):
            doubts.append(f"{name} {words(rule, prefix_list)}, and {entries.because}")
        else:
            yield entries, words(rule, prefix_list)


def _words(egress: bool, rule: GroupRule, peer: str) -> str:
    return f"allows {_service(rule)} {'to' if egress else 'from'} {peer}"


def _service(rule: GroupRule) -> str:
    if rule.protocol not in ("tcp", "6"):
        return "all traffic"
    if rule.from_port is None or (rule.from_port, rule.to_port) == (0, 65535):
        return "tcp"
    return f"tcp {rule.from_port}" if rule.from_port == rule.to_port else f"tcp {rule.from_port}-{rule.to_port}"


def is_for(rule: GroupRule, port: int) -> bool:
    """Whether the rule is for this TCP port (R9)."""
    if rule.protocol == "-1":
        return True
    if rule.protocol not in ("tcp", "6"):
        return False
    first, last = rule.from_port, rule.to_port
    if first is None or last is None or -1 in (first, last):
        return True
    return first <= port <= last


def rules_for(index: Index, name: str, egress: bool, port: int) -> _Rules | Unavailable:
    """The group's rules for the port, as intervals."""
    return index.once(("rules", name, egress, port), lambda: _rules(index, name, egress, port))


def _rules(index: Index, name: str, egress: bool, port: int) -> _Rules | Unavailable:
    group = index.group(name)
    if isinstance(group, Unavailable):
        return group
    rules = tuple(rule for rule in (group.egress if egress else group.ingress) if is_for(rule, port))
    return _Rules(
        rules,
        tuple((span, rule, cidr) for rule in rules for cidr in rule.cidrs if (span := span_of(cidr))),
        tuple((name, rule) for rule in rules for name in rule.prefix_list_ids),
        tuple((reference, rule) for rule in rules for reference in rule.groups),
    )


def gap(index: Index, group_ids: tuple[str, ...], egress: bool, port: int, peer: Peer) -> Gap:
    """What comes nearest to a rule that would admit the peer."""
    return index.once(("gap", group_ids, egress, port, peer), lambda: _gap(index, group_ids, egress, port, peer))


def _gap(index: Index, group_ids: tuple[str, ...], egress: bool, port: int, peer: Peer) -> Gap:
    found = [rules_for(index, name, egress, port) for name in group_ids]
    rules = [rule for one in found if not isinstance(one, Unavailable) for rule in one.rules]
    if any(reference.group_id in peer.anonymous for rule in rules for reference in rule.groups):
        return Gap.TRANSIT_REFERENCE if peer.over_transit else Gap.REFERENCE_LOST
    if any(reference.peering_status not in ("", "active") for rule in rules for reference in rule.groups):
        return Gap.STALE_REFERENCE
    named = [index.entries(name) for rule in rules for name in rule.prefix_list_ids]
    private = common(merged(peer.addresses), PRIVATE)
    if private and any(not isinstance(entries, Unavailable) and common(entries, PRIVATE) for entries in named):
        return Gap.PREFIX_LIST
    if rules and all(rule.ipv6_cidrs and not (rule.cidrs or rule.prefix_list_ids or rule.groups) for rule in rules):
        return Gap.IPV6_ONLY
    if port != 443 and admission(index, group_ids, egress, 443, peer).admitted:
        return Gap.OTHER_PORT
    return Gap.NO_RULE

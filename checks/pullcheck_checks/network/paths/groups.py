"""Security groups: which addresses on the other side their rules admit (R7-R17)."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import accumulate
from operator import itemgetter

from pullcheck import Unavailable
from pullcheck.evidence.network_rows import GroupReference, GroupRule
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.spans import PRIVATE, Span, Spans, common, merged, span_of, without
from pullcheck_checks.network.paths.steps import Service

FORMS = {"tcp": ("tcp", "6"), "udp": ("udp", "17")}
"""How rules may name a protocol."""
HTTPS = Service("tcp", (443, 443))


class Gap(StrEnum):
    """Why no rule admits the other side."""

    NO_RULE = "no rule"
    OTHER_PORT = "a rule for port 443 alone"
    IPV6_ONLY = "rules for IPv6 alone"
    PREFIX_LIST = "a prefix list without it"
    STALE_REFERENCE = "a reference to a group behind a peering that is gone"
    REFERENCE_LOST = "a reference to a group, which does not match behind a public address"
    TRANSIT_REFERENCE = "a reference to a group, which does not match over a transit gateway"
    BALANCED_REFERENCE = "a reference to a group, which does not match behind a load balancer"
    REGION_REFERENCE = "a reference to a group, which does not match over a peering between Regions"
    MIDDLEBOX_REFERENCE = "a reference to a group, which does not match behind an appliance"
    ACCOUNT_REFERENCE = "a reference to a group of that name in another account"


@dataclass(frozen=True)
class Peer:
    """The other side: its addresses, and the groups by which AWS knows it there.

    ``groups_doubt`` says why these cannot be known; ``anonymous`` holds groups that it has, but that AWS does not see
    on this path (R10), and ``lost`` says why. ``name`` is for people.
    """

    name: str
    addresses: Spans
    group_ids: frozenset[str] = frozenset()
    groups_doubt: str = ""
    anonymous: frozenset[str] = frozenset()
    lost: Gap = Gap.REFERENCE_LOST


@dataclass(frozen=True)
class Admission:
    """The addresses that are let through, and by which rules; ``doubts`` are rules that may let through more."""

    admitted: Spans
    rules: tuple[str, ...]
    group_ids: tuple[str, ...]
    doubts: tuple[str, ...]


class _Ranges:
    """The address ranges of rules, found by address without looking at all of them."""

    def __init__(self, rules: tuple[GroupRule, ...]) -> None:
        found = ((span, rule, cidr) for rule in rules for cidr in rule.cidrs if (span := span_of(cidr)))
        ranges = sorted(enumerate(found), key=lambda one: one[1][0])
        self._ranges = ranges
        self._starts = [span[0] for _, (span, _, _) in ranges]
        self._ends = list(accumulate((span[1] for _, (span, _, _) in ranges), max))

    def at(self, first: int, last: int) -> list[tuple[Span, GroupRule, str]]:
        """Those that have any of the addresses from the first to the last, in the order of the rules."""
        begin, end = bisect_left(self._ends, first), bisect_right(self._starts, last)
        return [one for _, one in sorted(self._ranges[begin:end], key=itemgetter(0)) if one[0][1] >= first]


@dataclass(frozen=True)
class _Rules:
    """Of ``all`` rules of one group in one direction those that are for one port, ready for comparing."""

    all: tuple[GroupRule, ...]
    rules: tuple[GroupRule, ...]
    ranges: tuple[_Ranges, ...]
    lists: tuple[tuple[str, GroupRule], ...]
    references: tuple[tuple[GroupReference, GroupRule], ...]

    def with_more(self, more: "_Rules") -> "_Rules":
        """These, then the others: a group that was given a rule is not compared from the start."""
        return _Rules(
            self.all + more.all,
            self.rules + more.rules,
            self.ranges + more.ranges,
            self.lists + more.lists,
            self.references + more.references,
        )


def admission(index: Index, group_ids: tuple[str, ...], egress: bool, service: Service, peer: Peer) -> Admission:
    """What the union of the groups lets through to a port; an interface without groups is not filtered."""
    if not group_ids:
        return Admission(peer.addresses, ("no security group filters it",), (), ())
    key = ("admission", group_ids, egress, service, peer)
    return index.once(key, lambda: _admission(index, group_ids, egress, service, peer))


def _admission(index: Index, group_ids: tuple[str, ...], egress: bool, service: Service, peer: Peer) -> Admission:
    left = peer.addresses
    rules: list[str] = []
    used: list[str] = []
    doubts: list[str] = []
    for name in group_ids:
        for spans, text in _offers(index, name, egress, service, peer, doubts):
            if common(left, spans):
                left = without(left, spans)
                rules.append(text)
                used.append(name)
            if not left:
                return Admission(peer.addresses, tuple(rules), tuple(dict.fromkeys(used)), ())
    return Admission(without(peer.addresses, left), tuple(rules), tuple(dict.fromkeys(used)), tuple(doubts))


def _offers(
    index: Index, name: str, egress: bool, service: Service, peer: Peer, doubts: list[str]
) -> Iterator[tuple[Spans, str]]:
    """What one group's rules let through of the peer, each with its rule in words; what cannot be known is a doubt."""
    rules = rules_for(index, name, egress, service)
    if isinstance(rules, Unavailable):
        doubts.append(rules.because)
        return
    words = partial(_words, egress)
    first, last = peer.addresses[0][0], peer.addresses[-1][1]
    for span, rule, cidr in (one for ranges in rules.ranges for one in ranges.at(first, last)):
        yield (span,), words(rule, cidr)
    for reference, rule in rules.references:
        if reference.peering_status not in ("", "active"):
            continue
        if reference.group_id in peer.group_ids and not _is_anothers(index, reference):
            yield peer.addresses, words(rule, reference.group_id)
        elif peer.groups_doubt:
            doubts.append(f"{name} {words(rule, reference.group_id)}, and {peer.groups_doubt}")
    for prefix_list, rule in rules.lists:
        entries = index.entries(prefix_list)
        if isinstance(entries, Unavailable):
            doubts.append(f"{name} {words(rule, prefix_list)}, and {entries.because}")
        else:
            yield entries, words(rule, prefix_list)


def _is_anothers(index: Index, reference: GroupReference) -> bool:
    """Whether the rule means a group of another account than that which owns the group."""
    group = index.group(reference.group_id)
    return not isinstance(group, Unavailable) and bool(group.owner and reference.owner not in ("", group.owner))


def _words(egress: bool, rule: GroupRule, peer: str) -> str:
    return f"allows {_service(rule)} {'to' if egress else 'from'} {peer}"


def _service(rule: GroupRule) -> str:
    protocol = next((name for name, forms in FORMS.items() if rule.protocol in forms), None)
    if protocol is None:
        return "all traffic"
    if rule.from_port is None or rule.to_port is None or (rule.from_port, rule.to_port) == (0, 65535):
        return protocol
    return str(Service(protocol, (rule.from_port, rule.to_port)))


def is_for(rule: GroupRule, service: Service) -> bool:
    """Whether the rule is for this protocol and port (R9)."""
    if rule.protocol == "-1":
        return True
    if rule.protocol not in FORMS[service.protocol]:
        return False
    first, last = rule.from_port, rule.to_port
    if first is None or last is None or -1 in (first, last):
        return True
    return first <= service.ports[0] <= last


def rules_for(index: Index, name: str, egress: bool, service: Service) -> _Rules | Unavailable:
    """The group's rules for the port, as intervals."""
    return index.once(("rules", name, egress, service), lambda: _rules(index, name, egress, service))


def _rules(index: Index, name: str, egress: bool, service: Service) -> _Rules | Unavailable:
    group = index.group(name)
    if isinstance(group, Unavailable):
        return group
    rules = group.egress if egress else group.ingress
    earlier = index.before(("rules", name, egress, service))
    if isinstance(earlier, _Rules) and rules[: len(earlier.all)] == earlier.all:
        return earlier.with_more(_compared(rules[len(earlier.all) :], service))
    return _compared(rules, service)


def _compared(described: tuple[GroupRule, ...], service: Service) -> _Rules:
    rules = tuple(rule for rule in described if is_for(rule, service))
    return _Rules(
        described,
        rules,
        (_Ranges(rules),),
        tuple((name, rule) for rule in rules for name in rule.prefix_list_ids),
        tuple((reference, rule) for rule in rules for reference in rule.groups),
    )


def admits_groups_alone(index: Index, group_ids: tuple[str, ...], service: Service) -> bool:
    """Whether there are ingress rules for the port, and all of them name groups and nothing else."""
    found = [rules_for(index, name, False, service) for name in group_ids]
    rules = [rule for one in found if not isinstance(one, Unavailable) for rule in one.rules]
    return bool(rules) and all(rule.groups and not (rule.cidrs or rule.prefix_list_ids) for rule in rules)


def gap(index: Index, group_ids: tuple[str, ...], egress: bool, service: Service, peer: Peer) -> Gap:
    """What comes nearest to a rule that would admit the peer."""
    return index.once(("gap", group_ids, egress, service, peer), lambda: _gap(index, group_ids, egress, service, peer))


def _gap(index: Index, group_ids: tuple[str, ...], egress: bool, service: Service, peer: Peer) -> Gap:
    found = [rules_for(index, name, egress, service) for name in group_ids]
    rules = [rule for one in found if not isinstance(one, Unavailable) for rule in one.rules]
    references = [reference for rule in rules for reference in rule.groups]
    if any(reference.group_id in peer.anonymous for reference in references):
        return peer.lost
    if any(reference.peering_status not in ("", "active") for reference in references):
        return Gap.STALE_REFERENCE
    if any(reference.group_id in peer.group_ids for reference in references):
        return Gap.ACCOUNT_REFERENCE
    named = [index.entries(name) for rule in rules for name in rule.prefix_list_ids]
    private = common(merged(peer.addresses), PRIVATE)
    if private and any(not isinstance(entries, Unavailable) and common(entries, PRIVATE) for entries in named):
        return Gap.PREFIX_LIST
    if rules and all(rule.ipv6_cidrs and not (rule.cidrs or rule.prefix_list_ids or rule.groups) for rule in rules):
        return Gap.IPV6_ONLY
    if service != HTTPS and admission(index, group_ids, egress, HTTPS, peer).admitted:
        return Gap.OTHER_PORT
    return Gap.NO_RULE

"""Security groups and network ACLs as packet filters of the kernel, written from the rows of EC2's describe calls."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
Members = Callable[[Row, bool], Sequence[str]]
"""The private addresses that a reference to a group stands for, in a rule for ingress or not."""
PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}


def groups_as_filter(groups: Iterable[Row], members: Members, lists: Mapping[str, Sequence[str]]) -> list[str]:
    """At an interface: what a rule of any group allows is let through, and everything that answers it."""
    lines = ["table inet groups {"]
    groups = list(groups)
    for hook, table, side in (("input", "IpPermissions", "saddr"), ("output", "IpPermissionsEgress", "daddr")):
        lines += [
            f"chain {hook} {{",
            f"type filter hook {hook} priority 0; policy drop;",
            "ct state established accept",
        ]
        for rule in (rule for group in groups for rule in group.get(table, ())):
            traffic = _traffic(rule["IpProtocol"], rule.get("FromPort"), rule.get("ToPort"))
            peers = _peers(rule, members, hook == "input", lists)
            lines += [f"{family} {side} {peer} {traffic} accept" for family, peer in peers]
        lines.append("}")
    return [*lines, "}"]


def _peers(rule: Row, members: Members, ingress: bool, lists: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    yield from (("ip", one["CidrIp"]) for one in rule.get("IpRanges", ()))
    yield from (("ip6", one["CidrIpv6"]) for one in rule.get("Ipv6Ranges", ()))
    yield from (("ip", cidr) for one in rule.get("PrefixListIds", ()) for cidr in lists[one["PrefixListId"]])
    yield from (("ip", address) for pair in rule.get("UserIdGroupPairs", ()) for address in members(pair, ingress))


def _traffic(protocol: str, first: int | None, last: int | None) -> str:
    name = PROTOCOLS.get(protocol, protocol)
    if name == "-1":
        return ""
    if name not in ("tcp", "udp") or first in (None, -1):
        return f"meta l4proto {name}"
    return f"{name} dport {first}-{last}" if first != last else f"{name} dport {first}"


def acls_as_filter(subnets: Iterable[tuple[str, Row]]) -> list[str]:
    """At a router: the ACL of each subnet, by the device that the subnet is. It keeps no track of connections."""
    chains: list[str] = []
    passing: list[str] = []
    for device, acl in subnets:
        for way, egress, side in (("from", True, "daddr"), ("to", False, "saddr")):
            entries = sorted(
                (entry for entry in acl["Entries"] if entry["Egress"] == egress), key=lambda entry: entry["RuleNumber"]
            )
            rules = [rule for entry in entries for rule in _entry(entry, side)]
            chains += [f"chain {way}_{device} {{", *rules, "drop", "}"]
            passing.append(f"{'iifname' if egress else 'oifname'} {device} jump {way}_{device}")
    tracking = ["chain track {", "type filter hook prerouting priority -300;", "notrack", "}"]
    leaving = [rule for rule in passing if rule.startswith("iif")]
    entering = [rule for rule in passing if rule.startswith("oif")]
    forward = ["chain forward {", "type filter hook forward priority 0; policy accept;", *leaving, *entering, "}"]
    return ["table ip acls {", *chains, *tracking, *forward, "}"]


def _entry(entry: Row, side: str) -> Iterator[str]:
    """``return`` lets it go on to the next subnet's ACL."""
    if "CidrBlock" in entry:
        ports = entry.get("PortRange", {})
        traffic = _traffic(entry["Protocol"], ports.get("From"), ports.get("To"))
        yield f"ip {side} {entry['CidrBlock']} {traffic} {'return' if entry['RuleAction'] == 'allow' else 'drop'}"


def nat_as_filter(address: str) -> list[str]:
    """A NAT gateway: what it sends on comes from its own address, and answers find their way back."""
    return [
        "table ip nat {",
        "chain leaving {",
        "type nat hook postrouting priority 100;",
        f"meta l4proto tcp ip saddr != {address} snat to {address}:1024-65535",
        "}",
        "}",
    ]


def gateway_as_filter(inside: str, public: Mapping[str, str]) -> list[str]:
    """An internet gateway: private addresses that have a public one are translated, others do not pass."""
    ours = ", ".join(f"{private} : {address}" for private, address in public.items())
    theirs = ", ".join(f"{address} : {private}" for private, address in public.items())
    known = f"ip saddr != {{ {', '.join(public)} }}" if public else ""
    translated = ["chain arriving {", "type nat hook prerouting priority -100;", f"dnat to ip daddr map {{ {theirs} }}"]
    translated += ["}", "chain leaving {", "type nat hook postrouting priority 100;"]
    translated += [f"snat to ip saddr map {{ {ours} }}", "}"]
    return [
        "table ip gateway {",
        "chain forward {",
        "type filter hook forward priority 0; policy accept;",
        f"iifname {inside} {known} drop",
        "}",
        *(translated if public else ()),
        "}",
    ]

"""The way of a name through the VPC's resolver, as the hops of a path, and what has to be said beside it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pullcheck.evidence.branches import Branch, Ending
from pullcheck.evidence.dns import PrivateZones, covers
from pullcheck.evidence.vpc import DnsAttributes, NameServers
from pullcheck.missing import Unavailable
from pullcheck.verdict import Direction, Hop, HopVerdict, Status, Verdict

ENDS = {
    Ending.ADDRESS: HopVerdict.PASS,
    Ending.PUBLIC: HopVerdict.PASS,
    Ending.UNREADABLE: HopVerdict.UNKNOWN,
    Ending.FORWARDED: HopVerdict.UNKNOWN,
}


def hops(
    branches: Iterable[Branch],
    attributes: DnsAttributes | Unavailable,
    servers: NameServers | Unavailable,
    zones: PrivateZones | Unavailable,
) -> tuple[Hop, ...]:
    """The servers that are asked, the VPC's switches, then every record, zone or rule that decides."""
    found = [*_servers(servers), *_switches(attributes)]
    for branch in branches:
        found += (_record(step) for step in branch.trail)
        found.append(_end(branch, zones))
    return tuple(dict.fromkeys(found))


def _hop(kind: str, resource: str, rule: str, verdict: HopVerdict = HopVerdict.PASS) -> Hop:
    return Hop(kind, resource, Direction.FORWARD, verdict, rule)


def _servers(servers: NameServers | Unavailable) -> Iterator[Hop]:
    if isinstance(servers, NameServers):
        verdict = HopVerdict.PASS if servers.are_amazons else HopVerdict.UNKNOWN
        named = ", ".join(servers.servers) or "no server"
        yield _hop("dhcp-options", servers.options_id, f"domain-name-servers {named}", verdict)


def _switches(attributes: DnsAttributes | Unavailable) -> Iterator[Hop]:
    if isinstance(attributes, DnsAttributes):
        state = {True: "on", False: "off"}
        rule = f"enableDnsSupport {state[attributes.support]}, enableDnsHostnames {state[attributes.hostnames]}"
        yield _hop("vpc", attributes.vpc_id, rule, HopVerdict.PASS if attributes.support else HopVerdict.BLOCK)


def _record(step: str) -> Hop:
    """A line of a trail: ``a.example.com CNAME b.example.com in Z1``."""
    rule, _, zone = step.rpartition(" in ")
    return _hop("private-zone", zone, rule)


def _end(branch: Branch, zones: PrivateZones | Unavailable) -> Hop:
    verdict = ENDS.get(branch.ending, HopVerdict.BLOCK)
    if branch.ending is Ending.PUBLIC:
        return _hop("public-dns", branch.name, "no rule and no zone of the VPC covers the name")
    if branch.ending is Ending.FORWARDED:
        return _hop("resolver-rule", branch.source, branch.detail, verdict)
    said = f"{branch.name} is {branch.detail}" if branch.ending is Ending.ADDRESS else branch.detail
    choice = f" ({branch.choice})" if branch.choice else ""
    return _hop("private-zone", branch.source, f"{branch.domain}: {said}{choice}{_before(branch, zones)}", verdict)


def _before(branch: Branch, zones: PrivateZones | Unavailable) -> str:
    """The zones that cover the name too, and are not asked because their names are shorter."""
    listed = () if isinstance(zones, Unavailable) else zones.zones
    others = [zone for zone in listed if covers(zone.name, branch.name) and zone.id != branch.source]
    names = ", ".join(f"{zone.id} ({zone.name})" for zone in others)
    return f"; asked before {names}, whose name matches less of it" if names and branch.domain else ""


def with_way(
    verdicts: Iterable[Verdict], way: tuple[Hop, ...], branches: Sequence[Branch], zones: PrivateZones | Unavailable
) -> Iterator[Verdict]:
    """What holds or is in doubt gets the way of the name; what holds, the remarks too."""
    said = "".join(f"; {remark}" for remark in _remarks(branches, zones))
    for verdict in verdicts:
        if verdict.status is Status.PASS:
            yield replace(verdict, because=verdict.because + said, path=way)
        else:
            yield replace(verdict, path=way) if verdict.status is Status.UNKNOWN else verdict


def _remarks(branches: Sequence[Branch], zones: PrivateZones | Unavailable) -> Iterator[str]:
    chosen = [f"{branch.detail} ({branch.choice})" for branch in branches if branch.choice]
    if chosen:
        yield f"Route 53 chooses among {', '.join(chosen)}, and every one counts here"
    if isinstance(zones, PrivateZones) and zones.unseen:
        yield zones.unseen

"""What the VPC's own data says against the registry's name, with certainty."""

from collections.abc import Iterator, Sequence
from ipaddress import ip_address

from pullcheck.evidence.branches import Branch, Ending
from pullcheck.evidence.dns import PrivateZones, RegistryAnswer, RegistryLookup, ZonesElsewhere
from pullcheck.evidence.vpc import DnsAttributes, NameServers
from pullcheck.missing import Unavailable
from pullcheck.verdict import Cause, Fix, Severity, Verdict, failed
from pullcheck_checks.dns import causes
from pullcheck_checks.dns.commands import associate, put_record, turn_on

NO = (Ending.NO_NAME, Ending.NO_ADDRESS, Ending.LOOP)


def refusals(
    attributes: DnsAttributes | Unavailable,
    servers: NameServers | Unavailable,
    lookup: RegistryLookup | Unavailable,
    zones: PrivateZones | Unavailable,
    elsewhere: ZonesElsewhere | Unavailable,
    live: RegistryAnswer | Unavailable,
    known: Sequence[str],
) -> Iterator[Verdict]:
    """Failures that only Amazon's resolver and the VPC's zones make; nothing where other servers are asked.

    ``known`` are addresses of the registry from elsewhere, for a record that is missing.
    """
    if isinstance(servers, Unavailable) or not servers.are_amazons or isinstance(attributes, Unavailable):
        return
    if not attributes.support:
        yield _without_resolver(attributes, lookup)
    elif isinstance(lookup, Unavailable):
        return
    elif any(branch.through_zones for branch in lookup.branches):
        if not attributes.hostnames:
            yield _without_zones(attributes, lookup)
        yield from _dead_ends(lookup, live, known)
    elif isinstance(zones, PrivateZones) and isinstance(elsewhere, ZonesElsewhere):
        yield from _unassociated(lookup.name, attributes, zones, elsewhere, live)


def _without_resolver(attributes: DnsAttributes, lookup: RegistryLookup | Unavailable) -> Verdict:
    name = "the registry's name" if isinstance(lookup, Unavailable) else lookup.name
    because = f"enableDnsSupport is off in {attributes.vpc_id}, so {name} has no resolver to ask there"
    fix = Fix(f"turn on the DNS attributes of {attributes.vpc_id}", turn_on(attributes))
    return failed(name, because, causes.SUPPORT_DISABLED, fix, resources=[attributes.vpc_id])


def _without_zones(attributes: DnsAttributes, lookup: RegistryLookup) -> Verdict:
    say = ", ".join(f"{branch.source or 'public DNS'} says {branch}" for branch in lookup.branches)
    because = f"enableDnsHostnames is off in {attributes.vpc_id}, so its private zones are not asked: {say}"
    fix = Fix(f"turn on enableDnsHostnames of {attributes.vpc_id}", turn_on(attributes))
    sources = (branch.source for branch in lookup.branches if branch.source)
    return failed(lookup.name, because, causes.HOSTNAMES_DISABLED, fix, resources=[attributes.vpc_id, *sources])


def _dead_ends(lookup: RegistryLookup, live: RegistryAnswer | Unavailable, known: Sequence[str]) -> Iterator[Verdict]:
    for branch in lookup.branches:
        if branch.ending not in NO:
            continue
        share = f"; so end {sum(one.ending in NO for one in lookup.branches)} of {len(lookup.branches)} answers"
        because = str(branch) + (share if len(lookup.branches) > 1 else "")
        cause, addresses = _why(branch, lookup, live, known)
        commands = put_record(branch.source, branch.name, addresses) if branch.source else ()
        yield failed(
            lookup.name, because, cause, _with_record(branch, commands), resources=filter(None, [branch.source])
        )


def _why(
    branch: Branch, lookup: RegistryLookup, live: RegistryAnswer | Unavailable, known: Sequence[str]
) -> tuple[Cause, Sequence[str]]:
    """The cause, and the addresses that a record in the deciding zone should have."""
    if branch.trail or branch.ending is Ending.LOOP:
        return causes.CNAME_TARGET, ()
    hidden = [one.detail for one in lookup.overshadowed if one.ending is Ending.ADDRESS]
    if hidden:
        return causes.MORE_SPECIFIC_WINS, hidden
    answer = None if isinstance(live, Unavailable) or live.inside else live.to(branch.name)
    public = answer.addresses if answer and all(ip_address(one).is_global for one in answer.addresses) else ()
    return causes.ZONE_SHADOWS, known or public


def _with_record(branch: Branch, commands: tuple[str, ...]) -> Fix:
    if branch.ending is Ending.LOOP:
        return Fix(f"break the circle of records at {branch.name}")
    summary = f"give {branch.name} an A record in zone {branch.source}"
    return Fix(summary if commands else f"{summary}, with the registry's address", commands)


def _unassociated(
    name: str,
    attributes: DnsAttributes,
    zones: PrivateZones,
    elsewhere: ZonesElsewhere,
    live: RegistryAnswer | Unavailable,
) -> Iterator[Verdict]:
    """A zone that the VPC does not use counts for something only once public DNS was asked."""
    answer = None if isinstance(live, Unavailable) or live.inside else live.to(name)
    if answer is None or not elsewhere.zones:
        return
    one = max(elsewhere.zones, key=lambda found: len(found.zone.name))
    fix = Fix(f"associate {one.zone} with {zones.vpc_id}", (*turn_on(attributes), *associate(one.zone, zones)))
    resources = [zones.vpc_id, one.zone.id]
    holds = f"{one.zone} has {', '.join(one.addresses)} for {name} and is not associated with {zones.vpc_id}"
    holds += f" ({one.joined})" if one.joined else ""
    if answer.no_such_name:
        because = f"{holds}, and public DNS has no such name"
        cause = causes.NO_ZONES_OVER_TRANSIT if one.joined else causes.ZONE_NOT_ASSOCIATED
        yield failed(name, because, cause, fix, resources=resources)
    elif answer.addresses and all(ip_address(address).is_global for address in answer.addresses):
        because = f"{holds}, where public DNS answers {', '.join(answer.addresses)}"
        yield failed(name, because, causes.SPLIT_HORIZON, fix, severity=Severity.WARNING, resources=resources)

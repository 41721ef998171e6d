"""Reads what else the VPC's resolver goes by: Route 53 profiles, Resolver rules and the endpoints that forward."""

from collections.abc import Iterator
from typing import Any

from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.collect.records import plain
from pullcheck.evidence.branches import Ending
from pullcheck.evidence.dns import ForwardRule, ForwardRules, HostedZone, LambdaLookup, RegistryLookup, covers
from pullcheck.evidence.resolver import (
    DnsProfiles,
    FirewallGroup,
    OutboundEndpoint,
    OutboundSeat,
    RulesElsewhere,
    RulesInUse,
    UsedRule,
)
from pullcheck.evidence.vpc import ModelVpc
from pullcheck.missing import NotApplicable, NotObserved, Unavailable
from pullcheck.wiring import collector

IN_FORCE = ("COMPLETE", "UPDATING")
OF_PROFILES = ("route53profiles:ListProfileResourceAssociations", "route53:GetHostedZone")
LAST_PRIORITY = 65535


@collector("route53profiles:ListProfileAssociations", optional=(*OF_PROFILES, "route53resolver:ListResolverRules"))
def dns_profiles(vpc: ModelVpc, aws: Aws) -> DnsProfiles:
    """What the VPC's profiles bring. Their zones and rules are asked for only where there is a profile."""
    rows = aws.call("route53profiles", "ListProfileAssociations", ResourceId=vpc.id).get("ProfileAssociations", ())
    ids = tuple(row["ProfileId"] for row in rows if row.get("Status", IN_FORCE[0]) in IN_FORCE)
    parts = [(profile, row) for profile in ids for row in _resources(aws, profile)]
    named = [(profile, _id(row["ResourceArn"]), row) for profile, row in parts]
    rules = {one.id: one for one in resolver_rules(aws)} if any(_is(one, "rslvr-rr-") for _, one, _ in named) else {}
    return DnsProfiles(
        vpc.id,
        ids,
        zones=tuple(
            _zone(aws, one, row, profile) for profile, one, row in named if ":hostedzone/" in row["ResourceArn"]
        ),
        rules=tuple(rules.get(one, _unread(one, row)) for _, one, row in named if _is(one, "rslvr-rr-")),
        groups=tuple(
            FirewallGroup(one, _priority(row), profile) for profile, one, row in named if _is(one, "rslvr-frg-")
        ),
        endpoints=tuple(one for _, one, _ in named if _is(one, "vpce-")),
    )


def _resources(aws: Aws, profile: str) -> Iterator[dict[str, Any]]:
    answer = aws.call("route53profiles", "ListProfileResourceAssociations", ProfileId=profile)
    rows = answer.get("ProfileResourceAssociations", ())
    return (row for row in rows if row.get("Status", IN_FORCE[0]) in IN_FORCE)


def _id(arn: str) -> str:
    return arn.rpartition("/")[2]


def _is(resource: str, prefix: str) -> bool:
    return resource.startswith(prefix)


def _zone(aws: Aws, zone_id: str, row: dict[str, Any], profile: str) -> HostedZone:
    """A zone whose name cannot be read may stand for any name: it covers those that nothing else covers."""
    owner = f"{row.get('OwnerId') or 'another account'}, by profile {profile}"
    try:
        name = aws.call("route53", "GetHostedZone", Id=zone_id)["HostedZone"]["Name"]
    except (NotObserved, AwsRefusal):
        return HostedZone(zone_id, "", owner)
    return HostedZone(zone_id, plain(name), owner)


def _unread(rule_id: str, row: dict[str, Any]) -> ForwardRule:
    return ForwardRule(rule_id, "", "FORWARD", owner=row.get("OwnerId", ""))


def _priority(row: dict[str, Any]) -> int:
    """A profile keeps it in ``ResourceProperties``, which is JSON in a text."""
    import json

    try:
        return int(json.loads(row.get("ResourceProperties") or "{}")["priority"])
    except (ValueError, KeyError, TypeError):
        return LAST_PRIORITY


def resolver_rules(aws: Aws) -> tuple[ForwardRule, ...]:
    """Every Resolver rule of the account, and those shared with it."""
    return tuple(_rule(row) for row in aws.call("route53resolver", "ListResolverRules")["ResolverRules"])


def _rule(row: dict[str, Any]) -> ForwardRule:
    targets = row.get("TargetIps") or ()
    return ForwardRule(
        row["Id"],
        plain(row.get("DomainName", "")),
        row.get("RuleType", ""),
        tuple(target.get("Ip") or target.get("Ipv6") or "" for target in targets),
        tuple(int(target.get("Port") or 53) for target in targets),
        row.get("ResolverEndpointId") or "",
        row.get("OwnerId") or "",
    )


@collector(optional=("route53resolver:ListResolverEndpoints", "route53resolver:ListResolverEndpointIpAddresses"))
def rules_in_use(
    rules: ForwardRules,
    registry: RegistryLookup | Unavailable | NotApplicable,
    function: LambdaLookup | Unavailable | NotApplicable,
    aws: Aws,
) -> RulesInUse:
    """The rules that a name of the pull comes to; nothing is asked where it comes to none."""
    lookups = [one for one in (registry, function) if isinstance(one, RegistryLookup | LambdaLookup)]
    branches = [one for lookup in lookups for one in lookup.branches if one.ending is Ending.FORWARDED]
    known = {rule.id: rule for rule in rules.rules}
    used = {(one.name, one.source): known[one.source] for one in branches if one.source in known}
    endpoints = {one: _endpoint(aws, one) for one in {rule.endpoint_id for rule in used.values()}}
    return RulesInUse(
        rules.vpc_id, tuple(UsedRule(name, rule, endpoints[rule.endpoint_id]) for (name, _), rule in used.items())
    )


def _endpoint(aws: Aws, endpoint_id: str) -> OutboundEndpoint | None:
    """None where the endpoint belongs to another account, which alone sees it."""
    rows = aws.call("route53resolver", "ListResolverEndpoints")["ResolverEndpoints"]
    row = next((row for row in rows if row["Id"] == endpoint_id), None)
    if row is None:
        return None
    answer = aws.call("route53resolver", "ListResolverEndpointIpAddresses", ResolverEndpointId=endpoint_id)
    seats = (
        OutboundSeat(seat["SubnetId"], seat["Ip"], seat.get("Status", "ATTACHED"))
        for seat in answer["IpAddresses"]
        if seat.get("Ip")
    )
    return OutboundEndpoint(
        endpoint_id,
        row.get("HostVPCId", ""),
        row.get("Status", ""),
        " ".join((row.get("StatusMessage") or "").split()),
        tuple(row.get("SecurityGroupIds", ())),
        tuple(seats),
    )


@collector(optional=("route53resolver:ListResolverRules",))
def rules_elsewhere(lookup: RegistryLookup, vpc: ModelVpc, aws: Aws) -> RulesElsewhere:
    """Looked for only where no zone and no rule of the VPC covers the registry's name."""
    if not all(branch.ending is Ending.PUBLIC and branch.name == lookup.name for branch in lookup.branches):
        return RulesElsewhere(lookup.name, vpc.id)
    found = (one for one in resolver_rules(aws) if one.kind == "FORWARD" and one.domain)
    return RulesElsewhere(lookup.name, vpc.id, tuple(one for one in found if covers(one.domain, lookup.name)))


COLLECTORS = (dns_profiles, rules_in_use, rules_elsewhere)

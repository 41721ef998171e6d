"""Reads the rules of DNS Firewall that filter the VPC's queries."""

from collections.abc import Iterator
from typing import Any

from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.evidence.resolver import DnsFirewall, DnsProfiles, FirewallGroup, FirewallRule, VpcFirewallGroups
from pullcheck.evidence.vpc import ModelVpc
from pullcheck.missing import NotObserved, Unavailable
from pullcheck.wiring import collector

IN_FORCE = ("COMPLETE", "UPDATING")
ADDRESS_TYPES = ("A", "TYPE1")
TRUSTS = "TRUST_REDIRECTION_DOMAIN"
OF_GROUPS = (
    "route53resolver:ListFirewallRules",
    "route53resolver:ListFirewallDomains",
    "route53resolver:GetFirewallDomainList",
    "route53resolver:GetFirewallConfig",
)


@collector("route53resolver:ListFirewallRuleGroupAssociations")
def firewall_groups(vpc: ModelVpc, aws: Aws) -> VpcFirewallGroups:
    """The rule groups of the VPC itself."""
    answer = aws.call("route53resolver", "ListFirewallRuleGroupAssociations", VpcId=vpc.id)
    rows = answer.get("FirewallRuleGroupAssociations", ())
    return VpcFirewallGroups(
        vpc.id,
        tuple(
            FirewallGroup(row["FirewallRuleGroupId"], row.get("Priority", 0), row.get("Id", ""))
            for row in rows
            if row.get("Status", IN_FORCE[0]) in IN_FORCE
        ),
    )


@collector(optional=OF_GROUPS)
def dns_firewall(own: VpcFirewallGroups, profiles: DnsProfiles | Unavailable, aws: Aws) -> DnsFirewall:
    """The rules of every group, the VPC's and its profiles'; nothing is asked where there is no group."""
    if isinstance(profiles, Unavailable):
        brought: tuple[FirewallGroup, ...] = ()
        unseen = f"groups of Route 53 profiles were not seen: {profiles.because}"
    else:
        brought, unseen = profiles.groups, ""
    groups = tuple(sorted((*own.groups, *brought), key=lambda group: group.priority))
    if not groups:
        return DnsFirewall(own.vpc_id, unseen=unseen)
    rules = tuple(rule for group in groups for rule in _rules(aws, group))
    try:
        config = aws.call("route53resolver", "GetFirewallConfig", ResourceId=own.vpc_id)["FirewallConfig"]
    except (NotObserved, AwsRefusal) as denied:
        why = denied.unavailable.because if isinstance(denied, NotObserved) else str(denied)
        return DnsFirewall(own.vpc_id, groups, rules, None, "; ".join(filter(None, (unseen, why))))
    switch = config.get("FirewallFailOpen")
    fail_open = {"ENABLED": True, "DISABLED": False}.get(switch)
    return DnsFirewall(own.vpc_id, groups, rules, fail_open, unseen)


def _rules(aws: Aws, group: FirewallGroup) -> Iterator[FirewallRule]:
    """In the order in which they are asked. A rule for another type of record than A leaves the pull's names alone."""
    try:
        rows = aws.call("route53resolver", "ListFirewallRules", FirewallRuleGroupId=group.id)["FirewallRules"]
    except NotObserved as denied:
        yield FirewallRule(group, "", 0, "", hidden=denied.unavailable.because)
        return
    except AwsRefusal as refusal:
        yield FirewallRule(group, "", 0, "", hidden=str(refusal))
        return
    for row in sorted(rows, key=lambda row: int(row.get("Priority", 0))):
        if row.get("Qtype", ADDRESS_TYPES[0]) in ADDRESS_TYPES:
            yield _rule(aws, group, row)


def _rule(aws: Aws, group: FirewallGroup, row: dict[str, Any]) -> FirewallRule:
    list_id = row.get("FirewallDomainListId") or ""
    domains, hidden = _domains(aws, list_id) if list_id else ((), "it goes by how a name looks, not by a list")
    return FirewallRule(
        group,
        row.get("Name", ""),
        int(row.get("Priority", 0)),
        row.get("Action", ""),
        list_id,
        domains,
        hidden,
        row.get("BlockResponse") or "",
        row.get("BlockOverrideDomain") or "",
        row.get("FirewallDomainRedirectionAction") == TRUSTS,
        owned=bool(list_id) and not hidden,
    )


def _domains(aws: Aws, list_id: str) -> tuple[tuple[str, ...], str]:
    """The domains of a list, or why they cannot be seen."""
    try:
        answer = aws.call("route53resolver", "ListFirewallDomains", FirewallDomainListId=list_id)
    except NotObserved as denied:
        return (), _by_aws(aws, list_id) or denied.unavailable.because
    except AwsRefusal as refusal:
        return (), _by_aws(aws, list_id) or str(refusal)
    return tuple(one.lower().rstrip(".") for one in answer.get("Domains", ())), ""


def _by_aws(aws: Aws, list_id: str) -> str:
    """AWS keeps what its own lists hold to itself (Developer Guide, managed domain lists)."""
    try:
        found = aws.call("route53resolver", "GetFirewallDomainList", FirewallDomainListId=list_id)["FirewallDomainList"]
    except (NotObserved, AwsRefusal):
        return ""
    owner = found.get("ManagedOwnerName")
    return f"{found.get('Name', list_id)} is a list of {owner}, which shows its domains to nobody" if owner else ""


COLLECTORS = (firewall_groups, dns_firewall)

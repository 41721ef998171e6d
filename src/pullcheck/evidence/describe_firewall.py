"""From the answers of AWS Network Firewall, in AWS's field names, to evidence."""

import json

from pullcheck.evidence.fields import Row, part, parts, text, texts, texts_in
from pullcheck.evidence.gateways import FirewallPolicy, RuleGroup
from pullcheck.missing import Unavailable


def firewall_endpoints(row: Row) -> tuple[str, ...]:
    """The endpoints of a firewall, as DescribeFirewall shows them."""
    states = part(part(row, "FirewallStatus"), "SyncStates")
    return texts(text(part(part(states, zone), "Attachment"), "EndpointId") for zone in states)


def firewall_policy(row: Row | Unavailable) -> FirewallPolicy | Unavailable:
    """The answer of DescribeFirewallPolicy, with those of DescribeRuleGroup as ``RuleGroups``."""
    if isinstance(row, Unavailable):
        return row
    policy = part(row, "FirewallPolicy")
    engine = part(policy, "StatefulEngineOptions")
    return FirewallPolicy(
        id=text(part(row, "FirewallPolicyResponse"), "FirewallPolicyArn"),
        stateless=texts_in(policy, "StatelessDefaultActions"),
        stateless_groups=texts(text(one, "ResourceArn") for one in parts(policy, "StatelessRuleGroupReferences")),
        strict=text(engine, "RuleOrder") == "STRICT_ORDER",
        defaults=texts_in(policy, "StatefulDefaultActions"),
        groups=tuple(map(rule_group, parts(row, "RuleGroups"))),
        inspects_tls=bool(text(policy, "TLSInspectionConfigurationArn")),
        midstream=text(engine, "StreamExceptionPolicy") or "DROP",
        home=_home(part(part(policy, "PolicyVariables"), "RuleVariables")),
    )


def rule_group(row: Row) -> RuleGroup:
    """The answer of DescribeRuleGroup. One that AWS or a seller manages shows no rules."""
    group = part(row, "RuleGroup")
    domains = part(part(group, "RulesSource"), "RulesSourceList")
    return RuleGroup(
        id=text(part(row, "RuleGroupResponse"), "RuleGroupArn"),
        list_type=text(domains, "GeneratedRulesType"),
        domains=texts_in(domains, "Targets"),
        kinds=texts_in(domains, "TargetTypes"),
        home=_home(part(part(group, "RuleVariables"), "IPSets")),
        document=json.dumps(group, sort_keys=True, separators=(",", ":")) if domains else "",
        token=text(row, "UpdateToken") if domains else "",
    )


def _home(sets: Row) -> tuple[str, ...]:
    """HOME_NET: the addresses whose connections the rules of a domain list are for."""
    return texts_in(part(sets, "HOME_NET"), "Definition")

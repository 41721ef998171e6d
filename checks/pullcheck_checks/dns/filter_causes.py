"""Why a name of the pull gets no answer although the VPC's zones or public DNS have one."""

from pullcheck.verdict import Basis, Cause, Severity

FIREWALL_GUIDE = "Route 53 Developer Guide, DNS Firewall"
RULES_GUIDE = "Route 53 Developer Guide, forwarding outbound DNS queries to your network"

FIREWALL_BLOCKS = Cause(
    "dns.firewall-blocks",
    breaks="A rule of DNS Firewall keeps the VPC's resolver from answering a name of the pull.",
    seen="route53resolver:ListFirewallRuleGroupAssociations, ListFirewallRules and ListFirewallDomains: the first rule"
    " that covers the name has the action BLOCK.",
    fix="Let a rule that is asked earlier allow the name, or take it off the blocked list.",
    basis=Basis.DOCUMENTED,
    source=f"{FIREWALL_GUIDE}: rule groups and rules, rule actions, domain lists",
)
FAIL_CLOSED = Cause(
    "dns.firewall-fail-closed",
    breaks="While DNS Firewall does not answer, the VPC's resolver answers no name at all.",
    seen="route53resolver:GetFirewallConfig: FirewallFailOpen is DISABLED, and the VPC has rule groups.",
    fix="Let queries pass while the firewall fails, where availability counts for more than filtering.",
    basis=Basis.API,
    source=f"{FIREWALL_GUIDE}: configuration of a VPC",
    severity=Severity.WARNING,
)
HOST_DENIED = Cause(
    "dns.pull-host-not-answered",
    breaks="A private zone of the VPC covers the name of a token or layer host without answering it, and the resolver"
    " then asks nobody else.",
    seen="The registry's challenge or redirect names the host; route53:ListHostedZonesByVPC: a zone covers the name;"
    " route53:ListResourceRecordSets: no record answers it.",
    fix="Put the record into that zone, or let the registry name a host that the VPC knows.",
    basis=Basis.DOCUMENTED,
    source="Route 53 Developer Guide, considerations when using a private hosted zone",
)
ENDPOINT_BROKEN = Cause(
    "dns.resolver-endpoint-broken",
    breaks="A Resolver rule forwards a name of the pull by an outbound endpoint that does not work, or whose packets do"
    " not get to the name servers.",
    seen="route53resolver:ListResolverEndpoints: Status; ListResolverEndpointIpAddresses; the path from the endpoint's"
    " subnets, with its groups, to each target of the rule.",
    fix="Repair the endpoint, or what stands between it and the name servers.",
    basis=Basis.INFERENCE,
    source=f"{RULES_GUIDE}; Amazon VPC User Guide, security groups and network ACLs",
)
RULE_MISSING = Cause(
    "dns.resolver-rule-missing",
    breaks="A Resolver rule for the registry's domain exists, but the model's VPC does not use it.",
    seen="route53resolver:ListResolverRuleAssociations lacks a FORWARD rule that ListResolverRules shows; public DNS"
    " has no such name.",
    fix="Associate the rule with the VPC.",
    basis=Basis.DOCUMENTED,
    source=RULES_GUIDE,
)

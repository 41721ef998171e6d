"""Route 53 profiles, DNS Firewall, Resolver rules and endpoints, read from answers in AWS's format."""

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import TypeAdapter

from pullcheck.collect import dns
from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.collect.firewall import dns_firewall, firewall_groups
from pullcheck.collect.lookup import Record
from pullcheck.collect.records import contents
from pullcheck.collect.resolver import dns_profiles, rules_elsewhere, rules_in_use
from pullcheck.evidence.branches import Branch, Ending
from pullcheck.evidence.dns import (
    ForwardRule,
    ForwardRules,
    HostedZone,
    LambdaLookup,
    RegistryLookup,
    VpcRules,
    VpcZones,
)
from pullcheck.evidence.resolver import DnsProfiles, FirewallGroup, VpcFirewallGroups
from pullcheck.evidence.vpc import ModelVpc
from pullcheck.missing import NotObserved, Unavailable

VPC = ModelVpc("vpc-1")
HOST = "registry.corp.example"
DENIED = NotObserved(Unavailable("it was denied", "allow it"))
ARN = "arn:aws:route53resolver:us-east-1:123456789012"


class Scripted(Aws):
    """Gives these answers, by operation, and notes what was asked for."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        super().__init__("us-east-1")
        self.answers = answers
        self.asked: list[str] = []

    def _make(self, service: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(operation)
        answer = self.answers[operation]
        if callable(answer):
            answer = answer(parameters)
        if isinstance(answer, Exception):
            raise answer
        found: dict[str, Any] = answer
        return found


def resource(arn: str, **more: Any) -> dict[str, Any]:
    return {"ResourceArn": arn, "OwnerId": "999999999999", "Status": "COMPLETE", **more}


PROFILE = {"ProfileAssociations": [{"ProfileId": "rp-1", "Status": "COMPLETE"}]}
RULE = {
    "Id": "rslvr-rr-1",
    "DomainName": "Corp.Example.",
    "RuleType": "FORWARD",
    "TargetIps": [{"Ip": "10.9.0.2", "Port": 5353}, {"Ipv6": "fd00::53"}],
    "ResolverEndpointId": "rslvr-out-1",
    "OwnerId": "123456789012",
}
PARSED = ForwardRule(
    "rslvr-rr-1", "corp.example", "FORWARD", ("10.9.0.2", "fd00::53"), (5353, 53), "rslvr-out-1", "123456789012"
)


def test_a_vpc_without_profile_costs_one_call() -> None:
    aws = Scripted({"ListProfileAssociations": {"ProfileAssociations": []}})

    assert dns_profiles(VPC, aws) == DnsProfiles("vpc-1")
    assert aws.asked == ["ListProfileAssociations"]


def test_a_profile_brings_zones_rules_groups_and_endpoints() -> None:
    resources = [
        resource("arn:aws:route53:::hostedzone/Z7"),
        resource("arn:aws:route53:::hostedzone/Z8"),
        resource(f"{ARN}:resolver-rule/rslvr-rr-1"),
        resource(f"{ARN}:resolver-rule/rslvr-rr-hidden"),
        resource(f"{ARN}:firewall-rule-group/rslvr-frg-1", ResourceProperties='{"priority": 102}'),
        resource(f"{ARN}:firewall-rule-group/rslvr-frg-2", ResourceProperties="?"),
        resource("arn:aws:ec2:us-east-1:123456789012:vpc-endpoint/vpce-9"),
        resource("arn:aws:route53:::hostedzone/Z9", Status="DELETING"),
    ]

    def zone(parameters: dict[str, Any]) -> Any:
        return {"HostedZone": {"Name": "Corp.Example."}} if parameters["Id"] == "Z7" else DENIED

    found = dns_profiles(
        VPC,
        Scripted(
            {
                "ListProfileAssociations": PROFILE,
                "ListProfileResourceAssociations": {"ProfileResourceAssociations": resources},
                "GetHostedZone": zone,
                "ListResolverRules": {"ResolverRules": [RULE]},
            }
        ),
    )

    assert TypeAdapter(DnsProfiles).validate_json(TypeAdapter(DnsProfiles).dump_json(found)) == found
    assert found.ids == ("rp-1",)
    assert [(one.id, one.name) for one in found.zones] == [("Z7", "corp.example"), ("Z8", "")]
    assert found.rules == (PARSED, ForwardRule("rslvr-rr-hidden", "", "FORWARD", owner="999999999999"))
    assert [(one.id, one.priority, one.source) for one in found.groups] == [
        ("rslvr-frg-1", 102, "rp-1"),
        ("rslvr-frg-2", 65535, "rp-1"),
    ]
    assert found.endpoints == ("vpce-9",)


def test_what_a_profile_brings_comes_behind_the_vpcs_own() -> None:
    own, brought = HostedZone("Z1", "corp.example", ""), HostedZone("Z7", "corp.example", "")
    profiles = DnsProfiles("vpc-1", ("rp-1",), (own, brought), (PARSED,))

    zones = dns.private_zones(VpcZones("vpc-1", "us-east-1", (own,)), profiles)
    rules = dns.forward_rules(VpcRules("vpc-1", ()), profiles)

    assert zones.zones == (own, brought)
    assert zones.unseen == ""
    assert rules.rules == (PARSED,)


def test_profiles_that_may_not_be_seen_leave_the_vpcs_own_and_a_remark() -> None:
    denied = Unavailable("route53profiles:ListProfileAssociations was denied", "allow it")

    zones = dns.private_zones(VpcZones("vpc-1", "us-east-1", ()), denied)

    assert "ListProfileAssociations was denied" in zones.unseen
    assert dns.forward_rules(VpcRules("vpc-1", (PARSED,)), denied).rules == (PARSED,)


ASSOCIATIONS = {
    "FirewallRuleGroupAssociations": [
        {"Id": "rslvr-frgassoc-2", "FirewallRuleGroupId": "rslvr-frg-2", "Priority": 200, "Status": "COMPLETE"},
        {"Id": "rslvr-frgassoc-1", "FirewallRuleGroupId": "rslvr-frg-1", "Priority": 100, "Status": "COMPLETE"},
        {"Id": "rslvr-frgassoc-3", "FirewallRuleGroupId": "rslvr-frg-3", "Priority": 1, "Status": "DELETING"},
    ]
}


def test_groups_that_are_going_do_not_count() -> None:
    found = firewall_groups(VPC, Scripted({"ListFirewallRuleGroupAssociations": ASSOCIATIONS}))

    assert [one.id for one in found.groups] == ["rslvr-frg-2", "rslvr-frg-1"]


def test_a_vpc_without_groups_is_asked_nothing_more() -> None:
    aws = Scripted({})

    assert dns_firewall(VpcFirewallGroups("vpc-1", ()), DnsProfiles("vpc-1"), aws).rules == ()
    assert aws.asked == []


def test_rules_come_in_the_order_in_which_they_are_asked() -> None:
    def rules(parameters: dict[str, Any]) -> dict[str, Any]:
        if parameters["FirewallRuleGroupId"] == "rslvr-frg-9":
            return {"FirewallRules": [{"Name": "dga", "Priority": 1, "Action": "BLOCK", "DnsThreatProtection": "DGA"}]}
        return {
            "FirewallRules": [
                {"Name": "second", "Priority": 20, "Action": "BLOCK", "FirewallDomainListId": "rslvr-fdl-aws"},
                {
                    "Name": "mail",
                    "Priority": 5,
                    "Action": "BLOCK",
                    "FirewallDomainListId": "rslvr-fdl-1",
                    "Qtype": "MX",
                },
                {"Name": "first", "Priority": 10, "Action": "ALLOW", "FirewallDomainListId": "rslvr-fdl-1"},
            ]
        }

    def domains(parameters: dict[str, Any]) -> Any:
        return {"Domains": ["Corp.Example."]} if parameters["FirewallDomainListId"] == "rslvr-fdl-1" else DENIED

    groups = (FirewallGroup("rslvr-frg-1", 100, "rslvr-frgassoc-1"),)
    brought = DnsProfiles("vpc-1", ("rp-1",), groups=(FirewallGroup("rslvr-frg-9", 50, "rp-1"),))
    config = {"FirewallConfig": {"FirewallFailOpen": "DISABLED"}}
    managed = {"FirewallDomainList": {"Name": "Malware", "ManagedOwnerName": "Route 53 Resolver DNS Firewall"}}
    answers = {"ListFirewallRules": rules, "ListFirewallDomains": domains, "GetFirewallConfig": config}
    aws = Scripted({**answers, "GetFirewallDomainList": managed})
    found = dns_firewall(VpcFirewallGroups("vpc-1", groups), brought, aws)

    assert [one.name for one in found.rules] == ["dga", "first", "second"]
    assert found.rules[1].domains == ("corp.example",)
    assert [bool(one.hidden) for one in found.rules] == [True, False, True]
    assert (
        found.rules[2].hidden
        == "Malware is a list of Route 53 Resolver DNS Firewall, which shows its domains to nobody"
    )
    assert found.fail_open is False


@pytest.mark.parametrize("answer", [DENIED, AwsRefusal("x", "ResourceNotFoundException", "no")])
def test_rules_that_may_not_be_read_are_one_hidden_rule(answer: Exception) -> None:
    groups = (FirewallGroup("rslvr-frg-1", 100, "rslvr-frgassoc-1"),)
    aws = Scripted({"ListFirewallRules": answer, "GetFirewallConfig": answer})
    found = dns_firewall(VpcFirewallGroups("vpc-1", groups), Unavailable("profiles denied"), aws)

    assert [(one.action, bool(one.hidden)) for one in found.rules] == [("", True)]
    assert found.fail_open is None
    assert "profiles denied" in found.unseen


FORWARDED = RegistryLookup(HOST, (Branch(Ending.FORWARDED, HOST, "rslvr-rr-1", "corp.example"),))
NO_FUNCTION = LambdaLookup("lambda.us-east-1.amazonaws.com", ())
ENDPOINT = {
    "Id": "rslvr-out-1",
    "HostVPCId": "vpc-1",
    "Status": "ACTION_NEEDED",
    "StatusMessage": "no\n room",
    "SecurityGroupIds": ["sg-1"],
}
SEATS = {"IpAddresses": [{"SubnetId": "subnet-1", "Ip": "10.0.1.10", "Status": "ATTACHED"}, {"SubnetId": "subnet-2"}]}


def test_the_endpoint_of_a_rule_in_use_is_read_with_its_addresses() -> None:
    aws = Scripted(
        {"ListResolverEndpoints": {"ResolverEndpoints": [ENDPOINT]}, "ListResolverEndpointIpAddresses": SEATS}
    )
    [used] = rules_in_use(ForwardRules("vpc-1", (PARSED,)), FORWARDED, NO_FUNCTION, aws).rules

    assert used.name == HOST
    assert used.endpoint
    assert (used.endpoint.status, used.endpoint.message) == ("ACTION_NEEDED", "no room")
    assert not used.endpoint.operational
    assert [one.address for one in used.endpoint.seats] == ["10.0.1.10"]


def test_an_endpoint_that_is_not_listed_belongs_to_another_account() -> None:
    aws = Scripted({"ListResolverEndpoints": {"ResolverEndpoints": []}})
    [used] = rules_in_use(ForwardRules("vpc-1", (PARSED,)), FORWARDED, Unavailable("none"), aws).rules

    assert used.endpoint is None


def test_rules_that_no_name_comes_to_ask_nothing() -> None:
    aws = Scripted({})
    answered = RegistryLookup(HOST, (Branch(Ending.ADDRESS, HOST, "Z1", "corp.example", "10.0.10.20"),))

    assert rules_in_use(ForwardRules("vpc-1", (PARSED,)), answered, NO_FUNCTION, aws).rules == ()
    assert rules_elsewhere(answered, VPC, aws).rules == ()
    assert aws.asked == []


def test_a_rule_that_the_vpc_lacks_is_found_by_its_domain() -> None:
    public = RegistryLookup(HOST, (Branch(Ending.PUBLIC, HOST),))
    other = {**RULE, "Id": "rslvr-rr-2", "DomainName": "other.example."}
    root = {"Id": "rslvr-autodefined-rr-internet-resolver", "DomainName": ".", "RuleType": "RECURSIVE"}
    found = rules_elsewhere(public, VPC, Scripted({"ListResolverRules": {"ResolverRules": [root, other, RULE]}}))

    assert found.rules == (PARSED,)


def row(value: str, **more: Any) -> dict[str, Any]:
    return {"Name": f"{HOST}.", "Type": "A", "ResourceRecords": [{"Value": value}], **more}


def test_how_route_53_chooses_a_record_is_told() -> None:
    rows = [
        row("10.0.0.1", Failover="PRIMARY", HealthCheckId="hc-1"),
        row("10.0.0.2", Failover="SECONDARY"),
        row("10.0.0.3", Region="eu-west-1"),
        row("10.0.0.4", MultiValueAnswer=True),
        row("10.0.0.5"),
    ]
    records = contents(
        Scripted({"ListResourceRecordSets": {"ResourceRecordSets": rows}}), HostedZone("Z1", "x", "")
    ).records

    assert [one.choice for one in records] == [
        "failover PRIMARY, health check hc-1",
        "failover SECONDARY",
        "latency of eu-west-1",
        "multivalue",
        "",
    ]
    assert records[4] == Record(HOST, "A", ("10.0.0.5",))


@pytest.mark.parametrize(
    ("other", "kept"),
    [({"Weight": 10}, 1), ({"Weight": 0}, 2), ({"Weight": 10, "HealthCheckId": "hc-1"}, 2), ({}, 2)],
)
def test_a_weight_of_nothing_answers_only_where_no_other_may(other: dict[str, Any], kept: int) -> None:
    rows = [row("10.0.0.1", Weight=0), row("10.0.0.2", **other)]
    found = contents(Scripted({"ListResourceRecordSets": {"ResourceRecordSets": rows}}), HostedZone("Z1", "x", ""))

    assert len(found.records) == kept

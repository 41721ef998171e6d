"""Names that lead nowhere, or elsewhere."""

from typing import Any

import pytest
from breaking import Break, both, endpoint, name_servers, record, vpc_attribute, zone
from laboratory import Lab, Scenario, prove

from pullcheck.demo.world import REGISTRY_ADDRESS, REGISTRY_HOST


def no_record(lab: Lab) -> None:
    record(REGISTRY_ADDRESS, action="DELETE")(lab)


def associated_elsewhere(lab: Lab) -> None:
    """The private zone exists, but another VPC has it."""
    route53 = lab.client("route53")
    other = lab.client("ec2").create_vpc(CidrBlock="10.50.0.0/16")["Vpc"]["VpcId"]
    vpc = {"VPCRegion": "us-east-1", "VPCId": other}
    route53.associate_vpc_with_hosted_zone(HostedZoneId=lab.world.zone, VPC=vpc)
    mine: dict[str, Any] = {"VPCRegion": "us-east-1", "VPCId": lab.world.vpc}
    route53.disassociate_vpc_from_hosted_zone(HostedZoneId=lab.world.zone, VPC=mine)


def forwarded(domain: str) -> Break:
    """A resolver rule of the VPC sends this domain elsewhere."""

    def apply(lab: Lab) -> None:
        resolver = lab.client("route53resolver")
        endpoint = resolver.create_resolver_endpoint(
            CreatorRequestId="lab",
            Name="outbound",
            SecurityGroupIds=[lab.world.model_group],
            Direction="OUTBOUND",
            IpAddresses=[{"SubnetId": subnet} for subnet in lab.world.subnets],
        )["ResolverEndpoint"]["Id"]
        rule = resolver.create_resolver_rule(
            CreatorRequestId="lab",
            Name="elsewhere",
            RuleType="FORWARD",
            DomainName=domain,
            TargetIps=[{"Ip": "10.200.0.2", "Port": 53}],
            ResolverEndpointId=endpoint,
        )["ResolverRule"]["Id"]
        resolver.associate_resolver_rule(ResolverRuleId=rule, Name="elsewhere", VPCId=lab.world.vpc)

    return apply


SCENARIOS = (
    Scenario("dns.support-disabled", vpc_attribute(EnableDnsSupport=False)),
    Scenario("dns.hostnames-disabled", vpc_attribute(EnableDnsHostnames=False)),
    Scenario("dns.dhcp-custom-servers", name_servers("10.0.0.53"), status="unknown"),
    Scenario("dns.zone-not-associated", associated_elsewhere, status="unknown"),
    Scenario("dns.zone-shadows-public-name", no_record, heals=False),
    Scenario("dns.more-specific-zone-wins", zone(REGISTRY_HOST)),
    Scenario("dns.zone-hijacks-aws-names", both(endpoint(PrivateDnsEnabled=False), zone("amazonaws.com"))),
    Scenario("dns.resolver-rule-hijack", forwarded("lambda.us-east-1.amazonaws.com"), status="unknown"),
    Scenario("dns.aaaa-only", both(no_record, record("fd00::1", kind="AAAA")), heals=False),
    Scenario("dns.cname-target-unresolvable", both(no_record, record("gone.example.com", kind="CNAME")), heals=False),
    Scenario("dns.stale-address", record("10.0.10.99"), heals=False),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.id)
def test_the_report_names_what_is_wrong_with_a_name(lab: Lab, scenario: Scenario) -> None:
    prove(lab, scenario)

"""Reading the VPC's DNS and the Lambda endpoints, tried against moto; what moto gets wrong is put right here."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.ec2.models import ec2_backends
from pydantic import TypeAdapter

from pullcheck.collect import dns, elsewhere
from pullcheck.collect.aws import Aws
from pullcheck.collect.endpoint import lambda_endpoints
from pullcheck.evidence.branches import Branch, Ending
from pullcheck.evidence.dns import (
    ForwardRule,
    ForwardRules,
    HostedZone,
    LambdaAnswer,
    LambdaLookup,
    PrivateZones,
    RegistryAnswer,
    RegistryLookup,
    VpcZones,
    ZoneElsewhere,
    ZonesElsewhere,
)
from pullcheck.evidence.names import (
    LambdaAddresses,
    LambdaRecords,
    NamedAddress,
    Provenance,
    RegistryAddresses,
    RegistryRecords,
)
from pullcheck.evidence.placement import LambdaName, Registry
from pullcheck.evidence.resolver import DnsProfiles
from pullcheck.evidence.vpc import ModelVpc
from pullcheck.missing import Unavailable
from pullcheck.settings import Resolve, Settings
from pullcheck.vantage import Resolution
from pullcheck.vantage.here import Here

REGION, ACCOUNT = "us-east-1", "123456789012"
REGISTRY = Registry("Registry.example.com", 443)
LAMBDA = LambdaName("lambda.us-east-1.amazonaws.com", REGION, "com.amazonaws.us-east-1.lambda")
NO_RULES = ForwardRules("vpc-1", ())


@dataclass
class World:
    """A VPC in moto, and a client for each service."""

    vpc: ModelVpc
    subnets: list[str]

    def client(self, service: str) -> Any:
        return boto3.client(service, region_name=REGION)  # type: ignore[call-overload]

    def zone(self, name: str, *records: dict[str, Any]) -> str:
        made = self.client("route53").create_hosted_zone(
            Name=name,
            CallerReference=name,
            VPC={"VPCRegion": REGION, "VPCId": self.vpc.id},
            HostedZoneConfig={"PrivateZone": True},
        )
        zone_id: str = made["HostedZone"]["Id"].rpartition("/")[2]
        changes = [{"Action": "CREATE", "ResourceRecordSet": record} for record in records]
        if changes:
            self.client("route53").change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": changes})
        return zone_id

    def endpoint(self, service_name: str, vpc: str, subnets: list[str], first: str) -> str:
        """An endpoint whose network interfaces have addresses of their subnets, as AWS makes them."""
        made = self.client("ec2").create_vpc_endpoint(
            VpcId=vpc,
            VpcEndpointType="Interface",
            ServiceName=service_name,
            SubnetIds=subnets,
            PrivateDnsEnabled=True,
        )["VpcEndpoint"]
        backend = ec2_backends[ACCOUNT][REGION]
        for number, name in enumerate(made["NetworkInterfaceIds"], start=1):
            backend.enis[name].private_ip_address = f"{first}.{number}.50"
            backend.enis[name].subnet = backend.get_subnet(subnets[number - 1])
        endpoint_id: str = made["VpcEndpointId"]
        return endpoint_id


def record(name: str, *values: str, kind: str = "A") -> dict[str, Any]:
    return {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value} for value in values]}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        ec2 = boto3.client("ec2", region_name=REGION)
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24")["Subnet"]["SubnetId"] for number in (1, 2)
        ]
        yield World(ModelVpc(vpc), subnets)


@pytest.fixture
def aws(world: World) -> Aws:
    return Aws(REGION)


def zones(world: World, aws: Aws) -> PrivateZones:
    own = dns.vpc_zones(world.vpc, aws)

    assert isinstance(own, VpcZones)
    return dns.private_zones(own, DnsProfiles(world.vpc.id))


def test_both_attributes_are_read(world: World, aws: Aws) -> None:
    found = dns.dns_attributes(world.vpc, aws)
    world.client("ec2").modify_vpc_attribute(VpcId=world.vpc.id, EnableDnsHostnames={"Value": True})

    assert (found.support, found.hostnames) == (True, False)
    assert dns.dns_attributes(world.vpc, Aws(REGION)).private_names


def test_the_options_that_cannot_be_described_are_amazons(world: World, aws: Aws) -> None:
    found = dns.name_servers(world.vpc, aws)

    assert found.options_id == "default"
    assert found.are_amazons


@pytest.mark.parametrize(
    ("servers", "amazons"),
    [
        (["AmazonProvidedDNS"], True),
        (["10.0.0.2"], True),
        (["169.254.169.253"], True),
        (["10.0.0.53"], False),
        (["AmazonProvidedDNS", "10.0.0.53"], False),
    ],
)
def test_amazons_resolver_has_three_names(world: World, aws: Aws, servers: list[str], amazons: bool) -> None:
    ec2 = world.client("ec2")
    made = ec2.create_dhcp_options(DhcpConfigurations=[{"Key": "domain-name-servers", "Values": servers}])
    ec2.associate_dhcp_options(DhcpOptionsId=made["DhcpOptions"]["DhcpOptionsId"], VpcId=world.vpc.id)

    found = dns.name_servers(world.vpc, aws)

    assert found.servers == tuple(servers)
    assert found.are_amazons is amazons


def test_the_registry_is_followed_through_wildcard_and_cname(world: World, aws: Aws) -> None:
    first = world.zone("example.com", record("*.example.com", "r.corp.internal", kind="CNAME"))
    second = world.zone("corp.internal", record("r.corp.internal", "10.0.1.20"))
    world.zone("unrelated.org", record("unrelated.org", "10.0.0.9"))

    found = dns.registry_lookup(REGISTRY, zones(world, aws), NO_RULES, aws)

    trail = (f"*.example.com CNAME r.corp.internal in {first}",)
    expected = Branch(Ending.ADDRESS, "r.corp.internal", second, "corp.internal", "10.0.1.20", trail)
    assert found == RegistryLookup("registry.example.com", (expected,))
    assert aws.used.count("route53:ListResourceRecordSets") == 2


def test_what_the_wider_zone_would_have_said_is_kept(world: World, aws: Aws) -> None:
    world.zone("example.com", record("registry.example.com", "10.0.1.20"))
    world.zone("registry.example.com")

    found = dns.registry_lookup(REGISTRY, zones(world, aws), NO_RULES, aws)

    assert [branch.ending for branch in found.branches] == [Ending.NO_ADDRESS]
    assert [branch.detail for branch in found.overshadowed] == ["10.0.1.20"]


def test_a_zone_of_another_account_or_of_a_service_is_named_as_unreadable(
    world: World, aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied"}, "ResponseMetadata": {"HTTPStatusCode": 403}}, "List")  # type: ignore[typeddict-item]

    monkeypatch.setattr("pullcheck.collect.aws._read", refuse)
    theirs = PrivateZones(world.vpc.id, REGION, (HostedZone("Z9", "example.com", "999999999999"),))
    services = PrivateZones(world.vpc.id, REGION, (HostedZone("Z8", LAMBDA.host, "vpce.amazonaws.com", True),))

    [registry] = dns.registry_lookup(REGISTRY, theirs, NO_RULES, aws).branches
    [name] = dns.lambda_lookup(LAMBDA, services, NO_RULES, aws).branches

    assert registry.ending is name.ending is Ending.UNREADABLE
    assert "999999999999" in registry.detail
    assert "route53:ListResourceRecordSets" in registry.detail
    assert "vpce.amazonaws.com" in name.detail


def test_zones_that_the_vpc_does_not_use_are_found(world: World, aws: Aws) -> None:
    zone_id = world.zone("example.com", record("registry.example.com", "10.0.1.20"))
    nothing = PrivateZones(world.vpc.id, REGION, ())

    [found] = elsewhere.zones_elsewhere(REGISTRY, nothing, aws).zones

    assert (found.zone.id, found.addresses) == (zone_id, ("10.0.1.20",))
    assert elsewhere.zones_elsewhere(REGISTRY, zones(world, aws), aws) == ZonesElsewhere(())


def test_rules_are_read_with_their_targets(world: World, aws: Aws) -> None:
    resolver = world.client("route53resolver")
    group = world.client("ec2").create_security_group(GroupName="g", Description="g", VpcId=world.vpc.id)["GroupId"]
    outbound = resolver.create_resolver_endpoint(
        CreatorRequestId="1",
        Name="out",
        SecurityGroupIds=[group],
        Direction="OUTBOUND",
        IpAddresses=[{"SubnetId": subnet} for subnet in world.subnets],
    )["ResolverEndpoint"]["Id"]
    rule = resolver.create_resolver_rule(
        CreatorRequestId="1",
        Name="corp",
        RuleType="FORWARD",
        DomainName="Corp.internal.",
        TargetIps=[{"Ip": "10.9.0.2", "Port": 53}],
        ResolverEndpointId=outbound,
    )["ResolverRule"]["Id"]

    assert dns.vpc_rules(world.vpc, aws).rules == ()
    resolver.associate_resolver_rule(ResolverRuleId=rule, Name="corp", VPCId=world.vpc.id)
    found = dns.vpc_rules(world.vpc, Aws(REGION))

    assert found.rules == (ForwardRule(rule, "corp.internal", "FORWARD", ("10.9.0.2",), (53,), outbound, ACCOUNT),)


def test_endpoints_are_sorted_by_service_and_vpc(world: World, aws: Aws) -> None:
    ec2 = world.client("ec2")
    hub = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    away = ec2.create_subnet(VpcId=hub, CidrBlock="10.7.1.0/24")["Subnet"]["SubnetId"]
    here = world.endpoint(LAMBDA.service_name, world.vpc.id, world.subnets, "10.0")
    elsewhere = world.endpoint(LAMBDA.service_name, hub, [away], "10.7")
    fips = world.endpoint(f"{LAMBDA.service_name}-fips", world.vpc.id, world.subnets[:1], "10.0")
    world.endpoint("com.amazonaws.us-east-1.sqs", world.vpc.id, world.subnets[:1], "10.0")

    found = lambda_endpoints(world.vpc, LAMBDA, aws)

    assert [one.id for one in found.here] == [here]
    assert [one.id for one in found.elsewhere] == [elsewhere]
    assert [one.id for one in found.look_alikes] == [fips]
    assert found.here[0].addresses == ("10.0.1.50", "10.0.2.50")
    assert found.here[0].takes_the_name
    assert found.owner_of(frozenset({"10.7.1.50"})) == found.elsewhere[0]


def test_an_endpoint_comes_with_the_text_of_its_policy(world: World, aws: Aws) -> None:
    made = world.endpoint(LAMBDA.service_name, world.vpc.id, world.subnets, "10.0")
    text = '{"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}'
    world.client("ec2").modify_vpc_endpoint(VpcEndpointId=made, PolicyDocument=text)

    [own] = lambda_endpoints(world.vpc, LAMBDA, aws).here
    ec2_backends[ACCOUNT][REGION].vpc_end_points[made].policy_document = ""
    [none] = lambda_endpoints(world.vpc, LAMBDA, Aws(REGION)).here

    assert own.policy == text
    assert none.policy == ""


def test_a_vpc_without_endpoints_needs_no_second_call(world: World, aws: Aws) -> None:
    found = lambda_endpoints(world.vpc, LAMBDA, aws)

    assert found.here == found.elsewhere == found.look_alikes == ()
    assert aws.used == ["ec2:DescribeVpcEndpoints"]


def test_only_what_the_place_can_tell_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def resolve(_self: Here, name: str) -> Resolution:
        asked.append(name)
        return Resolution(name, ("10.0.0.1",))

    monkeypatch.setattr(Here, "resolve", resolve)
    inside, outside = Here("inside", "here", 1), Here("outside", "here", 1)
    host = "registry.example.com"
    known = RegistryLookup(host, (Branch(Ending.ADDRESS, host, "Z1", "example.com", "10.0.0.1"),))
    leads_on = RegistryLookup(host, (Branch(Ending.PUBLIC, "lb.example.org", trail=("x",)),))
    forced = Settings(resolve=(Resolve(host, 443, "127.0.0.1"), Resolve(LAMBDA.host, 443, "127.0.0.1")))

    dns.registry_answer(REGISTRY, outside, Settings(), known)
    dns.registry_answer(REGISTRY, outside, Settings(), Unavailable("no AWS"))
    dns.registry_answer(REGISTRY, inside, forced, known)
    dns.registry_answer(Registry("10.0.0.1", 443), inside, Settings(), known)
    assert isinstance(dns.lambda_answer(LAMBDA, outside, Settings()), Unavailable)
    assert isinstance(dns.lambda_answer(LAMBDA, inside, forced), Unavailable)
    assert asked == []

    dns.registry_answer(REGISTRY, outside, Settings(), leads_on)
    dns.registry_answer(REGISTRY, inside, Settings(), leads_on)
    answer = dns.lambda_answer(LAMBDA, inside, Settings())

    assert asked == ["lb.example.org", host, LAMBDA.host]
    assert isinstance(answer, LambdaAnswer)


NAMED = (NamedAddress("10.0.0.1", Provenance.PRIVATE_ZONE, "Z1"),)
BRANCH = Branch(Ending.ADDRESS, "r.example.com", "Z1", "example.com", "10.0.0.1", ("x",))
SAMPLES = (
    RegistryLookup("r.example.com", (BRANCH,), (BRANCH,)),
    LambdaLookup(LAMBDA.host, (BRANCH,)),
    ForwardRules("vpc-1", (ForwardRule("rslvr-1", "", "FORWARD", ("10.9.0.2",)),)),
    ZonesElsewhere((ZoneElsewhere(HostedZone("Z1", "example.com", "1"), ("10.0.0.1",)),)),
    RegistryAnswer("inside", (Resolution("r.example.com", (), "no", True),)),
    LambdaAnswer("inside", Resolution(LAMBDA.host, ("10.0.0.1",))),
    RegistryRecords(NAMED),
    RegistryAddresses("r.example.com", 443, NAMED, "inside"),
    LambdaRecords(None, ()),
    LambdaAddresses(LAMBDA.host, "vpce-1", NAMED),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: type(sample).__name__)
def test_evidence_survives_the_file(sample: object) -> None:
    adapter = TypeAdapter(type(sample))

    assert adapter.validate_json(adapter.dump_json(sample)) == sample


def test_what_was_read_survives_the_file(world: World, aws: Aws) -> None:
    world.zone("example.com")
    world.endpoint(LAMBDA.service_name, world.vpc.id, world.subnets, "10.0")
    for sample in (
        dns.dns_attributes(world.vpc, aws),
        dns.name_servers(world.vpc, aws),
        zones(world, aws),
        lambda_endpoints(world.vpc, LAMBDA, aws),
    ):
        adapter = TypeAdapter(type(sample))

        assert adapter.validate_json(adapter.dump_json(sample)) == sample

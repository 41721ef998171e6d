"""Reads how the model's VPC answers names, and asks live."""

from functools import partial
from ipaddress import ip_network
from typing import Any

from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.collect.lookup import View, follow
from pullcheck.collect.records import contents, plain, zone_of
from pullcheck.collect.resolver import resolver_rules
from pullcheck.evidence.branches import Ending
from pullcheck.evidence.dns import (
    ForwardRules,
    HostedZone,
    LambdaAnswer,
    LambdaLookup,
    PrivateZones,
    RegistryAnswer,
    RegistryLookup,
    VpcRules,
    VpcZones,
    literal,
)
from pullcheck.evidence.placement import LambdaName, Registry
from pullcheck.evidence.resolver import DnsProfiles
from pullcheck.evidence.vpc import AMAZON, DnsAttributes, ModelVpc, NameServers
from pullcheck.missing import Unavailable
from pullcheck.settings import Settings
from pullcheck.vantage import Vantage, VantageName
from pullcheck.wiring import collector

INSIDE = (VantageName.INSIDE, VantageName.LAMBDA)
LINK_LOCAL_RESOLVERS = ("169.254.169.253", "fd00:ec2::253")
NO_OPTIONS = "default"


@collector("ec2:DescribeVpcAttribute")
def dns_attributes(vpc: ModelVpc, aws: Aws) -> DnsAttributes:
    """The two attributes; AWS shows one in each call."""
    support = aws.call("ec2", "DescribeVpcAttribute", VpcId=vpc.id, Attribute="enableDnsSupport")
    hostnames = aws.call("ec2", "DescribeVpcAttribute", VpcId=vpc.id, Attribute="enableDnsHostnames")
    return DnsAttributes(vpc.id, support["EnableDnsSupport"]["Value"], hostnames["EnableDnsHostnames"]["Value"])


@collector("ec2:DescribeVpcs", "ec2:DescribeDhcpOptions")
def name_servers(vpc: ModelVpc, aws: Aws) -> NameServers:
    """The servers that the VPC hands out. The id ``default`` stands for EC2's standard options."""
    [row] = aws.call("ec2", "DescribeVpcs", VpcIds=[vpc.id])["Vpcs"]
    options_id = row.get("DhcpOptionsId", NO_OPTIONS)
    amazon = (AMAZON, *LINK_LOCAL_RESOLVERS, *(str(ip_network(cidr)[2]) for cidr in (row.get("CidrBlock"),) if cidr))
    try:
        found = aws.call("ec2", "DescribeDhcpOptions", DhcpOptionsIds=[options_id])["DhcpOptions"]
    except AwsRefusal:
        if options_id != NO_OPTIONS:
            raise
        return NameServers(vpc.id, options_id, (AMAZON,), amazon)
    settings = (setting for options in found for setting in options.get("DhcpConfigurations", ()))
    listed = (setting.get("Values", ()) for setting in settings if setting.get("Key") == "domain-name-servers")
    servers = tuple(value["Value"] for values in listed for value in values)
    return NameServers(vpc.id, options_id, servers, amazon)


@collector("route53:ListHostedZonesByVPC")
def vpc_zones(vpc: ModelVpc, aws: Aws) -> VpcZones | Unavailable:
    """The zones associated with the VPC; botocore has no paginator for this call."""
    region = aws.region
    if region is None:
        return Unavailable("the region of the VPC is not known", "name it (--region or AWS_REGION)")
    parameters: dict[str, Any] = {"VPCId": vpc.id, "VPCRegion": region}
    zones: list[HostedZone] = []
    while True:
        page = aws.call("route53", "ListHostedZonesByVPC", **parameters)
        zones += (zone_of(row) for row in page.get("HostedZoneSummaries", ()))
        if not page.get("NextToken"):
            return VpcZones(vpc.id, region, tuple(zones))
        parameters["NextToken"] = page["NextToken"]


@collector()
def private_zones(own: VpcZones, profiles: DnsProfiles | Unavailable) -> PrivateZones:
    """With those of the VPC's profiles, which come behind its own of the same name."""
    if isinstance(profiles, Unavailable):
        unseen = f"whether a Route 53 profile adds zones or rules was not seen: {profiles.because}"
        return PrivateZones(own.vpc_id, own.region, own.zones, unseen)
    known = {zone.id for zone in own.zones}
    return PrivateZones(own.vpc_id, own.region, own.zones + tuple(one for one in profiles.zones if one.id not in known))


@collector("route53resolver:ListResolverRuleAssociations", "route53resolver:ListResolverRules")
def vpc_rules(vpc: ModelVpc, aws: Aws) -> VpcRules:
    """The rules that somebody associated with the VPC; those that AWS makes by itself are not of interest."""
    filters = [{"Name": "VPCId", "Values": [vpc.id]}]
    rows = aws.call("route53resolver", "ListResolverRuleAssociations", Filters=filters)["ResolverRuleAssociations"]
    ids = {row["ResolverRuleId"] for row in rows if not row["ResolverRuleId"].startswith("rslvr-autodefined-")}
    return VpcRules(vpc.id, tuple(one for one in resolver_rules(aws) if one.id in ids) if ids else ())


@collector()
def forward_rules(own: VpcRules, profiles: DnsProfiles | Unavailable) -> ForwardRules:
    """With those of the VPC's profiles, which come behind its own of the same domain."""
    return ForwardRules(own.vpc_id, own.rules + (() if isinstance(profiles, Unavailable) else profiles.rules))


@collector("route53:ListResourceRecordSets")
def registry_lookup(registry: Registry, zones: PrivateZones, rules: ForwardRules, aws: Aws) -> RegistryLookup:
    """Follow the registry's name; only zones on its way are read."""
    name = plain(registry.host)
    branches = follow(name, View(zones.zones, rules.rules, partial(contents, aws)))
    no = (Ending.NO_NAME, Ending.NO_ADDRESS)
    deciding = {branch.source for branch in branches if branch.ending in no and branch.name == name}
    if not deciding:
        return RegistryLookup(name, branches)
    others = [zone for zone in zones.zones if zone.id not in deciding]
    return RegistryLookup(name, branches, follow(name, View(others, rules.rules, partial(contents, aws))))


@collector("route53:ListResourceRecordSets")
def lambda_lookup(name: LambdaName, zones: PrivateZones, rules: ForwardRules, aws: Aws) -> LambdaLookup:
    """Follow the Lambda name; only zones on its way are read."""
    return LambdaLookup(name.host, follow(name.host, View(zones.zones, rules.rules, partial(contents, aws))))


@collector()
def registry_answer(
    registry: Registry, vantage: Vantage, settings: Settings, lookup: RegistryLookup | Unavailable
) -> RegistryAnswer:
    """Ask for the registry's name, or, from outside, for what the VPC's resolver would ask public DNS.

    An address that ``--resolve`` gives stands for what a lookup inside would give.
    """
    name = plain(registry.host)
    if literal(name):
        names = []
    elif vantage.name in INSIDE:
        names = [] if any(plain(one.host) == name for one in settings.resolve) else [name]
    elif isinstance(lookup, Unavailable):
        names = []
    else:
        asked = (Ending.PUBLIC, Ending.NO_NAME, Ending.NO_ADDRESS)
        names = [branch.name for branch in lookup.branches if branch.ending in asked]
    return RegistryAnswer(vantage.name, tuple(vantage.resolve(name) for name in dict.fromkeys(names)))


@collector()
def lambda_answer(name: LambdaName, vantage: Vantage, settings: Settings) -> LambdaAnswer | Unavailable:
    """Ask for the Lambda name; an answer from outside the VPC says nothing about the VPC."""
    if vantage.name not in INSIDE or any(plain(one.host) == name.host for one in settings.resolve):
        return Unavailable("the Lambda name was not looked up inside the VPC", "run with --vantage inside")
    return LambdaAnswer(vantage.name, vantage.resolve(name.host))


COLLECTORS = (
    dns_attributes,
    name_servers,
    vpc_zones,
    private_zones,
    vpc_rules,
    forward_rules,
    registry_lookup,
    lambda_lookup,
    registry_answer,
    lambda_answer,
)

"""Reads how the model's VPC answers names, and asks live."""

import re
from functools import partial
from ipaddress import ip_network
from typing import Any

from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.collect.lookup import Contents, Record, View, covers, follow
from pullcheck.evidence.dns import (
    AMAZON,
    DnsAttributes,
    Ending,
    ForwardRule,
    ForwardRules,
    HostedZone,
    LambdaAnswer,
    LambdaLookup,
    NameServers,
    PrivateZones,
    RegistryAnswer,
    RegistryLookup,
    ZoneElsewhere,
    ZonesElsewhere,
    literal,
)
from pullcheck.evidence.placement import LambdaName, Registry
from pullcheck.evidence.vpc import ModelVpc
from pullcheck.missing import NotObserved, Unavailable
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
def private_zones(vpc: ModelVpc, aws: Aws) -> PrivateZones | Unavailable:
    """The zones associated with the VPC; botocore has no paginator for this call."""
    region = aws.region
    if region is None:
        return Unavailable("the region of the VPC is not known", "name it (--region or AWS_REGION)")
    parameters: dict[str, Any] = {"VPCId": vpc.id, "VPCRegion": region}
    zones: list[HostedZone] = []
    while True:
        page = aws.call("route53", "ListHostedZonesByVPC", **parameters)
        zones += (_zone(row) for row in page.get("HostedZoneSummaries", ()))
        if not page.get("NextToken"):
            return PrivateZones(vpc.id, region, tuple(zones))
        parameters["NextToken"] = page["NextToken"]


def _zone(row: dict[str, Any]) -> HostedZone:
    owner = row.get("Owner", {})
    service = owner.get("OwningService")
    zone_id = row["HostedZoneId"].rpartition("/")[2]
    return HostedZone(zone_id, _plain(row["Name"]), service or owner.get("OwningAccount", ""), bool(service))


@collector("route53resolver:ListResolverRuleAssociations", "route53resolver:ListResolverRules")
def forward_rules(vpc: ModelVpc, aws: Aws) -> ForwardRules:
    """The rules that somebody associated with the VPC; those that AWS makes by itself are not of interest."""
    filters = [{"Name": "VPCId", "Values": [vpc.id]}]
    rows = aws.call("route53resolver", "ListResolverRuleAssociations", Filters=filters)["ResolverRuleAssociations"]
    ids = {row["ResolverRuleId"] for row in rows if not row["ResolverRuleId"].startswith("rslvr-autodefined-")}
    if not ids:
        return ForwardRules(vpc.id, ())
    rules = aws.call("route53resolver", "ListResolverRules")["ResolverRules"]
    return ForwardRules(vpc.id, tuple(_rule(row) for row in rules if row["Id"] in ids))


def _rule(row: dict[str, Any]) -> ForwardRule:
    targets = (target.get("Ip") or target.get("Ipv6") or "" for target in row.get("TargetIps", ()))
    return ForwardRule(row["Id"], _plain(row.get("DomainName", "")), row.get("RuleType", ""), tuple(targets))


@collector("route53:ListResourceRecordSets")
def registry_lookup(registry: Registry, zones: PrivateZones, rules: ForwardRules, aws: Aws) -> RegistryLookup:
    """Follow the registry's name; only zones on its way are read."""
    name = _plain(registry.host)
    branches = follow(name, View(zones.zones, rules.rules, partial(_contents, aws)))
    no = (Ending.NO_NAME, Ending.NO_ADDRESS)
    deciding = {branch.source for branch in branches if branch.ending in no and branch.name == name}
    if not deciding:
        return RegistryLookup(name, branches)
    others = [zone for zone in zones.zones if zone.id not in deciding]
    return RegistryLookup(name, branches, follow(name, View(others, rules.rules, partial(_contents, aws))))


@collector("route53:ListResourceRecordSets")
def lambda_lookup(name: LambdaName, zones: PrivateZones, rules: ForwardRules, aws: Aws) -> LambdaLookup:
    """Follow the Lambda name; only zones on its way are read."""
    return LambdaLookup(name.host, follow(name.host, View(zones.zones, rules.rules, partial(_contents, aws))))


@collector(optional=("route53:ListHostedZones", "route53:ListResourceRecordSets"))
def zones_elsewhere(registry: Registry, zones: PrivateZones, aws: Aws) -> ZonesElsewhere:
    """Private zones of the account that know the registry while the VPC's own zones do not cover its name."""
    name = _plain(registry.host)
    if any(covers(zone.name, name) for zone in zones.zones):
        return ZonesElsewhere(())
    rows = aws.call("route53", "ListHostedZones")["HostedZones"]
    private = (row for row in rows if row.get("Config", {}).get("PrivateZone"))
    candidates = [_zone({"HostedZoneId": row["Id"], "Name": row["Name"]}) for row in private]
    known = ((zone, _addresses(name, zone, aws)) for zone in candidates if covers(zone.name, name))
    return ZonesElsewhere(tuple(ZoneElsewhere(zone, addresses) for zone, addresses in known if addresses))


def _addresses(name: str, zone: HostedZone, aws: Aws) -> tuple[str, ...]:
    branches = follow(name, View((zone,), (), partial(_contents, aws)))
    return tuple(branch.detail for branch in branches if branch.ending is Ending.ADDRESS)


def _contents(aws: Aws, zone: HostedZone) -> Contents:
    """The zone's records; a zone that another account or a service owns is listed for the VPC but cannot be read."""
    if zone.by_service:
        return Contents(unreadable=f"{zone} is run by {zone.owner}, which shows its records to nobody")
    try:
        rows = aws.call("route53", "ListResourceRecordSets", HostedZoneId=zone.id)["ResourceRecordSets"]
    except NotObserved as denied:
        return Contents(unreadable=f"{zone} belongs to {zone.owner}: {denied.unavailable.because}")
    except AwsRefusal as refusal:
        return Contents(unreadable=f"{zone} belongs to {zone.owner}: {refusal}")
    return Contents(tuple(_record(row) for row in rows))


def _record(row: dict[str, Any]) -> Record:
    values = tuple(value["Value"] for value in row.get("ResourceRecords", ()))
    alias = row.get("AliasTarget", {}).get("DNSName")
    plain = tuple(_plain(value) for value in values) if row["Type"] == "CNAME" else values
    return Record(_plain(row["Name"]), row["Type"], plain, _plain(alias) if alias else None)


def _plain(name: str) -> str:
    r"""Lower case, without the last dot; Route 53 writes the asterisk as ``\052`` (Developer Guide, name format)."""
    return re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), name).rstrip(".").lower()


@collector()
def registry_answer(
    registry: Registry, vantage: Vantage, settings: Settings, lookup: RegistryLookup | Unavailable
) -> RegistryAnswer:
    """Ask for the registry's name, or, from outside, for what the VPC's resolver would ask public DNS.

    An address that ``--resolve`` gives stands for what a lookup inside would give.
    """
    name = _plain(registry.host)
    if literal(name):
        names = []
    elif vantage.name in INSIDE:
        names = [] if any(_plain(one.host) == name for one in settings.resolve) else [name]
    elif isinstance(lookup, Unavailable):
        names = []
    else:
        asked = (Ending.PUBLIC, Ending.NO_NAME, Ending.NO_ADDRESS)
        names = [branch.name for branch in lookup.branches if branch.ending in asked]
    return RegistryAnswer(vantage.name, tuple(vantage.resolve(name) for name in dict.fromkeys(names)))


@collector()
def lambda_answer(name: LambdaName, vantage: Vantage, settings: Settings) -> LambdaAnswer | Unavailable:
    """Ask for the Lambda name; an answer from outside the VPC says nothing about the VPC."""
    if vantage.name not in INSIDE or any(_plain(one.host) == name.host for one in settings.resolve):
        return Unavailable("the Lambda name was not looked up inside the VPC", "run with --vantage inside")
    return LambdaAnswer(vantage.name, vantage.resolve(name.host))


COLLECTORS = (
    dns_attributes,
    name_servers,
    private_zones,
    forward_rules,
    registry_lookup,
    lambda_lookup,
    zones_elsewhere,
    registry_answer,
    lambda_answer,
)

"""Reads what surrounds the credentials function, each part only where the function calls for it."""

from collections.abc import Iterator

from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.collect.destinations import branches_of, is_amazons_public
from pullcheck.collect.endpoint import lambda_endpoints
from pullcheck.collect.far import vpc_peerings
from pullcheck.collect.function import configuration_of
from pullcheck.collect.network import (
    groups_named,
    vpc_acls,
    vpc_interfaces,
    vpc_internet_gateways,
    vpc_nat_gateways,
    vpc_route_tables,
    vpc_subnets,
)
from pullcheck.evidence.destinations import VpcResolver
from pullcheck.evidence.function import Function
from pullcheck.evidence.function_surroundings import (
    AliasTarget,
    FunctionAlias,
    FunctionKey,
    FunctionNetwork,
    NeededService,
)
from pullcheck.evidence.network import Interfaces, NetworkEvidence, PrefixLists, SecurityGroups
from pullcheck.evidence.placement import CredentialsProvider, LambdaName
from pullcheck.evidence.vpc import ModelVpc
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.partition import partition_of
from pullcheck.wiring import collector

IPV6 = "the function may use IPv6, for which no path is judged"
USUAL = "secretsmanager"
"""Where the guide's function keeps the password."""


@collector("lambda:GetAlias", "lambda:GetFunctionConfiguration")
def function_alias(
    found: Function, provider: CredentialsProvider, aws: Aws
) -> FunctionAlias | Unavailable | NotApplicable:
    """Where the alias sends calls besides the version whose configuration was read."""
    del found
    name = provider.qualifier
    if name is None or name == "$LATEST" or name.isdigit():
        return NotApplicable("the model names no alias of the function", provider.arn)
    try:
        row = aws.call("lambda", "GetAlias", FunctionName=provider.unqualified_arn, Name=name)
    except AwsRefusal as refusal:
        return Unavailable(f"the alias {name} could not be read: {refusal}", "see the message")
    weights = (row.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    others = (
        AliasTarget(version, float(weight), configuration_of(provider, aws, version))
        for version, weight in sorted(weights.items())
        if weight
    )
    return FunctionAlias(name, tuple(others))


@collector("kms:DescribeKey")
def function_key(found: Function, aws: Aws) -> FunctionKey | NotApplicable:
    """Asked only where the function names a key of its own."""
    if found.kms_key_arn is None:
        return NotApplicable("the function's environment has no key of its own", found.arn)
    try:
        row = aws.call("kms", "DescribeKey", KeyId=found.kms_key_arn)["KeyMetadata"]
    except AwsRefusal as refusal:
        if refusal.code != "NotFoundException":
            raise
        return FunctionKey(found.kms_key_arn, None)
    return FunctionKey(row.get("Arn", found.kms_key_arn), row.get("KeyState", "Enabled"))


@collector(
    "ec2:DescribeSubnets",
    "ec2:DescribeRouteTables",
    "ec2:DescribeNetworkAcls",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeNatGateways",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeVpcEndpoints",
    "ec2:DescribeVpcPeeringConnections",
)
def function_network(
    found: Function,
    provider: CredentialsProvider,
    model_vpc: ModelVpc | Unavailable | NotApplicable,
    resolver: VpcResolver | Unavailable | NotApplicable,
    aws: Aws,
) -> FunctionNetwork | NotApplicable:
    """Of a VPC that is the model's too, nothing is asked twice."""
    if not found.subnet_ids or found.vpc_id is None:
        return NotApplicable("the function is attached to no VPC", provider.arn)
    vpc = ModelVpc(found.vpc_id)
    seen = resolver if vpc == model_vpc else Unavailable(f"the zones of {vpc.id} were not read")
    services = tuple(_services(found, provider.region, vpc, seen, aws))
    addresses = {address for one in services for endpoint in one.endpoints for address in endpoint.addresses}
    interfaces = vpc_interfaces(vpc, aws).rows
    seats = tuple(one for one in interfaces if addresses.intersection(one.addresses))
    groups = {name for one in seats for name in one.group_ids}.union(found.security_group_ids)
    network = NetworkEvidence(
        subnets=vpc_subnets(vpc, aws),
        route_tables=vpc_route_tables(vpc, aws),
        acls=vpc_acls(vpc, aws),
        groups=SecurityGroups(groups_named(aws, sorted(groups))),
        interfaces=Interfaces(seats),
        prefix_lists=PrefixLists(()),
        nat_gateways=vpc_nat_gateways(vpc, aws),
        internet_gateways=vpc_internet_gateways(vpc, aws),
        peerings=vpc_peerings(vpc, aws),
    )
    return FunctionNetwork(vpc.id, network, services)


def _services(
    found: Function, region: str, vpc: ModelVpc, resolver: VpcResolver | Unavailable | NotApplicable, aws: Aws
) -> Iterator[NeededService]:
    partition = partition_of(region)
    for name in found.services or (USUAL,):
        host, service = f"{name}.{region}.{partition.suffix}", f"{partition.services}.{region}.{name}"
        here = lambda_endpoints(vpc, LambdaName(host, region, service), aws)
        assert not isinstance(here, Unavailable)
        endpoints = tuple(one for one in here.here if one.takes_the_name)
        elsewhere = "" if endpoints else IPV6 if found.uses_ipv6 else _elsewhere(host, resolver, aws)
        yield NeededService(name, host, service, endpoints, not found.services, elsewhere)


def _elsewhere(host: str, resolver: VpcResolver | Unavailable | NotApplicable, aws: Aws) -> str:
    if not isinstance(resolver, VpcResolver):
        return resolver.because if isinstance(resolver, Unavailable) else resolver.reason
    branches = branches_of(host, resolver, aws)
    return "" if is_amazons_public(host, resolver, branches) else "; ".join(map(str, branches))


COLLECTORS = (function_alias, function_key, function_network)

"""Reads the quotas that a pull or a fix may run into. Nothing that the checks wait for waits for these."""

from typing import Any

from pullcheck.collect.aws import Aws
from pullcheck.evidence.endpoint import LambdaEndpoints
from pullcheck.evidence.function import FunctionConcurrency
from pullcheck.evidence.network import DestinationGroups, ModelGroups
from pullcheck.evidence.placement import CredentialsProvider
from pullcheck.evidence.quota import (
    AccountConcurrency,
    EndpointQuotas,
    PrefixListSize,
    PrefixListSizes,
    Quota,
    RegionInterfaces,
    VpcInterfaceEndpoints,
    VpcQuotas,
)
from pullcheck.evidence.vpc import ModelVpc
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.target import Target, TargetKind
from pullcheck.wiring import collector

ALL_ENDPOINTS = "Number of instances across active endpoints"
OF_ENDPOINTS = " for endpoint usage"
PAGE = {"PageSize": 100}


@collector("servicequotas:ListServiceQuotas")
def vpc_quotas(vpc: ModelVpc, aws: Aws) -> VpcQuotas:
    """All of Amazon VPC's, which are one page."""
    del vpc
    return VpcQuotas(tuple(map(_quota, _listed(aws, "vpc"))))


@collector("servicequotas:ListServiceQuotas")
def endpoint_quotas(target: Target, aws: Aws) -> EndpointQuotas | NotApplicable:
    """Those of the variants' instance types. SageMaker has thousands, so they are read only where a type is named."""
    types = {kind for variant in target.variants for kind in variant.instance_types}
    if not types or target.kind is TargetKind.ENDPOINT:
        known = "the endpoint exists" if target.kind is TargetKind.ENDPOINT else "no instance type is named"
        return NotApplicable(known)
    wanted = {ALL_ENDPOINTS, *(kind + OF_ENDPOINTS for kind in types)}
    return EndpointQuotas(tuple(_quota(row) for row in _listed(aws, "sagemaker") if row["QuotaName"] in wanted))


def _listed(aws: Aws, service: str) -> list[dict[str, Any]]:
    answer = aws.call("service-quotas", "ListServiceQuotas", ServiceCode=service, PaginationConfig=PAGE)
    return [row for row in answer.get("Quotas", ()) if row.get("Value") is not None]


def _quota(row: dict[str, Any]) -> Quota:
    return Quota(row["QuotaCode"], row.get("QuotaName", ""), float(row["Value"]))


@collector("ec2:DescribeNetworkInterfaces")
def region_interfaces(vpc: ModelVpc, aws: Aws) -> RegionInterfaces:
    """All of the account's in the region, which is what the quota counts; a thousand are one page."""
    del vpc
    return RegionInterfaces(len(aws.call("ec2", "DescribeNetworkInterfaces")["NetworkInterfaces"]))


@collector("ec2:DescribeVpcEndpoints")
def vpc_interface_endpoints(found: LambdaEndpoints, aws: Aws) -> VpcInterfaceEndpoints | NotApplicable:
    """Counted where one has to be made."""
    if found.here:
        return NotApplicable(f"{found.vpc_id} has {found.here[0].id} for Lambda, and needs no further endpoint")
    filters = [{"Name": "vpc-endpoint-type", "Values": ["Interface"]}, {"Name": "vpc-id", "Values": [found.vpc_id]}]
    rows = aws.call("ec2", "DescribeVpcEndpoints", Filters=filters).get("VpcEndpoints", ())
    living = [row for row in rows if row.get("State", "").lower() not in ("deleted", "rejected", "failed")]
    return VpcInterfaceEndpoints(found.vpc_id, len(living))


@collector("lambda:GetAccountSettings")
def account_concurrency(
    provider: CredentialsProvider, own: FunctionConcurrency, aws: Aws
) -> AccountConcurrency | Unavailable | NotApplicable:
    """What the function shares with all others; one with a reserve of its own does not."""
    if own.reserved is not None:
        return NotApplicable(f"{provider.function_name} has {own.reserved} concurrent executions of its own")
    limit = aws.call("lambda", "GetAccountSettings").get("AccountLimit", {})
    if "ConcurrentExecutions" not in limit:
        return Unavailable("lambda:GetAccountSettings shows no limit of concurrent executions", "try again")
    total = int(limit["ConcurrentExecutions"])
    return AccountConcurrency(total, int(limit.get("UnreservedConcurrentExecutions", total)))


@collector("ec2:DescribeManagedPrefixLists")
def prefix_list_sizes(own: ModelGroups, other: DestinationGroups, aws: Aws) -> PrefixListSizes:
    """The sizes of the lists that the groups name. Asked only if there are any."""
    rules = [rule for group in own.rows + other.rows for rule in group.ingress + group.egress]
    names = sorted({name for rule in rules for name in rule.prefix_list_ids})
    if not names:
        return PrefixListSizes(())
    filters = [{"Name": "prefix-list-id", "Values": names}]
    rows = aws.call("ec2", "DescribeManagedPrefixLists", Filters=filters).get("PrefixLists", ())
    return PrefixListSizes(tuple(PrefixListSize(row["PrefixListId"], row.get("MaxEntries")) for row in rows))


COLLECTORS = (
    vpc_quotas,
    endpoint_quotas,
    region_interfaces,
    vpc_interface_endpoints,
    account_concurrency,
    prefix_list_sizes,
)

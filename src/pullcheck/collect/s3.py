"""Reads what leads to S3 in the model's VPC, where the layers or the model data come from there."""

from collections.abc import Iterable

from pullcheck.collect.aws import Aws
from pullcheck.collect.destinations import branches_of, is_amazons_public
from pullcheck.collect.far import matching
from pullcheck.collect.network import lists_named
from pullcheck.evidence.destinations import VpcResolver
from pullcheck.evidence.gateway_endpoint import gateway_endpoints
from pullcheck.evidence.model_data import ModelData
from pullcheck.evidence.network_rows import PrefixList
from pullcheck.evidence.pull_hosts import PullHostAddresses
from pullcheck.evidence.s3 import ModelDataService, PullHostService, S3Service
from pullcheck.evidence.vpc import ModelVpc
from pullcheck.missing import NotApplicable, NotObserved, Unavailable
from pullcheck.partition import partition_of
from pullcheck.s3_names import S3Place, place_of, region_of
from pullcheck.target import Container, Target
from pullcheck.wiring import collector

ACTIONS = ("ec2:DescribeVpcEndpoints", "ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries")


@collector()
def model_data(container: Container, target: Target) -> ModelData | Unavailable | NotApplicable:
    """The object or prefix in S3 that the container names; it has to be in the model's Region."""
    url = container.model_data_url
    if url is None:
        return NotApplicable(f"{container.field} names no model data", container.field)
    if target.region is None:
        return Unavailable("the region is not known", "name it (--region or AWS_REGION)")
    bucket, _, key = url.removeprefix("s3://").partition("/")
    place = S3Place(target.region, bucket, key) if url.startswith("s3://") else place_of(url)
    if place is None or not place.bucket:
        return Unavailable(
            f"{container.field} names its model data by {url}, which is no URL of S3", "give an s3:// URL"
        )
    host = f"{place.bucket}.s3.{target.region}.{partition_of(target.region).suffix}"
    return ModelData(target.region, host, place.bucket, place.key)


@collector(*ACTIONS, "route53:ListResourceRecordSets")
def model_data_service(data: ModelData, vpc: ModelVpc, resolver: VpcResolver, aws: Aws) -> ModelDataService:
    """S3, and where the VPC's zones, rules or servers lead its name if not there."""
    branches = branches_of(data.host, resolver, aws)
    elsewhere = "" if is_amazons_public(data.host, resolver, branches) else _words(resolver, map(str, branches))
    return ModelDataService(_s3(data.region, vpc, aws), elsewhere)


def _words(resolver: VpcResolver, branches: Iterable[str]) -> str:
    if not resolver.servers.are_amazons:
        return f"{resolver.servers.options_id} names the servers {', '.join(resolver.servers.servers)}"
    return "; ".join(branches)


@collector(*ACTIONS)
def pull_host_service(
    found: PullHostAddresses, data: ModelDataService | Unavailable | NotApplicable, vpc: ModelVpc, aws: Aws
) -> PullHostService:
    """S3, asked for only where a request of the pull leads there, and not twice."""
    region = aws.region
    if region is None or not any(region_of(one.host.name) in (region, "") for one in found.hosts):
        return PullHostService(None)
    if isinstance(data, ModelDataService) and data.s3.region == region:
        return PullHostService(data.s3)
    return PullHostService(_s3(region, vpc, aws))


def _s3(region: str, vpc: ModelVpc, aws: Aws) -> S3Service:
    name = f"com.amazonaws.{region}.s3"
    filters = matching("vpc-id", vpc.id) + matching("service-name", name)
    rows = aws.call("ec2", "DescribeVpcEndpoints", Filters=filters).get("VpcEndpoints", [])
    taken_by = (row["VpcEndpointId"] for row in rows if row.get("VpcEndpointType") == "Interface" and _takes_names(row))
    return S3Service(
        region,
        name,
        _ranges(name, aws),
        gateway_endpoints(rows).rows,
        tuple(taken_by),
    )


def _takes_names(row: dict[str, object]) -> bool:
    options = row.get("DnsOptions")
    inbound = isinstance(options, dict) and options.get("PrivateDnsOnlyForInboundResolverEndpoint")
    return str(row.get("State")).lower() == "available" and bool(row.get("PrivateDnsEnabled")) and not inbound


def _ranges(name: str, aws: Aws) -> PrefixList | Unavailable:
    """The list that AWS keeps of the service's public addresses."""
    try:
        answer = aws.call("ec2", "DescribeManagedPrefixLists", Filters=matching("prefix-list-name", name))
        found = lists_named(aws, {row["PrefixListId"] for row in answer.get("PrefixLists", ())})
    except NotObserved as nothing:
        return nothing.unavailable
    return found[0] if found else Unavailable(f"AWS shows no prefix list {name}")


COLLECTORS = (model_data, model_data_service, pull_host_service)

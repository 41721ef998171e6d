"""Reads the model's subnets, and what their zones and their VPC offer."""

from typing import Any

from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.evidence.placement import Placement
from pullcheck.evidence.vpc import ModelSubnet, ModelSubnets, ModelVpc, Offering, Offerings, VpcTenancy
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.target import Model, Target
from pullcheck.wiring import collector


@collector("ec2:DescribeSubnets")
def model_subnets(placement: Placement, aws: Aws) -> ModelSubnets:
    """The subnets of the request. One unknown id makes AWS refuse the whole list, so they are then asked for singly."""
    try:
        rows = _describe(aws, placement.subnet_ids)
        absent: tuple[str, ...] = ()
    except AwsRefusal as refusal:
        if not refusal.code.startswith("InvalidSubnetID"):
            raise
        rows, absent = _one_by_one(aws, placement.subnet_ids)
    by_id = {row["SubnetId"]: row for row in rows}
    present = tuple(_subnet(by_id[name]) for name in placement.subnet_ids if name in by_id)
    return ModelSubnets(present, absent)


def _describe(aws: Aws, names: tuple[str, ...]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = aws.call("ec2", "DescribeSubnets", SubnetIds=list(names))["Subnets"]
    return rows


def _one_by_one(aws: Aws, names: tuple[str, ...]) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    rows, absent = [], []
    for name in names:
        try:
            rows += _describe(aws, (name,))
        except AwsRefusal as refusal:
            if not refusal.code.startswith("InvalidSubnetID"):
                raise
            absent.append(name)
    return rows, tuple(absent)


def _subnet(row: dict[str, Any]) -> ModelSubnet:
    return ModelSubnet(
        id=row["SubnetId"],
        vpc_id=row["VpcId"],
        cidr=row.get("CidrBlock", ""),
        zone=row.get("AvailabilityZone", ""),
        zone_id=row.get("AvailabilityZoneId", ""),
        state=row.get("State", ""),
        owner=row.get("OwnerId", ""),
        free_addresses=row.get("AvailableIpAddressCount", 0),
        ipv6_native=row.get("Ipv6Native", False),
        outpost=bool(row.get("OutpostArn")),
    )


@collector()
def model_vpc(found: ModelSubnets) -> ModelVpc | Unavailable:
    """The VPC that all model subnets share."""
    names = sorted({subnet.vpc_id for subnet in found.subnets})
    if len(names) == 1:
        return ModelVpc(names[0])
    reason = f"the model's subnets lie in {len(names)} VPCs" if names else "none of the model's subnets exists"
    return Unavailable(reason, "name subnets of one VPC", blocked_by="network.subnets-usable")


@collector("ec2:DescribeVpcs")
def vpc_tenancy(vpc: ModelVpc, aws: Aws) -> VpcTenancy:
    """From the answer that the VPC's DHCP options are read from too."""
    [row] = aws.call("ec2", "DescribeVpcs", VpcIds=[vpc.id])["Vpcs"]
    return VpcTenancy(vpc.id, row.get("InstanceTenancy") or "default")


@collector(optional=("ec2:DescribeInstanceTypeOfferings",))
def offerings(target: Target, model: Model, aws: Aws) -> Offerings | NotApplicable:
    """Where EC2 has the types that the model's variants name; SageMaker's own list is not published."""
    mine = [variant for variant in target.variants if variant.model_name == model.name]
    types = sorted({kind.removeprefix("ml.") for variant in mine for kind in variant.instance_types})
    if not types:
        return NotApplicable("no variant of the model names an instance type")
    filters = [{"Name": "instance-type", "Values": types}]
    answer = aws.call("ec2", "DescribeInstanceTypeOfferings", LocationType="availability-zone-id", Filters=filters)
    rows = answer.get("InstanceTypeOfferings", ())
    places = {one: sorted(row["Location"] for row in rows if row["InstanceType"] == one) for one in types}
    return Offerings(tuple(Offering(one, tuple(zones)) for one, zones in places.items()))


COLLECTORS = (model_subnets, model_vpc, vpc_tenancy, offerings)

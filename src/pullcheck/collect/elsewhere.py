"""Looks for private zones of the account that know a name of the pull and that the model's VPC does not use."""

from functools import partial

from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.collect.lookup import View, follow
from pullcheck.collect.records import contents, plain, zone_of
from pullcheck.evidence.branches import Ending
from pullcheck.evidence.dns import (
    HostedZone,
    LambdaLookup,
    LambdaZonesElsewhere,
    PrivateZones,
    ZoneElsewhere,
    ZonesElsewhere,
    covers,
)
from pullcheck.evidence.endpoint import LambdaEndpoints
from pullcheck.evidence.placement import Registry
from pullcheck.missing import NotObserved
from pullcheck.wiring import collector

LOOKS = ("route53:ListHostedZones", "route53:ListResourceRecordSets")
LEADS = (Ending.ADDRESS, Ending.PUBLIC)
WHO_USES_IT = ("route53:GetHostedZone", "ec2:DescribeTransitGatewayVpcAttachments")


@collector(optional=(*LOOKS, *WHO_USES_IT))
def zones_elsewhere(registry: Registry, zones: PrivateZones, aws: Aws) -> ZonesElsewhere:
    """Private zones of the account that know the registry while the VPC's own zones do not cover its name."""
    return ZonesElsewhere(_knowing(plain(registry.host), zones, aws))


@collector(optional=(*LOOKS, *WHO_USES_IT))
def lambda_zones_elsewhere(
    endpoints: LambdaEndpoints, lookup: LambdaLookup, zones: PrivateZones, aws: Aws
) -> LambdaZonesElsewhere:
    """Those that know the Lambda name, where the only endpoints for it are in other VPCs and the name leads to none."""
    public = all(branch.ending is Ending.PUBLIC and branch.name == lookup.name for branch in lookup.branches)
    if endpoints.here or not public or not any(one.available for one in endpoints.elsewhere):
        return LambdaZonesElsewhere()
    return LambdaZonesElsewhere(_knowing(lookup.name, zones, aws))


def _knowing(name: str, zones: PrivateZones, aws: Aws) -> tuple[ZoneElsewhere, ...]:
    if any(covers(zone.name, name) for zone in zones.zones):
        return ()
    rows = aws.call("route53", "ListHostedZones")["HostedZones"]
    private = (row for row in rows if row.get("Config", {}).get("PrivateZone"))
    candidates = [zone_of({"HostedZoneId": row["Id"], "Name": row["Name"]}) for row in private]
    known = ((zone, _addresses(name, zone, aws)) for zone in candidates if covers(zone.name, name))
    return tuple(
        ZoneElsewhere(zone, addresses, _joined(zone, zones.vpc_id, aws)) for zone, addresses in known if addresses
    )


def _addresses(name: str, zone: HostedZone, aws: Aws) -> tuple[str, ...]:
    """Its addresses, or the public names that an alias or CNAME leads to."""
    branches = follow(name, View((zone,), (), partial(contents, aws)))
    told = (one.detail if one.ending is Ending.ADDRESS else one.name for one in branches if one.ending in LEADS)
    return tuple(one for one in told if one != name)


def _joined(zone: HostedZone, vpc_id: str, aws: Aws) -> str:
    """The transit gateway between the VPC and one that uses the zone; nothing where that may not be read."""
    try:
        users = {row["VPCId"] for row in aws.call("route53", "GetHostedZone", Id=zone.id).get("VPCs", ())}
        filters = [{"Name": "vpc-id", "Values": sorted({vpc_id, *users})}]
        rows = aws.call("ec2", "DescribeTransitGatewayVpcAttachments", Filters=filters)["TransitGatewayVpcAttachments"]
    except (NotObserved, AwsRefusal):
        return ""
    mine = {row["TransitGatewayId"] for row in rows if row["VpcId"] == vpc_id}
    far = (row for row in rows if row["VpcId"] in users and row["TransitGatewayId"] in mine)
    return next((f"{row['TransitGatewayId']} joins it with {row['VpcId']}, which uses the zone" for row in far), "")


COLLECTORS = (zones_elsewhere, lambda_zones_elsewhere)

"""Reads the interface endpoints for the regional Lambda service."""

from collections.abc import Iterable
from typing import Any

from pullcheck.collect.aws import Aws
from pullcheck.evidence.endpoint import EndpointInterface, InterfaceEndpoint, LambdaEndpoints, ServiceZones
from pullcheck.evidence.network import Subnets
from pullcheck.evidence.placement import LambdaName
from pullcheck.evidence.vpc import ModelSubnets, ModelVpc
from pullcheck.wiring import collector

LOOK_ALIKES = ("lambda", "lambda-fips")


@collector("ec2:DescribeVpcEndpoints", "ec2:DescribeNetworkInterfaces")
def lambda_endpoints(vpc: ModelVpc, name: LambdaName, aws: Aws) -> LambdaEndpoints:
    """One call for the account's interface endpoints in the region, one for the interfaces of those that matter."""
    filters = [{"Name": "vpc-endpoint-type", "Values": ["Interface"]}]
    rows = aws.call("ec2", "DescribeVpcEndpoints", Filters=filters).get("VpcEndpoints", [])
    living = [row for row in rows if row.get("State", "").lower() != "deleted"]
    right = [row for row in living if row["ServiceName"] == name.service_name]
    similar = [row for row in living if row["VpcId"] == vpc.id and _is_look_alike(row["ServiceName"], name)]
    interfaces = _interfaces(aws, (*right, *similar))
    return LambdaEndpoints(
        vpc.id,
        name.service_name,
        here=tuple(_endpoint(row, interfaces) for row in right if row["VpcId"] == vpc.id),
        elsewhere=tuple(_endpoint(row, interfaces) for row in right if row["VpcId"] != vpc.id),
        look_alikes=tuple(_endpoint(row, interfaces) for row in similar),
    )


@collector(optional=("ec2:DescribeVpcEndpointServices",))
def service_zones(endpoints: LambdaEndpoints, model: ModelSubnets, subnets: Subnets, aws: Aws) -> ServiceZones:
    """Asked only where a zone of the model has no interface of the VPC's endpoint."""
    taken = {name for one in endpoints.here for name in one.subnet_ids}
    served = {subnet.zone_id for subnet in subnets.rows if subnet.id in taken}
    if not endpoints.here or all(subnet.zone_id in served for subnet in model.subnets):
        return ServiceZones()
    answer = aws.call("ec2", "DescribeVpcEndpointServices", ServiceNames=[endpoints.service_name])
    rows = answer.get("ServiceDetails", ())
    return ServiceZones(
        tuple(zone for row in rows for key in ("AvailabilityZones", "AvailabilityZoneIds") for zone in row.get(key, ()))
    )


def _is_look_alike(service_name: str, name: LambdaName) -> bool:
    return service_name != name.service_name and service_name.rpartition(".")[2] in LOOK_ALIKES


def _interfaces(aws: Aws, rows: Iterable[dict[str, Any]]) -> dict[str, EndpointInterface]:
    ids = sorted({one for row in rows for one in row.get("NetworkInterfaceIds", ())})
    if not ids:
        return {}
    filters = [{"Name": "network-interface-id", "Values": ids}]
    found = aws.call("ec2", "DescribeNetworkInterfaces", Filters=filters)["NetworkInterfaces"]
    return {
        row["NetworkInterfaceId"]: EndpointInterface(
            row["NetworkInterfaceId"], row.get("SubnetId", ""), row.get("PrivateIpAddress")
        )
        for row in found
    }


def _endpoint(row: dict[str, Any], interfaces: dict[str, EndpointInterface]) -> InterfaceEndpoint:
    options = row.get("DnsOptions") or {}
    error = row.get("LastError") or {}
    entries = (entry.get("DnsName") for entry in row.get("DnsEntries", ()))
    return InterfaceEndpoint(
        id=row["VpcEndpointId"],
        vpc_id=row["VpcId"],
        service_name=row["ServiceName"],
        state=row.get("State", "").lower(),
        private_dns=row.get("PrivateDnsEnabled", False),
        subnet_ids=tuple(row.get("SubnetIds", ())),
        security_group_ids=tuple(group["GroupId"] for group in row.get("Groups", ())),
        interfaces=tuple(interfaces[one] for one in row.get("NetworkInterfaceIds", ()) if one in interfaces),
        dns_names=tuple(name.lower().rstrip(".") for name in entries if name),
        ip_type=row.get("IpAddressType"),
        record_ip_type=options.get("DnsRecordIpType"),
        inbound_resolver_only=options.get("PrivateDnsOnlyForInboundResolverEndpoint", False),
        last_error=error.get("Message") or row.get("FailureReason") or "",
        policy=row.get("PolicyDocument") or "",
    )


COLLECTORS = (lambda_endpoints, service_zones)

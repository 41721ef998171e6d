"""Does the Lambda endpoint stand in every zone in which the model runs?"""

from collections.abc import Iterator

from pullcheck.evidence.endpoint import LambdaEndpoints, ServiceZones
from pullcheck.evidence.names import LambdaAddresses
from pullcheck.evidence.network import Subnets
from pullcheck.evidence.vpc import ModelSubnets
from pullcheck.missing import Unavailable
from pullcheck.verdict import Basis, Cause, Fix, Severity, Verdict, failed, not_applicable, passed
from pullcheck.wiring import check

ZONE_GAP = Cause(
    "vpce.zone-gap",
    breaks="The Lambda endpoint has no interface in a zone of the model, so calls from there depend on another zone.",
    seen="ec2:DescribeVpcEndpoints: SubnetIds; ec2:DescribeSubnets: the zones of these and of the model's subnets.",
    fix="Give the endpoint a subnet in each zone of the model.",
    basis=Basis.DOCUMENTED,
    source="AWS PrivateLink Guide, interface endpoints: subnets and Availability Zones",
    severity=Severity.WARNING,
)
ZONE_UNSUPPORTED = Cause(
    "vpce.zone-unsupported",
    breaks="AWS offers no endpoint for Lambda in a zone of the model, so calls from there depend on another zone.",
    seen="ec2:DescribeVpcEndpointServices: AvailabilityZones lacks the zone of one of the model's subnets.",
    fix="Run the model in subnets of zones that are listed.",
    basis=Basis.DOCUMENTED,
    source="AWS PrivateLink Guide, interface endpoints: subnets and Availability Zones",
    severity=Severity.WARNING,
)


@check("endpoint.zones", "The Lambda endpoint stands in every zone of the model", (ZONE_GAP, ZONE_UNSUPPORTED))
def stands_in_every_zone(
    endpoints: LambdaEndpoints,
    addresses: LambdaAddresses,
    model: ModelSubnets,
    subnets: Subnets,
    offered: ServiceZones | Unavailable,
) -> Iterator[Verdict]:
    """What: compares the zones of the Lambda endpoint's subnets with those of the model's.

    Why: an endpoint serves the whole VPC from any zone, but when that zone fails, the model in the others cannot be
    given its credentials either.

    Passes: when the endpoint that the Lambda name leads to has a subnet in every zone of the model's subnets.

    Fails: as a warning, when a zone lacks one.

    Not verified when: it is not known where the Lambda name leads. An endpoint of another VPC is not judged.

    Fix: add a subnet in the zone to the endpoint; where AWS offers none there, use another zone for the model.

    Source: AWS PrivateLink Guide, interface endpoints.
    """
    used = next((one for one in endpoints.here if one.id == addresses.endpoint_id), None)
    if used is None:
        yield not_applicable(addresses.host, f"{addresses.host} leads to no endpoint of {endpoints.vpc_id}")
        return
    served = {subnet.zone_id for subnet in subnets.rows if subnet.id in used.subnet_ids}
    lacking = {subnet.zone_id: subnet for subnet in reversed(model.subnets) if subnet.zone_id not in served}
    for subnet in lacking.values():
        because = f"{used.id} has no network interface in {subnet.zone_id}, the zone of {subnet.id}"
        zones = None if isinstance(offered, Unavailable) else offered.zones
        if zones and not {subnet.zone, subnet.zone_id} & set(zones):
            because += f", where AWS offers none: {used.service_name} is in {', '.join(sorted(zones))}"
            fix = Fix(f"run the model in subnets of those zones in place of {subnet.id}")
            yield failed(subnet.zone_id, because, ZONE_UNSUPPORTED, fix, resources=[used.id, subnet.id])
            continue
        command = f"aws ec2 modify-vpc-endpoint --vpc-endpoint-id {used.id} --add-subnet-ids {subnet.id}"
        fix = Fix(f"add {subnet.id} to {used.id}", (command,))
        yield failed(subnet.zone_id, because, ZONE_GAP, fix, resources=[used.id, subnet.id])
    if not lacking:
        listed = ", ".join(sorted(served))
        yield passed(used.id, f"{used.id} has a network interface in {listed}", resources=[used.id])

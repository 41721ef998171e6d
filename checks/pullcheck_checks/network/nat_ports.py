"""Has every connection through the model's NAT gateways found a port?"""

from collections.abc import Iterator

from pullcheck import Basis, Cause, Fix, Severity, Verdict, check, failed, not_applicable, passed
from pullcheck.evidence.nat_ports import NatPorts
from pullcheck_checks.network.causes.routes import NAT_GATEWAYS

NO_PORTS = Cause(
    "rt.nat-idle-or-ports",
    "A NAT gateway of the model's subnets has run out of ports to one destination: new connections through it fail now"
    " and then, as when many instances pull layers at once.",
    "CloudWatch, AWS/NATGateway: the sum of ErrorPortAllocation over the last day is above 0.",
    "Give the gateway more addresses, or the subnets gateways of their own; keep Lambda and S3 off it by endpoints.",
    Basis.DOCUMENTED,
    f"{NAT_GATEWAYS}, CloudWatch metrics and troubleshooting",
    Severity.WARNING,
)


@check("network.nat-ports", "The NAT gateways have had a port for every connection", (NO_PORTS,))
def nat_gateways_have_ports(found: NatPorts) -> Iterator[Verdict]:
    """Reads how often the NAT gateways that the model's subnets use had no port for a connection.

    What: The metric ErrorPortAllocation of each gateway that a route of a model subnet leads to, over the last day.

    Why: A gateway's address has some 55,000 ports to one destination. All instances of a scale-out ask the same
    registry, and share the gateway with all else in the VPC.

    Passes: There was a port for every connection.

    Fails: As a warning, where there was none at least once.

    Not verified when: cloudwatch:GetMetricData is denied.

    Fix: More addresses on the gateway, or less traffic through it.

    Source: Amazon VPC User Guide, NAT gateways: CloudWatch metrics, troubleshooting.
    """
    for one in found.rows:
        because = f"ErrorPortAllocation of {one.nat_id} sums up to {one.count} in the last {found.hours} hours"
        if one.count is None:
            yield not_applicable(one.nat_id, f"CloudWatch has no numbers of {one.nat_id}, as for one not in use")
        elif one.count:
            yield failed(one.nat_id, because, NO_PORTS, Fix(NO_PORTS.fix), resources=(one.nat_id,))
        else:
            yield passed(one.nat_id, because, resources=(one.nat_id,))

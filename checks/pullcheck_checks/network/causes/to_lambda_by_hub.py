"""Why a model subnet does not reach the Lambda API by way of another VPC: its endpoint, or its NAT gateway."""

from pullcheck import Basis, Cause
from pullcheck_checks.network.causes.beyond import ASYMMETRIC, CENTRAL_EGRESS, PEERING
from pullcheck_checks.network.causes.filters import SECURITY_GROUPS
from pullcheck_checks.network.paths.steps import Place, Reason

HUB = "AWS PrivateLink Guide, interface endpoints; Lambda Developer Guide, interface VPC endpoints"
TRANSIT = (Place.TRANSIT, Place.TRANSIT_ACL, Place.TRANSIT_ROUTES, Place.TRANSIT_LANDING)

IN_OTHER_VPC = Cause(
    "vpce.in-other-vpc",
    "The Lambda endpoint is in another VPC, no private zone leads the model's VPC to it, and there is no working way to"
    " Lambda's public addresses.",
    "DescribeVpcEndpoints shows an endpoint for Lambda whose VpcId is a peered or attached VPC; its private DNS serves"
    " that VPC alone.",
    "Make a private zone for the Lambda name that leads to the endpoint and associate it with the model's VPC, or make"
    " an endpoint in it.",
    Basis.DOCUMENTED,
    HUB,
)
HUB_REFERENCE = Cause(
    "vpce.hub-sg-reference",
    "The security groups of the Lambda endpoint in the other VPC admit groups alone, none of which the model's packets"
    " have there.",
    "DescribeSecurityGroups for the endpoint's groups: the rules for tcp 443 name groups and no range that holds the"
    " model subnet.",
    "Allow tcp 443 from the model subnet's range.",
    Basis.INFERENCE,
    SECURITY_GROUPS,
)
ENDPOINT_OVER_TRANSIT = Cause(
    "x.endpoint-over-transit-gateway",
    "The Lambda endpoint is in another VPC, and the transit gateway on the way there or back does not carry the"
    " packets.",
    "DescribeTransitGatewayVpcAttachments, GetTransitGatewayRouteTableAssociations and SearchTransitGatewayRoutes: an"
    " attachment lacks the zone or is not available, a route is missing or a blackhole, or the ACL before an"
    " attachment's subnet is in the way.",
    "Repair the transit gateway's path, or make a Lambda interface endpoint in the model's VPC.",
    Basis.DOCUMENTED,
    "Amazon VPC Transit Gateways Guide, how transit gateways work",
)
ENDPOINT_OVER_PEERING = Cause(
    "x.endpoint-over-peering",
    "The Lambda endpoint is in another VPC, and the VPC peering on the way there does not carry the packets.",
    "DescribeVpcPeeringConnections: Status.Code is not active, or the endpoint's address is in none of the peer's"
    " CidrBlockSet.",
    "Accept the peering, or make a Lambda interface endpoint in the model's VPC.",
    Basis.DOCUMENTED,
    PEERING,
)
ENDPOINT_RETURN = Cause(
    "x.endpoint-return-route",
    "The Lambda endpoint is in another VPC, and its subnet has no route back to the model subnet.",
    "DescribeRouteTables: the table of the endpoint's subnet has nothing for the model subnet's range that leads to the"
    " peering or transit gateway between the VPCs.",
    "Add the route back.",
    Basis.INFERENCE,
    PEERING,
)
EGRESS_OVER_TRANSIT = Cause(
    "x.lambda-egress-over-transit-gateway",
    "The way to Lambda's public addresses leads through a transit gateway to the NAT gateway of another VPC, and the"
    " gateway's attachments and routes, or those on the way back, do not carry the packets.",
    "SearchTransitGatewayRoutes, DescribeTransitGatewayVpcAttachments and DescribeRouteTables: an attachment lacks the"
    " zone, a default route is missing, or the NAT gateway's subnet does not lead the model's range back.",
    "Repair the path through the egress VPC, or make a Lambda interface endpoint in the model's VPC.",
    Basis.DOCUMENTED,
    CENTRAL_EGRESS,
)
ASYMMETRIC_TO_LAMBDA = Cause(
    "rt.asymmetric-inspection-lambda",
    "An appliance on the way to the Lambda endpoint sees only one direction of the connection.",
    ASYMMETRIC.seen,
    ASYMMETRIC.fix,
    Basis.DOCUMENTED,
    ASYMMETRIC.source,
    certain=False,
)

HUB_CAUSES = (
    IN_OTHER_VPC,
    HUB_REFERENCE,
    ENDPOINT_OVER_TRANSIT,
    ENDPOINT_OVER_PEERING,
    ENDPOINT_RETURN,
    EGRESS_OVER_TRANSIT,
    ASYMMETRIC_TO_LAMBDA,
)


def hub_cause(place: Place, reason: Reason, *, has_endpoint: bool) -> Cause | None:
    """The cause that lies in another VPC or on the way to it, if it is there."""
    if reason is Reason.ASYMMETRIC:
        return ASYMMETRIC_TO_LAMBDA
    if not has_endpoint:
        return EGRESS_OVER_TRANSIT if place in (*TRANSIT, Place.NAT_RETURN, Place.RETURN_ROUTES) else None
    if place is Place.RETURN_ROUTES and reason in (Reason.NO_ROUTE, Reason.ONE_SIDE):
        return ENDPOINT_RETURN
    return ENDPOINT_OVER_TRANSIT if place in TRANSIT else ENDPOINT_OVER_PEERING if place is Place.PEERING else None

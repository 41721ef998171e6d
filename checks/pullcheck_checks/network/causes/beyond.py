"""What is wrong beyond the model's VPC, with a peering, an egress VPC or an appliance on the way to the registry."""

from pullcheck import Basis, Cause
from pullcheck_checks.network.causes.filters import SECURITY_GROUPS
from pullcheck_checks.network.causes.routes import ROUTE_TABLES
from pullcheck_checks.network.paths.steps import Place, Reason

PEERING = "Amazon VPC Peering Guide, route tables; EC2 API, DescribeRouteTables"
CENTRAL_EGRESS = "Amazon VPC Transit Gateways Guide, centralized outbound routing; Amazon VPC User Guide, NAT gateways"

PEERING_ONE_SIDE = Cause(
    "x.peering-route-one-side",
    "The model's side routes to the VPC peering, and the registry's subnet has no route back by it.",
    "DescribeRouteTables: the model subnet's table sends the registry's range to the peering; the table of the"
    " registry's subnet has nothing for the model subnet's range, or only a way to the internet.",
    "Add the route back to the table of the registry's subnet.",
    Basis.INFERENCE,
    PEERING,
)
CROSS_REGION = Cause(
    "sg.reference-cross-region",
    "The rule for the port names a security group, and over a VPC peering between Regions AWS knows no groups.",
    "DescribeVpcPeeringConnections: RequesterVpcInfo.Region and AccepterVpcInfo.Region differ, and no rule names the"
    " address range.",
    "Allow the range on the other side in place of the group.",
    Basis.DOCUMENTED,
    "Amazon VPC Peering Guide, security groups; " + SECURITY_GROUPS,
)
CROSS_ACCOUNT = Cause(
    "sg.reference-cross-account-form",
    "The rule for the port names the right group with another account than its owner's, so it matches nothing.",
    "DescribeSecurityGroups: UserId of the rule's UserIdGroupPairs is not the OwnerId of that group.",
    "Name the group with its owner's account, or allow the range.",
    Basis.DOCUMENTED,
    SECURITY_GROUPS,
    certain=False,
)
MIDDLEBOX = Cause(
    "sg.reference-through-middlebox",
    "The rule for the port names a security group, and the packets come by an appliance, behind which AWS knows no"
    " groups.",
    "DescribeRouteTables: the route that decides leads to a network interface or an endpoint of an appliance, and no"
    " rule names the address range.",
    "Allow the range on the other side in place of the group.",
    Basis.DOCUMENTED,
    SECURITY_GROUPS,
)
WITHOUT_NAT = Cause(
    "x.tgw-egress-without-nat",
    "What comes out of the transit gateway in the egress VPC is sent to an internet gateway, which carries no packets"
    " from private addresses; no NAT gateway comes first.",
    "DescribeRouteTables: in the table of the attachment's subnet the deciding route's target is an internet gateway.",
    "Send the traffic to a public NAT gateway in another subnet, and only that subnet's to the internet gateway.",
    Basis.DOCUMENTED,
    CENTRAL_EGRESS,
)
NAT_RETURN = Cause(
    "x.tgw-egress-return-route",
    "The subnet of the NAT gateway in the egress VPC has no route for the model's range back to the transit gateway:"
    " the answers from the internet end there.",
    "DescribeRouteTables: in the table of the NAT gateway's subnet nothing sends the model subnet's range to the"
    " gateway that the packets came by.",
    "Add a route for the model's range to the transit gateway in the table of the NAT gateway's subnet.",
    Basis.DOCUMENTED,
    CENTRAL_EGRESS,
)
ASYMMETRIC = Cause(
    "rt.asymmetric-inspection",
    "An appliance sees only one direction of the connection: the answers come back past it, or through another one.",
    "DescribeTransitGatewayVpcAttachments: ApplianceModeSupport of the appliances' VPC is not on while zones differ; or"
    " SearchTransitGatewayRoutes and DescribeRouteTables lead packets and answers different ways.",
    "Turn appliance mode on for the attachment of the appliances' VPC, and route both directions through it.",
    Basis.DOCUMENTED,
    "Amazon VPC Transit Gateways Guide, appliance in a shared services VPC; " + ROUTE_TABLES,
    certain=False,
)

FAR_CAUSES = (
    PEERING_ONE_SIDE,
    CROSS_REGION,
    CROSS_ACCOUNT,
    MIDDLEBOX,
    WITHOUT_NAT,
    NAT_RETURN,
    ASYMMETRIC,
)

BY_REASON = {
    Reason.ONE_SIDE: PEERING_ONE_SIDE,
    Reason.REGION_REFERENCE: CROSS_REGION,
    Reason.ACCOUNT_REFERENCE: CROSS_ACCOUNT,
    Reason.MIDDLEBOX_REFERENCE: MIDDLEBOX,
    Reason.ASYMMETRIC: ASYMMETRIC,
}
BY_BOTH = {
    (Place.TRANSIT_LANDING, Reason.NO_PUBLIC_ADDRESS): WITHOUT_NAT,
    (Place.NAT_RETURN, Reason.NO_ROUTE): NAT_RETURN,
}


def far_cause(place: Place, reason: Reason) -> Cause | None:
    """The cause that lies beyond the model's VPC, if it is there."""
    return BY_BOTH.get((place, reason)) or BY_REASON.get(reason)

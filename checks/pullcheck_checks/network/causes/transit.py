"""What is wrong with the transit gateway on the way to the registry."""

from pullcheck import Basis, Cause
from pullcheck_checks.network.paths.steps import Place, Reason

TRANSIT_GATEWAYS = "Amazon VPC Transit Gateways Guide, how transit gateways work; EC2 API, SearchTransitGatewayRoutes"
ATTACHMENTS = "Amazon VPC Transit Gateways Guide, VPC attachments; EC2 API, DescribeTransitGatewayVpcAttachments"

ATTACHMENT_ZONE = Cause(
    "x.tgw-attachment-zone",
    "The transit gateway attachment has no subnet in a zone that packets come from: what runs in that zone does not"
    " reach the gateway.",
    "DescribeTransitGatewayVpcAttachments: none of SubnetIds is in the zone of the model's subnet, or of the registry's"
    " for the answers.",
    "Add a subnet of that zone to the attachment.",
    Basis.DOCUMENTED,
    ATTACHMENTS,
)
ASSOCIATION_OR_PROPAGATION = Cause(
    "x.tgw-association-or-propagation",
    "The transit gateway has no route for the packets: the attachment that they come by is associated with no route"
    " table, or that table does not lead to the VPC that they are for.",
    "GetTransitGatewayRouteTableAssociations names the attachment's table; SearchTransitGatewayRoutes finds no route in"
    " it, or only one that leads back. For the answers it is the table of the registry's attachment.",
    "Associate the attachment with a route table; propagate the other VPC's attachment into it, or add a static route.",
    Basis.API,
    TRANSIT_GATEWAYS,
)
TRANSIT_BLACKHOLE = Cause(
    "x.tgw-blackhole",
    "The longest matching route in the transit gateway's table drops the packets; a shorter one does not step in.",
    "SearchTransitGatewayRoutes: the deciding route's State is blackhole.",
    "Point the route, or a longer one, to the attachment of the right VPC.",
    Basis.API,
    TRANSIT_GATEWAYS,
)
REFERENCE_OFF = Cause(
    "x.tgw-sg-reference-off",
    "The rule that should let the connection through names a security group of the other VPC, and over this transit"
    " gateway AWS does not know groups.",
    "DescribeTransitGateways and DescribeTransitGatewayVpcAttachments: Options.SecurityGroupReferencingSupport is not"
    " on for the gateway and both attachments; or the rule is an egress rule, before an interface endpoint, or in"
    " use1-az3, where references never count.",
    "Allow the subnet's range in place of the group, or turn referencing on.",
    Basis.DOCUMENTED,
    "Amazon VPC Transit Gateways Guide, VPC attachments (security group referencing)",
)
OVERLAP = Cause(
    "x.tgw-overlap",
    "Two VPCs at the transit gateway have the same addresses: only one of them is routed to, and packets for the other"
    " end up there.",
    "DescribeRouteTables: the local route of the VPC that the packets or the answers get to holds an address that"
    " belongs to another attached VPC.",
    "Renumber one of the VPCs, or reach the registry by PrivateLink or a private NAT gateway.",
    Basis.DOCUMENTED,
    ATTACHMENTS,
)
ATTACHMENT_STATE = Cause(
    "x.tgw-attachment-not-available",
    "An attachment of the transit gateway on the way does not carry packets: it waits to be accepted, or is gone.",
    "DescribeTransitGatewayVpcAttachments: State is not available.",
    "Accept the attachment, or make a new one.",
    Basis.API,
    ATTACHMENTS,
)
ATTACHMENT_ACL = Cause(
    "nacl.tgw-attachment-subnet",
    "The network ACL before the subnet of a transit gateway attachment stops the model's packets or the answers.",
    "DescribeNetworkAcls for the attachment's subnet: into the gateway its ingress entries see where the packets come"
    " from, out of the gateway its egress entries see where they go; the others are not asked.",
    "Add entries for the packets and the answers, or give the attachments subnets of their own whose ACL is open.",
    Basis.DOCUMENTED,
    "Amazon VPC Transit Gateways Guide, how network ACLs work with transit gateways",
)

TRANSIT_CAUSES = (
    ATTACHMENT_ZONE,
    ASSOCIATION_OR_PROPAGATION,
    TRANSIT_BLACKHOLE,
    REFERENCE_OFF,
    OVERLAP,
    ATTACHMENT_STATE,
    ATTACHMENT_ACL,
)

BY_REASON = {
    Reason.TRANSIT_REFERENCE: REFERENCE_OFF,
    Reason.ATTACHMENT_STATE: ATTACHMENT_STATE,
    Reason.ATTACHMENT_ZONE: ATTACHMENT_ZONE,
    Reason.NOT_ASSOCIATED: ASSOCIATION_OR_PROPAGATION,
    Reason.LOOP: ASSOCIATION_OR_PROPAGATION,
    Reason.OVERLAP: OVERLAP,
}
BY_BOTH = {
    (Place.TRANSIT_ROUTES, Reason.BLACKHOLE): TRANSIT_BLACKHOLE,
    (Place.TRANSIT_ROUTES, Reason.NO_ROUTE): ASSOCIATION_OR_PROPAGATION,
    (Place.TRANSIT_LANDING, Reason.NO_ROUTE): ASSOCIATION_OR_PROPAGATION,
    (Place.TRANSIT_ACL, Reason.NO_RULE): ATTACHMENT_ACL,
}


def transit_cause(place: Place, reason: Reason) -> Cause | None:
    """The cause that lies with the transit gateway, if it is there."""
    return BY_BOTH.get((place, reason)) or BY_REASON.get(reason)

"""Why a model subnet does not reach the Lambda API: every cause, and where on the path which one is meant."""

from pullcheck import Basis, Cause
from pullcheck_checks.network.causes.filters import NETWORK_ACLS, SECURITY_GROUPS
from pullcheck_checks.network.causes.routes import ROUTE_TABLES
from pullcheck_checks.network.causes.to_lambda_by_hub import HUB_CAUSES, hub_cause
from pullcheck_checks.network.paths.steps import Place, Reason

ENDPOINTS = "AWS PrivateLink Guide, Interface endpoints; Lambda Developer Guide, Interface VPC endpoints"

MODEL_EGRESS = Cause(
    "sg.model-egress-lambda",
    "No egress rule of the model's security groups lets a connection to the Lambda API out.",
    "DescribeSecurityGroups: IpPermissionsEgress of all the model's groups together has no rule for tcp 443 to the"
    " endpoint's interfaces, or to public addresses where there is no endpoint.",
    "Add an egress rule for tcp 443 to the endpoint's security group.",
    Basis.INFERENCE,
    SECURITY_GROUPS,
)
ENDPOINT_INGRESS = Cause(
    "vpce.sg-no-443",
    "The security groups of the Lambda endpoint let no connection from the model in. Where none was named for it, it"
    " carries the VPC's default group, which admits itself alone.",
    "DescribeNetworkInterfaces gives the groups at the endpoint's address; their IpPermissions name neither one of the"
    " model's groups nor the whole of its subnet on tcp 443.",
    "Add an ingress rule for tcp 443 from the model's security group to the endpoint's.",
    Basis.DOCUMENTED,
    ENDPOINTS,
)
DEFAULT_GROUP_EMPTY = Cause(
    "vpce.default-sg-changed",
    "The Lambda endpoint carries the VPC's default security group, from which every rule that lets connections in was"
    " taken, as hardening baselines do.",
    "DescribeSecurityGroups: the group at the endpoint's address is named default, and its IpPermissions are empty.",
    "Give the endpoint a group of its own that lets tcp 443 from the model in.",
    Basis.DOCUMENTED,
    ENDPOINTS,
    certain=False,
)
ENDPOINT_ACL = Cause(
    "nacl.endpoint-subnet",
    "The network ACL before the endpoint's subnet stops the model's packets or the answers to them.",
    "DescribeNetworkAcls: no ingress entry allows tcp 443 from the model subnet, or no egress entry the answers.",
    "Add entries for the model subnet: ingress on tcp 443, egress on tcp 1024-65535.",
    Basis.DOCUMENTED,
    NETWORK_ACLS,
)
ACL_EGRESS = Cause(
    "nacl.model-egress-lambda",
    "The network ACL before the model subnet lets no packet to the Lambda API out.",
    "DescribeNetworkAcls: by rule number, no egress entry allows tcp 443 to the API's address first.",
    "Add an egress entry for tcp 443 to the address.",
    Basis.DOCUMENTED,
    NETWORK_ACLS,
)
ACL_INGRESS = Cause(
    "nacl.model-ingress-lambda",
    "The network ACL before the model subnet lets no answer of the Lambda API in: ACLs keep no state.",
    "DescribeNetworkAcls: no ingress entry allows tcp from the API's address to client ports.",
    "Add an ingress entry for tcp 1024-65535 from the address.",
    Basis.DOCUMENTED,
    NETWORK_ACLS,
)
EPHEMERAL_NARROW = Cause(
    "nacl.ephemeral-range-narrow-lambda",
    "A network ACL lets the Lambda API's answers through to only a part of the ports that connections are opened from.",
    "DescribeNetworkAcls: the entries for the answers cover less than 1024-65535.",
    "Widen the entries for the answers to tcp 1024-65535.",
    Basis.DOCUMENTED,
    NETWORK_ACLS,
    certain=False,
)
NAT_ACL = Cause(
    "nacl.nat-subnet-lambda",
    "The network ACL before the NAT gateway's subnet stops packets to the Lambda API or the answers to them.",
    "DescribeNetworkAcls for the NAT gateway's subnet, both directions, on both sides of the gateway.",
    "Add the missing entries, or make a Lambda interface endpoint.",
    Basis.DOCUMENTED,
    NETWORK_ACLS,
)
NONE_AND_NO_EGRESS = Cause(
    "vpce.none-and-no-egress",
    "The Lambda name leads to public addresses, and the model subnet has no working way there: no interface endpoint,"
    " and no NAT gateway that reaches the internet.",
    "DescribeVpcEndpoints shows no endpoint that the name leads to; the route that DescribeRouteTables gives for public"
    " addresses is missing, or does not end at a working NAT gateway.",
    "Make an interface endpoint for Lambda with private DNS.",
    Basis.DOCUMENTED,
    ENDPOINTS,
)
ENDPOINT_ROUTE = Cause(
    "rt.endpoint-route",
    "A route longer than the VPC's local one takes packets for the Lambda endpoint, or the answers, elsewhere.",
    "DescribeRouteTables: the longest route for the endpoint's address is a blackhole, or there is none.",
    "Remove the route, so that the local one decides.",
    Basis.INFERENCE,
    ROUTE_TABLES,
)
NO_INTERFACE = Cause(
    "vpce.no-interface-at-address",
    "The address that the Lambda name leads to belongs to no network interface of the VPC.",
    "DescribeNetworkInterfaces for the VPC finds no interface with the address.",
    "Point the name to the endpoint's present addresses, best by the endpoint's own private DNS.",
    Basis.INFERENCE,
    ENDPOINTS,
)
LAMBDA_CAUSES = (
    ENDPOINT_INGRESS,
    DEFAULT_GROUP_EMPTY,
    MODEL_EGRESS,
    NONE_AND_NO_EGRESS,
    ENDPOINT_ACL,
    ACL_EGRESS,
    ACL_INGRESS,
    EPHEMERAL_NARROW,
    NAT_ACL,
    ENDPOINT_ROUTE,
    NO_INTERFACE,
    *HUB_CAUSES,
)
BY_PLACE = {
    Place.MODEL_GROUPS: MODEL_EGRESS,
    Place.DESTINATION_GROUPS: ENDPOINT_INGRESS,
    Place.MODEL_ACL_OUT: ACL_EGRESS,
    Place.MODEL_ACL_IN: ACL_INGRESS,
    Place.DESTINATION_ACL: ENDPOINT_ACL,
    Place.NAT_ACL: NAT_ACL,
    Place.NAT_ACL_PORTS: NAT_ACL,
    Place.RETURN_ROUTES: ENDPOINT_ROUTE,
    Place.DESTINATION: NO_INTERFACE,
}


def lambda_cause(place: Place, reason: Reason, *, has_endpoint: bool) -> Cause:
    """The cause of a blocker on the way to the Lambda API: its place, and whether the name leads to an endpoint."""
    if reason is Reason.NARROW:
        return EPHEMERAL_NARROW
    if found := hub_cause(place, reason, has_endpoint=has_endpoint):
        return found
    return BY_PLACE.get(place) or (ENDPOINT_ROUTE if has_endpoint else NONE_AND_NO_EGRESS)

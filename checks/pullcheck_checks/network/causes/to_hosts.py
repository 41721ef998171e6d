"""Why a model subnet does not reach the hosts that the registry sends clients to."""

from pullcheck import Basis, Cause
from pullcheck_checks.network.causes.filters import NETWORK_ACLS, SECURITY_GROUPS
from pullcheck_checks.network.causes.routes import NAT_GATEWAYS, ROUTE_TABLES
from pullcheck_checks.network.causes.to_s3 import GATEWAYS
from pullcheck_checks.network.paths.steps import ROUTING, Place, Reason, Step

HUB_BUCKETS = "docker-images-prod"
"""What the names of Docker Hub's buckets begin with."""

MODEL_EGRESS = Cause(
    "sg.model-egress-redirect-hosts",
    "No egress rule of the model's security groups lets a connection to the token service, or to where the layers are,"
    " out.",
    "DescribeSecurityGroups: IpPermissionsEgress of all the model's groups together has no rule for the host's"
    " addresses; for S3, none for its prefix list or ranges.",
    "Add an egress rule for the host; for S3, one for its prefix list.",
    Basis.DOCUMENTED,
    f"{SECURITY_GROUPS}; {GATEWAYS}",
)
HOST_INGRESS = Cause(
    "sg.redirect-host-ingress",
    "The security groups at the address of the token service, or of where the layers are, let no connection from the"
    " model in.",
    "DescribeNetworkInterfaces gives the groups at the host's address; their IpPermissions name neither one of the"
    " model's groups nor the whole of its subnet on the port.",
    "Add an ingress rule for the port from the model's security group.",
    Basis.INFERENCE,
    SECURITY_GROUPS,
)
HOST_ACL = Cause(
    "nacl.redirect-hosts",
    "A network ACL on the way to the token service, or to where the layers are, stops packets or the answers to them.",
    "DescribeNetworkAcls for every subnet on the way, both directions.",
    "Add the missing entries.",
    Basis.INFERENCE,
    NETWORK_ACLS,
)
S3_RANGES = Cause(
    "nacl.s3-ranges",
    "A network ACL stops packets to S3, where the layers are, or the answers to them. ACLs take no prefix lists: they"
    " have to name S3's ranges.",
    "GetManagedPrefixListEntries for S3's list against DescribeNetworkAcls, both directions.",
    "Allow tcp 443 to S3's ranges, and tcp 1024-65535 from them.",
    Basis.DOCUMENTED,
    f"{NETWORK_ACLS}; {GATEWAYS}",
    certain=False,
)
NO_WAY = Cause(
    "rt.no-way-to-redirect-hosts",
    "The model subnet has no working way to the token service, or to where the layers are: no route, a broken gateway,"
    " or nobody at the address.",
    "DescribeRouteTables for the host's addresses, and the gateways, peerings and interfaces that the routes lead to.",
    "Route to a NAT gateway; for S3 make a gateway endpoint; or turn redirects off in the registry.",
    Basis.INFERENCE,
    f"{ROUTE_TABLES}; {NAT_GATEWAYS}",
)
OTHER_REGION = Cause(
    "reg.blob-redirect-s3-other-region",
    "The layers are in S3 of another Region, to which a gateway endpoint does not lead, and the model subnet has no"
    " other way out.",
    "The Region in the host's name; DescribeRouteTables: a route to a gateway endpoint, and none that works for other"
    " public addresses.",
    "Route to a NAT gateway, keep the registry's bucket in the model's Region, or turn redirects off in the registry.",
    Basis.DOCUMENTED,
    GATEWAYS,
)
POLICY = Cause(
    "reg.blob-redirect-s3-endpoint-policy",
    "The policy of the S3 gateway endpoint lets nobody get the layers from the registry's bucket: pulls end with 403.",
    "DescribeVpcEndpoints: PolicyDocument, evaluated for s3:GetObject on the object that a redirect named.",
    "Add a statement that allows s3:GetObject on the registry's bucket.",
    Basis.FIELD_REPORT,
    f"Reports of 'error parsing HTTP 403 response body'; {GATEWAYS}, endpoint policies",
)
HUB_POLICY = Cause(
    "reg.hub-layers-from-s3",
    "Docker Hub sends clients in AWS to buckets of its own for the layers, and the policy of the S3 gateway endpoint"
    " lets nobody get them.",
    "A redirect to a bucket docker-images-prod*; DescribeVpcEndpoints: PolicyDocument, evaluated for s3:GetObject.",
    "Add a statement that allows s3:GetObject on Docker Hub's bucket.",
    Basis.FIELD_REPORT,
    f"Reports of pulls from Docker Hub through S3 endpoints; {GATEWAYS}, endpoint policies",
)
PARTIAL_LINK = Cause(
    "x.privatelink-registry-partial-hosts",
    "The registry is reached by PrivateLink, and the token service or the layers are on a host that is not: the model"
    " subnet has no way there.",
    "DescribeNetworkInterfaces: the registry's address is an endpoint's; DescribeRouteTables: nothing leads to the"
    " other host's addresses.",
    "Serve tokens and layers from the registry's own host, or route to a NAT gateway.",
    Basis.INFERENCE,
    "AWS PrivateLink Guide, interface endpoints",
)

HOST_CAUSES = (
    MODEL_EGRESS,
    HOST_INGRESS,
    HOST_ACL,
    S3_RANGES,
    NO_WAY,
    OTHER_REGION,
    POLICY,
    HUB_POLICY,
    PARTIAL_LINK,
)


def host_cause(step: Step, *, s3: bool, partial_link: bool, other_region: bool) -> Cause:
    """The cause of a blocker. ``s3`` says that the host is S3 of the Region, ``partial_link`` that the registry alone
    is reached by PrivateLink, ``other_region`` that a gateway endpoint would lead to S3 of the Region alone.
    """
    if step.reason is Reason.ENDPOINT_POLICY:
        return HUB_POLICY if all(f":::{HUB_BUCKETS}" in name for name in step.resources[1:]) else POLICY
    if step.hop.kind == "network-acl":
        return S3_RANGES if s3 and step.place in (Place.MODEL_ACL_OUT, Place.MODEL_ACL_IN) else HOST_ACL
    if step.hop.kind == "security-group":
        return MODEL_EGRESS if step.place is Place.MODEL_GROUPS else HOST_INGRESS
    if step.place in ROUTING and (partial_link or other_region):
        return OTHER_REGION if other_region else PARTIAL_LINK
    return NO_WAY

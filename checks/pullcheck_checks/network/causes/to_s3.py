"""Why S3 is not reached from a model subnet: the gateway endpoint's tables, and the way of the model data."""

from pullcheck import Basis, Cause
from pullcheck_checks.network.causes.filters import NETWORK_ACLS, SECURITY_GROUPS
from pullcheck_checks.network.paths.steps import Place, Reason, Step

GATEWAYS = "AWS PrivateLink Guide, gateway endpoints and those for Amazon S3"

NOT_ON_TABLE = Cause(
    "rt.s3-endpoint-not-on-table",
    "The VPC has a gateway endpoint for S3, and the model subnet's route table is not associated with it: model data or"
    " layers that come from S3 do not arrive.",
    "DescribeVpcEndpoints: RouteTableIds lacks the table that DescribeRouteTables gives for the subnet, and no other"
    " route there leads to S3's ranges.",
    "Associate the table with the endpoint.",
    Basis.DOCUMENTED,
    GATEWAYS,
)
NO_PATH = Cause(
    "rt.no-s3-path-for-model-data",
    "The model names model data in S3, and the model subnet has no way there: neither a gateway endpoint nor a NAT"
    " gateway that works. The image may be pulled, and the endpoint fails all the same.",
    "The request's ModelDataUrl or S3Uri; DescribeRouteTables: no route for S3's ranges, or one that leads nowhere.",
    "Make a gateway endpoint for S3 on the subnet's table.",
    Basis.DOCUMENTED,
    f"SageMaker Developer Guide, access to resources in your VPC; {GATEWAYS}",
)
EGRESS = Cause(
    "sg.model-egress-model-data",
    "No egress rule of the model's security groups lets a connection to S3 out, where the model data is.",
    "DescribeSecurityGroups: IpPermissionsEgress of all the model's groups together has no rule for tcp 443 to S3's"
    " prefix list or ranges.",
    "Add an egress rule for tcp 443 to S3's prefix list.",
    Basis.DOCUMENTED,
    f"{SECURITY_GROUPS}; {GATEWAYS}",
)
ACL = Cause(
    "nacl.s3-ranges-model-data",
    "A network ACL on the way stops packets to S3, where the model data is, or the answers to them. ACLs take no prefix"
    " lists: they have to name S3's ranges.",
    "GetManagedPrefixListEntries for S3's list against DescribeNetworkAcls, both directions.",
    "Allow tcp 443 to S3's ranges, and tcp 1024-65535 from them.",
    Basis.DOCUMENTED,
    f"{NETWORK_ACLS}; {GATEWAYS}",
)
POLICY = Cause(
    "vpce.s3-policy-model-data",
    "The policy of the S3 gateway endpoint does not let the execution role get the model data.",
    "DescribeVpcEndpoints: PolicyDocument, evaluated for s3:GetObject on the object by the role.",
    "Add a statement that allows the role s3:GetObject on the bucket.",
    Basis.DOCUMENTED,
    f"{GATEWAYS}, endpoint policies",
)
MODEL_DATA_CAUSES = (NO_PATH, EGRESS, ACL, POLICY)


def model_data_cause(step: Step) -> Cause:
    """The cause of a blocker on the way to the model data."""
    if step.reason is Reason.ENDPOINT_POLICY:
        return POLICY
    if step.place is Place.MODEL_GROUPS:
        return EGRESS
    return ACL if step.hop.kind == "network-acl" else NO_PATH

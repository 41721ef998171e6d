"""Why the policy of the Lambda endpoint does not let the call through."""

from pullcheck.verdict import Basis, Cause

_GUIDE = "AWS PrivateLink Guide, control access to VPC endpoints using endpoint policies"
_LAMBDA = "Lambda Developer Guide, inbound interface VPC endpoints: endpoint policy"

DENIES = Cause(
    "vpce.policy-denies",
    breaks="The endpoint's policy does not let the execution role invoke the credentials function, or forbids it.",
    seen="ec2:DescribeVpcEndpoints: no Allow in PolicyDocument fits lambda:InvokeFunction on the function for the role,"
    " or a Deny fits it.",
    fix="Add a statement that allows the role just this; a Deny must be changed itself.",
    basis=Basis.DOCUMENTED,
    source=f"{_LAMBDA}; {_GUIDE}",
)
QUALIFIER = Cause(
    "vpce.policy-unqualified-only",
    breaks="The endpoint's policy covers the function with another version or alias than the model names, or the model"
    " names one and the policy none.",
    seen="ec2:DescribeVpcEndpoints: a Resource in PolicyDocument fits the ARN once the qualifier is left out of both.",
    fix="List the ARN just as the model names it: an ARN without qualifier and one with are two resources.",
    basis=Basis.DOCUMENTED,
    source=_LAMBDA,
    certain=False,
)
PRINCIPAL = Cause(
    "vpce.policy-principal-form",
    breaks="The endpoint's policy names somebody like the execution role, in a form that does not cover its call.",
    seen="ec2:DescribeVpcEndpoints: Principal in PolicyDocument is one session of the role, the role's name in another"
    " account or under another path, another account, or a service.",
    fix="Name the role's whole ARN; SageMaker calls as the execution role.",
    basis=Basis.DOCUMENTED,
    source=f"{_GUIDE}; IAM user guide, Principal element",
    certain=False,
)
CONDITIONS = Cause(
    "vpce.policy-conditions",
    breaks="The endpoint's policy decides by a condition that the call of SageMaker does not pass.",
    seen="ec2:DescribeVpcEndpoints: a condition in PolicyDocument, such as aws:SourceVpce of another endpoint, an"
    " organisation or a tag, against what the call carries through this endpoint.",
    fix="Correct the condition, or allow the execution role without it.",
    basis=Basis.DOCUMENTED,
    source=f"{_GUIDE}; IAM user guide, global condition keys",
    certain=False,
)

CAUSES = (DENIES, QUALIFIER, PRINCIPAL, CONDITIONS)

"""The causes of the execution role's checks (failure-modes.md, areas iam and lam)."""

from pullcheck.verdict import Basis, Cause

_GUIDE = "SageMaker developer guide, private Docker registry for real-time inference"
_LAMBDA = "Lambda developer guide, resource-based policies"
_ROLES = "SageMaker developer guide, execution roles and confused deputy prevention"
_SIMULATOR = "IAM API reference, SimulatePrincipalPolicy; IAM user guide, policy evaluation logic"
_PUT = "put an inline policy on the role that allows lambda:InvokeFunction on the ARN that the model names"

NO_PERMISSION = Cause(
    "iam.no-invoke-permission",
    breaks="No policy of the execution role allows it to invoke the credentials function.",
    seen="none of the role's inline and attached policies has an Allow that fits lambda:InvokeFunction on the ARN",
    fix=_PUT,
    basis=Basis.DOCUMENTED,
    source=_GUIDE,
)
MANAGED_NAME = Cause(
    "iam.managed-policy-name-rule",
    breaks="The permission comes from an AWS managed policy that only covers functions named after SageMaker.",
    seen="AmazonSageMakerFullAccess allows lambda:InvokeFunction on *SageMaker*, *sagemaker*, *Sagemaker* and "
    "*LabelingFunction* only, and the function is named otherwise",
    fix=f"{_PUT}, or rename the function",
    basis=Basis.DOCUMENTED,
    source=f"{_GUIDE}; the policy's document",
)
MANAGED_CASE = Cause(
    "iam.managed-policy-case",
    breaks="The function has SageMaker in its name, but in a spelling that the AWS managed policy does not list.",
    seen="the policy's name patterns fit the function's ARN only when upper and lower case are ignored, and IAM "
    "compares resources letter by letter",
    fix=f"{_PUT}, or rename the function",
    basis=Basis.DOCUMENTED,
    source="AmazonSageMakerFullAccess, statement AllowLambdaInvokeFunction; IAM user guide, Resource element",
)
WRONG_ACTION = Cause(
    "iam.wrong-action-name",
    breaks="The policy allows an action that is named like the API call, or another one, not lambda:InvokeFunction.",
    seen="a statement fits the function but names lambda:Invoke, lambda:InvokeAsync or lambda:InvokeFunctionUrl",
    fix="name lambda:InvokeFunction, the action that Lambda's Invoke API asks for",
    basis=Basis.DOCUMENTED,
    source="Service authorization reference, AWS Lambda",
)
QUALIFIED_ARN = Cause(
    "iam.qualified-arn",
    breaks="The policy covers the function with another qualifier than the one the model names, or with none.",
    seen="a statement's Resource fits the ARN once version or alias are left out of both",
    fix="name the ARN in the policy exactly as the model does",
    basis=Basis.DOCUMENTED,
    source="Lambda developer guide, permissions for versions and aliases",
    certain=False,
)
PARTITION_OR_REGION = Cause(
    "iam.partition-or-region-in-policy",
    breaks="The policy names the function in another partition, region or account.",
    seen="a statement's Resource fits the function's ARN but for that one field",
    fix="correct the field",
    basis=Basis.INFERENCE,
    source="IAM user guide, Amazon Resource Names",
)
EXPLICIT_DENY = Cause(
    "iam.explicit-deny",
    breaks="A policy of the role denies the call explicitly, and no Allow outweighs that.",
    seen="a Deny statement of an identity policy or of the permissions boundary fits the request",
    fix="change that statement so that it spares this function or this role",
    basis=Basis.API,
    source=_SIMULATOR,
)
BOUNDARY = Cause(
    "iam.permissions-boundary",
    breaks="The role's permissions boundary does not let the role invoke the function, whatever its policies allow.",
    seen="GetRole names a boundary, and no Allow statement in it fits lambda:InvokeFunction on the ARN",
    fix="add the permission to the boundary, or give the role another boundary",
    basis=Basis.API,
    source=_SIMULATOR,
)
SCP = Cause(
    "iam.scp",
    breaks="A service control policy of the organisation denies the call, or none of a level allows it.",
    seen="a statement of a service control policy that organizations:DescribePolicy shows denies the call, or a level "
    "has no Allow for it; else SimulatePrincipalPolicy answers explicitDeny and AllowedByOrganizations false",
    fix="ask the organisation's administrators to exempt the role or the function",
    basis=Basis.API,
    source=_SIMULATOR,
)
NETWORK_CONDITIONS = Cause(
    "iam.network-conditions",
    breaks="A policy of the role asks for a network path that SageMaker's call does not take.",
    seen="a statement hangs on aws:SourceVpce, aws:SourceVpc, aws:SourceIp or aws:VpcSourceIp, and the call comes with "
    "other values or without the key",
    fix="name the interface endpoint or the VPC that the call goes through",
    basis=Basis.INFERENCE,
    source="IAM user guide, global condition keys; SageMaker developer guide, interface endpoint for Lambda",
    certain=False,
)
CROSS_ACCOUNT = Cause(
    "lam.cross-account-no-resource-policy",
    breaks="The function lies in another account and its policy does not let the execution role in.",
    seen="lambda:GetPolicy for the qualifier shows no statement that allows lambda:InvokeFunction to the role",
    fix="add a statement for the role to the function's policy",
    basis=Basis.DOCUMENTED,
    source=_LAMBDA,
)
PROVIDER_QUALIFIED = Cause(
    "cfg.provider-arn-qualified",
    breaks="The model names a version or an alias of the function, and only the function itself lets the role in.",
    seen="lambda:GetPolicy shows nothing for the qualifier in RepositoryCredentialsProviderArn, and without it a "
    "statement that allows lambda:InvokeFunction to the role",
    fix="add the statement to the policy of that version or alias too, or name the function without it",
    basis=Basis.DOCUMENTED,
    source=_LAMBDA,
    certain=False,
)
RESOURCE_DENY = Cause(
    "lam.resource-policy-deny",
    breaks="The function's own policy denies the call explicitly.",
    seen="a Deny statement of the policy that lambda:GetPolicy shows fits the role and the call",
    fix="change that statement so that it spares the execution role",
    basis=Basis.API,
    source="Lambda API reference, PutResourcePolicy and GetPolicy",
)
WRONG_PRINCIPAL = Cause(
    "lam.wrong-principal-granted",
    breaks="The function's policy admits the SageMaker service, but the call is made by the execution role.",
    seen="the function's policy allows lambda:InvokeFunction to SageMaker's service principal, and nothing to the role",
    fix="allow the execution role instead",
    basis=Basis.DOCUMENTED,
    source=_GUIDE,
    certain=False,
)
INVOKE = (
    NO_PERMISSION,
    MANAGED_NAME,
    MANAGED_CASE,
    WRONG_ACTION,
    QUALIFIED_ARN,
    PARTITION_OR_REGION,
    EXPLICIT_DENY,
    BOUNDARY,
    SCP,
    NETWORK_CONDITIONS,
    CROSS_ACCOUNT,
    PROVIDER_QUALIFIED,
    RESOURCE_DENY,
    WRONG_PRINCIPAL,
)

ROLE_DELETED = Cause(
    "iam.role-deleted",
    breaks="The execution role does not exist, so SageMaker cannot assume it.",
    seen="iam:GetRole answers NoSuchEntity for the role's name",
    fix="create the role again, or name one that exists",
    basis=Basis.INFERENCE,
    source="IAM API reference, GetRole",
)
ROLE_PATH = Cause(
    "iam.role-path",
    breaks="The model's role ARN does not have the path of the role, and so names no role.",
    seen="iam:GetRole finds a role of that name whose ARN is another",
    fix="use the ARN that iam:GetRole shows",
    basis=Basis.FIELD_REPORT,
    source="aws/sagemaker-python-sdk issue 43; IAM user guide, IAM identifiers",
)
EXISTS = (ROLE_DELETED, ROLE_PATH)

TRUST_MISSING = Cause(
    "iam.trust-missing-sagemaker",
    breaks="The role's trust policy does not let the SageMaker service assume it.",
    seen="GetRole's AssumeRolePolicyDocument has no Allow of sts:AssumeRole for the service sagemaker.amazonaws.com",
    fix="add a statement for that service principal",
    basis=Basis.DOCUMENTED,
    source=_ROLES,
)
TRUST_CONDITIONS = Cause(
    "iam.trust-conditions",
    breaks="The trust policy names SageMaker but under conditions, or next to a Deny, that its call does not pass.",
    seen="a condition of the trust policy, such as sts:ExternalId or a narrow aws:SourceArn, does not fit what "
    "SageMaker sends when it assumes the role for hosting",
    fix="ask for aws:SourceAccount alone, or for aws:SourceArn arn:PARTITION:sagemaker:REGION:ACCOUNT:*",
    basis=Basis.DOCUMENTED,
    source=_ROLES,
    certain=False,
)
TRUST = (TRUST_MISSING, TRUST_CONDITIONS)

ENI_PERMISSIONS = Cause(
    "iam.eni-permissions",
    breaks="The role may not make or delete the network interfaces that hosting in a VPC needs.",
    seen="no Allow of the role's policies and boundary covers one of the nine EC2 actions, e.g. CreateNetworkInterface",
    fix="add the missing actions to the role",
    basis=Basis.DOCUMENTED,
    source="SageMaker developer guide, execution role permissions for a model in a VPC",
)
ENI_CONDITIONS = Cause(
    "iam.eni-conditions",
    breaks="The role's EC2 permissions are narrowed to other resources, by a condition, or by a Deny.",
    seen="a statement names the action, but not for the model's interface, subnet or group, or under a condition",
    fix="widen the statement to the model's subnets and groups",
    basis=Basis.INFERENCE,
    source="Service authorization reference, Amazon EC2",
    certain=False,
)
INTERFACES = (ENI_PERMISSIONS, ENI_CONDITIONS)

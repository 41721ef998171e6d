"""What is known of the call that SageMaker will make as the role, and what AWS's policy simulator says of it."""

from collections.abc import Mapping
from typing import Any

from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.evidence.endpoint import LambdaEndpoints
from pullcheck.evidence.function import FunctionTags
from pullcheck.evidence.names import LambdaAddresses
from pullcheck.evidence.placement import CredentialsProvider
from pullcheck.evidence.role import ConditionKey, InvokeCall, Organization, Role, Simulation
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.wiring import collector

INVOKE = "lambda:InvokeFunction"
NEVER_SENT = (
    "aws:SourceArn",
    "aws:SourceAccount",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:MultiFactorAuthPresent",
    "aws:MultiFactorAuthAge",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:username",
    "lambda:FunctionUrlAuthType",
    "lambda:EventSourceToken",
    "aws:PrincipalTag/",
)
"""Keys that a role's plain Invoke does not carry (IAM user guide, global condition keys; service authorization
reference, AWS Lambda). Of the role's tags only those that it has are sent."""
SENT_UNKNOWN = ("aws:CurrentTime", "aws:EpochTime", "aws:TokenIssueTime")


@collector()
def invoke_call(
    found: Role,
    provider: CredentialsProvider,
    member_of: Organization | Unavailable,
    tags: FunctionTags | Unavailable,
    addresses: LambdaAddresses | Unavailable | NotApplicable,
    endpoints: LambdaEndpoints | Unavailable | NotApplicable,
) -> InvokeCall:
    """The call that SageMaker will make, and all that is known of its condition keys before it is made."""
    known = {
        "aws:PrincipalArn": found.arn,
        "aws:PrincipalAccount": found.account,
        "aws:PrincipalType": "AssumedRole",
        "aws:PrincipalIsAWSService": "false",
        "aws:RequestedRegion": provider.region,
        "aws:ResourceAccount": provider.account,
        "aws:SecureTransport": "true",
        "aws:ViaAWSService": "false",
    }
    known |= {f"aws:PrincipalTag/{tag.key}": tag.value for tag in found.tags}
    absent = list(NEVER_SENT)
    if isinstance(tags, FunctionTags):
        known |= {f"aws:ResourceTag/{tag.key}": tag.value for tag in tags.tags}
        absent.append("aws:ResourceTag/")
    if isinstance(member_of, Organization) and member_of.id:
        known["aws:PrincipalOrgID"] = member_of.id
    elif isinstance(member_of, Organization):
        absent += ["aws:PrincipalOrgID", "aws:PrincipalOrgPaths"]
    path, on_path, off_path, hidden = _path(addresses, endpoints)
    return InvokeCall(
        action=INVOKE,
        resource=provider.arn,
        known=tuple(ConditionKey(name, (value,)) for name, value in {**known, **on_path}.items()),
        absent=(*absent, *off_path),
        present=(*SENT_UNKNOWN, *hidden),
        path=path,
    )


_Path = tuple[str | None, dict[str, str], tuple[str, ...], tuple[str, ...]]
"""The way in words, and the network's keys that are then known, absent, and there with a value nobody knows."""


def _path(
    addresses: LambdaAddresses | Unavailable | NotApplicable, endpoints: LambdaEndpoints | Unavailable | NotApplicable
) -> _Path:
    """An interface endpoint adds the keys of the VPC and takes aws:SourceIp away; the internet does the reverse."""
    if not isinstance(addresses, LambdaAddresses):
        return None, {}, (), ()
    if addresses.endpoint_id is None:
        absent = ("aws:SourceVpce", "aws:SourceVpc", "aws:SourceVpcArn", "aws:VpcSourceIp")
        return "over the public address of Lambda", {}, absent, ("aws:SourceIp",)
    known = {"aws:SourceVpce": addresses.endpoint_id}
    listed = (*endpoints.here, *endpoints.elsewhere) if isinstance(endpoints, LambdaEndpoints) else ()
    owner = next((one for one in listed if one.id == addresses.endpoint_id), None)
    if owner:
        known["aws:SourceVpc"] = owner.vpc_id
    return f"through {addresses.endpoint_id}", known, ("aws:SourceIp",), ("aws:VpcSourceIp", "aws:SourceVpc")


@collector(optional=("iam:SimulatePrincipalPolicy",))
def simulation(found: Role, call: InvokeCall, aws: Aws) -> Simulation | Unavailable:
    """AWS's own verdict on the role's side, with every condition key that is known (iam rules 22 to 27)."""
    return simulated(aws, found.arn, call.action, call.resource, {key.name: key.values for key in call.known})


def simulated(
    aws: Aws, principal: str, action: str, resource: str, keys: Mapping[str, tuple[str, ...]]
) -> Simulation | Unavailable:
    """The simulator's answer for one action of a user or role on one resource. Raises `NotObserved`."""
    entries = [
        {"ContextKeyName": name, "ContextKeyType": _type(name, values), "ContextKeyValues": list(values)}
        for name, values in keys.items()
    ]
    try:
        answer = aws.call(
            "iam",
            "SimulatePrincipalPolicy",
            PolicySourceArn=principal,
            ActionNames=[action],
            ResourceArns=[resource],
            ContextEntries=entries,
        )
    except AwsRefusal as refusal:
        return Unavailable(f"{refusal.action} was refused: {refusal.code} {refusal.message}", "see the message")
    rows = answer.get("EvaluationResults", [])
    if not rows:
        return Unavailable("iam:SimulatePrincipalPolicy answered nothing", "try again")
    return _simulation(rows[0])


def _type(name: str, values: tuple[str, ...]) -> str:
    if values in (("true",), ("false",)):
        return "boolean"
    return "stringList" if len(values) > 1 or name.startswith("sagemaker:Vpc") else "string"


def _simulation(row: dict[str, Any]) -> Simulation:
    """The part about the one resource, where AWS gives it, tells more than the whole."""
    specific: dict[str, Any] = next(iter(row.get("ResourceSpecificResults") or ()), {})
    matched = specific.get("MatchedStatements") or row.get("MatchedStatements") or []
    boundary = specific.get("PermissionsBoundaryDecisionDetail") or row.get("PermissionsBoundaryDecisionDetail") or {}
    return Simulation(
        decision=specific.get("EvalResourceDecision") or row["EvalDecision"],
        allowed_by_organization=row.get("OrganizationsDecisionDetail", {}).get("AllowedByOrganizations"),
        allowed_by_boundary=boundary.get("AllowedByPermissionsBoundary"),
        matched_policies=tuple(one.get("SourcePolicyId", "") for one in matched),
        missing_keys=tuple(specific.get("MissingContextValues") or row.get("MissingContextValues") or ()),
    )


COLLECTORS = (invoke_call, simulation)

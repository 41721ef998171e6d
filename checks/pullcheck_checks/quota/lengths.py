"""Texts that AWS cuts or refuses beyond a number of characters."""

from collections.abc import Iterator

from pullcheck import Basis, Cause, Fix, Severity, Verdict, check, failed, not_applicable, passed, unknown
from pullcheck.evidence.endpoint import LambdaEndpoints
from pullcheck.evidence.quota import VpcQuotas
from pullcheck.shown import shown
from pullcheck.target import Model, Target, TargetKind
from pullcheck_checks.quota.limits import POLICY, applied

STATEMENT = 400
"""Characters of one more statement: two ARNs, an action, an effect."""
NAME_LIMIT = 63
REASON_LIMIT = 1024
POLICY_FULL = Cause(
    "quo.endpoint-policy-size",
    "The endpoint's policy is about as long as it may be, so a statement that is missing cannot be added.",
    "DescribeVpcEndpoints: PolicyDocument with a statement more would have over 20,480 characters.",
    "Make the policy shorter: join statements, or name organisations in place of accounts.",
    Basis.DOCUMENTED,
    "Amazon VPC User Guide, quotas: characters per VPC endpoint policy, with white space",
    Severity.WARNING,
)
NAME_TOO_LONG = Cause(
    "quo.model-name-reuse",
    "The model's name is longer than 63 characters: SageMaker does not take it. A name is also taken once in an account"
    " and region only.",
    "CreateModel request: the length of ModelName.",
    "Give the model a shorter name that no other model has.",
    Basis.API,
    "SageMaker API, CreateModel: ModelName",
    Severity.WARNING,
)
REASON_CUT = Cause(
    "quo.failure-reason-truncated",
    "SageMaker's reason is as long as it can be, so its end is probably cut off.",
    "DescribeEndpoint: FailureReason has 1,024 characters.",
    "Look for the rest in CloudTrail and in the endpoint's CloudWatch logs.",
    Basis.API,
    "SageMaker API, DescribeEndpoint: FailureReason has 1,024 characters at most",
    Severity.WARNING,
)


@check("quota.endpoint-policy", "The policy of the Lambda endpoint has room for a statement", (POLICY_FULL,))
def policy_has_room(quotas: VpcQuotas, endpoints: LambdaEndpoints) -> Iterator[Verdict]:
    """What: Measures the policies of the VPC's interface endpoints for Lambda.

    Why: A fix of endpoint.policy adds a statement, and ModifyVpcEndpoint refuses a policy that is too long.

    Passes: There is room for one statement more.

    Fails: There is not, as a warning.

    Not verified when: The endpoints or the quotas may not be read.

    Fix: A shorter policy; the quota cannot be raised.

    Source: Amazon VPC User Guide, quotas: characters per VPC endpoint policy.
    """
    limit = applied(quotas, POLICY)
    if not endpoints.here:
        yield not_applicable(endpoints.vpc_id, f"{endpoints.vpc_id} has no interface endpoint for Lambda")
    for one in endpoints.here:
        if one.policy is None:
            yield unknown(one.id, f"the policy of {one.id} was not read; look at it with ec2:DescribeVpcEndpoints")
            continue
        because = f"the policy of {one.id} has {len(one.policy)} of {limit} characters"
        if len(one.policy) + STATEMENT <= limit:
            yield passed(one.id, because, resources=(one.id,))
        else:
            fix = Fix(
                f"make the policy of {one.id} shorter by {len(one.policy) + STATEMENT - limit} characters or more"
            )
            yield failed(one.id, f"{because}, and a statement has {STATEMENT}", POLICY_FULL, fix, resources=(one.id,))


@check("quota.model-name", "The model's name is not too long", (NAME_TOO_LONG,))
def model_name_is_short(target: Target, model: Model) -> Iterator[Verdict]:
    """What: Counts the characters of ModelName.

    Why: CreateModel refuses a name of more than 63 characters, as names with a date or a digest in them easily have.

    Passes: It has 63 or fewer. Whether another model has the name already is not looked at.

    Fails: It has more, as a warning: nothing about the pull is wrong.

    Not verified when: The model could not be read.

    Fix: A shorter name.

    Source: SageMaker API, CreateModel.
    """
    because = f"ModelName has {len(model.name)} of {NAME_LIMIT} characters"
    if len(model.name) <= NAME_LIMIT:
        yield passed(shown(model.name), because)
    else:
        yield failed(
            shown(model.name), because, NAME_TOO_LONG, Fix(f"in {target.source}: give ModelName a shorter name")
        )


@check("quota.failure-reason", "SageMaker's reason for a failure is not cut off", (REASON_CUT,))
def failure_reason_is_whole(target: Target) -> Iterator[Verdict]:
    """What: Counts the characters of the endpoint's FailureReason.

    Why: The field holds 1,024 characters; of a longer reason the end, often the part that matters, is missing.

    Passes: The reason is shorter.

    Fails: It is as long as the field, as a warning.

    Not verified when: The endpoint could not be read.

    Fix: Look for the rest in CloudTrail and CloudWatch logs.

    Source: SageMaker API, DescribeEndpoint.
    """
    subject = f"endpoint {target.name}"
    if target.kind is not TargetKind.ENDPOINT:
        yield not_applicable(subject, "the target is no endpoint that exists")
    elif target.deployment is None:
        yield unknown(subject, "the endpoint could not be read", blocked_by="deployment.healthy")
    elif not target.deployment.failure_reason:
        yield not_applicable(subject, "SageMaker gives no reason for a failure")
    else:
        length = len(target.deployment.failure_reason)
        because = f"FailureReason has {length} of {REASON_LIMIT} characters"
        if length < REASON_LIMIT:
            yield passed(subject, because)
        else:
            where = f"/aws/sagemaker/Endpoints/{target.name}"
            fix = Fix(f"look for the rest in CloudTrail and in the log group {where}")
            yield failed(subject, because, REASON_CUT, fix)

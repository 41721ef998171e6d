"""Does the request name a role that SageMaker can assume?"""

from collections.abc import Iterator

from pullcheck.arns import role_in
from pullcheck.shown import shown
from pullcheck.target import Model, Target
from pullcheck.verdict import Basis, Cause, Verdict, failed, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.target.change import change

MISSING = Cause(
    "cfg.execution-role-missing",
    breaks="The model names no role, so SageMaker can neither make network interfaces nor call the function.",
    seen="CreateModel request or DescribeModel: ExecutionRoleArn is absent, and a variant runs this model.",
    fix="Give ExecutionRoleArn.",
    basis=Basis.DOCUMENTED,
    source="SageMaker guide, private registry for inference; SageMaker API, CreateModel",
)
MALFORMED = Cause(
    "cfg.execution-role-malformed",
    breaks="ExecutionRoleArn is not the ARN of an IAM role, so CreateModel refuses it.",
    seen="CreateModel request: ExecutionRoleArn is a role's name, a user's ARN or the like.",
    fix="Write the role's ARN, with its path.",
    basis=Basis.API,
    source="SageMaker API, CreateModel: pattern of ExecutionRoleArn",
)


@check("target.execution-role", "The model names its execution role by ARN", (MISSING, MALFORMED))
def role_is_named(model: Model, target: Target) -> Iterator[Verdict]:
    """What: reads ExecutionRoleArn of the model.

    Why: SageMaker makes the network interfaces and calls the credentials function as this role.

    Passes: for the ARN of an IAM role.

    Fails: when it is something else, or missing from a model that a variant names.

    Not verified when: it is missing and no variant is known: the role may come with an endpoint configuration.

    Fix: give the role's ARN, including its path; a model that exists has to be made anew.

    Source: SageMaker API, CreateModel; SageMaker guide, How to use SageMaker execution roles.
    """
    subject = f"model {model.name}"
    if role := role_in(model.role_arn or ""):
        yield passed(subject, f"ExecutionRoleArn is {role.arn}", resources=(role.arn,))
    elif model.role_arn is not None:
        because = f"ExecutionRoleArn is {shown(model.role_arn)!r}, which is not the ARN of an IAM role"
        what = "set ExecutionRoleArn to the role's ARN, e.g. arn:aws:iam::123456789012:role/NAME"
        yield failed(subject, because, MALFORMED, change(target, what))
    elif any(variant.model_name == model.name for variant in target.variants):
        because = "there is no ExecutionRoleArn, and a variant runs this model"
        yield failed(subject, because, MISSING, change(target, "give ExecutionRoleArn"))
    else:
        because = (
            "there is no ExecutionRoleArn; only an endpoint configuration for inference components could bring one"
        )
        yield unknown(subject, f"{because}; give it, or check the endpoint", cause=MISSING)

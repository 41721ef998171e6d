"""Do the endpoint configuration and the model name the same role?"""

from collections.abc import Iterator

from pullcheck.evidence.placement import ExecutionRole
from pullcheck.target import Target
from pullcheck.verdict import Basis, Cause, Fix, Severity, Verdict, failed, not_applicable, passed
from pullcheck.wiring import check

TWO_ROLES = Cause(
    "iam.endpointconfig-role-vs-model-role",
    breaks="The endpoint configuration names another role than the model, and which of them pulls is not documented.",
    seen="DescribeEndpointConfig's ExecutionRoleArn and DescribeModel's differ",
    fix="name one role in both, or none in the endpoint configuration",
    basis=Basis.API,
    source="SageMaker API, CreateEndpointConfig and CreateModel: ExecutionRoleArn",
    severity=Severity.WARNING,
    certain=False,
)


@check("role.one-role", "The endpoint configuration names no other role", (TWO_ROLES,))
def names_one_role(asked: ExecutionRole, target: Target) -> Iterator[Verdict]:
    """
    What: Compares ExecutionRoleArn of the endpoint configuration with the model's.

    Why: The configuration's is meant for inference components, the model's for the model. The other checks judge the
    model's; if it is the other that pulls, they say nothing of it.

    Passes: They are the same.

    Fails: They differ; a warning.

    Not verified when: The endpoint configuration could not be read. Most have no role, and a request file has no
    configuration: the question does not arise.

    Fix: The same role in both; an endpoint configuration has to be made anew.

    Source: SageMaker API, CreateEndpointConfig and CreateModel.
    """
    subject, other = f"role {asked.name}", target.config_role_arn
    if other is None:
        yield not_applicable(subject, "no endpoint configuration that names a role is known")
    elif other == asked.arn:
        yield passed(subject, f"both name {asked.arn}", resources=(asked.arn,))
    else:
        because = f"the endpoint configuration names {other}, the model {asked.arn}"
        fix = Fix(f"make a new endpoint configuration with ExecutionRoleArn {asked.arn}, and update the endpoint")
        yield failed(subject, because, TWO_ROLES, fix, resources=(asked.arn, other))

"""Is there such a role?"""

from collections.abc import Iterator

from pullcheck.evidence.placement import ExecutionRole
from pullcheck.evidence.role import RoleLookup
from pullcheck.verdict import Fix, Verdict, failed, passed
from pullcheck.wiring import check
from pullcheck_checks.role import causes


@check("role.exists", "The execution role exists under the ARN that the model names", causes.EXISTS)
def role_exists(asked: ExecutionRole, lookup: RoleLookup) -> Iterator[Verdict]:
    """
    What: Asks IAM for the role by its name and compares the whole ARN, path included.

    Why: SageMaker assumes the role by its ARN at every deployment and every scale-out, before anything else happens.

    Passes: The role is there and its ARN is the model's.

    Fails: There is no role of that name, or it has another path.

    Not verified when: iam:GetRole is denied, or the credentials belong to another account than the role.

    Fix: Create the role again, or name the right ARN in the model.

    Source: IAM API reference, GetRole; IAM user guide, IAM identifiers.
    """
    subject = f"role {asked.name}"
    if lookup.found is None:
        because = f"iam:GetRole answers NoSuchEntity for {asked.name} in account {asked.account}"
        fix = Fix(f"create the role {asked.arn} again, or name another in ExecutionRoleArn")
        yield failed(subject, because, causes.ROLE_DELETED, fix, resources=(asked.arn,))
    elif lookup.found.arn != asked.arn:
        because = f"the model names {asked.arn}, the role's ARN is {lookup.found.arn}"
        fix = Fix(f"set ExecutionRoleArn to {lookup.found.arn}")
        yield failed(subject, because, causes.ROLE_PATH, fix, resources=(asked.arn, lookup.found.arn))
    else:
        yield passed(subject, f"iam:GetRole shows {asked.arn} (id {lookup.found.id})", resources=(asked.arn,))

"""May who creates the model pass the execution role to SageMaker?"""

from collections.abc import Iterator

from pullcheck.evidence.creation import Caller, CallerPolicies, Creation
from pullcheck.evidence.placement import ExecutionRole
from pullcheck.evidence.role import Simulation
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.target import Model
from pullcheck.verdict import Basis, Cause, Fix, Verdict, failed, not_applicable, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.role.commands import put_role_policy, put_user_policy
from pullcheck_checks.role.decision import Decision
from pullcheck_checks.role.kleene import Truth
from pullcheck_checks.role.needed import name_for
from pullcheck_checks.role.opinion import ALLOWED, EXPLICIT_DENY, describe
from pullcheck_checks.role.request import decide_as, layers_of
from pullcheck_checks.role.trust import SAGEMAKER

PASS_ROLE = Cause(
    "iam.passrole",
    breaks="Who creates the model may not pass the execution role to SageMaker, so CreateModel is refused.",
    seen="SimulatePrincipalPolicy for who runs pullcheck: iam:PassRole on the role's ARN, with iam:PassedToService "
    "sagemaker.amazonaws.com, is not allowed, and sagemaker:CreateModel is",
    fix="allow iam:PassRole on the role, for that service",
    basis=Basis.DOCUMENTED,
    source="SageMaker developer guide, execution roles: pass a role; IAM user guide, grant a user permissions to pass "
    "a role to an AWS service",
)
VPC_KEYS = Cause(
    "iam.scp-sagemaker-vpc-keys",
    breaks="A policy, such as a guardrail of the organisation, denies CreateModel with these subnets or groups.",
    seen="SimulatePrincipalPolicy for who runs pullcheck: sagemaker:CreateModel is denied explicitly with "
    "sagemaker:VpcSubnets and sagemaker:VpcSecurityGroupIds of the request, and not without them",
    fix="use the subnets and groups that the policy approves",
    basis=Basis.DOCUMENTED,
    source="SageMaker developer guide, condition keys: sagemaker:VpcSubnets and sagemaker:VpcSecurityGroupIds",
    certain=False,
)


@check("role.passed-to-sagemaker", "Who runs pullcheck may create a model with the role", (PASS_ROLE, VPC_KEYS))
def may_pass_the_role(
    asked: ExecutionRole,
    model: Model,
    creation: Creation | Unavailable,
    own: CallerPolicies | Unavailable | NotApplicable,
) -> Iterator[Verdict]:
    """
    What: Asks AWS's policy simulator whether who runs pullcheck may use iam:PassRole on the role, for
    sagemaker.amazonaws.com, and sagemaker:CreateModel with the request's subnets and groups.

    Why: CreateModel is refused to who may not pass the role, and to whom a guardrail denies these subnets.

    Passes: Both are allowed.

    Fails: CreateModel is allowed and iam:PassRole is not; or CreateModel is denied with the keys of the VPC alone.

    Not verified when: The simulator lacks a key; or it may not be asked, and the caller's own policies and boundary do
    not deny it already: policies of the organisation might. Where who runs pullcheck may not create models,
    somebody else deploys, and the question is not about this caller; nor is it about a model that exists already.
    Session policies are not part of the answer.

    Fix: An inline policy of the caller with iam:PassRole on exactly this role, for this service.

    Source: IAM user guide, grant a user permissions to pass a role to an AWS service; SageMaker API, CreateModel.
    """
    if isinstance(creation, Unavailable):
        yield _by_own_policies(asked, model, creation, own)
        return
    caller = creation.caller
    subject, resources = f"{caller.name} -> role {asked.name}", (caller.arn, asked.arn)
    passes, creates = _says(creation.pass_role), _says(creation.create_model)
    if _barred_by_vpc(creation):
        vpc = model.vpc_config
        used = ", ".join((*vpc.subnet_ids, *vpc.security_group_ids)) if vpc else ""
        because = f"sagemaker:CreateModel with {used}: {describe(creation.create_model)}; without them it is not denied"
        yield failed(subject, because, VPC_KEYS, Fix(f"{VPC_KEYS.fix}, or have it approve {used}"), resources=resources)
    elif creates is False:
        yield _somebody_else(asked, caller)
    elif creates and passes is False:
        because = f"iam:PassRole on {asked.arn} for {SAGEMAKER}: {describe(creation.pass_role)}"
        yield failed(subject, because, PASS_ROLE, _fix(asked, creation), resources=resources)
    elif passes and creates:
        because = f"iam:PassRole on {asked.arn} and sagemaker:CreateModel: {describe(creation.pass_role)}"
        yield passed(subject, because, resources=resources)
    else:
        doubtful = creation.create_model if creates is None else creation.pass_role
        yield unknown(subject, f"{describe(doubtful)}; ask who deploys to try", resources=resources)


def _by_own_policies(
    asked: ExecutionRole, model: Model, absent: Unavailable, own: CallerPolicies | Unavailable | NotApplicable
) -> Verdict:
    """What a role's policies do not allow is no; what they allow, the organisation may still deny."""
    if not isinstance(own, CallerPolicies):
        return unknown(f"role {asked.name}", absent.because, blocked_by=absent.blocked_by)
    caller, layers = own.caller, layers_of(own.role, own.policies)
    subject, resources = f"{caller.name} -> role {asked.name}", (caller.arn, asked.arn)
    name = f"arn:{asked.partition}:sagemaker:{own.role.region or '*'}:{asked.account}:model/{model.name.lower()}"
    creating = decide_as(own.role, "sagemaker:CreateModel", name, layers)
    passing = decide_as(own.role, "iam:PassRole", asked.arn, layers, {"iam:passedtoservice": (SAGEMAKER,)})
    if creating.allowed is False:
        return _somebody_else(asked, caller)
    if creating.allowed and passing.allowed is False:
        because = f"the policies of {caller.arn} do not allow iam:PassRole on {asked.arn} for {SAGEMAKER}"
        fix = _fix_for(asked, caller, denied=bool(passing.denied), bounded=_lacks_boundary(passing))
        return failed(subject, because, PASS_ROLE, fix, resources=resources)
    because = f"the policies of {caller.arn} alone do not settle it: {absent.because}"
    return unknown(subject, because, resources=resources)


def _somebody_else(asked: ExecutionRole, caller: Caller) -> Verdict:
    because = f"{caller.arn} may not use sagemaker:CreateModel, so somebody else deploys"
    more = f"{because}; who does needs iam:PassRole on {asked.arn}"
    return not_applicable(f"{caller.name} -> role {asked.name}", more)


def _lacks_boundary(decision: Decision) -> bool:
    return decision.boundary is not None and not decision.boundary.says("Allow")


def _says(found: Simulation) -> Truth:
    """An implicit no of the organisation may be a false one (rule 25), and one with missing keys is none (rule 23)."""
    if found.decision == ALLOWED:
        return True
    if found.missing_keys:
        return None
    return None if found.decision != EXPLICIT_DENY and found.allowed_by_organization is False else False


def _barred_by_vpc(creation: Creation) -> bool:
    without = creation.without_vpc
    return without is not None and without.decision == ALLOWED


def _fix(asked: ExecutionRole, creation: Creation) -> Fix:
    found = creation.pass_role
    return _fix_for(
        asked, creation.caller, denied=found.decision == EXPLICIT_DENY, bounded=found.allowed_by_boundary is False
    )


def _fix_for(asked: ExecutionRole, caller: Caller, *, denied: bool, bounded: bool) -> Fix:
    """An Allow more helps where no Deny and no boundary stands in the way."""
    summary = f"let {caller.arn} pass {asked.arn} to {SAGEMAKER}, if that is who deploys"
    if denied:
        return Fix(f"{summary}: change the Deny, which no Allow outweighs")
    if bounded:
        return Fix(f"{summary}: its permissions boundary must allow that too")
    if not caller.is_editable:
        return Fix(f"{summary}: by the permission set in IAM Identity Center that {caller.name} comes from")
    return Fix(summary, (_command(caller, asked),))


def _command(caller: Caller, asked: ExecutionRole) -> str:
    row = {
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": asked.arn,
        "Condition": {"StringEquals": {"iam:PassedToService": SAGEMAKER}},
    }
    put = put_role_policy if caller.is_role else put_user_policy
    return put(caller.name, name_for("pullcheck-pass-role", asked.arn), row)

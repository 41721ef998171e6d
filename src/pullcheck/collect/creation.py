"""Asks AWS's policy simulator whether who runs pullcheck may create the model and pass the execution role to it."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.collect.role import role_of, role_policies
from pullcheck.collect.simulation import simulated
from pullcheck.evidence.creation import Caller, CallerPolicies, Creation
from pullcheck.evidence.placement import ExecutionRole
from pullcheck.evidence.role import Simulation
from pullcheck.missing import NotApplicable, NotObserved, Unavailable
from pullcheck.target import Model, Target, TargetKind
from pullcheck.wiring import collector

PASS_ROLE = "iam:PassRole"
CREATE_MODEL = "sagemaker:CreateModel"
SAGEMAKER = "sagemaker.amazonaws.com"
EXPLICIT_DENY = "explicitDeny"
ARN_FIELDS = 6


@collector("sts:GetCallerIdentity", "iam:GetRole", optional=("iam:SimulatePrincipalPolicy",))
def creation(asked: ExecutionRole, model: Model, target: Target, aws: Aws) -> Creation | Unavailable | NotApplicable:
    """Two questions side by side, and a third where the second is answered by an explicit Deny."""
    if target.kind is not TargetKind.REQUEST:
        return NotApplicable(f"{target.kind} {target.name} exists, so its role was passed when it was created")
    caller = _caller(aws)
    if isinstance(caller, Unavailable):
        return caller
    if caller.account != asked.account:
        reason = f"the role is in account {asked.account}, and pullcheck runs with credentials of {caller.account}"
        return Unavailable(reason, f"a role cannot be passed to another account: use credentials of {asked.account}")
    region = {"aws:RequestedRegion": (target.region,)} if target.region else {}
    name = f"arn:{asked.partition}:sagemaker:{target.region or '*'}:{asked.account}:model/{model.name.lower()}"
    vpc = _vpc_keys(model)
    isolated = {"sagemaker:NetworkIsolation": (str(model.network_isolation).lower(),)}
    try:
        with ThreadPoolExecutor(2, "creation") as pool:
            passing = pool.submit(
                simulated, aws, caller.arn, PASS_ROLE, asked.arn, {"iam:PassedToService": (SAGEMAKER,), **region}
            )
            creating = pool.submit(simulated, aws, caller.arn, CREATE_MODEL, name, {**vpc, **isolated, **region})
        found, made = passing.result(), creating.result()
        bare: Simulation | Unavailable | None = None
        if vpc and isinstance(made, Simulation) and made.decision == EXPLICIT_DENY:
            bare = simulated(aws, caller.arn, CREATE_MODEL, name, {**isolated, **region})
    except NotObserved as nothing:
        return nothing.unavailable
    if isinstance(found, Unavailable):
        return found
    if isinstance(made, Unavailable):
        return made
    return Creation(caller, found, made, bare if isinstance(bare, Simulation) else None)


def _vpc_keys(model: Model) -> Mapping[str, tuple[str, ...]]:
    vpc = model.vpc_config
    if vpc is None:
        return {}
    return {"sagemaker:VpcSubnets": vpc.subnet_ids, "sagemaker:VpcSecurityGroupIds": vpc.security_group_ids}


def _caller(aws: Aws) -> Caller | Unavailable:
    """The user, or the role behind the session: the simulator wants the ARN with its path."""
    arn = str(aws.call("sts", "GetCallerIdentity").get("Arn", ""))
    fields = arn.split(":", ARN_FIELDS - 1)
    account, tail = fields[4] if len(fields) == ARN_FIELDS else "", fields[-1]
    kind, _, path = tail.partition("/")
    if kind == "user":
        return Caller(arn, path.rpartition("/")[2], account)
    if kind != "assumed-role":
        return Unavailable(f"the simulator does not answer for {arn}", "run pullcheck as a user or a role")
    name, _, session = path.partition("/")
    try:
        role = aws.call("iam", "GetRole", RoleName=name)["Role"]
    except AwsRefusal as refusal:
        return Unavailable(f"the role of {arn} could not be read: {refusal}", "see the message")
    return Caller(role["Arn"], name, account, session)


@collector(
    "sts:GetCallerIdentity",
    "iam:GetRole",
    "iam:ListRolePolicies",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
)
def caller_policies(
    simulated_one: Creation | Unavailable | NotApplicable, asked: ExecutionRole, target: Target, aws: Aws
) -> CallerPolicies | Unavailable | NotApplicable:
    """In the simulator's place, where it was not heard and a role runs pullcheck."""
    if not isinstance(simulated_one, Unavailable):
        return NotApplicable("the simulator was asked")
    caller = _caller(aws)
    if isinstance(caller, Unavailable):
        return caller
    if not caller.is_role or caller.account != asked.account:
        return NotApplicable(f"{caller.arn} is no role of account {asked.account}")
    found = role_of(aws.call("iam", "GetRole", RoleName=caller.name)["Role"], asked, target.region or aws.region)
    policies = role_policies(found, aws)
    return policies if isinstance(policies, Unavailable) else CallerPolicies(caller, found, policies)


COLLECTORS = (creation, caller_policies)

"""role.invoke-function: what the decision, the simulator and the organisation add up to."""

import json
import shlex
from dataclasses import replace
from typing import Any

import pytest
from pydantic import TypeAdapter

from pullcheck.evidence.function import FunctionPolicy
from pullcheck.evidence.organization import Level, ServiceControlPolicies
from pullcheck.evidence.placement import CredentialsProvider
from pullcheck.evidence.role import (
    ConditionKey,
    InvokeCall,
    Organization,
    PolicyDocument,
    PolicyKind,
    PolicySet,
    Role,
    RolePolicies,
    Simulation,
)
from pullcheck.missing import Unavailable
from pullcheck.target import Container, Model, Target, TargetKind
from pullcheck.verdict import Status, Verdict
from pullcheck_checks.role.invoke import may_invoke

ACCOUNT = "123456789012"
OTHER = "210987654321"
NAME = "sagemaker-registry-credentials"
ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{NAME}"
ROLE = Role(
    arn=f"arn:aws:iam::{ACCOUNT}:role/SageMakerExecutionRole",
    name="SageMakerExecutionRole",
    path="/",
    id="AROAEXAMPLE",
    account=ACCOUNT,
    partition="aws",
    boundary_arn=None,
    trust_policy="{}",
    region="us-east-1",
)
PROVIDER = CredentialsProvider(ARN, "aws", "us-east-1", ACCOUNT, NAME, None)
CALL = InvokeCall(
    action="lambda:InvokeFunction",
    resource=ARN,
    known=(
        ConditionKey("aws:PrincipalArn", (ROLE.arn,)),
        ConditionKey("aws:RequestedRegion", ("us-east-1",)),
        ConditionKey("aws:SourceVpce", ("vpce-0a1",)),
    ),
    absent=("aws:SourceIp", "lambda:FunctionUrlAuthType"),
    present=("aws:CurrentTime",),
    path="through vpce-0a1",
)
NOWHERE = replace(CALL, known=CALL.known[:2], absent=("lambda:FunctionUrlAuthType",), path=None)
ALONE = Organization(None)
MEMBER = Organization("o-example", OTHER)
NOT_ASKED = Unavailable("iam:SimulatePrincipalPolicy was denied (AccessDenied)", "allow iam:SimulatePrincipalPolicy")
ALLOWED = Simulation("allowed", True, None, ("invoke",), ())
IMPLICIT = Simulation("implicitDeny", False, None, (), ())
EXPLICIT = Simulation("explicitDeny", False, None, (), ())
NO_POLICY = FunctionPolicy(None)
NO_SCPS = Unavailable("organizations:ListParents was denied")
NOTHING_ELSE = Target(TargetKind.REQUEST, "vpc-model", "model.json", "us-east-1", ())


def statement(**fields: object) -> dict[str, object]:
    return {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": ARN, **fields}


def document(*rows: dict[str, object], kind: PolicyKind = PolicyKind.INLINE, arn: str | None = None) -> PolicyDocument:
    name = arn.rpartition("/")[2] if arn else "invoke"
    return PolicyDocument(kind, name, arn, json.dumps({"Version": "2012-10-17", "Statement": list(rows)}))


def of(*rows: dict[str, object]) -> RolePolicies:
    return RolePolicies(PolicySet((document(*rows),) if rows else ()), None)


def bounded(
    own: RolePolicies, *rows: dict[str, object], arn: str = f"arn:aws:iam::{ACCOUNT}:policy/Bound"
) -> RolePolicies:
    return replace(own, boundary=PolicySet((document(*rows, kind=PolicyKind.BOUNDARY, arn=arn),)))


def full_access() -> RolePolicies:
    patterns = ("SageMaker", "sagemaker", "Sagemaker", "LabelingFunction")
    row = statement(
        Sid="AllowLambdaInvokeFunction", Resource=[f"arn:aws:lambda:*:*:function:*{one}*" for one in patterns]
    )
    arn = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"
    return RolePolicies(PolicySet((document(row, kind=PolicyKind.MANAGED, arn=arn),)), None)


def judge(policies: RolePolicies, **changes: Any) -> Verdict:
    [verdict] = judge_all(policies, **changes)
    return verdict


def judge_all(policies: RolePolicies, **changes: Any) -> list[Verdict]:
    given: dict[str, Any] = {
        "role": ROLE,
        "provider": PROVIDER,
        "policies": policies,
        "call": CALL,
        "function_policy": NO_POLICY,
        "organization": ALONE,
        "simulation": NOT_ASKED,
        "scps": NO_SCPS,
        "target": NOTHING_ELSE,
        **changes,
    }
    return list(may_invoke(**given))


def named(name: str) -> dict[str, Any]:
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}"
    base, _, qualifier = name.partition(":")
    provider = CredentialsProvider(arn, "aws", "us-east-1", ACCOUNT, base, qualifier or None)
    return {"provider": provider, "call": replace(CALL, resource=arn)}


def cause_of(verdict: Verdict) -> str | None:
    return verdict.cause.id if verdict.cause else None


def test_an_allowed_role_passes_and_names_the_statement() -> None:
    verdict = judge(of(statement(Sid="Creds")))

    assert verdict.status is Status.PASS
    assert 'statement "Creds" of inline policy invoke allows' in verdict.because
    assert "no organisation" in verdict.because


@pytest.mark.parametrize(
    ("organization", "simulation", "status"),
    [
        (ALONE, NOT_ASKED, Status.PASS),
        (Organization("o-example", ACCOUNT), NOT_ASKED, Status.PASS),
        (Organization("o-example", OTHER, all_features=False), NOT_ASKED, Status.PASS),
        (MEMBER, ALLOWED, Status.PASS),
        (NOT_ASKED, ALLOWED, Status.PASS),
        (MEMBER, NOT_ASKED, Status.UNKNOWN),
        (NOT_ASKED, NOT_ASKED, Status.UNKNOWN),
        (MEMBER, IMPLICIT, Status.UNKNOWN),
        (MEMBER, EXPLICIT, Status.FAIL),
        (MEMBER, replace(EXPLICIT, missing_keys=("aws:SourceIp",)), Status.UNKNOWN),
        (MEMBER, replace(EXPLICIT, matched_policies=("invoke",)), Status.UNKNOWN),
        (ALONE, Simulation("implicitDeny", None, None, (), ()), Status.UNKNOWN),
        (MEMBER, Simulation("implicitDeny", True, None, (), ()), Status.UNKNOWN),
        (ALONE, Simulation("implicitDeny", None, None, (), ("aws:SourceIp",)), Status.PASS),
    ],
)
def test_the_organisation_must_be_heard_or_known_not_to_bind(
    organization: Any, simulation: Any, status: Status
) -> None:
    verdict = judge(of(statement()), organization=organization, simulation=simulation)

    assert verdict.status is status
    if status is Status.UNKNOWN and simulation is NOT_ASKED:
        assert "iam:SimulatePrincipalPolicy" in verdict.because


def test_an_organisation_that_denies_explicitly_fails_with_nothing_to_run() -> None:
    verdict = judge(of(statement()), organization=MEMBER, simulation=EXPLICIT)

    assert cause_of(verdict) == "iam.scp"
    assert verdict.fix
    assert not verdict.fix.commands


def test_its_explicit_no_is_only_believed_with_the_network_path_known() -> None:
    verdict = judge(of(statement()), organization=MEMBER, simulation=EXPLICIT, call=NOWHERE)

    assert verdict.status is Status.UNKNOWN
    assert cause_of(verdict) == "iam.scp"


def test_simulator_and_evaluation_that_disagree_are_both_shown() -> None:
    verdict = judge(of(), simulation=ALLOWED)

    assert verdict.status is Status.UNKNOWN
    assert "says allowed" in verdict.because
    assert "none of the 0 statements" in verdict.because


def test_a_definite_deny_beats_a_simulated_allow() -> None:
    verdict = judge(of(statement(), statement(Effect="Deny", Sid="No")), simulation=ALLOWED)

    assert cause_of(verdict) == "iam.explicit-deny"
    assert 'statement "No"' in verdict.because
    assert verdict.fix
    assert not verdict.fix.commands
    assert 'statement "No"' in verdict.fix.summary


LACKS = [
    ("iam.no-invoke-permission", of(), {}),
    ("iam.no-invoke-permission", of(statement(Action="s3:GetObject", Resource="*")), {}),
    ("iam.no-invoke-permission", of(statement(Resource=ARN.replace("registry", "Registry"))), {}),
    (
        "iam.no-invoke-permission",
        of(statement(Condition={"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}})),
        {},
    ),
    ("iam.managed-policy-name-rule", full_access(), named("registry-credentials")),
    ("iam.managed-policy-case", full_access(), named("SAGEMAKER-credentials")),
    ("iam.managed-policy-case", full_access(), named("sageMaker-credentials")),
    ("iam.wrong-action-name", of(statement(Action="lambda:Invoke")), {}),
    ("iam.wrong-action-name", of(statement(Action=["lambda:InvokeAsync", "lambda:GetFunction"])), {}),
    ("iam.qualified-arn", of(statement(Resource=f"{ARN}:*")), {}),
    ("iam.qualified-arn", of(statement()), named(f"{NAME}:prod")),
    ("iam.qualified-arn", of(statement(Resource=f"{ARN}:blue")), named(f"{NAME}:green")),
    ("iam.partition-or-region-in-policy", of(statement(Resource=ARN.replace("us-east-1", "eu-west-1"))), {}),
    ("iam.partition-or-region-in-policy", of(statement(Resource=ARN.replace(ACCOUNT, OTHER))), {}),
    ("iam.partition-or-region-in-policy", of(statement(Resource=ARN.replace("arn:aws:", "arn:aws-cn:"))), {}),
    (
        "iam.network-conditions",
        of(statement(Condition={"StringEquals": {"aws:SourceVpce": "vpce-other"}})),
        {},
    ),
    (
        "lam.wrong-principal-granted",
        of(),
        {"function_policy": FunctionPolicy(document(statement(Principal={"Service": "sagemaker.amazonaws.com"})).text)},
    ),
]


@pytest.mark.parametrize(("cause", "policies", "changes"), LACKS)
def test_a_missing_permission_is_named_and_the_fix_mends_it(
    cause: str, policies: RolePolicies, changes: dict[str, Any]
) -> None:
    verdict = judge(policies, **changes)

    assert verdict.status is Status.FAIL
    assert cause_of(verdict) == cause
    assert verdict.fix
    [command] = verdict.fix.commands
    words = shlex.split(command)
    assert words[:3] == ["aws", "iam", "put-role-policy"]
    assert words[words.index("--policy-name") + 1].startswith("pullcheck-invoke-credentials-function")
    added = PolicyDocument(PolicyKind.INLINE, "new", None, words[words.index("--policy-document") + 1])
    mended = replace(policies, identity=PolicySet((*policies.identity.documents, added)))
    assert judge(mended, **changes).status is Status.PASS


def test_the_fix_allows_exactly_the_arn_that_the_model_names() -> None:
    verdict = judge(of(statement()), **named(f"{NAME}:prod"))

    assert verdict.fix
    words = shlex.split(verdict.fix.commands[0])
    [row] = json.loads(words[words.index("--policy-document") + 1])["Statement"]
    assert row == {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": f"{ARN}:prod"}


def test_a_boundary_of_the_customer_gets_a_new_version() -> None:
    policies = bounded(of(statement()), statement(Action="s3:*", Resource="*"))

    verdict = judge(policies, role=replace(ROLE, boundary_arn=f"arn:aws:iam::{ACCOUNT}:policy/Bound"))

    assert cause_of(verdict) == "iam.permissions-boundary"
    assert verdict.fix
    [command] = verdict.fix.commands
    words = shlex.split(command)
    assert words[2:4] == ["create-policy-version", "--set-as-default"]
    assert len(json.loads(words[words.index("--policy-document") + 1])["Statement"]) == 2


def test_a_boundary_of_aws_cannot_be_edited() -> None:
    arn = "arn:aws:iam::aws:policy/SageMakerStudioProjectUserRolePermissionsBoundary"
    policies = bounded(of(statement()), statement(Resource=f"{ARN[: -len(NAME)]}amazon-bedrock-ide-*"), arn=arn)

    verdict = judge(policies, role=replace(ROLE, boundary_arn=arn))

    assert cause_of(verdict) == "iam.permissions-boundary"
    assert verdict.fix
    assert not verdict.fix.commands
    assert "cannot be edited" in verdict.fix.summary


def test_two_layers_that_lack_it_are_both_mended() -> None:
    policies = bounded(of(), statement(Action="s3:*", Resource="*"))

    verdict = judge(policies, role=replace(ROLE, boundary_arn=f"arn:aws:iam::{ACCOUNT}:policy/Bound"))

    assert verdict.fix
    assert [command.split()[2] for command in verdict.fix.commands] == ["put-role-policy", "create-policy-version"]


FOREIGN = ARN.replace(ACCOUNT, OTHER)
ABROAD: dict[str, Any] = {
    "provider": CredentialsProvider(FOREIGN, "aws", "us-east-1", OTHER, NAME, None),
    "call": replace(CALL, resource=FOREIGN),
}


@pytest.mark.parametrize(
    ("principal", "cause"),
    [
        (None, "lam.cross-account-no-resource-policy"),
        ({"AWS": "arn:aws:iam::999999999999:root"}, "lam.cross-account-no-resource-policy"),
        ({"Service": "sagemaker.amazonaws.com"}, "lam.wrong-principal-granted"),
    ],
)
def test_a_function_of_another_account_must_let_the_role_in(principal: object, cause: str) -> None:
    rows = [statement(Resource=FOREIGN, Principal=principal)] if principal else []
    policy = FunctionPolicy(document(*rows).text if rows else None)

    verdict = judge(of(statement(Resource=FOREIGN)), function_policy=policy, simulation=ALLOWED, **ABROAD)

    assert cause_of(verdict) == cause
    assert verdict.fix
    [command] = verdict.fix.commands
    assert f"--principal {ROLE.arn}" in command
    assert "lambda add-permission" in command


def test_a_permission_on_the_function_itself_does_not_cover_its_alias() -> None:
    live = f"{FOREIGN}:live"
    granted = document(statement(Resource=FOREIGN, Principal={"AWS": ROLE.arn})).text
    named = {
        "provider": CredentialsProvider(live, "aws", "us-east-1", OTHER, NAME, "live"),
        "call": replace(CALL, resource=live),
    }

    verdict = judge(of(statement(Resource=live)), function_policy=FunctionPolicy(None, granted), **named)
    without = judge(of(statement(Resource=live)), function_policy=FunctionPolicy(None), **named)

    assert cause_of(verdict) == "cfg.provider-arn-qualified"
    assert "without the qualifier live" in verdict.because
    assert verdict.fix
    assert "--qualifier live" in verdict.fix.commands[0]
    assert cause_of(without) == "lam.cross-account-no-resource-policy"


def test_a_function_of_another_account_that_lets_the_role_in_passes() -> None:
    policy = FunctionPolicy(document(statement(Resource=FOREIGN, Principal={"AWS": ROLE.arn})).text)

    assert judge(of(statement(Resource=FOREIGN)), function_policy=policy, **ABROAD).status is Status.PASS


def test_the_functions_own_policy_may_deny() -> None:
    policy = FunctionPolicy(document(statement(Effect="Deny", Principal={"AWS": ROLE.arn})).text)

    verdict = judge(of(statement()), function_policy=policy)

    assert cause_of(verdict) == "lam.resource-policy-deny"


def test_a_network_guardrail_that_the_call_passes_is_no_alarm() -> None:
    guard = statement(Effect="Deny", Condition={"StringNotEquals": {"aws:SourceVpce": "vpce-0a1"}})

    assert judge(of(statement(), guard)).status is Status.PASS
    assert cause_of(judge(of(statement(), guard), call=NOWHERE)) == "iam.network-conditions"
    assert judge(of(statement(), guard), call=NOWHERE).status is Status.UNKNOWN


def test_a_network_guardrail_that_the_call_fails_names_both_values() -> None:
    guard = statement(Effect="Deny", Condition={"StringNotEquals": {"aws:SourceVpce": "vpce-other"}})

    verdict = judge(of(statement(), guard))

    assert cause_of(verdict) == "iam.network-conditions"
    assert "vpce-other" in verdict.because
    assert "carries vpce-0a1" in verdict.because


@pytest.mark.parametrize(
    "policies",
    [
        RolePolicies(
            PolicySet((document(statement()),), (Unavailable("iam:GetPolicy was denied", "allow iam:GetPolicy"),)), None
        ),
        RolePolicies(PolicySet((), (Unavailable("iam:GetPolicy was denied", "allow iam:GetPolicy"),)), None),
        RolePolicies(PolicySet((document(statement()),)), PolicySet((), (Unavailable("iam:GetPolicy was denied"),))),
    ],
)
def test_a_policy_that_was_not_read_leaves_it_open_and_is_named(policies: RolePolicies) -> None:
    verdict = judge(policies, simulation=ALLOWED)

    assert verdict.status is Status.UNKNOWN
    assert "iam:GetPolicy was denied" in verdict.because


def test_a_function_policy_that_was_not_read_may_hold_a_deny() -> None:
    verdict = judge(
        of(statement()), function_policy=Unavailable("lambda:GetPolicy was denied", "allow lambda:GetPolicy")
    )

    assert verdict.status is Status.UNKNOWN
    assert "lambda:GetPolicy" in verdict.because


def test_what_hangs_on_the_sessions_name_is_unknown() -> None:
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/{ROLE.name}/SageMaker"
    policy = FunctionPolicy(document(statement(Principal={"AWS": session})).text)

    verdict = judge(of(), function_policy=policy)

    assert verdict.status is Status.UNKNOWN
    assert "session" in verdict.because


def test_a_public_function_url_does_not_admit_the_role() -> None:
    row = statement(Principal="*", Condition={"Bool": {"lambda:InvokedViaFunctionUrl": "true"}})

    assert judge(of(), function_policy=FunctionPolicy(document(row).text)).status is Status.FAIL


def test_a_possible_deny_of_the_role_itself_is_not_laid_at_the_organisations_door() -> None:
    perhaps = statement(Effect="Deny", Condition={"StringEquals": {"aws:CalledVia": "x"}})

    verdict = judge(of(statement(), perhaps), organization=MEMBER, simulation=EXPLICIT)

    assert verdict.status is Status.UNKNOWN
    assert "aws:CalledVia" in verdict.because


def test_the_fix_of_a_network_condition_asks_for_the_endpoint_that_is_used() -> None:
    verdict = judge(of(statement(Condition={"StringEquals": {"aws:SourceVpce": "vpce-other"}})))

    assert verdict.fix
    assert '{"StringEquals": {"aws:SourceVpce": "vpce-0a1"}}' in verdict.fix.commands[0]


def test_a_role_that_manages_its_organisation_says_so() -> None:
    verdict = judge(of(statement()), organization=Organization("o-example", ACCOUNT))

    assert verdict.status is Status.PASS
    assert "manages its organisation" in verdict.because


def levels(*texts: dict[str, object]) -> ServiceControlPolicies:
    """An account below the root; each level has one policy."""
    names = ("root r-1", f"account {ACCOUNT}")
    documents = (document(row, kind=PolicyKind.SERVICE_CONTROL) for row in texts)
    return ServiceControlPolicies(tuple(Level(name, (one,)) for name, one in zip(names, documents, strict=True)))


EVERYTHING = statement(Action="*", Resource="*")


def test_service_control_policies_that_were_read_decide() -> None:
    bound = {"organization": MEMBER, "simulation": NOT_ASKED}
    allowed = judge(of(statement()), scps=levels(EVERYTHING, EVERYTHING), **bound)
    denied, *lack = judge_all(of(statement()), scps=levels(EVERYTHING, statement(Sid="No", Effect="Deny")), **bound)
    silent = judge(of(statement()), scps=levels(EVERYTHING, statement(Action="s3:*")), **bound)

    assert allowed.status is Status.PASS
    assert "all 2 levels of the organisation were read" in allowed.because
    assert [cause_of(one) for one in (denied, *lack, silent)] == ["iam.scp"] * 3
    assert f'statement "No" of service control policy invoke of account {ACCOUNT}' in denied.because
    assert denied.fix
    assert 'in statement "No"' in denied.fix.summary
    assert silent.fix
    assert not silent.fix.commands


def test_a_level_that_lacks_an_allow_against_a_simulator_that_allows_is_a_contradiction() -> None:
    verdict = judge(
        of(statement()), scps=levels(EVERYTHING, statement(Action="s3:*")), organization=MEMBER, simulation=ALLOWED
    )

    assert verdict.status is Status.UNKNOWN


def test_the_new_boundary_has_every_function_of_the_run() -> None:
    other = f"{ARN}-two"
    containers = tuple(Container("Containers[]", None, "Vpc", one) for one in (ARN, other))
    run = replace(NOTHING_ELSE, models=(Model("m", ROLE.arn, None, containers),))
    policies = bounded(of(statement(), statement(Resource=other)), statement(Action="s3:*"))
    first = judge(policies, target=run)
    second = judge(policies, target=run, provider=replace(PROVIDER, arn=other), call=replace(CALL, resource=other))

    assert first.fix
    assert second.fix
    assert first.fix.commands == second.fix.commands
    assert json.loads(shlex.split(first.fix.commands[0])[-1])["Statement"][-1]["Resource"] == [ARN, other]


def test_service_control_policies_survive_on_paper() -> None:
    found = levels(EVERYTHING, EVERYTHING)
    adapter = TypeAdapter(ServiceControlPolicies)

    assert adapter.validate_json(adapter.dump_json(found)) == found


def test_every_layer_in_the_way_is_told() -> None:
    guarded = bounded(of(statement(Sid="Other", Action="s3:*")), statement(Sid="NoLambda", Effect="Deny"))

    denied, lack = judge_all(guarded)

    assert (cause_of(denied), cause_of(lack)) == ("iam.explicit-deny", "iam.no-invoke-permission")
    assert 'statement "NoLambda" of permissions boundary Bound denies' in denied.because
    assert "; besides, none of the 1 statements of the permissions boundary" in lack.because
    assert lack.fix
    assert len(lack.fix.commands) == 2

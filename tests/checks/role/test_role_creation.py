"""role.passed-to-sagemaker: what the simulator says of who runs pullcheck."""

import json
import shlex
from dataclasses import replace
from typing import Any

import pytest
from pydantic import TypeAdapter

from pullcheck.engine import Observed, Plan
from pullcheck.evidence.creation import Caller, CallerPolicies, Creation
from pullcheck.evidence.placement import ExecutionRole
from pullcheck.evidence.role import PolicyDocument, PolicyKind, PolicySet, Role, RolePolicies, Simulation
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.target import Model, VpcConfig
from pullcheck.verdict import Status, Verdict
from pullcheck_checks.role.creation import may_pass_the_role

ACCOUNT = "123456789012"
ASKED = ExecutionRole(
    f"arn:aws:iam::{ACCOUNT}:role/service-role/Execution", "aws", ACCOUNT, "Execution", "/service-role/"
)
MODEL = Model("vpc-model", ASKED.arn, VpcConfig(("subnet-1",), ("sg-1",)), ())
USER = Caller(f"arn:aws:iam::{ACCOUNT}:user/ci/deployer", "deployer", ACCOUNT)
ROLE = Caller(f"arn:aws:iam::{ACCOUNT}:role/ci/pipeline", "pipeline", ACCOUNT, "run-7")
SSO = replace(ROLE, arn=f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0")
YES = Simulation("allowed", None, None, (), ())
NO = Simulation("implicitDeny", None, None, (), ())
DENIED = Simulation("explicitDeny", None, None, (), ())
GOOD = Creation(USER, YES, YES)


def judge(**changes: Any) -> Verdict:
    [verdict] = may_pass_the_role(ASKED, MODEL, replace(GOOD, **changes), NotApplicable("the simulator was asked"))
    return verdict


def test_who_may_do_both_passes() -> None:
    verdict = judge()

    assert verdict.status is Status.PASS
    assert ASKED.arn in verdict.because
    assert TypeAdapter(Creation).validate_json(TypeAdapter(Creation).dump_json(GOOD)) == GOOD


@pytest.mark.parametrize(("caller", "operation"), [(USER, "put-user-policy"), (ROLE, "put-role-policy")])
def test_who_may_create_and_not_pass_gets_exactly_that(caller: Caller, operation: str) -> None:
    verdict = judge(caller=caller, pass_role=NO)

    assert verdict.cause
    assert verdict.cause.id == "iam.passrole"
    assert verdict.fix
    words = shlex.split(verdict.fix.commands[0])
    [row] = json.loads(words[-1])["Statement"]
    assert words[:3] == ["aws", "iam", operation]
    assert words[4] == caller.name
    assert (row["Resource"], row["Action"]) == (ASKED.arn, "iam:PassRole")
    assert row["Condition"] == {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}


@pytest.mark.parametrize(
    "changes",
    [
        {"pass_role": DENIED},
        {"pass_role": replace(NO, allowed_by_boundary=False)},
        {"pass_role": NO, "caller": SSO},
    ],
)
def test_nothing_is_printed_that_would_not_help(changes: dict[str, Any]) -> None:
    verdict = judge(**changes)

    assert verdict.status is Status.FAIL
    assert verdict.fix
    assert not verdict.fix.commands


@pytest.mark.parametrize("create", [NO, DENIED])
def test_who_may_not_create_models_is_not_who_deploys(create: Simulation) -> None:
    verdict = judge(create_model=create, pass_role=NO)

    assert verdict.status is Status.NOT_APPLICABLE
    assert "somebody else deploys" in verdict.because


def test_a_guardrail_on_the_vpc_is_told_by_what_is_allowed_without() -> None:
    verdict = judge(create_model=DENIED, without_vpc=YES)

    assert verdict.cause
    assert verdict.cause.id == "iam.scp-sagemaker-vpc-keys"
    assert "subnet-1, sg-1" in verdict.because
    assert judge(create_model=DENIED, without_vpc=DENIED).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    "changes",
    [
        {"pass_role": replace(NO, missing_keys=("aws:SourceIp",))},
        {"pass_role": replace(NO, allowed_by_organization=False)},
        {"create_model": replace(NO, missing_keys=("aws:RequestTag/team",))},
        {"create_model": replace(NO, missing_keys=("aws:RequestTag/team",)), "pass_role": NO},
    ],
)
def test_a_doubtful_no_is_unknown(changes: dict[str, Any]) -> None:
    assert judge(**changes).status is Status.UNKNOWN


@pytest.mark.parametrize(
    ("absent", "status"),
    [
        (Unavailable("iam:SimulatePrincipalPolicy was denied", "allow it"), Status.UNKNOWN),
        (NotApplicable("the model exists"), Status.NOT_APPLICABLE),
    ],
)
def test_without_the_simulator_nothing_is_said(absent: Unavailable | NotApplicable, status: Status) -> None:
    plan = Plan((may_pass_the_role,), (), (ExecutionRole, Model, Creation, CallerPolicies))
    facts = {ExecutionRole: ASKED, Model: MODEL, Creation: absent, CallerPolicies: NotApplicable("no role")}
    [answer] = plan.judge([Observed("image", facts)])

    assert answer.verdict.status is status


CREATES = {"Effect": "Allow", "Action": "sagemaker:*", "Resource": "*"}
PASSES = {
    "Effect": "Allow",
    "Action": "iam:PassRole",
    "Resource": "*",
    "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
}


def by_own(*rows: dict[str, Any]) -> Verdict:
    text = json.dumps({"Version": "2012-10-17", "Statement": list(rows)})
    policies = RolePolicies(PolicySet((PolicyDocument(PolicyKind.INLINE, "own", None, text),)), None)
    role = Role(ROLE.arn, ROLE.name, "/ci/", "AROACI", ACCOUNT, "aws", None, "{}")
    own = CallerPolicies(ROLE, role, policies)

    assert TypeAdapter(CallerPolicies).validate_json(TypeAdapter(CallerPolicies).dump_json(own)) == own
    [verdict] = may_pass_the_role(ASKED, MODEL, Unavailable("the simulator was denied"), own)
    return verdict


def test_the_callers_own_policies_tell_where_the_simulator_is_not_heard() -> None:
    lacking = by_own(CREATES)

    assert lacking.cause
    assert lacking.cause.id == "iam.passrole"
    assert lacking.fix
    assert "put-role-policy" in lacking.fix.commands[0]
    assert by_own(CREATES, PASSES).status is Status.UNKNOWN
    assert by_own().status is Status.NOT_APPLICABLE

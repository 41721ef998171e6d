"""The policy evaluation as a library: calls and JSON documents in, one of three answers and its reason out."""

import json
from typing import Any

import pytest

from pullcheck import Unavailable
from pullcheck_checks.role import Call, Decided, Policies, evaluate

ACCOUNT = "111122223333"
OTHER = "444455556666"
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:credentials"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/service-role/Model"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/Model/SageMaker"
INVOKE = "lambda:InvokeFunction"
CALL = Call(ROLE, INVOKE, FUNCTION, complete=True)
UNREAD = Unavailable("iam:GetRolePolicy was denied")


def policy(*rows: dict[str, Any], version: str = "2012-10-17") -> dict[str, Any]:
    return {"Version": version, "Statement": list(rows)}


def allow(resource: str = FUNCTION, action: str = INVOKE, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(resource: str = FUNCTION, action: str = INVOKE, **more: Any) -> dict[str, Any]:
    return allow(resource, action, **more) | {"Effect": "Deny"}


def to(principal: Any, **more: Any) -> dict[str, Any]:
    return allow(Principal=principal, **more)


MINE = {"InvokeIt": policy(allow())}
FULL = {"FullAWSAccess": policy(allow("*", "*"))}


@pytest.mark.parametrize(
    ("policies", "decision", "layer"),
    [
        pytest.param(Policies(), "denied", "identity", id="nothing allows"),
        pytest.param(Policies(MINE), "allowed", "identity", id="the role's own policy"),
        pytest.param(Policies({"It": json.dumps(policy(allow()))}), "allowed", "identity", id="as JSON text"),
        pytest.param(Policies(MINE, boundary=policy(allow("*", "s3:*"))), "denied", "boundary", id="boundary"),
        pytest.param(Policies(MINE, boundary=UNREAD), "unknown", None, id="boundary unread"),
        pytest.param(Policies(UNREAD), "unknown", None, id="identity unread"),
        pytest.param(Policies(UNREAD, boundary=policy(deny())), "denied", "boundary", id="a Deny whatever is unread"),
        pytest.param(Policies(MINE, session=policy(allow("*", "s3:*"))), "denied", "session", id="session policy"),
        pytest.param(Policies(MINE, session=policy(allow())), "allowed", "identity", id="session policy allows"),
        pytest.param(Policies(MINE, organization=(FULL, FULL)), "allowed", "identity", id="every level allows"),
        pytest.param(
            Policies(MINE, organization=(FULL, {"S3": policy(allow("*", "s3:*"))})),
            "denied",
            "organization level 2",
            id="one level does not",
        ),
        pytest.param(
            Policies(MINE, organization=({**FULL, "No": policy(deny("*", "lambda:*"))},)),
            "denied",
            "organization level 1",
            id="a level denies",
        ),
        pytest.param(Policies(MINE, organization=UNREAD), "unknown", None, id="organisation unread"),
        pytest.param(Policies(MINE, endpoint=policy(to("*"))), "allowed", "identity", id="endpoint allows"),
        pytest.param(Policies(endpoint=policy(to("*"))), "denied", "identity", id="endpoint grants nothing"),
        pytest.param(
            Policies(MINE, endpoint=policy(to({"AWS": f"arn:aws:iam::{OTHER}:role/X"}))),
            "denied",
            "endpoint",
            id="endpoint for another",
        ),
        pytest.param(
            Policies(resource=policy(to({"AWS": ROLE}))), "allowed", "resource", id="function grants the role"
        ),
        pytest.param(
            Policies(resource=policy(to({"AWS": ROLE})), boundary=policy(allow("*", "s3:*"))),
            "denied",
            "boundary",
            id="which the boundary limits",
        ),
        pytest.param(
            Policies(resource=policy(to({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}))),
            "denied",
            "identity",
            id="the account only delegates",
        ),
        pytest.param(Policies(MINE, owner=OTHER), "denied", "resource", id="across accounts both must"),
        pytest.param(
            Policies(MINE, owner=OTHER, resource=policy(to({"AWS": ROLE}))), "allowed", "identity", id="and both do"
        ),
        pytest.param(
            Policies({"Odd": policy(allow(Condition={"Whatever": {"aws:x": "1"}}))}), "unknown", None, id="odd operator"
        ),
        pytest.param(Policies({"Odd": policy({"Effect": "Allow", "Do": INVOKE})}), "unknown", None, id="odd element"),
        pytest.param(Policies({"Odd": "no JSON"}), "unknown", None, id="no JSON"),
    ],
)
def test_the_layers_decide_together(policies: Policies, decision: str, layer: str | None) -> None:
    answer = evaluate(CALL, policies)

    assert (answer.decision.value, answer.layer) == (decision, layer)


def test_a_grant_to_the_session_passes_over_boundary_and_session_policy() -> None:
    other = policy(allow("*", "s3:*"))
    policies = Policies(resource=policy(to({"AWS": SESSION})), boundary=other, session=other)

    answers = [evaluate(Call(SESSION, INVOKE, FUNCTION, complete=True), policies), evaluate(CALL, policies)]

    assert [answer.decision for answer in answers] == [Decided.ALLOWED, Decided.UNKNOWN]
    assert answers[1].unknowns == ("the name of the role's session",)


def test_every_layer_in_the_way_is_named_and_the_statements_that_decide() -> None:
    guard = deny("*", "*", Sid="OnlyEurope", Condition={"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}})
    policies = Policies(MINE, policy(allow("*", "s3:*")), organization=({**FULL, "Guard": policy(guard)},))
    call = Call(ROLE, INVOKE, FUNCTION, {"aws:requestedregion": "us-east-1"}, complete=True)

    answer = evaluate(call, policies)

    assert answer.explicit
    assert (answer.layer, answer.statement) == ("organization level 1", 'statement "OnlyEurope" of Guard')
    assert answer.blocking == ("organization level 1", "boundary")


@pytest.mark.parametrize(
    ("statement", "because"),
    [
        (allow(f"{FUNCTION}:prod"), f"matches but for the qualifier of {FUNCTION}:prod"),
        (allow("arn:aws:lambda:*:*:function:Cred*"), "matches but for the case of the letters of "),
        (allow(FUNCTION.replace("us-east-1", "eu-west-1")), "matches but for the region of "),
        (allow(action="lambda:Invoke"), "matches but for the action"),
        (
            allow(Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}}),
            "matches but for the condition StringEquals aws:SourceVpce vpce-1",
        ),
    ],
    ids=["qualifier", "case", "region", "action", "condition"],
)
def test_the_nearest_miss_says_what_it_lacks(statement: dict[str, Any], because: str) -> None:
    answer = evaluate(
        CALL, Policies({"Far": policy(allow("*", "s3:*", Condition={"Bool": {"x": "true"}})), "P": policy(statement)})
    )

    assert answer.decision is Decided.DENIED
    assert answer.misses[0].statement == "statement 1 of P"
    assert answer.misses[0].because.startswith(because)
    assert len(answer.misses) == 2


def test_a_key_that_nobody_knows_decides_only_where_it_must() -> None:
    fenced = Policies({"P": policy(allow(Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}}))})
    call = Call(ROLE, INVOKE, FUNCTION)

    unknown = evaluate(call, fenced)
    absent = evaluate(Call(ROLE, INVOKE, FUNCTION, {"AWS:sourcevpce": None}), fenced)
    carried = evaluate(Call(ROLE, INVOKE, FUNCTION, {"aws:SourceVpce": ["vpce-1"]}), fenced)

    assert unknown.decision is Decided.UNKNOWN
    assert unknown.unknowns == ("condition StringEquals aws:SourceVpce vpce-1 of statement 1 of P",)
    assert (absent.decision, carried.decision) == (Decided.DENIED, Decided.ALLOWED)


def test_a_service_is_let_in_by_the_trust_policy_alone() -> None:
    trust = policy({"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"})

    answers = [
        evaluate(Call(name, "sts:AssumeRole", None), Policies(resource=trust))
        for name in ("sagemaker.amazonaws.com", "lambda.amazonaws.com")
    ]

    assert [answer.decision for answer in answers] == [Decided.ALLOWED, Decided.DENIED]
    assert answers[0].layer == "resource"


def test_a_role_of_the_account_needs_the_trust_policy_too() -> None:
    """In one account a resource's policy is not asked for what identity policies allow; a trust policy always is."""
    mine = {"P": policy(allow("*", "sts:AssumeRole"))}
    call = Call(ROLE, "sts:AssumeRole", None, complete=True)
    delegating = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}

    assert evaluate(call, Policies(mine)).decision is not Decided.ALLOWED
    assert evaluate(call, Policies(mine, resource=policy(delegating), owner=ACCOUNT)).decision is Decided.UNKNOWN


@pytest.mark.parametrize("principal", ["", "Model", "arn:aws:iam::111122223333:group/Team", "arn:aws:s3:::bucket"])
def test_a_principal_of_another_form_is_refused(principal: str) -> None:
    with pytest.raises(ValueError, match="principal"):
        evaluate(Call(principal, INVOKE, FUNCTION), Policies())


USER = f"arn:aws:iam::{ACCOUNT}:user/ShirleyRodriguez"
GUIDE_BOUNDARY = policy(allow("*", "s3:*"), allow("*", "cloudwatch:*"), allow("*", "ec2:*"))


def guide(principal: str, action: str, resource: str, policies: Policies, **context: str) -> Decided:
    return evaluate(Call(principal, action, resource, context, complete=True), policies).decision


class TestExamplesOfTheIamUserGuide:
    """The cases that the guide tells in prose, with its own documents."""

    def test_a_boundary_grants_nothing(self) -> None:
        assert guide(USER, "s3:ListBucket", "arn:aws:s3:::b", Policies(boundary=GUIDE_BOUNDARY)) is Decided.DENIED

    def test_what_a_boundary_does_not_have_is_not_allowed(self) -> None:
        own = {"P": policy(allow("*", "iam:CreateUser"))}

        assert guide(USER, "iam:CreateUser", USER, Policies(own, GUIDE_BOUNDARY)) is Decided.DENIED

    def test_both_have_it(self) -> None:
        own = {"P": policy(allow("*", "s3:*"))}

        assert guide(USER, "s3:ListBucket", "arn:aws:s3:::b", Policies(own, GUIDE_BOUNDARY)) is Decided.ALLOWED

    def test_a_bucket_policy_that_names_a_user_passes_over_the_boundary(self) -> None:
        bucket = policy(allow("arn:aws:s3:::b", "s3:ListBucket", Principal={"AWS": USER}))
        policies = Policies(boundary=policy(allow("*", "ec2:*")), resource=bucket, owner=ACCOUNT)

        assert guide(USER, "s3:ListBucket", "arn:aws:s3:::b", policies) is Decided.ALLOWED

    def test_an_explicit_deny_overrides_the_bucket_policy(self) -> None:
        bucket = policy(allow("arn:aws:s3:::b", "s3:ListBucket", Principal={"AWS": USER}))
        own = {"P": policy(deny("*", "s3:*"))}

        assert guide(USER, "s3:ListBucket", "arn:aws:s3:::b", Policies(own, resource=bucket, owner=ACCOUNT)) is (
            Decided.DENIED
        )

    def test_across_accounts_the_bucket_policy_is_not_enough(self) -> None:
        bucket = policy(allow("arn:aws:s3:::b", "s3:ListBucket", Principal={"AWS": USER}))

        assert guide(USER, "s3:ListBucket", "arn:aws:s3:::b", Policies(resource=bucket, owner=OTHER)) is Decided.DENIED

    def test_the_user_may_change_what_bears_her_name(self) -> None:
        own = {"P": policy(allow(f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}", "iam:*AccessKey*"))}
        name = {"aws:username": "ShirleyRodriguez"}
        other = USER.replace("Shirley", "Other")

        assert guide(USER, "iam:CreateAccessKey", USER, Policies(own), **name) is Decided.ALLOWED
        assert guide(USER, "iam:CreateAccessKey", other, Policies(own), **name) is Decided.DENIED

    def test_multi_factor_authentication_where_the_key_may_lack(self) -> None:
        guard = {
            "P": policy(
                allow("*", "*"), deny("*", "*", Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}})
            )
        }

        assert guide(USER, "ec2:StopInstances", "*", Policies(guard)) is Decided.DENIED
        assert guide(USER, "ec2:StopInstances", "*", Policies(guard), **{"aws:MultiFactorAuthPresent": "true"}) is (
            Decided.ALLOWED
        )

    def test_a_deny_outside_the_regions_spares_global_services(self) -> None:
        guard = {
            "Effect": "Deny",
            "NotAction": ["cloudfront:*", "iam:*", "route53:*", "support:*"],
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "eu-west-1"]}},
        }
        policies = Policies({"P": policy(allow("*", "*"), guard)})
        away = {"aws:RequestedRegion": "us-east-1"}

        assert guide(USER, "ec2:RunInstances", "*", policies, **away) is Decided.DENIED
        assert guide(USER, "iam:CreateUser", USER, policies, **away) is Decided.ALLOWED

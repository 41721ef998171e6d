"""The policy of the Lambda endpoint, judged from evidence."""

import json
import shlex
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from pullcheck.engine import Observed, Plan
from pullcheck.evidence.endpoint import InterfaceEndpoint, LambdaEndpoints
from pullcheck.evidence.names import LambdaAddresses
from pullcheck.evidence.placement import CredentialsProvider, ExecutionRole
from pullcheck.evidence.role import ConditionKey, InvokeCall, Role
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.target import Container, Model, Target, TargetKind
from pullcheck.verdict import Status, Verdict
from pullcheck_checks.endpoint.policy import LIMIT, lets_the_role_invoke

ACCOUNT, OTHER = "123456789012", "210987654321"
HOST, SERVICE = "lambda.us-east-1.amazonaws.com", "com.amazonaws.us-east-1.lambda"
NAME = "sagemaker-registry-credentials"
ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{NAME}"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/service-role/Execution"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/Execution"
ASKED = ExecutionRole(ROLE_ARN, "aws", ACCOUNT, "Execution", "/service-role/")
ROLE = Role(ROLE_ARN, "Execution", "/service-role/", "AROAEXAMPLE", ACCOUNT, "aws", None, "{}", region="us-east-1")
PROVIDER = CredentialsProvider(ARN, "aws", "us-east-1", ACCOUNT, NAME, None)
CALL = InvokeCall(
    action="lambda:InvokeFunction",
    resource=ARN,
    known=(
        ConditionKey("aws:PrincipalArn", (ROLE_ARN,)),
        ConditionKey("aws:PrincipalAccount", (ACCOUNT,)),
        ConditionKey("aws:SourceVpce", ("vpce-1",)),
        ConditionKey("aws:SourceVpc", ("vpc-1",)),
    ),
    absent=("aws:SourceIp",),
    present=("aws:CurrentTime", "aws:VpcSourceIp"),
    path="through vpce-1",
)
NOTHING_ELSE = Target(TargetKind.REQUEST, "vpc-model", "model.json", "us-east-1", ())
NOT_READ = Unavailable("iam:GetRole was denied", "allow iam:GetRole", "role.exists")
ENDPOINT = InterfaceEndpoint("vpce-1", "vpc-1", SERVICE, "available", private_dns=True)
LED = LambdaAddresses(HOST, "vpce-1", ())


def statement(**fields: object) -> dict[str, object]:
    return {"Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunction", "Resource": ARN, **fields}


def policy(*rows: dict[str, object], version: str = "2012-10-17") -> str:
    return json.dumps({"Version": version, "Statement": list(rows)})


def judge(text: str | None, **changes: Any) -> Verdict:
    here = LambdaEndpoints(
        "vpc-1", SERVICE, (replace(ENDPOINT, id="vpce-0", policy=""), replace(ENDPOINT, policy=text))
    )
    given: dict[str, Any] = {
        "endpoints": here,
        "addresses": LED,
        "asked": ASKED,
        "provider": PROVIDER,
        "role": ROLE,
        "call": CALL,
        "target": NOTHING_ELSE,
        **changes,
    }
    [verdict] = lets_the_role_invoke(**given)
    return verdict


def named(qualifier: str) -> dict[str, Any]:
    arn = f"{ARN}:{qualifier}"
    provider = replace(PROVIDER, arn=arn, qualifier=qualifier)
    return {"provider": provider, "call": replace(CALL, resource=arn)}


def cause(verdict: Verdict) -> str | None:
    return verdict.cause.id if verdict.cause else None


def mended(verdict: Verdict) -> str:
    """The policy that the one printed command puts in place."""
    assert verdict.fix
    [printed] = verdict.fix.commands
    words = shlex.split(printed)
    assert words[:5] == ["aws", "ec2", "modify-vpc-endpoint", "--vpc-endpoint-id", "vpce-1"]
    assert words[5] == "--policy-document"
    return words[6]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"Action": "*", "Resource": "*"},
        {"Principal": {"AWS": ROLE_ARN}},
        {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}},
        {"Principal": {"AWS": [ROLE_ARN, f"{SESSION}/SageMaker"]}},
        {"Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}},
        {"Condition": {"ArnEquals": {"aws:PrincipalArn": ROLE_ARN}}},
    ],
)
def test_an_allow_that_fits_passes_and_is_named(fields: dict[str, object]) -> None:
    verdict = judge(policy(statement(Sid="Invoke", **fields)))

    assert verdict.status is Status.PASS
    assert 'statement "Invoke" of the policy of vpce-1' in verdict.because
    assert verdict.resources == ("vpce-1", ROLE_ARN, ARN)


def test_an_endpoint_that_shows_no_policy_has_the_default_one() -> None:
    verdict = judge("")

    assert verdict.status is Status.PASS
    assert "the default policy of vpce-1" in verdict.because


@pytest.mark.parametrize(
    ("fields", "expected", "told"),
    [
        ({"Action": "lambda:ListFunctions"}, "vpce.policy-denies", "lambda:ListFunctions"),
        ({"Resource": f"{ARN}-other"}, "vpce.policy-denies", f"{ARN}-other"),
        ({"Resource": ARN.replace("registry", "Registry")}, "vpce.policy-denies", "case"),
        ({"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/Another"}}, "vpce.policy-denies", "role/Another"),
        ({"NotAction": "lambda:*", "Action": None, "Resource": "*"}, "vpce.policy-denies", "other actions"),
        ({"Resource": f"{ARN}-other", "Action": "sqs:*"}, "vpce.policy-denies", "none of the 1 statements"),
        ({"Resource": f"{ARN}:*"}, "vpce.policy-unqualified-only", "qualifier"),
        ({"Principal": {"AWS": ROLE_ARN.replace(ACCOUNT, OTHER)}}, "vpce.policy-principal-form", OTHER),
        ({"Principal": {"AWS": OTHER}}, "vpce.policy-principal-form", OTHER),
        ({"Principal": {"AWS": ROLE_ARN.replace("service-role/", "")}}, "vpce.policy-principal-form", "path"),
        ({"Principal": {"Service": "sagemaker.amazonaws.com"}}, "vpce.policy-principal-form", "does not make the call"),
        (
            {"Condition": {"StringEquals": {"aws:SourceVpce": "vpce-9"}}},
            "vpce.policy-conditions",
            "aws:SourceVpce vpce-9 (the call carries vpce-1)",
        ),
        ({"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}, "vpce.policy-conditions", "no such key"),
    ],
)
def test_a_policy_that_allows_something_else_fails_and_keeps_it_in_the_fix(
    fields: dict[str, object], expected: str, told: str
) -> None:
    row = {key: value for key, value in statement(**fields).items() if value is not None}
    verdict = judge(policy(row))
    text = mended(verdict)

    assert verdict.status is Status.FAIL
    assert cause(verdict) == expected
    assert told in verdict.because
    assert json.loads(text)["Statement"] == [
        row,
        {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": ARN, "Principal": {"AWS": ROLE_ARN}},
    ]
    assert judge(text).status is Status.PASS


def test_the_qualifier_that_the_model_names_must_be_covered() -> None:
    plain = judge(policy(statement()), **named("prod"))
    both = judge(policy(statement(Resource=[ARN, f"{ARN}:*"])), **named("prod"))

    assert cause(plain) == "vpce.policy-unqualified-only"
    assert json.loads(mended(plain))["Statement"][1]["Resource"] == f"{ARN}:prod"
    assert both.status is Status.PASS


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "vpce.policy-denies"),
        ({"Principal": {"AWS": ACCOUNT}}, "vpce.policy-denies"),
        ({"Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-9"}}}, "vpce.policy-conditions"),
        ({"Condition": {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}, "vpce.policy-conditions"),
    ],
)
def test_a_deny_is_named_and_no_useless_allow_is_printed(fields: dict[str, object], expected: str) -> None:
    denies = statement(Sid="Guard", Effect="Deny", **fields)

    allowed = judge(policy(statement(), denies))
    alone = judge(policy(denies))

    assert cause(allowed) == cause(alone) == expected
    assert allowed.fix
    assert alone.fix
    assert allowed.fix.commands == alone.fix.commands == ()
    assert 'change statement "Guard" of the policy of vpce-1' in allowed.fix.summary
    assert "nothing in it allows the call yet" in alone.fix.summary


@pytest.mark.parametrize(
    ("row", "expected", "told"),
    [
        (statement(Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), "vpce.policy-conditions", "OrgID"),
        (statement(Condition={"StringLikely": {"aws:SourceVpce": "x"}}), "vpce.policy-conditions", "StringLikely"),
        (
            statement(Condition={"StringLike": {"aws:PrincipalAccount": "1234*"}}),
            "vpce.policy-conditions",
            "a wildcard is not supported",
        ),
        (statement(Principal={"AWS": f"{SESSION}/SageMaker"}), "vpce.policy-principal-form", "session of the role"),
        (statement(Principal={"AWS": f"{SESSION}/mine"}), "vpce.policy-principal-form", "session of the role"),
        (statement(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/*"}), "vpce.policy-principal-form", "principal of"),
        ({"Effect": "Allow", "Action": "*", "Resource": "*"}, None, "no Principal"),
        (statement(Principal=ROLE_ARN), None, "Principal is neither"),
        (statement(Effect="Permit"), None, "neither Allow nor Deny"),
    ],
)
def test_what_cannot_be_judged_is_unknown_and_says_what(
    row: dict[str, object], expected: str | None, told: str
) -> None:
    verdict = judge(policy(row))

    assert verdict.status is Status.UNKNOWN
    assert cause(verdict) == expected
    assert told in verdict.because
    assert "through vpce-1" in verdict.because


@pytest.mark.parametrize("text", ["no JSON", "[]", "{}"])
def test_a_text_that_is_no_policy_is_unknown(text: str) -> None:
    assert judge(text).status is Status.UNKNOWN


def test_a_doubtful_deny_spoils_what_an_allow_gives() -> None:
    doubtful = statement(Effect="Deny", Principal={"AWS": f"{SESSION}/mine"})

    verdict = judge(policy(statement(), doubtful))

    assert verdict.status is Status.UNKNOWN


def test_a_policy_that_was_not_read_is_unknown() -> None:
    verdict = judge(None)

    assert verdict.status is Status.UNKNOWN
    assert "ec2:DescribeVpcEndpoints" in verdict.because


def test_a_role_that_could_not_be_read_matters_only_where_the_answer_hangs_on_it() -> None:
    absent = {"role": NOT_READ, "call": NOT_READ}
    by_id = policy(statement(Principal={"AWS": "AROAEXAMPLE"}))
    on_the_way = policy(statement(Condition={"StringEquals": {"aws:SourceVpce": "vpce-9"}}))

    everybody = judge("", **absent)
    itself = judge(policy(statement(Principal={"AWS": ROLE_ARN})), **absent)
    hanging = [judge(text, **absent) for text in (by_id, on_the_way)]
    without_call = judge(by_id, call=NOT_READ)

    assert everybody.status is itself.status is Status.PASS
    assert judge(by_id).status is Status.PASS
    for verdict in (*hanging, without_call):
        assert verdict.status is Status.UNKNOWN
        assert verdict.blocked_by == "role.exists"
        assert "allow iam:GetRole" in verdict.because


def test_a_policy_without_room_for_the_statement_gets_no_command() -> None:
    rows = [statement(Resource=f"{ARN}-{index}") for index in range(LIMIT // len(json.dumps(statement())) - 1)]

    verdict = judge(policy(*rows))

    assert verdict.status is Status.FAIL
    assert verdict.fix
    assert verdict.fix.commands == ()
    assert "20480 characters" in verdict.fix.summary


def test_an_endpoint_of_another_vpc_is_judged_too() -> None:
    hub = replace(ENDPOINT, vpc_id="vpc-9", policy=policy(statement(Action="lambda:ListFunctions")))
    endpoints = LambdaEndpoints("vpc-1", SERVICE, (), (hub,))

    assert cause(judge("", endpoints=endpoints)) == "vpce.policy-denies"
    assert judge("", endpoints=replace(endpoints, elsewhere=())).status is Status.UNKNOWN


def test_a_name_that_leads_to_no_endpoint_asks_no_policy() -> None:
    verdict = judge(policy(), addresses=replace(LED, endpoint_id=None), role=NOT_READ, call=NOT_READ)

    assert verdict.status is Status.NOT_APPLICABLE


def test_it_is_unknown_while_it_is_not_known_where_the_name_leads() -> None:
    plan = Plan((lets_the_role_invoke,), (), [need.evidence for need in lets_the_role_invoke.needs])
    facts: dict[type, object] = {need.evidence: Unavailable("nobody looked") for need in lets_the_role_invoke.needs}

    [unseen] = plan.judge([Observed("pull", facts)])
    [idle] = plan.judge([Observed("pull", {**facts, CredentialsProvider: NotApplicable("no credentials function")})])

    assert unseen.verdict.status is Status.UNKNOWN
    assert idle.verdict.status is Status.NOT_APPLICABLE


@pytest.mark.parametrize("text", [None, "", policy(statement())])
def test_the_policy_survives_the_file(text: str | None) -> None:
    adapter = TypeAdapter(LambdaEndpoints)
    sample = LambdaEndpoints("vpc-1", SERVICE, (replace(ENDPOINT, policy=text),))

    assert adapter.validate_json(adapter.dump_json(sample)) == sample


ROWS = st.builds(
    statement,
    Effect=st.sampled_from(["Allow", "Deny"]),
    Principal=st.sampled_from(["*", {"AWS": ROLE_ARN}, {"AWS": OTHER}, {"AWS": f"{SESSION}/mine"}]),
    Action=st.sampled_from(["*", "lambda:Invoke*", "sqs:*"]),
    Resource=st.sampled_from(["*", ARN, f"{ARN}:*"]),
    Condition=st.sampled_from([{}, {"StringEquals": {"aws:SourceVpce": "vpce-9"}}, {"Bool": {"aws:Unheard": "true"}}]),
)


@given(st.lists(ROWS, max_size=4))
def test_what_is_printed_never_leaves_the_finding_and_less_evidence_never_gives_more_certainty(
    rows: list[dict[str, object]],
) -> None:
    verdict = judge(policy(*rows))
    unread = judge(policy(*rows), role=NOT_READ, call=NOT_READ)

    if verdict.fix and verdict.fix.commands:
        assert judge(mended(verdict)).status is not Status.FAIL
    assert unread.status in (Status.UNKNOWN, verdict.status)


def test_the_new_policy_has_every_function_and_role_of_the_run() -> None:
    other, second = f"{ARN}-two", f"arn:aws:iam::{ACCOUNT}:role/Second"
    models = tuple(
        Model(role, role, None, tuple(Container("Containers[]", None, "Vpc", one) for one in functions))
        for role, functions in ((ROLE_ARN, (ARN, other)), (second, (ARN,)))
    )
    run = replace(NOTHING_ELSE, models=models)
    text = policy(statement(Principal={"AWS": f"{ROLE_ARN}-other"}))
    first = mended(judge(text, target=run))
    again = mended(judge(text, target=run, provider=replace(PROVIDER, arn=other), call=replace(CALL, resource=other)))

    assert first == again
    assert [(row["Principal"]["AWS"], row["Resource"]) for row in json.loads(first)["Statement"][1:]] == [
        (ROLE_ARN, [ARN, other]),
        (second, ARN),
    ]
    assert judge(first, target=run).status is Status.PASS

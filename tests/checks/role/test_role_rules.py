"""One judged case a line, by the rules of the IAM reference that the evaluator follows (part 3, rules 1 to 19)."""
# ruff: noqa: E501 - a case is a line

import json
from collections.abc import Mapping
from typing import Any

import pytest

from pullcheck_checks.role.context import Context
from pullcheck_checks.role.decision import Layers, decide
from pullcheck_checks.role.kleene import Truth
from pullcheck_checks.role.policy import Source, Statement, read
from pullcheck_checks.role.principals import RoleCaller, ServiceCaller
from pullcheck_checks.role.statements import Layer, Request, examine

ACCOUNT = "111122223333"
OTHER = "444455556666"
NAME = "sagemaker-registry-credentials"
ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{NAME}"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/service-role/Model"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/Model/SageMaker"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
INVOKE = "lambda:InvokeFunction"
V2 = "2012-10-17"
V1 = "2008-10-17"

CONTEXT = Context(
    known={
        "aws:principalarn": (ROLE,),
        "aws:principalaccount": (ACCOUNT,),
        "aws:principaltype": ("AssumedRole",),
        "aws:principaltag/team": ("vision",),
        "aws:principaltag/star": ("*",),
        "aws:requestedregion": ("us-east-1",),
        "aws:resourceaccount": (ACCOUNT,),
        "aws:securetransport": ("true",),
        "aws:sourcevpce": ("vpce-0a1",),
        "aws:tagkeys": ("a", "b"),
        "test:number": ("5",),
        "test:date": ("2026-05-01T00:00:00Z",),
        "test:ip": ("10.0.1.7",),
        "test:bytes": ("YWJj",),
    },
    absent=frozenset(
        {
            "aws:sourceip",
            "aws:sourcearn",
            "aws:username",
            "aws:multifactorauthpresent",
            "lambda:functionurlauthtype",
            "aws:principaltag/",
        }
    ),
    present=frozenset({"aws:currenttime"}),
)
CALLER = RoleCaller(ROLE, "AROAEXAMPLE", "Model", ACCOUNT, "aws", "SageMaker")

Row = Mapping[str, Any]


def statements(*rows: Row, version: str | None = V2) -> tuple[Statement, ...]:
    return read(json.dumps({"Version": version, "Statement": list(rows)}), Source("policy P"))


def allow(action: object = INVOKE, resource: object = ARN, **more: object) -> Row:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: object = INVOKE, resource: object = ARN, **more: object) -> Row:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def when(operator: str, key: str, *values: object) -> dict[str, object]:
    return {"Condition": {operator: {key: list(values)}}}


def to(principal: object, effect: object = "Allow", **more: object) -> Row:
    return {"Effect": effect, "Principal": principal, "Action": INVOKE, "Resource": ARN, **more}


def identity_says(rows: list[Row], resource: str = ARN, version: str | None = V2) -> Truth:
    layers = Layers(Layer(statements(*rows, version=version)), None, Layer(), ACCOUNT)
    return decide(Request(CALLER, INVOKE, resource, CONTEXT), layers).allowed


IDENTITY = [
    # rule 1: action names and case
    ("1 the action", [allow()], ARN, True),
    ("1 in any case", [allow("LAMBDA:invokefunction")], ARN, True),
    ("1 named like the API", [allow("lambda:Invoke")], ARN, False),
    ("1 InvokeAsync", [allow("lambda:InvokeAsync")], ARN, False),
    ("1 InvokeFunctionUrl", [allow("lambda:InvokeFunctionUrl")], ARN, False),
    ("1 wildcard action", [allow("lambda:Invoke*")], ARN, True),
    ("1 one letter", [allow("lambda:InvokeFunctio?")], ARN, True),
    ("1 every action", [allow("*")], ARN, True),
    ("1 resource case counts", [allow(resource=ARN.replace("sagemaker-", "SageMaker-"))], ARN, False),
    ("1 condition keys are case-blind", [allow(**when("StringEquals", "AWS:requestedREGION", "us-east-1"))], ARN, True),
    ("1 condition values are not", [allow(**when("StringEquals", "aws:RequestedRegion", "US-EAST-1"))], ARN, False),
    # rule 2: qualifiers
    ("2 plain does not cover alias", [allow()], f"{ARN}:prod", False),
    ("2 star qualifier covers alias", [allow(resource=f"{ARN}:*")], f"{ARN}:prod", True),
    ("2 star qualifier does not cover plain", [allow(resource=f"{ARN}:*")], ARN, False),
    ("2 alias does not cover version", [allow(resource=f"{ARN}:prod")], f"{ARN}:7", False),
    ("2 name with star covers plain", [allow(resource=f"{ARN}*")], ARN, True),
    ("2 name with star covers alias", [allow(resource=f"{ARN}*")], f"{ARN}:prod", True),
    ("2 qualifier case counts", [allow(resource=f"{ARN}:Prod")], f"{ARN}:prod", False),
    # rule 3: wildcards
    ("3 star for region and account", [allow(resource=f"arn:aws:lambda:*:*:function:{NAME}")], ARN, True),
    ("3 star ending a segment reaches on", [allow(resource="arn:aws:lambda:us-east-1:*")], ARN, True),
    ("3 question mark is one", [allow(resource=f"{ARN[:-1]}?")], ARN, True),
    ("3 question mark is not none", [allow(resource=f"{ARN}?")], ARN, False),
    ("3 question mark is not two", [allow(resource=f"{ARN[:-2]}?")], ARN, False),
    ("3 star inside a name", [allow(resource=ARN.replace("registry", "*"))], ARN, True),
    ("3 star inside a name and a colon", [allow(resource=ARN.replace(NAME, "*:prod"))], f"{ARN}:prod", True),
    ("3 star in the middle over a colon", [allow(resource=ARN.replace(NAME, "*prod"))], f"{ARN}:prod", None),
    ("3 everything", [allow(resource="*")], ARN, True),
    ("3 short ARN", [allow(resource="arn:aws:lambda")], ARN, None),
    ("3 other partition", [allow(resource=ARN.replace("arn:aws:", "arn:aws-cn:"))], ARN, False),
    ("3 NotResource of another", [{"Effect": "Allow", "Action": INVOKE, "NotResource": "arn:aws:s3:::x"}], ARN, True),
    ("3 NotResource of this", [{"Effect": "Allow", "Action": INVOKE, "NotResource": ARN}], ARN, False),
    ("3 NotAction of another", [{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}], ARN, True),
    ("3 NotAction of this", [{"Effect": "Allow", "NotAction": "lambda:*", "Resource": "*"}], ARN, False),
    # rule 6: absent keys
    ("6 absent, positive", [allow(**when("StringEquals", "aws:SourceArn", "x"))], ARN, False),
    ("6 absent, negated", [allow(**when("StringNotEquals", "aws:SourceArn", "x"))], ARN, True),
    ("6 absent, IfExists", [allow(**when("StringEqualsIfExists", "aws:SourceArn", "x"))], ARN, True),
    ("6 absent, Null true", [allow(**when("Null", "aws:SourceArn", "true"))], ARN, True),
    ("6 absent, Null false", [allow(**when("Null", "aws:SourceArn", "false"))], ARN, False),
    ("6 present, Null false", [allow(**when("Null", "aws:SourceVpce", False))], ARN, True),
    ("6 present unknown, Null false", [allow(**when("Null", "aws:CurrentTime", "false"))], ARN, True),
    ("6 unknown, Null", [allow(**when("Null", "aws:CalledVia", "true"))], ARN, None),
    ("6 absent, ForAllValues", [allow(**when("ForAllValues:StringEquals", "aws:SourceArn", "x"))], ARN, True),
    ("6 absent, ForAnyValue", [allow(**when("ForAnyValue:StringEquals", "aws:SourceArn", "x"))], ARN, False),
    ("6 absent, ForAnyValue negated", [allow(**when("ForAnyValue:StringNotEquals", "aws:SourceArn", "x"))], ARN, False),
    ("6 office addresses only", [allow(), deny(**when("NotIpAddress", "aws:SourceIp", "203.0.113.0/24"))], ARN, False),
    (
        "6 MFA guardrail hits a service's role",
        [allow(), deny(**when("BoolIfExists", "aws:MultiFactorAuthPresent", "false"))],
        ARN,
        False,
    ),
    ("6 MFA guardrail without IfExists does not", [allow(), deny(**when("Bool", "aws:MultiFactorAuthPresent", False))], ARN, True),
    ("6 all in the set", [allow(**when("ForAllValues:StringEquals", "aws:TagKeys", "a", "b", "c"))], ARN, True),
    ("6 not all in the set", [allow(**when("ForAllValues:StringEquals", "aws:TagKeys", "a"))], ARN, False),
    ("6 one in the set", [allow(**when("ForAnyValue:StringEquals", "aws:TagKeys", "a"))], ARN, True),
    ("6 one outside the set", [allow(**when("ForAnyValue:StringNotEquals", "aws:TagKeys", "a"))], ARN, True),
    ("6 many values, no quantifier", [allow(**when("StringEquals", "aws:TagKeys", "a"))], ARN, None),
    # rule 7: keys of other actions
    ("7 URL key on an Allow", [allow(**when("StringEquals", "lambda:FunctionUrlAuthType", "AWS_IAM"))], ARN, False),
    (
        "7 URL guardrail hits plain Invoke",
        [allow(), deny("lambda:Invoke*", **when("StringNotEquals", "lambda:FunctionUrlAuthType", "AWS_IAM"))],
        ARN,
        False,
    ),
    # rule 8: operators
    ("8 StringEquals takes a star literally", [allow(**when("StringEquals", "aws:SourceVpce", "vpce-*"))], ARN, False),
    ("8 StringLike does not", [allow(**when("StringLike", "aws:SourceVpce", "vpce-*"))], ARN, True),
    ("8 ArnEquals is ArnLike", [allow(**when("ArnEquals", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/*"))], ARN, True),
    ("8 ARN parts one by one", [allow(**when("ArnLike", "aws:PrincipalArn", "arn:aws:*:role/service-role/Model"))], ARN, None),
    ("8 ArnNotLike", [allow(**when("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/x"))], ARN, True),
    ("8 values by or", [allow(**when("StringEquals", "aws:SourceVpce", "x", "vpce-0a1"))], ARN, True),
    ("8 negated values by nor", [allow(**when("StringNotEquals", "aws:SourceVpce", "x", "vpce-0a1"))], ARN, False),
    (
        "8 operators by and",
        [allow(Condition={"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:SourceVpce": "x"}})],
        ARN,
        False,
    ),
    ("8 ignoring case", [allow(**when("StringEqualsIgnoreCase", "aws:SourceVpce", "VPCE-0A1"))], ARN, True),
    ("8 numbers", [allow(**when("NumericLessThan", "test:number", "10"))], ARN, True),
    ("8 dates", [allow(**when("DateGreaterThan", "test:date", "2026-01-01T00:00:00Z"))], ARN, True),
    ("8 dates as seconds", [allow(**when("DateLessThan", "test:date", "1"))], ARN, False),
    ("8 addresses", [allow(**when("IpAddress", "test:ip", "10.0.0.0/16"))], ARN, True),
    ("8 bytes", [allow(**when("BinaryEquals", "test:bytes", "YWJj"))], ARN, True),
    ("8 unknown operator on Allow", [allow(**when("StringMatches", "aws:SourceVpce", "x"))], ARN, None),
    ("8 unknown operator on Deny", [allow(), deny(**when("StringMatches", "aws:SourceVpce", "x"))], ARN, None),
    ("8 unknown key on Deny", [allow(), deny(**when("StringEquals", "aws:CalledVia", "x"))], ARN, None),
    ("8 unknown key beside a false one", [allow(), deny(Condition={"StringEquals": {"aws:CalledVia": "x", "aws:SourceVpce": "y"}})], ARN, True),
    # rule 9: variables
    ("9 in a resource", [allow(resource=ARN.replace(NAME, "${aws:PrincipalTag/team}"))], ARN.replace(NAME, "vision"), True),
    ("9 before the fifth colon", [allow(resource=ARN.replace(ACCOUNT, "${aws:PrincipalAccount}"))], ARN, None),
    ("9 before the fifth colon, on Deny", [allow(), deny(resource=ARN.replace(ACCOUNT, "${aws:PrincipalAccount}"))], ARN, None),
    ("9 in a value", [allow(**when("StringEquals", "aws:ResourceAccount", "${aws:PrincipalAccount}"))], ARN, True),
    ("9 without a value: resource", [allow(resource="arn:aws:lambda:*:*:function:${aws:username}*")], ARN, False),
    ("9 without a value: positive", [allow(**when("StringEquals", "aws:SourceVpce", "${aws:username}"))], ARN, False),
    ("9 without a value: negated", [allow(**when("StringNotEquals", "aws:SourceVpce", "${aws:username}"))], ARN, True),
    (
        "9 without a value: NotResource",
        [{"Effect": "Allow", "Action": INVOKE, "NotResource": "arn:aws:lambda:*:*:function:${aws:username}*"}],
        ARN,
        True,
    ),
    ("9 default", [allow(resource=ARN.replace("sagemaker", "${aws:username, 'sagemaker'}"))], ARN, True),
    ("9 star in a value is plain", [allow(resource="arn:aws:lambda:*:*:function:${aws:PrincipalTag/star}")], ARN, False),
    ("9 unknown value", [allow(resource=ARN.replace("registry", "${aws:CalledVia}"))], ARN, None),
    ("9 unknown value, other name", [allow(resource="arn:aws:s3:::${aws:CalledVia}")], ARN, False),
    ("9 escaped star", [allow(**when("StringLike", "aws:PrincipalTag/star", "${*}"))], ARN, True),
    # rule 10: forms
    ("10 one statement as an object", [allow(**when("Bool", "aws:SecureTransport", True))], ARN, True),
    ("10 numbers as JSON", [allow(**when("NumericEquals", "test:number", 5))], ARN, True),
    ("10 unknown element on Allow", [allow(Purpose="x")], ARN, None),
    ("10 unknown element on Deny", [allow(), deny(Purpose="x")], ARN, None),
    ("10 both Action and NotAction", [allow(NotAction="s3:*")], ARN, None),
    ("10 effect in lower case", [{**allow(), "Effect": "allow"}], ARN, None),
    # rule 11: deny
    ("11 nothing", [], ARN, False),
    ("11 deny wins", [allow(), deny()], ARN, False),
    ("11 deny beside the unknown", [allow(**when("StringEquals", "aws:CalledVia", "x")), deny()], ARN, False),
    ("11 deny of another", [allow(), deny(resource=f"{ARN}:prod")], ARN, True),
    ("11 deny with NotAction", [allow(), {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}], ARN, False),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "resource", "answer"), [case[1:] for case in IDENTITY], ids=[c[0] for c in IDENTITY])
def test_identity_policies(rows: list[Row], resource: str, answer: Truth) -> None:
    assert identity_says(rows, resource) is answer


def test_variables_are_plain_text_before_2012() -> None:
    rows, mine = [allow(resource=ARN.replace(NAME, "${aws:PrincipalTag/team}"))], ARN.replace(NAME, "vision")

    assert identity_says(rows, mine) is True
    assert identity_says(rows, mine, version=V1) is False
    assert identity_says(rows, mine, version=None) is False


def test_an_unknown_version_makes_the_whole_policy_unknown() -> None:
    assert identity_says([allow()], version="2030-01-01") is None


def test_text_that_is_not_json_may_allow_and_deny() -> None:
    unreadable = read("{", Source("policy P"))
    layers = Layers(Layer((*statements(allow()), *unreadable)), None, Layer(), ACCOUNT)

    assert decide(Request(CALLER, INVOKE, ARN, CONTEXT), layers).allowed is None


PRINCIPALS = [
    # rule 12, same account: function policy alone, then with a boundary that does not allow
    ("12 the role", to({"AWS": ROLE}), True, False),
    ("12 the session", to({"AWS": SESSION}), True, True),
    ("12 everyone", to("*"), True, None),
    ("12 everyone, as AWS", to({"AWS": "*"}), True, None),
    ("12 everyone, pinned to the role", to("*", **when("ArnEquals", "aws:PrincipalArn", ROLE)), True, True),
    ("12 everyone, pinned to another", to("*", **when("ArnEquals", "aws:PrincipalArn", ROLE + "x")), False, False),
    ("12 the account delegates only", to({"AWS": ROOT}), False, False),
    ("12 the account's id too", to({"AWS": ACCOUNT}), False, False),
    ("12 NotPrincipal with Allow", {**allow(), "NotPrincipal": {"AWS": OTHER}}, None, None),
    # rule 13: the form of the principal
    ("13 without the path", to({"AWS": f"arn:aws:iam::{ACCOUNT}:role/Model"}), False, False),
    ("13 a deleted role's id", to({"AWS": "AROADELETED"}), False, False),
    ("13 this role's id", to({"AWS": "AROAEXAMPLE"}), True, False),
    ("13 the service is not the role", to({"Service": "sagemaker.amazonaws.com"}), False, False),
    ("13 an unknown kind", to({"Robot": "x"}), None, None),
]


@pytest.mark.parametrize(("row", "alone", "bounded"), [case[1:] for case in PRINCIPALS], ids=[c[0] for c in PRINCIPALS])
def test_function_policy_in_the_same_account(row: Row, alone: Truth, bounded: Truth) -> None:
    request = Request(CALLER, INVOKE, ARN, CONTEXT)
    resource = Layer(statements(row))
    elsewhere = Layer(statements(allow("s3:*", "*")))

    assert decide(request, Layers(Layer(), None, resource, ACCOUNT)).allowed is alone
    assert decide(request, Layers(Layer(), elsewhere, resource, ACCOUNT)).allowed is bounded


ACROSS = [
    ("13 both sides", [allow()], [to({"AWS": ROLE})], True),
    ("13 the account suffices there", [allow()], [to({"AWS": ROOT})], True),
    ("13 the id of the account", [allow()], [to({"AWS": ACCOUNT})], True),
    ("13 no function policy", [allow()], [], False),
    ("13 no identity policy", [], [to({"AWS": ROLE})], False),
    ("13 only the service", [allow()], [to({"Service": "sagemaker.amazonaws.com"})], False),
    ("13 session cannot replace identity", [], [to({"AWS": SESSION})], False),
    ("13 deny on the other side", [allow()], [to("*"), to({"AWS": ROLE}, "Deny")], False),
]


@pytest.mark.parametrize(("own", "theirs", "answer"), [case[1:] for case in ACROSS], ids=[c[0] for c in ACROSS])
def test_function_policy_of_another_account(own: list[Row], theirs: list[Row], answer: Truth) -> None:
    layers = Layers(Layer(statements(*own)), None, Layer(statements(*theirs)), OTHER)

    assert decide(Request(CALLER, INVOKE, ARN, CONTEXT), layers).allowed is answer


def test_deny_with_not_principal_hits_whoever_has_a_boundary() -> None:
    spared = {**deny(), "NotPrincipal": {"AWS": [ROLE, SESSION, ROOT]}}
    layers = Layers(Layer(statements(allow())), None, Layer(statements(spared)), ACCOUNT)
    bounded = RoleCaller(ROLE, "AROAEXAMPLE", "Model", ACCOUNT, "aws", "SageMaker", bounded=True)

    assert decide(Request(CALLER, INVOKE, ARN, CONTEXT), layers).allowed is True
    assert decide(Request(bounded, INVOKE, ARN, CONTEXT), layers).allowed is False


NOT_PRINCIPAL = [
    ({"AWS": [OTHER]}, False),
    ({"AWS": [ROLE]}, None),
    ({"AWS": [ROLE, ROOT]}, None),
    ("*", True),
]


@pytest.mark.parametrize(("spared", "answer"), NOT_PRINCIPAL)
def test_deny_with_not_principal_spares_only_who_is_wholly_listed(spared: object, answer: Truth) -> None:
    layers = Layers(Layer(statements(allow())), None, Layer(statements({**deny(), "NotPrincipal": spared})), ACCOUNT)

    assert decide(Request(CALLER, INVOKE, ARN, CONTEXT), layers).allowed is answer


LAMBDA = "arn:aws:lambda:*:*:function:"
FULL_ACCESS = [
    allow(resource=[LAMBDA + p for p in ("*SageMaker*", "*sagemaker*", "*Sagemaker*", "*LabelingFunction*")])
]


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("sagemaker-x", True),
        ("my-SageMaker", True),
        ("Sagemaker", True),
        ("sagemaker-x:prod", True),
        ("a-LabelingFunction-b", True),
        ("sageMaker-x", False),
        ("SAGEMAKER-x", False),
        ("registry-creds", False),
    ],
)
def test_rule_4_names_that_the_managed_policy_covers(name: str, answer: Truth) -> None:
    assert identity_says(FULL_ACCESS, f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}") is answer


@pytest.mark.parametrize(
    ("row", "answer"),
    [
        ({"Service": "sagemaker.amazonaws.com"}, True),
        ({"Service": ["ec2.amazonaws.com", "sagemaker.amazonaws.com"]}, True),
        ({"Service": "sagemaker.us-east-1.amazonaws.com"}, False),
        ({"Service": "SageMaker.amazonaws.com"}, False),
        ({"AWS": "*"}, False),
        ("*", None),
    ],
)
def test_rule_19_the_service_in_a_trust_policy(row: object, answer: Truth) -> None:
    trust = statements({"Effect": "Allow", "Principal": row, "Action": "sts:AssumeRole"})
    request = Request(ServiceCaller("sagemaker.amazonaws.com"), "sts:AssumeRole", None, Context())

    assert examine(Layer(trust), request).says("Allow") is answer


@pytest.mark.parametrize(("own", "bounds", "answer"), [(1, 1, True), (1, 0, False), (0, 1, False), (0, 0, False)])
def test_rule_11_a_bounded_role_needs_both(own: int, bounds: int, answer: Truth) -> None:
    layers = (Layer(statements(allow("s3:*", "*"))), Layer(statements(allow())))

    assert (
        decide(Request(CALLER, INVOKE, ARN, CONTEXT), Layers(layers[own], layers[bounds], Layer(), ACCOUNT)).allowed
        is answer
    )

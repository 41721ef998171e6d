"""What holds of the evaluator whatever the policies say."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pullcheck_checks.role.context import Context
from pullcheck_checks.role.decision import Layers, decide
from pullcheck_checks.role.kleene import Truth, agreed, all_of, any_of, negation
from pullcheck_checks.role.patterns import pattern, resource_matches
from pullcheck_checks.role.policy import Source, read
from pullcheck_checks.role.principals import RoleCaller
from pullcheck_checks.role.statements import Layer, Request

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Model"
ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:credentials"
CALLER = RoleCaller(ROLE, "AROAEXAMPLE", "Model", ACCOUNT, "aws", "SageMaker")
KEYS = ("aws:SourceVpce", "aws:SourceIp", "aws:CalledVia", "aws:PrincipalTag/team")
VALUES = ("vpce-1", "vision", "203.0.113.9", "*")
OPERATORS = (
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringEqualsIfExists",
    "Null",
    "ForAllValues:StringEquals",
    "ForAnyValue:StringLike",
    "NotIpAddress",
    "Whatever",
)

unhurried = settings(deadline=None)

truths = st.sampled_from([True, False, None])
names = st.text("abcAB-*?:", min_size=1, max_size=12)
resources = st.one_of(
    st.sampled_from([ARN, f"{ARN}:*", f"{ARN}*", "*", "arn:aws:s3:::x", "arn:aws:lambda:*:*:function:${aws:username}"]),
    names.map(lambda name: f"arn:aws:lambda:*:*:function:{name}"),
)
actions = st.sampled_from(["lambda:InvokeFunction", "lambda:*", "*", "lambda:Invoke", "s3:*"])
conditions = st.dictionaries(
    st.sampled_from(OPERATORS), st.dictionaries(st.sampled_from(KEYS), st.sampled_from(VALUES), max_size=2), max_size=2
)


@st.composite
def statements(draw: st.DrawFn, effects: tuple[str, ...] = ("Allow", "Deny")) -> dict[str, Any]:
    """A statement of an identity policy."""
    return {
        "Effect": draw(st.sampled_from(effects)),
        draw(st.sampled_from(["Action", "NotAction"])): draw(st.lists(actions, min_size=1, max_size=2)),
        draw(st.sampled_from(["Resource", "NotResource"])): draw(st.lists(resources, min_size=1, max_size=2)),
        "Condition": draw(conditions),
    }


leaves = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
elements = st.sampled_from(["Effect", "Action", "Resource", "Condition", "Statement", "Version", "Principal", "x"])
documents = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(elements, inner, max_size=4)
)
policies = st.lists(statements(), max_size=4)
allows = st.lists(statements(effects=("Allow",)), max_size=4)
contexts = st.builds(
    Context,
    st.dictionaries(
        st.sampled_from([key.lower() for key in KEYS]), st.sampled_from(VALUES).map(lambda value: (value,))
    ),
    st.frozensets(st.sampled_from([key.lower() for key in KEYS])),
)


def layer(rows: list[dict[str, Any]], unread: tuple[str, ...] = ()) -> Layer:
    return Layer(read(json.dumps({"Version": "2012-10-17", "Statement": rows}), Source("policy P")), unread)


def answer(
    rows: list[dict[str, Any]], context: Context, boundary: list[dict[str, Any]] | None = None, unread: bool = False
) -> Truth:
    bounds = layer(boundary) if boundary is not None else None
    layers = Layers(layer(rows, ("not read",) if unread else ()), bounds, Layer(), ACCOUNT)
    return decide(Request(CALLER, "lambda:InvokeFunction", ARN, context), layers).allowed


@unhurried
@given(st.lists(truths))
def test_kleene_agrees_with_every_way_of_filling_in_the_unknown(values: list[Truth]) -> None:
    filled = [[value if value is not None else guess for value in values] for guess in (True, False)]

    assert all_of(values) in (None, agreed(all(way) for way in filled))
    assert any_of(values) in (None, agreed(any(way) for way in filled))
    assert all_of(map(negation, values)) is negation(any_of(values))


@unhurried
@given(policies, contexts)
def test_a_deny_of_everything_always_denies(rows: list[dict[str, Any]], context: Context) -> None:
    everything = {"Effect": "Deny", "Action": "*", "Resource": "*"}

    assert answer([*rows, everything], context) is False
    assert answer([*rows, everything], context, unread=True) is False


@unhurried
@given(policies, contexts)
def test_without_an_allow_nothing_is_allowed(rows: list[dict[str, Any]], context: Context) -> None:
    assert answer([row for row in rows if row["Effect"] == "Deny"], context) is False


@unhurried
@given(policies, contexts)
def test_what_is_unread_never_makes_a_surer_answer(rows: list[dict[str, Any]], context: Context) -> None:
    whole, partial = answer(rows, context), answer(rows, context, unread=True)

    assert partial is not True
    assert partial in (None, whole)


@unhurried
@given(policies, allows, contexts)
def test_a_further_allow_never_takes_away(
    rows: list[dict[str, Any]], more: list[dict[str, Any]], context: Context
) -> None:
    before, after = answer(rows, context), answer([*rows, *more], context)

    assert not (before is True and after is not True)
    assert not (before is None and after is False)


@unhurried
@given(policies, policies, contexts)
def test_a_boundary_never_adds(rows: list[dict[str, Any]], bounds: list[dict[str, Any]], context: Context) -> None:
    without, within = answer(rows, context), answer(rows, context, bounds)

    assert not (within is True and without is not True)
    assert not (without is False and within is not False)


@unhurried
@given(policies, contexts, st.sampled_from(KEYS), st.sampled_from(VALUES))
def test_learning_a_key_never_turns_a_sure_answer(
    rows: list[dict[str, Any]], context: Context, key: str, value: str
) -> None:
    """Whatever was certain while the key was unknown stays so once it is known, or known to be absent."""
    name = key.lower()
    blind = Context({one: values for one, values in context.known.items() if one != name}, context.absent - {name})
    guess = answer(rows, blind)
    known = answer(rows, Context({**blind.known, name: (value,)}, blind.absent))
    absent = answer(rows, Context(blind.known, blind.absent | {name}))

    assert guess is None or guess is known is absent


@unhurried
@given(policies, contexts)
def test_the_order_of_statements_does_not_matter(rows: list[dict[str, Any]], context: Context) -> None:
    assert answer(rows, context) is answer(rows[::-1], context)


@unhurried
@given(names)
def test_a_text_without_wildcards_covers_itself_alone(name: str) -> None:
    plain = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name.replace('*', 'x').replace('?', 'y')}"

    assert resource_matches(plain, plain, None) is True
    assert resource_matches(plain, f"{plain}z", None) is False
    assert resource_matches(f"{plain}*", f"{plain}:prod", None) is True


@unhurried
@given(st.text("ab$:{}*?/", max_size=20))
def test_any_text_is_a_pattern(text: str) -> None:
    assert pattern(text, Context(), wildcards=True) is not None or "${" in text
    assert resource_matches(text, ARN, Context()) in (True, False, None)


@unhurried
@given(documents)
def test_no_document_makes_the_reader_or_the_evaluator_raise(document: object) -> None:
    statements = read(json.dumps(document), Source("policy P"))
    layers = Layers(Layer(statements), None, Layer(statements), ACCOUNT)

    assert decide(Request(CALLER, "lambda:InvokeFunction", ARN, Context()), layers).allowed in (True, False, None)

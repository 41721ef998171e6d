"""Where credentials come from, and that they stay in memory."""

import io
import json
from base64 import b64decode
from typing import Any, cast

import pytest

from pullcheck import NotApplicable, Unavailable
from pullcheck.collect.aws import Aws
from pullcheck.collect.credentials import (
    PASSWORD,
    USERNAME,
    Credentials,
    Invocation,
    credentials,
    invocation,
    of_answer,
)
from pullcheck.collect.function import function_answer
from pullcheck.engine import Plan, Pull
from pullcheck.evidence.credentials import Account, Source
from pullcheck.evidence.function import Function, FunctionAnswer, FunctionConcurrency
from pullcheck.evidence.placement import CredentialsProvider
from pullcheck.evidence_file import _is_evidence
from pullcheck.settings import Settings

CANARY = "c4n4ry-pässword"
PROVIDER = CredentialsProvider(
    "arn:aws:lambda:us-east-1:111122223333:function:f:live", "aws", "us-east-1", "111122223333", "f", "live"
)
FOUND = Function(
    PROVIDER.arn, "1", "python3.13", 3, "Active", "", None, "Successful", "", None, "Zip", last_modified=None
)
NO_PROVIDER = NotApplicable("the container names no credentials Lambda function")
NOT_INVOKED = Unavailable("the function was not invoked", "add --invoke-function")


def answered(value: object, error: str | None = None) -> Invocation:
    return Invocation(json.dumps(value).encode(), error, 0.1)


GOOD = answered({"Credentials": {"Username": "sagemaker", "Password": CANARY}})


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (USERNAME, PASSWORD):
        monkeypatch.delenv(name, raising=False)


def collected(answer: object, provider: object = PROVIDER, invoke: bool = True) -> Credentials:
    return credentials.function(cast("Any", provider), cast("Any", answer), Settings(invoke_function=invoke))


def test_what_the_function_returns_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(USERNAME, "other")
    monkeypatch.setenv(PASSWORD, "other")
    found = collected(GOOD)

    assert found.account == Account(Source.FUNCTION)
    assert b64decode(found.basic.removeprefix("Basic ")).decode() == f"sagemaker:{CANARY}"


def test_environment_is_used_where_the_function_was_not_invoked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(USERNAME, "me:you")
    monkeypatch.setenv(PASSWORD, CANARY)
    found = collected(NOT_INVOKED, invoke=False)

    assert found.account == Account(Source.ENVIRONMENT)
    assert b64decode(found.basic.removeprefix("Basic ")).decode() == f"me:you:{CANARY}"


def test_nothing_at_hand_says_what_would_help() -> None:
    found = collected(NOT_INVOKED, invoke=False)

    assert found.account.is_anonymous
    assert "--invoke-function" in found.account.remedy
    assert USERNAME in found.account.remedy
    assert PASSWORD in found.account.remedy


def test_half_of_the_environment_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(USERNAME, "me")
    found = collected(NO_PROVIDER, NO_PROVIDER)

    assert found.account.is_anonymous
    assert PASSWORD in found.account.reason


def test_container_without_function_is_anonymous() -> None:
    assert collected(NO_PROVIDER, NO_PROVIDER).account == Account(Source.NOBODY)


def test_function_that_could_not_run_says_why() -> None:
    found = collected(Unavailable("the function is Failed", "see function.ready", "function.ready"))

    assert found.account == Account(Source.NOBODY, "the function is Failed", "see function.ready", "function.ready")


@pytest.mark.parametrize(
    "answer",
    [
        answered(None),
        answered({"username": "a", "password": CANARY}),
        answered({"Credentials": {"Username": "a"}}),
        answered({"Credentials": {"Username": "", "Password": CANARY}}),
        answered({"Credentials": {"Username": "a", "Password": {"x": CANARY}}}),
        answered({"Credentials": {"Username": "a", "Password": CANARY}}, "Unhandled"),
        answered(json.dumps({"Credentials": {"Username": "a", "Password": CANARY}})),
        Invocation(b"\xff", None, 0.1),
        Invocation(b"[" * 200_000, None, 0.1),
    ],
)
def test_other_shapes_give_no_credentials(answer: Invocation) -> None:
    found = of_answer(answer)

    assert found.account.blocked_by == "function.returns-credentials"
    assert found.secrets == ()
    assert CANARY not in repr(found.account)


def test_surrogates_do_not_break_the_header() -> None:
    found = of_answer(Invocation(b'{"Credentials": {"Username": "a", "Password": "\\ud800x"}}', None, 0.1))

    assert b64decode(found.basic.removeprefix("Basic ")).decode() == "a:\ufffdx"


def test_holders_are_never_written_and_never_show_what_they_hold() -> None:
    found = collected(GOOD)

    assert not _is_evidence(Credentials)
    assert not _is_evidence(Invocation)
    for holder in (found, GOOD):
        assert "c4n4ry" not in f"{holder} {holder!r}"
        assert not hasattr(holder, "__dict__")


class OneAnswer:
    """AWS, once: a body that can be read a single time."""

    region = "us-east-1"

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        self.calls.append({"operation": operation, **parameters})
        return {"Payload": io.BytesIO(GOOD.payload)}


def test_one_invocation_serves_the_shape_and_the_credentials() -> None:
    aws = OneAnswer()
    given = {
        CredentialsProvider: PROVIDER,
        Function: FOUND,
        FunctionConcurrency: FunctionConcurrency(None),
        Settings: Settings(invoke_function=True),
        Aws: aws,
    }
    plan = Plan((), (), given)
    plan.collectors = (invocation, function_answer, credentials)
    first, second = plan.collect((Pull("one", given), Pull("two", given)))
    shape, found = first.facts[FunctionAnswer], first.facts[Credentials]

    assert isinstance(shape, FunctionAnswer)
    assert isinstance(found, Credentials)
    assert first.facts[Credentials] is second.facts[Credentials]
    assert [call["Qualifier"] for call in aws.calls] == ["live"]
    assert shape.credential("Password")
    assert found.account.source is Source.FUNCTION
    assert "c4n4ry" not in repr(first)


@pytest.mark.parametrize(
    ("settings", "concurrency", "state", "blocked_by"),
    [
        (Settings(), None, "Active", None),
        (Settings(invoke_function=True), 0, "Active", "function.ready"),
        (Settings(invoke_function=True), None, "Failed", "function.ready"),
    ],
)
def test_function_is_not_invoked_unasked_or_in_vain(
    settings: Settings, concurrency: int | None, state: str, blocked_by: str | None
) -> None:
    from dataclasses import replace

    aws = OneAnswer()
    reserved = FunctionConcurrency(concurrency)
    answer = invocation.function(replace(FOUND, state=state), reserved, PROVIDER, settings, cast("Aws", aws))

    assert isinstance(answer, Unavailable)
    assert answer.blocked_by == blocked_by
    assert not aws.calls

"""function.returns-credentials, from the raw answer to the verdict: nothing of the values may come through."""

import json
import time
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from pydantic import TypeAdapter

from pullcheck.collect.answer import shape_of
from pullcheck.evidence.function import ErrorTopic, FunctionAnswer, ValueKind
from pullcheck.evidence.placement import CredentialsProvider
from pullcheck.verdict import Severity, Status, Verdict
from pullcheck_checks.function.answer import returns_credentials

ARN = "arn:aws:lambda:us-east-1:123456789012:function:creds"
PROVIDER = CredentialsProvider(ARN, "aws", "us-east-1", "123456789012", "creds", None)
CANARY = "hunter2-canary"
GOOD = {"Credentials": {"Username": "puller", "Password": CANARY}}


def shape(value: object, error: str | None = None) -> FunctionAnswer:
    return shape_of(value if isinstance(value, bytes) else json.dumps(value).encode(), error, 0.4)


def judge(value: object, error: str | None = None) -> Verdict:
    [verdict] = returns_credentials(PROVIDER, shape(value, error))
    return verdict


def credentials(username: object, password: object) -> dict[str, Any]:
    return {"Credentials": {"Username": username, "Password": password}}


def test_the_documented_answer_passes_and_shows_lengths_only() -> None:
    verdict = judge(GOOD)

    assert verdict.status is Status.PASS
    assert verdict.because == "returned Username (6 characters) and Password (14 characters) in 0.4 s"


@pytest.mark.parametrize(
    ("value", "cause"),
    [
        ({"credentials": {"username": "u", "password": CANARY}}, "lam.response-wrong-shape"),
        ({"Credentials": {"username": "u", "Password": CANARY}}, "lam.response-wrong-shape"),
        ({"Credentials": {"Username": "u", "password": CANARY}}, "lam.response-wrong-shape"),
        ({"Username": "u", "Password": CANARY}, "lam.response-wrong-shape"),
        ({CANARY: CANARY}, "lam.response-wrong-shape"),
        ({"Credentials": CANARY}, "lam.response-wrong-shape"),
        ([CANARY], "lam.response-wrong-shape"),
        (CANARY, "lam.response-wrong-shape"),
        (b"not JSON: " + CANARY.encode(), "lam.response-wrong-shape"),
        (7, "lam.response-wrong-shape"),
        (credentials("u", 12345678), "lam.response-wrong-shape"),
        (credentials("u", json.dumps({"password": CANARY})), "lam.response-wrong-shape"),
        ({"statusCode": 200, "body": json.dumps(GOOD)}, "lam.response-proxy-format"),
        (json.dumps(GOOD), "lam.response-json-string"),
        (None, "lam.response-empty"),
        (b"", "lam.response-empty"),
        (credentials("", CANARY), "lam.response-empty"),
        (credentials("u", ""), "lam.response-empty"),
        (credentials("u", None), "lam.response-empty"),
        (credentials("u", f"{CANARY}\n"), "auth.secret-has-newline"),
        (credentials(" u", CANARY), "auth.secret-has-newline"),
    ],
)
def test_another_form_is_named_without_a_value(value: object, cause: str) -> None:
    verdict = judge(value)

    assert verdict.status is Status.FAIL
    assert verdict.cause
    assert verdict.cause.id == cause
    assert verdict.severity is (Severity.WARNING if cause.startswith("auth.") else Severity.ERROR)
    assert verdict.fix
    assert CANARY not in repr(verdict)


def failure(error_type: str, message: str) -> dict[str, Any]:
    return {"errorType": error_type, "errorMessage": message, "stackTrace": [f"line with {CANARY}"]}


@pytest.mark.parametrize(
    ("value", "cause", "topic"),
    [
        (failure("Sandbox.Timedout", "Task timed out after 3.00 seconds"), "lam.function-error", ErrorTopic.TIMEOUT),
        (failure("RuntimeError", f"bad password {CANARY}"), "lam.function-error", ErrorTopic.OTHER),
        (failure(CANARY, CANARY), "lam.function-error", ErrorTopic.OTHER),
        ([CANARY], "lam.function-error", ErrorTopic.OTHER),
        (failure("Runtime.ImportModuleError", "Unable to import"), "lam.handler-or-package", ErrorTopic.IMPORT),
        (failure("Runtime.HandlerNotFound", "no handler"), "lam.handler-or-package", ErrorTopic.IMPORT),
        (
            failure("ClientError", f"(AccessDeniedException) when calling the GetSecretValue operation: {CANARY}"),
            "lam.secret-permission",
            ErrorTopic.SECRET_DENIED,
        ),
        (
            failure("ResourceNotFoundException", f"(ResourceNotFoundException) GetSecretValue operation: {CANARY}"),
            "lam.secret-missing-or-pending-deletion",
            ErrorTopic.SECRET_MISSING,
        ),
    ],
)
def test_a_failure_of_the_function_is_named_by_its_topic(value: object, cause: str, topic: ErrorTopic) -> None:
    answer = shape(value, "Unhandled")

    verdict = judge(value, "Unhandled")

    assert answer.error_topic is topic
    assert verdict.cause
    assert verdict.cause.id == cause
    assert "/aws/lambda/creds" in (verdict.fix.summary if verdict.fix else "")
    assert CANARY not in repr((answer, verdict))


@pytest.mark.parametrize("error", ["KeyError", "TypeError", "AttributeError"])
def test_a_function_that_misses_a_field_of_its_event_is_not_judged(error: str) -> None:
    verdict = judge(failure(error, "'registry'"), "Unhandled")

    assert verdict.status is Status.UNKNOWN
    assert verdict.cause
    assert verdict.cause.id == "lam.depends-on-event"


@pytest.mark.parametrize(
    "value",
    [
        GOOD,
        {CANARY: CANARY},
        CANARY,
        [CANARY],
        failure(CANARY, CANARY),
        {"Credentials": {CANARY: {"Password": CANARY}}},
    ],
)
@pytest.mark.parametrize("error", [None, "Unhandled"])
def test_no_secret_is_in_the_evidence_or_the_finding(value: object, error: str | None) -> None:
    answer = shape(value, error)
    saved = TypeAdapter(FunctionAnswer).dump_json(answer)

    assert CANARY not in saved.decode()
    assert CANARY not in repr(list(returns_credentials(PROVIDER, answer)))
    assert TypeAdapter(FunctionAnswer).validate_json(saved) == answer


def test_kinds() -> None:
    shown = {kind: shape(value).kind for kind, value in (("a", []), ("b", True), ("n", 1.5), ("o", {}))}

    assert shown == {"a": ValueKind.ARRAY, "b": ValueKind.BOOLEAN, "n": ValueKind.NUMBER, "o": ValueKind.OBJECT}


def token(left: float, lifetime: int | None = 43200) -> str:
    """A JSON Web Token with so many seconds left."""
    expires = int(time.time() + left)
    claims = {"exp": expires, "sub": CANARY, **({"iat": expires - lifetime} if lifetime else {})}
    parts = (urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in ({"alg": "none"}, claims))
    return ".".join([*parts, "c2ln"])


@pytest.mark.parametrize(
    ("password", "severity"),
    [
        (token(-60), Severity.ERROR),
        (token(-60, None), Severity.ERROR),
        (token(3600), Severity.WARNING),
    ],
    ids=["expired", "expired without a beginning", "expires within the hour"],
)
def test_a_password_that_expires_was_stored(password: str, severity: Severity) -> None:
    verdict = judge(credentials("u", password))

    assert verdict.cause
    assert (verdict.cause.id, verdict.severity) == ("lam.expired-static-credentials", severity)
    assert CANARY not in repr(verdict)
    assert password not in repr((verdict, shape(credentials("u", password))))


@pytest.mark.parametrize(
    "password",
    [token(43000), token(36000, None), "eyJ.a.b", "eyJ.e30.b", "a.b.c"],
    ids=["fresh", "without a beginning", "no header", "no claims", "no token"],
)
def test_a_fresh_token_or_none_passes(password: str) -> None:
    assert judge(credentials("u", password)).status is Status.PASS

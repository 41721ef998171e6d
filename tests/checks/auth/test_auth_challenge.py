"""How registries ask for credentials, and which ways are understood."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcheck import NotApplicable, Severity, Status, Verdict
from pullcheck.evidence.registry import AddressPing, ManifestAsked, Ping, RegistrySeen
from pullcheck.vantage import Exchange, Outcome
from pullcheck_checks.auth.challenge import asks_in_a_way_that_is_understood

SEEN = RegistrySeen("registry.example.com", 443, ("10.0.10.20",), None, False, "inside")
REALM = "https://auth.example.com/token"


def ask(status: int, *lines: str, body: str = "") -> Verdict:
    exchange = Exchange(
        "10.0.10.20",
        443,
        "GET",
        "https://registry.example.com/v2/",
        Outcome.OK,
        status=status,
        headers=tuple(("Www-Authenticate", line) for line in lines),
        body=body,
    )
    return judge(AddressPing("10.0.10.20", Outcome.OK, exchange))


SAYS_HOW = NotApplicable("GET /v2/ says how to log in")


def judge(
    *answers: AddressPing,
    seen: RegistrySeen = SEEN,
    asked: ManifestAsked | NotApplicable = SAYS_HOW,
) -> Verdict:
    [verdict] = asks_in_a_way_that_is_understood.function(Ping(seen, answers, seen.vantage), asked)
    return verdict


@pytest.mark.parametrize(
    ("lines", "proof"),
    [
        (['Basic realm="lab"'], "Basic"),
        (["Basic"], "Basic"),
        (["bAsIc realm=lab"], "Basic"),
        ([f'Bearer realm="{REALM}"'], REALM),
        ([f'bearer REALM="{REALM}" , SERVICE="r",scope="repository:a:pull,push"'], "service r"),
        ([f'Bearer realm="{REALM}?account=x"'], REALM),
        (["Negotiate", 'Digest realm="x", nonce="y"', 'Basic realm="a, b"'], "Basic"),
        ([f'Bearer realm="{REALM}", Basic realm="a"'], REALM),
        (['Basic realm="a"', f'Bearer realm="{REALM}"'], REALM),
        ([f'Bearer realm="{REALM}",service="r",scope=""'], REALM),
    ],
)
def test_understood_challenges_pass_with_their_proof(lines: list[str], proof: str) -> None:
    verdict = ask(401, *lines)

    assert verdict.status is Status.PASS
    assert proof in verdict.because
    assert "account" not in verdict.because


CASES = [
    ([], "auth.challenge-malformed", Severity.ERROR),
    ([""], "auth.challenge-malformed", Severity.ERROR),
    (["Bearer"], "auth.challenge-malformed", Severity.ERROR),
    (['Bearer service="r"'], "auth.challenge-malformed", Severity.ERROR),
    ([f"Bearer realm={REALM}"], "auth.challenge-malformed", Severity.ERROR),
    ([f'Bearer realm="{REALM}'], "auth.challenge-malformed", Severity.ERROR),
    (['Bearer realm="ftp://auth.example.com/"'], "auth.challenge-malformed", Severity.ERROR),
    (['Bearer realm="https://[::1"'], "auth.challenge-malformed", Severity.ERROR),
    ([f'Bearer realm="{REALM}" service="r"'], "auth.challenge-malformed", Severity.WARNING),
    (["Basic", "Bearer"], "auth.challenge-malformed", Severity.ERROR),
    (['Bearer realm="/token"'], "auth.realm-relative", Severity.ERROR),
    (['Bearer realm="//auth.example.com/token"'], "auth.realm-relative", Severity.ERROR),
    (['Bearer realm="http://auth.example.com/token"'], "auth.realm-http", Severity.ERROR),
    ([f'Bearer service="",realm="{REALM}"'], "auth.challenge-empty-parameter", Severity.WARNING),
    ([f'Bearer realm="{REALM}",scope="",service="r"'], "auth.challenge-empty-parameter", Severity.WARNING),
    (["Negotiate"], "auth.scheme-unsupported", Severity.ERROR),
    (["Negotiate", "NTLM TlRMTQ==", 'Digest realm="x"'], "auth.scheme-unsupported", Severity.ERROR),
    (['Negotiate, Basic realm="a"'], "auth.challenges-in-one-line", Severity.ERROR),
    ([f'Basic realm="a", Bearer realm="{REALM}"'], "auth.challenges-in-one-line", Severity.WARNING),
]


@pytest.mark.parametrize(("lines", "cause", "severity"), CASES, ids=[str(lines) for lines, _, _ in CASES])
def test_challenges_that_are_not_understood_fail_and_say_the_fix(
    lines: list[str], cause: str, severity: Severity
) -> None:
    verdict = ask(401, *lines)

    assert verdict.status is Status.FAIL
    assert verdict.cause
    assert (verdict.cause.id, verdict.severity) == (cause, severity)
    assert verdict.cause in asks_in_a_way_that_is_understood.causes
    assert verdict.fix
    assert verdict.fix.summary


def test_relative_realm_is_completed_in_the_fix() -> None:
    verdict = ask(401, 'Bearer realm="/token"')

    assert verdict.fix
    assert "https://registry.example.com/token" in verdict.fix.summary


def test_open_registry_asks_for_nothing() -> None:
    assert ask(200, body="{}").status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(("status", "body"), [(403, ""), (404, ""), (200, "<html>"), (503, "")])
def test_answer_of_something_else_is_unknown_because_of_it(status: int, body: str) -> None:
    verdict = ask(status, body=body)

    assert (verdict.status, verdict.blocked_by) == (Status.UNKNOWN, "registry.api-v2")


def test_registry_that_was_not_reached_is_unknown() -> None:
    outside = replace(SEEN, vantage="outside")
    refused = judge(AddressPing("10.0.10.20", Outcome.REFUSED))
    silent = judge(AddressPing("10.0.10.20", Outcome.NO_ANSWER), seen=outside)
    nameless = judge(seen=replace(outside, addresses=(), error="Name or service not known", no_such_name=True))

    assert (refused.status, refused.blocked_by) == (Status.UNKNOWN, "registry.api-v2")
    assert (silent.status, silent.blocked_by) == (Status.UNKNOWN, None)
    assert "--vantage inside" in silent.because
    assert (nameless.status, nameless.blocked_by) == (Status.UNKNOWN, None)


@given(st.lists(st.one_of(st.text(), st.from_regex(r'(?i)(bearer|basic) realm="[^"]*"(, \w+="?\w*"?)*')), max_size=3))
def test_every_challenge_is_judged_and_only_https_realms_pass(lines: list[str]) -> None:
    verdict = ask(401, *lines)

    assert verdict.status in (Status.PASS, Status.FAIL)
    if verdict.status is Status.PASS:
        assert "Basic" in verdict.because or "https://" in verdict.because

"""The checks of login and token service, on evidence made by hand."""

from dataclasses import replace

import pytest

from pullcheck import Severity, Status, Verdict
from pullcheck.evidence.credentials import Account, Source
from pullcheck.evidence.pull import Descriptor, ImagePull, Layer, Login, Manifest, Met, PlatformImage, Scheme, Token
from pullcheck.evidence.steps import Reply, Step, Stop
from pullcheck.target import Container, Model, Target, TargetKind
from pullcheck.vantage import Outcome
from pullcheck_checks.auth.credentials import credentials_are_accepted
from pullcheck_checks.auth.realm import token_service_answers
from pullcheck_checks.auth.words import host_of

URL = "https://registry.example.com/v2/"
REALM = "https://auth.example.com/token"
CONTAINER = Container("PrimaryContainer", "registry.example.com/team/model:v1", "Vpc", "arn:aws:lambda:...")
TARGET = Target(TargetKind.REQUEST, "m", "m.json", "us-east-1", (Model("m", None, None, (CONTAINER,)),))


def answered(url: str, status: int | None = 200, outcome: Outcome = Outcome.OK) -> Step:
    return Step((Reply("GET", url, "10.0.10.20", outcome, status=status),))


FUNCTION = Account(Source.FUNCTION)
MANIFEST = Manifest("v1", answered(URL), answered(f"{URL}team/model/manifests/v1"))
GOOD = ImagePull(
    "registry.example.com",
    443,
    "10.0.10.20",
    "team/model",
    "v1",
    Login(Scheme.BASIC, FUNCTION, answered(URL)),
    "inside",
    MANIFEST,
)
TOKEN = Token(REALM, "lab", answered(REALM), same_host=False, fields=("token",))
BY_TOKEN = replace(GOOD, login=Login(Scheme.BEARER, FUNCTION, token=TOKEN))


def judged(pull: ImagePull, container: Container = CONTAINER) -> Verdict:
    [verdict] = credentials_are_accepted.function(pull, container, TARGET)
    return verdict


def realm(token: Token, vantage: str = "inside", forced: bool = False) -> Verdict:
    met = (Met("auth.example.com", "token realm", ("10.0.0.9",), forced),)
    pull = replace(GOOD, login=Login(Scheme.BEARER, FUNCTION, token=token), vantage=vantage, met=met)
    [verdict] = token_service_answers.function(pull)
    return verdict


def cause(verdict: Verdict) -> str | None:
    return verdict.cause.id if verdict.cause else None


def test_accepted_credentials_pass_with_their_proof() -> None:
    verdict = judged(GOOD)

    assert verdict.status is Status.PASS
    assert f"GET {URL} answers 200 with the credentials of the credentials function" in verdict.because


def test_rejected_credentials_fail_and_say_what_to_do() -> None:
    verdict = judged(replace(GOOD, login=Login(Scheme.BASIC, FUNCTION, answered(URL, 401)), root=None))

    assert (verdict.status, cause(verdict)) == (Status.FAIL, "auth.basic-rejected")
    assert verdict.fix
    assert "secret" in verdict.fix.summary


def test_credentials_not_at_hand_are_unknown() -> None:
    account = Account(Source.NOBODY, "the credentials are not at hand", "add --invoke-function")
    refused = replace(MANIFEST, get=answered(URL, 401))
    verdict = judged(replace(GOOD, login=Login(Scheme.BASIC, account), root=refused))

    assert verdict.status is Status.UNKNOWN
    assert "--invoke-function" in verdict.because
    assert f"; without credentials, GET {URL} answers 401" in verdict.because


@pytest.mark.parametrize(
    ("status", "expected"),
    [(401, Status.FAIL), (403, Status.FAIL), (404, Status.FAIL), (500, Status.UNKNOWN), (None, Status.UNKNOWN)],
)
def test_credentials_that_sagemaker_does_not_have_prove_that_they_are_needed(
    status: int | None, expected: Status
) -> None:
    login = replace(GOOD.login, account=Account(Source.ENVIRONMENT))
    pull = replace(GOOD, login=login, anonymous=answered(URL, status) if status else None)
    alone = replace(CONTAINER, provider_arn=None)
    accepted, verdict = credentials_are_accepted.function(pull, alone, TARGET)

    assert accepted.status is Status.PASS
    assert (verdict.status, cause(verdict)) == (expected, "cfg.auth-needed-not-configured")
    assert "accepts the credentials of the environment" in verdict.because
    assert "PrimaryContainer names no credentials function" in verdict.because
    if expected is Status.FAIL:
        assert verdict.severity is Severity.ERROR
        assert verdict.fix


def test_image_for_everybody_needs_no_function() -> None:
    login = replace(BY_TOKEN.login, account=Account(Source.ENVIRONMENT))
    public = replace(GOOD, login=login, anonymous=answered(URL))

    assert judged(public, replace(CONTAINER, provider_arn=None)).status is Status.PASS


REALM_LINE = f'Bearer realm="{REALM}",service="lab",scope="repository:team/model:pull"'


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (REALM_LINE, []),
        (REALM_LINE.replace(REALM, f"{REALM}?account=..."), []),
        (REALM_LINE.replace(REALM, "https://internal/token"), ["auth.challenges-differ"]),
        (REALM_LINE.replace("lab", "other"), ["auth.challenges-differ"]),
        ('Basic realm="lab"', ["auth.challenges-differ"]),
        ("Negotiate", []),
        ('Bearer realm="unended', []),
    ],
)
def test_manifest_that_asks_for_something_else_was_not_tried(line: str, told: list[str]) -> None:
    token = replace(TOKEN, realm=REALM, service="lab")
    unasked = answered(URL, 401)
    unasked = replace(unasked, replies=(replace(unasked.replies[-1], asks=(line,)),))
    pull = replace(BY_TOKEN, login=replace(BY_TOKEN.login, token=token), unasked=unasked)
    verdicts = list(credentials_are_accepted.function(pull, CONTAINER, TARGET))

    differing = [one for one in verdicts if cause(one) == "auth.challenges-differ"]
    assert [cause(one) for one in differing] == told
    assert all(one.status is Status.UNKNOWN and "which was not" in one.because for one in differing)


def test_late_challenge_stops_docker_alone() -> None:
    late = replace(GOOD, login=replace(GOOD.login, late=True))
    _, verdict = credentials_are_accepted.function(late, CONTAINER, TARGET)

    assert verdict.cause
    assert (verdict.cause.id, verdict.severity) == ("auth.challenge-only-on-manifest", Severity.WARNING)
    assert "Docker is stopped by that, containerd is not" in verdict.because


def test_address_that_may_be_refused_is_unknown() -> None:
    login = Login(Scheme.BASIC, FUNCTION, answered(URL, 403))
    verdict = judged(replace(GOOD, login=login, root=replace(MANIFEST, get=answered(URL, 403))))

    assert (verdict.status, cause(verdict)) == (Status.UNKNOWN, "auth.no-pull-on-repo")


def test_function_is_not_needless_where_layers_are_refused() -> None:
    layer = Layer(Descriptor("application/x", "sha256:" + "1" * 64, 1), answered(URL, 401))
    public = replace(GOOD, login=Login(Scheme.NONE, FUNCTION), images=(PlatformImage(MANIFEST, layers=(layer,)),))

    assert judged(public).status is Status.NOT_APPLICABLE
    assert cause(judged(replace(public, images=()))) == "cfg.auth-configured-needlessly"


def test_failing_function_is_the_reason() -> None:
    account = Account(Source.NOBODY, "no user name", "mend it", "function.returns-credentials")
    verdict = judged(replace(GOOD, login=Login(Scheme.BASIC, account), root=replace(MANIFEST, get=answered(URL, 401))))

    assert verdict.blocked_by == "function.returns-credentials"


def test_public_image_with_a_function_is_unknown_until_the_function_is_tried() -> None:
    account = Account(Source.NOBODY, "the credentials are not at hand", "add --invoke-function")
    verdict = judged(replace(BY_TOKEN, login=Login(Scheme.BEARER, account, token=TOKEN)))

    assert verdict.status is Status.UNKNOWN


def test_missing_function_is_named_in_the_requests_words() -> None:
    refused = replace(
        GOOD, login=Login(Scheme.BASIC, Account(Source.NOBODY)), root=replace(MANIFEST, get=answered(URL, 401))
    )
    verdict = judged(refused, replace(CONTAINER, provider_arn=None))

    assert cause(verdict) == "cfg.auth-needed-not-configured"
    assert verdict.fix
    assert "RepositoryCredentialsProviderArn" in verdict.fix.summary


@pytest.mark.parametrize(
    ("access", "status", "expected"),
    [
        (("repository:team/model:pull",), 404, None),
        (("repository:team/model:pull,push",), 401, "auth.token-audience-or-clock"),
        (("repository:team/model:pull",), 403, "auth.no-pull-on-repo"),
        (("repository:team/model:push",), 404, "auth.token-without-pull"),
        ((), 403, "auth.token-without-pull"),
        (None, 401, "auth.token-without-pull"),
        (None, 404, None),
    ],
)
def test_tokens_are_measured_by_the_manifest(access: tuple[str, ...] | None, status: int, expected: str | None) -> None:
    login = replace(BY_TOKEN.login, token=replace(TOKEN, access=access))
    verdict = judged(replace(GOOD, login=login, root=replace(MANIFEST, get=answered(URL, status))))

    assert cause(verdict) == expected
    assert (verdict.status is Status.PASS) == (expected is None)


def test_token_service_that_answers_passes() -> None:
    assert realm(TOKEN).status is Status.PASS
    [verdict] = token_service_answers.function(GOOD)

    assert verdict.status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (answered(REALM, None, Outcome.REFUSED), "auth.realm-on-second-host"),
        (answered(REALM, None, Outcome.NO_ANSWER), "auth.realm-on-second-host"),
        (answered(REALM, None, Outcome.UNTRUSTED), "auth.realm-private-certificate"),
        (Step((), Stop.NO_NAME, REALM, "unknown", no_such_name=True), "auth.realm-internal-name"),
        (Step((), Stop.OWN_MACHINE, REALM, "127.0.0.1"), "auth.realm-internal-name"),
    ],
)
def test_token_service_that_cannot_be_asked(step: Step, expected: str) -> None:
    token = replace(TOKEN, step=step, fields=())
    inside, outside, forced = realm(token), realm(token, "outside"), realm(token, "outside", forced=True)

    assert (inside.status, cause(inside)) == (Status.FAIL, expected)
    assert inside.fix
    assert (outside.status, cause(outside)) == (Status.UNKNOWN, expected)
    assert forced.status is Status.FAIL


def test_resolver_that_fails_proves_nothing() -> None:
    token = replace(TOKEN, step=Step((), Stop.NO_NAME, REALM, "no answer"), fields=())

    assert realm(token).status is Status.UNKNOWN


def test_hosts_in_urls() -> None:
    assert host_of("https://Auth.example.com:8443/token") == "auth.example.com"
    assert host_of("https://[::1]:8443/token") == "::1"

"""What answers at the registry's address, and what it says of it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcheck import NotApplicable, Severity, Status, Verdict
from pullcheck.evidence.registry import AddressPing, ManifestAsked, PathPrefix, Ping, RegistrySeen
from pullcheck.vantage import Exchange, Outcome
from pullcheck_checks.registry.api_v2 import speaks_api_v2

V2 = ("Docker-Distribution-Api-Version", "registry/2.0")
BEARER = ("WWW-Authenticate", 'Bearer realm="https://auth.example.com/token",service="r"')
HTML = ("Content-Type", "text/html; charset=utf-8")
URL = "https://registry.example.com/v2/"
SEEN = RegistrySeen("registry.example.com", 443, ("10.0.10.20",), None, False, "inside")
OUTSIDE = replace(SEEN, vantage="outside")
ROOT_IS_THERE = NotApplicable("/v2/ was not missing")


def answer(status: int, *headers: tuple[str, str], body: str = "", url: str = URL) -> Exchange:
    return Exchange("10.0.10.20", 443, "GET", url, Outcome.OK, status=status, headers=headers, body=body)


def failing(outcome: Outcome, detail: str = "", status: int | None = None) -> Exchange:
    return Exchange("10.0.10.20", 443, "GET", URL, outcome, detail, status)


GOOD = AddressPing("10.0.10.20", Outcome.OK, answer(401, V2, BEARER))


def ask(
    *answers: AddressPing,
    seen: RegistrySeen = SEEN,
    prefix: PathPrefix | NotApplicable = ROOT_IS_THERE,
    asked: ManifestAsked | NotApplicable = ROOT_IS_THERE,
) -> list[Verdict]:
    return list(speaks_api_v2.function(Ping(seen, answers, seen.vantage), prefix, asked))


def ask_one(
    exchange: Exchange,
    seen: RegistrySeen = SEEN,
    prefix: PathPrefix | NotApplicable = ROOT_IS_THERE,
    asked: ManifestAsked | NotApplicable = ROOT_IS_THERE,
) -> Verdict:
    [verdict] = ask(AddressPing("10.0.10.20", Outcome.OK, exchange), seen=seen, prefix=prefix, asked=asked)
    return verdict


def test_challenge_and_version_pass_with_their_proof() -> None:
    [verdict] = ask(GOOD)

    assert verdict.status is Status.PASS
    assert verdict.subject == "registry.example.com:443"
    assert "answers 401" in verdict.because
    assert "registry/2.0" in verdict.because
    assert "Bearer" in verdict.because
    assert "10.0.10.20" in verdict.because


@pytest.mark.parametrize(
    "exchange",
    [
        answer(200, V2, body="{}"),
        answer(401, V2, ("www-authenticate", "BASIC")),
        answer(401, ("docker-distribution-api-version", " registry/2.0 registry/1.0"), BEARER, HTML, body="<html>"),
        answer(401, V2, ("WWW-Authenticate", "Negotiate")),
    ],
)
def test_registries_pass(exchange: Exchange) -> None:
    assert ask_one(exchange).status is Status.PASS


CASES = [
    (answer(200, V2, HTML, body="<html><title>Sign in</title>"), "reg.sso-or-waf-answers"),
    (answer(200, body=" <!DOCTYPE html><p>"), "reg.sso-or-waf-answers"),
    (answer(403, body="<html><title>Blocked\nby filter</title>"), "reg.sso-or-waf-answers"),
    (answer(302, ("Location", "https://idp.example.com/x?client_id=...&redirect_uri=...")), "reg.sso-or-waf-answers"),
    (answer(302, ("Location", "https://login.example.com/")), "reg.sso-or-waf-answers"),
    (answer(302, ("Location", "/users/sign_in/sso")), "reg.sso-or-waf-answers"),
    (answer(301, ("Location", "http://registry.example.com/v2/")), "reg.redirect-to-http"),
    (answer(302), "reg.unexpected-status"),
    (answer(302, ("Location", "https://[::1")), "reg.unexpected-status"),
    (answer(404, HTML, body="<html>"), "reg.v2-root-missing"),
    (answer(404, body="{}"), "reg.v2-root-missing"),
    (answer(200, body="{}"), "reg.api-version-header-missing"),
    (answer(401, BEARER), "reg.api-version-header-missing"),
    (answer(429, ("Retry-After", "3")), "reg.throttled-by-own-registry"),
    (answer(503, ("Server", "awselb/2.0")), "reg.elb-targets-unhealthy"),
    (answer(503), "reg.bad-gateway"),
    (answer(502, ("Server", "nginx")), "reg.bad-gateway"),
    (answer(504), "reg.bad-gateway"),
    (answer(500), "reg.server-error"),
    (answer(400, body="bad"), "reg.unexpected-status"),
    (answer(410), "reg.unexpected-status"),
    (failing(Outcome.PLAIN_HTTP), "reg.plain-http"),
    (failing(Outcome.RESET), "reg.connection-reset"),
    (failing(Outcome.NO_ANSWER), "reg.no-answer"),
    (failing(Outcome.BAD_ANSWER, "BadStatusLine: SSH-2.0"), "reg.not-http"),
    (failing(Outcome.REFUSED), "reg.connection-refused"),
]


@pytest.mark.parametrize(
    ("exchange", "cause"), CASES, ids=[f"{cause}-{index}" for index, (_, cause) in enumerate(CASES)]
)
def test_what_is_no_registry_fails_and_says_the_fix(exchange: Exchange, cause: str) -> None:
    verdict = ask_one(exchange)

    assert verdict.status is Status.FAIL
    assert verdict.cause
    assert verdict.cause.id == cause
    assert verdict.cause in speaks_api_v2.causes
    assert verdict.fix
    assert verdict.fix.summary
    assert "/v2/" in verdict.because


def test_missing_version_header_and_throttling_are_warnings() -> None:
    for exchange in (answer(200, body="{}"), answer(429)):
        assert ask_one(exchange).severity is Severity.WARNING


def test_page_is_quoted_by_its_title() -> None:
    assert 'titled "Blocked by filter"' in ask_one(CASES[2][0]).because


def test_what_is_not_tls_is_no_handshake_that_failed() -> None:
    detail = "no TLS either: the answer begins with 'SSH-2.0-OpenSSH'"
    verdict = ask_one(failing(Outcome.BAD_ANSWER, detail))

    assert verdict.cause
    assert verdict.cause.id == "reg.not-http"
    assert detail in verdict.because


def test_docker_hub_has_a_limit_of_its_own() -> None:
    verdict = ask_one(answer(429), replace(SEEN, host="registry-1.docker.io"))

    assert verdict.cause
    assert verdict.cause.id == "reg.hub-rate-limit"


def test_prefix_is_named_where_a_registry_answers_below_it() -> None:
    prefix = PathPrefix("team", answer(401, V2, BEARER, url="https://registry.example.com/team/v2/"), "inside")
    other = replace(prefix, exchange=answer(200, HTML, V2, body="<html>"))
    lost = answer(404)

    found = ask_one(lost, prefix=prefix)

    assert found.cause
    assert found.cause.id == "reg.path-prefix"
    assert "/team/v2/" in found.because
    assert (cause := ask_one(lost, prefix=other).cause) and cause.id == "reg.v2-root-missing"


def test_redirect_on_the_same_host_is_judged_by_where_it_ends() -> None:
    start = answer(301, ("Location", "/v2"))
    [good] = ask(AddressPing("10.0.10.20", Outcome.OK, start, answer(401, V2, BEARER)))
    [page] = ask(
        AddressPing("10.0.10.20", Outcome.OK, start, answer(200, HTML, url="https://registry.example.com/login"))
    )

    assert good.status is Status.PASS
    assert "answers 301 and leads on" in good.because
    assert page.cause
    assert page.cause.id == "reg.sso-or-waf-answers"


def test_redirect_to_another_host_is_not_judged() -> None:
    verdict = ask_one(answer(307, ("Location", "https://blogin.example.com/v2/")))

    assert verdict.status is Status.UNKNOWN
    assert "blogin.example.com" in verdict.because


def test_challenge_that_no_registry_gives_waits_for_the_challenge_check() -> None:
    verdict = ask_one(answer(401))

    assert (verdict.status, verdict.blocked_by) == (Status.UNKNOWN, "auth.challenge")


def test_tls_failure_is_the_business_of_the_tls_checks() -> None:
    verdict = ask_one(failing(Outcome.TLS_ALERT, "sslv3 alert handshake failure"))
    demand = ask_one(answer(400, body="No required SSL certificate was sent"))

    assert (verdict.status, verdict.blocked_by) == (Status.UNKNOWN, "tls.protocol")
    assert "handshake failure" in verdict.because
    assert (demand.status, demand.explained_by) == (Status.FAIL, "tls.protocol")


def test_answer_that_cannot_be_read_whole_is_unknown() -> None:
    assert ask_one(failing(Outcome.BAD_ANSWER, "got more than 100 headers", 200)).status is Status.UNKNOWN
    assert ask_one(answer(103)).status is Status.UNKNOWN


@pytest.mark.parametrize("seen", [SEEN, OUTSIDE, replace(OUTSIDE, forced=True)])
def test_refused_connection_fails_wherever_it_is_seen_from(seen: RegistrySeen) -> None:
    [verdict] = ask(AddressPing("10.0.10.20", Outcome.REFUSED), seen=seen)

    assert verdict.status is Status.FAIL
    assert verdict.cause
    assert verdict.cause.id == "reg.connection-refused"
    assert "refused" in verdict.because
    assert "443" in verdict.because


@pytest.mark.parametrize("outcome", [Outcome.NO_ANSWER, Outcome.UNREACHABLE])
def test_silence_proves_something_only_inside(outcome: Outcome) -> None:
    [inside] = ask(AddressPing("10.0.10.20", outcome))
    [outside] = ask(AddressPing("10.0.10.20", outcome), seen=OUTSIDE)

    assert (inside.status, inside.explained_by) == (Status.FAIL, "network.registry-reachable")
    assert inside.cause
    assert inside.cause.id == "reg.no-answer"
    assert (outside.status, outside.cause) == (Status.UNKNOWN, None)
    assert "--vantage inside" in outside.because
    assert "--resolve" in outside.because


def test_missing_name_proves_something_only_inside() -> None:
    missing = replace(SEEN, addresses=(), error="Name or service not known", no_such_name=True)
    [inside] = ask(seen=missing)
    [outside] = ask(seen=replace(missing, vantage="outside"))
    [failing_resolver] = ask(seen=replace(missing, no_such_name=False, error="Temporary failure in name resolution"))

    assert (inside.status, inside.explained_by) == (Status.FAIL, "dns.registry-name")
    assert inside.cause
    assert inside.cause.id == "reg.name-not-resolved"
    assert outside.status is Status.UNKNOWN
    assert "--vantage inside" in outside.because
    assert failing_resolver.status is Status.UNKNOWN
    assert "Temporary failure" in failing_resolver.because


def test_addresses_that_agree_give_one_finding() -> None:
    [verdict] = ask(GOOD, replace(GOOD, address="10.0.11.20"))

    assert verdict.subject == "registry.example.com:443"
    assert "10.0.10.20, 10.0.11.20" in verdict.because


def test_addresses_that_differ_give_one_finding_each() -> None:
    verdicts = ask(GOOD, AddressPing("10.0.11.20", Outcome.REFUSED))

    assert [(verdict.subject, verdict.status) for verdict in verdicts] == [
        ("registry.example.com:443 (10.0.10.20)", Status.PASS),
        ("registry.example.com:443 (10.0.11.20)", Status.FAIL),
    ]


def test_ipv6_that_this_machine_lacks_says_nothing_beside_ipv4() -> None:
    lost = AddressPing("2001:db8::1", Outcome.UNREACHABLE)

    assert [verdict.status for verdict in ask(GOOD, lost)] == [Status.PASS]
    assert [verdict.status for verdict in ask(lost)] == [Status.FAIL]


@given(
    status=st.integers(100, 599),
    headers=st.lists(
        st.tuples(
            st.sampled_from(["Location", "WWW-Authenticate", "Content-Type", "Server", V2[0]]),
            st.one_of(st.text(), st.from_regex(r"https?://\[?[^/]*/.*"), st.from_regex(r"Bearer realm=\S+")),
        )
    ),
    body=st.text(),
)
def test_every_answer_is_judged_and_none_passes_without_its_version(
    status: int, headers: list[tuple[str, str]], body: str
) -> None:
    verdict = ask_one(answer(status, *headers, body=body))

    assert verdict.because
    if verdict.status is Status.PASS:
        assert status in (200, 401)
        assert any(name == V2[0] and V2[1] in value for name, value in headers)


GEO = "The Amazon CloudFront distribution is configured to block access from your country."


@pytest.mark.parametrize("body", [GEO, "<title>Access denied | error code 1009</title>", "error 1010"])
def test_filter_that_says_whom_it_turns_away(body: str) -> None:
    inside, outside = ask_one(answer(403, body=body)), ask_one(answer(403, body=body), seen=OUTSIDE)

    assert inside.cause
    assert (inside.cause.id, inside.severity) == ("reg.geo-or-agent-block", Severity.WARNING)
    assert (outside.status, outside.cause) == (Status.UNKNOWN, inside.cause)
    assert "--vantage inside" in outside.because


def test_silence_where_the_environment_names_a_proxy() -> None:
    silent = AddressPing("10.0.10.20", Outcome.NO_ANSWER)
    [with_proxy] = ask(silent, seen=replace(SEEN, proxy=True))
    [outside] = ask(silent, seen=replace(OUTSIDE, proxy=True))

    assert with_proxy.cause
    assert with_proxy.cause.id == "reg.forward-proxy-only"
    assert with_proxy.explained_by == "network.registry-reachable"
    assert outside.status is Status.UNKNOWN


MANIFEST = f"{URL}team/model/manifests/v1"
OCI = ("Content-Type", "application/vnd.oci.image.index.v1+json")


@pytest.mark.parametrize("ping", [answer(404), answer(403, BEARER), answer(500), answer(302)])
@pytest.mark.parametrize(
    ("manifest", "severity"),
    [
        (answer(401, BEARER, url=MANIFEST), Severity.WARNING),
        (answer(200, OCI, url=MANIFEST), Severity.WARNING),
        (answer(200, HTML, url=MANIFEST), Severity.ERROR),
        (answer(401, url=MANIFEST), Severity.ERROR),
        (answer(404, url=MANIFEST), Severity.ERROR),
        (replace(answer(401, BEARER, url=MANIFEST), address="10.0.11.20"), Severity.ERROR),
    ],
)
def test_root_that_only_docker_asks_for(ping: Exchange, manifest: Exchange, severity: Severity) -> None:
    verdict = ask_one(ping, asked=ManifestAsked(manifest, "inside"))

    assert (verdict.status, verdict.severity) == (Status.FAIL, severity)
    assert ("Docker is stopped by that, containerd is not" in verdict.because) == (severity is Severity.WARNING)


def test_bare_401_of_a_registry_that_asks_for_credentials_at_the_manifest() -> None:
    verdict = ask_one(answer(401), asked=ManifestAsked(answer(401, BEARER, url=MANIFEST), "inside"))

    assert verdict.cause
    assert verdict.cause.id == "reg.api-version-header-missing"

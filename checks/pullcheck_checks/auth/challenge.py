"""Does the registry ask for credentials in a way that is understood?"""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import SplitResult, urljoin, urlsplit

from pullcheck.challenge import BASIC, BEARER, Challenge, challenges, first_of_each
from pullcheck.evidence.registry import AddressPing, ManifestAsked, Ping, RegistrySeen
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.vantage import Exchange
from pullcheck.verdict import Basis, Cause, Fix, Severity, Status, Verdict, failed, not_applicable, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.auth import causes
from pullcheck_checks.registry.addresses import by_address, no_address
from pullcheck_checks.registry.answers import is_page
from pullcheck_checks.registry.api_v2 import of_address, of_no_address
from pullcheck_checks.registry.first_request import for_both, lets_in

QUOTED = 200


@check(
    "auth.challenge",
    "The registry asks for credentials in a way that container clients understand",
    causes=causes.CHALLENGE,
    basis=Basis.SPECIFICATION,
)
def asks_in_a_way_that_is_understood(
    ping: Ping, asked: ManifestAsked | NotApplicable | Unavailable
) -> Iterator[Verdict]:
    """Reads the challenge with which the registry turns away an anonymous GET /v2/.

    What: The WWW-Authenticate lines of the 401 answer to GET /v2/: scheme, realm, service.

    Why: SageMaker gives the user name and password of the credentials Lambda function either to the registry (Basic)
    or to the token service that the challenge names (Bearer). Behind a challenge that container clients cannot read,
    the credentials are never sent.

    Passes: The first challenge of a line is Basic, or Bearer with an https URL as realm. Where GET /v2/ is not answered
    as registries do, the challenge is read that containerd meets, which begins with the manifest.

    Fails: There is no challenge; it offers only schemes such as Negotiate, NTLM or Digest; it breaks the grammar; the
    one that is needed stands behind another in the same line; or the realm is no https URL.

    Not verified when: The registry was not reached, or answered GET /v2/ with neither 200 nor 401.

    Fix: Correct the registry's authentication settings or its external URL, or the proxy that rewrites the header.

    Source: RFC 9110 section 11.6.1; distribution project, token authentication specification.
    """
    if not ping.answers:
        yield no_address(ping.seen, blocked_by=_blocker(of_no_address(ping.seen)))
    else:
        let_in = asked if isinstance(asked, ManifestAsked) else None
        yield from by_address(ping, lambda one: _judge_both(ping.seen, one, let_in))


def _judge_both(seen: RegistrySeen, answer: AddressPing, asked: ManifestAsked | None) -> Verdict:
    """The verdict for Docker, which begins with GET /v2/, and for containerd, which begins with the manifest."""
    verdict = _judge(seen, answer)
    if asked is None or not lets_in(answer, asked):
        return verdict
    if verdict.status is Status.UNKNOWN and verdict.blocked_by == "registry.api-v2":
        return _of_manifest(verdict, asked.exchange)
    found = _judge_lines(asked.exchange) if asked.exchange.status == 401 else None
    fails = found is not None and found.status is Status.FAIL
    return _of_manifest(verdict, asked.exchange) if fails else for_both(answer, verdict, asked)


def _judge(seen: RegistrySeen, answer: AddressPing) -> Verdict:
    exchange = answer.last
    if exchange and exchange.status == 401:
        return _judge_lines(exchange)
    if exchange and exchange.status == 200 and not is_page(exchange):
        return not_applicable("", "GET /v2/ answers 200 without credentials: the registry's root asks for none")
    reached = of_address(seen, answer)
    return unknown("", f"no challenge was seen: {reached.because}", blocked_by=_blocker(reached))


def _of_manifest(root: Verdict, manifest: Exchange) -> Verdict:
    """The verdict on what containerd meets where Docker is stopped at GET /v2/, which is told elsewhere."""
    stopped = f"Docker does not come so far ({root.because})"
    if manifest.status == 200:
        return not_applicable("", f"{stopped}; HEAD {manifest.url} answers 200 without credentials")
    found = _judge_lines(manifest)
    return replace(found, because=f"{found.because.replace('GET /v2/', f'HEAD {manifest.url}')}; {stopped}")


def _blocker(verdict: Verdict) -> str | None:
    """The check of the registry's API where it failed: an unknown answer blocks nothing."""
    return "registry.api-v2" if verdict.status is Status.FAIL else verdict.blocked_by


def _judge_lines(exchange: Exchange) -> Verdict:
    lines = [challenges(line) for line in exchange.all("www-authenticate")]
    visible = list(first_of_each(lines))
    everything = [challenge for line in lines for challenge in line]
    bearer = next((one for one in visible if one.kind == BEARER), None)
    basic = next((one for one in visible if one.kind == BASIC), None)
    hidden = [one for one in everything if one.kind in (BASIC, BEARER) and one not in visible]
    if bearer:
        return _judge_bearer(exchange, bearer)
    if basic and any(one.kind == BEARER for one in hidden):
        because = f"{_quote(exchange)}: clients try Basic and do not see the Bearer challenge behind it"
        return _failed(because, causes.CHALLENGES_IN_ONE_LINE, severity=Severity.WARNING)
    if basic:
        return passed("", f"GET /v2/ answers 401 and asks for {_in_words(basic)}")
    if hidden:
        because = f"{_quote(exchange)}: {hidden[0].scheme} does not stand first in its line"
        return _failed(because, causes.CHALLENGES_IN_ONE_LINE)
    schemes = ", ".join(dict.fromkeys(one.scheme for one in everything if one.scheme))
    if schemes:
        return _failed(f"GET /v2/ answers 401 and offers only {schemes}", causes.SCHEME_UNSUPPORTED)
    return _failed(_quote(exchange), causes.CHALLENGE_MALFORMED)


def _judge_bearer(exchange: Exchange, bearer: Challenge) -> Verdict:
    read = bearer.as_clients_read()
    realm = read.get("realm")
    empty = next((name for name, value in bearer.parameters if not value), None)
    if realm is None and bearer.get("realm"):
        return _failed(f"{_quote(exchange)}: {empty} has no value and stands before realm", causes.EMPTY_PARAMETER)
    if realm is None:
        fault = bearer.fault or "the Bearer challenge has no realm"
        return _failed(f"{_quote(exchange)}: {fault}", causes.CHALLENGE_MALFORMED)
    url = _split(realm)
    if url is None or url.scheme not in ("", "http", "https"):
        return _failed(f"{_quote(exchange)}: realm is no URL of HTTP", causes.CHALLENGE_MALFORMED)
    if not url.scheme or not url.hostname:
        return _of_relative_realm(exchange, realm)
    if url.scheme == "http":
        return _failed(f"GET /v2/ answers 401 with the realm {_shown(url)}", causes.REALM_HTTP)
    if read.get("service") != bearer.get("service"):
        return _failed(f"{_quote(exchange)}: {empty} has no value and stands before service", causes.EMPTY_PARAMETER)
    if bearer.fault:
        because = f"{_quote(exchange)}: {bearer.fault}, and nothing behind it is read"
        return _failed(because, causes.CHALLENGE_MALFORMED, severity=Severity.WARNING)
    return passed("", f"GET /v2/ answers 401 and asks for {_in_words(bearer)}")


def _of_relative_realm(exchange: Exchange, realm: str) -> Verdict:
    cause = causes.REALM_RELATIVE
    whole = urljoin(exchange.url, realm)
    summary = f"{cause.fix.removesuffix('.')}; as it stands it would be {whole[:QUOTED]}"
    return failed("", f"GET /v2/ answers 401 with the realm {realm[:QUOTED]}", cause, Fix(summary))


def _failed(because: str, cause: Cause, severity: Severity | None = None) -> Verdict:
    return failed("", because, cause, Fix(cause.fix), severity=severity)


def _quote(exchange: Exchange) -> str:
    lines = exchange.all("www-authenticate")
    if not lines:
        return "GET /v2/ answers 401 without a WWW-Authenticate header"
    return f"GET /v2/ answers 401 with WWW-Authenticate: {' | '.join(lines)[:QUOTED] or '(empty)'}"


def _in_words(challenge: Challenge) -> str:
    """The scheme, and where a Bearer token is to be had."""
    realm = _split(challenge.get("realm") or "")
    if challenge.kind == BASIC or realm is None:
        return "Basic"
    service = challenge.get("service")
    return f"a Bearer token from {_shown(realm)}" + (f" for the service {service}" if service else "")


def _shown(url: SplitResult) -> str:
    """The URL without user and query."""
    return url._replace(netloc=url.netloc.rpartition("@")[2], query="", fragment="").geturl()


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else None
    except ValueError:
        return None

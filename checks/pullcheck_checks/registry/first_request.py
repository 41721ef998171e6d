"""Docker asks for /v2/ first and stops where that fails; containerd asks for the manifest at once."""

from dataclasses import replace

from pullcheck.challenge import BASIC, BEARER, challenges, first_of_each
from pullcheck.evidence.registry import AddressPing, ManifestAsked
from pullcheck.vantage import Exchange
from pullcheck.verdict import Fix, Severity, Status, Verdict, failed
from pullcheck_checks.registry.causes import API_VERSION_HEADER_MISSING

CHALLENGE = "auth.challenge"
MANIFESTS = ("application/vnd.docker.distribution.manifest.", "application/vnd.oci.image.")


def for_both(answer: AddressPing, verdict: Verdict, asked: ManifestAsked | None) -> Verdict:
    """The verdict on GET /v2/, a warning where it fails and the manifest is answered as containerd wants it."""
    if asked is None or not lets_in(answer, asked):
        return verdict
    if verdict.blocked_by == CHALLENGE and answer.last and answer.last.status == 401:
        cause = API_VERSION_HEADER_MISSING
        return failed("", f"GET {answer.last.url} answers 401 without the header", cause, Fix(cause.fix))
    if verdict.status is not Status.FAIL or verdict.severity is not Severity.ERROR:
        return verdict
    said = f"HEAD {asked.exchange.url} answers {asked.exchange.status}, as registries do"
    because = f"{verdict.because}: Docker is stopped by that, containerd is not, for {said}"
    return replace(verdict, because=because, severity=Severity.WARNING)


def lets_in(answer: AddressPing, asked: ManifestAsked | None) -> bool:
    """Whether the manifest, at this address, is answered as containerd wants it: with it, or with a challenge."""
    return asked is not None and answer.address == asked.exchange.address and _lets_in(asked.exchange)


def _lets_in(exchange: Exchange) -> bool:
    if exchange.status == 200:
        return (exchange.header("content-type") or "").startswith(MANIFESTS)
    lines = (challenges(line) for line in exchange.all("www-authenticate"))
    return exchange.status == 401 and any(one.kind in (BASIC, BEARER) for one in first_of_each(lines))

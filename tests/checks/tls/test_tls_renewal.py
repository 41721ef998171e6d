"""A certificate that ought to have been renewed by now."""

from datetime import timedelta

import pytest

from certificates import DAY, HOST, NOW, authority, leaf
from pullcheck.evidence.tls import PublicRoots, ServedAddress, ServedChains
from pullcheck.missing import NotApplicable
from pullcheck.vantage import Handshake, Outcome
from pullcheck.verdict import Severity, Verdict
from pullcheck_checks.tls.expiry import is_not_about_to_expire

ROOT = authority()
ACME = authority("R11", ROOT, organization="Let's Encrypt")
PLAIN = authority("Example Trust CA 1", ROOT)
PRIVATE, PUBLIC = "10.0.10.20", "54.10.20.30"


def judged(maker: str, address: str, left: timedelta, life: timedelta = 90 * DAY) -> Verdict:
    by = ACME if maker == "acme" else PLAIN
    chain = (leaf(by, begins=NOW + left - life, ends=NOW + left).pem, by.pem)
    shaken = Handshake(address, 443, HOST, Outcome.OK, chain=chain)
    chains = ServedChains(HOST, 443, (ServedAddress(address, shaken, shaken),), NOW.isoformat(), "inside")
    [verdict] = is_not_about_to_expire(chains, NotApplicable("no other host"), PublicRoots("lab", ROOT.pem))
    return verdict


def cause(verdict: Verdict) -> str | None:
    return verdict.cause.id if verdict.cause else None


def test_what_acme_should_have_renewed_behind_a_private_address_names_the_challenge() -> None:
    verdict = judged("acme", PRIVATE, 12 * DAY)

    assert (cause(verdict), verdict.severity) == ("tls.acme-http-challenge-private", Severity.WARNING)
    assert "10.0.10.20 is private" in verdict.because
    assert verdict.fix is not None
    assert "DNS-01" in verdict.fix.summary


@pytest.mark.parametrize(
    ("maker", "address", "left", "life"),
    [
        ("acme", PRIVATE, 25 * DAY, 90 * DAY),
        ("acme", PUBLIC, 12 * DAY, 90 * DAY),
        ("other", PRIVATE, 12 * DAY, 90 * DAY),
        ("acme", PRIVATE, 4 * DAY, 6 * DAY),
    ],
)
def test_what_is_not_overdue_or_may_be_reached_is_just_about_to_expire(
    maker: str, address: str, left: timedelta, life: timedelta
) -> None:
    assert cause(judged(maker, address, left, life)) == "tls.expiring-soon"


def test_a_fresh_one_passes() -> None:
    assert cause(judged("acme", PRIVATE, 60 * DAY)) is None

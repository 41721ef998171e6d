"""What a stapled answer says, one row an answer; how it comes over the wire: tests/lab/test_lab_staples.py."""

from base64 import b64encode
from dataclasses import dataclass, replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509 import ocsp
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from certificates import DAY, HOST, NOW, Issued, authority, leaf
from ocsp_answers import MUST_STAPLE, REFUSAL, answer, appointed, responder_at
from pullcheck.evidence.staples import HostStaple, Staples
from pullcheck.evidence.tls import PublicRoots
from pullcheck.vantage import Outcome, Stapled
from pullcheck.verdict import Severity, Status, Verdict
from pullcheck_checks.tls.revocation import is_not_revoked

ROOT = authority()
CA = authority("Example Trust CA 1", ROOT)
RSA_CA = authority("Example Trust RSA CA", ROOT, key=rsa.generate_private_key(65537, 2048))
STRANGER = authority("Stranger")
LEAF = leaf(CA, extra=((responder_at("http://ocsp.example.net"), False),))
OTHER, BY_RSA = leaf(CA), leaf(RSA_CA)
DEMANDING = leaf(CA, extra=((MUST_STAPLE, False),))
ROOTS = PublicRoots("lab", ROOT.pem)
REVOKED = ocsp.OCSPCertStatus.REVOKED
WARNS, DOUBTS, HOLDS = "tls.staple-unusable", "unknown", "pass"


def judged(der: bytes | None, about: Issued = LEAF, by: Issued = CA, *, chain: bool = True) -> Verdict:
    stapled = None if der is None else b64encode(der).decode()
    served = (about.pem, by.pem) if chain else (about.pem,)
    seen = Stapled("10.0.10.20", 443, Outcome.OK, "", served, stapled)
    one = HostStaple(HOST, 443, "", seen, NOW.isoformat())
    [verdict] = is_not_revoked(Staples((one,), "outside"), ROOTS)
    return verdict


@dataclass(frozen=True)
class Row:
    """An answer, what becomes of it, and a part of why."""

    name: str
    der: bytes
    becomes: str
    says: str
    about: Issued = LEAF
    by: Issued = CA


ROWS = (
    Row("good", answer(LEAF, CA), HOLDS, "is good, until 2026-06-02 12:00 UTC"),
    Row("good, of a responder that the CA appointed", answer(LEAF, CA, by=appointed(CA)), HOLDS, "is good"),
    Row("good, of an RSA key", answer(BY_RSA, RSA_CA), HOLDS, "is good", BY_RSA, RSA_CA),
    Row("good, to a demand", answer(DEMANDING, CA), HOLDS, "is good", DEMANDING),
    Row("good without an end, of today", answer(LEAF, CA, begins=NOW - DAY / 2, ends=None), HOLDS, "is good"),
    Row("good, by a clock that is a little ahead", answer(LEAF, CA, begins=NOW + DAY / 1000), HOLDS, "is good"),
    Row("none", b"", HOLDS, "(http://ocsp.example.net) was not asked"),
    Row("none to a demand", b"", "tls.staple-missing", "demands a stapled OCSP answer", DEMANDING),
    Row("revoked", answer(LEAF, CA, status=REVOKED), "tls.revoked", "since 2026-05-30 12:00 UTC (no reason given)"),
    Row(
        "revoked for a lost key",
        answer(LEAF, CA, status=REVOKED, reason=x509.ReasonFlags.key_compromise),
        "tls.revoked",
        "(key compromise)",
    ),
    Row(
        "revoked, long ago", answer(LEAF, CA, status=REVOKED, begins=NOW - 9 * DAY, ends=NOW - DAY), "tls.revoked", "is"
    ),
    Row(
        "on hold, long ago",
        answer(
            LEAF,
            CA,
            status=REVOKED,
            reason=x509.ReasonFlags.certificate_hold,
            begins=NOW - 9 * DAY,
            ends=NOW - DAY,
        ),
        WARNS,
        "out of date",
    ),
    Row("out of date", answer(LEAF, CA, begins=NOW - 9 * DAY, ends=NOW - DAY), WARNS, "since 2026-05-31 12:00 UTC"),
    Row("out of date, without an end", answer(LEAF, CA, begins=NOW - 9 * DAY, ends=None), WARNS, "since 2026-05-24"),
    Row("of tomorrow", answer(LEAF, CA, begins=NOW + DAY, ends=NOW + 2 * DAY), WARNS, "only from 2026-06-02"),
    Row("unknown to the CA", answer(LEAF, CA, status=ocsp.OCSPCertStatus.UNKNOWN), WARNS, "does not know"),
    Row("about another certificate", answer(OTHER, CA), WARNS, "about another certificate than CN=registry"),
    Row("about the same number of another CA", answer(LEAF, STRANGER, by=appointed(CA)), WARNS, "about another"),
    Row("of a stranger", answer(LEAF, CA, by=STRANGER), WARNS, "signed it"),
    Row("revoked, of a stranger", answer(LEAF, CA, by=STRANGER, status=REVOKED), WARNS, "signed it"),
    Row("of a server that the CA certified", answer(LEAF, CA, by=OTHER), WARNS, "signed it"),
    Row("of a responder that is past", answer(LEAF, CA, by=appointed(CA, NOW - DAY)), WARNS, "signed it"),
    Row("of a responder that a stranger appointed", answer(LEAF, CA, by=appointed(STRANGER)), WARNS, "signed it"),
    Row("a refusal", REFUSAL, WARNS, "try later"),
    Row("no answer at all", b"hello", WARNS, "cannot be parsed"),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_answer(row: Row) -> None:
    verdict = judged(row.der, row.about, row.by)

    assert (verdict.cause.id if verdict.cause else verdict.status.value) == row.becomes
    assert row.says in verdict.because
    assert verdict.subject == f"{HOST}:443"
    assert verdict.status is Status.PASS or (verdict.severity is Severity.WARNING and verdict.fix is not None)


def test_an_answer_that_nobody_can_verify_is_open() -> None:
    verdict = judged(answer(LEAF, CA, status=REVOKED), chain=False)

    assert verdict.status is Status.UNKNOWN
    assert "was not served" in verdict.because


def test_the_issuer_may_be_a_root_that_is_not_served() -> None:
    direct = leaf(ROOT)

    assert judged(answer(direct, ROOT), direct, chain=False).status is Status.PASS


def test_a_handshake_that_did_not_come_so_far_is_open() -> None:
    verdict = judged(None)

    assert (verdict.status, verdict.blocked_by) == (Status.UNKNOWN, "tls.protocol")


def test_what_the_library_takes_for_no_answer_is_of_no_use() -> None:
    seen = Stapled("10.0.10.20", 443, Outcome.TLS_ALERT, "tlsv1 bad certificate status response")
    [verdict] = is_not_revoked(Staples((HostStaple(HOST, 443, "", seen, NOW.isoformat()),), "outside"), ROOTS)

    assert verdict.cause is not None and verdict.cause.id == WARNS
    assert verdict.severity is Severity.WARNING


def test_what_is_seen_survives_a_file() -> None:
    seen = Stapled("10.0.10.20", 443, Outcome.TLS_ALERT, "handshake failure")
    value = Staples((HostStaple(HOST, 443, "token realm", seen, NOW.isoformat()),), "outside")
    adapter = TypeAdapter(Staples)

    assert adapter.validate_json(adapter.dump_json(value)) == value
    assert value.hosts[0].subject == f"{HOST}:443 (token realm)"
    assert replace(value.hosts[0], role="").subject == f"{HOST}:443"


GENUINE = answer(LEAF, CA)


@given(st.integers(0, len(GENUINE) - 1), st.integers(1, 255))
def test_no_bit_of_an_answer_can_be_exchanged(place: int, change: int) -> None:
    altered = bytearray(GENUINE)
    altered[place] ^= change
    verdict = judged(bytes(altered))

    assert verdict.status is not Status.PASS or verdict.because == judged(GENUINE).because


@given(st.binary(max_size=200))
def test_garbage_is_of_no_use(garbage: bytes) -> None:
    assert judged(b"\x30" + garbage).status is Status.FAIL

"""What the checks of the TLS family say about one address, and about several that differ."""

from dataclasses import replace

import trustme
from cryptography import x509
from pydantic import TypeAdapter

from certificates import DAY, HOST, NOW, Issued, authority, leaf
from pullcheck.evidence.tls import PublicRoots, ServedAddress, ServedChains
from pullcheck.vantage import Handshake, Outcome
from pullcheck.verdict import Severity, Status
from pullcheck_checks.tls import CHECKS
from pullcheck_checks.tls.expiry import is_not_about_to_expire
from pullcheck_checks.tls.protocol import speaks_what_clients_offer
from pullcheck_checks.tls.public_ca import chains_to_a_public_ca

ROOT = authority()
CA = authority("Example Trust CA 1", ROOT)
GOOD = (leaf(CA), CA)
ROOTS = PublicRoots("certifi 2026.10.18", ROOT.pem)
A, B = "10.0.10.20", "10.0.10.21"


def served(address: str, *chain: Issued) -> ServedAddress:
    shaken = Handshake(address, 443, HOST, Outcome.OK, "", "TLSv1.3", "TLS_AES_128_GCM_SHA256", pems(*chain))
    return ServedAddress(address, shaken, shaken)


def pems(*chain: Issued) -> tuple[str, ...]:
    return tuple(one.pem for one in chain)


def seen(*addresses: ServedAddress) -> ServedChains:
    return ServedChains(HOST, 443, addresses, NOW.isoformat(), "outside")


def ended(outcome: Outcome, detail: str = "") -> ServedAddress:
    """An address at which neither handshake came as far as the certificate."""
    nothing = Handshake(A, 443, HOST, outcome, detail)
    return ServedAddress(A, nothing, nothing)


def test_evidence_survives_a_file() -> None:
    for value in (seen(served(A, *GOOD)), ROOTS):
        adapter = TypeAdapter(type(value))

        assert adapter.validate_json(adapter.dump_json(value)) == value


def test_a_public_chain_passes_and_shows_the_path() -> None:
    [verdict] = chains_to_a_public_ca(seen(served(A, *GOOD), served(B, *GOOD)), ROOTS)

    assert verdict.status is Status.PASS
    assert verdict.subject == f"{HOST}:443"
    assert f"CN={HOST} <- " in verdict.because
    assert "certifi 2026.10.18" in verdict.because
    assert "2026-08-20" in verdict.because


def test_a_chain_of_the_test_authority_passes() -> None:
    root = trustme.CA()
    issued = root.create_child_ca().issue_cert(HOST)
    chain = tuple(pem.bytes().decode() for pem in issued.cert_chain_pems)
    whole = replace(served(A).permissive, chain=chain)
    roots = PublicRoots("lab", root.cert_pem.bytes().decode())
    [verdict] = chains_to_a_public_ca(seen(ServedAddress(A, whole, whole)), roots)
    alone = replace(whole, chain=chain[:1])
    [without] = chains_to_a_public_ca(seen(ServedAddress(A, alone, alone)), roots)

    assert verdict.status is Status.PASS
    assert without.cause is not None and without.cause.id == "tls.missing-intermediate"


def test_a_missing_intermediate_fails_and_says_what_to_serve() -> None:
    [verdict] = chains_to_a_public_ca(seen(served(A, GOOD[0])), ROOTS)

    assert verdict.status is Status.FAIL
    assert verdict.cause is not None and verdict.cause.id == "tls.missing-intermediate"
    assert verdict.fix is not None and "cat domain.crt intermediate.pem" in verdict.fix.summary
    assert "CN=Example Trust CA 1" in verdict.fix.summary


def test_a_strict_client_alone_is_a_warning() -> None:
    odd = leaf(CA, without=x509.AuthorityKeyIdentifier)
    [verdict] = chains_to_a_public_ca(seen(served(A, odd, CA)), ROOTS)

    assert (verdict.status, verdict.severity) == (Status.FAIL, Severity.WARNING)


def test_two_good_addresses_that_differ_have_a_finding_each() -> None:
    verdicts = list(chains_to_a_public_ca(seen(served(A, *GOOD), served(B, leaf(CA, ends=NOW + 9 * DAY), CA)), ROOTS))

    assert [verdict.subject for verdict in verdicts] == [f"{HOST}:443 ({A})", f"{HOST}:443 ({B})"]
    assert {verdict.status for verdict in verdicts} == {Status.PASS}


def test_a_bad_address_among_good_ones_is_named_with_what_is_wrong_there() -> None:
    good, bad = chains_to_a_public_ca(seen(served(A, *GOOD), served(B, leaf(CA, ends=NOW - DAY), CA)), ROOTS)

    assert good.status is Status.PASS
    assert bad.subject == f"{HOST}:443 ({B})"
    assert bad.cause is not None and bad.cause.id == "tls.nodes-differ"
    assert "expired at 2026-05-31" in bad.because
    assert A in bad.because
    assert bad.severity is Severity.ERROR


def test_two_bad_addresses_keep_their_own_causes() -> None:
    expired, alone = served(A, leaf(CA, ends=NOW - DAY), CA), served(B, GOOD[0])
    causes = [verdict.cause and verdict.cause.id for verdict in chains_to_a_public_ca(seen(expired, alone), ROOTS)]

    assert causes == ["tls.expired", "tls.missing-intermediate"]


def test_an_address_that_refused_is_unknown_beside_the_good_one() -> None:
    _, verdict = chains_to_a_public_ca(seen(served(B, *GOOD), ended(Outcome.REFUSED)), ROOTS)

    assert verdict.status is Status.UNKNOWN
    assert verdict.blocked_by == "registry.api-v2"


def test_no_certificate_after_an_alert_waits_for_the_protocol() -> None:
    [verdict] = chains_to_a_public_ca(seen(ended(Outcome.TLS_ALERT, "tlsv1 unrecognized name")), ROOTS)

    assert verdict.status is Status.UNKNOWN
    assert verdict.blocked_by == "tls.protocol"
    assert "unrecognized name" in verdict.because


def test_a_doubt_of_the_verifier_is_unknown() -> None:
    [verdict] = chains_to_a_public_ca(replace(seen(served(A, *GOOD)), host="under_score.example.com"), ROOTS)

    assert verdict.status is Status.FAIL
    named = leaf(CA, "under_score.example.com")
    [verdict] = chains_to_a_public_ca(replace(seen(served(A, named, CA)), host="under_score.example.com"), ROOTS)

    assert verdict.status is Status.UNKNOWN
    assert "invalid domain name" in verdict.because


def protocol(go: Handshake, everything: Handshake | None = None) -> tuple[Status, Severity, str | None]:
    [verdict] = speaks_what_clients_offer(seen(ServedAddress(A, everything or served(A, *GOOD).permissive, go)))
    return verdict.status, verdict.severity, verdict.cause.id if verdict.cause else verdict.blocked_by


SHAKEN = served(A, *GOOD).go
ALERT = Handshake(A, 443, HOST, Outcome.TLS_ALERT, "handshake failure")


def test_modern_suites_pass() -> None:
    twelve = replace(SHAKEN, version="TLSv1.2", cipher="ECDHE-ECDSA-CHACHA20-POLY1305")

    assert protocol(SHAKEN) == (Status.PASS, Severity.ERROR, None)
    assert protocol(twelve) == (Status.PASS, Severity.ERROR, None)


def test_a_suite_that_docker_leaves_out_is_a_warning() -> None:
    old = replace(SHAKEN, version="TLSv1.2", cipher="ECDHE-RSA-AES128-SHA")

    assert protocol(old) == (Status.FAIL, Severity.WARNING, "tls.cipher-gap")


def test_no_common_suite_is_an_error() -> None:
    exchange = replace(SHAKEN, version="TLSv1.2", cipher="AES128-GCM-SHA256")

    assert protocol(ALERT, exchange) == (Status.FAIL, Severity.ERROR, "tls.cipher-gap")
    assert protocol(replace(ALERT, outcome=Outcome.RESET), exchange)[2] == "tls.cipher-gap"


def test_an_old_version_is_named() -> None:
    [verdict] = speaks_what_clients_offer(
        seen(ServedAddress(A, replace(SHAKEN, version="TLSv1.1", cipher="ECDHE-RSA-AES128-SHA"), ALERT))
    )

    assert verdict.cause is not None and verdict.cause.id == "tls.version-too-old"
    assert "TLSv1.1" in verdict.because
    assert verdict.fix is not None and "TLS 1.2" in verdict.fix.summary


def test_a_demanded_client_certificate_fails() -> None:
    demanded = replace(ALERT, client_certificate_demanded=True, chain=pems(*GOOD))

    assert protocol(demanded) == (Status.FAIL, Severity.ERROR, "tls.client-certificate-required")


def test_http_2_in_name_only_is_a_warning() -> None:
    false = replace(SHAKEN, detail="the server chose HTTP/2 (ALPN h2) and does not speak it")

    assert protocol(false) == (Status.FAIL, Severity.WARNING, "tls.http2-not-spoken")


def test_an_alert_whatever_is_offered_fails() -> None:
    assert protocol(ALERT, ALERT) == (Status.FAIL, Severity.ERROR, "tls.handshake-refused")


def test_one_answer_of_two_is_unknown() -> None:
    silent = replace(ALERT, outcome=Outcome.NO_ANSWER)

    assert protocol(silent) == (Status.UNKNOWN, Severity.ERROR, "registry.api-v2")


def test_weeks_of_validity_pass_and_days_warn() -> None:
    [well] = is_not_about_to_expire(seen(served(A, *GOOD)), ROOTS)
    [soon] = is_not_about_to_expire(seen(served(A, leaf(CA, ends=NOW + 9 * DAY), CA)), ROOTS)

    assert well.status is Status.PASS
    assert "80 days" in well.because
    assert (soon.status, soon.severity) == (Status.FAIL, Severity.WARNING)
    assert "in 9 days" in soon.because
    assert soon.fix is not None and f"CN={HOST}" in soon.fix.summary


def test_an_intermediate_that_ends_first_is_named() -> None:
    ending = authority("Example Trust CA X", ROOT, ends=NOW + 5 * DAY)
    [verdict] = is_not_about_to_expire(seen(served(A, leaf(ending), ending)), ROOTS)

    assert "CN=Example Trust CA X" in verdict.because


def test_what_has_expired_is_explained_by_the_chain() -> None:
    [verdict] = is_not_about_to_expire(seen(served(A, leaf(CA, ends=NOW - DAY), CA)), ROOTS)

    assert verdict.explained_by == "tls.public-ca"
    assert "already" in verdict.because


def test_no_certificate_has_no_last_day() -> None:
    [verdict] = is_not_about_to_expire(seen(ended(Outcome.TLS_ALERT)), ROOTS)

    assert verdict.status is Status.UNKNOWN
    assert verdict.blocked_by == "tls.public-ca"


def test_every_page_is_whole_and_every_cause_has_one_check() -> None:
    headings = ("What:", "Why:", "Passes:", "Fails:", "Not verified when:", "Fix:", "Source:")
    causes = [cause.id for check in CHECKS for cause in check.causes]

    assert all(f"\n{heading}" in f"\n{check.page}" for check in CHECKS for heading in headings)
    assert len(causes) == len(set(causes))

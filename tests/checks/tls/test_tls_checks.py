"""What the checks of the TLS family say about one address, and about several that differ."""

from dataclasses import replace

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import TypeAdapter

from certificates import DAY, HOST, NOW, Issued, authority, leaf
from pullcheck.evidence.tls import LocalTrust, PublicRoots, ServedAddress, ServedChains, ServedElsewhere
from pullcheck.missing import NotApplicable, Unavailable
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
NOWHERE = NotApplicable("every request of the pull goes to the registry itself")
UNTRUSTED = LocalTrust()


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
    layers = replace(seen(served(A, *GOOD)), role="redirect target", unnamed=ALERT, untried=(B,), forced=True)
    silent = Unavailable("no address spoke TLS", "look again", "image.layers-present", "layers.example.com:443")
    for value in (
        layers,
        ROOTS,
        ServedElsewhere((layers,), (silent,), "outside", silent),
        LocalTrust("", "store", "PROXY"),
    ):
        adapter = TypeAdapter(type(value))

        assert adapter.validate_json(adapter.dump_json(value)) == value


def test_a_public_chain_passes_and_shows_the_path() -> None:
    [verdict] = chains_to_a_public_ca(seen(served(A, *GOOD), served(B, *GOOD)), NOWHERE, ROOTS, UNTRUSTED)

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
    [verdict] = chains_to_a_public_ca(seen(ServedAddress(A, whole, whole)), NOWHERE, roots, UNTRUSTED)
    alone = replace(whole, chain=chain[:1])
    [without] = chains_to_a_public_ca(seen(ServedAddress(A, alone, alone)), NOWHERE, roots, UNTRUSTED)

    assert verdict.status is Status.PASS
    assert without.cause is not None and without.cause.id == "tls.missing-intermediate"


def test_a_missing_intermediate_fails_and_says_what_to_serve() -> None:
    [verdict] = chains_to_a_public_ca(seen(served(A, GOOD[0])), NOWHERE, ROOTS, UNTRUSTED)

    assert verdict.status is Status.FAIL
    assert verdict.cause is not None and verdict.cause.id == "tls.missing-intermediate"
    assert verdict.fix is not None and "cat domain.crt intermediate.pem" in verdict.fix.summary
    assert "CN=Example Trust CA 1" in verdict.fix.summary


def test_a_strict_client_alone_is_a_warning() -> None:
    odd = leaf(CA, without=x509.AuthorityKeyIdentifier)
    [verdict] = chains_to_a_public_ca(seen(served(A, odd, CA)), NOWHERE, ROOTS, UNTRUSTED)

    assert (verdict.status, verdict.severity) == (Status.FAIL, Severity.WARNING)


def test_two_good_addresses_that_differ_have_a_finding_each() -> None:
    verdicts = list(
        chains_to_a_public_ca(
            seen(served(A, *GOOD), served(B, leaf(CA, ends=NOW + 9 * DAY), CA)), NOWHERE, ROOTS, UNTRUSTED
        )
    )

    assert [verdict.subject for verdict in verdicts] == [f"{HOST}:443 ({A})", f"{HOST}:443 ({B})"]
    assert {verdict.status for verdict in verdicts} == {Status.PASS}


@pytest.mark.parametrize("first", ["good", "bad"])
def test_an_address_with_two_chains_is_as_bad_as_the_worse(first: str) -> None:
    chains = {"good": served(A, *GOOD).go, "bad": served(A, leaf(CA, ends=NOW - DAY), CA).go}
    second = "bad" if first == "good" else "good"
    address = ServedAddress(A, chains[first], chains[second])
    [verdict] = chains_to_a_public_ca(seen(address), NOWHERE, ROOTS, UNTRUSTED)

    assert verdict.cause is not None and verdict.cause.id == "tls.nodes-differ"
    assert "expired at 2026-05-31" in verdict.because


def test_a_chain_for_older_clients_alone_says_nothing_about_go() -> None:
    old = replace(served(A, leaf(CA, ends=NOW - DAY), CA).go, version="TLSv1.2", cipher="AES128-SHA")
    [verdict] = chains_to_a_public_ca(seen(ServedAddress(A, old, served(A, *GOOD).go)), NOWHERE, ROOTS, UNTRUSTED)

    assert verdict.status is Status.PASS


def test_a_bad_address_among_good_ones_is_named_with_what_is_wrong_there() -> None:
    good, bad = chains_to_a_public_ca(
        seen(served(A, *GOOD), served(B, leaf(CA, ends=NOW - DAY), CA)), NOWHERE, ROOTS, UNTRUSTED
    )

    assert good.status is Status.PASS
    assert bad.subject == f"{HOST}:443 ({B})"
    assert bad.cause is not None and bad.cause.id == "tls.nodes-differ"
    assert "expired at 2026-05-31" in bad.because
    assert A in bad.because
    assert bad.severity is Severity.ERROR


def test_two_bad_addresses_keep_their_own_causes() -> None:
    expired, alone = served(A, leaf(CA, ends=NOW - DAY), CA), served(B, GOOD[0])
    causes = [
        verdict.cause and verdict.cause.id
        for verdict in chains_to_a_public_ca(seen(expired, alone), NOWHERE, ROOTS, UNTRUSTED)
    ]

    assert causes == ["tls.expired", "tls.missing-intermediate"]


def test_an_address_that_refused_is_unknown_beside_the_good_one() -> None:
    _, verdict = chains_to_a_public_ca(seen(served(B, *GOOD), ended(Outcome.REFUSED)), NOWHERE, ROOTS, UNTRUSTED)

    assert verdict.status is Status.UNKNOWN
    assert verdict.blocked_by == "registry.api-v2"


def test_no_certificate_after_an_alert_waits_for_the_protocol() -> None:
    [verdict] = chains_to_a_public_ca(
        seen(ended(Outcome.TLS_ALERT, "tlsv1 unrecognized name")), NOWHERE, ROOTS, UNTRUSTED
    )

    assert verdict.status is Status.UNKNOWN
    assert verdict.blocked_by == "tls.protocol"
    assert "unrecognized name" in verdict.because


def test_a_doubt_of_the_verifier_is_unknown() -> None:
    weak = authority("Example Trust Root W", key=rsa.generate_private_key(65537, 1024))
    [verdict] = chains_to_a_public_ca(seen(served(A, leaf(weak))), NOWHERE, PublicRoots("lab", weak.pem), UNTRUSTED)

    assert verdict.status is Status.UNKNOWN
    assert "RSA key is too weak" in verdict.because


LAYERS = "layers.example.com"
LAYERS_GOOD = (leaf(CA, LAYERS), CA)
CORPORATE = authority("Corporate Root", organization="Corporate")
ZSCALER = authority("Zscaler Root CA", organization="Zscaler Inc.")


def elsewhere(*chain: Issued, role: str = "redirect target", vantage: str = "outside") -> ServedElsewhere:
    """One other host that serves this."""
    shown = replace(seen(served(B, *chain)), host=LAYERS, role=role, vantage=vantage)
    return ServedElsewhere((shown,), (), vantage)


def test_every_host_has_a_verdict_of_each_check() -> None:
    other = elsewhere(*LAYERS_GOOD)
    own = seen(served(A, *GOOD))
    for found in (
        chains_to_a_public_ca(own, other, ROOTS, UNTRUSTED),
        speaks_what_clients_offer(own, other),
        is_not_about_to_expire(own, other, ROOTS),
    ):
        verdicts = list(found)

        assert [one.subject for one in verdicts] == [f"{HOST}:443", f"{LAYERS}:443 (redirect target)"]
        assert {one.status for one in verdicts} == {Status.PASS}


def test_addresses_of_another_host_that_differ_name_its_role() -> None:
    shown = replace(elsewhere(*LAYERS_GOOD).hosts[0], addresses=(served(A, *LAYERS_GOOD), ended(Outcome.RESET)))
    verdicts = list(speaks_what_clients_offer(seen(served(A, *GOOD)), ServedElsewhere((shown,), (), "outside")))

    assert verdicts[1].subject == f"{LAYERS}:443 (redirect target, {A})"
    assert verdicts[2].status is Status.UNKNOWN


def test_a_host_that_nothing_was_seen_of_is_unknown() -> None:
    silent = Unavailable("no address spoke TLS", "look again", "auth.token-realm", "auth.example.com:443 (token realm)")
    found = ServedElsewhere((), (silent,), "outside")
    _, verdict = chains_to_a_public_ca(seen(served(A, *GOOD)), found, ROOTS, UNTRUSTED)

    assert (verdict.status, verdict.blocked_by) == (Status.UNKNOWN, "auth.token-realm")
    assert verdict.subject == "auth.example.com:443 (token realm)"


def test_where_the_layers_come_from_may_not_be_known() -> None:
    lost = Unavailable("where the layers come from was not seen", "mend it", "auth.credentials-accepted")
    own, told = seen(served(A, *GOOD)), "where the layers come from was not seen; mend it"
    alone = list(chains_to_a_public_ca(own, lost, ROOTS, UNTRUSTED))
    beside = list(chains_to_a_public_ca(own, replace(elsewhere(*LAYERS_GOOD), unseen=lost), ROOTS, UNTRUSTED))

    assert [one.status for one in alone] == [Status.PASS, Status.UNKNOWN]
    assert [one.status for one in beside] == [Status.PASS, Status.PASS, Status.UNKNOWN]
    for one in (alone[-1], beside[-1]):
        assert (one.subject, one.because) == ("hosts of the layers", told)
        assert one.blocked_by == "auth.credentials-accepted"
    expired = chains_to_a_public_ca(seen(served(A, leaf(CA, ends=NOW - DAY), CA)), lost, ROOTS, UNTRUSTED)

    assert [one.status for one in expired] == [Status.FAIL]

    for verdicts in (speaks_what_clients_offer(own, lost), is_not_about_to_expire(own, lost, ROOTS)):
        assert [one.status for one in verdicts] == [Status.PASS]


def test_a_private_certificate_of_the_layers_host_has_its_own_remedy() -> None:
    private = elsewhere(leaf(CORPORATE, LAYERS), CORPORATE)
    _, verdict = chains_to_a_public_ca(seen(served(A, *GOOD)), private, ROOTS, UNTRUSTED)
    tokens = elsewhere(leaf(CORPORATE, LAYERS), CORPORATE, role="token realm")
    _, other = chains_to_a_public_ca(seen(served(A, *GOOD)), tokens, ROOTS, UNTRUSTED)

    assert verdict.cause is not None and verdict.cause.id == "tls.blob-host-certificate"
    assert verdict.fix is not None and "storage.redirect.disable" in verdict.fix.summary
    assert other.cause is not None and other.cause.id == "tls.private-ca"


def test_a_pass_says_how_many_addresses_were_tried() -> None:
    [verdict] = chains_to_a_public_ca(replace(seen(served(A, *GOOD)), untried=(B,)), NOWHERE, ROOTS, UNTRUSTED)

    assert verdict.because.endswith("1 of 2 addresses were tried")


def test_the_default_certificate_is_remarked_beside_the_mismatch() -> None:
    wrong = served(A, leaf(CA, "www.example.org"), CA)
    shown = replace(seen(wrong), unnamed=replace(wrong.permissive, server_name=""))
    both = list(chains_to_a_public_ca(shown, NOWHERE, ROOTS, UNTRUSTED))
    other = replace(shown, unnamed=served(A, *GOOD).permissive)
    alone = list(chains_to_a_public_ca(other, NOWHERE, ROOTS, UNTRUSTED))

    assert [(one.severity, one.cause and one.cause.id) for one in both] == [
        (Severity.ERROR, "tls.name-mismatch"),
        (Severity.WARNING, "tls.sni-default-certificate"),
    ]
    assert [one.cause and one.cause.id for one in alone] == ["tls.name-mismatch"]


def private(by: Issued, trust: LocalTrust, vantage: str = "outside", name: str = HOST) -> tuple[Status, str | None]:
    shown = replace(seen(served(A, leaf(by, name), by)), vantage=vantage)
    verdict, *_ = chains_to_a_public_ca(shown, NOWHERE, ROOTS, trust)
    return verdict.status, verdict.cause.id if verdict.cause else None


OWN_STORE = LocalTrust(CORPORATE.pem, "/etc/ssl/certs/ca-certificates.crt")


def test_an_inspecting_product_is_a_doubt_outside_and_a_fault_inside() -> None:
    assert private(ZSCALER, UNTRUSTED) == (Status.UNKNOWN, "tls.interception")
    assert private(ZSCALER, UNTRUSTED, "inside") == (Status.FAIL, "tls.interception")
    assert private(ZSCALER, UNTRUSTED, name="www.example.org")[0] is Status.FAIL


def test_a_private_ca_that_this_machine_trusts_is_private_unless_a_proxy_may_have_made_it() -> None:
    with_proxy = replace(OWN_STORE, proxy="HTTPS_PROXY")

    assert private(CORPORATE, UNTRUSTED) == (Status.FAIL, "tls.private-ca")
    assert private(CORPORATE, OWN_STORE) == (Status.FAIL, "tls.private-ca")
    assert private(CORPORATE, LocalTrust(proxy="HTTPS_PROXY")) == (Status.FAIL, "tls.private-ca")
    assert private(CORPORATE, with_proxy) == (Status.UNKNOWN, "tls.interception")
    assert private(CORPORATE, with_proxy, "inside") == (Status.FAIL, "tls.private-ca")


def test_what_this_machine_trusts_makes_no_pass_and_no_failure() -> None:
    anybody = LocalTrust(ROOT.pem, "store", "HTTPS_PROXY")
    [verdict] = chains_to_a_public_ca(seen(served(A, *GOOD)), NOWHERE, ROOTS, anybody)
    [expired] = chains_to_a_public_ca(seen(served(A, leaf(CA, ends=NOW - DAY), CA)), NOWHERE, ROOTS, anybody)

    assert verdict.status is Status.PASS
    assert expired.cause is not None and expired.cause.id == "tls.expired"


def protocol(
    go: Handshake, everything: Handshake | None = None, docker: Handshake | None = None
) -> tuple[Status, Severity, str | None]:
    shown = seen(ServedAddress(A, everything or served(A, *GOOD).permissive, go, docker))
    [verdict] = speaks_what_clients_offer(shown, NOWHERE)
    return verdict.status, verdict.severity, verdict.cause.id if verdict.cause else verdict.blocked_by


SHAKEN = served(A, *GOOD).go
ALERT = Handshake(A, 443, HOST, Outcome.TLS_ALERT, "handshake failure")


def test_modern_suites_pass() -> None:
    twelve = replace(SHAKEN, version="TLSv1.2", cipher="ECDHE-ECDSA-CHACHA20-POLY1305")

    assert protocol(SHAKEN) == (Status.PASS, Severity.ERROR, None)
    assert protocol(twelve) == (Status.PASS, Severity.ERROR, None)


OLD = replace(SHAKEN, version="TLSv1.2", cipher="ECDHE-RSA-AES128-SHA")


def test_a_suite_that_docker_leaves_out_is_a_warning_where_there_is_no_other() -> None:
    assert protocol(OLD, docker=ALERT) == (Status.FAIL, Severity.WARNING, "tls.cipher-gap")


def test_a_suite_that_docker_leaves_out_is_well_where_there_is_another() -> None:
    other = replace(OLD, cipher="ECDHE-RSA-AES128-GCM-SHA256")

    assert protocol(OLD, docker=other)[0] is Status.PASS


def test_whether_there_is_another_suite_may_stay_open() -> None:
    silent = replace(ALERT, outcome=Outcome.NO_ANSWER)

    assert protocol(OLD, docker=silent)[::2] == (Status.UNKNOWN, "tls.cipher-gap")
    assert protocol(OLD)[::2] == (Status.UNKNOWN, "tls.cipher-gap")


def test_a_group_that_go_lacks_is_open() -> None:
    assert protocol(replace(SHAKEN, group="X448"))[::2] == (Status.UNKNOWN, "tls.cipher-gap")
    assert protocol(replace(SHAKEN, group="P-521"))[0] is Status.PASS


def test_a_slow_handshake_is_measured_by_dockers_patience() -> None:
    silent = replace(ALERT, outcome=Outcome.NO_ANSWER)

    assert protocol(replace(SHAKEN, seconds=0.2))[0] is Status.PASS
    assert protocol(replace(SHAKEN, seconds=6.0)) == (Status.FAIL, Severity.WARNING, "tls.handshake-slow")
    assert protocol(replace(SHAKEN, seconds=12.0)) == (Status.FAIL, Severity.ERROR, "tls.handshake-slow")
    assert protocol(replace(silent, seconds=9.98)) == (Status.FAIL, Severity.ERROR, "tls.handshake-slow")
    assert protocol(replace(silent, seconds=2.0))[::2] == (Status.UNKNOWN, "tls.handshake-slow")


def test_certificates_that_are_too_many_to_be_read_are_a_warning_and_leave_the_chain_open() -> None:
    whole = ended(Outcome.TLS_ALERT, "excessive message size")
    [protocol_] = speaks_what_clients_offer(seen(whole), NOWHERE)
    warning, chain = chains_to_a_public_ca(seen(whole), NOWHERE, ROOTS, UNTRUSTED)

    assert (protocol_.status, protocol_.blocked_by) == (Status.UNKNOWN, "tls.public-ca")
    assert (warning.severity, warning.cause and warning.cause.id) == (Severity.WARNING, "tls.certificate-too-large")
    assert chain.status is Status.UNKNOWN


def test_no_common_suite_is_an_error() -> None:
    exchange = replace(SHAKEN, version="TLSv1.2", cipher="AES128-GCM-SHA256")

    assert protocol(ALERT, exchange) == (Status.FAIL, Severity.ERROR, "tls.cipher-gap")
    assert protocol(replace(ALERT, outcome=Outcome.RESET), exchange)[2] == "tls.cipher-gap"


def test_an_old_version_is_named() -> None:
    [verdict] = speaks_what_clients_offer(
        seen(ServedAddress(A, replace(SHAKEN, version="TLSv1.1", cipher="ECDHE-RSA-AES128-SHA"), ALERT)), NOWHERE
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


def test_an_alert_for_want_of_anything_shared_names_what_was_offered() -> None:
    unnamed = replace(ALERT, detail="tlsv1 unrecognized name")
    [nothing] = speaks_what_clients_offer(seen(ServedAddress(A, ALERT, ALERT)), NOWHERE)
    [other] = speaks_what_clients_offer(seen(ServedAddress(A, unnamed, unnamed)), NOWHERE)

    assert "e.g. secp256k1" in nothing.because
    assert nothing.fix is not None and "X25519 or P-256" in nothing.fix.summary
    assert "secp256k1" not in other.because


def test_one_answer_of_two_is_unknown() -> None:
    silent = replace(ALERT, outcome=Outcome.NO_ANSWER)

    assert protocol(silent) == (Status.UNKNOWN, Severity.ERROR, "registry.api-v2")


def test_weeks_of_validity_pass_and_days_warn() -> None:
    [well] = is_not_about_to_expire(seen(served(A, *GOOD)), NOWHERE, ROOTS)
    [soon] = is_not_about_to_expire(seen(served(A, leaf(CA, ends=NOW + 9 * DAY), CA)), NOWHERE, ROOTS)

    assert well.status is Status.PASS
    assert "80 days" in well.because
    assert (soon.status, soon.severity) == (Status.FAIL, Severity.WARNING)
    assert "in 9 days" in soon.because
    assert soon.fix is not None and f"CN={HOST}" in soon.fix.summary


def test_an_intermediate_that_ends_first_is_named() -> None:
    ending = authority("Example Trust CA X", ROOT, ends=NOW + 5 * DAY)
    [verdict] = is_not_about_to_expire(seen(served(A, leaf(ending), ending)), NOWHERE, ROOTS)

    assert "CN=Example Trust CA X" in verdict.because


def test_what_has_expired_is_told_once() -> None:
    [verdict] = is_not_about_to_expire(seen(served(A, leaf(CA, ends=NOW - DAY), CA)), NOWHERE, ROOTS)

    assert verdict.status is Status.NOT_APPLICABLE
    assert "expired at" in verdict.because
    assert "tls.public-ca tells of it" in verdict.because


def test_no_certificate_has_no_last_day() -> None:
    [verdict] = is_not_about_to_expire(seen(ended(Outcome.TLS_ALERT)), NOWHERE, ROOTS)

    assert verdict.status is Status.UNKNOWN
    assert verdict.blocked_by == "tls.public-ca"


def test_every_page_is_whole_and_every_cause_has_one_check() -> None:
    headings = ("What:", "Why:", "Passes:", "Fails:", "Not verified when:", "Fix:", "Source:")
    causes = [cause.id for check in CHECKS for cause in check.causes]

    assert all(f"\n{heading}" in f"\n{check.page}" for check in CHECKS for heading in headings)
    assert len(causes) == len(set(causes))

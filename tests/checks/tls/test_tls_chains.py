"""Served chains and what becomes of them: one row a scenario, real certificates, no server."""

import warnings
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_network
from time import monotonic

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given
from hypothesis import strategies as st

from certificates import (
    DAY,
    HOST,
    NOW,
    Issued,
    altered,
    alternative_names,
    authority,
    issue,
    issuer_at,
    leaf,
    new_key,
    subject,
    usage,
)
from ocsp_answers import MUST_STAPLE
from pullcheck.certificates import covers
from pullcheck.evidence.tls import PublicRoots
from pullcheck.trust import verifies
from pullcheck_checks.tls import anchors
from pullcheck_checks.tls.judgement import judge

ROOT = authority()
CA = authority("Example Trust CA 1", ROOT)
UPPER = authority("Example Trust CA U", ROOT)
LOWER = authority("Example Trust CA L", UPPER)
CORPORATE = authority("Corp Root", organization="Corp")
CORPORATE_ISSUING = authority("Corp Issuing", CORPORATE, organization="Corp")
OLD_ROOT = authority("Old Root", organization="Old", begins=NOW - 5000 * DAY, ends=NOW - DAY)
CROSS = authority("Example Trust Root", OLD_ROOT, key=ROOT.key, ends=NOW - DAY)
RSA_KEY = rsa.generate_private_key(65537, 2048)
RSA_CA = authority("Example Trust RSA CA", ROOT, key=RSA_KEY)
CROSSED = authority("Example Trust CA X", UPPER)
CROSSED_OLD = authority("Example Trust CA X", ROOT, key=CROSSED.key, ends=NOW - DAY)
SERIAL = 0x7F1234567890ABCD
NO_USAGE = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.15"), b"\x03\x01\x00")
SHORT_ADDRESS = x509.UnrecognizedExtension(
    x509.ObjectIdentifier("2.5.29.17"), b"\x30\x1b\x82\x14registry.example.com\x87\x03\x01\x02\x03"
)
STRANGE_URI = x509.UnrecognizedExtension(
    x509.ObjectIdentifier("2.5.29.17"), b"\x30\x1a\x82\x14registry.example.com\x86\x02::"
)
NO_IDENTIFIER = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.35"), b"\x04\x00")
DEEP = leaf(LOWER)
UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.55555.1"), b"\x05\x00")
SERVER = "https://registry.example.com/"
DC = x509.Name([x509.NameAttribute(NameOID.DOMAIN_COMPONENT, "corp"), x509.NameAttribute(NameOID.COMMON_NAME, "CA")])


@dataclass(frozen=True)
class Scenario:
    """A chain, the host asked for, and the causes it must lead to; ``says`` is part of a because."""

    name: str
    chain: tuple[Issued, ...]
    causes: tuple[str, ...] = ()
    warning: bool = False
    says: str = ""
    fix: str = ""
    host: str = HOST
    at: datetime = NOW
    roots: tuple[Issued, ...] = field(default=(ROOT,))


def fails(name: str, cause: str, *chain: Issued, says: str = "", fix: str = "", host: str = HOST) -> Scenario:
    return Scenario(name, chain, (cause,), says=says, fix=fix, host=host)


def warns(name: str, *chain: Issued, says: str, cause: str = "tls.unusual-profile") -> Scenario:
    return Scenario(name, chain, (cause,), warning=True, says=says)


def big(bits: int) -> rsa.RSAPublicKey:
    return rsa.RSAPublicNumbers(65537, (1 << (bits - 1)) + 1).public_key()


def names(count: int) -> x509.SubjectAlternativeName:
    return alternative_names(HOST, *(f"host-{number:05}.some-department.example.com" for number in range(count)))


def constrained(name: str) -> Issued:
    limits = x509.NameConstraints([x509.DNSName(name)], None)
    return authority("Example Trust CA N", ROOT, extra=((limits, True),))


def constrained_directory() -> Issued:
    limits = x509.NameConstraints(None, [x509.DirectoryName(DC)])
    return authority("Example Trust CA D", ROOT, extra=((limits, True),))


def limited(permitted: str | None, excluded: str | None = None) -> Issued:
    trees = ([x509.DNSName(one)] if one else None for one in (permitted, excluded))
    return authority("Example Trust CA P", ROOT, extra=((x509.NameConstraints(*trees), True),))


PERMITS_ONE, EXCLUDES_ONE = limited(f"a.{HOST}"), limited(None, f"a.{HOST}")
PERMITS_ALL, EXCLUDES_DEEP = limited("example.com"), limited(None, f"b.a.{HOST}")
ITSELF = limited("example.com", None)
SELF_ISSUED = authority(
    "Example Trust CA P", ITSELF, extra=((x509.SubjectAlternativeName([x509.DNSName("ca.example.org")]), False),)
)
TEN_NET = authority(
    "Example Trust CA I", ROOT, extra=((x509.NameConstraints([x509.IPAddress(ip_network("10.0.0.0/8"))], None), True),)
)
NARROW, DIRECTORY = constrained("example.org"), constrained_directory()
DIRECTED = leaf(DIRECTORY)
SHORT = authority("Example Trust CA S", ROOT, path_length=0)
BELOW_SHORT = authority("Example Trust CA B", SHORT)
ACTIVE_DIRECTORY = Issued(
    (
        x509.CertificateBuilder(DC, DC, CORPORATE.key.public_key(), 1, NOW - DAY, NOW + DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(CORPORATE.key, hashes.SHA256())
    ),
    CORPORATE.key,
)
YOUNG = authority("Example Trust Root Y", begins=NOW - 720 * DAY)
YOUNG_CROSS = authority("Example Trust Root Y", ROOT, key=YOUNG.key, begins=NOW - 720 * DAY)
BELOW_YOUNG = leaf(YOUNG)
OLD_ENOUGH = authority("Example Trust Root Y", key=YOUNG.key)
TWO_YEARS = authority("Example Trust Root T", begins=NOW - 730 * DAY)
UNDERSCORE = "my_registry.example.com"
FOR_SERVERS, FOR_CLIENTS = (
    authority(f"Example Trust CA {name}", ROOT, extra=((x509.ExtendedKeyUsage([kind]), False),))
    for name, kind in (("TLS", ExtendedKeyUsageOID.SERVER_AUTH), ("C", ExtendedKeyUsageOID.CLIENT_AUTH))
)
POLICY, ANY_POLICY = (
    x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(oid), None)])
    for oid in ("2.23.140.1.2.1", "2.5.29.32.0")
)
POLICY_TWICE = x509.CertificatePolicies([*POLICY, *POLICY])
WANTS_POLICIES = authority(
    "Example Trust CA W", ROOT, extra=((x509.PolicyConstraints(0, None), True), (ANY_POLICY, False))
)
MAPPING = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.33"), b"\x30\x00")
MAPS_POLICIES = authority(
    "Example Trust CA M", ROOT, extra=((x509.PolicyConstraints(0, None), True), (ANY_POLICY, False), (MAPPING, False))
)
CRITICAL_POLICIES = authority("Example Trust CA K", ROOT, extra=((ANY_POLICY, True), (x509.InhibitAnyPolicy(3), True)))
DOTTED = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.30"), b"\x30\x12\xa0\x10\x30\x0e\x82\x0cexample.com.")
DOTTED_LIMIT = authority("Example Trust CA P", ROOT, key=PERMITS_ALL.key, extra=((DOTTED, True),))
NOT_A_CA = leaf(CA, "www.example.com")
BARE, SILENT = (
    issue(
        ROOT,
        subject(f"Example Trust CA {name}", "Example Trust"),
        extensions=((x509.BasicConstraints(True, None), True), *more),
        key=None,
        begins=NOW - 1000 * DAY,
        ends=NOW + 3000 * DAY,
    )
    for name, more in (("B0", ()), ("B1", ((NO_USAGE, True),)))
)
EXPIRED_CA = authority("Example Trust CA E", ROOT, ends=NOW - 2 * DAY)
IMPOSTOR = authority("Example Trust CA 1", ROOT)
NO_ORGANIZATION = authority("Lab", organization=None)
NO_ORGANIZATION_CA = authority("Lab issuing", NO_ORGANIZATION, organization=None)
STRANGER = authority("Stranger", organization=None)
SHA1 = altered(leaf(RSA_CA), RSA_CA, b"\x86\xf7\x0d\x01\x01\x0b", b"\x86\xf7\x0d\x01\x01\x05", hashes.SHA1())
NEGATIVE = altered(leaf(CA, serial=SERIAL), CA, SERIAL.to_bytes(8), b"\xff" + SERIAL.to_bytes(8)[1:], hashes.SHA256())
ZERO = altered(leaf(CA, serial=0x11), CA, b"\x02\x01\x11\x30", b"\x02\x01\x00\x30", hashes.SHA256())

SCENARIOS = (
    Scenario("leaf and intermediate", (leaf(CA), CA)),
    Scenario("root served too", (leaf(CA), CA, ROOT)),
    Scenario("two intermediates out of order", (leaf(LOWER), UPPER, LOWER)),
    Scenario("wildcard", (leaf(CA, "*.example.com"), CA)),
    Scenario("upper case name", (leaf(CA, "REGISTRY.EXAMPLE.COM"), CA)),
    Scenario("address with address name", (leaf(CA, "10.0.10.20"), CA), host="10.0.10.20"),
    Scenario("IPv6 address in brackets", (leaf(CA, "fd00::1"), CA), host="[fd00::1]"),
    Scenario("trailing dot in the host", (leaf(CA), CA), host=f"{HOST}."),
    Scenario("RSA 3072", (leaf(CA, key=rsa.generate_private_key(65537, 3072)), CA)),
    Scenario("P-521", (leaf(CA, key=ec.generate_private_key(ec.SECP521R1())), CA)),
    Scenario("RSA-PSS signature", (leaf(RSA_CA, pss=True), RSA_CA)),
    Scenario("no subject key identifier", (leaf(CA, without=x509.SubjectKeyIdentifier), CA)),
    Scenario("unknown extension, not critical", (leaf(CA, extra=((UNKNOWN, False),)), CA)),
    Scenario("superfluous stranger served", (leaf(CA), CA, CORPORATE)),
    Scenario("a staple is demanded", (leaf(CA, extra=((MUST_STAPLE, False),)), CA)),
    Scenario("young root, and its cross-sign by an old one", (BELOW_YOUNG, YOUNG_CROSS), roots=(YOUNG, ROOT)),
    Scenario(
        "young root alone",
        (BELOW_YOUNG,),
        ("tls.new-root-not-trusted",),
        warning=True,
        says="of 2024-06-11: an older bundle lacks it",
        fix="cross-sign",
        roots=(YOUNG, ROOT),
    ),
    Scenario("root of two years", (leaf(TWO_YEARS),), roots=(TWO_YEARS,)),
    fails("no intermediate", "tls.missing-intermediate", leaf(CA), says="CN=Example Trust CA 1", fix="cat domain.crt"),
    fails(
        "no intermediate, its address known",
        "tls.missing-intermediate",
        leaf(CORPORATE_ISSUING, extra=((issuer_at("http://pki.example.net/i.crt"), False),)),
        fix="http://pki.example.net/i.crt",
    ),
    fails("one of two missing", "tls.missing-intermediate", leaf(LOWER), LOWER, says="CN=Example Trust CA U"),
    Scenario(
        "no intermediate, no organisations",
        (leaf(NO_ORGANIZATION_CA),),
        ("tls.missing-intermediate",),
        roots=(NO_ORGANIZATION,),
    ),
    fails("another key of the same name", "tls.wrong-intermediate", leaf(CA), IMPOSTOR, says="did not sign"),
    fails("self-signed", "tls.self-signed", leaf(None), says="signed itself", fix="public CA"),
    fails("private CA, root served", "tls.private-ca", leaf(CORPORATE_ISSUING), CORPORATE_ISSUING, CORPORATE),
    fails(
        "private CA, root not served", "tls.private-ca", leaf(CORPORATE_ISSUING), CORPORATE_ISSUING, says="Corp Root"
    ),
    fails("private root, leaf alone", "tls.private-ca", leaf(CORPORATE), says="O=Corp", fix="public CA"),
    fails("private issuing CA, leaf alone", "tls.private-ca", leaf(CORPORATE_ISSUING), says="neither served nor in"),
    fails("private CA without organisation", "tls.private-ca", leaf(STRANGER), says="CN=Stranger"),
    fails(
        "private CA with an inner address",
        "tls.private-ca",
        leaf(STRANGER, extra=((issuer_at("http://pki.corp.internal/i.crt"), False),)),
    ),
    fails(
        "Active Directory",
        "tls.private-ca",
        leaf(ACTIVE_DIRECTORY, extra=((issuer_at("http://pki.example.net/i.crt"), False),)),
    ),
    fails("expired", "tls.expired", leaf(CA, ends=NOW - DAY), CA, says="2026-05-31", fix="renew"),
    fails("expired intermediate", "tls.expired", leaf(EXPIRED_CA), EXPIRED_CA, says="CN=Example Trust CA E"),
    fails("not valid yet", "tls.not-yet-valid", leaf(CA, begins=NOW + DAY), CA, says="not valid before 2026-06-02"),
    fails("other host", "tls.name-mismatch", leaf(CA, "www.example.com"), CA, says="DNS:www.example.com", fix=HOST),
    fails(
        "other host, expired cross-sign",
        "tls.name-mismatch",
        leaf(CROSSED, "www.example.com"),
        CROSSED_OLD,
        CROSSED,
        UPPER,
    ),
    fails("wildcard for the bare name", "tls.name-mismatch", leaf(CA, "*.example.com"), CA, host="example.com"),
    fails("wildcard for two labels", "tls.name-mismatch", leaf(CA, "*.example.com"), CA, host="a.b.example.com"),
    fails("wildcard in a label", "tls.name-mismatch", leaf(CA, "reg*.example.com"), CA, says="DNS:reg*"),
    fails("other host, underscore", "tls.name-mismatch", leaf(CA), CA, host=UNDERSCORE),
    fails("underscore, no path", "tls.missing-intermediate", leaf(CA, UNDERSCORE), host=UNDERSCORE),
    fails(
        "underscore, below a CA for clients",
        "tls.wrong-usage",
        leaf(FOR_CLIENTS, UNDERSCORE),
        FOR_CLIENTS,
        host=UNDERSCORE,
    ),
    fails("no DNS name among the names", "tls.name-mismatch", leaf(CA, SERVER), CA, says=SERVER),
    fails("common name only", "tls.cn-only", leaf(CA, without=x509.SubjectAlternativeName), CA, says=HOST),
    fails("address without address name", "tls.ip-literal", leaf(CA), CA, host="10.0.10.20", says=f"DNS:{HOST}"),
    fails(
        "address as DNS name",
        "tls.ip-literal",
        leaf(CA, replaced=(x509.SubjectAlternativeName([x509.DNSName("10.0.10.20")]),)),
        CA,
        host="10.0.10.20",
        says="DNS:10.0.10.20",
    ),
    fails("issuer is no CA", "tls.issuer-may-not-sign", leaf(NOT_A_CA), NOT_A_CA, CA, says="not a CA certificate"),
    fails("path too long", "tls.issuer-may-not-sign", leaf(BELOW_SHORT), BELOW_SHORT, SHORT, says="allows 0"),
    fails("name constraint", "tls.name-constraint", leaf(NARROW), NARROW),
    fails(
        "a wildcard wider than the one name that is permitted",
        "tls.name-constraint",
        leaf(PERMITS_ONE, f"*.{HOST}"),
        PERMITS_ONE,
        host=f"a.{HOST}",
    ),
    fails(
        "a wildcard that covers an excluded name",
        "tls.name-constraint",
        leaf(EXCLUDES_ONE, f"*.{HOST}"),
        EXCLUDES_ONE,
        host=f"a.{HOST}",
    ),
    fails(
        "a CA that signed its next key with a name it does not permit",
        "tls.name-constraint",
        leaf(SELF_ISSUED),
        SELF_ISSUED,
        ITSELF,
        says="ca.example.org",
    ),
    fails("an address outside what is permitted", "tls.name-constraint", leaf(TEN_NET, HOST, "192.0.2.1"), TEN_NET),
    Scenario("name and address within what is permitted", (leaf(TEN_NET, HOST, "10.1.2.3"), TEN_NET)),
    Scenario("name within what is permitted", (leaf(PERMITS_ALL, f"*.{HOST}", HOST), PERMITS_ALL)),
    Scenario("a wildcard one label above what is excluded", (leaf(EXCLUDES_DEEP, f"*.{HOST}", HOST), EXCLUDES_DEEP)),
    fails("directory name constraint", "tls.name-constraint", leaf(DIRECTORY), DIRECTORY, says="cannot handle"),
    fails(
        "usage for clients only",
        "tls.wrong-usage",
        leaf(CA, replaced=(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]),)),
        CA,
    ),
    fails(
        "secp256k1",
        "tls.weak-key-or-signature",
        leaf(CA, key=ec.generate_private_key(ec.SECP256K1())),
        CA,
        says="secp256k1",
    ),
    fails(
        "P-192",
        "tls.weak-key-or-signature",
        leaf(CA, key=ec.generate_private_key(ec.SECP192R1())),
        CA,
        says="secp192r1",
    ),
    fails("RSA 8200", "tls.weak-key-or-signature", leaf(CA, public_key=big(8200)), CA, says="8200 bits"),
    fails("RSA 1000", "tls.weak-key-or-signature", leaf(CA, public_key=big(1000)), CA, says="1000 bits"),
    fails("SHA-1 signature", "tls.weak-key-or-signature", SHA1, RSA_CA, says="sha1"),
    fails(
        "unknown critical extension",
        "tls.unknown-critical-extension",
        leaf(CA, extra=((UNKNOWN, True),)),
        CA,
        says="55555",
    ),
    fails(
        "critical AIA", "tls.malformed-certificate", leaf(CA, extra=((issuer_at("http://a.example.net"), True),)), CA
    ),
    fails("negative serial number", "tls.malformed-certificate", NEGATIVE, CA, says="negative serial number"),
    fails(
        "negative serial number of one that nobody needs",
        "tls.malformed-certificate",
        leaf(CA),
        CA,
        NEGATIVE,
        says="which is served too",
        fix="leave CN=registry.example.com out",
    ),
    fails(
        "RSA 8200 of one that nobody needs", "tls.malformed-certificate", leaf(CA), CA, leaf(CA, public_key=big(8200))
    ),
    fails(
        "a curve of one that nobody needs that Go cannot parse",
        "tls.malformed-certificate",
        leaf(CA),
        CA,
        leaf(CA, key=ec.generate_private_key(ec.SECP256K1())),
        says="cannot parse",
    ),
    fails(
        "an address of three octets",
        "tls.malformed-certificate",
        leaf(CA, without=x509.SubjectAlternativeName, extra=((SHORT_ADDRESS, False),)),
        CA,
    ),
    fails("a policy twice", "tls.malformed-certificate", leaf(CA, extra=((POLICY_TWICE, False),)), CA, says="twice"),
    fails(
        "a constraint with an empty label on a second way",
        "tls.malformed-certificate",
        leaf(PERMITS_ALL),
        PERMITS_ALL,
        DOTTED_LIMIT,
        says="empty label",
    ),
    fails(
        "a policy is wanted and not named",
        "tls.issuer-may-not-sign",
        leaf(WANTS_POLICIES),
        WANTS_POLICIES,
        says="wants certificate policies",
    ),
    Scenario("a policy is wanted and named", (leaf(WANTS_POLICIES, extra=((POLICY, False),)), WANTS_POLICIES)),
    Scenario("critical policies", (leaf(CRITICAL_POLICIES), CRITICAL_POLICIES)),
    Scenario("an issuer without key usage", (leaf(BARE), BARE)),
    Scenario("an issuer whose key usage names nothing", (leaf(SILENT), SILENT)),
    fails("300 KB of names", "tls.certificate-too-large", leaf(CA, replaced=(names(8000),)), CA, says="262144"),
    Scenario(
        "expired, private and for another name",
        (leaf(CORPORATE, "www.example.com", ends=NOW - DAY),),
        ("tls.private-ca", "tls.expired", "tls.name-mismatch"),
    ),
    warns("no extended key usage", leaf(CA, without=x509.ExtendedKeyUsage), CA, says="no extended key usage"),
    warns(
        "any extended key usage",
        leaf(CA, replaced=(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE]),)),
        CA,
        says="any, not serverAuth",
    ),
    warns("key agreement only", leaf(CA, replaced=(usage("key_agreement"),)), CA, says="lacks digitalSignature"),
    warns("key encipherment only", leaf(CA, replaced=(usage("key_encipherment"),)), CA, says="lacks digitalSignature"),
    warns("may sign certificates", leaf(CA, replaced=(usage("key_cert_sign"),)), CA, says="allows signing"),
    warns("no authority key identifier", leaf(CA, without=x509.AuthorityKeyIdentifier), CA, says="no authority key"),
    warns("empty subject", leaf(CA, common=None), CA, says="its subject is empty"),
    warns("CA as leaf", leaf(CA, replaced=(x509.BasicConstraints(True, None),)), CA, says="CA certificate itself"),
    warns("zero serial number", ZERO, CA, says="serial number is zero"),
    Scenario(
        "underscore in the name",
        (leaf(CA, UNDERSCORE), CA),
        ("tls.unusual-profile",),
        warning=True,
        says="invalid domain name",
        host=UNDERSCORE,
    ),
    Scenario(
        "underscore in the name, below a CA for servers",
        (leaf(FOR_SERVERS, "*.example.com"), FOR_SERVERS),
        ("tls.unusual-profile",),
        warning=True,
        host=UNDERSCORE,
    ),
    warns("RSA 1024", leaf(CA, public_key=big(1024)), CA, says="1024 bits", cause="tls.weak-key-or-signature"),
    warns("40 KB of names", leaf(CA, replaced=(names(1000),)), CA, says="Java's", cause="tls.certificate-too-large"),
    warns("70 KB of names", leaf(CA, replaced=(names(2000),)), CA, says="1.19", cause="tls.certificate-too-large"),
    warns("expired cross-sign", leaf(CA), CA, CROSS, says="2026-05-31", cause="tls.new-root-not-trusted"),
    warns("expired cross-sign and root", leaf(CA), CA, CROSS, OLD_ROOT, says="Old", cause="tls.new-root-not-trusted"),
)


def roots(*issued: Issued) -> PublicRoots:
    return PublicRoots("lab", "".join(one.pem for one in issued))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_chain_as_served(scenario: Scenario) -> None:
    chain = [one.pem for one in scenario.chain]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        judgement = judge(chain, roots(*scenario.roots), scenario.host, scenario.at)
    said = "\n".join(fault.because for fault in judgement.faults)

    assert tuple(fault.cause.id for fault in judgement.faults) == scenario.causes, said
    assert judgement.refusal is None
    assert judgement.is_refused == (bool(scenario.causes) and not scenario.warning)
    assert bool(judgement.path) or judgement.is_refused
    assert scenario.says in said
    assert scenario.fix in "\n".join(fault.fix for fault in judgement.faults)
    assert all(fault.fix for fault in judgement.faults)
    assert verifies(tuple(chain), scenario.host, roots(*scenario.roots).pem, scenario.at) == (not judgement.is_refused)


@pytest.mark.parametrize(
    "chain",
    [
        (leaf(CA), CA, "-----BEGIN CERTIFICATE-----\nMAMCAQA=\n-----END CERTIFICATE-----\n"),
        (leaf(CA, without=x509.SubjectAlternativeName, extra=((STRANGE_URI, False),)), CA),
        (leaf(MAPS_POLICIES), MAPS_POLICIES),
    ],
    ids=["one that nobody can read", "a URI that Go may not parse", "mapped policies"],
)
def test_what_go_may_not_get_past_is_left_open(chain: tuple[Issued | str, ...]) -> None:
    served = [one if isinstance(one, str) else one.pem for one in chain]
    judgement = judge(served, roots(ROOT), HOST, NOW)

    assert (judgement.path, judgement.faults) == ((), ())
    assert judgement.refusal
    assert not verifies(tuple(served), HOST, ROOT.pem, NOW)


@pytest.mark.parametrize("order", [1, -1])
def test_no_fault_of_one_way_refuses_what_another_way_may_allow(order: int) -> None:
    unlimited = authority("Example Trust CA D", ROOT, key=DIRECTORY.key)
    ways = (DIRECTORY, unlimited)[::order]

    assert judge([DIRECTED.pem, DIRECTORY.pem], roots(ROOT), HOST, NOW).is_refused
    assert not judge([DIRECTED.pem, *(one.pem for one in ways)], roots(ROOT), HOST, NOW).is_refused


def test_an_underscore_and_an_extension_that_cannot_be_parsed() -> None:
    odd = leaf(CA, UNDERSCORE, without=x509.AuthorityKeyIdentifier, extra=((NO_IDENTIFIER, False),))

    assert judge([odd.pem, CA.pem], roots(ROOT), UNDERSCORE, NOW).is_refused


def test_what_cannot_be_parsed_is_refused() -> None:
    judgement = judge(["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"], roots(ROOT), HOST, NOW)

    assert [fault.cause.id for fault in judgement.faults] == ["tls.malformed-certificate"]


def test_roots_that_cannot_be_parsed_are_skipped() -> None:
    broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    judgement = judge([leaf(CA).pem, CA.pem], PublicRoots("lab", f"# notes\n{broken}{ROOT.pem}"), HOST, NOW)

    assert judgement.path and not judgement.faults


def test_what_only_the_verifier_minds_is_left_open() -> None:
    weak = authority("Example Trust Root W", key=rsa.generate_private_key(65537, 1024))
    judgement = judge([leaf(weak).pem], roots(weak), HOST, NOW)

    assert not judgement.faults
    assert judgement.refusal == "RSA key is too weak"


@pytest.mark.parametrize("anchored", [True, False])
def test_a_crowd_of_issuers_of_one_name_is_bounded(anchored: bool) -> None:
    key = new_key()
    crowd = [authority("Crowd", key=key)]
    crowd += [authority("Crowd", crowd[0], key=key) for _ in range(120)]
    started = monotonic()
    judgement = judge([one.pem for one in (leaf(crowd[0]), *crowd)], roots(crowd[0] if anchored else ROOT), HOST, NOW)

    assert not judgement.path
    assert bool(judgement.refusal) is anchored
    assert monotonic() - started < 10


def test_control_characters_of_a_certificate_reach_nobody() -> None:
    judgement = judge([leaf(None, common="a\x1b[31mb").pem], roots(ROOT), HOST, NOW)

    assert "a?[31mb" in judgement.faults[0].because


def test_a_root_may_be_found_by_its_new_key() -> None:
    renewed = authority(key=new_key())

    assert not judge([leaf(CA).pem, CA.pem], roots(renewed, ROOT), HOST, NOW).faults


def distrusted(monkeypatch: pytest.MonkeyPatch, root: Issued, after: datetime, *known: Issued) -> tuple[str, ...]:
    """The causes that a chain below ROOT leads to where a root is distrusted for what it issued after this moment."""
    fingerprint = root.certificate.fingerprint(hashes.SHA256()).hex()
    monkeypatch.setattr(anchors, "DISTRUSTED_AFTER", {fingerprint: after})
    judgement = judge([BELOW_YOUNG.pem, YOUNG_CROSS.pem], roots(*known), HOST, NOW)
    return tuple(fault.cause.id for fault in judgement.faults)


def test_a_root_may_be_distrusted_for_what_it_issued_late(monkeypatch: pytest.MonkeyPatch) -> None:
    issued = BELOW_YOUNG.certificate.not_valid_before_utc

    assert distrusted(monkeypatch, ROOT, issued - DAY, ROOT) == ("tls.root-distrusted",)
    assert distrusted(monkeypatch, ROOT, issued, ROOT) == ()
    assert distrusted(monkeypatch, CORPORATE, issued - DAY, ROOT) == ()
    assert distrusted(monkeypatch, ROOT, issued - DAY, ROOT, OLD_ENOUGH) == ()


@given(st.permutations([CA, UPPER, LOWER, CORPORATE, CROSS]), st.data())
def test_order_of_the_served_issuers_does_not_matter(issuers: list[Issued], data: st.DataObject) -> None:
    kept = data.draw(st.sets(st.sampled_from(issuers)))
    chain = [DEEP, *(one for one in issuers if one in kept)]
    judgement = judge([one.pem for one in chain], roots(ROOT), HOST, NOW)

    assert judgement.is_refused == (not {UPPER, LOWER} <= kept)


@given(st.from_regex(r"[a-z]{1,5}(\.[a-z]{1,5}){1,3}", fullmatch=True))
def test_a_wildcard_stands_for_one_label(name: str) -> None:
    parent = name.partition(".")[2]

    assert covers(name.upper(), name)
    assert covers(f"*.{parent}", name)
    assert not covers(f"*.{parent}", f"more.{name}")
    assert not covers(f"*.{parent}", parent)

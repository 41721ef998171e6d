"""What servers may be set to, one row a setting: real handshakes on loopback, and what becomes of them."""

import contextlib
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from test_collect_tls import look, seen_at, serving

from certificates import HOST, NOW, Issued, alternative_names, authority, leaf
from pullcheck.collect.handshakes import look_at
from pullcheck.collect.tls import public_roots
from pullcheck.evidence.tls import LocalTrust, PublicRoots, ServedChains
from pullcheck.missing import NotApplicable
from pullcheck.settings import Settings
from pullcheck.vantage.here import Here
from pullcheck.verdict import Status, Verdict
from pullcheck_checks.tls.protocol import speaks_what_clients_offer
from pullcheck_checks.tls.public_ca import chains_to_a_public_ca

ROOT = authority()
CA = authority("Example Trust CA 1", ROOT)
ROOTS = PublicRoots("lab", ROOT.pem)
RSA = leaf(CA, key=rsa.generate_private_key(65537, 2048))
EC = leaf(CA)
NOWHERE = NotApplicable("there is no other host")
HERE = Here("outside", "this machine", 5)
Adapt = Callable[[ssl.SSLContext], object]
GOOD: tuple[str, ...] = ()


def twelve(suites: str, curve: str = "prime256v1") -> Adapt:
    """TLS 1.2 alone, with these suites."""

    def adapt(context: ssl.SSLContext) -> None:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(f"{suites}:@SECLEVEL=0")
        context.set_ecdh_curve(curve)

    return adapt


def thirteen(context: ssl.SSLContext) -> None:
    context.minimum_version = ssl.TLSVersion.TLSv1_3


def named(count: int) -> Issued:
    names = (f"host-{number:05}.some-department.example.com" for number in range(count))
    return leaf(CA, replaced=(alternative_names(HOST, *names),))


def another_by_default(context: ssl.SSLContext) -> None:
    """The certificate that is there is for clients that say the name; others get one of another name."""
    wrong, default = leaf(CA, "www.example.org"), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(wrong.key_pem + wrong.pem + CA.pem)
        file.flush()
        default.load_cert_chain(file.name)

    def choose(connection: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> None:
        if name != HOST:
            connection.context = default

    context.sni_callback = choose


@dataclass(frozen=True)
class Row:
    """A server; what is said of its protocol and of its chain: nothing where both are well."""

    name: str
    adapt: Adapt = field(default=lambda _: None)
    issued: Issued = EC
    protocol: tuple[str, ...] = GOOD
    chain: tuple[str, ...] = GOOD


ROWS = (
    Row("TLS 1.3 alone", thirteen),
    Row("RSA key exchange alone", twelve("AES128-GCM-SHA256"), RSA, ("error tls.cipher-gap",)),
    Row("CBC with SHA-1 alone", twelve("ECDHE-RSA-AES128-SHA"), RSA, ("warning tls.cipher-gap",)),
    Row("CBC with SHA-256 alone", twelve("ECDHE-RSA-AES128-SHA256"), RSA, ("error tls.cipher-gap",)),
    Row("CBC first, GCM too", twelve("ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES128-GCM-SHA256"), RSA),
    Row("GCM", twelve("ECDHE-RSA-AES128-GCM-SHA256"), RSA),
    Row("ChaCha20 alone", twelve("ECDHE-ECDSA-CHACHA20-POLY1305")),
    Row("P-521 alone", twelve("ECDHE-ECDSA-AES128-GCM-SHA256", "secp521r1")),
    Row(
        "secp256k1 alone",
        twelve("ECDHE-ECDSA-AES128-GCM-SHA256", "secp256k1"),
        protocol=("error tls.handshake-refused",),
        chain=("unknown",),
    ),
    Row("X448 alone", twelve("ECDHE-ECDSA-AES128-GCM-SHA256", "X448"), protocol=("unknown",)),
    Row("another certificate without a server name", another_by_default),
    Row("40 KB of certificates", issued=named(1000), chain=("warning tls.certificate-too-large",)),
    Row("70 KB of certificates", issued=named(2000), chain=("warning tls.certificate-too-large",)),
    Row(
        "300 KB of certificates",
        issued=named(6500),
        protocol=("unknown",),
        chain=("warning tls.certificate-too-large", "unknown"),
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_server_as_it_is_set(row: Row) -> None:
    with serving(row.issued.pem + CA.pem, row.issued.key_pem, row.adapt) as seen:
        chains = replace(look(seen), observed_at=NOW.isoformat())

    assert said(speaks_what_clients_offer(chains, NOWHERE)) == row.protocol
    assert said(chains_to_a_public_ca(chains, NOWHERE, ROOTS, LocalTrust())) == row.chain


def said(verdicts: Iterable[Verdict]) -> tuple[str, ...]:
    """Of what is not well, how much it weighs and why; of what is open, that it is."""
    return tuple(
        f"{one.severity.value} {one.cause.id}" if one.status is Status.FAIL and one.cause else one.status.value
        for one in verdicts
        if one.status is not Status.PASS
    )


def test_a_server_that_insists_on_a_curve_that_nobody_offers_is_told_so() -> None:
    with serving(EC.pem + CA.pem, EC.key_pem, twelve("ECDHE-ECDSA-AES128-GCM-SHA256", "secp256k1")) as seen:
        [verdict] = speaks_what_clients_offer(look(seen), NOWHERE)

    assert "another curve, e.g. secp256k1" in verdict.because


def test_a_further_handshake_is_made_only_where_the_first_leave_it_open() -> None:
    with serving(EC.pem + CA.pem, EC.key_pem) as seen:
        well = look(seen)
    with serving(RSA.pem + CA.pem, RSA.key_pem, twelve("ECDHE-RSA-AES128-SHA")) as seen:
        old = look(seen)

    assert (well.addresses[0].docker, well.unnamed) == (None, None)
    assert old.addresses[0].docker is not None


def test_the_server_is_asked_without_a_name_where_its_certificate_is_for_others() -> None:
    wrong = leaf(CA, "www.example.org")
    with serving(wrong.pem + CA.pem, wrong.key_pem) as seen:
        chains = replace(look(seen), observed_at=NOW.isoformat())

    assert chains.unnamed is not None and chains.unnamed.chain == chains.addresses[0].chain
    assert said(chains_to_a_public_ca(chains, NOWHERE, ROOTS, LocalTrust())) == (
        "error tls.name-mismatch",
        "warning tls.sni-default-certificate",
    )


def test_an_address_is_never_asked_without_a_name() -> None:
    with serving(EC.pem + CA.pem, EC.key_pem) as seen:
        chains = look_at("127.0.0.1", seen.port, ("127.0.0.1",), HERE)

    assert isinstance(chains, ServedChains) and chains.unnamed is None


def test_only_the_first_addresses_are_tried() -> None:
    with serving(EC.pem + CA.pem, EC.key_pem) as seen:
        chains = look(seen_at(seen.port, "127.0.0.1", *(f"127.0.0.{last}" for last in range(2, 12))))

    assert len(chains.addresses) == 8
    assert chains.untried == ("127.0.0.9", "127.0.0.10", "127.0.0.11")


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b""])
def test_what_speaks_no_tls_is_for_the_registry_check(answer: bytes) -> None:
    def behave(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(4096)
                    connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=behave, args=(listener,), daemon=True).start()
        found = look_at(HOST, listener.getsockname()[1], ("127.0.0.1",), HERE)
        listener.shutdown(socket.SHUT_RDWR)

    assert isinstance(found, str) and "spoke TLS" in found


VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE", "NETRC", "HOME")


def test_no_setting_of_this_machine_changes_a_verdict(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stranger = authority("Stranger", organization=None)
    private = leaf(stranger)
    (tmp_path / "roots.pem").write_text(stranger.pem)
    (tmp_path / ".netrc").write_text(f"machine {HOST} login nobody password c4n4ry\n")
    with serving(private.pem + stranger.pem, private.key_pem) as seen:
        before = replace(look(seen), observed_at=NOW.isoformat())
        for name in VARIABLES:
            is_folder = name in ("SSL_CERT_DIR", "HOME")
            monkeypatch.setenv(name, str(tmp_path if is_folder else tmp_path / "roots.pem"))
        after = replace(look(seen), observed_at=NOW.isoformat())
    told = [
        list(chains_to_a_public_ca(one, NOWHERE, public_roots(Settings()), LocalTrust())) for one in (before, after)
    ]

    assert told[0] == told[1]
    assert said(told[0]) == ("error tls.private-ca",)

"""The handshake that asks for a staple, with peers that dawdle, hang up, or staple what is no answer."""

import contextlib
import socket
import ssl
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import Iterator

import peers
import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from OpenSSL import SSL

from ocsp_answers import REFUSAL
from pullcheck.vantage import Outcome
from pullcheck.vantage.here import Here

LOOPBACK = "127.0.0.1"
HERE = Here("outside", "this machine", 5)
HASTY = Here("outside", "this machine", 0.5)
AUTHORITY = trustme.CA()


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
    """No peer keeps anybody for much longer than the timeout."""
    start = time.monotonic()
    yield
    assert time.monotonic() - start < 8


def stapling(answer: bytes, version: int = SSL.TLS1_3_VERSION) -> peers.Behaviour:
    """A server that staples these bytes."""
    issued = AUTHORITY.issue_cert(peers.HOST)
    key = load_pem_private_key(issued.private_key_pem.bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)

    def behave(connection: socket.socket) -> None:
        context = SSL.Context(SSL.TLS_SERVER_METHOD)
        context.set_max_proto_version(version)
        context.use_certificate(x509.load_pem_x509_certificate(issued.cert_chain_pems[0].bytes()))
        context.use_privatekey(key)
        context.set_ocsp_server_callback(lambda _tls, _data: answer)
        tls = SSL.Connection(context, None)
        tls.set_accept_state()
        while data := connection.recv(4096):
            tls.bio_write(data)
            with contextlib.suppress(SSL.Error):
                tls.do_handshake()
            with contextlib.suppress(SSL.WantReadError):
                while True:
                    connection.sendall(tls.bio_read(4096))

    return behave


@pytest.mark.parametrize("version", [SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION])
@pytest.mark.parametrize("answer", [REFUSAL, b""], ids=["something", "nothing"])
def test_whatever_is_stapled_is_kept(answer: bytes, version: int) -> None:
    with peers.listening(stapling(answer, version)) as port:
        seen = HERE.staple(LOOPBACK, port, peers.HOST)

    assert seen.outcome is Outcome.OK
    assert seen.answer is not None and b64decode(seen.answer) == answer
    assert ssl.PEM_cert_to_DER_cert(seen.chain[0])


@pytest.mark.parametrize("name", [f"{peers.HOST}.", "127.0.0.1", "[::1]", ""])
def test_an_address_is_not_sent_as_server_name(name: str) -> None:
    names: list[str | None] = []

    def listen(context: ssl.SSLContext) -> None:
        context.sni_callback = lambda _socket, name, _context: names.append(name)

    with peers.listening(peers.over_tls(AUTHORITY, peers.hanging_up, listen)) as port:
        assert HERE.staple(LOOPBACK, port, name).answer == ""

    assert names == [peers.HOST if name.startswith(peers.HOST) else None]


def test_a_name_that_cannot_be_sent_is_told() -> None:
    with peers.listening(peers.silent) as port:
        seen = HERE.staple(LOOPBACK, port, f"{'a' * 64}.example.com")

    assert (seen.outcome, seen.answer) == (Outcome.TLS_ALERT, None)
    assert "cannot be sent" in seen.detail


def dripping(connection: socket.socket) -> None:
    """The beginning of a record that never ends."""
    connection.sendall(b"\x16\x03\x03\x40\x00")
    while True:
        connection.sendall(b"\0")
        time.sleep(0.05)


def saying(words: bytes) -> peers.Behaviour:
    """Say this and no more."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(words)
        peers.silent(connection)

    return behave


@pytest.mark.parametrize(
    ("behaviour", "outcome"),
    [
        pytest.param(peers.silent, Outcome.NO_ANSWER, id="silence"),
        pytest.param(dripping, Outcome.NO_ANSWER, id="drips"),
        pytest.param(peers.hanging_up, Outcome.RESET, id="hangs up"),
        pytest.param(peers.answering(b"HTTP/1.1 200 OK\r\n\r\n"), Outcome.NO_ANSWER, id="plain HTTP that waits"),
        pytest.param(saying(b"HTTP/1.1 400 Bad\r\n\r\n"), Outcome.TLS_ALERT, id="plain HTTP"),
        pytest.param(saying(b"\x15\x03\x03\0\x02\x02\x28"), Outcome.TLS_ALERT, id="an alert"),
    ],
)
def test_no_peer_keeps_it_waiting(behaviour: peers.Behaviour, outcome: Outcome) -> None:
    with peers.listening(behaviour) as port:
        seen = HASTY.staple(LOOPBACK, port, peers.HOST)

    assert seen.outcome in (outcome, Outcome.RESET)
    assert seen.detail
    assert (seen.chain, seen.answer) == ((), None)


def test_a_closed_port_is_told() -> None:
    with socket.create_server((LOOPBACK, 0)) as free:
        port = free.getsockname()[1]

    assert HERE.staple(LOOPBACK, port, peers.HOST).outcome is Outcome.REFUSED


def test_its_library_is_loaded_only_for_it() -> None:
    loaded = "import sys, pullcheck.vantage.here, pullcheck.collect.staples; sys.exit('OpenSSL' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0

"""TLS of peers that dawdle, flood, or choose what Go clients do not offer."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator

import peers
import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from pullcheck.vantage import Outcome, TlsProfile
from pullcheck.vantage.hello import group_of
from pullcheck.vantage.here import Here
from pullcheck.vantage.offer import client_context
from pullcheck.vantage.wire import in_words

LOOPBACK = "127.0.0.1"
HERE = Here("outside", "this machine", 10)
HASTY = Here("outside", "this machine", 0.5)
ALERT, HANDSHAKE = 21, 22
HELLO_REQUEST, SERVER_HELLO = b"\0\0\0\0", 2


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
    """No peer keeps anybody for much longer than the timeout."""
    start = time.monotonic()
    yield
    assert time.monotonic() - start < 15


def record(kind: int, content: bytes) -> bytes:
    return bytes((kind, 3, 3)) + len(content).to_bytes(2) + content


def server_hello(suite: bytes = b"\xc0\x2b") -> bytes:
    """The beginning of a handshake in TLS 1.2, with ECDHE-ECDSA-AES128-GCM-SHA256."""
    body = b"\x03\x03" + bytes(32) + b"\0" + suite + b"\0"
    return bytes((SERVER_HELLO,)) + len(body).to_bytes(3) + body


def flooding(beginning: bytes, more: bytes) -> peers.Behaviour:
    """Wait for the client's hello, then send without end."""

    def behave(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(beginning)
        while more:
            connection.sendall(more * 100)
        peers.silent(connection)

    return behave


@pytest.mark.parametrize(
    ("behaviour", "outcomes"),
    [
        pytest.param(peers.silent, {Outcome.NO_ANSWER}, id="silence after the hello"),
        pytest.param(
            flooding(record(HANDSHAKE, server_hello()), b""), {Outcome.NO_ANSWER}, id="silence after the server's hello"
        ),
        pytest.param(flooding(b"", record(HANDSHAKE, HELLO_REQUEST)), None, id="hello requests without end"),
        pytest.param(flooding(b"", record(ALERT, b"\x01\x70")), None, id="warnings without end"),
        pytest.param(
            flooding(record(HANDSHAKE, server_hello()), record(20, b"\x01")), None, id="changes of cipher without end"
        ),
        pytest.param(flooding(b"", record(HANDSHAKE, b"")), None, id="empty records without end"),
        pytest.param(
            flooding(record(HANDSHAKE, server_hello() + b"\x0b\xff\xff\xff"), record(HANDSHAKE, bytes(4000))),
            {Outcome.TLS_ALERT},
            id="a certificate without end",
        ),
        pytest.param(flooding(record(ALERT, b"\x02\x28"), b""), {Outcome.TLS_ALERT, Outcome.RESET}, id="a fatal alert"),
    ],
)
def test_hostile_handshake_is_bounded(behaviour: peers.Behaviour, outcomes: set[Outcome] | None) -> None:
    with peers.listening(behaviour) as port:
        seen = HASTY.handshake(LOOPBACK, port, peers.HOST, TlsProfile.GO)

    assert seen.outcome in (outcomes or set(Outcome) - {Outcome.OK})
    assert seen.seconds is not None and seen.seconds < 3
    assert seen.detail


def test_alert_is_told_in_words() -> None:
    with peers.listening(flooding(record(ALERT, b"\x02\x70"), b"")) as port:
        assert "unrecognized name" in HASTY.handshake(LOOPBACK, port, peers.HOST, TlsProfile.GO).detail


def test_alert_that_the_library_has_no_name_for_is_told_without_where_it_stands_in_its_source() -> None:
    error = ssl.SSLError(1, "[SSL] tlsv1 alert no application protocol (_ssl.c:1006)")
    error.reason = ""

    assert in_words(error) == "tlsv1 alert no application protocol"


def test_flood_after_the_handshake_is_bounded(authority: trustme.CA) -> None:
    def behave(connection: socket.socket) -> None:
        peers.read_request(connection)
        while True:
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)

    with peers.listening(peers.over_tls(authority, behave)) as port:
        assert HASTY.handshake(LOOPBACK, port, peers.HOST, TlsProfile.GO).outcome is Outcome.OK


def test_handshake_is_timed_from_where_tls_begins(authority: trustme.CA) -> None:
    def late(connection: socket.socket) -> None:
        threading.Event().wait(0.4)
        peers.over_tls(authority, peers.answering(b"HTTP/1.1 200 OK\r\n\r\n"))(connection)

    with peers.listening(late) as port:
        slow = HERE.handshake(LOOPBACK, port, peers.HOST, TlsProfile.GO)
    with socket.create_server((LOOPBACK, 0)) as free:
        closed = free.getsockname()[1]
    refused = HERE.handshake(LOOPBACK, closed, peers.HOST, TlsProfile.GO)

    assert slow.seconds is not None and 0.4 <= slow.seconds < 5
    assert (refused.outcome, refused.seconds) == (Outcome.REFUSED, None)


def test_no_server_name_is_sent_where_none_is_given(authority: trustme.CA) -> None:
    names: list[str | None] = []

    def listen(context: ssl.SSLContext) -> None:
        context.sni_callback = lambda _socket, name, _context: names.append(name)

    with peers.listening(peers.over_tls(authority, peers.hanging_up, listen)) as port:
        for name in (peers.HOST, ""):
            seen = HERE.handshake(LOOPBACK, port, name, TlsProfile.PERMISSIVE)

            assert seen.chain

    assert names == [peers.HOST, None]


def test_dockers_profile_has_no_suite_without_authentication_of_data(authority: trustme.CA) -> None:
    def old(context: ssl.SSLContext) -> None:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("ECDHE-ECDSA-AES128-SHA")

    with peers.listening(peers.over_tls(authority, peers.answering(b"HTTP/1.1 200 OK\r\n\r\n"), old)) as port:
        go = HERE.handshake(LOOPBACK, port, peers.HOST, TlsProfile.GO)
        docker = HERE.handshake(LOOPBACK, port, peers.HOST, TlsProfile.DOCKER)

    assert (go.outcome, docker.outcome) == (Outcome.OK, Outcome.TLS_ALERT)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize(
    ("curve", "group"), [("prime256v1", "P-256"), ("secp521r1", "P-521"), ("X25519", "X25519"), ("X448", "X448")]
)
def test_group_of_the_key_exchange_is_seen(
    authority: trustme.CA, version: ssl.TLSVersion, curve: str, group: str
) -> None:
    def only(context: ssl.SSLContext) -> None:
        context.maximum_version = version
        context.set_ecdh_curve(curve)

    with peers.listening(peers.over_tls(authority, peers.answering(b"HTTP/1.1 200 OK\r\n\r\n"), only)) as port:
        seen = HERE.handshake(LOOPBACK, port, peers.HOST, TlsProfile.GO)

    assert (seen.outcome, seen.group) == (Outcome.OK, group)


@given(st.binary(max_size=80), st.sampled_from([b"", b"\x02", b"\x0c"]))
def test_no_message_is_misread(garbage: bytes, kind: bytes) -> None:
    found = group_of(kind + garbage)

    assert found is None or isinstance(found, str)


@pytest.mark.parametrize("profile", TlsProfile)
def test_no_server_may_negotiate_anew(profile: TlsProfile) -> None:
    assert client_context(profile, ("http/1.1",)).options & ssl.OP_NO_RENEGOTIATION

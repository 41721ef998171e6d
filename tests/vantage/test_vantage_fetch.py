"""Requests that may carry credentials: sent over TLS that verified, or not at all."""

import socket
import ssl
import time
from datetime import UTC, datetime, timedelta

import peers
import pytest
import trustme

from pullcheck.vantage import Fetched, Outcome
from pullcheck.vantage.here import Here

SECRET = "Basic Y2FuYXJ5OnNlY3JldA=="
LOOPBACK = "127.0.0.1"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def pem(authority: trustme.CA) -> str:
    return authority.cert_pem.bytes().decode()


def fetch(port: int, roots: str, name: str = peers.HOST, limit: int = 1000, timeout: float = 3.0) -> Fetched:
    headers = (("Authorization", SECRET),)
    return Here("inside", "", timeout).fetch("GET", LOOPBACK, f"https://{name}:{port}/v2/", roots, headers, limit)


class Listener:
    """A server that keeps everything that comes through its TLS."""

    def __init__(self, answer: bytes = HEAD + b"Content-Length: 2\r\n\r\n\x00\xff") -> None:
        self.heard = b""
        self._answer = answer

    def __call__(self, connection: socket.socket) -> None:
        self.heard += peers.read_request(connection)
        connection.sendall(self._answer)


def test_request_goes_where_the_certificate_verifies(authority: trustme.CA) -> None:
    server = Listener()
    with peers.listening(peers.over_tls(authority, server)) as port:
        fetched = fetch(port, pem(authority))

    assert (fetched.exchange.outcome, fetched.exchange.status) == (Outcome.OK, 200)
    assert fetched.content == b"\x00\xff"
    assert f"Authorization: {SECRET}".encode() in server.heard


def other_roots(authority: trustme.CA) -> tuple[str, str]:
    return pem(trustme.CA()), peers.HOST


def other_name(authority: trustme.CA) -> tuple[str, str]:
    return pem(authority), "token.example.com"


def broken_roots(authority: trustme.CA) -> tuple[str, str]:
    return "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", peers.HOST


@pytest.mark.parametrize("wrong", [other_roots, other_name, broken_roots])
def test_nothing_is_sent_where_it_does_not(authority: trustme.CA, wrong: object) -> None:
    server = Listener()
    roots, name = wrong(authority)  # type: ignore[operator]
    with peers.listening(peers.over_tls(authority, server)) as port:
        fetched = fetch(port, roots, name)

    assert fetched.exchange.outcome is Outcome.UNTRUSTED
    assert fetched.exchange.detail
    assert server.heard == b""


def test_expired_certificate_gets_nothing(authority: trustme.CA) -> None:
    server = Listener()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    past = datetime.now(UTC) - timedelta(days=1)
    authority.issue_cert(peers.HOST, not_after=past).configure_cert(context)

    def behave(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as wrapped:
            server(wrapped)

    with peers.listening(behave) as port:
        fetched = fetch(port, pem(authority))

    assert fetched.exchange.outcome is Outcome.UNTRUSTED
    assert "it is valid from" in fetched.exchange.detail
    assert server.heard == b""


def test_this_machines_own_trust_does_not_count(
    authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    file = f"{tmp_path}/roots.pem"
    authority.cert_pem.write_to_path(file)
    monkeypatch.setenv("SSL_CERT_FILE", file)
    server = Listener()
    with peers.listening(peers.over_tls(authority, server)) as port:
        fetched = fetch(port, pem(trustme.CA()))

    assert fetched.exchange.outcome is Outcome.UNTRUSTED


def test_plain_http_gets_nothing_secret() -> None:
    heard: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        heard.append(connection.recv(4096))
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with peers.listening(behave) as port:
        fetched = fetch(port, pem(trustme.CA()))

    assert fetched.exchange.outcome is Outcome.PLAIN_HTTP
    assert not any(SECRET.encode() in one for one in heard)


@pytest.mark.parametrize("url", ["http://registry.example.com/v2/", "https:///v2/", "https://[::1/"])
def test_only_https_can_be_asked(url: str) -> None:
    fetched = Here("inside", "", 1.0).fetch("GET", LOOPBACK, url, "", (("Authorization", SECRET),))

    assert fetched.exchange.outcome is Outcome.BAD_ANSWER
    assert "Y2FuYXJ5" not in repr(fetched)


def test_old_tls_is_not_spoken(authority: trustme.CA) -> None:
    def old(context: ssl.SSLContext) -> None:
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")

    server = Listener()
    with peers.listening(peers.over_tls(authority, server, old)) as port:
        fetched = fetch(port, pem(authority))

    assert fetched.exchange.outcome is Outcome.TLS_ALERT
    assert server.heard == b""


def test_no_more_than_the_limit_is_read(authority: trustme.CA) -> None:
    endless = peers.dripping(HEAD + b"\r\n", b"x" * 4096, pause=0)
    with peers.listening(peers.over_tls(authority, endless)) as port:
        fetched = fetch(port, pem(authority), limit=100_000)

    assert len(fetched.content) == 100_000
    assert fetched.exchange.truncated


def test_all_of_it_ends_with_the_deadline(authority: trustme.CA) -> None:
    with peers.listening(peers.over_tls(authority, peers.dripping(HEAD + b"\r\n", b"x"))) as port:
        started = time.monotonic()
        fetched = fetch(port, pem(authority), timeout=1.0)

    assert time.monotonic() - started < 3
    assert fetched.exchange.truncated


def test_content_stays_out_of_representations(authority: trustme.CA) -> None:
    server = Listener(HEAD + b"Content-Length: 6\r\n\r\nc4n4ry")
    with peers.listening(peers.over_tls(authority, server)) as port:
        fetched = fetch(port, pem(authority))

    assert fetched.content == b"c4n4ry"
    assert "c4n4ry" not in repr(fetched)
    assert fetched.exchange.body == ""

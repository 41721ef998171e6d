"""This machine as a vantage, against servers on loopback that behave and misbehave."""

import os
import resource
import socket
import ssl
import time
from collections.abc import Iterator

import peers
import pytest
import trustme
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pullcheck.vantage import CONTENT_LIMIT, Exchange, Outcome, TlsProfile, Vantage
from pullcheck.vantage.here import Here

PATIENCE = 8.0
HASTE = 1.0
LOOPBACK = "127.0.0.1"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
    """No operation lasts longer than its timeout, give or take a slow machine."""
    start = time.monotonic()
    yield
    assert time.monotonic() - start < 30


@pytest.fixture
def here() -> Vantage:
    return Here("outside", "this machine", PATIENCE)


@pytest.fixture
def hasty() -> Vantage:
    """For those who do not answer."""
    return Here("outside", "this machine", HASTE)


def url(port: int, path: str = "/v2/") -> str:
    return f"https://{peers.HOST}:{port}{path}"


def ask(here: Vantage, behaviour: peers.Behaviour) -> Exchange:
    with peers.listening(behaviour) as port:
        return here.exchange("GET", LOOPBACK, url(port))


def test_loopback_literal_resolves_to_itself(here: Vantage) -> None:
    resolution = here.resolve(LOOPBACK)

    assert (resolution.addresses, resolution.error) == ((LOOPBACK,), None)


@pytest.mark.parametrize(
    "name", ["registry..example.com", "a" * 70 + ".example.com", "", "nul\0.example.com", "\udcff.example"]
)
def test_name_that_is_none_has_an_error(here: Vantage, name: str) -> None:
    assert here.resolve(name).addresses == () or name == ""


def test_resolver_that_hangs_is_not_waited_for(hasty: Vantage, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_args: object, **_options: object) -> list[object]:
        time.sleep(3)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)

    resolution = hasty.resolve("registry.example.com")

    assert resolution.addresses == ()
    assert resolution.error == "the resolver did not answer within 1 s"
    assert not resolution.no_such_name


def test_missing_name_is_told_from_a_failing_resolver(here: Vantage, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(code: int) -> object:
        def fail(*_args: object, **_options: object) -> None:
            raise socket.gaierror(code, "words of the resolver")

        return fail

    monkeypatch.setattr(socket, "getaddrinfo", answer(socket.EAI_NONAME))
    missing = here.resolve("registry.example.com")
    monkeypatch.setattr(socket, "getaddrinfo", answer(socket.EAI_AGAIN))
    failing = here.resolve("registry.example.com")

    assert (missing.error, missing.no_such_name) == ("words of the resolver", True)
    assert (failing.error, failing.no_such_name) == ("words of the resolver", False)


def asked(vantage: Vantage, address: str, port: int) -> tuple[Outcome, bool]:
    exchange = vantage.exchange("GET", address, f"https://{peers.HOST}:{port}/v2/")
    return exchange.outcome, exchange.connected


def test_what_is_refused_differs_from_what_is_silent(here: Vantage, hasty: Vantage) -> None:
    with peers.listening(peers.silent) as port:
        silent = asked(hasty, LOOPBACK, port)
    with socket.socket() as bound:
        bound.bind((LOOPBACK, 0))
        closed = asked(here, LOOPBACK, bound.getsockname()[1])

    assert (silent, closed) == ((Outcome.NO_ANSWER, True), (Outcome.REFUSED, False))


@pytest.mark.parametrize("address", ["not-an-address", ""])
def test_what_cannot_be_dialled_is_unreachable(here: Vantage, address: str) -> None:
    assert asked(here, address, 443) == (Outcome.UNREACHABLE, False)


def test_full_backlog_gives_no_answer_in_time(hasty: Vantage) -> None:
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex((LOOPBACK, port))

        assert asked(hasty, LOOPBACK, port) == (Outcome.NO_ANSWER, False)

        for one in waiting:
            one.close()


@pytest.mark.parametrize("profile", TlsProfile)
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_handshake_keeps_the_chain_as_served(here: Vantage, profile: TlsProfile, version: ssl.TLSVersion) -> None:
    root = trustme.CA()
    intermediate = root.create_child_ca()

    def configure(context: ssl.SSLContext) -> None:
        context.minimum_version = context.maximum_version = version

    answer = peers.answering(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    with peers.listening(peers.over_tls(intermediate, answer, configure)) as port:
        seen = here.handshake(LOOPBACK, port, peers.HOST, profile)

    assert seen.outcome is Outcome.OK, seen.detail
    assert seen.version == version.name.replace("_", ".")
    assert seen.cipher
    assert not seen.client_certificate_demanded
    assert len(seen.chain) == 2
    assert seen.chain[1].strip() == intermediate.cert_pem.bytes().decode().strip()


def test_old_protocol_is_seen_by_the_permissive_profile_alone(hasty: Vantage, authority: trustme.CA) -> None:
    def configure(context: ssl.SSLContext) -> None:
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1
        context.set_ciphers("ALL:@SECLEVEL=0")

    with peers.listening(peers.over_tls(authority, peers.silent, configure)) as port:
        permissive = hasty.handshake(LOOPBACK, port, peers.HOST, TlsProfile.PERMISSIVE)
        go = hasty.handshake(LOOPBACK, port, peers.HOST, TlsProfile.GO)

    assert (permissive.outcome, permissive.version, len(permissive.chain)) == (Outcome.OK, "TLSv1", 1)
    assert go.outcome is Outcome.TLS_ALERT
    assert "protocol" in go.detail


@pytest.mark.parametrize(
    ("suite", "accepted"),
    [
        ("ECDHE-RSA-AES128-SHA", True),
        ("ECDHE-ECDSA-AES128-SHA", True),
        ("ECDHE-ECDSA-AES128-SHA256", False),
        ("AES128-GCM-SHA256", False),
    ],
)
def test_go_profile_offers_the_suites_of_go(here: Vantage, suite: str, accepted: bool) -> None:
    keys = trustme.KeyType.ECDSA if "ECDSA" in suite else trustme.KeyType.RSA

    def configure(context: ssl.SSLContext) -> None:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(suite + ":@SECLEVEL=0")
        trustme.CA(key_type=keys).issue_cert(peers.HOST, key_type=keys).configure_cert(context)

    with peers.listening(peers.over_tls(trustme.CA(key_type=keys), peers.hanging_up, configure)) as port:
        permissive = here.handshake(LOOPBACK, port, peers.HOST, TlsProfile.PERMISSIVE)
        go = here.handshake(LOOPBACK, port, peers.HOST, TlsProfile.GO)

    assert permissive.outcome is Outcome.OK
    assert (go.outcome is Outcome.OK) == accepted


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_demand_for_a_client_certificate_is_seen(here: Vantage, authority: trustme.CA, version: ssl.TLSVersion) -> None:
    def configure(context: ssl.SSLContext) -> None:
        context.minimum_version = context.maximum_version = version
        context.verify_mode = ssl.CERT_REQUIRED
        authority.configure_trust(context)

    with peers.listening(peers.over_tls(authority, peers.silent, configure)) as port:
        seen = here.handshake(LOOPBACK, port, peers.HOST, TlsProfile.GO)
        exchange = here.exchange("GET", LOOPBACK, url(port))

    assert seen.outcome is Outcome.TLS_ALERT
    assert seen.client_certificate_demanded
    assert seen.chain
    assert exchange.outcome is Outcome.TLS_ALERT


def test_certificate_that_is_only_asked_for_is_no_demand(here: Vantage, authority: trustme.CA) -> None:
    def configure(context: ssl.SSLContext) -> None:
        context.verify_mode = ssl.CERT_OPTIONAL
        authority.configure_trust(context)

    with peers.listening(peers.over_tls(authority, peers.answering(b"HTTP/1.1 401 No\r\n\r\n"), configure)) as port:
        seen = here.handshake(LOOPBACK, port, peers.HOST, TlsProfile.GO)

    assert (seen.outcome, seen.client_certificate_demanded) == (Outcome.OK, False)


def test_demand_that_http_makes_is_seen_too(here: Vantage, authority: trustme.CA) -> None:
    def configure(context: ssl.SSLContext) -> None:
        context.verify_mode = ssl.CERT_OPTIONAL
        authority.configure_trust(context)

    with peers.listening(peers.over_tls(authority, peers.answering(b"HTTP/1.1 400 Bad\r\n\r\n"), configure)) as port:
        assert here.handshake(LOOPBACK, port, peers.HOST, TlsProfile.GO).client_certificate_demanded


def test_server_that_chooses_http_2_must_speak_it(here: Vantage, authority: trustme.CA) -> None:
    def choose(context: ssl.SSLContext) -> None:
        context.set_alpn_protocols(["h2"])

    def speak(connection: socket.socket) -> None:
        for one in (0, 0, 0, 4, 0, 0, 0, 0, 0):
            connection.sendall(bytes((one,)))
        peers.silent(connection)

    with peers.listening(peers.over_tls(authority, speak, choose)) as port:
        honest = here.handshake(LOOPBACK, port, peers.HOST, TlsProfile.GO)
    with peers.listening(peers.over_tls(authority, peers.answering(b"HTTP/1.1 400 Bad\r\n\r\n"), choose)) as port:
        false = here.handshake(LOOPBACK, port, peers.HOST, TlsProfile.GO)

    assert (honest.outcome, honest.detail) == (Outcome.OK, "")
    assert "does not speak it" in false.detail


def test_address_literal_is_no_server_name_but_works(here: Vantage, authority: trustme.CA) -> None:
    with peers.listening(peers.over_tls(authority, peers.answering(b"HTTP/1.1 200 OK\r\n\r\n"))) as port:
        assert here.handshake(LOOPBACK, port, LOOPBACK, TlsProfile.GO).outcome is Outcome.OK
        assert here.handshake(LOOPBACK, port, peers.HOST + ".", TlsProfile.GO).outcome is Outcome.OK
        assert here.exchange("GET", LOOPBACK, f"https://{LOOPBACK}:{port}/v2/").status == 200


@pytest.mark.parametrize("name", [".example.com", "a" * 70 + ".example.com", "a..b", "ex ample", "nul\0"])
def test_name_that_cannot_be_sent_is_an_outcome(here: Vantage, authority: trustme.CA, name: str) -> None:
    with peers.listening(peers.over_tls(authority, peers.answering(b"HTTP/1.1 200 OK\r\n\r\n"))) as port:
        assert here.handshake(LOOPBACK, port, name, TlsProfile.GO).outcome in (Outcome.TLS_ALERT, Outcome.OK)


@pytest.mark.parametrize(
    ("behaviour", "outcome"),
    [
        (peers.hanging_up, Outcome.RESET),
        (peers.silent, Outcome.NO_ANSWER),
        (lambda connection: connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n"), Outcome.BAD_ANSWER),
        (lambda connection: connection.sendall(os.urandom(1 << 20)), None),
        (
            lambda connection: connection.sendall(b"\x16\x03\x03\x40\x00" + b"\x0b\xff\xff\xff" * 9999),
            Outcome.TLS_ALERT,
        ),
        (lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"), Outcome.PLAIN_HTTP),
    ],
)
def test_peer_without_tls(hasty: Vantage, behaviour: peers.Behaviour, outcome: Outcome | None) -> None:
    with peers.listening(behaviour) as port:
        seen = hasty.handshake(LOOPBACK, port, peers.HOST, TlsProfile.PERMISSIVE)
        exchange = hasty.exchange("GET", LOOPBACK, url(port))

    assert seen.outcome is not Outcome.OK
    if outcome:
        assert (seen.outcome, exchange.outcome) == (outcome, outcome)


def test_plain_http_server_that_does_not_answer_a_hello(here: Vantage) -> None:
    def behave(connection: socket.socket) -> None:
        if connection.recv(4096).startswith(b"GET "):
            connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n{}")

    with peers.listening(behave) as port:
        assert here.handshake(LOOPBACK, port, peers.HOST, TlsProfile.GO).outcome is Outcome.PLAIN_HTTP
        assert here.exchange("GET", LOOPBACK, url(port)).outcome is Outcome.PLAIN_HTTP


def test_tls_port_that_answers_plain_requests_with_400_is_no_plain_http(here: Vantage) -> None:
    def behave(connection: socket.socket) -> None:
        if connection.recv(4096).startswith(b"GET "):
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\nplain HTTP on a TLS port")

    with peers.listening(behave) as port:
        assert here.handshake(LOOPBACK, port, peers.HOST, TlsProfile.GO).outcome is Outcome.RESET


def test_exchange_sends_what_was_asked(here: Vantage, authority: trustme.CA) -> None:
    requests: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        requests.append(peers.read_request(connection))
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with peers.listening(peers.over_tls(authority, behave)) as port:
        exchange = here.exchange("HEAD", LOOPBACK, url(port, "/v2/a b?x=\r\ny#z"), (("Accept", "a/b"),))

    [sent] = requests
    assert sent.startswith(b"HEAD /v2/a%20b?x=y HTTP/1.1\r\n")
    assert f"Host: {peers.HOST}:{port}\r\n".encode() in sent
    assert b"Accept: a/b\r\n" in sent
    assert b"Accept-Encoding: identity\r\n" in sent
    assert b"uthorization" not in sent
    assert (exchange.outcome, exchange.status) == (Outcome.OK, 204)


def test_address_is_dialled_and_the_name_is_sent(here: Vantage, authority: trustme.CA) -> None:
    names: list[str | None] = []

    def configure(context: ssl.SSLContext) -> None:
        context.sni_callback = lambda _socket, name, _context: names.append(name)

    with peers.listening(peers.over_tls(authority, peers.answering(b"HTTP/1.1 200 OK\r\n\r\n"), configure)) as port:
        here.exchange("GET", LOOPBACK, url(port))
        here.handshake(LOOPBACK, port, peers.HOST + ".", TlsProfile.GO)

    assert names == [peers.HOST, peers.HOST]


@pytest.mark.parametrize(
    "bad", ["http://registry.example.com/v2/", "https://", "https://[::1", "https://a b/", "https://h:99999/", ""]
)
def test_url_that_cannot_be_asked_for(here: Vantage, bad: str) -> None:
    assert here.exchange("GET", LOOPBACK, bad).outcome is Outcome.BAD_ANSWER


def test_repeated_headers_stay_apart_and_in_order(here: Vantage, authority: trustme.CA) -> None:
    exchange = ask(
        here,
        peers.over_tls(
            authority,
            peers.answering(
                b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate\r\nX: 1\r\n"
                b'www-authenticate: Basic realm="a, b"\r\nContent-Length: 2\r\n\r\n{}'
            ),
        ),
    )

    assert exchange.all("WWW-Authenticate") == ("Negotiate", 'Basic realm="a, b"')
    assert exchange.status == 401
    assert (exchange.body, exchange.truncated) == ("{}", False)


def test_no_redirect_is_followed(here: Vantage, authority: trustme.CA) -> None:
    exchange = ask(
        here, peers.over_tls(authority, peers.answering(b"HTTP/1.1 302 Found\r\nLocation: https://x/\r\n\r\n"))
    )

    assert (exchange.status, exchange.header("location")) == (302, "https://x/")


def test_environment_is_not_heeded(here: Vantage, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")

    assert ask(here, peers.over_tls(authority, peers.answering(b"HTTP/1.1 200 OK\r\n\r\n"))).status == 200


def test_control_characters_are_removed(here: Vantage, authority: trustme.CA) -> None:
    text = "\x1b[31mred\x07\u202e\x9b1m\x00 \u00e9\n".encode()
    exchange = ask(
        here,
        peers.over_tls(
            authority, peers.answering(b"HTTP/1.1 200 OK\r\nX-Note: \x1b]0;title\x07 \x9b end\r\n\r\n" + text)
        ),
    )

    assert exchange.body == "[31mred1m \u00e9\n"
    assert exchange.header("x-note") == "]0;title  end"


def test_folded_header_is_one_line(here: Vantage, authority: trustme.CA) -> None:
    exchange = ask(
        here,
        peers.over_tls(
            authority,
            peers.answering(b'HTTP/1.1 401 No\r\nWWW-Authenticate: Bearer realm="a",\r\n  service="b"\r\n\r\n'),
        ),
    )

    assert exchange.all("www-authenticate") == ('Bearer realm="a", service="b"',)


HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("behaviour", "outcome", "status"),
    [
        (peers.hanging_up, Outcome.RESET, None),
        (peers.silent, Outcome.NO_ANSWER, None),
        (peers.dripping(b"", b"H"), Outcome.NO_ANSWER, None),
        (peers.dripping(b"HTTP/1.1 ", b"2" * 4096, 0), Outcome.BAD_ANSWER, None),
        (peers.dripping(HEAD, b"A: b\r\n"), Outcome.NO_ANSWER, None),
        (peers.dripping(HEAD, b"A: b\r\n", 0), Outcome.BAD_ANSWER, 200),
        (peers.dripping(HEAD + b"A: ", b"b" * 4096, 0), Outcome.BAD_ANSWER, 200),
        (peers.dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0), Outcome.BAD_ANSWER, None),
        (peers.dripping(b"", b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n", 0), Outcome.BAD_ANSWER, None),
        (peers.dripping(HEAD + b"\r\n", b"x"), Outcome.OK, 200),
        (peers.dripping(HEAD + b"\r\n", b"x" * 65536, 0), Outcome.OK, 200),
        (peers.dripping(HEAD + b"Content-Length: 99999999999999\r\n\r\n", b"x" * 65536, 0), Outcome.OK, 200),
        (
            peers.dripping(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"ffff\r\n" + b"x" * 65535 + b"\r\n", 0),
            Outcome.OK,
            200,
        ),
        (peers.dripping(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"), Outcome.OK, 200),
        (peers.dripping(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"A: b\r\n", 0), Outcome.OK, 200),
        (peers.answering(HEAD + b"Transfer-Encoding: chunked\r\n\r\nnonsense\r\n"), Outcome.OK, 200),
        (peers.answering(HEAD + b"Content-Length: -5\r\n\r\nbody"), Outcome.BAD_ANSWER, 200),
        (peers.answering(b"220 smtp.example.com ESMTP\r\n"), Outcome.BAD_ANSWER, None),
        (peers.answering(b"HTTP/1.1 banana\r\n\r\n"), Outcome.BAD_ANSWER, None),
        (peers.answering(b"HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok"), Outcome.BAD_ANSWER, 200),
        (
            peers.answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok"),
            Outcome.BAD_ANSWER,
            200,
        ),
        (peers.answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok"), Outcome.OK, 200),
        (peers.answering(os.urandom(4096)), None, None),
    ],
)
def test_hostile_peer_behind_tls(
    hasty: Vantage, authority: trustme.CA, behaviour: peers.Behaviour, outcome: Outcome | None, status: int | None
) -> None:
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    exchange = ask(hasty, peers.over_tls(authority, behaviour))

    assert time.monotonic() - start < HASTE + 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024
    assert len(exchange.body) <= CONTENT_LIMIT
    if outcome:
        assert (exchange.outcome, exchange.status) == (outcome, status), exchange.detail


def test_answer_follows_those_that_only_inform(here: Vantage, authority: trustme.CA) -> None:
    hint = b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"
    answer = b"HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\nno"
    exchange = ask(here, peers.over_tls(authority, peers.answering(hint * 2 + answer)))

    assert (exchange.status, exchange.body) == (401, "no")


def test_what_is_no_http_is_quoted_in_one_line(here: Vantage, authority: trustme.CA) -> None:
    exchange = ask(here, peers.over_tls(authority, peers.answering(b"hello\n")))

    assert exchange.detail == "BadStatusLine: hello"


def test_body_that_goes_on_is_cut(here: Vantage, authority: trustme.CA) -> None:
    exchange = ask(here, peers.over_tls(authority, peers.dripping(HEAD + b"\r\n", b"x" * 65536, 0)))

    assert (len(exchange.body), exchange.truncated) == (CONTENT_LIMIT, True)


def test_body_that_does_not_end_in_time_says_so(hasty: Vantage, authority: trustme.CA) -> None:
    exchange = ask(hasty, peers.over_tls(authority, peers.dripping(HEAD + b"\r\n", b"x")))

    assert exchange.truncated
    assert "did not end" in exchange.detail


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    garbage=st.binary(max_size=300), beginning=st.sampled_from([b"", b"HTTP/1.1 ", HEAD, HEAD + b"WWW-Authenticate: "])
)
def test_no_answer_raises(here: Vantage, authority: trustme.CA, garbage: bytes, beginning: bytes) -> None:
    with peers.listening(peers.over_tls(authority, peers.answering(beginning + garbage))) as port:
        exchange = here.exchange("GET", LOOPBACK, url(port))

    assert all(text.isprintable() for header in exchange.headers for text in header)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    garbage=st.binary(max_size=300),
    beginning=st.sampled_from([b"", b"\x16\x03\x03", b"\x15\x03\x03\x00\x02", b"HTTP/"]),
)
def test_no_hello_raises(here: Vantage, garbage: bytes, beginning: bytes) -> None:
    with peers.listening(lambda connection: connection.sendall(beginning + garbage)) as port:
        assert here.handshake(LOOPBACK, port, peers.HOST, TlsProfile.GO).outcome is not Outcome.OK


def test_time_that_was_waited_is_said() -> None:
    with peers.listening(peers.silent) as port:
        waiting = Here("outside", "", 0.2)
        handshake = waiting.handshake(LOOPBACK, port, peers.HOST, TlsProfile.GO)
        exchange = waiting.exchange("GET", LOOPBACK, f"https://{peers.HOST}:{port}/v2/")

    assert (handshake.outcome, handshake.detail) == (Outcome.NO_ANSWER, "waited 0.2 s")
    assert (exchange.outcome, exchange.detail) == (Outcome.NO_ANSWER, "waited 0.2 s")


def test_what_answers_neither_in_tls_nor_in_http_is_quoted(here: Vantage) -> None:
    with peers.listening(lambda connection: connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")) as port:
        seen = here.handshake(LOOPBACK, port, peers.HOST, TlsProfile.GO)

    assert seen.outcome is Outcome.BAD_ANSWER
    assert "begins with 'SSH-2.0-OpenSSH_9.6" in seen.detail

"""The pool of connections against servers that misbehave, and when something breaks in the middle."""

import socket
import ssl
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from threading import Event, Lock

import peers
import pytest
import trustme

from pullcheck.trust import verifies
from pullcheck.vantage import Fetched, Outcome, TlsProfile, Vantage, connections
from pullcheck.vantage.here import Here

LOOPBACK = "127.0.0.1"
SECRET = "Basic Y2FuYXJ5OnNlY3JldA=="
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CLOSING = OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
STRAY = b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"
FOR_EVER = 60.0


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def fetch(vantage: Vantage, port: int, authority: trustme.CA, method: str = "GET", path: str = "/") -> Fetched:
    roots, url = authority.cert_pem.bytes().decode(), f"https://{peers.HOST}:{port}{path}"
    return vantage.fetch(method, LOOPBACK, url, roots, (("Authorization", SECRET),), 100)


def seconds(*futures: Future[Fetched]) -> float:
    """How long it takes until these are done."""
    started = time.monotonic()
    for future in futures:
        future.result(FOR_EVER)
    return time.monotonic() - started


class Server:
    """Answers each request after a while; ``heard`` is the requests by connection."""

    def __init__(self, answer: bytes = OK, pause: float = 0.0, later: bytes = b"") -> None:
        self.heard: list[list[bytes]] = []
        self._answer, self._pause, self._later = answer, pause, later

    def __call__(self, connection: socket.socket) -> None:
        mine: list[bytes] = []
        self.heard.append(mine)
        while request := peers.read_request(connection):
            mine.append(request)
            time.sleep(self._pause)
            connection.sendall(self._answer)
            if self._later:
                time.sleep(0.05)
                connection.sendall(self._later)
            if b"close" in self._answer:
                return


def test_who_waits_for_one_place_is_not_held_up_by_another(
    authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "SOON", FOR_EVER)
    with (
        peers.listening(peers.over_tls(authority, Server(pause=0.5))) as quick,
        peers.listening(peers.over_tls(authority, Server(pause=4))) as slow,
        Here("inside", "", 9).keeping_connections() as here,
        ThreadPoolExecutor(4) as pool,
    ):
        asked: list[Future[Fetched]] = []
        for port in (slow, slow, quick, quick):
            asked.append(pool.submit(fetch, here, port, authority))
            time.sleep(0.05)

        assert seconds(*asked[2:]) < 3


def test_what_breaks_in_the_middle_holds_up_nobody(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "SOON", FOR_EVER)

    def break_once(*arguments: object) -> bool:
        monkeypatch.setattr(connections, "verifies", verifies)
        raise RuntimeError("broken")

    monkeypatch.setattr(connections, "verifies", break_once)
    with (
        peers.listening(peers.over_tls(authority, Server())) as port,
        Here("inside", "", 3).keeping_connections() as here,
        ThreadPoolExecutor(1) as pool,
    ):
        with pytest.raises(RuntimeError):
            fetch(here, port, authority)
        again = pool.submit(fetch, here, port, authority)

        assert seconds(again) < 5
        assert again.result().exchange.status == 200


def test_a_connection_that_does_not_come_back_is_not_waited_for(
    authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "SOON", 0.1)
    server = Server(pause=1)
    with (
        peers.listening(peers.over_tls(authority, server)) as port,
        Here("inside", "", 9).keeping_connections() as here,
        ThreadPoolExecutor(4) as pool,
    ):
        asked = [pool.submit(fetch, here, port, authority) for _ in range(4)]

        assert seconds(*asked) < 3
        assert len(server.heard) == 4


def test_a_server_that_closes_connections_is_asked_at_once(
    authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "SOON", FOR_EVER)
    server = Server(CLOSING, pause=0.3)
    with (
        peers.listening(peers.over_tls(authority, server)) as port,
        Here("inside", "", 9).keeping_connections() as here,
        ThreadPoolExecutor(4) as pool,
    ):
        fetch(here, port, authority)
        asked = [pool.submit(fetch, here, port, authority) for _ in range(8)]

        assert seconds(*asked) < 8 * 0.3
        assert {one.result().exchange.status for one in asked} == {200}


def test_all_attempts_share_one_deadline(authority: trustme.CA) -> None:
    def behave(connection: socket.socket) -> None:
        peers.read_request(connection)
        if not asked:
            connection.sendall(OK)
            peers.read_request(connection)
        asked.append(b"")
        time.sleep(1.5)

    asked: list[bytes] = []
    with (
        peers.listening(peers.over_tls(authority, behave)) as port,
        Here("inside", "", 2).keeping_connections() as here,
        ThreadPoolExecutor(1) as pool,
    ):
        fetch(here, port, authority)
        again = pool.submit(fetch, here, port, authority)

        assert seconds(again) < 2.6
        assert again.result().exchange.outcome is Outcome.NO_ANSWER


@pytest.mark.parametrize(
    ("method", "server"),
    [
        ("GET", Server(OK + STRAY)),
        ("GET", Server(OK + STRAY[:9])),
        ("GET", Server(later=STRAY)),
        ("GET", Server(later=b"\x00garbage")),
        ("HEAD", Server()),
    ],
    ids=["answer", "part", "later", "garbage", "body-of-head"],
)
def test_what_nobody_asked_for_is_no_answer(authority: trustme.CA, method: str, server: Server) -> None:
    with (
        peers.listening(peers.over_tls(authority, server)) as port,
        Here("inside", "", 3).keeping_connections() as here,
    ):
        statuses = []
        for _ in range(3):
            statuses.append(fetch(here, port, authority, method).exchange.status)
            time.sleep(0.15)

    assert statuses == [200] * 3
    assert [len(one) for one in server.heard] == [1] * 3


def test_a_connection_that_waited_for_long_is_not_used_again(
    authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "IDLE", 0.2)
    server = Server()
    with (
        peers.listening(peers.over_tls(authority, server)) as port,
        Here("inside", "", 3).keeping_connections() as here,
    ):
        for pause in (0, 0.4, 0):
            time.sleep(pause)
            fetch(here, port, authority)

    assert [len(one) for one in server.heard] == [1, 2]


def test_a_handshake_that_failed_is_not_remembered(authority: trustme.CA) -> None:
    behave = peers.over_tls(authority, Server())
    seen: list[socket.socket] = []

    def fail_at_first(connection: socket.socket) -> None:
        seen.append(connection)
        if len(seen) > 2:
            behave(connection)

    with (
        peers.listening(fail_at_first) as port,
        Here("inside", "", 3).keeping_connections() as here,
    ):
        asked = here.exchange("GET", LOOPBACK, f"https://{peers.HOST}:{port}/v2/")
        shown = here.handshake(LOOPBACK, port, peers.HOST, TlsProfile.PERMISSIVE)

    assert (asked.outcome, shown.outcome) == (Outcome.RESET, Outcome.OK)


def test_a_server_with_one_connection_at_a_time_is_seen_all_the_same(authority: trustme.CA) -> None:
    behave, alone = peers.over_tls(authority, Server()), Lock()

    def in_turn(connection: socket.socket) -> None:
        with alone:
            behave(connection)

    with (
        peers.listening(in_turn) as port,
        Here("inside", "", 1).keeping_connections() as here,
    ):
        asked = here.exchange("GET", LOOPBACK, f"https://{peers.HOST}:{port}/v2/")
        shown = here.handshake(LOOPBACK, port, peers.HOST, TlsProfile.GO)

    assert (asked.status, shown.outcome) == (200, Outcome.OK)


def test_nothing_is_sent_once_the_run_is_given_up(authority: trustme.CA) -> None:
    server, given_up = Server(), Event()
    with (
        peers.listening(peers.over_tls(authority, server)) as port,
        Here("inside", "", 3).keeping_connections(given_up) as here,
    ):
        fetch(here, port, authority)
        given_up.set()
        after = fetch(here, port, authority).exchange
        asked = here.exchange("GET", LOOPBACK, f"https://{peers.HOST}:{port}/v2/")

    assert (after.status, asked.status, after.detail) == (None, None, "the run was given up")
    assert sum(map(len, server.heard)) == 1


def test_back_ends_with_other_certificates_get_no_credentials(authority: trustme.CA) -> None:
    """Behind one address, every connection may lead to another server."""
    bad, good = Server(), Server(CLOSING)
    turns = [(trustme.CA(), bad), (authority, good), (trustme.CA(), bad)]
    shown = iter([peers.over_tls(*turn) for turn in turns])

    def behave(connection: socket.socket) -> None:
        next(shown)(connection)

    with (
        peers.listening(behave) as port,
        Here("inside", "", 3).keeping_connections() as here,
    ):
        ping = here.exchange("GET", LOOPBACK, f"https://{peers.HOST}:{port}/v2/")
        first, second = fetch(here, port, authority).exchange, fetch(here, port, authority).exchange

    assert (ping.status, first.status, second.outcome) == (200, 200, Outcome.UNTRUSTED)
    assert second.detail.endswith(f"another connection to {LOOPBACK} was shown one that does")
    assert not any(SECRET.encode() in request for one in bad.heard for request in one)
    assert SECRET.encode() in good.heard[0][0]


def test_what_comes_back_after_the_end_is_closed(authority: trustme.CA) -> None:
    ended: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        peers.read_request(connection)
        time.sleep(0.5)
        connection.sendall(OK)
        try:
            ended.append(connection.recv(1))
        except ssl.SSLError:
            ended.append(b"")

    with peers.listening(peers.over_tls(authority, behave)) as port, ThreadPoolExecutor(1) as pool:
        with ExitStack() as block:
            here = block.enter_context(Here("inside", "", 3).keeping_connections())
            asked = pool.submit(fetch, here, port, authority)
            time.sleep(0.2)
        status = asked.result().exchange.status
        deadline = time.monotonic() + 5
        while not ended and time.monotonic() < deadline:
            time.sleep(0.02)

    assert (status, ended) == (200, [b""])

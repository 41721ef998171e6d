"""Connections that are used again, and what becomes of those that the other side has closed."""

import socket
import ssl
import time
from concurrent.futures import ThreadPoolExecutor

import peers
import pytest
import trustme

from pullcheck.vantage import Outcome, Vantage
from pullcheck.vantage.here import Here

LOOPBACK = "127.0.0.1"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


class Talking:
    """Answers request after request on one connection, ``most`` times; ``heard`` are the requests by connection."""

    def __init__(self, answer: bytes = OK, most: int = 1000) -> None:
        self.heard: list[list[bytes]] = []
        self._answer, self._most = answer, most

    def __call__(self, connection: socket.socket) -> None:
        mine: list[bytes] = []
        self.heard.append(mine)
        while len(mine) < self._most and (request := peers.read_request(connection)):
            mine.append(request)
            connection.sendall(self._answer)


def ask(vantage: Vantage, port: int, authority: trustme.CA, path: str = "/", limit: int = 100) -> tuple[Outcome, bytes]:
    roots = authority.cert_pem.bytes().decode()
    fetched = vantage.fetch("GET", LOOPBACK, f"https://{peers.HOST}:{port}{path}", roots, limit=limit)
    return fetched.exchange.outcome, fetched.content


def test_one_connection_for_many_requests(authority: trustme.CA) -> None:
    server = Talking()
    with (
        peers.listening(peers.over_tls(authority, server)) as port,
        Here("inside", "", 3).keeping_connections() as here,
    ):
        answers = [ask(here, port, authority, f"/{number}") for number in range(5)]

    assert answers == [(Outcome.OK, b"ok")] * 5
    assert [len(one) for one in server.heard] == [5]
    assert b"Connection: close" not in server.heard[0][0]


def test_without_a_block_each_request_has_its_own(authority: trustme.CA) -> None:
    server, here = Talking(most=1), Here("inside", "", 3)
    with peers.listening(peers.over_tls(authority, server)) as port:
        answers = [ask(here, port, authority) for _ in range(2)]

    assert answers == [(Outcome.OK, b"ok")] * 2
    assert b"Connection: close" in server.heard[0][0]
    assert len(server.heard) == 2


def test_connection_that_was_closed_meanwhile_is_made_anew(authority: trustme.CA) -> None:
    server = Talking(most=2)
    with (
        peers.listening(peers.over_tls(authority, server)) as port,
        Here("inside", "", 3).keeping_connections() as here,
    ):
        answers = [ask(here, port, authority) for _ in range(5)]

    assert answers == [(Outcome.OK, b"ok")] * 5
    assert [len(one) for one in server.heard] == [2, 2, 1]


@pytest.mark.parametrize(
    "answer",
    [
        OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"),
        OK.replace(b"HTTP/1.1", b"HTTP/1.0"),
        b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n" + b"x" * 9000,
    ],
    ids=["says-so", "old", "not-read-to-its-end"],
)
def test_connection_that_cannot_be_used_again_is_closed(authority: trustme.CA, answer: bytes) -> None:
    server = Talking(answer)
    with (
        peers.listening(peers.over_tls(authority, server)) as port,
        Here("inside", "", 3).keeping_connections() as here,
    ):
        outcomes = [ask(here, port, authority)[0] for _ in range(2)]

    assert outcomes == [Outcome.OK] * 2
    assert [len(one) for one in server.heard] == [1, 1]


def test_connection_is_no_proof_for_other_roots_or_names(authority: trustme.CA) -> None:
    server, stranger = Talking(), trustme.CA()
    with (
        peers.listening(peers.over_tls(authority, server)) as port,
        Here("inside", "", 3).keeping_connections() as here,
    ):
        good = ask(here, port, authority)[0]
        other = ask(here, port, stranger)[0]
        roots = authority.cert_pem.bytes().decode()
        name = here.fetch("GET", LOOPBACK, f"https://token.example.com:{port}/", roots).exchange.outcome

    assert (good, other, name) == (Outcome.OK, Outcome.UNTRUSTED, Outcome.UNTRUSTED)
    assert sum(len(one) for one in server.heard) == 1


def test_two_at_once_have_two_connections(authority: trustme.CA) -> None:
    server = Talking()
    with (
        peers.listening(peers.over_tls(authority, server)) as port,
        Here("inside", "", 3).keeping_connections() as here,
        ThreadPoolExecutor(4) as pool,
    ):
        answers = list(pool.map(lambda number: ask(here, port, authority, f"/{number}"), range(40)))

    assert answers == [(Outcome.OK, b"ok")] * 40
    assert len(server.heard) <= 4


def test_deadline_is_that_of_each_request(authority: trustme.CA) -> None:
    def behave(connection: socket.socket) -> None:
        peers.read_request(connection)
        connection.sendall(OK)
        peers.silent(connection)

    with (
        peers.listening(peers.over_tls(authority, behave)) as port,
        Here("inside", "", 0.5).keeping_connections() as here,
    ):
        outcomes = [ask(here, port, authority)[0] for _ in range(2)]

    assert outcomes == [Outcome.OK, Outcome.NO_ANSWER]


def test_nothing_stays_open_after_the_block(authority: trustme.CA) -> None:
    ended: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        peers.read_request(connection)
        connection.sendall(OK)
        try:
            ended.append(connection.recv(1))
        except ssl.SSLError:
            ended.append(b"")

    with peers.listening(peers.over_tls(authority, behave)) as port:
        with Here("inside", "", 3).keeping_connections() as here:
            ask(here, port, authority)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(lambda: [None for _ in iter(lambda: bool(ended), True)]).result(5)

    assert ended == [b""]


def test_body_goes_along(authority: trustme.CA) -> None:
    server = Talking(most=1)
    with peers.listening(peers.over_tls(authority, server)) as port:
        roots = authority.cert_pem.bytes().decode()
        url = f"https://{peers.HOST}:{port}/token"
        Here("inside", "", 3).fetch("POST", LOOPBACK, url, roots, body=b"grant_type=password")

    assert b"Content-Length: 19" in server.heard[0][0]
    assert server.heard[0][0].endswith(b"\r\n\r\ngrant_type=password")


def post(vantage: Vantage, port: int, authority: trustme.CA) -> int | None:
    roots, url = authority.cert_pem.bytes().decode(), f"https://{peers.HOST}:{port}/token"
    return vantage.fetch("POST", LOOPBACK, url, roots, body=b"password=x").exchange.status


def test_what_has_a_body_is_not_sent_twice(authority: trustme.CA) -> None:
    heard: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        for answer in (OK, b""):
            heard.append(peers.read_request(connection))
            connection.sendall(answer)

    with (
        peers.listening(peers.over_tls(authority, behave)) as port,
        Here("inside", "", 3).keeping_connections() as here,
    ):
        statuses = [post(here, port, authority) for _ in range(2)]

    assert statuses == [200, None]
    assert len(heard) == 2


def test_what_has_a_body_is_not_sent_to_where_nobody_listens_any_more(authority: trustme.CA) -> None:
    server = Talking(most=1)
    with (
        peers.listening(peers.over_tls(authority, server)) as port,
        Here("inside", "", 3).keeping_connections() as here,
    ):
        first = post(here, port, authority)
        time.sleep(0.2)
        second = post(here, port, authority)

    assert (first, second) == (200, 200)
    assert [len(one) for one in server.heard] == [1, 1]

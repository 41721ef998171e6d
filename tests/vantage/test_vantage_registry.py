"""The registry collectors over a real vantage, against servers on loopback."""

import socket
import time

import peers
import pytest
import trustme

from pullcheck import NotApplicable, Status
from pullcheck.collect.registry import path_prefix, ping, registry_seen
from pullcheck.evidence.placement import ImageReference, Registry
from pullcheck.evidence.registry import PathPrefix, RegistrySeen
from pullcheck.settings import Resolve, Settings
from pullcheck.vantage import Outcome
from pullcheck.vantage.here import Here
from pullcheck_checks.auth.challenge import asks_in_a_way_that_is_understood
from pullcheck_checks.registry.api_v2 import speaks_api_v2

HERE = Here("outside", "this machine", 2.0)
V2 = b"Docker-Distribution-Api-Version: registry/2.0\r\n"
CHALLENGE = b"HTTP/1.1 401 Unauthorized\r\n" + V2 + b'WWW-Authenticate: Basic realm="lab"\r\nContent-Length: 0\r\n\r\n'


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def look(port: int, *addresses: str) -> RegistrySeen:
    settings = Settings(resolve=tuple(Resolve(peers.HOST.upper(), port, address) for address in addresses))
    return registry_seen.function(Registry(peers.HOST, port), HERE, settings)


def routed(routes: dict[bytes, bytes]) -> peers.Behaviour:
    """Answer by path; 404 elsewhere."""

    def behave(connection: socket.socket) -> None:
        path = peers.read_request(connection).split(b" ")[1]
        connection.sendall(routes.get(path, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))

    return behave


def test_healthy_registry_is_seen_and_passes(authority: trustme.CA) -> None:
    with peers.listening(peers.over_tls(authority, peers.answering(CHALLENGE))) as port:
        found = ping.function(look(port, "127.0.0.1"), HERE)

    [verdict] = speaks_api_v2.function(found, NotApplicable("the root is there"), NotApplicable("it is there"))
    [challenge] = asks_in_a_way_that_is_understood.function(found, NotApplicable("it is there"))

    assert found.seen.forced
    assert verdict.status is Status.PASS, verdict.because
    assert challenge.status is Status.PASS, challenge.because


def test_redirect_on_the_same_host_is_followed_once(authority: trustme.CA) -> None:
    routes = {
        b"/v2/": b"HTTP/1.1 301 Moved\r\nLocation: /v2?token=secret\r\n\r\n",
        b"/v2?token=secret": CHALLENGE.replace(b"401", b"302").replace(b"\r\n\r\n", b"\r\nLocation: /v2/\r\n\r\n"),
    }
    with peers.listening(peers.over_tls(authority, routed(routes))) as port:
        found = ping.function(look(port, "127.0.0.1"), HERE)

    [answer] = found.answers
    assert answer.exchange
    assert answer.exchange.status == 301
    assert answer.forwarded
    assert answer.forwarded.status == 302
    assert "secret" not in repr(found)


@pytest.mark.parametrize("location", ["https://other.example.com/", "http://registry.example.com/v2/", "https://[::1"])
def test_redirect_elsewhere_is_not_followed(authority: trustme.CA, location: str) -> None:
    moved = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\n\r\n".encode()
    with peers.listening(peers.over_tls(authority, peers.answering(moved))) as port:
        [answer] = ping.function(look(port, "127.0.0.1"), HERE).answers

    assert answer.forwarded is None


def test_prefix_is_looked_for_where_the_root_is_missing(authority: trustme.CA) -> None:
    image = ImageReference("x", peers.HOST, None, "team/model", "v1", None)
    with peers.listening(peers.over_tls(authority, routed({b"/team/v2/": CHALLENGE}))) as port:
        found = ping.function(look(port, "127.0.0.1"), HERE)
        prefix = path_prefix.function(found, image, HERE)

    [verdict] = speaks_api_v2.function(found, prefix, NotApplicable("it is there"))

    assert isinstance(prefix, PathPrefix)
    assert verdict.cause
    assert verdict.cause.id == "reg.path-prefix"


def test_all_addresses_are_asked_at_once() -> None:
    with peers.listening(peers.silent) as port:
        start = time.monotonic()
        found = ping.function(look(port, *(f"127.0.0.{last}" for last in range(1, 9))), Here("outside", "", 0.5))
        took = time.monotonic() - start

    outcomes = {answer.address: answer.tcp for answer in found.answers}

    assert took < 2.5
    assert outcomes["127.0.0.1"] is Outcome.OK
    assert outcomes["127.0.0.8"] is Outcome.REFUSED


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (b"503 Unavailable", True),
        (b"429 Too Many\r\nRetry-After: 1", True),
        (b"429 Too Many\r\nRetry-After: 3600", False),
        (b"501 Not Implemented", False),
    ],
)
def test_answer_that_passes_is_asked_for_once_more(authority: trustme.CA, first: bytes, again: bool) -> None:
    answers = iter((b"HTTP/1.1 " + first + b"\r\nContent-Length: 0\r\n\r\n", CHALLENGE))

    def behave(connection: socket.socket) -> None:
        peers.read_request(connection)
        connection.sendall(next(answers))

    with peers.listening(peers.over_tls(authority, behave)) as port:
        [found] = ping.function(look(port, "127.0.0.1"), HERE).answers

    assert found.last
    assert (found.last.status == 401) is again
    assert (found.before is not None) is again

"""Questions to name servers that lie, drip, loop and flood, on loopback."""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from peers import listening

from pullcheck.vantage import Answered, Said
from pullcheck.vantage.name_server import CHAIN, KEPT, ask

NAME = "registry.example.com"
TIMEOUT = 0.6
Reply = Callable[[bytes], list[bytes]]


@contextlib.contextmanager
def server(reply: Reply) -> Iterator[int]:
    """The port of a UDP server that sends these packets for each question."""
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as wire:
        wire.bind(("127.0.0.1", 0))
        threading.Thread(target=_serve, args=(wire, reply), daemon=True).start()
        yield wire.getsockname()[1]


def _serve(wire: socket.socket, reply: Reply) -> None:
    with contextlib.suppress(OSError):
        while True:
            question, client = wire.recvfrom(4096)
            for packet in reply(question):
                wire.sendto(packet, client)


def udp(reply: Reply, kind: str = "A") -> Said:
    with server(reply) as port:
        return ask("127.0.0.1", NAME, kind, "udp", TIMEOUT, port)


def tcp(behaviour: Callable[[socket.socket], None]) -> Said:
    with listening(behaviour) as port:
        return ask("127.0.0.1", NAME, "A", "tcp", TIMEOUT, port)


def answer(question: bytes, *records: str, rcode: int = dns.rcode.NOERROR, flags: int = 0) -> bytes:
    made = dns.message.make_response(dns.message.from_wire(question))
    made.set_rcode(dns.rcode.Rcode(rcode))
    made.flags |= flags
    for record in records:
        owner, kind, value = record.split()
        made.answer.append(dns.rrset.from_text(owner, 60, "IN", kind, value))
    return made.to_wire(max_size=65535)


def a(value: str = "10.0.10.20", owner: str = NAME) -> str:
    return f"{owner}. A {value}"


def with_id(packet: bytes, number: int) -> bytes:
    return struct.pack("!H", number) + packet[2:]


def raw(question: bytes, body: bytes, answers: int = 1) -> bytes:
    """The question as it came, said to have answers, with this in the place of them."""
    head = question[:2] + struct.pack("!HHHHH", 0x8180, 1, answers, 0, 0)
    end = question.index(b"\x00", 12) + 5
    return head + question[12:end] + body


@pytest.mark.parametrize(
    ("code", "answered"),
    [
        (dns.rcode.NXDOMAIN, Answered.NO_NAME),
        (dns.rcode.SERVFAIL, Answered.SERVFAIL),
        (dns.rcode.REFUSED, Answered.REFUSED),
        (dns.rcode.NOTIMP, Answered.OTHER_CODE),
        (dns.rcode.NOERROR, Answered.NO_ADDRESS),
    ],
)
def test_each_code_is_told_from_the_others(code: int, answered: Answered) -> None:
    said = udp(lambda question: [answer(question, rcode=code)])

    assert said.answered is answered
    assert said.answered.heard
    assert said.answered.yes_or_no is (answered in (Answered.NO_NAME, Answered.NO_ADDRESS))


def test_silence_ends_with_the_time_and_is_not_a_closed_port() -> None:
    began = time.monotonic()
    silent = udp(lambda _: [])
    waited = time.monotonic() - began
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    closed = [ask("127.0.0.1", NAME, "A", transport, TIMEOUT, port) for transport in ("udp", "tcp")]

    assert silent.answered is Answered.SILENT
    assert TIMEOUT <= waited < TIMEOUT + 0.5
    assert [one.answered for one in closed] == [Answered.CLOSED, Answered.CLOSED]


def test_a_lost_datagram_is_asked_for_again() -> None:
    asked: list[bytes] = []

    def second_time(question: bytes) -> list[bytes]:
        asked.append(question)
        return [answer(question, a())] if len(asked) > 1 else []

    assert udp(second_time).addresses == ("10.0.10.20",)


def test_answers_with_another_id_are_passed_over() -> None:
    said = udp(lambda question: [with_id(answer(question, a("6.6.6.6")), 7), answer(question, a())])

    assert said.addresses == ("10.0.10.20",)


def test_nothing_but_another_id_is_no_answer() -> None:
    said = udp(lambda question: [with_id(answer(question, a("6.6.6.6")), question[0] * 256 + (question[1] ^ 1))])

    assert said.answered is Answered.BROKEN
    assert "another question" in said.detail
    assert said.addresses == ()


def test_an_answer_to_another_question_is_none() -> None:
    def lying(question: bytes) -> list[bytes]:
        other = dns.message.make_query("elsewhere.example.com.", "A")
        other.id = dns.message.from_wire(question).id
        return [answer(other.to_wire(), a("6.6.6.6", "elsewhere.example.com"))]

    assert udp(lying).answered is Answered.BROKEN


def test_the_question_sent_back_is_no_answer() -> None:
    assert udp(lambda question: [question]).answered is Answered.BROKEN


@pytest.mark.parametrize(
    "body",
    [
        b"\xc0\xff\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x0a\x00\x0a\x14",
        b"\xc0\x26\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x0a\x00\x0a\x14",
        b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\xff\xff\x0a\x00",
        b"\x3f" * 300,
        b"",
    ],
    ids=["points forward", "points to itself", "length lies", "endless name", "promises more"],
)
def test_a_message_that_cannot_be_read_is_said_to_be_none(body: bytes) -> None:
    said = udp(lambda question: [raw(question, body)])

    assert said.answered is Answered.BROKEN
    assert "no DNS message" in said.detail


@pytest.mark.parametrize("packet", [b"", b"x", b"HTTP/1.1 400 Bad Request\r\n\r\n", bytes(12)])
def test_what_is_not_dns_at_all_is_said_to_be_none(packet: bytes) -> None:
    assert udp(lambda _: [packet]).answered is Answered.BROKEN


def test_cname_records_in_a_circle_end() -> None:
    said = udp(lambda question: [answer(question, f"{NAME}. CNAME b.example.com.", f"b.example.com. CNAME {NAME}.")])

    assert said.answered is Answered.BROKEN
    assert "circle" in said.detail


def test_cname_records_without_end_end() -> None:
    steps = [f"{NAME}. CNAME h0.example.com.", *(f"h{n}.example.com. CNAME h{n + 1}.example.com." for n in range(40))]
    short = [*steps[:CHAIN], a(owner=f"h{CHAIN - 1}.example.com")]

    assert udp(lambda question: [answer(question, *steps)]).answered is Answered.BROKEN
    assert len(udp(lambda question: [answer(question, *short)]).chain) == CHAIN


def test_a_cname_without_address_is_no_address_and_tells_where_it_leads() -> None:
    said = udp(lambda question: [answer(question, f"{NAME}. CNAME gone.example.com.", a(owner="other.example.com"))])

    assert said.answered is Answered.NO_ADDRESS
    assert said.chain == ("gone.example.com",)


def test_ipv6_addresses_are_asked_for_by_themselves() -> None:
    said = udp(lambda question: [answer(question, f"{NAME}. AAAA fd00::1")], kind="AAAA")

    assert said.addresses == ("fd00::1",)


def test_a_flood_ends() -> None:
    began = time.monotonic()
    said = udp(lambda question: [with_id(answer(question, a("6.6.6.6")), n) for n in range(2000)])

    assert said.addresses == ()
    assert time.monotonic() - began < TIMEOUT + 1


def test_a_cut_answer_is_told() -> None:
    said = udp(lambda question: [answer(question, a(), flags=dns.flags.TC)])

    assert said.truncated
    assert said.addresses == ("10.0.10.20",)


def test_a_huge_answer_by_tcp_is_read_once_and_kept_in_part() -> None:
    def huge(connection: socket.socket) -> None:
        question = connection.recv(4096)[2:]
        body = b"".join(
            b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04" + struct.pack("!I", 0x0A000000 + n) for n in range(4000)
        )
        packet = raw(question, body, 4000)
        connection.sendall(struct.pack("!H", len(packet)) + packet)

    with listening(huge) as port:
        began = time.monotonic()
        said = ask("127.0.0.1", NAME, "A", "tcp", 10, port)

    assert len(said.addresses) == KEPT
    assert time.monotonic() - began < 5


def dripping(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"\xff\xff")
    while True:
        connection.sendall(b"\x00")
        time.sleep(0.05)


def hanging_up(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"\x00\x40half")


def speaking_http(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


@pytest.mark.parametrize(
    ("behaviour", "answered"),
    [(dripping, Answered.SILENT), (hanging_up, Answered.BROKEN), (speaking_http, Answered.BROKEN)],
)
def test_tcp_servers_that_misbehave_cost_no_more_than_the_time(
    behaviour: Callable[[socket.socket], None], answered: Answered
) -> None:
    began = time.monotonic()
    said = tcp(behaviour)

    assert said.answered is answered
    assert time.monotonic() - began < TIMEOUT + 0.5


@pytest.mark.parametrize("name", ["a..b", "x" * 64 + ".example.com", ".".join(["label"] * 60)])
def test_a_name_that_dns_cannot_carry_is_told(name: str) -> None:
    said = ask("127.0.0.1", name, "A", "udp", TIMEOUT, 9)

    assert said.answered is Answered.BROKEN
    assert "cannot be asked for" in said.detail

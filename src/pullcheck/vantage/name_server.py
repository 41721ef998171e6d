"""Questions to one name server, by UDP or TCP, and what became of them.

What comes back may be hostile: every wait ends with one deadline, no more packets and bytes are read than an answer
can have, and records that lead in a circle are followed once.
"""

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_address
from socket import AF_INET, AF_INET6, SOCK_DGRAM, socket
from typing import TYPE_CHECKING

from pullcheck.vantage import Answered, Said
from pullcheck.vantage.wire import Deadline, dial, in_words

if TYPE_CHECKING:
    from dns.message import Message
    from dns.name import Name

DOMAIN = 53
PAYLOAD = 1232
"""The size of a datagram that Go's resolver offers to take (EDNS, RFC 6891; Go source, net/dnsclient_unix.go)."""
PACKETS = 32
CHAIN = 16
KEPT = 32


def ask(server: str, name: str, kind: str, transport: str, timeout: float, port: int = DOMAIN) -> Said:
    """Ask a server (an address) one question, as a client does that leaves the search to it (RFC 1035, RFC 7766)."""
    from dns.exception import DNSException
    from dns.message import make_query

    said = Said(server, name, kind, transport, Answered.SILENT)
    try:
        query = make_query(f"{name.rstrip('.')}.", kind, use_edns=True, payload=PAYLOAD)
    except (DNSException, UnicodeError) as error:
        return replace(said, answered=Answered.BROKEN, detail=f"the name cannot be asked for: {error}")
    asking = _by_tcp if transport == "tcp" else _by_udp
    try:
        return asking(said, query, port, Deadline(timeout))
    except TimeoutError:
        return said
    except ConnectionRefusedError:
        return replace(said, answered=Answered.CLOSED)
    except ConnectionError as error:
        return replace(said, answered=Answered.BROKEN, detail=in_words(error))
    except OSError as error:
        return replace(said, answered=Answered.UNREACHABLE, detail=in_words(error))


def _by_udp(said: Said, query: "Message", port: int, deadline: Deadline) -> Said:
    """Ask, and ask again after half of the time: datagrams get lost. Answers to other questions are passed over."""
    family = AF_INET6 if ip_address(said.server).version == 6 else AF_INET
    with socket(family, SOCK_DGRAM) as wire:
        wire.connect((said.server, port))
        strange = ""
        for data in _datagrams(wire, query.to_wire(), deadline):
            answer, fault = _parsed(data, query)
            if answer is not None:
                return _read(said, answer)
            strange = strange or fault
    return replace(said, answered=Answered.BROKEN, detail=strange) if strange else said


def _datagrams(wire: socket, question: bytes, deadline: Deadline) -> Iterator[bytes]:
    """What comes back, no more than so many packets in each half of the time."""
    half_of_it = deadline.left() / 2
    for _ in range(2):
        wire.send(question)
        half = Deadline(half_of_it)
        try:
            for _ in range(PACKETS):
                wire.settimeout(half.left())
                yield wire.recv(65535)
        except TimeoutError:
            continue


def _by_tcp(said: Said, query: "Message", port: int, deadline: Deadline) -> Said:
    with dial(said.server, port, deadline) as wire:
        question = query.to_wire()
        with deadline.over(wire):
            wire.sendall(len(question).to_bytes(2) + question)
        length = int.from_bytes(_exactly(wire, 2, deadline))
        answer, fault = _parsed(_exactly(wire, length, deadline), query)
    return replace(said, answered=Answered.BROKEN, detail=fault) if answer is None else _read(said, answer)


def _exactly(wire: socket, length: int, deadline: Deadline) -> bytes:
    data = bytearray()
    while len(data) < length:
        with deadline.over(wire):
            more = wire.recv(length - len(data))
        if not more:
            raise ConnectionResetError("closed before the answer was whole")
        data += more
    return bytes(data)


def _parsed(data: bytes, query: "Message") -> tuple["Message | None", str]:
    """The answer, or why it is none to this question."""
    from dns.exception import DNSException
    from dns.message import from_wire

    try:
        answer = from_wire(data, ignore_trailing=True)
    except (DNSException, ValueError) as error:
        return None, f"what came is no DNS message ({type(error).__name__})"
    return (answer, "") if query.is_response(answer) else (None, "what came answers another question")


def _read(said: Said, answer: "Message") -> Said:
    from dns import flags, rcode
    from dns.rdatatype import RdataType

    said = replace(said, truncated=bool(answer.flags & flags.TC))
    code = answer.rcode()
    told = {rcode.NXDOMAIN: Answered.NO_NAME, rcode.SERVFAIL: Answered.SERVFAIL, rcode.REFUSED: Answered.REFUSED}
    if code != rcode.NOERROR:
        return replace(said, answered=told.get(code, Answered.OTHER_CODE), detail=rcode.to_text(code))
    leads = {one.name: one[0].target for one in answer.answer if one.rdtype == RdataType.CNAME}
    names = _chain(answer.question[0].name, leads)
    if names is None:
        return replace(said, answered=Answered.BROKEN, detail="its CNAME records lead in a circle, or on and on")
    own = [one for one in answer.answer if one.name == names[-1] and one.rdtype == RdataType[said.kind]]
    addresses = tuple(sorted({row.address for one in own for row in one})[:KEPT])
    chain = tuple(str(name).rstrip(".").lower() for name in names[1:])
    return replace(
        said, answered=Answered.ADDRESSES if addresses else Answered.NO_ADDRESS, addresses=addresses, chain=chain
    )


def _chain(name: "Name", leads: "dict[Name, Name]") -> "list[Name] | None":
    """The names from the first to the last; None where there are too many, as in a circle."""
    names = [name]
    while names[-1] in leads:
        if len(names) > CHAIN:
            return None
        names.append(leads[names[-1]])
    return names

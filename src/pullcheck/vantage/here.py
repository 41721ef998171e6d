"""This machine as a vantage."""

import queue
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace

from pullcheck.errors import UsageError
from pullcheck.missing import Unavailable
from pullcheck.settings import Settings
from pullcheck.target import VpcConfig
from pullcheck.vantage import (
    CONTENT_LIMIT,
    Exchange,
    Fetched,
    Handshake,
    Outcome,
    Resolution,
    TlsProfile,
    Vantage,
    VantageName,
)
from pullcheck.vantage.connections import Asking, Connections
from pullcheck.vantage.request import HTTPS, answer, authority, parse, request
from pullcheck.vantage.standing import ANYWHERE, Standing, local_address, standing
from pullcheck.vantage.wire import HTTP_1, HTTP_2_OR_1, Deadline, TlsWire, dial, in_words, open_tls, outcome_of

_HTTP_2_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes((0, 0, 0, 4, 0, 0, 0, 0, 0))
_HTTP_2_SETTINGS = 4
_FRAME_TYPE = 3
_FIRST_READ = 64
_TURNED_AWAY = "closed after a client certificate was asked for and none was given"
_STATUS = slice(9, 12)
_NO_SUCH_NAME = (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))


@dataclass(frozen=True)
class Here:
    """Observations made from this machine, each over after ``timeout`` seconds.

    No proxy, no CA bundle and no other setting of the machine's environment is heeded: SageMaker has none of them.
    """

    name: str
    description: str
    timeout: float
    kept: Connections | None = field(default=None, compare=False, repr=False)

    def resolve(self, name: str) -> Resolution:
        """Ask this machine's resolver, in a thread of its own because its patience cannot be set."""
        answers: queue.SimpleQueue[Resolution] = queue.SimpleQueue()
        threading.Thread(target=lambda: answers.put(_look_up(name)), name="resolve", daemon=True).start()
        try:
            return answers.get(timeout=self.timeout)
        except queue.Empty:
            return Resolution(name, (), f"the resolver did not answer within {self.timeout:g} s")

    def connect(self, address: str, port: int) -> Outcome:
        """Open a TCP connection and close it."""
        try:
            dial(address, port, Deadline(self.timeout)).close()
        except OSError as error:
            return outcome_of(error)
        return Outcome.OK

    def handshake(self, address: str, port: int, server_name: str, profile: TlsProfile) -> Handshake:
        """Shake hands, send a request and read once: TLS 1.3 servers turn a client away only after the handshake."""
        deadline = Deadline(self.timeout)
        with open_tls(address, port, server_name, profile, HTTP_2_OR_1, deadline) as (wire, outcome, detail):
            seen = Handshake(address, port, server_name, outcome, detail)
            if wire is None:
                return seen
            seen = replace(seen, chain=wire.chain(), seconds=wire.seconds, group=wire.group)
            if outcome is Outcome.OK:
                return _after_first_read(wire, seen)
            turned_away = outcome in (Outcome.TLS_ALERT, Outcome.RESET)
            return replace(seen, client_certificate_demanded=turned_away and wire.client_certificate_requested)

    def exchange(self, method: str, address: str, url: str, headers: tuple[tuple[str, str], ...] = ()) -> Exchange:
        """Ask ``url`` of the server at ``address``, by HTTP/1.1 as Docker's classic transport does."""
        parts = parse(url)
        if parts is None:
            return Exchange(address, 0, method, url, Outcome.BAD_ANSWER, "not an https URL that can be asked for")
        port, host, deadline = parts.port or HTTPS, parts.hostname or "", Deadline(self.timeout)
        with open_tls(address, port, host, TlsProfile.PERMISSIVE, HTTP_1, deadline) as (wire, outcome, detail):
            if wire is None or outcome is not Outcome.OK:
                return Exchange(address, port, method, url, outcome, detail)
            try:
                wire.sendall(request(method, parts, headers))
                exchange = answer(wire, method, address, port, url)
            except OSError as error:
                exchange = Exchange(address, port, method, url, outcome_of(error), in_words(error))
            if exchange.outcome is Outcome.RESET and wire.client_certificate_requested:
                return replace(exchange, outcome=Outcome.TLS_ALERT, detail=_TURNED_AWAY)
            return exchange

    def fetch(
        self,
        method: str,
        address: str,
        url: str,
        roots: str,
        headers: tuple[tuple[str, str], ...] = (),
        limit: int = CONTENT_LIMIT,
        body: bytes = b"",
    ) -> Fetched:
        """Ask ``url`` of the server at ``address`` once its certificate verified; before that nothing is sent."""
        parts = parse(url)
        if parts is None:
            what = "not an https URL that can be asked for"
            return Fetched(Exchange(address, 0, method, url, Outcome.BAD_ANSWER, what))
        asking = Asking(method, url, parts, headers, body, limit)
        return (self.kept or Connections(keep=False)).fetch(address, asking, roots, self.timeout)

    @contextmanager
    def keeping_connections(self) -> Iterator[Vantage]:
        """This machine, using its connections again until the end of the block, where they are closed."""
        with closing(Connections(keep=True)) as kept:
            yield replace(self, kept=kept)


def vantage_for(name: VantageName, place: VpcConfig | None, settings: Settings) -> Vantage | Unavailable:
    """The vantage that ``--vantage`` asks for; ``place`` is where the model stands, None where that is not known.

    ``inside`` is taken from the user; ``auto`` means it only where this machine shows that it stands in one of the
    model's subnets with exactly the model's security groups.

    Raises:
        UsageError: the vantage does not exist yet.
    """
    if name is VantageName.NONE:
        return Unavailable("nobody looked: --vantage none", "run with --vantage outside or --vantage inside")
    if name is VantageName.LAMBDA:
        raise UsageError("--vantage lambda is not available yet: expected auto, none, outside or inside")
    inside = name is VantageName.INSIDE or (name is VantageName.AUTO and _stands_with(place, standing()))
    known = (*(one.address for one in settings.resolve), *settings.registry_addresses, ANYWHERE)
    address = local_address(known[0])
    description = f"this machine, {address}" if address else "this machine"
    if name is VantageName.INSIDE:
        description += ", inside on your word"
    where = VantageName.INSIDE if inside else VantageName.OUTSIDE
    return Here(where.value, description, settings.timeout)


def _stands_with(place: VpcConfig | None, where: Standing | None) -> bool:
    if place is None or where is None:
        return False
    return where.subnet_id in place.subnet_ids and where.security_group_ids == frozenset(place.security_group_ids)


def _look_up(name: str) -> Resolution:
    try:
        found = socket.getaddrinfo(name.strip("[]"), None, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        return Resolution(name, (), str(error.strerror), no_such_name=error.errno in _NO_SUCH_NAME)
    except (OSError, ValueError) as error:
        return Resolution(name, (), str(error))
    return Resolution(name, tuple(dict.fromkeys(str(row[4][0]) for row in found)))


def _after_first_read(wire: TlsWire, seen: Handshake) -> Handshake:
    """What a request does to a connection that has just been made."""
    cipher = wire.tls.cipher()
    seen = replace(seen, version=wire.tls.version(), cipher=cipher[0] if cipher else None)
    speaks_http_2 = wire.tls.selected_alpn_protocol() == "h2"
    url = parse(f"https://{authority(seen.server_name, seen.port)}/v2/")
    data = bytearray(_FIRST_READ)
    try:
        wire.sendall(_HTTP_2_PREFACE if speaks_http_2 or url is None else request("GET", url))
        del data[wire.readinto(data) :]
    except OSError as error:
        seen = replace(seen, detail=f"at the first read: {in_words(error)}")
        if outcome_of(error) in (Outcome.TLS_ALERT, Outcome.RESET) and wire.client_certificate_requested:
            return replace(seen, outcome=Outcome.TLS_ALERT, client_certificate_demanded=True)
        return seen
    if not data and wire.client_certificate_requested:
        return replace(seen, outcome=Outcome.TLS_ALERT, detail=_TURNED_AWAY, client_certificate_demanded=True)
    if speaks_http_2 and data[_FRAME_TYPE : _FRAME_TYPE + 1] != bytes((_HTTP_2_SETTINGS,)):
        return replace(seen, detail="the server chose HTTP/2 (ALPN h2) and does not speak it")
    return replace(seen, client_certificate_demanded=wire.client_certificate_requested and data[_STATUS] == b"400")

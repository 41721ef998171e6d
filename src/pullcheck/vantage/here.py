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
    Stapled,
    TlsProfile,
    Vantage,
    VantageName,
)
from pullcheck.vantage.connections import TURNED_AWAY, Asking, Connections
from pullcheck.vantage.request import authority, parse, printable, request
from pullcheck.vantage.shaking import Place, shake_hands
from pullcheck.vantage.standing import ANYWHERE, Standing, local_address, standing
from pullcheck.vantage.wire import HTTP_2_OR_1, Deadline, TlsWire, in_words, outcome_of

NO_URL = "not an https URL that can be asked for"
_HTTP_2_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes((0, 0, 0, 4, 0, 0, 0, 0, 0))
_HTTP_2_SETTINGS = 4
_FRAME_TYPE = 3
_FIRST_READ = 64
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
    kept: Connections = field(default_factory=lambda: Connections(keep=False), compare=False, repr=False)

    def resolve(self, name: str) -> Resolution:
        """Ask this machine's resolver, in a thread of its own because its patience cannot be set."""
        answers: queue.SimpleQueue[Resolution] = queue.SimpleQueue()
        threading.Thread(target=lambda: answers.put(_look_up(name)), name="resolve", daemon=True).start()
        try:
            return answers.get(timeout=self.timeout)
        except queue.Empty:
            return Resolution(name, (), f"the resolver did not answer within {self.timeout:g} s")

    def handshake(self, address: str, port: int, server_name: str, profile: TlsProfile) -> Handshake:
        """Shake hands; a server that asks for a certificate is sent a request: TLS 1.3 turns clients away only then."""
        place = Place(address, port, server_name.strip("[]"))
        if profile is TlsProfile.PERMISSIVE and (known := self.kept.shown(place)):
            return known
        seen, opened = shake_hands(place, profile, HTTP_2_OR_1, Deadline(self.timeout))
        if seen.outcome is Outcome.NO_ANSWER and self.kept.let_go(place):
            seen, opened = shake_hands(place, profile, HTTP_2_OR_1, Deadline(self.timeout))
        if opened is None:
            return seen
        if opened.wire.client_certificate_requested or opened.wire.speaks_http_2:
            with opened.stack:
                return _after_first_read(opened.wire, seen)
        if self.kept.keep and opened.as_clients and server_name:
            self.kept.leave(place, opened)
        else:
            opened.stack.close()
        return seen

    def staple(self, address: str, port: int, server_name: str) -> Stapled:
        """Ask with a library of its own, loaded for it."""
        from pullcheck.vantage.stapled import ask_for_staple

        return ask_for_staple(address, port, server_name, Deadline(self.timeout))

    def exchange(self, method: str, address: str, url: str, headers: tuple[tuple[str, str], ...] = ()) -> Exchange:
        """Ask ``url`` of the server at ``address``, by HTTP/1.1 as Docker's classic transport does."""
        parts = parse(url)
        if parts is None:
            return Exchange(address, 0, method, url, Outcome.BAD_ANSWER, NO_URL)
        exchange, content = self.kept.exchange(
            address, Asking(method, url, parts, headers, CONTENT_LIMIT), self.timeout
        )
        return replace(exchange, body=printable(content.decode("utf-8", "replace")))

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
            return Fetched(Exchange(address, 0, method, url, Outcome.BAD_ANSWER, NO_URL))
        asking = Asking(method, url, parts, headers, limit, body)
        return self.kept.fetch(address, asking, roots, self.timeout)

    @contextmanager
    def keeping_connections(self, given_up: threading.Event | None = None) -> Iterator[Vantage]:
        """This machine, using its connections again until the end of the block, where they are closed."""
        with closing(Connections(keep=True, given_up=given_up)) as kept:
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
    url = parse(f"https://{authority(seen.server_name, seen.port)}/v2/")
    data, enough = b"", _FRAME_TYPE + 1 if wire.speaks_http_2 else _STATUS.stop
    try:
        wire.sendall(_HTTP_2_PREFACE if wire.speaks_http_2 or url is None else request("GET", url))
        while len(data) < enough and (more := wire.read(_FIRST_READ)):
            data += more
    except OSError as error:
        seen = replace(seen, detail=f"at the first read: {in_words(error)}")
        if outcome_of(error) in (Outcome.TLS_ALERT, Outcome.RESET) and wire.client_certificate_requested:
            return replace(seen, outcome=Outcome.TLS_ALERT, client_certificate_demanded=True)
        return seen
    if not data and wire.client_certificate_requested:
        return replace(seen, outcome=Outcome.TLS_ALERT, detail=TURNED_AWAY, client_certificate_demanded=True)
    if wire.speaks_http_2 and data[_FRAME_TYPE : _FRAME_TYPE + 1] != bytes((_HTTP_2_SETTINGS,)):
        return replace(seen, detail="the server chose HTTP/2 (ALPN h2) and does not speak it")
    return replace(seen, client_certificate_demanded=wire.client_certificate_requested and data[_STATUS] == b"400")

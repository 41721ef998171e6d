"""Connections to what may be hostile: one deadline for everything, TLS whose certificate is not verified."""

import contextlib
import io
import re
import ssl
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from socket import AF_INET, AF_INET6, IPPROTO_TCP, SOCK_STREAM, TCP_NODELAY, socket
from time import monotonic
from typing import Any, TypeVar

from pullcheck.host_names import bare
from pullcheck.vantage import Outcome, TlsProfile
from pullcheck.vantage.hello import CERTIFICATE_REQUEST, HANDSHAKE, group_of
from pullcheck.vantage.offer import client_context
from pullcheck.vantage.reading import Answer

R = TypeVar("R")

HTTP_1 = ("http/1.1",)
HTTP_2_OR_1 = ("h2", "http/1.1")
_PLACE_IN_SOURCE = re.compile(r"^\[[^]]*\] | \(_ssl\.c:\d+\)$")
_RECORD_TYPES = (b"\x14", b"\x15", b"\x16", b"\x17")
_RECEIVE = 16 * 1024
_UNASKED = 16
"""How often so much is read of what TLS itself sends after a handshake, e.g. session tickets."""


class Deadline:
    """The moment after which nothing is waited for any more."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = monotonic() + seconds

    def left(self) -> float:
        """Seconds that are left.

        Raises:
            TimeoutError: none are.
        """
        left = self._end - monotonic()
        if left <= 0:
            raise TimeoutError(self._words)
        return left

    @contextlib.contextmanager
    def over(self, connection: socket) -> Iterator[None]:
        """One step of a connection, for which there is no more time than is left.

        Raises:
            TimeoutError: it took longer; the error says how long was waited in all.
        """
        connection.settimeout(self.left())
        try:
            yield
        except TimeoutError as error:
            raise error if error.errno else TimeoutError(self._words) from error

    @property
    def _words(self) -> str:
        return f"waited {self._seconds:g} s"


def dial(address: str, port: int, deadline: Deadline) -> socket:
    """A TCP connection to an address (a literal, so that no name is looked up).

    Raises:
        OSError: there is none; `outcome_of` says what that means.
    """
    try:
        family = AF_INET6 if ip_address(address).version == 6 else AF_INET
    except ValueError as error:
        raise OSError(f"{address} is not an address") from error
    connection = socket(family, SOCK_STREAM)
    connection.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
    try:
        with deadline.over(connection):
            connection.connect((address, port))
    except (OSError, OverflowError) as error:
        connection.close()
        raise error if isinstance(error, OSError) else OSError(str(error)) from error
    return connection


def outcome_of(error: OSError) -> Outcome:
    """What the failure of a connection, or of a read on it, says about the other side."""
    match error:
        case ConnectionRefusedError():
            return Outcome.REFUSED
        case TimeoutError():
            return Outcome.NO_ANSWER
        case ConnectionError() | ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            return Outcome.RESET
        case ssl.SSLError():
            return Outcome.TLS_ALERT
    return Outcome.UNREACHABLE


def in_words(error: OSError) -> str:
    """The alert or the error as its library calls it, e.g. ``sslv3 alert handshake failure``."""
    if isinstance(error, ssl.SSLError):
        return (error.reason or _PLACE_IN_SOURCE.sub("", str(error))).replace("_", " ").lower()
    return error.strerror or str(error)


class TlsWire(io.RawIOBase):
    """A TLS connection whose every read ends with the deadline, however slowly the other side drips.

    ``first`` is the beginning of what came, before TLS looked at it; ``heard`` is when an answer began to come;
    ``client_certificate_requested`` is whether the server asked for one, which alone does not mean that it insists.
    ``seconds`` is how long the handshake took, ``group`` the one of its key exchange.
    """

    def __init__(
        self,
        connection: socket,
        server_name: str,
        profile: TlsProfile,
        protocols: tuple[str, ...],
        deadline: Deadline,
    ) -> None:
        self.first = b""
        self.heard: float | None = None
        self.client_certificate_requested = False
        self.seconds: float | None = None
        self.group: str | None = None
        self._answer: Answer | None = None
        self._connection = connection
        self._deadline = deadline
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = client_context(profile, protocols)
        context._msg_callback = self._message  # type: ignore[attr-defined] # there is no public way to see it
        self.tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=bare(server_name) or None)

    @property
    def speaks_http_2(self) -> bool:
        """Whether the server chose it (ALPN, RFC 7301)."""
        return self.tls.selected_alpn_protocol() == "h2"

    def handshake(self) -> None:
        """Do the handshake.

        Raises:
            OSError: it failed; `outcome_of` says how.
        """
        began = monotonic()
        try:
            self._run(self.tls.do_handshake)
        finally:
            self.seconds = round(monotonic() - began, 3)

    def sendall(self, data: bytes) -> None:
        """Send everything."""
        self._run(lambda: self.tls.write(data))

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read some; 0 at the end, whether or not the other side closed TLS properly."""
        try:
            data = self._run(lambda: self.tls.read(len(buffer)))
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return 0
        self.heard = self.heard or monotonic()
        buffer[: len(data)] = data
        return len(data)

    def makefile(self, *_args: object) -> io.BufferedReader:
        """The reader of one answer that `http.client` asks a socket for; closing it leaves the connection open."""
        self._answer = Answer(self.readinto)
        return self._answer

    def is_quiet(self) -> bool:
        """Whether nothing has come that no request asked for, not even the end; waits for nothing."""
        try:
            self._connection.setblocking(False)
            for _ in range(_UNASKED):
                try:
                    self.tls.read(1)
                except ssl.SSLWantReadError:
                    self._feed(self._connection.recv(_RECEIVE))
                else:
                    break
        except BlockingIOError:
            return self._answer is None or not self._answer.surplus
        except OSError:
            pass
        return False

    def until(self, deadline: Deadline) -> None:
        """From now on, this deadline counts, for one more request."""
        self._deadline, self.heard = deadline, None

    def chain(self) -> tuple[str, ...]:
        """The certificates as served, leaf first, PEM; also after a handshake that failed behind them."""
        if hasattr(self.tls, "get_unverified_chain"):
            return tuple(ssl.DER_cert_to_PEM_cert(certificate) for certificate in self.tls.get_unverified_chain())
        sslobj = getattr(self.tls, "_sslobj")  # noqa: B009 - Python 3.11 and 3.12 have no public method
        served = sslobj.get_unverified_chain()
        return tuple(certificate.public_bytes() for certificate in served or ())

    def _run(self, step: Callable[[], R]) -> R:
        while True:
            try:
                result = step()
            except ssl.SSLWantReadError:
                self._send()
                self._receive()
            except ssl.SSLError:
                with contextlib.suppress(OSError):
                    self._send()
                raise
            else:
                self._send()
                return result

    def _send(self) -> None:
        if self._outgoing.pending:
            with self._deadline.over(self._connection):
                self._connection.sendall(self._outgoing.read())

    def _receive(self) -> None:
        with self._deadline.over(self._connection):
            data = self._connection.recv(_RECEIVE)
        self.first = self.first or data
        self._feed(data)

    def _feed(self, data: bytes) -> None:
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    def _message(
        self, _connection: object, direction: str, _version: object, kind: object, message: object, data: bytes
    ) -> None:
        if direction == "read" and kind == HANDSHAKE:
            self.client_certificate_requested |= message == CERTIFICATE_REQUEST
            self.group = group_of(data) or self.group


@contextlib.contextmanager
def open_tls(
    address: str,
    port: int,
    server_name: str,
    profile: TlsProfile,
    protocols: tuple[str, ...],
    deadline: Deadline,
) -> Iterator[tuple[TlsWire | None, Outcome, str]]:
    """A TLS connection, how opening it ended, and the detail; None where it did not come to a handshake."""
    try:
        connection = dial(address, port, deadline)
    except OSError as error:
        yield None, outcome_of(error), in_words(error)
        return
    with connection:
        try:
            wire = TlsWire(connection, server_name, profile, protocols, deadline)
        except (TypeError, ValueError) as error:
            yield None, Outcome.TLS_ALERT, f"{server_name!r} cannot be sent as server name: {error}"
            return
        yield wire, *_shake_hands(wire, address, port, deadline)


def _shake_hands(wire: TlsWire, address: str, port: int, deadline: Deadline) -> tuple[Outcome, str]:
    try:
        wire.handshake()
    except OSError as error:
        if _speaks_plain_http(wire, address, port, deadline):
            return Outcome.PLAIN_HTTP, in_words(error)
        if wire.first and wire.first[:1] not in _RECORD_TYPES:
            return Outcome.BAD_ANSWER, f"no TLS either: the answer begins with {ascii(wire.first[:40])[1:]}"
        return outcome_of(error), in_words(error)
    return Outcome.OK, ""


def _speaks_plain_http(wire: TlsWire, address: str, port: int, deadline: Deadline) -> bool:
    """Whether the server that did not shake hands speaks HTTP without TLS.

    Some servers answer a TLS hello with a status line, others hang up; those are asked in plain words. A server that
    says 400 to those may be one that wants TLS after all.
    """
    if wire.first[:1] in _RECORD_TYPES:
        return False
    if wire.first.startswith(b"HTTP/"):
        return True
    try:
        with dial(address, port, deadline) as connection, deadline.over(connection):
            connection.sendall(b"GET /v2/ HTTP/1.0\r\n\r\n")
            answer = connection.recv(16)
    except OSError:
        return False
    return answer.startswith(b"HTTP/") and answer[9:12] != b"400"

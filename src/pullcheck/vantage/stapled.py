"""One TLS handshake that asks for a stapled OCSP answer, which Python's own TLS cannot."""

import base64
from contextlib import suppress
from socket import socket
from typing import TYPE_CHECKING

from pullcheck.host_names import bare, is_address
from pullcheck.vantage import Outcome, Stapled
from pullcheck.vantage.wire import Deadline, dial, in_words, outcome_of

if TYPE_CHECKING:
    from OpenSSL.SSL import Connection

_RECEIVE = 16 * 1024


def ask_for_staple(address: str, port: int, server_name: str, deadline: Deadline) -> Stapled:
    """Shake hands, offering everything and verifying nothing, and keep what came beside the certificate.

    Source: RFC 6066 section 8 (TLS 1.2); RFC 8446 section 4.4.2.1.
    """
    name = _sent_as(server_name)
    try:
        connection = dial(address, port, deadline)
    except OSError as error:
        return Stapled(address, port, outcome_of(error), in_words(error))
    came: list[bytes] = []
    with connection:
        try:
            tls = _client(name, came)
        except ValueError as error:
            return Stapled(address, port, Outcome.TLS_ALERT, f"{name!r} cannot be sent as server name: {error}")
        outcome, detail = _shake_hands(tls, connection, deadline)
        answer = base64.b64encode(came[-1]).decode() if came else None
        return Stapled(address, port, outcome, detail, _chain(tls), answer)


def _sent_as(server_name: str) -> str:
    """Without the dot at its end; an address is not sent at all (RFC 6066 section 3)."""
    name = bare(server_name)
    return "" if is_address(name) else name


def _client(name: str, came: list[bytes]) -> "Connection":
    """A client's side whose bytes are carried by hand; ``came`` takes what is stapled, empty where nothing is."""
    from OpenSSL import SSL

    def keep(_tls: SSL.Connection, answer: bytes, _data: object) -> bool:
        came.append(answer)
        return True

    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_verify(SSL.VERIFY_NONE)
    context.set_min_proto_version(SSL.TLS1_VERSION)
    context.set_cipher_list(b"ALL:@SECLEVEL=0")
    context.set_ocsp_client_callback(keep)
    tls = SSL.Connection(context, None)
    if name:
        tls.set_tlsext_host_name(name.encode("idna"))
    tls.request_ocsp()
    tls.set_connect_state()
    return tls


def _shake_hands(tls: "Connection", connection: socket, deadline: Deadline) -> tuple[Outcome, str]:
    from OpenSSL import SSL

    while True:
        try:
            tls.do_handshake()
        except SSL.WantReadError:
            pass
        except SSL.Error as error:
            return Outcome.TLS_ALERT, _reason(error)
        else:
            with suppress(OSError):
                _send(tls, connection, deadline)
            return Outcome.OK, ""
        try:
            _send(tls, connection, deadline)
            _receive(tls, connection, deadline)
        except OSError as error:
            return outcome_of(error), in_words(error)


def _send(tls: "Connection", connection: socket, deadline: Deadline) -> None:
    from OpenSSL import SSL

    with suppress(SSL.WantReadError):
        while data := tls.bio_read(_RECEIVE):
            with deadline.over(connection):
                connection.sendall(data)


def _receive(tls: "Connection", connection: socket, deadline: Deadline) -> None:
    with deadline.over(connection):
        data = connection.recv(_RECEIVE)
    if not data:
        raise ConnectionResetError("closed during the handshake")
    tls.bio_write(data)


def _chain(tls: "Connection") -> tuple[str, ...]:
    from OpenSSL.crypto import FILETYPE_PEM, dump_certificate

    return tuple(dump_certificate(FILETYPE_PEM, one).decode() for one in tls.get_peer_cert_chain() or ())


def _reason(error: Exception) -> str:
    """What the library names last, e.g. ``sslv3 alert handshake failure``."""
    stack = error.args[0] if error.args and isinstance(error.args[0], list) else []
    return str(stack[-1][-1]) if stack else str(error)

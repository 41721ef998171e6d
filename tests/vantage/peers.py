"""Servers on loopback that behave, and misbehave, as told."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator

import trustme

HOST = "registry.example.com"
Behaviour = Callable[[socket.socket], None]


@contextlib.contextmanager
def listening(behaviour: Behaviour) -> Iterator[int]:
    """The port of a server that gives each connection to ``behaviour`` in a thread of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_serve, args=(listener, behaviour), daemon=True).start()
        try:
            yield listener.getsockname()[1]
        finally:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)


def _serve(listener: socket.socket, behaviour: Behaviour) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_attend, args=(connection, behaviour), daemon=True).start()


def _attend(connection: socket.socket, behaviour: Behaviour) -> None:
    with connection, contextlib.suppress(OSError):
        connection.settimeout(20)
        behaviour(connection)


def over_tls(
    authority: trustme.CA, behaviour: Behaviour, configure: Callable[[ssl.SSLContext], None] = lambda _: None
) -> Behaviour:
    """The behaviour behind a TLS handshake; ``configure`` changes the server's context."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(context)
    configure(context)

    def behave(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as wrapped:
            behaviour(wrapped)

    return behave


def answering(answer: bytes) -> Behaviour:
    """Read one request, send this, hang up properly."""

    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(answer)
        if isinstance(connection, ssl.SSLSocket):
            connection.unwrap()

    return behave


def dripping(beginning: bytes, drop: bytes, pause: float = 0.05) -> Behaviour:
    """Read one request, send the beginning, then a drop now and again for ever."""

    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(beginning)
        while True:
            connection.sendall(drop)
            if pause:
                threading.Event().wait(pause)

    return behave


def read_request(connection: socket.socket) -> bytes:
    """The head of one request."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(4096)
        if not more:
            break
        data += more
    return data


def silent(connection: socket.socket) -> None:
    """Take what comes and say nothing."""
    while connection.recv(4096):
        pass


def hanging_up(connection: socket.socket) -> None:
    """Close at once."""

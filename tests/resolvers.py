"""Real name servers on loopback: Debian's dnsmasq, and relays before it that lose or delay what it says."""

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress

import pytest

PATIENCE = 10.0
PLACES = ("/usr/sbin/dnsmasq", "/usr/local/sbin/dnsmasq")


def dnsmasq_program() -> str:
    """The program's path; without it the test is skipped, or fails where everything has to be there."""
    found = next((path for path in (shutil.which("dnsmasq"), *PLACES) if path and os.access(path, os.X_OK)), None)
    if found is None:
        reason = "no dnsmasq here (Debian's package dnsmasq-base has it)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def free_port(*addresses: str) -> int:
    """A port that is free on all of the addresses, for UDP and TCP."""
    while True:
        with ExitStack() as stack, suppress(OSError):
            first = stack.enter_context(closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)))
            first.bind((addresses[0], 0))
            port: int = first.getsockname()[1]
            for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                for address in addresses:
                    if (address, kind) != (addresses[0], socket.SOCK_DGRAM):
                        stack.enter_context(closing(socket.socket(socket.AF_INET, kind))).bind((address, port))
            return port


@contextmanager
def dnsmasq(address: str, port: int, *options: str) -> Iterator[None]:
    """One dnsmasq that asks nobody and knows what the options say."""
    base = ("--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--bind-interfaces")
    place = (f"--listen-address={address}", f"--port={port}", "--pid-file=", f"--user={_user()}")
    command = [dnsmasq_program(), *base, *place, *(f"--{option}" for option in options)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    try:
        _wait(process, address, port)
        yield
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def _user() -> str:
    import pwd

    return pwd.getpwuid(os.getuid()).pw_name


def _wait(process: "subprocess.Popen[bytes]", address: str, port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            raise AssertionError(f"dnsmasq ended: {process.stderr.read().decode() if process.stderr else ''}")
        with suppress(OSError), socket.create_connection((address, port), timeout=0.2):
            return
        time.sleep(0.02)
    raise AssertionError("dnsmasq does not answer")


@contextmanager
def relay(
    address: str, port: int, behind: str, *, udp: bool = True, tcp: bool = True, delay: float = 0
) -> Iterator[None]:
    """Passes questions on to a server on another address: by one transport only, or late."""
    done = threading.Event()
    with ExitStack() as stack:
        stack.callback(done.set)
        if udp:
            wire = stack.enter_context(closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)))
            wire.bind((address, port))
            wire.settimeout(0.1)
            _start(_relay_datagrams, wire, (behind, port), delay, done)
        if tcp:
            listener = stack.enter_context(closing(socket.create_server((address, port))))
            listener.settimeout(0.1)
            _start(_relay_connections, listener, (behind, port), delay, done)
        yield


def _start(work: object, *arguments: object) -> None:
    threading.Thread(target=work, args=arguments, daemon=True).start()  # type: ignore[arg-type]


def _relay_datagrams(wire: socket.socket, behind: tuple[str, int], delay: float, done: threading.Event) -> None:
    while not done.is_set():
        with suppress(OSError):
            data, client = wire.recvfrom(4096)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as onward:
                onward.settimeout(2)
                onward.sendto(data, behind)
                answer = onward.recv(65535)
            done.wait(delay)
            wire.sendto(answer, client)


def _relay_connections(listener: socket.socket, behind: tuple[str, int], delay: float, done: threading.Event) -> None:
    while not done.is_set():
        with suppress(OSError):
            client, _ = listener.accept()
            with client, socket.create_connection(behind, timeout=2) as onward:
                client.settimeout(2)
                onward.sendall(client.recv(4096))
                answer = onward.recv(65535)
                while len(answer) < 2 + int.from_bytes(answer[:2], "big"):
                    answer += onward.recv(65535)
                done.wait(delay)
                client.sendall(answer)

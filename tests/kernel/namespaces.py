"""Network namespaces of Linux. They have no names and end with the process that holds them, however it ends."""

import ctypes
import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

NEW_NETWORK = 0x40000000
"""CLONE_NEWNET of unshare(2)."""
OWN = "/proc/thread-self/ns/net"
SETTINGS = (
    ("ipv4/conf/all/rp_filter", "0"),
    ("ipv4/conf/default/rp_filter", "0"),
    ("ipv4/conf/all/send_redirects", "0"),
    ("ipv4/conf/default/send_redirects", "0"),
    ("ipv6/conf/all/disable_ipv6", "1"),
    ("ipv6/conf/default/disable_ipv6", "1"),
    ("bridge/bridge-nf-call-iptables", "0"),
)
"""Nothing drops or diverts packets but the routes and filters of a topology; a bridge asks no filter."""

_libc = ctypes.CDLL(None, use_errno=True)


def _call(function: str, *arguments: int) -> None:
    if getattr(_libc, function)(*arguments):
        number = ctypes.get_errno()
        raise OSError(number, f"{function}: {os.strerror(number)}")


class Namespace:
    """A network of its own: interfaces, addresses, routes, filters and sockets."""

    def __init__(self, *, forwards: bool = False) -> None:
        home = os.open(OWN, os.O_RDONLY)
        _call("unshare", NEW_NETWORK)
        try:
            self._file = os.open(OWN, os.O_RDONLY)
            for name, value in (("ipv4/ip_forward", str(int(forwards))), *SETTINGS):
                setting = Path("/proc/sys/net") / name
                if setting.exists():
                    setting.write_text(value)
        finally:
            _call("setns", home, NEW_NETWORK)
            os.close(home)

    @property
    def path(self) -> str:
        """The namespace as ``ip link ... netns`` takes it."""
        return f"/proc/{os.getpid()}/fd/{self._file}"

    @contextmanager
    def inside(self) -> Iterator[None]:
        """What this thread opens or starts here belongs to the namespace, and stays in it."""
        home = os.open(OWN, os.O_RDONLY)
        _call("setns", self._file, NEW_NETWORK)
        try:
            yield
        finally:
            _call("setns", home, NEW_NETWORK)
            os.close(home)

    def ip(self, commands: Iterable[str]) -> None:
        """Runs commands of ip(8)."""
        self._feed(("ip", "-batch", "-"), "\n".join(commands))

    def nft(self, ruleset: Iterable[str]) -> None:
        """Loads packet filters, in the language of nft(8)."""
        self._feed(("nft", "-f", "-"), "\n".join(ruleset))

    def _feed(self, command: tuple[str, ...], text: str) -> None:
        if not text:
            return
        with self.inside():
            done = subprocess.run(command, input=f"{text}\n", text=True, capture_output=True, timeout=60, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr}\n{text}")

    def close(self) -> None:
        """The kernel removes it once no socket is open in it."""
        os.close(self._file)

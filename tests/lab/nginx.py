"""Debian's nginx on loopback, for what Python's TLS server cannot be told to do."""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pullcheck.demo.certificates import Certificate

PATIENCE = 10.0
PLACES = "client_body proxy fastcgi uwsgi scgi"


@dataclass(frozen=True)
class Site:
    """One ``server`` block: the names it is for, its certificate, where it listens, and further directives."""

    name: str
    certificate: Certificate
    directives: str = ""
    address: str = "127.0.0.1"
    default: bool = False


def program() -> str:
    """Where nginx is; without it the test is skipped, or fails where it has to be there."""
    path = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if path is None and os.environ.get("CI"):
        pytest.fail("no nginx here: apt-get install nginx-light")
    if path is None:
        pytest.skip("no nginx here")
    return path


@contextlib.contextmanager
def nginx(folder: Path, sites: Iterable[Site], files: dict[str, bytes]) -> Iterator[int]:
    """The port that these sites share; ``files`` are what they serve, by path."""
    command = program()
    for name, content in files.items():
        path = folder / "root" / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    settings = folder / "nginx.conf"
    settings.write_text(_settings(folder, port, sites))
    arguments = [command, "-p", str(folder), "-c", str(settings), "-e", str(folder / "error.log")]
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        _wait(process, port)
        yield port
    finally:
        process.terminate()
        process.communicate()


def _settings(folder: Path, port: int, sites: Iterable[Site]) -> str:
    blocks = []
    for number, site in enumerate(sites):
        chain, key = folder / f"{number}.pem", folder / f"{number}.key"
        chain.write_text("".join(site.certificate.chain))
        key.touch(mode=0o600)
        key.write_text(site.certificate.key)
        default = " default_server" if site.default else ""
        blocks.append(
            f"server {{ listen {site.address}:{port} ssl{default}; server_name {site.name};"
            f" ssl_certificate {chain}; ssl_certificate_key {key}; {site.directives} }}"
        )
    temporary = " ".join(f"{name}_temp_path {folder}/{name};" for name in PLACES.split())
    http = f"access_log off; root {folder}/root; {temporary} {' '.join(blocks)}"
    main = f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;"
    return f"{main}\nevents {{}}\nhttp {{ {http} }}\n"


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    process.terminate()
    raise RuntimeError(f"nginx did not start: {process.communicate()[1].decode()}")

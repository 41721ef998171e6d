"""Registry and TLS against the tools that look at one of them, in one run: ``python tests/benchmarks/wire.py``.

It takes Debian's ``docker-registry`` and ``skopeo``, and ``pip install sslyze`` (best in an environment of its own: the
program that SSLYZE names, else ``sslyze`` beside this Python). All three look at the same registry on loopback, over
TLS; ``pullcheck`` is the whole command, without an AWS account.
"""

import contextlib
import gzip
import json
import os
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from speed import peak_memory, say

from pullcheck.demo.certificates import Authority, Certificate
from pullcheck.demo.docker_registry import DockerRegistry, find_docker_registry
from pullcheck.demo.image import digest_of, tiny_image
from pullcheck.demo.registry import PASSWORD, USERNAME

HOST = "registry.example.com"
FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:credentials"
FAMILIES = ("registry", "tls", "auth", "image")
ROUNDS = 11
LARGE = 10 * 10**9
PIECE = bytes(1 << 20)
LATE = 0.2
SSLYZE = os.environ.get("SSLYZE") or str(Path(sys.executable).with_name("sslyze"))


def main() -> None:
    """Print one line for each promise."""
    program = find_docker_registry()
    if program is None:
        raise SystemExit("docker-registry is not installed")
    authority = Authority()
    certificate = authority.issue(HOST, "127.0.0.1", "localhost")
    with (
        tempfile.TemporaryDirectory() as name,
        closing(DockerRegistry(program, tiny_image(), certificate, authority.root)) as registry,
    ):
        folder = Path(name)
        roots = folder / "roots.pem"
        roots.write_text(authority.root)
        with environment(roots):
            _of_time(folder, registry.port)
            _of_requests(folder, certificate)
            _of_memory(folder, certificate)


def _of_time(folder: Path, port: int) -> None:
    python = [sys.executable, "-c", "pass"]
    ours, skopeo, sslyze = commands(folder, port)
    inspect, scan, check, bare = medians(
        [lambda: run(skopeo), lambda: run(sslyze), lambda: run(ours), lambda: run(python)]
    )
    commands(folder, port, FUNCTION)
    with_function, sought = medians([lambda: run(ours), lambda: run([*python[:2], "import boto3"])])
    say("skopeo inspect; sslyze --certinfo; python -c pass", f"{inspect:.3f} s; {scan:.3f} s; {bare:.3f} s")
    say("pullcheck check, registry and TLS", f"{check:.3f} s")
    say("pullcheck, against skopeo and sslyze together", f"{check / (inspect + scan):.2f} times", "at most 0.7")
    say("pullcheck, against skopeo alone", f"{check / inspect:.1f} times")
    say(
        "the same where an AWS account is looked for; python -c 'import boto3'",
        f"{with_function:.3f} s; {sought:.3f} s",
    )


def _of_requests(folder: Path, certificate: Certificate) -> None:
    for layers in (1, 40):
        with large_registry(certificate, layers=layers) as server:
            ours, skopeo, _ = commands(folder, server.server_port)
            mine, theirs = (observed(command, server) for command in (ours, skopeo))
        allowed = f"at most {theirs.round_trips + layers:.0f} round trips"
        told = "; ".join(f"{one.requests}, {one.connections}, {one.round_trips:.1f}" for one in (mine, theirs))
        what = "requests, TLS connections and round trips of pullcheck; of skopeo inspect"
        say(f"{what}: {layers} layers", told, f"at most {layers + 8} requests, {allowed}")


@dataclass(frozen=True)
class Traffic:
    """What a server saw of one command; a round trip is an answer that something waited for."""

    requests: int
    connections: int
    round_trips: float


def observed(command: Sequence[str], server: "Counting") -> Traffic:
    """How often the command waits for an answer is the time that answers cost which come late, per lateness."""
    server.requests.clear()
    server.connections = 0
    times = []
    for late in (0.0, LATE):
        server.late = late
        started = time.perf_counter()
        run(command)
        times.append(time.perf_counter() - started)
    return Traffic(len(server.requests) // 2, server.connections // 2, (times[1] - times[0]) / LATE)


def _of_memory(folder: Path, certificate: Certificate) -> None:
    for what in ("layer", "manifest", "config"):
        with large_registry(certificate, what) as server:
            ours, _, _ = commands(folder, server.server_port)
            started = time.perf_counter()
            peak = peak_memory(ours)
            taken = time.perf_counter() - started
        say(f"peak memory where the {what} is 10 GB", f"{peak:.0f} MB ({taken:.1f} s)", "under 150")


def commands(folder: Path, port: int, function: str | None = None) -> tuple[list[str], list[str], list[str]]:
    """pullcheck, skopeo and sslyze, each on the registry at this port of this machine.

    Where the request names a credentials function, pullcheck looks for it in AWS.
    """
    request = folder / "model.json"
    auth = {"RepositoryAuthConfig": {"RepositoryCredentialsProviderArn": function}} if function else {}
    access = {"RepositoryAccessMode": "Vpc", **auth}
    container = {"Image": f"{HOST}:{port}/team/model:v1", "ImageConfig": access}
    request.write_text(json.dumps({"ModelName": "m", "PrimaryContainer": container}))
    roots = str(folder / "roots.pem")
    ours = [sys.executable, "-m", "pullcheck", "check", str(request), "--format", "json", "--vantage", "outside"]
    ours += ["--public-roots", roots, "--resolve", f"{HOST}:{port}:127.0.0.1"]
    ours += [word for family in FAMILIES for word in ("--only", family)]
    skopeo = ["skopeo", "inspect", f"--creds={USERNAME}:{PASSWORD}", f"docker://127.0.0.1:{port}/team/model:v1"]
    return ours, skopeo, [SSLYZE, "--certinfo", f"localhost:{port}"]


def run(command: Sequence[str]) -> int:
    """Its exit status. An error of ours is not looked for here, a program that is missing is."""
    return subprocess.run(command, capture_output=True, check=False).returncode


def medians(runs: Sequence[Callable[[], Any]]) -> list[float]:
    """The median time of each, in seconds, over a few rounds in turn, after one that is not counted."""
    times: list[list[float]] = [[] for _ in runs]
    for number in range(ROUNDS + 1):
        for one, taken in zip(runs, times, strict=True):
            started = time.perf_counter()
            one()
            if number:
                taken.append(time.perf_counter() - started)
    return [statistics.median(taken) for taken in times]


@contextlib.contextmanager
def environment(roots: Path) -> Iterator[None]:
    """No AWS account; the registry's credentials; a root that skopeo heeds; modules are compiled once, as by pip."""
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith(("AWS_", "PYTHON"))]:
        del os.environ[name]
    os.environ.update(
        SSL_CERT_FILE=str(roots),
        AWS_DEFAULT_REGION="us-east-1",
        AWS_EC2_METADATA_DISABLED="true",
        AWS_SHARED_CREDENTIALS_FILE="/nonexistent",
        AWS_CONFIG_FILE="/nonexistent",
        PULLCHECK_REGISTRY_USERNAME=USERNAME,
        PULLCHECK_REGISTRY_PASSWORD=PASSWORD,
    )
    yield
    os.environ.clear()
    os.environ.update(before)


class Counting(ThreadingHTTPServer):
    """Counts requests and TLS connections."""

    daemon_threads = True
    tls: ssl.SSLContext

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.requests: list[str] = []
        self.connections = 0
        self.late = 0.0

    def finish_request(self, request: Any, client_address: Any) -> None:
        with contextlib.suppress(OSError), self.tls.wrap_socket(request, server_side=True) as wrapped:
            self.connections += 1
            super().finish_request(wrapped, client_address)


@contextlib.contextmanager
def large_registry(certificate: Certificate, large: str = "", layers: int = 1) -> Iterator[Counting]:
    """A registry with the demo's image, one part of which is 10 GB; it keeps connections open, as registries do."""
    image = tiny_image()
    document = json.loads(image.manifest)
    more = {digest_of(content): content for content in (gzip.compress(b"%d" % one) for one in range(layers - 1))}
    kind = document["layers"][0]["mediaType"]
    document["layers"] = [
        document["layers"][0],
        *({"mediaType": kind, "size": len(blob), "digest": name} for name, blob in more.items()),
    ]
    blobs = {**image.blobs, **more}
    if large == "layer":
        document["layers"][0] = {**document["layers"][0], "digest": digest_of(b"large"), "size": LARGE}
    manifest = json.dumps(document).encode()
    sizes = {"layer": document["layers"][0]["digest"], "config": document["config"]["digest"], "manifest": "v1"}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server: Counting

        def do_GET(self) -> None:
            name = self.path.rpartition("/")[2]
            self.server.requests.append(f"{self.command} {self.path}")
            is_large = large and name == sizes[large]
            body = manifest if "/manifests/" in self.path else blobs.get(name, b'{"tags": ["v1"]}')
            allowed = self.headers["Authorization"]
            time.sleep(self.server.late)
            self.send_response(200 if allowed else 401)
            self.send_header("Docker-Distribution-Api-Version", "registry/2.0")
            self.send_header("Content-Type", image.media_type if "/manifests/" in self.path else "application/json")
            self.send_header("Content-Length", str(LARGE if is_large else len(body)) if allowed else "0")
            if not allowed:
                self.send_header("WWW-Authenticate", 'Basic realm="large"')
            self.end_headers()
            if allowed and self.command == "GET":
                self._write(body, LARGE if is_large else 0)

        def _write(self, body: bytes, size: int) -> None:
            with contextlib.suppress(OSError):
                self.wfile.write(b"" if size else body)
                for _ in range(size // len(PIECE)):
                    self.wfile.write(PIECE)

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = Counting(("127.0.0.1", 0), Handler)
    server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile("w") as file:
        file.write("".join((certificate.key, *certificate.chain)))
        file.flush()
        server.tls.load_cert_chain(file.name)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    main()

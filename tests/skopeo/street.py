"""A network with one street of registries: every house has a name of its own, and TLS on port 443."""

import contextlib
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from namespaces import Namespace
from quirks import Answer, Asked, Behaviour, error

from pullcheck.demo.certificates import Authority, Certificate

HERE = "10.0.10.20"
PLAIN = "10.0.10.21"
"""Speaks HTTP without TLS on port 443."""
NOBODY = "10.0.10.22"
"""Nothing listens here."""
VERSION = "Docker-Distribution-Api-Version"
COMMANDS = (
    "link set lo up",
    *(f"address add {address}/32 dev lo" for address in (HERE, PLAIN, NOBODY)),
)

Configure = Callable[[ssl.SSLContext], None]


@dataclass(frozen=True)
class House:
    """The names of one registry, of its token service and of its blob store."""

    number: int

    @property
    def registry(self) -> str:
        return f"r{self.number}.example.com"

    @property
    def token(self) -> str:
        return f"t{self.number}.example.com"

    @property
    def store(self) -> str:
        return f"s{self.number}.example.com"


@dataclass
class Street:
    """The servers, and what each name answers."""

    namespace: Namespace
    folder: Path
    authority: Authority = field(default_factory=Authority)
    behaviours: dict[str, list[Behaviour]] = field(default_factory=dict)
    contexts: dict[str, ssl.SSLContext] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    """Of names that are not at `HERE`."""
    open: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def __post_init__(self) -> None:
        (self.folder / "roots.pem").write_text(self.authority.root)
        self.usual = self.context(self.authority.issue("*.example.com"))
        self.usual.sni_callback = self._by_name

    def context(self, certificate: Certificate, configure: Configure = lambda _: None) -> ssl.SSLContext:
        """What a server shows that has this certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.NamedTemporaryFile("w") as file:
            file.write("".join((certificate.key, *certificate.chain)))
            file.flush()
            context.load_cert_chain(file.name)
        configure(context)
        return context

    def build(self, context: ssl.SSLContext) -> str:
        """The address of a house whose door is its own: some of what TLS does is settled before a name is known."""
        address = f"10.0.20.{len(self.addresses) + 1}"
        self.namespace.ip([f"address add {address}/32 dev lo"])
        self.open.enter_context(_listening(self, (address, 443), context))
        return address

    def answer(self, asked: Asked) -> Answer:
        """Behaviours are asked in turn, the first that has an answer gives it."""
        known = self.behaviours.get((asked.host or "").partition(":")[0], [])
        return next((found for one in known if (found := one(asked))), error(404, "NAME_UNKNOWN"))

    def skopeo(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run skopeo in the street; its names come from a hosts file, its only root is the street's."""
        inside = 'mount --bind "$0" /etc/hosts && exec "$@"'
        names = {name: self.addresses.get(name, HERE) for name in self.behaviours}
        hosts = self.folder / "hosts"
        if not hosts.exists():
            hosts.write_text("127.0.0.1 localhost\n" + "".join(f"{ip} {name}\n" for name, ip in names.items()))
        with self.namespace.inside():
            return subprocess.run(
                ["unshare", "--mount", "sh", "-c", inside, str(hosts), "skopeo", "--insecure-policy", *arguments],
                env={"PATH": "/usr/bin:/bin", "SSL_CERT_FILE": str(self.folder / "roots.pem"), "HOME": "/nonexistent"},
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )

    def _by_name(self, connection: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> None:
        if name in self.contexts:
            connection.context = self.contexts[name]


@contextlib.contextmanager
def street(folder: Path) -> Iterator[Street]:
    """A street in a network namespace of its own.

    Raises:
        OSError: this process may not make one.
    """
    namespace = Namespace()
    with contextlib.ExitStack() as stack:
        stack.callback(namespace.close)
        namespace.ip(COMMANDS)
        made = Street(namespace, folder, open=stack)
        for place in ((HERE, 443), (PLAIN, 443), (HERE, 80)):
            tls = made.usual if place == (HERE, 443) else None
            stack.enter_context(_listening(made, place, tls))
        yield made


@contextlib.contextmanager
def _listening(made: Street, place: tuple[str, int], tls: ssl.SSLContext | None) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            url, head = urlsplit(self.path), self.headers
            form = parse_qs(self.rfile.read(int(head["Content-Length"] or 0)).decode())
            given = (head["Authorization"], head["Accept"], head["Host"], tuple(head.get_all("Accept", [])), form)
            answer = made.answer(Asked(self.command, url.path, parse_qs(url.query), *given))
            self.close_connection = True
            if answer.status == 0:
                return
            self.send_response(answer.status)
            length = dict(answer.headers).get("Content-Length", str(len(answer.body)))
            usual = {"Connection": "close", "Content-Length": length}
            if url.path.startswith("/v2/") and ("Content-Type", "text/html") not in answer.headers:
                usual[VERSION] = "registry/2.0"
            given_names = {name for name, _ in answer.headers}
            headers = (*answer.headers, *(pair for pair in usual.items() if pair[0] not in given_names))
            for name, value in headers:
                if value:
                    self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body)

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def finish_request(self, request: Any, client_address: Any) -> None:
            with contextlib.suppress(OSError):
                request.settimeout(20)
                wrapped = tls.wrap_socket(request, server_side=True) if tls else request
                super().finish_request(wrapped, client_address)
                if tls:
                    wrapped.unwrap()

        def handle_error(self, *_: Any) -> None:
            pass

    with made.namespace.inside():
        server = Server(place, Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

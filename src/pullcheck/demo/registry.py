"""A small registry over real TLS on loopback: one image, to be read by one user."""

import base64
import contextlib
import json
import ssl
import tempfile
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from typing import Any

from pullcheck.demo.calls import Reply
from pullcheck.demo.certificates import Certificate
from pullcheck.demo.image import Image
from pullcheck.demo.world import REPOSITORY, TAG

USERNAME = "sagemaker"
PASSWORD = "only-for-the-demo"

VERSION = ("Docker-Distribution-Api-Version", "registry/2.0")
CHALLENGE = ("WWW-Authenticate", 'Basic realm="registry.example.com"')


class Registry:
    """Serves ``/v2/`` on a free port of 127.0.0.1 until closed."""

    def __init__(self, image: Image, certificate: Certificate) -> None:
        registry = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                reply = registry.reply(self.path, self.headers.get("Authorization"))
                self.send_response_only(reply.status)
                for name, value in (*reply.headers, ("Content-Length", str(len(reply.body)))):
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(reply.body)

            def do_HEAD(self) -> None:
                self.do_GET()

            def do_POST(self) -> None:
                """Takes nothing: what is here is to be read."""
                self.send_error(405)

            def log_message(self, *_: Any) -> None:
                """Says nothing: the report speaks."""

        self.image = image
        self.username, self.password = USERNAME, PASSWORD
        self.answers: dict[str, Callable[[str | None], Reply | None]] = {}
        """Paths that are answered otherwise; the function is given the Authorization header."""
        self.use(certificate)
        self._server = _TlsServer(("127.0.0.1", 0), Handler)
        self._server.tls = lambda: self.tls
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.server_port

    def use(self, certificate: Certificate) -> None:
        """Serve this certificate from the next connection on."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "server.pem")
            file.touch(mode=0o600)
            file.write_text("".join((certificate.key, *certificate.chain)))
            context.load_cert_chain(file)
        self.tls = context

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def reply(self, path: str, authorization: str | None) -> Reply:
        """What a GET of this path is answered."""
        path = path.partition("?")[0]
        if path in self.answers and (reply := self.answers[path](authorization)):
            return reply
        if not path.startswith("/v2/"):
            return Reply(404, b"404 page not found\n", (("Content-Type", "text/plain"),))
        if authorization != self._basic():
            return _refuse(401, "UNAUTHORIZED", "authentication required", CHALLENGE)
        if path == "/v2/":
            return Reply(200, b"{}", (("Content-Type", "application/json"), VERSION))
        kind, _, name = path.removeprefix(f"/v2/{REPOSITORY}/").partition("/")
        if kind == "manifests":
            return self._manifest(name)
        if kind == "blobs":
            return self._blob(name)
        return _refuse(404, "NAME_UNKNOWN", "repository name not known to registry")

    def _basic(self) -> str:
        return "Basic " + base64.b64encode(f"{self.username}:{self.password}".encode()).decode()

    def _manifest(self, name: str) -> Reply:
        if name not in (TAG, self.image.digest):
            return _refuse(404, "MANIFEST_UNKNOWN", "manifest unknown")
        headers = (("Content-Type", self.image.media_type), ("Docker-Content-Digest", self.image.digest), VERSION)
        return Reply(200, self.image.manifest, headers)

    def _blob(self, digest: str) -> Reply:
        if digest not in self.image.blobs:
            return _refuse(404, "BLOB_UNKNOWN", "blob unknown to registry")
        headers = (("Content-Type", "application/octet-stream"), ("Docker-Content-Digest", digest), VERSION)
        return Reply(200, self.image.blobs[digest], headers)


class _TlsServer(ThreadingHTTPServer):
    """Does each handshake in the connection's own thread, so that a client that dawdles holds up nobody."""

    daemon_threads = True
    tls: Callable[[], ssl.SSLContext]

    def finish_request(self, request: Any, client_address: Any) -> None:
        with contextlib.suppress(OSError):
            encrypted = self._encrypt(request)
            try:
                super().finish_request(encrypted, client_address)
            finally:
                encrypted.close()

    def _encrypt(self, plain: socket) -> ssl.SSLSocket:
        plain.settimeout(30)
        return self.tls().wrap_socket(plain, server_side=True)


def _refuse(status: int, code: str, message: str, *headers: tuple[str, str]) -> Reply:
    body = json.dumps({"errors": [{"code": code, "message": message}]}).encode()
    return Reply(status, body, (("Content-Type", "application/json"), VERSION, *headers))

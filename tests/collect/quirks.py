"""Registries, token services and blob stores on loopback that answer as told, and remember what they were asked."""

import contextlib
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import trustme

from pullcheck.demo.image import Image, digest_of, tiny_image

REGISTRY = "registry.example.com"
REPOSITORY = "team/model"
USERNAME, PASSWORD = "robot$sagemaker", "c4n4ry pässword"
TOKEN = "t0k3n-c4n4ry-0123456789"
MANIFEST = f"/v2/{REPOSITORY}/manifests/v1"
BASIC = ("WWW-Authenticate", 'Basic realm="lab"')


@dataclass(frozen=True)
class Asked:
    """A request as it came in."""

    method: str
    path: str
    query: dict[str, list[str]]
    authorization: str | None
    accept: str | None
    host: str | None
    accepts: tuple[str, ...] = ()
    form: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What goes back. A Content-Length of the body's is sent unless ``headers`` has one, or says not to (None)."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str | None], ...] = ()


Behaviour = Callable[[Asked], Answer | None]


@dataclass
class Server:
    """One HTTPS server; behaviours are asked in turn, the first that has an answer gives it."""

    port: int
    handshakes: int = 0
    behaviours: list[Behaviour] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def requests(self, path: str) -> list[Asked]:
        return [one for one in self.asked if one.path == path]

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        return next((found for one in self.behaviours if (found := one(asked))), error(404, "NAME_UNKNOWN"))


def error(status: int, code: str, message: str = "so it is", *headers: tuple[str, str]) -> Answer:
    body = json.dumps({"errors": [{"code": code, "message": message}]}).encode()
    return Answer(status, body, (("Content-Type", "application/json"), *headers))


@contextlib.contextmanager
def serving(
    authority: trustme.CA,
    *behaviours: Behaviour,
    names: tuple[str, ...] = (REGISTRY,),
    at: tuple[str, int] = ("127.0.0.1", 0),
) -> Iterator[Server]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    served = Server(0, behaviours=list(behaviours))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            head = self.headers
            body = self.rfile.read(int(head["Content-Length"] or 0)).decode()
            asked = Asked(
                self.command,
                url.path,
                parse_qs(url.query),
                head["Authorization"],
                head["Accept"],
                head["Host"],
                tuple(head.get_all("Accept", [])),
                parse_qs(body),
            )
            answer = served.answer(asked)
            self.send_response_only(answer.status)
            for name, value in answer.headers:
                if value is not None:
                    self.send_header(name, value)
            if "Content-Length" in dict(answer.headers):
                self.close_connection = True
            else:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if self.command != "HEAD":
                with contextlib.suppress(OSError):
                    self.wfile.write(answer.body)

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            pass

    class TlsServer(ThreadingHTTPServer):
        daemon_threads = True

        def finish_request(self, request: Any, client_address: Any) -> None:
            with contextlib.suppress(OSError), context.wrap_socket(request, server_side=True) as wrapped:
                served.handshakes += 1
                super().finish_request(wrapped, client_address)

    server = TlsServer(at, Handler)
    served.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def at(path: str, answer: Answer, *methods: str) -> Behaviour:
    """This answer for one path, for all methods or these."""
    return lambda asked: answer if asked.path == path and (not methods or asked.method in methods) else None


def image_of(image: Image, tag: str = "v1", **headers: str) -> Behaviour:
    """The image's manifest and blobs for whoever asks."""
    extra = tuple((name.replace("_", "-"), value) for name, value in headers.items())

    def behave(asked: Asked) -> Answer | None:
        kind, _, name = asked.path.removeprefix(f"/v2/{REPOSITORY}/").partition("/")
        if asked.path == "/v2/":
            return Answer(200, b"{}", (("Docker-Distribution-Api-Version", "registry/2.0"),))
        if kind == "manifests" and name in (tag, image.digest):
            given = {"Content-Type": image.media_type, "Docker-Content-Digest": image.digest, **dict(extra)}
            return Answer(200, image.manifest, tuple((key, value) for key, value in given.items() if value))
        if kind == "blobs" and name in image.blobs:
            return Answer(200, image.blobs[name], (("Content-Type", "application/octet-stream"),))
        if kind == "tags":
            return Answer(200, json.dumps({"tags": [tag]}).encode())
        if kind in ("manifests", "blobs"):
            return error(404, "MANIFEST_UNKNOWN" if kind == "manifests" else "BLOB_UNKNOWN")
        return None

    return behave


def by_password(asked: Asked) -> Answer | None:
    """Refuse whoever does not send the right user name and password."""
    from base64 import b64encode

    expected = "Basic " + b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
    return None if asked.authorization == expected else error(401, "UNAUTHORIZED", "no", BASIC)


def by_token(realm: str) -> Behaviour:
    """Refuse whoever does not send the token that the realm gives."""
    challenge = ("WWW-Authenticate", f'Bearer realm="{realm}",service="lab, registry"')

    def behave(asked: Asked) -> Answer | None:
        return None if asked.authorization == f"Bearer {TOKEN}" else error(401, "UNAUTHORIZED", "no", challenge)

    return behave


def token_service(answer: dict[str, Any] | None = None) -> Behaviour:
    """Gives the token for the right user name and password."""
    body = json.dumps({"token": TOKEN, "expires_in": 300} if answer is None else answer).encode()
    given = Answer(200, body)
    return lambda asked: by_password(asked) or given if (asked.path, asked.method) == ("/token", "GET") else None


def index(*images: tuple[str, Image], attested: bool = False) -> tuple[Image, Behaviour]:
    """An index of images by architecture, and the behaviour that serves all of it."""
    entries = [
        {
            "mediaType": image.media_type,
            "digest": image.digest,
            "size": len(image.manifest),
            "platform": {"os": "linux", "architecture": architecture},
        }
        for architecture, image in images
    ]
    if attested:
        unknown = {"os": "unknown", "architecture": "unknown"}
        entries.append({**entries[0], "digest": digest_of(b"attestation"), "platform": unknown})
    kind = "application/vnd.oci.image.index.v1+json"
    whole = json.dumps({"schemaVersion": 2, "mediaType": kind, "manifests": entries}).encode()
    root = Image(whole, {}, kind)
    behaviours = [image_of(root), *(image_of(image, tag="") for _, image in images)]

    def behave(asked: Asked) -> Answer | None:
        answers = [answer for one in behaviours if (answer := one(asked))]
        return next((answer for answer in answers if answer.status == 200), answers[0] if answers else None)

    return root, behave


def tiny(**changes: Any) -> Image:
    """The demo's image with some of its manifest changed; its configuration counts as many layers."""
    image = tiny_image()
    manifest = {**json.loads(image.manifest), **changes}
    blobs = dict(image.blobs)
    if "layers" in changes and "config" not in changes:
        config = json.loads(blobs[manifest["config"]["digest"]])
        config["rootfs"]["diff_ids"] = [digest_of(b"%d" % one) for one in range(len(changes["layers"]))]
        content = json.dumps(config).encode()
        blobs[digest_of(content)] = content
        manifest["config"] = {**manifest["config"], "digest": digest_of(content), "size": len(content)}
    return Image(json.dumps(manifest).encode(), blobs, manifest.get("mediaType") or image.media_type)

"""What stands beside and before the reference registry: a token service that signs, and Debian's nginx."""

import base64
import contextlib
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from pullcheck.demo.calls import Reply
from pullcheck.demo.certificates import Certificate
from pullcheck.demo.image import tiny_image
from pullcheck.demo.registry import PASSWORD, USERNAME, Registry

ISSUER, SERVICE = "example tokens", "registry.example.com"
PATIENCE = 10.0


class TokenService(Registry):
    """Gives tokens for one repository to one user, each signed by a key of its own (RS256, with its certificate).

    Source: distribution project, token authentication specification and implementation.
    """

    def __init__(self, certificate: Certificate, *grants: dict[str, Any]) -> None:
        self._grants = grants
        self._key = rsa.generate_private_key(65537, 2048)
        self._certificate = _self_signed(self._key)
        super().__init__(tiny_image(), certificate)

    @property
    def root(self) -> str:
        """What the registry is to trust, PEM."""
        return self._certificate.public_bytes(Encoding.PEM).decode()

    def reply(self, path: str, authorization: str | None) -> Reply:
        """A token for the right password, at GET /token."""
        expected = "Basic " + base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
        if not path.startswith("/token"):
            return Reply(404, b"", ())
        if authorization != expected:
            return Reply(401, b'{"errors":[{"code":"UNAUTHORIZED","message":"who is it?"}]}', ())
        return Reply(200, json.dumps({"token": self._token(), "expires_in": 300}).encode(), ())

    def _token(self) -> str:
        now = int(time.time())
        der = base64.b64encode(self._certificate.public_bytes(Encoding.DER)).decode()
        claims = {
            "iss": ISSUER,
            "sub": USERNAME,
            "aud": SERVICE,
            "nbf": now - 10,
            "iat": now,
            "exp": now + 300,
            "jti": "1",
            "access": self._grants,
        }
        text = f"{_encoded({'typ': 'JWT', 'alg': 'RS256', 'x5c': [der]})}.{_encoded(claims)}"
        signature = self._key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{text}.{_base64(signature)}"


@contextlib.contextmanager
def nginx(folder: Path, certificate: Certificate, upstream: int, *settings: str) -> Iterator[int]:
    """The port of an nginx that ends TLS and passes everything on to a registry on this machine."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    for name, text in (("chain.pem", "".join(certificate.chain)), ("key.pem", certificate.key)):
        (folder / name).write_text(text)
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy"))
    extra = " ".join(f"{setting};" for setting in settings)
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; {temporary} fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u;\n"
        f"scgi_temp_path {folder}/s; server {{ listen 127.0.0.1:{port} ssl;\n"
        f"ssl_certificate {folder}/chain.pem; ssl_certificate_key {folder}/key.pem;\n"
        f"location / {{ proxy_pass https://127.0.0.1:{upstream}; proxy_set_header Host $http_host;\n"
        f"proxy_set_header X-Forwarded-Proto https; {extra} }} }} }}\n"
    )
    process = subprocess.Popen(
        [program, "-c", str(folder / "nginx.conf"), "-p", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise RuntimeError(f"nginx did not start listening on 127.0.0.1:{port}")


def _self_signed(key: rsa.RSAPrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, ISSUER)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=30))
    return builder.add_extension(x509.BasicConstraints(True, None), critical=True).sign(key, hashes.SHA256())


def _encoded(value: object) -> str:
    return _base64(json.dumps(value).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

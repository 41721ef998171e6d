"""The reference registry (``docker-registry``, as Debian packages it) on loopback, with the demo's image in it."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from pullcheck.demo.certificates import Certificate
from pullcheck.demo.image import Image
from pullcheck.demo.registry import PASSWORD, USERNAME
from pullcheck.demo.world import REPOSITORY, TAG

if TYPE_CHECKING:
    import requests

HTPASSWD = f"{USERNAME}:$2b$04$LcRNzUNH4DqP.JSamdwWt.GJRagNdRpPN4I2Zoq5lSxsUTo58cFo6\n"
NAMES = ("docker-registry", "registry")
PATIENCE = 10.0


def find_docker_registry() -> str | None:
    """The program's path, where it is installed."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class DockerRegistry:
    """One process that serves a folder of its own; ``close`` removes both."""

    def __init__(self, program: str, image: Image, certificate: Certificate, roots: str) -> None:
        self._program = program
        self._folder = tempfile.TemporaryDirectory(prefix="pullcheck-registry-")
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _free_port()
        self.auth = f"htpasswd: {{realm: registry.example.com, path: {self._write('htpasswd', HTPASSWD)}}}"
        """How it asks who is there, from its next start on (distribution project, registry configuration, auth)."""
        try:
            self.use(certificate)
            self._push(image, roots)
        except BaseException:
            self.close()
            raise

    def use(self, certificate: Certificate) -> None:
        """Serve this certificate: the registry reads it at its start only, so it is started anew."""
        self._stop()
        folder = self._folder.name
        self._write("chain.pem", "".join(certificate.chain))
        self._write("key.pem", certificate.key)
        settings = (
            "version: 0.1\n"
            "log: {level: error, accesslog: {disabled: true}}\n"
            f"storage: {{filesystem: {{rootdirectory: {folder}/images}}}}\n"
            f"http:\n  addr: 127.0.0.1:{self.port}\n"
            f"  tls: {{certificate: {folder}/chain.pem, key: {folder}/key.pem}}\n"
            f"auth: {{{self.auth}}}\n"
        )
        command = [self._program, "serve", str(self._write("config.yml", settings))]
        environment = {"PATH": "/usr/bin:/bin"}
        self._process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        self._wait()

    def close(self) -> None:
        """End the process and remove its files."""
        self._stop()
        self._folder.cleanup()

    def _stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait()
            self._process = None

    def _wait(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self._process and self._process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.02)
        self._stop()
        raise RuntimeError(f"{self._program} did not start listening on 127.0.0.1:{self.port}")

    def _write(self, name: str, text: str) -> Path:
        path = Path(self._folder.name, name)
        path.touch(mode=0o600)
        path.write_text(text)
        return path

    def _push(self, image: Image, roots: str) -> None:
        import requests

        base = f"https://127.0.0.1:{self.port}/v2/{REPOSITORY}"
        with requests.Session() as session:
            session.trust_env = False
            session.auth = (USERNAME, PASSWORD)
            session.verify = str(self._write("roots.pem", roots))
            for digest, blob in image.blobs.items():
                location = _done(session.post(f"{base}/blobs/uploads/")).headers["Location"]
                _done(session.put(location, params={"digest": digest}, data=blob))
            headers = {"Content-Type": image.media_type}
            _done(session.put(f"{base}/manifests/{TAG}", data=image.manifest, headers=headers))


def _done(response: "requests.Response") -> "requests.Response":
    response.raise_for_status()
    return response


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port

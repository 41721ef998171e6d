"""Staples of Debian's nginx and of OpenSSL's own server, over TLS 1.2 and 1.3, from the wire to the verdict."""

import contextlib
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509 import ocsp
from laboratory import Lab
from nginx import Site, nginx

from certificates import DAY, HOST, NOW, Issued, authority, leaf
from ocsp_answers import MUST_STAPLE, answer, appointed, responder_at
from pullcheck.collect.handshakes import look_at
from pullcheck.collect.staples import staples
from pullcheck.demo.certificates import Certificate
from pullcheck.demo.world import REGISTRY_HOST
from pullcheck.evidence.staples import Staples
from pullcheck.evidence.tls import PublicRoots, ServedChains
from pullcheck.missing import NotApplicable
from pullcheck.vantage import Outcome
from pullcheck.vantage.here import Here
from pullcheck.verdict import Verdict
from pullcheck_checks.tls.revocation import is_not_revoked

ROOT = authority()
CA = authority("Example Trust CA 1", ROOT)
NAMED = leaf(CA, extra=((responder_at("http://ocsp.example.net"), False),))
DEMANDING = leaf(CA, extra=((MUST_STAPLE, False),), key=rsa.generate_private_key(65537, 2048))
OTHER = leaf(CA)
NOWHERE = NotApplicable("there is no other host")
HERE = Here("outside", "this machine", 5)
ROOTS = PublicRoots("lab", ROOT.pem)
REVOKED = ocsp.OCSPCertStatus.REVOKED
ONLY_12, ONLY_13 = "ssl_protocols TLSv1.2;", "ssl_protocols TLSv1.3;"


@dataclass(frozen=True)
class Row:
    """A certificate, what its server staples, and what is said of it."""

    name: str
    issued: Issued
    stapled: bytes | None
    becomes: str


ROWS = (
    Row("good", NAMED, answer(NAMED, CA), "pass"),
    Row("good, of an appointed responder", NAMED, answer(NAMED, CA, by=appointed(CA)), "pass"),
    Row("good, to a demand", DEMANDING, answer(DEMANDING, CA), "pass"),
    Row("none", NAMED, None, "pass"),
    Row("none to a demand", DEMANDING, None, "tls.staple-missing"),
    Row("revoked", NAMED, answer(NAMED, CA, status=REVOKED), "tls.revoked"),
    Row("out of date", NAMED, answer(NAMED, CA, begins=NOW - 9 * DAY, ends=NOW - DAY), "tls.staple-unusable"),
    Row("about another certificate", NAMED, answer(OTHER, CA), "tls.staple-unusable"),
    Row("of a stranger", NAMED, answer(NAMED, CA, by=authority("Stranger")), "tls.staple-unusable"),
)


@pytest.mark.parametrize("versions", [ONLY_12, ONLY_13], ids=["1.2", "1.3"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_nginx_staples(tmp_path: Path, row: Row, versions: str) -> None:
    directives = f"{versions} location / {{ return 204; }}"
    if row.stapled is not None:
        (tmp_path / "staple").write_bytes(row.stapled)
        directives += f" ssl_stapling on; ssl_stapling_file {tmp_path}/staple;"
    certificate = Certificate((row.issued.pem, CA.pem), row.issued.key_pem)
    with nginx(tmp_path, [Site(HOST, certificate, directives)], {}) as port:
        verdict = judged(looked(port))

    assert (verdict.cause.id if verdict.cause else verdict.status.value) == row.becomes


def looked(port: int) -> Staples:
    chains = look_at(HOST, port, ("127.0.0.1",), HERE)
    assert isinstance(chains, ServedChains)
    found = staples(chains, NOWHERE, HERE)
    assert isinstance(found, Staples)
    return replace(found, hosts=tuple(replace(one, observed_at=NOW.isoformat()) for one in found.hosts))


def judged(found: Staples) -> Verdict:
    [verdict] = is_not_revoked(found, ROOTS)
    return verdict


def test_a_certificate_that_calls_for_no_staple_is_not_asked_for_one(tmp_path: Path) -> None:
    with nginx(tmp_path, [Site(HOST, Certificate((OTHER.pem, CA.pem), OTHER.key_pem))], {}) as port:
        chains = look_at(HOST, port, ("127.0.0.1",), HERE)

    assert isinstance(chains, ServedChains)
    assert isinstance(staples(chains, NOWHERE, HERE), NotApplicable)


def test_the_staple_is_kept_though_a_client_certificate_is_demanded(tmp_path: Path) -> None:
    (tmp_path / "staple").write_bytes(answer(NAMED, CA))
    (tmp_path / "clients.pem").write_text(ROOT.pem)
    directives = f"{ONLY_12} ssl_stapling on; ssl_stapling_file {tmp_path}/staple;"
    directives += f" ssl_client_certificate {tmp_path}/clients.pem; ssl_verify_client on;"
    with nginx(tmp_path, [Site(HOST, Certificate((NAMED.pem, CA.pem), NAMED.key_pem), directives)], {}) as port:
        found = looked(port)

    assert judged(found).status.value == "pass"
    assert found.hosts[0].seen.outcome is Outcome.OK


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_what_the_toolkits_own_server_staples(tmp_path: Path, version: str) -> None:
    """It reads the answer anew for each client."""
    staple = tmp_path / "staple"
    staple.write_bytes(answer(DEMANDING, CA))
    with toolkit(tmp_path, DEMANDING, version, "-status_file", str(staple)) as port:
        before = judged(looked(port))
        staple.write_bytes(answer(DEMANDING, CA, status=REVOKED))
        after = judged(looked(port))

    assert before.status.value == "pass"
    assert after.cause is not None and after.cause.id == "tls.revoked"


def test_what_is_stapled_may_be_no_answer(tmp_path: Path) -> None:
    """nginx would not take it as one: it is exchanged on the way, in TLS 1.2, where it can be read."""
    good = answer(NAMED, CA)
    (tmp_path / "staple").write_bytes(good)
    directives = f"{ONLY_12} ssl_stapling on; ssl_stapling_file {tmp_path}/staple;"
    with nginx(tmp_path, [Site(HOST, Certificate((NAMED.pem, CA.pem), NAMED.key_pem), directives)], {}) as port:
        found = looked(port)
        with exchanging(port, good, bytes(len(good))) as between:
            [host] = found.hosts
            seen = HERE.staple("127.0.0.1", between, HOST)
    verdict = judged(replace(found, hosts=(replace(host, seen=seen),)))

    assert verdict.cause is not None and verdict.cause.id == "tls.staple-unusable"
    assert "is no OCSP answer" in verdict.because


@contextlib.contextmanager
def exchanging(port: int, old: bytes, new: bytes) -> Iterator[int]:
    """The port of a way to that server on which these bytes are exchanged for those, for one client."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def carry() -> None:
            with listener.accept()[0] as client, socket.create_connection(("127.0.0.1", port)) as server:
                server.sendall(client.recv(65536))
                time.sleep(0.2)
                client.sendall(server.recv(65536).replace(old, new))
                client.recv(65536)

        threading.Thread(target=carry, daemon=True).start()
        yield listener.getsockname()[1]


@contextlib.contextmanager
def toolkit(folder: Path, issued: Issued, *options: str) -> Iterator[int]:
    """The port of `openssl s_server` with this certificate."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("no openssl here")
    (folder / "leaf.pem").write_text(issued.pem)
    (folder / "key.pem").write_text(issued.key_pem)
    (folder / "chain.pem").write_text(CA.pem)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    command = [program, "s_server", "-accept", f"127.0.0.1:{port}", "-www", "-quiet", *options]
    command += ["-cert", f"{folder}/leaf.pem", "-key", f"{folder}/key.pem", "-cert_chain", f"{folder}/chain.pem"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 10
        while time.monotonic() < end and process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.02)
        yield port
    finally:
        process.terminate()
        process.wait()


def test_the_whole_command_tells_of_a_revoked_certificate(lab: Lab, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    issued = leaf(CA, REGISTRY_HOST, begins=now - DAY, ends=now + 90 * DAY, extra=((MUST_STAPLE, False),))
    (tmp_path / "roots.pem").write_text(ROOT.pem)
    staple = tmp_path / "staple"
    staple.write_bytes(answer(issued, CA, status=REVOKED, begins=now - DAY, ends=now + DAY))
    directives = f"ssl_stapling on; ssl_stapling_file {staple}; location / {{"
    directives += f" proxy_pass https://127.0.0.1:{lab.registry.port}; proxy_set_header Host $http_host; }}"
    front = Site(REGISTRY_HOST, Certificate((issued.pem, CA.pem), issued.key_pem), directives)
    options = ("--public-roots", str(tmp_path / "roots.pem"), "--only", "tls")
    with nginx(tmp_path, [front], {}) as lab.port:
        lab.container["Image"] = f"{REGISTRY_HOST}:{lab.port}/team/model:v1"
        run = lab.check(*lab.live, *options)
    lab.registry.use(front.certificate)
    lab.port = lab.registry.port
    lab.container["Image"] = f"{REGISTRY_HOST}:{lab.port}/team/model:v1"
    without = lab.check(*lab.live, *options)
    [revoked], [missing] = run.findings("tls.not-revoked"), without.findings("tls.not-revoked")

    assert (revoked["cause"], revoked["severity"], run.status) == ("tls.revoked", "warning", 0)
    assert (missing["cause"], missing["severity"]) == ("tls.staple-missing", "warning")
    assert {one["status"] for one in run.findings("tls.public-ca")} == {"pass"}


def test_tls_alone_is_not_well_where_nobody_saw_where_the_layers_come_from(lab: Lab) -> None:
    run = lab.check(*(option for option in lab.live if option != "--invoke-function"), "--only", "tls")
    registry, layers = run.findings("tls.public-ca")

    assert run.status == 3
    assert (registry["status"], layers["status"]) == ("pass", "unknown")
    assert (layers["subject"], layers["blocked_by"]) == ("hosts of the layers", "image.exists")
    assert [one["status"] for one in run.findings("tls.protocol")] == ["pass"]

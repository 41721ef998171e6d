"""The reference registry with passwords, with tokens, and behind nginx: skopeo and the whole command say the same."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from fronts import ISSUER, SERVICE, TokenService, nginx
from laboratory import Lab, Run

from pullcheck.demo.docker_registry import DockerRegistry
from pullcheck.demo.image import tiny_image
from pullcheck.demo.registry import PASSWORD, USERNAME
from pullcheck.demo.world import REGISTRY_HOST

ONLY = ("--only", "registry", "--only", "auth", "--only", "image", "--only", "tls")
PULL = {"type": "repository", "name": "team/model", "actions": ["pull"]}
OTHER = {"type": "repository", "name": "team/other", "actions": ["pull"]}


@pytest.fixture
def registry(lab: Lab, debian_registry: str) -> Iterator[DockerRegistry]:
    with closing(DockerRegistry(debian_registry, tiny_image(), lab.certificate, lab.authority.root)) as registry:
        yield registry


@pytest.fixture
def skopeo(lab: Lab, tmp_path: Path) -> "Skopeo":
    _wanted("skopeo")
    return Skopeo(lab.folder / "roots.pem", tmp_path / "pulled")


class Skopeo:
    """Pulls from a port of this machine."""

    def __init__(self, roots: Path, folder: Path) -> None:
        self._roots, self._folder = roots, folder

    def pulls(self, port: int, tag: str = "v1") -> bool:
        done = subprocess.run(
            [
                *("skopeo", "--insecure-policy", "--override-os=linux", "--override-arch=amd64"),
                *("--command-timeout=20s", "copy", "--quiet", f"--src-creds={USERNAME}:{PASSWORD}"),
                *(f"docker://127.0.0.1:{port}/team/model:{tag}", f"dir:{self._folder}"),
            ],
            env={"PATH": "/usr/bin:/bin", "SSL_CERT_FILE": str(self._roots), "HOME": "/nonexistent"},
            capture_output=True,
            timeout=60,
            check=False,
        )
        return done.returncode == 0


def _wanted(program: str) -> None:
    if shutil.which(program) or Path("/usr/sbin", program).exists():
        return
    reason = f"there is no {program} here: apt-get install {program}"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def check(lab: Lab, port: int) -> Run:
    """The whole command, on the registry at this port."""
    lab.container["Image"] = f"{REGISTRY_HOST}:{port}/team/model:v1"
    resolve = f"{REGISTRY_HOST}:{port}:127.0.0.1"
    return lab.check(*(resolve if one.startswith(REGISTRY_HOST) else one for one in lab.live), *ONLY)


def with_tokens(lab: Lab, registry: DockerRegistry, service: TokenService, folder: Path) -> None:
    """The registry asks for this service's tokens from now on."""
    bundle = folder / "tokens.pem"
    bundle.write_text(service.root)
    realm = f"https://127.0.0.1:{service.port}/token"
    registry.auth = f"token: {{realm: '{realm}', service: {SERVICE}, issuer: {ISSUER}, rootcertbundle: {bundle}}}"
    registry.use(lab.certificate)


def told(run: Run) -> dict[str, str]:
    return {one["check"]: one["status"] for one in run.report["findings"]}


def test_password(lab: Lab, registry: DockerRegistry, skopeo: Skopeo) -> None:
    run = check(lab, registry.port)

    assert skopeo.pulls(registry.port)
    assert set(told(run).values()) <= {"pass", "not-applicable"}
    assert told(run)["auth.token-realm"] == "not-applicable"


def test_signed_tokens(lab: Lab, registry: DockerRegistry, skopeo: Skopeo, tmp_path: Path) -> None:
    with closing(TokenService(lab.certificate, PULL)) as service:
        with_tokens(lab, registry, service, tmp_path)
        run = check(lab, registry.port)

        assert skopeo.pulls(registry.port)
        assert set(told(run).values()) <= {"pass", "not-applicable"}, run.output
        assert told(run)["auth.token-realm"] == "pass"


def test_tokens_for_another_repository(lab: Lab, registry: DockerRegistry, skopeo: Skopeo, tmp_path: Path) -> None:
    with closing(TokenService(lab.certificate, OTHER)) as service:
        with_tokens(lab, registry, service, tmp_path)
        run = check(lab, registry.port)

        assert not skopeo.pulls(registry.port)
        assert run.report["root_causes"] == ["auth.token-without-pull"]
        assert "repository:team/other:pull" in run.findings("auth.credentials-accepted")[0]["because"]


def test_tokens_of_a_key_that_the_registry_does_not_know(
    lab: Lab, registry: DockerRegistry, skopeo: Skopeo, tmp_path: Path
) -> None:
    with closing(TokenService(lab.certificate)) as other, closing(TokenService(lab.certificate, PULL)) as service:
        with_tokens(lab, registry, other, tmp_path)
        registry.auth = registry.auth.replace(str(other.port), str(service.port))
        registry.use(lab.certificate)
        run = check(lab, registry.port)

        assert not skopeo.pulls(registry.port)
        assert run.report["root_causes"] == ["auth.token-audience-or-clock"]


@pytest.mark.parametrize(
    ("settings", "cause"),
    [
        ((), None),
        (("proxy_buffer_size 128",), "reg.bad-gateway"),
        (("proxy_hide_header WWW-Authenticate",), "auth.challenge-malformed"),
        (("proxy_hide_header Docker-Content-Digest", "proxy_hide_header Docker-Distribution-Api-Version"), "warning"),
    ],
    ids=["healthy", "small-buffer", "no-challenge", "no-headers"],
)
def test_behind_nginx(
    lab: Lab, registry: DockerRegistry, skopeo: Skopeo, tmp_path: Path, settings: tuple[str, ...], cause: str | None
) -> None:
    _wanted("nginx")
    with nginx(tmp_path, lab.certificate, registry.port, *settings) as port:
        run = check(lab, port)

        assert skopeo.pulls(port) is (cause in (None, "warning"))
    if cause == "warning":
        assert run.causes() == {"reg.api-version-header-missing"}
        assert run.status == 0
    elif cause:
        assert run.report["root_causes"] == [cause]
    else:
        assert set(told(run).values()) <= {"pass", "not-applicable"}, run.output

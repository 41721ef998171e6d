"""The demo's registry and Debian's give a puller the same image."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests

from pullcheck.demo.certificates import Authority, Certificate, self_signed
from pullcheck.demo.docker_registry import DockerRegistry
from pullcheck.demo.image import MANIFEST, tiny_image
from pullcheck.demo.registry import PASSWORD, USERNAME, Registry

AnyRegistry = Registry | DockerRegistry


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def certificate(authority: Authority) -> Certificate:
    return authority.issue("registry.example.com", "127.0.0.1")


@pytest.fixture(params=["embedded", "debian"])
def registry(request: pytest.FixtureRequest, authority: Authority, certificate: Certificate) -> Iterator[AnyRegistry]:
    if request.param == "embedded":
        made: AnyRegistry = Registry(tiny_image(), certificate)
    else:
        program = request.getfixturevalue("debian_registry")
        made = DockerRegistry(program, tiny_image(), certificate, authority.root)
    with closing(made):
        yield made


@pytest.fixture
def session(registry: AnyRegistry, authority: Authority, tmp_path: Path) -> Iterator[requests.Session]:
    roots = tmp_path / "roots.pem"
    roots.write_text(authority.root)
    with requests.Session() as made:
        made.trust_env = False
        made.verify = str(roots)
        yield made


def test_the_user_can_pull_the_image(registry: AnyRegistry, session: requests.Session) -> None:
    base = f"https://127.0.0.1:{registry.port}/v2/team/model"
    session.auth = (USERNAME, PASSWORD)
    image = tiny_image()
    manifest = session.get(f"{base}/manifests/v1", headers={"Accept": MANIFEST})
    blobs = {digest: session.get(f"{base}/blobs/{digest}").content for digest in image.blobs}

    assert manifest.content == image.manifest
    assert manifest.headers["Docker-Content-Digest"] == image.digest
    assert manifest.headers["Content-Type"] == MANIFEST
    assert blobs == image.blobs


def test_others_are_asked_who_they_are(registry: AnyRegistry, session: requests.Session) -> None:
    answer = session.get(f"https://127.0.0.1:{registry.port}/v2/")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="registry.example.com"'
    assert answer.headers["Docker-Distribution-Api-Version"] == "registry/2.0"


def test_another_certificate_is_served_at_once(registry: AnyRegistry, session: requests.Session) -> None:
    registry.use(self_signed("registry.example.com", "127.0.0.1"))

    with pytest.raises(requests.exceptions.SSLError):
        session.get(f"https://127.0.0.1:{registry.port}/v2/")


def test_closing_leaves_nothing_behind(registry: AnyRegistry, session: requests.Session) -> None:
    url = f"https://127.0.0.1:{registry.port}/v2/"
    registry.close()

    with pytest.raises(requests.exceptions.ConnectionError):
        session.get(url)

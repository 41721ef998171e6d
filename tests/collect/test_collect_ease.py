"""How lightly the whole look at a registry sits on the wire: handshakes, requests, and what goes on at once."""

import gzip
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import quirks
import trustme
from quirks import PASSWORD, REGISTRY, USERNAME, Answer, Asked, Server

from pullcheck import Unavailable
from pullcheck.collect.credentials import PASSWORD as PASSWORD_VARIABLE
from pullcheck.collect.credentials import USERNAME as USERNAME_VARIABLE
from pullcheck.demo.image import Image, digest_of
from pullcheck.judgement import Report
from pullcheck.missing import NotObserved
from pullcheck.observation import judge, observe, plan_for
from pullcheck.packs import load_packs, select
from pullcheck.settings import Resolve, Settings
from pullcheck.target import Container, Model, Target, TargetKind
from pullcheck.vantage import VantageName

FAMILIES = ("registry", "tls", "auth", "image")
LAYERS = 40
PROVIDER = "arn:aws:lambda:us-east-1:111122223333:function:credentials"
TESTED = 2
"""The handshakes that are themselves the test, with each address: what is served, and as Go clients shake hands."""


class NoAws:
    """An account that nobody may look into."""

    given_up = threading.Event()

    def call(self, service: str, operation: str, **_: object) -> dict[str, Any]:
        raise NotObserved(Unavailable(f"{service}:{operation} was not asked"))


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def registry(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv(USERNAME_VARIABLE, USERNAME)
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    with quirks.serving(authority) as server:
        yield server


def image_of_layers(count: int) -> Image:
    blobs = {digest_of(content): content for content in (gzip.compress(b"%d" % one) for one in range(count))}
    kind = "application/vnd.docker.image.rootfs.diff.tar.gzip"
    layers = [{"mediaType": kind, "size": len(blob), "digest": digest} for digest, blob in blobs.items()]
    image = quirks.tiny(layers=layers)
    return Image(image.manifest, {**image.blobs, **blobs}, image.media_type)


def looked_at(registry: Server, authority: trustme.CA, **others: int) -> Report:
    """The families that look at the registry, without an AWS account."""
    packs = load_packs(FAMILIES)
    plan = plan_for(packs, select(packs, FAMILIES))
    image = f"{REGISTRY}:{registry.port}/{quirks.REPOSITORY}:v1"
    container = Container("PrimaryContainer", image, "Vpc", PROVIDER, has_auth_config=True)
    target = Target(TargetKind.REQUEST, "m", "model.json", None, (Model("m", None, None, (container,)),))
    ports = {REGISTRY: registry.port, **others}
    settings = Settings(
        timeout=5,
        resolve=tuple(Resolve(name, port, "127.0.0.1") for name, port in ports.items()),
        public_roots=authority.cert_pem.bytes().decode(),
        public_roots_source="roots.pem",
    )
    aws: Any = NoAws()
    return judge(plan, observe(plan, target, settings, aws, VantageName.INSIDE, lambda *_: None))


def statuses(report: Report, check: str) -> set[str]:
    return {one.status.value for one in report.findings if one.check == check}


@pytest.mark.parametrize("login", ["basic", "bearer", "none"])
def test_handshakes_and_requests_of_forty_layers(registry: Server, authority: trustme.CA, login: str) -> None:
    image = quirks.image_of(image_of_layers(LAYERS))
    if login == "basic":
        registry.behaviours = [quirks.by_password, image]
    elif login == "bearer":
        registry.behaviours = [*tokens(registry), image]
    else:
        registry.behaviours = [image]
    report = looked_at(registry, authority)

    assert statuses(report, "image.layers-present") == {"pass"}, [one.because for one in report.findings]
    assert statuses(report, "tls.public-ca") == {"pass"}
    assert registry.handshakes <= TESTED + 1
    assert len(registry.asked) <= LAYERS + 8


def tokens(registry: Server) -> list[quirks.Behaviour]:
    def token(asked: Asked) -> Answer | None:
        found = json.dumps({"token": quirks.TOKEN, "access_token": quirks.TOKEN, "expires_in": 600}).encode()
        return Answer(200, found) if asked.path == "/token" else None

    def ask(asked: Asked) -> Answer | None:
        realm = f'Bearer realm="https://{REGISTRY}:{registry.port}/token",service="lab"'
        refused = asked.authorization != f"Bearer {quirks.TOKEN}"
        return quirks.error(401, "UNAUTHORIZED", "x", ("WWW-Authenticate", realm)) if refused else None

    return [token, ask]


def test_layers_are_asked_for_at_once(registry: Server, authority: trustme.CA) -> None:
    image, busy, most, lock = quirks.image_of(image_of_layers(12)), 0, 0, threading.Lock()

    def slow(asked: Asked) -> Answer | None:
        nonlocal busy, most
        if "/blobs/" not in asked.path or not asked.authorization:
            return None
        with lock:
            busy, most = busy + 1, max(most, busy + 1)
        time.sleep(0.02)
        with lock:
            busy -= 1
        return None

    registry.behaviours = [slow, quirks.by_password, image]
    looked_at(registry, authority)

    assert most > 1
    assert registry.handshakes <= TESTED + 1


def test_each_other_host_is_shaken_hands_with_once_beside_the_test(registry: Server, authority: trustme.CA) -> None:
    image = quirks.image_of(image_of_layers(12))
    store_name = "layers.example.com"
    with quirks.serving(authority, names=(store_name,)) as store:

        def there(asked: Asked) -> Answer | None:
            if "/blobs/" not in asked.path or not asked.authorization:
                return None
            return Answer(307, headers=(("Location", f"https://{store_name}:{store.port}{asked.path}"),))

        store.behaviours = [image]
        registry.behaviours = [there, quirks.by_password, image]
        report = looked_at(registry, authority, **{store_name: store.port})

        assert statuses(report, "image.layers-present") == {"pass"}
        assert statuses(report, "tls.public-ca") == {"pass"}
        assert store.handshakes <= TESTED + 1
        assert not any(one.authorization for one in store.asked)

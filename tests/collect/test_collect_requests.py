"""How many requests a pull costs, counted by the servers: never more than its layers and eight."""

import gzip
import json
from collections.abc import Callable, Iterator

import makes
import pytest
import quirks
import trustme
from bench import BLOBS, Bench, given, judged, nobody, on_trial, told
from makes import asking, tokens
from quirks import TOKEN, Answer, Asked, Behaviour, Server, at, image_of

from pullcheck.collect.credentials import Credentials
from pullcheck.demo.image import Image, digest_of

LAYERS = 40
OAUTH = {"access_token": TOKEN, "expires_in": 1800}
KIND = "application/vnd.docker.image.rootfs.diff.tar.gzip"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def registry(authority: trustme.CA) -> Iterator[Server]:
    with quirks.serving(authority) as server:
        yield server


def layered(size: int = 0) -> Image:
    """An image of forty layers, with so many bytes more in each."""
    contents = [gzip.compress(b"%d" % one, mtime=0) + b"\0" * size for one in range(LAYERS)]
    blobs = {digest_of(content): content for content in contents}
    layers = [{"mediaType": KIND, "size": len(blob), "digest": name} for name, blob in blobs.items()]
    image = quirks.tiny(layers=layers)
    return Image(image.manifest, {**image.blobs, **blobs}, image.media_type)


SMALL, LARGE = layered(), layered(100_000)


def basic(served: Behaviour) -> list[Behaviour]:
    return [quirks.by_password, served]


def bearer(served: Behaviour) -> list[Behaviour]:
    """A realm of its own host that takes GET and POST."""
    service = tokens("/auth", OAUTH, OAUTH)

    def ask(asked: Asked) -> Answer | None:
        return asking(f'Bearer realm="https://{asked.host}/auth",service="registry"')(asked)

    return [service, ask, served]


def for_everybody(served: Behaviour) -> list[Behaviour]:
    """A token for whoever asks."""
    answer = Answer(200, json.dumps(OAUTH).encode())
    return [at("/auth", answer), *bearer(served)[1:]]


Doors = Callable[[Behaviour], list[Behaviour]]


@pytest.mark.parametrize(
    ("doors", "credentials", "index", "by_digest", "beside"),
    [
        (basic, given, False, False, 6),
        (basic, given, False, True, 6),
        (basic, given, True, False, 7),
        (bearer, given, False, False, 7),
        (bearer, given, False, True, 7),
        (bearer, given, True, False, 8),
        (bearer, given, True, True, 8),
        (for_everybody, nobody, False, False, 6),
        (for_everybody, nobody, True, False, 7),
        (lambda served: [served], nobody, False, False, 4),
        (basic, on_trial, False, False, 7),
        (bearer, on_trial, False, False, 8),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
@pytest.mark.parametrize("image", [SMALL, LARGE], ids=["small-layers", "large-layers"])
def test_requests_of_a_pull(
    authority: trustme.CA,
    registry: Server,
    doors: Doors,
    credentials: Callable[[], Credentials],
    index: bool,
    by_digest: bool,
    beside: int,
    image: Image,
) -> None:
    root, served = quirks.index(("amd64", image)) if index else (image, image_of(image))
    registry.behaviours = doors(served)
    reference = f"@{root.digest}" if by_digest else ":v1"
    found = told(judged(Bench(authority).pull(registry, credentials(), reference=reference)))
    blobs = [one for one in registry.asked if one.path.startswith(BLOBS)]

    assert found["image.layers-present"] == ["pass"]
    assert len(registry.asked) == LAYERS + beside <= LAYERS + 8
    assert len(blobs) == len({one.path for one in blobs}) == LAYERS + 1


def test_small_layers_are_read_and_large_ones_are_not(authority: trustme.CA, registry: Server) -> None:
    methods = []
    for image in (SMALL, LARGE):
        registry.behaviours, registry.asked = basic(image_of(image)), []
        Bench(authority).pull(registry)
        methods.append(sorted(one.method for one in registry.asked if one.path.startswith(BLOBS)))

    assert methods == [["GET"] * (LAYERS + 1), ["GET"] * 2 + ["HEAD"] * (LAYERS - 1)]


@pytest.mark.parametrize("oddity", ["head-405", "no-digest", "other-bytes-by-digest"])
def test_odd_registries_cost_few_more(authority: trustme.CA, registry: Server, oddity: str) -> None:
    served = image_of(SMALL, **({"Docker_Content_Digest": ""} if oddity == "no-digest" else {}))
    by_digest = f"/v2/{quirks.REPOSITORY}/manifests/{SMALL.digest}"
    first = {
        "head-405": [makes.refusing("HEAD", 405)],
        "no-digest": [],
        "other-bytes-by-digest": [at(by_digest, Answer(200, b"{}"))],
    }[oddity]
    registry.behaviours = [*first, *basic(served)]
    Bench(authority).pull(registry)

    assert len(registry.asked) <= LAYERS + 8

"""Odd but legal images, as the conformance tests of the distribution specification have them, and hostile servers."""

import gzip
import hashlib
import io
import json
import tarfile
import time
from collections.abc import Iterator
from typing import Any

import pytest
import quirks
import trustme
from bench import BLOBS, LAYERS, TINY, Bench, given, judged, nobody, told
from makes import asking
from quirks import MANIFEST, TOKEN, Answer, Asked, Behaviour, Server, at, image_of

from pullcheck.demo.image import Image, digest_of, tiny_image
from pullcheck.evidence.pull import ImagePull, Machine, Machines

OCI = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
GZIP = "application/vnd.oci.image.layer.v1.tar+gzip"
DOCUMENT: dict[str, Any] = json.loads(TINY.manifest)
LAYER, SMALLER = DOCUMENT["layers"]
KINDS, BLOBS_CHECK, PLATFORM = "image.media-types", "image.layers-present", "image.platform"
X86 = Machines((Machine("all", "ml.m5.large", "amd64"),))


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def registry(authority: trustme.CA) -> Iterator[Server]:
    with quirks.serving(authority) as server:
        yield server


def blobs(*contents: bytes) -> dict[str, bytes]:
    return {digest_of(one): one for one in contents}


def of(kind: str, *contents: bytes) -> Image:
    """An image with these layers, all of this type."""
    layers = [{"mediaType": kind, "digest": digest_of(one), "size": len(one)} for one in contents]
    image = quirks.tiny(layers=layers)
    return Image(image.manifest, {**image.blobs, **blobs(*contents)}, image.media_type)


def archive() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("model"), io.BytesIO())
    return buffer.getvalue()


def by_sha512() -> Image:
    content = TINY.blobs[LAYERS[0]]
    name = f"sha512:{hashlib.sha512(content).hexdigest()}"
    image = quirks.tiny(layers=[{**LAYER, "digest": name}])
    return Image(image.manifest, {**image.blobs, name: content}, image.media_type)


def document(content: bytes | dict[str, Any], kind: str = TINY.media_type) -> Image:
    return Image(content if isinstance(content, bytes) else json.dumps(content).encode(), TINY.blobs, kind)


def changed(old: bytes, new: bytes) -> Image:
    """The manifest with other bytes in it."""
    assert old in TINY.manifest
    return document(TINY.manifest.replace(old, new))


SIZE = json.dumps(LAYER["size"]).encode()
NO_CONFIG = {**DOCUMENT, "config": {**DOCUMENT["config"], "size": 0}}


@pytest.mark.parametrize(
    ("image", "check", "wanted"),
    [
        (of(GZIP, *(gzip.compress(b"%d" % one) for one in range(125))), BLOBS_CHECK, ["pass"]),
        (quirks.tiny(layers=[LAYER, SMALLER, LAYER]), BLOBS_CHECK, ["pass"]),
        (of("application/vnd.docker.image.rootfs.diff.tar", archive()), BLOBS_CHECK, ["pass"]),
        (of("application/vnd.docker.image.rootfs.diff.tar", archive()), KINDS, ["pass"]),
        (of(GZIP, b""), BLOBS_CHECK, ["img.size-zero warning"]),
        (by_sha512(), BLOBS_CHECK, ["img.digest-algorithm warning"]),
        (document({**DOCUMENT, "layers": DOCUMENT["layers"][:1]}), BLOBS_CHECK, ["img.rootfs-mismatch"]),
        (document(NO_CONFIG), BLOBS_CHECK, ["img.size-zero warning"]),
        (of("application/vnd.ollama.image.model", b"GGUF..."), KINDS, ["img.layers-of-other-types"]),
        (of("application/octet-stream", gzip.compress(b"x")), KINDS, ["pass", "img.layers-of-other-types warning"]),
        (of("application/octet-stream", archive()), KINDS, ["pass", "img.layers-of-other-types warning"]),
        (quirks.tiny(config={**DOCUMENT["config"], "mediaType": "application/vnd.cncf.model.config.v1+json"}), KINDS,
         ["img.not-a-runnable-image"]),
        (quirks.tiny(config={**DOCUMENT["config"], "mediaType": "application/vnd.oci.empty.v1+json"}), KINDS,
         ["img.not-a-runnable-image"]),
        (of("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", gzip.compress(b"x")), KINDS,
         ["pass", "img.windows-or-foreign-layers warning"]),
        (quirks.tiny(config={**DOCUMENT["config"], "mediaType": "application/octet-stream"}), KINDS,
         ["pass", "img.not-a-runnable-image warning"]),
        (document({"schemaVersion": 2, "mediaType": INDEX, "manifests": []}, INDEX), KINDS,
         ["img.manifest-unreadable"]),
        (document({**DOCUMENT, "manifests": [LAYER]}), KINDS, ["img.manifest-unreadable"]),
        (document({**DOCUMENT, "mediaType": INDEX}, INDEX), KINDS, ["img.manifest-unreadable"]),
        (changed(SIZE, b'"126"'), KINDS, ["img.manifest-unreadable"]),
        (changed(SIZE, b"126.0"), KINDS, ["img.manifest-unreadable"]),
        (changed(SIZE, b"NaN"), KINDS, ["img.manifest-unreadable"]),
        (changed(SIZE, b"-1"), BLOBS_CHECK, ["img.size-zero warning"]),
        (changed(SIZE, b"1" * 30), KINDS, ["img.manifest-unreadable"]),
        (changed(b'"schemaVersion": 2', b'"schemaVersion": "2"'), KINDS, ["img.manifest-unreadable"]),
        (changed(b'"schemaVersion": 2', b'"schemaVersion": 2, "annotations": {"a": "\xff\xfe"}'), KINDS, ["pass"]),
        (changed(b'"schemaVersion": 2', b'"a": ' + b"[" * 900 + b"]" * 900), KINDS, ["pass"]),
        (changed(b'"schemaVersion": 2', b'"a": ' + b"[" * 99_000), KINDS, ["img.manifest-unreadable"]),
        (document(TINY.manifest.decode().encode("utf-16")), KINDS, ["img.manifest-unreadable"]),
        (document(b"\xef\xbb\xbf" + TINY.manifest), KINDS, ["img.manifest-unreadable"]),
        (document(TINY.manifest + b"{}"), KINDS, ["img.manifest-unreadable"]),
        (document(TINY.manifest[:-1] + b', "Layers": []}'), BLOBS_CHECK, ["img.rootfs-mismatch"]),
        (document(TINY.manifest[:-1] + b', "layers": [{"digest": "sha256:' + b"0" * 64 + b'", "size": 9}]}'),
         BLOBS_CHECK, ["img.rootfs-mismatch", "img.blob-missing"]),
        (document({**DOCUMENT, "subject": LAYER, "annotations": {"a": "b"}, "x": [1, {"y": None}]}), KINDS, ["pass"]),
    ],
)  # fmt: skip
def test_images_that_are_odd(
    authority: trustme.CA, registry: Server, image: Image, check: str, wanted: list[str]
) -> None:
    registry.behaviours = [image_of(image)]

    assert told(judged(Bench(authority).pull(registry, nobody()), provider=None))[check] == wanted


def listed(*entries: tuple[str, Image], kind: str = INDEX) -> list[Behaviour]:
    """An index with these platforms, and all that it names."""
    manifests = [
        {
            "mediaType": image.media_type,
            "digest": image.digest,
            "size": len(image.manifest),
            "platform": {"os": "Linux", "architecture": name},
        }
        for name, image in entries
    ]
    root = Image(json.dumps({"schemaVersion": 2, "mediaType": kind, "manifests": manifests}).encode(), {}, kind)
    both = [image_of(root), *(image_of(image, tag="") for _, image in entries)]

    def behave(asked: Asked) -> Answer | None:
        answers = [answer for one in both if (answer := one(asked))]
        return next((one for one in answers if one.status == 200), None)

    return [behave]


@pytest.mark.parametrize(
    ("entries", "wanted"),
    [
        ([("x86_64", TINY)], ["pass"]),
        ([("AMD64", TINY)], ["pass"]),
        ([("arm64", tiny_image("arm64")), ("amd64", TINY), ("amd64", tiny_image(entrypoint=("/b",)))], ["pass"]),
        ([("aarch64", tiny_image("arm64"))], ["img.no-amd64-for-x86-instance"]),
    ],
)
def test_platforms_under_other_names(
    authority: trustme.CA, registry: Server, entries: list[tuple[str, Image]], wanted: list[str]
) -> None:
    registry.behaviours = listed(*entries)
    found = told(judged(Bench(authority).pull(registry, nobody(), X86), X86, provider=None))

    assert found[PLATFORM] == wanted
    assert found[BLOBS_CHECK] == ["pass"]


def test_index_in_an_index(authority: trustme.CA, registry: Server) -> None:
    inner = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [LAYER]}
    registry.behaviours = listed(("amd64", document(inner, INDEX)))
    found = judged(Bench(authority).pull(registry, nobody(), X86), X86, provider=None)

    assert told(found)[BLOBS_CHECK] == ["unknown"]
    assert "is itself an index" in found[BLOBS_CHECK][0].because


@pytest.mark.parametrize("kind", [INDEX, DOCKER_LIST])
def test_index_that_names_no_type(authority: trustme.CA, registry: Server, kind: str) -> None:
    """OCI leaves it to the registry to say, Docker does not."""
    entry = {"mediaType": TINY.media_type, "digest": TINY.digest, "size": len(TINY.manifest)}
    root = document({"schemaVersion": 2, "manifests": [entry]}, kind)
    whole = [image_of(root), image_of(TINY, tag="")]
    registry.behaviours = [lambda asked: next((a for one in whole if (a := one(asked)) and a.status == 200), None)]
    found = told(judged(Bench(authority).pull(registry, nobody()), provider=None))

    wanted = ["pass"] if kind == INDEX else ["pass", "img.media-type-in-content warning"]
    assert found[KINDS] == wanted


@pytest.mark.parametrize("part", ["manifest", "config", "layer", "token"])
def test_part_that_drips(authority: trustme.CA, registry: Server, part: str) -> None:
    """More is promised than comes, and the connection stays open: nothing passes, and it does not take long."""
    config = json.loads(TINY.manifest)["config"]["digest"]
    paths = {
        "manifest": (MANIFEST, MANIFEST.removesuffix("v1") + TINY.digest),
        "config": (BLOBS + config,),
        "layer": (BLOBS + LAYERS[1],),
        "token": ("/auth",),
    }[part]

    def drip(asked: Asked) -> Answer | None:
        if asked.path not in paths or asked.method == "HEAD":
            return None
        whole = TINY.blobs.get(asked.path.rpartition("/")[2], TINY.manifest)
        headers = (("Content-Type", TINY.media_type), ("Transfer-Encoding", "chunked"), ("Content-Length", None))
        return Answer(200, b"%x\r\n%s" % (len(whole) + 9, whole), headers)

    ask: Behaviour = lambda asked: asking(f'Bearer realm="https://{asked.host}/auth",service="r"')(asked)  # noqa: E731
    token = at("/auth", Answer(200, json.dumps({"token": TOKEN}).encode()))
    registry.behaviours = [drip, token, ask, image_of(TINY)]
    started = time.monotonic()
    found = told(judged(Bench(authority, timeout=0.5).pull(registry)))

    assert time.monotonic() - started < 12
    assert found[BLOBS_CHECK] != ["pass"]


def many_headers(count: int, size: int) -> Behaviour:
    headers = tuple((f"X-{one}", "x" * size) for one in range(count))
    return at(BLOBS + LAYERS[0], Answer(200, TINY.blobs[LAYERS[0]], headers))


@pytest.mark.parametrize(("count", "size"), [(1000, 10), (3, 100_000), (90, 60_000)])
def test_headers_without_end(authority: trustme.CA, registry: Server, count: int, size: int) -> None:
    registry.behaviours = [many_headers(count, size), image_of(TINY)]
    pull = Bench(authority).pull(registry, nobody())
    found = told(judged(pull, provider=None))

    assert found[BLOBS_CHECK] in (["pass"], ["unknown"])
    assert len(repr(pull)) < 60_000


@pytest.mark.parametrize(
    "location",
    ["https://169.254.169.254/latest/meta-data", "https://[fe80::1]/", "https://127.0.0.1:1/", "https://0.0.0.0/",
     "https://[::ffff:169.254.169.254]/", "https://0x7f000001/", "http://169.254.169.254/", "file:///etc/passwd",
     "gopher://x/", "https://user:secret@127.0.0.1/", "//127.0.0.1/", "https:///x", "https://%31%32%37.0.0.1/"],
)  # fmt: skip
@pytest.mark.parametrize("part", ["manifest", "config", "layer", "token"])
def test_redirects_to_where_nobody_should_go(authority: trustme.CA, registry: Server, location: str, part: str) -> None:
    config = json.loads(TINY.manifest)["config"]["digest"]
    path = {"manifest": MANIFEST, "config": BLOBS + config, "layer": BLOBS + LAYERS[1], "token": "/auth"}[part]
    ask: Behaviour = lambda asked: asking(f'Bearer realm="https://{asked.host}/auth",service="r"')(asked)  # noqa: E731
    token = at("/auth", Answer(200, json.dumps({"token": TOKEN}).encode()))
    registry.behaviours = [at(path, Answer(307, headers=(("Location", location),))), token, ask, image_of(TINY)]
    pull = Bench(authority, timeout=1).pull(registry, given())
    found = told(judged(pull))

    assert found[BLOBS_CHECK] != ["pass"]
    assert "secret" not in repr(pull)
    assert not [one for one in steps(pull) if one.stop is None and len(one.replies) > 1 and one.status == 200]


def steps(pull: ImagePull) -> list[Any]:
    from pullcheck.evidence.steps import steps_in

    return list(steps_in(pull))


@pytest.mark.parametrize(
    "answer",
    [
        b'{"token": "%s", "expires_in": 300} trailing' % TOKEN.encode(),
        b'{"TOKEN": "%s"}' % TOKEN.encode(),
        b'{"token": "x", "token": "%s"}' % TOKEN.encode(),
        b'{"token": null, "access_token": "%s", "expires_in": null}' % TOKEN.encode(),
        b'{"token": "%s", "x": "\xff"}' % TOKEN.encode(),
    ],
)
def test_answers_that_gos_decoder_takes(authority: trustme.CA, registry: Server, answer: bytes) -> None:
    ask: Behaviour = lambda asked: asking(f'Bearer realm="https://{asked.host}/auth",service="r"')(asked)  # noqa: E731
    registry.behaviours = [at("/auth", Answer(200, answer), "GET"), ask, image_of(TINY)]

    assert told(judged(Bench(authority).pull(registry)))["auth.credentials-accepted"] == ["pass"]


@pytest.mark.parametrize(
    "answer",
    [
        b'{"token": "%s", "expires_in": "300"}',
        b'{"token": "%s", "access_token": 5}',
        b'{"token": "%s", "refresh_token": []}',
        b'{"token": "%s", "expires_in": 1e3}',
        b'{"token": "%s", "expires_in": 99999999999999999999}',
        b'{"token": "%s", "expires_in": NaN}',
        b'[{"token": "%s"}]',
    ],
)
def test_answers_that_gos_decoder_refuses(authority: trustme.CA, registry: Server, answer: bytes) -> None:
    ask: Behaviour = lambda asked: asking(f'Bearer realm="https://{asked.host}/auth",service="r"')(asked)  # noqa: E731
    registry.behaviours = [at("/auth", Answer(200, answer % TOKEN.encode()), "GET"), ask, image_of(TINY)]
    [found] = told(judged(Bench(authority).pull(registry)))["auth.credentials-accepted"]

    assert found in ("auth.token-answer-malformed", "auth.token-field-missing")

"""What the OCI distribution specification asks of a client that pulls: which of it ours does, each with a test."""

import gzip
import json
from collections.abc import Callable, Iterator
from hashlib import sha512

import pytest
import quirks
import trustme
from bench import LAYERS, TINY, Bench, judged, told
from quirks import MANIFEST, Answer, Asked, Server, at, error, image_of

from pullcheck.demo.image import Image, digest_of
from pullcheck.evidence.pull import Scheme

FULFILLED = {
    "version": "401 from GET /v2/ is acted on by WWW-Authenticate; what a 200 has in its body is ignored",
    "version-elsewhere": "access may be refused again behind a version check that passed, and is asked for there",
    "accept": "GET and HEAD of a manifest name the types that are understood",
    "content-type": "the type of a manifest is what Content-Type says, without its parameters",
    "by-tag": "a manifest is asked for by tag",
    "by-digest": "a manifest is asked for by digest",
    "head-manifest": "whether a manifest exists is asked with HEAD",
    "head-blob": "whether a layer exists is asked with HEAD",
    "verify-fetched": "content is verified against the digest that it was fetched by",
    "verify-not-header": "Docker-Content-Digest is not trusted over the digest that content was fetched by",
    "no-header": "Docker-Content-Digest may be missing",
    "other-algorithm": "Docker-Content-Digest may be of another algorithm than sha256",
    "redirect": "redirects of layers are followed",
    "redirect-relative": "Location may be relative",
    "unknown-code": "error codes that are not known are no reason to stop",
    "error-without-body": "an error may have no body, as one to HEAD",
    "index": "an index is followed to the manifest of the platform",
}
LEFT = {
    "ranges": "layers are not pulled, so that nothing is resumed with Range",
    "type-in-document": "mediaType within the manifest is not compared with Content-Type",
    "warnings": "the Warning header is not reported",
}
"""What ours does not do, and why nothing is lost by it for a pull."""

tested: set[str] = set()


def fulfils(*requirements: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The requirements that a test is for."""
    assert set(requirements) <= set(FULFILLED)
    tested.update(requirements)
    return lambda test: test


@pytest.fixture
def registry() -> Iterator[tuple[Server, Bench]]:
    authority = trustme.CA()
    with quirks.serving(authority, quirks.by_password, image_of(TINY)) as server:
        yield server, Bench(authority)


Served = tuple[Server, Bench]


@fulfils("version", "accept", "head-manifest")
def test_plain_pull_asks_what_the_specification_says(registry: Served) -> None:
    server, bench = registry
    pull = bench.pull(server)
    asked_for = (*server.requests(MANIFEST), *server.requests(MANIFEST.removesuffix("v1") + TINY.digest))
    manifests = {one.method: ", ".join(one.accepts) for one in asked_for}
    blobs = {(one.method, one.path.rpartition("/")[2]) for one in server.asked if "/blobs/" in one.path}
    asked = {digest for _, digest in blobs}

    assert pull.login.scheme is Scheme.BASIC
    assert manifests.keys() == {"HEAD", "GET"}
    assert all("docker.distribution.manifest.v2+json" in one for one in manifests.values())
    assert all("oci.image.index.v1+json" in one for one in manifests.values())
    assert set(LAYERS) <= asked
    assert {method for method, digest in blobs if digest in LAYERS} == {"GET"}


@fulfils("by-tag")
def test_tag_is_asked_for_where_no_digest_is_named(registry: Served) -> None:
    server, bench = registry
    server.behaviours = [quirks.by_password, image_of(TINY, Docker_Content_Digest="")]

    assert told(judged(bench.pull(server)))["image.exists"] == ["pass"]
    assert "GET" in {one.method for one in server.requests(MANIFEST)}


@fulfils("head-blob")
def test_large_layers_are_asked_for_by_head(registry: Served) -> None:
    server, bench = registry
    contents = [gzip.compress(b"%d" % one) + b"\0" * 100_000 for one in range(2)]
    blobs = {digest_of(content): content for content in contents}
    kind = "application/vnd.docker.image.rootfs.diff.tar.gzip"
    layers = [{"mediaType": kind, "digest": name, "size": len(content)} for name, content in blobs.items()]
    image = quirks.tiny(layers=layers)
    server.behaviours = [quirks.by_password, image_of(Image(image.manifest, {**image.blobs, **blobs}))]

    assert told(judged(bench.pull(server)))["image.layers-present"] == ["pass"]
    assert sorted(one.method for one in server.asked if one.path.rpartition("/")[2] in blobs) == ["GET", "HEAD"]


@fulfils("version")
def test_body_of_the_version_check_is_ignored(registry: Served) -> None:
    server, bench = registry
    server.behaviours.insert(1, at("/v2/", Answer(200, b'{"paths": ["/v3/"], "error": true}')))

    assert told(judged(bench.pull(server)))["image.exists"] == ["pass"]


@fulfils("version-elsewhere")
def test_access_is_asked_for_where_the_version_check_was_open(registry: Served) -> None:
    server, bench = registry
    server.behaviours.insert(0, at("/v2/", Answer(200, b"{}")))

    assert bench.pull(server).login.late


@fulfils("content-type")
def test_parameters_of_the_type_are_ignored(registry: Served) -> None:
    server, bench = registry
    server.behaviours = [quirks.by_password, image_of(TINY, Content_Type=f"{TINY.media_type}; charset=utf-8")]
    root = bench.pull(server).root

    assert root
    assert root.media_type == TINY.media_type


@fulfils("by-digest")
def test_manifest_by_digest(registry: Served) -> None:
    server, bench = registry
    pull = bench.pull(server, reference=f"@{TINY.digest}")

    assert told(judged(pull))["image.exists"] == ["pass"]
    assert f"/v2/team/model/manifests/{TINY.digest}" in {one.path for one in server.asked}


@fulfils("verify-fetched", "verify-not-header")
def test_content_is_held_against_the_digest_it_was_asked_by(registry: Served) -> None:
    server, bench = registry
    other = quirks.tiny(annotations={"a": "b"})
    lie = Answer(200, other.manifest, (("Content-Type", TINY.media_type), ("Docker-Content-Digest", TINY.digest)))
    server.behaviours.insert(1, at(f"/v2/team/model/manifests/{TINY.digest}", lie))
    found = told(judged(bench.pull(server, reference=f"@{TINY.digest}")))

    assert "img.digest-mismatch" in found["image.layers-present"]


@fulfils("verify-fetched")
def test_configuration_is_held_against_its_digest(registry: Served) -> None:
    server, bench = registry
    config = json.loads(TINY.manifest)["config"]["digest"]
    server.behaviours.insert(1, at(f"/v2/team/model/blobs/{config}", Answer(200, b"{}")))

    assert "img.digest-mismatch" in told(judged(bench.pull(server)))["image.layers-present"]


@fulfils("no-header")
def test_digest_is_computed_where_no_header_has_it(registry: Served) -> None:
    server, bench = registry
    server.behaviours = [quirks.by_password, image_of(TINY, Docker_Content_Digest="")]
    root = bench.pull(server).root

    assert root
    assert root.computed == TINY.digest


@fulfils("other-algorithm")
def test_digest_of_another_algorithm_is_computed_by_it(registry: Served) -> None:
    server, bench = registry
    digest = digest_of(TINY.manifest)
    longer = f"sha512:{sha512(TINY.manifest).hexdigest()}"
    named: dict[str, str] = {"v1": longer, digest: digest, longer: longer}

    def behave(asked: Asked) -> Answer | None:
        kind, _, name = asked.path.removeprefix("/v2/team/model/").partition("/")
        if kind != "manifests" or name not in named:
            return None
        headers = (("Content-Type", TINY.media_type), ("Docker-Content-Digest", named[name]))
        return Answer(200, TINY.manifest, headers)

    server.behaviours.insert(1, behave)
    pull = bench.pull(server)

    assert pull.root
    assert pull.root.computed == longer
    assert told(judged(pull))["image.layers-present"] == ["pass"]


@pytest.mark.parametrize("location", ["/elsewhere/layer", "https://registry.example.com:{port}/elsewhere/layer"])
@fulfils("redirect", "redirect-relative")
def test_redirects_are_followed(registry: Served, location: str) -> None:
    server, bench = registry
    target = location.format(port=server.port)
    server.behaviours.insert(1, at(f"/v2/team/model/blobs/{LAYERS[0]}", Answer(307, b"", (("Location", target),))))
    server.behaviours.insert(0, at("/elsewhere/layer", Answer(200, TINY.blobs[LAYERS[0]])))

    assert told(judged(bench.pull(server)))["image.layers-present"] == ["pass"]
    assert server.requests("/elsewhere/layer")


@fulfils("unknown-code", "error-without-body")
def test_errors_that_nobody_knows(registry: Served) -> None:
    server, bench = registry
    server.behaviours.insert(1, at(MANIFEST, Answer(404), "HEAD"))
    server.behaviours.insert(2, at(MANIFEST, error(404, "NEVER_HEARD_OF")))

    assert told(judged(bench.pull(server)))["image.exists"] == ["img.tag-not-found"]


@fulfils("index")
def test_index_is_followed(registry: Served) -> None:
    server, bench = registry
    arm = Image(quirks.tiny(annotations={"for": "arm"}).manifest, TINY.blobs)
    _, behave = quirks.index(("arm64", arm), ("amd64", TINY))
    server.behaviours = [quirks.by_password, behave]
    pull = bench.pull(server)

    assert [one.manifest.computed for one in pull.images] == [TINY.digest]


def test_each_requirement_has_a_test_or_a_reason() -> None:
    assert tested == set(FULFILLED)
    assert not set(LEFT) & set(FULFILLED)

"""Manifests and configurations out of anything."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from pullcheck.collect.document import PARTS_KEPT, choose, digest_of, read_config, read_manifest
from pullcheck.collect.login import grants_of, read_token
from pullcheck.collect.repository import names_in
from pullcheck.demo.image import tiny_image
from pullcheck.evidence.pull import Config, Descriptor, Manifest, Platform, Token
from pullcheck.evidence.steps import Step
from pullcheck.instance_type import architecture_of

EMPTY = Manifest("v1", Step(()), Step(()))
TOKEN = Token("https://auth.example.com/token", None, Step(()), False)
NAMES = st.sampled_from(
    ["mediaType", "schemaVersion", "config", "layers", "manifests", "digest", "size", "platform", "os", "architecture",
     "urls", "annotations", "artifactType", "Entrypoint", "Cmd", "token", "expires_in", "issued_at", "access", "tags"]
)  # fmt: skip
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.just("linux"))
VALUES = st.recursive(LEAVES, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner)))
CONTENTS = st.one_of(st.binary(max_size=200), VALUES.map(lambda value: json.dumps(value).encode()))


@settings(deadline=None)
@given(CONTENTS)
def test_nothing_that_is_served_breaks_reading(content: bytes) -> None:
    manifest, config = read_manifest(EMPTY, content), read_config(Config(Step(())), content)
    token, _ = read_token(TOKEN, content)

    names_in(content, "tags")
    for kind, value in ((Manifest, manifest), (Config, config), (Token, token)):
        adapter = TypeAdapter(kind)
        assert adapter.validate_json(adapter.dump_json(value)) == value


@settings(deadline=None)
@given(st.text(max_size=200), st.binary(max_size=100))
def test_no_token_breaks_reading_its_grants(text: str, content: bytes) -> None:
    from base64 import urlsafe_b64encode

    grants_of(text)
    grants_of(f"e30.{urlsafe_b64encode(content).decode()}.x")


def test_manifest_of_an_image() -> None:
    image = tiny_image()
    manifest = read_manifest(EMPTY, image.manifest)
    assert manifest.config
    config = read_config(Config(Step(())), image.blobs[manifest.config.digest])

    assert (manifest.schema, manifest.layer_count, len(manifest.layers)) == (2, 2, 2)
    assert (config.os, config.architecture, config.entrypoint, config.command) == ("linux", "amd64", "/serve", None)
    assert digest_of(image.manifest) == image.digest


def test_arguments_of_the_entry_point_are_not_kept() -> None:
    content = json.dumps({"config": {"Entrypoint": ["/serve", "--token=c4n4ry"], "Cmd": ["c4n4ry secret"]}}).encode()
    config = read_config(Config(Step(())), content)

    assert config.entrypoint == "/serve"
    assert "c4n4ry" not in repr(config)


def test_no_more_parts_are_kept_than_an_image_can_have() -> None:
    manifest = read_manifest(EMPTY, json.dumps({"layers": [{}] * 5000}).encode())

    assert (len(manifest.layers), manifest.layer_count) == (PARTS_KEPT, 5000)


def entry(architecture: str, os: str = "linux") -> Descriptor:
    return Descriptor("application/vnd.oci.image.manifest.v1+json", architecture, 1, Platform(os, architecture))


def test_entries_for_the_wanted_platforms_are_chosen() -> None:
    windows, arm, amd = entry("amd64", "windows"), entry("arm64"), entry("amd64")
    attestation = entry("unknown", "unknown")

    assert choose((windows, attestation, arm, amd), ("amd64",)) == (amd,)
    assert choose((windows, attestation, arm, amd), ("arm64", "amd64")) == (arm, amd)
    assert choose((attestation, arm), ("amd64",)) == (arm,)
    assert choose((attestation,), ("amd64",)) == ()


def test_digest_is_of_the_algorithm_that_was_named() -> None:
    assert digest_of(b"", "sha512:x").startswith("sha512:cf83e1357eef")
    assert digest_of(b"", "md5:x").startswith("sha256:e3b0c44298fc")


def test_architectures_of_instance_types() -> None:
    arm = (
        "ml.c6g.large",
        "ml.c6gn.xlarge",
        "ml.m6gd.large",
        "ml.r7gd.2xlarge",
        "ml.m8g.large",
        "ml.p6e-gb200.36xlarge",
    )
    x86 = ("ml.m5.large", "ml.g4dn.xlarge", "ml.g5.2xlarge", "ml.g6e.xlarge", "ml.inf2.xlarge", "ml.p4d.24xlarge", "")

    assert {architecture_of(one) for one in arm} == {"arm64"}
    assert {architecture_of(one) for one in x86} == {"amd64"}

"""Sizes, start and policies, on evidence made by hand."""

from dataclasses import replace

import pytest
from test_image_checks import CONFIG, GOOD, IMAGE, LAYER, MANIFEST, REFUSED, answered

from pullcheck import Status, Verdict
from pullcheck.evidence.pull import Config, Descriptor, ImagePull
from pullcheck.evidence.steps import RegistryError
from pullcheck.target import Model, Target, TargetKind, Variant
from pullcheck_checks.auth.policies import held_back
from pullcheck_checks.image.exists import image_is_in_the_registry
from pullcheck_checks.image.hosts import GB, fits_the_hosts

MODEL = Model("vpc-model", None, None, ())
SERVED = replace(CONFIG, entrypoint="/serve")


def image(size: int | None, config: Config = SERVED, *more: Descriptor) -> ImagePull:
    """With one layer of this size, and these."""
    layers = (replace(LAYER, size=size), *more)
    manifest = replace(MANIFEST, layers=layers, layer_count=len(layers))
    return replace(GOOD, root=manifest, images=(replace(IMAGE, manifest=manifest, config=config),))


def judged(pull: ImagePull, *variants: Variant) -> list[Verdict]:
    target = Target(TargetKind.REQUEST, "vpc-model", "model.json", None, (MODEL,), variants)
    return list(fits_the_hosts.function(pull, MODEL, target))


def causes(verdicts: list[Verdict]) -> list[str]:
    return [verdict.cause.id for verdict in verdicts if verdict.cause]


def test_small_image_with_an_entry_point_passes() -> None:
    [verdict] = judged(image(3 * GB), Variant("all", None, volume_gb=30))

    assert verdict.status is Status.PASS
    assert "3.0 GB compressed, in 1 layers; its entry point is /serve" in verdict.because


def test_image_that_is_too_large_for_the_volume_is_a_warning_that_says_what_to_do() -> None:
    [verdict] = judged(image(9 * GB), Variant("all", "vpc-model", volume_gb=16), Variant("b", "other", volume_gb=1))

    assert (verdict.status, verdict.severity, causes([verdict])) == (
        Status.FAIL,
        "warning",
        ["img.too-big-for-disk"],
    )
    assert "VolumeSizeInGB of variant all is 16" in verdict.because
    assert verdict.fix
    assert "VolumeSizeInGB" in verdict.fix.summary


def test_layer_that_is_named_twice_is_counted_once() -> None:
    twice = image(9 * GB, SERVED, replace(LAYER, size=9 * GB))

    assert causes(judged(twice)) == []


@pytest.mark.parametrize(
    ("variant", "named"),
    [
        (Variant("all", None, serverless=True), ["img.serverless-10gb", "img.pull-too-slow"]),
        (Variant("all", None), ["img.pull-too-slow"]),
    ],
)
def test_large_image_is_a_warning(variant: Variant, named: list[str]) -> None:
    assert causes(judged(image(12 * GB), variant)) == named


@pytest.mark.parametrize(
    ("config", "named"),
    [
        (replace(CONFIG, command="python"), ["img.serve-entrypoint-missing"]),
        (replace(CONFIG, entrypoint="/usr/bin/tini"), ["img.tini-entrypoint"]),
        (replace(CONFIG, entrypoint="/usr/local/bin/tini-static"), ["img.tini-entrypoint"]),
        (replace(CONFIG, entrypoint="tinyserver"), []),
    ],
)
def test_what_the_image_starts_with(config: Config, named: list[str]) -> None:
    assert causes(judged(image(100, config))) == named


@pytest.mark.parametrize(
    "pull", [REFUSED, image(None), image(100, Config(answered("blobs/config", 404)))], ids=["login", "size", "config"]
)
def test_what_could_not_be_read_is_unknown(pull: ImagePull) -> None:
    assert [verdict.status for verdict in judged(pull)] == [Status.UNKNOWN]


@pytest.mark.parametrize(
    ("status", "message", "cause"),
    [
        (412, "The image is not signed by cosign.", "img.signature-only-policy"),
        (412, "current image with 7 vulnerabilities cannot be pulled", "img.scan-gate"),
        (403, "manifest.json was not downloaded due to the download blocking policy in Xray", "img.scan-gate"),
        (403, "requested access to the resource is denied", None),
        (403, "invalid token signature", None),
        (404, "this repository is quarantined", "img.tag-not-found"),
    ],
)
def test_policy_that_holds_the_image_back_is_named(status: int, message: str, cause: str | None) -> None:
    refusal = answered("manifests/v1", status, error=RegistryError("DENIED", message))
    [verdict] = image_is_in_the_registry.function(replace(GOOD, root=replace(MANIFEST, get=refusal), images=()))

    assert causes([verdict]) == ([cause] if cause else [])
    assert bool(held_back(refusal)) is (status != 404 and cause is not None)

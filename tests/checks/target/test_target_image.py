"""What the image's reference tells."""

from dataclasses import replace

import pytest

from pullcheck.evidence.placement import Registry
from pullcheck.target import Container, Model, Target, TargetKind, VpcConfig
from pullcheck.verdict import Severity, Status, Verdict
from pullcheck_checks.target.certifiable import name_is_certifiable
from pullcheck_checks.target.image import image_reference_is_sound

CONTAINER = Container("PrimaryContainer", "registry.example.com/team/model:v1", "Vpc")
MODEL = Model("m", None, VpcConfig(("subnet-0a1",), ("sg-0b1",)), (CONTAINER,))
TARGET = Target(TargetKind.REQUEST, "m", "model.json", "us-east-1", (MODEL,))
DIGEST = "sha256:" + "0" * 64


def verdicts_of(image: str | None, **fields: str) -> list[Verdict]:
    container = replace(CONTAINER, image=image, **fields)  # type: ignore[arg-type]
    return list(image_reference_is_sound(container, TARGET))


def ids(verdicts: list[Verdict]) -> list[str | None]:
    return [verdict.cause.id if verdict.cause else None for verdict in verdicts]


@pytest.mark.parametrize(
    ("image", "proof"),
    [
        ("registry.example.com/team/model:v1", "registry registry.example.com, repository team/model, tag v1"),
        (f"registry.example.com:5000/model@{DIGEST}", f"repository model, digest {DIGEST}"),
        ("docker.io/team/model:v1", "registry docker.io, repository team/model, tag v1"),
        ("localhost:5000/model:v1", "registry localhost"),
    ],
)
def test_a_sound_reference_passes_and_is_told_apart(image: str, proof: str) -> None:
    [verdict] = verdicts_of(image)

    assert verdict.status is Status.PASS
    assert verdict.subject == f"PrimaryContainer {image}"
    assert proof in verdict.because


@pytest.mark.parametrize(
    ("image", "cause"),
    [
        ("team/model:v1", "cfg.image-no-registry-host"),
        ("model:v1", "cfg.image-no-registry-host"),
        ("registry/model:v1", "cfg.image-short-hostname"),
        ("images/team/model:v1", "cfg.image-short-hostname"),
        ("https://registry.example.com/model:v1", "cfg.image-has-scheme-or-space"),
        ("registry.example.com/model:v1\n", "cfg.image-has-scheme-or-space"),
        ("***@registry.example.com/model:v1", "cfg.image-invalid-host"),
        ("registry.example.com/Team/model:v1", "cfg.image-uppercase-repo"),
        ("registry.example.com/team//model:v1", "cfg.image-bad-repository"),
        ("registry.example.com/" + "x" * 250 + ":v1", "cfg.image-over-255"),
        ("registry.example.com/model:" + "x" * 129, "cfg.image-bad-tag-or-digest"),
        ("registry.example.com/model@sha256:abc", "cfg.image-bad-tag-or-digest"),
        ("", "cfg.image-missing"),
    ],
)
def test_a_reference_that_cannot_work_fails_and_says_how_to_write_it(image: str, cause: str) -> None:
    [verdict] = verdicts_of(image)

    assert ids([verdict]) == [cause]
    assert (verdict.status, verdict.severity) == (Status.FAIL, Severity.ERROR)
    assert verdict.fix is not None
    assert "PrimaryContainer.Image" in verdict.fix.summary


@pytest.mark.parametrize(
    ("image", "cause"),
    [
        ("registry.example.com/model:latest", "cfg.image-mutable-tag"),
        ("registry.example.com/model", "cfg.image-mutable-tag"),
        (f"registry.example.com/model:v1@{DIGEST}", "cfg.image-tag-and-digest"),
    ],
)
def test_a_reference_that_works_with_a_remark_is_a_warning(image: str, cause: str) -> None:
    [verdict] = verdicts_of(image)

    assert ids([verdict]) == [cause]
    assert verdict.severity is Severity.WARNING


def test_a_container_without_any_image_fails() -> None:
    empty = replace(CONTAINER, image=None)

    [verdict] = image_reference_is_sound(empty, TARGET)

    assert ids([verdict]) == ["cfg.image-missing"]


def test_a_model_package_fails_in_vpc_mode_and_else_is_unknown() -> None:
    [vpc] = verdicts_of(None, model_package="package/1")
    [platform] = verdicts_of(None, model_package="package/1", access_mode="Platform")

    assert (vpc.status, ids([vpc])) == (Status.FAIL, ["cfg.model-package-container"])
    assert (platform.status, ids([platform])) == (Status.UNKNOWN, ["cfg.model-package-container"])
    assert "package/1" in platform.because


@pytest.mark.parametrize("host", ["registry.mycompany.com", "a.b.co.uk", "registry-1.docker.io", "example.de"])
def test_a_name_under_a_public_suffix_passes(host: str) -> None:
    [verdict] = name_is_certifiable(Registry(host, 443), TARGET)

    assert verdict.status is Status.PASS
    assert "public suffix" in verdict.because


@pytest.mark.parametrize(
    "host",
    [
        "registry",
        "registry.local",
        "registry.corp",
        "registry.internal",
        "registry.home.arpa",
        "10.0.10.20",
        "[fd00::1]",
    ],
)
def test_a_name_that_nobody_can_own_fails(host: str) -> None:
    [verdict] = name_is_certifiable(Registry(host, 443), TARGET)

    assert verdict.cause is not None
    assert verdict.cause.id == "cfg.private-name-not-certifiable"
    assert verdict.fix is not None
    assert "domain that you own" in verdict.fix.summary


@pytest.mark.parametrize(
    "host",
    [
        "registry.example.com",
        "registry.test",
        "localhost",
        "8.8.8.8",
        "co.uk",
        "internal-x.us-east-1.elb.amazonaws.com",
    ],
)
def test_where_the_name_proves_nothing_the_served_certificate_decides(host: str) -> None:
    [verdict] = name_is_certifiable(Registry(host, 443), TARGET)

    assert verdict.status is Status.NOT_APPLICABLE
    assert "the certificate that is served decides" in verdict.because

"""Requests that mean another API, and endpoints of another kind than the feature is for."""

from dataclasses import replace

import pytest

from pullcheck.collect.placement import image_reference
from pullcheck.evidence.placement import ImageReference
from pullcheck.target import COMPONENT, Container, Model, Target, TargetKind, Variant, VpcConfig
from pullcheck.verdict import Severity, Status, Verdict
from pullcheck_checks.target.access_mode import access_mode_fits
from pullcheck_checks.target.variants import variants_fit

IMAGE = "registry.example.com/team/model:v1"
CONTAINER = Container("PrimaryContainer", IMAGE, "Vpc")
MODEL = Model("vpc-model", None, VpcConfig(("subnet-0a1",), ("sg-0b1",)), (CONTAINER,))
TARGET = Target(TargetKind.REQUEST, "vpc-model", "model.json", "us-east-1", (MODEL,))
VARIANT = Variant("all", "vpc-model", ("ml.g5.xlarge",), 1)


def access(container: Container, kind: TargetKind = TargetKind.REQUEST) -> list[Verdict]:
    image = image_reference(container)
    assert isinstance(image, ImageReference)
    return list(access_mode_fits(container, image, MODEL, replace(TARGET, kind=kind)))


def told(verdicts: list[Verdict]) -> list[tuple[str, str | None]]:
    return [(verdict.status.value, verdict.cause.id if verdict.cause else None) for verdict in verdicts]


def test_the_configuration_of_a_training_job_is_told_from_none() -> None:
    verdicts = access(replace(CONTAINER, access_mode=None, training_fields=("TrainingImageConfig",)))

    assert told(verdicts) == [("fail", "cfg.training-image-fields-mixed-up")]
    assert verdicts[0].because == "PrimaryContainer has TrainingImageConfig, which is for training jobs"
    assert verdicts[0].fix is not None
    assert "give PrimaryContainer an ImageConfig" in verdicts[0].fix.summary


def test_beside_an_image_config_it_is_one_field_too_many() -> None:
    verdicts = access(replace(CONTAINER, training_fields=("TrainingImageConfig",)))

    assert told(verdicts) == [("fail", "cfg.training-image-fields-mixed-up"), ("pass", None)]


def test_a_container_of_an_inference_component_has_no_way_to_a_private_registry() -> None:
    verdicts = access(replace(CONTAINER, field=COMPONENT, access_mode=None), TargetKind.ENDPOINT)

    assert told(verdicts) == [("fail", "cfg.inference-component-inline")]
    assert verdicts[0].fix is not None
    assert "Specification.ModelName" in verdicts[0].fix.summary


@pytest.mark.parametrize("kind", [TargetKind.MODEL, TargetKind.ENDPOINT])
def test_a_model_that_exists_without_image_config_may_have_lost_it(kind: TargetKind) -> None:
    verdicts = access(replace(CONTAINER, access_mode=None), kind)

    assert told(verdicts) == [("fail", "cfg.non-ecr-without-vpc-mode"), ("unknown", "cfg.sdk-drops-image-config")]
    assert "lookup-events" in verdicts[1].because


def test_a_request_has_lost_nothing_and_a_mode_that_is_there_was_given() -> None:
    assert len(access(replace(CONTAINER, access_mode=None))) == 1
    assert len(access(replace(CONTAINER, access_mode="Platform"), TargetKind.MODEL)) == 1


def variants(target: Target) -> list[tuple[str, str | None]]:
    return told(list(variants_fit(target)))


def test_hosts_of_amazon_linux_2_are_worth_a_word() -> None:
    old = replace(VARIANT, inference_ami_version="al2-ami-sagemaker-inference-gpu-2")
    [passing, verdict] = variants_fit(replace(TARGET, variants=(old,)))

    assert passing.status is Status.PASS
    assert verdict.cause is not None
    assert (verdict.cause.id, verdict.severity) == ("cfg.inference-ami-too-old", Severity.WARNING)
    assert verdict.fix is not None
    assert verdict.fix.summary.startswith("in model.json: ")


@pytest.mark.parametrize("version", [None, "al2023-ami-sagemaker-inference-gpu-4-1"])
def test_newer_hosts_and_those_that_nobody_pinned_are_not(version: str | None) -> None:
    newer = replace(VARIANT, inference_ami_version=version)

    assert variants(replace(TARGET, variants=(newer,))) == [("pass", None)]


def test_an_asynchronous_endpoint_is_beyond_what_is_documented() -> None:
    target = replace(TARGET, variants=(VARIANT,), asynchronous=True)
    ecr = Container("PrimaryContainer", "123456789012.dkr.ecr.us-east-1.amazonaws.com/model:v1")
    of_ecr = replace(target, models=(replace(MODEL, containers=(ecr,)),))

    assert variants(target) == [("pass", None), ("fail", "cfg.non-realtime-consumer")]
    assert variants(of_ecr) == [("pass", None)]

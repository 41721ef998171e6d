"""The instances of an endpoint that serves, and what adds more."""

from dataclasses import replace

import pytest

from pullcheck.evidence.deployment import ScalableTarget, Scaling
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.target import Container, Deployment, Model, RunningVariant, Target, TargetKind, Variant
from pullcheck.verdict import Severity, Status, Verdict
from pullcheck_checks.deployment.instances import nothing_scales_by_itself, variants_are_at_size

VARIANT = RunningVariant("all", 2, 2)
ENDPOINT = Deployment("live", "InService", "config", variants=(VARIANT,))
PULLED = Container("PrimaryContainer", "registry.example.com/team/model:v1", "Vpc")
MODEL = Model("m", None, None, (PULLED,))
TARGET = Target(TargetKind.ENDPOINT, "live", "sagemaker:DescribeEndpoint", "us-east-1", (MODEL,), (), ENDPOINT)
SCALED = Scaling((ScalableTarget("endpoint/live/variant/all", 1, 4),))


def size_of(variant: RunningVariant, status: str = "InService", reason: str | None = None) -> Verdict:
    deployment = replace(ENDPOINT, status=status, failure_reason=reason, variants=(variant,))
    [verdict] = variants_are_at_size(replace(TARGET, deployment=deployment))
    return verdict


def test_as_many_instances_as_wanted_pass() -> None:
    verdict = size_of(VARIANT)

    assert (verdict.status, verdict.subject) == (Status.PASS, "variant all")
    assert verdict.because == "2 of 2 instances run"


@pytest.mark.parametrize(
    ("message", "reason", "cause"),
    [
        ("", None, "end.scale-out-cannot-pull"),
        ("Please make sure all images exist", None, "end.scale-out-cannot-pull"),
        ("InsufficientInstanceCapacity", None, "quo.capacity"),
        ("", "Unable to provision requested ML compute capacity", "quo.capacity"),
    ],
)
def test_fewer_fail_and_say_the_fix(message: str, reason: str | None, cause: str) -> None:
    verdict = size_of(RunningVariant("all", 2, 3, message), reason=reason)

    assert verdict.status is Status.FAIL
    assert verdict.cause is not None
    assert verdict.cause.id == cause
    assert verdict.because.startswith("2 of 3 instances run, and EndpointStatus is InService")
    assert (message or reason or "") in verdict.because
    assert verdict.fix is not None
    assert verdict.fix.summary


def test_fewer_while_the_endpoint_changes_are_unknown() -> None:
    assert size_of(RunningVariant("all", 2, 3), "Updating").status is Status.UNKNOWN


def test_a_variant_without_numbers_is_not_asked_and_an_endpoint_without_variants_is_unknown() -> None:
    [nothing] = variants_are_at_size(replace(TARGET, deployment=replace(ENDPOINT, variants=())))

    assert size_of(RunningVariant("all", None, None)).status is Status.NOT_APPLICABLE
    assert nothing.status is Status.UNKNOWN


@pytest.mark.parametrize("deployment", [None, replace(ENDPOINT, status="Failed"), replace(ENDPOINT, status="Creating")])
def test_what_does_not_serve_has_no_size(deployment: Deployment | None) -> None:
    [verdict] = variants_are_at_size(replace(TARGET, deployment=deployment))

    assert verdict.status is Status.NOT_APPLICABLE


def scaled(scaling: Scaling | Unavailable | NotApplicable, target: Target = TARGET, model: Model = MODEL) -> Verdict:
    [verdict] = nothing_scales_by_itself(target, model, scaling)
    return verdict


@pytest.mark.parametrize("scaling", [Scaling(()), Scaling((ScalableTarget("endpoint/live/variant/all", 2, 2),))])
def test_an_endpoint_that_nothing_scales_passes(scaling: Scaling) -> None:
    assert scaled(scaling).status is Status.PASS


def test_an_endpoint_that_is_scaled_needs_the_registry_at_any_hour() -> None:
    verdict = scaled(SCALED)

    assert (verdict.status, verdict.severity) == (Status.FAIL, Severity.WARNING)
    assert verdict.cause is not None
    assert verdict.cause.id == "reg.runtime-dependency"
    assert verdict.because == "endpoint/live/variant/all is scaled from 1 to 4 instances"


def test_managed_scaling_of_a_request_is_seen_without_asking() -> None:
    variant = Variant("all", "m", ("ml.m5.large",), 1, scales=True)
    target = Target(TargetKind.REQUEST, "m", "model.json", "us-east-1", (MODEL,), (variant,))

    verdict = scaled(NotApplicable("no endpoint"), target)

    assert (verdict.status, verdict.subject) == (Status.FAIL, "model m")
    assert "ManagedInstanceScaling" in verdict.because


def test_who_may_not_ask_does_not_know() -> None:
    verdict = scaled(Unavailable("application-autoscaling:DescribeScalableTargets was denied", "allow it"))

    assert verdict.status is Status.UNKNOWN


def test_images_of_ecr_and_targets_without_an_endpoint_are_not_asked() -> None:
    ecr = replace(PULLED, image="123456789012.dkr.ecr.us-east-1.amazonaws.com/m:1", access_mode="Platform")

    assert scaled(SCALED, model=replace(MODEL, containers=(ecr,))).status is Status.NOT_APPLICABLE
    assert scaled(NotApplicable("no endpoint")).status is Status.NOT_APPLICABLE

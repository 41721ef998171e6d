"""What became of an endpoint that exists."""

from dataclasses import replace

import pytest

from pullcheck.missing import Unavailable
from pullcheck.target import Deployment, Target, TargetKind
from pullcheck.verdict import Severity, Status, Verdict
from pullcheck_checks.deployment.healthy import endpoint_is_in_service

ENDPOINT = Deployment("my-endpoint", "InService", "my-config")
TARGET = Target(TargetKind.ENDPOINT, "my-endpoint", "sagemaker:DescribeEndpoint", "us-east-1", (), (), ENDPOINT)
GONE = Unavailable("model/m does not exist", "", "deployment.healthy", "model/m")


def verdict_of(status: str, reason: str | None = None) -> Verdict:
    [verdict] = endpoint_is_in_service(
        replace(TARGET, deployment=replace(ENDPOINT, status=status, failure_reason=reason))
    )
    return verdict


def test_an_endpoint_in_service_passes() -> None:
    verdict = verdict_of("InService")

    assert (verdict.status, verdict.subject) == (Status.PASS, "endpoint my-endpoint")
    assert "my-config" in verdict.because


@pytest.mark.parametrize("kind", [TargetKind.REQUEST, TargetKind.MODEL, TargetKind.ENDPOINT_CONFIG])
def test_what_is_no_endpoint_is_not_asked(kind: TargetKind) -> None:
    [verdict] = endpoint_is_in_service(replace(TARGET, kind=kind, deployment=None))

    assert verdict.status is Status.NOT_APPLICABLE


@pytest.mark.parametrize("status", ["Creating", "Updating", "SystemUpdating", "RollingBack", "SomethingNew", ""])
def test_an_endpoint_in_between_is_unknown(status: str) -> None:
    verdict = verdict_of(status)

    assert verdict.status is Status.UNKNOWN
    assert f"EndpointStatus is {status}" in verdict.because


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        (
            "Please make sure all images included in the model for the production variant X exist, and that the "
            "execution role used to create the model has permissions to access them.",
            "end.failed-image",
        ),
        (
            "CannotStartContainerError. Please ensure the model container for variant X starts correctly when invoked "
            "with 'docker run <image> serve'",
            "end.failed-cannot-start",
        ),
        (
            "The primary container for production variant X did not pass the ping health check. Please check "
            "CloudWatch logs for this endpoint.",
            "end.failed-ping",
        ),
        ("Request to service failed. If failure persists after retry, contact customer support.", "end.failed-generic"),
        (
            'Failed to download model data from URL "s3://x". Please ensure that an S3 VPC endpoint exists',
            "end.failed-model-data",
        ),
        (
            "Unable to locate at least 2 availability zone(s) with the requested instance type X that overlap with "
            "SageMaker subnets.",
            "end.failed-zones",
        ),
        (
            "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error.",
            "end.failed-capacity",
        ),
        ("Could not assume role ARN. Please ensure that the role exists and allows principal ...", "end.failed-role"),
        ("Something that nobody has seen before.", "end.failed-is-terminal"),
        (None, "end.failed-is-terminal"),
    ],
)
def test_a_failed_endpoint_is_sorted_by_its_reason_and_keeps_the_text(reason: str | None, cause: str) -> None:
    verdict = verdict_of("Failed", reason)

    assert (verdict.status, verdict.severity) == (Status.FAIL, Severity.ERROR)
    assert verdict.cause is not None
    assert verdict.cause.id == cause
    assert (reason or "Failed") in verdict.because


def test_a_failed_endpoint_is_deleted_and_created_again() -> None:
    verdict = verdict_of("Failed")

    assert verdict.fix is not None
    assert verdict.fix.commands == (
        "aws sagemaker delete-endpoint --endpoint-name my-endpoint",
        "aws sagemaker wait endpoint-deleted --endpoint-name my-endpoint",
        "aws sagemaker create-endpoint --endpoint-name my-endpoint --endpoint-config-name my-config",
    )


@pytest.mark.parametrize(
    ("status", "reason", "cause", "severity"),
    [
        ("UpdateRollbackFailed", None, "end.update-rollback-failed", Severity.ERROR),
        ("OutOfService", None, "end.out-of-service", Severity.ERROR),
        ("InService", "the image", "end.update-kept-old", Severity.WARNING),
    ],
)
def test_updates_that_went_wrong_fail(status: str, reason: str | None, cause: str, severity: Severity) -> None:
    verdict = verdict_of(status, reason)

    assert verdict.cause is not None
    assert (verdict.cause.id, verdict.severity) == (cause, severity)
    assert verdict.fix is not None


def test_an_endpoint_that_is_being_deleted_is_not_asked() -> None:
    assert verdict_of("Deleting").status is Status.NOT_APPLICABLE


def test_an_endpoint_that_lost_its_model_fails_whatever_its_status() -> None:
    [gone, replaced, state] = endpoint_is_in_service(replace(TARGET, models=(GONE,)))

    assert gone.cause is not None
    assert gone.cause.id == "end.config-or-model-deleted"
    assert gone.because == "model/m does not exist"
    assert replaced.status is Status.UNKNOWN
    assert replaced.cause is not None
    assert replaced.cause.id == "cfg.iac-forces-replacement"
    assert "DeleteModel" in replaced.because
    assert state.status is Status.PASS


def test_an_endpoint_that_may_not_be_read_is_unknown_and_says_which_action_is_missing() -> None:
    denied = Unavailable("sagemaker:DescribeEndpoint was denied", "allow sagemaker:DescribeEndpoint")

    [verdict] = endpoint_is_in_service(replace(TARGET, models=(denied,), deployment=None))

    assert verdict.status is Status.UNKNOWN
    assert "allow sagemaker:DescribeEndpoint" in verdict.because

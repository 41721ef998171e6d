"""What a failed endpoint was made of, and when."""

from dataclasses import replace

import pytest

from pullcheck.evidence.deployment import EndpointLogs
from pullcheck.evidence.function import Function
from pullcheck.evidence.role import Role
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.target import Deployment, Model, Target, TargetKind
from pullcheck.verdict import Severity, Status, Verdict
from pullcheck_checks.deployment.attempts import (
    containers_have_logged,
    was_not_created_too_early,
    was_tried_with_what_is_there,
)

NOON = "2026-01-02T12:00:00+00:00"
GROUP = "/aws/sagemaker/Endpoints/live"
ENDPOINT = Deployment("live", "Failed", "config", None, NOON, "2026-01-02T12:20:00+00:00", "2026-01-01T12:00:00+00:00")
MODEL = Model("m", None, None, (), created_at="2026-01-01T12:00:00+00:00")
TARGET = Target(TargetKind.ENDPOINT, "live", "sagemaker:DescribeEndpoint", "us-east-1", (MODEL,), (), ENDPOINT)
ROLE = Role("arn:aws:iam::123456789012:role/x", "x", "/", "AROA", "123456789012", "aws", None, "{}")
FUNCTION = Function(
    "arn:aws:lambda:us-east-1:123456789012:function:f", "1", None, 3, "Active", "", None, None, "", None, "Zip"
)
BROKEN = "Could not assume role arn:aws:iam::123456789012:role/x."


def cause_of(verdict: Verdict) -> str | None:
    return verdict.cause.id if verdict.cause else None


def logged(logs: EndpointLogs, status: str = "Failed") -> Verdict:
    [verdict] = containers_have_logged(replace(TARGET, deployment=replace(ENDPOINT, status=status)), logs)
    return verdict


@pytest.mark.parametrize("status", ["Failed", "Creating"])
def test_a_log_proves_that_the_image_was_pulled(status: str) -> None:
    verdict = logged(EndpointLogs(GROUP, True, ("all/i-0123",)), status)

    assert verdict.status is Status.PASS
    assert "all/i-0123: the image was pulled" in verdict.because


@pytest.mark.parametrize(("exists", "words"), [(True, f"has none since the endpoint was created at {NOON}"),
                                               (False, "does not exist")])  # fmt: skip
def test_a_failed_endpoint_without_logs_fails_as_a_warning(exists: bool, words: str) -> None:
    verdict = logged(EndpointLogs(GROUP, exists))

    assert (verdict.status, verdict.severity, cause_of(verdict)) == (Status.FAIL, Severity.WARNING, "end.no-log-group")
    assert verdict.because == f"{GROUP} {words}"
    assert verdict.fix is not None
    assert verdict.explained_by == "deployment.healthy"


def test_an_endpoint_in_creation_may_log_yet() -> None:
    assert logged(EndpointLogs(GROUP, False), "Creating").status is Status.UNKNOWN


def settled(reason: str, role: Role | Unavailable, endpoint: Deployment = ENDPOINT) -> Verdict:
    target = replace(TARGET, deployment=replace(endpoint, failure_reason=reason))
    [verdict] = was_not_created_too_early(target, role)
    return verdict


def test_a_role_of_yesterday_was_known() -> None:
    verdict = settled(BROKEN, replace(ROLE, created_at="2026-01-01T12:00:00+00:00"))

    assert verdict.status is Status.PASS
    assert "86400 s later" in verdict.because


def test_a_role_of_seconds_before_was_perhaps_not_and_the_endpoint_is_created_again() -> None:
    verdict = settled(BROKEN, replace(ROLE, created_at="2026-01-02T11:59:52+00:00"))

    assert (verdict.status, verdict.severity) == (Status.FAIL, Severity.WARNING)
    assert cause_of(verdict) == "iam.propagation-delay"
    assert "8 s later" in verdict.because
    assert verdict.fix is not None
    assert verdict.fix.commands[-1].startswith("aws sagemaker create-endpoint --endpoint-name live")


def test_a_configuration_of_seconds_before_may_not_have_been_found() -> None:
    late = replace(ENDPOINT, config_created_at="2026-01-02T11:59:59+00:00")

    verdict = settled("Could not find endpoint configuration.", ROLE, late)

    assert cause_of(verdict) == "end.eventual-consistency"
    assert settled("Could not find endpoint configuration.", ROLE).status is Status.PASS


def test_without_the_role_it_is_unknown_and_for_other_reasons_not_asked() -> None:
    verdict = settled(BROKEN, Unavailable("iam:GetRole was denied", "allow it"))

    assert verdict.status is Status.UNKNOWN
    assert "allow it" in verdict.because
    assert settled("CannotStartContainerError", ROLE).status is Status.NOT_APPLICABLE
    assert settled(BROKEN, ROLE, replace(ENDPOINT, status="InService")).status is Status.NOT_APPLICABLE


def tried(changed: str | None, function: Function | Unavailable | NotApplicable = FUNCTION) -> Verdict:
    if isinstance(function, Function):
        function = replace(function, last_modified=changed)
    [verdict] = was_tried_with_what_is_there(TARGET, MODEL, function)
    return verdict


def test_a_function_of_before_model_and_endpoint_passes() -> None:
    assert tried("2025-12-31T12:00:00.000+0000").status is Status.PASS


def test_a_function_that_was_changed_after_the_failure_has_not_been_tried() -> None:
    verdict = tried("2026-01-02T13:00:00.000+0000")

    assert (verdict.status, cause_of(verdict)) == (Status.FAIL, "end.fix-not-applied")
    assert "nothing tries again by itself" in verdict.because
    assert verdict.fix is not None
    assert verdict.fix.commands


def test_a_function_that_was_changed_between_model_and_endpoint_leaves_a_doubt() -> None:
    verdict = tried("2026-01-02T11:00:00.000+0000")

    assert (verdict.status, cause_of(verdict)) == (Status.UNKNOWN, "end.fix-not-applied")


def test_without_the_function_or_the_times_it_is_unknown() -> None:
    assert tried(None).status is Status.UNKNOWN
    assert tried(None, Unavailable("denied")).status is Status.UNKNOWN
    assert tried(None, NotApplicable("no function")).status is Status.NOT_APPLICABLE


def test_an_endpoint_in_service_is_not_asked() -> None:
    serving = replace(TARGET, deployment=replace(ENDPOINT, status="InService"))
    [verdict] = was_tried_with_what_is_there(serving, MODEL, FUNCTION)

    assert verdict.status is Status.NOT_APPLICABLE

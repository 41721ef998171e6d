"""function.exists, function.ready and function.no-plain-secrets."""

from dataclasses import replace
from typing import Any

import pytest

from pullcheck.evidence.function import Function, FunctionConcurrency, FunctionLookup
from pullcheck.evidence.placement import CredentialsProvider
from pullcheck.evidence.quota import AccountConcurrency
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.target import Target, TargetKind
from pullcheck.verdict import Severity, Status, Verdict
from pullcheck_checks.function.environment import no_plain_secrets
from pullcheck_checks.function.exists import function_exists
from pullcheck_checks.function.ready import function_ready

ARN = "arn:aws:lambda:us-east-1:123456789012:function:creds"
PROVIDER = CredentialsProvider(ARN, "aws", "us-east-1", "123456789012", "creds", None)
ALIASED = replace(PROVIDER, arn=f"{ARN}:prod", qualifier="prod")
FUNCTION = Function(
    arn=ARN,
    version="$LATEST",
    runtime="python3.13",
    timeout=15,
    state="Active",
    state_reason="",
    state_reason_code=None,
    last_update="Successful",
    last_update_reason="",
    last_update_reason_code=None,
    package_type="Zip",
)
FREE = FunctionConcurrency(None)
TARGET = Target(TargetKind.REQUEST, "vpc-model", "model.json", "us-east-1", ())


def test_a_function_that_is_there_passes() -> None:
    [verdict] = function_exists(PROVIDER, FunctionLookup(FUNCTION, True))

    assert verdict.status is Status.PASS
    assert ARN in verdict.because


def test_a_function_that_is_not_there_fails() -> None:
    [verdict] = function_exists(PROVIDER, FunctionLookup(None, False))

    assert verdict.cause
    assert verdict.cause.id == "lam.not-found"
    assert verdict.fix
    assert ARN in verdict.fix.summary


@pytest.mark.parametrize(("qualifier", "commands"), [("prod", 1), ("7", 0)])
def test_a_qualifier_that_is_not_there_fails(qualifier: str, commands: int) -> None:
    provider = replace(ALIASED, qualifier=qualifier)

    [verdict] = function_exists(provider, FunctionLookup(None, True))

    assert verdict.cause
    assert verdict.cause.id == "lam.qualifier-missing"
    assert verdict.fix
    assert len(verdict.fix.commands) == commands
    assert qualifier in verdict.because


def ready(
    concurrency: FunctionConcurrency | Unavailable = FREE, around: dict[str, Any] | None = None, **changes: Any
) -> list[Verdict]:
    given: dict[str, Any] = {
        "provider": PROVIDER,
        "account": AccountConcurrency(1000, 900),
        "alias": NotApplicable("no alias"),
        "key": NotApplicable("no key"),
        "target": TARGET,
        **(around or {}),
    }
    return list(function_ready(function=replace(FUNCTION, **changes), concurrency=concurrency, **given))


def test_an_active_function_passes_with_its_proof() -> None:
    [verdict] = ready(FunctionConcurrency(5))

    assert verdict.status is Status.PASS
    assert "State Active" in verdict.because
    assert "reserved concurrency 5" in verdict.because


VPC = {"subnet_ids": ("subnet-1",)}


@pytest.mark.parametrize(
    ("changes", "cause", "severity"),
    [
        ({"state": "Pending", "state_reason_code": "Creating"}, "lam.state-not-active", Severity.ERROR),
        ({"state": "Failed", "state_reason_code": "InvalidSubnet"}, "lam.state-not-active", Severity.ERROR),
        ({"state": "Deactivated"}, "lam.state-not-active", Severity.ERROR),
        ({"state": "Inactive", "state_reason_code": "Idle"}, "lam.state-inactive", Severity.ERROR),
        ({"state": "Failed", "state_reason_code": "ImageDeleted"}, "lam.image-gone", Severity.ERROR),
        ({"state": "Failed", "state_reason_code": "DisabledKMSKey"}, "lam.kms-env-key", Severity.ERROR),
        ({"state": "Failed", "state_reason_code": "EniLimitExceeded"}, "lam.eni-or-ip-exhausted", Severity.ERROR),
        ({"last_update": "Failed"}, "lam.last-update-failed", Severity.WARNING),
        ({"tenant_isolation": "PER_TENANT"}, "lam.tenant-isolation", Severity.ERROR),
        ({"timeout": 3, **VPC}, "lam.timeout-default-3s", Severity.WARNING),
        ({"runtime": "python3.8"}, "lam.deprecated-runtime", Severity.WARNING),
    ],
)
def test_what_keeps_it_from_running_is_named(changes: dict[str, Any], cause: str, severity: Severity) -> None:
    [verdict] = ready(**changes)

    assert verdict.status is Status.FAIL
    assert verdict.cause
    assert verdict.cause.id == cause
    assert verdict.severity is severity
    assert verdict.fix


def test_a_short_timeout_outside_a_vpc_is_no_alarm() -> None:
    assert [verdict.status for verdict in ready(timeout=3)] == [Status.PASS]


def test_a_function_that_is_switched_off_fails_and_can_be_switched_on() -> None:
    [verdict] = ready(FunctionConcurrency(0))

    assert verdict.cause
    assert verdict.cause.id == "lam.reserved-concurrency-zero"
    assert verdict.fix
    assert verdict.fix.commands == (f"aws lambda delete-function-concurrency --function-name {ARN}",)


def test_concurrency_that_was_not_read_is_unknown() -> None:
    [verdict] = ready(Unavailable("lambda:GetFunctionConcurrency was denied", "allow it"))

    assert verdict.status is Status.UNKNOWN
    assert "lambda:GetFunctionConcurrency" in verdict.because


def test_a_published_version_cannot_be_reconfigured() -> None:
    [verdict] = ready(around={"provider": ALIASED}, timeout=3, subnet_ids=("subnet-1",))

    assert verdict.fix
    assert not verdict.fix.commands


@pytest.mark.parametrize(
    ("variables", "status"),
    [
        ((), Status.PASS),
        (("SECRET_NAME", "TOKEN_URL", "PASSWORD_PARAMETER", "COMPASS"), Status.PASS),
        (("REGISTRY_PASSWORD",), Status.FAIL),
        (("token",), Status.FAIL),
    ],
)
def test_variables_are_judged_by_name(variables: tuple[str, ...], status: Status) -> None:
    [verdict] = no_plain_secrets(PROVIDER, replace(FUNCTION, variables=variables))

    assert verdict.status is status


def test_a_suspect_variable_is_a_warning_that_says_which() -> None:
    [verdict] = no_plain_secrets(PROVIDER, replace(FUNCTION, variables=("API_KEY", "REGION")))

    assert verdict.severity is Severity.WARNING
    assert "API_KEY" in verdict.because
    assert "REGION" not in verdict.because

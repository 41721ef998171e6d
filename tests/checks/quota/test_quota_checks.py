"""Quotas: room, none, and what could not be counted."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from pullcheck import Severity, Status, Unavailable, Verdict
from pullcheck.evidence.endpoint import InterfaceEndpoint, LambdaEndpoints
from pullcheck.evidence.placement import CredentialsProvider
from pullcheck.evidence.quota import (
    AccountConcurrency,
    EndpointQuotas,
    Quota,
    RegionInterfaces,
    VpcInterfaceEndpoints,
    VpcQuotas,
)
from pullcheck.target import Deployment, Model, Target, TargetKind, Variant
from pullcheck_checks.quota.functions import functions_may_run
from pullcheck_checks.quota.instances import quotas_admit_the_instances
from pullcheck_checks.quota.lengths import failure_reason_is_whole, model_name_is_short, policy_has_room
from pullcheck_checks.quota.network import endpoint_has_room, interfaces_have_room

MODEL = Model("vpc-model", None, None, ())
TARGET = Target(TargetKind.REQUEST, "vpc-model", "model.json", "us-east-1", (MODEL,))
VARIANT = Variant("all", "vpc-model", ("ml.m5.xlarge",), 2)
DEFAULTS = VpcQuotas(())
ENDPOINT = InterfaceEndpoint("vpce-1", "vpc-1", "com.amazonaws.us-east-1.lambda", "available", True, policy="{}")
LAMBDA = LambdaEndpoints("vpc-1", ENDPOINT.service_name, (ENDPOINT,))
ARN = "arn:aws:lambda:us-east-1:123456789012:function:credentials"
PROVIDER = CredentialsProvider(ARN, "aws", "us-east-1", "123456789012", "credentials", None)


def statuses(verdicts: Iterable[Verdict]) -> list[Status]:
    return [verdict.status for verdict in verdicts]


def types(**values: float) -> EndpointQuotas:
    rows = [Quota(f"L-{name}", f"{name.replace('_', '.')} for endpoint usage", value) for name, value in values.items()]
    return EndpointQuotas((*rows, Quota("L-7A3DF611", "Number of instances across active endpoints", 20)))


def with_variants(*variants: Variant) -> Target:
    return replace(TARGET, variants=variants)


def test_a_quota_that_holds_what_is_asked_for_passes_and_says_what_was_not_counted() -> None:
    own, total = quotas_admit_the_instances(with_variants(VARIANT), types(ml_m5_xlarge=4))

    assert own.status is total.status is Status.PASS
    assert own.because.startswith('"ml.m5.xlarge for endpoint usage" is 4, and the variants ask for 2')
    assert "not counted" in own.because


@pytest.mark.parametrize("quota", [0, 1])
def test_a_smaller_quota_fails_and_is_raised_to_what_is_asked_for(quota: float) -> None:
    own, _ = quotas_admit_the_instances(with_variants(VARIANT), types(ml_m5_xlarge=quota))

    assert own.status is Status.FAIL
    assert own.severity is Severity.ERROR
    assert own.fix
    assert own.fix.commands == (
        "aws service-quotas request-service-quota-increase --service-code sagemaker --quota-code L-ml_m5_xlarge"
        " --desired-value 2",
    )


def test_variants_of_one_type_are_added_up() -> None:
    shadow = replace(VARIANT, name="shadow", instance_count=3)

    assert statuses(quotas_admit_the_instances(with_variants(VARIANT, shadow), types(ml_m5_xlarge=4))) == [
        Status.FAIL,
        Status.PASS,
    ]


def test_of_a_pool_of_types_one_is_enough() -> None:
    pool = replace(VARIANT, instance_types=("ml.m5.xlarge", "ml.c5.xlarge"))

    assert statuses(quotas_admit_the_instances(with_variants(pool), types(ml_m5_xlarge=0, ml_c5_xlarge=4)))[0] is (
        Status.PASS
    )
    assert statuses(quotas_admit_the_instances(with_variants(pool), types(ml_m5_xlarge=0)))[0] is Status.UNKNOWN


def test_a_type_without_a_quota_is_unknown() -> None:
    own, _ = quotas_admit_the_instances(with_variants(VARIANT), types())

    assert own.status is Status.UNKNOWN
    assert "ml.m5.xlarge for endpoint usage" in own.because


def test_interfaces_are_counted_against_the_accounts_own_quota_or_the_default() -> None:
    own = VpcQuotas((Quota("L-DF5E4CA3", "Network interfaces per Region", 7000),))
    (few,) = interfaces_have_room(with_variants(VARIANT), DEFAULTS, RegionInterfaces(4999))

    assert statuses(interfaces_have_room(with_variants(VARIANT), own, RegionInterfaces(4999))) == [Status.PASS]
    assert statuses(interfaces_have_room(TARGET, DEFAULTS, RegionInterfaces(4999))) == [Status.PASS]
    assert few.status is Status.FAIL
    assert few.severity is Severity.WARNING
    assert few.because == "the account has 4999 of 5000 network interfaces, and needs 2 more"


def test_interface_endpoints_are_counted() -> None:
    (full,) = endpoint_has_room(DEFAULTS, VpcInterfaceEndpoints("vpc-1", 50))

    assert statuses(endpoint_has_room(DEFAULTS, VpcInterfaceEndpoints("vpc-1", 49))) == [Status.PASS]
    assert full.status is Status.FAIL
    assert full.fix
    assert full.fix.commands[0].endswith("--quota-code L-29B6F2EB --desired-value 51")


def test_a_policy_has_room_for_a_statement_or_not() -> None:
    def with_policy(text: str | None) -> LambdaEndpoints:
        return replace(LAMBDA, here=(replace(ENDPOINT, policy=text),))

    assert statuses(policy_has_room(DEFAULTS, with_policy("x" * 20_080))) == [Status.PASS]
    assert statuses(policy_has_room(DEFAULTS, with_policy("x" * 20_081))) == [Status.FAIL]
    assert statuses(policy_has_room(DEFAULTS, with_policy(None))) == [Status.UNKNOWN]
    assert statuses(policy_has_room(DEFAULTS, replace(LAMBDA, here=()))) == [Status.NOT_APPLICABLE]


def test_few_concurrent_executions_are_a_warning() -> None:
    (few,) = functions_may_run(PROVIDER, AccountConcurrency(10, 10))

    assert statuses(functions_may_run(PROVIDER, AccountConcurrency(1000, 100))) == [Status.PASS]
    assert few.status is Status.FAIL
    assert few.because == "10 of 10 concurrent executions are left to functions without a reserve"


def test_a_models_name_has_63_characters_at_most() -> None:
    assert statuses(model_name_is_short(TARGET, replace(MODEL, name="m" * 63))) == [Status.PASS]
    assert statuses(model_name_is_short(TARGET, replace(MODEL, name="m" * 64))) == [Status.FAIL]


@pytest.mark.parametrize(
    ("reason", "status"),
    [(None, Status.NOT_APPLICABLE), ("short", Status.PASS), ("x" * 1024, Status.FAIL)],
)
def test_a_reason_of_the_greatest_length_is_cut_off(reason: str | None, status: Status) -> None:
    endpoint = replace(TARGET, kind=TargetKind.ENDPOINT, deployment=Deployment("live", "Failed", "live", reason))

    assert statuses(failure_reason_is_whole(endpoint)) == [status]


def test_an_endpoint_that_was_not_read_has_no_reason_to_measure() -> None:
    endpoint = replace(TARGET, kind=TargetKind.ENDPOINT, models=(Unavailable("denied"),))

    assert statuses(failure_reason_is_whole(endpoint)) == [Status.UNKNOWN]
    assert statuses(failure_reason_is_whole(TARGET)) == [Status.NOT_APPLICABLE]

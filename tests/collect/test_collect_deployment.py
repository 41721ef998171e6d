"""What scales an endpoint and what its containers have logged, read from an account simulated in process."""

from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest
from moto import mock_aws
from pydantic import TypeAdapter

from pullcheck.collect.aws import Aws
from pullcheck.collect.deployment import endpoint_logs, scaling
from pullcheck.evidence.deployment import EndpointLogs, ScalableTarget, Scaling
from pullcheck.missing import NotApplicable
from pullcheck.target import Deployment, RunningVariant, Target, TargetKind

REGION = "us-east-1"
GROUP = "/aws/sagemaker/Endpoints/live"
ENDPOINT = Deployment("live", "Failed", "config", created_at="2026-01-02T12:00:00+00:00",
                      variants=(RunningVariant("all", 1, 1),))  # fmt: skip
TARGET = Target(TargetKind.ENDPOINT, "live", "sagemaker:DescribeEndpoint", REGION, (), (), ENDPOINT)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "lab")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "lab")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield Aws(REGION)


def deploy() -> None:
    sagemaker = boto3.client("sagemaker", region_name=REGION)
    sagemaker.create_model(ModelName="m", PrimaryContainer={"Image": "x"}, ExecutionRoleArn="arn:aws:iam::1:role/x")
    variant = {"VariantName": "all", "ModelName": "m", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    sagemaker.create_endpoint_config(EndpointConfigName="config", ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName="live", EndpointConfigName="config")


def test_variants_that_are_registered_as_scalable_are_seen(aws: Aws) -> None:
    deploy()

    before = scaling(TARGET, aws)
    boto3.client("application-autoscaling", region_name=REGION).register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId="endpoint/live/variant/all",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        MinCapacity=1,
        MaxCapacity=4,
    )
    after = scaling(TARGET, Aws(REGION))

    assert before == Scaling(())
    assert after == Scaling((ScalableTarget("endpoint/live/variant/all", 1, 4),))


def test_an_endpoint_of_which_no_variant_is_known_is_not_asked_for(aws: Aws) -> None:
    assert scaling(replace(TARGET, deployment=replace(ENDPOINT, variants=())), aws) == Scaling(())
    assert isinstance(scaling(replace(TARGET, deployment=None), aws), NotApplicable)
    assert not aws.used


def test_streams_since_the_endpoint_count_and_older_ones_do_not(aws: Aws) -> None:
    assert endpoint_logs(TARGET, aws) == EndpointLogs(GROUP, exists=False)

    logs = boto3.client("logs", region_name=REGION)
    logs.create_log_group(logGroupName=GROUP)
    logs.create_log_stream(logGroupName=GROUP, logStreamName="all/i-0123")
    later = replace(TARGET, deployment=replace(ENDPOINT, created_at="2126-01-01T00:00:00+00:00"))
    earlier = replace(TARGET, deployment=replace(ENDPOINT, created_at="2006-01-01T00:00:00+00:00"))

    assert endpoint_logs(earlier, Aws(REGION)) == EndpointLogs(GROUP, True, ("all/i-0123",))
    assert endpoint_logs(later, Aws(REGION)) == EndpointLogs(GROUP, True)


@pytest.mark.parametrize("deployment", [None, replace(ENDPOINT, status="InService")])
def test_whether_containers_ran_is_no_question_of_an_endpoint_that_serves(
    aws: Aws, deployment: Deployment | None
) -> None:
    assert isinstance(endpoint_logs(replace(TARGET, deployment=deployment), aws), NotApplicable)
    assert not aws.used


@pytest.mark.parametrize("evidence", [Scaling((ScalableTarget("x", 1, 2),)), EndpointLogs(GROUP, True, ("a",))])
def test_what_is_written_down_is_read_again(evidence: Scaling | EndpointLogs) -> None:
    adapter: TypeAdapter[Scaling | EndpointLogs] = TypeAdapter(type(evidence))

    assert adapter.validate_json(adapter.dump_json(evidence)) == evidence

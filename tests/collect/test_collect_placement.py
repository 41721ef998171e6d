"""What follows from the request alone."""

from dataclasses import replace

import pytest
from pydantic import TypeAdapter

from pullcheck.collect.placement import (
    credentials_provider,
    execution_role,
    image_reference,
    lambda_name,
    placement,
    registry,
)
from pullcheck.evidence.placement import CredentialsProvider, ExecutionRole, ImageReference, Placement, Registry
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.target import Container, Model, Target, TargetKind, VpcConfig

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:sagemaker-registry-credentials"
ROLE = "arn:aws:iam::123456789012:role/service-role/SageMakerExecutionRole"
CONTAINER = Container("PrimaryContainer", "registry.example.com/team/model:v1", "Vpc", FUNCTION, True)
MODEL = Model("vpc-model", ROLE, VpcConfig(("subnet-0a1", "subnet-0a2"), ("sg-0b1",)), (CONTAINER,))
TARGET = Target(TargetKind.REQUEST, "vpc-model", "model.json", "us-east-1", (MODEL,))
ECR = replace(CONTAINER, image="123456789012.dkr.ecr.us-east-1.amazonaws.com/a:v1", access_mode="Platform")


def registry_of(container: Container) -> Registry | Unavailable | NotApplicable:
    image = image_reference(container)
    assert isinstance(image, ImageReference)
    return registry(image, container)


def provider_of(arn: str) -> CredentialsProvider:
    provider = credentials_provider(replace(CONTAINER, provider_arn=arn))
    assert isinstance(provider, CredentialsProvider)
    return provider


def test_the_placement_is_that_of_the_vpc_config() -> None:
    assert placement(MODEL) == Placement(("subnet-0a1", "subnet-0a2"), ("sg-0b1",))


@pytest.mark.parametrize("vpc", [None, VpcConfig((), ("sg-0b1",)), VpcConfig(("subnet-0a1",), ())])
def test_without_subnets_or_groups_there_is_no_placement(vpc: VpcConfig | None) -> None:
    nothing = placement(replace(MODEL, vpc_config=vpc))

    assert isinstance(nothing, Unavailable)
    assert nothing.blocked_by == "target.vpc-config"


def test_an_ecr_model_needs_no_placement() -> None:
    assert isinstance(placement(replace(MODEL, vpc_config=None, containers=(ECR,))), NotApplicable)


def test_a_container_without_image_blocks_what_needs_one() -> None:
    nothing = image_reference(replace(CONTAINER, image=None, model_package="package/1"))

    assert isinstance(nothing, Unavailable)
    assert "package/1" in nothing.because
    assert nothing.blocked_by == "target.image-reference"


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("Registry.Example.com/a:v1", Registry("registry.example.com", 443)),
        ("registry.example.com:5000/a:v1", Registry("registry.example.com", 5000)),
        ("team/model:v1", Registry("registry-1.docker.io", 443)),
        ("docker.io/team/model:v1", Registry("registry-1.docker.io", 443)),
        ("public.ecr.aws/a/b:v1", Registry("public.ecr.aws", 443)),
    ],
)
def test_the_registry_is_the_images_host(image: str, expected: Registry) -> None:
    assert registry_of(replace(CONTAINER, image=image)) == expected


def test_ecr_is_not_reached_over_the_vpc_unless_told_so() -> None:
    assert isinstance(registry_of(ECR), NotApplicable)
    assert isinstance(registry_of(replace(ECR, access_mode="Vpc")), Registry)


def test_a_broken_host_is_no_registry_and_a_broken_repository_is() -> None:
    broken = registry_of(replace(CONTAINER, image="https://registry.example.com/a:v1"))

    assert isinstance(broken, Unavailable)
    assert broken.blocked_by == "target.image-reference"
    assert isinstance(registry_of(replace(CONTAINER, image="registry.example.com/A:v1")), Registry)


def test_a_function_arn_is_taken_apart() -> None:
    provider = provider_of(f"{FUNCTION}:live")

    assert (provider.region, provider.account, provider.qualifier) == ("us-east-1", "123456789012", "live")
    assert provider.unqualified_arn == FUNCTION
    assert provider_of(FUNCTION).qualifier is None
    assert provider_of(f"{FUNCTION}:$LATEST").qualifier == "$LATEST"


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "my-function",
        "https://example.com",
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:x",
        FUNCTION + ":a:b",
        FUNCTION + "\n",
    ],
)
def test_anything_else_is_no_function(arn: str) -> None:
    nothing = credentials_provider(replace(CONTAINER, provider_arn=arn))

    assert isinstance(nothing, Unavailable)
    assert nothing.blocked_by == "target.credentials-provider"


def test_without_a_function_none_is_asked() -> None:
    assert isinstance(credentials_provider(replace(CONTAINER, provider_arn=None)), NotApplicable)


@pytest.mark.parametrize(
    ("region", "host", "service"),
    [
        ("us-east-1", "lambda.us-east-1.amazonaws.com", "com.amazonaws.us-east-1.lambda"),
        ("us-gov-west-1", "lambda.us-gov-west-1.amazonaws.com", "com.amazonaws.us-gov-west-1.lambda"),
        ("cn-north-1", "lambda.cn-north-1.amazonaws.com.cn", "cn.com.amazonaws.cn-north-1.lambda"),
        ("eusc-de-east-1", "lambda.eusc-de-east-1.amazonaws.eu", "com.amazonaws.eusc-de-east-1.lambda"),
    ],
)
def test_the_lambda_name_is_that_of_the_models_region(region: str, host: str, service: str) -> None:
    name = lambda_name(replace(TARGET, region=region), provider_of(FUNCTION))

    assert not isinstance(name, Unavailable)
    assert (name.host, name.service_name) == (host, service)


def test_without_a_region_the_lambda_name_is_not_known() -> None:
    nothing = lambda_name(replace(TARGET, region=None), provider_of(FUNCTION))

    assert isinstance(nothing, Unavailable)
    assert "--region" in nothing.because


def test_a_role_arn_is_taken_apart() -> None:
    role = execution_role(MODEL)

    assert role == ExecutionRole(ROLE, "aws", "123456789012", "SageMakerExecutionRole", "/service-role/")
    plain = execution_role(replace(MODEL, role_arn="arn:aws-cn:iam::123456789012:role/r"))
    assert plain == ExecutionRole("arn:aws-cn:iam::123456789012:role/r", "aws-cn", "123456789012", "r", "/")


@pytest.mark.parametrize("arn", [None, "", "SageMakerExecutionRole", "arn:aws:iam::123456789012:user/me"])
def test_anything_else_is_no_role(arn: str | None) -> None:
    nothing = execution_role(replace(MODEL, role_arn=arn))

    assert isinstance(nothing, Unavailable)
    assert nothing.blocked_by == "target.execution-role"


@pytest.mark.parametrize(
    "value",
    [
        TARGET,
        replace(TARGET, models=(Unavailable("no", "yes", "x.y", "z"), MODEL)),
        placement(MODEL),
        image_reference(CONTAINER),
        image_reference(replace(CONTAINER, image="https://x")),
        registry_of(CONTAINER),
        credentials_provider(CONTAINER),
        lambda_name(TARGET, provider_of(FUNCTION)),
        execution_role(MODEL),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_evidence_survives_being_written(value: object) -> None:
    adapter = TypeAdapter(type(value))

    assert adapter.validate_json(adapter.dump_json(value)) == value

"""Models and endpoints that exist, read from an account that is simulated in process."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.errors import UsageError
from pullcheck.missing import NotObserved, Unavailable
from pullcheck.readers import components, read_target, region_of
from pullcheck.readers.live import ACTIONS
from pullcheck.target import Model, TargetKind, Variant, VpcConfig

REGION = "us-east-1"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:sagemaker-registry-credentials"
ROLE = "arn:aws:iam::123456789012:role/SageMakerExecutionRole"
CONTAINER = {
    "Image": "registry.example.com/team/model:v1",
    "ImageConfig": {
        "RepositoryAccessMode": "Vpc",
        "RepositoryAuthConfig": {"RepositoryCredentialsProviderArn": FUNCTION},
    },
}
VPC = {"Subnets": ["subnet-0a1"], "SecurityGroupIds": ["sg-0b1"]}


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "lab")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "lab")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield boto3.client("sagemaker", region_name=REGION)


def deploy(account: Any, *names: str) -> None:
    for name in names:
        account.create_model(ModelName=name, PrimaryContainer=CONTAINER, ExecutionRoleArn=ROLE, VpcConfig=VPC)
    variants = [
        {"VariantName": f"v-{name}", "ModelName": name, "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
        for name in names
    ]
    account.create_endpoint_config(EndpointConfigName="config", ProductionVariants=variants)
    account.create_endpoint(EndpointName="endpoint", EndpointConfigName="config")


class Scripted(Aws):
    """Answers as told; an exception among the answers is raised."""

    def __init__(self, **answers: Any) -> None:
        super().__init__(REGION)
        self.answers = answers

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        answer = self.answers[operation]
        if isinstance(answer, Exception):
            raise answer
        return dict(answer)


DENIED = NotObserved(Unavailable("sagemaker:Describe was denied", "allow it"))
GONE = AwsRefusal("sagemaker:DescribeModel", "ValidationException", "Could not find model 'm'.")


def test_a_model_is_read(account: Any) -> None:
    deploy(account, "m")

    target = read_target("model/m", Aws(REGION))

    [model] = target.models
    assert (target.kind, target.name, target.region) == (TargetKind.MODEL, "m", REGION)
    assert isinstance(model, Model)
    assert (model.role_arn, model.vpc_config) == (ROLE, VpcConfig(("subnet-0a1",), ("sg-0b1",)))
    assert model.containers[0].provider_arn == FUNCTION


def test_a_model_of_several_containers_without_vpc_is_read(account: Any) -> None:
    account.create_model(ModelName="m", Containers=[CONTAINER, {"Image": "x"}], ExecutionRoleArn=ROLE)

    [model] = read_target("model/m", Aws(REGION)).models

    assert isinstance(model, Model)
    assert model.vpc_config is None
    assert [container.field for container in model.containers] == ["Containers[0]", "Containers[1]"]


def test_an_endpoint_leads_to_the_models_of_all_variants(account: Any) -> None:
    deploy(account, "one", "two")
    arn = account.describe_endpoint(EndpointName="endpoint")["EndpointArn"]

    target = read_target(arn, Aws(REGION), REGION)

    assert target == read_target("endpoint/endpoint", Aws(REGION))
    assert [model.name for model in target.models if isinstance(model, Model)] == ["one", "two"]
    assert target.variants[1] == Variant("v-two", "two", ("ml.m5.large",), 1)
    assert target.deployment is not None
    assert (target.deployment.status, target.deployment.config_name) == ("InService", "config")


def test_an_endpoint_configuration_is_read(account: Any) -> None:
    deploy(account, "one", "two")

    target = read_target("endpoint-config/config", Aws(REGION))

    assert (target.kind, len(target.models), target.deployment) == (TargetKind.ENDPOINT_CONFIG, 2, None)


@pytest.mark.parametrize("text", ["model/none", "endpoint-config/none", "endpoint/none"])
def test_what_does_not_exist_is_a_usage_error(text: str, account: Any) -> None:
    with pytest.raises(UsageError, match=f"^{text}: in us-east-1, {text} does not exist"):
        read_target(text, Aws(REGION))


def test_a_deleted_model_of_a_configuration_is_a_usage_error(account: Any) -> None:
    deploy(account, "m")
    account.delete_model(ModelName="m")

    with pytest.raises(UsageError, match="model/m does not exist"):
        read_target("endpoint-config/config", Aws(REGION))


@pytest.mark.parametrize("kind", ["model", "config"])
def test_what_an_endpoint_has_lost_is_for_its_check_to_say(kind: str, account: Any) -> None:
    deploy(account, "m")
    if kind == "model":
        account.delete_model(ModelName="m")
    else:
        account.delete_endpoint_config(EndpointConfigName="config")

    [gone] = read_target("endpoint/endpoint", Aws(REGION)).models

    assert isinstance(gone, Unavailable)
    assert gone.blocked_by == "deployment.healthy"


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("model/m", {"DescribeModel": DENIED}),
        ("endpoint-config/c", {"DescribeEndpointConfig": DENIED}),
        ("endpoint/e", {"DescribeEndpoint": DENIED}),
        ("endpoint/e", {"DescribeEndpoint": {"EndpointConfigName": "c"}, "DescribeEndpointConfig": DENIED}),
        ("model/m", {"DescribeModel": AwsRefusal("sagemaker:DescribeModel", "ValidationException", "bad name")}),
    ],
)
def test_what_may_not_be_read_stands_as_unavailable(text: str, answers: dict[str, Any]) -> None:
    [nothing] = read_target(text, Scripted(**answers)).models

    assert isinstance(nothing, Unavailable)
    assert nothing.blocked_by is None
    assert "sagemaker:Describe" in nothing.because


def test_one_unreadable_model_does_not_hide_the_endpoint() -> None:
    endpoint = {"EndpointStatus": "Failed", "FailureReason": "see https://x/y?sig=hunter2", "EndpointConfigName": "c"}
    config = {"ProductionVariants": [{"VariantName": "a", "ModelName": "m"}]}

    target = read_target(
        "endpoint/e", Scripted(DescribeEndpoint=endpoint, DescribeEndpointConfig=config, DescribeModel=DENIED)
    )

    assert target.deployment is not None
    assert target.deployment.failure_reason == "see https://x/y"
    assert isinstance(target.models[0], Unavailable)


def test_the_update_in_progress_is_what_is_looked_at() -> None:
    endpoint = {
        "EndpointStatus": "Updating",
        "EndpointConfigName": "old",
        "PendingDeploymentSummary": {"EndpointConfigName": "new"},
    }

    target = read_target("endpoint/e", Scripted(DescribeEndpoint=endpoint, DescribeEndpointConfig=DENIED))

    assert target.deployment is not None
    assert target.deployment.config_name == "new"


@pytest.mark.parametrize("variants", [[{"VariantName": "a"}], []])
def test_a_configuration_for_inference_components_is_unknown_not_empty(variants: list[dict[str, str]]) -> None:
    target = read_target("endpoint-config/c", Scripted(DescribeEndpointConfig={"ProductionVariants": variants}))

    assert [type(model) for model in target.models] == [Unavailable]


COMPONENTS = {"InferenceComponents": [{"InferenceComponentName": "c"}]}
OF_COMPONENTS = {
    "DescribeEndpoint": {"EndpointConfigName": "c"},
    "DescribeEndpointConfig": {
        "ProductionVariants": [{"VariantName": "a"}],
        "ExecutionRoleArn": ROLE,
        "VpcConfig": VPC,
    },
    "ListInferenceComponents": COMPONENTS,
}


def test_the_model_that_an_inference_component_names_is_read() -> None:
    component = {"InferenceComponentName": "c", "Specification": {"ModelName": "m"}}
    model = {"ModelName": "m", "PrimaryContainer": CONTAINER}

    aws = Scripted(**OF_COMPONENTS, DescribeInferenceComponent=component, DescribeModel=model)
    [found] = read_target("endpoint/e", aws).models

    assert isinstance(found, Model)
    assert (found.name, found.containers[0].access_mode) == ("m", "Vpc")


def test_the_container_that_an_inference_component_describes_stands_in_the_configurations_place() -> None:
    specification = {"Container": {"DeployedImage": {"SpecifiedImage": "registry.example.com/team/model:v1"}}}
    component = {"InferenceComponentName": "c", "Specifications": [specification]}

    [found] = read_target("endpoint/e", Scripted(**OF_COMPONENTS, DescribeInferenceComponent=component)).models

    assert isinstance(found, Model)
    assert (found.name, found.role_arn, found.vpc_config) == ("c", ROLE, VpcConfig(("subnet-0a1",), ("sg-0b1",)))
    [container] = found.containers
    assert (container.field, container.access_mode) == ("Specification.Container", None)
    assert container.image == "registry.example.com/team/model:v1"


@pytest.mark.parametrize(
    "answers",
    [
        {"ListInferenceComponents": DENIED},
        {"ListInferenceComponents": GONE},
        {"ListInferenceComponents": {"InferenceComponents": []}},
        {"DescribeInferenceComponent": {"Specification": {"BaseInferenceComponentName": "b"}}},
    ],
)
def test_components_that_are_not_known_stand_as_unavailable(answers: dict[str, Any]) -> None:
    [found] = read_target("endpoint/e", Scripted(**{**OF_COMPONENTS, **answers})).models

    assert isinstance(found, Unavailable)
    assert found.subject == "variant a"


def test_models_of_shadow_variants_and_instance_pools_are_read() -> None:
    pool = {"InstanceType": "ml.m5.large", "ModelNameOverride": "b", "Priority": 1}
    config = {
        "ProductionVariants": [{"VariantName": "x", "ModelName": "a", "InstancePools": [pool]}],
        "ShadowProductionVariants": [{"VariantName": "y", "ModelName": "c"}],
    }

    target = read_target("endpoint-config/c", Scripted(DescribeEndpointConfig=config, DescribeModel={}))

    assert [model.name for model in target.models if isinstance(model, Model)] == ["a", "b", "c"]


ARN = "arn:aws:sagemaker:eu-west-1:123456789012:model/m"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ARN, "lies in eu-west-1, but the region asked for is us-east-1; use --region eu-west-1"),
        ("arn:aws:sagemaker:us-east-1:123456789012:training-job/m", "expected the ARN of a SageMaker model"),
        ("arn:aws:lambda:us-east-1:123456789012:function:f", "expected the ARN of a SageMaker model"),
        ("arn:", "expected the ARN of a SageMaker model"),
    ],
)
def test_arns_that_do_not_fit_are_usage_errors(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_target(text, Scripted(), REGION)


def test_the_region_has_to_be_known(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")

    with pytest.raises(UsageError, match="the region is not known"):
        read_target("model/m", Aws())


def test_an_arn_names_its_region() -> None:
    assert region_of(ARN) == "eu-west-1"
    assert region_of("model/m") is None


def test_the_actions_are_those_that_are_used(account: Any) -> None:
    deploy(account, "m")
    with_components = components.ACTIONS

    for kind, text in {
        TargetKind.MODEL: "model/m",
        TargetKind.ENDPOINT_CONFIG: "endpoint-config/config",
        TargetKind.ENDPOINT: "endpoint/endpoint",
    }.items():
        aws = Aws(REGION)
        read_target(text, aws)

        assert sorted(set(aws.used)) == sorted(set(ACTIONS[kind]) - set(with_components))


@pytest.mark.parametrize("resource", ["model/m", "endpoint-config/config", "endpoint/endpoint"])
@pytest.mark.parametrize(
    "place", ["arn:aws:sagemaker:us-east-1:999999999999", "arn:aws-cn:sagemaker:us-east-1:123456789012"]
)
def test_an_arn_of_another_account_is_not_read_in_ones_own(resource: str, place: str, account: Any) -> None:
    deploy(account, "m")
    own = f"arn:aws:sagemaker:us-east-1:123456789012:{resource}"

    assert read_target(own, Aws(REGION), REGION) == read_target(resource, Aws(REGION))
    with pytest.raises(UsageError, match=f"^{place}:{resource}: not in the account that is read, which has {own}"):
        read_target(f"{place}:{resource}", Aws(REGION), REGION)


@pytest.mark.parametrize("found", ["arn:aws:sagemaker:us-east-1:123456789012:model/mymodel", None])
def test_an_arn_counts_without_regard_to_case_and_never_without_being_seen(found: str | None) -> None:
    arn = "arn:aws:sagemaker:us-east-1:123456789012:model/MyModel"
    aws = Scripted(DescribeModel={"ModelArn": found} if found else {})

    if found:
        assert read_target(arn, aws, REGION).name == "MyModel"
    else:
        with pytest.raises(UsageError, match="which has one without an ARN"):
            read_target(arn, aws, REGION)


@pytest.mark.parametrize(
    ("text", "asked", "environment", "source"),
    [
        ("model/m", "not a region!", {}, "--region: 'not a region!'"),
        ("model/m", "nowhere", {"AWS_REGION": REGION}, "--region: 'nowhere'"),
        ("model/m", None, {"AWS_REGION": "US-EAST-1", "AWS_DEFAULT_REGION": REGION}, "AWS_REGION: 'US-EAST-1'"),
        ("model.json", None, {"AWS_DEFAULT_REGION": "us-east"}, "AWS_DEFAULT_REGION: 'us-east'"),
        (
            "arn:aws:sagemaker:here:123456789012:model/m",
            "here",
            {},
            "arn:aws:sagemaker:here:123456789012:model/m: 'here'",
        ),
    ],
)
def test_a_region_that_cannot_be_is_refused_by_where_it_came_from(
    text: str, asked: str | None, environment: dict[str, str], source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(UsageError) as refused:
        read_target(text, Aws(asked), asked)

    assert str(refused.value) == f"{source} is no AWS region; expected its name, e.g. us-east-1"


def test_a_region_of_the_configuration_is_looked_at_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "config").write_text("[default]\nregion = nowhere\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))

    with pytest.raises(UsageError, match=r"^AWS configuration: 'nowhere' is no AWS region"):
        read_target("model/m", Aws())

"""Request files: what is read, and what one line is said about the rest."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pullcheck.errors import UsageError
from pullcheck.readers import read_target, shapes
from pullcheck.target import Container, Model, Target, TargetKind, Variant, VpcConfig

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:sagemaker-registry-credentials"
ROLE = "arn:aws:iam::123456789012:role/SageMakerExecutionRole"
CONTAINER = {
    "ContainerHostname": "ModelContainer",
    "Image": "registry.example.com/team/model:v1",
    "ImageConfig": {
        "RepositoryAccessMode": "Vpc",
        "RepositoryAuthConfig": {"RepositoryCredentialsProviderArn": FUNCTION},
    },
}
REQUEST: dict[str, Any] = {
    "ModelName": "vpc-model",
    "PrimaryContainer": CONTAINER,
    "ExecutionRoleArn": ROLE,
    "VpcConfig": {"SecurityGroupIds": ["sg-0b1"], "Subnets": ["subnet-0a1", "subnet-0a2"]},
}


def write(folder: Path, content: object, name: str = "model.json") -> str:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else str(content).encode())
    return str(path)


def read(folder: Path, request: object) -> Target:
    return read_target(write(folder, json.dumps(request)), None, "us-east-1")


def refusal(folder: Path, content: object, name: str = "model.json") -> str:
    path = write(folder, content, name)
    with pytest.raises(UsageError) as refused:
        read_target(path, None, "us-east-1")
    message = str(refused.value)
    assert "\n" not in message
    return message.removeprefix(str(folder) + "/")


def test_the_request_of_the_guide_is_read(tmp_path: Path) -> None:
    target = read(tmp_path, REQUEST)

    container = Container("PrimaryContainer", "registry.example.com/team/model:v1", "Vpc", FUNCTION, True)
    model = Model("vpc-model", ROLE, VpcConfig(("subnet-0a1", "subnet-0a2"), ("sg-0b1",)), (container,))
    assert target == Target(
        TargetKind.REQUEST, "vpc-model", str(tmp_path / "model.json"), "us-east-1", (model,), (), None
    )


def test_yaml_gives_the_same(tmp_path: Path) -> None:
    target = read_target(write(tmp_path, yaml.safe_dump(REQUEST), "model.yaml"), None, "us-east-1")

    assert target.models == read(tmp_path, REQUEST).models


def test_yaml_aliases_are_read(tmp_path: Path) -> None:
    text = yaml.safe_dump({"ModelName": "m", "Containers": [CONTAINER, CONTAINER]})
    assert "*id" in text

    [model] = read_target(write(tmp_path, text, "model.yml"), None).models

    assert isinstance(model, Model)
    assert [container.field for container in model.containers] == ["Containers[0]", "Containers[1]"]


@pytest.mark.parametrize("text", [json.dumps(REQUEST), yaml.safe_dump(REQUEST), "\ufeff" + json.dumps(REQUEST)])
def test_standard_input_is_json_or_yaml(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    target = read_target("-", None, None)

    assert (target.name, target.source, target.region) == ("vpc-model", "standard input", None)


def test_variants_of_the_same_file_are_read(tmp_path: Path) -> None:
    variants = [
        {"VariantName": "a", "ModelName": "vpc-model", "InstanceType": "ml.m5.large", "InitialInstanceCount": 2}
    ]
    shadow = [
        {
            "VariantName": "b",
            "InstancePools": [{"InstanceType": "ml.c5.large", "Priority": 1}],
            "InferenceAmiVersion": "x",
        },
        {"VariantName": "c", "ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 1}},
    ]

    target = read(tmp_path, REQUEST | {"ProductionVariants": variants, "ShadowProductionVariants": shadow})

    assert target.variants == (
        Variant("a", "vpc-model", ("ml.m5.large",), 2),
        Variant("b", None, ("ml.c5.large",), inference_ami_version="x"),
        Variant("c", None, serverless=True),
    )


def test_a_model_without_a_name_is_called_as_its_variant_or_its_file(tmp_path: Path) -> None:
    nameless = {key: value for key, value in REQUEST.items() if key != "ModelName"}
    named = nameless | {"ProductionVariants": [{"VariantName": "a", "ModelName": "m"}]}

    assert read(tmp_path, nameless).name == "model"
    assert read(tmp_path, named).name == "m"


@pytest.mark.parametrize("mode", ["vpc", "VPC", "None", ""])
def test_wrong_values_of_the_right_type_are_left_to_the_checks(mode: str, tmp_path: Path) -> None:
    request = REQUEST | {"PrimaryContainer": {"Image": "x", "ImageConfig": {"RepositoryAccessMode": mode}}}

    [model] = read(tmp_path, request | {"VpcConfig": {"Subnets": [], "SecurityGroupIds": ["x"] * 9}}).models

    assert isinstance(model, Model)
    assert model.containers[0].access_mode == mode
    assert model.vpc_config == VpcConfig((), ("x",) * 9)


def test_no_secret_is_kept(tmp_path: Path) -> None:
    secrets = {
        "Image": "user:hunter2@registry.example.com/a:v1@sha256:0",
        "ModelDataUrl": "https://bucket/key?X-Amz-Signature=hunter2",
        "Environment": {"PASSWORD": "hunter2"},
        "ImageConfig": {
            "RepositoryAccessMode": "Vpc",
            "RepositoryAuthConfig": {"RepositoryCredentialsProviderArn": "https://user:hunter2@vault/x?t=hunter2"},
        },
    }

    target = read(tmp_path, REQUEST | {"PrimaryContainer": secrets})

    assert "hunter2" not in repr(target)
    assert "***@registry.example.com/a:v1@sha256:0" in repr(target)


def changed(**fields: object) -> dict[str, Any]:
    return REQUEST | fields


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (
            changed(PrimaryContainer={"ImageConfig": {"RepositoryAccessMode": 5}}),
            "PrimaryContainer.ImageConfig.RepositoryAccessMode: expected a string, got a number",
        ),
        (changed(PrimaryContainer={"Image": None}), "PrimaryContainer.Image: expected a string, got null"),
        (changed(PrimaryContainer=[]), "PrimaryContainer: expected an object, got a list"),
        (changed(PrimaryContainer={"image": "x"}), "PrimaryContainer.image: unknown field; did you mean Image?"),
        (changed(Priority="x"), "Priority: unknown field"),
        (changed(VpcConfig={"Subnets": ["s"]}), "VpcConfig.SecurityGroupIds: missing"),
        (
            changed(VpcConfig={"Subnets": "s", "SecurityGroupIds": []}),
            "VpcConfig.Subnets: expected a list, got a string",
        ),
        (changed(EnableNetworkIsolation="true"), "EnableNetworkIsolation: expected true or false, got a string"),
        (
            changed(ProductionVariants=[{"VariantName": "a", "InitialInstanceCount": "1"}]),
            "ProductionVariants[0].InitialInstanceCount: expected a whole number, got a string",
        ),
        (changed(Containers=[CONTAINER]), "PrimaryContainer and Containers: expected one of them, got both"),
        ({"ModelName": "m"}, "expected PrimaryContainer or Containers, got neither"),
        ({"Containers": []}, "expected PrimaryContainer or Containers, got neither"),
        ({"Containers": [CONTAINER] * 16}, "Containers: expected at most 15, got 16"),
        ({"Containers": [CONTAINER, {"Image": 1}]}, "Containers[1].Image: expected a string, got a number"),
        ([REQUEST], "expected an object, a CreateModel request; got a list"),
        ({"AWSTemplateFormatVersion": "2010-09-09", "Resources": {}}, "a CloudFormation template"),
        ({"format_version": "1.2", "resource_changes": []}, "a Terraform plan"),
    ],
)
def test_a_wrong_shape_is_refused_in_one_line(request_: object, message: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, json.dumps(request_)).startswith(f"model.json: {message}")


BOMB = "a: &a [1,2,3,4,5,6,7,8,9]\n" + "".join(
    f"{after}: &{after} [{','.join([f'*{before}'] * 9)}]\n"
    for before, after in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        ("", "model.json", "empty"),
        (" \n", "model.yaml", "empty"),
        (b"\x7fELF\0\0", "model.json", "a binary file"),
        ("é".encode("latin-1"), "model.yaml", "not UTF-8"),
        ("x" * (1024 * 1024 + 1), "model.json", "larger than 1 MiB"),
        ('{"ModelName": "a", "ModelName": "b"}', "model.json", "the field 'ModelName' stands twice"),
        ("ModelName: a\nModelName: b", "model.yaml", "the field 'ModelName' stands twice"),
        ('{"InitialVariantWeight": NaN}', "model.json", "NaN"),
        ('{"a": ' + "1" * 5000 + "}", "model.json", "not JSON that can be read"),
        ('{"a": 1\n"b"}', "model.json", "line 2, column 1: not JSON"),
        ('{"Image": "\\ud800"}', "model.json", "a text with half a character"),
        ("[" * 100_000, "model.json", "nested more than 40 levels deep"),
        ("[" * 100_000, "model.yaml", "nested more than 40 levels deep"),
        ("- " * 100_000, "model.yaml", "nested more than 40 levels deep"),
        ("[" * 50 + "]" * 50, "model.json", "nested more than 40 levels deep"),
        ("a: &a [*a]", "model.yaml", "nested more than 40 levels deep"),
        (BOMB, "model.yaml", "more than 100000 values"),
        ("a: &a {x: 1}\nb: {<<: [*a, *a]}", "model.yaml", "line 2: merge keys"),
        ("a: !!python/object/apply:os.system [ls]", "model.yaml", "line 1, column 4: not YAML that can be read"),
        ("Resources: {Model: {Type: AWS::SageMaker::Model, X: !Ref Y}}", "model.yaml", "a CloudFormation template"),
        ("ModelName: !Ref Y", "model.yaml", "ModelName: expected a string, got an object"),
        ("a: 1\n---\nb: 1", "model.yaml", "line 2, column 1: not YAML that can be read"),
        ("{a: 1}: 2", "model.yaml", "line 1, column 1: not YAML that can be read"),
        ("1: 2", "model.yaml", "[1]: expected a field's name"),
        ("a: 2024-13-45", "model.yaml", "a value that YAML cannot build"),
        ("ModelName: 2024-01-01", "model.yaml", "ModelName: expected a string, got a date"),
        ("just text", "model", "expected an object, a CreateModel request; got a string"),
    ],
)
def test_what_is_no_request_is_refused_in_one_line(content: object, name: str, message: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, content, name).startswith(f"{name}: {message}")


@pytest.mark.parametrize(
    ("request_", "complaint"),
    [
        (
            changed(PrimaryContainer={"ModelName": "m"}),
            "PrimaryContainer.ModelName: unknown field",
        ),
        (changed(PrimaryContainer={"VpcConfig": {}}), "PrimaryContainer.VpcConfig: unknown field"),
        (
            changed(VpcConfig={"Subnet": [], "Subnets": [], "SecurityGroupIds": []}),
            "VpcConfig.Subnet: unknown field; did you mean Subnets?",
        ),
        (
            {"Containers": [{"ImageConfig": {"RepositoryAccessMode": "Vpc", "RepositoryAuthConfg": {}}}]},
            "Containers[0].ImageConfig.RepositoryAuthConfg: unknown field; did you mean RepositoryAuthConfig?",
        ),
    ],
)
def test_only_a_field_of_that_place_is_suggested(request_: object, complaint: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, json.dumps(request_)) == f"model.json: {complaint}"


@pytest.mark.parametrize("field", ["PrimaryContainer", "Containers"])
def test_an_empty_container_is_read(field: str, tmp_path: Path) -> None:
    [model] = read(tmp_path, {field: {} if field == "PrimaryContainer" else [{}]}).models

    assert isinstance(model, Model)
    assert [(one.field.partition("[")[0], one.image) for one in model.containers] == [(field, None)]


@pytest.mark.parametrize("text", ["", " "])
def test_an_empty_target_is_called_empty(text: str) -> None:
    with pytest.raises(UsageError, match=r"^TARGET is empty; expected a file, -, model/NAME"):
        read_target(text, None)


@pytest.mark.parametrize("path", ["nowhere.json", "a\0b", ".", "model/a_b", "endpoint/"])
def test_what_cannot_be_opened_is_refused(path: str) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_target(path, None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(sorted(REQUEST) + sorted(CONTAINER)) | st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=20,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=300),
        st.text(max_size=300).map(lambda text: text.encode(errors="replace")),
        JSON.map(lambda value: json.dumps(value).encode()),
        st.tuples(st.sampled_from(sorted(REQUEST)), JSON).map(lambda pair: json.dumps(REQUEST | dict([pair])).encode()),
        st.tuples(st.sampled_from(sorted(CONTAINER)), JSON).map(
            lambda pair: json.dumps(REQUEST | {"PrimaryContainer": CONTAINER | dict([pair])}).encode()
        ),
    ),
    st.sampled_from(["fuzz.json", "fuzz.yaml", "fuzz"]),
)
def test_nothing_comes_of_a_file_but_a_target_or_one_line(tmp_path: Path, content: bytes, name: str) -> None:
    try:
        target = read_target(write(tmp_path, content, name), None, None)
    except UsageError as refused:
        assert str(refused).isprintable()
    else:
        assert isinstance(target, Target)


MISTAKEN = {"TrainingImageConfig"}
"""Read in order to say that it is the wrong one."""


def test_the_fields_are_those_of_the_api() -> None:
    import botocore.session

    service: Any = botocore.session.get_session().get_service_model("sagemaker")
    for shape in (
        shapes.ContainerDefinition,
        shapes.ImageConfig,
        shapes.InstancePool,
        shapes.ModelDataSource,
        shapes.ProductionVariant,
        shapes.RepositoryAuthConfig,
        shapes.S3ModelDataSource,
        shapes.VpcConfig,
    ):
        known = service.shape_for(shape.__name__)

        assert set(shape.__annotations__) - MISTAKEN == set(known.members), shape.__name__
        assert shape.__required_keys__ == frozenset(known.required_members), shape.__name__
    inputs = [service.operation_model(name).input_shape for name in ("CreateModel", "CreateEndpointConfig")]
    assert set(shapes.Request.__annotations__) == {field for shape in inputs for field in shape.members}

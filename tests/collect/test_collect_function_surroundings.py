"""What surrounds the credentials function, as moto and botocore's stubber have it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws
from pydantic import TypeAdapter

from pullcheck.collect.aws import Aws
from pullcheck.collect.environment import hosts_in, services_in
from pullcheck.collect.function_surroundings import function_alias, function_key, function_network
from pullcheck.evidence.function import EnvironmentHost, Function
from pullcheck.evidence.function_surroundings import FunctionAlias, FunctionKey, FunctionNetwork
from pullcheck.evidence.placement import CredentialsProvider
from pullcheck.evidence.vpc import ModelVpc
from pullcheck.missing import NotApplicable, Unavailable

ACCOUNT = "123456789012"
ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:creds"
PROVIDER = CredentialsProvider(ARN, "aws", "us-east-1", ACCOUNT, "creds", None)
ALIASED = replace(PROVIDER, arn=f"{ARN}:live", qualifier="live")
FUNCTION = Function(ARN, "1", "python3.13", 15, "Active", "", None, "Successful", "", None, "Zip")
CANARY = "hunter2-canary"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        yield Aws("us-east-1")


@pytest.mark.parametrize(
    ("variables", "found"),
    [
        ({"REGISTRY_HOST": "registry.example.com"}, ["registry.example.com"]),
        ({"REGISTRY_URL": f"https://user:{CANARY}@Registry.example.com:5000/v2/{CANARY}"}, ["registry.example.com"]),
        ({"VAULT_ADDR": "http://10.0.3.4:8200"}, ["10.0.3.4"]),
        ({"VAULT_ADDR": "[fd00::1]:8200"}, ["fd00::1"]),
        ({"PASSWORD_URL": "https://registry.example.com", "NOTE": "registry.example.com"}, []),
        ({"REGISTRY_HOST": CANARY, "API_URL": "http://[", "DB_HOST": "localhost"}, []),
    ],
)
def test_of_a_variable_the_host_alone_is_kept(variables: dict[str, str], found: list[str]) -> None:
    hosts = hosts_in(variables)

    assert [one.host for one in hosts] == found
    assert CANARY not in repr(hosts)
    assert TypeAdapter(tuple[EnvironmentHost, ...]).validate_python(hosts) == hosts


@pytest.mark.parametrize(
    ("variables", "services"),
    [
        ({"SECRET_ARN": CANARY}, ("secretsmanager",)),
        ({"WHAT": f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:a"}, ("secretsmanager",)),
        ({"PASSWORD_PARAMETER": "/registry/password"}, ("ssm",)),
        ({"A": f"arn:aws-cn:ssm:cn-north-1:{ACCOUNT}:parameter/a", "SECRET_ID": "b"}, ("secretsmanager", "ssm")),
        ({"PASSWORD": CANARY, "STAGE": "prod"}, ()),
    ],
)
def test_a_service_is_told_by_a_name_or_an_arn(variables: dict[str, str], services: tuple[str, ...]) -> None:
    assert services_in(variables) == services


def stubbed(aws: Aws, monkeypatch: pytest.MonkeyPatch, service: str) -> Stubber:
    client = boto3.client(service, "us-east-1")  # type: ignore[call-overload]
    monkeypatch.setattr(aws, "_client", lambda _service, _attempts: client)
    return Stubber(client)


def test_an_alias_shows_the_other_versions_and_one_that_is_gone(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    with stubbed(aws, monkeypatch, "lambda") as lambda_api:
        weights = {"RoutingConfig": {"AdditionalVersionWeights": {"7": 0.25, "8": 0.5, "9": 0.0}}}
        lambda_api.add_response("get_alias", weights, {"FunctionName": ARN, "Name": "live"})
        there: dict[str, Any] = {"FunctionArn": f"{ARN}:7", "State": "Pending"}
        lambda_api.add_response("get_function_configuration", there, {"FunctionName": ARN, "Qualifier": "7"})
        lambda_api.add_client_error("get_function_configuration", "ResourceNotFoundException", http_status_code=404)

        alias = function_alias(FUNCTION, ALIASED, aws)

    assert isinstance(alias, FunctionAlias)
    shown = [(one.version, one.weight, one.found.state if one.found else None) for one in alias.others]
    assert shown == [("7", 0.25, "Pending"), ("8", 0.5, None)]


def test_an_alias_that_went_away_meanwhile_was_not_read(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    with stubbed(aws, monkeypatch, "lambda") as lambda_api:
        lambda_api.add_client_error("get_alias", "ResourceNotFoundException", http_status_code=404)

        assert isinstance(function_alias(FUNCTION, ALIASED, aws), Unavailable)


@pytest.mark.parametrize("qualifier", [None, "7", "$LATEST"])
def test_without_an_alias_nothing_is_asked(aws: Aws, qualifier: str | None) -> None:
    assert isinstance(function_alias(FUNCTION, replace(PROVIDER, qualifier=qualifier), aws), NotApplicable)
    assert isinstance(function_key(FUNCTION, aws), NotApplicable)
    assert isinstance(function_network(FUNCTION, PROVIDER, ModelVpc("vpc-1"), Unavailable("x"), aws), NotApplicable)
    assert aws.used == []


def test_a_key_and_its_state(aws: Aws) -> None:
    kms = boto3.client("kms", "us-east-1")
    made = kms.create_key()["KeyMetadata"]
    kms.disable_key(KeyId=made["KeyId"])
    key = function_key(replace(FUNCTION, kms_key_arn=made["Arn"]), aws)
    gone = function_key(replace(FUNCTION, kms_key_arn=f"{made['Arn'][:-4]}0000"), aws)

    assert key == FunctionKey(made["Arn"], "Disabled")
    assert isinstance(gone, FunctionKey)
    assert gone.state is None
    assert TypeAdapter(FunctionKey).validate_json(TypeAdapter(FunctionKey).dump_json(gone)) == gone


def test_the_functions_vpc_is_read_with_the_endpoints_that_take_the_name(aws: Aws) -> None:
    ec2 = boto3.client("ec2", "us-east-1")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="f", Description="f", VpcId=vpc)["GroupId"]
    endpoint = ec2.create_vpc_endpoint(
        VpcId=vpc,
        VpcEndpointType="Interface",
        ServiceName="com.amazonaws.us-east-1.ssm",
        SubnetIds=[subnet],
        PrivateDnsEnabled=True,
    )["VpcEndpoint"]["VpcEndpointId"]
    placed = replace(
        FUNCTION, vpc_id=vpc, subnet_ids=(subnet,), security_group_ids=(group,), services=("secretsmanager", "ssm")
    )
    around = function_network(placed, PROVIDER, ModelVpc("vpc-of-the-model"), Unavailable("x"), aws)

    assert isinstance(around, FunctionNetwork)
    assert [(one.name, one.assumed, bool(one.elsewhere)) for one in around.services] == [
        ("secretsmanager", False, True),
        ("ssm", False, False),
    ]
    assert [one.id for one in around.services[1].endpoints] == [endpoint]
    assert TypeAdapter(FunctionNetwork).validate_json(TypeAdapter(FunctionNetwork).dump_json(around)) == around

"""The credentials function as moto has it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from moto import mock_aws
from pydantic import TypeAdapter

from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.collect.credentials import Invocation, invocation
from pullcheck.collect.function import (
    function,
    function_answer,
    function_concurrency,
    function_lookup,
    function_policy,
    function_tags,
)
from pullcheck.evidence.function import (
    Function,
    FunctionAnswer,
    FunctionConcurrency,
    FunctionLookup,
    FunctionPolicy,
    FunctionTags,
)
from pullcheck.evidence.placement import CredentialsProvider
from pullcheck.evidence.role import Tag
from pullcheck.missing import Unavailable
from pullcheck.settings import Settings

ACCOUNT = "123456789012"
ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:creds"
PROVIDER = CredentialsProvider(ARN, "aws", "us-east-1", ACCOUNT, "creds", None)
ALIASED = replace(PROVIDER, arn=f"{ARN}:prod", qualifier="prod")
CANARY = "hunter2-canary"
INVOKING = Settings(invoke_function=True)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws(config={"lambda": {"use_docker": False}}):
        yield Aws("us-east-1")


@pytest.fixture
def client(aws: Aws) -> Any:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
    role = boto3.client("iam", "us-east-1").create_role(RoleName="f", AssumeRolePolicyDocument=json.dumps(trust))
    made = boto3.client("lambda", "us-east-1")
    made.create_function(
        FunctionName="creds",
        Runtime="python3.13",
        Role=role["Role"]["Arn"],
        Handler="index.handler",
        Code={"ZipFile": b"x"},
        Timeout=15,
        Environment={"Variables": {"REGISTRY_PASSWORD": CANARY, "REGION": CANARY}},
        Tags={"team": "ml"},
    )
    return made


def looked_up(aws: Aws, provider: CredentialsProvider = PROVIDER) -> FunctionLookup:
    found = function_lookup(provider, aws)
    assert isinstance(found, FunctionLookup)
    return found


def found_function(aws: Aws, provider: CredentialsProvider = PROVIDER) -> Function:
    found = looked_up(aws, provider).found
    assert found
    return found


@pytest.mark.usefixtures("client")
def test_the_configuration_is_read_without_the_values_of_variables(aws: Aws) -> None:
    lookup = looked_up(aws)
    saved = TypeAdapter(FunctionLookup).dump_json(lookup)

    assert lookup.found
    assert (lookup.found.state, lookup.found.timeout, lookup.found.runtime) == ("Active", 15, "python3.13")
    assert lookup.found.variables == ("REGION", "REGISTRY_PASSWORD")
    assert CANARY not in saved.decode()
    assert TypeAdapter(FunctionLookup).validate_json(saved) == lookup
    assert function(lookup) == lookup.found


def test_a_function_that_is_not_there_is_evidence(aws: Aws) -> None:
    lookup = looked_up(aws)
    nothing = function(lookup)

    assert lookup == FunctionLookup(None, False)
    assert isinstance(nothing, Unavailable)
    assert nothing.blocked_by == "function.exists"
    assert function_policy(lookup, PROVIDER, aws) == FunctionPolicy(None)
    assert function_tags(lookup, PROVIDER, aws) == FunctionTags(())


def test_a_wrong_qualifier_is_told_from_a_wrong_name(aws: Aws, client: Any) -> None:
    assert looked_up(aws, ALIASED) == FunctionLookup(None, True)

    client.publish_version(FunctionName="creds")
    client.create_alias(FunctionName="creds", Name="prod", FunctionVersion="1")

    assert looked_up(Aws("us-east-1"), ALIASED).found


def test_a_function_of_another_region_cannot_be_read(aws: Aws) -> None:
    nothing = function_lookup(replace(PROVIDER, region="eu-west-1"), aws)

    assert isinstance(nothing, Unavailable)
    assert nothing.blocked_by == "target.credentials-provider"


def test_the_policy_is_read_or_known_to_be_none(aws: Aws, client: Any) -> None:
    lookup = looked_up(aws)
    none = function_policy(lookup, PROVIDER, aws)
    client.add_permission(
        FunctionName="creds",
        StatementId="s",
        Action="lambda:InvokeFunction",
        Principal=f"arn:aws:iam::{ACCOUNT}:role/R",
    )
    some = function_policy(lookup, PROVIDER, Aws("us-east-1"))

    assert none == FunctionPolicy(None)
    assert some.text
    assert json.loads(some.text)["Statement"][0]["Action"] == "lambda:InvokeFunction"
    assert TypeAdapter(FunctionPolicy).validate_json(TypeAdapter(FunctionPolicy).dump_json(some)) == some


def test_the_reserved_concurrency_is_read(aws: Aws, client: Any) -> None:
    found = found_function(aws)
    free = function_concurrency(found, PROVIDER, aws)
    client.put_function_concurrency(FunctionName="creds", ReservedConcurrentExecutions=0)
    off = function_concurrency(found, PROVIDER, Aws("us-east-1"))

    assert (free, off) == (FunctionConcurrency(None), FunctionConcurrency(0))
    assert TypeAdapter(FunctionConcurrency).validate_json(TypeAdapter(FunctionConcurrency).dump_json(off)) == off


@pytest.mark.usefixtures("client")
def test_the_tags_are_read(aws: Aws) -> None:
    tags = function_tags(looked_up(aws), PROVIDER, aws)

    assert tags == FunctionTags((Tag("team", "ml"),))
    assert TypeAdapter(FunctionTags).validate_json(TypeAdapter(FunctionTags).dump_json(tags)) == tags


@pytest.mark.usefixtures("client")
def test_the_function_is_not_invoked_unless_that_was_asked_for(aws: Aws) -> None:
    nothing = invocation(found_function(aws), FunctionConcurrency(None), PROVIDER, Settings(), aws)

    assert nothing == Unavailable("the function was not invoked", "add --invoke-function")
    assert "lambda:InvokeFunction" not in aws.used


@pytest.mark.parametrize(("state", "reserved"), [("Pending", None), ("Failed", None), ("Active", 0)])
@pytest.mark.usefixtures("client")
def test_a_function_that_cannot_run_is_not_invoked(aws: Aws, state: str, reserved: int | None) -> None:
    found = replace(found_function(aws), state=state)

    nothing = invocation(found, FunctionConcurrency(reserved), PROVIDER, INVOKING, aws)

    assert isinstance(nothing, Unavailable)
    assert nothing.blocked_by == "function.ready"
    assert "lambda:InvokeFunction" not in aws.used


def queue(answer: object) -> None:
    from moto.awslambda_simple.models import lambda_simple_backends

    lambda_simple_backends[ACCOUNT]["us-east-1"].lambda_simple_results_queue.append(json.dumps(answer))


@pytest.mark.parametrize(
    "answer",
    [{"Credentials": {"Username": CANARY, "Password": CANARY}}, {CANARY: CANARY}, CANARY],
)
@pytest.mark.usefixtures("client")
def test_an_invocation_leaves_no_secret_behind(aws: Aws, answer: object) -> None:
    queue(answer)

    held = invocation(found_function(aws), FunctionConcurrency(None), PROVIDER, INVOKING, aws)
    assert isinstance(held, Invocation)
    found = function_answer(held)
    saved = TypeAdapter(FunctionAnswer).dump_json(found)

    assert CANARY not in saved.decode()
    assert CANARY not in repr((found, held))
    assert TypeAdapter(FunctionAnswer).validate_json(saved) == found


@pytest.mark.usefixtures("client")
def test_a_refusal_by_lambda_is_told_by_its_code(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    found = found_function(aws)

    def refuse(*_: object, **__: object) -> dict[str, Any]:
        raise AwsRefusal("lambda:InvokeFunction", "ResourceConflictException", f"{CANARY}")

    monkeypatch.setattr(aws, "call", refuse)

    nothing = invocation(found, FunctionConcurrency(None), PROVIDER, INVOKING, aws)

    assert isinstance(nothing, Unavailable)
    assert "ResourceConflictException" in nothing.reason
    assert CANARY not in nothing.because

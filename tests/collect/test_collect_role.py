"""The execution role as moto has it, and the simulator as botocore's stubber answers."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws
from pydantic import TypeAdapter

from pullcheck.collect.aws import Aws
from pullcheck.collect.role import organization, role, role_lookup, role_policies
from pullcheck.collect.simulation import invoke_call, simulation
from pullcheck.evidence.endpoint import InterfaceEndpoint, LambdaEndpoints
from pullcheck.evidence.function import FunctionTags
from pullcheck.evidence.names import LambdaAddresses
from pullcheck.evidence.placement import CredentialsProvider, ExecutionRole
from pullcheck.evidence.role import (
    InvokeCall,
    Organization,
    PolicyKind,
    Role,
    RoleLookup,
    RolePolicies,
    Simulation,
    Tag,
)
from pullcheck.missing import NotObserved, Unavailable
from pullcheck.target import Target, TargetKind

ACCOUNT = "123456789012"
NAME = "SageMakerExecutionRole"
ARN = f"arn:aws:iam::{ACCOUNT}:role/service-role/{NAME}"
ASKED = ExecutionRole(ARN, "aws", ACCOUNT, NAME, "/service-role/")
TARGET = Target(TargetKind.REQUEST, "vpc-model", "model.json", "us-east-1", ())
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:creds"
PROVIDER = CredentialsProvider(FUNCTION, "aws", "us-east-1", ACCOUNT, "creds", None)
ROLE = Role(
    ARN, NAME, "/service-role/", "AROAEXAMPLE", ACCOUNT, "aws", None, "{}", (Tag("Team", "vision"),), "us-east-1"
)
UNSEEN = Unavailable("not observed")


def document(**fields: object) -> str:
    statement = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*", **fields}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    monkeypatch.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws(config={"iam": {"load_aws_managed_policies": True}}):
        yield Aws("us-east-1")


def make_role(boundary: bool = False) -> None:
    iam = boto3.client("iam", "us-east-1")
    more: dict[str, Any] = {}
    if boundary:
        more["PermissionsBoundary"] = iam.create_policy(PolicyName="Bound", PolicyDocument=document())["Policy"]["Arn"]
    iam.create_role(
        RoleName=NAME,
        Path="/service-role/",
        AssumeRolePolicyDocument=TRUST,
        Tags=[{"Key": "Team", "Value": "vision"}],
        **more,
    )
    iam.put_role_policy(RoleName=NAME, PolicyName="invoke", PolicyDocument=document())
    own = iam.create_policy(PolicyName="Own", PolicyDocument=document(Action="s3:*"))["Policy"]["Arn"]
    for arn in (own, "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"):
        iam.attach_role_policy(RoleName=NAME, PolicyArn=arn)


def looked_up(aws: Aws, asked: ExecutionRole = ASKED) -> RoleLookup:
    found = role_lookup(asked, TARGET, aws)
    assert isinstance(found, RoleLookup)
    return found


def test_the_role_is_read_with_path_boundary_trust_and_tags(aws: Aws) -> None:
    make_role(boundary=True)

    lookup = looked_up(aws)

    assert lookup.found
    assert (lookup.found.arn, lookup.found.path, lookup.found.region) == (ARN, "/service-role/", "us-east-1")
    assert lookup.found.boundary_arn == f"arn:aws:iam::{ACCOUNT}:policy/Bound"
    assert json.loads(lookup.found.trust_policy)["Statement"][0]["Principal"] == {"Service": "sagemaker.amazonaws.com"}
    assert lookup.found.tags == (Tag("Team", "vision"),)
    assert role(lookup) == lookup.found
    assert TypeAdapter(RoleLookup).validate_json(TypeAdapter(RoleLookup).dump_json(lookup)) == lookup


def test_a_role_that_is_not_there_is_evidence(aws: Aws) -> None:
    lookup = looked_up(aws)

    nothing = role(lookup)

    assert lookup == RoleLookup(ARN, None)
    assert isinstance(nothing, Unavailable)
    assert nothing.blocked_by == "role.exists"


def test_a_role_with_another_path_is_not_the_one(aws: Aws) -> None:
    make_role()
    lookup = looked_up(aws, replace(ASKED, arn=ARN.replace("service-role/", ""), path="/"))

    assert lookup.found
    assert isinstance(role(lookup), Unavailable)


def test_a_role_of_another_account_cannot_be_read(aws: Aws) -> None:
    nothing = role_lookup(replace(ASKED, account="999999999999"), TARGET, aws)

    assert isinstance(nothing, Unavailable)
    assert ACCOUNT in nothing.reason


def test_every_policy_is_read_once(aws: Aws) -> None:
    make_role(boundary=True)
    found = looked_up(aws).found
    assert found

    policies = role_policies(found, aws)

    documents = {one.name: one for one in policies.identity.documents}
    assert {name: one.kind for name, one in documents.items()} == {
        "invoke": PolicyKind.INLINE,
        "Own": PolicyKind.MANAGED,
        "AmazonSageMakerFullAccess": PolicyKind.MANAGED,
    }
    assert policies.boundary
    assert [one.kind for one in policies.boundary.documents] == [PolicyKind.BOUNDARY]
    assert "*SageMaker*" in documents["AmazonSageMakerFullAccess"].text
    assert not policies.identity.unread
    assert aws.used.count("iam:GetRolePolicy") == 1
    assert aws.used.count("iam:GetPolicyVersion") == 3
    assert TypeAdapter(RolePolicies).validate_json(TypeAdapter(RolePolicies).dump_json(policies)) == policies


class Denying(Aws):
    """Moto, with some actions denied."""

    def __init__(self, *denied: str) -> None:
        super().__init__("us-east-1")
        self.denied = denied

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        if operation in self.denied:
            raise NotObserved(Unavailable(f"{service}:{operation} was denied", f"allow {service}:{operation}"))
        return super().call(service, operation, **parameters)


@pytest.mark.parametrize(
    ("denied", "read"),
    [
        ("ListRolePolicies", 2),
        ("GetRolePolicy", 2),
        ("ListAttachedRolePolicies", 1),
        ("GetPolicy", 1),
        ("GetPolicyVersion", 1),
    ],
)
def test_what_is_denied_is_named_and_the_rest_is_read(aws: Aws, denied: str, read: int) -> None:
    make_role(boundary=True)
    found = looked_up(aws).found
    assert found

    policies = role_policies(found, Denying(denied))

    assert len(policies.identity.documents) == read
    assert [one.reason for one in policies.identity.unread] == [f"iam:{denied} was denied"]
    assert policies.boundary
    assert bool(policies.boundary.unread) is denied.startswith("GetPolicy")
    assert TypeAdapter(RolePolicies).validate_json(TypeAdapter(RolePolicies).dump_json(policies)) == policies


def test_an_account_alone_and_one_in_an_organisation(aws: Aws) -> None:
    assert organization(ROLE, aws) == Organization(None)

    boto3.client("organizations", "us-east-1").create_organization(FeatureSet="ALL")
    found = organization(ROLE, Aws("us-east-1"))

    assert found.id
    assert found.management_account == ACCOUNT
    assert not found.may_bind(ACCOUNT)
    assert found.may_bind("999999999999")
    assert TypeAdapter(Organization).validate_json(TypeAdapter(Organization).dump_json(found)) == found


ENDPOINT = InterfaceEndpoint("vpce-0a1", "vpc-1", "com.amazonaws.us-east-1.lambda", "available", True)


def call_through(
    addresses: LambdaAddresses | Unavailable, member_of: Organization | Unavailable = UNSEEN
) -> InvokeCall:
    endpoints = LambdaEndpoints("vpc-1", "com.amazonaws.us-east-1.lambda", (ENDPOINT,))
    return invoke_call(ROLE, PROVIDER, member_of, FunctionTags((Tag("team", "ml"),)), addresses, endpoints)


def keys(call: InvokeCall) -> dict[str, str]:
    return {key.name: key.values[0] for key in call.known}


def test_through_an_endpoint_the_call_carries_the_keys_of_the_vpc() -> None:
    call = call_through(LambdaAddresses("lambda.us-east-1.amazonaws.com", "vpce-0a1", ()))

    assert keys(call)["aws:SourceVpce"] == "vpce-0a1"
    assert keys(call)["aws:SourceVpc"] == "vpc-1"
    assert "aws:SourceIp" in call.absent
    assert call.path == "through vpce-0a1"


def test_over_the_internet_it_carries_an_address_nobody_knows() -> None:
    call = call_through(LambdaAddresses("lambda.us-east-1.amazonaws.com", None, ()))

    assert "aws:SourceVpce" in call.absent
    assert "aws:SourceIp" in call.present
    assert "aws:SourceVpce" not in keys(call)


def test_where_the_way_is_not_known_neither_are_its_keys() -> None:
    call = call_through(UNSEEN)

    assert call.path is None
    assert not {"aws:SourceVpce", "aws:SourceVpc", "aws:SourceIp"} & {*keys(call), *call.absent, *call.present}


def test_tags_and_organisation_are_keys_too() -> None:
    call = call_through(UNSEEN, Organization("o-example", "999999999999"))

    assert keys(call)["aws:PrincipalTag/Team"] == "vision"
    assert keys(call)["aws:ResourceTag/team"] == "ml"
    assert keys(call)["aws:PrincipalOrgID"] == "o-example"
    assert "aws:PrincipalOrgID" in call_through(UNSEEN, Organization(None)).absent
    assert TypeAdapter(InvokeCall).validate_json(TypeAdapter(InvokeCall).dump_json(call)) == call


CALL = call_through(LambdaAddresses("lambda.us-east-1.amazonaws.com", "vpce-0a1", ()))


@pytest.fixture
def stubbed(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Aws, Stubber]]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    aws = Aws("us-east-1")
    client = boto3.client("iam", "us-east-1")
    monkeypatch.setattr(aws, "_client", lambda _service, _attempts: client)
    with Stubber(client) as stubber:
        yield aws, stubber


def result(**fields: object) -> dict[str, object]:
    row = {"EvalActionName": "lambda:InvokeFunction", "EvalResourceName": "*", "EvalDecision": "allowed", **fields}
    return {"EvaluationResults": [row], "IsTruncated": False}


def test_the_simulator_is_sent_the_arn_and_everything_known(stubbed: tuple[Aws, Stubber]) -> None:
    aws, stubber = stubbed
    entries = [
        {
            "ContextKeyName": key.name,
            "ContextKeyType": "boolean" if key.values[0] in ("true", "false") else "string",
            "ContextKeyValues": list(key.values),
        }
        for key in CALL.known
    ]
    sent = {
        "PolicySourceArn": ARN,
        "ActionNames": ["lambda:InvokeFunction"],
        "ResourceArns": [FUNCTION],
        "ContextEntries": entries,
    }
    stubber.add_response("simulate_principal_policy", result(), sent)

    assert simulation(ROLE, CALL, aws) == Simulation("allowed", None, None, (), ())
    assert {"aws:RequestedRegion", "aws:SourceVpce"} <= {entry["ContextKeyName"] for entry in entries}


def test_the_answer_about_the_resource_counts(stubbed: tuple[Aws, Stubber]) -> None:
    aws, stubber = stubbed
    specific = {
        "EvalResourceName": FUNCTION,
        "EvalResourceDecision": "implicitDeny",
        "MatchedStatements": [{"SourcePolicyId": "invoke"}],
        "MissingContextValues": ["aws:username"],
        "PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": False},
    }
    answer = result(ResourceSpecificResults=[specific], OrganizationsDecisionDetail={"AllowedByOrganizations": False})
    stubber.add_response("simulate_principal_policy", answer)

    found = simulation(ROLE, CALL, aws)

    assert found == Simulation("implicitDeny", False, False, ("invoke",), ("aws:username",))
    assert TypeAdapter(Simulation).validate_json(TypeAdapter(Simulation).dump_json(found)) == found


def test_an_answer_on_two_pages_is_one(stubbed: tuple[Aws, Stubber]) -> None:
    aws, stubber = stubbed
    stubber.add_response("simulate_principal_policy", {"EvaluationResults": [], "IsTruncated": True, "Marker": "m"})
    stubber.add_response("simulate_principal_policy", result())

    found = simulation(ROLE, CALL, aws)

    assert isinstance(found, Simulation)
    assert found.decision == "allowed"


@pytest.mark.parametrize(("code", "status"), [("AccessDenied", 403), ("Throttling", 400), ("PolicyEvaluation", 500)])
def test_a_simulator_that_does_not_answer_was_not_observed(
    stubbed: tuple[Aws, Stubber], code: str, status: int
) -> None:
    aws, stubber = stubbed
    stubber.add_client_error("simulate_principal_policy", code, http_status_code=status)

    with pytest.raises(NotObserved, match="iam:SimulatePrincipalPolicy"):
        simulation(ROLE, CALL, aws)


def test_a_simulator_that_refuses_the_question_or_says_nothing_is_unavailable(stubbed: tuple[Aws, Stubber]) -> None:
    aws, stubber = stubbed
    stubber.add_client_error("simulate_principal_policy", "InvalidInput", "no", 400)
    refused = simulation(ROLE, CALL, aws)
    stubber.add_response("simulate_principal_policy", {"EvaluationResults": [], "IsTruncated": False})
    silent = simulation(ROLE, replace(CALL, resource="*"), aws)

    assert isinstance(refused, Unavailable)
    assert "InvalidInput" in refused.reason
    assert isinstance(silent, Unavailable)

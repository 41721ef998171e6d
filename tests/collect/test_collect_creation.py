"""Who creates the model, the organisation's policies and the bucket's, as moto and botocore's stubber have them."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from pullcheck.collect.aws import Aws
from pullcheck.collect.creation import caller_policies, creation
from pullcheck.collect.hosting import bucket_policy
from pullcheck.collect.organization import service_control_policies
from pullcheck.evidence.creation import Caller, CallerPolicies, Creation
from pullcheck.evidence.hosting import BucketPolicy
from pullcheck.evidence.model_data import ModelData
from pullcheck.evidence.organization import ServiceControlPolicies
from pullcheck.evidence.placement import ExecutionRole
from pullcheck.evidence.role import Organization, Role
from pullcheck.missing import NotApplicable, NotObserved, Unavailable
from pullcheck.target import Model, Target, TargetKind, VpcConfig

ACCOUNT = "123456789012"
ARN = f"arn:aws:iam::{ACCOUNT}:role/Execution"
ASKED = ExecutionRole(ARN, "aws", ACCOUNT, "Execution", "/")
ROLE = Role(ARN, "Execution", "/", "AROAEXAMPLE", ACCOUNT, "aws", None, "{}")
MODEL = Model("Vpc-Model", ARN, VpcConfig(("subnet-1",), ("sg-1",)), ())
TARGET = Target(TargetKind.REQUEST, "m", "model.json", "us-east-1", (MODEL,))
MEMBER = Organization("o-1", "999999999999")
DATA = ModelData("us-east-1", "data.s3.us-east-1.amazonaws.com", "data", "m.tar.gz")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)


@pytest.fixture
def aws() -> Iterator[Aws]:
    with mock_aws():
        yield Aws("us-east-1")


class Answering(Aws):
    """AWS with the answers that a test gives, by operation; an exception is raised."""

    def __init__(self, **answers: Any) -> None:
        super().__init__("us-east-1")
        self.answers = answers
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        del service
        self.asked.append((operation, parameters))
        answer = self.answers[operation]
        found: dict[str, Any] | Exception = answer(parameters) if callable(answer) else answer
        if isinstance(found, Exception):
            raise found
        return found


def deciding(**decisions: str) -> Any:
    """The simulator, by the last word of the action; with CreateModel_bare what it says without the VPC's keys."""

    def answer(parameters: dict[str, Any]) -> dict[str, Any]:
        action = parameters["ActionNames"][0].partition(":")[2]
        keys = {entry["ContextKeyName"] for entry in parameters["ContextEntries"]}
        bare = "_bare" if action == "CreateModel" and "sagemaker:VpcSubnets" not in keys else ""
        return {"EvaluationResults": [{"EvalDecision": decisions[action + bare]}]}

    return answer


USER = {"Arn": f"arn:aws:iam::{ACCOUNT}:user/ci/deployer", "Account": ACCOUNT}


def test_a_user_is_asked_about_with_the_keys_that_create_model_carries() -> None:
    aws = Answering(
        GetCallerIdentity=USER, SimulatePrincipalPolicy=deciding(PassRole="allowed", CreateModel="implicitDeny")
    )
    found = creation(ASKED, MODEL, TARGET, aws)
    sent = {one["ActionNames"][0]: one for name, one in aws.asked if name == "SimulatePrincipalPolicy"}
    context = {
        one["ContextKeyName"]: one["ContextKeyValues"] for one in sent["sagemaker:CreateModel"]["ContextEntries"]
    }

    assert isinstance(found, Creation)
    assert found.caller == Caller(USER["Arn"], "deployer", ACCOUNT)
    assert (found.pass_role.decision, found.create_model.decision) == ("allowed", "implicitDeny")
    assert found.without_vpc is None
    assert sent["iam:PassRole"]["ResourceArns"] == [ARN]
    assert sent["sagemaker:CreateModel"]["ResourceArns"] == [f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:model/vpc-model"]
    assert context["sagemaker:VpcSubnets"] == ["subnet-1"]


def test_an_explicit_deny_is_asked_about_once_more_without_the_vpc() -> None:
    decisions = deciding(PassRole="allowed", CreateModel="explicitDeny", CreateModel_bare="allowed")
    found = creation(ASKED, MODEL, TARGET, Answering(GetCallerIdentity=USER, SimulatePrincipalPolicy=decisions))

    assert isinstance(found, Creation)
    assert found.without_vpc
    assert found.without_vpc.decision == "allowed"


def test_a_session_stands_for_its_role_with_its_path() -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:role/ci/pipeline"
    aws = Answering(
        GetCallerIdentity={"Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/pipeline/run-7", "Account": ACCOUNT},
        GetRole={"Role": {"Arn": arn}},
        SimulatePrincipalPolicy=deciding(PassRole="allowed", CreateModel="allowed"),
    )
    found = creation(ASKED, MODEL, TARGET, aws)

    assert isinstance(found, Creation)
    assert found.caller == Caller(arn, "pipeline", ACCOUNT, "run-7")


@pytest.mark.parametrize(
    ("arn", "word"),
    [
        (f"arn:aws:iam::{ACCOUNT}:root", "does not answer for"),
        (f"arn:aws:sts::{ACCOUNT}:federated-user/x", "does not answer for"),
        ("arn:aws:iam::999999999999:user/x", "credentials of 999999999999"),
    ],
)
def test_others_cannot_be_asked_about(arn: str, word: str) -> None:
    found = creation(ASKED, MODEL, TARGET, Answering(GetCallerIdentity={"Arn": arn}))

    assert isinstance(found, Unavailable)
    assert word in found.reason


def test_a_simulator_that_may_not_be_asked_leaves_it_open() -> None:
    denied = NotObserved(Unavailable("iam:SimulatePrincipalPolicy was denied"))
    found = creation(ASKED, MODEL, TARGET, Answering(GetCallerIdentity=USER, SimulatePrincipalPolicy=denied))

    assert found == denied.unavailable


def test_of_a_model_that_exists_nothing_is_asked() -> None:
    target = Target(TargetKind.MODEL, "m", "sagemaker:DescribeModel", "us-east-1", (MODEL,))

    assert isinstance(creation(ASKED, MODEL, target, Answering()), NotApplicable)


def test_every_level_of_the_organisation_is_read_from_the_root_down(aws: Aws) -> None:
    client = boto3.client("organizations", "us-east-1")
    client.create_organization(FeatureSet="ALL")
    root = client.list_roots()["Roots"][0]["Id"]
    client.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    unit = client.create_organizational_unit(ParentId=root, Name="teams")["OrganizationalUnit"]["Id"]
    account = client.create_account(Email="a@example.com", AccountName="a")["CreateAccountStatus"]["AccountId"]
    client.move_account(AccountId=account, SourceParentId=root, DestinationParentId=unit)
    found = service_control_policies(Role(**{**vars(ROLE), "account": account}), MEMBER, aws)

    assert isinstance(found, ServiceControlPolicies)
    assert [level.name for level in found.levels] == [
        f"root {root}",
        f"organisational unit {unit}",
        f"account {account}",
    ]
    assert [one.name for level in found.levels for one in level.policies] == ["FullAWSAccess"] * 3
    assert json.loads(found.levels[0].policies[0].text)["Statement"][0]["Effect"] == "Allow"


@pytest.mark.parametrize("organization", [Organization(None), Organization("o-1", ACCOUNT)])
def test_where_none_can_bind_nothing_is_asked(organization: Organization) -> None:
    assert isinstance(service_control_policies(ROLE, organization, Answering()), NotApplicable)


def test_a_member_account_that_is_shown_nothing_says_so() -> None:
    denied = NotObserved(Unavailable("organizations:ListParents was denied (AccessDeniedException)"))
    found = service_control_policies(ROLE, MEMBER, Answering(ListParents=denied))

    assert isinstance(found, Unavailable)
    assert "not readable here" in found.reason


def test_the_buckets_policy_is_read_of_the_roles_own_account(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = Aws("us-east-1")
    client = boto3.client("s3", "us-east-1")
    monkeypatch.setattr(aws, "_client", lambda _service, _attempts: client)
    sent = {"Bucket": "data", "ExpectedBucketOwner": ACCOUNT}
    with Stubber(client) as stubber:
        stubber.add_response("get_bucket_policy", {"Policy": "{}"}, sent)
        stubber.add_client_error("get_bucket_policy", "NoSuchBucketPolicy", http_status_code=404)
        stubber.add_client_error("get_bucket_policy", "NoSuchBucket", http_status_code=404)
        stubber.add_client_error("get_bucket_policy", "AccessDenied", http_status_code=403)
        there = bucket_policy(DATA, ROLE, aws)
        none = bucket_policy(ModelData("us-east-1", "h", "none", "k"), ROLE, aws)
        gone = bucket_policy(ModelData("us-east-1", "h", "gone", "k"), ROLE, aws)

    assert there == BucketPolicy("data", "{}")
    assert none == BucketPolicy("none", None)
    assert isinstance(gone, Unavailable)


def test_where_the_simulator_is_not_heard_the_policies_of_a_calling_role_are_read() -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:role/ci/pipeline"
    aws = Answering(
        GetCallerIdentity={"Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/pipeline/run-7", "Account": ACCOUNT},
        GetRole={"Role": {"Arn": arn, "RoleName": "pipeline", "RoleId": "AROACI"}},
        ListRolePolicies={"PolicyNames": ["own"]},
        GetRolePolicy={"PolicyDocument": "{}"},
        ListAttachedRolePolicies={},
    )
    found = caller_policies(Unavailable("denied"), ASKED, TARGET, aws)

    assert isinstance(found, CallerPolicies)
    assert (found.role.arn, [one.name for one in found.policies.identity.documents]) == (arn, ["own"])
    assert isinstance(caller_policies(NotApplicable("x"), ASKED, TARGET, Answering()), NotApplicable)
    user = caller_policies(Unavailable("denied"), ASKED, TARGET, Answering(GetCallerIdentity=USER))
    assert isinstance(user, NotApplicable)

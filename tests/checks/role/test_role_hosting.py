"""role.hosting-permissions, role.invoke-narrowly and role.one-role."""

import json
import shlex
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from pydantic import TypeAdapter

from pullcheck.evidence.hosting import BucketPolicy, VolumeKey
from pullcheck.evidence.model_data import ModelData
from pullcheck.evidence.placement import CredentialsProvider, ExecutionRole
from pullcheck.evidence.role import PolicyDocument, PolicyKind, PolicySet, Role, RolePolicies
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.target import Container, Model, Target, TargetKind, VpcConfig
from pullcheck.verdict import Severity, Status, Verdict
from pullcheck_checks.role.hosting import may_do_the_rest
from pullcheck_checks.role.narrow import invokes_no_other
from pullcheck_checks.role.one_role import names_one_role

ACCOUNT = "123456789012"
ARN = f"arn:aws:iam::{ACCOUNT}:role/Execution"
ROLE = Role(ARN, "Execution", "/", "AROAEXAMPLE", ACCOUNT, "aws", None, "{}", region="us-east-1")
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:creds"
PROVIDER = CredentialsProvider(FUNCTION, "aws", "us-east-1", ACCOUNT, "creds", None)
VPC = VpcConfig(("subnet-1",), ("sg-1",))
MODEL = Model("m", ARN, VPC, (Container("PrimaryContainer", "registry.example.com/a:1", "Vpc", FUNCTION),))
ECR = replace(MODEL, containers=(Container("Containers[0]", f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/helper:v1"),))
TARGET = Target(TargetKind.REQUEST, "m", "model.json", "us-east-1", (MODEL,))
NONE = NotApplicable("no model data")
OBJECT = ModelData("us-east-1", "data.s3.us-east-1.amazonaws.com", "data", "m/model.tar.gz")
PREFIX = replace(OBJECT, key="m/")
EMPTY = BucketPolicy("data", None)
UNREAD = Unavailable("s3:GetBucketPolicy was denied", "allow s3:GetBucketPolicy")
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def text(*rows: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(rows)})


def of(*rows: dict[str, Any], kind: PolicyKind = PolicyKind.INLINE) -> RolePolicies:
    arn = f"arn:aws:iam::{ACCOUNT}:policy/own" if kind is PolicyKind.MANAGED else None
    return RolePolicies(PolicySet((PolicyDocument(kind, "own", arn, text(*rows)),)), None)


def judge(
    policies: RolePolicies, model: Model = MODEL, data: Any = NONE, bucket: Any = NONE, key: Any = NONE
) -> dict[str, Verdict]:
    found = may_do_the_rest(ROLE, policies, model, data, bucket, key)
    return {verdict.subject.partition(" -> ")[2]: verdict for verdict in found}


def printed(verdict: Verdict) -> list[dict[str, Any]]:
    """The statements that the one command puts in place."""
    assert verdict.fix
    [line] = verdict.fix.commands
    rows: list[dict[str, Any]] = json.loads(shlex.split(line)[-1])["Statement"]
    return rows


def test_a_role_that_may_do_everything_passes() -> None:
    found = judge(of(ALL), ECR, PREFIX, EMPTY)

    assert list(found) == ["s3://data/m/", "VPC endpoints", "Amazon ECR", "logs and metrics"]
    assert {verdict.status for verdict in found.values()} == {Status.PASS}
    assert TypeAdapter(BucketPolicy).validate_json(TypeAdapter(BucketPolicy).dump_json(EMPTY)) == EMPTY


@pytest.mark.parametrize(
    ("name", "cause", "severity"),
    [
        ("s3://data/m/model.tar.gz", "iam.s3-model-data", Severity.ERROR),
        ("VPC endpoints", "iam.describe-vpc-endpoints", Severity.WARNING),
        ("Amazon ECR", "iam.ecr-still-needed", Severity.WARNING),
        ("logs and metrics", "iam.logs-permissions", Severity.WARNING),
    ],
)
def test_what_is_lacking_is_named_and_what_is_printed_gives_it(name: str, cause: str, severity: Severity) -> None:
    verdict = judge(of(), ECR, OBJECT, EMPTY)[name]
    after = judge(of(*printed(verdict)), ECR, OBJECT, EMPTY)[name]

    assert verdict.cause
    assert (verdict.cause.id, verdict.severity) == (cause, severity)
    assert after.status is Status.PASS


def test_a_prefix_is_listed_too() -> None:
    rows = printed(judge(of(), data=PREFIX, bucket=EMPTY)["s3://data/m/"])

    assert [(row["Action"], row["Resource"]) for row in rows] == [
        (["s3:GetObject"], "arn:aws:s3:::data/m/*"),
        (["s3:ListBucket"], "arn:aws:s3:::data"),
    ]


def test_two_containers_models_do_not_share_a_policys_name() -> None:
    one, other = (
        judge(of(), data=data, bucket=EMPTY)[f"s3://data/{data.key}"] for data in (OBJECT, replace(OBJECT, key="b"))
    )

    assert one.fix
    assert other.fix
    assert shlex.split(one.fix.commands[0])[6] != shlex.split(other.fix.commands[0])[6]


@pytest.mark.parametrize(
    ("bucket", "status"),
    [
        (
            BucketPolicy("data", text({**ALL, "Principal": {"AWS": ARN}, "Resource": "arn:aws:s3:::data/*"})),
            Status.PASS,
        ),
        (BucketPolicy("data", text({**ALL, "Principal": {"AWS": f"{ARN}-b"}})), Status.FAIL),
        (UNREAD, Status.UNKNOWN),
    ],
)
def test_the_buckets_own_policy_may_allow_it(bucket: Any, status: Status) -> None:
    assert judge(of(), data=OBJECT, bucket=bucket)["s3://data/m/model.tar.gz"].status is status


def test_a_deny_is_no_matter_of_what_else_may_allow() -> None:
    verdict = judge(of(ALL, {**ALL, "Effect": "Deny", "Action": "s3:*"}), data=OBJECT, bucket=UNREAD)

    assert verdict["s3://data/m/model.tar.gz"].status is Status.FAIL


def test_a_denied_bucket_is_told_with_no_command() -> None:
    denies = BucketPolicy("data", text({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}))
    verdict = judge(of(ALL), data=OBJECT, bucket=denies)["s3://data/m/model.tar.gz"]

    assert "the policy of bucket data denies it" in verdict.because
    assert verdict.fix
    assert not verdict.fix.commands


def test_logs_of_other_names_may_be_the_endpoints_own() -> None:
    group = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/sagemaker/Endpoints/mine*"
    metrics = {**ALL, "Action": "cloudwatch:PutMetricData"}

    assert (
        judge(of(metrics, {**ALL, "Action": "logs:*", "Resource": group}))["logs and metrics"].status is Status.UNKNOWN
    )


def test_a_policy_that_could_not_be_read_leaves_it_open() -> None:
    policies = RolePolicies(PolicySet((), (Unavailable("iam:GetRolePolicy was denied"),)), None)

    assert {verdict.status for verdict in judge(policies).values()} == {Status.UNKNOWN}


def invoke(*resources: str, **fields: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": list(resources), **fields}


def narrow(policies: RolePolicies, target: Target = TARGET) -> Verdict:
    [verdict] = invokes_no_other(ROLE, PROVIDER, policies, target)
    return verdict


@pytest.mark.parametrize("resource", [FUNCTION, f"{FUNCTION}*", f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:cre*"])
def test_a_statement_that_names_the_function_passes(resource: str) -> None:
    assert narrow(of(invoke(resource))).status is Status.PASS


@pytest.mark.parametrize(
    "resource",
    ["*", "arn:aws:lambda:*:*:function:*creds*", f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:*", "arn:aws:lambda:*"],
)
def test_a_wildcard_is_replaced_in_the_same_policy(resource: str) -> None:
    verdict = narrow(of({**ALL, "Action": "s3:GetObject"}, invoke(resource)))

    assert verdict.severity is Severity.WARNING
    assert verdict.cause
    assert verdict.cause.id == "iam.over-broad-invoke"
    assert printed(verdict) == [{**ALL, "Action": "s3:GetObject"}, invoke(FUNCTION)]
    assert narrow(of(*printed(verdict))).status is Status.PASS


def test_every_function_of_the_run_stays_allowed() -> None:
    other = f"{FUNCTION}-two"
    both = replace(MODEL, containers=(*MODEL.containers, replace(MODEL.containers[0], provider_arn=other)))
    rows: Sequence[Any] = printed(narrow(of(invoke("*")), replace(TARGET, models=(both,))))

    assert rows[0]["Resource"] == [FUNCTION, other]


@pytest.mark.parametrize("policies", [of(ALL), of(invoke("*"), kind=PolicyKind.MANAGED)])
def test_what_serves_others_too_is_left_alone(policies: RolePolicies) -> None:
    verdict = narrow(policies)

    assert verdict.status is Status.FAIL
    assert verdict.fix
    assert not verdict.fix.commands


def test_a_role_without_the_permission_is_another_checks_business() -> None:
    assert narrow(of()).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("other", "status"), [(None, Status.NOT_APPLICABLE), (ARN, Status.PASS), (f"{ARN}-two", Status.FAIL)]
)
def test_a_configuration_with_another_role_is_a_warning(other: str | None, status: Status) -> None:
    asked = ExecutionRole(ARN, "aws", ACCOUNT, "Execution", "/")
    [verdict] = names_one_role(asked, replace(TARGET, kind=TargetKind.ENDPOINT_CONFIG, config_role_arn=other))

    assert verdict.status is status
    if status is Status.FAIL:
        assert verdict.severity is Severity.WARNING
        assert f"{ARN}-two" in verdict.because


KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234"
DELEGATES = {
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    "Action": "kms:*",
    "Resource": "*",
}
NAMES_THE_ROLE = {**DELEGATES, "Principal": {"AWS": ROLE.arn}}
GRANTS = {"Effect": "Allow", "Action": "kms:CreateGrant", "Resource": KEY}


@pytest.mark.parametrize(
    ("own", "policy", "status"),
    [
        (GRANTS, text(DELEGATES), Status.PASS),
        (GRANTS, text({**NAMES_THE_ROLE, "Principal": {"AWS": "arn:aws:iam::999999999999:root"}}), Status.FAIL),
        ({**GRANTS, "Action": "s3:*"}, text(DELEGATES), Status.FAIL),
        ({**GRANTS, "Action": "s3:*"}, text(NAMES_THE_ROLE), Status.PASS),
        (GRANTS, Unavailable("kms:GetKeyPolicy was denied"), Status.UNKNOWN),
    ],
    ids=["the account decides", "the key lets nobody in", "the role lacks it", "the key names the role", "unread"],
)
def test_the_key_of_the_volumes(own: dict[str, Any], policy: str | Unavailable, status: Status) -> None:
    verdict = judge(of(own), key=VolumeKey(KEY, "Enabled", policy))["volume key"]

    assert verdict.status is status
    assert (verdict.cause.id if verdict.cause else None) == (None if status is Status.PASS else "iam.kms-volume-key")


def test_the_grant_on_the_key_is_printed_where_it_is_enough() -> None:
    verdict = judge(of({**GRANTS, "Action": "s3:*"}), key=VolumeKey(KEY, "Enabled", text(DELEGATES)))["volume key"]
    closed = judge(of(GRANTS), key=VolumeKey(KEY, "Enabled", text()))["volume key"]

    assert printed(verdict) == [{**GRANTS, "Action": ["kms:CreateGrant"]}]
    assert closed.fix
    assert not closed.fix.commands
    assert "the key's policy must let the role or the account in" in closed.fix.summary


def test_a_key_that_could_not_be_read_is_unknown() -> None:
    assert judge(of(ALL), key=Unavailable("kms:DescribeKey was denied"))["volume key"].status is Status.UNKNOWN


def test_a_disabled_key_is_enabled() -> None:
    key = VolumeKey(KEY, "Disabled", text(DELEGATES))
    disabled, *_ = may_do_the_rest(ROLE, of(ALL), MODEL, NONE, EMPTY, key)

    assert disabled.because == f"{KEY} is in state Disabled"
    assert disabled.fix
    assert disabled.fix.commands == ("aws kms enable-key --key-id 1234",)

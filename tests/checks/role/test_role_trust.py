"""role.exists, role.trust and role.network-interfaces."""

import json
import shlex
from dataclasses import replace

import pytest

from pullcheck.evidence.placement import ExecutionRole, Placement
from pullcheck.evidence.role import PolicyDocument, PolicyKind, PolicySet, Role, RoleLookup, RolePolicies
from pullcheck.evidence.vpc import ModelSubnet, ModelSubnets
from pullcheck.missing import Unavailable
from pullcheck.verdict import Status, Verdict
from pullcheck_checks.role.exists import role_exists
from pullcheck_checks.role.interfaces import CHANGES, CREATE, LISTS, may_make_interfaces
from pullcheck_checks.role.trust import trusts_sagemaker

ACCOUNT = "123456789012"
ARN = f"arn:aws:iam::{ACCOUNT}:role/Model"
ASKED = ExecutionRole(ARN, "aws", ACCOUNT, "Model", "/")
SOURCE_ARN = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:*"


def trust(*rows: dict[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(rows)})


def row(**fields: object) -> dict[str, object]:
    principal = {"Service": "sagemaker.amazonaws.com"}
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **fields}


ROLE = Role(ARN, "Model", "/", "AROAEXAMPLE", ACCOUNT, "aws", None, trust(row()), region="us-east-1")


def test_a_role_that_is_there_passes() -> None:
    [verdict] = role_exists(ASKED, RoleLookup(ARN, ROLE))

    assert verdict.status is Status.PASS
    assert "AROAEXAMPLE" in verdict.because


def test_a_role_that_is_gone_fails() -> None:
    [verdict] = role_exists(ASKED, RoleLookup(ARN, None))

    assert verdict.cause
    assert verdict.cause.id == "iam.role-deleted"
    assert verdict.fix


def test_a_role_with_another_path_fails_and_says_the_arn() -> None:
    found = replace(ROLE, arn=f"arn:aws:iam::{ACCOUNT}:role/service-role/Model", path="/service-role/")

    [verdict] = role_exists(ASKED, RoleLookup(ARN, found))

    assert verdict.cause
    assert verdict.cause.id == "iam.role-path"
    assert verdict.fix
    assert found.arn in verdict.fix.summary


def judged(*rows: dict[str, object]) -> Verdict:
    [verdict] = trusts_sagemaker(replace(ROLE, trust_policy=trust(*rows)))
    return verdict


def when(operator: str, key: str, value: str) -> dict[str, object]:
    return {"Condition": {operator: {key: value}}}


@pytest.mark.parametrize(
    ("rows", "status", "cause"),
    [
        ([row()], Status.PASS, None),
        ([row(Action=["sts:AssumeRole", "sts:TagSession"])], Status.PASS, None),
        ([row(**when("StringEquals", "aws:SourceAccount", ACCOUNT))], Status.PASS, None),
        ([row(**when("ArnLike", "aws:SourceArn", SOURCE_ARN))], Status.PASS, None),
        ([row(**when("ArnLike", "aws:SourceArn", f"arn:aws:sagemaker:*:{ACCOUNT}:*"))], Status.PASS, None),
        (
            [row(**when("ArnLike", "aws:SourceArn", f"{SOURCE_ARN[:-1]}endpoint/*"))],
            Status.FAIL,
            "iam.trust-conditions",
        ),
        ([row(**when("ArnLike", "aws:SourceArn", f"{SOURCE_ARN[:-1]}model/*"))], Status.FAIL, "iam.trust-conditions"),
        ([row(**when("StringEquals", "sts:ExternalId", "x"))], Status.FAIL, "iam.trust-conditions"),
        ([row(**when("Bool", "aws:MultiFactorAuthPresent", "true"))], Status.FAIL, "iam.trust-conditions"),
        ([row(**when("StringEquals", "aws:SourceVpce", "vpce-1"))], Status.FAIL, "iam.trust-conditions"),
        ([row(**when("StringEquals", "aws:SourceAccount", "999999999999"))], Status.FAIL, "iam.trust-conditions"),
        (
            [row(), row(Effect="Deny", Principal="*", **when("StringNotEquals", "aws:PrincipalOrgID", "o-1"))],
            Status.FAIL,
            "iam.trust-conditions",
        ),
        (
            [
                row(),
                row(Effect="Deny", Principal={"AWS": "*"}, **when("StringNotEquals", "aws:PrincipalOrgID", "o-1")),
            ],
            Status.UNKNOWN,
            None,
        ),
        (
            [
                row(),
                row(
                    Effect="Deny",
                    Principal={"Service": "sagemaker.amazonaws.com"},
                    **when("StringNotEquals", "aws:PrincipalOrgID", "o-1"),
                ),
            ],
            Status.FAIL,
            "iam.trust-conditions",
        ),
        (
            [
                row(),
                row(
                    Effect="Deny",
                    Principal="*",
                    Condition={
                        "StringNotEquals": {"aws:PrincipalOrgID": "o-1"},
                        "Bool": {"aws:PrincipalIsAWSService": "false"},
                    },
                ),
            ],
            Status.PASS,
            None,
        ),
        ([row(Principal={"Service": "ec2.amazonaws.com"})], Status.FAIL, "iam.trust-missing-sagemaker"),
        ([row(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})], Status.FAIL, "iam.trust-missing-sagemaker"),
        ([row(Action="sts:AssumeRoleWithWebIdentity")], Status.FAIL, "iam.trust-missing-sagemaker"),
        ([row(**when("StringEquals", "aws:SourceOrgID", "o-1"))], Status.UNKNOWN, None),
    ],
)
def test_the_trust_policy(rows: list[dict[str, object]], status: Status, cause: str | None) -> None:
    verdict = judged(*rows)

    assert verdict.status is status
    assert (verdict.cause.id if verdict.cause else None) == cause


def test_the_fix_of_the_trust_policy_mends_it_and_keeps_what_is_there() -> None:
    old = row(Principal={"Service": "ec2.amazonaws.com"})

    verdict = judged(old)

    assert verdict.fix
    words = shlex.split(verdict.fix.commands[0])
    statements = json.loads(words[words.index("--policy-document") + 1])["Statement"]
    assert words[:3] == ["aws", "iam", "update-assume-role-policy"]
    assert statements[0] == old
    assert judged(*statements).status is Status.PASS


PLACEMENT = Placement(("subnet-1", "subnet-2"), ("sg-1",))
SUBNETS = ModelSubnets(
    (
        ModelSubnet("subnet-1", "vpc-1", "10.0.1.0/24", "us-east-1a", "use1-az1", "available", ACCOUNT, 9),
        ModelSubnet("subnet-2", "vpc-1", "10.0.2.0/24", "us-east-1b", "use1-az2", "available", "999999999999", 9),
    )
)
INTERFACE = "arn:aws:ec2:*:*:network-interface/*"
GROUP = "arn:aws:ec2:*:*:security-group/*"
EVERYTHING: dict[str, object] = {"Effect": "Allow", "Action": [*LISTS, CREATE, *CHANGES], "Resource": "*"}


def policies(*rows: dict[str, object], boundary: tuple[dict[str, object], ...] = ()) -> RolePolicies:
    bounds = PolicyDocument(PolicyKind.BOUNDARY, "B", f"arn:aws:iam::{ACCOUNT}:policy/B", trust(*boundary))
    own = PolicyDocument(PolicyKind.INLINE, "P", None, trust(*rows))
    return RolePolicies(PolicySet((own,) if rows else ()), PolicySet((bounds,)) if boundary else None)


def interfaces(found: RolePolicies) -> Verdict:
    [verdict] = may_make_interfaces(ROLE, found, PLACEMENT, SUBNETS)
    return verdict


def test_all_nine_actions_pass() -> None:
    verdict = interfaces(policies(EVERYTHING))

    assert verdict.status is Status.PASS
    assert all(action in verdict.because for action in (*LISTS, CREATE, *CHANGES))


@pytest.mark.parametrize("missing", [*LISTS, CREATE, *CHANGES])
def test_a_missing_action_fails_and_the_fix_mends_it(missing: str) -> None:
    some = [action for action in (*LISTS, CREATE, *CHANGES) if action != missing]

    verdict = interfaces(policies({**EVERYTHING, "Action": some}))

    assert verdict.cause
    assert verdict.cause.id == "iam.eni-permissions"
    assert missing in verdict.because
    assert verdict.fix
    words = shlex.split(verdict.fix.commands[0])
    rows = json.loads(words[words.index("--policy-document") + 1])["Statement"]
    assert interfaces(policies(*rows)).status is Status.PASS


@pytest.mark.parametrize(
    ("resource", "status"),
    [
        ("arn:aws:ec2:*:*:*", Status.PASS),
        ([INTERFACE, "arn:aws:ec2:*:*:subnet/*", GROUP], Status.PASS),
        (INTERFACE, Status.FAIL),
        ([INTERFACE, "arn:aws:ec2:*:*:subnet/subnet-1", GROUP], Status.FAIL),
        (f"arn:aws:ec2:*:{ACCOUNT}:*", Status.FAIL),
    ],
)
def test_creating_needs_interface_subnet_and_group(resource: object, status: Status) -> None:
    others = [*LISTS, *CHANGES]

    verdict = interfaces(
        policies({**EVERYTHING, "Action": others}, {**EVERYTHING, "Action": CREATE, "Resource": resource})
    )

    assert verdict.status is status
    assert (verdict.cause.id if verdict.cause else None) == (None if status is Status.PASS else "iam.eni-conditions")


def test_a_condition_on_an_unknown_key_leaves_it_open() -> None:
    verdict = interfaces(policies({**EVERYTHING, "Condition": {"ArnEquals": {"ec2:Vpc": "arn:aws:ec2:*:*:vpc/vpc-1"}}}))

    assert verdict.status is Status.UNKNOWN
    assert "ec2:Vpc" in verdict.because


def test_a_boundary_or_a_deny_cannot_be_mended_by_an_allow() -> None:
    bounded = interfaces(policies(EVERYTHING, boundary=({**EVERYTHING, "Action": "s3:*"},)))
    denied = interfaces(policies(EVERYTHING, {"Effect": "Deny", "Action": "ec2:Delete*", "Resource": "*"}))

    for verdict in (bounded, denied):
        assert verdict.status is Status.FAIL
        assert verdict.fix
        assert not verdict.fix.commands
    assert "statement 2 of inline policy P denies it" in denied.because


def test_a_policy_that_was_not_read_leaves_the_interfaces_open() -> None:
    unread = RolePolicies(PolicySet((), (Unavailable("iam:GetRolePolicy was denied"),)), None)

    assert interfaces(unread).status is Status.UNKNOWN


def test_a_trust_policy_that_cannot_be_understood_is_unknown() -> None:
    [verdict] = trusts_sagemaker(replace(ROLE, trust_policy="{"))

    assert verdict.status is Status.UNKNOWN
    assert "the trust policy" in verdict.because


def test_a_source_arn_condition_needs_the_region() -> None:
    narrowed = trust(row(**when("ArnLike", "aws:SourceArn", SOURCE_ARN)))

    [verdict] = trusts_sagemaker(replace(ROLE, trust_policy=narrowed, region=None))

    assert verdict.status is Status.UNKNOWN


def test_a_resource_condition_on_the_region_is_known() -> None:
    elsewhere = {**EVERYTHING, "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}}

    [verdict] = may_make_interfaces(ROLE, policies(elsewhere), PLACEMENT, SUBNETS)
    [other] = may_make_interfaces(replace(ROLE, region="eu-west-1"), policies(elsewhere), PLACEMENT, SUBNETS)

    assert verdict.status is Status.FAIL
    assert other.status is Status.PASS

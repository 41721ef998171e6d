"""Whatever AWS answers in the place of an answer: no traceback, no false alarm, and never a pass that was not seen."""

import json

import pytest
from laboratory import Lab, Run

CALLS = (
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeNatGateways",
    "ec2:DescribeNetworkAcls",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcAttribute",
    "ec2:DescribeVpcEndpoints",
    "ec2:DescribeVpcs",
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListRolePolicies",
    "iam:SimulatePrincipalPolicy",
    "lambda:GetFunctionConcurrency",
    "lambda:GetFunctionConfiguration",
    "lambda:GetPolicy",
    "lambda:Invoke",
    "organizations:DescribeOrganization",
    "route53:ListHostedZonesByVPC",
    "route53:ListResourceRecordSets",
    "route53resolver:ListResolverRuleAssociations",
    "sts:GetCallerIdentity",
)
NOT_MISSED = {
    "ec2:DescribeInternetGateways",
    "ec2:DescribeNatGateways",
    "iam:SimulatePrincipalPolicy",
    "lambda:GetPolicy",
    "organizations:DescribeOrganization",
    "sts:GetCallerIdentity",
}
"""What this set-up's verdict does not rest on: no path leaves the VPC, and other evidence says the same."""


def action_of(call: str) -> str:
    return "lambda:InvokeFunction" if call == "lambda:Invoke" else call


def holds(run: Run, call: str) -> None:
    assert run.report["counts"]["fail"] == 0, [one for one in run.report["findings"] if one["status"] == "fail"]
    assert not run.errors
    unknown = [one["because"] for one in run.report["findings"] if one["status"] == "unknown"]
    if call in NOT_MISSED:
        assert run.status in (0, 3)
    else:
        assert run.status == 3
        assert any(action_of(call) in because for because in unknown), unknown


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("fault", ["deny", "fail_with_html"])
def test_a_call_that_fails_is_unknown_by_name(lab: Lab, fault: str, call: str) -> None:
    getattr(lab.cloud, fault)(call)

    holds(lab.check(*lab.live), call)


@pytest.mark.parametrize("call", ["ec2:DescribeSubnets", "iam:GetRole", "lambda:GetFunctionConfiguration"])
def test_throttling_is_unknown_by_name(lab: Lab, call: str) -> None:
    lab.cloud.throttle(call)

    holds(lab.check(*lab.live), call)


@pytest.mark.parametrize("call", ["ec2:DescribeRouteTables", "lambda:Invoke"])
def test_a_hang_is_over_in_time_and_unknown_by_name(lab: Lab, call: str) -> None:
    lab.cloud.hang(call)

    holds(lab.check(*lab.live, "--timeout", "0.5"), call)


def test_everything_denied_is_everything_unknown(lab: Lab) -> None:
    lab.cloud.deny(*CALLS)
    run = lab.check("--vantage", "none")
    passed = {one["check"] for one in run.report["findings"] if one["status"] == "pass"}

    assert {check.partition(".")[0] for check in passed - {"quota.model-name"}} == {"target"}
    assert run.status == 3
    assert not run.errors


def test_an_api_that_is_not_there_is_unknown(lab: Lab) -> None:
    run = lab.subprocess(
        "check", lab.target, "--format", "json", "--vantage", "none", AWS_ENDPOINT_URL="http://127.0.0.1:9"
    )

    assert run.status == 3
    assert run.report["counts"]["fail"] == 0
    assert run.errors == ""


def test_without_credentials_everything_of_aws_is_unknown_and_says_so(lab: Lab) -> None:
    run = lab.subprocess(
        "check", lab.target, "--format", "json", "--vantage", "none", AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY=""
    )
    unknown = [one["because"] for one in run.report["findings"] if one["status"] == "unknown"]

    assert run.status == 3
    assert any("give AWS credentials" in because for because in unknown)
    assert lab.cloud.calls == []


def test_a_live_target_that_may_not_be_read_is_unknown(lab: Lab) -> None:
    lab.client("sagemaker").create_model(**lab.world.request)
    lab.cloud.deny("sagemaker:DescribeModel")
    lab.request = "model/vpc-model"
    run = lab.check("--vantage", "none")

    assert run.status == 3
    assert {one["status"] for one in run.report["findings"]} <= {"unknown", "not-applicable"}
    assert "sagemaker:DescribeModel" in json.dumps(run.report)

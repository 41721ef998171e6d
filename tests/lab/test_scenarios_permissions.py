"""What the organisation, the deployer and hosting's other needs ask for, and fixes that must not undo each other."""

from typing import Any

import pytest
from breaking import Break, both, boundary
from laboratory import Lab, Scenario, prove
from permissions import (
    EVERYTHING,
    bucket,
    deployer,
    endpoint_for_another_role,
    no_full_access,
    organization,
    policy,
    role_policy,
    two_containers,
)

from pullcheck.demo.identity import INTERFACES, ROLE_ARN

CREATES = {"Effect": "Allow", "Action": "sagemaker:CreateModel", "Resource": "*"}
PASSES = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": ROLE_ARN}
GUARDRAIL = {
    "Effect": "Deny",
    "Action": "sagemaker:CreateModel",
    "Resource": "*",
    "Condition": {"ForAnyValue:StringNotEquals": {"sagemaker:VpcSubnets": ["subnet-approved"]}},
}
NETWORK: dict[str, Any]
LOGS: dict[str, Any]
NETWORK, LOGS = INTERFACES["Statement"]  # type: ignore[assignment]


def on_ecr(lab: Lab) -> None:
    """A second container, from ECR."""
    first = lab.request.pop("PrimaryContainer")
    lab.request["Containers"] = [first, {"Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/helper:v1"}]


def without_listing_endpoints(lab: Lab) -> None:
    kept = [one for one in NETWORK["Action"] if one != "ec2:DescribeVpcEndpoints"]
    role_policy("network-interfaces", {**NETWORK, "Action": kept}, LOGS)(lab)


def two_roles(lab: Lab) -> None:
    """An endpoint configuration that names another role than its model."""
    variant = {"VariantName": "all", "ModelName": lab.request["ModelName"], "InstanceType": "ml.m5.xlarge"}
    sagemaker = lab.client("sagemaker")
    sagemaker.create_model(**lab.request)
    sagemaker.create_endpoint_config(
        EndpointConfigName="two-roles", ProductionVariants=[{**variant, "InitialInstanceCount": 1}]
    )
    lab.cloud.amend("sagemaker:DescribeEndpointConfig", ExecutionRoleArn=f"{ROLE_ARN}-other")
    lab.request = "endpoint-config/two-roles"


def a_key_of_the_volumes(*, enabled: bool) -> Break:
    """The request encrypts its volumes with a key that lets the account decide; the role's policies do not."""

    def apply(lab: Lab) -> None:
        kms = lab.client("kms")
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        if not enabled:
            kms.disable_key(KeyId=key)
            role_policy("volumes", {"Effect": "Allow", "Action": "kms:CreateGrant", "Resource": "*"})(lab)
        lab.request["KmsKeyId"] = key

    return apply


SCENARIOS = (
    Scenario("iam.kms-volume-key", a_key_of_the_volumes(enabled=True)),
    Scenario("iam.kms-volume-key", a_key_of_the_volumes(enabled=False), label="disabled"),
    Scenario("iam.endpointconfig-role-vs-model-role", two_roles, heals=False),
    Scenario("iam.scp", organization(), heals=False),
    Scenario("iam.scp", both(organization(Action="s3:*"), no_full_access), heals=False, label="level-without-allow"),
    Scenario("iam.passrole", deployer(CREATES)),
    Scenario("iam.passrole", deployer(CREATES, PASSES | {"Effect": "Deny"}), heals=False, label="denied"),
    Scenario("iam.scp-sagemaker-vpc-keys", deployer(CREATES, PASSES, GUARDRAIL), heals=False),
    Scenario("iam.describe-vpc-endpoints", without_listing_endpoints),
    Scenario("iam.logs-permissions", role_policy("network-interfaces", NETWORK)),
    Scenario("iam.s3-model-data", bucket),
    Scenario("iam.ecr-still-needed", on_ecr, status="fail"),
    Scenario(
        "iam.over-broad-invoke",
        role_policy(
            "invoke-credentials", EVERYTHING | {"Action": "lambda:InvokeFunction", "Resource": "arn:aws:lambda:*:*:*"}
        ),
    ),
    Scenario("vpce.policy-denies", both(two_containers, endpoint_for_another_role), label="two-functions"),
    Scenario("iam.permissions-boundary", both(two_containers, boundary(("ec2:*",))), label="two-functions"),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.id)
def test_the_report_names_what_is_not_allowed(lab: Lab, scenario: Scenario) -> None:
    prove(lab, scenario)


def test_the_deciding_statement_and_its_level_are_named(lab: Lab) -> None:
    organization(Sid="NoLambda")(lab)
    [found] = lab.check("--vantage", "none").findings("role.invoke-function")

    assert 'statement "NoLambda" of service control policy guardrail of account 123456789012' in found["because"]
    assert "administrators" in found["fix"]["summary"]


def test_an_organisation_whose_policies_allow_the_call_passes(lab: Lab) -> None:
    organization(Action="s3:DeleteBucket")(lab)
    [found] = lab.check("--vantage", "none").findings("role.invoke-function")

    assert found["status"] == "pass"
    assert "levels of the organisation were read" in found["because"]


def test_an_organisation_that_shows_nothing_leaves_it_to_the_simulator(lab: Lab) -> None:
    organization()(lab)
    lab.cloud.deny("organizations:ListParents", "iam:SimulatePrincipalPolicy")
    [found] = lab.check("--vantage", "none").findings("role.invoke-function")

    assert found["status"] == "unknown"
    assert "not readable here: organizations:ListParents was denied" in found["because"]


def test_who_only_looks_is_not_told_to_pass_roles(lab: Lab) -> None:
    [found] = lab.check("--vantage", "none").findings("role.passed-to-sagemaker")

    assert found["status"] == "not-applicable"
    assert "somebody else deploys" in found["because"]


def test_one_command_mends_the_endpoint_for_both_functions(lab: Lab) -> None:
    both(two_containers, endpoint_for_another_role)(lab)
    found = lab.check("--vantage", "none").findings("endpoint.policy")
    commands = {command for one in found for command in one["fix"]["commands"]}

    assert len(found) == 2
    assert len(commands) == 1


def test_the_model_data_may_be_allowed_by_the_bucket(lab: Lab) -> None:
    bucket(lab)
    lab.client("s3").put_bucket_policy(
        Bucket="model-data",
        Policy=policy(EVERYTHING | {"Principal": {"AWS": ROLE_ARN}, "Resource": "arn:aws:s3:::model-data/*"}),
    )
    found = lab.check("--vantage", "none").findings("role.hosting-permissions")

    assert {one["status"] for one in found} == {"pass"}

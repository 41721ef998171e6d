"""A role that SageMaker cannot assume, or that may not do what the pull needs."""

import pytest
from breaking import Break, attach_aws_policy, both, boundary, invoke_policy, no_role_policy, provider, request, trust
from laboratory import Lab, Scenario, prove

from pullcheck.demo.account import ACCOUNT
from pullcheck.demo.identity import FUNCTION_ARN, ROLE, ROLE_ARN

NETWORK_ACTIONS = ("ec2:*", "lambda:GetFunction")


def renamed_function(name: str) -> Break:
    """A function of another name, which the model names."""

    def apply(lab: Lab) -> None:
        function = lab.client("lambda").get_function_configuration(FunctionName="sagemaker-registry-credentials")
        made = lab.client("lambda").create_function(
            FunctionName=name,
            Runtime=function["Runtime"],
            Role=function["Role"],
            Handler=function["Handler"],
            Code={"ZipFile": b"none"},
            Timeout=15,
        )
        provider(made["FunctionArn"])(lab)

    return apply


def deleted(lab: Lab) -> None:
    iam = lab.client("iam")
    for name in ("invoke-credentials", "network-interfaces"):
        iam.delete_role_policy(RoleName=ROLE, PolicyName=name)
    iam.delete_role(RoleName=ROLE)


DENY = {"Effect": "Deny", "Action": "lambda:*", "Resource": "*"}


def granted_to_the_service(lab: Lab) -> None:
    """The function's own policy lets SageMaker's service in, which is not who calls."""
    no_role_policy("invoke-credentials")(lab)
    lab.client("lambda").add_permission(
        FunctionName="sagemaker-registry-credentials",
        StatementId="sagemaker",
        Action="lambda:InvokeFunction",
        Principal="sagemaker.amazonaws.com",
    )


SCENARIOS = (
    Scenario("lam.wrong-principal-granted", granted_to_the_service),
    Scenario("iam.no-invoke-permission", no_role_policy("invoke-credentials")),
    Scenario("iam.no-invoke-permission", invoke_policy(Resource=f"{FUNCTION_ARN}-other"), label="resource"),
    Scenario(
        "iam.managed-policy-name-rule",
        both(
            no_role_policy("invoke-credentials"),
            attach_aws_policy("AmazonSageMakerFullAccess"),
            renamed_function("registry-credentials"),
        ),
    ),
    Scenario(
        "iam.managed-policy-case",
        both(
            no_role_policy("invoke-credentials"),
            attach_aws_policy("AmazonSageMakerFullAccess"),
            renamed_function("SAGEMAKER-registry-credentials"),
        ),
    ),
    Scenario("iam.wrong-action-name", invoke_policy(Action="lambda:Invoke")),
    Scenario("iam.qualified-arn", invoke_policy(Resource=f"{FUNCTION_ARN}:*")),
    Scenario(
        "iam.partition-or-region-in-policy", invoke_policy(Resource=FUNCTION_ARN.replace("us-east-1", "eu-west-1"))
    ),
    Scenario("iam.explicit-deny", invoke_policy(DENY), heals=False),
    Scenario("iam.permissions-boundary", boundary(NETWORK_ACTIONS)),
    Scenario(
        "iam.network-conditions",
        invoke_policy(Condition={"StringEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}),
    ),
    Scenario("iam.trust-missing-sagemaker", trust(Principal={"Service": "ec2.amazonaws.com"})),
    Scenario("iam.trust-conditions", trust(Condition={"StringEquals": {"sts:ExternalId": "secret"}})),
    Scenario(
        "iam.trust-conditions",
        trust(Condition={"StringEquals": {"aws:SourceAccount": "999999999999"}}),
        label="account",
    ),
    Scenario(
        "iam.role-path", request(ExecutionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/service-role/{ROLE}"), heals=False
    ),
    Scenario("iam.role-deleted", deleted, heals=False),
    Scenario("iam.role-deleted", request(ExecutionRoleArn=f"{ROLE_ARN}-gone"), heals=False, label="misspelt"),
    Scenario("iam.eni-permissions", no_role_policy("network-interfaces")),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.id)
def test_the_report_names_what_the_role_may_not(lab: Lab, scenario: Scenario) -> None:
    prove(lab, scenario)

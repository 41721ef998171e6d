"""A credentials function that shares, expires, serves somebody else, or cannot reach its own secret."""

import json
from base64 import urlsafe_b64encode
from time import time
from typing import Any

import pytest
from breaking import Break, both, configuration, configure, provider, returns
from laboratory import Lab, Scenario, prove

from pullcheck.demo.identity import FUNCTION, FUNCTION_ARN
from pullcheck.demo.registry import USERNAME

SECRET = {"SECRET_ARN": "arn:aws:secretsmanager:us-east-1:123456789012:secret:registry"}


def variables(**values: str) -> Break:
    return configure(Environment={"Variables": values})


def in_the_models_subnets(lab: Lab) -> None:
    configure(VpcConfig={"SubnetIds": list(lab.world.subnets), "SecurityGroupIds": [lab.world.model_group]})(lab)


def in_public_subnets(lab: Lab) -> None:
    """The function's subnets send what is for the internet to an internet gateway."""
    ec2 = lab.client("ec2")
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=lab.world.vpc)
    ec2.create_route(RouteTableId=lab.world.model_table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    in_the_models_subnets(lab)


def in_a_vpc_of_its_own(lab: Lab) -> None:
    ec2 = lab.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="function", Description="function", VpcId=vpc)["GroupId"]
    configure(VpcConfig={"SubnetIds": [subnet], "SecurityGroupIds": [group]})(lab)


def key(state: str) -> Break:
    """A key of its own for the environment, in this state."""

    def apply(lab: Lab) -> None:
        kms = lab.client("kms")
        made = kms.create_key()["KeyMetadata"]
        if state == "Disabled":
            kms.disable_key(KeyId=made["KeyId"])
        else:
            kms.schedule_key_deletion(KeyId=made["KeyId"], PendingWindowInDays=7)
        configuration(KMSKeyArn=made["Arn"])(lab)

    return apply


def shared_alias(lab: Lab) -> None:
    """An alias that sends a tenth of the calls to a version that is not there any more."""
    client = lab.client("lambda")
    client.publish_version(FunctionName=FUNCTION)
    client.create_alias(FunctionName=FUNCTION, Name="live", FunctionVersion="1")
    weights = {"RoutingConfig": {"AdditionalVersionWeights": {"7": 0.1}}}
    lab.cloud.amend("lambda:GetAlias", **weights)
    lab.cloud.answer("lambda:UpdateAlias", lambda _call: lab.cloud.amend("lambda:GetAlias"))
    provider(f"{FUNCTION_ARN}:live")(lab)


def reserved(lab: Lab) -> None:
    lab.client("lambda").put_function_concurrency(FunctionName=FUNCTION, ReservedConcurrentExecutions=1)
    _four_instances(lab)


def _four_instances(lab: Lab) -> None:
    lab.request["ProductionVariants"] = [
        {
            "VariantName": "all",
            "ModelName": "vpc-model",
            "InitialInstanceCount": 4,
            "InstanceType": "ml.m5.xlarge",
        }
    ]


def token(left: int, lifetime: int) -> dict[str, Any]:
    """Credentials whose password is a JSON Web Token."""
    expires = int(time()) + left
    parts = ({"alg": "none"}, {"exp": expires, "iat": expires - lifetime})
    encoded = [urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts]
    return {"Credentials": {"Username": USERNAME, "Password": ".".join([*encoded, "c2lnbmF0dXJl"])}}


SCENARIOS = (
    Scenario("lam.vpc-no-egress", both(variables(**SECRET), in_the_models_subnets)),
    Scenario("lam.vpc-no-egress", in_the_models_subnets, status="unknown", label="assumed"),
    Scenario("lam.vpc-public-subnet", both(variables(**SECRET), in_public_subnets)),
    Scenario("lam.needs-vpc-but-has-none", variables(VAULT_ADDR="https://10.0.10.30:8200"), heals=False),
    Scenario(
        "lam.needs-vpc-but-has-none", variables(VAULT_ADDR="https://vault.example.com"), heals=False, label="by-name"
    ),
    Scenario("lam.serves-other-registry", variables(REGISTRY_HOST="registry.other.example"), heals=False),
    Scenario("lam.concurrency-exhausted", reserved),
    Scenario("lam.kms-env-key", key("Disabled"), label="disabled"),
    Scenario("lam.kms-env-key", key("PendingDeletion"), label="pending-deletion"),
    Scenario("lam.state-not-active", shared_alias, label="weighted-alias"),
    Scenario("lam.expired-static-credentials", returns(token(-60, 43200)), heals=False, live=True),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.id)
def test_the_report_names_what_is_wrong_around_the_function(lab: Lab, scenario: Scenario) -> None:
    prove(lab, scenario)


def test_a_vpc_of_its_own_is_read_and_its_names_are_not_guessed(lab: Lab) -> None:
    both(variables(**SECRET), in_a_vpc_of_its_own)(lab)
    [found] = lab.check("--vantage", "none").findings("function.reaches-its-secret")

    assert found["status"] == "unknown"
    assert "the zones of vpc-" in found["because"]


def test_a_token_with_little_left_is_a_warning(lab: Lab) -> None:
    returns(token(60, 43200))(lab)
    [found] = lab.check(*lab.live).findings("function.returns-credentials")

    assert (found["cause"], found["severity"]) == ("lam.expired-static-credentials", "warning")
    assert "eyJ" not in json.dumps(found)


def test_nothing_more_is_asked_where_nothing_calls_for_it(lab: Lab) -> None:
    lab.check("--vantage", "none")

    assert not {"lambda:GetAlias", "kms:DescribeKey", "s3:GetBucketPolicy"} & set(lab.cloud.calls)
    assert not any(name.startswith("organizations:List") for name in lab.cloud.calls)

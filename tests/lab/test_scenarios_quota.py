"""Quotas that keep the endpoint, or a printed fix, from being made."""

import pytest
from breaking import both, delete_endpoint, endpoint, no_egress, no_entry, request, variant
from laboratory import Lab, Scenario, prove
from quotas import policy_of, quotas
from test_scenarios_deployment import deployed

FACTS = "servicequotas:ListServiceQuotas"


def prefix_list_of_five(lab: Lab) -> None:
    """A rule more in the model's group, which AWS counts as five."""
    ec2 = lab.client("ec2")
    made = ec2.create_managed_prefix_list(
        PrefixListName="offices", AddressFamily="IPv4", MaxEntries=5, Entries=[{"Cidr": "192.0.2.0/24"}]
    )
    names = [{"PrefixListId": made["PrefixList"]["PrefixListId"]}]
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "PrefixListIds": names}
    ec2.authorize_security_group_egress(GroupId=lab.world.model_group, IpPermissions=[rule])


def another_endpoint_only(lab: Lab) -> None:
    delete_endpoint(lab)
    lab.client("ec2").create_vpc_endpoint(
        VpcId=lab.world.vpc,
        VpcEndpointType="Interface",
        ServiceName="com.amazonaws.us-east-1.logs",
        SubnetIds=list(lab.world.subnets),
        SecurityGroupIds=[lab.world.endpoint_group],
    )


SCENARIOS = (
    Scenario("quo.instance-type-zero", both(variant(), quotas(L_2F737F8D=0))),
    Scenario("quo.endpoint-totals", both(variant(InitialInstanceCount=3), quotas(L_7A3DF611=2))),
    Scenario("quo.eni-per-region", quotas(L_DF5E4CA3=3)),
    Scenario("quo.sg-rules", both(no_egress(None, "registry_group"), quotas(L_0EA8095F=1))),
    Scenario(
        "quo.sg-rules",
        both(no_egress(None, "registry_group"), prefix_list_of_five, quotas(L_0EA8095F=6)),
        label="prefix-list",
    ),
    Scenario("quo.nacl-rules", both(no_entry("model_acl", 200, 300, egress=True), quotas(L_2AEEBF1A=2))),
    Scenario("quo.interface-endpoints", both(another_endpoint_only, quotas(L_29B6F2EB=1))),
    Scenario("quo.endpoint-policy-size", endpoint(PolicyDocument=policy_of(20_300)), heals=False),
    Scenario("quo.lambda-concurrency", quotas(L_B99A9384=10)),
    Scenario("quo.model-name-reuse", request(ModelName="m" * 64), heals=False),
    Scenario("quo.failure-reason-truncated", deployed("Failed", "x" * 1024), heals=False),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_the_cause_is_found_and_mended(lab: Lab, scenario: Scenario) -> None:
    prove(lab, scenario)


def test_a_quota_with_room_passes_and_what_is_asked_of_aws_is_little(lab: Lab) -> None:
    run = lab.check("--vantage", "none", "--only", "quota")
    found = {one["check"]: one["status"] for one in run.report["findings"]}

    assert set(found.values()) == {"pass", "not-applicable"}
    assert found["quota.endpoint-instances"] == found["quota.interface-endpoints"] == "not-applicable"
    assert lab.cloud.count()[FACTS] == lab.cloud.count()["lambda:GetAccountSettings"] == 1


def test_quotas_that_may_not_be_read_are_missed_by_name(lab: Lab) -> None:
    variant()(lab)
    lab.cloud.deny(FACTS, "lambda:GetAccountSettings")
    run = lab.check("--vantage", "none", "--only", "quota")
    because = {one["check"]: one["because"] for one in run.report["findings"] if one["status"] == "unknown"}

    assert f"{FACTS} was denied" in because["quota.network-interfaces"]
    assert f"{FACTS} was denied" in because["quota.endpoint-instances"]
    assert "lambda:GetAccountSettings was denied" in because["quota.lambda-concurrency"]
    assert run.status == 3


def test_a_type_that_no_quota_names_is_unknown(lab: Lab) -> None:
    variant(InstanceType="ml.z9.huge")(lab)
    run = lab.check("--vantage", "none", "--only", "quota.endpoint-instances")

    assert [one["status"] for one in run.report["findings"]] == ["unknown", "pass"]

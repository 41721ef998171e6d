"""A Lambda endpoint that does not answer for the name, or does not let the call through."""

import pytest
from breaking import delete_endpoint, endpoint, endpoint_object, endpoint_policy, vpc_attribute
from laboratory import Lab, Scenario, prove

from pullcheck.demo.identity import FUNCTION_ARN, ROLE_ARN


def another_service(lab: Lab) -> None:
    delete_endpoint(lab)
    lab.client("ec2").create_vpc_endpoint(
        VpcId=lab.world.vpc,
        VpcEndpointType="Interface",
        ServiceName="com.amazonaws.us-east-1.lambda-fips",
        SubnetIds=list(lab.world.subnets),
        SecurityGroupIds=[lab.world.endpoint_group],
        PrivateDnsEnabled=True,
    )


def one_zone_only(lab: Lab) -> None:
    endpoint(RemoveSubnetIds=[lab.world.subnets[1]])(lab)


SCENARIOS = (
    Scenario("vpce.none-and-no-egress", delete_endpoint),
    Scenario("vpce.private-dns-off", endpoint(PrivateDnsEnabled=False)),
    Scenario("vpce.wrong-service", another_service),
    Scenario("vpce.state-not-available", endpoint_object(state="pending"), heals=False, label="pending"),
    Scenario("vpce.state-not-available", endpoint_object(state="failed"), label="failed"),
    Scenario("vpce.private-dns-blocked", vpc_attribute(EnableDnsHostnames=False)),
    Scenario("vpce.zone-gap", one_zone_only),
    Scenario("vpce.ip-type", endpoint_object(ip_address_type="ipv6", dns_options={"DnsRecordIpType": "ipv6"})),
    Scenario(
        "vpce.inbound-resolver-only-dns",
        endpoint_object(dns_options={"DnsRecordIpType": "ipv4", "PrivateDnsOnlyForInboundResolverEndpoint": True}),
    ),
    Scenario("vpce.policy-denies", endpoint_policy(Action="lambda:ListFunctions"), label="action"),
    Scenario("vpce.policy-denies", endpoint_policy(Resource=f"{FUNCTION_ARN}-other"), label="resource"),
    Scenario("vpce.policy-denies", endpoint_policy(Effect="Deny"), heals=False, label="explicitly"),
    Scenario("vpce.policy-unqualified-only", endpoint_policy(Resource=f"{FUNCTION_ARN}:*")),
    Scenario(
        "vpce.policy-principal-form",
        endpoint_policy(Principal={"AWS": ROLE_ARN.replace("123456789012", "999999999999")}),
    ),
    Scenario(
        "vpce.policy-principal-form",
        endpoint_policy(
            Principal={"AWS": f"{ROLE_ARN.replace('iam', 'sts').replace(':role/', ':assumed-role/')}/mine"}
        ),
        status="unknown",
        label="session",
    ),
    Scenario(
        "vpce.policy-conditions",
        endpoint_policy(Condition={"StringEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}),
    ),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.id)
def test_the_report_names_what_is_wrong_with_the_endpoint(lab: Lab, scenario: Scenario) -> None:
    prove(lab, scenario)

"""The lab itself: the world is as AWS would show it, and misbehaves when told to."""

import pytest
from botocore.exceptions import ClientError
from laboratory import Lab

from pullcheck.demo.identity import FUNCTION, FUNCTION_ARN, ROLE_ARN


def test_the_endpoint_has_an_interface_in_each_model_subnet(lab: Lab) -> None:
    ec2 = lab.client("ec2")
    endpoint = ec2.describe_vpc_endpoints(VpcEndpointIds=[lab.world.endpoint])["VpcEndpoints"][0]
    interfaces = ec2.describe_network_interfaces(NetworkInterfaceIds=endpoint["NetworkInterfaceIds"])[
        "NetworkInterfaces"
    ]

    assert {row["SubnetId"] for row in interfaces} == set(lab.world.subnets)
    assert {row["PrivateIpAddress"] for row in interfaces} == {"10.0.1.50", "10.0.2.50"}
    assert {row["InterfaceType"] for row in interfaces} == {"vpc_endpoint"}
    assert {group["GroupId"] for row in interfaces for group in row["Groups"]} == {lab.world.endpoint_group}
    assert "lambda.us-east-1.amazonaws.com" in {entry["DnsName"] for entry in endpoint["DnsEntries"]}


def test_the_endpoint_follows_what_is_asked_of_it(lab: Lab) -> None:
    ec2 = lab.client("ec2")
    ec2.modify_vpc_endpoint(
        VpcEndpointId=lab.world.endpoint, PrivateDnsEnabled=False, RemoveSubnetIds=[lab.world.subnets[1]]
    )
    endpoint = ec2.describe_vpc_endpoints(VpcEndpointIds=[lab.world.endpoint])["VpcEndpoints"][0]

    assert endpoint["PrivateDnsEnabled"] is False
    assert len(endpoint["NetworkInterfaceIds"]) == 1
    assert len(endpoint["DnsEntries"]) == 2


def test_private_dns_needs_the_attributes_of_the_vpc(lab: Lab) -> None:
    ec2 = lab.client("ec2")
    ec2.modify_vpc_endpoint(VpcEndpointId=lab.world.endpoint, PrivateDnsEnabled=False)
    ec2.modify_vpc_attribute(VpcId=lab.world.vpc, EnableDnsHostnames={"Value": False})

    with pytest.raises(ClientError, match="requires both"):
        ec2.modify_vpc_endpoint(VpcEndpointId=lab.world.endpoint, PrivateDnsEnabled=True)


def test_lists_of_rules_are_in_order_and_end_with_the_denial_of_the_rest(lab: Lab) -> None:
    ec2 = lab.client("ec2")
    ec2.create_network_acl_entry(
        NetworkAclId=lab.world.model_acl,
        RuleNumber=50,
        Protocol="-1",
        RuleAction="deny",
        Egress=True,
        CidrBlock="192.0.2.0/24",
    )
    entries = ec2.describe_network_acls(NetworkAclIds=[lab.world.model_acl])["NetworkAcls"][0]["Entries"]

    assert [entry["RuleNumber"] for entry in entries if entry["Egress"]] == [50, 100, 200, 300, 32767]


def test_a_route_to_what_is_gone_is_a_blackhole(lab: Lab) -> None:
    ec2 = lab.client("ec2")
    nat = ec2.create_nat_gateway(SubnetId=lab.world.registry_subnet, ConnectivityType="private")["NatGateway"]
    ec2.create_route(
        RouteTableId=lab.world.model_table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat["NatGatewayId"]
    )
    ec2.delete_nat_gateway(NatGatewayId=nat["NatGatewayId"])
    routes = ec2.describe_route_tables(RouteTableIds=[lab.world.model_table])["RouteTables"][0]["Routes"]

    assert {route["DestinationCidrBlock"]: route["State"] for route in routes} == {
        "10.0.0.0/16": "active",
        "0.0.0.0/0": "blackhole",
    }


def test_the_simulator_reads_the_roles_own_policies(lab: Lab) -> None:
    answer = lab.client("iam").simulate_principal_policy(
        PolicySourceArn=ROLE_ARN,
        ActionNames=["lambda:InvokeFunction"],
        ResourceArns=[FUNCTION_ARN, f"{FUNCTION_ARN}-other"],
    )
    rows = answer["EvaluationResults"][0]["ResourceSpecificResults"]

    assert [row["EvalResourceDecision"] for row in rows] == ["allowed", "implicitDeny"]


def test_the_function_answers_without_docker(lab: Lab) -> None:
    answer = lab.client("lambda").invoke(FunctionName=FUNCTION)

    assert b"Credentials" in answer["Payload"].read()
    with pytest.raises(ClientError, match="ResourceNotFound"):
        lab.client("lambda").invoke(FunctionName="another")


@pytest.mark.parametrize(
    ("name", "service", "method", "arguments", "code"),
    [
        ("ec2:DescribeSubnets", "ec2", "describe_subnets", {}, "UnauthorizedOperation"),
        ("iam:GetRole", "iam", "get_role", {"RoleName": "any"}, "AccessDenied"),
        ("lambda:GetPolicy", "lambda", "get_policy", {"FunctionName": "any"}, "AccessDeniedException"),
        ("route53:ListHostedZones", "route53", "list_hosted_zones", {}, "AccessDenied"),
        ("sagemaker:DescribeModel", "sagemaker", "describe_model", {"ModelName": "any"}, "AccessDeniedException"),
    ],
)
def test_a_denial_speaks_the_services_language(
    lab: Lab, name: str, service: str, method: str, arguments: dict[str, str], code: str
) -> None:
    lab.cloud.deny(name)

    with pytest.raises(ClientError) as refused:
        getattr(lab.client(service), method)(**arguments)

    assert refused.value.response["Error"]["Code"] == code
    assert lab.cloud.count()[name] == 1


def test_printed_commands_run_as_they_stand(lab: Lab) -> None:
    rule = f"IpProtocol=tcp,FromPort=8443,ToPort=8443,UserIdGroupPairs=[{{GroupId={lab.world.registry_group}}}]"
    group = lab.world.model_group
    lab.apply([f"aws ec2 authorize-security-group-egress --group-id {group} --ip-permissions '{rule}'"])
    made = lab.client("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"][0]

    assert 8443 in {permission.get("FromPort") for permission in made["IpPermissionsEgress"]}


def test_what_moto_lacks_is_answered_empty(lab: Lab) -> None:
    answer = lab.client("ec2").describe_security_group_vpc_associations()

    assert answer["SecurityGroupVpcAssociations"] == []

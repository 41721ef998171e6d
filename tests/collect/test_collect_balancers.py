"""The collectors of load balancers and endpoint services against moto in this process, and their evidence on paper."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from pydantic import TypeAdapter

from pullcheck import NotApplicable, NotObserved, Unavailable
from pullcheck.collect import balancers
from pullcheck.collect.aws import Aws
from pullcheck.evidence.balancer_rows import BalancedTarget, ListenerAction, LoadBalancer, RuleCondition
from pullcheck.evidence.describe_balancers import load_balancers as parsed
from pullcheck.evidence.describe_private_link import private_links
from pullcheck.evidence.names import NamedAddress, Provenance, RegistryAddresses
from pullcheck.evidence.network import (
    BalancedInterfaces,
    FarNetwork,
    Interfaces,
    LoadBalancers,
    NetworkEvidence,
    PrivateLinks,
)
from pullcheck.evidence.network_rows import Interface

NO_PEER = FarNetwork((), (), (), ())
NO_LINKS = PrivateLinks(())
NODE, TARGET = "10.0.20.5", "10.0.10.20"


def registry(address: str = NODE) -> RegistryAddresses:
    named = (NamedAddress(address, Provenance.PRIVATE_ZONE, "Z1"),)
    return RegistryAddresses("registry.example.com", 443, named)


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield


def client(service: Any) -> Any:
    return boto3.client(service, region_name="us-east-1")


def made(kind: str = "network") -> tuple[str, str]:
    """A load balancer with a target, and another listener with a target group of its own; returns ARN and VPC."""
    ec2, elb = client("ec2"), client("elbv2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.20.0/24")["Subnet"]["SubnetId"]
    arn: str = elb.create_load_balancer(Name="registry", Type=kind, Subnets=[subnet])["LoadBalancers"][0][
        "LoadBalancerArn"
    ]
    protocol = "TCP" if kind == "network" else "HTTP"
    for name, port in (("registry", 443), ("other", 8443)):
        group = elb.create_target_group(Name=name, Protocol=protocol, Port=5000, VpcId=vpc, TargetType="ip")
        target = group["TargetGroups"][0]["TargetGroupArn"]
        elb.register_targets(TargetGroupArn=target, Targets=[{"Id": TARGET}])
        action = {"Type": "forward", "TargetGroupArn": target}
        elb.create_listener(LoadBalancerArn=arn, Protocol=protocol, Port=port, DefaultActions=[action])
    return arn, vpc


def seats(arn: str, vpc: str) -> Interfaces:
    part = arn.partition(":loadbalancer/")[2]
    return Interfaces(
        (
            Interface("eni-lb", vpc, "subnet-lb", (NODE,), (), "network_load_balancer", part_of=part),
            Interface("eni-reg", vpc, "subnet-reg", (TARGET,), ("sg-reg",)),
            Interface("eni-crowd", vpc, "subnet-reg", ("10.0.10.99",), ("sg-crowd",)),
        )
    )


def test_a_load_balancer_is_read_with_what_is_behind_the_registrys_port(account: None) -> None:
    aws, (arn, vpc) = Aws("us-east-1"), made()
    found = balancers.load_balancers(seats(arn, vpc), NO_PEER, NO_LINKS, registry(), aws)
    behind = balancers.balanced_interfaces(found, seats(arn, vpc), NO_PEER, aws)

    [row] = found.rows
    assert (row.id, row.kind, row.vpc_id, row.cross_zone) == (arn, "network", vpc, False)
    assert [one.port for one in row.listeners] == [443, 8443]  # type: ignore[union-attr]
    [group] = row.target_groups  # type: ignore[misc]
    assert (group.kind, group.keeps_clients, group.cross_zone) == ("ip", False, None)
    assert group.targets == (BalancedTarget(TARGET, 5000, "healthy"),)
    assert [one.id for one in behind.rows] == ["eni-lb", "eni-reg"]
    assert not {"elasticloadbalancing:DescribeRules", "ec2:DescribeNetworkInterfaces"}.intersection(aws.used)
    assert len(aws.used) == 6


def test_an_application_load_balancers_rules_are_read(account: None) -> None:
    aws, (arn, vpc) = Aws("us-east-1"), made("application")
    elb = client("elbv2")
    [listener] = [one for one in elb.describe_listeners(LoadBalancerArn=arn)["Listeners"] if one["Port"] == 443]
    elb.create_rule(
        ListenerArn=listener["ListenerArn"],
        Priority=5,
        Conditions=[{"Field": "host-header", "Values": ["registry.example.com"]}],
        Actions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
    )
    [row] = balancers.load_balancers(seats(arn, vpc), NO_PEER, NO_LINKS, registry(), aws).rows
    first, second = row.listeners  # type: ignore[misc]

    assert not isinstance(first.rules, Unavailable)
    assert row.cross_zone is True
    assert [(one.conditions, one.action.detail) for one in first.rules] == [
        ((RuleCondition("host-header", ("registry.example.com",)),), "404")
    ]
    assert isinstance(second.rules, Unavailable)
    assert aws.used.count("elasticloadbalancing:DescribeRules") == 1


def test_without_a_load_balancer_nothing_is_asked(account: None) -> None:
    aws, (arn, vpc) = Aws("us-east-1"), made()
    found = balancers.load_balancers(seats(arn, vpc), NO_PEER, NO_LINKS, registry(TARGET), aws)

    assert found == LoadBalancers(())
    assert balancers.balanced_interfaces(found, seats(arn, vpc), NO_PEER, aws) == BalancedInterfaces(())
    assert balancers.vendor_endpoints(seats(arn, vpc), NO_PEER, registry(TARGET), aws) == NO_LINKS
    assert balancers.load_balancers(seats(arn, vpc), NO_PEER, NO_LINKS, Unavailable("no DNS"), aws).rows == ()
    assert balancers.load_balancers(seats(arn, vpc), NO_PEER, NO_LINKS, NotApplicable("no"), aws).rows == ()
    assert aws.used == []


def test_a_load_balancer_of_another_account_is_not_found(account: None) -> None:
    arn = "arn:aws:elasticloadbalancing:us-east-1:999988887777:loadbalancer/net/theirs/1"
    found = balancers.load_balancers(seats(arn, "vpc-1"), NO_PEER, NO_LINKS, registry(), Aws("us-east-1"))

    assert found == LoadBalancers(())


def test_targets_outside_the_vpc_are_asked_for(account: None) -> None:
    aws, (arn, vpc) = Aws("us-east-1"), made()
    ec2 = client("ec2")
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.10.0/24")["Subnet"]["SubnetId"]
    ec2.create_network_interface(SubnetId=subnet, PrivateIpAddress=TARGET)
    alone = Interfaces(seats(arn, vpc).rows[:1])
    found = balancers.load_balancers(alone, NO_PEER, NO_LINKS, registry(), aws)
    behind = balancers.balanced_interfaces(found, alone, NO_PEER, aws)

    assert [one.addresses for one in behind.rows] == [(NODE,), (TARGET,)]


class Denied(Aws):
    """An account that may not see one thing."""

    def __init__(self, operation: str) -> None:
        super().__init__("us-east-1")
        self.operation = operation

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        if operation == self.operation:
            raise NotObserved(Unavailable(f"{operation} was denied"))
        return super().call(service, operation, **parameters)


@pytest.mark.parametrize(
    "operation",
    ["DescribeListeners", "DescribeTargetGroups", "DescribeTargetHealth", "DescribeTargetGroupAttributes",
     "DescribeLoadBalancerAttributes"],
)  # fmt: skip
def test_what_may_not_be_read_stands_as_that(operation: str, account: None) -> None:
    arn, vpc = made()
    [row] = balancers.load_balancers(seats(arn, vpc), NO_PEER, NO_LINKS, registry(), Denied(operation)).rows
    groups = row.target_groups

    absent = {
        "DescribeListeners": row.listeners,
        "DescribeTargetGroups": groups,
        "DescribeTargetHealth": groups[0].targets if isinstance(groups, tuple) else None,
        "DescribeTargetGroupAttributes": groups[0].keeps_clients if isinstance(groups, tuple) else None,
        "DescribeLoadBalancerAttributes": row.cross_zone,
    }[operation]
    assert absent in (Unavailable(f"{operation} was denied"), None)


def test_endpoints_of_vendors_are_read_where_the_registry_may_be_behind_one(account: None) -> None:
    aws, (arn, vpc) = Aws("us-east-1"), made()
    ec2 = client("ec2")
    service = ec2.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=[arn])["ServiceConfiguration"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.30.0/24")["Subnet"]["SubnetId"]
    for name in (service["ServiceName"], "com.amazonaws.us-east-1.lambda"):
        ec2.create_vpc_endpoint(VpcId=vpc, VpcEndpointType="Interface", ServiceName=name, SubnetIds=[subnet])
    seat = Interfaces((Interface("eni-1", vpc, subnet, (NODE,), (), "vpc_endpoint", part_of="vpce-1"),))

    [link] = balancers.vendor_endpoints(seat, NO_PEER, registry(), aws).rows
    at_ours = Interfaces((Interface("eni-1", vpc, subnet, (NODE,), (), "vpc_endpoint", part_of=link.id),))
    [row] = balancers.load_balancers(at_ours, NO_PEER, PrivateLinks((link,)), registry(), aws).rows

    assert (link.service_name, link.state) == (service["ServiceName"], "available")
    assert not isinstance(link.service, Unavailable)
    assert (link.service.owner, link.service.balancer_ids) == ("123456789012", (arn,))
    assert row.id == arn
    assert balancers.load_balancers(seat, NO_PEER, PrivateLinks((link,)), registry(), aws).rows == ()


def test_a_service_that_may_not_be_read_leaves_the_endpoint(account: None) -> None:
    arn, vpc = made()
    ec2 = client("ec2")
    service = ec2.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=[arn])["ServiceConfiguration"]
    name = service["ServiceName"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.30.0/24")["Subnet"]["SubnetId"]
    ec2.create_vpc_endpoint(VpcId=vpc, VpcEndpointType="Interface", ServiceName=name, SubnetIds=[subnet])
    seat = Interfaces((Interface("eni-1", vpc, subnet, (NODE,), (), "vpc_endpoint", part_of="vpce-1"),))

    [link] = balancers.vendor_endpoints(seat, NO_PEER, registry(), Denied("DescribeVpcEndpointServices")).rows
    [other] = balancers.vendor_endpoints(
        seat, NO_PEER, registry(), Denied("DescribeVpcEndpointServiceConfigurations")
    ).rows

    assert link.service == Unavailable("DescribeVpcEndpointServices was denied")
    assert not isinstance(other.service, Unavailable)
    assert other.service.balancer_ids == ()


ARN = "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/registry/50dc"
FULL: dict[str, list[dict[str, Any]]] = {
    "LoadBalancers": [{"LoadBalancerArn": ARN, "Type": "network", "Attributes": []}, {"Type": "network"}],
    "Listeners": [
        {
            "ListenerArn": "listener-1",
            "LoadBalancerArn": ARN,
            "Port": 443,
            "Protocol": "HTTPS",
            "DefaultActions": [
                {"Type": "forward", "Order": 2, "TargetGroupArn": "group-1",
                 "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": "group-1", "Weight": 1},
                                                    {"TargetGroupArn": "group-2", "Weight": 0}]}},
                {"Type": "authenticate-cognito", "Order": 1},
            ],
        },
        {"ListenerArn": "listener-2", "LoadBalancerArn": "another"},
    ],
    "TargetGroups": [
        {"TargetGroupArn": "group-1", "TargetHealthDescriptions": [{"Target": {"Id": "i-1", "Port": "80"}}, "junk"]},
    ],
    "VpcEndpoints": [{"VpcEndpointId": "vpce-1", "ServiceName": "com.amazonaws.vpce.x.vpce-svc-1"}],
}  # fmt: skip


def test_the_rows_say_what_the_walk_needs() -> None:
    found = NetworkEvidence.from_describe(FULL)

    [row] = found.load_balancers.rows  # type: ignore[union-attr]
    [listener] = row.listeners  # type: ignore[misc]
    [group] = row.target_groups  # type: ignore[misc]

    assert (row.part, row.name, row.filters_private_link) == ("app/registry/50dc", "registry", True)
    assert listener.action == ListenerAction("forward", ("group-1",), asks_first=True)
    assert group.targets == (BalancedTarget("i-1", 80, ""), )  # fmt: skip
    assert isinstance(found.private_links, PrivateLinks)
    assert isinstance(found.private_links.rows[0].service, Unavailable)


@pytest.mark.parametrize(
    ("row", "part"),
    [
        ({"Description": "ELB net/registry/50dc", "RequesterManaged": True}, "net/registry/50dc"),
        ({"Description": "ELB classic", "RequesterManaged": True}, "elb/classic"),
        ({"Description": "ELB net/registry/50dc", "RequesterManaged": False}, ""),
        ({"Description": "VPC Endpoint Interface vpce-1"}, "vpce-1"),
        ({"Description": "registry", "Attachment": {"InstanceId": "i-1", "DeviceIndex": 0}}, "i-1"),
        ({"Attachment": {"InstanceId": "i-1", "DeviceIndex": 1}}, ""),
        ({"Description": None, "Attachment": None}, ""),
    ],
)
def test_an_interface_says_what_it_is_part_of(row: dict[str, Any], part: str) -> None:
    found = NetworkEvidence.from_describe({"NetworkInterfaces": [{"NetworkInterfaceId": "eni-1", **row}]}).interfaces

    assert isinstance(found, Interfaces)
    assert found.rows[0].part_of == part


@pytest.mark.parametrize(
    "value",
    [
        NetworkEvidence.from_describe(FULL),
        NetworkEvidence.from_describe(FULL).load_balancers,
        LoadBalancers(parsed(FULL["LoadBalancers"], Unavailable("denied"), Unavailable("denied"))),
        PrivateLinks(private_links(FULL["VpcEndpoints"], [{"ServiceName": "com.amazonaws.vpce.x.vpce-svc-1"}])),
        BalancedInterfaces((Interface("eni-1", "vpc-1", "subnet-1", (), ()),)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_evidence_comes_back_from_paper_as_it_was(value: object) -> None:
    paper = TypeAdapter(type(value))

    assert paper.validate_json(paper.dump_json(value)) == value
    assert hash(paper.validate_json(paper.dump_json(value))) == hash(value)


def test_a_load_balancers_name_is_in_its_arn() -> None:
    assert LoadBalancer("odd", "network", "", "", (), False, (), ()).name == ""

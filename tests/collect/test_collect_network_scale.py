"""What is asked of AWS for the network does not grow with what else is in the account."""

from typing import Any

import boto3
import pytest
from moto import mock_aws

from pullcheck.collect import network
from pullcheck.collect.aws import Aws
from pullcheck.evidence.placement import Placement
from pullcheck.evidence.vpc import ModelVpc


class Listening(Aws):
    """Remembers what was asked, with its parameters."""

    def __init__(self) -> None:
        super().__init__("us-east-1")
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        self.asked.append((operation, parameters))
        return super().call(service, operation, **parameters)


@pytest.mark.parametrize("others", [0, 6])
def test_every_call_names_the_vpc_or_the_groups(others: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        ec2 = boto3.client("ec2", region_name="us-east-1")
        vpc, group = _network(ec2, "10.0")
        for number in range(others):
            _network(ec2, f"10.{number + 1}")
        aws = Listening()
        here = ModelVpc(vpc)
        for read in (
            *(network.vpc_subnets, network.vpc_route_tables, network.vpc_acls, network.vpc_interfaces),
            *(network.vpc_nat_gateways, network.vpc_internet_gateways),
        ):
            assert {getattr(row, "vpc_id", vpc) for row in read(here, aws).rows} <= {vpc}
        network.model_groups(Placement(("subnet-1",), (group,)), aws)

    values = [(call.get("Filters") or call["Filter"])[0]["Values"] for _, call in aws.asked]

    assert len(aws.asked) == len(aws.used) == 7
    assert values == [[vpc]] * 6 + [[group]]


def _network(ec2: Any, start: str) -> tuple[str, str]:
    """A VPC with a subnet, an interface, a table, an ACL and a group of its own."""
    vpc = ec2.create_vpc(CidrBlock=f"{start}.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=f"{start}.1.0/24")["Subnet"]["SubnetId"]
    ec2.create_network_interface(SubnetId=subnet)
    ec2.create_route_table(VpcId=vpc)
    ec2.create_network_acl(VpcId=vpc)
    return vpc, ec2.create_security_group(GroupName="model", Description="model", VpcId=vpc)["GroupId"]

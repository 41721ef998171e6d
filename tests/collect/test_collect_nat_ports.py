"""Metrics of NAT gateways, read from an account simulated in process."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto import mock_aws
from pydantic import TypeAdapter

from pullcheck.collect.aws import Aws
from pullcheck.collect.nat_ports import nat_ports
from pullcheck.evidence.nat_ports import NatPorts, PortErrors
from pullcheck.evidence.network import RouteTables
from pullcheck.evidence.network_rows import Route, RouteTable
from pullcheck.evidence.vpc import ModelSubnet, ModelSubnets
from pullcheck.missing import NotApplicable

A, B = (
    ModelSubnet(f"subnet-{zone}", "vpc-1", "10.0.1.0/24", f"us-east-1{zone}", zone, "available", "1", 200)
    for zone in "ab"
)
MAIN = RouteTable("rtb-main", "vpc-1", True, (), (), (Route("0.0.0.0/0", "nat-main"),))
OWN = RouteTable("rtb-own", "vpc-1", False, ("subnet-a",), (), (Route("0.0.0.0/0", "nat-own"),))
OTHER = RouteTable("rtb-other", "vpc-2", True, (), (), (Route("0.0.0.0/0", "nat-other"),))
TABLES = RouteTables((MAIN, OWN, OTHER))


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "lab")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield Aws("us-east-1")


def put(nat: str, *values: float) -> None:
    cloudwatch = boto3.client("cloudwatch", region_name="us-east-1")
    for value in values:
        row = {
            "MetricName": "ErrorPortAllocation",
            "Dimensions": [{"Name": "NatGatewayId", "Value": nat}],
            "Timestamp": datetime.now(UTC) - timedelta(hours=2),
            "Value": value,
        }
        cloudwatch.put_metric_data(Namespace="AWS/NATGateway", MetricData=[row])


def test_the_gateways_of_the_subnets_own_and_main_tables_are_asked_about(aws: Aws) -> None:
    put("nat-own", 3, 4)
    put("nat-main", 0)

    found = nat_ports(TABLES, ModelSubnets((A, B)), aws)

    assert found == NatPorts(24, (PortErrors("nat-main", 0), PortErrors("nat-own", 7)))
    assert nat_ports(TABLES, ModelSubnets((A,)), Aws("us-east-1")) == NatPorts(24, (PortErrors("nat-own", 7),))


def test_a_gateway_without_numbers_has_none(aws: Aws) -> None:
    assert nat_ports(TABLES, ModelSubnets((A,)), aws) == NatPorts(24, (PortErrors("nat-own", None),))


def test_where_no_route_leads_to_one_nobody_is_asked(aws: Aws) -> None:
    assert isinstance(nat_ports(RouteTables((OTHER,)), ModelSubnets((A, B)), aws), NotApplicable)
    assert not aws.used


def test_what_is_written_down_is_read_again() -> None:
    evidence = NatPorts(24, (PortErrors("nat-1", None), PortErrors("nat-2", 3)))
    adapter = TypeAdapter(NatPorts)

    assert adapter.validate_json(adapter.dump_json(evidence)) == evidence

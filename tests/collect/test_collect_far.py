"""What is read of egress VPCs, of the answers' transit gateways and of prefix lists in far routes."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from pydantic import TypeAdapter

from pullcheck.collect import answers, far
from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.evidence.names import LambdaAddresses, NamedAddress, Provenance, RegistryAddresses
from pullcheck.evidence.network import (
    AnsweringGateways,
    FarNetwork,
    FarPrefixLists,
    NetworkEvidence,
    Peerings,
    RouteTables,
    TransitGateways,
)
from pullcheck.evidence.network_rows import PrefixList, Route, RouteTable, TransitGateway, TransitTable
from pullcheck.evidence.vpc import ModelSubnet, ModelSubnets, ModelVpc
from pullcheck.missing import NotApplicable, NotObserved, Unavailable

REFERENCES = "GetTransitGatewayPrefixListReferences"
PUBLIC_LAMBDA = LambdaAddresses("lambda.us-east-1.amazonaws.com", None, ())
NO_LAMBDA = NotApplicable("no function")
NO_REGISTRY = NotApplicable("no registry")


class WithReferences(Aws):
    """Moto does not know the references to prefix lists: there are none."""

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        return {} if operation == REFERENCES else super().call(service, operation, **parameters)


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.client("ec2", "us-east-1")


@pytest.fixture
def aws() -> Aws:
    return WithReferences("us-east-1")


def vpc_of(ec2: Any, cidr: str) -> tuple[str, str]:
    """A VPC and its one subnet."""
    vpc = ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
    return vpc, ec2.create_subnet(VpcId=vpc, CidrBlock=cidr)["Subnet"]["SubnetId"]


def joined(ec2: Any, *vpcs: tuple[str, str]) -> tuple[str, str, list[str]]:
    """A transit gateway, its route table, and an attachment of each VPC."""
    made = ec2.create_transit_gateway()["TransitGateway"]
    name = made["TransitGatewayId"]
    rows = [
        ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=name, VpcId=vpc, SubnetIds=[subnet])
        for vpc, subnet in vpcs
    ]
    ids = [row["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"] for row in rows]
    return name, made["Options"]["AssociationDefaultRouteTableId"], ids


def default_route(gateway: str) -> RouteTables:
    routes = (Route("10.0.0.0/24", "local"), Route("0.0.0.0/0", gateway))
    return RouteTables((RouteTable("rtb-1", "vpc-1", True, (), (), routes),))


def test_an_egress_vpc_is_read_where_public_addresses_lead_there(account: Any, aws: Aws) -> None:
    """Lambda's addresses are listed nowhere: the default route is what calls for it."""
    model, exit_vpc, other = (vpc_of(account, cidr) for cidr in ("10.0.0.0/24", "10.100.0.0/24", "10.60.0.0/24"))
    gateway, _, _ = joined(account, model, exit_vpc, other)
    nat = account.create_nat_gateway(SubnetId=exit_vpc[1], ConnectivityType="private")["NatGateway"]["NatGatewayId"]
    internet = account.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    account.attach_internet_gateway(InternetGatewayId=internet, VpcId=exit_vpc[0])

    found = far.vpc_transit_gateways(default_route(gateway), NO_REGISTRY, PUBLIC_LAMBDA, aws)
    there = far.far_network(ModelVpc(model[0]), Peerings(()), found, NO_REGISTRY, PUBLIC_LAMBDA, aws)

    assert [row.id for row in found.rows] == [gateway]
    assert [row.id for row in there.nat_gateways] == [nat]
    assert [row.id for row in there.internet_gateways] == [internet]
    assert {row.vpc_id for row in there.subnets} == {exit_vpc[0]}


@pytest.mark.parametrize("api", [NO_LAMBDA, LambdaAddresses("lambda", "vpce-1", ())], ids=["none", "endpoint"])
def test_no_egress_vpc_is_read_for_what_stays_inside(account: Any, aws: Aws, api: Any) -> None:
    model, exit_vpc = vpc_of(account, "10.0.0.0/24"), vpc_of(account, "10.100.0.0/24")
    gateway, _, _ = joined(account, model, exit_vpc)
    before = len(aws.used)

    assert far.vpc_transit_gateways(default_route(gateway), NO_REGISTRY, api, aws).rows == ()
    assert len(aws.used) == before


def test_a_private_registry_calls_for_no_nat_gateway(account: Any, aws: Aws) -> None:
    model, other = vpc_of(account, "10.0.0.0/24"), vpc_of(account, "10.60.0.0/24")
    gateway, _, _ = joined(account, model, other)
    registry = RegistryAddresses("r", 443, (NamedAddress("10.60.0.20", Provenance.PRIVATE_ZONE, "Z"),))
    found = far.vpc_transit_gateways(default_route(gateway), registry, NO_LAMBDA, aws)
    far.far_network(ModelVpc(model[0]), Peerings(()), found, registry, NO_LAMBDA, aws)

    assert "ec2:DescribeNatGateways" not in aws.used


def model_subnets(cidr: str) -> ModelSubnets:
    return ModelSubnets((ModelSubnet("subnet-1", "vpc-1", cidr, "us-east-1a", "use1-az1", "available", "1", 9),))


def peer_answering(target: str) -> FarNetwork:
    routes = (Route("10.60.0.0/24", "local"), Route("10.0.0.0/16", target))
    return FarNetwork((), (RouteTable("rtb-far", "vpc-far", True, (), (), routes),), (), ())


def test_the_gateway_that_answers_come_by_is_read_once(account: Any, aws: Aws) -> None:
    model, other = vpc_of(account, "10.0.0.0/24"), vpc_of(account, "10.60.0.0/24")
    gateway, table, ids = joined(account, model, other)
    there = peer_answering(gateway)

    [row] = answers.answering_gateways(there, TransitGateways(()), model_subnets("10.0.0.0/24"), aws).rows
    calls = len(aws.used)
    again = answers.answering_gateways(there, TransitGateways((row,)), model_subnets("10.0.0.0/24"), aws)
    elsewhere = answers.answering_gateways(there, TransitGateways(()), model_subnets("10.9.0.0/24"), aws)
    by_peering = answers.answering_gateways(peer_answering("pcx-1"), row.tables, model_subnets("10.0.0.0/24"), aws)  # type: ignore[arg-type]

    assert (row.id, [one.id for one in row.attachments]) == (gateway, ids)
    assert isinstance(row.tables, tuple)
    assert row.tables[0].id == table
    assert again.rows == elsewhere.rows == by_peering.rows == ()
    assert len(aws.used) == calls


def test_prefix_lists_of_far_routes_are_read(account: Any, aws: Aws) -> None:
    made = account.create_managed_prefix_list(
        PrefixListName="far", MaxEntries=5, AddressFamily="IPv4", Entries=[{"Cidr": "10.60.0.0/16"}]
    )
    name = made["PrefixList"]["PrefixListId"]
    there = FarNetwork((), (RouteTable("rtb-far", "vpc-far", True, (), (), (Route(name, "pcx-1"),)),), (), ())
    table = TransitTable("tgw-rtb-1", (), (Route(name, "tgw-attach-1"),))
    gateways = TransitGateways((TransitGateway("tgw-1", "1", False, (), (table,)),))
    nothing = Unavailable("denied")

    assert answers.far_prefix_lists(there, nothing, aws).rows == (PrefixList(name, ("10.60.0.0/16",)),)
    assert answers.far_prefix_lists(nothing, gateways, aws).rows == (PrefixList(name, ("10.60.0.0/16",)),)
    assert answers.far_prefix_lists(nothing, nothing, aws).rows == ()


class ReferencesRefused(Aws):
    """Everything is answered but for the references to prefix lists."""

    def __init__(self, error: Exception) -> None:
        super().__init__("us-east-1")
        self.error = error

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        if operation == REFERENCES:
            raise self.error
        return super().call(service, operation, **parameters)


@pytest.mark.parametrize(
    "error", [NotObserved(Unavailable(f"ec2:{REFERENCES} was denied")), AwsRefusal(f"ec2:{REFERENCES}", "No", "no")]
)
def test_a_table_says_what_of_it_could_not_be_read(account: Any, error: Exception) -> None:
    model, other = vpc_of(account, "10.0.0.0/24"), vpc_of(account, "10.100.0.0/24")
    gateway, _, _ = joined(account, model, other)
    [row] = far.vpc_transit_gateways(default_route(gateway), NO_REGISTRY, PUBLIC_LAMBDA, ReferencesRefused(error)).rows

    assert isinstance(row.tables, tuple)
    assert f"may have routes by prefix lists, and ec2:{REFERENCES}" in row.tables[0].unread


def test_references_to_prefix_lists_are_routes() -> None:
    """One that the routes spell out already is not told twice; one without attachment drops."""
    attachment = {"TransitGatewayAttachmentId": "tgw-attach-9", "ResourceType": "vpn", "ResourceId": "vpn-9"}
    routes = [
        {
            "DestinationCidrBlock": "10.9.0.0/16",
            "PrefixListId": "pl-told",
            "State": "active",
            "Type": "static",
            "TransitGatewayAttachments": [attachment],
        }
    ]
    references = [
        {"PrefixListId": "pl-told", "TransitGatewayAttachment": attachment},
        {"PrefixListId": "pl-new", "TransitGatewayAttachment": attachment},
        {"PrefixListId": "pl-drop", "Blackhole": True},
    ]
    table = {"TransitGatewayRouteTableId": "tgw-rtb-1", "TransitGatewayId": "tgw-1", "Routes": routes}
    rows = [{**table, "PrefixListReferences": references}]
    tables: Any = {"TransitGateways": [{"TransitGatewayId": "tgw-1"}], "TransitGatewayRouteTables": rows}
    found = NetworkEvidence.from_describe(tables).transit_gateways
    assert isinstance(found, TransitGateways)

    [row] = found.rows

    assert [(one.kind, one.resource_id) for one in row.attachments] == [("vpn", "vpn-9")]
    assert isinstance(row.tables, tuple)
    assert row.tables[0].routes == (
        Route("10.9.0.0/16", "tgw-attach-9"),
        Route("pl-new", "tgw-attach-9"),
        Route("pl-drop", "no attachment", "blackhole"),
    )


@pytest.mark.parametrize("more", [True, False])
def test_a_table_says_that_aws_shows_a_part_of_it(more: bool) -> None:
    table = {"TransitGatewayRouteTableId": "tgw-rtb-1", "TransitGatewayId": "tgw-1", "AdditionalRoutesAvailable": more}
    tables: Any = {"TransitGateways": [{"TransitGatewayId": "tgw-1"}], "TransitGatewayRouteTables": [table]}
    found = NetworkEvidence.from_describe(tables).transit_gateways
    assert isinstance(found, TransitGateways)
    [row] = found.rows
    assert isinstance(row.tables, tuple)

    assert bool(row.tables[0].cut) is more


@pytest.mark.parametrize(
    "value",
    [
        AnsweringGateways((TransitGateway("tgw-1", "1", True, (), (TransitTable("t", ("a",), (), "denied"),)),)),
        FarPrefixLists((PrefixList("pl-1", ("10.0.0.0/8",)),)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_far_evidence_comes_back_from_paper_as_it_was(value: object) -> None:
    paper = TypeAdapter(type(value))

    assert paper.validate_json(paper.dump_json(value)) == value

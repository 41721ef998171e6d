"""The network's collectors against moto in this process, and its evidence on paper."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from pydantic import TypeAdapter

from pullcheck import NotApplicable, NotObserved, Unavailable
from pullcheck.collect import far, network
from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.evidence.names import LambdaAddresses, NamedAddress, Provenance, RegistryAddresses
from pullcheck.evidence.network import (
    AnsweringGateways,
    DestinationGroups,
    DestinationPrefixLists,
    FarNetwork,
    FarPrefixLists,
    GroupAssociations,
    Interfaces,
    InternetGateways,
    ModelGroups,
    ModelPrefixLists,
    NatGateways,
    NetworkAcls,
    NetworkEvidence,
    Peerings,
    RouteTables,
    Subnets,
    TransitGateways,
)
from pullcheck.evidence.network_rows import GroupRule, PrefixList, Route, SecurityGroup, Subnet, TransitAttachment
from pullcheck.evidence.placement import Placement
from pullcheck.evidence.vpc import ModelVpc


def address(text: str) -> tuple[NamedAddress, ...]:
    return (NamedAddress(text, Provenance.PRIVATE_ZONE, "Z1"),)


REGISTRY = RegistryAddresses("registry.example.com", 443, address("10.0.10.20"))
NO_PEER = FarNetwork((), (), (), ())
NO_GATEWAY = TransitGateways(())
NO_LAMBDA = NotApplicable("no credentials provider")


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An account with the registry's VPC, and a crowd of others' things that must not be read."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.client("ec2", region_name="us-east-1")


@pytest.fixture
def aws() -> Aws:
    return Aws("us-east-1")


def vpc_of(ec2: Any, cidr: str) -> str:
    name: str = ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
    return name


def subnet_of(ec2: Any, vpc: str, cidr: str) -> str:
    name: str = ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone="us-east-1a")["Subnet"]["SubnetId"]
    return name


def group_of(ec2: Any, vpc: str, name: str) -> str:
    found: str = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
    return found


def test_tables_are_read_for_the_vpc_alone(account: Any, aws: Aws) -> None:
    vpc, other = vpc_of(account, "10.0.0.0/16"), vpc_of(account, "10.9.0.0/16")
    subnet, foreign = subnet_of(account, vpc, "10.0.1.0/24"), subnet_of(account, other, "10.9.1.0/24")
    gateway = account.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    account.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    eip = account.allocate_address(Domain="vpc")["AllocationId"]
    nat = account.create_nat_gateway(SubnetId=subnet, AllocationId=eip)["NatGateway"]["NatGatewayId"]
    table = account.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    account.associate_route_table(RouteTableId=table, SubnetId=subnet)
    account.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
    account.create_network_interface(SubnetId=foreign)
    here = ModelVpc(vpc)

    subnets = network.vpc_subnets(here, aws)
    tables = network.vpc_route_tables(here, aws)
    acls = network.vpc_acls(here, aws)
    gateways = network.vpc_internet_gateways(here, aws)
    nats = network.vpc_nat_gateways(here, aws)

    assert [(row.id, row.cidr) for row in subnets.rows] == [(subnet, "10.0.1.0/24")]
    assert {row.vpc_id for row in tables.rows} == {vpc}
    [own] = [row for row in tables.rows if row.id == table]
    assert own.subnet_ids == (subnet,)
    assert [(route.destination, route.target) for route in own.routes] == [("10.0.0.0/16", "local"), ("0.0.0.0/0", nat)]
    assert [row.default for row in acls.rows] == [True]
    assert acls.rows[0].subnet_ids == (subnet,)
    assert [(row.id, row.vpc_ids) for row in gateways.rows] == [(gateway, (vpc,))]
    assert [(row.id, row.subnet_id, row.state) for row in nats.rows] == [(nat, subnet, "available")]
    assert all(vpc == row.vpc_id for row in network.vpc_interfaces(here, aws).rows)
    assert len(aws.used) == 6


def test_groups_and_prefix_lists_are_read_by_id(account: Any, aws: Aws) -> None:
    vpc = vpc_of(account, "10.0.0.0/16")
    subnet = subnet_of(account, vpc, "10.0.10.0/24")
    model, registry, _ = (group_of(account, vpc, name) for name in ("model", "registry", "crowd"))
    entries = [{"Cidr": "10.0.1.0/24"}]
    made = account.create_managed_prefix_list(
        PrefixListName="clients", MaxEntries=5, AddressFamily="IPv4", Entries=entries
    )
    name = made["PrefixList"]["PrefixListId"]
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [{"PrefixListId": name}]}
    account.authorize_security_group_ingress(GroupId=registry, IpPermissions=[rule])
    account.create_network_interface(SubnetId=subnet, PrivateIpAddress="10.0.10.20", Groups=[registry])

    own = network.model_groups(Placement((subnet,), (model, "sg-00000000")), aws)
    interfaces = network.vpc_interfaces(ModelVpc(vpc), aws)
    others = network.destination_groups(interfaces, NO_PEER, REGISTRY, NO_LAMBDA, aws)
    lists = network.destination_prefix_lists(others, aws)

    assert [group.id for group in own.rows] == [model]
    assert [rule.cidrs for rule in own.rows[0].egress] == [("0.0.0.0/0",)]
    assert [group.id for group in others.rows] == [registry]
    assert lists.rows == (PrefixList(name, ("10.0.1.0/24",)),)
    assert network.destination_groups(interfaces, NO_PEER, Unavailable("no DNS"), NO_LAMBDA, aws).rows == ()


class NothingThere(Aws):
    """An account that knows none of the ids it is asked for."""

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        raise AwsRefusal(f"{service}:{operation}", "InvalidPrefixListID.NotFound", "no such list")


def test_a_prefix_list_that_is_gone_is_left_out() -> None:
    rule = GroupRule("tcp", 443, 443, prefix_list_ids=("pl-0",))
    groups = DestinationGroups((SecurityGroup("sg-1", "vpc-1", "1", (rule,), ()),))

    assert network.destination_prefix_lists(groups, NothingThere()).rows == ()


def test_a_peered_vpc_is_read_where_it_holds_the_registry(account: Any, aws: Aws) -> None:
    vpc, other, farther = (vpc_of(account, cidr) for cidr in ("10.0.0.0/16", "10.60.0.0/16", "10.70.0.0/16"))
    subnet_of(account, farther, "10.70.1.0/24")
    subnet, group = subnet_of(account, other, "10.60.1.0/24"), group_of(account, other, "registry")
    account.create_network_interface(SubnetId=subnet, PrivateIpAddress="10.60.1.20", Groups=[group])
    account.create_network_interface(SubnetId=subnet, PrivateIpAddress="10.60.1.21")
    asked = account.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=other)["VpcPeeringConnection"]
    account.create_vpc_peering_connection(VpcId=farther, PeerVpcId=vpc)
    registry = RegistryAddresses("registry.example.com", 443, address("10.60.1.20"))
    here = ModelVpc(vpc)

    peerings = far.vpc_peerings(here, aws)
    found = far.far_network(here, peerings, NO_GATEWAY, registry, NO_LAMBDA, aws)
    groups = network.destination_groups(Interfaces(()), found, registry, NO_LAMBDA, aws)

    assert [(row.status, row.other(vpc).vpc_id) for row in peerings.rows] == [
        ("pending-acceptance", other),
        ("pending-acceptance", farther),
    ]
    assert peerings.rows[0].id == asked["VpcPeeringConnectionId"]
    assert peerings.rows[0].accepter.cidrs == ("10.60.0.0/16",)
    assert [row.id for row in found.subnets] == [subnet]
    assert {row.vpc_id for row in found.route_tables + found.acls} == {other}
    assert [row.addresses for row in found.interfaces] == [("10.60.1.20",)]
    assert [row.id for row in groups.rows] == [group]
    assert far.far_network(here, peerings, NO_GATEWAY, REGISTRY, NO_LAMBDA, aws) == NO_PEER


def attached(account: Any) -> tuple[str, str, str, str]:
    """A VPC, another one in which the registry is, the attachment of that, and the gateway between them."""
    vpc, other = vpc_of(account, "10.0.0.0/16"), vpc_of(account, "10.60.0.0/16")
    here, there = subnet_of(account, vpc, "10.0.1.0/24"), subnet_of(account, other, "10.60.1.0/24")
    account.create_network_interface(SubnetId=there, PrivateIpAddress="10.60.1.20")
    gateway = account.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    made = [
        account.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=name, SubnetIds=[subnet])
        for name, subnet in ((vpc, here), (other, there))
    ]
    return vpc, other, made[1]["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"], gateway


def test_a_transit_gateway_is_read_where_a_route_sends_the_registrys_packets(account: Any) -> None:
    aws = Listing("us-east-1")
    vpc, other, attachment, gateway = attached(account)
    registry = RegistryAddresses("registry.example.com", 443, address("10.60.1.20"))
    table = account.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"][0]
    account.create_route(
        RouteTableId=table["RouteTableId"], DestinationCidrBlock="10.0.0.0/8", TransitGatewayId=gateway
    )
    tables = network.vpc_route_tables(ModelVpc(vpc), aws)

    found = far.vpc_transit_gateways(tables, registry, NO_LAMBDA, aws)
    there = far.far_network(ModelVpc(vpc), Peerings(()), found, registry, NO_LAMBDA, aws)

    [row] = found.rows
    assert (row.id, row.owner, row.keeps_groups) == (gateway, "123456789012", False)
    assert [(one.kind, one.resource_id, one.state) for one in row.attachments] == [
        ("vpc", vpc, "available"),
        ("vpc", other, "available"),
    ]
    assert isinstance(row.tables, tuple)
    assert attachment in row.tables[0].attachment_ids
    assert Route("pl-1", "no attachment", "blackhole") in row.tables[0].routes
    assert {one.vpc_id for one in there.subnets + there.route_tables + there.acls} == {other}
    assert [one.addresses for one in there.interfaces] == [("10.60.1.20",)]


def test_no_transit_gateway_is_read_for_what_stays_in_the_vpc_or_goes_another_way(account: Any, aws: Aws) -> None:
    vpc, _, _, gateway = attached(account)
    table = account.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"][0]
    account.create_route(
        RouteTableId=table["RouteTableId"], DestinationCidrBlock="10.0.0.0/8", TransitGatewayId=gateway
    )
    tables = network.vpc_route_tables(ModelVpc(vpc), aws)
    before = len(aws.used)
    outside = RegistryAddresses("registry.example.com", 443, address("172.16.1.20"))

    assert far.vpc_transit_gateways(tables, REGISTRY, NO_LAMBDA, aws) == NO_GATEWAY
    assert far.vpc_transit_gateways(tables, outside, NO_LAMBDA, aws) == NO_GATEWAY
    assert far.vpc_transit_gateways(tables, Unavailable("no DNS"), NO_LAMBDA, aws) == NO_GATEWAY
    assert len(aws.used) == before


class Listing(Aws):
    """An account whose transit gateways have a route by a prefix list, which moto has not."""

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        if operation != "GetTransitGatewayPrefixListReferences":
            return super().call(service, operation, **parameters)
        return {"TransitGatewayPrefixListReferences": [{"PrefixListId": "pl-1", "Blackhole": True}]}


class TablesDenied(Aws):
    """An account that may not see the routes of transit gateways."""

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        if operation == "SearchTransitGatewayRoutes":
            raise NotObserved(Unavailable("ec2:SearchTransitGatewayRoutes was denied"))
        return super().call(service, operation, **parameters)


def test_attachments_are_worth_something_without_the_routes(account: Any) -> None:
    vpc, other, _, gateway = attached(account)
    routes = ({"DestinationCidrBlock": "10.60.0.0/16", "TransitGatewayId": gateway},)
    tables = NetworkEvidence.from_describe({"RouteTables": [{"RouteTableId": "rtb-1", "Routes": routes}]}).route_tables
    assert isinstance(tables, RouteTables)

    registry = RegistryAddresses("registry.example.com", 443, address("10.60.1.20"))
    [row] = far.vpc_transit_gateways(tables, registry, NO_LAMBDA, TablesDenied("us-east-1")).rows

    assert row.tables == Unavailable("ec2:SearchTransitGatewayRoutes was denied")
    assert [one.resource_id for one in row.attachments] == [vpc, other]


TRANSIT: dict[str, list[dict[str, Any]]] = {
    "TransitGateways": [
        {"TransitGatewayId": "tgw-1", "OwnerId": "1", "Options": {"SecurityGroupReferencingSupport": "enable"}}
    ],
    "TransitGatewayVpcAttachments": [
        {
            "TransitGatewayAttachmentId": "tgw-attach-1",
            "TransitGatewayId": "tgw-1",
            "VpcId": "vpc-1",
            "State": "available",
            "SubnetIds": ["subnet-1"],
            "Options": {"SecurityGroupReferencingSupport": "disable", "ApplianceModeSupport": "enable"},
        },
        {"TransitGatewayAttachmentId": "tgw-attach-3", "TransitGatewayId": "tgw-2", "VpcId": "vpc-1"},
    ],
    "TransitGatewayRouteTables": [
        {
            "TransitGatewayRouteTableId": "tgw-rtb-1",
            "TransitGatewayId": "tgw-1",
            "Associations": [
                {"TransitGatewayAttachmentId": "tgw-attach-1", "State": "associated"},
                {"TransitGatewayAttachmentId": "tgw-attach-4", "State": "disassociating"},
            ],
            "Routes": [
                {
                    "DestinationCidrBlock": "10.9.0.0/16",
                    "Type": "propagated",
                    "State": "active",
                    "TransitGatewayAttachments": [
                        {
                            "TransitGatewayAttachmentId": "tgw-attach-2",
                            "ResourceType": "vpn",
                            "ResourceId": "vpn-1",
                        }
                    ],
                },
                {"DestinationCidrBlock": "10.8.0.0/16", "Type": "static", "State": "blackhole"},
            ],
        }
    ],
}


def test_the_rows_of_a_transit_gateway_say_what_the_walk_needs() -> None:
    found = NetworkEvidence.from_describe(TRANSIT).transit_gateways
    assert isinstance(found, TransitGateways)

    [row] = found.rows

    assert row.keeps_groups
    assert set(row.attachments) == {
        TransitAttachment("tgw-attach-1", "vpc", "vpc-1", "available", ("subnet-1",), False, True),
        TransitAttachment("tgw-attach-2", "vpn", "vpn-1"),
    }
    assert isinstance(row.tables, tuple)
    assert row.tables[0].attachment_ids == ("tgw-attach-1",)
    assert row.tables[0].routes == (
        Route("10.9.0.0/16", "tgw-attach-2", "active", True),
        Route("10.8.0.0/16", "no attachment", "blackhole"),
    )


def test_associations_are_asked_for_only_where_a_group_is_of_another_vpc(aws: Aws) -> None:
    groups = ModelGroups((SecurityGroup("sg-1", "vpc-1", "1", (), ()),))

    assert network.group_associations(groups, ModelVpc("vpc-1"), aws).group_ids == ()
    assert aws.used == []


def test_what_cannot_be_read_is_not_observed(account: Any, aws: Aws) -> None:
    groups = ModelGroups((SecurityGroup("sg-1", "vpc-2", "1", (), ()),))

    with pytest.raises((NotObserved, NotImplementedError)):
        network.group_associations(groups, ModelVpc("vpc-1"), aws)


DENIED = Unavailable("ec2:DescribeNetworkInterfaces was denied")
LAMBDA = LambdaAddresses("lambda.us-east-1.amazonaws.com", "vpce-1", address("10.0.1.77"))


def composed(interfaces: Interfaces | Unavailable, groups: DestinationGroups | Unavailable) -> NetworkEvidence:
    return network.network_evidence(
        Subnets(()),
        RouteTables(()),
        NetworkAcls(()),
        ModelGroups((SecurityGroup("sg-1", "vpc-1", "1", (), ()),)),
        groups,
        interfaces,
        Unavailable("ec2:GetManagedPrefixListEntries was denied"),
        Unavailable("not read either"),
        FarPrefixLists(()),
        NatGateways(()),
        InternetGateways(()),
        Unavailable("ec2:DescribeVpcPeeringConnections was denied"),
        NO_GATEWAY,
        AnsweringGateways(()),
        NO_PEER,
        REGISTRY,
        LAMBDA,
    )


def test_what_could_be_read_is_put_together_and_the_rest_says_why() -> None:
    found = composed(DENIED, Unavailable("the interfaces were not read"))

    assert [row.id for row in found.groups.rows] == ["sg-1"]  # type: ignore[union-attr]
    assert found.interfaces is DENIED
    assert found.prefix_lists == Unavailable("ec2:GetManagedPrefixListEntries was denied")


def test_only_the_interfaces_at_the_destinations_are_kept() -> None:
    rows = [
        {"NetworkInterfaceId": f"eni-{n}", "PrivateIpAddress": text, "Groups": [{"GroupId": "sg-1"}]}
        for n, text in enumerate(("10.0.10.20", "10.0.1.77", "10.0.1.78"))
    ]
    interfaces = NetworkEvidence.from_describe({"NetworkInterfaces": rows}).interfaces
    assert isinstance(interfaces, Interfaces)

    found = composed(interfaces, DestinationGroups(()))

    assert [row.id for row in found.interfaces.rows] == ["eni-0", "eni-1"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "value",
    [
        composed(DENIED, DestinationGroups(())),
        NetworkEvidence.from_describe(
            {
                "Subnets": [{"SubnetId": "subnet-1", "CidrBlock": "10.0.1.0/24"}],
                "RouteTables": [
                    {"RouteTableId": "rtb-1", "Routes": [{"DestinationPrefixListId": "pl-1", "GatewayId": "vpce-1"}]}
                ],
                "NetworkAcls": [
                    {"NetworkAclId": "acl-1", "Entries": [{"RuleNumber": 1, "PortRange": {"From": 1, "To": 2}}]}
                ],
                "SecurityGroups": [
                    {
                        "GroupId": "sg-1",
                        "IpPermissions": [
                            {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": "sg-2", "UserId": "1"}]}
                        ],
                    }
                ],
                "NetworkInterfaces": [{"NetworkInterfaceId": "eni-1", "Association": {"PublicIp": "52.1.1.1"}}],
                "PrefixLists": [{"PrefixListId": "pl-1", "Entries": [{"Cidr": "10.0.0.0/8"}]}],
                "NatGateways": [{"NatGatewayId": "nat-1", "NatGatewayAddresses": [{"PublicIp": "52.1.1.2"}]}],
                "InternetGateways": [{"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-1"}]}],
                "VpcPeeringConnections": [
                    {
                        "VpcPeeringConnectionId": "pcx-1",
                        "AccepterVpcInfo": {"CidrBlockSet": [{"CidrBlock": "10.60.0.0/16"}]},
                    }
                ],
            }
        ),
        NetworkEvidence.from_describe(TRANSIT),
        NetworkEvidence.from_describe(TRANSIT | {"TransitGatewayRouteTables": []}).transit_gateways,
        NetworkEvidence.from_describe({"TransitGateways": TRANSIT["TransitGateways"]}).transit_gateways,
        GroupAssociations(("sg-1",)),
        ModelPrefixLists((PrefixList("pl-1", ("10.0.0.0/8",)),)),
        DestinationPrefixLists(()),
        FarNetwork((Subnet("subnet-1", "vpc-2", "10.60.1.0/24"),), (), (), ()),
    ],
    ids=lambda value: type(value).__name__,
)
def test_evidence_comes_back_from_paper_as_it_was(value: object) -> None:
    paper = TypeAdapter(type(value))

    assert paper.validate_json(paper.dump_json(value)) == value
    assert hash(paper.validate_json(paper.dump_json(value))) == hash(value)

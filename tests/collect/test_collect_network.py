"""The network's collectors against moto in this process, and its evidence on paper."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from pydantic import TypeAdapter

from pullcheck import NotApplicable, NotObserved, Unavailable
from pullcheck.collect import network
from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.evidence.names import LambdaAddresses, NamedAddress, Provenance, RegistryAddresses
from pullcheck.evidence.network import (
    DestinationGroups,
    DestinationPrefixLists,
    FarNetwork,
    GroupAssociations,
    Interfaces,
    InternetGateways,
    ModelGroups,
    ModelPrefixLists,
    NatGateways,
    NetworkAcls,
    NetworkEvidence,
    RouteTables,
    Subnets,
)
from pullcheck.evidence.network_rows import GroupRule, PrefixList, SecurityGroup, Subnet
from pullcheck.evidence.placement import Placement
from pullcheck.evidence.vpc import ModelVpc


def address(text: str) -> tuple[NamedAddress, ...]:
    return (NamedAddress(text, Provenance.PRIVATE_ZONE, "Z1"),)


REGISTRY = RegistryAddresses("registry.example.com", 443, address("10.0.10.20"))
NO_PEER = FarNetwork((), (), (), ())
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
    vpc, far, farther = (vpc_of(account, cidr) for cidr in ("10.0.0.0/16", "10.60.0.0/16", "10.70.0.0/16"))
    subnet_of(account, farther, "10.70.1.0/24")
    subnet, group = subnet_of(account, far, "10.60.1.0/24"), group_of(account, far, "registry")
    account.create_network_interface(SubnetId=subnet, PrivateIpAddress="10.60.1.20", Groups=[group])
    account.create_network_interface(SubnetId=subnet, PrivateIpAddress="10.60.1.21")
    asked = account.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=far)["VpcPeeringConnection"]
    account.create_vpc_peering_connection(VpcId=farther, PeerVpcId=vpc)
    registry = RegistryAddresses("registry.example.com", 443, address("10.60.1.20"))
    here = ModelVpc(vpc)

    peerings = network.vpc_peerings(here, aws)
    found = network.far_network(here, peerings, registry, NO_LAMBDA, aws)
    groups = network.destination_groups(Interfaces(()), found, registry, NO_LAMBDA, aws)

    assert [(row.status, row.other(vpc).vpc_id) for row in peerings.rows] == [
        ("pending-acceptance", far),
        ("pending-acceptance", farther),
    ]
    assert peerings.rows[0].id == asked["VpcPeeringConnectionId"]
    assert peerings.rows[0].accepter.cidrs == ("10.60.0.0/16",)
    assert [row.id for row in found.subnets] == [subnet]
    assert {row.vpc_id for row in found.route_tables + found.acls} == {far}
    assert [row.addresses for row in found.interfaces] == [("10.60.1.20",)]
    assert [row.id for row in groups.rows] == [group]
    assert network.far_network(here, peerings, REGISTRY, NO_LAMBDA, aws) == NO_PEER


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
        NatGateways(()),
        InternetGateways(()),
        Unavailable("ec2:DescribeVpcPeeringConnections was denied"),
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

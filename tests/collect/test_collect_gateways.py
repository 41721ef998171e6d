"""What is read of VPNs, appliances, firewalls and Block Public Access, and when nothing is; its evidence on paper."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from pydantic import TypeAdapter

from pullcheck import NotApplicable, NotObserved, Unavailable
from pullcheck.collect import gateways
from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.evidence.gateways import (
    Appliance,
    Appliances,
    Circuit,
    Exclusion,
    FirewallPolicy,
    Gateways,
    Inspections,
    PublicAccess,
    RuleGroup,
    Tunnel,
    VirtualGateway,
    VirtualGateways,
    VpcEncryption,
    VpnConnection,
)
from pullcheck.evidence.names import LambdaAddresses, NamedAddress, Provenance, RegistryAddresses
from pullcheck.evidence.network import NetworkEvidence, RouteTables
from pullcheck.evidence.network_rows import Route, RouteTable
from pullcheck.evidence.vpc import ModelVpc

VPC, LOCAL = ModelVpc("vpc-1"), Route("10.0.0.0/16", "local")
NO_LAMBDA = NotApplicable("no credentials provider")
BY_NAT = LambdaAddresses("lambda.us-east-1.amazonaws.com", None, ())


def registry_at(text: str) -> RegistryAddresses:
    return RegistryAddresses("registry.example.com", 443, (NamedAddress(text, Provenance.PRIVATE_ZONE, "Z1"),))


def tables(*routes: Route) -> RouteTables:
    return RouteTables((RouteTable("rtb-1", VPC.id, True, (), (), (LOCAL, *routes)),))


HERE, FAR, PUBLIC = registry_at("10.0.10.20"), registry_at("172.20.1.5"), registry_at("93.184.216.34")
TO_VGW = Route("172.20.0.0/16", "vgw-1")


class Told(Aws):
    """An account that gives these answers, by the operation's name; an exception among them is raised."""

    def __init__(self, **answers: Any) -> None:
        super().__init__("us-east-1")
        self.answers, self.asked = answers, list[str]()

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        self.asked.append(f"{service}:{operation}")
        found = self.answers[operation]
        if isinstance(found, Exception):
            raise found
        return dict(found)


class Silent(Aws):
    """An account that must not be asked."""

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        raise AssertionError(f"{service}:{operation} was not called for")


@pytest.mark.parametrize(
    ("registry", "routes"),
    [
        (HERE, ()),
        (HERE, (Route("0.0.0.0/0", "vgw-1"),)),
        (HERE, (Route("10.0.10.0/24", "vgw-1", propagated=True),)),
        (FAR, (Route("172.20.0.0/16", "tgw-1"), Route("0.0.0.0/0", "vgw-1"))),
        (PUBLIC, (Route("0.0.0.0/0", "nat-1"), TO_VGW)),
        (Unavailable("no DNS"), (TO_VGW,)),
        (registry_at("fd00::1"), (TO_VGW,)),
    ],
)
def test_nothing_is_asked_about_vpns_that_no_route_calls_for(registry: Any, routes: tuple[Route, ...]) -> None:
    assert gateways.virtual_gateways(VPC, tables(*routes), registry, NO_LAMBDA, Silent()) == VirtualGateways(())


def test_nothing_is_asked_about_what_no_route_leads_to() -> None:
    plain = tables(Route("0.0.0.0/0", "nat-1"), Route("pl-1", "tgw-1"))

    assert gateways.appliances(VPC, plain, Silent()) == Appliances(())
    assert gateways.inspections(VPC, plain, Silent()) == Inspections(())
    assert gateways.public_access(plain, PUBLIC, NO_LAMBDA, Silent()) == PublicAccess("", "off")
    assert gateways.public_access(tables(Route("0.0.0.0/0", "igw-1")), HERE, NO_LAMBDA, Silent()).mode == "off"


LINE: dict[str, Any] = {
    "VpnConnectionId": "vpn-1",
    "VpnGatewayId": "vgw-1",
    "State": "available",
    "CustomerGatewayConfiguration": "<pre_shared_key>a secret</pre_shared_key>",
    "Options": {"StaticRoutesOnly": True, "TunnelOptions": [{"PreSharedKey": "a secret"}]},
    "Routes": [
        {"DestinationCidrBlock": "172.20.0.0/16", "State": "available"},
        {"DestinationCidrBlock": "10.9.0.0/16", "State": "deleted"},
    ],
    "VgwTelemetry": [{"OutsideIpAddress": "203.0.113.1", "Status": "UP", "AcceptedRouteCount": 1}],
}
GATEWAY = {"VpnGatewayId": "vgw-1", "VpcAttachments": [{"VpcId": "vpc-1", "State": "attached"}]}
ASSOCIATION = {
    "directConnectGatewayId": "dxgw-1",
    "associatedGateway": {"id": "vgw-1"},
    "associationState": "associated",
    "allowedPrefixesToDirectConnectGateway": [{"cidr": "10.0.0.0/16"}],
}
CIRCUITS: list[dict[str, Any]] = [
    {
        "virtualInterfaceId": "dxvif-1",
        "virtualInterfaceState": "available",
        "directConnectGatewayId": "dxgw-1",
        "authKey": "a secret",
        "bgpPeers": [{"bgpStatus": "down"}, {"bgpStatus": "up", "authKey": "a secret"}, {"addressFamily": "ipv6"}],
    },
    {"virtualInterfaceId": "dxvif-2", "virtualInterfaceState": "down", "virtualGatewayId": "vgw-2"},
]
ACCOUNT: dict[str, Any] = {
    "DescribeVpnGateways": {"VpnGateways": [GATEWAY]},
    "DescribeVpnConnections": {"VpnConnections": [LINE]},
    "DescribeDirectConnectGatewayAssociations": {"directConnectGatewayAssociations": [ASSOCIATION]},
    "DescribeVirtualInterfaces": {"virtualInterfaces": CIRCUITS},
}
CONNECTION = VpnConnection("vpn-1", "available", True, ("172.20.0.0/16",), (Tunnel("203.0.113.1", "UP", 1),))


def test_a_vpn_that_carries_the_packets_is_all_that_is_asked_about() -> None:
    aws = Told(**ACCOUNT)
    [row] = gateways.virtual_gateways(VPC, tables(TO_VGW), FAR, NO_LAMBDA, aws).rows

    assert row.vpc_ids == ("vpc-1",)
    assert row.connections == (CONNECTION,)
    assert aws.asked == ["ec2:DescribeVpnGateways", "ec2:DescribeVpnConnections"]
    assert "secret" not in repr(row)


@pytest.mark.parametrize(
    "line",
    [
        LINE | {"VgwTelemetry": [{"Status": "DOWN"}]},
        LINE | {"Routes": [{"DestinationCidrBlock": "10.9.0.0/16"}]},
        LINE | {"Options": {}, "VgwTelemetry": [{"Status": "UP", "AcceptedRouteCount": 0}]},
    ],
)
def test_direct_connect_is_asked_about_where_no_tunnel_carries_them(line: dict[str, Any]) -> None:
    aws = Told(**ACCOUNT | {"DescribeVpnConnections": {"VpnConnections": [line]}})
    [row] = gateways.virtual_gateways(VPC, tables(TO_VGW), FAR, NO_LAMBDA, aws).rows

    assert row.circuits == (Circuit("dxvif-1", "available", "up"),)
    assert row.exchanges == ("dxgw-1",)
    assert row.allowed == ("10.0.0.0/16",)
    assert "secret" not in repr(row)


def test_what_is_denied_leaves_the_rest() -> None:
    denied = NotObserved(Unavailable("directconnect:DescribeVirtualInterfaces was denied"))
    refused = AwsRefusal("ec2:DescribeVpnConnections", "InternalFailure", "no")
    aws = Told(**ACCOUNT | {"DescribeVpnConnections": refused, "DescribeVirtualInterfaces": denied})
    [row] = gateways.virtual_gateways(VPC, tables(), FAR, NO_LAMBDA, aws).rows

    assert row.circuits is denied.unavailable
    assert isinstance(row.connections, Unavailable)
    assert "InternalFailure" in row.connections.reason


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.client("ec2", region_name="us-east-1")


def test_an_appliance_is_read_with_its_instance(account: Any) -> None:
    vpc = account.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = account.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    names = [
        account.create_network_interface(SubnetId=subnet, PrivateIpAddress=f"10.0.1.{last}")["NetworkInterface"][
            "NetworkInterfaceId"
        ]
        for last in (10, 11)
    ]
    seat = [{"NetworkInterfaceId": names[0], "DeviceIndex": 0}]
    made = account.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, NetworkInterfaces=seat)
    instance = made["Instances"][0]["InstanceId"]
    account.stop_instances(InstanceIds=[instance])
    aws = Aws("us-east-1")

    found = gateways.appliances(ModelVpc(vpc), tables(Route("0.0.0.0/0", names[0])), aws)
    by_instance = gateways.appliances(ModelVpc(vpc), tables(Route("0.0.0.0/0", instance)), aws)
    loose = gateways.appliances(ModelVpc(vpc), tables(Route("0.0.0.0/0", names[1])), aws)

    assert found.rows == (Appliance(names[0], ("10.0.1.10",), True, True, instance, "stopped"),)
    assert by_instance == found
    assert [(row.attached, row.instance_id) for row in loose.rows] == [(False, "")]


ENDPOINT = {
    "VpcEndpointId": "vpce-1",
    "VpcEndpointType": "GatewayLoadBalancer",
    "State": "Available",
    "SubnetIds": ["subnet-1"],
    "ServiceName": "svc",
}
LIST = {"Targets": [".example.com"], "TargetTypes": ["TLS_SNI"], "GeneratedRulesType": "ALLOWLIST"}
HOME = {"IPSets": {"HOME_NET": {"Definition": ["10.0.0.0/8"]}}}
WALL: dict[str, Any] = {
    "DescribeVpcEndpoints": {"VpcEndpoints": [ENDPOINT, {"VpcEndpointId": "vpce-2"}]},
    "ListFirewalls": {"Firewalls": [{"FirewallArn": "arn:fw"}]},
    "DescribeFirewall": {
        "Firewall": {"FirewallName": "wall", "FirewallPolicyArn": "arn:policy"},
        "FirewallStatus": {"SyncStates": {"us-east-1a": {"Attachment": {"EndpointId": "vpce-1"}}}},
    },
    "DescribeFirewallPolicy": {
        "FirewallPolicyResponse": {"FirewallPolicyArn": "arn:policy"},
        "FirewallPolicy": {
            "StatelessDefaultActions": ["aws:forward_to_sfe"],
            "StatefulRuleGroupReferences": [{"ResourceArn": "arn:group"}],
            "StatefulEngineOptions": {"RuleOrder": "STRICT_ORDER", "StreamExceptionPolicy": "CONTINUE"},
            "StatefulDefaultActions": ["aws:drop_established"],
            "PolicyVariables": {"RuleVariables": {"HOME_NET": {"Definition": ["10.9.0.0/16"]}}},
        },
    },
    "DescribeRuleGroup": {
        "UpdateToken": "token",
        "RuleGroup": {"RulesSource": {"RulesSourceList": LIST}, "RuleVariables": HOME},
        "RuleGroupResponse": {"RuleGroupArn": "arn:group"},
    },
}
TO_WALL = tables(Route("0.0.0.0/0", "vpce-1"))


def test_a_firewall_is_read_with_its_policy_and_lists() -> None:
    [row] = gateways.inspections(VPC, TO_WALL, Told(**WALL)).rows

    assert (row.state, row.subnet_id, row.firewall) == ("available", "subnet-1", "wall")
    assert isinstance(row.policy, FirewallPolicy)
    assert row.policy.strict
    assert (row.policy.midstream, row.policy.defaults) == ("CONTINUE", ("aws:drop_established",))
    assert row.policy.home == ("10.9.0.0/16",)
    [group] = row.policy.groups
    assert (group.list_type, group.domains, group.home) == ("ALLOWLIST", (".example.com",), ("10.0.0.0/8",))
    assert group.token == "token"


def test_a_firewall_that_may_not_be_read_says_so() -> None:
    denied = NotObserved(Unavailable("network-firewall:ListFirewalls was denied"))
    hidden = NotObserved(Unavailable("network-firewall:DescribeRuleGroup was denied"))
    [row] = gateways.inspections(VPC, TO_WALL, Told(**WALL | {"ListFirewalls": denied})).rows
    [other] = gateways.inspections(VPC, TO_WALL, Told(**WALL | {"DescribeRuleGroup": hidden})).rows

    assert row.policy is denied.unavailable
    assert (other.firewall, other.policy) == ("wall", hidden.unavailable)


def test_block_public_access_is_read_for_what_goes_to_the_internet() -> None:
    options = {"AwsAccountId": "1", "InternetGatewayBlockMode": "block-bidirectional", "State": "update-complete"}
    exclusions = [
        {"ExclusionId": "x-1", "ResourceArn": "arn:aws:ec2:r:1:subnet/subnet-1", "State": "create-complete"},
        {"ExclusionId": "x-2", "ResourceArn": "arn:aws:ec2:r:1:vpc/vpc-1", "State": "delete-complete"},
    ]
    out = tables(Route("0.0.0.0/0", "igw-1"))
    on = Told(
        DescribeVpcBlockPublicAccessOptions={"VpcBlockPublicAccessOptions": options},
        DescribeVpcBlockPublicAccessExclusions={"VpcBlockPublicAccessExclusions": exclusions},
    )
    off = Told(DescribeVpcBlockPublicAccessOptions={})

    assert gateways.public_access(out, PUBLIC, NO_LAMBDA, on) == PublicAccess(
        "1", "block-bidirectional", (Exclusion("x-1", "subnet-1", ""),)
    )
    assert gateways.public_access(out, HERE, BY_NAT, off).mode == "off"
    assert off.asked == ["ec2:DescribeVpcBlockPublicAccessOptions"]


def test_encryption_is_read_from_the_vpc() -> None:
    control = {"Mode": "enforce", "State": "available", "ResourceExclusions": {"NatGateway": {"State": "enabled"}}}
    plain = Told(DescribeVpcs={"Vpcs": [{"VpcId": "vpc-1"}]})
    enforced = Told(DescribeVpcs={"Vpcs": [{"VpcId": "vpc-1", "EncryptionControl": control}]})

    assert gateways.vpc_encryption(VPC, plain) == VpcEncryption("vpc-1")
    assert gateways.vpc_encryption(VPC, enforced) == VpcEncryption("vpc-1", "enforce", "available", ("NatGateway",))


DESCRIBED = NetworkEvidence.from_describe(
    {
        "VpnGateways": [GATEWAY, {}],
        "VpnConnections": [LINE],
        "VirtualInterfaces": CIRCUITS,
        "DirectConnectGatewayAssociations": [ASSOCIATION],
        "NetworkInterfaces": [
            {"NetworkInterfaceId": "eni-1", "SourceDestCheck": True, "Attachment": {"InstanceId": "i-1"}}
        ],
        "Reservations": [{"Instances": [{"InstanceId": "i-1", "State": {"Name": "running"}}]}],
        "VpcEndpoints": [ENDPOINT, {"VpcEndpointId": "vpce-s3", "VpcEndpointType": "Gateway"}],
        "Firewalls": [
            WALL["DescribeFirewall"]
            | {"Policy": WALL["DescribeFirewallPolicy"] | {"RuleGroups": [WALL["DescribeRuleGroup"]]}}
        ],
        "VpcBlockPublicAccessOptions": [{"AwsAccountId": "1", "InternetGatewayBlockMode": "block-ingress"}],
        "RouteTables": [{"RouteTableId": "rtb-1", "PropagatingVgws": [{"GatewayId": "vgw-1"}]}],
        "NatGateways": [
            {
                "NatGatewayId": "nat-1",
                "RouteTableId": "rtb-2",
                "NatGatewayAddresses": [{"AvailabilityZoneId": "use1-az1"}],
            }
        ],
    }
)


def test_describe_answers_become_gateways() -> None:
    found = DESCRIBED.gateways

    assert found.virtual == VirtualGateways(
        (
            VirtualGateway(
                "vgw-1",
                ("vpc-1",),
                (CONNECTION,),
                (Circuit("dxvif-1", "available", "up"),),
                ("dxgw-1",),
                ("10.0.0.0/16",),
            ),
        )
    )
    assert found.appliances == Appliances((Appliance("eni-1", (), True, True, "i-1", "running"),))
    assert isinstance(found.inspections, Inspections)
    assert [row.firewall for row in found.inspections.rows] == ["wall"]
    assert found.public_access == PublicAccess("1", "block-ingress")
    assert DESCRIBED.route_tables.rows[0].propagating == ("vgw-1",)  # type: ignore[union-attr]
    assert DESCRIBED.nat_gateways.rows[0].zones == ("use1-az1",)  # type: ignore[union-attr]
    assert all(isinstance(table, Unavailable) for table in vars(NetworkEvidence.from_describe({}).gateways).values())


@pytest.mark.parametrize(
    "value",
    [
        DESCRIBED.gateways,
        Gateways(),
        VirtualGateways((VirtualGateway("vgw-1", (), Unavailable("a"), Unavailable("b")),)),
        gateways.gateways(VirtualGateways(()), Unavailable("c"), Inspections(()), PublicAccess("", "off")),
        PublicAccess("1", "off", (Exclusion("x", "vpc-1", "allow-egress"),)),
        VpcEncryption("vpc-1", "enforce"),
        RuleGroup("arn", ""),
    ],
    ids=lambda value: type(value).__name__,
)
def test_evidence_comes_back_from_paper_as_it_was(value: object) -> None:
    paper = TypeAdapter(type(value))

    assert paper.validate_json(paper.dump_json(value)) == value
    assert hash(paper.validate_json(paper.dump_json(value))) == hash(value)

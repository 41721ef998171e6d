"""The healthy network that every topology changes: four VPCs in which each model subnet reaches everything.

Model subnet a is in zone 1, b in zone 2, c in zone 1 and in the VPC's secondary range. The rows are those of EC2's
describe calls, in AWS's field names.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]
Tables = dict[str, list[Row]]
ANYWHERE = "0.0.0.0/0"
MODEL_GROUPS = ("sg-model",)
MODEL_SUBNETS = ("subnet-a", "subnet-b", "subnet-c")
NAT_PUBLIC = "203.0.113.9"
MANY = 50
"""Public servers: through NAT each client has one to itself, so that its port need not change on the way."""


@dataclass(frozen=True)
class Goal:
    """A server; client number n connects to address n, where there are several."""

    name: str
    addresses: tuple[str, ...]
    port: int = 443


REGISTRY = Goal("registry", ("10.0.10.20",))
PORT_5000 = Goal("port-5000", ("10.0.10.20",), 5000)
NEIGHBOUR = Goal("neighbour", ("10.0.1.77",))
PUBLIC = Goal("public", tuple(f"198.51.100.{at}" for at in range(1, MANY + 1)))
HAIRPIN = Goal("hairpin", tuple(f"203.0.113.{at}" for at in range(101, 101 + MANY)))
PEER = Goal("peer", ("10.50.1.20",))
FAR = Goal("far", ("10.60.1.20",))
CENTRAL = Goal("central", tuple(f"198.51.100.{at}" for at in range(151, 151 + MANY)))
RELAYED = Goal("relayed", tuple(f"10.51.1.{at}" for at in range(101, 101 + MANY)))
PARTS = {
    REGISTRY: {"eni-reg"},
    PORT_5000: {"eni-reg"},
    NEIGHBOUR: {"eni-neighbour"},
    PUBLIC: {"nat-1", "igw-1"},
    HAIRPIN: {"nat-1", "igw-1", "eni-open"},
    PEER: {"vpc-peer", "pcx-1"},
    FAR: {"vpc-far", "tgw-1"},
    CENTRAL: {"vpc-hub", "tgw-1", "igw-2"},
    RELAYED: {"vpc-peer", "pcx-1", "nat-3", "eni-relayed"},
}
"""What a goal needs beside the model's VPC: rows with these ids, and those in these VPCs."""
GOALS = tuple(PARTS)


def subnet(name: str, vpc: str, cidr: str, zone: int = 1) -> Row:
    return {"SubnetId": name, "VpcId": vpc, "CidrBlock": cidr, "AvailabilityZoneId": f"use1-az{zone}", "OwnerId": "1"}


def route(cidr: str, target: str, **fields: str) -> Row:
    """``target`` is "local" or an id."""
    kinds = {"nat": "NatGatewayId", "pcx": "VpcPeeringConnectionId", "tgw": "TransitGatewayId"}
    kind = kinds.get(target.partition("-")[0], "GatewayId")
    return {"DestinationCidrBlock": cidr, kind: target, "State": "active", **fields}


def route_table(name: str, vpc: str, routes: list[Row], subnets: Sequence[str] = (), *, main: bool = False) -> Row:
    associations: list[Row] = [{"Main": False, "SubnetId": one} for one in subnets] + ([{"Main": True}] if main else [])
    return {"RouteTableId": name, "VpcId": vpc, "Associations": associations, "Routes": routes}


def entry(number: int, way: str, cidr: str = ANYWHERE, ports: tuple[int, int] | None = None, **fields: Any) -> Row:
    """An allow of a network ACL, "in" or "out"; of everything or of TCP ports."""
    row: Row = {
        "RuleNumber": number,
        "Egress": way == "out",
        "CidrBlock": cidr,
        "RuleAction": "allow",
        "Protocol": "-1",
    }
    return row | ({"Protocol": "6", "PortRange": {"From": ports[0], "To": ports[1]}} if ports else {}) | fields


def deny(number: int, way: str, cidr: str = ANYWHERE, ports: tuple[int, int] | None = None) -> Row:
    """What would be an entry, denied."""
    return entry(number, way, cidr, ports, RuleAction="deny")


IN, OUT = entry(100, "in"), entry(100, "out")


def acl(name: str, vpc: str, subnets: Sequence[str] = (), *, default: bool = False) -> Row:
    associations = [{"SubnetId": one} for one in subnets]
    return {
        "NetworkAclId": name,
        "VpcId": vpc,
        "IsDefault": default,
        "Associations": associations,
        "Entries": [IN, OUT],
    }


def rule(*cidrs: str, port: int = 443, **fields: Any) -> Row:
    """A rule of a security group for one TCP port."""
    ranges = [{"CidrIp": cidr} for cidr in cidrs]
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": ranges} | fields


def by_group(name: str, port: int = 443, **fields: str) -> Row:
    return rule(port=port, UserIdGroupPairs=[{"GroupId": name, **fields}])


def group(name: str, vpc: str, ingress: Sequence[Row], egress: Sequence[Row] = ()) -> Row:
    return {"GroupId": name, "VpcId": vpc, "IpPermissions": list(ingress), "IpPermissionsEgress": list(egress)}


def interface(name: str, vpc: str, at: str, groups: Sequence[str], *addresses: str, public: Sequence[str] = ()) -> Row:
    private = [{"PrivateIpAddress": address} for address in addresses]
    translated = [{"Association": {"PublicIp": address}} for address in public] or [{} for _ in private]
    return {
        "NetworkInterfaceId": name,
        "VpcId": vpc,
        "SubnetId": at,
        "Groups": [{"GroupId": one} for one in groups],
        "PrivateIpAddresses": [one | other for one, other in zip(private, translated, strict=True)],
    }


def attachment(name: str, vpc: str, *subnets: str) -> Row:
    return {
        "TransitGatewayAttachmentId": name,
        "TransitGatewayId": "tgw-1",
        "VpcId": vpc,
        "State": "available",
        "SubnetIds": list(subnets),
        "Options": {"SecurityGroupReferencingSupport": "enable"},
    }


def transit_route(cidr: str, target: str, kind: str = "propagated", **fields: str) -> Row:
    to = [{"TransitGatewayAttachmentId": target, "ResourceType": "vpc", "ResourceId": "vpc"}] if target else []
    return {"DestinationCidrBlock": cidr, "Type": kind, "State": "active", "TransitGatewayAttachments": to, **fields}


def transit_table(name: str, target: str, *routes: Row) -> Row:
    return {
        "TransitGatewayRouteTableId": name,
        "TransitGatewayId": "tgw-1",
        "Associations": [{"TransitGatewayAttachmentId": target, "State": "associated"}],
        "Routes": list(routes),
    }


def nat_gateway(name: str, vpc: str, at: str, private: str, public: str = "") -> Row:
    """A private one, where it has no public address."""
    return {
        "NatGatewayId": name,
        "VpcId": vpc,
        "SubnetId": at,
        "State": "available",
        "ConnectivityType": "public" if public else "private",
        "NatGatewayAddresses": [{"PrivateIp": private} | ({"PublicIp": public} if public else {})],
    }


def internet_gateway(name: str, vpc: str) -> Row:
    return {"InternetGatewayId": name, "VpcId": vpc, "Attachments": [{"VpcId": vpc, "State": "available"}]}


LOCAL = [route("10.0.0.0/16", "local"), route("10.1.0.0/16", "local")]
PEER_LOCAL = [route("10.50.0.0/16", "local"), route("10.51.0.0/16", "local")]
FAR_LOCAL, HUB_LOCAL = route("10.60.0.0/16", "local"), route("10.70.0.0/16", "local")
OUTWARDS = [
    route(ANYWHERE, "nat-1"),
    route("198.51.100.128/25", "tgw-1"),
    route("10.50.0.0/16", "pcx-1"),
    route("10.51.0.0/16", "nat-3"),
    route("10.60.0.0/16", "tgw-1"),
]
"""From the model's subnets."""


def healthy(goals: Sequence[Goal]) -> Tables:
    """A network of one's own to change, with the parts that these goals need."""
    absent = set().union(*PARTS.values()).difference(*(PARTS[goal] for goal in goals))
    tables = everything()
    return {
        table: [row for row in rows if absent.isdisjoint(value for value in row.values() if isinstance(value, str))]
        for table, rows in tables.items()
    }


def everything() -> Tables:
    """The whole network."""
    return {
        "Subnets": [
            subnet("subnet-a", "vpc-1", "10.0.1.0/24"),
            subnet("subnet-b", "vpc-1", "10.0.2.0/24", 2),
            subnet("subnet-c", "vpc-1", "10.1.1.0/24"),
            subnet("subnet-reg", "vpc-1", "10.0.10.0/24"),
            subnet("subnet-open", "vpc-1", "10.0.30.0/24"),
            subnet("subnet-nat", "vpc-1", "10.0.100.0/24"),
            subnet("subnet-door", "vpc-1", "10.0.200.0/28"),
            subnet("subnet-door-2", "vpc-1", "10.0.200.16/28", 2),
            subnet("subnet-peer", "vpc-peer", "10.50.1.0/24"),
            subnet("subnet-relay", "vpc-1", "10.0.110.0/24"),
            subnet("subnet-relayed", "vpc-peer", "10.51.1.0/24"),
            subnet("subnet-far", "vpc-far", "10.60.1.0/24"),
            subnet("subnet-far-door", "vpc-far", "10.60.200.0/28"),
            subnet("subnet-hub-nat", "vpc-hub", "10.70.100.0/24"),
            subnet("subnet-hub-door", "vpc-hub", "10.70.200.0/28"),
        ],
        "RouteTables": [
            route_table("rtb-main", "vpc-1", [*LOCAL], main=True),
            route_table("rtb-model", "vpc-1", [*LOCAL, *OUTWARDS], MODEL_SUBNETS),
            route_table("rtb-relay", "vpc-1", [*LOCAL, route("10.51.0.0/16", "pcx-1")], ["subnet-relay"]),
            route_table("rtb-public", "vpc-1", [*LOCAL, route(ANYWHERE, "igw-1")], ["subnet-nat", "subnet-open"]),
            route_table(
                "rtb-peer",
                "vpc-peer",
                [*PEER_LOCAL, route("10.0.0.0/16", "pcx-1"), route("10.1.0.0/16", "pcx-1")],
                main=True,
            ),
            route_table(
                "rtb-far",
                "vpc-far",
                [FAR_LOCAL, route("10.0.0.0/16", "tgw-1"), route("10.1.0.0/16", "tgw-1")],
                main=True,
            ),
            route_table("rtb-hub", "vpc-hub", [HUB_LOCAL, route(ANYWHERE, "nat-2")], main=True),
            route_table(
                "rtb-hub-nat",
                "vpc-hub",
                [HUB_LOCAL, route(ANYWHERE, "igw-2"), route("10.0.0.0/16", "tgw-1"), route("10.1.0.0/16", "tgw-1")],
                ["subnet-hub-nat"],
            ),
        ],
        "NetworkAcls": [
            acl("acl-default", "vpc-1", default=True),
            acl("acl-model", "vpc-1", MODEL_SUBNETS),
            acl("acl-reg", "vpc-1", ["subnet-reg"]),
            acl("acl-open", "vpc-1", ["subnet-open"]),
            acl("acl-nat", "vpc-1", ["subnet-nat"]),
            acl("acl-door", "vpc-1", ["subnet-door", "subnet-door-2"]),
            acl("acl-peer", "vpc-peer", default=True),
            acl("acl-far", "vpc-far", ["subnet-far"]),
            acl("acl-far-door", "vpc-far", default=True),
            acl("acl-hub-nat", "vpc-hub", ["subnet-hub-nat"]),
            acl("acl-hub-door", "vpc-hub", default=True),
            acl("acl-relay", "vpc-1", ["subnet-relay"]),
            acl("acl-relayed", "vpc-peer", ["subnet-relayed"]),
        ],
        "SecurityGroups": [
            group("sg-model", "vpc-1", [], [rule(ANYWHERE), by_group("sg-reg", 5000)]),
            group("sg-reg", "vpc-1", [by_group("sg-model"), by_group("sg-model", 5000)]),
            group("sg-neighbour", "vpc-1", [by_group("sg-model")]),
            group("sg-open", "vpc-1", [rule(f"{NAT_PUBLIC}/32")]),
            group("sg-empty", "vpc-1", []),
            group("sg-peer", "vpc-peer", [by_group("sg-model", PeeringStatus="active")]),
            group("sg-relayed", "vpc-peer", [rule("10.0.110.9/32")]),
            group("sg-far", "vpc-far", [rule("10.0.0.0/15")]),
        ],
        "NetworkInterfaces": [
            interface("eni-reg", "vpc-1", "subnet-reg", ["sg-reg"], *REGISTRY.addresses),
            interface("eni-neighbour", "vpc-1", "subnet-a", ["sg-neighbour"], *NEIGHBOUR.addresses),
            interface(
                "eni-open",
                "vpc-1",
                "subnet-open",
                ["sg-open"],
                *(f"10.0.30.{at}" for at in range(101, 101 + MANY)),
                public=HAIRPIN.addresses,
            ),
            interface("eni-peer", "vpc-peer", "subnet-peer", ["sg-peer"], *PEER.addresses),
            interface("eni-relayed", "vpc-peer", "subnet-relayed", ["sg-relayed"], *RELAYED.addresses),
            interface("eni-far", "vpc-far", "subnet-far", ["sg-far"], *FAR.addresses),
        ],
        "PrefixLists": [],
        "NatGateways": [
            nat_gateway("nat-1", "vpc-1", "subnet-nat", "10.0.100.9", NAT_PUBLIC),
            nat_gateway("nat-2", "vpc-hub", "subnet-hub-nat", "10.70.100.9", "203.0.113.10"),
            nat_gateway("nat-3", "vpc-1", "subnet-relay", "10.0.110.9"),
        ],
        "InternetGateways": [internet_gateway("igw-1", "vpc-1"), internet_gateway("igw-2", "vpc-hub")],
        "VpcPeeringConnections": [
            {
                "VpcPeeringConnectionId": "pcx-1",
                "Status": {"Code": "active"},
                "RequesterVpcInfo": {
                    "VpcId": "vpc-1",
                    "CidrBlockSet": [{"CidrBlock": "10.0.0.0/16"}, {"CidrBlock": "10.1.0.0/16"}],
                },
                "AccepterVpcInfo": {
                    "VpcId": "vpc-peer",
                    "CidrBlockSet": [{"CidrBlock": "10.50.0.0/16"}, {"CidrBlock": "10.51.0.0/16"}],
                },
            }
        ],
        "TransitGateways": [
            {"TransitGatewayId": "tgw-1", "OwnerId": "1", "Options": {"SecurityGroupReferencingSupport": "disable"}}
        ],
        "TransitGatewayVpcAttachments": [
            attachment("att-near", "vpc-1", "subnet-door", "subnet-door-2"),
            attachment("att-far", "vpc-far", "subnet-far-door"),
            attachment("att-hub", "vpc-hub", "subnet-hub-door"),
        ],
        "TransitGatewayRouteTables": [
            transit_table(
                "tgw-rtb-near",
                "att-near",
                transit_route("10.60.0.0/16", "att-far"),
                transit_route("198.51.100.128/25", "att-hub", "static"),
            ),
            transit_table(
                "tgw-rtb-hub",
                "att-hub",
                transit_route("10.0.0.0/16", "att-near"),
                transit_route("10.1.0.0/16", "att-near"),
            ),
            transit_table(
                "tgw-rtb-far",
                "att-far",
                transit_route("10.0.0.0/16", "att-near"),
                transit_route("10.1.0.0/16", "att-near"),
            ),
        ],
    }

"""Healthy networks of our own making, and what is known about their paths before anything is walked.

Describe-shaped tables of four families: one VPC, a peered VPC, two VPCs at a transit gateway, a NAT gateway. Every
network has three model subnets, one of them in a second range of the VPC, and two destinations.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from ipaddress import ip_network
from random import Random
from typing import Any

from pullcheck_checks.network import Destination, Source
from pullcheck_checks.network.paths.spans import Spans, common, size

Row = dict[str, Any]
Tables = dict[str, list[Row]]
Blocker = tuple[str, str, str]
ALL_PORTS: Spans = ((1024, 65535),)
FORWARD, RETURN = "forward", "return"
ME, OTHER = "111111111111", "222222222222"
ZONES = ("use1-az1", "use1-az2", "use1-az4")
MODEL = ("sg-model", "sg-extra")
NAMES = ", ".join(MODEL)


@dataclass
class Flow:
    """One path, and all that is known about it: what stops packets there, and what is left of ports and addresses."""

    source: Source
    destination: Destination
    number: int
    blockers: set[Blocker] = field(default_factory=set)
    ports: Spans = ALL_PORTS
    relayed: Spans = ALL_PORTS
    addresses: Fraction = Fraction(1)

    def stop(self, kind: str, resource: str, direction: str) -> None:
        """Nothing passes this place."""
        self.blockers.add((kind, resource, direction))
        self.ports = ()

    def narrow(self, *blocker: str, ports: Spans) -> None:
        """These client ports alone pass this place."""
        kind, resource, direction = blocker
        self.blockers.add((kind, resource, direction))
        self.ports = common(self.ports, ports)

    @property
    def share(self) -> Fraction:
        """Of all connections."""
        parts = [Fraction(size(spans), size(ALL_PORTS)) for spans in (self.ports, self.relayed)]
        return parts[0] * parts[1] * self.addresses

    @property
    def outcome(self) -> str:
        """In the words of a walk."""
        if not self.blockers:
            return "pass"
        return "flaky" if self.share else "fail"


@dataclass
class Topology:
    """The tables, and the paths through them; ``broken`` names the breaks. The first half of the flows leads to the
    destination that breaks are about.
    """

    family: str
    tables: Tables
    flows: list[Flow]
    broken: tuple[str, ...] = ()

    def row(self, table: str, name: str) -> Row:
        """A row by its id."""
        return next(row for row in self.tables[table] if name in row.values())

    @property
    def first(self) -> list[Flow]:
        """The flows to the first destination."""
        return self.flows[: len(self.flows) // 2]


def entry(number: int, *, egress: bool, cidr: str, ports: tuple[int, int] | None = None, deny: bool = False) -> Row:
    row: Row = {"RuleNumber": number, "Egress": egress, "CidrBlock": cidr, "RuleAction": "deny" if deny else "allow"}
    return row | (
        {"Protocol": "6", "PortRange": dict(zip(("From", "To"), ports, strict=True))} if ports else {"Protocol": "-1"}
    )


def acl(name: str, vpc: str, subnets: tuple[str, ...], entries: list[Row]) -> Row:
    last = [entry(32767, egress=egress, cidr="0.0.0.0/0", deny=True) for egress in (True, False)]
    associations = [{"SubnetId": subnet} for subnet in subnets]
    return {
        "NetworkAclId": name,
        "VpcId": vpc,
        "IsDefault": False,
        "Associations": associations,
        "Entries": entries + last,
    }


def both(cidr: str = "0.0.0.0/0") -> list[Row]:
    return [entry(100, egress=egress, cidr=cidr) for egress in (True, False)]


def permission(port: int, *cidrs: str, groups: tuple[str, ...] = (), lists: tuple[str, ...] = ()) -> Row:
    return {
        "IpProtocol": "tcp",
        "FromPort": port,
        "ToPort": port,
        "IpRanges": [{"CidrIp": cidr} for cidr in cidrs],
        "UserIdGroupPairs": [{"GroupId": name, "UserId": ME} for name in groups],
        "PrefixListIds": [{"PrefixListId": name} for name in lists],
    }


def group(name: str, vpc: str, ingress: list[Row], egress: list[Row]) -> Row:
    return {"GroupId": name, "VpcId": vpc, "OwnerId": ME, "IpPermissions": ingress, "IpPermissionsEgress": egress}


def route(destination: str, target: str) -> Row:
    kinds = {
        "nat": "NatGatewayId",
        "pcx": "VpcPeeringConnectionId",
        "tgw": "TransitGatewayId",
        "eni": "NetworkInterfaceId",
    }
    return {"DestinationCidrBlock": destination, kinds.get(target[:3], "GatewayId"): target, "State": "active"}


def route_table(name: str, vpc: str, subnets: tuple[str, ...], *routes: Row, main: bool = False) -> Row:
    associations: list[Row] = [{"SubnetId": subnet} for subnet in subnets] + [{"Main": True}] * main
    return {"RouteTableId": name, "VpcId": vpc, "Associations": associations, "Routes": list(routes)}


def subnet(name: str, vpc: str, cidr: str, zone: str) -> Row:
    return {"SubnetId": name, "VpcId": vpc, "CidrBlock": cidr, "AvailabilityZoneId": zone, "OwnerId": ME}


def interface(name: str, vpc: str, subnet_id: str, address: str, group_id: str) -> Row:
    groups = [{"GroupId": group_id}]
    return {
        "NetworkInterfaceId": name,
        "VpcId": vpc,
        "SubnetId": subnet_id,
        "PrivateIpAddress": address,
        "Groups": groups,
    }


def healthy(family: str, rng: Random) -> Topology:
    """A network of the family in which everything passes, its ranges, port and forms of rules drawn."""
    first, second = f"10.{rng.randrange(100)}", f"10.{rng.randrange(100, 150)}"
    there = "8.8.8" if family == "nat" else f"10.{rng.randrange(150, 200)}.7" if family != "samevpc" else f"{first}.7"
    port, vpc = rng.choice((443, 5000)), "vpc-model"
    far_vpc = vpc if family in ("samevpc", "nat") else "vpc-far"
    ranges = (f"{first}.1.0/24", f"{first}.2.0/24", f"{second}.3.0/24")
    locals_ = [route(f"{one}.0.0/16", "local") for one in (first, second)]
    addresses = (f"{there}.20", f"{there}.140")
    models = tuple(f"subnet-{number}" for number in range(3))
    within = [f"{there}.0/24"] if rng.random() < 0.5 else [f"{there}.0/25", f"{there}.128/25"]
    egress = [permission(port, *within)]
    if family == "samevpc" and rng.random() < 0.5:
        egress = [permission(port, groups=("sg-far", "sg-far2"))]
    if rng.random() < 0.3:
        egress = [permission(port, lists=("pl-far",))]
    open_ = [both() if rng.random() < 0.5 else both(f"{there}.0/24") for _ in models]
    tables: Tables = {
        "Subnets": [subnet(name, vpc, cidr, zone) for name, cidr, zone in zip(models, ranges, ZONES, strict=True)],
        "RouteTables": [
            route_table("rtb-main", vpc, (), *locals_, main=True),
            route_table("rtb-model", vpc, models, *locals_),
        ],
        "NetworkAcls": [acl(f"acl-{number}", vpc, (name,), open_[number]) for number, name in enumerate(models)],
        "SecurityGroups": [group(MODEL[0], vpc, [], []), group(MODEL[1], vpc, [permission(22, "10.0.0.0/8")], egress)],
        "NetworkInterfaces": [],
        "PrefixLists": [{"PrefixListId": "pl-far", "Cidrs": within}],
        "NatGateways": [],
        "InternetGateways": [],
        "VpcPeeringConnections": [],
        "TransitGateways": [],
        "TransitGatewayVpcAttachments": [],
        "TransitGatewayRouteTables": [],
    }
    flows = [
        Flow(Source(name, MODEL), Destination.at(address, port), number)
        for address in addresses
        for number, name in enumerate(models)
    ]
    found = Topology(family, tables, flows)
    if family != "nat":
        _add_far_side(found, far_vpc, there, port, ranges, rng)
    LINKS[family](found, f"{there}.0/24", (f"{first}.0.0/16", f"{second}.0.0/16"))
    return found


def _add_far_side(found: Topology, vpc: str, there: str, port: int, ranges: tuple[str, ...], rng: Random) -> None:
    for number, name in enumerate(("far", "far2")):
        cidr, address = f"{there}.{128 * number}/25", found.flows[3 * number].destination.address or ""
        ingress = (
            permission(port, groups=MODEL)
            if found.family != "tgw" and rng.random() < 0.5
            else permission(port, *ranges)
        )
        found.tables["Subnets"].append(subnet(f"subnet-{name}", vpc, cidr, ZONES[number]))
        found.tables["NetworkAcls"].append(acl(f"acl-{name}", vpc, (f"subnet-{name}",), both()))
        found.tables["SecurityGroups"].append(group(f"sg-{name}", vpc, [ingress], []))
        found.tables["NetworkInterfaces"].append(interface(f"eni-{name}", vpc, f"subnet-{name}", address, f"sg-{name}"))


def _one_vpc(found: Topology, _there: str, _ranges: tuple[str, str]) -> None:
    found.row("RouteTables", "rtb-main")["RouteTableId"] = "rtb-far"


def _peered(found: Topology, there: str, ranges: tuple[str, str]) -> None:
    found.row("RouteTables", "rtb-model")["Routes"].append(route(there, "pcx-1"))
    back = [route(cidr, "pcx-1") for cidr in ranges]
    subnets = ("subnet-far", "subnet-far2")
    found.tables["RouteTables"].append(route_table("rtb-far", "vpc-far", subnets, route(there, "local"), *back))
    sides = {
        "RequesterVpcInfo": {
            "VpcId": "vpc-model",
            "OwnerId": ME,
            "Region": "us-east-1",
            "CidrBlockSet": _blocks(ranges),
        },
        "AccepterVpcInfo": {
            "VpcId": "vpc-far",
            "OwnerId": ME,
            "Region": "us-east-1",
            "CidrBlockSet": _blocks((there,)),
        },
    }
    found.tables["VpcPeeringConnections"] = [{"VpcPeeringConnectionId": "pcx-1", "Status": {"Code": "active"}, **sides}]


def _blocks(cidrs: tuple[str, ...]) -> list[Row]:
    return [{"CidrBlock": cidr} for cidr in cidrs]


def _at_a_transit_gateway(found: Topology, there: str, ranges: tuple[str, str]) -> None:
    found.row("RouteTables", "rtb-model")["Routes"].append(route(there, "tgw-1"))
    back = [route(cidr, "tgw-1") for cidr in ranges]
    subnets = ("subnet-far", "subnet-far2")
    found.tables["RouteTables"].append(route_table("rtb-far", "vpc-far", subnets, route(there, "local"), *back))
    for number, name in enumerate(f"subnet-door{zone}" for zone in range(3)):
        cidr = str(ip_network(ranges[0].replace(".0.0/16", f".200.{16 * number}/28")))
        found.tables["Subnets"].append(subnet(name, "vpc-model", cidr, ZONES[number]))
        found.tables["Subnets"].append(subnet(f"{name}-far", "vpc-far", f"10.250.0.{16 * number}/28", ZONES[number]))
    found.tables["RouteTables"].append(route_table("rtb-door", "vpc-far", (), route(there, "local"), main=True))
    doors = {"vpc-model": "", "vpc-far": "-far"}
    for vpc, suffix in doors.items():
        names = tuple(f"subnet-door{number}{suffix}" for number in range(3))
        found.tables["NetworkAcls"].append(acl(f"acl-door{suffix}", vpc, names, both()))
        found.tables["TransitGatewayVpcAttachments"].append(
            {
                "TransitGatewayAttachmentId": f"tgw-attach{suffix}",
                "TransitGatewayId": "tgw-1",
                "VpcId": vpc,
                "State": "available",
                "SubnetIds": list(names),
            }
        )
    found.tables["TransitGateways"] = [{"TransitGatewayId": "tgw-1", "OwnerId": ME}]
    out = [_transit_route(there, "tgw-attach-far", "vpc-far")]
    in_ = [_transit_route(cidr, "tgw-attach", "vpc-model") for cidr in ranges]
    found.tables["TransitGatewayRouteTables"] = [
        _transit_table("tgw-rtb-out", "tgw-attach", out),
        _transit_table("tgw-rtb-in", "tgw-attach-far", in_),
    ]


def _transit_route(cidr: str, attachment: str, vpc: str) -> Row:
    to = {"TransitGatewayAttachmentId": attachment, "ResourceType": "vpc", "ResourceId": vpc}
    return {"DestinationCidrBlock": cidr, "State": "active", "Type": "propagated", "TransitGatewayAttachments": [to]}


def _transit_table(name: str, attachment: str, routes: list[Row]) -> Row:
    associations = [{"TransitGatewayAttachmentId": attachment, "State": "associated"}]
    named = {"TransitGatewayRouteTableId": name, "TransitGatewayId": "tgw-1"}
    return named | {"Associations": associations, "Routes": routes}


def _behind_nat(found: Topology, _there: str, ranges: tuple[str, str]) -> None:
    cidr = ranges[0].replace(".0.0/16", ".100.0/24")
    local = [route(one, "local") for one in ranges]
    found.tables["Subnets"].append(subnet("subnet-nat", "vpc-model", cidr, ZONES[0]))
    found.tables["NetworkAcls"].append(acl("acl-nat", "vpc-model", ("subnet-nat",), both()))
    found.tables["RouteTables"].append(
        route_table("rtb-nat", "vpc-model", ("subnet-nat",), *local, route("0.0.0.0/0", "igw-1"))
    )
    found.row("RouteTables", "rtb-model")["Routes"].append(route("0.0.0.0/0", "nat-1"))
    addresses = [{"PrivateIp": cidr.replace(".0/24", ".9"), "PublicIp": "54.10.20.30"}]
    nat = {"NatGatewayId": "nat-1", "VpcId": "vpc-model", "SubnetId": "subnet-nat", "State": "available"}
    found.tables["NatGateways"] = [nat | {"ConnectivityType": "public", "NatGatewayAddresses": addresses}]
    attached = [{"VpcId": "vpc-model", "State": "available"}]
    found.tables["InternetGateways"] = [{"InternetGatewayId": "igw-1", "Attachments": attached}]


LINKS = {"samevpc": _one_vpc, "peering": _peered, "tgw": _at_a_transit_gateway, "nat": _behind_nat}

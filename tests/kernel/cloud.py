"""VPCs built of Linux, from the rows of EC2's describe calls.

A VPC's router is a namespace, each subnet a bridge on it, and whatever has an interface in a subnet a namespace on that
bridge: traffic within a subnet never meets the router, traffic between subnets always does. The router asks the route
table of the subnet that a packet comes from, and at each subnet's edge its ACL; interfaces filter by their groups and
track connections. NAT gateways and the interfaces of transit gateway attachments are hosts in their subnets that
forward; peerings are cables between routers. What leads to nothing that works is a blackhole.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from ipaddress import IPv4Network, ip_network
from typing import Any

from filters import acls_as_filter, gateway_as_filter, groups_as_filter, nat_as_filter
from plant import Plant

Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]
PUBLIC_SERVERS = "198.51.100.0/24"
"""Every address of it answers, beyond the internet gateways."""
NOWHERE = "blackhole default metric 9999"
RANKS = {"static": 1, "prefix list": 2, "propagated": 3}


class Cloud:
    """The running network. ``clients`` are the addresses of the model's interfaces, by subnet."""

    def __init__(self, tables: Tables, clients: Mapping[str, Sequence[str]], groups: Sequence[str]) -> None:
        self.plant = Plant()
        self._tables = tables
        self._subnets = {row["SubnetId"]: row for row in tables["Subnets"]}
        self._lists = {row["PrefixListId"]: [one["Cidr"] for one in row["Entries"]] for row in tables["PrefixLists"]}
        self._hosts = [(f"model in {subnet}", subnet, clients[subnet], groups) for subnet in clients]
        self._hosts += [
            (
                row["NetworkInterfaceId"],
                row["SubnetId"],
                [one["PrivateIpAddress"] for one in row["PrivateIpAddresses"]],
                [one["GroupId"] for one in row["Groups"]],
            )
            for row in tables["NetworkInterfaces"]
        ]
        try:
            self._build()
            self.plant.start()
        except BaseException:
            self.plant.close()
            raise

    def _build(self) -> None:
        tables = self._tables
        for vpc in dict.fromkeys(row["VpcId"] for row in tables["Subnets"]):
            self._router(vpc)
        for host in self._hosts:
            self._host(*host)
        for row in tables["NatGateways"]:
            self._nat_gateway(row)
        for row in tables["InternetGateways"]:
            for attachment in row["Attachments"]:
                self._internet_gateway(row["InternetGatewayId"], attachment["VpcId"])
        for row in tables["VpcPeeringConnections"]:
            if row["Status"]["Code"] == "active":
                self.plant.cable(row["RequesterVpcInfo"]["VpcId"], row["AccepterVpcInfo"]["VpcId"])
        for row in tables["TransitGateways"]:
            self._transit_gateway(row["TransitGatewayId"])
        for row in tables["Subnets"]:
            self._routes(row)

    def _router(self, vpc: str) -> None:
        self.plant.space(vpc, forwards=True)
        own = [row for row in self._subnets.values() if row["VpcId"] == vpc]
        for row in own:
            self.plant.bridge(row["SubnetId"], vpc, row["CidrBlock"])
        acls = [(self.plant.bridge_device(row["SubnetId"]), self._of(row, "NetworkAcls", "IsDefault")) for row in own]
        self.plant.filter(vpc, acls_as_filter(acls))

    def _of(self, subnet: Row, table: str, fallback: str) -> Row:
        """The subnet's ACL or route table: the one associated with it, else the VPC's own."""
        rows = [row for row in self._tables[table] if row["VpcId"] == subnet["VpcId"]]
        for row in rows:
            if any(one.get("SubnetId") == subnet["SubnetId"] for one in row["Associations"]):
                return row
        return next(row for row in rows if row.get(fallback) or any(one.get(fallback) for one in row["Associations"]))

    def _host(self, name: str, subnet: str, addresses: Sequence[str], groups: Sequence[str]) -> None:
        self.plant.seat(name, subnet, addresses)
        if groups:
            rows = [row for row in self._tables["SecurityGroups"] if row["GroupId"] in groups]
            members = partial(self._members, self._subnets[subnet]["VpcId"])
            self.plant.filter(name, groups_as_filter(rows, members, self._lists))

    def _members(self, vpc: str, pair: Row, ingress: bool) -> list[str]:
        """The addresses of those with the group whose groups AWS knows in this VPC."""
        known = {vpc, *self._peers(vpc), *(self._behind_transit(vpc) if ingress else ())}
        if pair.get("PeeringStatus", "active") != "active":
            return []
        return [
            address
            for _, subnet, addresses, groups in self._hosts
            for address in addresses
            if self._subnets[subnet]["VpcId"] in known and pair["GroupId"] in groups
        ]

    def _peers(self, vpc: str) -> Iterator[str]:
        for row in self._tables["VpcPeeringConnections"]:
            sides = {row["RequesterVpcInfo"]["VpcId"], row["AccepterVpcInfo"]["VpcId"]}
            if vpc in sides and row["Status"]["Code"] == "active":
                yield from sides

    def _behind_transit(self, vpc: str) -> Iterator[str]:
        """A gateway carries groups between attachments where it and both of them are set to."""
        for gateway in self._tables["TransitGateways"]:
            if gateway["Options"]["SecurityGroupReferencingSupport"] == "enable":
                attachments = self._attachments(gateway["TransitGatewayId"])
                carried = [one for one in attachments if one["Options"]["SecurityGroupReferencingSupport"] == "enable"]
                vpcs = {one["VpcId"] for one in carried}
                yield from vpcs if vpc in vpcs else ()

    def _nat_gateway(self, row: Row) -> None:
        [address] = [one["PrivateIp"] for one in row["NatGatewayAddresses"]]
        self.plant.seat(row["NatGatewayId"], row["SubnetId"], [address], forwards=row["State"] == "available")
        self.plant.filter(row["NatGatewayId"], nat_as_filter(address))

    def _internet_gateway(self, name: str, vpc: str) -> None:
        plant, beyond = self.plant, f"internet behind {name}"
        plant.space(name, forwards=True)
        plant.space(beyond)
        plant.cable(name, vpc)
        plant.cable(name, beyond)
        plant.set(name, *(f"route add {cidr} {plant.by(name, vpc)}" for cidr in self._local_ranges(vpc)))
        plant.set(name, f"route add default {plant.by(name, beyond)}")
        plant.set(beyond, f"route add local {PUBLIC_SERVERS} dev lo", f"route add default {plant.by(beyond, name)}")
        plant.filter(name, gateway_as_filter(plant.device(name, vpc), dict(self._public(vpc))))

    def _public(self, vpc: str) -> Iterator[tuple[str, str]]:
        """Private addresses with their public ones."""
        for row in self._tables["NatGateways"]:
            addresses = row["NatGatewayAddresses"] if row["VpcId"] == vpc else ()
            yield from ((one["PrivateIp"], one["PublicIp"]) for one in addresses if "PublicIp" in one)
        for row in self._tables["NetworkInterfaces"]:
            addresses = row["PrivateIpAddresses"] if row["VpcId"] == vpc else ()
            pairs = ((one["PrivateIpAddress"], one.get("Association")) for one in addresses)
            yield from ((private, association["PublicIp"]) for private, association in pairs if association)

    def _local_ranges(self, vpc: str) -> set[str]:
        routes = [route for row in self._tables["RouteTables"] if row["VpcId"] == vpc for route in row["Routes"]]
        return {route["DestinationCidrBlock"] for route in routes if route.get("GatewayId") == "local"}

    def _attachments(self, gateway: str) -> list[Row]:
        rows = self._tables["TransitGatewayVpcAttachments"]
        return [row for row in rows if row["TransitGatewayId"] == gateway and row["State"] == "available"]

    def _doors(self, attachment: Row) -> dict[str, str]:
        """The names of the attachment's interfaces, by their zones."""
        name = attachment["TransitGatewayAttachmentId"]
        return {self._subnets[one]["AvailabilityZoneId"]: f"{name} in {one}" for one in attachment["SubnetIds"]}

    def _transit_gateway(self, gateway: str) -> None:
        """What a door gets from its subnet goes to the gateway, what it gets from the gateway goes into the subnet."""
        plant = self.plant
        plant.space(gateway, forwards=True)
        doors = {one["TransitGatewayAttachmentId"]: self._doors(one) for one in self._attachments(gateway)}
        for attachment in self._attachments(gateway):
            names = doors[attachment["TransitGatewayAttachmentId"]].values()
            for door, subnet in zip(names, attachment["SubnetIds"], strict=True):
                plant.seat(door, subnet, [_door_address(self._subnets[subnet])], forwards=True)
                plant.cable(gateway, door)
                inwards = f"route add default {plant.by(door, gateway)} table 100"
                plant.set(door, "rule add pref 100 iif eth0 lookup 100", inwards)
        for attachment, entries in doors.items():
            for zone, entry in entries.items():
                self._transit_routes(gateway, attachment, plant.device(gateway, entry), zone, doors)

    def _transit_routes(
        self, gateway: str, attachment: str, device: str, zone: str, doors: Mapping[str, Mapping[str, str]]
    ) -> None:
        """For what comes in by a door: the table associated with its attachment, and out by a door of the same zone."""
        table = int(device[1:]) + 100
        self.plant.set(gateway, f"rule add pref 100 iif {device} lookup {table}", f"route add {NOWHERE} table {table}")
        for row in self._tables["TransitGatewayRouteTables"]:
            if attachment in [one["TransitGatewayAttachmentId"] for one in row["Associations"]]:
                for route in row["Routes"]:
                    out = [one["TransitGatewayAttachmentId"] for one in route.get("TransitGatewayAttachments", ())]
                    exits = doors.get(out[0], {}) if out and route["State"] == "active" else {}
                    door = exits.get(zone) or next(iter(exits.values()), None)
                    hop = self.plant.by(gateway, door) if door else "blackhole"
                    rank = RANKS["propagated" if route["Type"] == "propagated" else "static"]
                    self.plant.set(gateway, _route(route["DestinationCidrBlock"], hop, rank, table))

    def _routes(self, subnet: Row) -> None:
        router, device = subnet["VpcId"], self.plant.bridge_device(subnet["SubnetId"])
        table = int(device[1:]) + 100
        self.plant.set(router, f"rule add pref 100 iif {device} lookup {table}", f"route add {NOWHERE} table {table}")
        local = [IPv4Network(cidr) for cidr in self._local_ranges(router)]
        for route in self._of(subnet, "RouteTables", "Main")["Routes"]:
            hop = self._next_hop(subnet, route)
            if cidr := route.get("DestinationCidrBlock"):
                propagated = route.get("Origin") == "EnableVgwRoutePropagation"
                if not (propagated and any(IPv4Network(cidr).subnet_of(one) for one in local)):
                    rank = RANKS["propagated" if propagated else "static"]
                    self.plant.set(router, _route(cidr, hop, rank, table))
            for cidr in self._lists.get(route.get("DestinationPrefixListId", ""), ()):
                self.plant.set(router, _route(cidr, hop, RANKS["prefix list"], table))

    def _next_hop(self, subnet: Row, route: Row) -> str:
        """``throw`` leaves a packet to the router's own table, which holds the VPC's subnets."""
        plant, router = self.plant, subnet["VpcId"]
        match route:
            case {"State": "blackhole"}:
                return "blackhole"
            case {"GatewayId": "local"}:
                return "throw"
            case {"NatGatewayId": name}:
                rows = [row for row in self._tables["NatGateways"] if row["NatGatewayId"] == name]
                seats = [(row["SubnetId"], row["NatGatewayAddresses"][0]["PrivateIp"]) for row in rows]
                return self._host_hop(*seats[0]) if seats else "blackhole"
            case {"TransitGatewayId": name}:
                zone = subnet["AvailabilityZoneId"]
                rows = [row for row in self._attachments(name) if row["VpcId"] == router]
                doors = [one for row in rows for one in row["SubnetIds"]]
                here = [one for one in doors if self._subnets[one]["AvailabilityZoneId"] == zone]
                return self._host_hop(here[0], _door_address(self._subnets[here[0]])) if here else "blackhole"
            case {"VpcPeeringConnectionId": name}:
                rows = [row for row in self._tables["VpcPeeringConnections"] if row["VpcPeeringConnectionId"] == name]
                sides = {row[side]["VpcId"] for row in rows for side in ("RequesterVpcInfo", "AccepterVpcInfo")}
                others = [plant.by(router, other) for other in sides if plant.joined(router, other)]
                return others[0] if others else "blackhole"
            case {"GatewayId": name}:
                return plant.by(router, name) if plant.joined(router, name) else "blackhole"
        raise ValueError(f"nothing is built for {route}")

    def _host_hop(self, subnet: str, address: str) -> str:
        return f"via {address} dev {self.plant.bridge_device(subnet)}"


def _door_address(subnet: Row) -> str:
    """One that AWS keeps, so that nothing else has it."""
    return str(ip_network(subnet["CidrBlock"])[3])


def _route(cidr: str, hop: str, rank: int, table: int) -> str:
    kind, way = (hop, "") if hop in ("blackhole", "throw") else ("", f"{hop} onlink")
    return f"route add {kind} {cidr} {way} metric {rank} table {table}"

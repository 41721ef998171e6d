"""A topology: the healthy network, and what is changed in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from healthy import (
    CENTRAL,
    FAR,
    GOALS,
    HAIRPIN,
    NEIGHBOUR,
    PEER,
    PORT_5000,
    PUBLIC,
    REGISTRY,
    RELAYED,
    Goal,
    Row,
    Tables,
    healthy,
)

Change = Callable[[Tables], None]


@dataclass(frozen=True)
class Topology:
    """``cuts`` names those of which something is cut off, e.g. "a>registry": by the model subnet and the goal, or by
    the goal alone where it is cut off from all three.
    """

    name: str
    goals: Sequence[Goal]
    cuts: str
    changes: tuple[Change, ...]

    def tables(self) -> Tables:
        """The changed network, without the parts in which none of the goals is."""
        tables = healthy(self.goals)
        for change in self.changes:
            change(tables)
        return tables


KEYS = {
    "Subnets": "SubnetId",
    "NetworkAcls": "NetworkAclId",
    "RouteTables": "RouteTableId",
    "SecurityGroups": "GroupId",
    "NetworkInterfaces": "NetworkInterfaceId",
    "NatGateways": "NatGatewayId",
    "InternetGateways": "InternetGatewayId",
    "VpcPeeringConnections": "VpcPeeringConnectionId",
    "TransitGateways": "TransitGatewayId",
    "TransitGatewayVpcAttachments": "TransitGatewayAttachmentId",
    "TransitGatewayRouteTables": "TransitGatewayRouteTableId",
}


def put(table: str, name: str, **fields: Any) -> Change:
    """Replaces fields of one row."""

    def change(tables: Tables) -> None:
        [row] = [row for row in tables[table] if row[KEYS[table]] == name]
        row.update(fields)

    return change


def without(table: str, name: str) -> Change:
    def change(tables: Tables) -> None:
        tables[table] = [row for row in tables[table] if row[KEYS[table]] != name]

    return change


def plus(table: str, row: Row) -> Change:
    return lambda tables: tables[table].append(row)


def entries(name: str, *rows: Row) -> Change:
    return put("NetworkAcls", name, Entries=list(rows))


def routes(name: str, *rows: Row) -> Change:
    return put("RouteTables", name, Routes=list(rows))


def also(name: str, *rows: Row) -> Change:
    """More routes in a table, in the place of those for the same destination."""

    def change(tables: Tables) -> None:
        [row] = [row for row in tables["RouteTables"] if row["RouteTableId"] == name]
        new = [_way(one) for one in rows]
        row["Routes"] = [*(one for one in row["Routes"] if _way(one) not in new), *rows]

    return change


def _way(row: Row) -> tuple[str | None, str | None]:
    return row.get("DestinationCidrBlock"), row.get("Origin")


def unrouted(name: str, cidr: str) -> Change:
    """A table without its route for this destination."""

    def change(tables: Tables) -> None:
        [row] = [row for row in tables["RouteTables"] if row["RouteTableId"] == name]
        row["Routes"] = [one for one in row["Routes"] if one["DestinationCidrBlock"] != cidr]

    return change


def ingress(name: str, *rows: Row) -> Change:
    return put("SecurityGroups", name, IpPermissions=list(rows))


def egress(*rows: Row) -> Change:
    return put("SecurityGroups", "sg-model", IpPermissionsEgress=list(rows))


def transit(name: str, *rows: Row) -> Change:
    return put("TransitGatewayRouteTables", name, Routes=list(rows))


def on(name: str, *subnets: str) -> Change:
    """Associates a route table with these subnets alone."""
    return put("RouteTables", name, Associations=[{"SubnetId": one} for one in subnets])


def referencing(value: str) -> Change:
    return put("TransitGateways", "tgw-1", Options={"SecurityGroupReferencingSupport": value})


def everywhere(name: str, cuts: str, *changes: Change) -> Topology:
    return Topology(name, GOALS, cuts, changes)


def inside(name: str, cuts: str, *changes: Change) -> Topology:
    return Topology(name, (REGISTRY, PORT_5000, NEIGHBOUR), cuts, changes)


def outside(name: str, cuts: str, *changes: Change) -> Topology:
    return Topology(name, (PUBLIC, HAIRPIN), cuts, changes)


def peered(name: str, cuts: str, *changes: Change) -> Topology:
    return Topology(name, (PEER,), cuts, changes)


def attached(name: str, cuts: str, *changes: Change) -> Topology:
    return Topology(name, (FAR,), cuts, changes)


def central(name: str, cuts: str, *changes: Change) -> Topology:
    return Topology(name, (CENTRAL,), cuts, changes)


def relayed(name: str, cuts: str, *changes: Change) -> Topology:
    return Topology(name, (PEER, RELAYED), cuts, changes)


def abroad(name: str, cuts: str, *changes: Change) -> Topology:
    return Topology(name, (PUBLIC, PEER), cuts, changes)


def between(name: str, cuts: str, *changes: Change) -> Topology:
    return Topology(name, (PEER, FAR), cuts, changes)

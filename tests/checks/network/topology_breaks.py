"""Breaks of the healthy networks: each says of every path what it stops there, so that nobody has to walk to know."""

from collections.abc import Callable
from fractions import Fraction
from random import Random

from topologies import ALL_PORTS, FORWARD, MODEL, NAMES, RETURN, Row, Topology, entry, healthy, permission, route

from pullcheck_checks.network.paths.spans import without

Break = Callable[[Topology, Random], None]


def _some(rng: Random) -> tuple[int, int]:
    return rng.choice(((1024, 40000), (32768, 65535), (32768, 60999), (49152, 65535), (65535, 65535)))


def model_egress(found: Topology, _rng: Random) -> None:
    found.row("SecurityGroups", MODEL[1])["IpPermissionsEgress"] = [permission(80, "0.0.0.0/0")]
    for flow in found.flows:
        flow.stop("security-group", NAMES, FORWARD)


def model_acl_out(found: Topology, rng: Random) -> None:
    number = rng.randrange(3)
    entries = found.row("NetworkAcls", f"acl-{number}")["Entries"]
    entries.append(entry(7, egress=True, cidr=found.flows[0].destination.cidr, deny=True))
    found.flows[number].stop("network-acl", f"acl-{number}", FORWARD)


def model_acl_in(found: Topology, rng: Random) -> None:
    number, ports = rng.randrange(3), _some(rng)
    row = found.row("NetworkAcls", f"acl-{number}")
    row["Entries"] = [one for one in row["Entries"] if one["Egress"]] + [
        entry(90, egress=False, cidr="0.0.0.0/0", ports=ports)
    ]
    for flow in found.flows[number::3]:
        flow.narrow("network-acl", f"acl-{number}", RETURN, ports=(ports,))


def model_acl_in_hole(found: Topology, rng: Random) -> None:
    number, port = rng.randrange(3), rng.choice((1024, 3389, 5432, 33000))
    entries = found.row("NetworkAcls", f"acl-{number}")["Entries"]
    entries.insert(0, entry(5, egress=False, cidr="0.0.0.0/0", ports=(port, port), deny=True))
    for flow in found.flows[number::3]:
        flow.narrow("network-acl", f"acl-{number}", RETURN, ports=without(ALL_PORTS, ((port, port),)))


def far_group(found: Topology, _rng: Random) -> None:
    found.row("SecurityGroups", "sg-far")["IpPermissions"] = [permission(4443, "10.0.0.0/8")]
    for flow in found.first:
        flow.stop("security-group", "sg-far", FORWARD)


def far_group_for_half(found: Topology, rng: Random) -> None:
    number, port = rng.randrange(3), found.flows[0].destination.port
    ranges = [row["CidrBlock"] for row in found.tables["Subnets"][:3]]
    ranges[number] = ranges[number].replace("/24", "/25")
    found.row("SecurityGroups", "sg-far")["IpPermissions"] = [permission(port, *ranges)]
    flow = found.first[number]
    flow.blockers.add(("security-group", "sg-far", FORWARD))
    flow.addresses = Fraction(124, 251)


def far_acl_in(found: Topology, rng: Random) -> None:
    number = rng.randrange(3)
    cidr = found.tables["Subnets"][number]["CidrBlock"]
    found.row("NetworkAcls", "acl-far")["Entries"].append(entry(20, egress=False, cidr=cidr, deny=True))
    found.first[number].stop("network-acl", "acl-far", FORWARD)


def far_acl_out(found: Topology, rng: Random) -> None:
    ports = _some(rng)
    row = found.row("NetworkAcls", "acl-far")
    row["Entries"] = [one for one in row["Entries"] if not one["Egress"]] + [
        entry(10, egress=True, cidr="10.0.0.0/8", ports=ports)
    ]
    for flow in found.first:
        flow.narrow("network-acl", "acl-far", RETURN, ports=(ports,))


def _lose_route(found: Topology, table: str, keep: Callable[[Row], bool]) -> None:
    row = found.row("RouteTables", table)
    row["Routes"] = [one for one in row["Routes"] if keep(one)]


def no_way_back(found: Topology, _rng: Random) -> None:
    """R32: the far side knows the model VPC's first range alone."""
    second = found.tables["Subnets"][2]["CidrBlock"].rsplit(".", 2)[0]
    _lose_route(found, "rtb-far", lambda one: not one["DestinationCidrBlock"].startswith(f"{second}."))
    for flow in found.flows[2::3]:
        flow.stop("route-table", "rtb-far", RETURN)


def dead_way_back(found: Topology, _rng: Random) -> None:
    """R30: a longer route that leads nowhere wins."""
    gone = route(found.tables["Subnets"][1]["CidrBlock"], "eni-gone") | {"State": "blackhole"}
    found.row("RouteTables", "rtb-far")["Routes"].append(gone)
    for flow in found.flows[1::3]:
        flow.stop("route-table", "rtb-far", RETURN)


def peering_down(found: Topology, rng: Random) -> None:
    found.tables["VpcPeeringConnections"][0]["Status"]["Code"] = rng.choice(
        ("pending-acceptance", "deleted", "expired")
    )
    for flow in found.flows:
        flow.stop("peering", "pcx-1", FORWARD)


def not_associated(found: Topology, _rng: Random) -> None:
    found.tables["TransitGatewayRouteTables"][0]["Associations"] = []
    for flow in found.flows:
        flow.stop("transit-gateway-attachment", "tgw-attach", FORWARD)


def not_in_the_zone(found: Topology, rng: Random) -> None:
    number = rng.randrange(3)
    found.tables["TransitGatewayVpcAttachments"][0]["SubnetIds"].remove(f"subnet-door{number}")
    for flow in found.flows[number::3]:
        flow.stop("transit-gateway-attachment", "tgw-attach", FORWARD)


def not_propagated_there(found: Topology, _rng: Random) -> None:
    found.tables["TransitGatewayRouteTables"][0]["Routes"] = []
    for flow in found.flows:
        flow.stop("transit-gateway-route-table", "tgw-rtb-out", FORWARD)


def not_propagated_back(found: Topology, rng: Random) -> None:
    """One of the model VPC's ranges is not known there, or a static route takes it away."""
    table = found.tables["TransitGatewayRouteTables"][1]
    if rng.random() < 0.5:
        table["Routes"] = table["Routes"][:1]
    else:
        table["Routes"][1] |= {"State": "blackhole", "Type": "static", "TransitGatewayAttachments": []}
    for flow in found.flows[2::3]:
        flow.stop("transit-gateway-route-table", "tgw-rtb-in", RETURN)


def door_acl_in(found: Topology, _rng: Random) -> None:
    """R26: at the gateway's own subnets, what comes from the model."""
    cidr = found.tables["Subnets"][0]["CidrBlock"]
    found.row("NetworkAcls", "acl-door")["Entries"].append(entry(9, egress=False, cidr=cidr, deny=True))
    for flow in found.flows[::3]:
        flow.stop("network-acl", "acl-door", FORWARD)


def door_acl_back(found: Topology, rng: Random) -> None:
    """R26: at the gateway's own subnets, what goes to the model."""
    ports = _some(rng)
    row = found.row("NetworkAcls", "acl-door")
    row["Entries"] = [one for one in row["Entries"] if not one["Egress"]] + [
        entry(9, egress=True, cidr="10.0.0.0/8", ports=ports)
    ]
    for flow in found.flows:
        flow.narrow("network-acl", "acl-door", RETURN, ports=(ports,))


def nat_failed(found: Topology, rng: Random) -> None:
    found.tables["NatGateways"][0]["State"] = rng.choice(("failed", "pending", "deleted"))
    for flow in found.flows:
        flow.stop("nat-gateway", "nat-1", FORWARD)


def detached(found: Topology, _rng: Random) -> None:
    found.tables["InternetGateways"] = []
    for flow in found.flows:
        flow.stop("internet-gateway", "igw-1", FORWARD)


def nat_acl_in(found: Topology, rng: Random) -> None:
    number = rng.randrange(3)
    cidr = found.tables["Subnets"][number]["CidrBlock"]
    found.row("NetworkAcls", "acl-nat")["Entries"].append(entry(9, egress=False, cidr=cidr, deny=True))
    for flow in found.flows[number::3]:
        flow.stop("network-acl", "acl-nat", FORWARD)


def nat_acl_out(found: Topology, _rng: Random) -> None:
    cidr = found.flows[0].destination.cidr
    found.row("NetworkAcls", "acl-nat")["Entries"].append(entry(8, egress=True, cidr=cidr, deny=True))
    for flow in found.first:
        flow.stop("network-acl", "acl-nat", FORWARD)


def nat_acl_ports(found: Topology, rng: Random) -> None:
    """R22, R25: the gateway's own ports on the internet."""
    ports = _some(rng)
    entries = found.row("NetworkAcls", "acl-nat")["Entries"]
    entries += [
        entry(30, egress=False, cidr="8.8.8.0/24", ports=ports),
        entry(31, egress=False, cidr="8.8.8.0/24", deny=True),
    ]
    for flow in found.flows:
        flow.blockers.add(("network-acl", "acl-nat", RETURN))
        flow.relayed = (ports,)


def nat_acl_back(found: Topology, rng: Random) -> None:
    ports = _some(rng)
    entries = found.row("NetworkAcls", "acl-nat")["Entries"]
    entries += [
        entry(40, egress=True, cidr="10.0.0.0/8", ports=ports),
        entry(41, egress=True, cidr="10.0.0.0/8", deny=True),
    ]
    for flow in found.flows:
        flow.narrow("network-acl", "acl-nat", RETURN, ports=(ports,))


def no_way_there(found: Topology, _rng: Random) -> None:
    """Nothing beyond the model's own table is met."""
    _lose_route(found, "rtb-model", lambda one: one.get("GatewayId") == "local")
    for flow in found.flows:
        flow.stop("route-table", "rtb-model", FORWARD)


def dead_way_there(found: Topology, _rng: Random) -> None:
    """R30: a longer route that leads nowhere wins, also over the local one."""
    gone = route(found.flows[0].destination.cidr, "eni-gone") | {"State": "blackhole"}
    found.row("RouteTables", "rtb-model")["Routes"].append(gone)
    for flow in found.first:
        flow.stop("route-table", "rtb-model", FORWARD)


def straight_out(found: Topology, _rng: Random) -> None:
    """R2: the model's interfaces have no public address."""
    _lose_route(found, "rtb-model", lambda one: one.get("GatewayId") == "local")
    found.row("RouteTables", "rtb-model")["Routes"].append(route("0.0.0.0/0", "igw-1"))
    for flow in found.flows:
        flow.stop("internet-gateway", "igw-1", FORWARD)


NEAR: tuple[Break, ...] = (model_egress, model_acl_out, model_acl_in, model_acl_in_hole)
FAR: tuple[Break, ...] = (far_group, far_group_for_half, far_acl_in, far_acl_out, dead_way_back)
BREAKS: dict[str, tuple[Break, ...]] = {
    "samevpc": NEAR + FAR,
    "peering": (*NEAR, *FAR, no_way_back, peering_down),
    "tgw": (
        *(*NEAR, *FAR, no_way_back, not_associated, not_in_the_zone),
        *(not_propagated_there, not_propagated_back, door_acl_in, door_acl_back),
    ),
    "nat": (*NEAR, nat_failed, detached, nat_acl_in, nat_acl_out, nat_acl_ports, nat_acl_back),
}
"""All of these may happen together, but for those in `INSTEAD`: each is met whatever else is broken."""
ENDS: dict[str, tuple[Break, ...]] = {
    "samevpc": (dead_way_there,),
    "peering": (no_way_there, dead_way_there),
    "tgw": (no_way_there, dead_way_there),
    "nat": (no_way_there, dead_way_there, straight_out),
}
"""Nothing beyond these is met."""
INSTEAD: tuple[set[Break], ...] = (
    {far_group, far_group_for_half},
    {model_acl_in, model_acl_in_hole},
    {far_acl_in, far_acl_out},
    {not_associated, not_propagated_there},
)


def broken(family: str, rng: Random) -> Topology:
    """A network of the family with one to three breaks."""
    found = healthy(family, rng)
    if rng.random() < 0.2:
        chosen = [rng.choice(NEAR), rng.choice(ENDS[family])]
    else:
        chosen = rng.sample(BREAKS[family], rng.randint(1, 3))
        chosen = [one for at, one in enumerate(chosen) if not any({one, other} in INSTEAD for other in chosen[:at])]
    for one in chosen:
        one(found, rng)
    found.broken = tuple(one.__name__ for one in chosen)
    return found


FAMILIES = tuple(BREAKS)


def topologies(count: int) -> list[Topology]:
    """That many broken networks, the same ones each time, of all families in turn."""
    return [broken(FAMILIES[seed % len(FAMILIES)], Random(seed)) for seed in range(count)]

"""From rows of EC2's describe calls, in AWS's field names, to network evidence. What is unknown in a row is ignored."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from ipaddress import ip_network
from typing import Any, TypeVar

from pullcheck.evidence.describe_transit import transit_gateways
from pullcheck.evidence.network import (
    Interfaces,
    InternetGateways,
    NatGateways,
    NetworkAcls,
    NetworkEvidence,
    Peerings,
    PrefixLists,
    RouteTables,
    SecurityGroups,
    Subnets,
    TransitGateways,
)
from pullcheck.evidence.network_rows import (
    AclEntry,
    GroupReference,
    GroupRule,
    Interface,
    InternetGateway,
    NatGateway,
    NetworkAcl,
    Peering,
    PeeringSide,
    PrefixList,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
)
from pullcheck.missing import Unavailable

Row = Mapping[str, Any]
Table = TypeVar("Table")

ROUTE_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
ROUTE_TARGETS = (
    "NatGatewayId",
    "VpcPeeringConnectionId",
    "TransitGatewayId",
    "NetworkInterfaceId",
    "InstanceId",
    "GatewayId",
    "EgressOnlyInternetGatewayId",
    "CarrierGatewayId",
    "LocalGatewayId",
    "CoreNetworkArn",
    "OdbNetworkArn",
)


def network_evidence(tables: Mapping[str, Sequence[Row]]) -> NetworkEvidence:
    """Every table, each from its rows; see `NetworkEvidence.from_describe`."""

    def read(name: str, parse: Callable[[Iterable[Row]], Table]) -> Table | Unavailable:
        rows = tables.get(name)
        return Unavailable(f"{name} were not read") if rows is None else parse(rows)

    return NetworkEvidence(
        subnets=read("Subnets", lambda rows: Subnets(tuple(map(subnet, rows)))),
        route_tables=read("RouteTables", lambda rows: RouteTables(tuple(map(route_table, rows)))),
        acls=read("NetworkAcls", lambda rows: NetworkAcls(tuple(map(network_acl, rows)))),
        groups=read("SecurityGroups", lambda rows: SecurityGroups(tuple(map(security_group, rows)))),
        interfaces=read("NetworkInterfaces", lambda rows: Interfaces(tuple(map(interface, rows)))),
        prefix_lists=read("PrefixLists", lambda rows: PrefixLists(tuple(map(prefix_list, rows)))),
        nat_gateways=read("NatGateways", lambda rows: NatGateways(tuple(map(nat_gateway, rows)))),
        internet_gateways=read("InternetGateways", lambda rows: InternetGateways(tuple(map(internet_gateway, rows)))),
        peerings=read("VpcPeeringConnections", lambda rows: Peerings(tuple(map(peering, rows)))),
        transit_gateways=read("TransitGateways", lambda rows: _transit_gateways(rows, tables)),
    )


def _transit_gateways(gateways: Iterable[Row], tables: Mapping[str, Sequence[Row]]) -> TransitGateways:
    routed = tables.get("TransitGatewayRouteTables")
    routing = Unavailable("TransitGatewayRouteTables were not read") if routed is None else routed
    attachments = tables.get("TransitGatewayVpcAttachments", ())
    return TransitGateways(transit_gateways(gateways, attachments, routing))


def subnet(row: Row) -> Subnet:
    """A row of DescribeSubnets."""
    block = row.get("BlockPublicAccessStates") or {}
    return Subnet(
        id=row["SubnetId"],
        vpc_id=row.get("VpcId", ""),
        cidr=row.get("CidrBlock") or "",
        zone_id=row.get("AvailabilityZoneId") or row.get("AvailabilityZone") or "",
        owner=row.get("OwnerId", ""),
        public_access_block=block.get("InternetGatewayBlockMode") or "off",
    )


def route_table(row: Row) -> RouteTable:
    """A row of DescribeRouteTables."""
    associations = [one for one in row.get("Associations", ()) if _holds(one.get("AssociationState"))]
    return RouteTable(
        id=row["RouteTableId"],
        vpc_id=row.get("VpcId", ""),
        main=any(one.get("Main") for one in associations),
        subnet_ids=_texts(one.get("SubnetId") for one in associations),
        gateway_ids=_texts(one.get("GatewayId") for one in associations),
        routes=tuple(map(_route, row.get("Routes", ()))),
    )


def _holds(state: Row | None) -> bool:
    return not state or state.get("State", "associated") in ("associated", "associating")


def _route(row: Row) -> Route:
    return Route(
        destination=next((row[name] for name in ROUTE_DESTINATIONS if row.get(name)), ""),
        target=next((row[name] for name in ROUTE_TARGETS if row.get(name)), "an unknown target"),
        state=row.get("State") or "active",
        propagated=row.get("Origin") == "EnableVgwRoutePropagation",
    )


def network_acl(row: Row) -> NetworkAcl:
    """A row of DescribeNetworkAcls."""
    return NetworkAcl(
        id=row["NetworkAclId"],
        vpc_id=row.get("VpcId", ""),
        default=bool(row.get("IsDefault")),
        subnet_ids=_texts(one.get("SubnetId") for one in row.get("Associations", ())),
        entries=tuple(map(_acl_entry, row.get("Entries", ()))),
    )


def _acl_entry(row: Row) -> AclEntry:
    ports = row.get("PortRange") or {}
    return AclEntry(
        number=int(row.get("RuleNumber", 0)),
        egress=bool(row.get("Egress")),
        allow=row.get("RuleAction") == "allow",
        protocol=str(row.get("Protocol", "")),
        cidr=row.get("CidrBlock"),
        ipv6_cidr=row.get("Ipv6CidrBlock"),
        from_port=ports.get("From"),
        to_port=ports.get("To"),
    )


def security_group(row: Row) -> SecurityGroup:
    """A row of DescribeSecurityGroups."""
    return SecurityGroup(
        id=row["GroupId"],
        vpc_id=row.get("VpcId", ""),
        owner=row.get("OwnerId", ""),
        ingress=tuple(map(_group_rule, row.get("IpPermissions", ()))),
        egress=tuple(map(_group_rule, row.get("IpPermissionsEgress", ()))),
    )


def _group_rule(row: Row) -> GroupRule:
    return GroupRule(
        protocol=str(row.get("IpProtocol", "")),
        from_port=row.get("FromPort"),
        to_port=row.get("ToPort"),
        cidrs=_texts(one.get("CidrIp") for one in row.get("IpRanges", ())),
        ipv6_cidrs=_texts(one.get("CidrIpv6") for one in row.get("Ipv6Ranges", ())),
        prefix_list_ids=_texts(one.get("PrefixListId") for one in row.get("PrefixListIds", ())),
        groups=tuple(
            GroupReference(one["GroupId"], one.get("UserId", ""), one.get("PeeringStatus", ""))
            for one in row.get("UserIdGroupPairs", ())
            if one.get("GroupId")
        ),
    )


def _delegated(row: Row) -> Iterator[str]:
    """The addresses of prefixes that are delegated to an interface, as Amazon EKS has them: each is a /28."""
    for prefix in row.get("Ipv4Prefixes", ()):
        try:
            yield from map(str, ip_network(prefix["Ipv4Prefix"]))
        except (KeyError, ValueError):
            continue


def interface(row: Row) -> Interface:
    """A row of DescribeNetworkInterfaces."""
    private = [row, *row.get("PrivateIpAddresses", ())]
    return Interface(
        id=row["NetworkInterfaceId"],
        vpc_id=row.get("VpcId", ""),
        subnet_id=row.get("SubnetId", ""),
        addresses=_texts([*(one.get("PrivateIpAddress") for one in private), *_delegated(row)]),
        group_ids=_texts(one.get("GroupId") for one in row.get("Groups", ())),
        kind=row.get("InterfaceType") or "interface",
        public_addresses=_texts((one.get("Association") or {}).get("PublicIp") for one in private),
    )


def prefix_list(row: Row) -> PrefixList:
    """A prefix list with its ``Cidrs``, or with ``Entries`` as GetManagedPrefixListEntries gives them."""
    cidrs = [*row.get("Cidrs", ()), *(entry.get("Cidr") for entry in row.get("Entries", ()))]
    return PrefixList(row["PrefixListId"], _texts(cidrs))


def nat_gateway(row: Row) -> NatGateway:
    """A row of DescribeNatGateways."""
    addresses = row.get("NatGatewayAddresses", ())
    return NatGateway(
        id=row["NatGatewayId"],
        vpc_id=row.get("VpcId", ""),
        subnet_id=row.get("SubnetId") or None,
        state=row.get("State", ""),
        connectivity=row.get("ConnectivityType") or "public",
        private_addresses=_texts(one.get("PrivateIp") for one in addresses),
        public_addresses=_texts(one.get("PublicIp") for one in addresses),
        failure=row.get("FailureMessage") or "",
    )


def internet_gateway(row: Row) -> InternetGateway:
    """A row of DescribeInternetGateways."""
    attachments = row.get("Attachments", ())
    attached = (one.get("VpcId") for one in attachments if one.get("State", "available") in ("available", "attached"))
    return InternetGateway(row["InternetGatewayId"], _texts(attached))


def peering(row: Row) -> Peering:
    """A row of DescribeVpcPeeringConnections."""
    return Peering(
        id=row["VpcPeeringConnectionId"],
        status=(row.get("Status") or {}).get("Code", ""),
        requester=_side(row.get("RequesterVpcInfo") or {}),
        accepter=_side(row.get("AccepterVpcInfo") or {}),
    )


def _side(row: Row) -> PeeringSide:
    cidrs = (row.get("CidrBlock"), *(one.get("CidrBlock") for one in row.get("CidrBlockSet", ())))
    return PeeringSide(row.get("VpcId", ""), _texts(cidrs), row.get("Region", ""), row.get("OwnerId", ""))


def _texts(values: Iterable[Any]) -> tuple[str, ...]:
    """Those that are there, once each, in order."""
    return tuple(dict.fromkeys(str(value) for value in values if value))

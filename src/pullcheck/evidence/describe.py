"""From rows of EC2's describe calls, in AWS's field names, to network evidence. What is unknown in a row is ignored."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from ipaddress import ip_network
from itertools import islice
from typing import TypeVar

from pullcheck.evidence.describe_balancers import load_balancers
from pullcheck.evidence.describe_gateways import gateways
from pullcheck.evidence.describe_private_link import private_links
from pullcheck.evidence.describe_transit import transit_gateways
from pullcheck.evidence.fields import Row, number, part, parts, rows_of, text, texts, texts_in
from pullcheck.evidence.gateway_endpoint import GatewayEndpoints, gateway_endpoints
from pullcheck.evidence.network import (
    NO_ENDPOINTS,
    Interfaces,
    InternetGateways,
    LoadBalancers,
    NatGateways,
    NetworkAcls,
    NetworkEvidence,
    Peerings,
    PrefixLists,
    PrivateLinks,
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

Table = TypeVar("Table")
Parsed = TypeVar("Parsed")

ATTACHED = ("available", "attached")
BALANCERS, ENDPOINTS = "ELB ", "VPC Endpoint Interface "
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

    def read(
        name: str, own: str, parse: Callable[[Row], Parsed], kind: Callable[[tuple[Parsed, ...]], Table]
    ) -> Table | Unavailable:
        rows = tables.get(name)
        if rows is None:
            return Unavailable(f"{name} were not read")
        return kind(tuple(parse(row) for row in rows_of(rows) if text(row, own)))

    return NetworkEvidence(
        subnets=read("Subnets", "SubnetId", subnet, Subnets),
        route_tables=read("RouteTables", "RouteTableId", route_table, RouteTables),
        acls=read("NetworkAcls", "NetworkAclId", network_acl, NetworkAcls),
        groups=read("SecurityGroups", "GroupId", security_group, SecurityGroups),
        interfaces=read("NetworkInterfaces", "NetworkInterfaceId", interface, Interfaces),
        prefix_lists=read("PrefixLists", "PrefixListId", prefix_list, PrefixLists),
        nat_gateways=read("NatGateways", "NatGatewayId", nat_gateway, NatGateways),
        internet_gateways=read("InternetGateways", "InternetGatewayId", internet_gateway, InternetGateways),
        peerings=read("VpcPeeringConnections", "VpcPeeringConnectionId", peering, Peerings),
        transit_gateways=_transit_gateways(tables),
        load_balancers=_load_balancers(tables),
        private_links=_private_links(tables),
        gateways=gateways(tables),
        gateway_endpoints=_gateway_endpoints(tables),
    )


def _transit_gateways(tables: Mapping[str, Sequence[Row]]) -> TransitGateways | Unavailable:
    found, routing = _rows(tables, "TransitGateways"), _rows(tables, "TransitGatewayRouteTables")
    if isinstance(found, Unavailable):
        return found
    attachments = rows_of(tables.get("TransitGatewayVpcAttachments"))
    connections = rows_of(tables.get("VpnConnections"))
    return TransitGateways(transit_gateways(found, attachments, routing, connections))


def _gateway_endpoints(tables: Mapping[str, Sequence[Row]]) -> GatewayEndpoints | Unavailable:
    return gateway_endpoints(rows_of(tables["VpcEndpoints"])) if "VpcEndpoints" in tables else NO_ENDPOINTS


def _load_balancers(tables: Mapping[str, Sequence[Row]]) -> LoadBalancers | Unavailable:
    found = _rows(tables, "LoadBalancers")
    if isinstance(found, Unavailable):
        return found
    return LoadBalancers(load_balancers(found, _rows(tables, "Listeners"), _rows(tables, "TargetGroups")))


def _private_links(tables: Mapping[str, Sequence[Row]]) -> PrivateLinks | Unavailable:
    found = _rows(tables, "VpcEndpoints")
    if isinstance(found, Unavailable):
        return found
    own = rows_of(tables.get("ServiceConfigurations"))
    return PrivateLinks(private_links(found, _rows(tables, "ServiceDetails"), own))


def _rows(tables: Mapping[str, Sequence[Row]], name: str) -> list[Row] | Unavailable:
    return rows_of(tables[name]) if name in tables else Unavailable(f"{name} were not read")


def subnet(row: Row) -> Subnet:
    """A row of DescribeSubnets."""
    return Subnet(
        id=str(row["SubnetId"]),
        vpc_id=text(row, "VpcId"),
        cidr=text(row, "CidrBlock"),
        zone_id=text(row, "AvailabilityZoneId", "AvailabilityZone"),
        owner=text(row, "OwnerId"),
        public_access_block=text(part(row, "BlockPublicAccessStates"), "InternetGatewayBlockMode") or "off",
    )


def route_table(row: Row) -> RouteTable:
    """A row of DescribeRouteTables."""
    associations = [one for one in parts(row, "Associations") if _holds(part(one, "AssociationState"))]
    return RouteTable(
        id=str(row["RouteTableId"]),
        vpc_id=text(row, "VpcId"),
        main=any(one.get("Main") for one in associations),
        subnet_ids=texts(text(one, "SubnetId") for one in associations),
        gateway_ids=texts(text(one, "GatewayId") for one in associations),
        routes=tuple(map(_route, parts(row, "Routes"))),
        propagating=texts(text(one, "GatewayId") for one in parts(row, "PropagatingVgws")),
    )


def _holds(state: Row) -> bool:
    return (text(state, "State") or "associated") in ("associated", "associating")


def _route(row: Row) -> Route:
    return Route(
        destination=text(row, *ROUTE_DESTINATIONS),
        target=text(row, *ROUTE_TARGETS) or "an unknown target",
        state=text(row, "State") or "active",
        propagated=row.get("Origin") == "EnableVgwRoutePropagation",
    )


def network_acl(row: Row) -> NetworkAcl:
    """A row of DescribeNetworkAcls."""
    return NetworkAcl(
        id=str(row["NetworkAclId"]),
        vpc_id=text(row, "VpcId"),
        default=bool(row.get("IsDefault")),
        subnet_ids=texts(text(one, "SubnetId") for one in parts(row, "Associations")),
        entries=tuple(map(_acl_entry, parts(row, "Entries"))),
    )


def _acl_entry(row: Row) -> AclEntry:
    ports = part(row, "PortRange")
    return AclEntry(
        number=number(row, "RuleNumber") or 0,
        egress=bool(row.get("Egress")),
        allow=row.get("RuleAction") == "allow",
        protocol=text(row, "Protocol"),
        cidr=text(row, "CidrBlock") or None,
        ipv6_cidr=text(row, "Ipv6CidrBlock") or None,
        from_port=number(ports, "From"),
        to_port=number(ports, "To"),
    )


def security_group(row: Row) -> SecurityGroup:
    """A row of DescribeSecurityGroups."""
    return SecurityGroup(
        id=str(row["GroupId"]),
        vpc_id=text(row, "VpcId"),
        owner=text(row, "OwnerId"),
        ingress=tuple(map(_group_rule, parts(row, "IpPermissions"))),
        egress=tuple(map(_group_rule, parts(row, "IpPermissionsEgress"))),
        name=text(row, "GroupName"),
    )


def _group_rule(row: Row) -> GroupRule:
    return GroupRule(
        protocol=text(row, "IpProtocol"),
        from_port=number(row, "FromPort"),
        to_port=number(row, "ToPort"),
        cidrs=texts(text(one, "CidrIp") for one in parts(row, "IpRanges")),
        ipv6_cidrs=texts(text(one, "CidrIpv6") for one in parts(row, "Ipv6Ranges")),
        prefix_list_ids=texts(text(one, "PrefixListId") for one in parts(row, "PrefixListIds")),
        groups=tuple(
            GroupReference(text(one, "GroupId"), text(one, "UserId"), text(one, "PeeringStatus"))
            for one in parts(row, "UserIdGroupPairs")
            if text(one, "GroupId")
        ),
    )


def _delegated(row: Row) -> Iterator[str]:
    """The addresses of prefixes that are delegated to an interface, as Amazon EKS has them: each is a /28."""
    for prefix in parts(row, "Ipv4Prefixes"):
        try:
            yield from islice(map(str, ip_network(prefix["Ipv4Prefix"])), 16)
        except (KeyError, ValueError):
            continue


def interface(row: Row) -> Interface:
    """A row of DescribeNetworkInterfaces."""
    private = [row, *parts(row, "PrivateIpAddresses")]
    return Interface(
        id=str(row["NetworkInterfaceId"]),
        vpc_id=text(row, "VpcId"),
        subnet_id=text(row, "SubnetId"),
        addresses=texts([*(text(one, "PrivateIpAddress") for one in private), *_delegated(row)]),
        group_ids=texts(text(one, "GroupId") for one in parts(row, "Groups")),
        kind=text(row, "InterfaceType") or "interface",
        public_addresses=texts(text(part(one, "Association"), "PublicIp") for one in private),
        part_of=_part_of(row),
        attached=text(row, "Status") != "available",
    )


def _part_of(row: Row) -> str:
    """AWS names what an interface of its own serves in the description, and an instance in the attachment."""
    description, attachment = text(row, "Description"), part(row, "Attachment")
    if row.get("RequesterManaged") is not False:
        if name := description.removeprefix(BALANCERS) if description.startswith(BALANCERS) else "":
            return name if "/" in name else f"elb/{name}"
        if description.startswith(ENDPOINTS):
            return description.removeprefix(ENDPOINTS)
    return "" if number(attachment, "DeviceIndex") else text(attachment, "InstanceId")


def prefix_list(row: Row) -> PrefixList:
    """A prefix list with its ``Cidrs``, or with ``Entries`` as GetManagedPrefixListEntries gives them."""
    entries = (text(entry, "Cidr") for entry in parts(row, "Entries"))
    return PrefixList(str(row["PrefixListId"]), texts([*texts_in(row, "Cidrs"), *entries]))


def nat_gateway(row: Row) -> NatGateway:
    """A row of DescribeNatGateways."""
    addresses = parts(row, "NatGatewayAddresses")
    return NatGateway(
        id=str(row["NatGatewayId"]),
        vpc_id=text(row, "VpcId"),
        subnet_id=text(row, "SubnetId") or None,
        state=text(row, "State"),
        connectivity=text(row, "ConnectivityType") or "public",
        private_addresses=texts(text(one, "PrivateIp") for one in addresses),
        public_addresses=texts(text(one, "PublicIp") for one in addresses),
        failure=text(row, "FailureMessage"),
        zones=texts(text(one, "AvailabilityZoneId", "AvailabilityZone") for one in addresses),
        table_id=text(row, "RouteTableId"),
    )


def internet_gateway(row: Row) -> InternetGateway:
    """A row of DescribeInternetGateways."""
    working = [one for one in parts(row, "Attachments") if (text(one, "State") or "available") in ATTACHED]
    return InternetGateway(str(row["InternetGatewayId"]), texts(text(one, "VpcId") for one in working))


def peering(row: Row) -> Peering:
    """A row of DescribeVpcPeeringConnections."""
    return Peering(
        id=str(row["VpcPeeringConnectionId"]),
        status=text(part(row, "Status"), "Code"),
        requester=_side(part(row, "RequesterVpcInfo")),
        accepter=_side(part(row, "AccepterVpcInfo")),
    )


def _side(row: Row) -> PeeringSide:
    cidrs = (text(one, "CidrBlock") for one in (row, *parts(row, "CidrBlockSet")))
    return PeeringSide(text(row, "VpcId"), texts(cidrs), text(row, "Region"), text(row, "OwnerId"))

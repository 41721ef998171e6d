"""Reads what routes lead to beside NAT, internet and transit gateways. Nothing is asked that no route calls for."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, ip_network
from typing import Any, TypeVar

from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.collect.far import ANYWHERE, goals, is_public, matching
from pullcheck.evidence import describe_gateways as describe
from pullcheck.evidence.gateways import (
    Appliances,
    Gateways,
    Inspections,
    PublicAccess,
    VirtualGateway,
    VirtualGateways,
    VpcEncryption,
)
from pullcheck.evidence.names import LambdaAddresses, RegistryAddresses
from pullcheck.evidence.network import RouteTables
from pullcheck.evidence.network_rows import Route, RouteTable
from pullcheck.evidence.vpc import ModelVpc
from pullcheck.missing import NotApplicable, NotObserved, Unavailable
from pullcheck.wiring import collector

Seen = TypeVar("Seen")

LEADS_OUT = ("igw-", "nat-")
OTHERS_INTERFACES = ("eni-", "i-")


@collector(
    "ec2:DescribeVpnGateways",
    "ec2:DescribeVpnConnections",
    optional=("directconnect:DescribeDirectConnectGatewayAssociations", "directconnect:DescribeVirtualInterfaces"),
)
def virtual_gateways(
    vpc: ModelVpc,
    tables: RouteTables,
    registry: RegistryAddresses | Unavailable | NotApplicable,
    lambda_api: LambdaAddresses | Unavailable | NotApplicable,
    aws: Aws,
) -> VirtualGateways:
    """Those of the VPC, where a route leads to one or a destination has no route that can carry it."""
    wanted = goals(registry, lambda_api) - {ANYWHERE}
    if not any(_calls_for_vpn(table, address) for table in tables.rows for address in wanted):
        return VirtualGateways(())
    found = aws.call("ec2", "DescribeVpnGateways", Filters=matching("attachment.vpc-id", vpc.id))["VpnGateways"]
    return VirtualGateways(tuple(_virtual_gateway(aws, row, wanted) for row in found))


def _calls_for_vpn(table: RouteTable, address: str) -> bool:
    known, deciding = _address(address), _deciding(table.routes, address)
    if known is None or not deciding:
        return known is not None
    wanted = ("vgw-", *LEADS_OUT) if known.is_private else ("vgw-",)
    return any(route.target.startswith(wanted) for route in deciding)


def _virtual_gateway(aws: Aws, row: dict[str, Any], wanted: set[str]) -> VirtualGateway:
    """Direct Connect is asked about only where no tunnel carries the packets."""
    name = row["VpnGatewayId"]
    filters = matching("vpn-gateway-id", name)
    connections = _seen(lambda: aws.call("ec2", "DescribeVpnConnections", Filters=filters)["VpnConnections"])
    known = () if isinstance(connections, Unavailable) else connections
    if any(_carries(one, wanted) for one in known):
        why = Unavailable("Direct Connect was not asked about, as a tunnel carries the packets")
        return describe.virtual_gateway(row, connections, why, ())
    circuits = _seen(lambda: aws.call("directconnect", "DescribeVirtualInterfaces")["virtualInterfaces"])
    associations = _seen(
        lambda: aws.call("directconnect", "DescribeDirectConnectGatewayAssociations", virtualGatewayId=name)[
            "directConnectGatewayAssociations"
        ]
    )
    if isinstance(associations, Unavailable):
        return describe.virtual_gateway(row, connections, associations, ())
    return describe.virtual_gateway(row, connections, circuits, associations)


def _carries(row: dict[str, Any], wanted: set[str]) -> bool:
    up = [tunnel for tunnel in row.get("VgwTelemetry", ()) if tunnel.get("Status") == "UP"]
    if (row.get("Options") or {}).get("StaticRoutesOnly"):
        cidrs = [one.get("DestinationCidrBlock", "") for one in row.get("Routes", ())]
        return bool(up) and any(_holds(cidr, address) for cidr in cidrs for address in wanted)
    return any(tunnel.get("AcceptedRouteCount") for tunnel in up)


def _seen(ask: Callable[[], Seen]) -> Seen | Unavailable:
    try:
        return ask()
    except NotObserved as error:
        return error.unavailable
    except AwsRefusal as refusal:
        return Unavailable(str(refusal))


@collector("ec2:DescribeNetworkInterfaces", "ec2:DescribeInstances")
def appliances(vpc: ModelVpc, tables: RouteTables, aws: Aws) -> Appliances:
    """The interfaces that routes of the VPC lead to, and the state of the instances that have them."""
    names = _targets(tables, OTHERS_INTERFACES)
    if not names:
        return Appliances(())
    found = aws.call("ec2", "DescribeNetworkInterfaces", Filters=matching("vpc-id", vpc.id))["NetworkInterfaces"]
    rows = [row for row in found if names & {row["NetworkInterfaceId"], _instance(row)}]
    instances = sorted({_instance(row) for row in rows} - {""})
    if not instances:
        return describe.appliances(rows, ())
    answer = aws.call("ec2", "DescribeInstances", Filters=matching("instance-id", *instances))
    return describe.appliances(rows, answer["Reservations"])


def _instance(row: dict[str, Any]) -> str:
    return str((row.get("Attachment") or {}).get("InstanceId") or "")


@collector(
    "ec2:DescribeVpcEndpoints",
    optional=(
        "network-firewall:ListFirewalls",
        "network-firewall:DescribeFirewall",
        "network-firewall:DescribeFirewallPolicy",
        "network-firewall:DescribeRuleGroup",
    ),
)
def inspections(vpc: ModelVpc, tables: RouteTables, aws: Aws) -> Inspections:
    """The endpoints that routes of the VPC lead to; where they may be a firewall's, its policy and rule groups too."""
    names = _targets(tables, ("vpce-",))
    if not names:
        return Inspections(())
    found = aws.call("ec2", "DescribeVpcEndpoints", Filters=matching("vpc-id", vpc.id))["VpcEndpoints"]
    rows = [row for row in found if row["VpcEndpointId"] in names]
    balancers = [row for row in rows if row.get("VpcEndpointType") == "GatewayLoadBalancer"]
    return describe.inspections(rows, _seen(lambda: _firewalls(aws, vpc.id)) if balancers else ())


def _firewalls(aws: Aws, vpc_id: str) -> list[dict[str, Any]]:
    listed = aws.call("network-firewall", "ListFirewalls", VpcIds=[vpc_id]).get("Firewalls", ())
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda row: _firewall(aws, row["FirewallArn"]), listed))


def _firewall(aws: Aws, arn: str) -> dict[str, Any]:
    found = aws.call("network-firewall", "DescribeFirewall", FirewallArn=arn)
    return {**found, "Policy": _seen(lambda: _policy(aws, found["Firewall"]["FirewallPolicyArn"]))}


def _policy(aws: Aws, arn: str) -> dict[str, Any]:
    found = aws.call("network-firewall", "DescribeFirewallPolicy", FirewallPolicyArn=arn)
    named = found["FirewallPolicy"].get("StatefulRuleGroupReferences", ())
    groups = [aws.call("network-firewall", "DescribeRuleGroup", RuleGroupArn=one["ResourceArn"]) for one in named]
    return {**found, "RuleGroups": groups}


@collector("ec2:DescribeVpcBlockPublicAccessOptions", "ec2:DescribeVpcBlockPublicAccessExclusions")
def public_access(
    tables: RouteTables,
    registry: RegistryAddresses | Unavailable | NotApplicable,
    lambda_api: LambdaAddresses | Unavailable | NotApplicable,
    aws: Aws,
) -> PublicAccess:
    """The account's setting, where a destination is public and the VPC has a route to the internet."""
    if not any(map(is_public, goals(registry, lambda_api))) or not _targets(tables, ("igw-",)):
        return PublicAccess("", "off")
    answer = aws.call("ec2", "DescribeVpcBlockPublicAccessOptions").get("VpcBlockPublicAccessOptions") or {}
    if answer.get("InternetGatewayBlockMode", "off") == "off":
        return describe.public_access(answer, ())
    exclusions = aws.call("ec2", "DescribeVpcBlockPublicAccessExclusions")
    return describe.public_access(answer, exclusions.get("VpcBlockPublicAccessExclusions", ()))


@collector("ec2:DescribeVpcs")
def vpc_encryption(vpc: ModelVpc, aws: Aws) -> VpcEncryption:
    """The VPC's encryption control, from the answer that its DHCP options are read from too."""
    [row] = aws.call("ec2", "DescribeVpcs", VpcIds=[vpc.id])["Vpcs"]
    return describe.vpc_encryption(row)


@collector()
def gateways(
    virtual: VirtualGateways | Unavailable,
    leading: Appliances | Unavailable,
    inspecting: Inspections | Unavailable,
    access: PublicAccess | Unavailable,
) -> Gateways:
    """All of them together."""
    return Gateways(virtual, leading, inspecting, access)


def _targets(tables: RouteTables, prefixes: tuple[str, ...]) -> set[str]:
    """What routes of the VPC lead to."""
    routes = (route for table in tables.rows for route in table.routes)
    return {route.target for route in routes if route.target.startswith(prefixes)}


def _deciding(routes: tuple[Route, ...], address: str) -> list[Route]:
    """The longest route that holds the address, and those by prefix lists: what these hold is not known here.

    A propagated route never comes before the local one (R31).
    """
    holding = [route for route in routes if _holds(route.destination, address)]
    if any(route.target == "local" for route in holding):
        holding = [route for route in holding if not route.propagated]
    longest = sorted(holding, key=lambda route: -ip_network(route.destination, strict=False).prefixlen)[:1]
    lists = (route for route in routes if route.destination.startswith("pl-"))
    return longest + [route for route in lists if not route.target.startswith("vpce-")]


def _holds(cidr: str, address: str) -> bool:
    known = _address(address)
    return known is not None and "/" in cidr and known in ip_network(cidr, strict=False)


def _address(text: str) -> IPv4Address | None:
    try:
        return IPv4Address(text)
    except ValueError:
        return None


COLLECTORS = (virtual_gateways, appliances, inspections, public_access, vpc_encryption, gateways)

"""Reads what only the answers meet, or what only the far side's tables name."""

from pullcheck.collect.aws import Aws
from pullcheck.collect.far import gateways_named, routed
from pullcheck.collect.network import lists_named
from pullcheck.evidence.network import AnsweringGateways, FarNetwork, FarPrefixLists, TransitGateways
from pullcheck.evidence.network_rows import Route
from pullcheck.evidence.vpc import ModelSubnets
from pullcheck.missing import Unavailable
from pullcheck.wiring import collector


@collector(
    "ec2:DescribeTransitGateways",
    "ec2:DescribeTransitGatewayVpcAttachments",
    "ec2:DescribeTransitGatewayRouteTables",
    "ec2:GetTransitGatewayRouteTableAssociations",
    "ec2:SearchTransitGatewayRoutes",
    "ec2:GetTransitGatewayPrefixListReferences",
)
def answering_gateways(
    far: FarNetwork, gateways: TransitGateways | Unavailable, model: ModelSubnets, aws: Aws
) -> AnsweringGateways:
    """Those to which a far VPC's tables send what is for the model's subnets, unless they were read already."""
    routes = [route for table in far.route_tables for route in table.routes]
    known = {row.id for row in gateways.rows} if isinstance(gateways, TransitGateways) else set()
    firsts = {subnet.cidr.partition("/")[0] for subnet in model.subnets}
    return AnsweringGateways(
        gateways_named(aws, {name for one in firsts for name in routed(routes, "tgw-", one)} - known)
    )


@collector("ec2:GetManagedPrefixListEntries")
def far_prefix_lists(
    far: FarNetwork | Unavailable, gateways: TransitGateways | Unavailable, aws: Aws
) -> FarPrefixLists:
    """The entries of the prefix lists in the routes of far VPCs and of transit gateways."""
    routes: list[Route] = []
    if isinstance(far, FarNetwork):
        routes += [route for table in far.route_tables for route in table.routes]
    if isinstance(gateways, TransitGateways):
        tables = [row.tables for row in gateways.rows if not isinstance(row.tables, Unavailable)]
        routes += [route for group in tables for table in group for route in table.routes]
    names = {route.destination for route in routes if route.destination.startswith("pl-")}
    return FarPrefixLists(lists_named(aws, names))


COLLECTORS = (answering_gateways, far_prefix_lists)

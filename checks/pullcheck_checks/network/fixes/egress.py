"""Changes that may mend the way through another VPC's NAT gateway; each is tried before it is printed."""

from collections.abc import Iterator

from pullcheck.evidence.network import NatGateways
from pullcheck.evidence.network_rows import NatGateway, RouteTable, Subnet, TransitAttachment, TransitGateway
from pullcheck_checks.network.fixes.changes import Changes, SetRoute
from pullcheck_checks.network.paths.crossing import WORKING
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import Destination
from pullcheck_checks.network.paths.steps import Step

ANYWHERE = "0.0.0.0/0"


def egress_attachments(index: Index, gateway: TransitGateway, destination: Destination) -> Iterator[TransitAttachment]:
    """For a public destination, the attachments of VPCs that have a NAT gateway to the internet."""
    vpcs = {nat.vpc_id for nat in _nat_gateways(index)} if destination.is_public else set()
    for one in gateway.attachments:
        if one.kind == "vpc" and one.resource_id in vpcs and one.state in WORKING:
            yield one


def range_of(destination: Destination) -> str:
    """What a route of a transit gateway has to name: it takes no prefix list here."""
    return ANYWHERE if destination.address is None else destination.cidr


def landing_changes(index: Index, destination: Destination, blocker: Step) -> Iterator[tuple[str, Changes]]:
    """A NAT gateway for what comes out of the transit gateway in the subnet of an attachment."""
    subnet = index.subnet(blocker.resources[1]) if len(blocker.resources) > 1 else None
    table = index.route_table(subnet) if isinstance(subnet, Subnet) else None
    if not isinstance(subnet, Subnet) or not isinstance(table, RouteTable) or not destination.is_public:
        return
    for nat in _nat_gateways(index):
        if nat.vpc_id == subnet.vpc_id and nat.subnet_id != subnet.id:
            cidr = range_of(destination)
            replaces = any(route.destination == cidr for route in table.routes)
            change = SetRoute(table.id, cidr, nat.id, replaces)
            yield f"send what is for {destination.name} to {nat.id} in {table.id}", (change,)


def _nat_gateways(index: Index) -> tuple[NatGateway, ...]:
    table = index.evidence.nat_gateways
    rows = table.rows if isinstance(table, NatGateways) else ()
    return tuple(nat for nat in rows if nat.state == "available" and nat.connectivity == "public")

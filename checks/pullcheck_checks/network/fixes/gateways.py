"""Changes that may take away what stands in the way at a VPN, an appliance or a firewall; each is tried first."""

from collections.abc import Iterator

from pullcheck.evidence.gateways import Appliance, FirewallPolicy, Inspection, VirtualGateway
from pullcheck.evidence.network_rows import RouteTable, Subnet
from pullcheck_checks.network.fixes.changes import Changes, SetRoute
from pullcheck_checks.network.fixes.gateway_changes import AllowDomain, LetForward, PropagateRoutes, StartInstance
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import Destination, Source
from pullcheck_checks.network.paths.routing import known_routes
from pullcheck_checks.network.paths.spans import span_of
from pullcheck_checks.network.paths.steps import Reason, Step

BY_GATEWAY = (
    Reason.NOT_PROPAGATED,
    Reason.VPN_DOWN,
    Reason.CIRCUIT_DOWN,
    Reason.EGRESS_ONLY,
    Reason.HIJACKED,
    Reason.LOCAL_WINS,
    Reason.NOT_FORWARDING,
    Reason.APPLIANCE_DOWN,
    Reason.FIREWALL_DROPS,
    Reason.ASYMMETRIC,
)
Candidates = Iterator[tuple[str, Changes]]


def gateway_changes(index: Index, source: Source, destination: Destination, blocker: Step) -> Candidates:
    """By the blocker's reason; nothing here starts a tunnel or mends a circuit."""
    match blocker.reason:
        case Reason.NOT_PROPAGATED:
            yield from _propagation(index, blocker)
        case Reason.HIJACKED:
            summary = (
                f"delete the route to {blocker.route} from {blocker.resources[0]}, so that the shorter one decides"
            )
            yield summary, (SetRoute(blocker.resources[0], blocker.route, None),)
        case Reason.NOT_FORWARDING:
            name = blocker.hop.resource
            yield f"turn the source/destination check of {name} off", (LetForward(name),)
        case Reason.APPLIANCE_DOWN:
            row = index.appliance(blocker.hop.resource)
            if isinstance(row, Appliance) and row.instance_state == "stopped":
                yield f"start {row.instance_id}", (StartInstance(row.instance_id),)
        case Reason.FIREWALL_DROPS:
            yield from _domain(index, destination, blocker)
        case Reason.ASYMMETRIC if not blocker.via:
            yield from _way_there(index, source, destination, blocker)


def _propagation(index: Index, blocker: Step) -> Candidates:
    gateway = index.virtual_gateway(blocker.via)
    if isinstance(gateway, VirtualGateway):
        table = blocker.resources[0]
        change = PropagateRoutes(table, gateway.id, known_routes(index, gateway))
        yield f"let {table} take over the routes of {gateway.id}", (change,)


def _domain(index: Index, destination: Destination, blocker: Step) -> Candidates:
    row = index.inspection(blocker.hop.resource)
    policy = row.policy if isinstance(row, Inspection) else None
    for group in policy.groups if isinstance(policy, FirewallPolicy) else ():
        if group.id in blocker.resources and group.list_type == "ALLOWLIST":
            name = group.id.rpartition("/")[2]
            yield f"allow {destination.host} in {name}", (AllowDomain(group.id, group, destination.host),)


def _way_there(index: Index, source: Source, destination: Destination, blocker: Step) -> Candidates:
    """Through the firewall that the answers pass: AWS takes no route within the VPC but one for a whole subnet."""
    subnet = index.subnet(source.subnet_id)
    table = index.route_table(subnet) if isinstance(subnet, Subnet) else None
    if not isinstance(subnet, Subnet) or not isinstance(table, RouteTable) or not destination.address:
        return
    there = index.subnet_at(subnet.vpc_id, destination.address)
    if isinstance(there, Subnet) and span_of(there.cidr):
        endpoint = blocker.resources[-1]
        change = SetRoute(table.id, there.cidr, endpoint, any(one.destination == there.cidr for one in table.routes))
        yield f"send {there.cidr} to {endpoint} in {table.id} too", (change,)


def gateway_by_hand(source: Source, destination: Destination, blocker: Step) -> str:
    """What a person has to do where no command is known to help."""
    name, where = destination.name, blocker.hop.resource
    match blocker.reason:
        case Reason.VPN_DOWN:
            return f"bring a tunnel of {where} up at the customer gateway, and announce a route for {name} over it"
        case Reason.CIRCUIT_DOWN:
            return f"bring {where} and its BGP session up, or let it announce the range of {source.subnet_id}'s VPC"
        case Reason.LOCAL_WINS:
            return f"renumber the network of {name} or the VPC, or reach it by PrivateLink or a private NAT gateway"
        case Reason.APPLIANCE_DOWN:
            return f"have {where} take packets again, or route {name} past it"
        case Reason.FIREWALL_DROPS:
            return f"have the firewall behind {where} allow TLS to {destination.host or name}"
        case Reason.ASYMMETRIC:
            return (
                f"let packets and answers between {source.subnet_id} and {name} go through the same firewall endpoint"
            )
    return f"route {source.subnet_id} to {name} over IPv4: by a NAT gateway, or by what leads to its network"

"""What is wrong with VPNs, appliances and firewalls on the way to the registry, and what lies behind them unseen."""

from pullcheck import Basis, Cause
from pullcheck_checks.network.causes.routes import ROUTE_TABLES
from pullcheck_checks.network.paths.steps import Place, Reason

VPN = "AWS Site-to-Site VPN User Guide; EC2 API, DescribeVpnConnections and DescribeVpnGateways"
FIREWALL = "AWS Network Firewall Developer Guide, stateful domain list rule groups"
APPLIANCE = "Amazon VPC User Guide, middlebox routing; EC2 API, DescribeNetworkInterfaces and DescribeInstances"

NOT_PROPAGATED = Cause(
    "rt.vgw-propagation-off",
    "A VPN of the VPC knows the way to the registry, and the model subnet's route table does not take over its routes.",
    "DescribeRouteTables: the virtual private gateway is not in PropagatingVgws and no route leads to the registry;"
    " DescribeVpnConnections has a static route for it, or another table a propagated one.",
    "Turn route propagation on for the table.",
    Basis.DOCUMENTED,
    VPN,
)
VPN_DOWN = Cause(
    "x.vpn-down",
    "The VPN on the way to the registry carries no packets: no tunnel is up, or none knows the address.",
    "DescribeVpnConnections: VgwTelemetry shows no tunnel with Status UP, or one with AcceptedRouteCount 0; static"
    " Routes do not hold the address.",
    "Bring a tunnel up at the customer gateway, or announce the registry's network over it.",
    Basis.API,
    VPN,
)
CIRCUIT_DOWN = Cause(
    "x.dx-down-or-filtered",
    "Direct Connect, the only way to the registry, is down, or does not announce the VPC's range to the other side.",
    "directconnect:DescribeVirtualInterfaces: virtualInterfaceState is not available or bgpStatus is down;"
    " DescribeDirectConnectGatewayAssociations: no allowed prefix holds the VPC's range.",
    "Bring the virtual interface or its BGP session up, or allow the VPC's range in the association.",
    Basis.INFERENCE,
    "AWS Direct Connect User Guide, virtual interfaces and allowed prefixes",
)
ON_PREMISES = Cause(
    "x.onprem-firewall",
    "The registry lies in a network of one's own behind a VPN or Direct Connect, whose firewall may not know the"
    " model's subnets.",
    "Nothing in AWS shows it: everything up to the virtual private gateway is in order.",
    "Have its owner allow the registry's port from the whole ranges of the model subnets, and the answers.",
    Basis.INFERENCE,
    VPN,
    certain=False,
)
CORE_NETWORK = Cause(
    "x.cloud-wan-or-lattice",
    "The way to the registry leads into an AWS Cloud WAN core network or a VPC Lattice service network, and its policy"
    " may not let the two talk.",
    "DescribeRouteTables: the deciding route's target is a core network's ARN, or VPC Lattice.",
    "Have its owner look up whether the segments of both VPCs are shared, or what the service's auth policy allows.",
    Basis.INFERENCE,
    "AWS Cloud WAN User Guide, core network policy; Amazon VPC Lattice User Guide",
    certain=False,
)
EGRESS_ONLY = Cause(
    "rt.egress-only-ipv6",
    "The model subnet's only way out is an egress-only internet gateway, which carries IPv6 alone, and the registry is"
    " asked over IPv4.",
    "DescribeRouteTables: a route with EgressOnlyInternetGatewayId, and none for IPv4 that holds the address.",
    "Route IPv4 to a NAT gateway.",
    Basis.INFERENCE,
    "Amazon VPC User Guide, egress-only internet gateways",
)
HIJACKED = Cause(
    "rt.more-specific-hijack",
    "A longer prefix sends the registry's address elsewhere than to where it is.",
    "DescribeRouteTables: the longest matching route leads to one target, a shorter one to the peering of the VPC in"
    " which DescribeNetworkInterfaces finds the address.",
    "Delete the longer route, or point it to the right target.",
    Basis.DOCUMENTED,
    ROUTE_TABLES,
    certain=False,
)
CIDR_OVERLAP = Cause(
    "rt.cidr-overlap",
    "The registry's network overlaps the VPC's range: the local route wins, and nobody in the VPC has the address.",
    "DescribeRouteTables: a propagated route for the registry's network lies inside a local route;"
    " DescribeNetworkInterfaces finds no interface with the address.",
    "Renumber one of the two networks, or reach the registry by PrivateLink or a private NAT gateway.",
    Basis.DOCUMENTED,
    "Amazon VPC User Guide, Route tables (route priority)",
)
NOT_FORWARDING = Cause(
    "rt.appliance-source-dest-check",
    "The interface that the route leads to drops every packet that is not for itself.",
    "DescribeNetworkInterfaces: SourceDestCheck of the route's target is true, and the registry's address is not its.",
    "Turn the source/destination check of the interface off.",
    Basis.DOCUMENTED,
    APPLIANCE,
)
APPLIANCE_DOWN = Cause(
    "rt.appliance-not-working",
    "The appliance that the route leads to takes no packets: its instance does not run, or its endpoint is not"
    " available.",
    "DescribeInstances: State of the instance is not running; DescribeVpcEndpoints: State is not available.",
    "Start the instance, have the endpoint accepted, or route past it.",
    Basis.API,
    APPLIANCE,
)
FIREWALL_DROPS = Cause(
    "rt.network-firewall-drops",
    "A firewall on the way to the registry drops the connection: its allow list of host names lacks the registry's, or"
    " a list denies it.",
    "DescribeRouteTables: the route leads to a firewall's endpoint; network-firewall:DescribeFirewallPolicy and"
    " DescribeRuleGroup show what it does with the name in the TLS greeting.",
    "Add the registry's host to the allow list.",
    Basis.DOCUMENTED,
    FIREWALL,
    certain=False,
)
APPLIANCE_ACL = Cause(
    "nacl.inspection-subnet",
    "The network ACL before the subnet of a firewall's endpoint stops the model's packets or the answers to them.",
    "DescribeNetworkAcls for the endpoint's subnet: in from the model, out to the registry, and the answers both ways.",
    "Add the missing entries.",
    Basis.INFERENCE,
    "Amazon VPC User Guide, Network ACLs; AWS PrivateLink Guide, Gateway Load Balancer endpoints",
    certain=False,
)

GATEWAY_CAUSES = (
    NOT_PROPAGATED,
    VPN_DOWN,
    CIRCUIT_DOWN,
    EGRESS_ONLY,
    HIJACKED,
    CIDR_OVERLAP,
    NOT_FORWARDING,
    APPLIANCE_DOWN,
    FIREWALL_DROPS,
    APPLIANCE_ACL,
    ON_PREMISES,
    CORE_NETWORK,
)
BY_REASON = {
    Reason.NOT_PROPAGATED: NOT_PROPAGATED,
    Reason.VPN_DOWN: VPN_DOWN,
    Reason.CIRCUIT_DOWN: CIRCUIT_DOWN,
    Reason.EGRESS_ONLY: EGRESS_ONLY,
    Reason.HIJACKED: HIJACKED,
    Reason.LOCAL_WINS: CIDR_OVERLAP,
    Reason.NOT_FORWARDING: NOT_FORWARDING,
    Reason.APPLIANCE_DOWN: APPLIANCE_DOWN,
    Reason.FIREWALL_DROPS: FIREWALL_DROPS,
    Reason.ON_PREMISES: ON_PREMISES,
    Reason.CORE_NETWORK: CORE_NETWORK,
}


def gateway_cause(place: Place, reason: Reason) -> Cause | None:
    """The cause that lies with one of these, if it is there."""
    return APPLIANCE_ACL if place is Place.APPLIANCE_ACL else BY_REASON.get(reason)

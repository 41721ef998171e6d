"""Why a model subnet does not reach the registry: every cause, and where on the path which one is meant."""

from pullcheck import Basis, Cause
from pullcheck_checks.network.steps import Place, Reason

SECURITY_GROUPS = "Amazon VPC User Guide, Security groups; EC2 API, DescribeSecurityGroups"
NETWORK_ACLS = "Amazon VPC User Guide, Network ACLs; EC2 API, DescribeNetworkAcls"
ROUTE_TABLES = "Amazon VPC User Guide, Route tables; EC2 API, DescribeRouteTables"
NAT_GATEWAYS = "Amazon VPC User Guide, NAT gateways and their troubleshooting; EC2 API, DescribeNatGateways"

MODEL_EGRESS = Cause(
    "sg.model-egress-registry",
    "No egress rule of the model's security groups lets a connection to the registry out.",
    "DescribeSecurityGroups: IpPermissionsEgress of all the model's groups together has no rule for the registry's"
    " address, its groups or its prefix lists on the port.",
    "Add an egress rule for the registry's port to its security group or address.",
    Basis.DOCUMENTED,
    SECURITY_GROUPS,
)
REGISTRY_INGRESS = Cause(
    "sg.registry-ingress",
    "The security groups at the registry's address let no connection from the model in.",
    "DescribeNetworkInterfaces gives the groups at the registry's address; their IpPermissions name neither one of the"
    " model's groups nor the whole of its subnet on the port.",
    "Add an ingress rule for the registry's port from the model's security group.",
    Basis.DOCUMENTED,
    SECURITY_GROUPS,
)
CUSTOM_PORT = Cause(
    "sg.custom-port",
    "The security groups allow port 443, and the registry is asked on another one.",
    "The port in the image reference is not 443, and a rule for 443 would match everything but the port.",
    "Add a rule for the registry's port, or serve the registry on 443.",
    Basis.INFERENCE,
    SECURITY_GROUPS,
)
IPV6_RULE_ONLY = Cause(
    "sg.ipv6-rule-only",
    "The rules for the port name IPv6 ranges alone, which never match an IPv4 packet.",
    "DescribeSecurityGroups: Ipv6Ranges is filled and IpRanges empty in every rule for the port.",
    "Add the same rule for the IPv4 range or the group.",
    Basis.INFERENCE,
    SECURITY_GROUPS,
)
PREFIX_LIST_GAP = Cause(
    "sg.prefix-list-gap",
    "The rule for the port names a managed prefix list that lacks the address on the other side.",
    "GetManagedPrefixListEntries: no entry of the list in the rule covers the address.",
    "Add the range to the prefix list, or a rule of its own.",
    Basis.INFERENCE,
    SECURITY_GROUPS,
)
REFERENCE_OVER_PUBLIC_PATH = Cause(
    "sg.reference-over-public-path",
    "The registry's group admits the model's group, but the packets come from the NAT gateway's public address, where"
    " AWS knows no group.",
    "The registry's name leads to a public address of an interface in the VPC, and the only rule that would fit"
    " references a security group.",
    "Let the name lead to the private address inside the VPC, or admit the NAT gateway's public address.",
    Basis.DOCUMENTED,
    SECURITY_GROUPS,
)
ACL_EGRESS = Cause(
    "nacl.model-egress",
    "The network ACL before the model subnet lets no packet to the registry's port out.",
    "DescribeNetworkAcls: by rule number, no egress entry allows the registry's address and port first.",
    "Add an egress entry for the registry's address and port.",
    Basis.DOCUMENTED,
    NETWORK_ACLS,
)
ACL_INGRESS = Cause(
    "nacl.model-ingress-ephemeral",
    "The network ACL before the model subnet lets no answer of the registry in: ACLs keep no state.",
    "DescribeNetworkAcls: no ingress entry allows tcp from the registry's address to client ports.",
    "Add an ingress entry for tcp 1024-65535 from the registry's address.",
    Basis.DOCUMENTED,
    NETWORK_ACLS,
)
EPHEMERAL_NARROW = Cause(
    "nacl.ephemeral-range-narrow",
    "A network ACL lets answers through to only a part of the ports that connections are opened from.",
    "DescribeNetworkAcls: the entries for the answers cover less than 1024-65535. Linux uses 32768-60999, NAT gateways"
    " and load balancers all of it.",
    "Widen the entries for the answers to tcp 1024-65535.",
    Basis.DOCUMENTED,
    NETWORK_ACLS,
    certain=False,
)
ACL_REGISTRY_SUBNET = Cause(
    "nacl.registry-subnet",
    "The network ACL before the registry's subnet stops the model's packets or the answers to them.",
    "DescribeNetworkAcls: no ingress entry allows the model subnet to the registry's port, or no egress entry the"
    " answers to its client ports.",
    "Add entries for the model subnet: ingress on the registry's port, egress on tcp 1024-65535.",
    Basis.DOCUMENTED,
    NETWORK_ACLS,
)
LOWER_NUMBER_DENY = Cause(
    "nacl.lower-number-deny",
    "A deny entry of a network ACL has a lower number than the entry that allows the same packets, so it decides.",
    "DescribeNetworkAcls: sorted by RuleNumber, a deny comes before the allow that matches.",
    "Add the allow below the number of the deny.",
    Basis.DOCUMENTED,
    NETWORK_ACLS,
)
NO_ROUTE = Cause(
    "rt.no-route-to-registry",
    "The model subnet's route table has no way to the registry's address.",
    "DescribeRouteTables: no route covers the address, or only a default route to the internet while the address is"
    " private.",
    "Add a route for the registry's range to the peering, transit gateway, VPN or NAT gateway that leads there.",
    Basis.DOCUMENTED,
    ROUTE_TABLES,
)
BLACKHOLE = Cause(
    "rt.blackhole",
    "The route that decides leads to something that no longer exists; a shorter one does not step in.",
    "DescribeRouteTables: the longest matching route has State blackhole.",
    "Point the route to a target that exists, or remove it.",
    Basis.DOCUMENTED,
    ROUTE_TABLES,
)
NO_RETURN = Cause(
    "rt.return-route-missing",
    "The registry's subnet has no route back to the model subnet.",
    "DescribeRouteTables: the table of the registry's subnet has no route that covers the model subnet's range.",
    "Add the route back.",
    Basis.INFERENCE,
    ROUTE_TABLES,
)
INTERNET_GATEWAY_ONLY = Cause(
    "rt.public-subnet-igw-only",
    "The model subnet sends packets to an internet gateway, and the interfaces that SageMaker makes have no public"
    " address, without which it lets nothing through.",
    "DescribeRouteTables: the deciding route's target is an internet gateway, whatever MapPublicIpOnLaunch says.",
    "Place the model in a subnet whose default route leads to a NAT gateway.",
    Basis.DOCUMENTED,
    "SageMaker Developer Guide, Access to resources in your VPC; Lambda Developer Guide, VPC networking",
)
NAT_NOT_WORKING = Cause(
    "rt.nat-not-working",
    "The NAT gateway on the way has failed, is private, or has no way of its own to an attached internet gateway.",
    "DescribeNatGateways: State, ConnectivityType, SubnetId; DescribeRouteTables for that subnet;"
    " DescribeInternetGateways: Attachments.",
    "Repair the NAT gateway's own path, or route to one that works.",
    Basis.DOCUMENTED,
    NAT_GATEWAYS,
)
NAT_ACL = Cause(
    "rt.nat-acl-or-sg",
    "The network ACL before the NAT gateway's subnet stops the model's packets, or the answers to them.",
    "DescribeNetworkAcls for the NAT gateway's subnet: in from the model, out to the registry, in from the registry to"
    " tcp 1024-65535, out to the model's client ports.",
    "Add the missing entries.",
    Basis.DOCUMENTED,
    NAT_GATEWAYS,
)
BLOCK_PUBLIC_ACCESS = Cause(
    "rt.block-public-access",
    "VPC Block Public Access in bidirectional mode stops what goes through NAT and internet gateways.",
    "DescribeSubnets: BlockPublicAccessStates.InternetGatewayBlockMode of the NAT gateway's subnet is"
    " block-bidirectional.",
    "Make an egress-only exclusion for the VPC or the subnet.",
    Basis.DOCUMENTED,
    "Amazon VPC User Guide, Block public access to VPCs and subnets",
)
NO_HOST = Cause(
    "rt.no-host-at-address",
    "The registry's address is one of the VPC's own range, and no network interface has it: the local route takes the"
    " packets and nobody is there.",
    "DescribeNetworkInterfaces for the VPC finds no interface with the address, or DescribeSubnets no subnet.",
    "Use the registry's present address; where its network overlaps the VPC's range, renumber it or use PrivateLink.",
    Basis.INFERENCE,
    "Amazon VPC User Guide, Route tables (the local route)",
)
ACL_DIFFERS = Cause(
    "nacl.differs-per-az",
    "The network ACL before one of the model subnets stops packets that those before the others let through: instances"
    " that land there fail.",
    "DescribeNetworkAcls, judged for every model subnet: another one passes at the same place.",
    "Give the subnet the same entries as the others.",
    Basis.INFERENCE,
    NETWORK_ACLS,
    certain=False,
)
ROUTES_DIFFER = Cause(
    "rt.differs-per-subnet",
    "The route table of one of the model subnets lacks the way to the registry that those of the others have: instances"
    " that land there fail.",
    "DescribeRouteTables, judged for every model subnet: another one has a route for the address.",
    "Give the subnet the same route, or the same table.",
    Basis.INFERENCE,
    ROUTE_TABLES,
    certain=False,
)
DOCKER_BRIDGE = Cause(
    "rt.docker-bridge-172-17",
    "The registry's address lies in 172.17.0.0/16, the range that Docker's own bridge network takes on the host:"
    " packets may never leave it.",
    "The address of the registry in the VPC; AWS names SageMaker among the services that can conflict with this range.",
    "Give the registry, or a load balancer before it, an address of another range.",
    Basis.DOCUMENTED,
    "Amazon VPC User Guide, VPC CIDR blocks (the note on 172.17.0.0/16)",
    certain=False,
)
STALE_ADDRESS = Cause(
    "dns.stale-address",
    "The registry's name leads to an address of the VPC that no network interface has any more.",
    "Route 53 gives the address, and DescribeNetworkInterfaces for the VPC finds no interface with it.",
    "Point the record to the registry's present address; an alias to a load balancer follows it by itself.",
    Basis.INFERENCE,
    "EC2 API, DescribeNetworkInterfaces; Route 53 API, ListResourceRecordSets",
)

REGISTRY_CAUSES = (
    REGISTRY_INGRESS,
    MODEL_EGRESS,
    CUSTOM_PORT,
    REFERENCE_OVER_PUBLIC_PATH,
    IPV6_RULE_ONLY,
    PREFIX_LIST_GAP,
    ACL_EGRESS,
    ACL_INGRESS,
    EPHEMERAL_NARROW,
    ACL_REGISTRY_SUBNET,
    LOWER_NUMBER_DENY,
    NO_ROUTE,
    BLACKHOLE,
    NO_RETURN,
    INTERNET_GATEWAY_ONLY,
    NAT_NOT_WORKING,
    NAT_ACL,
    BLOCK_PUBLIC_ACCESS,
    NO_HOST,
    STALE_ADDRESS,
    ACL_DIFFERS,
    ROUTES_DIFFER,
    DOCKER_BRIDGE,
)

BY_REASON = {
    Reason.OTHER_PORT: CUSTOM_PORT,
    Reason.IPV6_ONLY: IPV6_RULE_ONLY,
    Reason.PREFIX_LIST: PREFIX_LIST_GAP,
    Reason.REFERENCE_LOST: REFERENCE_OVER_PUBLIC_PATH,
    Reason.DENIED_FIRST: LOWER_NUMBER_DENY,
    Reason.NARROW: EPHEMERAL_NARROW,
    Reason.NO_PUBLIC_ADDRESS: INTERNET_GATEWAY_ONLY,
    Reason.PRIVATE_ADDRESS: NO_ROUTE,
    Reason.NAT_BROKEN: NAT_NOT_WORKING,
    Reason.DETACHED: NAT_NOT_WORKING,
    Reason.PUBLIC_ACCESS_BLOCKED: BLOCK_PUBLIC_ACCESS,
    Reason.NO_HOST: NO_HOST,
}
BY_PLACE = {
    Place.MODEL_GROUPS: MODEL_EGRESS,
    Place.DESTINATION_GROUPS: REGISTRY_INGRESS,
    Place.MODEL_ACL_OUT: ACL_EGRESS,
    Place.MODEL_ACL_IN: ACL_INGRESS,
    Place.DESTINATION_ACL: ACL_REGISTRY_SUBNET,
    Place.NAT_ACL: NAT_ACL,
    Place.NAT_ACL_PORTS: NAT_ACL,
}


DIFFERENT = {Place.MODEL_ACL_OUT: ACL_DIFFERS, Place.MODEL_ACL_IN: ACL_DIFFERS, Place.MODEL_ROUTES: ROUTES_DIFFER}


def registry_cause(place: Place, reason: Reason, *, elsewhere: bool) -> Cause:
    """The cause of a blocker on the way to the registry; what the reason does not tell, the place does.

    ``elsewhere`` says that another model subnet passes at the same place.
    """
    if elsewhere and reason in (Reason.NO_RULE, Reason.NO_ROUTE) and place in DIFFERENT:
        return DIFFERENT[place]
    if place is Place.NAT_ROUTES:
        return NAT_NOT_WORKING
    if reason is Reason.BLACKHOLE:
        return BLACKHOLE
    if reason is Reason.NO_ROUTE:
        return NO_RETURN if place is Place.RETURN_ROUTES else NO_ROUTE
    return BY_REASON.get(reason) or BY_PLACE[place]

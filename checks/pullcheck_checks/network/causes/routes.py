"""What is wrong with the routes, gateways and peerings on the way to the registry, and with its address."""

from pullcheck import Basis, Cause

ROUTE_TABLES = "Amazon VPC User Guide, Route tables; EC2 API, DescribeRouteTables"
NAT_GATEWAYS = "Amazon VPC User Guide, NAT gateways and their troubleshooting; EC2 API, DescribeNatGateways"

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
PEERING_NOT_ACTIVE = Cause(
    "x.peering-not-active",
    "The VPC peering on the way to the registry does not carry packets: it waits to be accepted, or is gone.",
    "DescribeVpcPeeringConnections: Status.Code is not active.",
    "Accept the peering, or make a new one.",
    Basis.API,
    "EC2 API, DescribeVpcPeeringConnections; Amazon VPC Peering Guide",
)
PEERING_NOT_TRANSITIVE = Cause(
    "x.peering-not-transitive",
    "The registry is not in the peered VPC itself, and a peering carries packets no further than that.",
    "DescribeVpcPeeringConnections: the registry's address is in none of the peer's CidrBlockSet.",
    "Reach the registry by a transit gateway, PrivateLink or a peering with its own VPC.",
    Basis.DOCUMENTED,
    "Amazon VPC Peering Guide, unsupported configurations",
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
STALE_ADDRESS = Cause(
    "dns.stale-address",
    "The registry's name leads to an address of the VPC that no network interface has any more.",
    "Route 53 gives the address, and DescribeNetworkInterfaces for the VPC finds no interface with it.",
    "Point the record to the registry's present address; an alias to a load balancer follows it by itself.",
    Basis.INFERENCE,
    "EC2 API, DescribeNetworkInterfaces; Route 53 API, ListResourceRecordSets",
)

"""What is wrong with a load balancer or an endpoint service before the registry."""

from pullcheck import Basis, Cause, Severity
from pullcheck_checks.network.causes.filters import NETWORK_ACLS
from pullcheck_checks.network.paths.steps import Place, Reason

LISTENERS = "Elastic Load Balancing, listeners; API, DescribeListeners and DescribeRules"
TARGETS = "Elastic Load Balancing, target groups and health checks; API, DescribeTargetHealth"
NETWORK_GROUPS = "Network Load Balancers, security groups, and register targets (target security groups)"
PRIVATE_LINK = "AWS PrivateLink Guide, endpoint services; EC2 API, DescribeVpcEndpoints and DescribeVpcEndpointServices"

BALANCER_INGRESS = Cause(
    "sg.load-balancer-ingress",
    "The load balancer before the registry lets no connection from the model in: its own security groups have no rule"
    " for that, whatever those of the registry behind it say.",
    "DescribeNetworkInterfaces gives the load balancer's groups at the registry's address; their IpPermissions name"
    " neither one of the model's groups nor the whole of its subnet on the port.",
    "Add an ingress rule for the listener's port from the model's security group to the load balancer's.",
    Basis.INFERENCE,
    "Elastic Load Balancing, security groups; EC2 API, DescribeSecurityGroups",
)
BALANCER_EGRESS = Cause(
    "sg.load-balancer-egress",
    "The load balancer's security groups let no connection out to a target.",
    "DescribeSecurityGroups: IpPermissionsEgress of the load balancer's groups has no rule for the target's address or"
    " group on the target's port.",
    "Add an egress rule for the target's port to the target's security group.",
    Basis.DOCUMENTED,
    NETWORK_GROUPS,
)
CLIENT_ADDRESS = Cause(
    "sg.nlb-client-ip",
    "The network load balancer keeps the client's address, so that the registry behind it sees the model's, and the"
    " registry's security groups do not admit that. A rule for the model's group does not count behind a network load"
    " balancer.",
    "DescribeTargetGroupAttributes: preserve_client_ip.enabled is true, or it is the default (targets by instance);"
    " DescribeSecurityGroups: the targets' groups admit neither the model subnet's range nor a group of the load"
    " balancer.",
    "Admit the model subnet's range at the targets, or the load balancer's security group if it has one.",
    Basis.DOCUMENTED,
    NETWORK_GROUPS,
    certain=False,
)
NODE_ADDRESS = Cause(
    "sg.nlb-no-preservation",
    "The registry behind the network load balancer sees the load balancer's addresses, not the model's, and its"
    " security groups do not admit them.",
    "DescribeTargetGroupAttributes: preserve_client_ip.enabled is false, or it is the default (targets by address);"
    " DescribeSecurityGroups: the targets' groups admit neither the load balancer's private addresses nor its group.",
    "Admit the load balancer's security group at the targets, or its addresses where it has none.",
    Basis.DOCUMENTED,
    NETWORK_GROUPS,
    certain=False,
)
TARGET_INGRESS = Cause(
    "sg.alb-target",
    "The security groups of the registry behind the application load balancer do not admit the load balancer.",
    "DescribeSecurityGroups: the targets' groups have no ingress rule for the load balancer's group on the target's"
    " port.",
    "Add an ingress rule for the target's port from the load balancer's security group.",
    Basis.DOCUMENTED,
    "Application Load Balancers, security groups; EC2 API, DescribeSecurityGroups",
)
DUPLICATE = Cause(
    "sg.duplicate-registry-enis",
    "The registry's name has several addresses, and the security groups at one of them do not admit the model, while"
    " those at another do: pulls fail now and then.",
    "DescribeNetworkInterfaces for every address of the name: the groups differ, and only some have the ingress rule.",
    "Give every interface of the registry the same rule, or the same groups.",
    Basis.INFERENCE,
    "Amazon VPC User Guide, Security groups; EC2 API, DescribeNetworkInterfaces",
    certain=False,
)
BALANCER_ACL = Cause(
    "nacl.load-balancer-target",
    "A network ACL between the load balancer's subnet and that of its targets stops packets or their answers.",
    "DescribeNetworkAcls for both subnets: out to the target's port and in again, and the answers to tcp 1024-65535"
    " back. Targets see the model's addresses where a network load balancer keeps them, else the load balancer's.",
    "Add the missing entries.",
    Basis.DOCUMENTED,
    NETWORK_ACLS,
)
NO_LISTENER = Cause(
    "lb.no-listener",
    "The load balancer before the registry does not listen on the port that the image reference names.",
    "DescribeListeners: no listener has this Port with a protocol over TCP.",
    "Add a listener on the port, or name the port of the listener in the image reference.",
    Basis.API,
    LISTENERS,
)
PLAIN_LISTENER = Cause(
    "lb.plain-http-listener",
    "The application load balancer's listener on the registry's port speaks HTTP, and SageMaker pulls by HTTPS alone.",
    "DescribeListeners: the listener's Protocol is HTTP.",
    "Make it an HTTPS listener with a certificate of a public CA.",
    Basis.API,
    LISTENERS,
)
ANSWERS_ITSELF = Cause(
    "lb.answers-itself",
    "The application load balancer answers the requests of a pull by itself, with a fixed response or by sending the"
    " client to plain HTTP; the registry is never asked.",
    "DescribeListeners and DescribeRules: of the first rule that matches the registry's name and /v2/, else of the"
    " default action, Type is fixed-response or redirect.",
    "Add a rule that forwards the registry's name to its target group.",
    Basis.API,
    LISTENERS,
)
NO_TARGET = Cause(
    "lb.no-target",
    "The load balancer has no target to hand connections on to.",
    "DescribeTargetHealth: the target group that the listener leads to is empty, or all its targets are draining or"
    " unused.",
    "Register the registry with the target group.",
    Basis.API,
    TARGETS,
)
NO_HEALTHY_TARGET = Cause(
    "lb.no-healthy-target",
    "No target of the load balancer passes its health check. The load balancer then tries all of them, but could itself"
    " connect to none.",
    "DescribeTargetHealth: State is unhealthy for every target that the node can use, because no connection to the port"
    " in use came about.",
    "Start the registry, or let the load balancer's health checks reach it.",
    Basis.DOCUMENTED,
    TARGETS,
    certain=False,
)
ZONE_GAP = Cause(
    "lb.no-target-in-zone",
    "The load balancer's node at this address has no target in its own zone, and uses none of another: connections to"
    " this address fail.",
    "DescribeTargetHealth and the targets' subnets: none is in the zone of the node; load_balancing.cross_zone.enabled"
    " is false (DescribeLoadBalancerAttributes, DescribeTargetGroupAttributes).",
    "Turn cross-zone load balancing on, or register a target in the zone.",
    Basis.DOCUMENTED,
    "Network Load Balancers, cross-zone load balancing",
)
LINK_PENDING = Cause(
    "x.privatelink-registry-pending",
    "The interface endpoint for the registry's service carries no traffic: the provider has not accepted it, has"
    " rejected it, or it failed.",
    "DescribeVpcEndpoints: State is not available; LastError says why.",
    "Have the provider accept the endpoint, or make a new one.",
    Basis.DOCUMENTED,
    PRIVATE_LINK,
)
LINK_DNS = Cause(
    "x.privatelink-registry-dns",
    "There is an interface endpoint for the registry, but its name does not lead there: private DNS is off, or the"
    " provider has not proved that the name is its own.",
    "DescribeVpcEndpoints: PrivateDnsEnabled is false, while PrivateDnsNames of DescribeVpcEndpointServices has the"
    " registry's name; or PrivateDnsNameVerificationState is not verified.",
    "Turn private DNS on, or make a private zone that leads the name to the endpoint.",
    Basis.DOCUMENTED,
    PRIVATE_LINK,
    certain=False,
)
LINK_ZONE = Cause(
    "x.privatelink-registry-zone",
    "The interface endpoint for the registry has no network interface in the zone of a model subnet: what runs there"
    " depends on another zone.",
    "DescribeVpcEndpoints: none of SubnetIds is in the zone (compare the zones' ids, their names differ by account);"
    " AvailabilityZoneIds of DescribeVpcEndpointServices says whether the service is offered there.",
    "Give the endpoint a subnet in the zone, or ask the provider to offer the service there.",
    Basis.DOCUMENTED,
    PRIVATE_LINK,
    Severity.WARNING,
)
LINK_GROUPS = Cause(
    "x.privatelink-nlb-sg-enforced",
    "The load balancer behind the endpoint service has its security groups judge what comes by PrivateLink, and they do"
    " not admit it.",
    "DescribeLoadBalancers: EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic is not off; DescribeSecurityGroups: no"
    " ingress rule covers the endpoint's address or the model's on the port.",
    "Turn that off, or admit the endpoint's addresses.",
    Basis.DOCUMENTED,
    "Network Load Balancers, security groups (PrivateLink); Elastic Load Balancing API, SetSecurityGroups",
    certain=False,
)

BALANCER_CAUSES = (
    BALANCER_INGRESS,
    BALANCER_EGRESS,
    CLIENT_ADDRESS,
    NODE_ADDRESS,
    TARGET_INGRESS,
    DUPLICATE,
    BALANCER_ACL,
    NO_LISTENER,
    PLAIN_LISTENER,
    ANSWERS_ITSELF,
    NO_TARGET,
    NO_HEALTHY_TARGET,
    ZONE_GAP,
    LINK_PENDING,
    LINK_DNS,
    LINK_ZONE,
    LINK_GROUPS,
)
BY_REASON = {
    Reason.NO_LISTENER: NO_LISTENER,
    Reason.PLAIN_HTTP: PLAIN_LISTENER,
    Reason.ANSWERS_ITSELF: ANSWERS_ITSELF,
    Reason.NO_TARGET: NO_TARGET,
    Reason.NO_TARGET_IN_ZONE: ZONE_GAP,
    Reason.UNHEALTHY: NO_HEALTHY_TARGET,
    Reason.LINK_STATE: LINK_PENDING,
}
BY_PLACE = {
    Place.BALANCER_GROUPS: BALANCER_INGRESS,
    Place.BALANCER_EGRESS: BALANCER_EGRESS,
    Place.TARGET_GROUPS: TARGET_INGRESS,
    Place.TARGET_GROUPS_CLIENT: CLIENT_ADDRESS,
    Place.TARGET_GROUPS_NODE: NODE_ADDRESS,
    Place.LINK_GROUPS: LINK_GROUPS,
}
ACLS = (Place.BALANCER_ACL, Place.BALANCER_ACL_PORTS)


def balancer_cause(place: Place, reason: Reason) -> Cause | None:
    """The cause that lies with the load balancer or the endpoint service, if it is there."""
    if place in ACLS and reason is Reason.NO_RULE:
        return BALANCER_ACL
    if place is Place.BALANCER_GROUPS and reason is not Reason.NO_RULE:
        return None
    return BY_REASON.get(reason) or BY_PLACE.get(place)

"""One step of a walk: a place, what it does with the packets, and everything that a finding and a fix need of it."""

from dataclasses import dataclass
from enum import StrEnum

from pullcheck import Direction, Hop, HopVerdict
from pullcheck_checks.network.paths.spans import (
    Boxes,
    Span,
    Spans,
    address_of,
    addresses_in,
    boxes_of,
    boxes_without,
    common,
    ports_in,
    size,
    without,
)

CLIENT_PORTS: Span = (1024, 65535)
"""The ports that a client may open a connection from: NAT gateways, load balancers, any system's setting (R22)."""
LINUX_PORTS: Span = (32768, 60999)
"""Those that Linux uses unless told otherwise."""


@dataclass(frozen=True)
class Service:
    """What packets are for: ``tcp`` or ``udp``, and ports of the side that they go to."""

    protocol: str
    ports: Span

    def __str__(self) -> str:
        first, last = self.ports
        return f"{self.protocol} {first}" if first == last else f"{self.protocol} {first}-{last}"


class Place(StrEnum):
    """Where on the path a step stands."""

    MODEL_SUBNET = "model subnet"
    MODEL_GROUPS = "model groups"
    MODEL_ACL_OUT = "model ACL, outbound"
    MODEL_ROUTES = "model routes"
    NAT_ACL = "NAT gateway's ACL"
    NAT_ACL_PORTS = "NAT gateway's ACL, inbound from the internet"
    NAT = "NAT gateway"
    NAT_ROUTES = "NAT gateway's routes"
    INTERNET_GATEWAY = "internet gateway"
    PEERING = "VPC peering"
    TRANSIT = "transit gateway"
    TRANSIT_ACL = "ACL of a transit gateway attachment's subnet"
    TRANSIT_ROUTES = "transit gateway's routes"
    TRANSIT_LANDING = "routes of a transit gateway attachment's subnet"
    GATEWAY_ENDPOINT = "gateway endpoint"
    VPN = "virtual private gateway"
    APPLIANCE = "appliance"
    APPLIANCE_ACL = "ACL of an inspecting endpoint's subnet"
    APPLIANCE_ROUTES = "routes of an inspecting endpoint's subnet"
    BEYOND = "beyond the VPC"
    DESTINATION = "destination"
    DESTINATION_ACL = "destination ACL"
    DESTINATION_GROUPS = "destination groups"
    LINK = "interface endpoint for a service of others"
    LINK_GROUPS = "groups of the load balancer behind PrivateLink"
    BALANCER = "load balancer"
    BALANCER_GROUPS = "load balancer's groups"
    BALANCER_EGRESS = "load balancer's groups, to its targets"
    BALANCER_ACL = "ACL between a load balancer and its targets"
    BALANCER_ACL_PORTS = "ACL before the load balancer's own ports"
    BALANCER_ROUTES = "routes of the load balancer's subnet"
    TARGET_GROUPS = "targets' groups, from an application load balancer"
    TARGET_GROUPS_CLIENT = "targets' groups, from the client's address"
    TARGET_GROUPS_NODE = "targets' groups, from a network load balancer's address"
    RETURN_ROUTES = "return routes"
    NAT_RETURN = "return routes of a NAT gateway behind a transit gateway"
    MODEL_ACL_IN = "model ACL, inbound"


ROUTING = (Place.MODEL_ROUTES, Place.INTERNET_GATEWAY, Place.NAT, Place.NAT_ROUTES, Place.PEERING)
"""The places that decide where a packet goes on, in or out of the VPC."""


class Reason(StrEnum):
    """Why a step lets not everything through."""

    NO_RULE = "no rule"
    OTHER_PORT = "rules for another port"
    IPV6_ONLY = "rules for IPv6 alone"
    PREFIX_LIST = "prefix list without the address"
    REFERENCE_LOST = "group reference that does not match"
    DENIED_FIRST = "deny before the allow"
    NARROW = "part of the client ports"
    NO_ROUTE = "no route"
    BLACKHOLE = "blackhole"
    NO_PUBLIC_ADDRESS = "no public address"
    PRIVATE_ADDRESS = "private address on the way to the internet"
    NAT_BROKEN = "NAT gateway does not work"
    DETACHED = "internet gateway is not attached"
    PUBLIC_ACCESS_BLOCKED = "VPC Block Public Access"
    NO_HOST = "no host"
    STALE_REFERENCE = "reference to a group that is gone"
    NOT_ACTIVE = "not active"
    NOT_TRANSITIVE = "address behind the peer"
    TRANSIT_REFERENCE = "group reference over a transit gateway"
    REGION_REFERENCE = "group reference over a peering between Regions"
    MIDDLEBOX_REFERENCE = "group reference behind an appliance"
    ACCOUNT_REFERENCE = "group reference with another account"
    ASYMMETRIC = "an appliance that sees one direction alone"
    OTHER_WAY = "the answers come another way"
    ONE_SIDE = "a peering's route on one side alone"
    ATTACHMENT_STATE = "attachment is not available"
    ATTACHMENT_ZONE = "attachment has no subnet in the zone"
    NOT_ASSOCIATED = "attachment without route table"
    LOOP = "back to where it came from"
    OVERLAP = "two VPCs with the same range"
    BALANCED_REFERENCE = "group reference behind a load balancer"
    NO_LISTENER = "no listener on the port"
    PLAIN_HTTP = "listener without TLS"
    ANSWERS_ITSELF = "no target is asked"
    NO_TARGET = "no target"
    NO_TARGET_IN_ZONE = "no target in the zone"
    UNHEALTHY = "no healthy target"
    LINK_STATE = "interface endpoint is not available"
    NOT_PROPAGATED = "VPN routes that the table does not take over"
    VPN_DOWN = "VPN does not carry the packets"
    CIRCUIT_DOWN = "Direct Connect does not carry the packets"
    EGRESS_ONLY = "way out for IPv6 alone"
    NOT_FORWARDING = "source/destination check"
    APPLIANCE_DOWN = "appliance does not run"
    FIREWALL_DROPS = "rules of a firewall"
    HIJACKED = "longer route to the wrong place"
    LOCAL_WINS = "local route before the network's own"
    ON_PREMISES = "network of its own behind a VPN"
    CORE_NETWORK = "core network or service network"
    ENDPOINT_STATE = "gateway endpoint is not available"
    ENDPOINT_POLICY = "gateway endpoint's policy"


@dataclass(frozen=True)
class Step:
    """What one place does with the ``wanted`` packets: pairs of the client's (or remote) address and a port.

    ``resources`` are the ids of what stands here. For the fix: ``remote`` are the CIDRs that a rule has to name,
    ``service`` what it has to let through, ``egress`` the side that it belongs to, ``before`` the number that an entry
    must stay below; ``route`` is the destination of the route that decided, ``via`` what a route has
    to lead to, ``others`` groups that a rule may name in place of the CIDRs.
    """

    place: Place
    hop: Hop
    reason: Reason | None = None
    wanted: Boxes = ()
    passes: Boxes = ()
    resources: tuple[str, ...] = ()
    remote: tuple[str, ...] = ()
    service: Service = Service("tcp", (0, 0))
    before: int = 0
    egress: bool = False
    route: str = ""
    via: str = ""
    others: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """What stands here, e.g. "security-group", "network-acl", "route-table", "nat-gateway"."""
        return self.hop.kind

    @property
    def resource(self) -> str:
        """The id of what stands here; of several security groups, all of them."""
        return self.hop.resource

    @property
    def direction(self) -> Direction:
        """Whether it was the packets there or their answers that met it."""
        return self.hop.direction

    @property
    def why(self) -> str:
        """The rule, route or state that decided."""
        return self.hop.rule

    @property
    def blocks(self) -> bool:
        """Whether it stops any of the packets."""
        return self.hop.verdict is HopVerdict.BLOCK

    @property
    def severe(self) -> bool:
        """Whether it cuts off a whole address or everyday ports: behind NAT and load balancers that is all (R22)."""
        ports = self.lost_ports
        return (
            not self.passes
            or bool(self.lost_addresses)
            or bool(ports and self.place in (Place.NAT_ACL_PORTS, Place.BALANCER_ACL_PORTS))
            or bool(common(ports, (LINUX_PORTS,)))
        )

    @property
    def lost_addresses(self) -> Spans:
        """Addresses of which nothing passes."""
        return without(addresses_in(self.wanted), addresses_in(self.passes))

    @property
    def lost_ports(self) -> Spans:
        """Ports that do not pass for every address of which something passes."""
        reached = boxes_of(addresses_in(self.passes), ports_in(self.wanted))
        return ports_in(boxes_without(reached, self.passes))

    @property
    def share(self) -> str:
        """What is cut off, in words; empty where that is everything or nothing."""
        if not self.passes:
            return ""
        parts = []
        if lost := self.lost_addresses:
            total = size(addresses_in(self.wanted))
            parts.append(f"{listed(lost, addresses=True)} ({size(lost)} of {total} addresses) is cut off")
        if lost := self.lost_ports:
            percent = 100 * size(lost) / size(ports_in(self.wanted))
            parts.append(
                f"client ports {listed(lost)} ({percent:.3g} % of {CLIENT_PORTS[0]}-{CLIENT_PORTS[1]}) are cut off"
            )
        return " and ".join(parts)


def listed(spans: Spans, *, addresses: bool = False) -> str:
    """E.g. "1024-32767, 61000-65535"; long lists are cut."""
    words = [_words(span, addresses) for span in spans[:4]]
    return ", ".join(words) + (", ..." if len(spans) > 4 else "")


def _words(span: Span, addresses: bool) -> str:
    first, last = (address_of(end) if addresses else str(end) for end in span)
    return first if first == last else f"{first}-{last}"

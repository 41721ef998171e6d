"""One step of a walk: a place, what it does with the packets, and everything that a finding and a fix need of it."""

from dataclasses import dataclass
from enum import StrEnum

from pullcheck import Hop, HopVerdict
from pullcheck_checks.network.spans import (
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
    BEYOND = "beyond the VPC"
    DESTINATION = "destination"
    DESTINATION_ACL = "destination ACL"
    DESTINATION_GROUPS = "destination groups"
    RETURN_ROUTES = "return routes"
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
    ATTACHMENT_STATE = "attachment is not available"
    ATTACHMENT_ZONE = "attachment has no subnet in the zone"
    NOT_ASSOCIATED = "attachment without route table"
    LOOP = "back to where it came from"
    OVERLAP = "two VPCs with the same range"


@dataclass(frozen=True)
class Step:
    """What one place does with the ``wanted`` packets: pairs of the client's (or remote) address and a port.

    ``resources`` are the ids of what stands here. For the fix: ``remote`` are the CIDRs that a rule has to name,
    ``ports`` what it has to let through, ``egress`` the side that it belongs to, ``before`` the number that an entry
    must stay below; ``route`` is the destination of the route that decided, ``via`` what a route has
    to lead to.
    """

    place: Place
    hop: Hop
    reason: Reason | None = None
    wanted: Boxes = ()
    passes: Boxes = ()
    resources: tuple[str, ...] = ()
    remote: tuple[str, ...] = ()
    ports: Span = (0, 0)
    before: int = 0
    egress: bool = False
    route: str = ""
    via: str = ""

    @property
    def blocks(self) -> bool:
        """Whether it stops any of the packets."""
        return self.hop.verdict is HopVerdict.BLOCK

    @property
    def severe(self) -> bool:
        """Whether it cuts off a whole address or ports in everyday use; behind a NAT gateway all ports are (R22)."""
        ports = self.lost_ports
        return (
            not self.passes
            or bool(self.lost_addresses)
            or bool(ports and self.place is Place.NAT_ACL_PORTS)
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

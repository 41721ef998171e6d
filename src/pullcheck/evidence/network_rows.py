"""The parts of a network, one dataclass for each kind of row in the answers of EC2's describe calls."""

from dataclasses import dataclass

from pullcheck.evidence.gateways import VpnConnection
from pullcheck.missing import Unavailable


@dataclass(frozen=True)
class Subnet:
    """``cidr`` is the IPv4 range. ``public_access_block`` is the mode of VPC Block Public Access, "off" where none."""

    id: str
    vpc_id: str
    cidr: str
    zone_id: str = ""
    owner: str = ""
    public_access_block: str = "off"


@dataclass(frozen=True)
class Route:
    """``destination`` is an IPv4 or IPv6 CIDR or the id of a prefix list; ``target`` is "local" or an id or ARN."""

    destination: str
    target: str
    state: str = "active"
    propagated: bool = False


@dataclass(frozen=True)
class RouteTable:
    """``gateway_ids`` are the gateways whose incoming traffic it routes (an edge table, not a subnet's).

    ``propagating`` are the virtual private gateways whose routes it takes over.
    """

    id: str
    vpc_id: str
    main: bool
    subnet_ids: tuple[str, ...]
    gateway_ids: tuple[str, ...]
    routes: tuple[Route, ...]
    propagating: tuple[str, ...] = ()


@dataclass(frozen=True)
class AclEntry:
    """One numbered rule. ``protocol`` is a number, "-1" for all; ports are None where the rule names none."""

    number: int
    egress: bool
    allow: bool
    protocol: str
    cidr: str | None
    ipv6_cidr: str | None = None
    from_port: int | None = None
    to_port: int | None = None


@dataclass(frozen=True)
class NetworkAcl:
    """A network ACL and the subnets it stands before; the order of ``entries`` says nothing, their numbers do."""

    id: str
    vpc_id: str
    default: bool
    subnet_ids: tuple[str, ...]
    entries: tuple[AclEntry, ...]


@dataclass(frozen=True)
class GroupReference:
    """A rule's reference to a group; ``peering_status`` is set where the group lies behind a VPC peering."""

    group_id: str
    owner: str = ""
    peering_status: str = ""


@dataclass(frozen=True)
class GroupRule:
    """One permission. ``protocol`` is a name or number, "-1" for all; the ports are then None."""

    protocol: str
    from_port: int | None = None
    to_port: int | None = None
    cidrs: tuple[str, ...] = ()
    ipv6_cidrs: tuple[str, ...] = ()
    prefix_list_ids: tuple[str, ...] = ()
    groups: tuple[GroupReference, ...] = ()


@dataclass(frozen=True)
class SecurityGroup:
    """A security group and its rules."""

    id: str
    vpc_id: str
    owner: str
    ingress: tuple[GroupRule, ...]
    egress: tuple[GroupRule, ...]
    name: str = ""


@dataclass(frozen=True)
class Interface:
    """A network interface: ``kind`` is EC2's InterfaceType; ``public_addresses`` are translated to it.

    ``part_of`` is what it serves: the id of the instance whose first interface it is, that of an endpoint, or a load
    balancer as "net/NAME/ID", "app/NAME/ID", "gwy/NAME/ID" or (classic) "elb/NAME". One that is not ``attached`` to
    anything keeps its addresses, and nobody answers there.
    """

    id: str
    vpc_id: str
    subnet_id: str
    addresses: tuple[str, ...]
    group_ids: tuple[str, ...]
    kind: str = "interface"
    public_addresses: tuple[str, ...] = ()
    part_of: str = ""
    attached: bool = True


@dataclass(frozen=True)
class PrefixList:
    """A managed prefix list and its current entries."""

    id: str
    cidrs: tuple[str, ...]


@dataclass(frozen=True)
class NatGateway:
    """``failure`` is AWS's message where the state is failed.

    ``subnet_id`` is None for a regional one: that has ``zones``, and a route table of its own, ``table_id``.
    """

    id: str
    vpc_id: str
    subnet_id: str | None
    state: str
    connectivity: str
    private_addresses: tuple[str, ...]
    public_addresses: tuple[str, ...]
    failure: str = ""
    zones: tuple[str, ...] = ()
    table_id: str = ""


@dataclass(frozen=True)
class InternetGateway:
    """An internet gateway and the VPCs to which it is attached."""

    id: str
    vpc_ids: tuple[str, ...]


@dataclass(frozen=True)
class PeeringSide:
    """One of the two VPCs of a peering, and its IPv4 ranges."""

    vpc_id: str
    cidrs: tuple[str, ...]
    region: str = ""
    owner: str = ""


@dataclass(frozen=True)
class Peering:
    """A VPC peering connection; ``status`` is EC2's code, "active" where it carries packets."""

    id: str
    status: str
    requester: PeeringSide
    accepter: PeeringSide

    def other(self, vpc_id: str) -> PeeringSide:
        """The side that is not this VPC."""
        return self.accepter if self.requester.vpc_id == vpc_id else self.requester


@dataclass(frozen=True)
class TransitAttachment:
    """What is attached to a transit gateway: ``kind`` is EC2's ResourceType, e.g. "vpc" or "vpn".

    ``state`` is empty where the attachment is known by a route alone, because it belongs to another account or is not
    one of a VPC. ``keeps_groups`` is the attachment's own part of security group referencing, ``owner`` the account of
    what is attached.
    """

    id: str
    kind: str
    resource_id: str
    state: str = ""
    subnet_ids: tuple[str, ...] = ()
    keeps_groups: bool = True
    appliance_mode: bool = False
    owner: str = ""


@dataclass(frozen=True)
class TransitTable:
    """A route table of a transit gateway: ``attachment_ids`` are associated with it, its routes lead to others.

    ``unread`` says why it may have routes by prefix lists that are not among these, ``cut`` why others are missing.
    """

    id: str
    attachment_ids: tuple[str, ...]
    routes: tuple[Route, ...]
    unread: str = ""
    cut: str = ""


@dataclass(frozen=True)
class TransitGateway:
    """A transit gateway; ``keeps_groups`` says whether security group referencing is on.

    Its route tables are shown to its owner alone: others see none. ``vpns`` are those of its VPN connections to which
    a route sends what is for a destination.
    """

    id: str
    owner: str
    keeps_groups: bool
    attachments: tuple[TransitAttachment, ...]
    tables: tuple[TransitTable, ...] | Unavailable
    vpns: tuple[VpnConnection, ...] = ()

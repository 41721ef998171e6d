"""What routes lead to beside NAT, internet and transit gateways: VPNs, appliances, firewalls; what stands above all.

Each table is asked for only where a route calls for it.
"""

from dataclasses import dataclass

from pullcheck.missing import Unavailable


@dataclass(frozen=True)
class Tunnel:
    """One of a VPN connection's tunnels; ``address`` is AWS's end, ``status`` is "UP" or "DOWN"."""

    address: str
    status: str
    accepted_routes: int
    message: str = ""


@dataclass(frozen=True)
class VpnConnection:
    """A site-to-site VPN; ``routes`` are its static routes, ``static_only`` means that BGP is off."""

    id: str
    state: str
    static_only: bool
    routes: tuple[str, ...]
    tunnels: tuple[Tunnel, ...]


@dataclass(frozen=True)
class Circuit:
    """A Direct Connect virtual interface; ``bgp`` is the best status of its IPv4 peers: "up", "down" or unknown."""

    id: str
    state: str
    bgp: str


@dataclass(frozen=True)
class VirtualGateway:
    """A virtual private gateway, the VPCs it is attached to, and what ends at it.

    ``circuits`` are also those of a Direct Connect gateway that it is associated with; ``exchanges`` are the ids of
    these, ``allowed`` the prefixes that the associations let through to the other side.
    """

    id: str
    vpc_ids: tuple[str, ...]
    connections: tuple[VpnConnection, ...] | Unavailable
    circuits: tuple[Circuit, ...] | Unavailable
    exchanges: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class VirtualGateways:
    """The virtual private gateways of the VPC that may carry what is for a destination."""

    rows: tuple[VirtualGateway, ...]


@dataclass(frozen=True)
class Appliance:
    """A network interface that routes lead to; ``instance_state`` is empty where no instance is known to have it."""

    id: str
    addresses: tuple[str, ...]
    source_dest_check: bool
    attached: bool
    instance_id: str = ""
    instance_state: str = ""


@dataclass(frozen=True)
class Appliances:
    """The interfaces of the VPC that routes lead to."""

    rows: tuple[Appliance, ...]


@dataclass(frozen=True)
class RuleGroup:
    """A stateful rule group of AWS Network Firewall.

    ``list_type`` is that of a domain list, e.g. "ALLOWLIST", and empty for rules of another form. ``document`` is the
    group as JSON, ``token`` what AWS wants back with a change to it.
    """

    id: str
    list_type: str
    domains: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    home: tuple[str, ...] = ()
    document: str = ""
    token: str = ""


@dataclass(frozen=True)
class FirewallPolicy:
    """What a firewall does: ``stateless`` are the actions for what no stateless rule group decides.

    ``defaults`` are the stateful default actions, ``midstream`` says what becomes of a connection whose beginning was
    not seen.
    """

    id: str
    stateless: tuple[str, ...]
    stateless_groups: tuple[str, ...]
    strict: bool
    defaults: tuple[str, ...]
    groups: tuple[RuleGroup, ...]
    inspects_tls: bool = False
    midstream: str = "DROP"
    home: tuple[str, ...] = ()


NO_FIREWALL = Unavailable("it is no AWS Network Firewall of this VPC")


@dataclass(frozen=True)
class Inspection:
    """A VPC endpoint that routes lead to; ``firewall`` names the AWS Network Firewall behind it, if it is one."""

    id: str
    kind: str
    state: str
    service: str
    subnet_id: str
    firewall: str = ""
    policy: FirewallPolicy | Unavailable = NO_FIREWALL


@dataclass(frozen=True)
class Inspections:
    """The endpoints of the VPC that routes lead to, other than gateway endpoints."""

    rows: tuple[Inspection, ...]


@dataclass(frozen=True)
class Exclusion:
    """An exclusion from VPC Block Public Access, in force; ``resource_id`` is a VPC or a subnet."""

    id: str
    resource_id: str
    mode: str


@dataclass(frozen=True)
class PublicAccess:
    """VPC Block Public Access of one account: ``mode`` is "off", "block-ingress" or "block-bidirectional"."""

    owner: str
    mode: str
    exclusions: tuple[Exclusion, ...] = ()
    exclusions_allowed: bool = True
    settled: bool = True


@dataclass(frozen=True)
class VpcEncryption:
    """The VPC's encryption control: ``mode`` is empty where there is none; ``excluded`` are what may go unencrypted."""

    vpc_id: str
    mode: str = ""
    state: str = ""
    excluded: tuple[str, ...] = ()


NO_VPN = Unavailable("the virtual private gateways were not read")
NO_APPLIANCES = Unavailable("the interfaces that routes lead to were not read")
NO_INSPECTION = Unavailable("the endpoints that routes lead to were not read")
NO_ACCESS = Unavailable("VPC Block Public Access was not read")


@dataclass(frozen=True)
class Gateways:
    """All of these together, as a walk reads them."""

    virtual: VirtualGateways | Unavailable = NO_VPN
    appliances: Appliances | Unavailable = NO_APPLIANCES
    inspections: Inspections | Unavailable = NO_INSPECTION
    public_access: PublicAccess | Unavailable = NO_ACCESS


NO_GATEWAYS = Gateways()

"""From rows of AWS's describe calls, in AWS's field names, to evidence of gateways. Fields with keys are not read."""

from collections.abc import Iterable, Mapping, Sequence

from pullcheck.evidence.describe_firewall import firewall_endpoints, firewall_policy
from pullcheck.evidence.fields import Row, number, part, parts, rows_of, text, texts, texts_in
from pullcheck.evidence.gateways import (
    NO_ACCESS,
    NO_FIREWALL,
    Appliance,
    Appliances,
    Circuit,
    Exclusion,
    FirewallPolicy,
    Gateways,
    Inspection,
    Inspections,
    PublicAccess,
    Tunnel,
    VirtualGateway,
    VirtualGateways,
    VpcEncryption,
    VpnConnection,
)
from pullcheck.missing import Unavailable

Rows = Sequence[Row] | Unavailable
GONE = ("deleted", "deleting")
ATTACHED = ("attached", "attaching")
ALLOWED = "allowedPrefixesToDirectConnectGateway"
IN_FORCE = ("create-complete", "update-complete", "update-in-progress", "update-failed")


def gateways(tables: Mapping[str, Sequence[Row]]) -> Gateways:
    """Of the tables of `NetworkEvidence.from_describe`: ``VpnGateways``, ``VpnConnections``, ``VirtualInterfaces``,
    ``DirectConnectGatewayAssociations``, ``NetworkInterfaces`` with ``Reservations``, ``VpcEndpoints`` with
    ``Firewalls``, ``VpcBlockPublicAccessOptions`` (one row) with ``VpcBlockPublicAccessExclusions``.

    A row of ``Firewalls`` is the answer of DescribeFirewall with, as ``Policy``, that of DescribeFirewallPolicy, which
    has the answers of DescribeRuleGroup as ``RuleGroups``.
    """

    def rows(name: str) -> Rows:
        found = tables.get(name)
        return Unavailable(f"{name} were not read") if found is None else rows_of(found)

    virtual, seats, ends = rows("VpnGateways"), rows("NetworkInterfaces"), rows("VpcEndpoints")
    lines = rows("VpnConnections"), rows("VirtualInterfaces"), rows_of(tables.get("DirectConnectGatewayAssociations"))
    options = rows_of(tables.get("VpcBlockPublicAccessOptions"))
    return Gateways(
        virtual
        if isinstance(virtual, Unavailable)
        else VirtualGateways(tuple(virtual_gateway(row, *lines) for row in virtual if text(row, "VpnGatewayId"))),
        seats if isinstance(seats, Unavailable) else appliances(seats, rows_of(tables.get("Reservations"))),
        ends if isinstance(ends, Unavailable) else inspections(ends, rows("Firewalls")),
        public_access(options[0], rows_of(tables.get("VpcBlockPublicAccessExclusions"))) if options else NO_ACCESS,
    )


def virtual_gateway(row: Row, connections: Rows, circuits: Rows, associations: Iterable[Row]) -> VirtualGateway:
    """A row of DescribeVpnGateways, with what DescribeVpnConnections, DescribeVirtualInterfaces and
    DescribeDirectConnectGatewayAssociations show of it and of others.
    """
    name = str(row["VpnGatewayId"])
    own = [one for one in associations if _gateway_of(one) == name and text(one, "associationState") != "disassociated"]
    exchanges = texts(text(one, "directConnectGatewayId") for one in own)
    ends = {name, *exchanges}
    return VirtualGateway(
        id=name,
        vpc_ids=texts(
            text(one, "VpcId") for one in parts(row, "VpcAttachments") if text(one, "State") in ("", *ATTACHED)
        ),
        connections=connections
        if isinstance(connections, Unavailable)
        else tuple(vpn_connection(one) for one in connections if text(one, "VpnGatewayId") == name),
        circuits=circuits
        if isinstance(circuits, Unavailable)
        else tuple(
            _circuit(one)
            for one in circuits
            if ends & {text(one, "virtualGatewayId"), text(one, "directConnectGatewayId")}
        ),
        exchanges=exchanges,
        allowed=texts(text(prefix, "cidr") for one in own for prefix in parts(one, ALLOWED)),
    )


def _gateway_of(association: Row) -> str:
    return text(association, "virtualGatewayId") or text(part(association, "associatedGateway"), "id")


def vpn_connection(row: Row) -> VpnConnection:
    """A row of DescribeVpnConnections, without its CustomerGatewayConfiguration: that holds the tunnels' keys."""
    return VpnConnection(
        id=text(row, "VpnConnectionId"),
        state=text(row, "State"),
        static_only=bool(part(row, "Options").get("StaticRoutesOnly")),
        routes=texts(
            text(one, "DestinationCidrBlock") for one in parts(row, "Routes") if text(one, "State") not in GONE
        ),
        tunnels=tuple(
            Tunnel(
                text(one, "OutsideIpAddress"),
                text(one, "Status"),
                number(one, "AcceptedRouteCount") or 0,
                text(one, "StatusMessage"),
            )
            for one in parts(row, "VgwTelemetry")
        ),
    )


def _circuit(row: Row) -> Circuit:
    peers = [one for one in parts(row, "bgpPeers") if text(one, "addressFamily") in ("", "ipv4")]
    statuses = {text(one, "bgpStatus") or "unknown" for one in peers}
    best = next((status for status in ("up", "unknown", "down") if status in statuses), "unknown")
    return Circuit(text(row, "virtualInterfaceId"), text(row, "virtualInterfaceState"), best)


def appliances(interfaces: Iterable[Row], reservations: Iterable[Row]) -> Appliances:
    """Rows of DescribeNetworkInterfaces, and of DescribeInstances for those that have them."""
    instances = [one for reservation in reservations for one in parts(reservation, "Instances")]
    states = {text(one, "InstanceId"): text(part(one, "State"), "Name") for one in instances}
    return Appliances(tuple(_appliance(row, states) for row in interfaces))


def _appliance(row: Row, states: Mapping[str, str]) -> Appliance:
    attachment = part(row, "Attachment")
    instance = text(attachment, "InstanceId")
    return Appliance(
        id=text(row, "NetworkInterfaceId"),
        addresses=texts(text(one, "PrivateIpAddress") for one in (row, *parts(row, "PrivateIpAddresses"))),
        source_dest_check=bool(row.get("SourceDestCheck")),
        attached=bool(attachment) or text(row, "Status") == "in-use",
        instance_id=instance,
        instance_state=states.get(instance, ""),
    )


def inspections(endpoints: Iterable[Row], firewalls: Rows) -> Inspections:
    """Rows of DescribeVpcEndpoints, without the gateway endpoints, and the firewalls that have them."""
    return Inspections(
        tuple(_inspection(row, firewalls) for row in endpoints if text(row, "VpcEndpointType") != "Gateway")
    )


def _inspection(row: Row, firewalls: Rows) -> Inspection:
    name = text(row, "VpcEndpointId")
    behind = ""
    policy: FirewallPolicy | Unavailable = firewalls if isinstance(firewalls, Unavailable) else NO_FIREWALL
    for one in () if isinstance(firewalls, Unavailable) else firewalls:
        if name in firewall_endpoints(one):
            behind = text(part(one, "Firewall"), "FirewallName", "FirewallArn")
            policy = firewall_policy(one.get("Policy") or Unavailable(f"the policy of {behind} was not read"))
    return Inspection(
        id=name,
        kind=text(row, "VpcEndpointType"),
        state=text(row, "State").lower(),
        service=text(row, "ServiceName"),
        subnet_id=next(iter(texts_in(row, "SubnetIds")), ""),
        firewall=behind,
        policy=policy,
    )


def public_access(options: Row, exclusions: Iterable[Row]) -> PublicAccess:
    """The answer of DescribeVpcBlockPublicAccessOptions, and rows of DescribeVpcBlockPublicAccessExclusions."""
    return PublicAccess(
        owner=text(options, "AwsAccountId"),
        mode=text(options, "InternetGatewayBlockMode") or "off",
        exclusions=tuple(
            Exclusion(
                text(one, "ExclusionId"),
                text(one, "ResourceArn").rpartition("/")[2],
                text(one, "InternetGatewayExclusionMode"),
            )
            for one in exclusions
            if text(one, "State") in ("", *IN_FORCE)
        ),
        exclusions_allowed=text(options, "ExclusionsAllowed") != "not-allowed",
        settled=text(options, "State") != "update-in-progress",
    )


def vpc_encryption(row: Row) -> VpcEncryption:
    """A row of DescribeVpcs."""
    control = part(row, "EncryptionControl")
    excluded = part(control, "ResourceExclusions")
    names = (name for name in excluded if text(part(excluded, name), "State") in ("enabled", "enabling"))
    return VpcEncryption(text(row, "VpcId"), text(control, "Mode"), text(control, "State"), texts(names))

"""The path through a virtual private gateway: up to the tunnel or circuit that it leaves by (R39)."""

from collections.abc import Iterator
from dataclasses import replace

from pullcheck import HopVerdict, Unavailable
from pullcheck.evidence.gateways import Circuit, VirtualGateway, VpnConnection
from pullcheck.evidence.network_rows import Route
from pullcheck_checks.network.paths.ends import beyond, model_in, model_out, out_of_sight
from pullcheck_checks.network.paths.groups import Peer
from pullcheck_checks.network.paths.journey import Journey
from pullcheck_checks.network.paths.legs import FORWARD, RETURN, clear, refused, unclear
from pullcheck_checks.network.paths.routes import vpc_ranges
from pullcheck_checks.network.paths.routing import rival
from pullcheck_checks.network.paths.spans import Spans, common, span_of, without
from pullcheck_checks.network.paths.steps import Place, Reason, Step

KIND = "virtual-private-gateway"
UP = "UP"


def by_vpn(journey: Journey, routing: Step, route: Route) -> Iterator[Step]:
    """What is known of the gateway's own side is judged; whose network lies behind it is named for its owner."""
    there = journey.destination
    gateway = journey.index.virtual_gateway(route.target)
    if not isinstance(gateway, VirtualGateway):
        why = gateway.because if isinstance(gateway, Unavailable) else "it is not among the gateways that were shown"
        yield from out_of_sight(journey, routing, route, why)
        return
    yield from model_out(journey, Peer(there.name, there.addresses, groups_doubt=f"{gateway.id} leads out"), routing)
    found = tuple(_lines(journey, gateway))
    yield from found
    if not any(step.blocks for step in found):
        known = "; ".join(step.hop.rule for step in found if step.hop.verdict is HopVerdict.PASS)
        step = beyond(journey, KIND, gateway.id, known and f"AWS's side of it {known}")
        yield _explained(journey, route, step) if known else step
    yield model_in(journey)


def _explained(journey: Journey, route: Route, step: Step) -> Step:
    """Why nobody answers behind the gateway, if so: a firewall there, or the registry is not there at all."""
    table = journey.index.route_table(journey.subnet)
    hint = "" if isinstance(table, Unavailable) else rival(journey, table, route)
    if not hint:
        return replace(step, reason=Reason.ON_PREMISES)
    return replace(step, reason=Reason.HIJACKED, hop=replace(step.hop, rule=f"{step.hop.rule}; {hint}"))


def _lines(journey: Journey, gateway: VirtualGateway) -> Iterator[Step]:
    """The tunnels and circuits that end at the gateway: one that carries the packets is enough."""
    if journey.subnet.vpc_id not in gateway.vpc_ids:
        why = f"it is not attached to {journey.subnet.vpc_id}"
        yield refused(Place.VPN, KIND, gateway.id, FORWARD, Reason.VPN_DOWN, why)
        return
    connections, circuits = gateway.connections, gateway.circuits
    if isinstance(connections, Unavailable):
        yield unclear(Place.VPN, KIND, gateway.id, FORWARD, connections.because)
        return
    lines = [one for one in connections if one.state not in ("deleting", "deleted")]
    carrying = [one for one in lines if not _lacks(one, journey.destination.addresses)]
    if carrying:
        yield clear(Place.VPN, KIND, gateway.id, FORWARD, f"has {_names(carrying)} with a tunnel that is up")
        return
    if isinstance(circuits, Unavailable):
        why = "; ".join([*(_sentence(journey, one) for one in lines), circuits.because])
        yield unclear(Place.VPN, KIND, gateway.id, FORWARD, why)
        return
    live = [one for one in circuits if one.state == "available" and one.bgp != "down"]
    if live:
        yield clear(
            Place.VPN, KIND, gateway.id, FORWARD, f"has the virtual interface {_names(live)}, which is available"
        )
        yield from _filtered(journey, gateway)
    elif gateway.exchanges and not circuits:
        why = f"it is associated with {', '.join(gateway.exchanges)}, whose owner alone sees the virtual interfaces"
        yield unclear(Place.VPN, KIND, gateway.id, FORWARD, why)
    else:
        yield from _dead(journey, gateway, lines)


def _dead(journey: Journey, gateway: VirtualGateway, lines: list[VpnConnection]) -> Iterator[Step]:
    circuits = gateway.circuits
    for one in lines:
        why = _lacks(one, journey.destination.addresses)
        step = refused(Place.VPN, "vpn-connection", one.id, FORWARD, Reason.VPN_DOWN, why)
        yield replace(step, resources=(one.id, gateway.id))
    for circuit in () if isinstance(circuits, Unavailable) else circuits:
        why = f"its state is {circuit.state}, and BGP is {circuit.bgp}"
        step = refused(Place.VPN, "virtual-interface", circuit.id, FORWARD, Reason.CIRCUIT_DOWN, why)
        yield replace(step, resources=(circuit.id, gateway.id))
    if not lines and not circuits:
        why = "neither a VPN connection nor a virtual interface of Direct Connect ends at it"
        yield refused(Place.VPN, KIND, gateway.id, FORWARD, Reason.VPN_DOWN, why)


def _lacks(connection: VpnConnection, wanted: Spans) -> str:
    """Why the connection does not carry packets to these addresses; empty where it does, as far as AWS shows."""
    up = [tunnel for tunnel in connection.tunnels if tunnel.status == UP]
    if not up:
        told = "; ".join(f"tunnel {one.address} is {one.status or 'unknown'}" for one in connection.tunnels)
        return told or "it has no tunnel"
    if connection.static_only:
        return "" if knows(connection, wanted) else f"its static routes are {_routes(connection)}"
    if any(tunnel.accepted_routes for tunnel in up):
        return ""
    return "its tunnel is up, and no route was accepted over BGP"


def _sentence(journey: Journey, connection: VpnConnection) -> str:
    return f"{connection.id}: {_lacks(connection, journey.destination.addresses)}"


def _routes(connection: VpnConnection) -> str:
    return ", ".join(connection.routes) or "none"


def knows(connection: VpnConnection, wanted: Spans) -> bool:
    """Whether its static routes hold all of these addresses."""
    return not without(wanted, tuple(span for cidr in connection.routes if (span := span_of(cidr))))


def _filtered(journey: Journey, gateway: VirtualGateway) -> Iterator[Step]:
    """Of the VPC's ranges the other side of Direct Connect learns those alone that an allowed prefix holds."""
    own = [span for cidr in vpc_ranges(journey.index, journey.subnet.vpc_id) if (span := span_of(cidr))]
    ours = [span for span in own if common((span,), journey.clients)]
    allowed = [span for cidr in gateway.allowed if (span := span_of(cidr))]
    if ours and allowed and not any(low <= ours[0][0] and ours[0][1] <= high for low, high in allowed):
        why = f"the prefixes that it may announce, {', '.join(gateway.allowed)}, do not hold the VPC's range"
        yield refused(Place.VPN, KIND, gateway.id, RETURN, Reason.CIRCUIT_DOWN, why)


def _names(rows: list[VpnConnection] | list[Circuit]) -> str:
    return ", ".join(row.id for row in rows)

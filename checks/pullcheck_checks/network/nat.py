"""The path through a NAT gateway to the internet, and from there perhaps back into the VPC (R10, R25, R33, R34)."""

from collections.abc import Iterator

from pullcheck import Unavailable
from pullcheck.evidence.network_rows import Interface, NatGateway, Route, Subnet
from pullcheck_checks.network.ends import arrival, far_acl, local_return, model_in, model_out, seat_step
from pullcheck_checks.network.groups import Peer
from pullcheck_checks.network.journey import Journey
from pullcheck_checks.network.legs import FORWARD, RETURN, acl_step, clear, refused, route_step, unclear
from pullcheck_checks.network.routes import Target, branches, target_of
from pullcheck_checks.network.spans import merged, span_of
from pullcheck_checks.network.steps import CLIENT_PORTS, Place, Reason, Step


def by_nat(journey: Journey, routing: Step, route: Route) -> Iterator[Step]:
    """The model's side, the four crossings of the NAT gateway's subnet, and the way on from there."""
    index, there = journey.index, journey.destination
    yield from model_out(journey, Peer(there.name, there.addresses), routing)
    nat = index.nat_gateway(route.target)
    subnet = index.subnet(nat.subnet_id) if isinstance(nat, NatGateway) and nat.subnet_id else None
    if not isinstance(nat, NatGateway) or not isinstance(subnet, Subnet):
        yield _not_read(route.target, nat, subnet)
        yield model_in(journey)
        return
    apart = subnet.id != journey.subnet.id
    remote = (there.name, there.addresses, (there.cidr,))
    if apart:
        yield far_acl(journey, Place.NAT_ACL, subnet, egress=False)
    yield _state(nat)
    yield acl_step(index, Place.NAT_ACL, subnet, True, FORWARD, remote, journey.port)
    exit_step, exit_route = route_step(index, Place.NAT_ROUTES, subnet, FORWARD, there.name, there.addresses)
    yield exit_step
    if exit_route is not None and not exit_step.blocks:
        yield from _exit(journey, nat, subnet, exit_route)
    yield acl_step(index, Place.NAT_ACL_PORTS, subnet, False, RETURN, remote, CLIENT_PORTS)
    if apart:
        yield local_return(journey, subnet)
        yield far_acl(journey, Place.NAT_ACL, subnet, egress=True)
    yield model_in(journey)


def _not_read(name: str, nat: NatGateway | Unavailable | None, subnet: Subnet | Unavailable | None) -> Step:
    absent = nat if isinstance(nat, Unavailable) else subnet
    if isinstance(absent, Unavailable):
        why = absent.because
    elif isinstance(nat, NatGateway) and nat.subnet_id is None:
        why = "it is a regional NAT gateway, whose own routes were not judged"
    else:
        why = "it is not among the NAT gateways read"
    return unclear(Place.NAT, "nat-gateway", name, FORWARD, why)


def _state(nat: NatGateway) -> Step:
    if nat.state != "available":
        why = f"its state is {nat.state}{f' ({nat.failure})' if nat.failure else ''}"
        return refused(Place.NAT, "nat-gateway", nat.id, FORWARD, Reason.NAT_BROKEN, why)
    if nat.connectivity == "public" and not nat.public_addresses:
        return refused(Place.NAT, "nat-gateway", nat.id, FORWARD, Reason.NAT_BROKEN, "it has no public address")
    addresses = ", ".join(nat.public_addresses or nat.private_addresses)
    return clear(Place.NAT, "nat-gateway", nat.id, FORWARD, f"is available in {nat.subnet_id} with {addresses}")


def _exit(journey: Journey, nat: NatGateway, subnet: Subnet, route: Route) -> Iterator[Step]:
    there = journey.destination
    match target_of(route):
        case Target.INTERNET:
            yield _internet(journey, nat, subnet, route.target)
            seat = journey.index.interface_behind(subnet.vpc_id, there.address) if there.address else None
            if isinstance(seat, Interface):
                yield from _hairpin(journey, nat, seat)
            else:
                yield from _edge(journey, subnet, route.target)
        case Target.NAT if route.target == nat.id:
            why = f"{route.destination} in its own subnet {subnet.id} leads back to it, not to an internet gateway"
            yield refused(Place.NAT, "nat-gateway", nat.id, FORWARD, Reason.NAT_BROKEN, why)
        case kind:
            flow = f"tcp from {', '.join(nat.private_addresses)} to {there.name}:{there.port}"
            why = f"the path goes on from {nat.id} through here, and what lies behind was not judged: {flow}"
            yield unclear(Place.BEYOND, kind.value, route.target, FORWARD, why)


def _internet(journey: Journey, nat: NatGateway, subnet: Subnet, name: str) -> Step:
    """R33, R34, R64."""

    def no(reason: Reason, why: str) -> Step:
        return refused(Place.INTERNET_GATEWAY, "internet-gateway", name, FORWARD, reason, why)

    gateway = journey.index.internet_gateway(name)
    there = journey.destination
    if nat.connectivity != "public":
        return no(Reason.NAT_BROKEN, f"{nat.id} is private: behind it packets have no public address to leave with")
    if not there.is_public:
        return no(Reason.PRIVATE_ADDRESS, f"{there.name} is no public address: the internet does not carry it")
    if subnet.public_access_block == "block-bidirectional":
        why = f"VPC Block Public Access stops all traffic between {subnet.id} and the internet"
        return no(Reason.PUBLIC_ACCESS_BLOCKED, why)
    if isinstance(gateway, Unavailable):
        return unclear(Place.INTERNET_GATEWAY, "internet-gateway", name, FORWARD, gateway.because)
    if gateway is None or subnet.vpc_id not in gateway.vpc_ids:
        return no(Reason.DETACHED, f"it is not attached to {subnet.vpc_id}")
    why = f"is attached to {subnet.vpc_id}; beyond it lies the internet"
    return clear(Place.INTERNET_GATEWAY, "internet-gateway", name, FORWARD, why)


def _edge(journey: Journey, subnet: Subnet, gateway_id: str) -> Iterator[Step]:
    """A route table of the gateway's own may take the answers to an appliance before they get to the subnet."""
    tables = journey.index.edge_tables(subnet.vpc_id)
    span = span_of(subnet.cidr)
    if isinstance(tables, Unavailable) or span is None:
        return
    for table in tables:
        parts, _ = branches(journey.index, table, (span,)) if gateway_id in table.gateway_ids else ((), ())
        for part in parts:
            if part.route and target_of(part.route) is not Target.LOCAL:
                why = f"{part.route.destination} -> {part.route.target}: what it does with the answers was not judged"
                yield unclear(Place.BEYOND, "route-table", table.id, RETURN, why)


def _hairpin(journey: Journey, nat: NatGateway, seat: Interface) -> Iterator[Step]:
    """Out by the NAT gateway and in again by the public address that is translated for an interface of the VPC."""
    index = journey.index
    subnet = index.subnet(seat.subnet_id)
    spans = merged(span for address in nat.public_addresses if (span := span_of(address)))
    if not isinstance(subnet, Subnet) or not spans:
        yield unclear(Place.DESTINATION, "interface", seat.id, FORWARD, f"the subnet {seat.subnet_id} was not read")
        return
    name = ", ".join(nat.public_addresses)
    cidrs = tuple(f"{address}/32" for address in nat.public_addresses)
    remote = (name, spans, cidrs)
    peer = Peer(name, spans, anonymous=frozenset(journey.source.group_ids))
    yield acl_step(index, Place.DESTINATION_ACL, subnet, False, FORWARD, remote, journey.port)
    yield seat_step(journey, seat, subnet)
    yield arrival(journey, seat, peer, cidrs)
    yield acl_step(index, Place.DESTINATION_ACL, subnet, True, RETURN, remote, CLIENT_PORTS)
    back, route = route_step(index, Place.RETURN_ROUTES, subnet, RETURN, name, spans)
    if route is not None and not back.blocks and target_of(route) is not Target.INTERNET:
        why = f"{route.destination} sends the answers to {route.target}, not to the internet gateway they came by"
        back = unclear(Place.RETURN_ROUTES, "route-table", back.hop.resource, RETURN, why)
    yield back

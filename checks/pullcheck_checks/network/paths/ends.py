"""The two ends that every path has: the model's interface and subnet, and the interface that the packets are for."""

from collections.abc import Iterator
from dataclasses import replace

from pullcheck import Unavailable
from pullcheck.evidence.network_rows import Interface, Route, Subnet
from pullcheck_checks.network.paths.groups import Gap, Peer
from pullcheck_checks.network.paths.journey import Journey
from pullcheck_checks.network.paths.legs import FORWARD, RETURN, acl_step, groups_step, refused, route_step, unclear
from pullcheck_checks.network.paths.routes import Target, target_of
from pullcheck_checks.network.paths.seats import seated
from pullcheck_checks.network.paths.sides import same_side
from pullcheck_checks.network.paths.steps import CLIENT_PORTS, Place, Reason, Step


def model_out(journey: Journey, peer: Peer, routing: Step, *, same_subnet: bool = False) -> Iterator[Step]:
    """Out of the model's interface and subnet; between interfaces of one subnet no ACL stands (R24)."""
    there = journey.destination
    groups = journey.source.group_ids
    yield groups_step(journey.index, Place.MODEL_GROUPS, groups, True, journey.service, peer, (there.cidr,))
    if not same_subnet:
        remote = (there.name, there.addresses, there.cidrs)
        yield acl_step(journey.index, Place.MODEL_ACL_OUT, journey.subnet, True, FORWARD, remote, journey.service)
    yield routing


def model_in(journey: Journey) -> Step:
    """The answers' way into the model's subnet; its groups are stateful and ask nothing (R8)."""
    there = journey.destination
    remote = (there.name, there.addresses, there.cidrs)
    return acl_step(journey.index, Place.MODEL_ACL_IN, journey.subnet, False, RETURN, remote, journey.answers)


def far_acl(journey: Journey, place: Place, subnet: Subnet, *, egress: bool) -> Step:
    """Another subnet's ACL: the packets come from the model subnet, the answers go there."""
    remote = (journey.cidr, journey.clients, (journey.cidr,))
    direction, service = (RETURN, journey.answers) if egress else (FORWARD, journey.service)
    return acl_step(journey.index, place, subnet, egress, direction, remote, service)


def destination_side(
    journey: Journey, subnet: Subnet, seat: Interface | Unavailable | None, model: Peer, *, same_subnet: bool = False
) -> Iterator[Step]:
    """Into the destination's subnet and interface, and the answers out of the subnet again."""
    if not same_subnet:
        yield far_acl(journey, Place.DESTINATION_ACL, subnet, egress=False)
    yield from seated(journey, seat, subnet, model, (journey.cidr,))
    if not same_subnet:
        yield far_acl(journey, Place.DESTINATION_ACL, subnet, egress=True)


def model_peer(journey: Journey) -> Peer:
    """The model as the destination's groups see it, where AWS keeps the identity of its groups."""
    groups = frozenset(journey.source.group_ids)
    if journey.relays:
        return Peer(f"{journey.relays[-1]} at {journey.cidr}", journey.clients, anonymous=frozenset(journey.hidden))
    name = f"{', '.join(journey.source.group_ids)} in {journey.cidr}"
    return past_inspection(journey, Peer(name, journey.clients, groups))


def past_inspection(journey: Journey, peer: Peer) -> Peer:
    """R10: behind a firewall AWS knows nobody's groups."""
    if not journey.past:
        return peer
    return replace(peer, group_ids=frozenset(), anonymous=peer.group_ids, lost=Gap.MIDDLEBOX_REFERENCE)


def no_subnet_step(journey: Journey, vpc_id: str, subnet: Unavailable | None) -> Step:
    """R5, where not even a subnet has the address."""
    name = journey.destination.name
    if isinstance(subnet, Unavailable):
        return unclear(Place.DESTINATION, "subnet", name, FORWARD, subnet.because)
    if owner := journey.hides(vpc_id):
        why = f"{vpc_id} belongs to account {owner}, which alone sees all its subnets"
        return unclear(Place.DESTINATION, "subnet", name, FORWARD, why)
    why = f"the address belongs to {vpc_id}, but no subnet there holds it"
    return refused(Place.DESTINATION, "address", name, FORWARD, Reason.NO_HOST, why)


def local_return(journey: Journey, subnet: Subnet) -> Step:
    """The way back to the model subnet: the VPC's local route, unless a longer prefix says otherwise (R31)."""
    step, route = route_step(journey.index, Place.RETURN_ROUTES, subnet, RETURN, journey.cidr, journey.clients)
    return step if route is None or step.blocks else same_side(journey, step, route)


def out_of_sight(journey: Journey, routing: Step, route: Route, reason: str = "") -> Iterator[Step]:
    """The packets leave for a place that is not judged: it is named, with all that its owner has to know."""
    there = journey.destination
    doubt = f"which groups it has behind {route.target} is not known"
    yield from model_out(journey, Peer(there.name, there.addresses, groups_doubt=doubt), routing)
    kind = target_of(route)
    step = beyond(journey, kind.value, route.target, reason)
    yield replace(step, reason=Reason.CORE_NETWORK) if kind in (Target.CORE_NETWORK, Target.LATTICE) else step
    yield model_in(journey)


def beyond(journey: Journey, kind: str, name: str, reason: str = "") -> Step:
    """Where the path leaves what is judged: the place by name, and the packets that its owner has to know of."""
    why = f"the path leaves the VPC here, and what lies behind was not judged: {packets(journey)}"
    return unclear(Place.BEYOND, kind, name, FORWARD, f"{why} ({reason})" if reason else why)


def packets(journey: Journey) -> str:
    """Addresses and ports, as the owner of a firewall has to know them."""
    there = journey.destination
    first, last = CLIENT_PORTS
    return f"{there.protocol} from {journey.cidr} ports {first}-{last} to {there.name}:{there.port}, and the answers"

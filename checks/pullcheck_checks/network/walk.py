"""The walk of a packet and its answer from a model subnet to one destination, and what stands in its way.

Every step is judged as if those before it let the packets pass, so that all blockers are found (R69); the way there and
the way back are walked separately (R8, R21, R27).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pullcheck import Hop, HopVerdict, Status, Unavailable
from pullcheck.evidence.network import Interface, Route, Subnet
from pullcheck_checks.network.ends import arrival, far_acl, local_return, model_in, model_out, seat_step
from pullcheck_checks.network.groups import Peer
from pullcheck_checks.network.index import Index
from pullcheck_checks.network.journey import Destination, Journey, Source
from pullcheck_checks.network.legs import FORWARD, known_at, refused, route_step, unclear
from pullcheck_checks.network.nat import by_nat
from pullcheck_checks.network.routes import Target, target_of
from pullcheck_checks.network.steps import CLIENT_PORTS, Place, Reason, Step


@dataclass(frozen=True)
class Walk:
    """The steps there and back."""

    steps: tuple[Step, ...]

    @property
    def hops(self) -> tuple[Hop, ...]:
        """For the report."""
        return tuple(step.hop for step in self.steps)

    @property
    def blockers(self) -> tuple[Step, ...]:
        """What stops packets, in the order met."""
        return tuple(step for step in self.steps if step.blocks)

    @property
    def doubts(self) -> tuple[Step, ...]:
        """What could not be judged."""
        return tuple(step for step in self.steps if step.hop.verdict is HopVerdict.UNKNOWN)

    @property
    def verdict(self) -> Status:
        """``fail`` for a blocker, else ``unknown`` for a doubt, else ``pass``."""
        if self.blockers:
            return Status.FAIL
        return Status.UNKNOWN if self.doubts else Status.PASS

    @property
    def resources(self) -> tuple[str, ...]:
        """The ids of everything on the way."""
        return tuple(dict.fromkeys(name for step in self.steps for name in step.resources))


Way = Callable[[Journey, Step, Route], Iterator[Step]]


def walk(index: Index, source: Source, destination: Destination) -> Walk:
    """Judges the path of all addresses of the source's subnet, from all client ports."""
    subnet = index.subnet(source.subnet_id)
    if subnet is None or isinstance(subnet, Unavailable):
        why = subnet.because if subnet else "the subnet is not among those read"
        return _not_begun(source, why)
    journey = Journey(index, source, subnet, destination)
    if not journey.clients:
        return _not_begun(source, f"{subnet.id} has no IPv4 range")
    if not destination.addresses:
        return _not_begun(source, f"{destination.name} is no IPv4 address")
    step, route = route_step(index, Place.MODEL_ROUTES, subnet, FORWARD, destination.name, destination.addresses)
    if route is None or step.blocks:
        return Walk(tuple(_nowhere(journey, step)))
    ways: dict[Target, Way] = {Target.LOCAL: _inside, Target.NAT: by_nat, Target.INTERNET: _by_internet_gateway}
    go = ways.get(target_of(route), _out_of_sight)
    return Walk(tuple(go(journey, step, route)))


def _not_begun(source: Source, why: str) -> Walk:
    return Walk((unclear(Place.MODEL_SUBNET, "subnet", source.subnet_id, FORWARD, why),))


def _nowhere(journey: Journey, routing: Step) -> Iterator[Step]:
    """No usable route, or an unknown one: the model's own side is still judged."""
    there = journey.destination
    doubt = "" if there.address is None else "where the address lies is not known"
    yield from model_out(journey, Peer(there.name, there.addresses, groups_doubt=doubt), routing)
    yield model_in(journey)


def _out_of_sight(journey: Journey, routing: Step, route: Route) -> Iterator[Step]:
    """The packets leave for a place that is not judged: it is named, with all that its owner has to know."""
    there = journey.destination
    doubt = f"which groups it has behind {route.target} is not known"
    yield from model_out(journey, Peer(there.name, there.addresses, groups_doubt=doubt), routing)
    flow = f"tcp from {journey.subnet.cidr} ports {CLIENT_PORTS[0]}-{CLIENT_PORTS[1]} to {there.name}:{there.port}"
    why = f"the path leaves the VPC here, and what lies behind was not judged: {flow}, and the answers"
    yield unclear(Place.BEYOND, target_of(route).value, route.target, FORWARD, why)
    yield model_in(journey)


def _by_internet_gateway(journey: Journey, routing: Step, route: Route) -> Iterator[Step]:
    """R2: an interface without public address cannot use an internet gateway."""
    there = journey.destination
    yield from model_out(journey, Peer(there.name, there.addresses), routing)
    reason = Reason.NO_PUBLIC_ADDRESS
    why = f"{route.destination} leads here, but the model's interfaces have no public address to leave with"
    if not there.is_public:
        reason = Reason.PRIVATE_ADDRESS
        why = f"{route.destination} leads here, but {there.name} is no public address: the internet does not carry it"
    yield refused(Place.INTERNET_GATEWAY, "internet-gateway", route.target, FORWARD, reason, why)
    yield model_in(journey)


def _inside(journey: Journey, routing: Step, _route: Route) -> Iterator[Step]:
    """R5: within the VPC there must be a subnet and an interface with the address."""
    index, there = journey.index, journey.destination
    if there.address is None:
        yield from _nowhere(journey, routing)
        return
    seat = index.interface_at(journey.subnet.vpc_id, there.address)
    subnet = index.subnet_at(journey.subnet.vpc_id, there.address)
    groups, doubt = known_at(seat)
    same = isinstance(subnet, Subnet) and subnet.id == journey.subnet.id
    yield from model_out(journey, Peer(there.name, there.addresses, groups, doubt), routing, same_subnet=same)
    if not isinstance(subnet, Subnet):
        yield _no_subnet(journey, subnet)
        yield model_in(journey)
        return
    if not same:
        yield far_acl(journey, Place.DESTINATION_ACL, subnet, egress=False)
    yield seat_step(journey, seat, subnet)
    if isinstance(seat, Interface):
        name = f"{', '.join(journey.source.group_ids)} in {journey.subnet.cidr}"
        model = Peer(name, journey.clients, frozenset(journey.source.group_ids))
        yield arrival(journey, seat, model, (journey.subnet.cidr,))
    if not same:
        yield far_acl(journey, Place.DESTINATION_ACL, subnet, egress=True)
        yield local_return(journey, subnet)
        yield model_in(journey)


def _no_subnet(journey: Journey, subnet: Unavailable | None) -> Step:
    name = journey.destination.name
    if isinstance(subnet, Unavailable):
        return unclear(Place.DESTINATION, "subnet", name, FORWARD, subnet.because)
    why = f"the address is the VPC's own ({journey.subnet.vpc_id}), but no subnet holds it"
    return refused(Place.DESTINATION, "address", name, FORWARD, Reason.NO_HOST, why)

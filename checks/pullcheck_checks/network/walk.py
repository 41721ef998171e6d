"""The walk of a packet and its answer from a model subnet to one destination, and what stands in its way.

Every step is judged as if those before it let the packets pass, so that all blockers are found (R69); the way there and
the way back are walked separately (R8, R21, R27).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pullcheck import Hop, HopVerdict, Status, Unavailable
from pullcheck.evidence.network_rows import Route, Subnet
from pullcheck_checks.network.ends import (
    destination_side,
    local_return,
    model_in,
    model_out,
    model_peer,
    no_subnet_step,
    out_of_sight,
)
from pullcheck_checks.network.groups import Peer
from pullcheck_checks.network.index import Index
from pullcheck_checks.network.journey import Destination, Journey, Source
from pullcheck_checks.network.legs import FORWARD, known_at, refused, route_step, unclear
from pullcheck_checks.network.nat import by_nat
from pullcheck_checks.network.peering import by_peering
from pullcheck_checks.network.routes import Target, target_of
from pullcheck_checks.network.steps import Place, Reason, Step
from pullcheck_checks.network.transit import by_transit


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
    ways: dict[Target, Way] = {
        Target.LOCAL: _inside,
        Target.NAT: by_nat,
        Target.INTERNET: _by_internet_gateway,
        Target.PEERING: by_peering,
        Target.TRANSIT: by_transit,
    }
    go = ways.get(target_of(route), out_of_sight)
    return Walk(tuple(go(journey, step, route)))


def _not_begun(source: Source, why: str) -> Walk:
    return Walk((unclear(Place.MODEL_SUBNET, "subnet", source.subnet_id, FORWARD, why),))


def _nowhere(journey: Journey, routing: Step) -> Iterator[Step]:
    """No usable route, or an unknown one: the model's own side is still judged."""
    there = journey.destination
    doubt = "" if there.address is None else "where the address lies is not known"
    yield from model_out(journey, Peer(there.name, there.addresses, groups_doubt=doubt), routing)
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
        yield no_subnet_step(journey, journey.subnet.vpc_id, subnet)
        yield model_in(journey)
        return
    yield from destination_side(journey, subnet, seat, model_peer(journey), same_subnet=same)
    if not same:
        yield local_return(journey, subnet)
        yield model_in(journey)

"""The walk of a packet and its answer from a model subnet to one destination, and what stands in its way.

Every step is judged as if those before it let the packets pass, so that all blockers are found (R69); the way there and
the way back are walked separately (R8, R21, R27).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from pullcheck import Hop, HopVerdict, Status, Unavailable
from pullcheck.evidence.network import NetworkEvidence
from pullcheck.evidence.network_rows import NatGateway, Route, Subnet
from pullcheck_checks.network.paths.appliances import by_appliance
from pullcheck_checks.network.paths.ends import (
    destination_side,
    local_return,
    model_in,
    model_out,
    model_peer,
    no_subnet_step,
    out_of_sight,
    past_inspection,
)
from pullcheck_checks.network.paths.gateway_endpoint import by_gateway_endpoint
from pullcheck_checks.network.paths.groups import Peer
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import Destination, Journey, Onward, Source
from pullcheck_checks.network.paths.legs import FORWARD, RETURN, doubted, known_at, refused, route_step, unclear
from pullcheck_checks.network.paths.middlebox import by_inspection
from pullcheck_checks.network.paths.nat import by_nat, to_the_internet
from pullcheck_checks.network.paths.peering import by_peering
from pullcheck_checks.network.paths.routes import Target, is_gateway_endpoint, target_of
from pullcheck_checks.network.paths.routing import by_own_network, told
from pullcheck_checks.network.paths.shares import Passing, passing
from pullcheck_checks.network.paths.spans import Spans
from pullcheck_checks.network.paths.steps import Place, Reason, Step
from pullcheck_checks.network.paths.transit import by_transit
from pullcheck_checks.network.paths.vpn import by_vpn


class Outcome(StrEnum):
    """R67: what becomes of connections from the source. Without a doubt nothing is unknown, with one nothing passes."""

    PASS = "pass"
    FLAKY = "flaky"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Walk:
    """The steps there and back. Each `Step` has kind, resource, direction and why; ``clients`` are the source's
    addresses, as intervals of integers.
    """

    steps: tuple[Step, ...]
    clients: Spans = ()

    @cached_property
    def hops(self) -> tuple[Hop, ...]:
        """For the report."""
        return tuple(step.hop for step in self.steps)

    @property
    def forward(self) -> tuple[Hop, ...]:
        """What the packets to the destination meet, in that order."""
        return tuple(hop for hop in self.hops if hop.direction is FORWARD)

    @property
    def back(self) -> tuple[Hop, ...]:
        """What their answers meet, in that order."""
        return tuple(hop for hop in self.hops if hop.direction is RETURN)

    @cached_property
    def blockers(self) -> tuple[Step, ...]:
        """What stops packets, in the order met."""
        return tuple(step for step in self.steps if step.blocks)

    @property
    def first_blocker(self) -> Step | None:
        """What stops packets first."""
        return next(iter(self.blockers), None)

    @cached_property
    def doubts(self) -> tuple[Step, ...]:
        """What could not be judged."""
        return tuple(step for step in self.steps if step.hop.verdict is HopVerdict.UNKNOWN)

    @cached_property
    def verdict(self) -> Status:
        """What a report says: ``fail`` for a blocker, be it of a part alone, else ``unknown`` for a doubt, else
        ``pass``.
        """
        if self.blockers:
            return Status.FAIL
        return Status.UNKNOWN if self.doubts else Status.PASS

    @property
    def outcome(self) -> Outcome:
        """The verdict, with what works in part told from what works not at all; ``passing`` has the shares."""
        if self.blockers and self.passing.pairs:
            return Outcome.FLAKY
        return Outcome(self.verdict)

    @cached_property
    def passing(self) -> Passing:
        """The source addresses and client ports that get through all steps, as intervals and as shares."""
        return passing(self.clients, self.steps)

    @property
    def resources(self) -> tuple[str, ...]:
        """The ids of everything on the way."""
        return tuple(dict.fromkeys(name for step in self.steps for name in step.resources))


def walk(evidence: NetworkEvidence | Index, source: Source, destination: Destination) -> Walk:
    """Judges the path of all addresses of the source, from all client ports, to the destination, and the answers'.

    It raises nothing: what the evidence does not hold is a doubt. For many walks over one evidence make an
    `Index` of it first, which remembers what it has worked out.
    """
    index = evidence if isinstance(evidence, Index) else Index(evidence)
    subnet = index.subnet(source.subnet_id)
    if subnet is None or isinstance(subnet, Unavailable):
        why = subnet.because if subnet else "the subnet is not among those read"
        return _not_begun(source, why)
    journey = Journey(index, source, subnet, destination, _onward)
    if not journey.clients:
        return _not_begun(source, f"{source.within or subnet.id} has no IPv4 address that an interface may get")
    if not destination.addresses:
        return _not_begun(source, f"{destination.name} is no IPv4 address")
    return Walk(tuple(_steps(journey)), journey.clients)


def _steps(journey: Journey) -> Iterator[Step]:
    """By the way that the subnet's route table sends what is for the destination."""
    there = journey.destination
    step, route = route_step(journey.index, Place.MODEL_ROUTES, journey.subnet, FORWARD, there.name, there.addresses)
    step = told(journey, step, route)
    if route is None or step.blocks:
        return _nowhere(journey, step)
    steps = _onward(journey, step, route)
    return steps if step.hop.verdict is HopVerdict.PASS else _perhaps(journey, step, steps)


def _perhaps(journey: Journey, routing: Step, steps: Iterator[Step]) -> Iterator[Step]:
    """By a route of which it is not known that it decides: the model's own side alone blocks for certain."""
    sure = {step.place: step for step in _nowhere(journey, routing)}
    return (sure.get(step.place) or doubted(step) for step in steps)


def _onward(journey: Journey, routing: Step, route: Route) -> Iterator[Step]:
    ways: dict[Target, Onward] = {
        Target.LOCAL: _inside,
        Target.NAT: by_nat,
        Target.INTERNET: _by_internet_gateway,
        Target.PEERING: by_peering,
        Target.TRANSIT: by_transit,
        Target.VPN: by_vpn,
        Target.INTERFACE: by_appliance,
        Target.ENDPOINT: by_inspection,
    }
    if is_gateway_endpoint(journey.index, route):
        return by_gateway_endpoint(journey, routing, route)
    return ways.get(target_of(route), out_of_sight)(journey, routing, route)


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
    nat = journey.index.nat_gateway(journey.relays[-1]) if journey.relays else None
    if isinstance(nat, NatGateway):
        yield from to_the_internet(journey, nat, journey.subnet, route)
        return
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
    peer = past_inspection(journey, Peer(there.name, there.addresses, groups, doubt))
    yield from model_out(journey, peer, routing, same_subnet=same)
    if not isinstance(subnet, Subnet):
        yield by_own_network(journey, no_subnet_step(journey, journey.subnet.vpc_id, subnet))
        yield model_in(journey)
        return
    side = destination_side(journey, subnet, seat, model_peer(journey), same_subnet=same)
    yield from (by_own_network(journey, step) for step in side)
    if not same:
        yield local_return(journey, subnet)
        yield model_in(journey)

"""Central egress: out by the NAT gateway of another VPC, which a transit gateway leads to (R25, R26, R34, R37)."""

from collections.abc import Iterator

from pullcheck.evidence.network_rows import Route, Subnet, TransitGateway
from pullcheck_checks.network.paths.crossing import Landing
from pullcheck_checks.network.paths.ends import far_acl, model_in
from pullcheck_checks.network.paths.journey import Journey
from pullcheck_checks.network.paths.legs import FORWARD, acl_step, doubted
from pullcheck_checks.network.paths.nat import located, outside
from pullcheck_checks.network.paths.returns import answers, flow_there
from pullcheck_checks.network.paths.steps import Place, Step


def by_central_nat(journey: Journey, gateway: TransitGateway, landing: Landing) -> Iterator[Step]:
    """By each NAT gateway that the packets may be handed to; of several, a block on the way to some is a doubt."""
    ways = [tuple(_way(journey, gateway, door, route)) for door, route in landing.exits]
    certain = len({any(step.blocks for step in way) for way in ways}) < 2
    found = (step if certain else doubted(step) for way in ways for step in way)
    yield from dict.fromkeys(found)


def _way(journey: Journey, gateway: TransitGateway, door: Subnet, route: Route) -> Iterator[Step]:
    """From the attachment's subnet, the door, to the NAT gateway, out, in again and back to the gateway."""
    found = located(journey.index, route.target)
    if isinstance(found, Step):
        yield found
        yield model_in(journey)
        return
    nat, subnet = found
    if door.id != subnet.id:
        flow = flow_there(journey)
        yield acl_step(journey.index, Place.TRANSIT_ACL, door, True, FORWARD, flow.goal, flow.service)
        yield far_acl(journey, Place.NAT_ACL, subnet, egress=False)
    yield from outside(journey, nat, subnet)
    yield far_acl(journey, Place.NAT_ACL, subnet, egress=True)
    yield from answers(journey, subnet, gateway.id, Place.NAT_RETURN)

"""From an interface endpoint to the service of another provider, by AWS PrivateLink."""

from collections.abc import Iterator
from dataclasses import replace

from pullcheck import Unavailable
from pullcheck.evidence.balancer_rows import LoadBalancer
from pullcheck.evidence.network_rows import Interface, Subnet
from pullcheck.evidence.private_link_rows import EndpointService, PrivateLink
from pullcheck_checks.network.paths.balancing import Node, balanced
from pullcheck_checks.network.paths.groups import Peer
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import Journey
from pullcheck_checks.network.paths.legs import FORWARD, clear, groups_step, refused, unclear
from pullcheck_checks.network.paths.spans import span_of
from pullcheck_checks.network.paths.steps import Place, Reason, Step


def linked(journey: Journey, link: PrivateLink, seat: Interface, subnet: Subnet) -> Iterator[Step]:
    """The endpoint's state, and what is behind it where the service is the account's own."""
    if not link.available:
        error = f" ({link.last_error})" if link.last_error else ""
        why = f"its state is {link.state or 'not known'}{error}"
        yield refused(Place.LINK, "vpc-endpoint", link.id, FORWARD, Reason.LINK_STATE, why)
    else:
        why = f"is available and leads to {link.service_name}"
        yield clear(Place.LINK, "vpc-endpoint", link.id, FORWARD, why)
    service = link.service
    balancers = () if isinstance(service, Unavailable) else service.balancer_ids
    found = journey.index.balancer(balancers[0]) if len(balancers) == 1 else None
    node = _node(journey.index, found, subnet.zone_id) if isinstance(found, LoadBalancer) else None
    if isinstance(found, LoadBalancer):
        yield from _groups(journey, found, seat)
    if node is not None:
        yield from balanced(journey, node)
    else:
        yield _beyond(link, found)


def _node(index: Index, balancer: LoadBalancer, zone_id: str) -> Node | None:
    """The load balancer's interface in the zone; PrivateLink shows it no client's address."""
    seats = ((one, index.subnet(one.subnet_id)) for one in index.nodes(balancer.part))
    near = ((one, row) for one, row in seats if isinstance(row, Subnet) and row.zone_id == zone_id)
    return next((Node(balancer, one, row, None) for one, row in near), None)


def provider(link: PrivateLink) -> str:
    """Who provides the service, in words."""
    owner = link.service.owner if isinstance(link.service, EndpointService) else ""
    return f"account {owner}, which provides {link.service_name}," if owner else f"the provider of {link.service_name}"


def _beyond(link: PrivateLink, found: LoadBalancer | Unavailable | None) -> Step:
    why = f"what {provider(link)} has behind it was not judged"
    if isinstance(found, LoadBalancer):
        why = f"{found.part} serves it, and its interface in the endpoint's zone was not read"
    return unclear(Place.BEYOND, "vpc-endpoint-service", link.service_name, FORWARD, why)


def _groups(journey: Journey, balancer: LoadBalancer, seat: Interface) -> Iterator[Step]:
    """The load balancer's groups judge what comes by PrivateLink unless told not to.

    Sources disagree on whether they see the endpoint's address or the client's: only what is true of both is judged.
    """
    if not balancer.group_ids:
        return
    name = ", ".join(balancer.group_ids)
    if not balancer.filters_private_link:
        why = "is not asked about what comes by PrivateLink"
        yield clear(Place.LINK_GROUPS, "security-group", name, FORWARD, why)
        return
    address = seat.addresses[0]
    spans = tuple(span for span in [span_of(address)] if span)
    sides = ((Peer(address, spans), (f"{address}/32",)), (Peer(journey.cidr, journey.clients), (journey.cidr,)))
    index, service = journey.index, journey.service
    steps = [
        groups_step(index, Place.LINK_GROUPS, balancer.group_ids, False, service, peer, cidrs) for peer, cidrs in sides
    ]
    if len({step.hop.verdict for step in steps}) == 1:
        yield replace(steps[0], resources=(*steps[0].resources, balancer.id))
        return
    why = f"whether they see {address} or the model's own behind PrivateLink is not known: {steps[0].hop.rule}"
    yield unclear(Place.LINK_GROUPS, "security-group", name, FORWARD, why)

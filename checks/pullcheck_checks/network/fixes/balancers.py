"""Changes that may take away what stands in the way at a load balancer or an endpoint; each is tried before it is
printed.
"""

from collections.abc import Iterator

from pullcheck import Unavailable
from pullcheck.evidence.balancer_rows import Listener, LoadBalancer, TargetGroup
from pullcheck.evidence.network import LoadBalancers
from pullcheck.evidence.network_rows import GroupReference, GroupRule
from pullcheck.evidence.private_link_rows import EndpointService, PrivateLink
from pullcheck_checks.network.fixes.balancer_changes import (
    AcceptLink,
    CrossZones,
    CrossZonesOfGroup,
    ListenToo,
    TrustPrivateLink,
)
from pullcheck_checks.network.fixes.changes import AllowInGroup, Changes
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import Destination
from pullcheck_checks.network.paths.linking import provider
from pullcheck_checks.network.paths.listening import WITHOUT_TCP
from pullcheck_checks.network.paths.steps import Place, Reason, Step

TARGETS = (
    Place.BALANCER_EGRESS,
    Place.TARGET_GROUPS,
    Place.TARGET_GROUPS_CLIENT,
    Place.TARGET_GROUPS_NODE,
)
"""Groups between a load balancer and its targets, where a rule names neither the model nor the registry's address."""
BALANCING = (*TARGETS, Place.BALANCER, Place.LINK, Place.LINK_GROUPS)
Candidates = Iterator[tuple[str, Changes]]


def balancer_changes(index: Index, destination: Destination, blocker: Step) -> Candidates:
    """For a blocker at one of the `BALANCING` places, by its reason."""
    if blocker.place in TARGETS:
        yield from _rules(blocker)
    if blocker.place is Place.LINK_GROUPS:
        yield from _past_the_groups(index, blocker)
        yield from _rules(blocker)
    if blocker.reason is Reason.NO_LISTENER:
        yield from _listener(index, destination, blocker)
    if blocker.reason is Reason.NO_TARGET_IN_ZONE:
        yield from _cross_zone(index, blocker.resources[0])
    if blocker.reason is Reason.LINK_STATE:
        yield from _acceptance(index, blocker.hop.resource)


def _rules(blocker: Step) -> Candidates:
    """A rule for the group on the other side, else for its addresses."""
    here, service = blocker.resources[0], blocker.service
    way = "to" if blocker.egress else "from"
    for other in blocker.others[:1]:
        rule = GroupRule(service.protocol, *service.ports, groups=(GroupReference(other),))
        yield f"allow {service} {way} {other} in {here}", (AllowInGroup(here, blocker.egress, rule),)
    rule = GroupRule(service.protocol, *service.ports, cidrs=blocker.remote)
    yield f"allow {service} {way} {', '.join(blocker.remote)} in {here}", (AllowInGroup(here, blocker.egress, rule),)


def _balancers(index: Index) -> tuple[LoadBalancer, ...]:
    table = index.evidence.load_balancers
    return table.rows if isinstance(table, LoadBalancers) else ()


def _past_the_groups(index: Index, blocker: Step) -> Candidates:
    for one in _balancers(index):
        if one.id in blocker.resources:
            change = TrustPrivateLink(one.id, one.group_ids)
            yield f"have the groups of {one.name} ask nothing of what comes by PrivateLink", (change,)


def _listener(index: Index, destination: Destination, blocker: Step) -> Candidates:
    """Like one that forwards already, and that a pull can use."""
    balancer = index.balancer(blocker.hop.resource)
    if not isinstance(balancer, LoadBalancer) or isinstance(balancer.listeners, Unavailable):
        return
    taken = {one.port for one in balancer.listeners}
    for one in balancer.listeners:
        if _serves(one) and destination.port not in taken:
            summary = f"have {balancer.name} listen on {destination.port} too, as it does on {one.port}"
            yield summary, (ListenToo(balancer.id, destination.port, one),)


def _serves(listener: Listener) -> bool:
    plain = listener.protocol not in ("HTTP", *WITHOUT_TCP)
    return plain and listener.action.kind == "forward" and len(listener.action.group_ids) == 1


def _cross_zone(index: Index, group_id: str) -> Candidates:
    for balancer in _balancers(index):
        for group in balancer.target_groups if isinstance(balancer.target_groups, tuple) else ():
            if group.id == group_id:
                yield from _crossing(balancer, group)


def _crossing(balancer: LoadBalancer, group: TargetGroup) -> Candidates:
    if group.cross_zone is None:
        yield f"turn on cross-zone load balancing for {balancer.name}", (CrossZones(balancer.id),)
    yield f"turn on cross-zone load balancing for {group.name}", (CrossZonesOfGroup(group.id),)


def _acceptance(index: Index, name: str) -> Candidates:
    """Only who owns the service can accept."""
    link = index.private_link(name)
    service = link.service if isinstance(link, PrivateLink) and link.state == "pendingacceptance" else None
    if isinstance(link, PrivateLink) and isinstance(service, EndpointService) and service.owner == link.owner:
        yield f"accept {link.id} at {service.id}", (AcceptLink(link.id, service.id),)


def by_hand(index: Index, blocker: Step) -> str:
    """What a person has to do where no command is known to help."""
    where = blocker.hop.resource
    match blocker.reason:
        case Reason.NO_LISTENER:
            return f"add a listener for the registry's port to {where}, or name the port of its listener in the image"
        case Reason.PLAIN_HTTP:
            return f"make the listener of {where} an HTTPS listener with a certificate of a public CA"
        case Reason.ANSWERS_ITSELF:
            return f"have the listener of {where} forward the registry's name to the registry's target group"
        case Reason.NO_TARGET:
            return f"register the registry with {where}"
        case Reason.UNHEALTHY:
            return f"start the registry behind {where}, or let the load balancer's health checks reach it"
        case Reason.LINK_STATE:
            link = index.private_link(where)
            return f"have {provider(link) if isinstance(link, PrivateLink) else 'its provider'} accept {where}"
    return f"let {where} pass what the registry's load balancer hands on"

"""From a node of a load balancer to its targets, and their answers back to it (R22, R61, R62)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pullcheck import Unavailable
from pullcheck.evidence.balancer_rows import LoadBalancer, TargetGroup
from pullcheck.evidence.network_rows import Interface, Subnet
from pullcheck_checks.network.paths.groups import Gap, Peer
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import Journey
from pullcheck_checks.network.paths.legs import FORWARD, RETURN, Side, acl_step, groups_step, route_step, unclear
from pullcheck_checks.network.paths.listening import heard
from pullcheck_checks.network.paths.routes import Target, target_of
from pullcheck_checks.network.paths.spans import merged, span_of
from pullcheck_checks.network.paths.steps import CLIENT_PORTS, Place, Service, Step
from pullcheck_checks.network.paths.targets import KIND, Found, chosen, unknown

ANSWERS = Service("tcp", CLIENT_PORTS)
OTHER_KINDS = {"alb": "an application load balancer", "lambda": "a Lambda function"}


@dataclass(frozen=True)
class Node:
    """The load balancer's interface that a connection has come to, and its subnet.

    ``client`` is who opened the connection and ``cidrs`` what a rule has to name to mean that, where targets may see
    it; None behind PrivateLink, where they never do.
    """

    balancer: LoadBalancer
    interface: Interface
    subnet: Subnet
    client: Peer | None
    cidrs: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Rank:
    """Targets that the same rules stand before: in one subnet, with the same groups, on one port."""

    subnet: Subnet
    group_ids: tuple[str, ...]
    port: int
    addresses: tuple[str, ...]

    @property
    def side(self) -> Side:
        """For a step that they are the other side of."""
        spans = merged(span for address in self.addresses if (span := span_of(address)))
        return f"the target{'s' * (len(self.addresses) > 1)} {', '.join(self.addresses)}", spans, (self.subnet.cidr,)


def balanced(journey: Journey, node: Node) -> Iterator[Step]:
    """The listener, each target group that it may lead to, and the way to each of their targets, all said once."""
    yield from dict.fromkeys(_steps(journey, node))


def _steps(journey: Journey, node: Node) -> Iterator[Step]:
    listening, names = heard(journey, node.balancer)
    yield listening
    groups = node.balancer.target_groups
    for name in names:
        found = groups if isinstance(groups, Unavailable) else next((one for one in groups if one.id == name), None)
        if isinstance(found, TargetGroup) and found.kind not in OTHER_KINDS:
            yield from _to_group(journey.index, node, found)
            continue
        if isinstance(found, TargetGroup):
            yield unknown(found, f"{OTHER_KINDS[found.kind]} is its target, and what is behind that was not judged")
            continue
        why = found.because if found else "it was not read"
        yield unclear(Place.BALANCER, KIND, name, FORWARD, why)


def _to_group(index: Index, node: Node, group: TargetGroup) -> Iterator[Step]:
    state, targets = chosen(index, node.balancer, group, node.subnet.zone_id)
    yield state
    if targets and group.keeps_clients is None:
        why = "its attributes were not read, so that it is not known which address its targets see"
        yield unknown(group, why)
        return
    for one in targets:
        if one.subnet is None or one.subnet.vpc_id != node.subnet.vpc_id:
            where = f"lies in {one.subnet.vpc_id}" if one.subnet else "has no interface among those read"
            yield unknown(group, f"{one.target.id} {where}, and the way there was not judged")
    for rank in _ranks(group, targets, node.subnet.vpc_id):
        yield from _to_rank(index, node, rank, keeps=bool(group.keeps_clients) and node.client is not None)


def _ranks(group: TargetGroup, targets: Iterable[Found], vpc_id: str) -> tuple[_Rank, ...]:
    """Connections to an instance go to the first address of its first interface."""
    found: dict[tuple[Subnet, tuple[str, ...], int], list[str]] = {}
    for one in targets:
        if one.subnet and one.subnet.vpc_id == vpc_id and isinstance(one.interface, Interface):
            address = one.interface.addresses[0] if group.kind == "instance" else one.target.id
            found.setdefault((one.subnet, one.interface.group_ids, one.target.port), []).append(address)
    return tuple(_Rank(*key, tuple(addresses)) for key, addresses in found.items())


def _to_rank(index: Index, node: Node, rank: _Rank, *, keeps: bool) -> Iterator[Step]:
    """Between subnets two ACLs see the packets, and both again the answers; groups see the packets alone (R8, R21)."""
    peer, cidrs = _as_seen(node, keeps=keeps)
    groups, service = node.balancer.group_ids, Service("tcp", (rank.port, rank.port))
    name, addresses, ranges = rank.side
    to = Peer(name, addresses, frozenset(rank.group_ids))
    if groups:
        out = groups_step(index, Place.BALANCER_EGRESS, groups, True, service, to, ranges)
        yield replace(out, others=rank.group_ids)
    apart = rank.subnet.id != node.subnet.id
    seen = (peer.name, peer.addresses, cidrs)
    if apart:
        yield from _routed(index, node.subnet, rank.side)
        yield acl_step(index, Place.BALANCER_ACL, node.subnet, True, FORWARD, rank.side, service)
        yield acl_step(index, Place.BALANCER_ACL, rank.subnet, False, FORWARD, seen, service)
    place = _target_place(node, keeps=keeps)
    into = groups_step(index, place, rank.group_ids, False, service, peer, cidrs)
    yield replace(into, others=groups)
    if apart:
        back = Place.BALANCER_ACL if keeps else Place.BALANCER_ACL_PORTS
        yield acl_step(index, back, rank.subnet, True, RETURN, seen, ANSWERS)
        yield acl_step(index, back, node.subnet, False, RETURN, rank.side, ANSWERS)


def _as_seen(node: Node, *, keeps: bool) -> tuple[Peer, tuple[str, ...]]:
    """Who a target sees. AWS knows the load balancer's groups there either way, and the client's never.

    Sources: Elastic Load Balancing, Network Load Balancers, security groups; register targets, target security groups.
    """
    balancer, groups = node.balancer, frozenset(node.balancer.group_ids)
    if keeps and node.client is not None:
        client = node.client
        name = f"{', '.join(node.cidrs)} behind {balancer.name}, which keeps the clients' addresses"
        hidden = client.group_ids | client.anonymous
        return Peer(name, client.addresses, groups, anonymous=hidden, lost=Gap.BALANCED_REFERENCE), node.cidrs
    address = node.interface.addresses[0]
    spans = tuple(span for span in [span_of(address)] if span)
    lasting = f"{address}/32" if balancer.kind == "network" else node.subnet.cidr
    hidden = node.client.group_ids if node.client else frozenset()
    return Peer(f"{balancer.name} at {address}", spans, groups, anonymous=hidden, lost=Gap.BALANCED_REFERENCE), (
        lasting,
    )


def _target_place(node: Node, *, keeps: bool) -> Place:
    if node.balancer.kind != "network":
        return Place.TARGET_GROUPS
    return Place.TARGET_GROUPS_CLIENT if keeps else Place.TARGET_GROUPS_NODE


def _routed(index: Index, subnet: Subnet, goal: Side) -> Iterator[Step]:
    """Within a VPC the local route leads to the targets; what another one does with the packets is not judged."""
    step, route = route_step(index, Place.BALANCER_ROUTES, subnet, FORWARD, goal[0], goal[1])
    if route is None or step.blocks or target_of(route) is not Target.LOCAL:
        why = f"the way from {subnet.id} to {goal[0]} is not the local route: {step.hop.rule}"
        yield unclear(Place.BALANCER_ROUTES, "route-table", step.hop.resource, FORWARD, why)

"""The paths that the pull needs: from every model subnet to the registry, and to the Lambda API."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from pullcheck import (
    Cause,
    Fix,
    HopVerdict,
    NotApplicable,
    Unavailable,
    Verdict,
    check,
    failed,
    not_applicable,
    unknown,
)
from pullcheck.evidence.dns import LambdaZonesElsewhere
from pullcheck.evidence.endpoint import InterfaceEndpoint, LambdaEndpoints
from pullcheck.evidence.names import LambdaAddresses, Provenance, RegistryAddresses
from pullcheck.evidence.network import NetworkEvidence
from pullcheck.evidence.network_rows import SecurityGroup
from pullcheck.evidence.placement import ExecutionRole, LambdaName, Placement, Registry
from pullcheck_checks.network.causes.balancers import DUPLICATE
from pullcheck_checks.network.causes.filters import REGISTRY_INGRESS
from pullcheck_checks.network.causes.routes import DOCKER_BRIDGE, NO_HOST, STALE_ADDRESS
from pullcheck_checks.network.causes.to_lambda import (
    DEFAULT_GROUP_EMPTY,
    LAMBDA_CAUSES,
    NONE_AND_NO_EGRESS,
    lambda_cause,
)
from pullcheck_checks.network.causes.to_lambda_by_hub import HUB_REFERENCE, IN_OTHER_VPC
from pullcheck_checks.network.causes.to_registry import REGISTRY_CAUSES, registry_cause
from pullcheck_checks.network.findings import because_of, findings, subject_of, walked
from pullcheck_checks.network.paths.groups import admits_groups_alone
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import Destination, Source
from pullcheck_checks.network.paths.spans import common, number_of, span_of
from pullcheck_checks.network.paths.steps import ROUTING, Place, Step
from pullcheck_checks.network.private_links import link_findings
from pullcheck_checks.network.sometimes import on_nat_alone, shadowed, sometimes

HTTPS = 443
NAME_CHECK = "endpoint.lambda-name"
"""The check whose failure sends the Lambda name to public addresses."""
NO_ROLE = NotApplicable("the model names no execution role")
NO_ZONES = LambdaZonesElsewhere()
DOCKER_BRIDGE_RANGE = tuple(span for span in [span_of("172.17.0.0/16")] if span)


def paths_to_registry(placement: Placement, registry: Registry) -> Iterator[str]:
    """A path for each model subnet, by the registry's name."""
    yield from (subject_of(subnet_id, registry.host, registry.port) for subnet_id in placement.subnet_ids)


def paths_to_lambda(placement: Placement, name: LambdaName) -> Iterator[str]:
    """A path for each model subnet, by the Lambda name."""
    yield from (subject_of(subnet_id, name.host, HTTPS) for subnet_id in placement.subnet_ids)


@check(
    "network.registry-reachable", "Every model subnet reaches the registry", REGISTRY_CAUSES, subjects=paths_to_registry
)
def registry_is_reachable(
    placement: Placement,
    registry: RegistryAddresses,
    network: NetworkEvidence,
    role: ExecutionRole | Unavailable | NotApplicable = NO_ROLE,
) -> Iterator[Verdict]:
    """Judges the network path from each model subnet to each address of the registry, and the answers' path back.

    What: For every subnet of VpcConfig and every address that the registry's name has in the VPC: the egress rules of
    the model's security groups, the network ACLs of every subnet on the way, the route tables, NAT and internet
    gateways, peerings, transit gateways, VPNs and firewalls, and the groups at the registry's address; then the same
    for the answers, which ACLs and routes treat as packets of their own. The source is the whole range of the subnet,
    and every client port from 1024 to 65535. Where the address is a load balancer's, its listener and rules, and the
    state, groups and ACLs of every target; where it is an interface endpoint's, its state and zones, and what is behind
    a service of the account's own.

    Why: SageMaker makes the network interfaces of an instance in any of the subnets, with all the groups. One subnet or
    one address that does not work makes an endpoint that fails sometimes.

    Passes: Nothing on the way there or back stops any address of the subnet or any client port. Where the registry has
    a public address, the path is judged up to the internet gateway.

    Fails: Something on the way stops packets; there is a finding for each such place. It is an error where a whole
    address or a port of Linux's default range (32768-60999) is cut off, else a warning.

    Not verified when: A table cannot be read, the entries of a prefix list are unknown, or the path leaves the VPC for
    something that is not judged, such as a network behind a VPN; the finding names it, and the packets for its owner.

    Fix: The command of the finding. It was tried on what was read: after it that place lets the packets through. Where
    a path needs several changes, the report lists them all, in order; none of them can be left out.

    Source: Amazon VPC User Guide (security groups, network ACLs, route tables, NAT gateways); Reachability Analyzer's
    explanation codes.
    """
    index = Index(network)
    if not registry.addresses:
        subject = f"{registry.host}:{registry.port}"
        yield unknown(subject, "no address of the registry is known", blocked_by="dns.registry-name")
    sources = _sources(placement, role)
    everywhere = [
        Destination(one.address, one.address, registry.port, host=registry.host) for one in registry.addresses
    ]
    has_ipv4 = any(number_of(named.address) is not None for named in registry.addresses)
    for source in sources:
        for named, there in zip(registry.addresses, everywhere, strict=True):
            subject = subject_of(source.subnet_id, named.address, registry.port)
            if has_ipv4 and number_of(named.address) is None:
                yield not_applicable(subject, "the path is judged for IPv4, and the registry has IPv4 addresses too")
                continue
            yield from _in_the_bridge(subject, there)
            yield from link_findings(index, source, there, subject)
            others = [one for one in everywhere if one != there]
            cause_of = partial(_registry_cause, index, sources, there, others, named.provenance)
            remark = partial(sometimes, index, source, there, sources, everywhere)
            yield from findings(index, source, there, subject, cause_of, doubts_too=True, remark=remark)


def _sources(placement: Placement, role: ExecutionRole | Unavailable | NotApplicable) -> list[Source]:
    account = role.account if isinstance(role, ExecutionRole) else ""
    return [Source(name, placement.security_group_ids, account=account) for name in placement.subnet_ids]


def _in_the_bridge(subject: str, there: Destination) -> Iterator[Verdict]:
    if common(there.addresses, DOCKER_BRIDGE_RANGE):
        because = f"{there.name} lies in 172.17.0.0/16, which the host that pulls the image has for Docker's own bridge"
        fix = Fix("give the registry, or a load balancer before it, an address of another range")
        yield failed(subject, because, DOCKER_BRIDGE, fix)


def _registry_cause(
    index: Index,
    sources: list[Source],
    there: Destination,
    others: list[Destination],
    provenance: Provenance,
    step: Step,
) -> Cause:
    assert step.reason is not None
    passable = index.once((there,), lambda: _passable(index, sources, there))
    elsewhere = step.place in passable
    cause = registry_cause(step.place, step.reason, elsewhere=elsewhere)
    recorded = provenance in (Provenance.PRIVATE_ZONE, Provenance.LIVE)
    if cause is REGISTRY_INGRESS and any(_lets_somebody_in(index, sources, one) for one in others):
        return DUPLICATE
    return STALE_ADDRESS if cause is NO_HOST and recorded else cause


def _lets_somebody_in(index: Index, sources: list[Source], there: Destination) -> bool:
    return index.once(((there, "lets in"),), lambda: any(_lets_in(index, source, there) for source in sources))


def _lets_in(index: Index, source: Source, there: Destination) -> bool:
    """Whether the groups at this address of the registry admit the source."""
    steps = [step for step in walked(index, source, there).steps if step.place is Place.DESTINATION_GROUPS]
    return bool(steps) and all(step.hop.verdict is HopVerdict.PASS for step in steps)


def _passable(index: Index, sources: list[Source], there: Destination) -> frozenset[Place]:
    """The places that one of the model subnets at least gets through."""
    steps = [step for source in sources for step in walked(index, source, there).steps]
    return frozenset(step.place for step in steps if not step.blocks)


@check("network.lambda-reachable", "Every model subnet reaches the Lambda API", LAMBDA_CAUSES, subjects=paths_to_lambda)
def lambda_is_reachable(
    placement: Placement,
    lambda_api: LambdaAddresses,
    name: LambdaName,
    endpoints: LambdaEndpoints | Unavailable,
    network: NetworkEvidence,
    role: ExecutionRole | Unavailable | NotApplicable = NO_ROLE,
    forgotten: LambdaZonesElsewhere | Unavailable = NO_ZONES,
) -> Iterator[Verdict]:
    """Judges the network path from each model subnet to the Lambda API, by which SageMaker asks for credentials.

    What: Where the Lambda name leads to an interface endpoint: the path to each of its addresses on port 443, there and
    back, like that to the registry. Else: the path through a NAT gateway to the internet, be it that of an egress
    VPC behind a transit gateway.

    Why: SageMaker calls the credentials function from the model's VPC. Without a path to the Lambda API it gets no
    credentials and pulls nothing. An endpoint is not needed where a NAT gateway works, and a NAT gateway is not used
    where the name leads to an endpoint.

    Passes: Nothing on the way there or back stops any address of the subnet or any client port.

    Fails: Something on the way stops packets, or there is neither an endpoint that the name leads to nor a working NAT
    gateway.

    Not verified when: A table cannot be read, or the path leaves the VPC for something that is not judged.

    Fix: The command of the finding; where there is no way out at all, an interface endpoint.

    Source: Lambda Developer Guide, Interface VPC endpoints; Amazon VPC User Guide.
    """
    index = Index(network)
    public = Destination(f"the public addresses of {lambda_api.host}", None, HTTPS, digit=5)
    targets = [Destination(one.address, one.address, HTTPS, True, digit=5) for one in lambda_api.addresses]
    if lambda_api.endpoint_id is None and not targets:
        targets = [public]
    if not targets:
        because = f"no address of {lambda_api.endpoint_id} is known"
        yield unknown(f"{lambda_api.host}:{HTTPS}", because, blocked_by=NAME_CHECK)

    elsewhere = endpoints.elsewhere if isinstance(endpoints, LambdaEndpoints) else ()

    def cause_of(step: Step) -> Cause:
        assert step.reason is not None
        in_hub = step.place is Place.DESTINATION_GROUPS and lambda_api.endpoint_id in {one.id for one in elsewhere}
        if in_hub and admits_groups_alone(index, step.resources, step.service):
            return HUB_REFERENCE
        if step.place is Place.DESTINATION_GROUPS and _is_default_and_empty(index, step.resources):
            return DEFAULT_GROUP_EMPTY
        return lambda_cause(step.place, step.reason, has_endpoint=lambda_api.endpoint_id is not None)

    unused = endpoints.here if isinstance(endpoints, LambdaEndpoints) and lambda_api.endpoint_id is None else ()
    near = () if unused else tuple(one for one in elsewhere if one.available and _is_joined(index, one.vpc_id))
    explained_by = NAME_CHECK if unused or _is_led_elsewhere(forgotten, elsewhere) else None
    fix_of = partial(_way_to_lambda, index, placement, name, unused)
    sources = _sources(placement, role)

    def remark(source: Source, there: Destination) -> str:
        unused = shadowed(index, source, public, lambda_api.endpoint_id) if lambda_api.endpoint_id else ""
        return sometimes(index, source, there, sources, targets) + unused

    nat_alone = targets == [public] and isinstance(endpoints, LambdaEndpoints) and not endpoints.here
    for source in sources:
        for there in targets:
            subject = subject_of(source.subnet_id, there.address or lambda_api.host, HTTPS)
            if no_way := _no_way_out(index, source, there, subject, fix_of):
                yield replace(_with_hub(no_way, name, near), explained_by=explained_by)
            else:
                of_path = partial(remark, source, there)
                for one in findings(index, source, there, subject, cause_of, explained_by, remark=of_path):
                    yield on_nat_alone(one, walked(index, source, there)) if nat_alone else one


def _is_led_elsewhere(forgotten: LambdaZonesElsewhere | Unavailable, hubs: tuple[InterfaceEndpoint, ...]) -> bool:
    """Whether a private zone that the VPC does not use leads the Lambda name to an endpoint of another VPC."""
    zones = () if isinstance(forgotten, Unavailable) else forgotten.zones
    led = {address for zone in zones for address in zone.addresses}
    return any(led & {*hub.addresses, *hub.dns_names} for hub in hubs if hub.available)


def _is_default_and_empty(index: Index, names: tuple[str, ...]) -> bool:
    found = [index.group(name) for name in names]
    groups = [group for group in found if isinstance(group, SecurityGroup)]
    return bool(groups) and all(group.name == "default" and not group.ingress for group in groups)


def _no_way_out(
    index: Index, source: Source, there: Destination, subject: str, fix_of: Callable[[], Fix]
) -> Verdict | None:
    """Where no NAT gateway leads out, that is the one thing to say: what else is in the way there does not matter."""
    found = walked(index, source, there)
    routing = [step for step in found.blockers if step.place in ROUTING]
    if there.address is not None or not routing:
        return None
    because = "; ".join(dict.fromkeys(because_of(step) for step in routing))
    resources = dict.fromkeys((source.subnet_id, *(name for step in routing for name in step.resources)))
    return failed(subject, because, NONE_AND_NO_EGRESS, fix_of(), resources=resources, path=found.hops)


def _is_joined(index: Index, vpc_id: str) -> bool:
    """Whether a peering or a transit gateway on the way leads to the VPC."""
    peerings, gateways = index.evidence.peerings, index.evidence.transit_gateways
    sides = [] if isinstance(peerings, Unavailable) else [(one.requester, one.accepter) for one in peerings.rows]
    attached = [] if isinstance(gateways, Unavailable) else [one for row in gateways.rows for one in row.attachments]
    return vpc_id in {side.vpc_id for pair in sides for side in pair} | {one.resource_id for one in attached}


def _with_hub(no_way: Verdict, name: LambdaName, hubs: tuple[InterfaceEndpoint, ...]) -> Verdict:
    """The same, where an endpoint in a joined VPC could serve, if only the name led there."""
    if not hubs or no_way.fix is None:
        return no_way
    known = ", ".join(f"{one.id} in {one.vpc_id}" for one in hubs)
    fix = replace(no_way.fix, summary=f"{no_way.fix.summary}, or a private zone that leads {name.host} to {known}")
    because = f"{no_way.because}; {known} is not where the name leads"
    return replace(no_way, cause=IN_OTHER_VPC, because=because, fix=fix)


def _way_to_lambda(index: Index, placement: Placement, name: LambdaName, unused: tuple[InterfaceEndpoint, ...]) -> Fix:
    if unused:
        ids = ", ".join(endpoint.id for endpoint in unused)
        return Fix(f"let {name.host} lead to {ids}: mend what {NAME_CHECK} reports")
    from pullcheck_checks.network.fixes.endpoint import endpoint_instead

    return endpoint_instead(index, placement, name.service_name)

"""Does the name under which SageMaker calls the credentials Lambda lead to the interface endpoint?"""

from collections.abc import Iterator

from pullcheck.evidence.branches import Ending
from pullcheck.evidence.dns import LambdaAnswer, LambdaLookup, LambdaZonesElsewhere, PrivateZones, is_ipv4
from pullcheck.evidence.endpoint import LambdaEndpoints
from pullcheck.evidence.names import LambdaAddresses, Provenance
from pullcheck.evidence.network import RouteTables
from pullcheck.evidence.placement import LambdaName
from pullcheck.evidence.vpc import DnsAttributes, ModelSubnets, NameServers
from pullcheck.missing import Unavailable
from pullcheck.vantage import Resolution
from pullcheck.verdict import Cause, Direction, Fix, Hop, HopVerdict, Verdict, failed, not_applicable, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.dns.hops import hops, with_way
from pullcheck_checks.endpoint import causes
from pullcheck_checks.endpoint.central import unused_zones
from pullcheck_checks.endpoint.faults import faults, weight_of_public_addresses

OTHER_RESOLVER = Fix("see which resolver that machine asks, and let it answer as the VPC's does")


@check("endpoint.lambda-name", "The Lambda name leads to the interface endpoint", causes.CAUSES)
def leads_to_the_endpoint(
    name: LambdaName,
    endpoints: LambdaEndpoints,
    addresses: LambdaAddresses | Unavailable,
    attributes: DnsAttributes | Unavailable,
    servers: NameServers | Unavailable,
    lookup: LambdaLookup | Unavailable,
    live: LambdaAnswer | Unavailable,
    subnets: ModelSubnets,
    tables: RouteTables | Unavailable,
    zones: PrivateZones | Unavailable,
    elsewhere: LambdaZonesElsewhere | Unavailable,
) -> Iterator[Verdict]:
    """What: follows the regional Lambda name as the resolver of the model's VPC does, and compares where it leads with
    the network interfaces of the VPC's endpoint for Lambda.

    Why: SageMaker calls the credentials function from your VPC under this name. An endpoint that the name does not lead
    to is never used.

    Passes: when the name leads to an available endpoint, by the endpoint's private DNS or by a private zone.

    Fails: when there is an endpoint, or one for a service named alike, and the name does not lead to it; when a private
    zone makes the name vanish; when a zone leads to an endpoint of another VPC and is not associated. As a warning
    where every model subnet has another way out. Without any endpoint the question does not arise: whether the public
    addresses are reached is for network.lambda-reachable.

    Not verified when: other name servers than Amazon's are asked, a Resolver rule forwards the name, or zones and
    endpoints of other accounts decide. A lookup inside the VPC settles it.

    Fix: turn on private DNS and both DNS attributes, mend the endpoint's state, or the zone that covers the name.

    Source: AWS PrivateLink Guide, interface endpoints; Route 53 Developer Guide, private hosted zones.
    """
    if isinstance(addresses, LambdaAddresses) and addresses.endpoint_id:
        branches = lookup.branches if isinstance(lookup, LambdaLookup) else ()
        way = hops(branches, attributes, servers, zones)
        if any(one.provenance is Provenance.ENDPOINT for one in addresses.addresses):
            way = (*(hop for hop in way if hop.kind in ("dhcp-options", "vpc")), _taken(addresses))
        yield from with_way([_led(addresses, live)], way, (), zones)
        return
    found: list[Verdict] = []
    told = isinstance(addresses, LambdaAddresses) or addresses.blocked_by
    amazons = isinstance(servers, NameServers) and servers.are_amazons
    if told and amazons and isinstance(attributes, DnsAttributes) and isinstance(lookup, LambdaLookup):
        weight = weight_of_public_addresses(subnets, tables)
        found += faults(endpoints, attributes, lookup, weight)
        found += () if found else unused_zones(name, endpoints, zones, elsewhere, attributes, weight)
    if found:
        yield from found
    elif endpoints.here and isinstance(live, LambdaAnswer) and _answered(live.resolution):
        yield _missed(live, endpoints, servers, lookup)
    elif isinstance(addresses, Unavailable):
        yield unknown(name.host, addresses.because, cause=_suspect(endpoints, servers, lookup))
    else:
        yield not_applicable(name.host, _without(endpoints))


def _taken(used: LambdaAddresses) -> Hop:
    listed = ", ".join(one.address for one in used.addresses)
    rule = f"private DNS: {used.host} is {listed}"
    return Hop("interface-endpoint", used.endpoint_id or "", Direction.FORWARD, HopVerdict.PASS, rule)


def _answered(resolution: Resolution) -> bool:
    """Whether the resolver spoke at all; silence says nothing about the name."""
    return bool(resolution.addresses) or resolution.no_such_name


def _led(used: LambdaAddresses, live: LambdaAnswer | Unavailable) -> Verdict:
    listed = {one.address for one in used.addresses}
    sources = dict.fromkeys(f"{one.provenance.value} {one.source}" for one in used.addresses)
    because = f"{used.host} is {', '.join(sorted(listed))}, of {used.endpoint_id}, by {' and '.join(sources)}"
    resources = filter(None, [used.endpoint_id])
    if isinstance(live, Unavailable):
        return passed(used.host, because, resources=resources)
    answer = live.resolution
    if answer.no_such_name:
        because += (
            f"; but a lookup inside the VPC says that it does not exist ({answer.error}): see which resolver that"
        )
        return unknown(used.host, f"{because} machine asks, and the VPC's DNS Firewall", resources=resources)
    if listed.issuperset(one for one in answer.addresses if is_ipv4(one)):
        agreed = "; a lookup inside the VPC agrees" if answer.addresses else ""
        return passed(used.host, because + agreed, resources=resources)
    because += f"; but a lookup inside the VPC gives {', '.join(answer.addresses)}"
    return failed(used.host, because, causes.ANSWER_DIFFERS, OTHER_RESOLVER, resources=resources)


def _missed(
    live: LambdaAnswer,
    endpoints: LambdaEndpoints,
    servers: NameServers | Unavailable,
    lookup: LambdaLookup | Unavailable,
) -> Verdict:
    """A lookup inside gave other addresses than the endpoint's, and the VPC's own data does not say why."""
    host = live.resolution.name
    ids = [endpoint.id for endpoint in endpoints.here]
    given = ", ".join(live.resolution.addresses) or "no such name"
    because = f"a lookup inside the VPC gives {given} for {host}, no address of {', '.join(ids)}"
    cause = _suspect(endpoints, servers, lookup) or causes.ANSWER_DIFFERS
    return failed(host, because, cause, _fix(cause, host, endpoints), resources=[endpoints.vpc_id, *ids])


def _fix(cause: Cause, host: str, endpoints: LambdaEndpoints) -> Fix:
    if cause is causes.RULE_HIJACKS:
        return Fix(f"let the VPC's own resolver answer {host}: a SYSTEM rule, or no rule for this very name")
    if cause is causes.NOT_MAPPED:
        leading = next((one.dns_names[0] for one in endpoints.here if one.dns_names), "the endpoint's DNS name")
        return Fix(f"map {host} to {leading} on the VPC's name servers, or let them forward it to the VPC's resolver")
    return OTHER_RESOLVER


def _suspect(
    endpoints: LambdaEndpoints, servers: NameServers | Unavailable, lookup: LambdaLookup | Unavailable
) -> Cause | None:
    if isinstance(servers, NameServers) and not servers.are_amazons:
        return causes.NOT_MAPPED if endpoints.here else None
    branches = lookup.branches if isinstance(lookup, LambdaLookup) else ()
    return causes.RULE_HIJACKS if any(one.ending is Ending.FORWARDED for one in branches) else None


def _without(endpoints: LambdaEndpoints) -> str:
    others = ", ".join(f"{one.id} in {one.vpc_id}" for one in endpoints.elsewhere)
    seen = f" ({others} serves that VPC, and no private zone leads here)" if others else ""
    return (
        f"{endpoints.vpc_id} has no endpoint for {endpoints.service_name}{seen}, so the name leads to Lambda's public"
        " addresses; whether the model reaches these is for network.lambda-reachable"
    )

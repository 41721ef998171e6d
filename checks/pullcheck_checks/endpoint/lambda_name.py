"""Does the name under which SageMaker calls the credentials Lambda lead to the interface endpoint?"""

import shlex
from collections.abc import Iterator
from ipaddress import ip_address

from pullcheck.evidence.dns import DnsAttributes, Ending, LambdaAnswer, LambdaLookup, NameServers
from pullcheck.evidence.endpoint import LambdaEndpoints
from pullcheck.evidence.names import LambdaAddresses
from pullcheck.evidence.network import RouteTables
from pullcheck.evidence.placement import CredentialsProvider, LambdaName
from pullcheck.evidence.vpc import ModelSubnets
from pullcheck.missing import Unavailable
from pullcheck.verdict import Cause, Fix, Severity, Verdict, failed, not_applicable, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.endpoint import causes
from pullcheck_checks.endpoint.faults import faults, without_endpoint


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
) -> Iterator[Verdict]:
    """What: follows the regional Lambda name as the resolver of the model's VPC does, and compares where it leads with
    the network interfaces of the VPC's endpoint for Lambda.

    Why: SageMaker calls the credentials function from your VPC under this name. An endpoint that the name does not lead
    to is never used.

    Passes: when the name leads to an available endpoint, by the endpoint's private DNS or by a private zone.

    Fails: when there is an endpoint, or one for a service named alike, and the name does not lead to it; when a private
    zone makes the name vanish. As a warning where every model subnet has another way out. Without any endpoint the
    question does not arise: whether the public addresses are reached is for network.lambda-reachable.

    Not verified when: other name servers than Amazon's are asked, a Resolver rule forwards the name, or zones and
    endpoints of other accounts decide. A lookup inside the VPC settles it.

    Fix: turn on private DNS and both DNS attributes, mend the endpoint's state, or the zone that covers the name.

    Source: AWS PrivateLink Guide, interface endpoints; Route 53 Developer Guide, private hosted zones.
    """
    if isinstance(addresses, LambdaAddresses) and addresses.endpoint_id:
        yield _led(addresses, lookup, live)
        return
    if isinstance(attributes, DnsAttributes) and isinstance(lookup, LambdaLookup) and _amazons(servers):
        found = list(faults(endpoints, attributes, lookup, without_endpoint(subnets, tables)))
    else:
        found = []
    heard = live if isinstance(live, LambdaAnswer) else None
    if found:
        yield from found
    elif heard and (endpoints.here or heard.resolution.no_such_name):
        yield _missed(heard, endpoints, servers, lookup)
    elif isinstance(addresses, Unavailable):
        yield unknown(name.host, addresses.because, cause=_suspect(endpoints, servers, lookup))
    else:
        yield not_applicable(name.host, _without(name, endpoints))


def _amazons(servers: NameServers | Unavailable) -> bool:
    return isinstance(servers, NameServers) and servers.are_amazons


def _led(used: LambdaAddresses, lookup: LambdaLookup | Unavailable, live: LambdaAnswer | Unavailable) -> Verdict:
    listed = {one.address for one in used.addresses}
    sources = dict.fromkeys(f"{one.provenance.value} {one.source}" for one in used.addresses)
    because = f"{used.host} is {', '.join(sorted(listed))}, of {used.endpoint_id}, by {' and '.join(sources)}"
    resources = filter(None, [used.endpoint_id])
    if isinstance(live, Unavailable) or listed.issuperset(live.resolution.addresses):
        answer = None if isinstance(live, Unavailable) else live.resolution
        if answer and answer.no_such_name:
            because += f"; but a lookup inside the VPC says that it does not exist ({answer.error}); see which resolver"
            return unknown(used.host, f"{because} that machine asks, and the VPC's DNS Firewall", resources=resources)
        because += "; a lookup inside the VPC agrees" if answer and answer.addresses else ""
        return passed(used.host, because, resources=resources)
    because += f"; but a lookup inside the VPC gives {', '.join(live.resolution.addresses)}"
    if rule := _rule(lookup):
        return failed(used.host, f"{because}; {rule}", causes.RULE_HIJACKS, _except(used.host), resources=resources)
    fix = Fix("see which resolver that machine asks, and let it answer as the VPC's does")
    return failed(used.host, because, causes.ANSWER_DIFFERS, fix, resources=resources)


def _rule(lookup: LambdaLookup | Unavailable) -> str:
    branches = () if isinstance(lookup, Unavailable) else lookup.branches
    return next((branch.detail for branch in branches if branch.ending is Ending.FORWARDED), "")

"""Does every model subnet reach the hosts that the registry sends clients to?"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from pullcheck import Unavailable, Verdict, check, not_applicable, unknown
from pullcheck.evidence.around import PullHostNetwork
from pullcheck.evidence.network_rows import RouteTable, Subnet
from pullcheck.evidence.placement import Placement
from pullcheck.evidence.pull_hosts import HostAddresses, PullHostAddresses, PullHosts
from pullcheck.evidence.s3 import PullHostService, S3Service
from pullcheck.s3_names import place_of, region_of
from pullcheck_checks.network.causes.to_hosts import HOST_CAUSES, NO_WAY, host_cause
from pullcheck_checks.network.findings import findings, subject_of
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import Destination, Source
from pullcheck_checks.network.paths.routes import is_gateway_endpoint
from pullcheck_checks.network.paths.spans import common, number_of, span_of
from pullcheck_checks.network.s3 import TABLES_CHECK, s3_at, serves_here, with_s3

DIGIT = 2


def paths_to_pull_hosts(placement: Placement, hosts: PullHosts) -> Iterator[str]:
    """A path for each model subnet and host, by the host's name."""
    yield from (subject_of(subnet_id, one.name, one.port) for subnet_id in placement.subnet_ids for one in hosts.hosts)


@check(
    "network.pull-hosts-reachable",
    "Every model subnet reaches the token and layer hosts",
    HOST_CAUSES,
    subjects=paths_to_pull_hosts,
)
def pull_hosts_are_reachable(
    placement: Placement,
    hosts: PullHosts,
    found: PullHostAddresses,
    layers: PullHostService,
    around: PullHostNetwork,
) -> Iterator[Verdict]:
    """Judges the network path from each model subnet to the token service and to where the layers come from.

    What: The host in the registry's challenge and those that its redirects lead to, with the addresses that they have
    in the VPC: the same path as to the registry. S3 of the Region is all of its public ranges, by the VPC's gateway
    endpoint and its policy where the subnet's table has one, else by a NAT gateway; S3 of another Region is by NAT.

    Why: A registry often gives tokens and layers from hosts of their own. The manifest then comes, and the layers hang.

    Passes: Nothing on the way there or back stops any address of the subnet or any client port.

    Fails: Something on the way stops packets, or the endpoint's policy lets nobody get what the redirect names.

    Not verified when: Nobody looked what hosts there are, a host's address in the VPC is not known, or a table cannot
    be read.

    Fix: The command of the finding; for S3 the gateway endpoint on the subnet's table, or a new one. Redirects can also
    be turned off in the registry.

    Source: Distribution project, registry configuration (redirect) and token authentication; AWS PrivateLink Guide,
    gateway endpoints.
    """
    index = Index(with_s3(around.tables, layers.s3) if layers.s3 else around.tables)
    for subnet_id in placement.subnet_ids:
        source = Source(subnet_id, placement.security_group_ids)
        for one in found.hosts:
            subject = subject_of(subnet_id, one.host.name, one.host.port)
            if one.absent:
                because = f"the address of {one.host.name} in the VPC is not known: {one.absent.because}"
                yield unknown(subject, because, blocked_by=one.absent.blocked_by)
            elif one.s3_region or _lies_in(one, layers.s3):
                yield from _to_s3(index, source, one, layers.s3, around)
            else:
                yield from _to_addresses(index, source, one, around)
    if hosts.unseen:
        yield unknown("hosts of the layers", hosts.unseen.because, blocked_by=hosts.unseen.blocked_by)


def _to_addresses(index: Index, source: Source, one: HostAddresses, around: PullHostNetwork) -> Iterator[Verdict]:
    name, port = one.host.name, one.host.port
    has_ipv4 = any(number_of(named.address) is not None for named in one.addresses)
    for named in one.addresses:
        subject = subject_of(source.subnet_id, named.address, port)
        if has_ipv4 and number_of(named.address) is None:
            yield not_applicable(subject, f"the path is judged for IPv4, and {name} has IPv4 addresses too")
            continue
        there = Destination(f"{named.address} ({name})", named.address, port, host=name, digit=DIGIT)
        cause_of = partial(host_cause, s3=False, partial_link=bool(around.registry_link), other_region=False)
        yield from findings(index, source, there, subject, cause_of)


def _to_s3(
    index: Index, source: Source, one: HostAddresses, service: S3Service | None, around: PullHostNetwork
) -> Iterator[Verdict]:
    """S3 of the Region has its list; of any other one nobody lists the public addresses."""
    name, port = one.host.name, one.host.port
    subject = subject_of(source.subnet_id, name, port)
    here = service if service and one.s3_region in (service.region, None) else None
    elsewhere = Destination(f"the public addresses of {name}", None, port, host=name, digit=DIGIT)
    places = tuple(place for url in one.host.urls if (place := place_of(url)))
    there = s3_at(name, port, here, DIGIT, places) if here else elsewhere
    if isinstance(there, Unavailable):
        yield unknown(subject, there.because)
        return
    other_region = here is None and _has_gateway_endpoint(index, source)
    link = bool(around.registry_link)
    cause_of = partial(host_cause, s3=here is not None, partial_link=link, other_region=other_region)
    for verdict in findings(index, source, there, subject, cause_of):
        forgotten = verdict.cause is NO_WAY and serves_here(here)
        yield replace(verdict, explained_by=TABLES_CHECK) if forgotten else verdict


def _lies_in(one: HostAddresses, service: S3Service | None) -> bool:
    """Whether a name of S3 that tells no Region leads, or may lead, to that of the model: by its addresses."""
    if region_of(one.host.name) != "" or service is None:
        return False
    if isinstance(service.ranges, Unavailable):
        return True
    ranges = tuple(span for cidr in service.ranges.cidrs if (span := span_of(cidr)))
    numbers = [number_of(named.address) for named in one.addresses]
    return all(number is not None and common(((number, number),), ranges) for number in numbers)


def _has_gateway_endpoint(index: Index, source: Source) -> bool:
    subnet = index.subnet(source.subnet_id)
    table = index.route_table(subnet) if isinstance(subnet, Subnet) else None
    return isinstance(table, RouteTable) and any(is_gateway_endpoint(index, route) for route in table.routes)

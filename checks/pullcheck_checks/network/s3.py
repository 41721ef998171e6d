"""S3 of the model's Region as a destination: its public ranges, by the VPC's gateway endpoint or by NAT (R51)."""

from collections.abc import Iterator
from dataclasses import replace

from pullcheck import NotApplicable, Unavailable, Verdict, check, failed, not_applicable, passed, unknown
from pullcheck.evidence.gateway_endpoint import GatewayEndpoints
from pullcheck.evidence.network import NetworkEvidence, PrefixLists
from pullcheck.evidence.network_rows import PrefixList
from pullcheck.evidence.placement import ExecutionRole, Placement
from pullcheck.evidence.s3 import ModelDataService, PullHostService, S3Service
from pullcheck.partition import partition_of
from pullcheck.s3_names import S3Place
from pullcheck_checks.network.causes.to_s3 import NOT_ON_TABLE
from pullcheck_checks.network.findings import because_of, fix_of, subject_of, walked
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import AwsService, Destination, Source
from pullcheck_checks.network.paths.steps import ROUTING, Place

HTTPS = 443
TABLES_CHECK = "network.s3-endpoint-on-tables"
"""The check whose failure is why S3 is not reached, where the VPC has an endpoint for it."""


def with_s3(network: NetworkEvidence, service: S3Service) -> NetworkEvidence:
    """The network with what was read of S3."""
    known = network.prefix_lists
    rows = () if isinstance(known, Unavailable) else known.rows
    lists = (*rows, service.ranges) if isinstance(service.ranges, PrefixList) else rows
    return replace(
        network, prefix_lists=PrefixLists(tuple(lists)), gateway_endpoints=GatewayEndpoints(service.gateways)
    )


def s3_at(
    name: str,
    port: int,
    service: S3Service,
    digit: int = 0,
    places: tuple[S3Place, ...] = (),
    role: ExecutionRole | None = None,
) -> Destination | Unavailable:
    """S3 under this name, for these objects; unavailable where it is not clear which addresses that means."""
    if isinstance(service.ranges, Unavailable):
        return service.ranges
    if service.taken_by:
        taken = ", ".join(service.taken_by)
        return Unavailable(f"the private DNS of {taken} takes {name}, and its interfaces were not judged")
    partition = partition_of(service.region).id
    objects = tuple(f"arn:{partition}:s3:::{one.bucket}/{one.key}" for one in places if one.bucket)
    aws = AwsService(service.service_name, service.ranges.id, service.ranges.cidrs, objects, role)
    return Destination(name, None, port, host=name, aws=aws, digit=digit)


def serves_here(service: S3Service | None) -> bool:
    """Whether the VPC has a gateway endpoint for it that works."""
    return service is not None and any(one.state == "available" for one in service.gateways)


@check(TABLES_CHECK, "The S3 gateway endpoint serves every model subnet", (NOT_ON_TABLE,))
def s3_endpoint_is_on_tables(
    placement: Placement,
    network: NetworkEvidence,
    layers: PullHostService | Unavailable | NotApplicable,
    data: ModelDataService | Unavailable | NotApplicable,
) -> Iterator[Verdict]:
    """Looks for the route that a gateway endpoint for S3 has in every route table that it is associated with.

    What: Where layers or model data come from S3 of the model's Region and the VPC has a gateway endpoint for it: the
    route tables of the model subnets.

    Why: A gateway endpoint is nothing but a route for S3's ranges in the tables that were named for it. A table that
    was made later, or forgotten, leaves its subnets without.

    Passes: The table of the subnet sends S3's ranges to the endpoint.

    Fails: The endpoint is not associated with the table, and nothing else in it leads to S3.

    Not verified when: The tables, or S3's ranges, could not be read.

    Fix: Associate the table with the endpoint.

    Source: AWS PrivateLink Guide, gateway endpoints, routing.
    """
    service = next((one for one in (_of(data), _of(layers)) if one), None)
    if service is None or service.taken_by or not serves_here(service):
        what = "the VPC has no gateway endpoint for S3 to use" if service else "nothing is known to come from S3"
        yield not_applicable(", ".join(placement.subnet_ids), what)
        return
    index = Index(with_s3(network, service))
    name = f"s3.{service.region}.{partition_of(service.region).suffix}"
    there = s3_at(name, HTTPS, service)
    for subnet_id in placement.subnet_ids:
        if isinstance(there, Unavailable):
            yield unknown(subject_of(subnet_id, name, HTTPS), there.because)
        else:
            yield _on_table(index, Source(subnet_id, placement.security_group_ids), there, service)


def _of(found: PullHostService | ModelDataService | Unavailable | NotApplicable) -> S3Service | None:
    """What leads to S3's own addresses, if anything."""
    if isinstance(found, ModelDataService):
        return None if found.elsewhere else found.s3
    return found.s3 if isinstance(found, PullHostService) else None


def _on_table(index: Index, source: Source, there: Destination, service: S3Service) -> Verdict:
    """The group and the ACLs on the way are other checks' business."""
    found, subject = walked(index, source, there), subject_of(source.subnet_id, there.name, there.port)
    ids = [one.id for one in service.gateways]
    lost = next((step for step in found.blockers if step.place in ROUTING), None)
    if lost:
        because = f"{', '.join(ids)} is not on the table of {source.subnet_id}: {because_of(lost)}"
        resources = dict.fromkeys((source.subnet_id, *ids, *lost.resources))
        fix = fix_of(index, source, there, lost)
        return failed(subject, because, NOT_ON_TABLE, fix, resources=resources, path=found.hops)
    rules = "; ".join(because_of(step) for step in found.steps if step.place is Place.MODEL_ROUTES)
    if any(step.place is Place.GATEWAY_ENDPOINT for step in found.steps):
        return passed(subject, rules, resources=(source.subnet_id, *ids))
    if found.doubts:
        return unknown(subject, "; ".join(map(because_of, found.doubts)), resources=found.resources)
    return not_applicable(subject, f"S3 is reached without {', '.join(ids)}: {rules}")

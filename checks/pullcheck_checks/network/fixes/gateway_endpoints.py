"""What lets a model subnet reach a service of AWS without a NAT gateway: a gateway endpoint, its tables, its policy."""

from collections.abc import Iterator

from pullcheck import Unavailable
from pullcheck.evidence.gateway_endpoint import GatewayEndpoint, GatewayEndpoints
from pullcheck.evidence.network_rows import RouteTable, Subnet
from pullcheck_checks.network.fixes.changes import Changes
from pullcheck_checks.network.fixes.gateway_endpoint_changes import AddTable, MakeGatewayEndpoint, SetEndpointPolicy
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import AwsService, Source
from pullcheck_checks.network.paths.s3_policy import GET
from pullcheck_checks.network.paths.steps import Reason, Step
from pullcheck_checks.role.commands import extended

LIMIT = 20_480
"""Characters that an endpoint's policy may have (AWS PrivateLink Guide)."""


def gateway_endpoint_changes(
    index: Index, source: Source, service: AwsService, blocker: Step
) -> Iterator[tuple[str, Changes]]:
    """The VPC's endpoint for the service on the subnet's table, or a new one; or a statement more in its policy."""
    endpoint = index.gateway_endpoint(blocker.hop.resource)
    if blocker.reason is Reason.ENDPOINT_POLICY and isinstance(endpoint, GatewayEndpoint) and endpoint.policy:
        yield from _statement(endpoint, service, blocker)
        return
    subnet, known = index.subnet(source.subnet_id), index.evidence.gateway_endpoints
    table = index.route_table(subnet) if isinstance(subnet, Subnet) else None
    if not isinstance(subnet, Subnet) or not isinstance(table, RouteTable) or isinstance(known, Unavailable):
        return
    for one in _for_service(known, service, subnet.vpc_id):
        change = AddTable(table.id, one.id, service.prefix_list)
        yield f"associate {table.id}, which routes {subnet.id}, with {one.id}", (change,)
    make = MakeGatewayEndpoint(table.id, subnet.vpc_id, service.name, service.prefix_list)
    yield f"make a gateway endpoint for {service.name} on {table.id}, which routes {subnet.id}", (make,)


def _for_service(known: GatewayEndpoints, service: AwsService, vpc_id: str) -> Iterator[GatewayEndpoint]:
    for one in known.rows:
        if (one.vpc_id, one.service_name, one.state) == (vpc_id, service.name, "available"):
            yield one


def _statement(endpoint: GatewayEndpoint, service: AwsService, blocker: Step) -> Iterator[tuple[str, Changes]]:
    """Whose name the request carries is known of the model's role alone; where not, the bucket has to do."""
    refused = [name for name in service.objects if name in blocker.resources]
    buckets = tuple(dict.fromkeys(f"{name.partition('/')[0]}/*" for name in refused))
    who = {"AWS": service.role.arn} if service.role else "*"
    row = {"Effect": "Allow", "Principal": who, "Action": GET, "Resource": list(buckets)}
    text = extended(endpoint.policy, row)
    if buckets and len(text) <= LIMIT:
        yield (
            f"let {GET} on {', '.join(buckets)} through by the policy of {endpoint.id}",
            (SetEndpointPolicy(endpoint.id, text),),
        )

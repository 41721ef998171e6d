"""The path through a gateway endpoint to S3 or DynamoDB: routes of the VPC's own, no groups, a policy (R51)."""

from collections.abc import Iterator
from dataclasses import replace

from pullcheck import Unavailable
from pullcheck.evidence.gateway_endpoint import GatewayEndpoint
from pullcheck.evidence.network_rows import Route
from pullcheck_checks.network.paths.ends import model_in, model_out
from pullcheck_checks.network.paths.groups import Peer
from pullcheck_checks.network.paths.journey import Journey
from pullcheck_checks.network.paths.legs import FORWARD, clear, refused, unclear
from pullcheck_checks.network.paths.steps import Place, Reason, Step

KIND = "gateway-endpoint"


def by_gateway_endpoint(journey: Journey, routing: Step, route: Route) -> Iterator[Step]:
    """Out of the model's subnet to the service's public addresses, and the answers from these: no NAT is on the way."""
    there = journey.destination
    yield from model_out(journey, Peer(there.name, there.addresses), routing)
    endpoint = journey.index.gateway_endpoint(route.target)
    if isinstance(endpoint, GatewayEndpoint):
        yield _through(journey, endpoint)
    else:
        why = endpoint.because if isinstance(endpoint, Unavailable) else "it is not among the gateway endpoints read"
        yield unclear(Place.GATEWAY_ENDPOINT, KIND, route.target, FORWARD, why)
    yield model_in(journey)


def _through(journey: Journey, endpoint: GatewayEndpoint) -> Step:
    place = Place.GATEWAY_ENDPOINT
    if endpoint.state != "available":
        why = f"its state is {endpoint.state}"
        return refused(place, KIND, endpoint.id, FORWARD, Reason.ENDPOINT_STATE, why)
    aws = journey.destination.aws
    if aws is None or not aws.objects:
        why = f"is available; what its policy says to the requests for {journey.destination.name} was not judged"
        return unclear(place, KIND, endpoint.id, FORWARD, why)
    from pullcheck_checks.network.paths.s3_policy import opinion

    found = opinion(endpoint, aws.objects, aws.role)
    if found.allowed is None:
        return unclear(place, KIND, endpoint.id, FORWARD, found.because)
    if found.allowed:
        return clear(place, KIND, endpoint.id, FORWARD, f"is {endpoint.state}, and {found.because}")
    step = refused(place, KIND, endpoint.id, FORWARD, Reason.ENDPOINT_POLICY, found.because)
    return replace(step, resources=(endpoint.id, *found.refused))

"""Does every model subnet have a way to Docker Hub?"""

from collections.abc import Iterator

from pullcheck import Basis, Cause, Verdict, check, failed, passed, unknown
from pullcheck.evidence.destinations import DockerHub
from pullcheck.evidence.network import NetworkEvidence
from pullcheck.evidence.placement import Placement
from pullcheck_checks.network.causes.routes import NAT_GATEWAYS, ROUTE_TABLES
from pullcheck_checks.network.findings import because_of, fix_of, subject_of, walked
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import Destination, Source

FILTERS = ("security-group", "network-acl")
NO_WAY_OUT = Cause(
    "reg.hub-no-internet-path",
    "The image comes from Docker Hub, and the model subnet has no way to the internet, where all of Hub's hosts are.",
    "The image reference names no other registry; DescribeRouteTables: no route of the subnet for public addresses ends"
    " at a NAT gateway that reaches the internet.",
    "Route to a NAT gateway in a public subnet, or keep a copy of the image in a registry that the VPC reaches.",
    Basis.DOCUMENTED,
    f"SageMaker Developer Guide, private Docker registry for real-time inference; {ROUTE_TABLES}; {NAT_GATEWAYS}",
)


def paths_to_hub(placement: Placement, hub: DockerHub) -> Iterator[str]:
    """A path for each model subnet, by the name of Hub's registry."""
    yield from (subject_of(subnet_id, hub.host, hub.port) for subnet_id in placement.subnet_ids)


@check("network.hub-reachable", "Every model subnet has a way to Docker Hub", (NO_WAY_OUT,), subjects=paths_to_hub)
def hub_is_reachable(placement: Placement, hub: DockerHub, network: NetworkEvidence) -> Iterator[Verdict]:
    """Looks for a way to the internet, where the image comes from Docker Hub.

    What: The routes of each model subnet for public addresses, and the NAT gateway that they lead to. Groups and ACLs
    are judged with the registry's addresses, once these are known.

    Why: Hub is several hosts whose addresses change: registry, token service, and where the layers are. All of them are
    public, and SageMaker's network interfaces have no public address to reach them with.

    Passes: The subnet's packets to public addresses reach the internet by a NAT gateway that works.

    Fails: There is no route for them, or it ends at something that does not reach the internet.

    Not verified when: A table cannot be read, the path leaves the VPC for something that is not judged, or something of
    the VPC may lead Hub's name elsewhere.

    Fix: A route to a NAT gateway that works, where there is one; else a NAT gateway, or a copy of the image elsewhere.

    Source: SageMaker Developer Guide, private Docker registry for real-time inference; Amazon VPC User Guide.
    """
    index = Index(network)
    there = Destination("Docker Hub's public addresses", None, hub.port, host=hub.host)
    for subnet_id, subject in zip(placement.subnet_ids, paths_to_hub(placement, hub), strict=True):
        source = Source(subnet_id, placement.security_group_ids)
        found = walked(index, source, there)
        way = [step for step in found.steps if step.hop.kind not in FILTERS]
        lost = next((step for step in way if step.blocks), None)
        doubts = [step for step in way if step in found.doubts]
        if hub.elsewhere:
            yield unknown(subject, f"in the VPC {hub.host} may lead elsewhere: {hub.elsewhere}")
        elif lost:
            fix = fix_of(index, source, there, lost)
            yield failed(subject, because_of(lost), NO_WAY_OUT, fix, resources=found.resources, path=found.hops)
        elif doubts:
            yield unknown(subject, "; ".join(map(because_of, doubts)), resources=found.resources, path=found.hops)
        else:
            yield passed(subject, "; ".join(map(because_of, way)), resources=found.resources, path=found.hops)

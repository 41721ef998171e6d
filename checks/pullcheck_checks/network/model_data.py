"""Does every model subnet reach the model data?"""

from collections.abc import Iterator
from dataclasses import replace

from pullcheck import NotApplicable, Unavailable, Verdict, check, unknown
from pullcheck.evidence.model_data import ModelData
from pullcheck.evidence.network import NetworkEvidence
from pullcheck.evidence.placement import ExecutionRole, Placement
from pullcheck.evidence.s3 import ModelDataService
from pullcheck.s3_names import S3Place
from pullcheck_checks.network.causes.to_s3 import MODEL_DATA_CAUSES, NO_PATH, model_data_cause
from pullcheck_checks.network.findings import findings, subject_of
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import Source
from pullcheck_checks.network.s3 import HTTPS, TABLES_CHECK, s3_at, serves_here, with_s3

DIGIT = 3
INSIDE = "a request from inside the VPC settles it"


def paths_to_model_data(placement: Placement, data: ModelData) -> Iterator[str]:
    """A path for each model subnet, by the bucket's name."""
    yield from (subject_of(subnet_id, data.host, HTTPS) for subnet_id in placement.subnet_ids)


@check(
    "network.model-data-reachable",
    "Every model subnet reaches S3 for the model data",
    MODEL_DATA_CAUSES,
    subjects=paths_to_model_data,
)
def model_data_is_reachable(
    placement: Placement,
    data: ModelData,
    service: ModelDataService,
    network: NetworkEvidence,
    role: ExecutionRole | Unavailable | NotApplicable,
) -> Iterator[Verdict]:
    """Judges the network path from each model subnet to S3 of the Region, where the request names model data.

    What: The egress rules of the model's groups, the ACLs and the route tables against all of S3's public ranges; the
    gateway endpoint that the route leads to and its policy, for s3:GetObject by the execution role; else the NAT
    gateway.

    Why: With a VpcConfig, SageMaker loads the model data through the model's subnets. Without a way to S3 the endpoint
    fails after the image is there, and that looks much like a pull that failed.

    Passes: Nothing on the way to any of S3's ranges, or back, stops any address of the subnet or any client port.

    Fails: The subnet has no way to S3, a group or an ACL stops the packets, or the endpoint's policy refuses the role.

    Not verified when: A table or S3's ranges could not be read; private DNS leads S3's name elsewhere; or a policy's
    condition decides whose value is not known.

    Fix: The command of the finding: the endpoint that is there on the subnet's table, or a new one.

    Source: SageMaker Developer Guide, access to resources in your VPC; AWS PrivateLink Guide, gateway endpoints.
    """
    index = Index(with_s3(network, service.s3))
    place = S3Place(data.region, data.bucket, data.key)
    known = role if isinstance(role, ExecutionRole) else None
    there = s3_at(data.host, HTTPS, service.s3, DIGIT, (place,), known)
    for subnet_id, subject in zip(placement.subnet_ids, paths_to_model_data(placement, data), strict=True):
        if service.elsewhere:
            yield unknown(subject, f"in the VPC {data.host} may lead elsewhere: {service.elsewhere}; {INSIDE}")
        elif isinstance(there, Unavailable):
            yield unknown(subject, there.because)
        else:
            source = Source(subnet_id, placement.security_group_ids, account=known.account if known else "")
            for verdict in findings(index, source, there, subject, model_data_cause):
                forgotten = verdict.cause is NO_PATH and serves_here(service.s3)
                yield replace(verdict, explained_by=TABLES_CHECK) if forgotten else verdict

"""Reads what is around a SageMaker endpoint that exists: who scales it, and its log group."""

from datetime import datetime

from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.evidence.deployment import EndpointLogs, ScalableTarget, Scaling
from pullcheck.missing import NotApplicable
from pullcheck.target import Target
from pullcheck.wiring import collector

NO_ENDPOINT = NotApplicable("the target is no endpoint that exists")
WITHOUT_CONTAINERS = ("Failed", "Creating")
"""The statuses in which it is a question whether a container ever ran."""


@collector("application-autoscaling:DescribeScalableTargets")
def scaling(target: Target, aws: Aws) -> Scaling | NotApplicable:
    """The variants of the endpoint that are registered as scalable."""
    if target.deployment is None:
        return NO_ENDPOINT
    endpoint = target.deployment
    names = [f"endpoint/{endpoint.name}/variant/{variant.name}" for variant in endpoint.variants]
    if not names:
        return Scaling(())
    answer = aws.call(
        "application-autoscaling",
        "DescribeScalableTargets",
        ServiceNamespace="sagemaker",
        ResourceIds=names,
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
    )
    rows = answer.get("ScalableTargets", [])
    return Scaling(tuple(ScalableTarget(row["ResourceId"], row["MinCapacity"], row["MaxCapacity"]) for row in rows))


@collector("logs:DescribeLogStreams")
def endpoint_logs(target: Target, aws: Aws) -> EndpointLogs | NotApplicable:
    """The streams of the group that SageMaker names after the endpoint."""
    endpoint = target.deployment
    if endpoint is None:
        return NO_ENDPOINT
    if endpoint.status not in WITHOUT_CONTAINERS:
        return NotApplicable(f"EndpointStatus is {endpoint.status}, neither {' nor '.join(WITHOUT_CONTAINERS)}")
    group = f"/aws/sagemaker/Endpoints/{endpoint.name}"
    try:
        rows = aws.call("logs", "DescribeLogStreams", logGroupName=group).get("logStreams", [])
    except AwsRefusal as refusal:
        if refusal.code != "ResourceNotFoundException":
            raise
        return EndpointLogs(group, exists=False)
    since = datetime.fromisoformat(endpoint.created_at).timestamp() if endpoint.created_at else 0
    return EndpointLogs(
        group, True, tuple(row["logStreamName"] for row in rows if row.get("creationTime", 0) >= 1000 * since)
    )


COLLECTORS = (scaling, endpoint_logs)

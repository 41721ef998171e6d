"""What hosting uses beside the function and the network interfaces (SageMaker developer guide, execution roles)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pullcheck.evidence.hosting import BucketPolicy, VolumeKey
from pullcheck.evidence.model_data import ModelData
from pullcheck.evidence.role import Role
from pullcheck.image_reference import is_private_ecr, parse
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.target import Container, Model
from pullcheck.verdict import Cause
from pullcheck_checks.role import hosting_causes as causes
from pullcheck_checks.role.policy import Source, read
from pullcheck_checks.role.statements import Layer

ECR_HOST = re.compile(r"(?P<account>[0-9]{12})\.dkr[.-]ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.")
PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")

LOG_IN = ("ecr:GetAuthorizationToken", "*")
NOT_READ = Layer()
What = tuple[str, str]
"""An action, and the ARN that it is done to."""


@dataclass(frozen=True)
class Need:
    """Some actions for one purpose. ``resource`` is the policy of what they are done to, as far as it was read.

    ``elsewhere`` says which policy that was not read may allow them too; ``names_are_open`` that the names of what they
    are done to are not known yet. ``policy`` is the word for them in the name of a policy; ``names_caller`` as
    `Layers` has it.
    """

    name: str
    policy: str
    cause: Cause
    wanted: tuple[What, ...]
    resource: Layer = NOT_READ
    elsewhere: str = ""
    names_are_open: bool = False
    names_caller: bool = False


def needs(
    role: Role,
    model: Model,
    data: ModelData | Unavailable | NotApplicable,
    bucket: BucketPolicy | Unavailable | NotApplicable,
    key: VolumeKey | Unavailable | NotApplicable,
) -> Iterator[Need]:
    """In the order of the report."""
    if isinstance(data, ModelData):
        yield _model_data(role, data, bucket)
    if model.vpc_config:
        wanted = (("ec2:DescribeVpcEndpoints", "*"),)
        yield Need("VPC endpoints", "vpc-endpoints", causes.VPC_ENDPOINTS, wanted)
    repositories = tuple(dict.fromkeys(filter(None, (_repository(role, one) for one in model.containers))))
    if repositories:
        pulls = tuple((action, one) for one in repositories for action in PULL)
        elsewhere = "the repository's own policy may allow it; look at it with ecr:GetRepositoryPolicy"
        yield Need("Amazon ECR", "ecr", causes.ECR, (LOG_IN, *pulls), elsewhere=elsewhere)
    if isinstance(key, VolumeKey):
        yield _volume_key(key)
    yield _logs(role)


def _volume_key(key: VolumeKey) -> Need:
    """A key's policy must name the role, or the account, whose own policies then decide."""
    if isinstance(key.policy, Unavailable):
        policy, elsewhere = Layer(unread=(key.policy.because,)), key.policy.because
    else:
        policy, elsewhere = Layer(read(key.policy, Source(f"the policy of {key.arn}"))), ""
    wanted = (("kms:CreateGrant", key.arn),)
    return Need("volume key", "volume-key", causes.VOLUME_KEY, wanted, policy, elsewhere, names_caller=True)


def _model_data(role: Role, data: ModelData, bucket: BucketPolicy | Unavailable | NotApplicable) -> Need:
    """A prefix is listed first; of one object the name is known."""
    arn = f"arn:{role.partition}:s3:::{data.bucket}"
    is_prefix = not data.key or data.key.endswith("/")
    objects = ("s3:GetObject", f"{arn}/{data.key}{'*' if is_prefix else ''}")
    wanted = (objects, ("s3:ListBucket", arn)) if is_prefix else (objects,)
    text = bucket.text if isinstance(bucket, BucketPolicy) else None
    resource = Layer(read(text, Source(f"the policy of bucket {data.bucket}"))) if text else NOT_READ
    elsewhere = bucket.because if isinstance(bucket, Unavailable) else ""
    return Need(f"s3://{data.bucket}/{data.key}", "model-data", causes.MODEL_DATA, wanted, resource, elsewhere)


def _repository(role: Role, container: Container) -> str | None:
    if container.image is None or container.access_mode == "Vpc":
        return None
    image = parse(container.image)
    found = ECR_HOST.match(image.host.lower()) if image.host and is_private_ecr(image.host) else None
    place = f"{found['region']}:{found['account']}" if found else ""
    return f"arn:{role.partition}:ecr:{place}:repository/{image.repository}" if place else None


def _logs(role: Role) -> Need:
    group = f"arn:{role.partition}:logs:{role.region or '*'}:{role.account}:log-group:/aws/sagemaker/Endpoints/*"
    wanted = (
        ("logs:CreateLogGroup", group),
        ("logs:DescribeLogStreams", group),
        ("logs:CreateLogStream", f"{group}:log-stream:*"),
        ("logs:PutLogEvents", f"{group}:log-stream:*"),
        ("cloudwatch:PutMetricData", "*"),
    )
    return Need("logs and metrics", "logs", causes.LOGS, wanted, names_are_open=True)

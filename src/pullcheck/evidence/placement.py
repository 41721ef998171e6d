"""What follows from the request alone: where the model runs, what it pulls from where, as whom."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Placement:
    """The subnets in which SageMaker makes network interfaces for the model, and the groups that these carry."""

    subnet_ids: tuple[str, ...]
    security_group_ids: tuple[str, ...]


@dataclass(frozen=True)
class ImageReference:
    """An image reference, taken apart as the reference grammar has it (distribution/reference).

    ``host`` is None where the reference names no registry: the rules then mean Docker Hub. ``port`` is None where the
    reference gives none; ``problems`` are the rules of the grammar that the text breaks, in words.
    """

    text: str
    host: str | None
    port: int | None
    repository: str
    tag: str | None
    digest: str | None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Registry:
    """The host and port that the image is pulled from."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class CredentialsProvider:
    """The credentials Lambda function, its ARN taken apart. ``qualifier`` is an alias, a version or None."""

    arn: str
    partition: str
    region: str
    account: str
    function_name: str
    qualifier: str | None

    @property
    def unqualified_arn(self) -> str:
        """The ARN without alias or version."""
        return f"arn:{self.partition}:lambda:{self.region}:{self.account}:function:{self.function_name}"


@dataclass(frozen=True)
class LambdaName:
    """The regional name under which SageMaker calls the credentials function, e.g. lambda.us-east-1.amazonaws.com."""

    host: str
    region: str
    service_name: str
    """The endpoint service that answers for it, e.g. com.amazonaws.us-east-1.lambda."""


@dataclass(frozen=True)
class ExecutionRole:
    """The role SageMaker assumes; ``path`` begins and ends with a slash."""

    arn: str
    partition: str
    account: str
    name: str
    path: str

"""What is to be deployed: models and their containers, whoever described them."""

from dataclasses import dataclass
from enum import StrEnum

from pullcheck.missing import Unavailable

COMPONENT = "Specification.Container"
"""The field in which an inference component describes its container itself."""


class TargetKind(StrEnum):
    """Where the description came from."""

    REQUEST = "request"
    MODEL = "model"
    ENDPOINT_CONFIG = "endpoint-config"
    ENDPOINT = "endpoint"


@dataclass(frozen=True)
class VpcConfig:
    """``VpcConfig`` as CreateModel takes it."""

    subnet_ids: tuple[str, ...]
    security_group_ids: tuple[str, ...]


@dataclass(frozen=True)
class Container:
    """One of the model's containers: ``PrimaryContainer``, ``Containers[n]`` or `COMPONENT` (``field`` says which).

    ``access_mode`` and ``provider_arn`` are the values of ``ImageConfig``, as written, None where absent.
    ``training_fields`` are the names of fields that stand there and belong to a training job.
    """

    field: str
    image: str | None
    access_mode: str | None = None
    provider_arn: str | None = None
    has_auth_config: bool = False
    model_package: str | None = None
    model_data_url: str | None = None
    training_fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Model:
    """A CreateModel request or a model that exists. ``vpc_config`` is None where the request has none.

    ``created_at`` is ISO 8601, None for a request.
    """

    name: str
    role_arn: str | None
    vpc_config: VpcConfig | None
    containers: tuple[Container, ...]
    network_isolation: bool = False
    created_at: str | None = None


@dataclass(frozen=True)
class Variant:
    """A production or shadow variant of an endpoint configuration.

    ``scales`` says that SageMaker itself changes the number of its instances (ManagedInstanceScaling).
    """

    name: str
    model_name: str | None
    instance_types: tuple[str, ...] = ()
    instance_count: int | None = None
    serverless: bool = False
    inference_ami_version: str | None = None
    volume_gb: int | None = None
    scales: bool = False


@dataclass(frozen=True)
class RunningVariant:
    """The instances that a variant has and is to have, and what SageMaker says of it."""

    name: str
    current: int | None
    desired: int | None
    message: str = ""


@dataclass(frozen=True)
class Deployment:
    """A SageMaker endpoint that exists: its status, and why it failed in SageMaker's own words.

    ``created_at``, ``changed_at`` and ``config_created_at`` (that of its configuration) are ISO 8601.
    """

    name: str
    status: str
    config_name: str | None
    failure_reason: str | None = None
    created_at: str | None = None
    changed_at: str | None = None
    config_created_at: str | None = None
    variants: tuple[RunningVariant, ...] = ()


@dataclass(frozen=True)
class Target:
    """Everything a run is about.

    ``models`` holds an absence in the place of a model that could not be read; ``source`` is the file or the AWS call.
    ``config_role_arn`` is the role that the endpoint configuration names beside the models', ``volume_key`` its
    ``KmsKeyId``, ``asynchronous`` says that it has an ``AsyncInferenceConfig``.
    """

    kind: TargetKind
    name: str
    source: str
    region: str | None
    models: tuple[Model | Unavailable, ...]
    variants: tuple[Variant, ...] = ()
    deployment: Deployment | None = None
    config_role_arn: str | None = None
    volume_key: str | None = None
    asynchronous: bool = False

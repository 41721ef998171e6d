"""The fields of CreateModel and CreateEndpointConfig, as boto3 takes them (SageMaker API, service model).

What a pull does not depend on is an `Unread` object. Values are not judged here, only types: a wrong access mode or too
many subnets are findings, not errors of the file.
"""

from typing import Any, Required

from pydantic import ConfigDict, TypeAdapter, with_config
from typing_extensions import TypedDict

STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
Unread = dict[str, Any]


@with_config(STRICT)
class RepositoryAuthConfig(TypedDict, total=False):
    """Where SageMaker gets the credentials for the registry."""

    RepositoryCredentialsProviderArn: Required[str]


@with_config(STRICT)
class ImageConfig(TypedDict, total=False):
    """How SageMaker reaches the registry."""

    RepositoryAccessMode: Required[str]
    RepositoryAuthConfig: RepositoryAuthConfig


@with_config(STRICT)
class S3ModelDataSource(TypedDict, total=False):
    """The model's files in S3."""

    S3Uri: Required[str]
    S3DataType: Required[str]
    CompressionType: Required[str]
    ModelAccessConfig: Unread
    HubAccessConfig: Unread
    ManifestS3Uri: str
    ETag: str
    ManifestEtag: str


@with_config(STRICT)
class ModelDataSource(TypedDict, total=False):
    """Where the model's files lie."""

    S3DataSource: S3ModelDataSource


@with_config(STRICT)
class ContainerDefinition(TypedDict, total=False):
    """One container of the model; ``TrainingImageConfig`` is no field of it, but taken for one often enough."""

    ContainerHostname: str
    Image: str
    ImageConfig: ImageConfig
    TrainingImageConfig: Unread
    Mode: str
    ModelDataUrl: str
    ModelDataSource: ModelDataSource
    AdditionalModelDataSources: list[Unread]
    Environment: dict[str, str]
    ModelPackageName: str
    InferenceSpecificationName: str
    MultiModelConfig: Unread
    ContainerMetricsConfig: Unread


@with_config(STRICT)
class VpcConfig(TypedDict, total=False):
    """Where SageMaker makes the model's network interfaces."""

    SecurityGroupIds: Required[list[str]]
    Subnets: Required[list[str]]


@with_config(STRICT)
class InstancePool(TypedDict, total=False):
    """One of the instance types that a variant may use."""

    InstanceType: Required[str]
    ModelNameOverride: str
    Priority: Required[int]


@with_config(STRICT)
class ProductionVariant(TypedDict, total=False):
    """A model and the instances it runs on."""

    VariantName: Required[str]
    ModelName: str
    InitialInstanceCount: int
    InstanceType: str
    InstancePools: list[InstancePool]
    VariantInstanceProvisionTimeoutInSeconds: int
    InitialVariantWeight: float
    AcceleratorType: str
    CoreDumpConfig: Unread
    ServerlessConfig: Unread
    VolumeSizeInGB: int
    ModelDataDownloadTimeoutInSeconds: int
    ContainerStartupHealthCheckTimeoutInSeconds: int
    EnableSSMAccess: bool
    ManagedInstanceScaling: Unread
    RoutingConfig: Unread
    InferenceAmiVersion: str
    CapacityReservationConfig: Unread
    AcceleratorPartitionLayouts: list[Unread]


@with_config(STRICT)
class Request(TypedDict, total=False):
    """A CreateModel request, and what CreateEndpointConfig takes in the same file."""

    ModelName: str
    PrimaryContainer: ContainerDefinition
    Containers: list[ContainerDefinition]
    InferenceExecutionConfig: Unread
    ExecutionRoleArn: str
    Tags: list[Unread]
    VpcConfig: VpcConfig
    EnableNetworkIsolation: bool
    EndpointConfigName: str
    ProductionVariants: list[ProductionVariant]
    ShadowProductionVariants: list[ProductionVariant]
    DataCaptureConfig: Unread
    KmsKeyId: str
    AsyncInferenceConfig: Unread
    ExplainerConfig: Unread
    MetricsConfig: Unread
    CrossRegionTrafficConfig: Unread


REQUEST: TypeAdapter[Request] = TypeAdapter(Request)

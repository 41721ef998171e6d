"""The fields of CreateModel and CreateEndpointConfig, as boto3 takes them (SageMaker API, service model).

What a pull does not depend on is an `Unread` object. Values are not judged here, only types: a wrong access mode or too
many subnets are findings, not errors of the file.
"""

from typing import Any, Required, TypedDict, cast, get_args, get_origin, get_type_hints, is_typeddict

from pydantic_core import CoreConfig, CoreSchema, SchemaValidator

STRICT = CoreConfig(strict=True, allow_inf_nan=False)
Unread = dict[str, Any]


class RepositoryAuthConfig(TypedDict, total=False):
    """Where SageMaker gets the credentials for the registry."""

    RepositoryCredentialsProviderArn: Required[str]


class ImageConfig(TypedDict, total=False):
    """How SageMaker reaches the registry."""

    RepositoryAccessMode: Required[str]
    RepositoryAuthConfig: RepositoryAuthConfig


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


class ModelDataSource(TypedDict, total=False):
    """Where the model's files lie."""

    S3DataSource: S3ModelDataSource


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


class VpcConfig(TypedDict, total=False):
    """Where SageMaker makes the model's network interfaces."""

    SecurityGroupIds: Required[list[str]]
    Subnets: Required[list[str]]


class InstancePool(TypedDict, total=False):
    """One of the instance types that a variant may use."""

    InstanceType: Required[str]
    ModelNameOverride: str
    Priority: Required[int]


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


def _schema(hint: Any) -> CoreSchema:
    """The hint as pydantic's core reads it; to import pydantic for that would take a tenth of a short check's time."""
    if is_typeddict(hint):
        needed = hint.__required_keys__
        fields = {
            name: {"type": "typed-dict-field", "schema": _schema(of), "required": name in needed}
            for name, of in get_type_hints(hint).items()
        }
        return cast(
            "CoreSchema", {"type": "typed-dict", "fields": fields, "extra_behavior": "forbid", "config": STRICT}
        )
    inner = [_schema(one) for one in get_args(hint)]
    if get_origin(hint) is list:
        return {"type": "list", "items_schema": inner[0], "strict": True}
    if get_origin(hint) is dict:
        return {"type": "dict", "keys_schema": inner[0], "values_schema": inner[1], "strict": True}
    return cast("CoreSchema", {"type": "any"} if hint is Any else {"type": hint.__name__})


REQUEST = SchemaValidator(_schema(Request))
"""Makes a `Request` of JSON's or YAML's value, or says what is wrong with it (``pydantic_core.ValidationError``)."""

"""Mappings in the shape of SageMaker's API, as requests and Describe calls have them, into what checks read."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pullcheck.target import COMPONENT, Container, Model, RunningVariant, Variant, VpcConfig

USERINFO = re.compile(r"(?<=://)[^/\s]*@")
QUERY = re.compile(r"(?<=://)([^\s?]*)\?\S*")


def without_secrets(text: str) -> str:
    """The text, its URLs without user, password and query (presigned URLs carry a signature there)."""
    return QUERY.sub(r"\1", USERINFO.sub("***@", text))


def image_without_credentials(text: str) -> str:
    """The image, without the ``user:password@`` that some write before the host."""
    text = without_secrets(text)
    before, at, after = text.rpartition("@")
    if not at or "://" in text:
        return text
    if "/" in after:
        return f"***@{after}"
    return f"{image_without_credentials(before)}@{after}"


def model_of(described: Mapping[str, Any], name: str) -> Model:
    """A CreateModel request, or DescribeModel's answer."""
    vpc = described.get("VpcConfig")
    return Model(
        name=described.get("ModelName") or name,
        role_arn=described.get("ExecutionRoleArn"),
        vpc_config=VpcConfig(tuple(vpc.get("Subnets", ())), tuple(vpc.get("SecurityGroupIds", ()))) if vpc else None,
        containers=tuple(_containers(described)),
        network_isolation=described.get("EnableNetworkIsolation", False),
        created_at=when(described, "CreationTime"),
    )


def when(described: Mapping[str, Any], field: str) -> str | None:
    """The time in a field of an answer, ISO 8601; botocore gives times as datetimes."""
    time = described.get(field)
    return None if time is None else str(time.isoformat())


def _containers(described: Mapping[str, Any]) -> Iterator[Container]:
    """Never none: a model of several containers has an empty primary one at most, any other has just that."""
    primary, several = described.get("PrimaryContainer"), described.get("Containers", ())
    if primary or not several:
        yield _container("PrimaryContainer", primary or {})
    for index, container in enumerate(several):
        yield _container(f"Containers[{index}]", container)


def _container(field: str, described: Mapping[str, Any]) -> Container:
    image = described.get("Image")
    config = described.get("ImageConfig") or {}
    auth = config.get("RepositoryAuthConfig")
    provider = (auth or {}).get("RepositoryCredentialsProviderArn")
    files = (described.get("ModelDataSource") or {}).get("S3DataSource") or {}
    url = described.get("ModelDataUrl") or files.get("S3Uri")
    return Container(
        field=field,
        image=None if image is None else image_without_credentials(image),
        access_mode=config.get("RepositoryAccessMode"),
        provider_arn=None if provider is None else without_secrets(provider),
        has_auth_config=auth is not None,
        model_package=described.get("ModelPackageName"),
        model_data_url=without_secrets(url) if url else None,
        training_fields=tuple(name for name in described if name.startswith("Training")),
    )


def variants_of(described: Mapping[str, Any]) -> tuple[Variant, ...]:
    """The production and shadow variants of a CreateEndpointConfig request, or of DescribeEndpointConfig's answer."""
    variants = [*described.get("ProductionVariants", ()), *described.get("ShadowProductionVariants", ())]
    return tuple(_variant(variant) for variant in variants)


def _variant(described: Mapping[str, Any]) -> Variant:
    types = [described.get("InstanceType"), *(pool.get("InstanceType") for pool in described.get("InstancePools", ()))]
    return Variant(
        name=described.get("VariantName", ""),
        model_name=described.get("ModelName"),
        instance_types=tuple(one for one in types if one),
        instance_count=described.get("InitialInstanceCount"),
        serverless=described.get("ServerlessConfig") is not None,
        inference_ami_version=described.get("InferenceAmiVersion"),
        volume_gb=described.get("VolumeSizeInGB"),
        scales=(described.get("ManagedInstanceScaling") or {}).get("Status") == "ENABLED",
    )


def running_variants_of(described: Mapping[str, Any]) -> tuple[RunningVariant, ...]:
    """What DescribeEndpoint's answer says of each variant."""
    variants = [*described.get("ProductionVariants", ()), *described.get("ShadowProductionVariants", ())]
    return tuple(
        RunningVariant(
            name=row.get("VariantName", ""),
            current=row.get("CurrentInstanceCount"),
            desired=row.get("DesiredInstanceCount"),
            message="; ".join(
                without_secrets(one["StatusMessage"])
                for one in row.get("VariantStatus", ())
                if one.get("StatusMessage")
            ),
        )
        for row in variants
    )


def inference_component_of(described: Mapping[str, Any], config: Mapping[str, Any]) -> Model:
    """The container that an inference component describes itself, as a model of the endpoint configuration's place."""
    image = described["Specification"]["Container"].get("DeployedImage", {}).get("SpecifiedImage")
    found = model_of({**config, "PrimaryContainer": {"Image": image}}, described["InferenceComponentName"])
    [only] = found.containers
    return replace(found, containers=(replace(only, field=COMPONENT),))

"""Models, endpoint configurations and endpoints that exist, read from the account."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.errors import UsageError
from pullcheck.missing import NotObserved, Unavailable
from pullcheck.readers.components import ACTIONS as OF_COMPONENTS
from pullcheck.readers.components import components_of, unread
from pullcheck.readers.described import model_of, running_variants_of, variants_of, when, without_secrets
from pullcheck.target import Deployment, Model, Target, TargetKind

ACTIONS = MappingProxyType(
    {
        TargetKind.REQUEST: (),
        TargetKind.MODEL: ("sagemaker:DescribeModel",),
        TargetKind.ENDPOINT_CONFIG: ("sagemaker:DescribeEndpointConfig", "sagemaker:DescribeModel"),
        TargetKind.ENDPOINT: (
            "sagemaker:DescribeEndpoint",
            "sagemaker:DescribeEndpointConfig",
            "sagemaker:DescribeModel",
            *OF_COMPONENTS,
        ),
    }
)
"""The IAM actions that reading a target of each kind uses."""
SHAPES = MappingProxyType(
    {TargetKind.MODEL: "Model", TargetKind.ENDPOINT_CONFIG: "EndpointConfig", TargetKind.ENDPOINT: "Endpoint"}
)
"""What the API calls a target of each kind, as in ``DescribeModel`` and ``ModelArn``."""
GONE = "deployment.healthy"
"""The check that an endpoint fails whose configuration or model has been deleted."""


def read_live(kind: TargetKind, name: str, aws: Aws, region: str, arn: str | None = None) -> Target:
    """Read the target and every model that it leads to; a model that cannot be read stands as `Unavailable`.

    ``arn`` is the target's where it was named by one: what has another is another account's.

    Raises:
        UsageError: it, or what an endpoint configuration names, does not exist in the account and region.
    """
    described = _describe(aws, SHAPES[kind], name)
    _refuse_if_gone([described], f"{kind}/{name}", region)
    if isinstance(described, Unavailable):
        return Target(kind, name, ACTIONS[kind][0], region, (described,))
    if arn is not None:
        _refuse_if_another(described.get(f"{SHAPES[kind]}Arn"), arn)
    match kind:
        case TargetKind.MODEL:
            return Target(kind, name, ACTIONS[kind][0], region, (model_of(described, name),))
        case TargetKind.ENDPOINT_CONFIG:
            return _endpoint_config(name, described, aws, region)
        case _:
            return _endpoint(name, described, aws, region)


def _endpoint_config(name: str, config: dict[str, Any], aws: Aws, region: str) -> Target:
    kind = TargetKind.ENDPOINT_CONFIG
    models = _models_of(config, aws)
    _refuse_if_gone(models, f"{kind}/{name}", region)
    role = config.get("ExecutionRoleArn")
    return Target(
        kind,
        name,
        ACTIONS[kind][0],
        region,
        models,
        variants_of(config),
        config_role_arn=role,
        volume_key=config.get("KmsKeyId"),
        asynchronous="AsyncInferenceConfig" in config,
    )


def _endpoint(name: str, endpoint: dict[str, Any], aws: Aws, region: str) -> Target:
    kind = TargetKind.ENDPOINT
    source = ACTIONS[kind][0]
    deployment = _deployment(name, endpoint)
    if deployment.config_name is None:
        nothing = Unavailable(
            f"endpoint {name} names no endpoint configuration", "check each model", subject=f"endpoint/{name}"
        )
        return Target(kind, name, source, region, (nothing,), deployment=deployment)
    config = _describe(aws, "EndpointConfig", deployment.config_name)
    if isinstance(config, Unavailable):
        return Target(kind, name, source, region, (config,), deployment=deployment)
    return Target(
        kind,
        name,
        source,
        region,
        _models_of(config, aws, name),
        variants_of(config),
        replace(deployment, config_created_at=when(config, "CreationTime")),
        config.get("ExecutionRoleArn"),
        config.get("KmsKeyId"),
        "AsyncInferenceConfig" in config,
    )


def _deployment(name: str, endpoint: dict[str, Any]) -> Deployment:
    """An update in progress pulls for the new configuration, so that is the one to look at."""
    pending = endpoint.get("PendingDeploymentSummary") or {}
    reason = endpoint.get("FailureReason")
    return Deployment(
        name=name,
        status=endpoint.get("EndpointStatus", ""),
        config_name=pending.get("EndpointConfigName") or endpoint.get("EndpointConfigName"),
        failure_reason=without_secrets(reason) if reason else None,
        created_at=when(endpoint, "CreationTime"),
        changed_at=when(endpoint, "LastModifiedTime"),
        variants=running_variants_of(endpoint),
    )


def _models_of(config: dict[str, Any], aws: Aws, endpoint: str | None = None) -> tuple[Model | Unavailable, ...]:
    """The models of all variants, those that an instance pool names instead included; never none at all.

    Where a variant names none, the inference components of the ``endpoint`` do.
    """
    names: dict[str, None] = {}
    without: list[str] = []
    for variant in [*config.get("ProductionVariants", ()), *config.get("ShadowProductionVariants", ())]:
        pools = [pool.get("ModelNameOverride") for pool in variant.get("InstancePools", ())]
        named = [name for name in (variant.get("ModelName"), *pools) if name]
        names.update(dict.fromkeys(named))
        without += [] if named else [str(variant.get("VariantName"))]
    found = [
        one
        for variant in (without if names or without else ["(none)"])
        for one in (components_of(endpoint, variant, config, aws) if endpoint and without else (unread(variant),))
    ]
    names.update(dict.fromkeys(one for one in found if isinstance(one, str)))
    return (*_models(names, aws), *(one for one in found if not isinstance(one, str)))


def _models(names: Iterable[str], aws: Aws) -> tuple[Model | Unavailable, ...]:
    with ThreadPoolExecutor(8, "read") as pool:
        answers = list(pool.map(lambda name: (name, _describe(aws, "Model", name)), names))
    return tuple(answer if isinstance(answer, Unavailable) else model_of(answer, name) for name, answer in answers)


def _describe(aws: Aws, kind: str, name: str) -> dict[str, Any] | Unavailable:
    """``DescribeModel`` and its like; what does not exist is `Unavailable` too, blocked by `GONE`."""
    subject = {"Model": "model", "EndpointConfig": "endpoint-config", "Endpoint": "endpoint"}[kind] + f"/{name}"
    try:
        return aws.call("sagemaker", f"Describe{kind}", **{f"{kind}Name": name})
    except NotObserved as nothing:
        return Unavailable(nothing.unavailable.reason, nothing.unavailable.remedy, subject=subject)
    except AwsRefusal as refusal:
        if refusal.code == "ResourceNotFound" or "could not find" in refusal.message.lower():
            return Unavailable(f"{subject} does not exist ({refusal})", "", GONE, subject)
        return Unavailable(str(refusal), "see the message", subject=subject)


def _refuse_if_gone(found: Iterable[object], target: str, region: str) -> None:
    for one in found:
        if isinstance(one, Unavailable) and one.blocked_by == GONE:
            raise UsageError(f"{target}: in {region}, {one.reason}")


def _refuse_if_another(found: str | None, arn: str) -> None:
    """SageMaker writes names in its ARNs in lower case, whatever they were created as."""
    if found is None or found.lower() != arn.lower():
        there = found or "one without an ARN"
        raise UsageError(f"{arn}: not in the account that is read, which has {there}; use the other's credentials")

"""The inference components of an endpoint's variant: each names a model, or describes a container itself."""

from collections.abc import Mapping
from typing import Any

from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.missing import NotObserved, Unavailable
from pullcheck.readers.described import inference_component_of
from pullcheck.target import Model

ACTIONS = ("sagemaker:ListInferenceComponents", "sagemaker:DescribeInferenceComponent")


def components_of(
    endpoint: str, variant: str, config: Mapping[str, Any], aws: Aws
) -> tuple[str | Model | Unavailable, ...]:
    """Names of models, containers as models of their own, and what could not be read; never none at all.

    An adapter, which goes into the container of another component, has no image.
    """
    try:
        which = {"EndpointNameEquals": endpoint, "VariantNameEquals": variant}
        rows = aws.call("sagemaker", "ListInferenceComponents", **which).get("InferenceComponents", [])
        found = [one for row in rows for one in _of(row["InferenceComponentName"], config, aws)]
    except NotObserved as nothing:
        return (unread(variant, nothing.unavailable.reason, nothing.unavailable.remedy),)
    except AwsRefusal as refusal:
        return (unread(variant, str(refusal)),)
    return tuple(dict.fromkeys(found)) or (unread(variant, "none with an image was found"),)


def unread(variant: str, why: str = "", remedy: str = "") -> Unavailable:
    """What stands in the place of the models of a variant whose components are not known."""
    reason = f"variant {variant} names no model: its inference components do" + (f", and {why}" if why else "")
    remedy = remedy or "check each of their models: pullcheck check model/NAME"
    return Unavailable(reason, remedy, subject=f"variant {variant}")


def _of(name: str, config: Mapping[str, Any], aws: Aws) -> list[str | Model]:
    component = aws.call("sagemaker", "DescribeInferenceComponent", InferenceComponentName=name)
    several = component.get("Specifications") or [component.get("Specification") or {}]
    found: list[str | Model] = []
    for one in several:
        if one.get("ModelName"):
            found.append(one["ModelName"])
        elif one.get("Container"):
            found.append(inference_component_of({"InferenceComponentName": name, "Specification": one}, config))
    return found

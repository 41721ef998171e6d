"""Reads the policies of the buckets that the layers come from, where S3 refused them."""

from collections.abc import Iterator

from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.evidence.buckets import LayerBucket, LayerBuckets
from pullcheck.evidence.pull import ImagePull
from pullcheck.evidence.steps import Step
from pullcheck.missing import NotApplicable, NotObserved, Unavailable
from pullcheck.s3_names import place_of
from pullcheck.wiring import collector

FORBIDDEN = 403


@collector(optional=("s3:GetBucketPolicy",))
def layer_buckets(pull: ImagePull, aws: Aws) -> LayerBuckets | NotApplicable:
    """A bucket of another account shows its policy to nobody else."""
    refused: dict[str, list[str]] = {}
    for step in _steps(pull):
        place = place_of(step.last.url) if step.last and step.status == FORBIDDEN else None
        if place and place.bucket:
            refused.setdefault(place.bucket, []).append(place.key)
    if not refused:
        return NotApplicable("no bucket of S3 refused a layer")
    return LayerBuckets(tuple(LayerBucket(name, tuple(keys), _policy(name, aws)) for name, keys in refused.items()))


def _steps(pull: ImagePull) -> Iterator[Step]:
    for image in pull.images:
        yield from (layer.step for layer in image.layers)
        if image.config:
            yield image.config.step


def _policy(bucket: str, aws: Aws) -> str | Unavailable | None:
    try:
        return str(aws.call("s3", "GetBucketPolicy", Bucket=bucket)["Policy"])
    except NotObserved as nothing:
        return nothing.unavailable
    except AwsRefusal as refusal:
        if refusal.code == "NoSuchBucketPolicy":
            return None
        return Unavailable(f"the policy of bucket {bucket} could not be read: {refusal}", "ask who owns it")


COLLECTORS = (layer_buckets,)

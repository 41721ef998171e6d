"""The policies of the S3 buckets that refuse the layers."""

from dataclasses import dataclass

from pullcheck.missing import Unavailable


@dataclass(frozen=True)
class LayerBucket:
    """A bucket to which the registry redirects, and that answered 403. ``keys`` are the objects that were asked for.

    ``policy`` is JSON text, None where the bucket has none.
    """

    name: str
    keys: tuple[str, ...]
    policy: str | Unavailable | None


@dataclass(frozen=True)
class LayerBuckets:
    """Every such bucket of the pull."""

    rows: tuple[LayerBucket, ...]

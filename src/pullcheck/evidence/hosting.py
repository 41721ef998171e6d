"""What else the execution role needs for hosting: policies of what it reads."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BucketPolicy:
    """The policy of the bucket that holds the model data, as JSON text; None where it has none."""

    bucket: str
    text: str | None

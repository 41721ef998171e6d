"""What else the execution role needs for hosting: policies of what it reads."""

from dataclasses import dataclass

from pullcheck.missing import Unavailable


@dataclass(frozen=True)
class BucketPolicy:
    """The policy of the bucket that holds the model data, as JSON text; None where it has none."""

    bucket: str
    text: str | None


@dataclass(frozen=True)
class VolumeKey:
    """The key of the endpoint configuration's ``KmsKeyId``, its KeyState, and its policy as JSON text."""

    arn: str
    state: str
    policy: str | Unavailable

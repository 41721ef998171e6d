"""Where the model's files lie."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ModelData:
    """What SageMaker loads from S3 besides the image, through the model's VPC.

    ``key`` is an object's name, or what the names of several begin with.
    """

    region: str
    host: str
    bucket: str
    key: str

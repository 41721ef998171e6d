"""What SageMaker's failure texts tell. They are not documented, so they are matched loosely and shown as they are."""

import re

from pullcheck.verdict import Basis, Cause

FAILED = "DescribeEndpoint: EndpointStatus Failed, and FailureReason"


def _cause(name: str, breaks: str, words: str, fix: str, source: str, *, certain: bool = True) -> Cause:
    basis = Basis.DOCUMENTED if source.startswith("SageMaker guide") else Basis.FIELD_REPORT
    return Cause(f"end.failed-{name}", breaks, f"{FAILED} {words}.", fix, basis, source, certain=certain)


IMAGE = _cause(
    "image",
    "SageMaker could not get an image of the model.",
    "asks to make sure that the images exist and that the role may access them",
    "Mend what the other findings name.",
    "aws/sagemaker-python-sdk issue 1835; aws/amazon-sagemaker-examples issue 275",
)
CANNOT_START = _cause(
    "cannot-start",
    "The image was pulled, but its container did not start.",
    "has CannotStartContainerError",
    "Run the image with the argument serve on the instance's architecture and mend what that shows.",
    "aws/amazon-sagemaker-examples issue 628",
)
PING = _cause(
    "ping",
    "The image was pulled and its container started, but it did not answer the health check.",
    "says that the container did not pass the ping health check",
    "Answer GET /ping on port 8080 with 200 in time; the endpoint's CloudWatch logs show what the container did.",
    "awslabs/llm-hosting-container issue 18 and equal reports",
)
MODEL_DATA = _cause(
    "model-data",
    "SageMaker could not download the model's data from S3: not a matter of the registry.",
    "says that downloading model data failed",
    "Give the model's subnets a gateway endpoint for S3 or a NAT gateway, and the role s3:GetObject.",
    "aws-solutions-library-samples guidance repository, issue 3",
)
ZONES = _cause(
    "zones",
    "The model's subnets lie in too few zones for this instance type.",
    "says that two availability zones could not be located",
    "Name subnets in at least two zones that offer the instance type.",
    "SageMaker guide, clarify-vpc: the note on two zones",
)
CAPACITY = _cause(
    "capacity",
    "AWS had no instance of this type to give.",
    "has InsufficientInstanceCapacity",
    "Try again later, or use another instance type or more zones.",
    "aws/deep-learning-containers PR 6673",
)
ROLE = _cause(
    "role",
    "SageMaker could not assume the execution role.",
    "says that the role could not be assumed",
    "Let the role's trust policy allow sts:AssumeRole to sagemaker.amazonaws.com.",
    "awslabs/predictive-maintenance issue 3; aws/sagemaker-python-sdk issue 43",
)
GENERIC = _cause(
    "generic",
    "SageMaker failed without saying where; one known case was an image for another architecture.",
    "says that the request to a service failed",
    "Check the image's platform and the network interfaces, then ask AWS support.",
    "aws-samples/amazon-sagemaker-custom-container issue 3",
    certain=False,
)

PATTERNS = (
    (CANNOT_START, re.compile(r"cannot\s*start\s*container", re.IGNORECASE)),
    (PING, re.compile(r"ping health check", re.IGNORECASE)),
    (MODEL_DATA, re.compile(r"download model data|failed to download", re.IGNORECASE)),
    (ZONES, re.compile(r"availability zone", re.IGNORECASE)),
    (CAPACITY, re.compile(r"insufficient\s*(instance\s*)?capacity|unable to provision", re.IGNORECASE)),
    (ROLE, re.compile(r"assume (the )?role", re.IGNORECASE)),
    (IMAGE, re.compile(r"\bimages?\b.*\bexist|pull.{0,40}\bimage|\bimage.{0,40}\bpull", re.IGNORECASE | re.DOTALL)),
    (GENERIC, re.compile(r"request to service failed", re.IGNORECASE)),
)
"""In this order: a text may name the image although the container did not start."""


def cause_of(reason: str) -> Cause | None:
    """The cause that a FailureReason names, if it is one of those that have been reported."""
    return next((cause for cause, pattern in PATTERNS if pattern.search(reason)), None)

"""What is to be deployed, from wherever it is described: a request file, or the account."""

import os
import re

from pullcheck.collect.aws import Aws
from pullcheck.errors import UsageError
from pullcheck.partition import is_region
from pullcheck.target import Target, TargetKind

LIVE = re.compile(r"(?P<kind>model|endpoint-config|endpoint)/(?P<name>[A-Za-z0-9](?:-*[A-Za-z0-9]){0,62})")
ARN = re.compile(r"arn:[a-z-]+:sagemaker:(?P<region>[a-z0-9-]+):[0-9]{12}:(?P<resource>.+)")

TARGETS = "a file, -, model/NAME, endpoint-config/NAME, endpoint/NAME or an ARN"


def region_of(text: str) -> str | None:
    """The region that TARGET itself names, which an ARN does."""
    found = ARN.fullmatch(text)
    return found["region"] if found else None


def read_target(text: str, aws: Aws | None, region: str | None = None) -> Target:
    """Read TARGET: a file, ``-``, ``model/NAME``, ``endpoint-config/NAME``, ``endpoint/NAME`` or the ARN of one.

    ``region`` is the one asked for; without it, AWS's environment decides. ``./model/x`` is always a file.

    Raises:
        UsageError: there is no such thing, it cannot be read, or it has the wrong shape; one line.
    """
    from pullcheck.readers.live import read_live
    from pullcheck.readers.request import read_request

    if not text.strip():
        raise UsageError(f"TARGET is empty; expected {TARGETS}")
    region = _region(text, region, aws)
    arn = text if text.startswith("arn:") else None
    found = _in_arn(arn, region) if arn else LIVE.fullmatch(text)
    if not found:
        return read_request(text, region)
    if aws is None or region is None:
        raise UsageError(f"{text}: the region is not known; name it with --region or AWS_REGION")
    return read_live(TargetKind(found["kind"]), found["name"], aws, region, arn)


def _region(text: str, asked: str | None, aws: Aws | None) -> str | None:
    """The region asked for, or else AWS's; one that cannot be is refused by where it came from."""
    region = asked or (aws.region if aws else None)
    if region is None or is_region(region):
        return region
    source = next((name for name in ("AWS_REGION", "AWS_DEFAULT_REGION") if os.environ.get(name)), "AWS configuration")
    if asked:
        source = text if asked == region_of(text) else "--region"
    raise UsageError(f"{source}: {region!r} is no AWS region; expected its name, e.g. us-east-1")


def _in_arn(text: str, region: str | None) -> re.Match[str]:
    arn = ARN.fullmatch(text)
    found = LIVE.fullmatch(arn["resource"]) if arn else None
    if not arn or not found:
        raise UsageError(f"{text}: expected the ARN of a SageMaker model, endpoint-config or endpoint")
    if arn["region"] != region:
        asked = f"the region asked for is {region}" if region else "no region is set"
        raise UsageError(f"{text}: lies in {arn['region']}, but {asked}; use --region {arn['region']}")
    return found

"""The partitions of AWS: which one a region is in, and how names are formed there."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Partition:
    """``id`` as in ARNs; ``suffix`` ends the regional names; ``services`` begins Lambda's endpoint service name."""

    id: str
    region_prefix: str
    suffix: str
    services: str = "com.amazonaws"


PARTITIONS = (
    Partition("aws-cn", "cn-", "amazonaws.com.cn", "cn.com.amazonaws"),
    Partition("aws-eusc", "eusc-", "amazonaws.eu"),
    Partition("aws-iso", "us-iso-", "c2s.ic.gov"),
    Partition("aws-iso-b", "us-isob-", "sc2s.sgov.gov"),
    Partition("aws-iso-e", "eu-isoe-", "cloud.adc-e.uk"),
    Partition("aws-iso-f", "us-isof-", "csp.hci.ic.gov"),
    Partition("aws-us-gov", "us-gov-", "amazonaws.com"),
    Partition("aws", "", "amazonaws.com"),
)

_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-[0-9]+")


def is_region(text: str) -> bool:
    """Whether a region's name has this form, e.g. us-east-1 or us-gov-west-1; whether AWS has it, nobody is asked."""
    return bool(_REGION.fullmatch(text))


def partition_of(region: str) -> Partition:
    """The partition of a region; one whose prefix is not known counts as commercial, as in botocore."""
    return next(partition for partition in PARTITIONS if region.startswith(partition.region_prefix))

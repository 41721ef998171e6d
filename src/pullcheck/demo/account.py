"""The one account and region of the demo, and the way to moto's own objects in this process."""

from typing import Any

ACCOUNT = "123456789012"
REGION = "us-east-1"


def backend(service: str) -> Any:
    """Moto's state for a service, e.g. ``backend("ec2").vpcs``."""
    from moto.backends import get_backend

    return get_backend(service)[ACCOUNT]["aws" if service in ("iam", "route53") else REGION]  # type: ignore[call-overload]

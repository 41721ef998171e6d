"""How an endpoint that has failed is created again: nothing but deleting it is possible."""

from datetime import datetime
from shlex import quote

from pullcheck.target import Deployment


def start_over(endpoint: Deployment) -> tuple[str, ...]:
    """The commands that delete it and create it with the same configuration, for when the cause has been mended."""
    name, config = quote(endpoint.name), endpoint.config_name
    deleted = (
        f"aws sagemaker delete-endpoint --endpoint-name {name}",
        f"aws sagemaker wait endpoint-deleted --endpoint-name {name}",
    )
    if not config:
        return deleted
    return (
        *deleted,
        f"aws sagemaker create-endpoint --endpoint-name {name} --endpoint-config-name {quote(config)}",
    )


def seconds_between(earlier: str, later: str) -> float:
    """From one ISO 8601 time to another; negative where the first is the later one."""
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()

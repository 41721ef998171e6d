"""What AWS keeps of a SageMaker endpoint that exists: what scales it, and whether its containers have written logs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ScalableTarget:
    """A variant that Application Auto Scaling may scale, e.g. ``endpoint/live/variant/all``, and how far."""

    resource: str
    least: int
    most: int


@dataclass(frozen=True)
class Scaling:
    """Every such variant of the endpoint."""

    targets: tuple[ScalableTarget, ...]


@dataclass(frozen=True)
class EndpointLogs:
    """The log group of an endpoint that has failed or is being created.

    ``streams`` are those made since the endpoint was created; an endpoint of the same name may have left others.
    """

    group: str
    exists: bool
    streams: tuple[str, ...] = ()

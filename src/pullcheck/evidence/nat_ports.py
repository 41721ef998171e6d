"""Whether NAT gateways have had ports for every connection."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PortErrors:
    """How often a NAT gateway had no port for a connection; None where CloudWatch has no numbers of it."""

    nat_id: str
    count: int | None


@dataclass(frozen=True)
class NatPorts:
    """The gateways that a route of a model subnet leads to, over the ``hours`` before the observation."""

    hours: int
    rows: tuple[PortErrors, ...]

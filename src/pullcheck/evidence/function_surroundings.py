"""What surrounds the credentials function: its VPC, its other versions, its key."""

from dataclasses import dataclass

from pullcheck.evidence.endpoint import InterfaceEndpoint
from pullcheck.evidence.function import Function
from pullcheck.evidence.network import NetworkEvidence


@dataclass(frozen=True)
class NeededService:
    """A service that the function reads its secret from, e.g. ``secretsmanager``.

    ``assumed`` says that nothing in the function's environment names it. ``elsewhere`` says why the name may lead to
    something other than the VPC's endpoint, or the service's public addresses; empty where it does not.
    """

    name: str
    host: str
    service_name: str
    endpoints: tuple[InterfaceEndpoint, ...] = ()
    assumed: bool = False
    elsewhere: str = ""


@dataclass(frozen=True)
class FunctionNetwork:
    """The function's own VPC, and what it has to reach from there."""

    vpc_id: str
    network: NetworkEvidence
    services: tuple[NeededService, ...]


@dataclass(frozen=True)
class AliasTarget:
    """A further version that an alias sends calls to; ``weight`` is its share. ``found`` is None where it is gone."""

    version: str
    weight: float
    found: Function | None


@dataclass(frozen=True)
class FunctionAlias:
    """The alias that the model names, where it sends calls to more than one version."""

    name: str
    others: tuple[AliasTarget, ...]


@dataclass(frozen=True)
class FunctionKey:
    """The key of the function's environment, as DescribeKey shows it; ``state`` is None where there is no such key."""

    arn: str
    state: str | None

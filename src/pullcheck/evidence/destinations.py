"""The hosts of the pull beside the registry and the Lambda API, and the network around them."""

from dataclasses import dataclass

from pullcheck.evidence.dns import ForwardRules, PrivateZones
from pullcheck.evidence.vpc import DnsAttributes, NameServers


@dataclass(frozen=True)
class VpcResolver:
    """Everything that Amazon's resolver in the model's VPC goes by."""

    attributes: DnsAttributes
    servers: NameServers
    zones: PrivateZones
    rules: ForwardRules


@dataclass(frozen=True)
class DockerHub:
    """Docker Hub, where the image comes from there; ``elsewhere`` says where its name may lead in the VPC instead."""

    host: str
    port: int
    elsewhere: str = ""

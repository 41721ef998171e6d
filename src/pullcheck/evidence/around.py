"""The network around what the pull needs beside the registry and the Lambda API."""

from dataclasses import dataclass

from pullcheck.evidence.network import NetworkEvidence


@dataclass(frozen=True)
class PullHostNetwork:
    """What a walk to these addresses reads. ``registry_link`` is the endpoint's interface that has the registry's
    address, empty where the registry is not reached by PrivateLink.
    """

    tables: NetworkEvidence
    registry_link: str = ""


@dataclass(frozen=True)
class NameServerNetwork:
    """What a walk to the name servers reads that the VPC's DHCP options name, ``addresses``."""

    tables: NetworkEvidence
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class ForwardingNetwork:
    """What a walk from the outbound endpoints to the targets of the rules reads."""

    tables: NetworkEvidence

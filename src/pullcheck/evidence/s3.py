"""The Region's S3 as the model's VPC has it, and the model data that comes from there."""

from dataclasses import dataclass

from pullcheck.evidence.gateway_endpoint import GatewayEndpoint
from pullcheck.evidence.network_rows import PrefixList
from pullcheck.missing import Unavailable


@dataclass(frozen=True)
class S3Service:
    """S3 of one Region: its public ranges, and the VPC's endpoints for it.

    ``taken_by`` are the interface endpoints whose private DNS takes S3's names in the VPC.
    """

    region: str
    service_name: str
    ranges: PrefixList | Unavailable
    gateways: tuple[GatewayEndpoint, ...]
    taken_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class ModelDataService:
    """S3 as the model data needs it; ``elsewhere`` says where its name leads if not to S3's public addresses."""

    s3: S3Service
    elsewhere: str = ""


@dataclass(frozen=True)
class PullHostService:
    """S3 as the layers need it; None where no request of the pull leads to S3 of the model's Region."""

    s3: S3Service | None

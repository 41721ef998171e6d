"""Gateway endpoints: routes of a VPC to S3 or DynamoDB, each with a policy."""

from collections.abc import Iterable
from dataclasses import dataclass

from pullcheck.evidence.fields import Row, text, texts_in


@dataclass(frozen=True)
class GatewayEndpoint:
    """A gateway endpoint as DescribeVpcEndpoints shows it, ``state`` in lower case; ``policy`` is its policy's text."""

    id: str
    vpc_id: str
    service_name: str
    state: str
    table_ids: tuple[str, ...] = ()
    policy: str = ""


@dataclass(frozen=True)
class GatewayEndpoints:
    """Gateway endpoints of the VPC."""

    rows: tuple[GatewayEndpoint, ...]


def gateway_endpoints(rows: Iterable[Row]) -> GatewayEndpoints:
    """Those among the rows of DescribeVpcEndpoints that are there."""
    kept = (row for row in rows if text(row, "VpcEndpointType") == "Gateway")
    found = (_gateway_endpoint(row) for row in kept)
    return GatewayEndpoints(tuple(one for one in found if one.id and one.state not in ("deleted", "deleting")))


def _gateway_endpoint(row: Row) -> GatewayEndpoint:
    return GatewayEndpoint(
        id=text(row, "VpcEndpointId"),
        vpc_id=text(row, "VpcId"),
        service_name=text(row, "ServiceName"),
        state=text(row, "State").lower(),
        table_ids=texts_in(row, "RouteTableIds"),
        policy=text(row, "PolicyDocument"),
    )

"""From rows of EC2's calls about interface endpoints and their services, in AWS's field names, to evidence."""

from collections.abc import Iterable

from pullcheck.evidence.fields import Row, part, parts, text, texts, texts_in
from pullcheck.evidence.private_link_rows import EndpointService, PrivateLink
from pullcheck.missing import Unavailable

OTHERS = ".vpce-svc-"
"""What the name of a service has that is not AWS's own, e.g. com.amazonaws.vpce.us-east-1.vpce-svc-0e123abc."""


def is_of_others(row: Row) -> bool:
    """Whether the endpoint leads to a service that is not AWS's own."""
    return OTHERS in text(row, "ServiceName")


def private_links(
    endpoints: Iterable[Row], services: Iterable[Row] | Unavailable, configurations: Iterable[Row] = ()
) -> tuple[PrivateLink, ...]:
    """Rows of DescribeVpcEndpoints, of DescribeVpcEndpointServices (its ``ServiceDetails``), and of
    DescribeVpcEndpointServiceConfigurations, which shows an account its own services alone.
    """
    behind = {text(row, "ServiceId"): texts_in(row, "NetworkLoadBalancerArns") for row in configurations}
    known: dict[str, EndpointService] = {}
    if not isinstance(services, Unavailable):
        known = {text(row, "ServiceName"): _service(row, behind) for row in services}
    reason = services if isinstance(services, Unavailable) else Unavailable("its service was not shown")
    return tuple(
        _link(row, known.get(text(row, "ServiceName"), reason))
        for row in endpoints
        if text(row, "VpcEndpointId") and is_of_others(row)
    )


def _link(row: Row, service: EndpointService | Unavailable) -> PrivateLink:
    return PrivateLink(
        id=text(row, "VpcEndpointId"),
        vpc_id=text(row, "VpcId"),
        owner=text(row, "OwnerId"),
        service_name=text(row, "ServiceName"),
        state=text(row, "State").lower(),
        private_dns=bool(row.get("PrivateDnsEnabled")),
        subnet_ids=texts_in(row, "SubnetIds"),
        interface_ids=texts_in(row, "NetworkInterfaceIds"),
        service=service,
        last_error=text(part(row, "LastError"), "Message") or text(row, "FailureReason"),
    )


def _service(row: Row, behind: dict[str, tuple[str, ...]]) -> EndpointService:
    """A service without private DNS has no state of verification."""
    names = (text(one, "PrivateDnsName") for one in (row, *parts(row, "PrivateDnsNames")))
    return EndpointService(
        name=text(row, "ServiceName"),
        id=text(row, "ServiceId"),
        owner=text(row, "Owner"),
        zone_ids=texts_in(row, "AvailabilityZoneIds"),
        private_names=tuple(name.lower().rstrip(".") for name in texts(names)),
        verified=text(row, "PrivateDnsNameVerificationState") == "verified",
        balancer_ids=behind.get(text(row, "ServiceId"), ()),
    )

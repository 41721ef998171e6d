"""Interface endpoints for services that are not AWS's own, and what their services say of themselves."""

from dataclasses import dataclass

from pullcheck.missing import Unavailable


@dataclass(frozen=True)
class EndpointService:
    """A row of DescribeVpcEndpointServices: ``zone_ids`` are the zones that it is offered in, empty where not told.

    ``private_names`` are the names that an endpoint with private DNS answers, once the provider has proved that they
    are its own (``verified``). ``balancer_ids`` are the ARNs of the load balancers behind it, known to its owner alone.
    """

    name: str
    id: str
    owner: str
    zone_ids: tuple[str, ...] = ()
    private_names: tuple[str, ...] = ()
    verified: bool = False
    balancer_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class PrivateLink:
    """A row of DescribeVpcEndpoints; ``state`` in lower case, ``service`` is what the provider lets one know."""

    id: str
    vpc_id: str
    owner: str
    service_name: str
    state: str
    private_dns: bool
    subnet_ids: tuple[str, ...]
    interface_ids: tuple[str, ...]
    service: EndpointService | Unavailable
    last_error: str = ""

    @property
    def available(self) -> bool:
        """No other state carries traffic (AWS PrivateLink guide)."""
        return self.state == "available"

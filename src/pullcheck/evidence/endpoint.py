"""The interface endpoints that stand for the regional Lambda service."""

from dataclasses import dataclass


@dataclass(frozen=True)
class EndpointInterface:
    """One network interface of an endpoint; ``address`` is its private IPv4 address, None on an IPv6-only one."""

    id: str
    subnet_id: str
    address: str | None


@dataclass(frozen=True)
class InterfaceEndpoint:
    """An interface endpoint as DescribeVpcEndpoints shows it; ``state`` in lower case.

    ``policy`` is the text of its policy, empty where the answer shows none, None where that was not looked at.
    """

    id: str
    vpc_id: str
    service_name: str
    state: str
    private_dns: bool
    subnet_ids: tuple[str, ...] = ()
    security_group_ids: tuple[str, ...] = ()
    interfaces: tuple[EndpointInterface, ...] = ()
    dns_names: tuple[str, ...] = ()
    ip_type: str | None = None
    record_ip_type: str | None = None
    inbound_resolver_only: bool = False
    last_error: str = ""
    policy: str | None = None

    @property
    def available(self) -> bool:
        """No other state carries traffic (AWS PrivateLink guide)."""
        return self.state == "available"

    @property
    def ipv6_only(self) -> bool:
        """Whether its name has no A record."""
        return self.ip_type == "ipv6" or self.record_ip_type == "ipv6"

    @property
    def takes_the_name(self) -> bool:
        """Whether the endpoint itself makes the service's name lead to it, in a VPC whose DNS attributes allow that."""
        return self.available and self.private_dns and not self.ipv6_only and not self.inbound_resolver_only

    @property
    def addresses(self) -> tuple[str, ...]:
        """The private IPv4 addresses of its network interfaces."""
        return tuple(interface.address for interface in self.interfaces if interface.address)


@dataclass(frozen=True)
class ServiceZones:
    """The zones, by name and by id, in which AWS offers endpoints for Lambda; None where nothing called for them."""

    zones: tuple[str, ...] | None = None


@dataclass(frozen=True)
class LambdaEndpoints:
    """Endpoints for the regional Lambda service: in the VPC, and in other VPCs of the account.

    ``look_alikes`` are endpoints in the VPC whose service is named like it but is not it: a FIPS name, another region.
    """

    vpc_id: str
    service_name: str
    here: tuple[InterfaceEndpoint, ...]
    elsewhere: tuple[InterfaceEndpoint, ...] = ()
    look_alikes: tuple[InterfaceEndpoint, ...] = ()

    def owner_of(self, addresses: frozenset[str]) -> InterfaceEndpoint | None:
        """The available endpoint whose network interfaces have all these addresses."""
        known = (*self.here, *self.elsewhere)
        return next((one for one in known if one.available and addresses and addresses <= {*one.addresses}), None)

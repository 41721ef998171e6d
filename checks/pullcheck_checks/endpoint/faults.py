"""What keeps the Lambda name from an interface endpoint that is there, or that somebody meant to be."""

from collections.abc import Iterator

from pullcheck.evidence.branches import Ending
from pullcheck.evidence.dns import LambdaLookup
from pullcheck.evidence.endpoint import InterfaceEndpoint, LambdaEndpoints
from pullcheck.evidence.network import RouteTables
from pullcheck.evidence.network_rows import RouteTable
from pullcheck.evidence.vpc import DnsAttributes, ModelSubnets
from pullcheck.missing import Unavailable
from pullcheck.verdict import Fix, Severity, Verdict, failed
from pullcheck_checks.dns.commands import put_record, turn_on
from pullcheck_checks.endpoint import causes

NO = (Ending.NO_NAME, Ending.NO_ADDRESS, Ending.LOOP)
PASSING = ("pending", "pendingacceptance", "deleting")


def faults(
    endpoints: LambdaEndpoints, attributes: DnsAttributes, lookup: LambdaLookup, severity: Severity
) -> Iterator[Verdict]:
    """Every fault of every endpoint, and of the zones that cover the name.

    ``severity`` is that of a name that leads to Lambda's public addresses; a name that leads nowhere is an error.
    """
    for endpoint in endpoints.here:
        yield from _of_endpoint(lookup.name, endpoint, attributes, severity)
    if attributes.private_names:
        yield from _of_zones(endpoints, lookup)
    if not endpoints.here:
        yield from (_wrong_service(lookup.name, one, endpoints, severity) for one in endpoints.look_alikes[:1])


def _of_endpoint(
    name: str, endpoint: InterfaceEndpoint, attributes: DnsAttributes, severity: Severity
) -> Iterator[Verdict]:
    on = f"aws ec2 modify-vpc-endpoint --vpc-endpoint-id {endpoint.id}"
    resources = [endpoint.id]
    if not endpoint.available:
        yield _state(name, endpoint, severity)
        return
    if not attributes.private_names:
        yield _blocked(name, endpoint, attributes, severity)
    if not endpoint.private_dns:
        because = (
            f"{endpoint.id} for {endpoint.service_name} has private DNS off, and no private zone leads {name} to it"
        )
        fix = Fix(f"turn on private DNS of {endpoint.id}", (f"{on} --private-dns-enabled",))
        yield failed(name, because, causes.PRIVATE_DNS_OFF, fix, severity=severity, resources=resources)
    if endpoint.ipv6_only:
        kinds = f"IP type {endpoint.ip_type}, DNS records of type {endpoint.record_ip_type}"
        because = f"{endpoint.id} gives {name} no IPv4 address ({kinds})"
        kind = " --ip-address-type ipv4" if endpoint.ip_type == "ipv6" else ""
        fix = Fix(f"give {endpoint.id} IPv4", (f"{on}{kind} --dns-options DnsRecordIpType=ipv4",))
        yield failed(name, because, causes.IP_TYPE, fix, resources=resources)
    if endpoint.inbound_resolver_only:
        because = f"{endpoint.id} takes over {name} only for queries that reach an inbound Resolver endpoint"
        option = "--dns-options PrivateDnsOnlyForInboundResolverEndpoint=false"
        fix = Fix(f"let {endpoint.id} take over the name in the VPC too", (f"{on} {option}",))
        yield failed(name, because, causes.INBOUND_ONLY, fix, severity=severity, resources=resources)


def _blocked(name: str, endpoint: InterfaceEndpoint, attributes: DnsAttributes, severity: Severity) -> Verdict:
    switches = {"enableDnsSupport": attributes.support, "enableDnsHostnames": attributes.hostnames}
    off = " and ".join(switch for switch, on in switches.items() if not on)
    because = f"{off} of {attributes.vpc_id} is off, so private DNS of {endpoint.id} cannot lead {name} to it"
    fix = Fix(f"turn on {off} of {attributes.vpc_id}", turn_on(attributes))
    resources = [attributes.vpc_id, endpoint.id]
    severity = severity if attributes.support else Severity.ERROR
    cause = causes.PRIVATE_DNS_BLOCKED
    return failed(name, because, cause, fix, severity=severity, resources=resources, explained_by="dns.registry-name")


def _state(name: str, endpoint: InterfaceEndpoint, severity: Severity) -> Verdict:
    why = f": {endpoint.last_error}" if endpoint.last_error else ""
    because = f"{endpoint.id} for {endpoint.service_name} is {endpoint.state}{why}"
    remove = f"aws ec2 delete-vpc-endpoints --vpc-endpoint-ids {endpoint.id}"
    again = (remove, create(endpoint, endpoint.service_name))
    fix = Fix(f"make the endpoint anew in place of {endpoint.id}", again)
    if endpoint.state in PASSING:
        fix = Fix(f"wait until {endpoint.id} is no longer {endpoint.state}, then look again")
    return failed(name, because, causes.STATE, fix, severity=severity, resources=[endpoint.id])


def create(like: InterfaceEndpoint, service_name: str) -> str:
    """An endpoint for the service where this one stands, with its groups and with private DNS."""
    place = f"--vpc-id {like.vpc_id} --subnet-ids {' '.join(like.subnet_ids)}"
    groups = f"--security-group-ids {' '.join(like.security_group_ids)}"
    service = f"--vpc-endpoint-type Interface --service-name {service_name}"
    return f"aws ec2 create-vpc-endpoint {service} {place} {groups} --private-dns-enabled"


def _wrong_service(name: str, one: InterfaceEndpoint, endpoints: LambdaEndpoints, severity: Severity) -> Verdict:
    because = (
        f"{one.id} stands for {one.service_name}, not for {endpoints.service_name}, so {name} does not lead to it, and"
        f" {endpoints.vpc_id} has no other"
    )
    fix = Fix(f"make an endpoint for {endpoints.service_name}", (create(one, endpoints.service_name),))
    return failed(name, because, causes.WRONG_SERVICE, fix, severity=severity, resources=[one.id, endpoints.vpc_id])


def _of_zones(endpoints: LambdaEndpoints, lookup: LambdaLookup) -> Iterator[Verdict]:
    for branch in lookup.branches:
        if branch.ending not in NO:
            continue
        ready = [endpoint for endpoint in endpoints.here if endpoint.available and endpoint.addresses]
        addresses = [address for endpoint in ready for address in endpoint.addresses]
        commands = put_record(branch.source, branch.name, addresses) if branch.source and not branch.trail else ()
        summary = f"give {branch.name} a record in zone {branch.source} that leads to the endpoint"
        if not ready:
            summary = f"narrow zone {branch.source}, so that it does not cover {lookup.name}"
        fix = Fix(summary, commands)
        yield failed(lookup.name, str(branch), causes.ZONE_HIJACKS, fix, resources=filter(None, [branch.source]))


def weight_of_public_addresses(subnets: ModelSubnets, tables: RouteTables | Unavailable) -> Severity:
    """How much it weighs that the name leads to public addresses: a warning where every subnet has a way to them."""
    if isinstance(tables, Unavailable):
        return Severity.ERROR
    ways = (_table_of(subnet.id, tables) for subnet in subnets.subnets)
    return Severity.WARNING if all(table and _leads_out(table) for table in ways) else Severity.ERROR


def _table_of(subnet_id: str, tables: RouteTables) -> RouteTable | None:
    own = next((table for table in tables.rows if subnet_id in table.subnet_ids), None)
    return own or next((table for table in tables.rows if table.main), None)


def _leads_out(table: RouteTable) -> bool:
    """A default route that works; an internet gateway serves nobody who has no public address, as the model has not."""
    return any(
        route.destination == "0.0.0.0/0" and route.state == "active" and not route.target.startswith("igw-")
        for route in table.routes
    )

"""What an interface endpoint for the registry's service lacks, although packets to its address would pass."""

from collections.abc import Iterator

from pullcheck import Fix, Unavailable, Verdict, failed
from pullcheck.evidence.network import PrivateLinks
from pullcheck.evidence.network_rows import Interface, Subnet
from pullcheck.evidence.private_link_rows import EndpointService, PrivateLink
from pullcheck_checks.network.causes.balancers import LINK_DNS, LINK_ZONE
from pullcheck_checks.network.findings import walked
from pullcheck_checks.network.fixes.balancer_changes import AddLinkSubnet, AnswerTheName
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import Destination, Source
from pullcheck_checks.network.paths.steps import ROUTING


def link_findings(index: Index, source: Source, there: Destination, subject: str) -> Iterator[Verdict]:
    """A zone without the endpoint's interface, or an endpoint that the registry's name does not lead to."""
    subnet = index.subnet(source.subnet_id)
    if not isinstance(subnet, Subnet) or not there.address:
        return
    seat = index.interface_at(subnet.vpc_id, there.address)
    link = index.private_link(seat.part_of) if isinstance(seat, Interface) and seat.part_of else None
    if isinstance(link, PrivateLink):
        yield from _zone(index, link, subnet, there, subject)
    elif there.is_public and any(step.place in ROUTING for step in walked(index, source, there).blockers):
        yield from _name(index, subnet, there, subject)


def _zone(index: Index, link: PrivateLink, subnet: Subnet, there: Destination, subject: str) -> Iterator[Verdict]:
    """Said once a subnet, at the first of the endpoint's addresses."""
    rows = [index.subnet(name) for name in link.subnet_ids]
    zones = {row.zone_id if isinstance(row, Subnet) else subnet.zone_id for row in rows}
    first = min(one.addresses[0] for one in index.nodes(link.id))
    if subnet.zone_id in zones or there.address != first:
        return
    because = f"{link.id} has network interfaces in {', '.join(sorted(zones))}, and {subnet.id} is in {subnet.zone_id}"
    offered = link.service.zone_ids if isinstance(link.service, EndpointService) else ()
    fix = Fix(f"ask the provider of {link.service_name} to offer it in {subnet.zone_id}")
    if subnet.zone_id in offered:
        change = AddLinkSubnet(link.id, subnet.id)
        fix = Fix(f"give {link.id} a subnet in {subnet.zone_id}", (change.command,), change.terraform)
    elif not offered:
        because += f"; whether {link.service_name} is offered there was not read"
    yield failed(subject, because, LINK_ZONE, fix, resources=(subnet.id, link.id))


def _name(index: Index, subnet: Subnet, there: Destination, subject: str) -> Iterator[Verdict]:
    table = index.evidence.private_links
    for link in table.rows if isinstance(table, PrivateLinks) else ():
        service = link.service
        if link.vpc_id != subnet.vpc_id or isinstance(service, Unavailable) or not _answers(service, there.host):
            continue
        if link.private_dns and service.verified:
            continue
        lacks = "its private DNS is off" if not link.private_dns else "the provider has not verified that name"
        because = f"{link.id} could answer {there.host}, but {lacks}, so that the name leads to {there.name}"
        fix = Fix(f"make a private zone that leads {there.host} to {link.id}, or have the provider verify its name")
        if service.verified:
            change = AnswerTheName(link.id)
            fix = Fix(f"turn the private DNS of {link.id} on", (change.command,), change.terraform)
        yield failed(subject, because, LINK_DNS, fix, resources=(subnet.id, link.id))


def _answers(service: EndpointService, host: str) -> bool:
    """A private name may begin with ``*.``, for one label or more."""
    return any(
        host.lower() == name or (name.startswith("*.") and host.lower().endswith(name[1:]))
        for name in service.private_names
    )

"""The VPC that a transit gateway leads to, where the destination is in it (R5, R11, R26)."""

from collections.abc import Iterator
from dataclasses import replace

from pullcheck import Unavailable
from pullcheck.evidence.network_rows import Interface, Subnet, TransitAttachment, TransitGateway
from pullcheck_checks.network.paths.crossing import Landing, attachment_of, entering_acl, leaving_acls
from pullcheck_checks.network.paths.ends import far_acl, model_in, model_peer, no_subnet_step
from pullcheck_checks.network.paths.groups import Gap, Peer
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import Journey
from pullcheck_checks.network.paths.legs import FORWARD, refused
from pullcheck_checks.network.paths.returns import answers, flow_there
from pullcheck_checks.network.paths.seats import seated
from pullcheck_checks.network.paths.steps import Place, Reason, Step

NO_REFERENCES = "use1-az3"
"""The zone where AWS offers no group references over transit gateways."""


def holder(index: Index, gateway: TransitGateway, address: str | None) -> TransitAttachment | None:
    """The attachment of the VPC in which an interface has the address; None where there is none, or more than one."""
    found = [
        one
        for one in gateway.attachments
        if address and one.kind == "vpc" and isinstance(index.interface_at(one.resource_id, address), Interface)
    ]
    vpcs = {one.resource_id for one in found}
    return attachment_of(gateway, vpcs.pop()) if len(vpcs) == 1 else None


def in_the_far_vpc(
    journey: Journey, gateway: TransitGateway, far: TransitAttachment, landing: Landing, *, inspected: bool = False
) -> Iterator[Step]:
    """Out of the attachment's subnets to the address, and the answers back. ``inspected`` are packets that an appliance
    has handed on: no group is known behind it.
    """
    index, there = journey.index, journey.destination
    address = there.address or ""
    seat, subnet = index.interface_at(far.resource_id, address), index.subnet_at(far.resource_id, address)
    right = holder(index, gateway, address)
    if seat is None and right is not None and right.resource_id != far.resource_id:
        why = f"leads to {far.resource_id}, whose range holds {there.name}, and {right.resource_id} is where it is"
        yield refused(Place.TRANSIT_ROUTES, "transit-gateway", gateway.id, FORWARD, Reason.OVERLAP, why)
        yield model_in(journey)
        return
    if not isinstance(subnet, Subnet):
        yield no_subnet_step(journey, far.resource_id, subnet)
        yield model_in(journey)
        return
    yield from leaving_acls(index, landing, subnet, flow_there(journey))
    yield from entering_acl(landing, subnet, lambda: far_acl(journey, Place.DESTINATION_ACL, subnet, egress=False))
    yield from seated(journey, seat, subnet, _as_seen(journey, gateway, far, subnet, seat, inspected), (journey.cidr,))
    yield far_acl(journey, Place.DESTINATION_ACL, subnet, egress=True)
    yield from answers(journey, subnet, gateway.id)


def _as_seen(
    journey: Journey,
    gateway: TransitGateway,
    far: TransitAttachment,
    subnet: Subnet,
    seat: Interface | Unavailable | None,
    inspected: bool,
) -> Peer:
    """R11: the model's groups are known there only where the gateway and both attachments keep them."""
    near = attachment_of(gateway, journey.subnet.vpc_id)
    kept = gateway.keeps_groups and far.keeps_groups and near is not None and near.keeps_groups
    peer = model_peer(journey)
    is_endpoint = isinstance(seat, Interface) and seat.kind == "vpc_endpoint"
    in_use1_az3 = NO_REFERENCES in (subnet.zone_id, journey.subnet.zone_id)
    if kept and not inspected and not is_endpoint and not in_use1_az3:
        return peer
    lost = Gap.MIDDLEBOX_REFERENCE if inspected else Gap.TRANSIT_REFERENCE
    return replace(peer, group_ids=frozenset(), anonymous=peer.group_ids | peer.anonymous, lost=lost)

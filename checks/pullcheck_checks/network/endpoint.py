"""The fix for a VPC without a way to the Lambda API."""

from shlex import quote

from pullcheck import Fix
from pullcheck.evidence.network_rows import GroupReference, GroupRule, Subnet
from pullcheck.evidence.placement import Placement
from pullcheck_checks.network.changes import AllowInGroup
from pullcheck_checks.network.groups import Peer, admission
from pullcheck_checks.network.index import Index
from pullcheck_checks.network.spans import EVERY_ADDRESS


def endpoint_instead(index: Index, placement: Placement, service_name: str) -> Fix:
    """An interface endpoint with private DNS in one model subnet of each zone, carrying the model's first group."""
    found = [index.subnet(name) for name in placement.subnet_ids]
    by_zone = {subnet.zone_id or subnet.id: subnet for subnet in found if isinstance(subnet, Subnet)}
    subnets = sorted(subnet.id for subnet in by_zone.values())
    if not subnets:
        return Fix("make a Lambda interface endpoint with private DNS in the VPC")
    vpc_id = next(iter(by_zone.values())).vpc_id
    group = placement.security_group_ids[0]
    to_itself = GroupRule("tcp", 443, 443, groups=(GroupReference(group),))
    itself = Peer(group, (EVERY_ADDRESS,), frozenset({group}))
    missing = [
        AllowInGroup(group, egress, to_itself).command
        for egress in (True, False)
        if not admission(index, placement.security_group_ids if egress else (group,), egress, 443, itself).admitted
    ]
    create = (
        f"aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface --vpc-id {quote(vpc_id)}"
        f" --service-name {quote(service_name)} --subnet-ids {' '.join(map(quote, subnets))}"
        f" --security-group-ids {quote(group)} --private-dns-enabled"
    )
    return Fix("make a Lambda interface endpoint with private DNS in the VPC", (*missing, create))

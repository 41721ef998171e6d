"""The fix for a VPC without a way to the Lambda API."""

from shlex import quote

from pullcheck import Fix
from pullcheck.evidence.network_rows import GroupReference, GroupRule, Subnet
from pullcheck.evidence.placement import Placement
from pullcheck.terraform import documents, resource
from pullcheck_checks.network.fixes.changes import AllowInGroup
from pullcheck_checks.network.paths.groups import HTTPS, Peer, admission
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.spans import merged, span_of


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
    model = merged(span for subnet in found if isinstance(subnet, Subnet) and (span := span_of(subnet.cidr)))
    itself = Peer(group, model, frozenset({group}))
    carried = {True: placement.security_group_ids, False: (group,)}
    missing = [
        AllowInGroup(group, egress, to_itself)
        for egress in (True, False)
        if admission(index, carried[egress], egress, HTTPS, itself).admitted != model
    ]
    create = (
        f"aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface --vpc-id {quote(vpc_id)}"
        f" --service-name {quote(service_name)} --subnet-ids {' '.join(map(quote, subnets))}"
        f" --security-group-ids {quote(group)} --private-dns-enabled"
    )
    block = resource(
        "aws_vpc_endpoint",
        f"lambda_{vpc_id}",
        vpc_endpoint_type="Interface",
        vpc_id=vpc_id,
        service_name=service_name,
        subnet_ids=tuple(subnets),
        security_group_ids=(group,),
        private_dns_enabled=True,
    )
    return Fix(
        "make a Lambda interface endpoint with private DNS in the VPC",
        (*(change.command for change in missing), create),
        documents((*(change.terraform for change in missing), block)),
    )

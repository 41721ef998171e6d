"""What an account's settings forbid, whatever routes and rules say: VPC Block Public Access (R64)."""

from pullcheck import Unavailable
from pullcheck.evidence.network_rows import Subnet
from pullcheck_checks.network.paths.index import Index

BIDIRECTIONAL = "block-bidirectional"
"""The mode that stops what NAT gateways send too; the other one stops connections from outside alone."""


def public_access_stops(index: Index, subnet: Subnet) -> str:
    """Why nothing gets from the subnet to the internet; empty where that is not so, or no exclusion is needed."""
    if subnet.public_access_block == BIDIRECTIONAL:
        return f"VPC Block Public Access stops all traffic between {subnet.id} and the internet"
    access = index.evidence.gateways.public_access
    if isinstance(access, Unavailable) or access.mode != BIDIRECTIONAL or not access.settled:
        return ""
    excluded = {one.resource_id for one in access.exclusions}
    if access.owner not in ("", subnet.owner) or excluded & {subnet.id, subnet.vpc_id}:
        return ""
    return f"VPC Block Public Access of account {subnet.owner} is {BIDIRECTIONAL}, without an exclusion for {subnet.id}"

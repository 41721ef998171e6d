"""AWS CLI commands that mend a VPC's DNS."""

import json
import shlex
from collections.abc import Iterable

from pullcheck.evidence.dns import HostedZone, PrivateZones, is_ipv4
from pullcheck.evidence.vpc import DnsAttributes

TTL = 300


def turn_on(attributes: DnsAttributes) -> tuple[str, ...]:
    """Both attributes, as private names need them; AWS takes one in each call, support first."""
    wanted = (("--enable-dns-support", attributes.support), ("--enable-dns-hostnames", attributes.hostnames))
    option_of = (option for option, on in wanted if not on)
    return tuple(f"aws ec2 modify-vpc-attribute --vpc-id {attributes.vpc_id} {option}" for option in option_of)


def put_record(zone_id: str, name: str, addresses: Iterable[str]) -> tuple[str, ...]:
    """An A record of these IPv4 addresses in place of any other; no command where there is no address to put."""
    values = [{"Value": address} for address in addresses if is_ipv4(address)]
    if not values:
        return ()
    records = {"Name": name, "Type": "A", "TTL": TTL, "ResourceRecords": values}
    batch = json.dumps({"Changes": [{"Action": "UPSERT", "ResourceRecordSet": records}]})
    change = f"--hosted-zone-id {zone_id} --change-batch {shlex.quote(batch)}"
    return (f"aws route53 change-resource-record-sets {change}",)


def associate(zone: HostedZone, zones: PrivateZones) -> tuple[str, ...]:
    """Let the VPC use the zone."""
    vpc = f"VPCRegion={zones.region},VPCId={zones.vpc_id}"
    return (f"aws route53 associate-vpc-with-hosted-zone --hosted-zone-id {zone.id} --vpc {vpc}",)

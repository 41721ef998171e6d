"""Reads the records of a private hosted zone."""

import re
from collections.abc import Sequence
from typing import Any

from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.collect.lookup import Contents, Record
from pullcheck.evidence.dns import HostedZone
from pullcheck.missing import NotObserved


def zone_of(row: dict[str, Any]) -> HostedZone:
    """A row of ListHostedZonesByVPC."""
    owner = row.get("Owner", {})
    service = owner.get("OwningService")
    zone_id = row["HostedZoneId"].rpartition("/")[2]
    return HostedZone(zone_id, plain(row["Name"]), service or owner.get("OwningAccount", ""), bool(service))


def contents(aws: Aws, zone: HostedZone) -> Contents:
    """The zone's records; a zone that another account or a service owns is listed for the VPC but cannot be read."""
    if zone.by_service:
        return Contents(unreadable=f"{zone} is run by {zone.owner}, which shows its records to nobody")
    try:
        rows = aws.call("route53", "ListResourceRecordSets", HostedZoneId=zone.id)["ResourceRecordSets"]
    except NotObserved as denied:
        return Contents(unreadable=f"{zone} belongs to {zone.owner}: {denied.unavailable.because}")
    except AwsRefusal as refusal:
        return Contents(unreadable=f"{zone} belongs to {zone.owner}: {refusal}")
    return Contents(tuple(_record(row) for row in rows if _may_answer(row, rows)))


def _record(row: dict[str, Any]) -> Record:
    values = tuple(value["Value"] for value in row.get("ResourceRecords", ()))
    alias = row.get("AliasTarget", {}).get("DNSName")
    if row["Type"] == "CNAME":
        values = tuple(map(plain, values))
    return Record(plain(row["Name"]), row["Type"], values, plain(alias) if alias else None, _choice(row))


def _choice(row: dict[str, Any]) -> str:
    """How Route 53 chooses the record among others of its name (Developer Guide, choosing a routing policy)."""
    ways = {
        "Failover": "failover {}",
        "Weight": "weight {}",
        "Region": "latency of {}",
        "GeoLocation": "geolocation",
        "MultiValueAnswer": "multivalue",
    }
    told = next((text.format(row[key]) for key, text in ways.items() if key in row), "")
    health = row.get("HealthCheckId")
    return f"{told}, health check {health}" if told and health else told


def _may_answer(row: dict[str, Any], rows: Sequence[dict[str, Any]]) -> bool:
    """A weight of 0 never answers beside a larger one (Developer Guide, weighted records) that is well."""
    if row.get("Weight") != 0:
        return True
    beside = [one for one in rows if (one["Name"], one["Type"]) == (row["Name"], row["Type"]) and one.get("Weight")]
    return not beside or any("HealthCheckId" in one or "AliasTarget" in one for one in beside)


def plain(name: str) -> str:
    r"""Lower case, without the last dot; Route 53 writes the asterisk as ``\052`` (Developer Guide, name format)."""
    return re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), name).rstrip(".").lower()

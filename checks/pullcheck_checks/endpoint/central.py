"""What would lead the Lambda name to an endpoint, and does not count in the model's VPC."""

from collections.abc import Iterator

from pullcheck.evidence.dns import LambdaZonesElsewhere, PrivateZones
from pullcheck.evidence.endpoint import LambdaEndpoints
from pullcheck.evidence.placement import LambdaName
from pullcheck.evidence.vpc import DnsAttributes
from pullcheck.missing import Unavailable
from pullcheck.verdict import Fix, Severity, Verdict, failed
from pullcheck_checks.dns.commands import associate, turn_on
from pullcheck_checks.endpoint import causes


def unused_zones(
    name: LambdaName,
    endpoints: LambdaEndpoints,
    zones: PrivateZones | Unavailable,
    elsewhere: LambdaZonesElsewhere | Unavailable,
    attributes: DnsAttributes | Unavailable,
    severity: Severity,
) -> Iterator[Verdict]:
    """A zone that leads to an endpoint in another VPC and that the model's VPC does not use, or one for another name.

    ``severity`` is that of a name that leads to Lambda's public addresses.
    """
    if isinstance(zones, Unavailable) or isinstance(attributes, Unavailable):
        return
    known = {text: one for one in endpoints.elsewhere if one.available for text in (*one.addresses, *one.dns_names)}
    for one in () if isinstance(elsewhere, Unavailable) else elsewhere.zones:
        hub = next((known[address] for address in one.addresses if address in known), None)
        if hub is None:
            continue
        because = (
            f"{one.zone} leads {name.host} to {hub.id} in {hub.vpc_id} and is not associated with {zones.vpc_id}, so"
            " that the name leads to Lambda's public addresses"
        )
        fix = Fix(f"associate {one.zone} with {zones.vpc_id}", (*turn_on(attributes), *associate(one.zone, zones)))
        resources = [zones.vpc_id, one.zone.id, hub.id]
        yield failed(name.host, because, causes.CENTRAL_ZONE_MISSING, fix, severity=severity, resources=resources)
        return
    for zone in zones.zones:
        if zone.name in (f"lambda-fips.{name.region}.amazonaws.com", f"lambda.{name.region}.api.aws"):
            because = f"{zone} maps {zone.name}, and SageMaker calls {name.host}, which no zone of {zones.vpc_id} has"
            fix = Fix(f"make a private zone for {name.host} like that for {zone.name}")
            yield failed(name.host, because, causes.OTHER_NAME_MAPPED, fix, resources=[zones.vpc_id, zone.id])

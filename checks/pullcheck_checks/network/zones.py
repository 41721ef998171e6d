"""Do the zones of the model's subnets have what its instance types run on?"""

from collections.abc import Iterator

from pullcheck import Fix, Verdict, check, failed, passed, unknown
from pullcheck.evidence.vpc import ModelSubnets, Offering, Offerings
from pullcheck_checks.network.causes.placement import TYPE_NOT_IN_ZONES

WANTED = 2
"""Zones that hosting wants for an endpoint."""


@check("network.zones-offer-types", "Two zones of the model's subnets offer each instance type", (TYPE_NOT_IN_ZONES,))
def zones_offer_the_types(found: ModelSubnets, offerings: Offerings) -> Iterator[Verdict]:
    """Judges whether the instances of the variants can run where the model's subnets are.

    What: For every instance type of the model's variants, the zones of the model's subnets in which EC2 offers the
    type of that name without ml., by zone id.

    Why: Hosting places instances in zones that have the type and a model subnet, and wants two of them. With fewer
    it creates no endpoint, or cannot make it larger.

    Passes: Two of the zones offer the type.

    Fails: Fewer do. It is a warning, for SageMaker has a list of its own that is not published.

    Not verified when: ec2:DescribeInstanceTypeOfferings is denied, or EC2 has no type of that name in the region.

    Fix: Subnets in zones that offer the type, which means a new model, or another type in the endpoint configuration.

    Source: SageMaker Developer Guide, Give hosted endpoints access to resources in your VPC; EC2 API,
    DescribeInstanceTypeOfferings.
    """
    zones = tuple(dict.fromkeys(subnet.zone_id for subnet in found.subnets if subnet.zone_id))
    for offering in offerings.rows:
        yield _judged(offering, zones)


def _judged(offering: Offering, zones: tuple[str, ...]) -> Verdict:
    name = offering.instance_type
    here = [zone for zone in zones if zone in offering.zone_ids]
    if not offering.zone_ids:
        return unknown(f"ml.{name}", f"EC2 shows no {name} in this region; SageMaker's own list tells")
    if len(here) >= WANTED:
        return passed(f"ml.{name}", f"{name} is offered in {', '.join(here)}")
    told = f"of the zones of the model's subnets, {', '.join(here) or 'none'} offers {name}: {', '.join(zones)}"
    others = ", ".join(offering.zone_ids)
    fix = Fix(f"create a new model with subnets in two of {others}, or take another instance type")
    return failed(f"ml.{name}", told, TYPE_NOT_IN_ZONES, fix)

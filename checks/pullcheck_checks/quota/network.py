"""Is there room for the network interfaces and the endpoint that the model needs?"""

from collections.abc import Iterator

from pullcheck import Basis, Cause, Severity, Verdict, check, failed, passed
from pullcheck.evidence.quota import RegionInterfaces, VpcInterfaceEndpoints, VpcQuotas
from pullcheck.target import Target
from pullcheck_checks.quota.limits import ENDPOINTS, INTERFACES, applied, raise_to

GUIDE = "Amazon VPC User Guide, quotas; Service Quotas, Amazon VPC"
NO_INTERFACES = Cause(
    "quo.eni-per-region",
    "The account has about as many network interfaces in the region as it may have, so SageMaker cannot make those of"
    " the model.",
    "DescribeNetworkInterfaces counts as many as the quota Network interfaces per Region, or too few less.",
    "Delete interfaces that nothing uses, or ask for more in Service Quotas.",
    Basis.DOCUMENTED,
    GUIDE,
    Severity.WARNING,
)
NO_ENDPOINTS = Cause(
    "quo.interface-endpoints",
    "The VPC has as many interface endpoints as it may have, so one for Lambda cannot be made.",
    "DescribeVpcEndpoints counts as many of type Interface in the VPC as the quota Interface VPC endpoints per VPC.",
    "Delete one that nothing uses, share one of another VPC, or ask for more in Service Quotas.",
    Basis.DOCUMENTED,
    GUIDE,
    Severity.WARNING,
)


@check("quota.network-interfaces", "The region has room for the model's network interfaces", (NO_INTERFACES,))
def interfaces_have_room(target: Target, quotas: VpcQuotas, interfaces: RegionInterfaces) -> Iterator[Verdict]:
    """What: Counts the account's network interfaces in the region against its quota.

    Why: SageMaker makes one at least for each instance; without room the endpoint fails.

    Passes: As many are free as the variants have instances, or one where there are no variants.

    Fails: Fewer are free, as a warning: interfaces come and go.

    Not verified when: The interfaces or the quotas may not be read.

    Fix: Ask for more; AWS decides on it.

    Source: Amazon VPC User Guide, quotas: network interfaces per Region.
    """
    limit, needed = applied(quotas, INTERFACES), sum(one.instance_count or 1 for one in target.variants) or 1
    because = f"the account has {interfaces.count} of {limit} network interfaces, and needs {needed} more"
    if limit - interfaces.count >= needed:
        yield passed("network interfaces", because)
    else:
        fix = raise_to("vpc", INTERFACES, interfaces.count + needed)
        yield failed("network interfaces", because, NO_INTERFACES, fix)


@check("quota.interface-endpoints", "The VPC has room for an interface endpoint for Lambda", (NO_ENDPOINTS,))
def endpoint_has_room(quotas: VpcQuotas, endpoints: VpcInterfaceEndpoints) -> Iterator[Verdict]:
    """What: Where the VPC has no interface endpoint for Lambda, counts those for other services against the quota.

    Why: Where an endpoint has to be made, CreateVpcEndpoint is refused when the quota is used up.

    Passes: One more may be made.

    Fails: The quota is used up, as a warning.

    Not verified when: The endpoints or the quotas may not be read.

    Fix: Ask for more; AWS decides on it. Endpoints of another VPC can be shared too.

    Source: Amazon VPC User Guide, quotas: interface VPC endpoints per VPC.
    """
    limit = applied(quotas, ENDPOINTS)
    because = f"{endpoints.vpc_id} has {endpoints.count} of {limit} interface endpoints"
    if endpoints.count < limit:
        yield passed(endpoints.vpc_id, because, resources=(endpoints.vpc_id,))
    else:
        fix = raise_to("vpc", ENDPOINTS, endpoints.count + 1)
        yield failed(endpoints.vpc_id, because, NO_ENDPOINTS, fix, resources=(endpoints.vpc_id,))

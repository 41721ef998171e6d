"""Has the model's VPC an endpoint for Lambda, and who could make one?"""

from collections.abc import Iterator
from ipaddress import ip_address

from pullcheck import Basis, Cause, Fix, Severity, Unavailable, Verdict, check, failed, not_applicable, passed, unknown
from pullcheck.evidence.endpoint import LambdaEndpoints
from pullcheck.evidence.names import LambdaAddresses
from pullcheck.evidence.network import NetworkEvidence
from pullcheck.evidence.placement import ExecutionRole, Placement
from pullcheck.evidence.vpc import ModelSubnets
from pullcheck_checks.endpoint.faults import weight_of_public_addresses
from pullcheck_checks.network.fixes.endpoint import endpoint_instead
from pullcheck_checks.network.paths.index import Index

LAMBDA_CHECK = "network.lambda-reachable"
NONE_BUT_NAT = Cause(
    "vpce.none-but-nat",
    "The VPC has no endpoint for Lambda: every call of the credentials function takes the way to the internet, and"
    " fails where that does.",
    "DescribeVpcEndpoints shows none for Lambda in the VPC; every model subnet has a default route that leads out.",
    "Make an interface endpoint for Lambda with private DNS.",
    Basis.DOCUMENTED,
    "SageMaker Developer Guide, private Docker registry for real-time inference: create an interface VPC endpoint",
    Severity.WARNING,
)
SHARED = Cause(
    "sub.shared-vpc-participant",
    "The model's subnets are shared by another account: only that one can make the endpoint for Lambda that the VPC"
    " lacks, and associate private zones with it.",
    "DescribeSubnets: OwnerId is another account than the execution role's; DescribeVpcEndpoints: none for Lambda.",
    "Ask the owner of the VPC for the endpoint.",
    Basis.DOCUMENTED,
    "Amazon VPC User Guide, share your VPC subnets with other accounts: what participants may do",
    Severity.WARNING,
)


@check("network.lambda-endpoint", "The model's VPC has an endpoint for Lambda", (NONE_BUT_NAT, SHARED))
def has_an_endpoint(
    endpoints: LambdaEndpoints,
    addresses: LambdaAddresses | Unavailable,
    subnets: ModelSubnets,
    placement: Placement,
    role: ExecutionRole | Unavailable,
    network: NetworkEvidence,
) -> Iterator[Verdict]:
    """Looks for an endpoint for Lambda in the VPC, and for the account that owns the model's subnets.

    What: The interface endpoints for the regional Lambda service, in the VPC and where its name leads to; the owner of
    each model subnet, and its default route.

    Why: An endpoint keeps the calls of the credentials function off the internet. In a VPC that another account shares,
    only that account can make one.

    Passes: There is one, or the Lambda name leads to one of another VPC.

    Fails: As a warning, where every subnet has a way to the internet instead; and where the VPC is another account's.

    Not verified when: Endpoints, subnets or tables cannot be read, or it is not known where the Lambda name leads.

    Fix: Make an interface endpoint with private DNS, or have the owner of the VPC make it.

    Source: SageMaker Developer Guide, private Docker registry for real-time inference; Amazon VPC User Guide.
    """
    subject, vpc_id = endpoints.service_name, endpoints.vpc_id
    used = addresses.endpoint_id if isinstance(addresses, LambdaAddresses) else None
    if endpoints.here or used:
        ids = [one.id for one in endpoints.here] or [used or ""]
        yield passed(subject, f"{', '.join(ids)} stands for it", resources=(vpc_id, *ids))
        return
    none, others = f"{vpc_id} has no endpoint for {subject}", _others(subnets, role)
    if others:
        owner, names = next(iter(others.items()))
        fix = Fix(f"ask account {owner} to make an endpoint for Lambda with private DNS in {vpc_id}", account=owner)
        because = f"{none}, and {', '.join(names)} is shared by account {owner}, which alone can make one"
        yield failed(subject, because, SHARED, fix, resources=(vpc_id, *names), explained_by=LAMBDA_CHECK)
    elif isinstance(addresses, Unavailable):
        yield unknown(subject, f"{none}; whether its name leads to another VPC's: {addresses.because}")
    elif private := [one.address for one in addresses.addresses if not ip_address(one.address).is_global]:
        yield unknown(
            subject, f"{none}, and its name leads to {', '.join(private)}, which no endpoint here is known by"
        )
    elif isinstance(network.route_tables, Unavailable):
        yield unknown(subject, f"{none}; {network.route_tables.because}", cause=NONE_BUT_NAT)
    elif weight_of_public_addresses(subnets, network.route_tables) is Severity.WARNING:
        fix = endpoint_instead(Index(network), placement, subject)
        because = f"{none}: calls leave the VPC by the default route of {', '.join(one.id for one in subnets.subnets)}"
        yield failed(subject, because, NONE_BUT_NAT, fix, resources=(vpc_id,))
    else:
        yield not_applicable(subject, f"{none}, and no way out for every subnet: that is for {LAMBDA_CHECK}")


def _others(subnets: ModelSubnets, role: ExecutionRole | Unavailable) -> dict[str, list[str]]:
    """The subnets that are not the role's account's, by the account that they are."""
    found: dict[str, list[str]] = {}
    for one in subnets.subnets:
        if isinstance(role, ExecutionRole) and one.owner not in ("", role.account):
            found.setdefault(one.owner, []).append(one.id)
    return found

"""Does a function in a VPC reach what keeps its secret?"""

from collections.abc import Iterator
from dataclasses import replace

from pullcheck.evidence.function import Function
from pullcheck.evidence.function_surroundings import FunctionNetwork, NeededService
from pullcheck.evidence.placement import CredentialsProvider, Placement
from pullcheck.verdict import Basis, Cause, Fix, Severity, Verdict, failed, passed, unknown
from pullcheck.wiring import check

HTTPS = 443
_GUIDE = "Lambda developer guide, giving functions access to resources and to the internet in a VPC"

NO_EGRESS = Cause(
    "lam.vpc-no-egress",
    breaks="The function's subnets have no way to the service that keeps its secret, so it runs into its timeout.",
    seen="its VpcConfig, the rules of its groups and ACLs and the routes of its subnets: nothing leads to an interface "
    "endpoint of the service that takes its name, nor to a NAT gateway",
    fix="make an interface endpoint for the service, route to a NAT gateway, or detach the function from the VPC",
    basis=Basis.DOCUMENTED,
    source=_GUIDE,
)
PUBLIC_SUBNET = Cause(
    "lam.vpc-public-subnet",
    breaks="The function is placed in a public subnet: its interfaces have no public address to leave with.",
    seen="the route of its subnet for public addresses leads to an internet gateway",
    fix="place the function in private subnets with a route to a NAT gateway, or make an interface endpoint",
    basis=Basis.DOCUMENTED,
    source=_GUIDE,
)


@check("function.reaches-its-secret", "A function in a VPC reaches what keeps its secret", (NO_EGRESS, PUBLIC_SUBNET))
def reaches_its_secret(provider: CredentialsProvider, function: Function, around: FunctionNetwork) -> Iterator[Verdict]:
    """
    What: Walks from each of the function's subnets, with its groups, to the services that its environment names, else
    to Secrets Manager: to their interface endpoint, or to their public addresses by a NAT gateway.

    Why: A function that is attached to a VPC has no other way out than that VPC's. Without one it waits for its secret
    until its timeout, and SageMaker gets no credentials.

    Passes: Nothing on the way there or back stops any address of the subnets.

    Fails: Something does, and the function's environment names the service.

    Not verified when: Nothing in the environment names a service, and Secrets Manager is not reached: the function may
    need something else. Or a table could not be read, or zones of the VPC may lead the name elsewhere.

    Fix: An interface endpoint for the service in the function's subnets.

    Source: Lambda developer guide, giving functions access to resources in a VPC; Amazon VPC User Guide.
    """
    for service in around.services:
        for subnet_id in function.subnet_ids:
            yield _walked(provider, function, around, service, subnet_id)


def _walked(
    provider: CredentialsProvider, function: Function, around: FunctionNetwork, service: NeededService, subnet_id: str
) -> Verdict:
    """The rules of the walk are loaded for those functions alone that are in a VPC."""
    from pullcheck_checks.network import Destination, Source, walk
    from pullcheck_checks.network.findings import because_of
    from pullcheck_checks.network.paths.steps import Reason

    addresses = [address for endpoint in service.endpoints for address in endpoint.addresses]
    targets = [Destination(one, one, HTTPS, ends_at_endpoint=True) for one in addresses]
    if not service.endpoints:
        targets = [Destination(f"the public addresses of {service.host}", None, HTTPS, host=service.host)]
    source = Source(subnet_id, function.security_group_ids)
    walks = [walk(around.network, source, there) for there in targets]
    subject, resources = f"{subnet_id} -> {service.host}:{HTTPS}", (function.arn, subnet_id)
    blockers = [step for one in walks for step in one.blockers]
    doubts = [step for one in walks for step in one.doubts]
    path = next((one.hops for one in walks if one.blockers or one.doubts), walks[0].hops if walks else ())
    told = "; ".join(dict.fromkeys(because_of(step) for step in blockers or doubts))
    if service.elsewhere:
        because = f"in {around.vpc_id} {service.host} may lead elsewhere: {service.elsewhere}; invoke the function"
        return unknown(subject, because, resources=resources)
    if not targets:
        return unknown(subject, f"no address of {service.endpoints[0].id} is known", resources=resources)
    if blockers:
        cause = PUBLIC_SUBNET if any(step.reason is Reason.NO_PUBLIC_ADDRESS for step in blockers) else NO_EGRESS
        if service.assumed:
            because = f"{told}; whether the function needs {service.name} its environment does not say; invoke it"
            return unknown(subject, because, cause=cause, resources=resources, path=path)
        fix = _fix(provider, function, around, service)
        severity = Severity.ERROR if any(step.severe for step in blockers) else Severity.WARNING
        return failed(subject, told, cause, fix, severity=severity, resources=resources, path=path)
    if doubts:
        return unknown(subject, f"{told}; invoke the function", resources=resources, path=path)
    way = ", ".join(endpoint.id for endpoint in service.endpoints) or "a NAT gateway"
    return passed(subject, f"nothing on the way by {way} stops it", resources=resources, path=path)


def _fix(provider: CredentialsProvider, function: Function, around: FunctionNetwork, service: NeededService) -> Fix:
    """An endpoint where there is none; one that is there is let in to by the function's groups and the ACLs."""
    from pullcheck_checks.network.fixes.endpoint import endpoint_instead
    from pullcheck_checks.network.paths.index import Index

    if service.endpoints:
        ids = ", ".join(endpoint.id for endpoint in service.endpoints)
        return Fix(f"let the function's groups, its ACLs and those of {ids} pass tcp {HTTPS} to it")
    place = Placement(function.subnet_ids, function.security_group_ids)
    made = endpoint_instead(Index(around.network), place, service.service_name)
    summary = (
        f"make an interface endpoint for {service.service_name} with private DNS in {around.vpc_id}, or detach "
        f"{provider.function_name} from the VPC if it needs nothing else there"
    )
    return replace(made, summary=summary, terraform="")

"""Does what the function's environment names fit this pull?"""

import re
from collections.abc import Iterator
from ipaddress import ip_address

from pullcheck.evidence.dns import PrivateZones
from pullcheck.evidence.function import EnvironmentHost, Function
from pullcheck.evidence.placement import CredentialsProvider, Registry
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.verdict import Basis, Cause, Fix, Severity, Verdict, failed, passed
from pullcheck.wiring import check

OF_REGISTRY = re.compile(r".*(?:REGISTRY|REPOSITORY|DOCKER|HARBOR|ARTIFACTORY|NEXUS|QUAY).*", re.IGNORECASE)

OTHER_REGISTRY = Cause(
    "lam.serves-other-registry",
    breaks="The function seems to be made for another registry, whose credentials this one does not know.",
    seen="GetFunctionConfiguration: environment variables named like a registry hold other hosts than the image's",
    fix="name a function for this registry: one each",
    basis=Basis.INFERENCE,
    source="SageMaker developer guide, private Docker registry: the function gets no word of which registry is meant",
    severity=Severity.WARNING,
    certain=False,
)
NEEDS_VPC = Cause(
    "lam.needs-vpc-but-has-none",
    breaks="The function is attached to no VPC, and its environment names a host that only a VPC reaches.",
    seen="GetFunctionConfiguration: no VpcConfig, and a variable holds a private address, or a name in a private zone "
    "of the model's VPC",
    fix="attach the function to the VPC",
    basis=Basis.INFERENCE,
    source="Lambda developer guide, giving functions access to resources in a VPC",
    severity=Severity.WARNING,
    certain=False,
)


@check("function.environment-fits", "The function's environment fits this pull", (OTHER_REGISTRY, NEEDS_VPC))
def environment_fits(
    provider: CredentialsProvider,
    function: Function,
    registry: Registry | Unavailable | NotApplicable,
    zones: PrivateZones | Unavailable | NotApplicable,
) -> Iterator[Verdict]:
    """
    What: Looks at the hosts in the function's environment variables, where the names of these say that they hold one.

    Why: SageMaker does not tell the function which registry it asks for, so a function serves one. And one that is
    attached to no VPC reaches nothing private, such as a vault.

    Passes: No variable is named like a registry and holds another host; none holds a host that is out of reach.

    Fails: One does, as a warning: it may have another purpose.

    Not verified when: The function's configuration could not be read.

    Fix: A function for this registry; or attach the function to the VPC.

    Source: SageMaker developer guide, private Docker registry for real-time inference; Lambda developer guide.
    """
    problems = [*_other_registry(provider, function, registry), *_out_of_reach(provider, function, registry, zones)]
    yield from problems
    if not problems:
        named = ", ".join(f"{one.variable} {one.host}" for one in function.hosts)
        yield passed(provider.arn, f"the environment names {named or 'no host'}", resources=(function.arn,))


def _other_registry(
    provider: CredentialsProvider, function: Function, registry: Registry | Unavailable | NotApplicable
) -> Iterator[Verdict]:
    meant = [one for one in function.hosts if OF_REGISTRY.fullmatch(one.variable)]
    if not isinstance(registry, Registry) or not meant or any(one.host == registry.host for one in meant):
        return
    because = f"the image is pulled from {registry.host}, and the function's environment names {_told(meant)}"
    yield failed(provider.arn, because, OTHER_REGISTRY, Fix(OTHER_REGISTRY.fix), resources=(function.arn,))


def _out_of_reach(
    provider: CredentialsProvider,
    function: Function,
    registry: Registry | Unavailable | NotApplicable,
    zones: PrivateZones | Unavailable | NotApplicable,
) -> Iterator[Verdict]:
    """The registry's own name is no sign: the function need not talk to it."""
    own = registry.host if isinstance(registry, Registry) else ""
    listed = zones.zones if isinstance(zones, PrivateZones) else ()
    domains = [zone.name.rstrip(".") for zone in listed if not zone.by_service]
    private = [one for one in function.hosts if one.host != own and _is_private(one.host, domains)]
    private = [one for one in private if not OF_REGISTRY.fullmatch(one.variable)]
    if function.subnet_ids or not private:
        return
    because = f"the function has no VpcConfig, and its environment names {_told(private)}"
    fix = Fix("attach the function to subnets of that VPC, with a group that may go there")
    yield failed(provider.arn, because, NEEDS_VPC, fix, resources=(function.arn,))


def _is_private(host: str, domains: list[str]) -> bool:
    try:
        return ip_address(host).is_private
    except ValueError:
        return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def _told(hosts: list[EnvironmentHost]) -> str:
    return ", ".join(f"{one.host} ({one.variable})" for one in hosts)

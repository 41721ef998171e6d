"""Does the registry stand in the model's VPC?"""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, ip_address

from pullcheck import Basis, Cause, Fix, Severity, Verdict, check, failed, not_applicable, passed, unknown
from pullcheck.evidence.names import RegistryAddresses
from pullcheck.evidence.network import RouteTables
from pullcheck.evidence.vpc import ModelVpc
from pullcheck_checks.network.paths.routes import ranges_of

OUTSIDE = Cause(
    "cfg.registry-outside-model-vpc",
    "The registry has private addresses outside the model's VPC. The guide wants it in the same VPC, and of other"
    " features says that a peered one will do: what AWS supports here is not clear.",
    "The registry's addresses against the local routes of DescribeRouteTables.",
    "Nothing, as long as every subnet reaches it; else put a load balancer or an endpoint for it into the model's VPC.",
    Basis.DOCUMENTED,
    "SageMaker Developer Guide, private Docker registry for real-time inference; the same for training",
    Severity.WARNING,
)


@check("network.registry-in-vpc", "The registry stands in the model's VPC", (OUTSIDE,))
def registry_is_in_the_vpc(registry: RegistryAddresses, vpc: ModelVpc, tables: RouteTables) -> Iterator[Verdict]:
    """Compares the registry's addresses with the ranges of the model's VPC.

    What: Every private IPv4 address of the registry; the VPC's ranges are those of the local routes in its tables.

    Why: The guide asks for a registry in the VPC of the model's subnets. Elsewhere it says that the registry has to be
    accessible from there, and for training it recommends peering, so that other ways may work as well.

    Passes: All of its private addresses lie in the VPC.

    Fails: As a warning, where one does not. Whether packets arrive is for network.registry-reachable.

    Not verified when: The route tables cannot be read, or show no range of the VPC.

    Fix: None is needed where the registry is reached; a load balancer or an endpoint in the VPC ends the doubt.

    Source: SageMaker Developer Guide, Use a private Docker registry for real-time inference containers.
    """
    subject = f"{registry.host}:{registry.port}"
    private = [one.address for one in registry.addresses if _is_private(one.address)]
    ranges = ranges_of(tables, vpc.id)
    away = [one for one in private if not any(ip_address(one) in IPv4Network(cidr) for cidr in ranges)]
    if not private:
        yield not_applicable(subject, "the registry has no private IPv4 address")
    elif not ranges:
        yield unknown(subject, f"the tables of {vpc.id} show no local route; look again", resources=(vpc.id,))
    elif away:
        because = f"{', '.join(away)} lies outside {vpc.id}, whose ranges are {', '.join(ranges)}"
        yield failed(subject, because, OUTSIDE, Fix(OUTSIDE.fix), resources=(vpc.id,))
    else:
        yield passed(subject, f"{', '.join(private)} lies in {vpc.id}, {', '.join(ranges)}", resources=(vpc.id,))


def _is_private(text: str) -> bool:
    address = ip_address(text)
    return isinstance(address, IPv4Address) and not address.is_global

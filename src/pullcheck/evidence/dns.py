"""How names are answered in the model's VPC: its attributes, its servers, its private zones, and who was asked live."""

from dataclasses import dataclass
from ipaddress import ip_address

from pullcheck.evidence.branches import Branch
from pullcheck.vantage import Resolution, VantageName


def is_ipv4(text: str) -> bool:
    """Whether the text is an IPv4 address, the only kind that SageMaker's network interfaces are known to use."""
    return ip_address(text).version == 4


def literal(host: str) -> str | None:
    """The address that the host is written as, None where it is a name."""
    try:
        return str(ip_address(host.strip("[]")))
    except ValueError:
        return None


def covers(domain: str, name: str) -> bool:
    """Whether the name is the domain or lies below it; the empty domain is the root."""
    return not domain or name == domain or name.endswith(f".{domain}")


@dataclass(frozen=True)
class HostedZone:
    """A private hosted zone; ``owner`` is an account, or the AWS service that made the zone (``by_service``)."""

    id: str
    name: str
    owner: str
    by_service: bool = False

    def __str__(self) -> str:
        return f"private zone {self.id} ({self.name})"


@dataclass(frozen=True)
class PrivateZones:
    """The private hosted zones that the VPC uses, those of services, of other accounts and of Route 53 profiles among
    them; its own come first. ``unseen`` says why there may be more.
    """

    vpc_id: str
    region: str
    zones: tuple[HostedZone, ...]
    unseen: str = ""


@dataclass(frozen=True)
class VpcZones:
    """Those of them that are associated with the VPC itself."""

    vpc_id: str
    region: str
    zones: tuple[HostedZone, ...]


@dataclass(frozen=True)
class ForwardRule:
    """A Resolver rule. ``kind`` is FORWARD, SYSTEM, RECURSIVE or DELEGATE; ``ports`` are those of the ``targets``, in
    their order, and 53 where there are none. ``endpoint_id`` is the outbound endpoint that asks the targets.
    """

    id: str
    domain: str
    kind: str
    targets: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    endpoint_id: str = ""
    owner: str = ""

    def __str__(self) -> str:
        return f"Resolver rule {self.id} ({self.domain or '.'})"


@dataclass(frozen=True)
class ForwardRules:
    """The Resolver rules that somebody associated with the VPC, or with a profile of it."""

    vpc_id: str
    rules: tuple[ForwardRule, ...]


@dataclass(frozen=True)
class VpcRules:
    """Those of them that are associated with the VPC itself."""

    vpc_id: str
    rules: tuple[ForwardRule, ...]


@dataclass(frozen=True)
class RegistryLookup:
    """Where the VPC's private zones and Resolver rules lead the registry's name.

    ``overshadowed`` is what a less specific private zone would have answered, had the most specific one not said no.
    """

    name: str
    branches: tuple[Branch, ...]
    overshadowed: tuple[Branch, ...] = ()


@dataclass(frozen=True)
class LambdaLookup:
    """Where the VPC's private zones and Resolver rules lead the regional Lambda name, its endpoint left aside."""

    name: str
    branches: tuple[Branch, ...]


@dataclass(frozen=True)
class ZoneElsewhere:
    """A private zone of this account that holds a name of the pull and is not associated with the model's VPC.

    ``joined`` says which VPC uses it that a transit gateway joins with the model's, empty where none does.
    """

    zone: HostedZone
    addresses: tuple[str, ...]
    joined: str = ""


@dataclass(frozen=True)
class ZonesElsewhere:
    """Every such zone; empty where an associated zone answers for the name."""

    zones: tuple[ZoneElsewhere, ...]


@dataclass(frozen=True)
class LambdaZonesElsewhere:
    """The same for the Lambda name, looked for where an endpoint of another VPC could serve and no zone leads there."""

    zones: tuple[ZoneElsewhere, ...] = ()


@dataclass(frozen=True)
class RegistryAnswer:
    """Live answers about the registry: to its name from inside the VPC; from outside, to what public DNS is asked."""

    seen_from: str
    resolutions: tuple[Resolution, ...]

    @property
    def inside(self) -> bool:
        """Whether the model's own resolver was asked."""
        return self.seen_from in (VantageName.INSIDE, VantageName.LAMBDA)

    def to(self, name: str) -> Resolution | None:
        """The answer to one name, None where it was not asked."""
        return next((one for one in self.resolutions if one.name == name), None)


@dataclass(frozen=True)
class LambdaAnswer:
    """The live answer to the regional Lambda name, from inside the VPC."""

    seen_from: str
    resolution: Resolution

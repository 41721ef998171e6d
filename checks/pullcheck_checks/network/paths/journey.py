"""What a walk is about: from which subnet, with which groups, to which address, over which evidence."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from pullcheck.evidence.network import Subnets
from pullcheck.evidence.network_rows import Route, SecurityGroup, Subnet
from pullcheck.evidence.placement import ExecutionRole
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.spans import (
    EVERY_ADDRESS,
    PRIVATE,
    Spans,
    common,
    merged,
    number_of,
    size,
    span_of,
    without,
)
from pullcheck_checks.network.paths.steps import CLIENT_PORTS, Service, Step

NOT_PUBLIC = PRIVATE + tuple(
    span for cidr in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3") if (span := span_of(cidr))
)
PUBLIC = without((EVERY_ADDRESS,), NOT_PUBLIC)


@dataclass(frozen=True)
class Source:
    """A model subnet: any of its addresses, carrying all of the model's groups (R1).

    ``within`` narrows it to one IPv4 address or CIDR of the subnet. ``account`` is the model's, empty where not known.
    """

    subnet_id: str
    group_ids: tuple[str, ...]
    within: str = ""
    account: str = ""


@dataclass(frozen=True)
class AwsService:
    """A service of AWS that a gateway endpoint can lead to: ``ranges`` are its public addresses, as its prefix list has
    them. ``objects`` are the ARNs to be got there, as ``role`` where that is known.
    """

    name: str
    prefix_list: str
    ranges: tuple[str, ...]
    objects: tuple[str, ...] = ()
    role: ExecutionRole | None = None


@dataclass(frozen=True)
class Destination:
    """One address, or (``address`` is None) public addresses that nobody lists, e.g. those of AWS's own APIs.

    ``ends_at_endpoint`` says that an interface endpoint is the goal, not a way to something behind it. ``aws`` has
    the addresses of a service that lists them. ``digit`` is the last one of the numbers that ACL entries get for it:
    each check has its own. ``host`` is the name that requests are for, empty where not known.
    """

    name: str
    address: str | None
    port: int
    ends_at_endpoint: bool = False
    protocol: str = "tcp"
    host: str = ""
    aws: AwsService | None = None
    digit: int = 0

    @classmethod
    def at(cls, address: str, port: int, *, ends_at_endpoint: bool = False) -> "Destination":
        """One IPv4 address, called by that."""
        return cls(address, address, port, ends_at_endpoint)

    @cached_property
    def addresses(self) -> Spans:
        """The addresses as intervals; public ones without those that are private or reserved."""
        if self.aws:
            return merged(span for cidr in self.aws.ranges if (span := span_of(cidr)))
        if self.address is None:
            return PUBLIC
        number = number_of(self.address)
        return () if number is None else ((number, number),)

    @property
    def cidr(self) -> str:
        """What a route or a group's rule has to name."""
        if self.aws:
            return self.aws.prefix_list
        return f"{self.address}/32" if self.address else "0.0.0.0/0"

    @property
    def cidrs(self) -> tuple[str, ...]:
        """What ACL entries have to name: they take no prefix list."""
        return self.aws.ranges if self.aws else (self.cidr,)

    @property
    def is_public(self) -> bool:
        """Whether the internet can carry packets to it (R33)."""
        return not common(self.addresses, NOT_PUBLIC)


@dataclass(frozen=True)
class Journey:
    """One walk: from where to where, over which evidence.

    ``onward`` goes on from wherever a route leads. ``past`` is the inspecting endpoint that the packets came through;
    ``relays`` are the NAT gateways that put their own address in the place of the model's, and ``hidden`` its groups;
    ``met`` are all of these, so that no walk goes round in circles.
    """

    index: Index
    source: Source
    subnet: Subnet
    destination: Destination
    onward: "Onward"
    past: str = ""
    relays: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    met: tuple[str, ...] = ()

    @cached_property
    def account(self) -> str:
        """The model's, by its role or else by its first group; empty where neither tells."""
        group = self.index.group(self.source.group_ids[0]) if self.source.group_ids else None
        return self.source.account or (group.owner if isinstance(group, SecurityGroup) else "")

    def hides(self, vpc_id: str) -> str:
        """R66: the account that alone sees all of the VPC, where that is another one than the model's; else empty."""
        table = self.index.evidence.subnets
        owners = {row.owner for row in table.rows if row.vpc_id == vpc_id} if isinstance(table, Subnets) else set()
        others = sorted(owners - {"", self.account or self.subnet.owner})
        return ", ".join(others)

    @cached_property
    def clients(self) -> Spans:
        """The source's addresses, of those that an interface may get: AWS keeps the first four and the last."""
        span, part = span_of(self.subnet.cidr), span_of(self.source.within or self.subnet.cidr)
        usable = ((span[0] + 4, span[1] - 1),) if span and span[1] - span[0] > 4 else ()
        return common(usable, (part,)) if part else ()

    @property
    def cidr(self) -> str:
        """What a rule has to name to mean the source."""
        within = self.source.within
        own, part = span_of(self.subnet.cidr), span_of(within)
        if own is None or part is None or size((part,)) >= size((own,)):
            return self.subnet.cidr
        return within if "/" in within else f"{within}/32"

    @property
    def service(self) -> Service:
        """What the packets are for."""
        return Service(self.destination.protocol, (self.destination.port, self.destination.port))

    @property
    def answers(self) -> Service:
        """What the packets that come back are for."""
        return Service(self.destination.protocol, CLIENT_PORTS)


Onward = Callable[[Journey, Step, Route], Iterator[Step]]
"""The rest of a way, from the step at which a table has sent the packets by this route."""

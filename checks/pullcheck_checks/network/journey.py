"""What a walk is about: from which subnet, with which groups, to which address, over which evidence."""

from dataclasses import dataclass
from functools import cached_property

from pullcheck.evidence.network_rows import Subnet
from pullcheck_checks.network.index import Index
from pullcheck_checks.network.spans import EVERY_ADDRESS, PRIVATE, Span, Spans, common, number_of, span_of, without

NOT_PUBLIC = PRIVATE + tuple(
    span for cidr in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3") if (span := span_of(cidr))
)
PUBLIC = without((EVERY_ADDRESS,), NOT_PUBLIC)


@dataclass(frozen=True)
class Source:
    """A model subnet: any of its addresses, carrying all of the model's groups (R1)."""

    subnet_id: str
    group_ids: tuple[str, ...]


@dataclass(frozen=True)
class Destination:
    """One address, or (``address`` is None) public addresses that nobody lists, e.g. those of AWS's own APIs.

    ``ends_at_endpoint`` says that an interface endpoint is the goal, not a way to something behind it.
    """

    name: str
    address: str | None
    port: int
    ends_at_endpoint: bool = False

    @cached_property
    def addresses(self) -> Spans:
        """The addresses as intervals; public ones without those that are private or reserved."""
        if self.address is None:
            return PUBLIC
        number = number_of(self.address)
        return () if number is None else ((number, number),)

    @property
    def cidr(self) -> str:
        """What a rule has to name."""
        return f"{self.address}/32" if self.address else "0.0.0.0/0"

    @property
    def is_public(self) -> bool:
        """Whether the internet can carry packets to it (R33)."""
        return not common(self.addresses, NOT_PUBLIC)


@dataclass(frozen=True)
class Journey:
    """One walk: from where to where, over which evidence."""

    index: Index
    source: Source
    subnet: Subnet
    destination: Destination

    @cached_property
    def clients(self) -> Spans:
        """The addresses that an interface in the subnet may get: AWS keeps the first four and the last."""
        span = span_of(self.subnet.cidr)
        return ((span[0] + 4, span[1] - 1),) if span and span[1] - span[0] > 4 else ()

    @property
    def port(self) -> Span:
        """The destination's port."""
        return self.destination.port, self.destination.port

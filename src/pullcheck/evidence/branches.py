"""Where following a name through private zones and Resolver rules leads."""

from dataclasses import dataclass
from enum import StrEnum


class Ending(StrEnum):
    """Where following a name through the private zones ends."""

    ADDRESS = "an address"
    PUBLIC = "public DNS is asked"
    NO_NAME = "NXDOMAIN"
    NO_ADDRESS = "the name has no address record"
    UNREADABLE = "the records cannot be read"
    FORWARDED = "other name servers are asked"
    LOOP = "the records lead in a circle"


@dataclass(frozen=True)
class Branch:
    """One way through the records. ``name`` is where it ends, ``source`` the id of the zone or rule that decided there.

    ``domain`` is the domain of that zone or rule; ``detail`` the address, or what there is to say about the ending;
    ``trail`` are the CNAME and alias records that were followed. ``choice`` is how Route 53 chooses this record among
    others of its name, e.g. "failover SECONDARY".
    """

    ending: Ending
    name: str
    source: str = ""
    domain: str = ""
    detail: str = ""
    trail: tuple[str, ...] = ()
    choice: str = ""

    @property
    def through_zones(self) -> bool:
        """Whether a private zone had a say, which it has only where the VPC uses private zones."""
        return bool(self.trail) or self.ending not in (Ending.PUBLIC, Ending.FORWARDED)

    def __str__(self) -> str:
        return " -> ".join((*self.trail, self.detail or f"{self.name}: {self.ending}"))

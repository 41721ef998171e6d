"""What each name server of the VPC said, asked from inside."""

from dataclasses import dataclass

from pullcheck.vantage import Said


@dataclass(frozen=True)
class ServerAnswers:
    """The servers in the order in which clients ask them; ``source`` is who names them.

    ``amazons`` is whether they are Amazon's own resolver.
    """

    seen_from: str
    source: str
    servers: tuple[str, ...]
    answers: tuple[Said, ...]
    amazons: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names that were asked for."""
        return tuple(dict.fromkeys(one.name for one in self.answers))

    def of(self, server: str, name: str, kind: str = "A", transport: str = "udp") -> Said | None:
        """One answer."""
        wanted = (server, name, kind, transport)
        found = (one for one in self.answers if (one.server, one.name, one.kind, one.transport) == wanted)
        return next(found, None)

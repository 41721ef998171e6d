"""What is known of a request's condition keys."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Lack(Enum):
    """Why a key has no values."""

    ABSENT = "the request does not carry it"
    OPEN = "its value is not known"


@dataclass(frozen=True)
class Context:
    """The condition keys of a request, names in lower case (they are case-blind, rule 1).

    ``known`` has the keys with their values; ``absent`` those that the request does not carry, where a name that ends
    with ``/`` stands for every other key of its family (``aws:principaltag/``); ``present`` those that it carries with
    a value nobody knows. Of all other keys nothing is known, not even whether they are there; where the context is
    ``complete``, they are not.
    """

    known: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    present: frozenset[str] = frozenset()
    complete: bool = False

    def values(self, key: str) -> tuple[str, ...] | Lack:
        """The key's values, or why there are none."""
        name = key.lower()
        if name in self.known:
            return self.known[name]
        family = name.partition("/")[0] + "/"
        absent = name in self.absent or ("/" in name and family in self.absent)
        return Lack.ABSENT if absent or (self.complete and name not in self.present) else Lack.OPEN

    def carries(self, key: str) -> bool | None:
        """Whether the request carries the key at all."""
        values = self.values(key)
        if isinstance(values, tuple) or key.lower() in self.present:
            return True
        return False if values is Lack.ABSENT else None

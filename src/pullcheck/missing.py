"""The two ways in which evidence can be absent without anything being broken."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Unavailable:
    """Nobody could look: the checks that need this evidence become ``unknown``.

    ``reason`` says what was missing, ``remedy`` what would settle it (the IAM action, the vantage, the option).
    ``blocked_by`` names the check whose failure is the reason. A refusal by what was looked at is evidence, not this.
    """

    reason: str
    remedy: str = ""
    blocked_by: str | None = None
    subject: str | None = None

    @property
    def because(self) -> str:
        """The sentence a finding prints."""
        return f"{self.reason}; {self.remedy}" if self.remedy else self.reason


@dataclass(frozen=True)
class NotApplicable:
    """The question does not arise for this pull: the checks that need this evidence do not apply."""

    reason: str
    subject: str | None = None


Missing = Unavailable | NotApplicable


class NotObserved(Exception):  # noqa: N818 - it is no error: it carries what could not be looked at
    """Raised in a collector in place of returning an `Unavailable`."""

    def __init__(self, unavailable: Unavailable) -> None:
        super().__init__(unavailable.because)
        self.unavailable = unavailable


def combine(missing: Iterable[Missing]) -> Missing:
    """One absence out of several: not applicable wins, else every reason and remedy is named once."""
    items = list(dict.fromkeys(missing))
    for item in items:
        if isinstance(item, NotApplicable):
            return item
    absent = [item for item in items if isinstance(item, Unavailable)]
    if len(absent) == 1:
        return absent[0]
    return Unavailable(
        _each_once(item.reason for item in absent),
        _each_once(item.remedy for item in absent),
        next((item.blocked_by for item in absent if item.blocked_by), None),
        next((item.subject for item in absent if item.subject), None),
    )


def _each_once(sentences: Iterable[str]) -> str:
    """Sentences joined by semicolons, those that were joined before taken apart."""
    return "; ".join(dict.fromkeys(part for sentence in sentences if sentence for part in sentence.split("; ")))

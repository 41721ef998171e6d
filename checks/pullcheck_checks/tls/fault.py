"""One thing that is wrong with a chain as served."""

from collections.abc import Iterable
from dataclasses import dataclass

from pullcheck.verdict import Cause, Fix, Severity, Verdict, failed


@dataclass(frozen=True)
class Fault:
    """A cause, what was seen, and what mends it. ``severity`` is the cause's unless given."""

    cause: Cause
    because: str
    fix: str
    severity: Severity | None = None

    @property
    def is_error(self) -> bool:
        """True where Go clients refuse the chain for it."""
        return (self.severity or self.cause.severity) is Severity.ERROR

    def verdict(self, subject: str) -> Verdict:
        """The failure that it amounts to."""
        return failed(subject, self.because, self.cause, Fix(self.fix), severity=self.severity)


def merged(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """One fault for each cause, saying all that was seen and all that mends it."""
    by_cause: dict[Cause, list[Fault]] = {}
    for fault in faults:
        by_cause.setdefault(fault.cause, []).append(fault)
    return tuple(
        Fault(
            cause,
            "; ".join(dict.fromkeys(fault.because for fault in same)),
            "; ".join(dict.fromkeys(fault.fix for fault in same)),
            Severity.ERROR if any(fault.is_error for fault in same) else same[0].severity,
        )
        for cause, same in by_cause.items()
    )

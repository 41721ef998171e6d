"""What a check says: verdicts, and the causes and fixes they name."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """The four answers to a check's question."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"


class Severity(StrEnum):
    """How much a failure weighs."""

    ERROR = "error"
    WARNING = "warning"


class Basis(StrEnum):
    """What a cause rests on."""

    DOCUMENTED = "documented"
    API = "api"
    SPECIFICATION = "specification"
    FIELD_REPORT = "field-report"
    INFERENCE = "inference"


@dataclass(frozen=True)
class Cause:
    """Why the answer of one check is no; the fields are the page that ``explain`` prints.

    ``certain`` is false where the condition makes a failed pull probable rather than sure.
    """

    id: str
    breaks: str
    seen: str
    fix: str
    basis: Basis
    source: str
    severity: Severity = Severity.ERROR
    certain: bool = True


@dataclass(frozen=True)
class Fix:
    """The change that mends a failure: one sentence, and AWS CLI commands that run as they stand.

    ``terraform`` is the same change in Terraform's language. ``account`` is the one that owns what is changed, where
    that is not the model's.
    """

    summary: str
    commands: tuple[str, ...] = ()
    terraform: str = ""
    account: str | None = None


class Direction(StrEnum):
    """The way a packet goes: to the destination, or its answer back."""

    FORWARD = "forward"
    RETURN = "return"


class HopVerdict(StrEnum):
    """What one hop does with the packet."""

    PASS = "pass"
    BLOCK = "block"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Hop:
    """One place on a network path and the rule there that decided, e.g. ``rule 100 allow tcp 443 from 10.0.1.0/24``."""

    kind: str
    resource: str
    direction: Direction
    verdict: HopVerdict
    rule: str


@dataclass(frozen=True)
class Verdict:
    """A check's answer for one subject. ``because`` is the proof, or what is missing and what would settle it.

    ``blocked_by`` names, on an unknown, the check whose failure is the reason; ``explained_by`` names, on a failure,
    the check whose failure brought this one about (it keeps symptoms out of the root causes). ``opening`` are the
    changes that together let the subject's path through, in the order in which they can be made, where such are known.
    """

    status: Status
    subject: str
    because: str
    cause: Cause | None = None
    fix: Fix | None = None
    severity: Severity = Severity.ERROR
    resources: tuple[str, ...] = ()
    path: tuple[Hop, ...] = ()
    blocked_by: str | None = None
    explained_by: str | None = None
    opening: tuple[Fix, ...] = ()


def passed(subject: str, because: str, *, resources: Iterable[str] = (), path: Iterable[Hop] = ()) -> Verdict:
    """The statement holds; ``because`` is the proof."""
    return Verdict(Status.PASS, subject, because, resources=tuple(resources), path=tuple(path))


def failed(
    subject: str,
    because: str,
    cause: Cause,
    fix: Fix,
    *,
    severity: Severity | None = None,
    resources: Iterable[str] = (),
    path: Iterable[Hop] = (),
    explained_by: str | None = None,
    opening: Iterable[Fix] = (),
) -> Verdict:
    """The statement does not hold; the severity is the cause's unless given."""
    return Verdict(
        Status.FAIL,
        subject,
        because,
        cause,
        fix,
        severity or cause.severity,
        tuple(resources),
        tuple(path),
        explained_by=explained_by,
        opening=tuple(opening),
    )


def unknown(
    subject: str,
    because: str,
    *,
    cause: Cause | None = None,
    resources: Iterable[str] = (),
    path: Iterable[Hop] = (),
    blocked_by: str | None = None,
) -> Verdict:
    """The statement could not be judged; ``because`` names what is missing and what would settle it."""
    return Verdict(
        Status.UNKNOWN,
        subject,
        because,
        cause,
        resources=tuple(resources),
        path=tuple(path),
        blocked_by=blocked_by,
    )


def not_applicable(subject: str, because: str) -> Verdict:
    """The question does not arise; ``because`` says why."""
    return Verdict(Status.NOT_APPLICABLE, subject, because)

"""From answers to the report: findings, what explains what, the verdict."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pullcheck import __version__
from pullcheck.engine import Answer
from pullcheck.target import Target
from pullcheck.verdict import Basis, Fix, Hop, Severity, Status

SCHEMA = "pullcheck/report/1"
AFTERMATH = "deployment"
"""What an endpoint says of itself comes of whatever else is broken."""


@dataclass(frozen=True)
class Finding:
    """One line of the report, as the contract has it; ``cause`` is the cause's id."""

    check: str
    title: str
    status: Status
    severity: Severity
    cause: str | None
    subject: str
    resources: tuple[str, ...]
    because: str
    fix: Fix | None
    basis: Basis
    vantage: str | None
    blocked_by: str | None
    path: tuple[Hop, ...] = ()
    certain: bool = field(default=True, compare=False)
    explained_by: str | None = None
    opening: tuple[Fix, ...] = ()

    @property
    def family(self) -> str:
        """The subject it is grouped under."""
        return self.check.partition(".")[0]

    @property
    def kind(self) -> str:
        """The status as it is counted: failures of severity warning are ``warning``."""
        if self.status is Status.FAIL and self.severity is Severity.WARNING:
            return "warning"
        return self.status.value

    @property
    def is_error(self) -> bool:
        """A failure that makes the verdict ``fail``."""
        return self.status is Status.FAIL and self.severity is Severity.ERROR


@dataclass(frozen=True)
class Opening:
    """The changes, in order, that together let the paths of these subjects through; without one of them they do not."""

    check: str
    subjects: tuple[str, ...]
    changes: tuple[Fix, ...]


@dataclass(frozen=True)
class SeenFrom:
    """A vantage that was used."""

    name: str
    description: str


@dataclass(frozen=True)
class Host:
    """A host of the pull: its role (registry, token realm, redirect target, Lambda API) and known addresses."""

    name: str
    role: str
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """Everything a format needs. Built from observations alone, so that saved evidence gives the same report.

    ``broken`` names bugs of our own that showed on the way, one line each.
    """

    target: Target
    vantages: tuple[SeenFrom, ...]
    hosts: tuple[Host, ...]
    findings: tuple[Finding, ...]
    version: str = __version__
    broken: tuple[str, ...] = ()

    @property
    def verdict(self) -> Status:
        """``fail``, ``unknown`` or ``pass``."""
        if any(finding.is_error for finding in self.findings):
            return Status.FAIL
        return Status.UNKNOWN if self._has_unknown else Status.PASS

    @property
    def _has_unknown(self) -> bool:
        """Something was not verified; a report that says nothing has verified nothing."""
        return not self.findings or any(finding.status is Status.UNKNOWN for finding in self.findings)

    @property
    def counts(self) -> dict[str, int]:
        """How many findings have each status; failures of severity warning are counted as ``warning``."""
        kinds = [finding.kind for finding in self.findings]
        return {key: kinds.count(key) for key in ("pass", "fail", "warning", "unknown", "not-applicable")}

    @property
    def root_causes(self) -> tuple[str, ...]:
        """The causes that no other failure explains, most certain first: of the errors, or else of the warnings."""
        failures = [finding for finding in self.findings if finding.status is Status.FAIL]
        for group in (
            [finding for finding in failures if finding.severity is Severity.ERROR],
            [finding for finding in failures if finding.severity is Severity.WARNING],
        ):
            failed = {finding.check for finding in group}
            origins = [finding for finding in group if finding.explained_by not in failed] or group
            roots = [finding for finding in origins if finding.family != AFTERMATH] or origins
            roots.sort(key=lambda finding: not finding.certain)
            if roots:
                return tuple(dict.fromkeys(finding.cause for finding in roots if finding.cause))
        return ()

    @property
    def openings(self) -> tuple[Opening, ...]:
        """What opens each broken path that is known to be opened by something, each set said once."""
        paths: dict[tuple[str, tuple[Fix, ...]], dict[str, None]] = {}
        for finding in self.findings:
            if finding.opening:
                paths.setdefault((finding.check, finding.opening), {})[finding.subject] = None
        return tuple(Opening(check, tuple(subjects), changes) for (check, changes), subjects in paths.items())

    def exit_status(self, fail_on: Severity = Severity.ERROR, allow_unknown: bool = False) -> int:
        """0, 1, 3 or 4, as the contract has it."""
        if self.broken:
            return 4
        failures = [finding for finding in self.findings if finding.status is Status.FAIL]
        if any(finding.severity is Severity.ERROR or fail_on is Severity.WARNING for finding in failures):
            return 1
        return 3 if self._has_unknown and not allow_unknown else 0


def findings(answers: Iterable[Answer]) -> tuple[Finding, ...]:
    """The report's lines, in the order of the answers."""
    return tuple(_finding(answer) for answer in answers)


def _finding(answer: Answer) -> Finding:
    verdict, check = answer.verdict, answer.check
    return Finding(
        check=check.id,
        title=check.title,
        status=verdict.status,
        severity=verdict.severity,
        cause=verdict.cause.id if verdict.cause else None,
        subject=verdict.subject,
        resources=verdict.resources,
        because=verdict.because,
        fix=verdict.fix,
        basis=verdict.cause.basis if verdict.cause else check.basis,
        vantage=answer.vantage,
        blocked_by=verdict.blocked_by,
        path=verdict.path,
        certain=verdict.cause.certain if verdict.cause else True,
        explained_by=verdict.explained_by,
        opening=verdict.opening,
    )

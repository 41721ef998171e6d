"""From a walk to what the report says about it: a finding for each blocker, or the proof, or what is missing."""

from collections.abc import Callable, Iterator

from pullcheck import Cause, Direction, Fix, Severity, Status, Verdict, failed, passed, unknown
from pullcheck_checks.network.index import Index
from pullcheck_checks.network.journey import Destination, Source
from pullcheck_checks.network.steps import Place, Step
from pullcheck_checks.network.walk import Walk, walk

SETTLED_BY = "an observation from inside settles it (--vantage inside)"


def findings(
    index: Index,
    source: Source,
    destination: Destination,
    subject: str,
    cause_of: Callable[[Step], Cause],
    explained_by: str | None = None,
) -> Iterator[Verdict]:
    """One failure for each blocker; where nothing cuts off a whole address or everyday port, the doubts too."""
    found = walked(index, source, destination)
    for step in found.blockers:
        yield failed(
            subject,
            because_of(step),
            cause_of(step),
            _fix(index, source, destination, step),
            severity=Severity.ERROR if step.severe else Severity.WARNING,
            resources=dict.fromkeys((source.subnet_id, *step.resources)),
            path=found.hops,
            explained_by=explained_by,
        )
    if found.doubts and not any(step.severe for step in found.blockers):
        yield _doubtful(found, source, destination, subject)
    if found.verdict is Status.PASS:
        yield passed(subject, _proof(found), resources=_resources(found, source), path=found.hops)


def _fix(index: Index, source: Source, destination: Destination, blocker: Step) -> Fix:
    """Loaded where something is to be mended: what the other findings say does without."""
    from pullcheck_checks.network.fixes import fix_for

    return fix_for(index, source, destination, blocker)


def walked(index: Index, source: Source, destination: Destination) -> Walk:
    """The walk, walked once."""
    return index.once(((source, destination),), lambda: walk(index, source, destination))


def because_of(step: Step) -> str:
    """E.g. "sg-0b2 has no egress rule for tcp 443 to 10.0.10.20"."""
    rule = step.hop.rule
    return f"{step.hop.resource} has {rule}" if rule.startswith("no ") else f"{step.hop.resource}: {rule}"


def _doubtful(found: Walk, source: Source, destination: Destination, subject: str) -> Verdict:
    because = "; ".join(dict.fromkeys(because_of(step) for step in found.doubts))
    not_begun = found.steps[0].place is Place.MODEL_SUBNET
    return unknown(
        subject,
        because if not_begun else f"{because}; {SETTLED_BY}",
        resources=_resources(found, source),
        path=found.hops,
        blocked_by="network.subnets-usable" if not_begun and destination.addresses else None,
    )


def _proof(found: Walk) -> str:
    """Every rule on the way there, and what the answers pass on the way back; the path has the rules of both."""
    there = "; ".join(f"{hop.resource} {hop.rule}" for hop in found.hops if hop.direction is Direction.FORWARD)
    back = dict.fromkeys(hop.resource for hop in found.hops if hop.direction is Direction.RETURN)
    return f"{there}; the answers come back through {', '.join(back)}" if back else there


def _resources(found: Walk, source: Source) -> tuple[str, ...]:
    return tuple(dict.fromkeys((source.subnet_id, *found.resources)))

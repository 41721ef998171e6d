"""From a walk to what the report says about it: a finding for each blocker, or the proof, or what is missing."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from pullcheck import Cause, Direction, Fix, Severity, Status, Verdict, failed, passed, unknown
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import Destination, Source
from pullcheck_checks.network.paths.steps import Place, Reason, Step
from pullcheck_checks.network.paths.walk import Walk, walk

NAMED_DOUBTS = (
    Reason.ASYMMETRIC,
    Reason.ON_PREMISES,
    Reason.CORE_NETWORK,
    Reason.FIREWALL_DROPS,
    Reason.HIJACKED,
)
"""Where it is known what may be wrong, though nobody can see whether it is."""
SETTLED_BY = "an observation from inside settles it (--vantage inside)"


def findings(
    index: Index,
    source: Source,
    destination: Destination,
    subject: str,
    cause_of: Callable[[Step], Cause],
    explained_by: str | None = None,
    *,
    doubts_too: bool = False,
    remark: Callable[[], str] = str,
) -> Iterator[Verdict]:
    """One failure for each blocker; where nothing cuts off a whole address or everyday port, the doubts too.

    ``doubts_too`` says that ``cause_of`` knows what lies behind a doubt as well. The ``remark`` is asked for, and said
    with the first reason, where a whole address or an everyday port is cut off.
    """
    found = walked(index, source, destination)
    opening = _opening(index, source, destination) if found.blockers else ()
    first = next((step for step in found.blockers if step.severe), None)
    for step in found.blockers:
        yield failed(
            subject,
            because_of(step) + (remark() if step == first else ""),
            cause_of(step),
            fix_of(index, source, destination, step),
            severity=Severity.ERROR if step.severe else Severity.WARNING,
            resources=dict.fromkeys((source.subnet_id, *step.resources)),
            path=found.hops,
            explained_by=explained_by,
            opening=opening,
        )
    if found.doubts and not any(step.severe for step in found.blockers):
        named = (cause_of(step) for step in found.doubts if doubts_too and step.reason in NAMED_DOUBTS)
        yield replace(_doubtful(found, source, destination, subject), cause=next(named, None))
    if found.verdict is Status.PASS:
        yield passed(subject, _proof(found), resources=_resources(found, source), path=found.hops)


def fix_of(index: Index, source: Source, destination: Destination, blocker: Step) -> Fix:
    """Loaded where something is to be mended: what the other findings say does without."""
    from pullcheck_checks.network.fixes.fix import fix_for

    return fix_for(index, source, destination, blocker)


def _opening(index: Index, source: Source, destination: Destination) -> tuple[Fix, ...]:
    from pullcheck_checks.network.fixes.opening import opening

    return opening(index, source, destination)


def walked(index: Index, source: Source, destination: Destination) -> Walk:
    """The walk, walked once."""
    return index.once(((source, destination),), lambda: walk(index, source, destination))


def subject_of(subnet_id: str, host: str, port: int) -> str:
    """How the findings of a path are called, e.g. "subnet-0a1 -> 10.0.10.20:443"."""
    return f"{subnet_id} -> {f'[{host}]' if ':' in host and not host.startswith('[') else host}:{port}"


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
    remarks = [because_of(step) for step in found.steps if step.reason is Reason.OTHER_WAY]
    return "; ".join([there, *([f"the answers come back through {', '.join(back)}"] if back else []), *remarks])


def _resources(found: Walk, source: Source) -> tuple[str, ...]:
    return tuple(dict.fromkeys((source.subnet_id, *found.resources)))

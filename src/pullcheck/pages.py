"""What pullcheck says about itself: the pages of checks and causes, the list, the IAM policy."""

import json
from collections.abc import Iterable, Iterator, Sequence

from pullcheck.errors import UsageError
from pullcheck.packs import Pack, built_in_checks, causes, load_packs, select
from pullcheck.verdict import Basis, Cause, Severity
from pullcheck.wiring import AnyCheck

INVOKE = "--invoke-function"
VERIFY = "--verify-with-reachability-analyzer"
STATEMENTS = {INVOKE: "PullcheckInvokes", VERIFY: "PullcheckVerifies"}
"""The options without which some collectors ask nothing of AWS, and what their statement of the policy is called."""
TAGGING = "ec2:CreateTags"
TAGGED = ("arn:*:ec2:*:*:network-insights-path/*", "arn:*:ec2:*:*:network-insights-analysis/*")
BASIS = {
    Basis.DOCUMENTED: "documented by the vendor",
    Basis.API: "read from AWS's API definitions",
    Basis.SPECIFICATION: "a protocol's specification or the clients' source",
    Basis.FIELD_REPORT: "reported by users",
    Basis.INFERENCE: "our inference",
}


def explain(name: str) -> str:
    """The page of a check or a cause.

    Raises:
        UsageError: nothing has that id; the message names the nearest.
    """
    page = next(_pages(name, built_in_checks(name)), None)
    if page is None:
        page = next(_pages(name, (check for pack in load_packs() for check in pack.checks)), None)
    if page is None:
        packs = load_packs()
        raise UsageError(f"explain {name}: no check or cause of that id{_nearest(name, packs)}; see pullcheck list")
    return page


def _pages(name: str, checks: Iterable[AnyCheck]) -> Iterator[str]:
    for check in checks:
        if check.id == name:
            yield _check_page(check)
        for cause in check.causes:
            if cause.id == name:
                yield _cause_page(cause, check)


def _check_page(check: AnyCheck) -> str:
    lines = [f"{check.id}: {check.title}", "", check.page]
    if check.causes:
        width = max(len(cause.id) for cause in check.causes)
        lines += ["", "Causes it names:", *(f"  {cause.id:<{width}}  {cause.breaks}" for cause in check.causes)]
    return "\n".join(lines)


def _cause_page(cause: Cause, check: AnyCheck) -> str:
    sure = "The pull fails" if cause.certain else "The pull probably fails"
    weight = "The pull works for now, or with some clients" if cause.severity is Severity.WARNING else sure
    return "\n".join(
        [
            f"{cause.id}: {cause.breaks}",
            "",
            f"Weight: {cause.severity}. {weight}.",
            f"Seen:   {cause.seen}",
            f"Fix:    {cause.fix}",
            f"Basis:  {BASIS[cause.basis]}",
            f"Source: {cause.source}",
            "",
            f"Found by {check.id} ({check.title}); see pullcheck explain {check.id}",
        ]
    )


def _nearest(name: str, packs: Sequence[Pack]) -> str:
    from difflib import get_close_matches

    ids = [check.id for pack in packs for check in pack.checks] + list(causes(packs))
    close = get_close_matches(name, ids, n=1)
    return f" (did you mean {close[0]}?)" if close else ""


def list_checks() -> str:
    """Every check: id, title, pack, what it needs."""
    packs = load_packs()
    rows = [(check.id, check.title, pack.name, _needs(check, packs)) for pack in packs for check in pack.checks]
    return _table(("check", "true when it passes", "pack", "needs"), rows)


def list_causes() -> str:
    """Every cause: id, the check that finds it, what breaks."""
    rows = [(cause.id, check.id, str(cause.severity), cause.breaks) for cause, check in causes(load_packs()).values()]
    return _table(("cause", "found by", "severity", "what breaks"), rows)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, *rows]
    widths = [max(len(row[column]) for row in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in lines
    )


def _needs(check: AnyCheck, packs: Sequence[Pack]) -> str:
    from pullcheck.observation import plan_for
    from pullcheck.vantage import Vantage

    plan = plan_for(packs, (check,))
    words = []
    if plan.uses(Vantage):
        words.append("a vantage")
    if plan.actions:
        services = sorted({action.partition(":")[0] for action in plan.actions})
        words.append(f"AWS reads ({', '.join(services)})")
    words += [option for option in STATEMENTS if plan.actions_with(option)]
    return ", ".join(words) or "the target alone"


def permissions(only: tuple[str, ...], skip: tuple[str, ...], options: tuple[str, ...] = ()) -> str:
    """The IAM policy that lets the chosen checks see everything they ask for, from the collectors' own declarations.

    ``options`` are those of `STATEMENTS` that will be given.
    """
    from pullcheck.observation import plan_for
    from pullcheck.readers.live import ACTIONS

    packs = load_packs()
    plan = plan_for(packs, select(packs, only, skip))
    more = {option: [one for one in plan.actions_with(option) if one not in plan.actions] for option in options}
    live = {action for actions in ACTIONS.values() for action in actions}
    statements = [
        _allow("PullcheckReads", plan.actions),
        _allow("PullcheckReadsLiveTargets", sorted(live)),
        *(_allow(STATEMENTS[option], [one for one in more[option] if one != TAGGING]) for option in options),
        *(_allow("PullcheckTags", [TAGGING], TAGGED) for option in options if TAGGING in more[option]),
    ]
    document = {"Version": "2012-10-17", "Statement": [statement for statement in statements if statement["Action"]]}
    return json.dumps(document, indent=2)


def _allow(name: str, actions: Sequence[str], resources: Sequence[str] = ()) -> dict[str, object]:
    return {"Sid": name, "Effect": "Allow", "Action": list(actions), "Resource": list(resources) or "*"}

"""The report for people: what is broken and how to mend it first, the verdict last."""

from collections.abc import Sequence

from pullcheck.judgement import Finding, Report
from pullcheck.report.alike import NAMED, checks, entries, grouped, shape, subjects
from pullcheck.report.harmless import harmless_throughout
from pullcheck.report.mending import fix, label, openings, outline, path
from pullcheck.report.page import Page, Span, Style
from pullcheck.report.sentence import verdict_sentence
from pullcheck.shown import shown
from pullcheck.target import Model, TargetKind
from pullcheck.verdict import Basis, Status

PROOF_LINES = 3
"""How many lines the proof of a pass gets, unless every line is asked for and no path shows it."""
MET = ("token realm", "redirect target")
"""Roles of hosts that nobody named: the registry leads there, and the model's subnets have to reach them."""
INDENT = 13
"""Where text begins beneath a finding's symbol and word."""
WORDS: dict[str, Span] = {
    "pass": ("✓ pass", Style.GREEN),
    "fail": ("✗ FAIL", Style.BAD),
    "warning": ("! warning", Style.DOUBT),
    "unknown": ("? unknown", Style.DOUBT),
    "not-applicable": ("- n/a", Style.DIM),
}
WEAK = {Basis.FIELD_REPORT: "seen in the field, not documented", Basis.INFERENCE: "inferred, not documented"}


def text(
    report: Report,
    *,
    colour: bool = False,
    width: int = 100,
    verbose: bool = False,
    ascii: bool = False,  # noqa: A002 - the option's word
) -> str:
    """The report as plain text. ``verbose`` gives every finding lines of its own, every path, and the hosts.

    Commands stand on lines of their own and are never wrapped.
    """
    report = harmless_throughout(report)
    page = Page(width, colour, ascii)
    _head(page, report)
    for number, cause in enumerate(report.root_causes, 1):
        _root_cause(page, report, cause, number, verbose)
    openings(page, report)
    answered = [one for one in report.findings if one.status in (Status.PASS, Status.FAIL)]
    column = max((len(one.check) for one in answered), default=0) + 2
    for family in dict.fromkeys(one.family for one in answered):
        _section(page, family)
        of_family = [one for one in answered if one.family == family]
        for alike in [[one] for one in of_family] if verbose else entries(of_family, report.root_causes):
            _answer(page, report, alike, column, verbose)
            if verbose and alike[0].status is Status.PASS:
                path(page, alike[0], INDENT)
    _not_verified(page, report, verbose)
    _not_applicable(page, report)
    if verbose or any(host.role in MET for host in report.hosts):
        _hosts(page, report)
    _broken(page, report)
    page.gap()
    page.line((verdict_sentence(report), _mood(report)))
    return page.text()


def _head(page: Page, report: Report) -> None:
    target = report.target
    name = (
        f"model {target.name} ({target.source})"
        if target.kind is TargetKind.REQUEST
        else f"{target.kind} {target.name}"
    )
    seen = ", ".join(f"{one.name} ({one.description})" for one in report.vantages)
    page.hang(
        [(f"pullcheck {report.version}", Style.BOLD)],
        f" · {name} · {target.region or 'region unknown'}",
        indent=2,
    )
    page.hang([], f"{_images(report)} · {f'seen from {seen}' if seen else 'nobody looked: AWS reads only'}", indent=2)
    if target.deployment:
        deployment = target.deployment
        reason = f": {deployment.failure_reason}" if deployment.failure_reason else ""
        page.hang([], f"endpoint {deployment.name} is {deployment.status}{reason}", indent=2)


def _images(report: Report) -> str:
    models = [model for model in report.target.models if isinstance(model, Model)]
    images = list(dict.fromkeys(box.image for model in models for box in model.containers if box.image))
    if len(images) == 1:
        return shown(images[0])
    registries = [host.name for host in report.hosts if host.role == "registry"]
    return f"{len(images) or 'no'} images" + (f" from {', '.join(registries)}" if registries else "")


def _root_cause(page: Page, report: Report, cause: str, number: int, verbose: bool) -> None:
    findings = [one for one in report.findings if one.status is Status.FAIL and one.cause == cause]
    findings.sort(key=lambda one: not one.is_error)
    heading, style = "Warning", Style.DOUBT
    if findings[0].is_error:
        heading, style = "Root cause" if findings[0].certain else "Probable root cause", Style.BAD
    if len(report.root_causes) > 1:
        heading += f" {number} of {len(report.root_causes)}"
    page.gap()
    page.line((heading, style), (f"  {cause}", Style.BOLD))
    page.gap()
    page.hang(_word(findings[0].kind), f"{findings[0].title} ({findings[0].check})", Style.BOLD)
    outlined = set()
    for change, same in grouped(findings, lambda one: one.fix):
        for because, those in grouped(same, lambda one: one.because):
            page.hang(label("proof"), because)
            page.hang(label("where"), f"{subjects(those, len(those))}{_seen_from(report, those[0])}")
        if verbose or outline(same[0]) not in outlined:
            path(page, same[0], 2)
        outlined.add(outline(same[0]))
        if change:
            fix(page, change, 2)
    if findings[0].basis in WEAK:
        page.hang(label("basis"), WEAK[findings[0].basis])
    page.hang(label("more"), f"pullcheck explain {cause}")


def _answer(page: Page, report: Report, alike: Sequence[Finding], column: int, verbose: bool) -> None:
    """A pass is its proof in a few lines; a failure gets its fix, unless that stands above as a root cause."""
    first = alike[0]
    beside = INDENT + column + 45 <= page.width
    check = f"{first.check:{column}}" if beside else f"{first.check}  "
    lead = [*_word(first.kind), (check, Style.PLAIN)]
    indent = None if beside else INDENT
    where = f"{subjects(alike, 1 if first.status is Status.PASS else NAMED)}{_seen_from(report, first)}"
    if first.status is Status.PASS:
        same = len({one.because for one in alike}) == 1
        proof = first.because if same else f"e.g. {first.because}"
        said = proof if _goes_without_saying(report, alike) else f"{where}: {proof}"
        page.hang(lead, said, Style.DIM, indent, None if verbose and not first.path else PROOF_LINES)
    elif _is_root(report, first):
        page.hang(lead, f"{where}: see {first.cause} above", indent=indent)
    else:
        page.hang(lead, where, indent=indent)
        page.hang([(" " * INDENT, Style.PLAIN)], first.because)
        if first.explained_by:
            page.hang(label("follows", INDENT), first.explained_by)
        path(page, first, INDENT)
        if first.fix:
            fix(page, first.fix, INDENT)
        if first.cause:
            page.hang(label("more", INDENT), f"pullcheck explain {first.cause}")


def _goes_without_saying(report: Report, alike: Sequence[Finding]) -> bool:
    """True where the subject is the only one that the check has, or part of the proof."""
    first, *others = alike
    return not others and (
        first.subject in first.because or sum(one.check == first.check for one in report.findings) == 1
    )


def _not_verified(page: Page, report: Report, verbose: bool) -> None:
    """One entry for each reason, not for each check: nine checks that lack the same permission are one thing to do.

    First what can be done something about, then what waits for another check.
    """
    findings = [one for one in report.findings if one.status is Status.UNKNOWN]
    findings.sort(key=lambda one: one.blocked_by is not None)
    if findings:
        _section(page, "not verified")
    lead = _word("unknown")
    for (_, blocked_by, _), alike in grouped(findings, lambda one: (shape(one), one.blocked_by, one.cause)):
        for those in [[one] for one in alike] if verbose else [alike]:
            first = those[0]
            example = "" if len({one.because for one in those}) == 1 else "e.g. "
            names = checks(those)
            if len(names) > 1:
                page.hang(lead, f"{len(names)} checks: {example}{first.because}")
                page.hang([(" " * INDENT, Style.PLAIN)], ", ".join(names), Style.DIM)
            else:
                page.hang(lead, f"{first.check}  {subjects(those)}{_seen_from(report, first)}")
                page.hang([(" " * INDENT, Style.PLAIN)], f"{example}{first.because}", Style.DIM)
            if verbose:
                path(page, first, INDENT)
            if blocked_by:
                page.hang(label("waits for", INDENT), blocked_by)
            if first.cause:
                page.hang(label("perhaps", INDENT), f"pullcheck explain {first.cause}")


def _not_applicable(page: Page, report: Report) -> None:
    findings = [one for one in report.findings if one.status is Status.NOT_APPLICABLE]
    if findings:
        _section(page, "does not apply")
    for because, those in grouped(findings, lambda one: one.because):
        page.hang(_word("not-applicable"), f"{', '.join(checks(those))}: {because}", Style.DIM)


def _hosts(page: Page, report: Report) -> None:
    if report.hosts:
        _section(page, "hosts")
    for host in report.hosts:
        page.hang([("  ", Style.PLAIN)], f"{host.name}  {host.role}  {', '.join(host.addresses)}".rstrip(), indent=4)


def _broken(page: Page, report: Report) -> None:
    if report.broken:
        _section(page, "pullcheck itself broke; please report this")
    for bug in report.broken:
        page.hang([("  ", Style.PLAIN)], bug, indent=4)


def _section(page: Page, heading: str) -> None:
    page.gap()
    page.line((heading, Style.BOLD))


def _word(kind: str) -> list[Span]:
    word, style = WORDS[kind]
    return [("  ", Style.PLAIN), (f"{word:11}", style)]


def _mood(report: Report) -> Style:
    counts = report.counts
    if counts["fail"]:
        return Style.BAD
    return Style.GOOD if counts["pass"] and not counts["unknown"] + counts["warning"] else Style.DOUBT


def _is_root(report: Report, finding: Finding) -> bool:
    return finding.status is Status.FAIL and finding.cause in report.root_causes


def _seen_from(report: Report, finding: Finding) -> str:
    return f" (seen from {finding.vantage})" if finding.vantage and len(report.vantages) > 1 else ""

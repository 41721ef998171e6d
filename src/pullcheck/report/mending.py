"""How the text report shows what is broken on a path, and how to mend it."""

from collections.abc import Hashable, Iterator, Sequence

from pullcheck.judgement import Finding, Report
from pullcheck.report.page import Page, Span, Style
from pullcheck.verdict import Direction, Fix, Hop, HopVerdict, Status

HOPS = {HopVerdict.PASS: ("✓", Style.GREEN), HopVerdict.BLOCK: ("✗", Style.BAD), HopVerdict.UNKNOWN: ("?", Style.DOUBT)}
CODE = " " * 4


def label(word: str, indent: int = 2) -> list[Span]:
    """The word that says what stands beside it."""
    return [(" " * indent, Style.PLAIN), (f"{word:9}  ", Style.DIM)]


def fix(page: Page, fix: Fix, indent: int) -> None:
    """The sentence, the commands, and the same in Terraform."""
    page.hang(label("fix", indent), fix.summary, Style.BOLD)
    if fix.commands:
        _code(page, fix.commands)
    if fix.terraform:
        page.line(*label("terraform", indent))
        _code(page, fix.terraform.splitlines(), gap=False)


def openings(page: Page, report: Report) -> None:
    """Where a path needs several changes: all that the broken paths need, each once, ready to be run in order."""
    if all(len(opening.changes) < 2 for opening in report.openings):
        return
    changes = list(dict.fromkeys(change for opening in report.openings for change in opening.changes))
    opened = {(opening.check, subject) for opening in report.openings for subject in opening.subjects}
    broken = {(one.check, one.subject) for one in report.findings if one.status is Status.FAIL and one.path}
    which = "every broken path" if broken <= opened else f"{len(opened)} of {len(broken)} broken paths"
    page.gap()
    page.line((f"To open {which}", Style.BOLD), (f", all {len(changes)} changes, in this order", Style.PLAIN))
    page.gap()
    for number, change in enumerate(changes, 1):
        page.hang(label(str(number)), change.summary)
    _code(page, list(dict.fromkeys(command for change in changes for command in change.commands)))
    said = {one.fix.terraform for one in report.findings if one.fix}
    blocks = list(dict.fromkeys(change.terraform for change in changes if change.terraform not in said))
    if blocks:
        page.line(*label("terraform"), ("beside what stands above", Style.DIM))
        _code(page, "\n\n".join(blocks).splitlines(), gap=False)


def _code(page: Page, lines: Sequence[str], *, gap: bool = True) -> None:
    if gap:
        page.gap()
    for line in lines:
        page.line((CODE, Style.PLAIN), (line, Style.CYAN))
    page.gap()


def path(page: Page, finding: Finding, indent: int) -> None:
    """Hop by hop, there and back."""
    for hop, word in _labelled(_shown(finding)):
        symbol, style = HOPS[hop.verdict]
        lead = [*label(word, indent), (f"{symbol} ", style)]
        blocks = hop.verdict is HopVerdict.BLOCK
        page.hang(lead, f"{hop.kind} {hop.resource}: {hop.rule}", style if blocks else Style.PLAIN)


def outline(finding: Finding) -> Hashable:
    """The same for paths that differ in ids and addresses alone."""
    return tuple((hop.kind, hop.direction, hop.verdict) for hop in _shown(finding))


def _labelled(hops: Sequence[Hop]) -> Iterator[tuple[Hop, str]]:
    """The direction stands beside the first hop of each."""
    said = ""
    for hop in hops:
        yield hop, "" if hop.direction.value == said else hop.direction.value
        said = hop.direction.value


def _shown(finding: Finding) -> list[Hop]:
    """All hops, those there first; of a failure, up to the one it is about, past those that others are about."""
    hops = sorted(finding.path, key=lambda hop: hop.direction is Direction.RETURN)
    if finding.status is not Status.FAIL:
        return hops
    why = finding.because
    named = [at for at, hop in enumerate(hops, 1) if hop.verdict is HopVerdict.BLOCK and hop.resource in why]
    exact = (at for at in named if hops[at - 1].rule in why)
    return hops[: next(exact, named[0] if named else len(hops))]

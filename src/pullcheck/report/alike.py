"""Which findings share an entry of the text report, and how such an entry names them."""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from pullcheck.judgement import Finding
from pullcheck.verdict import Status

K = TypeVar("K", bound=Hashable)

NAMED = 3
"""How many subjects are named before the rest is counted."""
FEW = 2
"""How many passes with proofs of the same shape still get a line each."""
NUMBER = re.compile(r"\b\d[\d.:/]*\b")
NAME = re.compile(r"[^\s,>]{3,}")


def grouped(findings: Iterable[Finding], key: Callable[[Finding], K]) -> list[tuple[K, list[Finding]]]:
    """The findings by key, both in the order in which they come."""
    groups: dict[K, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(key(finding), []).append(finding)
    return list(groups.items())


def entries(findings: Iterable[Finding], root_causes: Sequence[str]) -> list[list[Finding]]:
    """Answers of the same check with the same proof, or many with proofs that differ in names and numbers only.

    Failures share an entry where cause, reason and fix are the same, or where the root cause stands elsewhere.
    """
    result: list[list[Finding]] = []
    for _, group in grouped(findings, lambda one: _entry(one, root_causes)):
        alike = len({one.because for one in group}) == 1 or len(group) > FEW or group[0].status is Status.FAIL
        result += [group] if alike else [[one] for one in group]
    return result


def _entry(finding: Finding, root_causes: Sequence[str]) -> Hashable:
    same = (finding.check, finding.severity, finding.vantage, finding.cause)
    if finding.status is Status.PASS:
        return (*same, shape(finding))
    if finding.cause in root_causes:
        return same
    return (*same, finding.because, finding.fix, finding.explained_by)


def shape(finding: Finding) -> str:
    """The reason without the finding's own names and without numbers: equal for findings that say the same."""
    names = {*finding.resources, *NAME.findall(finding.subject)}
    text = finding.because
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = text.replace(name, "…")
    return NUMBER.sub("#", text)


def subjects(findings: Iterable[Finding], named: int = NAMED) -> str:
    """The subjects, each once; beyond the first few they are counted."""
    names = list(dict.fromkeys(one.subject for one in findings))
    if len(names) <= named + 1:
        return ", ".join(names)
    return f"{', '.join(names[:named])} and {len(names) - named} more"


def checks(findings: Iterable[Finding]) -> list[str]:
    """The checks, each once, with the number of its findings where there are several."""
    return [
        check if count == 1 else f"{check} ({count})" for check, count in Counter(one.check for one in findings).items()
    ]

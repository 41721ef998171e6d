"""The verdict in a sentence."""

from pullcheck.judgement import Report

WORDS = (
    ("fail", "failed", "failed"),
    ("warning", "warning", "warnings"),
    ("unknown", "not verified", "not verified"),
    ("pass", "passed", "passed"),
    ("not-applicable", "does not apply", "do not apply"),
)


def verdict_sentence(report: Report) -> str:
    """What the report comes to, and how many findings have each status, e.g. "Every link holds: 27 passed."."""
    counts = report.counts
    tally = ", ".join(f"{counts[key]} {one if counts[key] == 1 else many}" for key, one, many in WORDS if counts[key])
    return f"{_verdict(report)}: {tally}." if tally else f"{_verdict(report)}."


def _verdict(report: Report) -> str:
    counts = report.counts
    if counts["fail"]:
        sure = any(finding.certain for finding in report.findings if finding.is_error)
        return "This pull would fail" if sure else "This pull would probably fail"
    if not counts["pass"] and not counts["warning"]:
        return "Nothing was verified"
    if counts["unknown"]:
        return "Nothing failed, but not everything was verified"
    warned = "This pull would work, with a warning" if counts["warning"] == 1 else "This pull would work, with warnings"
    return warned if counts["warning"] else "Every link holds"

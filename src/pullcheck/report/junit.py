"""The report as JUnit XML, in the part of it that Jenkins, GitLab and GitHub's test reporters read alike.

A failed error is a ``failure``, an unknown an ``error``, what does not apply is ``skipped`` with its reason. JUnit has
no word for a warning: it is ``skipped`` too, with type ``warning``. A ``failure`` would turn a run red whose exit
status is 0; a passed case would say that the statement in its name holds.
"""

from collections import Counter
from xml.etree import ElementTree as ET

from pullcheck.judgement import Finding, Report
from pullcheck.report.harmless import harmless_lines, harmless_throughout
from pullcheck.target import TargetKind
from pullcheck.verdict import Severity, Status


def junit(report: Report) -> str:
    """One suite with one case for each finding."""
    report = harmless_throughout(report)
    counts = report.counts
    totals = {
        "tests": str(len(report.findings)),
        "failures": str(counts["fail"]),
        "errors": str(counts["unknown"]),
        "skipped": str(counts["warning"] + counts["not-applicable"]),
        "time": "0",
    }
    suites = ET.Element("testsuites", {"name": "pullcheck", **totals})
    suite = ET.SubElement(suites, "testsuite", {"name": f"pullcheck {report.target.name}", **totals})
    _properties(suite, report)
    file = {"file": report.target.source} if _is_file(report) else {}
    names: Counter[str] = Counter()
    for finding in report.findings:
        case = {"classname": f"pullcheck.{finding.family}", "name": _unique(finding, names), "time": "0", **file}
        _outcome(ET.SubElement(suite, "testcase", case), finding)
    ET.indent(suites)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{harmless_lines(ET.tostring(suites, encoding="unicode"))}\n'


def _properties(suite: ET.Element, report: Report) -> None:
    properties = {
        "version": report.version,
        "region": report.target.region or "",
        "vantages": ", ".join(f"{seen.name} ({seen.description})" for seen in report.vantages),
        "verdict": report.verdict.value,
        "root_causes": ", ".join(report.root_causes),
    }
    parent = ET.SubElement(suite, "properties")
    for name, value in properties.items():
        ET.SubElement(parent, "property", {"name": name, "value": value})


def _is_file(report: Report) -> bool:
    return report.target.kind is TargetKind.REQUEST and report.target.source != "-"


def _unique(finding: Finding, names: Counter[str]) -> str:
    """GitLab keeps only the first of equal names."""
    name = f"{finding.check} {finding.title} [{finding.subject}]"
    names[name] += 1
    return name if names[name] == 1 else f"{name} ({names[name]})"


def _outcome(case: ET.Element, finding: Finding) -> None:
    match finding.status, finding.severity:
        case Status.PASS, _:
            ET.SubElement(case, "system-out").text = finding.because
        case Status.FAIL, Severity.ERROR:
            failure = {"message": finding.because, "type": finding.cause or "fail"}
            ET.SubElement(case, "failure", failure).text = _details(finding)
        case Status.FAIL, _:
            warning = {"message": f"warning: {finding.because}", "type": "warning"}
            ET.SubElement(case, "skipped", warning).text = _details(finding)
        case Status.UNKNOWN, _:
            ET.SubElement(case, "error", {"message": finding.because, "type": "unknown"}).text = _details(finding)
        case _:
            ET.SubElement(case, "skipped", {"message": f"does not apply: {finding.because}"})


def _details(finding: Finding) -> str:
    lines = [f"because: {finding.because}"]
    lines += [f"{hop.direction}: {hop.kind} {hop.resource}: {hop.verdict}: {hop.rule}" for hop in finding.path]
    if finding.blocked_by:
        lines.append(f"waits for: {finding.blocked_by}")
    if finding.fix:
        lines += [f"fix: {finding.fix.summary}", *finding.fix.commands]
    if finding.cause:
        lines.append(f"more: pullcheck explain {finding.cause}")
    return "\n".join(lines)

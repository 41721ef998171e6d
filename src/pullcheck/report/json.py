"""The report as one JSON object, as the contract and ``schema.json`` beside this module have it."""

from collections.abc import Sequence
from json import dumps
from typing import Any

from pullcheck.judgement import SCHEMA, Finding, Opening, Report
from pullcheck.report.harmless import INLINE_COMMAND
from pullcheck.verdict import Fix, Hop


def json(report: Report) -> str:
    """JSON, indented by 2. Data is kept whole; what does not print stands as ``\\uXXXX``, so a terminal is safe."""
    return _escaped(dumps(_report(report), ensure_ascii=False, indent=2)) + "\n"


def _report(report: Report) -> dict[str, Any]:
    target = report.target
    return {
        "schema": SCHEMA,
        "version": report.version,
        "target": {"kind": target.kind, "name": target.name, "source": target.source, "region": target.region},
        "vantages": [{"name": seen.name, "description": seen.description} for seen in report.vantages],
        "hosts": [{"name": host.name, "role": host.role, "addresses": host.addresses} for host in report.hosts],
        "verdict": report.verdict,
        "counts": report.counts,
        "root_causes": report.root_causes,
        "findings": [_finding(finding) for finding in report.findings],
        **({"openings": [_opening(one) for one in report.openings]} if report.openings else {}),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "check": finding.check,
        "title": finding.title,
        "status": finding.status,
        "severity": finding.severity,
        "cause": finding.cause,
        "subject": finding.subject,
        "resources": finding.resources,
        "because": finding.because,
        "fix": _fix(finding.fix) if finding.fix else None,
        "basis": finding.basis,
        "vantage": finding.vantage,
        "blocked_by": finding.blocked_by,
        **({"path": _path(finding.path)} if finding.path else {}),
    }


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "summary": fix.summary,
        "commands": fix.commands,
        **({"terraform": fix.terraform} if fix.terraform else {}),
        **({"account": fix.account} if fix.account else {}),
    }


def _opening(opening: Opening) -> dict[str, Any]:
    changes = [_fix(change) for change in opening.changes]
    return {"check": opening.check, "subjects": opening.subjects, "changes": changes}


def _path(hops: Sequence[Hop]) -> list[dict[str, str]]:
    return [
        {
            "kind": hop.kind,
            "resource": hop.resource,
            "direction": hop.direction,
            "verdict": hop.verdict,
            "rule": hop.rule,
        }
        for hop in hops
    ]


def _escaped(document: str) -> str:
    """The document with JSON's own escapes for what could act on a terminal or a CI runner.

    A lone surrogate becomes U+FFFD: strict parsers refuse the whole document for one (RFC 8259, section 8.2).
    """
    document = INLINE_COMMAND.sub(r"#\\u0023", document)
    return "".join(char if char.isprintable() or char == "\n" else _escape(char) for char in document)


def _escape(char: str) -> str:
    return r"\ufffd" if "\ud800" <= char <= "\udfff" else dumps(char)[1:-1]

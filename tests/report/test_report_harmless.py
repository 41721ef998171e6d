"""Whatever a registry sends: no format passes on what could act on a terminal, a CI runner or a parser."""

import json
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from report_samples import HEALTHY, HOSTILE
from test_report_formats import SCHEMA

from pullcheck.judgement import Finding, Host, Report, SeenFrom
from pullcheck.report import FORMATS
from pullcheck.report.harmless import LIMIT, harmless, harmless_throughout
from pullcheck.report.text import text
from pullcheck.verdict import Basis, Direction, Fix, Hop, HopVerdict, Severity, Status

TRICKS = st.sampled_from(
    [
        *(
            "::error::x",
            "\n::set-output name=a::b",
            " :: ",
            "  ::",
            "\xa0::",
            "\t::a::b",
            "##vso[x]y",
            "##[group]",
            "#",
        ),
        *("\r\n", "\x1b[2J", "\x9b1m", "\u202e", "\u2028", "\x00", "\ud800", "\ufffe", "]]>", "&lt;", "[red]", "->"),
    ]
)
DATA = st.lists(st.text(max_size=20) | st.text(st.characters(), max_size=8) | TRICKS, max_size=8).map("".join)
HOPS = st.builds(Hop, DATA, DATA, st.sampled_from(Direction), st.sampled_from(HopVerdict), DATA)
FIXES = st.builds(Fix, DATA, st.lists(DATA, max_size=2).map(tuple), DATA, st.none() | DATA)
CHECKS = st.sampled_from(["tls.public-ca", "tls.protocol", "network.registry-reachable", "my.pack"])


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    status = draw(st.sampled_from(Status))
    failed = status is Status.FAIL
    return Finding(
        check=draw(CHECKS),
        title=draw(DATA),
        status=status,
        severity=draw(st.sampled_from(Severity)),
        cause=draw(DATA) if failed else None,
        subject=draw(DATA),
        resources=tuple(draw(st.lists(DATA, max_size=2))),
        because=draw(DATA),
        fix=draw(FIXES) if failed else None,
        basis=draw(st.sampled_from(Basis)),
        vantage=draw(st.none() | DATA),
        blocked_by=draw(st.none() | CHECKS),
        path=tuple(draw(st.lists(HOPS, max_size=2))),
        explained_by=draw(st.none() | CHECKS),
        opening=tuple(draw(st.lists(FIXES, max_size=3))) if failed else (),
    )


REPORTS = st.builds(
    lambda found, seen, hosts, name, source: replace(
        HEALTHY,
        findings=tuple(found),
        vantages=tuple(seen),
        hosts=tuple(hosts),
        target=replace(HEALTHY.target, name=name, source=source),
    ),
    st.lists(findings(), max_size=5),
    st.lists(st.builds(SeenFrom, DATA, DATA), max_size=2),
    st.lists(st.builds(Host, DATA, st.just("registry"), st.tuples(DATA)), max_size=2),
    DATA,
    DATA,
)


def is_harmless(written: str) -> bool:
    lines = written.split("\n")
    return (
        all(line.isprintable() for line in lines)
        and not any(line.lstrip().startswith("::") for line in lines)
        and not re.search(r"##\w*\[", written)
    )


@given(REPORTS)
def test_no_format_passes_on_what_could_act(report: Report) -> None:
    assert all(is_harmless(write(report)) for write in FORMATS.values())
    assert is_harmless(text(report, verbose=True, width=40))


@given(REPORTS)
def test_ascii_is_ascii_and_colour_only_adds_colour(report: Report) -> None:
    plain = text(report)

    assert text(report, ascii=True).isascii()
    assert re.sub(r"\x1b\[[\d;]*m", "", text(report, colour=True)) == plain


@given(REPORTS)
def test_what_is_written_can_be_read(report: Report) -> None:
    Draft202012Validator(SCHEMA).validate(json.loads(FORMATS["json"](report).encode()))
    root = ET.fromstring(FORMATS["junit"](report).encode())
    names = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]

    assert len(set(names)) == len(names) == len(report.findings)


@given(st.text(st.characters()))
def test_harmless_text_is_short_and_stays_what_it_is(data: str) -> None:
    once = harmless(data)

    assert once.isprintable()
    assert len(harmless(data * 100 + "a" * LIMIT)) <= LIMIT * len(r"\U000e0001")
    assert harmless(once, limit=None) == once


def test_escapes_are_visible() -> None:
    assert harmless("a\x1b[2J\x9b\u202e\r\n") == r"a\x1b[2J\x9b\u202e\r\n"
    assert harmless("##vso[task.complete]") == r"#\x23vso[task.complete]"
    assert harmless("x" * 600) == "x" * 499 + "…"


def test_commands_keep_their_length() -> None:
    command = "aws iam put-role-policy " + "x" * 2000
    report = replace(HOSTILE, findings=(replace(HOSTILE.findings[0], fix=Fix("mend it", (command,))),))

    fix = harmless_throughout(report).findings[0].fix

    assert fix == Fix("mend it", (command,))

"""What every format promises its readers, beyond how it looks."""

import io
import json
import subprocess
import sys
from dataclasses import replace
from importlib.resources import files
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator
from report_samples import (
    BLOCKED,
    EGRESS,
    EVIL,
    HEALTHY,
    HOSTILE,
    MANY,
    MEND,
    NAMES,
    OPENING,
    RETURN,
    ROLE_POLICY,
    SAMPLES,
    SEVERAL,
    SHUT,
    UNSEEN,
    WARNINGS,
    holds,
    open_,
)

from pullcheck.judgement import Report
from pullcheck.report import FORMATS
from pullcheck.report.json import json as as_json
from pullcheck.report.junit import junit
from pullcheck.report.terminal import Choice, ascii_wanted, colour_wanted
from pullcheck.report.text import text
from pullcheck.verdict import Fix, Severity

SCHEMA = json.loads((files("pullcheck.report") / "schema.json").read_text())
every_sample = pytest.mark.parametrize("report", SAMPLES.values(), ids=SAMPLES)


def test_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@every_sample
def test_json_fits_the_schema(report: Report) -> None:
    Draft202012Validator(SCHEMA).validate(json.loads(as_json(report)))


def test_schema_forbids_a_failure_without_cause_and_unknown_keys() -> None:
    document = json.loads(as_json(BLOCKED))
    failure = next(finding for finding in document["findings"] if finding["status"] == "fail")
    failure["cause"] = None
    document["extra"] = 1

    messages = {error.validator for error in Draft202012Validator(SCHEMA).iter_errors(document)}

    assert messages == {"additionalProperties", "type"}


def test_json_has_the_keys_of_the_contract_in_its_order() -> None:
    document = json.loads(as_json(BLOCKED))
    failure = next(finding for finding in document["findings"] if finding["status"] == "fail")

    assert list(document) == [
        *("schema", "version", "target", "vantages", "hosts", "verdict", "counts", "root_causes", "findings")
    ]
    assert list(failure) == [
        *("check", "title", "status", "severity", "cause", "subject", "resources", "because", "fix", "basis"),
        *("vantage", "blocked_by", "path"),
    ]
    assert failure["fix"]["commands"] == [EGRESS]
    assert failure["path"][0]["verdict"] == "block"
    assert document["root_causes"] == ["sg.model-egress-registry"]


def test_only_findings_with_hops_have_a_path_in_json() -> None:
    findings = json.loads(as_json(HEALTHY))["findings"]

    assert {finding["check"] for finding in findings if "path" in finding} == {"network.registry-reachable"}


def test_json_keeps_hostile_data_whole_but_for_lone_surrogates() -> None:
    document = json.loads(as_json(HOSTILE))

    assert document["findings"][0]["subject"] == EVIL.replace("\ud800", "\ufffd")
    assert len(document["findings"][1]["because"]) == 3000


@every_sample
def test_junit_counts_are_those_of_its_cases(report: Report) -> None:
    suites = ET.fromstring(junit(report))
    cases = suites.findall("testsuite/testcase")

    assert suites.get("tests") == str(len(cases)) == str(len(report.findings))
    for attribute, outcome in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert suites.get(attribute) == str(len(suites.findall(f"testsuite/testcase/{outcome}")))


def test_junit_maps_each_status() -> None:
    outcome = {
        case.get("name", "").split()[0]: [child.tag for child in case]
        for case in ET.fromstring(junit(BLOCKED)).iter("testcase")
    }

    assert outcome["target.access-mode"] == ["system-out"]
    assert outcome["network.registry-reachable"] == ["failure"]
    assert outcome["tls.public-ca"] == ["error"]
    assert [skipped.get("type") for skipped in ET.fromstring(junit(WARNINGS)).iter("skipped")] == [
        "warning",
        None,
        None,
    ]


def test_junit_names_are_unique() -> None:
    twice = replace(HEALTHY, findings=HEALTHY.findings * 3)

    names = [(case.get("classname"), case.get("name")) for case in ET.fromstring(junit(twice)).iter("testcase")]

    assert len(set(names)) == len(names)
    assert names[0] == (
        "pullcheck.target",
        "target.access-mode The image is pulled through the VPC [registry.example.com/team/model:v1]",
    )


@pytest.mark.parametrize("width", [1, 40, 80, 120, 300])
@pytest.mark.parametrize("colour", [False, True])
def test_commands_stand_whole_on_lines_of_their_own(width: int, colour: bool) -> None:
    lines = text(RETURN, width=width, colour=colour).splitlines()

    painted = f"    \x1b[36m{ROLE_POLICY}\x1b[0m" if colour else f"    {ROLE_POLICY}"
    assert lines.count(painted) == 1


@pytest.mark.parametrize("width", [80, 100, 120])
def test_only_what_cannot_be_broken_is_wider_than_the_page(width: int) -> None:
    for line in text(MANY, width=width).splitlines():
        assert len(line) <= width or len(line.split()) == 1


def test_the_root_cause_comes_first_and_the_verdict_last() -> None:
    first, *_, last = text(BLOCKED).split("\n\n")

    assert first.count("\n") == 2
    assert text(BLOCKED).split("\n\n")[1] == "Root cause  sg.model-egress-registry"
    assert last == "This pull would fail: 3 failed, 4 not verified, 8 passed, 1 does not apply.\n"


@pytest.mark.parametrize(
    ("report", "sentence"),
    [
        (HEALTHY, "Every link holds: 14 passed, 2 do not apply."),
        (WARNINGS, "This pull would work, with a warning: 1 warning, 13 passed, 2 do not apply."),
        (UNSEEN, "Nothing was verified: 11 not verified."),
        (replace(HEALTHY, findings=()), "Nothing was verified."),
        (
            replace(HEALTHY, findings=(*HEALTHY.findings[:2], open_(HEALTHY.findings[2], "not tried"))),
            "Nothing failed, but not everything was verified: 1 not verified, 2 passed.",
        ),
        (replace(RETURN, findings=RETURN.findings[2:]), "This pull would probably fail: 1 failed."),
    ],
)
def test_verdict_is_a_sentence(report: Report, sentence: str) -> None:
    assert text(report).splitlines()[-1] == sentence


def test_path_of_a_failure_ends_at_the_blocker() -> None:
    written = text(BLOCKED)

    assert "no egress rule covers tcp 443 to 10.0.10.20" in written
    assert "rtb-0f1" not in written
    assert "return     ✓ network ACL acl-0d9" in text(RETURN)


def test_unknowns_with_one_reason_share_an_entry() -> None:
    written = text(UNSEEN)

    assert written.count("ec2:DescribeSubnets was denied") == 1
    assert "dns.registry-name, network.subnets-usable (2), network.registry-reachable (2)" in written


def test_reasons_that_name_different_actions_do_not_share_an_entry() -> None:
    actions = ("ec2:DescribeSubnets", "ec2:DescribeVpcs", "ec2:DescribeRouteTables")
    denied = [
        open_(holds("network.subnets-usable", "t", "vpc-model", ""), f"{action} was denied") for action in actions
    ]

    written = text(replace(HEALTHY, findings=tuple(denied)))

    assert all(f"{action} was denied" in written for action in actions)


def test_many_containers_share_entries_and_verbose_lists_each() -> None:
    assert text(MANY).count("target.image-reference") == 1
    assert text(MANY).count("no credentials for") == 1
    assert all(
        f"host registry.example.com, repository team/model-{number}," in text(MANY, verbose=True, width=200)
        for number in range(1, 16)
    )
    assert f"{NAMES[0]} and 14 more" in " ".join(text(MANY).split())


def test_every_failed_subject_is_named() -> None:
    subnets = [f"subnet-0{number}" for number in range(16)]
    failed = next(finding for finding in BLOCKED.findings if finding.check == "network.registry-reachable")

    written = text(replace(BLOCKED, findings=tuple(replace(failed, subject=subnet) for subnet in subnets)))

    assert all(subnet in written for subnet in subnets)


def test_a_fix_for_each_subject_is_printed_where_they_differ() -> None:
    fixes = [Fix(f"mend {letter}", (f"aws mend {letter}",)) for letter in "abc"]
    failed = next(finding for finding in BLOCKED.findings if finding.check == "network.registry-reachable")

    lines = text(replace(BLOCKED, findings=tuple(replace(failed, fix=fix) for fix in fixes))).splitlines()

    assert [line.strip() for line in lines if line.startswith("    aws")] == ["aws mend a", "aws mend b", "aws mend c"]


def test_a_cause_that_is_error_and_warning_is_a_root_cause_not_a_warning() -> None:
    failed = next(finding for finding in BLOCKED.findings if finding.check == "network.registry-reachable")
    remark = replace(failed, subject="subnet-0a3", severity=Severity.WARNING)

    written = text(replace(BLOCKED, findings=(remark, failed)))

    assert "Root cause  sg.model-egress-registry\n\n  ✗ FAIL" in written


def test_verbose_shows_the_path_of_what_is_unknown() -> None:
    doubt = replace(open_(RETURN.findings[1], "a firewall is on the way"), path=RETURN.findings[1].path)

    assert "acl-0d9" not in text(replace(RETURN, findings=(doubt,)))
    assert "acl-0d9" in text(replace(RETURN, findings=(doubt,)), verbose=True)


def test_what_opens_the_paths_is_said_once_with_every_command_in_order() -> None:
    lines = text(SEVERAL).splitlines()
    start = lines.index("To open every broken path, all 3 changes, in this order")
    commands = [line.strip() for line in lines[start:] if line.startswith("    aws ")]

    assert commands == [command for change in OPENING for command in change.commands]
    assert "    # rtb-0f1: take it out" in lines[start:]
    assert sum('resource "aws_network_acl_rule"' in line for line in lines) == 1


def test_paths_that_nothing_is_known_to_open_are_counted() -> None:
    first, *others = SEVERAL.findings
    some = [replace(one, opening=()) if one.subject.startswith("subnet-0a2") else one for one in (first, *others)]

    assert "To open 1 of 2 broken paths, all 3 changes" in text(replace(SEVERAL, findings=tuple(some)))


def test_one_change_for_each_path_stands_with_its_finding_alone() -> None:
    findings = tuple(replace(one, opening=OPENING[:1]) if one.opening else one for one in SEVERAL.findings)
    report = replace(SEVERAL, findings=findings)

    assert "To open" not in text(report)
    assert json.loads(as_json(report))["openings"][0]["changes"] == [
        {"summary": MEND.summary, "commands": list(MEND.commands), "terraform": OPENING[0].terraform}
    ]


def test_paths_of_one_cause_that_differ_in_names_alone_are_drawn_once() -> None:
    findings = [one for one in SEVERAL.findings if one.path][::2]
    fixed = [replace(one, fix=Fix(f"mend {one.subject}")) for one in findings]
    report = replace(SEVERAL, findings=tuple(fixed))

    assert text(report).count("forward") == 1
    assert text(report, verbose=True).count("forward") == 2


def test_of_several_blockers_at_one_place_the_path_ends_at_the_findings_own() -> None:
    [answers] = [one for one in SEVERAL.findings if one.cause == "nacl.model-ingress-return"][:1]
    written = text(replace(SEVERAL, findings=(answers,)))

    assert "return     ✓ network ACL acl-0d9" in written
    assert f"✗ network ACL acl-0e1: {SHUT}" in written


def test_the_account_that_owns_what_is_changed_is_in_the_json() -> None:
    fixes = [finding["fix"] for finding in json.loads(as_json(SEVERAL))["findings"] if finding["fix"]]

    assert [fix.get("account") for fix in fixes] == [None, "444455556666"] * 2


def test_bugs_of_our_own_are_shown() -> None:
    written = text(replace(HEALTHY, broken=("served_chains: KeyError: 'x'",)))

    assert "pullcheck itself broke; please report this\n  served_chains: KeyError: 'x'\n" in written


class Stream(io.TextIOWrapper):
    """Standard output as the test wants it."""

    def __init__(self, encoding: str = "utf-8", terminal: bool = True) -> None:
        super().__init__(io.BytesIO(), encoding=encoding)
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.mark.parametrize(
    ("terminal", "environ", "choice", "wanted"),
    [
        (True, {}, "auto", True),
        (False, {}, "auto", False),
        (True, {"TERM": "dumb"}, "auto", False),
        (True, {"NO_COLOR": "1"}, "auto", False),
        (True, {"NO_COLOR": ""}, "auto", True),
        (False, {"FORCE_COLOR": "1"}, "auto", True),
        (False, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, "auto", False),
        (False, {"NO_COLOR": "1"}, "always", True),
        (True, {"FORCE_COLOR": "1"}, "never", False),
    ],
)
def test_colour_is_the_users_choice(terminal: bool, environ: dict[str, str], choice: Choice, wanted: bool) -> None:
    assert colour_wanted(Stream(terminal=terminal), environ, choice) is wanted


@pytest.mark.parametrize(
    ("encoding", "wanted"), [("utf-8", False), ("ascii", True), ("latin-1", True), ("cp1252", True)]
)
def test_ascii_where_the_encoding_has_no_symbols(encoding: str, wanted: bool) -> None:
    assert ascii_wanted(Stream(encoding)) is wanted


def test_choosing_json_imports_no_other_format_and_no_rich() -> None:
    program = (
        "import sys; from pullcheck.report import FORMATS; FORMATS['json']; import pullcheck.report.json;"
        "print([name for name in sys.modules if name.split('.')[0] == 'rich' or name in"
        " ('pullcheck.report.text', 'pullcheck.report.junit', 'boto3', 'requests', 'cryptography', 'yaml')])"
    )

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert loaded.strip() == "[]"
    assert list(FORMATS) == ["text", "json", "junit"]

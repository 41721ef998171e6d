"""What the report says of itself: counts, verdict, root causes, exit status."""

from dataclasses import replace

import pytest

from pullcheck.judgement import Finding, Report
from pullcheck.target import Target, TargetKind
from pullcheck.verdict import Basis, Severity, Status

PASS = Finding(
    "tls.public-ca", "It chains", Status.PASS, Severity.ERROR, None, "host:443", (), "chain ends at X", None,
    Basis.DOCUMENTED, None, None,
)  # fmt: skip
FAIL = replace(PASS, status=Status.FAIL, cause="tls.expired")
WARNING = replace(FAIL, severity=Severity.WARNING, cause="tls.expiring-soon")
UNKNOWN = replace(PASS, status=Status.UNKNOWN)
NOT_ASKED = replace(PASS, status=Status.NOT_APPLICABLE)


def report(*findings: Finding) -> Report:
    return Report(Target(TargetKind.REQUEST, "m", "m.json", "us-east-1", ()), (), (), findings)


@pytest.mark.parametrize(
    ("findings", "verdict", "status"),
    [
        ((PASS, NOT_ASKED), Status.PASS, 0),
        ((PASS, WARNING), Status.PASS, 0),
        ((PASS, UNKNOWN), Status.UNKNOWN, 3),
        ((WARNING, UNKNOWN), Status.UNKNOWN, 3),
        ((FAIL, UNKNOWN), Status.FAIL, 1),
    ],
)
def test_a_failure_outweighs_an_unknown_and_an_unknown_a_pass(
    findings: tuple[Finding, ...], verdict: Status, status: int
) -> None:
    assert report(*findings).verdict is verdict
    assert report(*findings).exit_status() == status


def test_a_report_that_says_nothing_has_verified_nothing() -> None:
    assert report().verdict is Status.UNKNOWN
    assert report().exit_status() == 3


def test_options_change_the_exit_status_and_nothing_else() -> None:
    assert report(UNKNOWN).exit_status(allow_unknown=True) == 0
    assert report(WARNING).exit_status(fail_on=Severity.WARNING) == 1
    assert report(FAIL).exit_status(allow_unknown=True) == 1
    assert replace(report(PASS), broken=("a bug",)).exit_status(allow_unknown=True) == 4


def test_counts_tell_failures_from_warnings() -> None:
    counts = report(PASS, FAIL, WARNING, UNKNOWN, NOT_ASKED, NOT_ASKED).counts

    assert counts == {"pass": 1, "fail": 1, "warning": 1, "unknown": 1, "not-applicable": 2}


def test_root_causes_are_those_that_nothing_else_explains_the_certain_first() -> None:
    unsure = replace(FAIL, check="dns.registry-name", cause="dns.split", certain=False)
    symptom = replace(FAIL, check="network.lambda-reachable", cause="vpce.none", explained_by="endpoint.lambda-name")
    origin = replace(FAIL, check="endpoint.lambda-name", cause="vpce.private-dns-off")

    assert report(unsure, symptom, origin, WARNING).root_causes == ("vpce.private-dns-off", "dns.split")
    assert report(symptom).root_causes == ("vpce.none",)
    assert report(WARNING, UNKNOWN).root_causes == ("tls.expiring-soon",)
    assert report(PASS).root_causes == ()


def test_what_an_endpoint_says_of_itself_is_the_cause_only_where_nothing_else_is() -> None:
    failed_endpoint = replace(FAIL, check="deployment.healthy", cause="end.failed-image")

    assert report(failed_endpoint, FAIL).root_causes == ("tls.expired",)
    assert report(failed_endpoint, WARNING).root_causes == ("end.failed-image",)

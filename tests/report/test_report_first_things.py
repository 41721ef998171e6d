"""What somebody can do something about stands first, and hosts that nobody named are listed."""

from dataclasses import replace

from report_samples import HEALTHY, REGISTRY, WARNINGS, holds, open_

from pullcheck.judgement import Host
from pullcheck.report.sentence import verdict_sentence
from pullcheck.report.text import text
from pullcheck.verdict import Severity, Status


def test_what_waits_for_another_check_stands_behind_it() -> None:
    waiting = open_(holds("tls.public-ca", "T", REGISTRY, "x"), "no certificate", blocked_by="registry.api-v2")
    origin = open_(holds("registry.api-v2", "T", REGISTRY, "x"), "the name does not resolve")
    written = text(replace(HEALTHY, findings=(waiting, origin)))

    assert written.index("the name does not resolve") < written.index("no certificate")


def test_hosts_that_the_registry_leads_to_are_listed() -> None:
    registry = Host("registry.example.com", "registry", ("10.0.10.20",))
    realm = Host("auth.example.com", "token realm", ("10.0.10.21",))

    assert "hosts" not in text(replace(HEALTHY, hosts=(registry,))).splitlines()
    assert "  auth.example.com  token realm  10.0.10.21" in text(replace(HEALTHY, hosts=(registry, realm))).splitlines()


def test_several_warnings_are_several() -> None:
    warned = [one for one in WARNINGS.findings if one.status is Status.FAIL and one.severity is Severity.WARNING]
    twice = replace(WARNINGS, findings=(*WARNINGS.findings, replace(warned[0], subject="another")))

    assert verdict_sentence(WARNINGS).startswith("This pull would work, with a warning: 1 warning")
    assert verdict_sentence(twice).startswith("This pull would work, with warnings: 2 warnings")

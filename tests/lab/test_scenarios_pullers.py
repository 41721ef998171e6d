"""Registries from which one family of container clients pulls and the other does not, and those that limit."""

import pytest
from breaking import Break, serves
from laboratory import Lab, Scenario, prove

from pullcheck.demo.calls import Reply

MANIFEST = "/v2/team/model/manifests/v1"


def live(cause: str, breaks: Break) -> Scenario:
    return Scenario(cause, breaks, heals=False, live=True)


def hides(path: str) -> Break:
    """Who is not logged in is told that nothing is there."""
    hidden = Reply(404, b'{"errors": [{"code": "MANIFEST_UNKNOWN"}]}', (("Content-Type", "application/json"),))
    return lambda lab: lab.registry.answers.update({path: lambda authorization: None if authorization else hidden})


SCENARIOS = (
    live("auth.challenge-only-on-ping", hides(MANIFEST)),
    live("auth.challenge-only-on-manifest", serves("/v2/", 200, "{}", Docker_Distribution_Api_Version="registry/2.0")),
    live("reg.rate-limited", serves(MANIFEST, 429, "{}", Retry_After="3600")),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.id)
def test_the_report_names_who_is_stopped(lab: Lab, scenario: Scenario) -> None:
    prove(lab, scenario)


def test_the_report_says_how_the_registry_lets_clients_in(lab: Lab) -> None:
    findings = {one["check"]: one for one in lab.check(*lab.live).report["findings"]}

    assert "Basic authentication" in findings["auth.credentials-accepted"]["because"]
    assert "for Docker and containerd alike" in findings["image.layers-present"]["because"]

"""The whole command pulls from the lab's registry and from Debian's, and keeps the password to itself."""

import json
from base64 import b64encode
from contextlib import closing

import pytest
from laboratory import Lab

import pullcheck.collect
import pullcheck_checks
from pullcheck.collect import credentials, pull
from pullcheck.demo.docker_registry import DockerRegistry
from pullcheck.demo.image import tiny_image
from pullcheck.demo.registry import PASSWORD, USERNAME
from pullcheck.demo.world import REGISTRY_HOST
from pullcheck_checks import image
from pullcheck_checks.auth import credentials as auth

CHECKS = (*auth.CHECKS, *image.CHECKS)
ONLY = tuple(word for check in CHECKS for word in ("--only", check.id))
SECRETS = (PASSWORD, b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode())


@pytest.fixture(autouse=True)
def _with_the_pull(monkeypatch: pytest.MonkeyPatch) -> None:
    """The checks of the pull and what they need, whether or not they belong to the built-in ones."""
    collectors = (*pullcheck.collect.COLLECTORS, *credentials.COLLECTORS, *pull.COLLECTORS)
    checks = (*pullcheck_checks.CHECKS, *CHECKS)
    monkeypatch.setattr(pullcheck.collect, "COLLECTORS", tuple(dict.fromkeys(collectors)))
    monkeypatch.setattr(pullcheck_checks, "CHECKS", tuple(dict.fromkeys(checks)))


def statuses(lab: Lab, *options: str) -> dict[str, str]:
    run = lab.check(*options, *ONLY)
    return {one["check"]: one["status"] for one in run.report["findings"]}


GOOD = {check.id: "pass" for check in CHECKS} | {"auth.token-realm": "not-applicable"}


def test_healthy_registry_passes_with_the_functions_credentials(lab: Lab) -> None:
    assert statuses(lab, *lab.live) == GOOD
    assert len([call for call in lab.cloud.calls if "Invoke" in str(call)]) == 1


def test_without_credentials_it_is_unknown_and_says_how(lab: Lab) -> None:
    run = lab.check(*(option for option in lab.live if option != "--invoke-function"), *ONLY)
    because = {one["check"]: one["because"] for one in run.report["findings"]}

    assert run.status == 3
    assert "--invoke-function" in because["auth.credentials-accepted"]
    assert "PULLCHECK_REGISTRY_USERNAME" in because["auth.credentials-accepted"]


def test_credentials_of_the_environment_do_without_a_function(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULLCHECK_REGISTRY_USERNAME", USERNAME)
    monkeypatch.setenv("PULLCHECK_REGISTRY_PASSWORD", PASSWORD)

    assert statuses(lab, *(option for option in lab.live if option != "--invoke-function")) == GOOD


def test_nobody_looks_without_a_vantage(lab: Lab) -> None:
    assert set(statuses(lab, "--vantage", "none", "--invoke-function").values()) == {"unknown"}


@pytest.mark.parametrize("password", [PASSWORD, "wrong-c4n4ry"])
def test_no_secret_leaves_the_process(lab: Lab, password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.registry.password = password
    evidence = lab.collect(*lab.live)
    runs = [
        lab.check(*lab.live),
        lab.run("check", lab.target, *lab.live, "--verbose"),
        lab.run("check", lab.target, *lab.live, "--format", "junit"),
        lab.replay(evidence),
    ]
    texts = [evidence.read_text(), *(text for run in runs for text in (run.output, run.errors))]

    assert "ImagePull" in texts[0]
    assert "collect.credentials" not in texts[0]
    for secret in SECRETS:
        assert not [text for text in texts if secret in text or secret in json.dumps(text)]


def test_rejected_credentials_are_named_and_replayed(lab: Lab) -> None:
    lab.registry.password = "changed"
    run = lab.check(*lab.live, *ONLY)
    replayed = lab.replay(lab.collect(*lab.live), *ONLY)

    assert run.report["root_causes"] == ["auth.basic-rejected"]
    assert replayed.report["findings"] == run.report["findings"]


def test_private_ca_keeps_the_password_at_home(lab: Lab) -> None:
    from pullcheck.demo.certificates import Authority

    heard: list[str | None] = []
    lab.registry.answers["/v2/"] = heard.append
    lab.registry.use(Authority("Private").issue(REGISTRY_HOST))
    run = lab.check(*lab.live, *ONLY)

    assert {one["blocked_by"] for one in run.report["findings"]} == {"tls.public-ca"}
    assert heard == [None]


def test_reference_registry_passes(lab: Lab, debian_registry: str) -> None:
    with closing(DockerRegistry(debian_registry, tiny_image(), lab.certificate, lab.authority.root)) as registry:
        lab.container["Image"] = f"{REGISTRY_HOST}:{registry.port}/team/model:v1"
        resolve = f"{REGISTRY_HOST}:{registry.port}:127.0.0.1"
        options = tuple(resolve if option.startswith(REGISTRY_HOST) else option for option in lab.live)
        found = statuses(lab, *options)
        lab.container["Image"] = f"{REGISTRY_HOST}:{registry.port}/team/model:v2"
        tag = lab.check(*options, *ONLY).report["root_causes"]
        lab.container["Image"] = f"{REGISTRY_HOST}:{registry.port}/team/other:v1"
        repository = lab.check(*options, *ONLY).report["root_causes"]

    assert found == GOOD
    assert tag == ["img.tag-not-found"]
    assert repository == ["img.repo-not-found"]

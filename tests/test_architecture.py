"""The rules of the house that a machine can hold us to."""

import ast
import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pullcheck.collect import COLLECTORS, collectors_for
from pullcheck.collect.credentials import Credentials, Invocation
from pullcheck.observation import plan_for
from pullcheck.packs import built_in_checks, causes, load_packs
from pullcheck.verdict import Cause
from pullcheck.wiring import AnyCheck, AnyCollector

ROOT = Path(__file__).parents[1]
TALKERS = {"boto3", "botocore", "dns", "http", "requests", "socket", "ssl", "subprocess", "time", "urllib", "urllib3"}
HEADINGS = ("What:", "Why:", "Passes:", "Fails:", "Not verified when:", "Fix:", "Source:")
PACKS = load_packs()
CHECKS = list(PACKS[0].checks)
SECRETS = (Invocation, Credentials)
"""What holds a secret is no evidence: it is never written and never printed."""
FIRST_RELEASE = {
    "registry.api-v2",
    "tls.public-ca",
    "network.registry-reachable",
    "network.lambda-reachable",
    "endpoint.lambda-name",
    "role.invoke-function",
    "function.returns-credentials",
    "target.access-mode",
}
FAMILIES = {
    "target", "registry", "auth", "image", "tls", "dns", "network", "endpoint", "role", "function", "quota",
    "deployment",
}  # fmt: skip


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("path", sorted((ROOT / "checks").rglob("*.py")), ids=lambda path: path.name)
def test_judging_talks_to_nobody_and_knows_no_clock(path: Path) -> None:
    talk = {name for name in imports(path) if name.split(".")[0] in TALKERS - {"urllib"} or name == "urllib.request"}
    source = path.read_text()

    assert not talk
    assert not re.search(r"\.(utcnow|now|today)\(", source)
    assert not any(name.startswith(("pullcheck.collect", "pullcheck.vantage.here")) for name in imports(path))


@pytest.mark.parametrize("path", sorted((ROOT / "src/pullcheck/evidence").glob("*.py")), ids=lambda path: path.name)
def test_evidence_only_states(path: Path) -> None:
    foreign = {name for name in imports(path) if name.split(".")[0] in TALKERS or name.startswith("pullcheck.collect")}

    assert not foreign


@pytest.mark.parametrize("source", COLLECTORS, ids=lambda source: source.name)
def test_is_found_by_its_evidence(source: AnyCollector) -> None:
    assert source in collectors_for([source.provides])


@pytest.mark.parametrize("source", COLLECTORS, ids=lambda source: source.name)
def test_evidence_is_frozen_and_its_collector_says_what_it_asks_of_aws(source: AnyCollector) -> None:
    if source.provides in SECRETS:
        assert not dataclasses.is_dataclass(source.provides)
        assert repr(object.__new__(source.provides)).endswith("(...)")
        return
    parameters = getattr(source.provides, "__dataclass_params__", None)

    assert parameters is not None
    assert parameters.frozen
    for action in source.actions + source.optional:
        assert re.fullmatch(r"[a-z0-9-]+:[A-Z][A-Za-z0-9]+", action)


def test_the_wiring_of_all_checks_holds() -> None:
    assert plan_for(PACKS, CHECKS).collectors


def test_the_ids_of_the_first_release_are_there() -> None:
    assert {check.id for check in CHECKS} >= FIRST_RELEASE


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_check_is_named_and_explained_in_the_houses_form(check: AnyCheck) -> None:
    assert re.fullmatch(r"[a-z0-9]+(\.[a-z0-9]+(-[a-z0-9]+)*)", check.id)
    assert check.family in FAMILIES
    assert not check.title.startswith(("Ensure", "Check", "Verify"))
    assert not check.title.endswith(".")
    for heading in HEADINGS:
        assert re.search(rf"^{heading}", check.page, re.M), heading


@pytest.mark.parametrize("cause", [cause for cause, _ in causes(PACKS).values()], ids=lambda cause: cause.id)
def test_a_cause_says_everything_its_page_needs(cause: Cause) -> None:
    assert re.fullmatch(r"[a-z0-9]+\.[a-z0-9]+(-[a-z0-9]+)*", cause.id)
    for text in (cause.breaks, cause.seen, cause.fix, cause.source):
        assert len(text) > 3


def test_every_check_and_cause_has_one_owner() -> None:
    named = [cause.id for check in CHECKS for cause in check.causes]

    assert len(named) == len(set(named))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_the_readme_lists_the_check(check: AnyCheck) -> None:
    assert f"`{check.id}`" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_page_is_found_without_loading_every_room(check: AnyCheck) -> None:
    for name in (check.id, *(cause.id for cause in check.causes)):
        assert check in built_in_checks(name), name


def test_modules_stay_small() -> None:
    modules = [*(ROOT / "src").rglob("*.py"), *(ROOT / "checks").rglob("*.py")]
    sizes = {path: len(path.read_text().splitlines()) for path in modules}

    assert {path.name: size for path, size in sizes.items() if size > 300} == {}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_check_is_tried_as_a_function(check: AnyCheck) -> None:
    name = check.function.__name__
    tests = [path.read_text() for path in (ROOT / "tests" / "checks").rglob("test_*.py")]

    assert any(re.search(rf"import .*\b{name}\b|^    {name},$|\b{name}\(", text, re.M) for text in tests), name

"""skopeo and pullcheck pull from the same registries, over real names, addresses and TLS, and have to agree.

skopeo is Debian's, 1.9.3 of 2022. It is of Docker's family: where containerd's does otherwise, pullcheck says warning.
"""

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from behaviours import Row
from quirks import PASSWORD, REPOSITORY, USERNAME
from registries import ROWS
from street import HERE, House, Street, street

from pullcheck import NotObserved, Unavailable
from pullcheck.collect.credentials import PASSWORD as PASSWORD_VARIABLE
from pullcheck.collect.credentials import USERNAME as USERNAME_VARIABLE
from pullcheck.judgement import Report
from pullcheck.observation import judge, observe, plan_for
from pullcheck.packs import load_packs, select
from pullcheck.settings import Resolve, Settings
from pullcheck.target import Container, Model, Target, TargetKind, Variant
from pullcheck.vantage import VantageName
from pullcheck.verdict import Severity, Status

FAMILIES = ("registry", "auth", "image", "tls")
PROVIDER = "arn:aws:lambda:us-east-1:111122223333:function:credentials"
AT_ONCE = 6


class NoAws:
    """Nobody to ask: what is judged here needs no account."""

    region = "us-east-1"
    given_up = False

    def call(self, *_: str, **__: Any) -> dict[str, Any]:
        raise NotObserved(Unavailable("there is no account here", "none"))


@dataclass(frozen=True)
class Both:
    """What each of them made of one registry."""

    pulls: bool
    words: str
    report: Report

    @property
    def says(self) -> str:
        errors = [one for one in self.report.findings if one.status is Status.FAIL and one.severity is Severity.ERROR]
        if errors:
            return "fail"
        statuses = {one.status for one in self.report.findings}
        return "unknown" if Status.UNKNOWN in statuses else "warning" if Status.FAIL in statuses else "pass"

    @property
    def told(self) -> str:
        lines = [
            f"{one.status.value} {one.severity.value} {one.check} {one.cause}: {one.because}"
            for one in self.report.findings
            if one.status in (Status.FAIL, Status.UNKNOWN)
        ]
        return "\n".join([f"skopeo {'pulls' if self.pulls else 'does not pull'}: {self.words.strip()}", *lines])


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Both]]:
    """All rows, looked at by both, a few at a time."""
    folder = tmp_path_factory.mktemp("street")
    if not shutil.which("skopeo"):
        _skip("there is no skopeo here: apt-get install skopeo")
    os.environ.update({USERNAME_VARIABLE: USERNAME, PASSWORD_VARIABLE: PASSWORD})
    try:
        with street(folder) as made, ThreadPoolExecutor(AT_ONCE) as pool:
            houses = [_settle(made, House(number), row) for number, row in enumerate(ROWS)]
            yield dict(zip((row.id for row in ROWS), pool.map(lambda one: _both(made, *one), houses), strict=True))
    except OSError as error:
        _skip(f"no network namespace can be made here: {error}")
    finally:
        del os.environ[USERNAME_VARIABLE], os.environ[PASSWORD_VARIABLE]


def _skip(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def _settle(made: Street, house: House, row: Row) -> tuple[House, Row]:
    behaviours = row.behaviours(house)
    for name in (house.registry, house.token, house.store):
        made.behaviours[name] = behaviours
    make = row.certificate or (lambda authority, _: authority.issue("*.example.com"))
    context = made.context(make(made.authority, house.registry), row.configure or (lambda _: None))
    made.contexts[house.registry] = context
    made.addresses[house.registry] = made.build(context) if row.configure else row.address or HERE
    return house, row


def _both(made: Street, house: House, row: Row) -> Both:
    done = made.skopeo(
        "--command-timeout=20s",
        *("--override-os=linux", "--override-arch=amd64", "copy", "--quiet", f"--src-creds={USERNAME}:{PASSWORD}"),
        f"docker://{house.registry}/{REPOSITORY}{row.reference}",
        f"dir:{made.folder / row.id}",
    )
    with made.namespace.inside():
        return Both(done.returncode == 0, done.stderr, _report(made, house, row))


def _report(made: Street, house: House, row: Row) -> Report:
    """What ``pullcheck check --vantage inside`` reports of the families that look at the registry."""
    packs = load_packs()
    plan = plan_for(packs, select(packs, FAMILIES))
    image = f"{house.registry}/{REPOSITORY}{row.reference}"
    provider = None if row.id == "anonymous" else PROVIDER
    model = Model("m", None, None, (Container("PrimaryContainer", image, "Vpc", provider, provider is not None),))
    variants = (Variant("all", "m", ("ml.m5.large",)),)
    target = Target(TargetKind.REQUEST, "m", "model.json", "us-east-1", (model,), variants)
    names = (house.registry, house.token, house.store)
    ports = (80, 443)
    settings = Settings(
        timeout=10,
        resolve=tuple(Resolve(name, port, made.addresses.get(name, HERE)) for name in names for port in ports),
        public_roots=made.authority.root,
        public_roots_source="roots.pem",
    )
    aws: Any = NoAws()
    return judge(plan, observe(plan, target, settings, aws, VantageName.INSIDE, lambda *_: None))


@pytest.mark.xdist_group("skopeo")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_both_say_the_same(row: Row, outcomes: dict[str, Both]) -> None:
    both = outcomes[row.id]

    assert not both.report.broken
    assert (both.pulls, both.says) == (row.pulls, row.says), both.told


def test_where_they_differ_the_table_says_why() -> None:
    assert [row.id for row in ROWS if not row.agrees and not row.because] == []
    assert [row.id for row in ROWS if row.agrees and row.because] == []


def test_there_are_enough_rows() -> None:
    assert len(ROWS) >= 80
    assert len([row for row in ROWS if row.healthy]) >= 20
    assert len({row.id for row in ROWS}) == len(ROWS)

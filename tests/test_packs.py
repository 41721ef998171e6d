"""Packs of other people come through the same door; a bad one is named and nothing runs."""

import sys
from pathlib import Path

import pytest

from pullcheck.errors import UsageError
from pullcheck.packs import load_packs, select

GOOD = """
from collections.abc import Iterator
from pullcheck import Cause, Basis, Verdict, check, passed
from pullcheck.target import Target
SLOW = Cause("acme.slow", "it is slow", "a clock", "make it fast", Basis.INFERENCE, "us")

@check("acme.speed", "It is fast", causes=(SLOW,))
def fast(target: Target) -> Iterator[Verdict]:
    yield passed("it", "1 ms")

CHECKS = (fast,)
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "acme_pack", raising=False)
    return tmp_path


def install(site: Path, name: str, code: str) -> None:
    """A distribution as pip leaves it: a module, its metadata and an entry point."""
    (site / f"{name}_pack.py").write_text(code)
    info = site / f"{name}-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text(f"[pullcheck.packs]\n{name} = {name}_pack\n")


def test_the_built_in_pack_comes_first_and_others_by_name(site: Path) -> None:
    install(site, "acme", GOOD)
    packs = load_packs()

    assert [pack.name for pack in packs] == ["pullcheck", "acme"]
    assert packs[1].distribution == "acme 1.2"


def test_packs_of_others_can_be_left_out(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(site, "acme", "raise RuntimeError('no')")
    monkeypatch.setenv("PULLCHECK_NO_PACKS", "1")

    assert [pack.name for pack in load_packs()] == ["pullcheck"]


@pytest.mark.parametrize(
    ("code", "complaint"),
    [
        ("import nowhere_to_be_found", "nowhere_to_be_found"),
        ("CHECKS = (1,)", "which is no Check"),
        ("", "CHECKS"),
        (GOOD.replace("target: Target", "target"), "has no type"),
        (GOOD.replace("acme.speed", "tls.public-ca"), "the check tls.public-ca comes from two packs"),
        (GOOD.replace("acme.slow", "tls.expired"), "the cause tls.expired comes from two packs"),
        (GOOD.replace("(fast,)", "(fast, fast)"), "brings one check id twice"),
    ],
)
def test_a_bad_pack_is_named_with_its_distribution(site: Path, code: str, complaint: str) -> None:
    install(site, "acme", code)

    with pytest.raises(UsageError) as raised:
        load_packs()

    assert complaint in str(raised.value)
    assert "acme 1.2" in str(raised.value)


def test_only_the_rooms_that_are_named_are_loaded(site: Path) -> None:
    install(site, "acme", GOOD)
    own, acme = load_packs(["tls", "image.exists"])

    assert {check.family for check in own.checks} == {"tls", "image"}
    assert acme.checks
    assert load_packs(["tls", "acme"])[0].checks == load_packs()[0].checks


def test_checks_are_chosen_by_id_and_family() -> None:
    packs = load_packs()
    tls = {check.id for check in select(packs, ["tls"])}

    assert "tls.public-ca" in tls
    assert all(name.startswith("tls.") for name in tls)
    assert {check.id for check in select(packs, ["tls"], ["tls.public-ca"])} == tls - {"tls.public-ca"}


@pytest.mark.parametrize(("only", "skip"), [(["tsl"], []), ([], ["tls.nothing"]), (["tls"], ["tls"])])
def test_a_choice_that_means_nothing_is_refused(only: list[str], skip: list[str]) -> None:
    with pytest.raises(UsageError, match=r"--only|--skip"):
        select(load_packs(), only, skip)

"""A run that ends before its time: who waits is told, and nobody is left behind."""

import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from pullcheck.collect.aws import Aws
from pullcheck.engine import Plan, Pull
from pullcheck.errors import UsageError
from pullcheck.progress import announce
from pullcheck.verdict import Verdict, passed
from pullcheck.wiring import check, collector


@dataclass(frozen=True)
class Slow:
    pass


@dataclass(frozen=True)
class Wrong:
    pass


def test_who_waits_is_told_when_the_run_ends_early() -> None:
    aws, tidied = Aws("us-east-1"), threading.Event()

    @collector()
    def slow(door: Aws) -> Slow:
        if door.given_up.wait(30):
            tidied.set()
        return Slow()

    @collector()
    def wrong(door: Aws) -> Wrong:
        raise UsageError("no such profile")

    @check("test.both", "Both are there")
    def both(one: Slow, other: Wrong) -> Iterator[Verdict]:
        yield passed("it", f"{one}{other}")

    plan = Plan([both], [slow, wrong], [Aws])
    with pytest.raises(UsageError):
        plan.collect([Pull("it", {Aws: aws})], given_up=aws.given_up)

    assert tidied.is_set()


def test_actions_of_an_option_are_told_apart() -> None:
    @collector("svc:Read", optional=("svc:More",))
    def plain(door: Aws) -> Slow:
        return Slow()

    @collector(optional=("svc:Write",), option="--really")
    def asked(door: Aws) -> Wrong:
        return Wrong()

    @check("test.both", "Both are there")
    def both(one: Slow, other: Wrong) -> Iterator[Verdict]:
        yield passed("it", f"{one}{other}")

    plan = Plan([both], [plain, asked], [Aws])

    assert plan.actions == ("svc:More", "svc:Read")
    assert plan.actions_with("--really") == ("svc:Write",)


def test_what_costs_money_is_done_so_many_times_in_a_run() -> None:
    aws = Aws("us-east-1")

    assert [aws.may("buy", 2) for _ in range(3)] == [True, True, False]
    assert aws.may("sell", 1)


@pytest.mark.parametrize(("terminal", "before"), [(True, "\r\x1b[K"), (False, "")])
def test_an_announcement_stands_on_a_line_of_its_own(
    terminal: bool, before: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: terminal)
    monkeypatch.setattr("sys.stderr", stream)
    announce("it costs\n1 USD")

    assert stream.getvalue() == f"{before}pullcheck: it costs 1 USD\n"

"""The engine resolves who needs what, observes once, and turns absence into ``unknown`` in one place."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from pullcheck import NotApplicable, NotObserved, Status, Unavailable, Verdict, check, collector, passed
from pullcheck.engine import Plan, Pull
from pullcheck.errors import WiringError
from pullcheck.wiring import AnyCheck, AnyCollector


@dataclass(frozen=True)
class Seed:
    value: int


@dataclass(frozen=True)
class Doubled:
    value: int


@dataclass(frozen=True)
class Summed:
    value: int


@collector("svc:Double")
def doubled(seed: Seed) -> Doubled:
    return Doubled(seed.value * 2)


@collector("svc:Sum", optional=["svc:More"])
def summed(seed: Seed, double: Doubled) -> Summed:
    return Summed(seed.value + double.value)


@check("demo.sum", "The sum is there")
def sum_is_there(total: Summed) -> Iterator[Verdict]:
    yield passed("sum", str(total.value))


@check("demo.double", "The double is there")
def copes_with_absence(double: Doubled | Unavailable) -> Iterator[Verdict]:
    yield passed("double", "absent" if isinstance(double, Unavailable) else str(double.value))


def statuses(checks: list[AnyCheck], collectors: list[AnyCollector], *seeds: object) -> list[tuple[str, Status, str]]:
    plan = Plan(checks, collectors, [Seed])
    pulls = [Pull(f"pull {number}", {Seed: seed}) for number, seed in enumerate(seeds)]
    answers = plan.judge(plan.collect(pulls))
    return [(answer.verdict.subject, answer.verdict.status, answer.verdict.because) for answer in answers]


def test_evidence_reaches_the_check_that_names_its_type() -> None:
    assert statuses([sum_is_there], [summed, doubled], Seed(2)) == [("sum", Status.PASS, "6")]


def test_a_plan_holds_only_what_its_checks_need_and_knows_its_actions() -> None:
    plan = Plan([copes_with_absence], [summed, doubled], [Seed])

    assert [source.name for source in plan.collectors] == ["doubled"]
    assert Plan([sum_is_there], [summed, doubled], [Seed]).actions == ("svc:Double", "svc:More", "svc:Sum")


@pytest.mark.parametrize("how", ["return", "raise"])
def test_what_could_not_be_looked_at_is_unknown_and_says_what_would_settle_it(how: str) -> None:
    @collector("svc:Double")
    def denied(seed: Seed) -> Doubled | Unavailable:
        absent = Unavailable("svc:Double was denied", "allow svc:Double", blocked_by="demo.other")
        if how == "raise":
            raise NotObserved(absent)
        return absent

    [(subject, status, because)] = statuses([sum_is_there], [summed, denied], Seed(1))

    assert (subject, status) == ("pull 0", Status.UNKNOWN)
    assert because == "svc:Double was denied; allow svc:Double"


def test_a_check_that_copes_with_absence_is_asked_all_the_same() -> None:
    @collector()
    def denied(seed: Seed) -> Doubled | Unavailable:
        return Unavailable("no")

    assert statuses([copes_with_absence], [denied], Seed(1)) == [("double", Status.PASS, "absent")]


def test_what_does_not_apply_wins_over_what_is_missing() -> None:
    @collector()
    def not_asked(seed: Seed) -> Doubled | NotApplicable:
        return NotApplicable("no Lambda is named")

    assert statuses([sum_is_there], [summed, not_asked], Seed(1)) == [
        ("pull 0", Status.NOT_APPLICABLE, "no Lambda is named")
    ]


def test_equal_inputs_are_observed_and_judged_once() -> None:
    calls = []

    @collector()
    def counted(seed: Seed) -> Doubled:
        calls.append(seed)
        time.sleep(0.02)
        return Doubled(seed.value * 2)

    found = statuses([sum_is_there], [summed, counted], *[Seed(3) for _ in range(15)], Seed(4))

    assert len(calls) == 2
    assert [because for _, _, because in found] == ["9", "12"]


def test_collectors_that_do_not_need_each_other_run_side_by_side() -> None:
    together = threading.Barrier(2, timeout=5)

    @collector()
    def left(seed: Seed) -> Doubled:
        together.wait()
        return Doubled(1)

    @collector()
    def right(seed: Seed) -> Summed:
        together.wait()
        return Summed(1)

    assert [status for _, status, _ in statuses([sum_is_there, copes_with_absence], [left, right], Seed(1))] == [
        Status.PASS,
        Status.PASS,
    ]


def test_a_crash_is_shown_where_it_happened_and_the_others_go_on() -> None:
    @collector()
    def crashes(seed: Seed) -> Summed:
        raise ZeroDivisionError("by zero")

    plan = Plan([sum_is_there, copes_with_absence], [crashes, doubled], [Seed])
    observed = plan.collect([Pull("pull", {Seed: Seed(1)})])
    first, second = plan.judge(observed)

    assert first.verdict.status is Status.UNKNOWN
    assert "pullcheck itself broke in crashes: ZeroDivisionError" in first.verdict.because
    assert second.verdict.status is Status.PASS
    assert observed[0].broken == ("crashes: ZeroDivisionError: by zero",)


def test_a_check_that_says_nothing_is_a_bug_not_a_pass() -> None:
    @check("demo.silent", "It speaks")
    def silent(seed: Seed) -> Iterator[Verdict]:
        yield from ()

    plan = Plan([silent], [], [Seed])
    [answer] = plan.judge(plan.collect([Pull("pull", {Seed: Seed(1)})]))

    assert answer.broken
    assert answer.verdict.status is Status.UNKNOWN


@pytest.mark.parametrize(
    ("collectors", "complaint"),
    [
        ([summed], "summed needs Doubled, which no collector provides"),
        ([summed, doubled, doubled], "Doubled has two sources"),
    ],
)
def test_wrong_wiring_is_found_before_anything_is_observed(collectors: list[AnyCollector], complaint: str) -> None:
    with pytest.raises(WiringError, match=complaint):
        Plan([sum_is_there], collectors, [Seed])


def test_a_cycle_is_found_before_anything_is_observed() -> None:
    @collector()
    def backwards(total: Summed) -> Doubled:
        return Doubled(total.value)

    with pytest.raises(WiringError, match="collectors need each other"):
        Plan([sum_is_there], [summed, backwards], [Seed])


def test_what_cannot_be_asked_is_unknown_for_each_of_its_subjects() -> None:
    def twins(seed: Seed) -> Iterator[str]:
        yield from (f"{seed.value} left", f"{seed.value} right")

    @check("demo.twins", "Both are there", subjects=twins)
    def both_are_there(double: Doubled) -> Iterator[Verdict]:
        yield passed("both", str(double.value))

    @collector()
    def denied(seed: Seed) -> Doubled | Unavailable:
        return Unavailable("denied")

    assert statuses([both_are_there], [denied], Seed(7)) == [
        ("7 left", Status.UNKNOWN, "denied"),
        ("7 right", Status.UNKNOWN, "denied"),
    ]

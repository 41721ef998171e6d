"""Evidence on paper: what is read back is what was seen, and a bad file is refused in one line."""

import json
from dataclasses import dataclass

import pytest

from pullcheck import NotApplicable, Unavailable
from pullcheck.engine import Facts, Observed
from pullcheck.errors import UsageError
from pullcheck.evidence_file import dump, load
from pullcheck.judgement import SeenFrom
from pullcheck.observation import Observation
from pullcheck.settings import Settings
from pullcheck.target import Container, Model, Target, TargetKind, VpcConfig


@dataclass(frozen=True)
class Weather:
    degrees: float
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mood:
    good: bool


class Voice:
    """Something that acts: it is never written."""


MODEL = Model("m", None, VpcConfig(("subnet-0a1",), ("sg-0b2",)), (Container("PrimaryContainer", "h.example/i:1"),))
TARGET = Target(TargetKind.REQUEST, "m", "m.json", "us-east-1", (MODEL, Unavailable("denied", "allow it")))
SHARED = Weather(1.5, ("mild", "\x1b[31mred"))
FACTS: Facts = {Weather: SHARED, Mood: Unavailable("nobody asked", "ask"), Target: TARGET, Settings: Settings()}
OBSERVATION = Observation(
    TARGET,
    (SeenFrom("outside", "this machine"),),
    (
        Observed("first", {**FACTS, Voice: Voice()}),
        Observed("second", {**FACTS, Mood: NotApplicable("it has none")}),
    ),
)
TYPES = [Weather, Mood, Target]


def test_evidence_comes_back_as_it_was() -> None:
    text = dump(OBSERVATION)
    back = load(text, "evidence.json", TYPES)

    assert back.target == TARGET
    assert back.vantages == OBSERVATION.vantages
    assert [dict(pull.facts) for pull in back.pulls] == [
        {Weather: SHARED, Mood: Unavailable("nobody asked", "ask"), Target: TARGET},
        {Weather: SHARED, Mood: NotApplicable("it has none"), Target: TARGET},
    ]
    assert dump(back) == text


def test_a_fact_that_two_pulls_share_is_written_once_and_stays_one_object() -> None:
    document = json.loads(dump(OBSERVATION))
    first, second = load(dump(OBSERVATION), "evidence.json", TYPES).pulls

    assert len([fact for fact in document["facts"] if fact["type"].endswith(".Weather")]) == 1
    assert first.facts[Weather] is second.facts[Weather]


def test_facts_of_packs_that_are_not_here_are_passed_over() -> None:
    [first, _] = load(dump(OBSERVATION), "evidence.json", [Weather]).pulls

    assert set(first.facts) == {Weather}


def damaged(**changes: object) -> str:
    return json.dumps({**json.loads(dump(OBSERVATION)), **changes})


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "not an evidence file, or a truncated one"),
        (dump(OBSERVATION)[:-40], "truncated"),
        ("[]", "not an evidence file"),
        ('{"ModelName": "m"}', "not an evidence file: expected schema 'pullcheck/evidence/1'"),
        (damaged(schema="pullcheck/evidence/2"), "update pullcheck"),
        (damaged(facts=[]), "damaged evidence"),
        (damaged(pulls=7), "damaged evidence"),
        (damaged(pulls=[{"subject": "x", "facts": {f"{__name__}.Weather": -1}}]), "damaged evidence"),
        (damaged(pulls=[{"subject": "x", "facts": {f"{__name__}.Mood": 0}}]), "damaged evidence"),
        (damaged(facts=[{"type": f"{__name__}.Weather", "value": {"degrees": "warm"}}]), "damaged evidence"),
        (damaged(target=None), "damaged evidence"),
        ("[" * 100_000, "truncated"),
    ],
)
def test_a_bad_file_is_refused_in_one_line(text: str, complaint: str) -> None:
    with pytest.raises(UsageError) as raised:
        load(text, "evidence.json", TYPES)

    assert complaint in str(raised.value)
    assert str(raised.value).startswith("evidence.json: ")
    assert "\n" not in str(raised.value)

"""WWW-Authenticate as registries really send it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcheck.challenge import Challenge, challenges, first_of_each

REALM = ("realm", "https://auth.example.com/token")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", ()),
        (" , ,", ()),
        ("Basic", (Challenge("Basic"),)),
        ('Basic realm="lab"', (Challenge("Basic", (("realm", "lab"),)),)),
        ("Basic realm=lab", (Challenge("Basic", (("realm", "lab"),)),)),
        ('Basic realm="", charset="UTF-8"', (Challenge("Basic", (("realm", ""), ("charset", "UTF-8"))),)),
        ('bEaReR ReAlM="https://auth.example.com/token"', (Challenge("bEaReR", (REALM,)),)),
        (
            'Bearer realm="https://auth.example.com/token" , service="r" ,scope="repository:a/b:pull,push"',
            (Challenge("Bearer", (REALM, ("service", "r"), ("scope", "repository:a/b:pull,push"))),),
        ),
        ('Basic realm="lab, \\"registry\\" a\\\\b"', (Challenge("Basic", (("realm", 'lab, "registry" a\\b'),)),)),
        (
            'Basic realm="a", Bearer realm="https://auth.example.com/token",service="r"',
            (Challenge("Basic", (("realm", "a"),)), Challenge("Bearer", (REALM, ("service", "r")))),
        ),
        (
            'Bearer realm="https://auth.example.com/token", Basic realm="a"',
            (Challenge("Bearer", (REALM,)), Challenge("Basic", (("realm", "a"),))),
        ),
        ('Negotiate, Basic realm="a"', (Challenge("Negotiate"), Challenge("Basic", (("realm", "a"),)))),
        ("Negotiate oRQwEqADCgEA==, NTLM", (Challenge("Negotiate", token68="oRQwEqADCgEA=="), Challenge("NTLM"))),
        (
            'Bearer service="",realm="https://auth.example.com/token"',
            (Challenge("Bearer", (("service", ""), REALM)),),
        ),
        (
            'Bearer service=,realm="https://auth.example.com/token"',
            (Challenge("Bearer", (("service", ""), REALM)),),
        ),
        (
            'Bearer realm="https://auth.example.com/token?account=x"',
            (Challenge("Bearer", (("realm", "https://auth.example.com/token?account=x"),)),),
        ),
        (
            "Bearer realm=https://auth.example.com/token",
            (Challenge("Bearer", fault="the value of realm needs quotes: https://auth.example.com/token"),),
        ),
        (
            'Bearer realm="https://auth.example.com/token',
            (Challenge("Bearer", fault="the quotes around the value of realm do not close"),),
        ),
        ('Bearer realm="abc\\', (Challenge("Bearer", fault="the quotes around the value of realm do not close"),)),
        (
            'Bearer realm="https://auth.example.com/token" service="r"',
            (Challenge("Bearer", (REALM,), fault="there is no comma after realm"),),
        ),
        ('Bearer realm = "x"', (Challenge("Bearer", fault="there are blanks around the = of realm"),)),
        ('realm="x"', (Challenge("", fault='nothing of a challenge begins with realm="x"'),)),
        ('"Bearer"', (Challenge("", fault='nothing of a challenge begins with "Bearer"'),)),
    ],
)
def test_challenges_of_a_line(line: str, expected: tuple[Challenge, ...]) -> None:
    assert challenges(line) == expected


def test_clients_stop_at_an_empty_value() -> None:
    [challenge] = challenges('Bearer service="",realm="https://auth.example.com/token"')

    assert challenge.get("realm") == REALM[1]
    assert challenge.as_clients_read().parameters == ()


def test_clients_see_the_first_challenge_of_each_line() -> None:
    lines = [challenges("Negotiate, Basic"), challenges(""), challenges('Bearer realm="x"')]

    assert [one.scheme for one in first_of_each(lines)] == ["Negotiate", "Bearer"]


@given(st.one_of(st.text(), st.text(alphabet='Bearlm ,="\\:/\t'), st.from_regex(r'(Basic|Bearer) \w+="[^"]*".*')))
def test_no_line_raises_and_every_name_is_lower_case(line: str) -> None:
    for challenge in challenges(line):
        for name, _ in challenge.parameters:
            assert name == name.lower()


@given(
    scheme=st.sampled_from(["Basic", "Bearer", "Digest"]),
    parameters=st.lists(st.tuples(st.from_regex(r"[a-z]{1,9}", fullmatch=True), st.text(st.characters(codec="ascii")))),
)
def test_what_is_written_by_the_grammar_is_read_back(scheme: str, parameters: list[tuple[str, str]]) -> None:
    written = [f'{name}="' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for name, value in parameters]
    line = f"{scheme} {', '.join(written)}"

    assert all("\n" in value or "\r" in value for _, value in parameters) or challenges(line) == (
        Challenge(scheme, tuple(parameters)),
    )


def test_a_long_line_takes_no_long_time() -> None:
    for line in ('Basic realm="' + "\\" * 8000, "a " * 4000, "Basic " + "a=b," * 2000, "," * 8000, "a" * 8000):
        assert challenges(line) is not None

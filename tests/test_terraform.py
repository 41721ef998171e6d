"""What a fix prints for Terraform is Terraform, whatever ids and names AWS or a file came up with."""

from typing import Any

import hcl2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from network_hcl import parsed
from pullcheck.terraform import comment, documents, resource

texts = st.text(max_size=40) | st.sampled_from(
    [
        '"',
        "\\",
        "${x}",
        "%{if}",
        "##vso[a]",
        "a\nb",
        "\x1b[2J",
        "\u202e",
        "\ud800",
        "😀",
        '"}\nresource "x" "y" {',
        "$${",
    ]
)


@settings(deadline=None)
@given(texts, texts, texts, st.integers(), st.booleans(), st.lists(texts, max_size=3))
def test_whatever_is_written_is_one_resource(
    name: str, text: str, more: str, number: int, flag: bool, several: list[str]
) -> None:
    written = resource("aws_route", name, first=text, number=number, flag=flag, several=tuple(several), none=None)
    [(kind, _, arguments)] = parsed(written + "\n" + comment(more))

    assert kind == "aws_route"
    assert set(arguments) == {"first", "number", "flag", "several"}
    assert written.isascii()
    assert "##" not in written
    assert len(written.splitlines()) == 6


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("sg-0b2", '"sg-0b2"'),
        ('say "no"', r'"say \"no\""'),
        ("${var.x}", r'"\u0024{var.x}"'),
        ("%{for}", r'"\u0025{for}"'),
        ("a\\b", r'"a\\b"'),
        ("line\nline", r'"line\u000aline"'),
        ("😀", r'"\U0001f600"'),
    ],
)
def test_texts_are_quoted_as_the_syntax_has_it(text: str, quoted: str) -> None:
    assert f"  first = {quoted}\n" in resource("aws_route", "x", first=text)


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("rtb-0a1_to_10.9.0.0/16", "rtb_0a1_to_10_9_0_0_16"),
        ("10.0.0.0/8", "r_10_0_0_0_8"),
        ("", "r_"),
        ("ünï", "n"),
    ],
)
def test_names_are_identifiers(given_name: str, name: str) -> None:
    assert resource("aws_route", given_name).startswith(f'resource "aws_route" "{name}" {{')


def test_documents_say_each_part_once() -> None:
    written = documents((comment("a"), "", comment("b"), comment("a")))

    assert written == "# a\n\n# b"


def test_comments_are_one_line_and_nothing_else() -> None:
    document: dict[str, Any] = hcl2.loads(comment('x\n} resource "aws_route" "y" {}') + "\n")

    assert set(document) <= {"__comments__"}

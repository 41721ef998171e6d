"""What others wrote (a registry, a file, AWS) made harmless where it is shown: on terminals, in CI logs, in XML."""

import re
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar, cast

from pullcheck.verdict import Fix

T = TypeVar("T")

LIMIT = 500
INLINE_COMMAND = re.compile(r"##(?=\w*\[)")
"""``##[error]`` (GitHub), ``##vso[...]`` (Azure Pipelines), ``##teamcity[...]``: obeyed anywhere in a line."""
LINE_COMMAND = re.compile(r"^((?:\s|\x1b\[[\d;]*m)*):(?=:)", re.MULTILINE)
"""``::set-output ...`` (GitHub workflow commands): obeyed at the beginning of a line, after blanks."""


def harmless(text: str, limit: int | None = LIMIT) -> str:
    """One line of printable characters, at most ``limit`` of them before escaping.

    Control characters, bidirectional overrides, line separators, lone surrogates and everything else that does not
    print stand as visible escapes (``\\x1b``, ``\\u202e``). That leaves no character that XML 1.0 forbids.
    """
    if limit is not None and len(text) > limit:
        text = text[: limit - 1] + "…"
    if not text.isprintable():
        text = "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)
    return INLINE_COMMAND.sub(r"#\\x23", text)


def harmless_lines(text: str) -> str:
    """The text with no line that a CI runner takes for a command."""
    return LINE_COMMAND.sub(r"\1\\x3a", text)


def harmless_throughout(value: T) -> T:
    """A dataclass with every text in it harmless, however deep; only commands and code keep their full length."""
    return cast("T", _clean(value))


def _clean(value: Any) -> Any:
    match value:
        case Enum():
            return value
        case str():
            return harmless(value)
        case tuple():
            return tuple(_clean(item) for item in value)
        case Fix():
            lines = [harmless(line, limit=None) for line in value.terraform.splitlines()]
            return replace(
                value,
                summary=harmless(value.summary),
                commands=tuple(harmless(command, limit=None) for command in value.commands),
                terraform="\n".join(lines),
                account=value.account and harmless(value.account),
            )
        case _ if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{field.name: _clean(getattr(value, field.name)) for field in fields(value)})
    return value

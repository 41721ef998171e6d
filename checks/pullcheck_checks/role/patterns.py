"""Wildcards and policy variables in actions, resources and condition values (iam rules 1, 3, 8, 9)."""

import re
from collections.abc import Sequence
from enum import Enum
from functools import lru_cache

from pullcheck_checks.role.context import Context, Lack
from pullcheck_checks.role.kleene import Truth

VARIABLE = re.compile(r"\$\{([^}]*)\}")
ARN_FIELDS = 6


class Wild(Enum):
    """What a pattern holds beside plain text; OPEN is a variable whose value is not known."""

    MANY = "*"
    ONE = "?"
    OPEN = "${}"


Pattern = tuple[str | Wild, ...]


def pattern(text: str, context: Context | None, *, wildcards: bool) -> Pattern | None:
    """The text taken apart, variables replaced; None if a variable has no value: such a text matches nothing.

    Without ``context`` variables are plain text, as in policies before version 2012-10-17. What a variable brings in
    is plain text, even where it holds a ``*`` (IAM user guide, policy variables).
    """
    parts: list[str | Wild] = []
    end = 0
    for found in VARIABLE.finditer(text) if context else ():
        parts += _plain(text[end : found.start()], wildcards)
        end = found.end()
        value = _substitute(found[1], context) if context else None
        if value is None:
            return None
        parts.append(value)
    return tuple(parts + _plain(text[end:], wildcards))


def _plain(text: str, wildcards: bool) -> list[str | Wild]:
    if not wildcards:
        return [text] if text else []
    pieces = [piece for piece in re.split(r"([*?])", text) if piece]
    return [Wild(piece) if piece in ("*", "?") else piece for piece in pieces]


def _substitute(inner: str, context: Context) -> str | Wild | None:
    if inner in ("*", "?", "$"):
        return inner
    name, comma, default = inner.partition(",")
    values = context.values(name.strip())
    if values is Lack.ABSENT:
        return default.strip().removeprefix("'").removesuffix("'") if comma else None
    if isinstance(values, tuple) and len(values) == 1:
        return values[0]
    return Wild.OPEN


def matches(parts: Pattern | None, text: str, *, fold: bool = False) -> Truth:
    """Whether the text is what the pattern describes, ``*`` reaching over anything."""
    if parts is None or not _fits(parts, text, strict=False, fold=fold):
        return False
    return None if Wild.OPEN in parts else True


def action_matches(wanted: str, action: str) -> bool:
    """Actions are case-blind and take no variables."""
    if not may_match(wanted.lower(), action.lower()):
        return False
    return bool(matches(pattern(wanted, None, wildcards=True), action, fold=True))


def may_match(wanted: str, text: str) -> bool:
    """Whether it begins as whatever matches does; asked first, for it is quick."""
    return text.startswith(_literal(wanted))


@lru_cache(maxsize=65536)
def _literal(wanted: str) -> str:
    return re.split(r"[*?$]", wanted, maxsplit=1)[0]


def resource_matches(wanted: str, resource: str, context: Context | None) -> Truth:
    """Whether a Resource text covers the ARN, letter by letter (rules 2, 3).

    A ``*`` at the end of a segment reaches past later colons. Whether one in the middle of a segment, or a ``?``,
    does so is not documented, nor what an ARN of fewer than six segments covers, nor a policy variable before the fifth
    colon, where none may stand: where it matters, unknown.
    """
    if not may_match(wanted, resource):
        return False
    parts = pattern(wanted, context, wildcards=True)
    if parts is None or parts == (Wild.MANY,):
        return parts is not None
    wide = _fits(parts, resource, strict=False)
    if wanted.count(":") + 1 < ARN_FIELDS and _fits((*parts, ":", Wild.MANY), resource, strict=False) != wide:
        return None
    if not wide:
        return False
    misplaced = context is not None and wanted.partition("${")[0].count(":") + 1 < ARN_FIELDS and "${" in wanted
    return True if Wild.OPEN not in parts and not misplaced and _fits(parts, resource, strict=True) else None


def arn_matches(wanted: Pattern | None, arn: str) -> Truth:
    """ArnEquals and ArnLike: the six parts one by one (IAM user guide, ARN condition operators)."""
    if wanted is None:
        return False
    if Wild.OPEN in wanted:
        return None if _fits(wanted, arn, strict=False) else False
    fields, found = _split(wanted), arn.split(":", ARN_FIELDS - 1)
    if len(found) != ARN_FIELDS:
        return None
    if len(fields) != ARN_FIELDS:
        return True if fields == [(Wild.MANY,)] else None
    return all(_fits(part, text, strict=False) for part, text in zip(fields, found, strict=True))


def _split(parts: Pattern) -> list[Pattern]:
    fields: list[list[str | Wild]] = [[]]
    for part in parts:
        pieces = part.split(":", ARN_FIELDS - len(fields)) if isinstance(part, str) else [part]
        fields[-1].append(pieces[0])
        fields += [[piece] for piece in pieces[1:]]
    return [tuple(part for part in field if part) for field in fields]


def _fits(parts: Sequence[str | Wild], text: str, *, strict: bool, fold: bool = False) -> bool:
    return _compiled(tuple(parts), strict, fold).fullmatch(text) is not None


@lru_cache(maxsize=4096)
def _compiled(parts: Pattern, strict: bool, fold: bool) -> re.Pattern[str]:
    expression = "".join(_expression(part, parts[index + 1 :], strict) for index, part in enumerate(parts))
    return re.compile(expression, re.DOTALL | (re.IGNORECASE if fold else re.NOFLAG))


def _expression(part: str | Wild, rest: Pattern, strict: bool) -> str:
    if isinstance(part, str):
        return re.escape(part)
    ends_segment = not rest or (isinstance(rest[0], str) and rest[0].startswith(":"))
    narrow = strict and not (part is Wild.MANY and ends_segment)
    one = "[^:]" if narrow else "."
    return one if part is Wild.ONE else f"{one}*"

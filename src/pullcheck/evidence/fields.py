"""Fields of a row of an AWS answer, whatever stands there: what is missing, null or of another type says nothing."""

from collections.abc import Iterable, Mapping
from typing import Any

Row = Mapping[str, Any]


def text(row: Row, *names: str) -> str:
    """The first of these fields that says something; "" where none does."""
    return next((str(value) for name in names if (value := row.get(name)) and not _holds_more(value)), "")


def number(row: Row, name: str) -> int | None:
    """A whole number, also where it is written as text."""
    value = row.get(name)
    try:
        return None if value is None or isinstance(value, bool) else int(value)
    except (TypeError, ValueError):
        return None


def part(row: Row, name: str) -> Row:
    """The row that a field holds."""
    value = row.get(name)
    return value if isinstance(value, Mapping) else {}


def parts(row: Row, name: str) -> list[Row]:
    """The rows that a field lists."""
    return rows_of(row.get(name))


def rows_of(values: Any) -> list[Row]:
    """Those of the values that are rows."""
    return [value for value in _listed(values) if isinstance(value, Mapping)]


def texts_in(row: Row, name: str) -> tuple[str, ...]:
    """The texts that a field lists."""
    return texts(value for value in _listed(row.get(name)) if not _holds_more(value))


def texts(values: Iterable[Any]) -> tuple[str, ...]:
    """Those that say something, once each, in order."""
    return tuple(dict.fromkeys(str(value) for value in values if value))


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list | tuple) else ()


def _holds_more(value: Any) -> bool:
    return isinstance(value, Mapping | list | tuple)

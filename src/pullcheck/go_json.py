"""JSON as Go's encoding/json reads it: container clients are written in Go, and refuse what Python's decoder takes."""

import json
from typing import Any, NoReturn


def read_object(content: bytes, *, whole: bool = True) -> dict[str, Any] | None:
    """The object that the bytes are, with all names in lower case; None for what Go's decoder makes no object of.

    Of names that are equal but for their case the last one counts, and bytes that are no UTF-8 become U+FFFD. Unless
    ``whole``, more may stand behind the object, as for who decodes a stream. Source: Go, package encoding/json.
    """
    text = content.decode("utf-8", "replace").strip(" \t\r\n")
    try:
        value, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and (end == len(text) or not whole) else None


def is_text(value: object) -> bool:
    """Whether a field of type string takes the value; null leaves it as it is."""
    return value is None or isinstance(value, str)


def is_number(value: object) -> bool:
    """Whether a field of type int64 takes the value."""
    return value is None or (isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63)


def is_texts(value: object) -> bool:
    """Whether a map or a list of strings takes the value."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return (value is None or isinstance(value, dict | list)) and all(is_text(one) for one in inner)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number of JSON")


def _lowered(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name.lower(): value for name, value in pairs}


_DECODER = json.JSONDecoder(object_pairs_hook=_lowered, parse_constant=_no_number)

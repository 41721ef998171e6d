"""Text into plain values: JSON or YAML, within limits that no honest request comes near."""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from pullcheck.errors import UsageError
from pullcheck.readers import TARGETS

LARGEST = 1024 * 1024
"""Bytes of a file."""
DEEPEST = 40
"""Levels of nesting."""
MOST_VALUES = 100_000
"""Values in a file, those behind YAML aliases counted as often as they are used."""


class _DocumentError(ValueError):
    """The document breaks one of our rules; the message is what the user reads."""


def read_document(path: str) -> object:
    """The value in a JSON or YAML file; ``-`` is standard input. The suffix decides, else the first character.

    Raises:
        UsageError: not readable, too large, not text, not JSON or YAML; one line that names file and place.
    """
    name = "standard input" if path == "-" else path
    text = _text(name, _bytes(path))
    is_json = path.endswith(".json") or (not path.endswith((".yaml", ".yml")) and text.lstrip()[:1] in ("{", "["))
    try:
        value = _json(text) if is_json else _yaml(text)
        _within_limits(value)
    except _DocumentError as error:
        raise UsageError(f"{name}: {error}") from error
    except RecursionError as error:
        raise UsageError(f"{name}: nested more than {DEEPEST} levels deep") from error
    return value


def _bytes(path: str) -> bytes:
    try:
        if path == "-":
            return _limited(path, sys.stdin.buffer)
        with Path(path).open("rb") as file:
            return _limited(path, file)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        hint = f"; expected {TARGETS}" if isinstance(error, FileNotFoundError) else ""
        raise UsageError(f"{path}: cannot be read: {reason}{hint}") from error


def _limited(path: str, file: BinaryIO) -> bytes:
    content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise UsageError(f"{path}: larger than 1 MiB; expected a CreateModel request")
    return content


def _text(name: str, content: bytes) -> str:
    if b"\0" in content:
        raise UsageError(f"{name}: a binary file; expected a CreateModel request in JSON or YAML")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{name}: not UTF-8 (byte {error.start}); expected JSON or YAML") from error
    if not text.strip():
        raise UsageError(f"{name}: empty; expected a CreateModel request in JSON or YAML")
    return text


def _json(text: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_not_a_number)
    except json.JSONDecodeError as error:
        raise _DocumentError(f"line {error.lineno}, column {error.colno}: not JSON: {error.msg}") from error
    except _DocumentError:
        raise
    except ValueError as error:
        raise _DocumentError(f"not JSON that can be read: {' '.join(str(error).split())}") from error


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    _refuse_repeats(key for key, _ in pairs)
    return dict(pairs)


def _refuse_repeats(keys: Iterable[object]) -> None:
    seen: set[object] = set()
    for key in keys:
        if key in seen:
            raise _DocumentError(f"the field {str(key)[:100]!r} stands twice in one object")
        seen.add(key)


def _not_a_number(word: str) -> NoReturn:
    raise _DocumentError(f"{word} is no JSON number")


def _yaml(text: str) -> object:
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _refuse_depth(yaml.parse(text, Loader=base), yaml.CollectionStartEvent, yaml.CollectionEndEvent)
        return yaml.load(text, Loader=_strict_loader(base))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise _DocumentError(f"{place}not YAML that can be read: {' '.join(str(error.problem).split())}") from error
    except yaml.YAMLError as error:
        raise _DocumentError(f"not YAML: {' '.join(str(error).split())[:200]}") from error
    except (ValueError, TypeError, AttributeError) as error:
        if isinstance(error, _DocumentError):
            raise
        raise _DocumentError(f"a value that YAML cannot build: {' '.join(str(error).split())[:200]}") from error


def _refuse_depth(events: Iterable[object], opening: type, closing: type) -> None:
    """libyaml builds nested values on the C stack and overruns it, so depth is looked at before anything is built."""
    depth = 0
    for event in events:
        depth += isinstance(event, opening) - isinstance(event, closing)
        if depth > DEEPEST:
            raise _DocumentError(f"nested more than {DEEPEST} levels deep")


def _strict_loader(base: Any) -> Any:
    """PyYAML's safe loader, without repeated fields, and without merge keys, whose expansion nothing bounds.

    Tags such as ``!Ref`` become objects: enough to recognise a CloudFormation template, and no value of a request.
    """

    def construct_mapping(loader: Any, node: Any, deep: bool = False) -> Any:
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                raise _DocumentError(
                    f"line {key.start_mark.line + 1}: merge keys (<<) are not read; write the fields out"
                )
        _refuse_repeats(key.value for key, _ in node.value if isinstance(key.value, str))
        return base.construct_mapping(loader, node, deep)

    def construct_tagged(_loader: Any, name: str, _node: Any) -> dict[str, None]:
        return {f"!{name}": None}

    loader: Any = type("StrictLoader", (base,), {"construct_mapping": construct_mapping})
    loader.add_multi_constructor("!", construct_tagged)
    return loader


def _within_limits(value: object) -> None:
    level: list[object] = [value]
    count = 0
    for _ in range(DEEPEST + 1):
        count += len(level)
        level = list(_children(level, MOST_VALUES - count))
        if not level:
            return
    raise _DocumentError(f"nested more than {DEEPEST} levels deep")


def _children(level: list[object], budget: int) -> Iterator[object]:
    for value in level:
        inner: Iterable[object] = ()
        if isinstance(value, dict):
            inner = value.values()
        elif isinstance(value, list):
            inner = value
        elif isinstance(value, str) and not value.isascii() and value != value.encode(errors="replace").decode():
            raise _DocumentError("a text with half a character (a lone surrogate)")
        for item in inner:
            budget -= 1
            if budget < 0:
                raise _DocumentError(f"more than {MOST_VALUES} values")
            yield item

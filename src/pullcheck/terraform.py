"""Terraform's language, as far as a fix needs it: a resource, or a comment where code that is there has to change.

Source: the HCL native syntax specification (identifiers, template literals) and the AWS provider's resource schemas.
"""

import re

Argument = str | int | bool | tuple[str, ...]
NOT_IN_NAMES = re.compile(r"[^0-9A-Za-z_]+")
OPENS_SOMETHING = re.compile(r"[$%](?={)|#(?=#)")
"""A template; or, with more after it, a command to a CI runner that shows the code."""


def resource(kind: str, name: str, **arguments: Argument | None) -> str:
    """A block like ``resource "aws_route" "rtb_0a1_to_10_9_0_0_16" { ... }``; arguments that are None are left out.

    ``name`` is made from ids: what an identifier must not have becomes ``_``.
    """
    given = {key: _value(value) for key, value in arguments.items() if value is not None}
    column = max(map(len, given), default=0)
    lines = [f"  {key:{column}} = {value}" for key, value in given.items()]
    return "\n".join([f"resource {_text(kind)} {_text(_identifier(name))} {{", *lines, "}"])


def comment(text: str) -> str:
    """One line that Terraform skips."""
    return f"# {''.join(map(_printable, text))}"


def documents(parts: tuple[str, ...]) -> str:
    """The parts, each once, with an empty line between them."""
    return "\n\n".join(dict.fromkeys(filter(None, parts)))


def _identifier(name: str) -> str:
    words = NOT_IN_NAMES.sub("_", name).strip("_")
    return words if words[:1].isalpha() else f"r_{words}"


def _value(value: Argument) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case tuple():
            return f"[{', '.join(map(_text, value))}]"
    return _text(value)


def _text(text: str) -> str:
    """A quoted template that holds no template: ``${`` and ``%{`` begin with an escape, which opens none."""
    escaped = "".join(f"\\{char}" if char in '"\\' else _printable(char) for char in text)
    return f'"{OPENS_SOMETHING.sub(_escaped, escaped)}"'


def _printable(char: str) -> str:
    """ASCII that prints, as it is; all else escaped, and what is no character (a lone surrogate) as U+FFFD."""
    if " " <= char <= "~":
        return char
    return _unicode(0xFFFD if "\ud800" <= char <= "\udfff" else ord(char))


def _escaped(found: re.Match[str]) -> str:
    return "".join(_unicode(ord(char)) for char in found[0])


def _unicode(number: int) -> str:
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"

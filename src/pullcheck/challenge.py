"""WWW-Authenticate taken apart, as RFC 9110, 11.6.1, has it; a fault is noted where container clients stop reading."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import takewhile

BEARER = "bearer"
BASIC = "basic"

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_SCHEME = re.compile(rf"({_TOKEN})([ \t]*)(?=,|$|(?<=[ \t]))")
_TOKEN68 = re.compile(r"([0-9A-Za-z._~+/-]+=*)(?=[ \t]*(?:,|$))")
_NAME = re.compile(rf"({_TOKEN})([ \t]*)=([ \t]*)")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_BARE = re.compile(rf"(?:{_TOKEN})?(?=[ \t,]|$)")
_END = re.compile(r"[ \t]*(?:,|$)")


@dataclass(frozen=True)
class Challenge:
    """One challenge: the scheme as written, parameters in order with names in lower case, or a token68.

    ``fault`` says what breaks the grammar; nothing of the line is read after it.
    """

    scheme: str
    parameters: tuple[tuple[str, str], ...] = ()
    token68: str = ""
    fault: str = ""

    @property
    def kind(self) -> str:
        """The scheme in lower case: schemes are equal in any case."""
        return self.scheme.lower()

    def get(self, name: str) -> str | None:
        """The value of a parameter, the last one where it is repeated."""
        return dict(self.parameters).get(name)

    def as_clients_read(self) -> "Challenge":
        """What the parser of Docker and its kin keeps: it stops at the first parameter without a value."""
        return replace(self, parameters=tuple(takewhile(lambda parameter: parameter[1], self.parameters)))


def challenges(line: str) -> tuple[Challenge, ...]:
    """Every challenge of one header line, whatever stands in it."""
    found: list[Challenge] = []
    position = _next(line, 0)
    while position < len(line) and not (found and found[-1].fault):
        if found and (name := _NAME.match(line, position)):
            found[-1], position = _with_parameter(found[-1], line, name)
        elif scheme := _SCHEME.match(line, position):
            challenge, position = Challenge(scheme[1]), scheme.end()
            if scheme[2] and challenge.kind not in (BASIC, BEARER) and (token68 := _TOKEN68.match(line, position)):
                challenge, position = replace(challenge, token68=token68[1]), token68.end()
            found.append(challenge)
        else:
            last = found.pop() if found else Challenge("")
            found.append(replace(last, fault=f"nothing of a challenge begins with {_cut(line[position:])}"))
        position = _next(line, position)
    return tuple(found)


def first_of_each(lines: Iterable[tuple[Challenge, ...]]) -> Iterator[Challenge]:
    """The challenges that container clients see: they read no further than the first of a header line."""
    return (line[0] for line in lines if line)


def _with_parameter(challenge: Challenge, line: str, name: re.Match[str]) -> tuple[Challenge, int]:
    """The challenge with one more parameter or with a fault, and where to read on."""
    key, start = name[1].lower(), name.end()
    if name[2] or name[3]:
        return replace(challenge, fault=f"there are blanks around the = of {key}"), start
    if quoted := _QUOTED.match(line, start):
        value, end = re.sub(r"\\(.)", r"\1", quoted[1]), quoted.end()
    elif line.startswith('"', start):
        return replace(challenge, fault=f"the quotes around the value of {key} do not close"), start
    elif bare := _BARE.match(line, start):
        value, end = bare[0], bare.end()
    else:
        return replace(challenge, fault=f"the value of {key} needs quotes: {_cut(line[start:])}"), start
    fault = "" if _END.match(line, end) else f"there is no comma after {key}"
    return replace(challenge, parameters=(*challenge.parameters, (key, value)), fault=fault), end


def _next(line: str, position: int) -> int:
    """Where the next element of the list begins."""
    return len(line) - len(line[position:].lstrip(" \t,"))


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}..."

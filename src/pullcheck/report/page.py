"""A page of plain text: painted, wrapped, and narrowed to ASCII where it must be."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from textwrap import TextWrapper

from pullcheck.report.harmless import harmless_lines

NARROWEST = 40
ASCII = str.maketrans({"✓": "+", "✗": "x", "→": "->", "←": "<-", "·": "|", "…": "..."})


class Style(StrEnum):
    """SGR parameters (ECMA-48); the terminal's own palette, so that they suit its background."""

    PLAIN = ""
    BOLD = "1"
    DIM = "2"
    GREEN = "32"
    YELLOW = "33"
    CYAN = "36"
    BAD = "1;31"
    GOOD = "1;32"
    DOUBT = "1;33"


Span = tuple[str, Style]


@dataclass
class Page:
    """Lines so far. ``width`` is columns; only commands may go beyond it."""

    width: int
    colour: bool
    ascii: bool
    lines: list[str] = field(default_factory=list)

    def line(self, *spans: Span) -> None:
        """A line as it is, never wrapped; without spans an empty one."""
        kept = list(spans)
        while kept and not kept[-1][0].strip():
            kept.pop()
        if kept:
            kept[-1] = (kept[-1][0].rstrip(), kept[-1][1])
        self.lines.append("".join(self._painted(*span) for span in kept))

    def hang(
        self,
        lead: Sequence[Span],
        text: str,
        style: Style = Style.PLAIN,
        indent: int | None = None,
        most: int | None = None,
    ) -> None:
        """``text`` after ``lead``, wrapped; its further lines begin at ``indent``, by default beneath its first.

        What goes beyond ``most`` lines is left out, and an ellipsis says so. A word that does not fit beside ``lead``
        begins a line of its own where ``indent`` makes room.
        """
        text = _unbroken(text)
        column = sum(len(words) for words, _ in lead)
        if indent is not None and indent < column and column + len(text.partition(" ")[0]) > self.width:
            self.line(*lead)
            lead, column = [(" " * indent, Style.PLAIN)], indent
        wrapper = TextWrapper(
            max(self.width, column + NARROWEST // 2, NARROWEST),
            initial_indent=" " * column,
            subsequent_indent=" " * (column if indent is None else indent),
            break_long_words=False,
            break_on_hyphens=False,
            max_lines=most,
            placeholder=" …",
        )
        first, *others = wrapper.wrap(text) or [" " * column]
        self.line(*lead, (first[column:], style))
        for other in others:
            self.line((other, style))

    def gap(self) -> None:
        """One empty line, unless there is one."""
        if self.lines and self.lines[-1]:
            self.line()

    def text(self) -> str:
        """The whole page, ending with a line break."""
        text = harmless_lines("\n".join(self.lines).replace("\xa0", " ")) + "\n"
        if self.ascii:
            text = text.translate(ASCII).encode("ascii", "backslashreplace").decode("ascii")
        return text

    def _painted(self, words: str, style: Style) -> str:
        return f"\x1b[{style}m{words}\x1b[0m" if self.colour and style and words.strip() else words


def _unbroken(text: str) -> str:
    """Keeps ``::/0`` from the beginning of a line, and an arrow with what it points to."""
    return text.replace(" ::", "\xa0::").replace(" -> ", "\xa0->\xa0")

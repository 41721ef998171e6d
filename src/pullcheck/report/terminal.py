"""What the place that text is written to can show, and what the user wants of it."""

from collections.abc import Mapping
from typing import Literal, TextIO

Choice = Literal["auto", "always", "never"]


def colour_wanted(stream: TextIO, environ: Mapping[str, str], choice: Choice = "auto") -> bool:
    """The command line's choice, else ``NO_COLOR`` and ``FORCE_COLOR`` where not empty, else whether a person looks.

    Source: no-color.org, force-color.org.
    """
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and environ.get("TERM") != "dumb"


def ascii_wanted(stream: TextIO) -> bool:
    """True where the stream's encoding lacks the symbols of the text report."""
    try:
        "✓✗→·…".encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return True
    return False

"""The report in each of its formats: one module a format, with one function of the module's name."""

from collections.abc import Callable
from importlib import import_module

from pullcheck.judgement import Report

Format = Callable[[Report], str]


def _on_demand(name: str) -> Format:
    """The format's function; its module is imported when a report is first written in it."""

    def write(report: Report) -> str:
        function: Format = getattr(import_module(f"{__name__}.{name}"), name)
        return function(report)

    return write


FORMATS: dict[str, Format] = {name: _on_demand(name) for name in ("text", "json", "junit")}
"""What ``--format`` and ``--report`` choose from. Every format is UTF-8 and ends with a line break."""

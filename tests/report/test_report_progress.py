"""The one line that shows while a run lasts."""

import io
import time

import pytest

from pullcheck import progress as module
from pullcheck.progress import progress


class Terminal(io.StringIO):
    """Standard error with a person before it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _a_real_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(module, "TICK", 0.01)
    monkeypatch.setattr(module, "PATIENCE", 0.05)


def shown(terminal: Terminal) -> list[str]:
    return [words.rstrip() for words in terminal.getvalue().split("\r")]


def wait_for(terminal: Terminal, words: str) -> None:
    end = time.monotonic() + 5
    while words not in shown(terminal) and time.monotonic() < end:
        time.sleep(0.01)

    assert words in shown(terminal)


def test_says_what_is_under_way_and_leaves_nothing_behind() -> None:
    terminal = Terminal()

    with progress(terminal, 17) as observe:
        observe("model_vpc", False)
        observe("model_vpc", True)
        observe("model_subnets", False)
        observe("served_chains", False)
        wait_for(terminal, "observing: model_subnets, served_chains (1 of 17)")
        observe("model_subnets", True)
        wait_for(terminal, "observing: served_chains (2 of 17)")

    *_, erased, end = terminal.getvalue().split("\r")
    assert erased.isspace()
    assert end == ""


def test_names_what_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SLOW", 0.0)
    terminal = Terminal()

    with progress(terminal, 2) as observe:
        observe("served_chains", False)
        wait_for(terminal, "still waiting for: served_chains (0 s) (0 of 2)")


def test_a_collector_that_runs_twice_is_named_until_both_are_done() -> None:
    terminal = Terminal()

    with progress(terminal, 2) as observe:
        observe("manifest", False)
        observe("manifest", False)
        observe("manifest", True)
        wait_for(terminal, "observing: manifest (1 of 2)")


def test_a_short_run_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 5.0)
    terminal = Terminal()

    with progress(terminal, 1) as observe:
        observe("model_vpc", False)
        observe("model_vpc", True)

    assert terminal.getvalue() == ""


@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_nothing_where_nobody_looks(term: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", term)
    stream = io.StringIO() if term == "xterm" else Terminal()

    with progress(stream, 1) as observe:
        observe("model_vpc", False)
        time.sleep(0.1)

    assert stream.getvalue() == ""


def test_an_error_passes_through_and_the_line_is_erased() -> None:
    terminal = Terminal()

    with pytest.raises(KeyboardInterrupt), progress(terminal, 1) as observe:
        observe("model_vpc", False)
        wait_for(terminal, "observing: model_vpc (0 of 1)")
        raise KeyboardInterrupt

    assert terminal.getvalue().endswith(" \r")

"""What is being observed, on one line of a terminal, while it lasts."""

import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from pullcheck.engine import Observer

PATIENCE = 0.3
SLOW = 10.0
TICK = 0.1


@contextmanager
def progress(stream: TextIO, total: int) -> Iterator[Observer]:
    """An observer for `Plan.collect` that shows one line on ``stream`` and leaves nothing behind.

    ``total`` is the number of collectors in the plan. Nothing is written where ``stream`` is no terminal, or for a run
    shorter than `PATIENCE` seconds.
    """
    if not stream.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda _name, _done: None
        return
    line = _Line(stream, total)
    thread = threading.Thread(target=line.keep, name="progress", daemon=True)
    thread.start()
    try:
        yield line.observe
    finally:
        line.over.set()
        thread.join()


def announce(text: str) -> None:
    """One line on standard error that stays, also where the line of the progress stands."""
    erased = "\r\x1b[K" if sys.stderr.isatty() else ""
    sys.stderr.write(f"{erased}pullcheck: {' '.join(text.split())}\n")
    sys.stderr.flush()


class _Line:
    """The line and what it is about; collectors report from many threads."""

    def __init__(self, stream: TextIO, total: int) -> None:
        self._stream = stream
        self._total = total
        self._lock = threading.Lock()
        self._running: Counter[str] = Counter()
        self._since: dict[str, float] = {}
        self._done: set[str] = set()
        self._shown = ""
        self.over = threading.Event()

    def observe(self, name: str, done: bool) -> None:
        """Called when a collector starts and when it is done."""
        with self._lock:
            if not self._running[name]:
                self._since[name] = time.monotonic()
            self._running[name] += -1 if done else 1
            if done:
                self._done.add(name)

    def keep(self) -> None:
        """Rewrite the line until it is over, then erase it."""
        with suppress(OSError, ValueError):
            if self.over.wait(PATIENCE):
                return
            while not self.over.wait(TICK):
                self._show(self.words(time.monotonic()))
            self._show("")

    def words(self, now: float) -> str:
        """The line: what is slow, if anything is, else what is under way, longest first."""
        with self._lock:
            running = sorted((self._since[name], name) for name, count in self._running.items() if count)
            count = f"({len(self._done)} of {self._total})"
        slow = [f"{name} ({now - since:.0f} s)" for since, name in running if now - since >= SLOW]
        if slow:
            return f"still waiting for: {', '.join(slow)} {count}"
        names = ", ".join(name for _, name in running)
        return f"observing: {names} {count}" if names else f"observing {count}"

    def _show(self, words: str) -> None:
        words = words[: _columns(self._stream) - 1]
        if words != self._shown:
            self._stream.write(f"\r{words.ljust(len(self._shown))}")
            if not words:
                self._stream.write("\r")
            self._stream.flush()
            self._shown = words


def _columns(stream: TextIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80

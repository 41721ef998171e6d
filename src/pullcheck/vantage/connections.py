"""Connections over TLS that verified, used again as container clients do."""

from contextlib import ExitStack
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from urllib.parse import SplitResult

from pullcheck.vantage import Exchange, Fetched, Outcome, TlsProfile
from pullcheck.vantage.request import HTTPS, answer_and_content, request
from pullcheck.vantage.wire import HTTP_1, Deadline, TlsWire, in_words, open_tls, outcome_of

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Place:
    """What a connection leads to; ``roots`` (PEM) are those against which its certificate verified."""

    address: str
    port: int
    host: str
    roots: str


@dataclass(frozen=True)
class Asking:
    """One request. It is sent again where a connection that was kept turns out to be closed, unless it has a body."""

    method: str
    url: str
    parts: SplitResult
    headers: Headers
    body: bytes
    limit: int


class Connections:
    """The connections that wait for another request. Thread-safe: one connection carries one request at a time."""

    def __init__(self, *, keep: bool) -> None:
        self._keep = keep
        self._waiting: dict[Place, list[tuple[TlsWire, ExitStack]]] = {}
        self._lock = Lock()

    def fetch(self, address: str, asking: Asking, roots: str, timeout: float) -> Fetched:
        """The answer, over a connection that waits if there is one, else over a new one."""
        port, host = asking.parts.port or HTTPS, asking.parts.hostname or ""
        place, deadline, started = Place(address, port, host, roots), Deadline(timeout), monotonic()
        while waiting := self._take(place):
            wire, stack = waiting
            wire.until(deadline)
            fetched = self._ask(place, wire, stack, asking, started)
            answered = fetched.exchange.status is not None or fetched.exchange.outcome is Outcome.NO_ANSWER
            if answered or asking.body:
                return fetched
        stack = ExitStack()
        opening = open_tls(address, port, host, TlsProfile.GO, HTTP_1, deadline, roots)
        opened, outcome, detail = stack.enter_context(opening)
        if opened is None or outcome is not Outcome.OK:
            stack.close()
            return Fetched(Exchange(address, port, asking.method, asking.url, outcome, detail))
        return self._ask(place, opened, stack, asking, started)

    def close(self) -> None:
        """Close what waits."""
        for waiting in self._waiting.values():
            for _, stack in waiting:
                stack.close()
        self._waiting.clear()

    def _take(self, place: Place) -> tuple[TlsWire, ExitStack] | None:
        with self._lock:
            waiting = self._waiting.get(place)
            return waiting.pop() if waiting else None

    def _ask(self, place: Place, wire: TlsWire, stack: ExitStack, asking: Asking, started: float) -> Fetched:
        method, url = asking.method, asking.url
        again = False
        try:
            wire.sendall(request(method, asking.parts, asking.headers, asking.body, keep=self._keep))
            exchange, content, again = answer_and_content(wire, method, place.address, place.port, url, asking.limit)
            return Fetched(exchange, content, wire.heard - started if wire.heard else None)
        except OSError as error:
            return Fetched(Exchange(place.address, place.port, method, url, outcome_of(error), in_words(error)))
        finally:
            if again and self._keep:
                with self._lock:
                    self._waiting.setdefault(place, []).append((wire, stack))
            else:
                stack.close()

"""Connections over TLS, used again as container clients do; credentials go over those alone that verified."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Condition
from time import monotonic
from urllib.parse import SplitResult

from pullcheck.trust import objection, verifies
from pullcheck.vantage import Exchange, Fetched, Handshake, Outcome, TlsProfile
from pullcheck.vantage.request import HTTPS, answer_and_content, request
from pullcheck.vantage.shaking import Open, Place, shake_hands
from pullcheck.vantage.wire import HTTP_1, Deadline, TlsWire, in_words, outcome_of

Headers = tuple[tuple[str, str], ...]
TURNED_AWAY = "closed after a client certificate was asked for and none was given"


@dataclass(frozen=True)
class Asking:
    """One request. It is sent again where a connection that was kept turns out to be closed, unless it has a body."""

    method: str
    url: str
    parts: SplitResult
    headers: Headers
    limit: int
    body: bytes = b""

    def at(self, address: str) -> Place:
        """Where it is to be sent."""
        return Place(address, self.parts.port or HTTPS, self.parts.hostname or "")

    def failed(self, shown: Handshake) -> Exchange:
        """That it was not sent, after such a handshake."""
        connected = shown.seconds is not None or shown.outcome is Outcome.TLS_ALERT
        return Exchange(
            shown.address, shown.port, self.method, self.url, shown.outcome, shown.detail, connected=connected
        )


class Connections:
    """Connections that are used again. Thread-safe: one connection carries one request at a time.

    For requests that may hold credentials one is opened to each place, and another only when none is left there;
    beside it those are used that were opened to look at the server.
    """

    def __init__(self, *, keep: bool) -> None:
        self.keep = keep
        self._waiting: dict[Place, list[Open]] = {}
        self._opened: set[Place] = set()
        self._alive: Counter[Place] = Counter()
        self._shown: dict[Place, Handshake] = {}
        self._changed = Condition()
        self._verified: dict[tuple[str, str, tuple[str, ...]], bool] = {}

    def leave(self, place: Place, one: Open) -> None:
        """A connection that was made to look at the server, and that a request can follow on."""
        with self._changed:
            self._alive[place] += 1
        self._wait(place, one)

    def shown(self, place: Place) -> Handshake | None:
        """The permissive handshake that a request began with, where nothing hung on a client certificate."""
        return self._shown.get(place)

    def close(self) -> None:
        """Close what waits."""
        for waiting in self._waiting.values():
            for one in waiting:
                one.stack.close()
        self._waiting.clear()

    def exchange(self, address: str, asking: Asking, timeout: float) -> tuple[Exchange, bytes]:
        """The answer to a request that tells nothing, however the server can be asked."""
        place, deadline = asking.at(address), Deadline(timeout)
        if waiting := self._left(place):
            waiting.wire.until(deadline)
            fetched = self._ask(place, waiting, asking)
            if fetched.exchange.status is not None:
                return fetched.exchange, fetched.content
        shown, opened = shake_hands(place, TlsProfile.PERMISSIVE, HTTP_1, deadline)
        if self.keep and not (opened and opened.wire.client_certificate_requested):
            self._shown[place] = shown
        if opened is None:
            return asking.failed(shown), b""
        with self._changed:
            self._alive[place] += 1
        fetched = self._ask(place, opened, asking)
        return fetched.exchange, fetched.content

    def fetch(self, address: str, asking: Asking, roots: str, timeout: float) -> Fetched:
        """The answer, over a connection whose certificate verified: one that waits, else the one of its own."""
        place = asking.at(address)
        while one := self._next(place):
            if not self._verifies(one.wire, place, roots):
                self._end(place, one)
                continue
            one.wire.until(Deadline(timeout))
            fetched = self._ask(place, one, asking)
            answered = fetched.exchange.status is not None or fetched.exchange.outcome is Outcome.NO_ANSWER
            if answered or asking.body:
                return fetched
        started = monotonic()
        shown, opened = shake_hands(place, TlsProfile.GO, HTTP_1, Deadline(timeout))
        if opened is None:
            self._gone(place)
            return Fetched(asking.failed(shown))
        if not self._verifies(opened.wire, place, roots):
            self._end(place, opened)
            why = objection(shown.chain, place.host, datetime.now(UTC))
            return Fetched(asking.failed(replace(shown, outcome=Outcome.UNTRUSTED, detail=why)))
        return self._ask(place, opened, asking, started)

    def _left(self, place: Place) -> Open | None:
        with self._changed:
            waiting = self._waiting.get(place)
            return waiting.pop() if waiting else None

    def _next(self, place: Place) -> Open | None:
        """A connection that waits, as soon as there is one; None where one is to be opened, which then counts."""
        with self._changed:
            while not (waiting := self._waiting.get(place)):
                if place not in self._opened or not self._alive[place]:
                    self._opened.add(place)
                    self._alive[place] += 1
                    return None
                self._changed.wait()
            return waiting.pop()

    def _wait(self, place: Place, one: Open) -> None:
        with self._changed:
            self._waiting.setdefault(place, []).append(one)
            self._changed.notify()

    def _end(self, place: Place, one: Open) -> None:
        one.stack.close()
        self._gone(place)

    def _gone(self, place: Place) -> None:
        with self._changed:
            self._alive[place] -= 1
            self._changed.notify()

    def _verifies(self, wire: TlsWire, place: Place, roots: str) -> bool:
        key = (place.host, roots, wire.chain())
        if key not in self._verified:
            self._verified[key] = verifies(key[2], place.host, roots, datetime.now(UTC))
        return self._verified[key]

    def _ask(self, place: Place, one: Open, asking: Asking, started: float | None = None) -> Fetched:
        wire, started, content, again = one.wire, started or monotonic(), b"", False
        keep = self.keep and one.as_clients
        try:
            wire.sendall(request(asking.method, asking.parts, asking.headers, asking.body, keep=keep))
            exchange, content, again = answer_and_content(
                wire, asking.method, place.address, place.port, asking.url, asking.limit
            )
        except OSError as error:
            exchange = Exchange(
                place.address, place.port, asking.method, asking.url, outcome_of(error), in_words(error)
            )
        finally:
            if again and keep:
                self._wait(place, one)
            else:
                self._end(place, one)
        if exchange.outcome is Outcome.RESET and wire.client_certificate_requested:
            exchange = replace(exchange, outcome=Outcome.TLS_ALERT, detail=TURNED_AWAY)
        return Fetched(exchange, content, wire.heard - started if wire.heard else None)

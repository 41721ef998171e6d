"""Connections over TLS, used again as container clients do; credentials go over those alone that verified."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Condition, Event
from time import monotonic
from urllib.parse import SplitResult

from pullcheck.trust import objection, verifies
from pullcheck.vantage import Exchange, Fetched, Handshake, Outcome, TlsProfile
from pullcheck.vantage.request import HTTPS, answer_and_content, request
from pullcheck.vantage.shaking import Open, Place, shake_hands
from pullcheck.vantage.wire import HTTP_1, Deadline, in_words, outcome_of

Headers = tuple[tuple[str, str], ...]
TURNED_AWAY = "closed after a client certificate was asked for and none was given"
GIVEN_UP = "the run was given up"
SOON = 1.0
"""Seconds in which connections that are in use should come back; whoever waits for longer opens another one."""
IDLE = 30.0
"""Seconds after which one that waits is not used again: a firewall between may have forgotten it."""


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

    def given_up(self, address: str) -> Exchange:
        """That it was not sent, because nobody waits for the answer any more."""
        return Exchange(address, self.at(address).port, self.method, self.url, Outcome.NO_ANSWER, GIVEN_UP)

    def failed(self, shown: Handshake) -> Exchange:
        """That it was not sent, after such a handshake."""
        connected = shown.seconds is not None or shown.outcome is Outcome.TLS_ALERT
        return Exchange(
            shown.address, shown.port, self.method, self.url, shown.outcome, shown.detail, connected=connected
        )


class Connections:
    """Connections that are used again. Thread-safe: one connection carries one request at a time.

    For requests that may hold credentials one is opened to each place. Another one is opened there only where none is
    left, where the server closes them, or where those in use do not come back soon. Beside them those are used that
    were opened to look at the server.
    """

    def __init__(self, *, keep: bool, given_up: Event | None = None) -> None:
        self.keep = keep
        self._given_up = given_up or Event()
        self._waiting: dict[Place, list[tuple[float, Open]]] = {}
        self._opened: set[Place] = set()
        self._losing: set[Place] = set()
        self._busy: Counter[Place] = Counter()
        self._shown: dict[Place, Handshake] = {}
        self._changed = Condition()
        self._verified: dict[tuple[Place, str, tuple[str, ...]], bool] = {}

    def leave(self, place: Place, one: Open) -> None:
        """A connection that a request can follow on."""
        with self._changed:
            if self.keep:
                self._waiting.setdefault(place, []).append((monotonic(), one))
                self._changed.notify_all()
                return
        one.stack.close()

    def shown(self, place: Place) -> Handshake | None:
        """The permissive handshake that a request began with, where it was made and no certificate was asked for."""
        return self._shown.get(place)

    def let_go(self, place: Place) -> bool:
        """Close what waits at one place, in case that its server attends to one connection at a time; was there any?"""
        with self._changed:
            waiting = self._waiting.pop(place, [])
        for _, one in waiting:
            one.stack.close()
        return bool(waiting)

    def close(self) -> None:
        """Close what waits, and what comes back later."""
        with self._changed:
            self.keep = False
            for place in list(self._waiting):
                self.let_go(place)

    def exchange(self, address: str, asking: Asking, timeout: float) -> tuple[Exchange, bytes]:
        """The answer to a request that tells nothing, however the server can be asked."""
        place, deadline = asking.at(address), Deadline(timeout)
        if self._given_up.is_set():
            return asking.given_up(address), b""
        with self._turn(place, own=False) as one:
            if one:
                fetched = self._ask(place, one, asking, deadline)
                if _is_final(fetched.exchange):
                    return fetched.exchange, fetched.content
            shown, opened = shake_hands(place, TlsProfile.PERMISSIVE, HTTP_1, deadline)
            if opened is None:
                return asking.failed(shown), b""
            if self.keep and not opened.wire.client_certificate_requested:
                self._shown[place] = shown
            fetched = self._ask(place, opened, asking, deadline)
            return fetched.exchange, fetched.content

    def fetch(self, address: str, asking: Asking, roots: str, timeout: float) -> Fetched:
        """The answer, over a connection whose certificate verified: one that waits, else the one of its own."""
        if self._given_up.is_set():
            return Fetched(asking.given_up(address))
        place = asking.at(address)
        with self._turn(place, own=True) as first:
            one, deadline = first, Deadline(timeout)
            while one and not self._verifies(one, place, roots):
                one.stack.close()
                one = self._left(place)
            if one:
                fetched = self._ask(place, one, asking, deadline)
                if asking.body or _is_final(fetched.exchange):
                    return fetched
            started = monotonic()
            shown, opened = shake_hands(place, TlsProfile.GO, HTTP_1, deadline)
            if opened is None:
                return Fetched(asking.failed(shown))
            if not self._verifies(opened, place, roots):
                opened.stack.close()
                why = objection(shown.chain, place.host, datetime.now(UTC)) + self._otherwise(place, roots)
                return Fetched(asking.failed(replace(shown, outcome=Outcome.UNTRUSTED, detail=why)))
            return self._ask(place, opened, asking, deadline, started)

    @contextmanager
    def _turn(self, place: Place, *, own: bool) -> Iterator[Open | None]:
        """A connection that waits, None where one is to be opened; ``own`` ones are waited for, and counted as such."""
        with self._changed:
            if own:
                self._changed.wait_for(lambda: self._is_free(place), SOON)
            one = self._left(place)
            if own and one is None:
                self._opened.add(place)
            self._busy[place] += 1
        try:
            yield one
        finally:
            with self._changed:
                self._busy[place] -= 1
                self._changed.notify_all()

    def _is_free(self, place: Place) -> bool:
        own = place not in self._opened or place in self._losing or not self._busy[place]
        return own or bool(self._waiting.get(place))

    def _left(self, place: Place) -> Open | None:
        """One that has waited for a short time, and that nothing has come on since; others are closed."""
        with self._changed:
            waiting = self._waiting.get(place, [])
            while waiting:
                since, one = waiting.pop()
                if monotonic() - since < IDLE and one.wire.is_quiet():
                    return one
                one.stack.close()
                self._losing.add(place)
        return None

    def _verifies(self, one: Open, place: Place, roots: str) -> bool:
        key = (place, roots, one.chain)
        if key not in self._verified:
            self._verified[key] = verifies(key[2], place.host, roots, datetime.now(UTC))
        return self._verified[key]

    def _otherwise(self, place: Place, roots: str) -> str:
        """That another connection was shown a certificate that verified, if one was."""
        good = any(verified and key[:2] == (place, roots) for key, verified in list(self._verified.items()))
        return f"; another connection to {place.address} was shown one that does" if good else ""

    def _ask(self, place: Place, one: Open, asking: Asking, deadline: Deadline, began: float | None = None) -> Fetched:
        wire, started, content, again = one.wire, began or monotonic(), b"", False
        keep = self.keep and one.as_clients
        try:
            wire.until(deadline)
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
                self.leave(place, one)
            else:
                one.stack.close()
        if keep and not again and not exchange.truncated:
            self._losing.add(place)
        if exchange.outcome is Outcome.RESET and wire.client_certificate_requested:
            exchange = replace(exchange, outcome=Outcome.TLS_ALERT, detail=TURNED_AWAY)
        return Fetched(exchange, content, wire.heard - started if wire.heard else None)


def _is_final(exchange: Exchange) -> bool:
    """Whether nothing else would come on another connection, were this one closed by the other side meanwhile."""
    return exchange.status is not None or exchange.outcome is Outcome.NO_ANSWER

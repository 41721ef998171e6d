"""One TLS handshake, what it showed, and the connection that it made."""

from contextlib import ExitStack
from dataclasses import dataclass, replace

from pullcheck.vantage import Handshake, Outcome, TlsProfile
from pullcheck.vantage.offer import DOCKER_SUITES
from pullcheck.vantage.wire import Deadline, TlsWire, open_tls


@dataclass(frozen=True)
class Place:
    """What a connection leads to; ``host`` is the name that is sent as server name, nothing where that is empty."""

    address: str
    port: int
    host: str


@dataclass(frozen=True)
class Open:
    """A connection, until its ``stack`` is closed; ``chain`` is as in `Handshake`.

    ``as_clients`` is whether Docker and containerd could have made the same one.
    """

    wire: TlsWire
    stack: ExitStack
    chain: tuple[str, ...]
    as_clients: bool


def shake_hands(
    place: Place, profile: TlsProfile, protocols: tuple[str, ...], deadline: Deadline
) -> tuple[Handshake, Open | None]:
    """What the handshake showed, and the connection where it ended well; the caller closes that."""
    seen = Handshake(place.address, place.port, place.host, Outcome.OK)
    with ExitStack() as stack:
        opening = open_tls(place.address, place.port, place.host, profile, protocols, deadline)
        wire, outcome, detail = stack.enter_context(opening)
        seen = replace(seen, outcome=outcome, detail=detail)
        if wire is None:
            return seen, None
        seen = replace(seen, chain=wire.chain(), seconds=wire.seconds, group=wire.group)
        if outcome is not Outcome.OK:
            turned_away = outcome in (Outcome.TLS_ALERT, Outcome.RESET)
            return replace(seen, client_certificate_demanded=turned_away and wire.client_certificate_requested), None
        version, cipher = wire.tls.version(), (wire.tls.cipher() or (None,))[0]
        as_clients = version == "TLSv1.3" or (version == "TLSv1.2" and cipher in DOCKER_SUITES)
        return replace(seen, version=version, cipher=cipher), Open(wire, stack.pop_all(), seen.chain, as_clients)

"""TLS handshakes with the addresses of one host: as many as the verdict needs, side by side."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

from pullcheck.evidence.tls import ServedAddress, ServedChains
from pullcheck.host_names import bare, is_address
from pullcheck.vantage import Handshake, Outcome, TlsProfile, Vantage

HANDSHAKES_AT_ONCE = 16
ADDRESSES_TRIED = 8
SPOKE_TLS = (Outcome.OK, Outcome.TLS_ALERT)

Asked = tuple[str, str, TlsProfile]
"""An address, the server name that is sent, and what is offered."""


def look_at(host: str, port: int, addresses: Sequence[str], vantage: Vantage) -> ServedChains | str:
    """What the first addresses of a host serve, or why there is nothing to tell: none of them speaks TLS."""
    observed_at = datetime.now(UTC).isoformat()
    tried = addresses[:ADDRESSES_TRIED]

    def handshake(asked: Asked) -> Handshake:
        address, name, profile = asked
        return vantage.handshake(address, port, name, profile)

    with ThreadPoolExecutor(HANDSHAKES_AT_ONCE, "handshake") as pool:
        both = ((address, host, profile) for address in tried for profile in (TlsProfile.PERMISSIVE, TlsProfile.GO))
        shown = list(pool.map(handshake, both))
        if not any(one.outcome in SPOKE_TLS or one.chain for one in shown):
            outcomes = ", ".join(dict.fromkeys(f"{one.address} {one.outcome.value}" for one in shown))
            return f"no address of {host}:{port} spoke TLS: {outcomes}"
        served = tuple(map(ServedAddress, tried, shown[::2], shown[1::2]))
        open_ = [one.address for one in served if _leaves_docker_open(one.go)]
        misnamed = [one.address for one in served if one.chain and _is_for_others(host, one.chain[0])][:1]
        further = [(one, host, TlsProfile.DOCKER) for one in open_]
        further += [(one, "", TlsProfile.PERMISSIVE) for one in misnamed]
        answers = dict(zip(further, pool.map(handshake, further), strict=True))
    by_docker = {asked[0]: answer for asked, answer in answers.items() if asked[2] is TlsProfile.DOCKER}
    unnamed = next((answer for asked, answer in answers.items() if not asked[1]), None)
    served = tuple(replace(one, docker=by_docker.get(one.address)) for one in served)
    untried = tuple(addresses[ADDRESSES_TRIED:])
    return ServedChains(host, port, served, observed_at, vantage.name, unnamed=unnamed, untried=untried)


def _leaves_docker_open(shown: Handshake) -> bool:
    """A suite that Go clients offer and Docker does not: whether the server takes another is not known."""
    return shown.outcome is Outcome.OK and not shown.is_authenticated


def _is_for_others(host: str, pem: str) -> bool:
    """Whether the certificate carries other names; never for an address, which is not sent as server name."""
    from pullcheck.certificates import is_for

    name = bare(host)
    return not is_address(name) and not is_for(name, pem)

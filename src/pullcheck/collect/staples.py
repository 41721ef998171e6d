"""A further handshake with each host whose certificate is one that OCSP answers may be stapled to."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from pullcheck.collect.tls_elsewhere import HOSTS_LOOKED_AT
from pullcheck.evidence.staples import HostStaple, Staples
from pullcheck.evidence.tls import ServedChains, ServedElsewhere
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.vantage import Vantage
from pullcheck.wiring import collector


@collector()
def staples(
    chains: ServedChains, elsewhere: ServedElsewhere | Unavailable | NotApplicable, vantage: Vantage
) -> Staples | NotApplicable:
    """One handshake with each such host, at the first address that shows the certificate."""
    others = elsewhere.hosts if isinstance(elsewhere, ServedElsewhere) else ()
    asked = [(host, address) for host in (chains, *others) if (address := _where(host))]
    if not asked:
        return NotApplicable("no certificate of the pull's hosts names an OCSP responder or demands a stapled answer")

    def ask(one: tuple[ServedChains, str]) -> HostStaple:
        host, address = one
        seen = vantage.staple(address, host.port, host.host)
        return HostStaple(host.host, host.port, host.role, seen, datetime.now(UTC).isoformat())

    with ThreadPoolExecutor(HOSTS_LOOKED_AT + 1, "staple") as pool:
        return Staples(tuple(pool.map(ask, asked)), vantage.name)


def _where(host: ServedChains) -> str | None:
    """The first address whose certificate calls for it."""
    from pullcheck.certificates import demands_staple, read, responders

    for one in host.addresses:
        leaf = read(one.chain[0]) if one.chain else None
        if leaf is not None and (responders(leaf) or demands_staple(leaf)):
            return one.address
    return None


COLLECTORS = (staples,)

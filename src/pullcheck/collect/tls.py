"""Handshakes with every address of the registry, and the roots that count as public."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from pullcheck.errors import UsageError
from pullcheck.evidence.registry import RegistrySeen
from pullcheck.evidence.tls import PublicRoots, ServedAddress, ServedChains
from pullcheck.missing import Unavailable
from pullcheck.settings import Settings
from pullcheck.vantage import Handshake, Outcome, TlsProfile, Vantage
from pullcheck.wiring import collector

HANDSHAKES_AT_ONCE = 16
SPOKE_TLS = (Outcome.OK, Outcome.TLS_ALERT)


@collector()
def public_roots(settings: Settings) -> PublicRoots:
    """The bundle of ``--public-roots``, else certifi's: never the trust store of this machine.

    Raises:
        UsageError: the bundle holds no certificate.
    """
    if settings.public_roots is None:
        import certifi

        return PublicRoots(f"certifi {certifi.__version__}", certifi.contents())
    source = settings.public_roots_source or "--public-roots"
    if "-----BEGIN CERTIFICATE-----" not in settings.public_roots:
        raise UsageError(f"{source}: --public-roots expects certificates in PEM, and it holds none")
    return PublicRoots(source, settings.public_roots)


@collector()
def served_chains(seen: RegistrySeen, vantage: Vantage) -> ServedChains | Unavailable:
    """Two handshakes with each address, all at once."""
    name = f"{seen.host}:{seen.port}"
    if not seen.addresses:
        return _unavailable(f"the name {seen.host} gave no address: {seen.error}", name)
    observed_at = datetime.now(UTC).isoformat()
    asked = [(address, profile) for address in seen.addresses for profile in (TlsProfile.PERMISSIVE, TlsProfile.GO)]

    def handshake(address_and_profile: tuple[str, TlsProfile]) -> Handshake:
        address, profile = address_and_profile
        return vantage.handshake(address, seen.port, seen.host, profile)

    with ThreadPoolExecutor(HANDSHAKES_AT_ONCE, "handshake") as pool:
        shown = list(pool.map(handshake, asked))
    if not any(one.outcome in SPOKE_TLS or one.chain for one in shown):
        outcomes = ", ".join(dict.fromkeys(f"{one.address} {one.outcome.value}" for one in shown))
        return _unavailable(f"no address of {name} spoke TLS: {outcomes}", name)
    addresses = tuple(map(ServedAddress, seen.addresses, shown[::2], shown[1::2]))
    return ServedChains(seen.host, seen.port, addresses, observed_at, vantage.name)


def _unavailable(reason: str, subject: str) -> Unavailable:
    return Unavailable(reason, "mend what registry.api-v2 reports, then look again", "registry.api-v2", subject)


COLLECTORS = (public_roots, served_chains)

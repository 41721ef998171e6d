"""Handshakes with every address of the registry, and the roots that count as public."""

from pullcheck.collect.handshakes import look_at
from pullcheck.errors import UsageError
from pullcheck.evidence.registry import Ping
from pullcheck.evidence.tls import PublicRoots, ServedChains
from pullcheck.missing import Unavailable
from pullcheck.settings import Settings
from pullcheck.vantage import Vantage
from pullcheck.wiring import collector


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
def served_chains(found: Ping, vantage: Vantage) -> ServedChains | Unavailable:
    """Two handshakes with each address, all at once; where the version check began with the first, that counts."""
    seen = found.seen
    name = f"{seen.host}:{seen.port}"
    if not seen.addresses:
        return _unavailable(f"the name {seen.host} gave no address: {seen.error}", name)
    shown = look_at(seen.host, seen.port, seen.addresses, vantage)
    return _unavailable(shown, name) if isinstance(shown, str) else shown


def _unavailable(reason: str, subject: str) -> Unavailable:
    return Unavailable(reason, "mend what registry.api-v2 reports, then look again", "registry.api-v2", subject)


COLLECTORS = (public_roots, served_chains)

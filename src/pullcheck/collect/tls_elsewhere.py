"""Handshakes with the hosts that the registry sends clients to, and what this machine trusts by itself."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from ipaddress import ip_address
from pathlib import Path

from pullcheck.collect.handshakes import look_at
from pullcheck.collect.places import is_own_machine
from pullcheck.collect.pull_hosts import TOKEN_REALM
from pullcheck.collect.registry import forced_addresses
from pullcheck.evidence.pull import ImagePull
from pullcheck.evidence.pull_hosts import PullHost, PullHosts
from pullcheck.evidence.registry import RegistrySeen
from pullcheck.evidence.tls import LocalTrust, PublicRoots, ServedChains, ServedElsewhere
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.settings import Settings
from pullcheck.vantage import Outcome, Vantage
from pullcheck.wiring import collector

HOSTS_LOOKED_AT = 8
BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
"""Where systems keep the roots that they trust (Go source, crypto/x509, Linux and BSD)."""
PROXIES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


@collector()
def served_elsewhere(
    found: PullHosts,
    pull: ImagePull | Unavailable | NotApplicable,
    seen: RegistrySeen,
    settings: Settings,
    vantage: Vantage,
) -> ServedElsewhere:
    """The token service and every host that a request of the pull was redirected to, at the addresses it was met at."""
    met = {one.name: one.addresses for one in pull.met} if isinstance(pull, ImagePull) else {}
    look = partial(_look, met, seen, settings, vantage)
    with ThreadPoolExecutor(HOSTS_LOOKED_AT) as pool:
        shown = list(pool.map(look, found.hosts[:HOSTS_LOOKED_AT]))
    silent = [one for one in shown if isinstance(one, Unavailable)]
    silent += [_silent(one, f"only {HOSTS_LOOKED_AT} hosts are looked at") for one in found.hosts[HOSTS_LOOKED_AT:]]
    hosts = tuple(one for one in shown if isinstance(one, ServedChains))
    return ServedElsewhere(hosts, tuple(silent), vantage.name, found.unseen)


def _look(
    met: dict[str, tuple[str, ...]], seen: RegistrySeen, settings: Settings, vantage: Vantage, host: PullHost
) -> ServedChains | Unavailable:
    forced = forced_addresses(host.name, host.port, settings)
    found = forced or met.get(host.name) or vantage.resolve(host.name).addresses
    usable = tuple(one for one in found if forced or one in seen.addresses or not is_own_machine(one))
    if not usable:
        refused = f"{', '.join(found)} means the machine itself" if found else "its name gave no address"
        return _silent(host, f"{host.name} was not asked: {refused}")
    shown = look_at(host.name, host.port, usable, vantage)
    if isinstance(shown, str):
        return _silent(host, shown)
    return _reachable(replace(shown, role=host.role, forced=bool(forced)))


def _reachable(shown: ServedChains) -> ServedChains:
    """Without the IPv6 addresses to which this machine has no way, which says nothing about the host."""
    lost = [
        one
        for one in shown.addresses
        if one.go.outcome is one.permissive.outcome is Outcome.UNREACHABLE and ip_address(one.address).version == 6
    ]
    kept = tuple(one for one in shown.addresses if one not in lost)
    return replace(shown, addresses=kept, untried=(*(one.address for one in lost), *shown.untried))


def _silent(host: PullHost, reason: str) -> Unavailable:
    blocked_by = "auth.token-realm" if host.role == TOKEN_REALM else "image.layers-present"
    remedy = f"mend what {blocked_by} reports, then look again"
    return Unavailable(reason, remedy, blocked_by, f"{host.name}:{host.port} ({host.role})")


@collector()
def local_trust(
    chains: ServedChains, elsewhere: ServedElsewhere | Unavailable | NotApplicable, roots: PublicRoots
) -> LocalTrust:
    """The machine's own store is read only where a chain leads to no public root, to explain it: it decides nothing."""
    proxy = next((name for name in PROXIES if os.environ.get(name)), "")
    hosts = (chains, *(elsewhere.hosts if isinstance(elsewhere, ServedElsewhere) else ()))
    served = {chain for host in hosts for one in host.addresses if (chain := one.chain)}
    private = [chain for chain in served if not _leads_to(roots.pem, chain)]
    store = next((path for path in BUNDLES if Path(path).is_file()), "") if private else ""
    if not store:
        return LocalTrust(proxy=proxy)
    try:
        text = Path(store).read_text(errors="replace")
    except OSError:
        return LocalTrust(proxy=proxy)
    found = (pem for chain in private for pem in _issuers(text, chain) if pem not in roots.pem)
    return LocalTrust("".join(dict.fromkeys(found)), store, proxy)


def _leads_to(roots: str, chain: tuple[str, ...]) -> bool:
    return any(True for _ in _issuers(roots, chain))


def _issuers(bundle: str, chain: tuple[str, ...]) -> Iterator[str]:
    """The certificates of a bundle that the served ones name as issuers, PEM."""
    from cryptography.hazmat.primitives.serialization import Encoding

    from pullcheck.certificates import read, read_bundle

    named = {certificate.issuer for pem in chain if (certificate := read(pem))}
    for root in read_bundle(bundle):
        if root.subject in named:
            yield root.public_bytes(Encoding.PEM).decode()


COLLECTORS = (served_elsewhere, local_trust)

"""Does the certificate hold long enough for the next scale-out?"""

from collections.abc import Iterator
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING

from pullcheck.evidence.tls import PublicRoots, ServedAddress, ServedChains, ServedElsewhere
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.verdict import Basis, Cause, Fix, Severity, Verdict, failed, not_applicable, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.tls.subjects import Verdicts, each_host, of_each

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography import x509

WINDOW_DAYS = 30
OVERDUE = 2 / 9
"""The share of its life that a certificate has left when it should have been renewed: ACME clients do so at a third."""
BY_ACME_ALONE = frozenset({"Let's Encrypt"})

EXPIRING_SOON = Cause(
    "tls.expiring-soon",
    breaks=f"A certificate on the path ends within {WINDOW_DAYS} days: the endpoint runs on, its next scale-out fails.",
    seen="TLS handshake: notAfter of each certificate on the path, against the time of observation.",
    fix="Renew the certificate, and automate its renewal.",
    basis=Basis.DOCUMENTED,
    source="SageMaker guide, endpoint auto scaling: each new instance pulls the image again",
    severity=Severity.WARNING,
)
NOT_RENEWED = Cause(
    "tls.acme-http-challenge-private",
    breaks="A certificate that is renewed every few weeks has not been: over HTTP or TLS-ALPN, the CA has to reach the"
    " registry, and its address is private.",
    seen="TLS handshake: issued by a CA that issues by ACME alone, with less than two ninths of its life left; the"
    " registry's address is private. Which challenge is used does not show.",
    fix="Renew by DNS validation (DNS-01), or put an ACM certificate on a load balancer.",
    basis=Basis.SPECIFICATION,
    source="Distribution project, configuration: letsencrypt; RFC 8555 section 8.3",
    severity=Severity.WARNING,
    certain=False,
)


@check("tls.not-expiring", f"The certificate is valid for {WINDOW_DAYS} days or more", (EXPIRING_SOON, NOT_RENEWED))
def is_not_about_to_expire(
    chains: ServedChains, elsewhere: ServedElsewhere | Unavailable | NotApplicable, roots: PublicRoots
) -> Iterator[Verdict]:
    """What: counts the days from the observation to the earliest end of validity on the path, for each address of the
    registry and of every host that it sends clients to.

    Why: the image is pulled anew at every scale-out and host replacement, long after the endpoint was created.

    Passes: when every certificate on the path is valid for 30 days or more.

    Fails: as a warning, when one ends sooner. One that has ended is for tls.public-ca to tell.

    Not verified when: no address served a certificate that can be read.

    Fix: renew the certificate. A private name is renewed by DNS validation, as HTTP validation cannot reach it.

    Source: SageMaker guide, endpoint auto scaling; RFC 5280 section 4.1.2.5.
    """
    yield from each_host(chains, elsewhere, partial(_of_host, roots))


def _of_host(roots: PublicRoots, chains: ServedChains) -> list[Verdicts]:
    from datetime import datetime

    at = datetime.fromisoformat(chains.observed_at)
    return of_each(chains, partial(_verdict, roots=roots, host=chains.host, at=at))


def _verdict(served: ServedAddress, roots: PublicRoots, host: str, at: "datetime") -> Verdict:
    from pullcheck.certificates import describe

    path = _path(served.chain, roots, host, at) if served.chain else ()
    if not path:
        because = "no certificate was seen, or none that can be read; mend what tls.public-ca reports, then look again"
        return unknown("", because, blocked_by="tls.public-ca")
    first = min(path, key=lambda certificate: certificate.not_valid_after_utc)
    end = first.not_valid_after_utc
    days = (end - at).days
    if days >= WINDOW_DAYS:
        return passed("", f"{describe(first)} is the first to expire, at {end:%Y-%m-%d}, in {days} days")
    over = end < at
    because = f"{describe(first)} {'expired' if over else 'expires'} at {end:%Y-%m-%d %H:%M} UTC"
    because += "" if over else f", in {days} days"
    explained_by = "tls.public-ca" if over else None
    if first is path[0] and _is_overdue(first, at) and _is_private(served.address):
        because = f"{because}; it is renewed by ACME, which is overdue, and {served.address} is private"
        return failed("", because, NOT_RENEWED, Fix(NOT_RENEWED.fix), explained_by=explained_by)
    if over:
        return not_applicable("", f"{because}: tls.public-ca tells of it")
    fix = Fix(f"renew {describe(first)}, reload the TLS listener, and let the renewal run by itself")
    return failed("", because, EXPIRING_SOON, fix)


def _is_overdue(leaf: "x509.Certificate", at: "datetime") -> bool:
    from cryptography.x509.oid import NameOID

    makers = {one.value for one in leaf.issuer.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)}
    end, life = leaf.not_valid_after_utc, leaf.not_valid_after_utc - leaf.not_valid_before_utc
    return bool(makers & BY_ACME_ALONE) and end - at < OVERDUE * life


def _is_private(address: str) -> bool:
    found = ip_address(address)
    return found.is_private and not found.is_loopback


def _path(chain: tuple[str, ...], roots: PublicRoots, host: str, at: "datetime") -> "tuple[x509.Certificate, ...]":
    """The accepted path; where there is none, the leaf."""
    from pullcheck.certificates import read
    from pullcheck_checks.tls.judgement import judge

    leaf = read(chain[0])
    return judge(chain, roots, host, at).path or ((leaf,) if leaf else ())

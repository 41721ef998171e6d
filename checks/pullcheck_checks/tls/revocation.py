"""Does the CA say, in an answer stapled to the handshake, that the certificate is revoked?"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pullcheck.evidence.staples import HostStaple, Staples
from pullcheck.evidence.tls import PublicRoots
from pullcheck.verdict import Basis, Cause, Fix, Severity, Verdict, failed, passed, unknown
from pullcheck.wiring import check

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography import x509

REVOKED = Cause(
    "tls.revoked",
    breaks="The CA has revoked the certificate: Go clients do not look, those that do refuse the host.",
    seen="TLS handshake that asks for an OCSP staple: a verified answer says revoked.",
    fix="Have the certificate issued anew, for a new key where the old one may be known, and reload the listener.",
    basis=Basis.SPECIFICATION,
    source="RFC 6960 section 2.2; Go crypto/tls, which reads the staple and judges nothing by it",
    severity=Severity.WARNING,
)
STAPLE_MISSING = Cause(
    "tls.staple-missing",
    breaks="The certificate demands a stapled OCSP answer and none came: Go clients do not mind, strict ones refuse.",
    seen="TLS handshake: the leaf's TLS feature extension names status_request, and the server staples nothing.",
    fix="Switch OCSP stapling on at the server, or have the certificate issued without the demand.",
    basis=Basis.SPECIFICATION,
    source="RFC 7633 section 4.3.3",
    severity=Severity.WARNING,
)
STAPLE_UNUSABLE = Cause(
    "tls.staple-unusable",
    breaks="The server staples an OCSP answer that does not vouch for its certificate; clients that look refuse it.",
    seen="TLS handshake that asks for an OCSP staple: the answer is out of date, about another certificate, signed by"
    " somebody else, a refusal, or no answer at all.",
    fix="Let the server fetch the answer of the certificate's own responder again, or switch stapling off.",
    basis=Basis.SPECIFICATION,
    source="RFC 6960 sections 3.2 and 4.2.2; RFC 6066 section 8",
    severity=Severity.WARNING,
)
SHOWN = 3
GARBLED = "bad certificate status response"
"""What the TLS library says of a staple that is none, and breaks the handshake off."""


@check(
    "tls.not-revoked",
    "No OCSP answer stapled to a handshake speaks against the certificate",
    (REVOKED, STAPLE_MISSING, STAPLE_UNUSABLE),
    basis=Basis.SPECIFICATION,
)
def is_not_revoked(staples: Staples, roots: PublicRoots) -> Iterator[Verdict]:
    """What: asks each host of the pull whose certificate names an OCSP responder, or demands a staple, for one, and
    verifies the answer: the certificate that it is about, its signature, and its time. One address of each is asked.

    Why: a CA that has revoked a certificate will not renew it either, and clients other than Go's refuse it today.

    Passes: when the stapled answer says good, or when none is stapled and none is demanded; the CA itself is not asked.

    Fails: as a warning, for Go clients look at no staple: when the answer says revoked, when it is out of date, about
    another certificate or not from the issuer, and when a certificate that demands a staple comes without.

    Not verified when: the handshake did not come as far as the staple, or the issuer's certificate was not served.

    Fix: have a revoked certificate issued anew; let the server fetch its staple again, or staple nothing.

    Source: RFC 6066 section 8; RFC 6960; RFC 7633.
    """
    for one in staples.hosts:
        yield _verdict(one, roots)


def _verdict(one: HostStaple, roots: PublicRoots) -> Verdict:
    from base64 import b64decode
    from datetime import datetime

    from pullcheck.certificates import read, silenced

    seen = one.seen
    if GARBLED in seen.detail:
        because = f"what {seen.address} staples is no OCSP answer ({seen.detail})"
        return failed(one.subject, because, STAPLE_UNUSABLE, Fix(STAPLE_UNUSABLE.fix))
    with silenced():
        leaf = read(seen.chain[0]) if seen.chain else None
        if seen.answer is None or leaf is None:
            ended = f"{seen.outcome.value} ({seen.detail})" if seen.detail else seen.outcome.value
            because = f"no staple was seen at {seen.address}: {ended}; mend what tls.protocol reports, then look again"
            return unknown(one.subject, because, blocked_by="tls.protocol")
        if not seen.answer:
            return _of_none(one, leaf)
        return _of_answer(one, leaf, b64decode(seen.answer), roots, datetime.fromisoformat(one.observed_at))


def _of_none(one: HostStaple, leaf: "x509.Certificate") -> Verdict:
    from pullcheck.certificates import demands_staple, describe, responders

    if demands_staple(leaf):
        because = f"{describe(leaf)} demands a stapled OCSP answer, and {one.seen.address} staples none"
        return failed(one.subject, because, STAPLE_MISSING, Fix(STAPLE_MISSING.fix))
    named = ", ".join(responders(leaf)[:SHOWN]) or "none is named"
    because = f"{one.seen.address} staples nothing, and {describe(leaf)} does not demand it"
    return passed(one.subject, f"{because}; its responder ({named}) was not asked, nor do container clients ask it")


def _of_answer(one: HostStaple, leaf: "x509.Certificate", der: bytes, roots: PublicRoots, at: "datetime") -> Verdict:
    from pullcheck.certificates import describe, read, read_bundle
    from pullcheck_checks.tls.ocsp import Doubt, Good, Revoked, read_answer

    served = [issuer for pem in one.seen.chain[1:] if (issuer := read(pem))]
    where = f"the OCSP answer that {one.seen.address} staples"
    match read_answer(der, leaf, (*served, *read_bundle(roots.pem)), at):
        case Good(until):
            return passed(one.subject, f"{where} says that {describe(leaf)} is good, until {until:%Y-%m-%d %H:%M} UTC")
        case Revoked(since, reason):
            because = f"{where} says that {describe(leaf)} is revoked since {since:%Y-%m-%d %H:%M} UTC ({reason})"
            return failed(one.subject, because, REVOKED, Fix(REVOKED.fix))
        case Doubt(words):
            remedy = "mend what tls.public-ca reports, or ask the responder with openssl ocsp"
            return unknown(one.subject, f"{where} proves nothing yet: {words}; {remedy}", cause=REVOKED)
        case unusable:
            because = f"{where} is of no use: {unusable.words}"
            return failed(one.subject, because, STAPLE_UNUSABLE, Fix(STAPLE_UNUSABLE.fix))

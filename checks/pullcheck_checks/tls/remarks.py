"""What stricter or older clients than Go's may refuse in a chain that Go clients accept.

Heavy: import it inside the function that needs it.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from pullcheck.certificates import describe, extension, readable
from pullcheck.go_rules import MESSAGE_LIMIT, message_size
from pullcheck.verdict import Severity
from pullcheck_checks.tls.causes import NEW_ROOT_NOT_TRUSTED, TOO_LARGE, UNUSUAL_PROFILE
from pullcheck_checks.tls.fault import Fault
from pullcheck_checks.tls.faults import REISSUE

OLD_LIMIT = 64 * 1024
"""Bytes of certificates that Go up to 1.19 reads in one handshake."""
LEAST_LIMIT = 32 * 1024
"""The same of the JDK (jdk.tls.maxHandshakeMessageSize, default)."""


def profile(leaf: x509.Certificate, refusal: str | None) -> Iterator[Fault]:
    """Departures from the profile of public CAs; ``refusal`` is what the strict verifier said, None where it agreed."""
    oddities = list(_oddities(leaf))
    if refusal and not oddities:
        oddities = [refusal]
    if oddities:
        because = f"Go clients accept {describe(leaf)}, stricter ones may not: {'; '.join(oddities)}"
        yield Fault(UNUSUAL_PROFILE, because, REISSUE)


def _oddities(leaf: x509.Certificate) -> Iterator[str]:
    if not readable(leaf):
        return
    usage, purposes = extension(leaf, x509.KeyUsage), extension(leaf, x509.ExtendedKeyUsage)
    basic = extension(leaf, x509.BasicConstraints)
    if leaf.serial_number == 0:
        yield "its serial number is zero"
    if not leaf.subject.rdns and not leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).critical:
        yield "its subject is empty and its alternative names are not marked critical"
    if extension(leaf, x509.AuthorityKeyIdentifier) is None:
        yield "it has no authority key identifier"
    if basic is not None and basic.ca:
        yield "it is a CA certificate itself"
    if usage is not None and usage.key_cert_sign:
        yield "its key usage allows signing certificates"
    if usage is not None and not usage.digital_signature:
        yield "its key usage lacks digitalSignature"
    if purposes is None:
        yield "it has no extended key usage"
    elif ExtendedKeyUsageOID.SERVER_AUTH not in purposes:
        yield "its extended key usage is any, not serverAuth"


def size(served: Sequence[x509.Certificate]) -> Iterator[Fault]:
    """The certificate message against Go's limits."""
    total = message_size(served)
    fix = "leave out certificates that the chain does not need, or have one issued with fewer names"
    if total > MESSAGE_LIMIT:
        because = f"the served certificates take {total} bytes; Go clients read at most {MESSAGE_LIMIT}"
        yield Fault(TOO_LARGE, because, fix, Severity.ERROR)
    elif total > OLD_LIMIT:
        yield Fault(TOO_LARGE, f"the served certificates take {total} bytes; Go up to 1.19 reads {OLD_LIMIT}", fix)
    elif total > LEAST_LIMIT:
        because = f"the served certificates take {total} bytes; Go clients read them, Java's at most {LEAST_LIMIT}"
        yield Fault(TOO_LARGE, because, fix)


def leftovers(served: Sequence[x509.Certificate], path: Sequence[x509.Certificate], at: datetime) -> Iterator[Fault]:
    """Expired certificates that the accepted path does not need."""
    for certificate in served:
        if certificate not in path and certificate.not_valid_after_utc < at:
            end = f"{certificate.not_valid_after_utc:%Y-%m-%d}"
            because = (
                f"{describe(certificate)} is served though it expired on {end}; the accepted path does not need it"
            )
            yield Fault(NEW_ROOT_NOT_TRUSTED, because, f"leave {describe(certificate)} out of the served chain")

"""What is written in a certificate, which whoever runs the server chose.

Heavy: import it inside the function that needs it.
"""

from datetime import datetime
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from pullcheck.certificates import UNREADABLE

Extension = TypeVar("Extension", bound=x509.ExtensionType)


def valid(certificate: x509.Certificate, at: datetime) -> bool:
    """True between notBefore and notAfter (RFC 5280 section 4.1.2.5)."""
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


def readable(certificate: x509.Certificate) -> bool:
    """False where an extension cannot be parsed: the rules then say nothing about any of them."""
    try:
        certificate.extensions  # noqa: B018 - parsed on first access
    except UNREADABLE:
        return False
    return True


def extension(certificate: x509.Certificate, kind: type[Extension]) -> Extension | None:
    """The value of one extension, None where it is absent."""
    found = certificate.extensions if readable(certificate) else ()
    return next((one.value for one in found if isinstance(one.value, kind)), None)


def printable(text: str) -> str:
    """The text without control characters: whoever made the certificate chose it."""
    return "".join(character if character.isprintable() else "?" for character in text)


def describe(certificate: x509.Certificate) -> str:
    """The subject, or the SHA-256 fingerprint of a certificate that has none."""
    subject = printable(certificate.subject.rfc4514_string())
    return subject or f"the certificate with fingerprint {certificate.fingerprint(SHA256()).hex()}"

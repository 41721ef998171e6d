"""What is written in a certificate, which whoever runs the server chose.

Heavy: import it inside the function that needs it.
"""

import warnings
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

Extension = TypeVar("Extension", bound=x509.ExtensionType)
BEGIN, END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
UNREADABLE = (ValueError, TypeError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)


def read(pem: str) -> x509.Certificate | None:
    """The certificate, or None where it cannot be parsed. Serial numbers that are not positive are let through."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            certificate = x509.load_pem_x509_certificate(pem.encode())
            certificate.subject, certificate.issuer  # noqa: B018 - parsed on first access
            return certificate
        except (ValueError, TypeError):
            return None


@lru_cache(maxsize=4)
def read_bundle(text: str) -> tuple[x509.Certificate, ...]:
    """Every certificate of a PEM bundle that can be parsed."""
    blocks = (block.partition(END)[0] for block in text.split(BEGIN)[1:])
    found = (read(f"{BEGIN}{block}{END}\n") for block in blocks)
    return tuple(certificate for certificate in found if certificate is not None)


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

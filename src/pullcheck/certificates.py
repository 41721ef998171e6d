"""Reading certificates, whoever made them.

Heavy: import it inside the function that needs it.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from ipaddress import ip_address
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import AuthorityInformationAccessOID

from pullcheck.host_names import bare

Extension = TypeVar("Extension", bound=x509.ExtensionType)

BEGIN, END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
UNREADABLE = (ValueError, TypeError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)


@contextmanager
def silenced() -> Iterator[None]:
    """Without the library's warnings of what it will refuse one day: whoever made the certificate cannot read them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        yield


def read(pem: str) -> x509.Certificate | None:
    """The certificate, or None where it cannot be parsed. Serial numbers that are not positive are let through."""
    with silenced():
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


def covers(pattern: str, name: str) -> bool:
    """Whether a DNS name in a certificate stands for ``name``: a wildcard is the whole first label, and one label."""
    expected, labels = pattern.lower().split("."), name.lower().split(".")
    if expected[0] == "*":
        return len(expected) == len(labels) > 1 and expected[1:] == labels[1:]
    return expected == labels


def is_for(host: str, pem: str) -> bool:
    """Whether the certificate carries the DNS name or address; true too where its names cannot be read."""
    certificate = read(pem)
    try:
        found = certificate.extensions if certificate else ()
    except UNREADABLE:
        return True
    names = next((one.value for one in found if isinstance(one.value, x509.SubjectAlternativeName)), None)
    if names is None:
        return True
    name = bare(host)
    try:
        return ip_address(name) in names.get_values_for_type(x509.IPAddress)
    except ValueError:
        return any(covers(one, name) for one in names.get_values_for_type(x509.DNSName))


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


def responders(certificate: x509.Certificate) -> tuple[str, ...]:
    """The addresses of its OCSP responders (RFC 5280 section 4.2.2.1), in printable characters."""
    return tuple(
        printable(str(one.access_location.value))
        for one in extension(certificate, x509.AuthorityInformationAccess) or ()
        if one.access_method == AuthorityInformationAccessOID.OCSP
    )


def demands_staple(certificate: x509.Certificate) -> bool:
    """True where its TLS feature extension says that the server staples (RFC 7633 section 4.2.3.1)."""
    return x509.TLSFeatureType.status_request in (extension(certificate, x509.TLSFeature) or ())

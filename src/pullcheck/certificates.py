"""Reading certificates, whoever made them.

Heavy: import it inside the function that needs it.
"""

import warnings
from functools import lru_cache

from cryptography import x509

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


def covers(pattern: str, name: str) -> bool:
    """Whether a DNS name in a certificate stands for ``name``: a wildcard is the whole first label, and one label."""
    expected, labels = pattern.lower().split("."), name.lower().split(".")
    if expected[0] == "*":
        return len(expected) == len(labels) > 1 and expected[1:] == labels[1:]
    return expected == labels


def is_for(name: str, pem: str) -> bool:
    """Whether the certificate carries the DNS name; true too where its names cannot be read."""
    certificate = read(pem)
    try:
        found = certificate.extensions if certificate else ()
    except UNREADABLE:
        return True
    names = next((one.value for one in found if isinstance(one.value, x509.SubjectAlternativeName)), None)
    return names is None or any(covers(one, name) for one in names.get_values_for_type(x509.DNSName))

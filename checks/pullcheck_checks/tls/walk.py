"""Issuer by issuer from the leaf towards a root: where the chain as served ends, in names a person knows.

The walk only explains what the verifier refused; it never overrules it.
Heavy: import it inside the function that needs it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from pullcheck.certificates import describe, extension, printable
from pullcheck_checks.tls.causes import MISSING_INTERMEDIATE, PRIVATE_CA, SELF_SIGNED, WRONG_INTERMEDIATE
from pullcheck_checks.tls.fault import Fault

PRIVATE_SUFFIXES = ("corp", "home", "internal", "intranet", "lan", "local", "localdomain", "private")
MOST_PATHS = 100
PUBLIC_CERTIFICATE = (
    "serve a certificate of a public CA: SageMaker hosting cannot be given a CA of your own. For a private registry"
    " that is an ACM public certificate on a load balancer, or an ACME certificate by DNS validation"
)


@dataclass(frozen=True)
class Walk:
    """The certificates met, leaf first; the last one is a public root where ``anchored``."""

    path: tuple[x509.Certificate, ...]
    anchored: bool

    @property
    def top(self) -> x509.Certificate:
        """Where the walk ended."""
        return self.path[-1]


def walk(leaf: x509.Certificate, served: Sequence[x509.Certificate], roots: Sequence[x509.Certificate]) -> Walk:
    """The shortest path to a root, or the longest that there is. Each certificate is visited once."""
    longest: tuple[x509.Certificate, ...] = (leaf,)
    paths, seen = [longest], {leaf}
    for path in paths:
        if path[-1] in roots:
            return Walk(path, True)
        root = next((root for root in roots if signed_by(path[-1], root)), None)
        if root is not None:
            return Walk((*path, root), True)
        longest = max(longest, path, key=len)
        issuers = [other for other in served if other not in seen and signed_by(path[-1], other)]
        seen.update(issuers)
        paths += [(*path, issuer) for issuer in issuers]
    return Walk(longest, False)


def anchored_paths(
    leaf: x509.Certificate, served: Sequence[x509.Certificate], roots: Sequence[x509.Certificate]
) -> Iterator[tuple[x509.Certificate, ...]]:
    """All paths from the leaf to a root, of the first that are found; there may be more of the served."""
    paths: list[tuple[x509.Certificate, ...]] = [(leaf,)]
    for path in paths:
        if path[-1] in roots:
            yield path
            continue
        yield from ((*path, root) for root in roots if signed_by(path[-1], root))
        if len(paths) < MOST_PATHS:
            paths += [(*path, other) for other in served if other not in path and signed_by(path[-1], other)]


def signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """True where the names fit and the issuer's key made the signature."""
    if certificate.issuer != issuer.subject:
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except (UnsupportedAlgorithm, ValueError, TypeError):
        return _signed_weakly(certificate, issuer)
    except InvalidSignature:
        return False
    return True


def _signed_weakly(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether an RSA key made a signature over a hash that `cryptography` no longer verifies in certificates: SHA-1."""
    try:
        key, algorithm = issuer.public_key(), certificate.signature_hash_algorithm
        if not isinstance(key, rsa.RSAPublicKey) or algorithm is None:
            return False
        key.verify(certificate.signature, certificate.tbs_certificate_bytes, PKCS1v15(), algorithm)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def trust_fault(
    found: Walk, served: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], source: str
) -> Fault | None:
    """Why the walk reached none of the public roots, which ``source`` names; None where it did."""
    if found.anchored:
        return None
    top, leaf = found.top, found.path[0]
    issuer = printable(top.issuer.rfc4514_string()) or "a CA without a name"
    if top == leaf and signed_by(leaf, leaf):
        return Fault(SELF_SIGNED, f"{describe(leaf)} signed itself and is not in {source}", PUBLIC_CERTIFICATE)
    if signed_by(top, top):
        because = f"the chain ends at the root {describe(top)}, which is not in {source}"
        return Fault(PRIVATE_CA, because, PUBLIC_CERTIFICATE)
    if any(top.issuer == other.subject for other in (*served, *roots) if other not in found.path):
        because = f"{describe(top)} names {issuer} as its issuer, but the certificate of that name did not sign it"
        return Fault(WRONG_INTERMEDIATE, because, f"serve the certificate of {issuer} whose key signed {describe(top)}")
    neither = f"{describe(top)} was issued by {issuer}, which is neither served nor in {source}"
    urls = issuer_urls(top)
    if _looks_public(top, urls, roots):
        where = f" (from {urls[0]})" if urls else " (your CA's download page has it)"
        fix = (
            f"append the certificate of {issuer}{where} and any further intermediate to the server's certificate"
            " file, leaf first: cat domain.crt intermediate.pem > fullchain.pem; where that CA is your own, serve a"
            " certificate of a public CA instead"
        )
        return Fault(MISSING_INTERMEDIATE, neither, fix)
    return Fault(PRIVATE_CA, neither, PUBLIC_CERTIFICATE)


def issuer_urls(certificate: x509.Certificate) -> tuple[str, ...]:
    """The http addresses of the issuer's certificate (caIssuers, RFC 5280 section 4.2.2.1)."""
    urls = (
        str(one.access_location.value)
        for one in extension(certificate, x509.AuthorityInformationAccess) or ()
        if one.access_method == AuthorityInformationAccessOID.CA_ISSUERS
    )
    return tuple(printable(url) for url in urls if url.lower().startswith(("http://", "https://")))


def _looks_public(top: x509.Certificate, urls: Sequence[str], roots: Sequence[x509.Certificate]) -> bool:
    """An unseen issuer may be a public CA's intermediate or a private CA; the chain alone cannot tell for certain.

    Private where its name says root (the public ones are all known) or has domain components (Active Directory). Else
    public where its certificate is offered at an address with a public name, or where a public root bears the same
    organisation; where neither the roots nor the issuer bear any, public for a leaf and private for a CA.
    """
    common = _text(top.issuer, NameOID.COMMON_NAME)
    if "root" in common or top.issuer.get_attributes_for_oid(NameOID.DOMAIN_COMPONENT):
        return False
    hosts = [url.split("/")[2].rpartition("@")[2].partition(":")[0].lower() for url in urls]
    if any("." in host and host.rpartition(".")[2] not in PRIVATE_SUFFIXES for host in hosts):
        return True
    organisation = _text(top.issuer, NameOID.ORGANIZATION_NAME)
    organisations = {_text(root.subject, NameOID.ORGANIZATION_NAME) for root in roots}
    if organisation:
        return organisation in organisations
    basic = extension(top, x509.BasicConstraints)
    return organisations == {""} and not (basic and basic.ca)


def _text(name: x509.Name, attribute: x509.ObjectIdentifier) -> str:
    return ", ".join(str(one.value) for one in name.get_attributes_for_oid(attribute)).lower()

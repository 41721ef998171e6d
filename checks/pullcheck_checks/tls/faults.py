"""What Go's crypto/x509 refuses in the certificates of a path, one rule a function.

Each rule takes a path, leaf first, and names what it finds. Heavy: import it inside the function that needs it.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from ipaddress import ip_address

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID

from pullcheck.certificates import UNREADABLE, covers
from pullcheck.verdict import Severity
from pullcheck_checks.tls.causes import (
    CN_ONLY,
    EXPIRED,
    IP_LITERAL,
    ISSUER_MAY_NOT_SIGN,
    MALFORMED,
    NAME_CONSTRAINT,
    NAME_MISMATCH,
    NOT_YET_VALID,
    UNKNOWN_CRITICAL_EXTENSION,
    WEAK_KEY_OR_SIGNATURE,
    WRONG_USAGE,
)
from pullcheck_checks.tls.fault import Fault
from pullcheck_checks.tls.reading import describe, extension, printable, readable
from pullcheck_checks.tls.verification import host_name, is_address

Certificates = Sequence[x509.Certificate]
NAMES_SHOWN = 20
CURVES = ("secp256r1", "secp384r1", "secp521r1")
HASHES = ("sha256", "sha384", "sha512")
NEVER_CRITICAL = {
    ExtensionOID.AUTHORITY_KEY_IDENTIFIER: "authority key identifier",
    ExtensionOID.SUBJECT_KEY_IDENTIFIER: "subject key identifier",
    ExtensionOID.AUTHORITY_INFORMATION_ACCESS: "authority information access",
}
KNOWN = {
    *NEVER_CRITICAL,
    ExtensionOID.BASIC_CONSTRAINTS,
    ExtensionOID.CERTIFICATE_POLICIES,
    ExtensionOID.CRL_DISTRIBUTION_POINTS,
    ExtensionOID.EXTENDED_KEY_USAGE,
    ExtensionOID.INHIBIT_ANY_POLICY,
    ExtensionOID.KEY_USAGE,
    ExtensionOID.NAME_CONSTRAINTS,
    ExtensionOID.POLICY_CONSTRAINTS,
    ExtensionOID.POLICY_MAPPINGS,
    ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
}
CONSTRAINED = (x509.DNSName, x509.IPAddress, x509.RFC822Name, x509.UniformResourceIdentifier)
REISSUE = "have the CA issue a certificate by the usual profile of public TLS certificates, and serve that"


def dates(path: Certificates, at: datetime) -> Iterator[Fault]:
    """Validity at the time of observation, to the second that Go counts (RFC 5280 section 4.1.2.5)."""
    for certificate in path:
        name = describe(certificate)
        start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        if at > end:
            because = f"{name} expired at {end:%Y-%m-%d %H:%M} UTC; it was served at {at:%Y-%m-%d %H:%M} UTC"
            whose = "the server's certificate" if certificate == path[0] else f"the issuer {name} in the served chain"
            yield Fault(EXPIRED, because, f"renew {whose}, then reload its TLS listener")
        if at < start:
            because = f"{name} is not valid before {start:%Y-%m-%d %H:%M} UTC; it was served at {at:%Y-%m-%d %H:%M} UTC"
            yield Fault(NOT_YET_VALID, because, "wait until then, have it issued anew, or set the clock that is wrong")


def names(leaf: x509.Certificate, host: str) -> Iterator[Fault]:
    """The name asked for against the alternative names; the common name counts for nothing (RFC 9525)."""
    if not readable(leaf):
        return
    wanted = host_name(host)
    alternatives = extension(leaf, x509.SubjectAlternativeName)
    if alternatives is None:
        common = ", ".join(str(one.value) for one in leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME))
        shown = printable(common) or "(none)"
        because = f"the certificate has no subject alternative name, only the common name {shown}"
        yield Fault(CN_ONLY, because, f"have it issued again with the DNS name {wanted} as subject alternative name")
        return
    shown = printable(", ".join(_shown(one) for one in [*alternatives][:NAMES_SHOWN])) or "nothing"
    shown += f" and {len(alternatives) - NAMES_SHOWN} more" if len(alternatives) > NAMES_SHOWN else ""
    if is_address(host):
        if ip_address(wanted) not in alternatives.get_values_for_type(x509.IPAddress):
            because = f"clients ask for the address {wanted}; the certificate is valid for {shown}"
            yield Fault(IP_LITERAL, because, "name the host by a DNS name that its certificate carries")
    elif not any(covers(pattern, wanted) for pattern in alternatives.get_values_for_type(x509.DNSName)):
        because = f"the certificate is valid for {shown}, not for {wanted}"
        fix = f"have it issued again with {wanted} among its DNS names, or name the host by one it carries"
        yield Fault(NAME_MISMATCH, because, fix)


def _shown(name: x509.GeneralName) -> str:
    match name:
        case x509.DNSName(value=value):
            return f"DNS:{value}"
        case x509.IPAddress(value=value):
            return f"IP:{value}"
        case x509.DirectoryName(value=value):
            return f"directory:{value.rfc4514_string()}"
    return f"{type(name).__name__}:{getattr(name, 'value', '')}"


def keys(path: Certificates) -> Iterator[Fault]:
    """Keys that Go clients refuse; RSA below 2048 bits only other clients do."""
    for certificate in path:
        weak = _weakness(certificate)
        if weak:
            words, severity = weak
            fix = f"have {describe(certificate)} issued again for an RSA key of 2048 to 4096 bits or an EC key on P-256"
            yield Fault(WEAK_KEY_OR_SIGNATURE, f"{describe(certificate)} has {words}", fix, severity)


def _weakness(certificate: x509.Certificate) -> tuple[str, Severity] | None:
    try:
        key = certificate.public_key()
    except (UnsupportedAlgorithm, ValueError):
        return "a key of a kind that Go clients do not know", Severity.ERROR
    match key:
        case rsa.RSAPublicKey(key_size=bits) if bits < 1024 or bits > 8192:
            return f"an RSA key of {bits} bits; Go clients accept 1024 to 8192", Severity.ERROR
        case rsa.RSAPublicKey(key_size=bits) if bits < 2048:
            return f"an RSA key of {bits} bits; Go clients accept it, but 2048 is the least elsewhere", Severity.WARNING
        case ec.EllipticCurvePublicKey(curve=curve) if curve.name not in CURVES:
            return f"a key on the curve {curve.name}; Go clients accept P-256, P-384 and P-521", Severity.ERROR
        case rsa.RSAPublicKey() | ec.EllipticCurvePublicKey() | ed25519.Ed25519PublicKey():
            return None
    return "a key that is not RSA, EC or Ed25519", Severity.ERROR


def signatures(signed: Certificates) -> Iterator[Fault]:
    """Hashes that Go clients do not accept in a signature; a root's own signature is never looked at."""
    for certificate in signed:
        try:
            algorithm = certificate.signature_hash_algorithm
            name = algorithm.name if algorithm else "none"
        except UnsupportedAlgorithm:
            name = certificate.signature_algorithm_oid.dotted_string
        if name not in (*HASHES, "none"):
            because = f"{describe(certificate)} is signed with {name}; Go clients accept SHA-256 and longer"
            fix = f"have {describe(certificate)} issued again, signed with SHA-256"
            yield Fault(WEAK_KEY_OR_SIGNATURE, because, fix)


def form(path: Certificates) -> Iterator[Fault]:
    """What Go's parser refuses, and critical extensions that it cannot handle (RFC 5280 section 4.2)."""
    for certificate in path:
        name = describe(certificate)
        if certificate.serial_number < 0:
            yield Fault(MALFORMED, f"{name} has a negative serial number, which Go clients since 1.23 refuse", REISSUE)
        try:
            found = certificate.extensions
        except x509.DuplicateExtension as duplicate:
            yield Fault(MALFORMED, f"{name} has the extension {duplicate.oid.dotted_string} twice", REISSUE)
            continue
        except UNREADABLE:
            continue
        for one in (one for one in found if one.critical):
            if one.oid in NEVER_CRITICAL:
                because = f"{name} marks its {NEVER_CRITICAL[one.oid]} as critical, which Go clients refuse to parse"
                yield Fault(MALFORMED, because, REISSUE)
            elif one.oid not in KNOWN:
                because = f"{name} has the critical extension {one.oid.dotted_string}, which Go clients do not know"
                yield Fault(UNKNOWN_CRITICAL_EXTENSION, because, REISSUE)
            elif isinstance(one.value, x509.NameConstraints) and not _handled(one.value):
                because = f"the critical name constraints of {name} hold kinds of names that Go clients cannot handle"
                yield Fault(NAME_CONSTRAINT, because, "use a CA whose constraints are on DNS names and addresses alone")


def unreadable(path: Certificates) -> Iterator[Fault]:
    """Extensions that are no proper ASN.1."""
    for certificate in path:
        try:
            certificate.extensions  # noqa: B018 - parsed on first access
        except UNREADABLE as error:
            if "parsing asn1" in str(error):
                yield Fault(MALFORMED, f"{describe(certificate)} has an extension that cannot be parsed", REISSUE)


def _handled(constraints: x509.NameConstraints) -> bool:
    subtrees = (*(constraints.permitted_subtrees or ()), *(constraints.excluded_subtrees or ()))
    return all(isinstance(subtree, CONSTRAINED) for subtree in subtrees)


def issuers(path: Certificates, anchored: bool) -> Iterator[Fault]:
    """Issuers that are no CA, must not sign, or stand too high for their path length (RFC 5280 section 6.1.4)."""
    for below, issuer in enumerate(path[1:]):
        if not readable(issuer):
            continue
        basic, usage = extension(issuer, x509.BasicConstraints), extension(issuer, x509.KeyUsage)
        is_root = anchored and issuer == path[-1]
        name = describe(issuer)
        fix = f"serve a chain in which a CA certificate signed {describe(path[below])}"
        if basic is None or not basic.ca:
            yield Fault(ISSUER_MAY_NOT_SIGN, f"{name} signed {describe(path[below])} but is not a CA certificate", fix)
        elif basic.path_length is not None and below > basic.path_length:
            because = f"{name} allows {basic.path_length} further CAs below it, and {below} are served"
            yield Fault(ISSUER_MAY_NOT_SIGN, because, fix)
        elif usage is not None and not usage.key_cert_sign and not is_root:
            yield Fault(ISSUER_MAY_NOT_SIGN, f"the key usage of {name} does not allow signing certificates", fix)


def usages(path: Certificates) -> Iterator[Fault]:
    """Extended key usages that do not admit servers, on the leaf or on an issuer (RFC 5280 section 4.2.1.12)."""
    allowed = {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}
    for certificate in path:
        usage = extension(certificate, x509.ExtendedKeyUsage)
        if usage is not None and allowed.isdisjoint(usage):
            because = f"the extended key usage of {describe(certificate)} does not name server authentication"
            yield Fault(WRONG_USAGE, because, "have it issued again for TLS servers (serverAuth)")

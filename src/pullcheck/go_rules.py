"""What Go's crypto/x509 refuses in a path that `cryptography`'s verifier accepts.

Heavy: import it inside the function that needs it.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtensionOID

from pullcheck.certificate_policies import policies_hold
from pullcheck.certificates import UNREADABLE, extension, valid
from pullcheck.name_constraints import unadmitted

Certificates = Sequence[x509.Certificate]
MESSAGE_LIMIT = 256 * 1024
"""Bytes of certificates that Go reads in one handshake (crypto/tls, maxHandshakeCertificateMsg)."""
LARGEST_RSA = 8192
"""Bits of a key that Go takes from a server (crypto/tls, checkKeySize)."""
PATHS_TRIED, LONGEST_PATH = 100, 9
CURVES = ("secp256r1", "secp384r1", "secp521r1")
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
REFUSED_FORMS = (
    "UnexpectedTag",
    "InvalidValue",
    "ShortData",
    "does not appear to be an IPv4 or IPv6 address",
    "Invalid netmask",
    "permitted_subtrees",
)
"""Words of the library for what Go's parser refuses too."""
ACCEPTED_FORMS = (
    "InvalidSize",
    "path_length must be None",
    "encipher_only and decipher_only",
    "full_name, relative_name or crl_issuer",
    "Invalid SCT",
    "features must be a list",
    "require_explicit_policy",
)
"""Words of the library for what Go's parser lets pass, or does not look at."""
UNREAD = tuple(
    map(bytes.fromhex, ("0603551d12", "0603551d10", "0603551d2e", "06082b06010505070118", "06082b0601050507010b"))
)
"""Extensions that the library reads and Go does not, as they stand in a certificate: alternative names of the issuer,
period of use of the private key, freshest list of revocations, TLS features, information on the subject."""
PLAIN_URI = re.compile(r"[A-Za-z][\w+.-]*:(//[\w.-]+)?(/[^%\s]*)?", re.ASCII)
"""Those of which it is certain that Go parses them."""
CONSTRAINED = (x509.DNSName, x509.IPAddress, x509.RFC822Name, x509.UniformResourceIdentifier)


class Offence(StrEnum):
    """The kinds of what is wrong with the form of a certificate."""

    MALFORMED = "malformed"
    UNKNOWN_CRITICAL = "unknown critical extension"
    CONSTRAINTS = "name constraints"


def refuses(path: Certificates, served: Certificates, at: datetime) -> bool:
    """True where Go clients refuse an accepted path, leaf first and root last; ``served`` is all that was sent."""
    weak = (weakness(one) for one in path)
    return (
        not all(valid(one, at) for one in path)
        or any(found and found[1] for found in weak)
        or any(True for one in path[:-1] for _ in offences(one))
        or any(True for one in served for _ in unfit(one))
        or not all(map(parses, served))
        or any(True for _ in unadmitted(path))
        or not policies_hold(path)
        or message_size(served) > MESSAGE_LIMIT
    )


def weakness(certificate: x509.Certificate) -> tuple[str, bool] | None:
    """What is wrong with its key, in words, and whether Go clients refuse it; RSA below 2048 bits only others do."""
    try:
        key = certificate.public_key()
    except (UnsupportedAlgorithm, ValueError):
        return "a key of a kind that Go clients do not know", True
    match key:
        case rsa.RSAPublicKey(key_size=bits) if bits < 1024 or bits > LARGEST_RSA:
            return f"an RSA key of {bits} bits; Go clients accept 1024 to {LARGEST_RSA}", True
        case rsa.RSAPublicKey(key_size=bits) if bits < 2048:
            return f"an RSA key of {bits} bits; Go clients accept it, but 2048 is the least elsewhere", False
        case ec.EllipticCurvePublicKey(curve=curve) if curve.name not in CURVES:
            return f"a key on the curve {curve.name}; Go clients accept P-256, P-384 and P-521", True
        case rsa.RSAPublicKey() | ec.EllipticCurvePublicKey() | ed25519.Ed25519PublicKey():
            return None
    return "a key that is not RSA, EC or Ed25519", True


def offences(certificate: x509.Certificate) -> Iterator[tuple[Offence, str]]:
    """What Go's parser refuses, and critical extensions that it cannot handle (RFC 5280 section 4.2), in words."""
    if certificate.serial_number < 0:
        yield Offence.MALFORMED, "has a negative serial number, which Go clients since 1.23 refuse"
    try:
        found = certificate.extensions
    except x509.DuplicateExtension as duplicate:
        yield Offence.MALFORMED, f"has the extension {duplicate.oid.dotted_string} twice"
        return
    except UNREADABLE:
        return
    policies = [one.policy_identifier for one in extension(certificate, x509.CertificatePolicies) or ()]
    if len(set(policies)) < len(policies):
        yield Offence.MALFORMED, "names a policy twice, which Go clients refuse to parse"
    limits = extension(certificate, x509.NameConstraints)
    trees = (*(limits.permitted_subtrees or ()), *(limits.excluded_subtrees or ())) if limits else ()
    names = (tree.value.removeprefix(".") for tree in trees if isinstance(tree, x509.DNSName))
    if any("" in name.split(".") for name in names if name):
        yield Offence.MALFORMED, "has a name constraint with an empty label, which Go clients refuse to parse"
    for one in (one for one in found if one.critical):
        if one.oid in NEVER_CRITICAL:
            words = f"marks its {NEVER_CRITICAL[one.oid]} as critical, which Go clients refuse to parse"
            yield Offence.MALFORMED, words
        elif one.oid not in KNOWN:
            words = f"has the critical extension {one.oid.dotted_string}, which Go clients do not know"
            yield Offence.UNKNOWN_CRITICAL, words
        elif isinstance(one.value, x509.NameConstraints) and not _handled(one.value):
            yield Offence.CONSTRAINTS, "has critical name constraints of kinds of names that Go clients cannot handle"


def unfit(certificate: x509.Certificate) -> Iterator[str]:
    """What Go clients refuse, in words, in any certificate that is sent, whether a path needs it or not."""
    yield from (words for offence, words in offences(certificate) if offence is Offence.MALFORMED)
    try:
        key = certificate.public_key()
    except (UnsupportedAlgorithm, ValueError):
        return
    if isinstance(key, rsa.RSAPublicKey) and key.key_size > LARGEST_RSA:
        yield f"has an RSA key of {key.key_size} bits; Go clients accept 1024 to {LARGEST_RSA}"
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name not in (*CURVES, "secp224r1"):
        yield f"has a key on the curve {key.curve.name}, which Go clients cannot parse"


def parses(certificate: x509.Certificate) -> bool | None:
    """Whether Go's parser takes the extensions (crypto/x509, processExtensions); None where that cannot be told."""
    try:
        names = extension(certificate, x509.SubjectAlternativeName) if certificate.extensions else None
    except x509.DuplicateExtension:
        return False
    except UNREADABLE as error:
        if any(words in str(error) for words in ACCEPTED_FORMS):
            return True
        certain = any(words in str(error) for words in REFUSED_FORMS) and "OtherName" not in str(error)
        return False if certain and not any(oid in certificate.tbs_certificate_bytes for oid in UNREAD) else None
    uris = names.get_values_for_type(x509.UniformResourceIdentifier) if names else ()
    return True if all(map(PLAIN_URI.fullmatch, uris)) else None


def message_size(served: Certificates) -> int:
    """The bytes of the certificates in the handshake."""
    return sum(len(certificate.public_bytes(Encoding.DER)) for certificate in served)


def has_too_many_paths(leaf: x509.Certificate, served: Certificates) -> bool:
    """True where the names of issuers lead from the leaf in more ways than Go follows (100 signatures)."""
    by_subject: dict[x509.Name, list[x509.Certificate]] = {}
    for one in dict.fromkeys(served):
        by_subject.setdefault(one.subject, []).append(one)
    paths: list[tuple[x509.Certificate, ...]] = [(leaf,)]
    tried = 0
    while paths:
        path = paths.pop()
        above = [one for one in by_subject.get(path[-1].issuer, ()) if one not in path]
        tried += len(above)
        if tried > PATHS_TRIED:
            return True
        if len(path) < LONGEST_PATH:
            paths += [(*path, one) for one in above]
    return False


def _handled(constraints: x509.NameConstraints) -> bool:
    subtrees = (*(constraints.permitted_subtrees or ()), *(constraints.excluded_subtrees or ()))
    return all(isinstance(subtree, CONSTRAINED) for subtree in subtrees)

"""What Go's crypto/x509 refuses in the certificates of a path, one rule a function.

Each rule takes a path, leaf first, and names what it finds. Heavy: import it inside the function that needs it.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from ipaddress import ip_address

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from pullcheck.certificate_policies import policies_hold
from pullcheck.certificates import covers, describe, extension, printable, readable
from pullcheck.go_rules import Offence, offences, parses, unfit, weakness
from pullcheck.host_names import bare, is_address
from pullcheck.name_constraints import unadmitted
from pullcheck.verdict import Severity
from pullcheck.verification import may_sign
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

Certificates = Sequence[x509.Certificate]
NAMES_SHOWN = 20
HASHES = ("sha256", "sha384", "sha512")
REISSUE = "have the CA issue a certificate by the usual profile of public TLS certificates, and serve that"
OFFENCES = {
    Offence.MALFORMED: (MALFORMED, REISSUE),
    Offence.UNKNOWN_CRITICAL: (UNKNOWN_CRITICAL_EXTENSION, REISSUE),
    Offence.CONSTRAINTS: (NAME_CONSTRAINT, "use a CA whose constraints are on DNS names and addresses alone"),
}


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
    wanted = bare(host)
    alternatives = extension(leaf, x509.SubjectAlternativeName)
    if alternatives is None:
        common = ", ".join(str(one.value) for one in leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME))
        shown = printable(common) or "(none)"
        because = f"the certificate has no subject alternative name, only the common name {shown}"
        yield Fault(CN_ONLY, because, f"have it issued again with the DNS name {wanted} as subject alternative name")
        return
    shown = printable(", ".join(_shown(one) for one in [*alternatives][:NAMES_SHOWN])) or "nothing"
    shown += f" and {len(alternatives) - NAMES_SHOWN} more" if len(alternatives) > NAMES_SHOWN else ""
    if is_address(wanted):
        if ip_address(wanted) not in alternatives.get_values_for_type(x509.IPAddress):
            because = f"clients ask for the address {wanted}; the certificate is valid for {shown}"
            yield Fault(IP_LITERAL, because, "name the host by a DNS name that its certificate carries")
    elif not any(covers(name, wanted) or name == host for name in alternatives.get_values_for_type(x509.DNSName)):
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
        weak = weakness(certificate)
        if weak:
            words, refused = weak
            fix = f"have {describe(certificate)} issued again for an RSA key of 2048 to 4096 bits or an EC key on P-256"
            severity = Severity.ERROR if refused else Severity.WARNING
            yield Fault(WEAK_KEY_OR_SIGNATURE, f"{describe(certificate)} has {words}", fix, severity)


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
        for offence, words in offences(certificate):
            cause, fix = OFFENCES[offence]
            yield Fault(cause, f"{describe(certificate)} {words}", fix)


def sent(served: Certificates, path: Certificates) -> Iterator[Fault]:
    """What Go clients do not get past in any certificate of the handshake, whether the path needs it or not."""
    for certificate in served:
        name = describe(certificate)
        fix = REISSUE if certificate in path else f"leave {name} out of the served chain"
        if parses(certificate) is False:
            yield Fault(MALFORMED, f"{name} has an extension that cannot be parsed", fix)
        if certificate not in path:
            for words in unfit(certificate):
                yield Fault(MALFORMED, f"{name}, which is served too, {words}", fix)


def constraints(path: Certificates) -> Iterator[Fault]:
    """Names below a CA of the path that it does not admit."""
    for issuer, name, bearer in unadmitted(path):
        because = f"the name constraints of {describe(issuer)} do not admit {printable(str(name.value))}"
        yield Fault(NAME_CONSTRAINT, f"{because}, a name of {describe(bearer)}", NAME_CONSTRAINT.fix)


def policies(path: Certificates) -> Iterator[Fault]:
    """Certificate policies that a CA of the path wants named, and that are not."""
    if policies_hold(path) is False:
        because = f"a CA above {describe(path[0])} wants certificate policies named that the path does not name"
        fix = "have the certificate issued by a CA without policy constraints"
        yield Fault(ISSUER_MAY_NOT_SIGN, f"{because}; Go clients since 1.24 refuse that", fix)


def issuers(path: Certificates, anchored: bool) -> Iterator[Fault]:
    """Issuers that are no CA, must not sign, or stand too high for their path length (RFC 5280 section 6.1.4)."""
    for below, issuer in enumerate(path[1:]):
        if not readable(issuer):
            continue
        basic, usage = extension(issuer, x509.BasicConstraints), extension(issuer, x509.KeyUsage)
        is_root = anchored and issuer == path[-1]
        name = describe(issuer)
        fix = f"serve a chain in which a CA certificate signed {describe(path[below])}"
        if is_root and issuer.version is x509.Version.v1:
            continue
        if basic is None or not basic.ca:
            yield Fault(ISSUER_MAY_NOT_SIGN, f"{name} signed {describe(path[below])} but is not a CA certificate", fix)
        elif basic.path_length is not None and below > basic.path_length:
            because = f"{name} allows {basic.path_length} further CAs below it, and {below} are served"
            yield Fault(ISSUER_MAY_NOT_SIGN, because, fix)
        elif usage is not None and not may_sign(usage):
            yield Fault(ISSUER_MAY_NOT_SIGN, f"the key usage of {name} does not allow signing certificates", fix)


def usages(path: Certificates) -> Iterator[Fault]:
    """Extended key usages that do not admit servers, on the leaf or on an issuer (RFC 5280 section 4.2.1.12)."""
    allowed = {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}
    for certificate in path:
        usage = extension(certificate, x509.ExtendedKeyUsage)
        if usage is not None and allowed.isdisjoint(usage):
            because = f"the extended key usage of {describe(certificate)} does not name server authentication"
            yield Fault(WRONG_USAGE, because, "have it issued again for TLS servers (serverAuth)")

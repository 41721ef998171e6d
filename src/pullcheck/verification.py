"""Would a Go client accept the chain as served? `cryptography`'s verifier answers, in two policies.

Heavy: import it inside the function that needs it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from ipaddress import ip_address

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from pullcheck.certificates import covers, extension, read_bundle
from pullcheck.host_names import bare, is_address

GO_NAME = re.compile(r"(?!-)[\w-]+(\.(?!-)[\w-]+)*", re.ASCII)
"""The names that Go compares with those of a certificate (crypto/x509, validHostname)."""


@dataclass(frozen=True)
class Path:
    """A path that was accepted, leaf first, root last."""

    certificates: tuple[x509.Certificate, ...]


@dataclass(frozen=True)
class Refusal:
    """Why the verifier accepted no path, in its own words."""

    words: str


def verify_strictly(
    leaf: x509.Certificate,
    served: Sequence[x509.Certificate],
    roots: str,
    host: str,
    at: datetime,
) -> Path | Refusal:
    """The profile of public CAs (CA/Browser Forum), but for marks of criticality that no known client minds."""
    policy = (
        ExtensionPolicy.webpki_defaults_ee()
        .require_present(x509.SubjectAlternativeName, Criticality.AGNOSTIC, _names_may_stand_alone)
        .may_be_present(x509.ExtendedKeyUsage, Criticality.AGNOSTIC, _for_servers)
    )
    return _verify(policy, leaf, served, roots, host, at)


def verify_as_go(
    leaf: x509.Certificate,
    served: Sequence[x509.Certificate],
    roots: str,
    host: str,
    at: datetime,
) -> Path | Refusal:
    """What Go's crypto/x509 asks of a leaf: alternative names, and a usage that admits servers if there is one."""
    policy = (
        ExtensionPolicy.permit_all()
        .require_present(x509.SubjectAlternativeName, Criticality.AGNOSTIC, None)
        .may_be_present(x509.ExtendedKeyUsage, Criticality.AGNOSTIC, _for_servers_or_any)
    )
    policy = _with_those_of_go(policy)
    if "_" in host and GO_NAME.fullmatch(bare(host)):
        return _verify_but_for_the_name(policy, leaf, served, roots, host, at)
    return _verify(policy, leaf, served, roots, host, at)


def _verify(
    leaf_policy: ExtensionPolicy,
    leaf: x509.Certificate,
    served: Sequence[x509.Certificate],
    roots: str,
    host: str,
    at: datetime,
) -> Path | Refusal:
    name = bare(host)
    try:
        subject = x509.IPAddress(ip_address(name)) if is_address(name) else x509.DNSName(name)
        builder = PolicyBuilder().store(_store(roots)).time(at)
        builder = builder.extension_policies(ca_policy=_of_authorities(), ee_policy=leaf_policy)
        return Path(tuple(builder.build_server_verifier(subject).verify(leaf, list(served))))
    except (VerificationError, ValueError) as refusal:
        return _refusal(refusal)


def _verify_but_for_the_name(
    leaf_policy: ExtensionPolicy,
    leaf: x509.Certificate,
    served: Sequence[x509.Certificate],
    roots: str,
    host: str,
    at: datetime,
) -> Path | Refusal:
    """The same for a name with an underscore, which Go takes and the verifier does not: the rules here compare it.

    Names are left aside where the verifier judges clients: here with the usages of servers.
    """
    try:
        builder = PolicyBuilder().store(_store(roots)).time(at)
        builder = builder.extension_policies(ca_policy=_of_authorities(), ee_policy=leaf_policy)
        path = tuple(builder.build_client_verifier().verify(leaf, list(served)).chain)
    except (VerificationError, ValueError) as refusal:
        return _refusal(refusal)
    names = extension(leaf, x509.SubjectAlternativeName)
    if names and any(covers(pattern, bare(host)) for pattern in names.get_values_for_type(x509.DNSName)):
        return Path(path)
    return Refusal("leaf certificate has no matching subjectAltName")


def _refusal(error: Exception) -> Refusal:
    words = str(error).partition(" (encountered processing")[0]
    for prefix in (
        "validation failed: ",
        "candidates exhausted: ",
        "Python extension validator failed: ValueError: ",
    ):
        words = words.removeprefix(prefix)
    return Refusal(words[:200])


@lru_cache(maxsize=4)
def _store(roots: str) -> Store:
    return Store(list(read_bundle(roots)))


def _of_authorities() -> ExtensionPolicy:
    """The profile of CAs, but for what Go lets pass: marks of criticality, odd key identifiers, no key usage."""
    policy = ExtensionPolicy.webpki_defaults_ca()
    policy = policy.require_present(x509.BasicConstraints, Criticality.AGNOSTIC, None)
    policy = policy.may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _for_signing)
    policy = policy.may_be_present(x509.ExtendedKeyUsage, Criticality.AGNOSTIC, _for_servers_or_any)
    policy = policy.may_be_present(x509.AuthorityKeyIdentifier, Criticality.NON_CRITICAL, None)
    return _with_those_of_go(policy)


def _with_those_of_go(policy: ExtensionPolicy) -> ExtensionPolicy:
    """With extensions that Go handles where they are critical, and the library by itself does not."""
    for kind in (x509.CertificatePolicies, x509.PolicyConstraints, x509.InhibitAnyPolicy, x509.CRLDistributionPoints):
        policy = policy.may_be_present(kind, Criticality.AGNOSTIC, None)
    return policy


def _names_may_stand_alone(
    _policy: Policy, certificate: x509.Certificate, _extension: x509.SubjectAlternativeName
) -> None:
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    if not certificate.subject.rdns and not names.critical:
        raise ValueError("the subject is empty and the alternative names are not marked critical")


def _for_signing(_policy: Policy, _certificate: x509.Certificate, extension: x509.KeyUsage | None) -> None:
    if extension is not None and not may_sign(extension):
        raise ValueError("the key usage does not allow signing certificates")


def may_sign(usage: x509.KeyUsage) -> bool:
    """Whether a CA of this usage may sign: one that names nothing at all says nothing (Go, CheckSignatureFrom)."""
    said = (
        usage.digital_signature,
        usage.content_commitment,
        usage.key_encipherment,
        usage.data_encipherment,
        usage.key_agreement,
        usage.crl_sign,
    )
    return usage.key_cert_sign or not any(said)


def _for_servers(_policy: Policy, _certificate: x509.Certificate, extension: x509.ExtendedKeyUsage | None) -> None:
    if extension is not None and ExtendedKeyUsageOID.SERVER_AUTH not in extension:
        raise ValueError("the extended key usage does not name server authentication")


def _for_servers_or_any(
    _policy: Policy, _certificate: x509.Certificate, extension: x509.ExtendedKeyUsage | None
) -> None:
    allowed = {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}
    if extension is not None and allowed.isdisjoint(extension):
        raise ValueError("the extended key usage does not admit servers")

"""One stapled OCSP answer, read and verified (RFC 6960 sections 3.2 and 4.2.2).

Heavy: import it inside the function that needs it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from pullcheck.certificates import describe, extension, valid
from pullcheck_checks.tls.walk import signed_by

SLACK = timedelta(minutes=5)
"""By how much clocks may differ."""
WITHOUT_AN_END = timedelta(days=1)
"""How long an answer counts that names no end, as in Mozilla's verifier."""


@dataclass(frozen=True)
class Unusable:
    """Why clients that look at the answer refuse it."""

    words: str


@dataclass(frozen=True)
class Doubt:
    """Why it is not known what the answer is worth."""

    words: str


@dataclass(frozen=True)
class Good:
    """The CA says that the certificate is not revoked, until the answer ends."""

    until: datetime


@dataclass(frozen=True)
class Revoked:
    """The CA says since when the certificate is revoked, and in a word of RFC 5280 why, if it says."""

    since: datetime
    reason: str


def read_answer(
    der: bytes, leaf: x509.Certificate, authorities: Iterable[x509.Certificate], at: datetime
) -> Good | Revoked | Unusable | Doubt:
    """What the answer says of the leaf; ``authorities`` are those among which its issuer may be."""
    issuers = [one for one in authorities if signed_by(leaf, one)]
    try:
        answer = ocsp.load_der_ocsp_response(der)
        if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            return Unusable(f"it is no answer but a refusal of the responder: {_words(answer.response_status.name)}")
        if not issuers:
            return Doubt("the certificate that issued the leaf was not served, so that nobody can verify it")
        single = next((one for one in answer.responses if _is_about(one, leaf, issuers)), None)
        if single is None:
            return Unusable(f"it is about another certificate than {describe(leaf)}")
        if not _is_of_the_issuer(answer, issuers, at):
            return Unusable(f"neither {describe(issuers[0])} nor a responder that it appointed signed it")
    except UnsupportedAlgorithm as error:
        return Doubt(f"it uses an algorithm that is not known here: {error}")
    except (ValueError, TypeError):
        return Unusable("it cannot be parsed")
    return _in_time(single, at)


def _is_about(single: ocsp.OCSPSingleResponse, leaf: x509.Certificate, issuers: Sequence[x509.Certificate]) -> bool:
    for issuer in issuers:
        asked = ocsp.OCSPRequestBuilder().add_certificate(leaf, issuer, single.hash_algorithm).build()
        named = (asked.serial_number, asked.issuer_name_hash, asked.issuer_key_hash)
        if named == (single.serial_number, single.issuer_name_hash, single.issuer_key_hash):
            return True
    return False


def _is_of_the_issuer(answer: ocsp.OCSPResponse, issuers: Sequence[x509.Certificate], at: datetime) -> bool:
    appointed = (
        one
        for one in answer.certificates
        if ExtendedKeyUsageOID.OCSP_SIGNING in (extension(one, x509.ExtendedKeyUsage) or ())
        and valid(one, at)
        and any(signed_by(one, issuer) for issuer in issuers)
    )
    return any(_made(answer, one) for one in (*issuers, *appointed))


def _made(answer: ocsp.OCSPResponse, signer: x509.Certificate) -> bool:
    """Whether the key of this certificate made the signature."""
    key, algorithm = signer.public_key(), answer.signature_hash_algorithm
    signature, content = answer.signature, answer.tbs_response_bytes
    try:
        match key:
            case rsa.RSAPublicKey() if algorithm:
                key.verify(signature, content, padding.PKCS1v15(), algorithm)
            case ec.EllipticCurvePublicKey() if algorithm:
                key.verify(signature, content, ec.ECDSA(algorithm))
            case ed25519.Ed25519PublicKey():
                key.verify(signature, content)
            case _:
                return False
    except InvalidSignature:
        return False
    return True


def _in_time(single: ocsp.OCSPSingleResponse, at: datetime) -> Good | Revoked | Unusable:
    begins, ends = single.this_update_utc, single.next_update_utc
    until = ends or begins + WITHOUT_AN_END
    status, reason = single.certificate_status, single.revocation_reason
    is_held = reason is x509.ReasonFlags.certificate_hold
    if status is ocsp.OCSPCertStatus.REVOKED and single.revocation_time_utc and (at <= until or not is_held):
        return Revoked(single.revocation_time_utc, _words(reason.name) if reason else "no reason given")
    if at > until + SLACK:
        return Unusable(f"it is out of date since {until:%Y-%m-%d %H:%M} UTC")
    if at < begins - SLACK:
        return Unusable(f"it counts only from {begins:%Y-%m-%d %H:%M} UTC on")
    if status is not ocsp.OCSPCertStatus.GOOD:
        return Unusable("the responder says in it that it does not know the certificate")
    return Good(until)


def _words(name: str) -> str:
    return name.replace("_", " ").lower()

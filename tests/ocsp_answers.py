"""OCSP answers made to order, good and bad, DER."""

from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from certificates import DAY, NOW, Issued, leaf

REFUSAL = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER).public_bytes(Encoding.DER)
MUST_STAPLE = x509.TLSFeature([x509.TLSFeatureType.status_request])


def responder_at(url: str) -> x509.AuthorityInformationAccess:
    where = x509.UniformResourceIdentifier(url)
    return x509.AuthorityInformationAccess([x509.AccessDescription(AuthorityInformationAccessOID.OCSP, where)])


def appointed(by: Issued, ends: datetime = NOW + DAY) -> Issued:
    """A responder of this CA."""
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])
    return leaf(by, common="Responder", replaced=(usage,), ends=ends)


def answer(
    about: Issued,
    issuer: Issued,
    *,
    by: Issued | None = None,
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD,
    reason: x509.ReasonFlags | None = None,
    begins: datetime = NOW - DAY,
    ends: datetime | None = NOW + DAY,
) -> bytes:
    """What the issuer, or ``by`` in its place, says about a certificate."""
    signer = by or issuer
    builder = ocsp.OCSPResponseBuilder().add_response(
        about.certificate,
        issuer.certificate,
        hashes.SHA1(),
        status,
        begins,
        ends,
        NOW - 2 * DAY if status is ocsp.OCSPCertStatus.REVOKED else None,
        reason,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, signer.certificate)
    if by:
        builder = builder.certificates([by.certificate])
    return builder.sign(signer.key, hashes.SHA256()).public_bytes(Encoding.DER)

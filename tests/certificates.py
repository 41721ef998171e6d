"""Certificates made to order, good and bad: the leaf's extensions can be replaced, left out or added to."""

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HOST = "registry.example.com"
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


@dataclass(frozen=True)
class Issued:
    """A certificate and the key that goes with it."""

    certificate: x509.Certificate
    key: Key

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()

    @property
    def key_pem(self) -> str:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def subject(common: str | None, organization: str | None = None) -> x509.Name:
    given = ((NameOID.COMMON_NAME, common), (NameOID.ORGANIZATION_NAME, organization))
    return x509.Name([x509.NameAttribute(kind, text) for kind, text in given if text])


def usage(*names: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{name: name in names for name in USAGES})


def alternative_names(*names: str) -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName([_general_name(name) for name in names])


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.UniformResourceIdentifier(name) if "://" in name else x509.DNSName(name)


def issuer_at(url: str) -> x509.AuthorityInformationAccess:
    where = x509.UniformResourceIdentifier(url)
    return x509.AuthorityInformationAccess([x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, where)])


def authority(
    common: str = "Example Trust Root",
    by: Issued | None = None,
    *,
    organization: str | None = "Example Trust",
    key: Key | None = None,
    begins: datetime = NOW - 1000 * DAY,
    ends: datetime = NOW + 3000 * DAY,
    path_length: int | None = None,
    extra: Iterable[tuple[x509.ExtensionType, bool]] = (),
) -> Issued:
    """A CA: a root, or below ``by``."""
    extensions = [
        (x509.BasicConstraints(ca=True, path_length=path_length), True),
        (usage("key_cert_sign", "crl_sign"), True),
        *extra,
    ]
    return issue(by, subject(common, organization), extensions=extensions, key=key, begins=begins, ends=ends)


def leaf(
    by: Issued | None,
    *names: str,
    common: str | None = HOST,
    key: Key | None = None,
    public_key: PublicKey | None = None,
    begins: datetime = NOW - 10 * DAY,
    ends: datetime = NOW + 80 * DAY,
    without: type[x509.ExtensionType] | None = None,
    replaced: Iterable[x509.ExtensionType] = (),
    extra: Iterable[tuple[x509.ExtensionType, bool]] = (),
    serial: int | None = None,
    pss: bool = False,
) -> Issued:
    """A server's certificate for ``names`` (DNS names, addresses, URLs), signed by ``by`` or by itself."""
    usual: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (usage("digital_signature"), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (alternative_names(*(names or (HOST,))), False),
    ]
    others = {type(one): one for one in replaced}
    extensions = [(others.get(type(one), one), critical) for one, critical in usual if type(one) is not without]
    return issue(
        by,
        subject(common),
        extensions=[*extensions, *extra],
        key=key,
        public_key=public_key,
        begins=begins,
        ends=ends,
        without=without,
        serial=serial,
        pss=pss,
    )


def issue(
    by: Issued | None,
    name: x509.Name,
    *,
    extensions: Iterable[tuple[x509.ExtensionType, bool]],
    key: Key | None,
    begins: datetime,
    ends: datetime,
    public_key: PublicKey | None = None,
    without: type[x509.ExtensionType] | None = None,
    serial: int | None = None,
    pss: bool = False,
) -> Issued:
    key = key or new_key()
    signer = by.key if by else key
    builder = (
        x509.CertificateBuilder(by.certificate.subject if by else name, name)
        .public_key(public_key or key.public_key())
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
    )
    identifiers = (
        x509.SubjectKeyIdentifier.from_public_key(public_key or key.public_key()),
        x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()),
    )
    for extension, critical in (*extensions, *((one, False) for one in identifiers if type(one) is not without)):
        builder = builder.add_extension(extension, critical)
    scheme = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH) if pss else None
    return Issued(builder.sign(signer, hashes.SHA256(), rsa_padding=scheme), key)


def altered(issued: Issued, by: Issued, old: bytes, new: bytes, algorithm: hashes.HashAlgorithm) -> Issued:
    """The certificate with bytes of its own exchanged for as many others, signed again: what no builder makes."""
    body = issued.certificate.tbs_certificate_bytes.replace(old, new)
    outer = issued.certificate.public_bytes(Encoding.DER)
    scheme = outer[outer.index(issued.certificate.tbs_certificate_bytes) + len(body) :]
    scheme = scheme[: 2 + scheme[1]].replace(old, new)
    if isinstance(by.key, rsa.RSAPrivateKey):
        signature = by.key.sign(body, padding.PKCS1v15(), algorithm)
    else:
        signature = by.key.sign(body, ec.ECDSA(algorithm))
    whole = _tagged(0x30, body + scheme + _tagged(0x03, b"\0" + signature))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        return Issued(x509.load_der_x509_certificate(whole), issued.key)


def _tagged(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 128:
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 128 + len(octets))) + octets + content

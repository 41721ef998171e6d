"""A certificate authority of the demo's own: a root, an issuing CA below it, and the registry's certificate."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

ISSUER_URL = "http://pki.example.com/issuing.crt"
YEAR = timedelta(days=365)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Certificate:
    """What a server is set up with, PEM: the chain it sends, leaf first, and its private key."""

    chain: tuple[str, ...]
    key: str

    @property
    def without_intermediate(self) -> "Certificate":
        """The same, with the leaf alone: a common slip in a server's set-up."""
        return Certificate(self.chain[:1], self.key)


@dataclass(frozen=True)
class _Issuer:
    name: str
    key: "EllipticCurvePrivateKey"
    certificate: "x509.Certificate"


class Authority:
    """Issues server certificates from an issuing CA; ``root`` (PEM) is what clients know."""

    def __init__(self, name: str = "Example Trust") -> None:
        root_key, key = _key(), _key()
        now = datetime.now(UTC)
        root = _sign(f"{name} Root", root_key, None, ca=1, begins=now - 5 * YEAR, ends=now + 20 * YEAR)
        above = _Issuer(f"{name} Root", root_key, root)
        issuing = _sign(f"{name} Issuing CA", key, above, ca=0, ends=now + 5 * YEAR)
        self._issuer = _Issuer(f"{name} Issuing CA", key, issuing)
        self.root = _pem(root)

    def issue(self, *names: str, begins: datetime | None = None, ends: datetime | None = None) -> Certificate:
        """A certificate for these DNS names or addresses, by default from yesterday and for 90 days."""
        key = _key()
        begins = begins or min(datetime.now(UTC), ends or datetime.max.replace(tzinfo=UTC)) - DAY
        leaf = _sign(names[0], key, self._issuer, names=names, begins=begins, ends=ends or begins + 90 * DAY)
        return Certificate((_pem(leaf), _pem(self._issuer.certificate)), _private(key))


def self_signed(*names: str) -> Certificate:
    """A certificate that vouches for itself."""
    key = _key()
    leaf = _sign(names[0], key, None, names=names, ends=datetime.now(UTC) + YEAR)
    return Certificate((_pem(leaf),), _private(key))


def _sign(
    subject: str,
    key: "EllipticCurvePrivateKey",
    issuer: _Issuer | None,
    *,
    ends: datetime,
    begins: datetime | None = None,
    names: Iterable[str] = (),
    ca: int | None = None,
) -> "x509.Certificate":
    """``ca`` is the path length of a CA; None makes a server's certificate for ``names``."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    signer = issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder(_name(issuer.name if issuer else subject), _name(subject))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins or datetime.now(UTC) - DAY)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=ca is not None, path_length=ca), critical=True)
        .add_extension(_usage(ca is not None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    for extension in _server_extensions(names) if ca is None else ():
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(signer, hashes.SHA256())


def _server_extensions(names: Iterable[str]) -> "Iterable[x509.ExtensionType]":
    from cryptography import x509
    from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

    where = x509.UniformResourceIdentifier(ISSUER_URL)
    yield x509.SubjectAlternativeName([_general_name(name) for name in names])
    yield x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    yield x509.AuthorityInformationAccess([x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, where)])


def _general_name(name: str) -> "x509.GeneralName":
    from ipaddress import ip_address

    from cryptography import x509

    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _usage(ca: bool) -> "x509.KeyUsage":
    from cryptography import x509

    others = dict.fromkeys(
        (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    return x509.KeyUsage(digital_signature=not ca, key_cert_sign=ca, crl_sign=ca, **others)


def _name(text: str) -> "x509.Name":
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _key() -> "EllipticCurvePrivateKey":
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())


def _pem(certificate: "x509.Certificate") -> str:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.PEM).decode()


def _private(key: "EllipticCurvePrivateKey") -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

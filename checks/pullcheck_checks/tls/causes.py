"""Every reason why a container client refuses the certificate of a host of the pull, or may do so one day."""

from pullcheck.verdict import Basis, Cause, Severity

SAGEMAKER = "SageMaker guide, private Docker registry for real-time inference: certificate of a known public CA"
GO = "Go crypto/x509 and crypto/tls, which containerd and Docker verify with"

SELF_SIGNED = Cause(
    "tls.self-signed",
    breaks="The host's certificate signed itself, so no CA vouches for it.",
    seen="TLS handshake: the leaf's issuer is its subject, and its own key made the signature.",
    fix="Serve a certificate of a public CA.",
    basis=Basis.DOCUMENTED,
    source=SAGEMAKER,
)
PRIVATE_CA = Cause(
    "tls.private-ca",
    breaks="The host's chain leads to a CA that is not public; the pulling host has no way to be told of it.",
    seen="TLS handshake: the chain as served, verified against public roots only, never against this machine's store.",
    fix="Serve a certificate of a public CA.",
    basis=Basis.DOCUMENTED,
    source=SAGEMAKER,
)
MISSING_INTERMEDIATE = Cause(
    "tls.missing-intermediate",
    breaks="The host does not serve the CA certificate between its own and the public root; container clients do"
    " not fetch it, though browsers do.",
    seen="TLS handshake: an issuer named in the served chain is neither served nor a public root, and its organisation"
    " or the address of its certificate is that of a public CA; the chain alone cannot tell for certain.",
    fix="Serve the leaf followed by every intermediate.",
    basis=Basis.SPECIFICATION,
    source="RFC 8446 section 4.4.2; " + GO,
)
WRONG_INTERMEDIATE = Cause(
    "tls.wrong-intermediate",
    breaks="A certificate of the issuer's name is there, but another key signed the one below it.",
    seen="TLS handshake: names match along the chain, a signature does not.",
    fix="Serve the intermediate whose key signed the certificate.",
    basis=Basis.SPECIFICATION,
    source="RFC 5280 section 6.1.3",
)
EXPIRED = Cause(
    "tls.expired",
    breaks="A certificate that the chain needs is past its last day.",
    seen="TLS handshake: notAfter of each certificate on the path, against the time of observation.",
    fix="Renew the certificate and reload the listener.",
    basis=Basis.INFERENCE,
    source="RFC 5280 section 4.1.2.5; " + GO,
)
NOT_YET_VALID = Cause(
    "tls.not-yet-valid",
    breaks="A certificate that the chain needs is not valid yet, or a clock is wrong.",
    seen="TLS handshake: notBefore of each certificate on the path, against the time of observation.",
    fix="Set the clock that is wrong, or have the certificate issued anew.",
    basis=Basis.INFERENCE,
    source="RFC 5280 section 4.1.2.5; " + GO,
)
NAME_MISMATCH = Cause(
    "tls.name-mismatch",
    breaks="The certificate is for other names than the one that clients ask for.",
    seen="TLS handshake: the leaf's subject alternative names; a wildcard covers exactly one label.",
    fix="Have it issued for the host's name, or name the host by one that it carries.",
    basis=Basis.INFERENCE,
    source="RFC 9525 section 6; " + GO,
)
CN_ONLY = Cause(
    "tls.cn-only",
    breaks="The certificate names its host only in the common name, which Go clients no longer read.",
    seen="TLS handshake: the leaf has no subjectAltName extension.",
    fix="Have it issued again with the name as subject alternative name.",
    basis=Basis.INFERENCE,
    source="RFC 9525 section 2; " + GO,
)
IP_LITERAL = Cause(
    "tls.ip-literal",
    breaks="Clients are sent to an address instead of a name, and the certificate does not carry that address.",
    seen="The host of Image, or of a redirect, is an address, and no iPAddress alternative name of the leaf equals it.",
    fix="Name the host by a DNS name; public CAs issue none for private addresses.",
    basis=Basis.INFERENCE,
    source="RFC 9525 section 6; " + GO,
)
WEAK_KEY_OR_SIGNATURE = Cause(
    "tls.weak-key-or-signature",
    breaks="A key or a signature on the path is of a kind or a size that container clients refuse.",
    seen="TLS handshake: public key and signature algorithm of each certificate on the path.",
    fix="Have the certificate issued again for an RSA-2048 or P-256 key, signed with SHA-256.",
    basis=Basis.INFERENCE,
    source=GO,
)
MALFORMED = Cause(
    "tls.malformed-certificate",
    breaks="A certificate on the path breaks the grammar of certificates in a way that Go's parser refuses.",
    seen="TLS handshake: a certificate that does not parse, a negative serial number, a wrongly critical extension.",
    fix="Have the certificate issued again by the usual profile.",
    basis=Basis.SPECIFICATION,
    source="RFC 5280 sections 4.1 and 4.2; " + GO,
)
UNKNOWN_CRITICAL_EXTENSION = Cause(
    "tls.unknown-critical-extension",
    breaks="A certificate on the path demands that an extension be understood, and Go clients do not know it.",
    seen="TLS handshake: a critical extension outside those of RFC 5280.",
    fix="Have the certificate issued again without it.",
    basis=Basis.SPECIFICATION,
    source="RFC 5280 section 4.2",
)
NAME_CONSTRAINT = Cause(
    "tls.name-constraint",
    breaks="A CA on the path may not issue for the names in the certificates below it.",
    seen="TLS handshake: nameConstraints of a CA certificate, against the alternative names of those below it.",
    fix="Use a CA that may issue for this name.",
    basis=Basis.SPECIFICATION,
    source="RFC 5280 section 4.2.1.10",
)
ISSUER_MAY_NOT_SIGN = Cause(
    "tls.issuer-may-not-sign",
    breaks="A certificate on the path signed another one although it is no CA, or not for a path this long.",
    seen="TLS handshake: basicConstraints and keyUsage of each issuer.",
    fix="Serve a certificate that a CA certificate signed.",
    basis=Basis.SPECIFICATION,
    source="RFC 5280 sections 4.2.1.3 and 4.2.1.9",
)
WRONG_USAGE = Cause(
    "tls.wrong-usage",
    breaks="A certificate on the path is not meant for TLS servers.",
    seen="TLS handshake: extendedKeyUsage without serverAuth.",
    fix="Have it issued again for server authentication.",
    basis=Basis.SPECIFICATION,
    source="RFC 5280 section 4.2.1.12",
)
TOO_LARGE = Cause(
    "tls.certificate-too-large",
    breaks="The served chain is larger than container clients read in one message.",
    seen="TLS handshake: the sum of the served certificates against Go's limits (64 KiB up to 1.19, 256 KiB since).",
    fix="Serve fewer certificates, or one with fewer names.",
    basis=Basis.SPECIFICATION,
    source="Go crypto/tls, maxHandshakeCertificateMsg",
    severity=Severity.WARNING,
)
NODES_DIFFER = Cause(
    "tls.nodes-differ",
    breaks="One address of the host serves a good chain and another does not, so pulls fail now and then.",
    seen="TLS handshakes with every address of the name.",
    fix="Install the good certificate and chain on every node.",
    basis=Basis.INFERENCE,
    source="Chain verification of each address in turn",
    certain=False,
)
NEW_ROOT_NOT_TRUSTED = Cause(
    "tls.new-root-not-trusted",
    breaks="The chain leads to a root that older clients do not have, or carries an expired certificate that they"
    " follow in place of the valid path.",
    seen="TLS handshake: the root of the path is younger than two years and no other path holds, or a served CA"
    " certificate that the accepted path does not need is past its notAfter.",
    fix="Serve the chain to an older root; leave expired certificates out of it.",
    basis=Basis.INFERENCE,
    source="Path building of OpenSSL before 1.1.0; the pulling host's bundle of roots, whose age is not published",
    severity=Severity.WARNING,
)
ROOT_DISTRUSTED = Cause(
    "tls.root-distrusted",
    breaks="Mozilla trusts the root only for what it issued before a date, and this certificate came later.",
    seen="TLS handshake: the leaf's notBefore against the date of its root; Go clients know no such dates.",
    fix="Have the certificate issued by another public CA.",
    basis=Basis.SPECIFICATION,
    source="Mozilla's root store, CKA_NSS_SERVER_DISTRUST_AFTER",
    severity=Severity.WARNING,
)
UNUSUAL_PROFILE = Cause(
    "tls.unusual-profile",
    breaks="The certificate departs from the profile of public CAs: Go clients accept it, stricter ones refuse it.",
    seen="The verifier accepts the path only when the profile of the CA/Browser Forum is not asked of the leaf.",
    fix="Have the certificate issued by the usual profile.",
    basis=Basis.SPECIFICATION,
    source="CA/Browser Forum Baseline Requirements section 7.1; RFC 5280",
    severity=Severity.WARNING,
)
SNI_DEFAULT_CERTIFICATE = Cause(
    "tls.sni-default-certificate",
    breaks="The certificate that does not fit is the server's default: it may have none for the name it was asked for.",
    seen="Two TLS handshakes, with the host's name and without any, end in the same certificate.",
    fix="Add the host's certificate to the listener, or correct the server name it is configured for.",
    basis=Basis.INFERENCE,
    source="RFC 6066 section 3; Elastic Load Balancing guide, default certificate",
    severity=Severity.WARNING,
    certain=False,
)
BLOB_HOST_CERTIFICATE = Cause(
    "tls.blob-host-certificate",
    breaks="The registry sends clients for the layers to a host whose certificate no public CA issued.",
    seen="TLS handshake with the host of the redirect, verified against public roots only.",
    fix="Serve a certificate of a public CA there, or turn redirects off (storage.redirect.disable: true).",
    basis=Basis.INFERENCE,
    source=SAGEMAKER + "; " + GO,
)
INTERCEPTION = Cause(
    "tls.interception",
    breaks="A firewall or proxy on the way decrypts and signs anew with a private CA: a good host looks private.",
    seen="TLS handshake: the issuer bears the name of an inspecting product; or this machine trusts it by its own"
    " store, and is set to use a proxy.",
    fix="Exclude the registry, its token service and its layers' host from inspection.",
    basis=Basis.DOCUMENTED,
    source="AWS Network Firewall guide, TLS inspection configurations",
)

PUBLIC_CA = (
    SELF_SIGNED,
    PRIVATE_CA,
    MISSING_INTERMEDIATE,
    WRONG_INTERMEDIATE,
    EXPIRED,
    NOT_YET_VALID,
    NAME_MISMATCH,
    CN_ONLY,
    IP_LITERAL,
    WEAK_KEY_OR_SIGNATURE,
    MALFORMED,
    UNKNOWN_CRITICAL_EXTENSION,
    NAME_CONSTRAINT,
    ISSUER_MAY_NOT_SIGN,
    WRONG_USAGE,
    TOO_LARGE,
    NODES_DIFFER,
    NEW_ROOT_NOT_TRUSTED,
    ROOT_DISTRUSTED,
    UNUSUAL_PROFILE,
    SNI_DEFAULT_CERTIFICATE,
    BLOB_HOST_CERTIFICATE,
    INTERCEPTION,
)

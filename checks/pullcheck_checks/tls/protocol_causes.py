"""Every reason why a container client comes to no TLS connection with a host of the pull, or to a late one."""

from pullcheck.verdict import Basis, Cause, Severity

SUITES = "TLS 1.2 or 1.3 with ECDHE and AES-GCM or ChaCha20-Poly1305, on X25519 or P-256"
DOCKERS_PATIENCE = 10
"""Seconds that Docker gives a TLS handshake."""

VERSION_TOO_OLD = Cause(
    "tls.version-too-old",
    breaks="The host speaks no TLS version from 1.2 on, the least that Docker and other Go clients take.",
    seen="Two TLS handshakes: one offering every version ends below TLS 1.2, one offering 1.2 and 1.3 fails.",
    fix="Enable TLS 1.2 and 1.3; on a load balancer choose a security policy that has them.",
    basis=Basis.SPECIFICATION,
    source="moby: minimum TLS version of registry clients; Go crypto/tls",
)
CIPHER_GAP = Cause(
    "tls.cipher-gap",
    breaks="The host accepts only cipher suites or groups that some or all container clients do not offer.",
    seen="TLS handshakes: one offering everything succeeds; one offering what Go clients offer fails, or ends in a"
    " suite that Docker leaves out, and one offering Docker's alone fails.",
    fix=f"Enable {SUITES}.",
    basis=Basis.INFERENCE,
    source="Go crypto/tls default suites; moby: the six suites of registry clients",
    severity=Severity.WARNING,
)
CLIENT_CERTIFICATE_REQUIRED = Cause(
    "tls.client-certificate-required",
    breaks="The host demands a client certificate, and SageMaker has no place to be given one.",
    seen="TLS handshake or the first read after it: the server asks for a certificate and ends the connection without.",
    fix="Serve the pull on a listener without mutual TLS.",
    basis=Basis.API,
    source="SageMaker API: ImageConfig.RepositoryAuthConfig has user name and password alone; RFC 8446 section 4.3.2",
)
HTTP_2_NOT_SPOKEN = Cause(
    "tls.http2-not-spoken",
    breaks="The host agrees to HTTP/2 in the handshake and does not speak it: containerd fails, Docker never asks.",
    seen="TLS handshake: ALPN answers h2, and no HTTP/2 settings frame follows.",
    fix="Do not offer h2 on this listener, or let what stands behind it speak HTTP/2.",
    basis=Basis.SPECIFICATION,
    source="RFC 9113 section 3.4; RFC 7301",
    severity=Severity.WARNING,
)
HANDSHAKE_REFUSED = Cause(
    "tls.handshake-refused",
    breaks="The host breaks the TLS handshake off, whatever versions and suites are offered.",
    seen="TLS handshakes offering everything, and what Go clients offer: both end in an alert.",
    fix="See the server's own log: no certificate for this name, no usable suite, or not the registry.",
    basis=Basis.SPECIFICATION,
    source="RFC 8446 section 6.2",
)
HANDSHAKE_SLOW = Cause(
    "tls.handshake-slow",
    breaks="The TLS handshake takes longer than Docker waits, or nearly: something on the way may inspect it.",
    seen="The time from the first byte of the handshake to its end, from where pullcheck runs.",
    fix="Find what delays it: inspection on the way, a look-up of revocation, or a server without capacity.",
    basis=Basis.SPECIFICATION,
    source="moby, registry client transport: TLSHandshakeTimeout",
    certain=False,
)

PROTOCOL = (
    VERSION_TOO_OLD,
    CIPHER_GAP,
    CLIENT_CERTIFICATE_REQUIRED,
    HTTP_2_NOT_SPOKEN,
    HANDSHAKE_REFUSED,
    HANDSHAKE_SLOW,
)

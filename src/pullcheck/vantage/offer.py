"""What a client offers in a TLS handshake."""

import ssl
import warnings

from pullcheck.vantage import TlsProfile

DOCKER_SUITES = (
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-RSA-CHACHA20-POLY1305",
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
)
"""What Docker offers below TLS 1.3 (moby source, registry client configuration)."""
GO_SUITES = (
    *DOCKER_SUITES,
    "ECDHE-ECDSA-AES256-SHA",
    "ECDHE-RSA-AES256-SHA",
    "ECDHE-ECDSA-AES128-SHA",
    "ECDHE-RSA-AES128-SHA",
)
"""The same, and the four more that Go offers by itself (Go source, crypto/tls, defaults)."""
_SUITES = {TlsProfile.GO: GO_SUITES, TlsProfile.DOCKER: DOCKER_SUITES}

_LEGACY_SERVER_CONNECT = 0x4


def client_context(profile: TlsProfile, protocols: tuple[str, ...]) -> ssl.SSLContext:
    """What a client of this profile offers, set by hand so that neither OpenSSL's configuration nor a bundle counts.

    No server may negotiate anew, e.g. to ask for a certificate after all: Go clients never let it.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.options |= _LEGACY_SERVER_CONNECT | ssl.OP_NO_RENEGOTIATION
    context.maximum_version = ssl.TLSVersion.MAXIMUM_SUPPORTED
    context.set_alpn_protocols(list(protocols))
    if profile in _SUITES:
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(":".join(_SUITES[profile]) + ":@SECLEVEL=0")
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
        context.set_ciphers("ALL:@SECLEVEL=0")
    return context

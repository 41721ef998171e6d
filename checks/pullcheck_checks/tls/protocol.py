"""Does the registry speak a TLS version and cipher suite that container clients offer?"""

from collections.abc import Iterator

from pullcheck.evidence.tls import ServedAddress, ServedChains
from pullcheck.vantage import Outcome
from pullcheck.verdict import Basis, Cause, Fix, Severity, Verdict, failed, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.tls.subjects import by_address

OLD_VERSIONS = ("SSLv3", "TLSv1", "TLSv1.1")
BROKEN_OFF = (Outcome.TLS_ALERT, Outcome.RESET)
NO_HTTP_2 = "(ALPN h2) and does not speak it"
AEAD = ("GCM", "CHACHA20")
SUITES = "TLS 1.2 or 1.3 with ECDHE and AES-GCM or ChaCha20-Poly1305, on X25519 or P-256"

VERSION_TOO_OLD = Cause(
    "tls.version-too-old",
    breaks="The registry speaks no TLS version from 1.2 on, the least that Docker and other Go clients take.",
    seen="Two TLS handshakes: one offering every version ends below TLS 1.2, one offering 1.2 and 1.3 fails.",
    fix="Enable TLS 1.2 and 1.3; on a load balancer choose a security policy that has them.",
    basis=Basis.SPECIFICATION,
    source="moby: minimum TLS version of registry clients; Go crypto/tls",
)
CIPHER_GAP = Cause(
    "tls.cipher-gap",
    breaks="The registry accepts only cipher suites or groups that some or all container clients do not offer.",
    seen="Two TLS handshakes: one offering everything succeeds, one offering what Go clients offer fails or ends in a"
    " suite that Docker leaves out.",
    fix=f"Enable {SUITES}.",
    basis=Basis.INFERENCE,
    source="Go crypto/tls default suites; moby: the six suites of registry clients",
    severity=Severity.WARNING,
)
CLIENT_CERTIFICATE_REQUIRED = Cause(
    "tls.client-certificate-required",
    breaks="The registry demands a client certificate, and SageMaker has no place to be given one.",
    seen="TLS handshake or the first read after it: the server asks for a certificate and ends the connection without.",
    fix="Serve the pull on a listener without mutual TLS.",
    basis=Basis.API,
    source="SageMaker API: ImageConfig.RepositoryAuthConfig has user name and password alone; RFC 8446 section 4.3.2",
)
HTTP_2_NOT_SPOKEN = Cause(
    "tls.http2-not-spoken",
    breaks="The registry agrees to HTTP/2 in the handshake and does not speak it: containerd fails, Docker never asks.",
    seen="TLS handshake: ALPN answers h2, and no HTTP/2 settings frame follows.",
    fix="Do not offer h2 on this listener, or let what stands behind it speak HTTP/2.",
    basis=Basis.SPECIFICATION,
    source="RFC 9113 section 3.4; RFC 7301",
    severity=Severity.WARNING,
)
HANDSHAKE_REFUSED = Cause(
    "tls.handshake-refused",
    breaks="The registry breaks the TLS handshake off, whatever versions and suites are offered.",
    seen="TLS handshakes offering everything, and what Go clients offer: both end in an alert.",
    fix="See the server's own log: no certificate for this name, no usable suite, or not the registry.",
    basis=Basis.SPECIFICATION,
    source="RFC 8446 section 6.2",
)


@check(
    "tls.protocol",
    "The registry speaks a TLS version and cipher suite that container clients offer",
    (VERSION_TOO_OLD, CIPHER_GAP, CLIENT_CERTIFICATE_REQUIRED, HTTP_2_NOT_SPOKEN, HANDSHAKE_REFUSED),
    basis=Basis.SPECIFICATION,
)
def speaks_what_clients_offer(chains: ServedChains) -> Iterator[Verdict]:
    """What: compares two handshakes with each address: one offering all there is, one offering what Go clients offer.

    Why: containerd and Docker speak TLS 1.2 and newer; Docker leaves out every suite below TLS 1.3 but ECDHE with
    AES-GCM or ChaCha20-Poly1305. SageMaker cannot present a client certificate.

    Passes: when the handshake of the Go profile succeeds with a suite that Docker offers too.

    Fails: when the registry speaks only older versions or other suites, demands a client certificate, or breaks every
    handshake off. As a warning where containerd finds a suite and Docker does not.

    Not verified when: an address does not answer at all, or answers one handshake and not the other.

    Fix: enable TLS 1.2 and 1.3 with AES-GCM or ChaCha20-Poly1305 suites; switch mutual TLS off for the pull's host.

    Source: Go crypto/tls; moby, registry client configuration; RFC 8446.
    """
    yield from by_address(chains, [(_verdict(one),) for one in chains.addresses])


def _verdict(served: ServedAddress) -> Verdict:
    go, everything = served.go, served.permissive
    if go.client_certificate_demanded or everything.client_certificate_demanded:
        because = f"the server demands a client certificate: {go.detail or everything.detail}"
        fix = "switch mutual TLS off for this host, or serve the registry on another listener without it"
        return failed("", because, CLIENT_CERTIFICATE_REQUIRED, Fix(fix))
    if go.outcome is Outcome.OK and NO_HTTP_2 in go.detail:
        fix = "take h2 off this listener's ALPN list, or let what stands behind it speak HTTP/2"
        return failed("", go.detail, HTTP_2_NOT_SPOKEN, Fix(fix))
    agreed = f"{go.version} with {go.cipher}"
    if go.outcome is Outcome.OK:
        if go.version == "TLSv1.3" or any(mode in (go.cipher or "") for mode in AEAD):
            return passed("", f"a handshake as Go clients make it ends in {agreed}")
        because = f"the server chose {agreed}, which Docker does not offer; whether it takes another was not tried"
        return failed("", because, CIPHER_GAP, Fix(f"enable {SUITES}, and prefer them"))
    if go.outcome in BROKEN_OFF and everything.outcome is Outcome.OK:
        return _gap(served)
    if Outcome.TLS_ALERT in (go.outcome, everything.outcome) and everything.outcome in BROKEN_OFF:
        because = f"the server breaks off every handshake: {everything.detail or everything.outcome.value}"
        fix = "look for this handshake in the server's log; the alert names what it missed (name, suite or version)"
        return failed("", because, HANDSHAKE_REFUSED, Fix(fix))
    because = f"offered what Go clients offer: {go.outcome.value}; offered everything: {everything.outcome.value}"
    return unknown("", f"{because}; mend what registry.api-v2 reports or look again", blocked_by="registry.api-v2")


def _gap(served: ServedAddress) -> Verdict:
    everything, go = served.permissive, served.go
    because = (
        f"the server speaks {everything.version} with {everything.cipher}, but breaks off a handshake that offers what"
        f" Go clients do: {go.detail or go.outcome.value}"
    )
    if everything.version in OLD_VERSIONS:
        return failed("", because, VERSION_TOO_OLD, Fix(f"enable {SUITES}"))
    return failed("", because, CIPHER_GAP, Fix(f"enable {SUITES}"), severity=Severity.ERROR)

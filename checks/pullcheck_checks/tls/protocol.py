"""Do the hosts of the pull speak a TLS version and cipher suite that container clients offer?"""

from collections.abc import Iterator
from functools import partial

from pullcheck.evidence.tls import ServedAddress, ServedChains, ServedElsewhere
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.vantage import Outcome
from pullcheck.verdict import Basis, Fix, Severity, Verdict, failed, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.tls.protocol_causes import (
    CIPHER_GAP,
    CLIENT_CERTIFICATE_REQUIRED,
    DOCKERS_PATIENCE,
    HANDSHAKE_REFUSED,
    HANDSHAKE_SLOW,
    HTTP_2_NOT_SPOKEN,
    PROTOCOL,
    SUITES,
    VERSION_TOO_OLD,
)
from pullcheck_checks.tls.subjects import each_host, of_each

OLD_VERSIONS = ("SSLv3", "TLSv1", "TLSv1.1")
BROKEN_OFF = (Outcome.TLS_ALERT, Outcome.RESET)
NO_HTTP_2 = "(ALPN h2) and does not speak it"
OUR_LIMIT = "excessive message size"
GROUPS = ("X25519", "P-256", "P-384", "P-521", "X25519MLKEM768")
OFFERED = ("X25519", "P-256", "X448", "P-521", "P-384")
"""The groups that OpenSSL offers by itself, to which Go's belong."""
NOTHING_SHARED = "handshake failure"
SLOW = 5.0
NEARLY = 0.5


@check(
    "tls.protocol",
    "Every host of the pull speaks a TLS version and cipher suite that container clients offer",
    PROTOCOL,
    basis=Basis.SPECIFICATION,
)
def speaks_what_clients_offer(
    chains: ServedChains, elsewhere: ServedElsewhere | Unavailable | NotApplicable
) -> Iterator[Verdict]:
    """What: compares handshakes with each address of the registry, and of every host that it sends clients to: one
    offering all there is, one offering what Go offers by itself (containerd), and, where that ends in a suite that
    Docker leaves out, one offering Docker's.

    Why: containerd and Docker speak TLS 1.2 and newer; Docker leaves out every suite below TLS 1.3 but ECDHE with
    AES-GCM or ChaCha20-Poly1305, and gives a handshake 10 seconds. SageMaker cannot present a client certificate.

    Passes: when both find a suite and a group.

    Fails: when the host speaks only older versions or other suites, demands a client certificate, or breaks every
    handshake off. As a warning where one of the two finds a suite and the other does not, or a handshake is slow.

    Not verified when: an address does not answer at all, or answers one handshake and not the other. Hosts that nobody
    saw the pull led to are for tls.public-ca to name.

    Fix: enable TLS 1.2 and 1.3 with AES-GCM or ChaCha20-Poly1305 suites; switch mutual TLS off for the pull's host.

    Source: Go crypto/tls; moby, registry client configuration; RFC 8446.
    """
    yield from each_host(chains, elsewhere, partial(of_each, judge=_verdict))


def _verdict(served: ServedAddress) -> Verdict:
    go, everything = served.go, served.permissive
    if go.client_certificate_demanded or everything.client_certificate_demanded:
        detail = go.detail or everything.detail or "it answers 400 to who has none"
        because = f"the server demands a client certificate: {detail}"
        fix = "switch mutual TLS off for this host, or serve it on another listener without it"
        return failed("", because, CLIENT_CERTIFICATE_REQUIRED, Fix(fix))
    if go.outcome is Outcome.OK:
        return _agreed(served)
    if OUR_LIMIT in (go.detail, everything.detail):
        because = "the server's certificates are more than is read here (100 KiB), so that no handshake came to its end"
        return unknown("", f"{because}; mend what tls.public-ca reports, then look again", blocked_by="tls.public-ca")
    if go.outcome in BROKEN_OFF and everything.outcome is Outcome.OK:
        return _gap(served)
    if Outcome.TLS_ALERT in (go.outcome, everything.outcome) and everything.outcome in BROKEN_OFF:
        return _refused(everything.detail or everything.outcome.value)
    if go.outcome is Outcome.NO_ANSWER and go.seconds is not None:
        return _unanswered(go.seconds)
    because = f"offered what Go clients offer: {go.outcome.value}; offered everything: {everything.outcome.value}"
    return unknown("", f"{because}; mend what registry.api-v2 reports or look again", blocked_by="registry.api-v2")


def _agreed(served: ServedAddress) -> Verdict:
    """The handshake of the Go profile came to its end: does what it ended in suit both clients?"""
    go, docker = served.go, served.docker
    agreed = f"{go.version} with {go.cipher}"
    if NO_HTTP_2 in go.detail:
        fix = "take h2 off this listener's ALPN list, or let what stands behind it speak HTTP/2"
        return failed("", go.detail, HTTP_2_NOT_SPOKEN, Fix(fix))
    if go.group and go.group not in GROUPS:
        because = f"the server chose the group {go.group}, which Go clients do not offer; another was not tried"
        return unknown("", f"{because}; a pull with docker or crane would settle it", cause=CIPHER_GAP)
    if go.seconds is not None and go.seconds >= SLOW:
        because = f"the handshake took {go.seconds:.1f} s; Docker gives up after {DOCKERS_PATIENCE} s"
        severity = Severity.ERROR if go.seconds >= DOCKERS_PATIENCE else Severity.WARNING
        return failed("", because, HANDSHAKE_SLOW, Fix(HANDSHAKE_SLOW.fix), severity=severity)
    if go.is_authenticated:
        return passed("", f"a handshake as Go clients make it ends in {agreed}")
    if docker is not None and docker.outcome is Outcome.OK:
        because = f"a handshake as containerd makes it ends in {agreed}, one as Docker makes it in"
        return passed("", f"{because} {docker.version} with {docker.cipher}")
    chose = f"containerd finds a suite ({agreed}), which Docker does not offer"
    if docker is not None and docker.outcome in BROKEN_OFF:
        because = f"{chose}; the server breaks off a handshake that offers Docker's: {docker.detail}"
        return failed("", because, CIPHER_GAP, Fix(f"enable {SUITES}, and prefer them"))
    ended = docker.outcome.value if docker else "not tried"
    return unknown("", f"{chose}; a handshake that offers Docker's: {ended}; look again", cause=CIPHER_GAP)


def _unanswered(seconds: float) -> Verdict:
    because = f"the server takes the connection, and the handshake did not end within {seconds:.1f} s"
    if seconds < DOCKERS_PATIENCE - NEARLY:
        return unknown("", f"{because}; look again with --timeout {2 * DOCKERS_PATIENCE}", cause=HANDSHAKE_SLOW)
    because = f"{because}; Docker gives up after {DOCKERS_PATIENCE} s"
    return failed("", because, HANDSHAKE_SLOW, Fix(HANDSHAKE_SLOW.fix))


def _refused(detail: str) -> Verdict:
    because = f"the server breaks off every handshake: {detail}"
    if NOTHING_SHARED in detail:
        because = (
            f"{because}, as a server does that finds nothing to its taste, though every suite of TLS 1.0 to 1.3 was"
            f" offered, and the groups {', '.join(OFFERED)}: it may insist on another curve, e.g. secp256k1"
        )
        return failed("", because, HANDSHAKE_REFUSED, Fix(f"enable {SUITES}; else see the server's log"))
    fix = "look for this handshake in the server's log; the alert names what it missed (name, suite or version)"
    return failed("", because, HANDSHAKE_REFUSED, Fix(fix))


def _gap(served: ServedAddress) -> Verdict:
    everything, go = served.permissive, served.go
    because = (
        f"the server speaks {everything.version} with {everything.cipher}, but breaks off a handshake that offers what"
        f" Go clients do, so that neither containerd nor Docker finds a suite: {go.detail or go.outcome.value}"
    )
    if everything.version in OLD_VERSIONS:
        return failed("", because, VERSION_TOO_OLD, Fix(f"enable {SUITES}"))
    return failed("", because, CIPHER_GAP, Fix(f"enable {SUITES}"), severity=Severity.ERROR)

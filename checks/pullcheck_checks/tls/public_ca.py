"""Does the certificate chain, as served, to a public CA?"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pullcheck.evidence.tls import LocalTrust, PublicRoots, ServedAddress, ServedChains, ServedElsewhere
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.vantage import Outcome
from pullcheck.verdict import Fix, Severity, Status, Verdict, failed, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.tls.causes import (
    BLOB_HOST_CERTIFICATE,
    NAME_MISMATCH,
    NODES_DIFFER,
    PRIVATE_CA,
    PUBLIC_CA,
    SELF_SIGNED,
    SNI_DEFAULT_CERTIFICATE,
    TOO_LARGE,
)
from pullcheck_checks.tls.protocol import OUR_LIMIT
from pullcheck_checks.tls.subjects import each_host

if TYPE_CHECKING:
    from pullcheck_checks.tls.fault import Fault
    from pullcheck_checks.tls.judgement import Judgement

REDIRECT_TARGET = "redirect target"


@check("tls.public-ca", "The certificate chains, as served, to a public CA", PUBLIC_CA)
def chains_to_a_public_ca(
    chains: ServedChains,
    elsewhere: ServedElsewhere | Unavailable | NotApplicable,
    roots: PublicRoots,
    trust: LocalTrust,
) -> Iterator[Verdict]:
    """What: verifies the certificates that each address of the registry, and of every host that it sends clients to,
    serves as a Go client would, with Mozilla's roots (or those of --public-roots) and nothing but the intermediates
    that were served.

    Why: SageMaker hosting pulls only from registries whose certificate a known public CA issued, and it cannot be given
    another CA. Container clients fetch no missing intermediates and read no common names, so a browser, or a laptop
    with the company's root installed, proves nothing.

    Passes: when a path of served certificates leads from one that is valid for the host's name to a public root, and
    both the profile of public CAs and Go's own rules are kept.

    Fails: when no such path holds; the cause says which certificate, name, date, key or extension is at fault. As a
    warning where Go clients accept the chain and stricter or older clients may not.

    Not verified when: the handshake did not come as far as the certificate, the verifier refuses the chain for a
    reason that Go clients may not share, or something between this machine and the host seems to inspect TLS; or nobody
    saw where the layers come from, e.g. for want of credentials.

    Fix: serve the leaf followed by every intermediate (cat domain.crt intermediate.pem), issued by a public CA for the
    host's DNS name. Names in private zones can have one too, by DNS validation.

    Source: SageMaker guide, private Docker registry for real-time inference; Go crypto/x509; RFC 5280; RFC 9525.
    """
    found = tuple(each_host(chains, elsewhere, _Judge(roots, trust).verdicts))
    yield from found
    unseen = elsewhere.unseen if isinstance(elsewhere, ServedElsewhere) else elsewhere
    if isinstance(unseen, Unavailable) and _serves_well(found):
        yield unknown("hosts of the layers", unseen.because, blocked_by=unseen.blocked_by)


@dataclass(frozen=True)
class _Judge:
    roots: PublicRoots
    trust: LocalTrust

    def verdicts(self, chains: ServedChains) -> list[tuple[Verdict, ...]]:
        """Those of each address of one host."""
        from datetime import datetime

        from pullcheck_checks.tls.judgement import judge

        at = datetime.fromisoformat(chains.observed_at)
        served = {face.chain for one in chains.addresses for face in one.faces if face.chain}
        judged = {chain: judge(chain, self.roots, chains.host, at) for chain in served}
        found = [
            [self._of_address(chains, face, judged.get(face.chain)) for face in one.faces] for one in chains.addresses
        ]
        verdicts = [next(filter(_is_error, each), each[0]) for each in found]
        refused = [_is_error(each) for each in verdicts]
        good = [one.address for one, each in zip(chains.addresses, found, strict=True) if any(map(_serves_well, each))]
        if not good or not any(refused):
            return verdicts
        return [_differing(found, good) if bad else found for found, bad in zip(verdicts, refused, strict=True)]

    def _of_address(
        self, chains: ServedChains, served: ServedAddress, judgement: "Judgement | None"
    ) -> tuple[Verdict, ...]:
        if judgement is None:
            return _without_chain(served)
        if judgement.refusal:
            because = (
                f"the verifier refuses the chain ({judgement.refusal}), for a reason that Go clients may not share;"
                " a pull with docker or crane from a machine without private roots would settle it"
            )
            return (unknown("", because),)
        if judgement.faults:
            return self._of_faults(chains, served, judgement)
        until = min(certificate.not_valid_after_utc for certificate in judgement.path)
        valid = f"every certificate is valid until {until:%Y-%m-%d}"
        return (passed("", f"{judgement.proof}, a root in {self.roots.source}; {valid}"),)

    def _of_faults(self, chains: ServedChains, served: ServedAddress, judgement: "Judgement") -> tuple[Verdict, ...]:
        from pullcheck_checks.tls.interception import suspected, trusted_here

        intercepted = suspected(judgement.faults, served.chain, self.trust, chains.vantage)
        if intercepted:
            return (intercepted,)
        found = [_of_role(chains.role, fault) for fault in judgement.faults]
        verdicts = [fault.verdict("") for fault in found]
        if own := trusted_here(served.chain, self.trust):
            note = f"; {own}, which SageMaker's hosts do not have"
            verdicts = [replace(one, because=one.because + note) for one in verdicts]
        if any(fault.cause is NAME_MISMATCH for fault in found) and _is_default(chains, served):
            because = (
                f"without a server name, the server shows the same certificate: it may have none for {chains.host}"
            )
            verdicts.append(failed("", because, SNI_DEFAULT_CERTIFICATE, Fix(SNI_DEFAULT_CERTIFICATE.fix)))
        return tuple(dict.fromkeys(verdicts))


def _without_chain(served: ServedAddress) -> tuple[Verdict, ...]:
    outcome, detail = served.permissive.outcome, served.permissive.detail
    if OUR_LIMIT in (detail, served.go.detail):
        because = "the served certificates take more than 100 KiB: Go up to 1.19 reads 64 KiB, later ones 256 KiB"
        fix = "leave out certificates that the chain does not need, or have one issued with fewer names"
        unread = f"{because}; pullcheck reads no more than that either, so whether they chain is open"
        return (failed("", because, TOO_LARGE, Fix(fix)), unknown("", unread))
    because = f"no certificate was seen: {outcome.value}{f' ({detail})' if detail else ''}"
    blocked_by = "tls.protocol" if outcome in (Outcome.OK, Outcome.TLS_ALERT) else "registry.api-v2"
    return (unknown("", f"{because}; mend what {blocked_by} reports, then look again", blocked_by=blocked_by),)


def _of_role(role: str, fault: "Fault") -> "Fault":
    """A private certificate where the layers come from has a remedy of its own."""
    if role != REDIRECT_TARGET or fault.cause not in (PRIVATE_CA, SELF_SIGNED):
        return fault
    because = f"{fault.because}; the registry sends clients here"
    fix = f"{fault.fix}; or turn redirects off in the registry (storage.redirect.disable: true)"
    return replace(fault, cause=BLOB_HOST_CERTIFICATE, because=because, fix=fix)


def _is_default(chains: ServedChains, served: ServedAddress) -> bool:
    return chains.unnamed is not None and chains.unnamed.chain[:1] == served.chain[:1]


def _is_error(verdicts: tuple[Verdict, ...]) -> bool:
    return any(verdict.status is Status.FAIL and verdict.severity is Severity.ERROR for verdict in verdicts)


def _serves_well(verdicts: tuple[Verdict, ...]) -> bool:
    return not _is_error(verdicts) and all(verdict.status is not Status.UNKNOWN for verdict in verdicts)


def _differing(verdicts: tuple[Verdict, ...], good: list[str]) -> tuple[Verdict, ...]:
    """An address is bad where others, or it at other times, are good: that they differ is then the cause."""
    because = f"{'; '.join(verdict.because for verdict in verdicts)}; {', '.join(good)} serves a good chain"
    fix = Fix(f"install the certificate and chain that {good[0]} serves here too")
    return (replace(verdicts[0], cause=NODES_DIFFER, because=because, fix=fix),)

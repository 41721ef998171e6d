"""Does the certificate chain, as served, to a public CA?"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from pullcheck.evidence.tls import PublicRoots, ServedAddress, ServedChains
from pullcheck.vantage import Outcome
from pullcheck.verdict import Fix, Severity, Status, Verdict, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.tls.causes import NODES_DIFFER, PUBLIC_CA
from pullcheck_checks.tls.subjects import by_address

if TYPE_CHECKING:
    from pullcheck_checks.tls.judgement import Judgement


@check("tls.public-ca", "The certificate chains, as served, to a public CA", PUBLIC_CA)
def chains_to_a_public_ca(chains: ServedChains, roots: PublicRoots) -> Iterator[Verdict]:
    """What: verifies the certificates that each address of the registry serves as a Go client would, with Mozilla's
    roots (or those of --public-roots) and nothing but the intermediates that were served.

    Why: SageMaker hosting pulls only from registries whose certificate a known public CA issued, and it cannot be given
    another CA. Container clients fetch no missing intermediates and read no common names, so a browser, or a laptop
    with the company's root installed, proves nothing.

    Passes: when a path of served certificates leads from one that is valid for the registry's name to a public root,
    and both the profile of public CAs and Go's own rules are kept.

    Fails: when no such path holds; the cause says which certificate, name, date, key or extension is at fault. As a
    warning where Go clients accept the chain and stricter or older clients may not.

    Not verified when: the handshake did not come as far as the certificate, or the verifier refuses the chain for a
    reason that Go clients may not share.

    Fix: serve the leaf followed by every intermediate (cat domain.crt intermediate.pem), issued by a public CA for the
    registry's DNS name. Names in private zones can have one too, by DNS validation.

    Source: SageMaker guide, private Docker registry for real-time inference; Go crypto/x509; RFC 5280; RFC 9525.
    """
    from datetime import datetime

    from pullcheck_checks.tls.judgement import judge

    at = datetime.fromisoformat(chains.observed_at)
    judged = {chain: judge(chain, roots, chains.host, at) for one in chains.addresses if (chain := one.chain)}
    verdicts = [_verdicts(one, judged.get(one.chain), roots.source) for one in chains.addresses]
    refused = [_is_error(found) for found in verdicts]
    good = [one.address for one, found in zip(chains.addresses, verdicts, strict=True) if _serves_well(found)]
    if good and any(refused):
        verdicts = [_differing(found, good) if bad else found for found, bad in zip(verdicts, refused, strict=True)]
    yield from by_address(chains, verdicts)


def _verdicts(served: ServedAddress, judgement: "Judgement | None", source: str) -> tuple[Verdict, ...]:
    if judgement is None:
        outcome, detail = served.permissive.outcome, served.permissive.detail
        because = f"no certificate was seen: {outcome.value}{f' ({detail})' if detail else ''}"
        blocked_by = "tls.protocol" if outcome in (Outcome.OK, Outcome.TLS_ALERT) else "registry.api-v2"
        return (unknown("", f"{because}; mend what {blocked_by} reports, then look again", blocked_by=blocked_by),)
    if judgement.refusal:
        because = (
            f"the verifier refuses the chain ({judgement.refusal}), for a reason that Go clients may not share;"
            " a pull with docker or crane from a machine without private roots would settle it"
        )
        return (unknown("", because),)
    if judgement.faults:
        return tuple(dict.fromkeys(fault.verdict("") for fault in judgement.faults))
    until = min(certificate.not_valid_after_utc for certificate in judgement.path)
    return (passed("", f"{judgement.proof}, a root in {source}; every certificate is valid until {until:%Y-%m-%d}"),)


def _is_error(verdicts: tuple[Verdict, ...]) -> bool:
    return any(verdict.status is Status.FAIL and verdict.severity is Severity.ERROR for verdict in verdicts)


def _serves_well(verdicts: tuple[Verdict, ...]) -> bool:
    return not _is_error(verdicts) and all(verdict.status is not Status.UNKNOWN for verdict in verdicts)


def _differing(verdicts: tuple[Verdict, ...], good: list[str]) -> tuple[Verdict, ...]:
    """One address is bad where others are good: that they differ is then the cause."""
    because = f"{'; '.join(verdict.because for verdict in verdicts)}; {', '.join(good)} serves a good chain"
    fix = Fix(f"install the certificate and chain that {good[0]} serves here too")
    return (replace(verdicts[0], cause=NODES_DIFFER, because=because, fix=fix),)

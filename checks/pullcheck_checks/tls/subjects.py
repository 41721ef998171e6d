"""One finding for a host where all its addresses agree, else one for each address."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from pullcheck.evidence.tls import ServedAddress, ServedChains, ServedElsewhere
from pullcheck.missing import Missing
from pullcheck.verdict import Status, Verdict, unknown

Verdicts = tuple[Verdict, ...]


def each_host(
    chains: ServedChains,
    elsewhere: ServedElsewhere | Missing,
    judge: Callable[[ServedChains], list[Verdicts]],
) -> Iterator[Verdict]:
    """The verdicts on the registry, then on the other hosts; ``judge`` gives those of each address of one host."""
    yield from _by_address(chains, judge(chains))
    if isinstance(elsewhere, ServedElsewhere):
        for one in elsewhere.hosts:
            yield from _by_address(one, judge(one))
        for silent in elsewhere.silent:
            yield unknown(silent.subject or "", silent.because, blocked_by=silent.blocked_by)


def of_each(chains: ServedChains, judge: Callable[[ServedAddress], Verdict]) -> list[Verdicts]:
    """One verdict for each address, without a subject."""
    return [(judge(one),) for one in chains.addresses]


def _by_address(chains: ServedChains, found: list[Verdicts]) -> Iterator[Verdict]:
    if len(set(found)) == 1:
        yield from (_partly(replace(verdict, subject=chains.subject), chains) for verdict in found[0])
        return
    for address, of_address in zip(chains.addresses, found, strict=True):
        role = f"{chains.role}, " if chains.role else ""
        subject = f"{chains.host}:{chains.port} ({role}{address.address})"
        yield from (_partly(replace(verdict, subject=subject), chains) for verdict in of_address)


def _partly(verdict: Verdict, chains: ServedChains) -> Verdict:
    """A pass says what share of the host it is about."""
    if verdict.status is not Status.PASS or not chains.untried:
        return verdict
    tried = len(chains.addresses)
    return replace(verdict, because=f"{verdict.because}; {tried} of {tried + len(chains.untried)} addresses were tried")

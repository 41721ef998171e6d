"""One finding for the host where all its addresses agree, else one for each address."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pullcheck.evidence.tls import ServedChains
from pullcheck.verdict import Verdict


def by_address(chains: ServedChains, verdicts: Iterable[tuple[Verdict, ...]]) -> Iterator[Verdict]:
    """The verdicts with their subject: ``verdicts`` holds those of each address, in order, without one."""
    found = list(verdicts)
    name = f"{chains.host}:{chains.port}"
    if len(set(found)) == 1:
        yield from (replace(verdict, subject=name) for verdict in found[0])
        return
    for address, of_address in zip(chains.addresses, found, strict=True):
        yield from (replace(verdict, subject=f"{name} ({address.address})") for verdict in of_address)

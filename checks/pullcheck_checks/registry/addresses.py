"""One finding for a registry whose addresses all answer alike, one for each where they differ."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from pullcheck.evidence.registry import AddressPing, Ping, RegistrySeen
from pullcheck.vantage import Outcome, VantageName
from pullcheck.verdict import Verdict, unknown

LOOK_FROM_INSIDE = "run with --vantage inside, or name a reachable address with --resolve"


def by_address(ping: Ping, judge: Callable[[AddressPing], Verdict]) -> Iterator[Verdict]:
    """The verdicts on all answers; ``judge`` leaves the subject empty and does not name the address."""
    name = f"{ping.seen.host}:{ping.seen.port}"
    judged = {answer.address: judge(answer) for answer in _that_count(ping.answers)}
    if len(set(judged.values())) == 1:
        verdict = next(iter(judged.values()))
        yield replace(verdict, subject=name, because=f"{verdict.because} (at {', '.join(judged)})")
        return
    for address, verdict in judged.items():
        yield replace(verdict, subject=f"{name} ({address})")


def seen_from_outside(seen: RegistrySeen) -> bool:
    """Whether an address that stays silent proves nothing about the VPC."""
    return seen.vantage == VantageName.OUTSIDE


def no_address(seen: RegistrySeen, blocked_by: str | None = None) -> Verdict:
    """Nothing can be said without an address."""
    remedy = LOOK_FROM_INSIDE if seen_from_outside(seen) else "look again, or name the address with --resolve"
    because = f"{seen.host} does not resolve, {seen.vantage} vantage ({seen.error}); {remedy}"
    return unknown(f"{seen.host}:{seen.port}", because, blocked_by=blocked_by)


def _that_count(answers: tuple[AddressPing, ...]) -> tuple[AddressPing, ...]:
    """All but the IPv6 addresses to which this machine has no way, as long as there are others: clients skip those."""
    reached = tuple(one for one in answers if not (":" in one.address and one.tcp is Outcome.UNREACHABLE))
    return reached or answers

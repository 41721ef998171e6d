"""What a connection that brought no HTTP answer says about the registry."""

from pullcheck.evidence.registry import AddressPing, RegistrySeen
from pullcheck.vantage import Exchange, Outcome
from pullcheck.verdict import Cause, Fix, Verdict, failed, unknown
from pullcheck_checks.registry import causes
from pullcheck_checks.registry.addresses import LOOK_FROM_INSIDE, seen_from_outside

_NETWORK = "network.registry-reachable"


def without_connection(seen: RegistrySeen, answer: AddressPing) -> Verdict:
    """The verdict on an address to which TCP did not connect."""
    attempt = f"TCP connection to port {seen.port}, {seen.vantage} vantage: {answer.tcp.value}"
    if answer.tcp is Outcome.REFUSED:
        return _failed(attempt, causes.CONNECTION_REFUSED)
    if answer.tcp is Outcome.RESET:
        return _failed(attempt, causes.CONNECTION_RESET)
    if seen_from_outside(seen):
        return unknown("", f"{attempt}, which proves nothing about the VPC; {LOOK_FROM_INSIDE}")
    if seen.proxy:
        attempt = f"{attempt}; the environment names a proxy, which was not used"
    cause = causes.FORWARD_PROXY_ONLY if seen.proxy else causes.NO_ANSWER
    return _failed(attempt, cause, explained_by=_NETWORK)


def without_answer(exchange: Exchange) -> Verdict:
    """The verdict on a connection over which no HTTP answer came."""
    detail = f"{exchange.outcome.value} ({exchange.detail})" if exchange.detail else exchange.outcome.value
    because = f"GET {exchange.url}: {detail}"
    match exchange.outcome:
        case Outcome.PLAIN_HTTP:
            return _failed(because, causes.PLAIN_HTTP)
        case Outcome.RESET:
            return _failed(because, causes.CONNECTION_RESET)
        case Outcome.NO_ANSWER:
            return _failed(f"TCP connects; {because}", causes.NO_ANSWER)
        case Outcome.REFUSED:
            return _failed(because, causes.CONNECTION_REFUSED)
        case Outcome.TLS_ALERT:
            return unknown("", because, blocked_by="tls.protocol")
        case Outcome.BAD_ANSWER if exchange.status is None:
            return _failed(because, causes.NOT_HTTP)
    return unknown("", f"{because}; look again")


def _failed(because: str, cause: Cause, explained_by: str | None = None) -> Verdict:
    return failed("", because, cause, Fix(cause.fix), explained_by=explained_by)

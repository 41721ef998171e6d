"""What a load balancer does with a connection to the registry's port: its listener there, and that listener's rules."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from pullcheck import Unavailable
from pullcheck.evidence.balancer_rows import Listener, ListenerAction, ListenerRule, LoadBalancer, RuleCondition
from pullcheck_checks.network.paths.journey import Journey
from pullcheck_checks.network.paths.legs import FORWARD, clear, refused, unclear
from pullcheck_checks.network.paths.steps import Place, Reason, Step

KIND = "load-balancer"
WITHOUT_TCP = ("UDP", "QUIC")
PULL = "/v2/"
"""What the path of every request of a pull begins with (distribution specification)."""


def heard(journey: Journey, balancer: LoadBalancer) -> tuple[Step, tuple[str, ...]]:
    """What the listener does, and the target groups that it hands the connection on to."""
    port = journey.destination.port

    def doubt(why: str) -> tuple[Step, tuple[str, ...]]:
        return unclear(Place.BALANCER, KIND, balancer.part, FORWARD, why), ()

    if journey.destination.protocol != "tcp":
        return doubt(f"what it does with {journey.service} was not judged")
    if balancer.state not in ("active", "active_impaired"):
        return doubt(f"its state is {balancer.state or 'not known'}")
    if isinstance(balancer.listeners, Unavailable):
        return doubt(balancer.listeners.because)
    found = [one for one in balancer.listeners if one.port == port and one.protocol not in WITHOUT_TCP]
    if not found:
        ports = ", ".join(f"{one.protocol} {one.port}" for one in balancer.listeners) or "nothing"
        return _no(balancer, Reason.NO_LISTENER, f"no listener for tcp {port}: it listens on {ports}"), ()
    [listener] = found[:1]
    if listener.protocol == "HTTP":
        return _no(balancer, Reason.PLAIN_HTTP, f"its listener on {port} speaks HTTP, and a pull asks by HTTPS"), ()
    action = decided(listener, journey.destination.host)
    if isinstance(action, str):
        return doubt(action)
    if action.kind == "forward" and action.group_ids and not action.asks_first:
        words = f"listens on {listener.protocol} {port} and hands connections on"
        return clear(Place.BALANCER, KIND, balancer.part, FORWARD, words), action.group_ids
    if action.kind == "fixed-response":
        why = f"its listener on {port} answers {action.detail} by itself, and no target is asked"
        return _no(balancer, Reason.ANSWERS_ITSELF, why), ()
    if action.kind == "redirect" and action.detail.startswith("http://"):
        why = f"its listener on {port} sends clients to {action.detail}, without TLS"
        return _no(balancer, Reason.ANSWERS_ITSELF, why), ()
    words = "asks for a login first" if action.asks_first else f"does {action.kind or 'nothing known'} {action.detail}"
    return doubt(f"its listener on {port} {words.strip()}, and what comes of that was not judged")


def _no(balancer: LoadBalancer, reason: Reason, why: str) -> Step:
    return refused(Place.BALANCER, KIND, balancer.part, FORWARD, reason, why)


def decided(listener: Listener, host: str) -> ListenerAction | str:
    """The action for the requests of a pull from the host; text says why it is not known.

    The first rule whose conditions all match decides, else the listener's default (Elastic Load Balancing, listener
    rules).
    """
    if isinstance(listener.rules, Unavailable):
        return listener.rules.because
    doubts: list[ListenerRule] = []
    action = listener.action
    for rule in listener.rules:
        match = _all(_matches(one, host) for one in rule.conditions)
        if match:
            action = rule.action
            break
        if match is None:
            doubts.append(rule)
    odd = [rule for rule in doubts if rule.action != action]
    if not odd:
        return action
    return f"{odd[0].id} may take some of the requests: {', '.join(one.field for one in odd[0].conditions)}"


def _matches(condition: RuleCondition, host: str) -> bool | None:
    match condition.field:
        case "host-header" if host:
            return any(fnmatchcase(host.lower(), _plain(value.lower())) for value in condition.values)
        case "path-pattern" if condition.values:
            found = [_takes_the_pull(value) for value in condition.values]
            return True if True in found else None if None in found else False
    return None


def _plain(pattern: str) -> str:
    """Elastic Load Balancing knows ``*`` and ``?``; a bracket stands for itself."""
    return pattern.replace("[", "[[]")


def _takes_the_pull(pattern: str) -> bool | None:
    """Whether the pattern takes every path below `PULL`; None where it takes some of them alone."""
    fixed = pattern.partition("*")[0].partition("?")[0]
    if pattern == f"{fixed}*" and PULL.startswith(fixed):
        return True
    return None if fixed.startswith(PULL) or PULL.startswith(fixed) else False


def _all(answers: Iterable[bool | None]) -> bool | None:
    found = list(answers)
    return False if False in found else None if None in found else True

"""What an AWS Network Firewall does with a TLS connection to a host, where its policy says so beyond doubt (R41)."""

from collections.abc import Iterable
from dataclasses import dataclass

from pullcheck import HopVerdict, Unavailable
from pullcheck.evidence.gateways import FirewallPolicy, RuleGroup
from pullcheck_checks.network.paths.spans import Spans, common, merged, span_of, without

FORWARD, DROP, PASS = "aws:forward_to_sfe", "aws:drop", "aws:pass"
TLS = "TLS_SNI"
DENYING = ("DENYLIST", "REJECTLIST")


@dataclass(frozen=True)
class Hello:
    """The first words of a connection: who speaks, to which address, and the host name in the TLS greeting."""

    clients: Spans
    addresses: Spans
    host: str


@dataclass(frozen=True)
class Judgement:
    """What becomes of the connection and why; ``lists`` are the allow lists that the host would have to be in."""

    verdict: HopVerdict
    why: str
    lists: tuple[RuleGroup, ...] = ()


def judged(policy: FirewallPolicy | Unavailable, home: tuple[str, ...], hello: Hello) -> Judgement:
    """Only policies of domain lists are judged; ``home`` are the ranges of the firewall's VPC."""
    if isinstance(policy, Unavailable):
        return _unknown(policy.because)
    if policy.stateless_groups:
        return _unknown(f"its stateless rule groups {_ids(policy.stateless_groups)} were not judged")
    if DROP in policy.stateless:
        return Judgement(HopVerdict.BLOCK, f"the stateless default action of {_id(policy.id)} is {DROP}")
    if PASS in policy.stateless:
        return Judgement(HopVerdict.PASS, f"the stateless default action of {_id(policy.id)} is {PASS}")
    if not hello.host:
        return _unknown("the host name in the TLS greeting is not known")
    if FORWARD not in policy.stateless:
        return _unknown(f"the stateless default action of {_id(policy.id)} was not judged")
    return _stateful(policy, home, hello)


def _stateful(policy: FirewallPolicy, home: tuple[str, ...], hello: Hello) -> Judgement:
    if policy.inspects_tls:
        return _unknown(f"{_id(policy.id)} opens TLS connections, which then carry a certificate of its own")
    others = [group.id for group in policy.groups if not group.list_type]
    if others:
        return _unknown(f"the rules of {_ids(others)} were not judged")
    groups = [group for group in policy.groups if TLS in group.kinds and group.list_type != "ALERTLIST"]
    if any(not _concerned(group.home or policy.home or home, hello) for group in groups):
        return _unknown("whether HOME_NET of its rule groups holds the model and not the registry is not known")
    allowing = tuple(group for group in groups if group.list_type == "ALLOWLIST")
    denying = next((group for group in groups if group.list_type in DENYING and _holds(group, hello.host)), None)
    allowed = next((group for group in allowing if _holds(group, hello.host)), None)
    drops = not policy.strict or any(action.startswith("aws:drop") for action in policy.defaults)
    if allowing and not allowed and drops:
        why = f"its allow lists for TLS, {_ids(group.id for group in allowing)}, do not hold {hello.host}"
        return Judgement(HopVerdict.BLOCK, why, allowing)
    if policy.strict and (denying or not allowed or "aws:drop_strict" in policy.defaults):
        return _unknown(f"{_id(policy.id)} goes by strict order, with {', '.join(policy.defaults) or 'no'} default")
    if denying and not allowed:
        return Judgement(HopVerdict.BLOCK, f"its list {_id(denying.id)} denies {hello.host}")
    why = f"{_id(allowed.id)} allows {hello.host}" if allowed else f"no list of {_id(policy.id)} is about {hello.host}"
    return Judgement(HopVerdict.PASS, why)


def keeps_state(policy: FirewallPolicy | Unavailable) -> bool:
    """Whether it surely drops packets of a connection whose beginning it has not seen."""
    if isinstance(policy, Unavailable):
        return False
    return FORWARD in policy.stateless and not policy.stateless_groups and policy.midstream == "DROP"


def _concerned(home: tuple[str, ...], hello: Hello) -> bool:
    """The rules of a domain list are for connections from HOME_NET to other addresses."""
    spans = merged(span for cidr in home if (span := span_of(cidr)))
    return bool(spans) and not without(hello.clients, spans) and not common(hello.addresses, spans)


def _holds(group: RuleGroup, host: str) -> bool:
    """A name with a dot before it stands for itself and everything below it."""
    name = host.lower().rstrip(".")
    wanted = [domain.lower() for domain in group.domains]
    return any(name == one or (one.startswith(".") and (name == one[1:] or name.endswith(one))) for one in wanted)


def _unknown(why: str) -> Judgement:
    return Judgement(HopVerdict.UNKNOWN, why)


def _id(arn: str) -> str:
    return arn.rpartition("/")[2] or "its policy"


def _ids(arns: Iterable[str]) -> str:
    return ", ".join(map(_id, arns))

"""Does DNS Firewall let the VPC's resolver answer the names of the pull?"""

from collections.abc import Iterable, Iterator
from shlex import quote

from pullcheck.evidence.branches import Branch
from pullcheck.evidence.dns import LambdaLookup, RegistryAnswer, RegistryLookup, literal
from pullcheck.evidence.placement import LambdaName, Registry
from pullcheck.evidence.pull_hosts import PullHosts
from pullcheck.evidence.resolver import DnsFirewall, FirewallRule
from pullcheck.evidence.vpc import NameServers
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.verdict import Fix, Verdict, failed, not_applicable, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.dns.filter_causes import FAIL_CLOSED, FIREWALL_BLOCKS

WAYS = {"NODATA": "no address", "NXDOMAIN": "no such name", "OVERRIDE": "another name"}


@check("dns.firewall", "DNS Firewall lets the names of the pull through", (FIREWALL_BLOCKS, FAIL_CLOSED))
def firewall_lets_through(
    registry: Registry,
    name: LambdaName | Unavailable | NotApplicable,
    hosts: PullHosts | Unavailable | NotApplicable,
    lookup: RegistryLookup | Unavailable,
    function: LambdaLookup | Unavailable | NotApplicable,
    servers: NameServers | Unavailable,
    firewall: DnsFirewall,
    live: RegistryAnswer | Unavailable,
) -> Iterator[Verdict]:
    """What: goes through the DNS Firewall rules of the model's VPC, and of its Route 53 profiles, in the order in which
    they are asked, for every name of the pull and every name that its records lead to.

    Why: a rule that blocks a name makes it vanish in the VPC alone, private zones included, while it resolves
    everywhere else.

    Passes: when the first rule that covers a name lets it through, or no rule covers it.

    Fails: when the first rule that covers a name blocks it. As a warning, when the VPC's queries fail while the
    firewall does not answer.

    Not verified when: the rules or the lists cannot be read. AWS shows the domains of its own lists to nobody; a rule
    that blocks one of these leaves a doubt, which a lookup inside the VPC settles.

    Fix: allow the name in a rule that is asked earlier, or take it off the list.

    Source: Route 53 Developer Guide, DNS Firewall.
    """
    if isinstance(servers, NameServers) and not servers.are_amazons:
        yield not_applicable(
            firewall.vpc_id, f"{servers.vpc_id} asks other name servers than Amazon's, which it filters"
        )
        return
    wanted = dict(_names(registry, name, hosts, lookup, function))
    blocked = [one for host, chain in wanted.items() for one in _blocked(host, chain, firewall)]
    yield from blocked
    if firewall.fail_open is False:
        because = f"{firewall.vpc_id} is filtered by {_list(firewall)}, and FirewallFailOpen is DISABLED"
        command = f"aws route53resolver update-firewall-config --resource-id {firewall.vpc_id}"
        fix = Fix("let queries pass while the firewall fails", (f"{command} --firewall-fail-open ENABLED",))
        yield failed(firewall.vpc_id, because, FAIL_CLOSED, fix, resources=[firewall.vpc_id])
    heard = live.resolutions if isinstance(live, RegistryAnswer) and live.inside else ()
    seen_inside = {one.name for one in heard if one.addresses}
    told = {one.subject for one in blocked}
    open_to = [asked for host, chain in wanted.items() if host not in told | seen_inside for asked in chain]
    doubts = list(_doubts(tuple(dict.fromkeys(open_to)), firewall))
    if doubts:
        yield unknown(firewall.vpc_id, "; ".join(doubts), resources=[group.id for group in firewall.groups])
    elif firewall.groups and not blocked:
        because = f"{_list(firewall)} let{'s' * (len(firewall.groups) == 1)} through {', '.join(wanted)}"
        yield passed(firewall.vpc_id, because, resources=[group.id for group in firewall.groups])
    elif not firewall.groups:
        yield not_applicable(firewall.vpc_id, f"{firewall.vpc_id} has no rule group of DNS Firewall")


def _names(
    registry: Registry,
    name: LambdaName | Unavailable | NotApplicable,
    hosts: PullHosts | Unavailable | NotApplicable,
    lookup: RegistryLookup | Unavailable,
    function: LambdaLookup | Unavailable | NotApplicable,
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each name that is asked for, and all the names that the VPC's own records lead it to."""
    if not literal(registry.host):
        yield registry.host, _chain(registry.host, lookup.branches if isinstance(lookup, RegistryLookup) else ())
    if isinstance(name, LambdaName):
        yield name.host, _chain(name.host, function.branches if isinstance(function, LambdaLookup) else ())
    if isinstance(hosts, PullHosts):
        yield from ((host.name, (host.name,)) for host in hosts.hosts if not literal(host.name))


def _chain(name: str, branches: Iterable[Branch]) -> tuple[str, ...]:
    """A branch's trail has a line for each record, which begins with the record's name."""
    steps = (word for branch in branches for word in (*(step.split()[0] for step in branch.trail), branch.name))
    return tuple(dict.fromkeys((name, *(step for step in steps if not step.startswith("*")))))


def _decider(asked: str, firewall: DnsFirewall) -> FirewallRule | None:
    return next((rule for rule in firewall.rules if rule.matches(asked)), None)


def _before(rule: FirewallRule, firewall: DnsFirewall) -> tuple[FirewallRule, ...]:
    return firewall.rules[: firewall.rules.index(rule)]


def _blocked(host: str, chain: tuple[str, ...], firewall: DnsFirewall) -> Iterator[Verdict]:
    """The first name of the chain that is blocked, unless an earlier rule that nobody sees may let it through; a rule
    may trust what the name that it allows leads to.
    """
    for asked in chain:
        rule = _decider(asked, firewall)
        if rule and any(one.hidden and one.action != "BLOCK" for one in _before(rule, firewall)):
            return
        if rule and rule.action == "BLOCK":
            answer = WAYS.get(rule.response, rule.response) + (f" ({rule.instead})" if rule.instead else "")
            leads = "" if asked == host else f"{host} leads to {asked}; "
            because = f"{leads}{rule} blocks {rule.matches(asked)} of {rule.list_id} and answers {answer}"
            resources = [firewall.vpc_id, rule.group.id, rule.list_id]
            yield failed(host, because, FIREWALL_BLOCKS, _way_through(asked, rule, firewall), resources=resources)
            return
        if rule and rule.trusts_redirects:
            return


def _way_through(asked: str, rule: FirewallRule, firewall: DnsFirewall) -> Fix:
    """The list of a rule that allows and is asked earlier takes the name; else the blocked list loses it."""
    allowing = next((one for one in _before(rule, firewall) if one.action == "ALLOW" and one.owned), None)
    if allowing:
        return Fix(f"allow {asked} in {allowing}", (_update(allowing.list_id, "ADD", asked),))
    if rule.owned and asked in rule.domains:
        return Fix(f"take {asked} off {rule.list_id}", (_update(rule.list_id, "REMOVE", asked),))
    return Fix(f"put a rule that allows {asked} before {rule}: ALLOW, with a smaller priority")


def _update(list_id: str, operation: str, domain: str) -> str:
    which = f"--firewall-domain-list-id {list_id} --operation {operation}"
    return f"aws route53resolver update-firewall-domains {which} --domains {quote(domain)}"


def _doubts(names: tuple[str, ...], firewall: DnsFirewall) -> Iterator[str]:
    """What nobody saw and may decide about a name before any rule that was seen."""
    if firewall.unseen:
        yield firewall.unseen
    for rule in firewall.rules:
        open_to = [one for one in names if not any(earlier.matches(one) for earlier in _before(rule, firewall))]
        if rule.hidden and rule.action in ("ALLOW", "ALERT"):
            open_to = [one for one in open_to if (found := _decider(one, firewall)) and found.action == "BLOCK"]
        if rule.hidden and open_to:
            settled = "a lookup inside the VPC (--vantage inside) or an earlier rule that allows them settles it"
            yield f"whether {rule} covers {', '.join(open_to)} is not known: {rule.hidden}; {settled}"


def _list(firewall: DnsFirewall) -> str:
    return ", ".join(f"{group.id} (by {group.source})" for group in firewall.groups)

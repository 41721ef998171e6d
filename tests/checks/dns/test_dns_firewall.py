"""DNS Firewall before the names of the pull, judged from evidence."""

from dataclasses import dataclass, replace

import pytest
from pydantic import TypeAdapter

from pullcheck.evidence.branches import Branch, Ending
from pullcheck.evidence.dns import LambdaLookup, RegistryAnswer, RegistryLookup
from pullcheck.evidence.placement import LambdaName, Registry
from pullcheck.evidence.pull_hosts import PullHost, PullHosts
from pullcheck.evidence.resolver import DnsFirewall, FirewallGroup, FirewallRule
from pullcheck.evidence.vpc import NameServers
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.vantage import Resolution
from pullcheck.verdict import Severity, Status, Verdict
from pullcheck_checks.dns.firewall import firewall_lets_through

HOST = "registry.example.com"
FUNCTION = "lambda.us-east-1.amazonaws.com"
GROUP = FirewallGroup("rslvr-frg-1", 101, "rslvr-frgassoc-1")
BLOCK = FirewallRule(GROUP, "walled", 20, "BLOCK", "rslvr-fdl-block", ("*",), response="NXDOMAIN")
ALLOW = FirewallRule(GROUP, "known", 10, "ALLOW", "rslvr-fdl-allow", ("*.example.com", FUNCTION))


@dataclass(frozen=True)
class Seen:
    """The check's arguments."""

    registry: Registry
    name: LambdaName | Unavailable | NotApplicable
    hosts: PullHosts | Unavailable | NotApplicable
    lookup: RegistryLookup | Unavailable
    function: LambdaLookup | Unavailable | NotApplicable
    servers: NameServers | Unavailable
    firewall: DnsFirewall
    live: RegistryAnswer | Unavailable


GOOD = Seen(
    registry=Registry(HOST, 443),
    name=LambdaName(FUNCTION, "us-east-1", "com.amazonaws.us-east-1.lambda"),
    hosts=NotApplicable("none"),
    lookup=RegistryLookup(HOST, (Branch(Ending.ADDRESS, HOST, "Z1", "example.com", "10.0.10.20"),)),
    function=LambdaLookup(FUNCTION, (Branch(Ending.PUBLIC, FUNCTION),)),
    servers=NameServers("vpc-1", "dopt-1", ("AmazonProvidedDNS",)),
    firewall=DnsFirewall("vpc-1", (GROUP,), (ALLOW, BLOCK), True),
    live=Unavailable("nobody looked"),
)


def judge(*rules: FirewallRule, seen: Seen = GOOD, fail_open: bool | None = True) -> list[Verdict]:
    firewall = replace(seen.firewall, rules=rules, fail_open=fail_open)

    assert TypeAdapter(DnsFirewall).validate_json(TypeAdapter(DnsFirewall).dump_json(firewall)) == firewall
    return list(firewall_lets_through(**vars(replace(seen, firewall=firewall))))


def commands(verdict: Verdict) -> tuple[str, ...]:
    assert verdict.fix
    return verdict.fix.commands


def test_names_that_an_earlier_rule_allows_pass_with_the_groups() -> None:
    [verdict] = judge(ALLOW, BLOCK)

    assert verdict.status is Status.PASS
    assert HOST in verdict.because
    assert FUNCTION in verdict.because
    assert "rslvr-frg-1" in verdict.because


def test_no_group_is_beside_the_point() -> None:
    [verdict] = judge(seen=replace(GOOD, firewall=DnsFirewall("vpc-1")), fail_open=None)

    assert verdict.status is Status.NOT_APPLICABLE


def test_other_servers_than_amazons_are_not_filtered() -> None:
    servers = NameServers("vpc-1", "dopt-1", ("10.9.0.2",))

    [verdict] = judge(BLOCK, seen=replace(GOOD, servers=servers))

    assert verdict.status is Status.NOT_APPLICABLE


def test_a_name_that_the_walled_garden_lacks_fails_and_is_added_to_the_allowed_list() -> None:
    narrow = replace(ALLOW, domains=(HOST,))

    [verdict] = judge(narrow, BLOCK)

    assert verdict.status is Status.FAIL
    assert verdict.cause
    assert verdict.cause.id == "dns.firewall-blocks"
    assert verdict.subject == FUNCTION
    assert "no such name" in verdict.because
    assert commands(verdict) == (
        "aws route53resolver update-firewall-domains --firewall-domain-list-id rslvr-fdl-allow --operation ADD"
        f" --domains {FUNCTION}",
    )


def test_a_name_on_the_blocked_list_is_taken_off_it() -> None:
    [verdict] = judge(replace(BLOCK, domains=(HOST,), response="OVERRIDE", instead="sinkhole.example.net"))

    assert verdict.subject == HOST
    assert "another name (sinkhole.example.net)" in verdict.because
    assert "--operation REMOVE --domains registry.example.com" in commands(verdict)[0]


def test_where_no_list_can_take_the_name_the_fix_has_no_command() -> None:
    verdicts = judge(BLOCK)

    assert {one.subject for one in verdicts} == {HOST, FUNCTION}
    assert all(commands(one) == () for one in verdicts)


def test_a_name_that_a_cname_leads_to_is_inspected_too() -> None:
    steps = (f"{HOST} CNAME lb.example.net in Z1",)
    chain = RegistryLookup(HOST, (Branch(Ending.PUBLIC, "lb.example.net", trail=steps),))
    trusting = replace(ALLOW, trusts_redirects=True)

    [verdict] = judge(ALLOW, BLOCK, seen=replace(GOOD, lookup=chain))
    [trusted] = judge(trusting, BLOCK, seen=replace(GOOD, lookup=chain))

    assert verdict.status is Status.FAIL
    assert "leads to lb.example.net" in verdict.because
    assert trusted.status is Status.PASS


def test_the_hosts_of_the_layers_are_names_of_the_pull() -> None:
    hosts = PullHosts((PullHost("layers.example.net", 443, "redirect target"),), "outside")

    [verdict] = judge(ALLOW, BLOCK, seen=replace(GOOD, hosts=hosts))

    assert (verdict.status, verdict.subject) == (Status.FAIL, "layers.example.net")


@pytest.mark.parametrize(
    ("domain", "name", "covered"),
    [
        ("*.example.com", HOST, True),
        ("*.example.com", "example.com", False),
        ("example.com", HOST, False),
        ("Registry.Example.com.", HOST, True),
        ("*", HOST, True),
    ],
)
def test_what_a_domain_of_a_list_covers(domain: str, name: str, covered: bool) -> None:
    assert bool(replace(BLOCK, domains=(domain,)).matches(name)) is covered


def test_alerting_lets_through_and_decides() -> None:
    [verdict] = judge(replace(BLOCK, action="ALERT", priority=5), BLOCK)

    assert verdict.status is Status.PASS


def test_a_list_that_is_shown_to_nobody_is_a_doubt_until_somebody_looks_inside() -> None:
    hidden = replace(BLOCK, domains=(), hidden="AWS shows it to nobody")
    heard = RegistryAnswer("inside", (Resolution(HOST, ("10.0.10.20",)),))
    only_registry = replace(GOOD, name=NotApplicable("no function"), function=NotApplicable("no function"))

    [doubt] = judge(hidden)
    [behind] = judge(ALLOW, hidden)
    [settled] = judge(hidden, seen=replace(only_registry, live=heard))

    assert doubt.status is Status.UNKNOWN
    assert "AWS shows it to nobody" in doubt.because
    assert "--vantage inside" in doubt.because
    assert behind.status is Status.PASS
    assert settled.status is Status.PASS


def test_a_firewall_that_fails_closed_warns_and_says_how_to_open_it() -> None:
    closed, passes = judge(ALLOW, BLOCK, fail_open=False)

    assert closed.cause
    assert closed.cause.id == "dns.firewall-fail-closed"
    assert closed.severity is Severity.WARNING
    assert commands(closed) == (
        "aws route53resolver update-firewall-config --resource-id vpc-1 --firewall-fail-open ENABLED",
    )
    assert passes.status is Status.PASS


def test_groups_of_a_profile_that_may_not_be_seen_are_a_doubt() -> None:
    unseen = replace(GOOD, firewall=replace(GOOD.firewall, unseen="groups of Route 53 profiles were not seen: denied"))

    [verdict] = judge(ALLOW, BLOCK, seen=unseen)

    assert verdict.status is Status.UNKNOWN
    assert "denied" in verdict.because


@pytest.mark.parametrize("action", ["ALLOW", ""])
def test_a_block_behind_a_rule_that_nobody_sees_is_a_doubt(action: str) -> None:
    hidden = FirewallRule(GROUP, "hidden", 5, action, "rslvr-fdl-aws", hidden="it was denied")

    [verdict] = judge(hidden, BLOCK)
    [passes] = judge(hidden) if action else [None]

    assert verdict.status is Status.UNKNOWN
    assert HOST in verdict.because
    assert passes is None or passes.status is Status.PASS

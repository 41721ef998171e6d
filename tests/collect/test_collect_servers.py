"""Asking the VPC's name servers, which are real ones here, and what the check makes of their answers."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from pydantic import TypeAdapter

from pullcheck.collect import servers as collecting
from pullcheck.collect.servers import server_answers
from pullcheck.evidence.branches import Branch, Ending
from pullcheck.evidence.dns import RegistryLookup
from pullcheck.evidence.names import LambdaRecords, NamedAddress, Provenance
from pullcheck.evidence.placement import LambdaName, Registry
from pullcheck.evidence.pull_hosts import PullHost, PullHosts
from pullcheck.evidence.servers import ServerAnswers
from pullcheck.evidence.vpc import NameServers
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.settings import Settings
from pullcheck.vantage import Answered
from pullcheck.vantage.here import Here
from pullcheck.verdict import Severity, Status, Verdict
from pullcheck_checks.dns.name_servers import name_servers_agree
from resolvers import dnsmasq, free_port, relay

FIRST, SECOND, BEHIND = "127.0.0.41", "127.0.0.42", "127.0.0.43"
HOST = "registry.example.com"
NAME = LambdaName("lambda.us-east-1.amazonaws.com", "us-east-1", "com.amazonaws.us-east-1.lambda")
KNOWN = (f"host-record={HOST},10.0.10.20", "local=/example.com/", f"address=/{NAME.host}/10.0.1.50")
NOBODY = Unavailable("nobody looked")
ZONE = RegistryLookup(HOST, (Branch(Ending.ADDRESS, HOST, "Z1", "example.com", "10.0.10.20"),))
ENDPOINT = LambdaRecords("vpce-1", (NamedAddress("10.0.1.50", Provenance.ENDPOINT, "vpce-1"),))
INSIDE = Here("inside", "this machine", 1.0)


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> int:
    found = free_port(FIRST, SECOND, BEHIND)
    monkeypatch.setattr(collecting, "PORT", found)
    monkeypatch.setattr(collecting, "PATIENCE", 1.0)
    return found


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def ask(*servers: str, host: str = HOST, hosts: PullHosts | Unavailable = NOBODY) -> ServerAnswers:
    listed = NameServers("vpc-1", "dopt-1", servers)
    asked = server_answers(Registry(host, 443), NAME, hosts, listed, INSIDE, Settings())

    assert isinstance(asked, ServerAnswers)
    assert TypeAdapter(ServerAnswers).validate_json(TypeAdapter(ServerAnswers).dump_json(asked)) == asked
    return asked


def judge(
    asked: ServerAnswers,
    lookup: RegistryLookup | Unavailable = NOBODY,
    function: LambdaRecords | Unavailable = NOBODY,
) -> list[Verdict]:
    return list(name_servers_agree(asked, lookup, NAME, function))


def about(subject: str, verdicts: list[Verdict]) -> list[tuple[Status, str | None]]:
    return [(one.status, one.cause.id if one.cause else None) for one in verdicts if one.subject == subject]


def test_servers_that_agree_with_each_other_and_the_zone_pass(port: int, stack: ExitStack) -> None:
    for server in (FIRST, SECOND):
        stack.enter_context(dnsmasq(server, port, *KNOWN))
    verdicts = judge(ask(FIRST, SECOND), ZONE, ENDPOINT)

    assert {one.status for one in verdicts} == {Status.PASS}
    assert {one.subject for one in verdicts} == {HOST, NAME.host}
    assert all(FIRST in one.because and SECOND in one.because for one in verdicts)


def test_a_name_that_nobody_knows_is_for_another_check(port: int, stack: ExitStack) -> None:
    stack.enter_context(dnsmasq(FIRST, port, "local=/example.com/"))
    asked = ask(FIRST)
    [verdict] = [one for one in judge(asked) if one.subject == HOST]

    assert asked.answers[0].answered is Answered.NO_NAME
    assert (verdict.status, verdict.blocked_by) == (Status.UNKNOWN, "dns.registry-name")


def test_a_chain_of_cname_records_is_told(port: int, stack: ExitStack) -> None:
    chain = (f"cname={HOST},hop.example.com", "cname=hop.example.com,end.example.com")
    stack.enter_context(dnsmasq(FIRST, port, *chain, "host-record=end.example.com,10.0.10.20", "local=/example.com/"))
    asked = ask(FIRST)
    [verdict] = [one for one in judge(asked) if one.subject == HOST]

    assert asked.answers[0].chain == ("hop.example.com", "end.example.com")
    assert "by way of hop.example.com -> end.example.com" in verdict.because


def test_a_wildcard_answers(port: int, stack: ExitStack) -> None:
    stack.enter_context(dnsmasq(FIRST, port, "address=/example.com/10.0.10.30"))

    assert ask(FIRST).answers[0].addresses == ("10.0.10.30",)


def test_a_server_that_refuses_is_told_from_one_that_does_not_know(port: int, stack: ExitStack) -> None:
    stack.enter_context(dnsmasq(FIRST, port, *KNOWN))
    stack.enter_context(dnsmasq(SECOND, port))
    verdicts = judge(ask(FIRST, SECOND))
    refused = [one for one in verdicts if one.cause and one.cause.id == "dns.server-fails"]

    assert {one.subject for one in refused} == {HOST, NAME.host}
    assert {one.severity for one in refused} == {Severity.WARNING}
    assert all(f"{SECOND} answers" in one.because and "REFUSED" in one.because for one in refused)


def test_a_server_that_answers_by_tcp_alone_is_silent_to_clients(port: int, stack: ExitStack) -> None:
    stack.enter_context(dnsmasq(BEHIND, port, *KNOWN))
    stack.enter_context(relay(FIRST, port, BEHIND, udp=False))
    [verdict] = judge(ask(FIRST))

    assert verdict.cause
    assert verdict.cause.id == "dns.server-silent"
    assert verdict.severity is Severity.ERROR
    assert "by TCP it answers" in verdict.because
    assert "nobody listens" in verdict.because


def test_a_server_without_tcp_passes_with_a_remark_while_answers_are_short(port: int, stack: ExitStack) -> None:
    stack.enter_context(dnsmasq(BEHIND, port, *KNOWN))
    stack.enter_context(relay(FIRST, port, BEHIND, tcp=False))
    verdicts = judge(ask(FIRST))

    assert {one.status for one in verdicts} == {Status.PASS}
    assert all("does not answer by TCP" in one.because for one in verdicts)


MANY = tuple(f"host-record={HOST},10.0.{number // 250}.{number % 250 + 1}" for number in range(120))


def test_an_answer_too_long_for_a_datagram_is_taken_from_tcp(port: int, stack: ExitStack) -> None:
    stack.enter_context(dnsmasq(FIRST, port, *MANY))
    asked = ask(FIRST)

    assert asked.answers[0].truncated
    assert len((asked.of(FIRST, HOST, transport="tcp") or asked.answers[0]).addresses) == 32
    assert about(HOST, judge(asked)) == [(Status.PASS, None)]


def test_a_long_answer_without_tcp_fails(port: int, stack: ExitStack) -> None:
    stack.enter_context(dnsmasq(BEHIND, port, *MANY))
    stack.enter_context(relay(FIRST, port, BEHIND, tcp=False))

    assert (Status.FAIL, "dns.server-tcp") in about(HOST, judge(ask(FIRST)))


def test_two_horizons_are_told(port: int, stack: ExitStack) -> None:
    stack.enter_context(dnsmasq(FIRST, port, *KNOWN))
    stack.enter_context(dnsmasq(SECOND, port, f"host-record={HOST},192.168.7.7", *KNOWN[1:]))
    asked = ask(FIRST, SECOND)
    [split] = [one for one in judge(asked) if one.subject == HOST]
    [stale] = [one for one in judge(asked, ZONE) if one.subject == HOST]

    assert split.cause
    assert stale.cause
    assert split.cause.id == "dns.servers-differ"
    assert "10.0.10.20" in split.because
    assert "192.168.7.7" in split.because
    assert stale.cause.id == "dns.server-answer-differs"
    assert stale.severity is Severity.WARNING
    assert "private zone Z1 has 10.0.10.20" in stale.because


def test_a_first_server_that_denies_what_the_second_knows_is_an_error(port: int, stack: ExitStack) -> None:
    stack.enter_context(dnsmasq(FIRST, port, "local=/example.com/", KNOWN[2]))
    stack.enter_context(dnsmasq(SECOND, port, *KNOWN))
    [verdict] = [one for one in judge(ask(FIRST, SECOND)) if one.subject == HOST]

    assert (verdict.status, verdict.severity) == (Status.FAIL, Severity.ERROR)
    assert "NXDOMAIN" in verdict.because


def test_a_server_that_maps_the_lambda_name_elsewhere_is_told(port: int, stack: ExitStack) -> None:
    stack.enter_context(dnsmasq(FIRST, port, *KNOWN[:2], f"address=/{NAME.host}/52.94.1.1"))

    assert about(NAME.host, judge(ask(FIRST), ZONE, ENDPOINT)) == [(Status.FAIL, "dns.server-answer-differs")]


def test_a_slow_server_is_silent_and_the_other_counts(port: int, stack: ExitStack) -> None:
    stack.enter_context(dnsmasq(BEHIND, port, *KNOWN))
    stack.enter_context(dnsmasq(SECOND, port, *KNOWN))
    stack.enter_context(relay(FIRST, port, BEHIND, delay=2.5))
    verdicts = judge(ask(FIRST, SECOND))

    assert about(FIRST, verdicts) == [(Status.FAIL, "dns.server-silent")]
    assert "no answer in time" in verdicts[0].because
    assert about(HOST, verdicts) == [(Status.PASS, None)]


def test_several_addresses_are_all_kept(port: int, stack: ExitStack) -> None:
    stack.enter_context(dnsmasq(FIRST, port, f"host-record={HOST},10.0.10.20", f"host-record={HOST},10.0.10.21"))

    assert ask(FIRST).answers[0].addresses == ("10.0.10.20", "10.0.10.21")


def test_addresses_of_ipv6_alone_are_told_and_judged_elsewhere(port: int, stack: ExitStack) -> None:
    stack.enter_context(dnsmasq(FIRST, port, f"host-record={HOST},fd00::1", "local=/example.com/"))
    [verdict] = [one for one in judge(ask(FIRST)) if one.subject == HOST]

    assert verdict.status is Status.UNKNOWN
    assert "fd00::1" in verdict.because


def test_the_hosts_of_the_layers_are_asked_for_too(port: int, stack: ExitStack) -> None:
    stack.enter_context(dnsmasq(FIRST, port, *KNOWN, "host-record=layers.example.com,10.0.10.30"))
    hosts = PullHosts((PullHost("layers.example.com", 443, "redirect target"),), "inside")

    assert about("layers.example.com", judge(ask(FIRST, hosts=hosts))) == [(Status.PASS, None)]


def test_this_machines_own_servers_are_asked_where_aws_names_none(
    port: int, stack: ExitStack, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "resolv.conf"
    path.write_text(f"# mine\nsearch example.com\nnameserver {FIRST}\nnameserver fe80::1%eth0\nnameserver x\n")
    monkeypatch.setattr(collecting, "RESOLV_CONF", path)
    stack.enter_context(dnsmasq(FIRST, port, *KNOWN))
    asked = server_answers(Registry(HOST, 443), NAME, NOBODY, NOBODY, INSIDE, Settings())

    assert isinstance(asked, ServerAnswers)
    assert asked.servers == (FIRST, "fe80::1")
    assert asked.source == str(path)


def test_from_outside_nobody_is_asked() -> None:
    listed = NameServers("vpc-1", "dopt-1", (FIRST,))
    outside = Here("outside", "this machine", 1.0)

    for vantage in (outside, NOBODY):
        assert isinstance(server_answers(Registry(HOST, 443), NAME, NOBODY, listed, vantage, Settings()), NotApplicable)


def test_amazons_resolver_that_is_silent_says_that_the_machine_is_not_inside(port: int) -> None:
    listed = NameServers("vpc-1", "dopt-1", ("AmazonProvidedDNS",), ("AmazonProvidedDNS", FIRST))
    asked = server_answers(Registry(HOST, 443), NAME, NOBODY, listed, INSIDE, Settings())

    assert isinstance(asked, ServerAnswers)
    assert [(one.status, one.subject) for one in judge(asked)] == [(Status.UNKNOWN, FIRST)]

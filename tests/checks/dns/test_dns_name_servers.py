"""What the VPC's name servers said, judged from evidence; the answers of real ones: tests/collect."""

from dataclasses import replace

from pullcheck.evidence.branches import Branch, Ending
from pullcheck.evidence.dns import RegistryLookup
from pullcheck.evidence.servers import ServerAnswers
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.vantage import Answered, Said
from pullcheck.verdict import Severity, Status, Verdict
from pullcheck_checks.dns.name_servers import name_servers_agree

HOST = "registry.example.com"
ONE, TWO = "10.9.0.2", "10.9.0.3"
ZONE = RegistryLookup(HOST, (Branch(Ending.ADDRESS, HOST, "Z1", "example.com", "10.0.10.20"),))
NOBODY = Unavailable("nobody looked")
NO_FUNCTION = NotApplicable("no function")


def said(server: str, *addresses: str, answered: Answered | None = None, transport: str = "udp") -> Said:
    what = answered or (Answered.ADDRESSES if addresses else Answered.NO_NAME)
    return Said(server, HOST, "A", transport, what, addresses)


def judge(*answers: Said, lookup: RegistryLookup | Unavailable = NOBODY, amazons: bool = False) -> list[Verdict]:
    servers = tuple(dict.fromkeys(one.server for one in answers))
    asked = ServerAnswers("inside", "dopt-1", servers, answers, amazons)
    return list(name_servers_agree(asked, lookup, NO_FUNCTION, NO_FUNCTION))


def cause(verdict: Verdict) -> str | None:
    return verdict.cause.id if verdict.cause else None


def test_servers_that_agree_pass_with_their_addresses() -> None:
    [verdict] = judge(said(ONE, "10.0.10.20"), said(TWO, "10.0.10.20"), lookup=ZONE)

    assert verdict.status is Status.PASS
    assert ONE in verdict.because
    assert TWO in verdict.because


def test_a_first_server_that_says_no_fails_and_says_what_to_forward() -> None:
    [verdict] = judge(said(ONE), said(TWO, "10.0.10.20"), lookup=ZONE)

    assert cause(verdict) == "dns.server-answer-differs"
    assert verdict.severity is Severity.ERROR
    assert verdict.fix
    assert "forward" in verdict.fix.summary


def test_a_second_server_that_says_no_warns() -> None:
    [verdict] = judge(said(ONE, "10.0.10.20"), said(TWO), lookup=ZONE)

    assert (cause(verdict), verdict.severity) == ("dns.server-answer-differs", Severity.WARNING)


def test_public_addresses_may_differ_as_content_networks_do() -> None:
    [same] = judge(said(ONE, "93.184.216.34"), said(TWO, "93.184.216.35"))
    [split] = judge(said(ONE, "93.184.216.34"), said(TWO, "10.0.10.20"))

    assert same.status is Status.PASS
    assert cause(split) == "dns.servers-differ"


def test_an_answer_cut_short_without_tcp_fails_and_with_it_counts_whole() -> None:
    cut = replace(said(ONE, "10.0.10.20"), truncated=True)
    whole = said(ONE, "10.0.10.20", "10.0.10.21", transport="tcp")

    [fails] = judge(cut, said(ONE, answered=Answered.CLOSED, transport="tcp"))
    [passes] = judge(cut, whole)

    assert cause(fails) == "dns.server-tcp"
    assert "10.0.10.21" in passes.because


def test_silence_of_the_only_server_is_an_error_and_of_the_second_a_warning() -> None:
    [alone] = judge(said(ONE, answered=Answered.SILENT))
    beside, passes = judge(said(ONE, "10.0.10.20"), said(TWO, answered=Answered.SILENT))

    assert (cause(alone), alone.severity) == ("dns.server-silent", Severity.ERROR)
    assert (cause(beside), beside.severity) == ("dns.server-silent", Severity.WARNING)
    assert passes.status is Status.PASS


def test_each_error_is_named() -> None:
    [refused] = judge(said(ONE, answered=Answered.REFUSED))
    [failing] = judge(replace(said(ONE, answered=Answered.SERVFAIL), detail="SERVFAIL"))

    assert cause(refused) == cause(failing) == "dns.server-fails"
    assert "REFUSED" in refused.because
    assert failing.because.count("SERVFAIL") == 1


def test_amazons_resolver_that_is_silent_is_a_doubt() -> None:
    [verdict] = judge(said(ONE, answered=Answered.SILENT), amazons=True)

    assert verdict.status is Status.UNKNOWN


def test_a_name_that_all_deny_is_for_the_names_own_check() -> None:
    [verdict] = judge(said(ONE), said(TWO))

    assert (verdict.status, verdict.blocked_by) == (Status.UNKNOWN, "dns.registry-name")

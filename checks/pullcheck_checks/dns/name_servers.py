"""Does every name server of the VPC answer the names of the pull, and do all say the same?"""

from collections.abc import Iterator
from ipaddress import ip_address

from pullcheck.evidence.branches import Ending
from pullcheck.evidence.dns import RegistryLookup
from pullcheck.evidence.names import LambdaRecords
from pullcheck.evidence.placement import LambdaName
from pullcheck.evidence.servers import ServerAnswers
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.vantage import Said
from pullcheck.verdict import Fix, Severity, Verdict, failed, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.dns.server_causes import DIFFER, DIFFERS_FROM_ZONE, FAILS, SERVER_CAUSES, SILENT, TCP_CLOSED

Expected = dict[str, tuple[frozenset[str], str]]
"""The addresses that the VPC's own data gives each name, and where they stand."""


@check("dns.servers", "Every name server of the VPC answers the names of the pull alike", SERVER_CAUSES)
def name_servers_agree(
    asked: ServerAnswers,
    lookup: RegistryLookup | Unavailable,
    name: LambdaName | Unavailable | NotApplicable,
    function: LambdaRecords | Unavailable | NotApplicable,
) -> Iterator[Verdict]:
    """What: asks each name server that the VPC hands out for every name of the pull, by UDP and by TCP, and compares
    the answers with each other and with the VPC's zones and the Lambda endpoint.

    Why: a client asks the first server and takes what it says. One server that knows less than the others, or that
    answers short questions only, breaks pulls now and then.

    Passes: when every server answers, and all answers agree.

    Fails: when a server is silent, answers with an error, or cuts an answer short and gives the rest to nobody; when
    two servers differ, or one says otherwise than the VPC's zones. It is a warning where clients have a server before
    it that answers.

    Not verified when: Amazon's resolver is silent, which means that the machine does not stand in the VPC; or when no
    server knows the name, which is for
    dns.registry-name. Outside the VPC the question does not arise.

    Fix: mend the server, what it forwards, or the DHCP options that name it.

    Source: RFC 1034, RFC 1035 and RFC 7766; Route 53 Developer Guide, custom DNS servers.
    """
    silent = [server for server in asked.servers if not _speaks(asked, server, "udp")]
    if asked.amazons and silent == list(asked.servers):
        because = f"{', '.join(silent)} of {asked.source} did not answer this machine, so that it may not stand inside"
        yield unknown(", ".join(silent), because)
        return
    yield from (_silence(asked, server, silent) for server in silent)
    speaking = [server for server in asked.servers if server not in silent]
    expected = dict(_expected(lookup, name, function))
    for host in asked.names if speaking else ():
        found = list(_of_name(asked, host, speaking, expected))
        yield from found or [_agreed(asked, host, speaking)]


def _speaks(asked: ServerAnswers, server: str, transport: str) -> bool:
    said = [one for one in asked.answers if one.server == server and one.transport == transport]
    return any(one.answered.heard for one in said)


def _weight(asked: ServerAnswers, server: str) -> Severity:
    """Clients ask the first server first: what it says counts."""
    return Severity.ERROR if server == asked.servers[0] else Severity.WARNING


def _silence(asked: ServerAnswers, server: str, silent: list[str]) -> Verdict:
    first = next(one for one in asked.answers if one.server == server and one.transport == "udp")
    by_tcp = "by TCP it answers" if _speaks(asked, server, "tcp") else "nor does it by TCP"
    detail = f": {first.detail}" if first.detail else ""
    because = f"{server} of {asked.source} does not answer by UDP ({first.answered}{detail}); {by_tcp}"
    others = [one for one in asked.servers if one not in silent]
    because += f"; {', '.join(others)} answers" if others else "; no other server is handed out that answers"
    fix = Fix(f"let {server} answer by UDP on port 53, or take it out of {asked.source}")
    weight = _weight(asked, server) if others else Severity.ERROR
    return failed(server, because, SILENT, fix, severity=weight, resources=[asked.source])


def _expected(
    lookup: RegistryLookup | Unavailable,
    name: LambdaName | Unavailable | NotApplicable,
    function: LambdaRecords | Unavailable | NotApplicable,
) -> Iterator[tuple[str, tuple[frozenset[str], str]]]:
    if isinstance(lookup, RegistryLookup) and all(one.ending is Ending.ADDRESS for one in lookup.branches):
        sources = ", ".join(dict.fromkeys(one.source for one in lookup.branches))
        yield lookup.name, (frozenset(one.detail for one in lookup.branches), f"private zone {sources}")
    if isinstance(name, LambdaName) and isinstance(function, LambdaRecords) and function.endpoint_id:
        yield name.host, (frozenset(one.address for one in function.addresses), function.endpoint_id)


def _of_name(asked: ServerAnswers, name: str, servers: list[str], expected: Expected) -> Iterator[Verdict]:
    told = [said for server in servers if (said := asked.of(server, name))]
    for said in told:
        if not said.answered.yes_or_no:
            yield _failing(asked, said)
        elif said.truncated and not _by_tcp(asked, said):
            because = f"{said.server} cuts its answer for {name} short, and by TCP {_tcp_said(asked, said)}"
            fix = Fix(f"let {said.server} answer by TCP on port 53, or give {name} fewer records")
            yield failed(name, because, TCP_CLOSED, fix, resources=[asked.source])
    settled = [_whole(asked, said) for said in told if said.answered.yes_or_no]
    wrong = [one for one in settled if name in expected and not _as_expected(one, expected[name])]
    yield from (_otherwise(asked, said, expected[name]) for said in wrong)
    if settled and not wrong:
        yield from _split(asked, name, settled)


def _failing(asked: ServerAnswers, said: Said) -> Verdict:
    detail = f" ({said.detail})" if said.detail and said.detail != said.answered else ""
    because = f"{said.server} answers {said.name} with {said.answered}{detail}"
    fix = Fix(f"see why {said.server} gives no answer for {said.name}, or take it out of {asked.source}")
    return failed(said.name, because, FAILS, fix, severity=_weight(asked, said.server), resources=[asked.source])


def _by_tcp(asked: ServerAnswers, said: Said) -> bool:
    answer = asked.of(said.server, said.name, said.kind, "tcp")
    return answer is not None and answer.answered.yes_or_no


def _tcp_said(asked: ServerAnswers, said: Said) -> str:
    answer = asked.of(said.server, said.name, said.kind, "tcp")
    return str(answer.answered) if answer else "it was not asked"


def _whole(asked: ServerAnswers, said: Said) -> Said:
    """The answer by TCP, where that by UDP was cut short."""
    answer = asked.of(said.server, said.name, said.kind, "tcp")
    return answer if said.truncated and answer and answer.answered.yes_or_no else said


def _as_expected(said: Said, wanted: tuple[frozenset[str], str]) -> bool:
    return bool(said.addresses) and wanted[0].issuperset(said.addresses)


def _otherwise(asked: ServerAnswers, said: Said, wanted: tuple[frozenset[str], str]) -> Verdict:
    addresses, source = wanted
    because = f"{said.server} says {_in_words(said)} for {said.name}, where {source} has {', '.join(sorted(addresses))}"
    fix = Fix(f"let {said.server} forward {said.name} to the VPC's resolver, or correct the answer that is out of date")
    weight = Severity.WARNING if said.addresses else _weight(asked, said.server)
    resources = [asked.source]
    return failed(said.name, because, DIFFERS_FROM_ZONE, fix, severity=weight, resources=resources)


def _split(asked: ServerAnswers, name: str, settled: list[Said]) -> Iterator[Verdict]:
    """Two that have nothing in common; of public addresses every server may give others, as content networks do."""
    first, *others = settled
    other = next((one for one in others if not _alike(first, one)), None)
    if other is None:
        return
    because = f"{first.server} says {_in_words(first)} for {name}, and {other.server} says {_in_words(other)}"
    fix = Fix(f"let {first.server} and {other.server} forward {name} to the same place")
    weight = Severity.WARNING if first.addresses else Severity.ERROR
    yield failed(name, because, DIFFER, fix, severity=weight, resources=[asked.source])


def _alike(one: Said, other: Said) -> bool:
    if not one.addresses or not other.addresses:
        return not one.addresses and not other.addresses
    everywhere = all(ip_address(address).is_global for address in one.addresses + other.addresses)
    return everywhere or bool(set(one.addresses) & set(other.addresses))


def _in_words(said: Said) -> str:
    return ", ".join(said.addresses) or str(said.answered)


def _agreed(asked: ServerAnswers, name: str, servers: list[str]) -> Verdict:
    told = [_whole(asked, said) for server in servers if (said := asked.of(server, name))]
    first = told[0]
    if not first.addresses:
        ipv6 = asked.of(first.server, name, "AAAA")
        beside = f", and IPv6 addresses alone: {', '.join(ipv6.addresses)}" if ipv6 and ipv6.addresses else ""
        because = f"{', '.join(servers)} say {first.answered} for {name}{beside}"
        return unknown(name, because, blocked_by="dns.registry-name")
    by_way = f" by way of {' -> '.join(first.chain)}" if first.chain else ""
    because = f"{name} is {', '.join(first.addresses)}{by_way} by {', '.join(servers)} of {asked.source}"
    deaf = [server for server in servers if not _speaks(asked, server, "tcp")]
    if deaf:
        because += f"; {', '.join(deaf)} does not answer by TCP, which longer answers would need"
    return passed(name, because, resources=[asked.source])

"""Asks every name server of the VPC for the names of the pull, where this machine stands inside."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pullcheck.collect.dns import INSIDE
from pullcheck.collect.records import plain
from pullcheck.evidence.dns import literal
from pullcheck.evidence.placement import LambdaName, Registry
from pullcheck.evidence.pull_hosts import PullHosts
from pullcheck.evidence.servers import ServerAnswers
from pullcheck.evidence.vpc import AMAZON, NameServers
from pullcheck.host_names import is_address
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.settings import Settings
from pullcheck.vantage import Said, Vantage
from pullcheck.vantage.name_server import DOMAIN, ask
from pullcheck.wiring import collector

RESOLV_CONF = Path("/etc/resolv.conf")
PORT = DOMAIN
PATIENCE = 5.0
"""Seconds for a question: as long as clients wait for a server before they turn to the next (resolv.conf(5))."""
SERVERS, NAMES, AT_ONCE = 4, 8, 48
QUESTIONS = (("A", "udp"), ("AAAA", "udp"), ("A", "tcp"))


@collector()
def server_answers(
    registry: Registry,
    name: LambdaName | Unavailable | NotApplicable,
    hosts: PullHosts | Unavailable | NotApplicable,
    servers: NameServers | Unavailable,
    vantage: Vantage | Unavailable,
    settings: Settings,
) -> ServerAnswers | NotApplicable:
    """One question for each server, name, family and transport, all at once."""
    if isinstance(vantage, Unavailable) or vantage.name not in INSIDE:
        return NotApplicable("the VPC's name servers are asked only from inside it (--vantage inside)")
    source, listed = _listed(servers)
    names = tuple(dict.fromkeys(_names(registry, name, hosts)))[:NAMES]
    questions = [(server, host, *question) for server in listed for host in names for question in QUESTIONS]
    if not questions:
        return NotApplicable("there is no name server, or no name, to ask")
    patience = min(settings.timeout, PATIENCE)

    def said(question: tuple[str, str, str, str]) -> Said:
        return ask(*question, patience, PORT)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = tuple(pool.map(said, questions))
    amazons = isinstance(servers, NameServers) and servers.are_amazons
    return ServerAnswers(vantage.name, source, listed, answers, amazons)


def _listed(servers: NameServers | Unavailable) -> tuple[str, tuple[str, ...]]:
    """Who names the servers, and their addresses: the VPC's DHCP options, else this machine's own configuration."""
    if isinstance(servers, Unavailable) or not servers.servers:
        return str(RESOLV_CONF), _configured()
    own = next((one for one in reversed(servers.amazon) if one != AMAZON), "")
    found = (own if one == AMAZON else one for one in servers.servers)
    return servers.options_id, tuple(dict.fromkeys(filter(None, found)))[:SERVERS]


def _configured() -> tuple[str, ...]:
    try:
        lines = RESOLV_CONF.read_text(errors="replace").splitlines()
    except OSError:
        return ()
    words = (line.split() for line in lines)
    named = (word[1].partition("%")[0] for word in words if len(word) > 1 and word[0] == "nameserver")
    return tuple(dict.fromkeys(one for one in named if is_address(one)))[:SERVERS]


def _names(
    registry: Registry, name: LambdaName | Unavailable | NotApplicable, hosts: PullHosts | Unavailable | NotApplicable
) -> Iterator[str]:
    if not literal(registry.host):
        yield plain(registry.host)
    if isinstance(name, LambdaName):
        yield name.host
    if isinstance(hosts, PullHosts):
        yield from (plain(host.name) for host in hosts.hosts if not literal(host.name))


COLLECTORS = (server_answers,)

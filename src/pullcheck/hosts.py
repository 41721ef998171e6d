"""Every host of the pull that was met or is known, for the report."""

from collections.abc import Iterable, Iterator
from urllib.parse import urljoin, urlsplit

from pullcheck.engine import Facts, Observed
from pullcheck.evidence.model_data import ModelData
from pullcheck.evidence.names import LambdaAddresses, RegistryAddresses
from pullcheck.evidence.placement import LambdaName, Registry
from pullcheck.evidence.pull import ImagePull
from pullcheck.evidence.pull_hosts import PullHostAddresses, PullHosts
from pullcheck.evidence.registry import Ping, RegistrySeen
from pullcheck.evidence.vpc import NameServers
from pullcheck.judgement import Host
from pullcheck.vantage import Exchange


def hosts_of(pulls: Iterable[Observed]) -> tuple[Host, ...]:
    """The hosts of all pulls, each once, in the order in which a pull meets them."""
    known: dict[tuple[str, str], dict[str, None]] = {}
    for pull in pulls:
        for name, role, addresses in _met(pull.facts):
            known.setdefault((name, role), {}).update(dict.fromkeys(addresses))
    return tuple(Host(name, role, tuple(addresses)) for (name, role), addresses in known.items())


def _met(facts: Facts) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    name, answer = facts.get(LambdaName), facts.get(LambdaAddresses)
    if isinstance(name, LambdaName):
        named = answer.addresses if isinstance(answer, LambdaAddresses) else ()
        yield name.host, "Lambda API", tuple(one.address for one in named)
    registry, used, seen = facts.get(Registry), facts.get(RegistryAddresses), facts.get(RegistrySeen)
    if isinstance(registry, Registry):
        addresses = tuple(one.address for one in used.addresses) if isinstance(used, RegistryAddresses) else ()
        if not addresses and isinstance(seen, RegistrySeen):
            addresses = seen.addresses
        yield registry.host, "registry", addresses
        ping = facts.get(Ping)
        found = (_led_to(one.last) for one in ping.answers) if isinstance(ping, Ping) else ()
        yield from ((host, "redirect target", ()) for host in found if host and host != registry.host)
    yield from _others(facts)


def _others(facts: Facts) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The hosts beside these two, each with its addresses in the VPC where they are known, else with those met."""
    pull, hosts, known = facts.get(ImagePull), facts.get(PullHosts), facts.get(PullHostAddresses)
    used: dict[str, tuple[str, ...]] = {}
    if isinstance(known, PullHostAddresses):
        used = {one.host.name: tuple(named.address for named in one.addresses) for one in known.hosts}
    if isinstance(pull, ImagePull):
        yield from ((host.name, host.role, used.get(host.name) or host.addresses) for host in pull.met)
    if isinstance(hosts, PullHosts):
        yield from ((host.name, host.role, used.get(host.name, ())) for host in hosts.hosts)
    data, servers = facts.get(ModelData), facts.get(NameServers)
    if isinstance(data, ModelData):
        yield data.host, "model data", ()
    if isinstance(servers, NameServers):
        yield from ((address, "name server", (address,)) for address in servers.others)


def _led_to(exchange: Exchange | None) -> str | None:
    """The host that the answer redirects to."""
    location = exchange.header("location") if exchange else None
    if exchange is None or location is None or (exchange.status or 0) // 100 != 3:
        return None
    try:
        return urlsplit(urljoin(exchange.url, location)).hostname
    except ValueError:
        return None

"""Does the registry's name lead anywhere in the model's VPC?"""

from collections.abc import Iterator, Sequence

from pullcheck.evidence.dns import PrivateZones, RegistryAnswer, RegistryLookup, ZonesElsewhere, is_ipv4, literal
from pullcheck.evidence.names import NamedAddress, Provenance, RegistryAddresses, RegistryRecords
from pullcheck.evidence.placement import Registry
from pullcheck.evidence.vpc import DnsAttributes, NameServers
from pullcheck.missing import Unavailable
from pullcheck.vantage import Resolution
from pullcheck.verdict import Cause, Fix, Verdict, failed, not_applicable, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.dns import causes
from pullcheck_checks.dns.hops import hops, with_way
from pullcheck_checks.dns.refusals import refusals

UNUSED_ZONE = (causes.ZONE_NOT_ASSOCIATED, causes.NO_ZONES_OVER_TRANSIT)


@check("dns.registry-name", "The registry's name resolves in the model's VPC", causes.CAUSES)
def resolves_in_the_vpc(
    registry: Registry,
    addresses: RegistryAddresses | Unavailable,
    records: RegistryRecords | Unavailable,
    lookup: RegistryLookup | Unavailable,
    attributes: DnsAttributes | Unavailable,
    servers: NameServers | Unavailable,
    zones: PrivateZones | Unavailable,
    elsewhere: ZonesElsewhere | Unavailable,
    live: RegistryAnswer | Unavailable,
) -> Iterator[Verdict]:
    """What: follows the registry's name as the resolver of the model's VPC does, through its DNS attributes, name
    servers, Resolver rules and private zones; a lookup made inside the VPC settles it.

    Why: SageMaker's hosts look the registry up in your VPC. What your own machine finds says little about that.

    Passes: when the name has an IPv4 address there: in a private zone of the VPC, in public DNS where no zone covers
    the name, in a lookup made inside, or by --registry-address.

    Fails: when the VPC has no resolver, does not use the zone with the record, uses a zone that says no, or gives IPv6
    addresses only. As a warning, when two sources give different addresses.

    Not verified when: other name servers than Amazon's are asked, the zone belongs to somebody who shows it to nobody,
    or the name is public and nobody asked public DNS. What DNS Firewall blocks is for dns.firewall, and whether the
    servers that a rule forwards to are reached, for dns.forwarding.

    Fix: turn the attributes on, associate the zone, or put the record into the zone that decides.

    Source: Amazon VPC User Guide, DNS attributes; Route 53 Developer Guide, private hosted zones and VPC Resolver.
    """
    if literal(registry.host):
        yield not_applicable(registry.host, "the image names the registry's address, so there is no name to look up")
        return
    branches = lookup.branches if isinstance(lookup, RegistryLookup) else ()
    way = hops(branches, attributes, servers, zones)
    found = _judged(registry, addresses, records, lookup, attributes, servers, zones, elsewhere, live)
    yield from with_way(found, way, branches, zones)


def _judged(
    registry: Registry,
    addresses: RegistryAddresses | Unavailable,
    records: RegistryRecords | Unavailable,
    lookup: RegistryLookup | Unavailable,
    attributes: DnsAttributes | Unavailable,
    servers: NameServers | Unavailable,
    zones: PrivateZones | Unavailable,
    elsewhere: ZonesElsewhere | Unavailable,
    live: RegistryAnswer | Unavailable,
) -> Iterator[Verdict]:
    named = addresses.addresses if isinstance(addresses, RegistryAddresses) else ()
    given = [one.address for one in named if one.provenance is Provenance.OPTION]
    against = list(refusals(attributes, servers, lookup, zones, elsewhere, live, given))
    heard = live.resolutions[0] if isinstance(live, RegistryAnswer) and live.inside else None
    told = records.addresses if isinstance(records, RegistryRecords) else ()
    if heard and heard.addresses:
        yield _agreed(registry.host, told or named, heard.addresses, "a lookup inside the VPC")
    elif heard and heard.no_such_name:
        yield from against or [_denied(heard, told, servers)]
    else:
        yield from against
        if not against or all(one.cause is causes.SPLIT_HORIZON for one in against):
            yield _by_data(registry, addresses, told, servers, elsewhere)


def _denied(heard: Resolution, told: Sequence[NamedAddress], servers: NameServers | Unavailable) -> Verdict:
    because = f"a lookup inside the VPC says that {heard.name} does not exist ({heard.error})"
    if told:
        because += f", but {_list(told)}; see whether that machine asks the VPC's resolver, and the VPC's DNS Firewall"
        return unknown(heard.name, because, cause=causes.NOT_ANSWERED)
    if isinstance(servers, Unavailable) or servers.are_amazons:
        fix = Fix(f"publish {heard.name} in a private zone of the VPC or in public DNS")
        return failed(heard.name, because, causes.NOT_ANSWERED, fix)
    because += f"; {servers.options_id} makes {servers.vpc_id} ask {', '.join(servers.servers)}"
    fix = Fix("let these servers forward the domain to the VPC's resolver, or give the VPC DHCP options with Amazon's")
    return failed(heard.name, because, causes.CUSTOM_SERVERS, fix, resources=[servers.vpc_id, servers.options_id])


def _by_data(
    registry: Registry,
    addresses: RegistryAddresses | Unavailable,
    told: Sequence[NamedAddress],
    servers: NameServers | Unavailable,
    elsewhere: ZonesElsewhere | Unavailable,
) -> Verdict:
    if isinstance(addresses, Unavailable):
        cause = _suspect(registry.host, servers, elsewhere)
        if cause in UNUSED_ZONE and isinstance(elsewhere, ZonesElsewhere):
            zone = elsewhere.zones[0]
            holds = f"{zone.zone} has {', '.join(zone.addresses)} and is not associated with the VPC"
            holds += f" ({zone.joined})" if zone.joined else ""
            return unknown(registry.host, f"{addresses.because}; {holds}", cause=cause, resources=[zone.zone.id])
        return unknown(registry.host, addresses.because, cause=cause)
    return _agreed(registry.host, told, [one.address for one in addresses.addresses], _sources(addresses.addresses))


def _suspect(host: str, servers: NameServers | Unavailable, elsewhere: ZonesElsewhere | Unavailable) -> Cause | None:
    if "." not in host:
        return causes.SEARCH_DOMAIN
    if isinstance(servers, NameServers) and not servers.are_amazons:
        return causes.CUSTOM_SERVERS
    if isinstance(elsewhere, Unavailable) or not elsewhere.zones:
        return None
    return causes.NO_ZONES_OVER_TRANSIT if elsewhere.zones[0].joined else causes.ZONE_NOT_ASSOCIATED


def _agreed(host: str, told: Sequence[NamedAddress], used: Sequence[str], source: str) -> Verdict:
    """The verdict on addresses that are there, compared with those that the records tell."""
    ipv4 = [address for address in used if is_ipv4(address)]
    because = f"{host} is {', '.join(ipv4 or used)} by {source}"
    if not ipv4:
        return failed(host, because, causes.AAAA_ONLY, Fix(f"give {host} an A record"))
    other = {one.address for one in told}
    if other and not other.issuperset(ipv4):
        fix = Fix("find out which address is the registry's; correct the record or what answers in its place")
        return failed(host, f"{because}, but {_list(told)}", causes.ANSWERS_DIFFER, fix)
    return passed(host, because)


def _list(named: Sequence[NamedAddress]) -> str:
    return f"{', '.join(one.address for one in named)} by {_sources(named)}"


def _sources(named: Sequence[NamedAddress]) -> str:
    return " and ".join(dict.fromkeys(f"{one.provenance.value} {_at(one)}".strip() for one in named))


def _at(named: NamedAddress) -> str:
    if named.provenance is Provenance.LIVE and named.source == "outside":
        return "of public DNS, which is alike everywhere, seen from outside the VPC"
    return "" if named.provenance is Provenance.OPTION else named.source

"""Finds the addresses that the VPC uses for the hosts of the pull beside the registry."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from ipaddress import ip_address

from pullcheck.collect.aws import Aws
from pullcheck.collect.dns import INSIDE
from pullcheck.collect.lookup import View, follow
from pullcheck.collect.names import ASK_INSIDE, NO, ipv4_first, records
from pullcheck.collect.records import contents
from pullcheck.collect.registry import forced_addresses
from pullcheck.evidence.branches import Branch, Ending
from pullcheck.evidence.destinations import DockerHub, VpcResolver
from pullcheck.evidence.dns import ForwardRules, PrivateZones, RegistryLookup, literal
from pullcheck.evidence.names import NamedAddress, Provenance
from pullcheck.evidence.placement import Registry
from pullcheck.evidence.pull_hosts import HostAddresses, PullHost, PullHostAddresses, PullHosts
from pullcheck.evidence.vpc import DnsAttributes, NameServers
from pullcheck.image_reference import DOCKER_HUB
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.s3_names import region_of
from pullcheck.settings import Settings
from pullcheck.vantage import Resolution, Vantage
from pullcheck.wiring import collector

HOSTS_CHECK = "dns.pull-hosts"


@collector()
def vpc_resolver(
    attributes: DnsAttributes, servers: NameServers, zones: PrivateZones, rules: ForwardRules
) -> VpcResolver:
    """What was read of it, in one."""
    return VpcResolver(attributes, servers, zones, rules)


@collector()
def docker_hub(
    registry: Registry, resolver: VpcResolver | Unavailable, lookup: RegistryLookup | Unavailable, settings: Settings
) -> DockerHub | NotApplicable:
    """Docker Hub's own addresses, unless something of the VPC, or who asks, puts others in their place."""
    if registry.host != DOCKER_HUB:
        return NotApplicable("the image does not come from Docker Hub", str(registry))
    elsewhere = ""
    if settings.registry_addresses:
        elsewhere = f"--registry-address names {', '.join(settings.registry_addresses)}"
    elif isinstance(resolver, Unavailable) or isinstance(lookup, Unavailable):
        elsewhere = next(one.because for one in (resolver, lookup) if isinstance(one, Unavailable))
    elif not is_amazons_public(registry.host, resolver, lookup.branches):
        elsewhere = "; ".join(map(str, (resolver.servers.options_id, *lookup.branches)))
    return DockerHub(registry.host, registry.port, elsewhere)


@collector("route53:ListResourceRecordSets")
def pull_host_addresses(
    hosts: PullHosts, resolver: VpcResolver | Unavailable, vantage: Vantage, settings: Settings, aws: Aws
) -> PullHostAddresses:
    """What the VPC's resolver answers for each: by its zones and rules, by public DNS, or by a live answer inside."""
    return PullHostAddresses(tuple(_told(host, resolver, vantage, settings, aws) for host in hosts.hosts))


def _told(
    host: PullHost, resolver: VpcResolver | Unavailable, vantage: Vantage, settings: Settings, aws: Aws
) -> HostAddresses:
    found = _addresses(host, resolver, vantage, settings, aws)
    if isinstance(resolver, Unavailable) or literal(host.name):
        return found
    branches = branches_of(host.name, resolver, aws)
    denied = any(branch.ending in NO for branch in branches) and resolver.attributes.private_names
    absent = replace(found.absent, blocked_by=HOSTS_CHECK) if found.absent and denied else found.absent
    return replace(found, absent=absent, branches=branches)


def _addresses(
    host: PullHost, resolver: VpcResolver | Unavailable, vantage: Vantage, settings: Settings, aws: Aws
) -> HostAddresses:
    if written := literal(host.name):
        return HostAddresses(host, (NamedAddress(written, Provenance.LITERAL, "the registry's answer"),))
    inside = vantage.name in INSIDE
    s3 = region_of(host.name)
    if isinstance(resolver, Unavailable):
        told: tuple[NamedAddress, ...] | Unavailable = resolver
    else:
        branches = branches_of(host.name, resolver, aws)
        if s3 and is_amazons_public(host.name, resolver, branches):
            return HostAddresses(host, s3_region=s3)
        ask = partial(_public, None if inside else vantage)
        told = records(resolver.attributes, resolver.servers, branches, ask, ASK_INSIDE)
    if not isinstance(told, Unavailable):
        return HostAddresses(host, told)
    if not inside or forced_addresses(host.name, host.port, settings):
        return HostAddresses(host, absent=told)
    answer = vantage.resolve(host.name)
    found = ipv4_first(NamedAddress(one, Provenance.LIVE, vantage.name) for one in answer.addresses)
    if s3 and found and all(ip_address(one.address).is_global for one in found):
        return HostAddresses(host, s3_region=s3)
    absent = None if found else Unavailable(f"{host.name} gives no address inside the VPC ({answer.error})")
    return HostAddresses(host, found, absent=absent)


def _public(vantage: Vantage | None, name: str) -> Resolution | None:
    return vantage.resolve(name) if vantage else None


def branches_of(name: str, resolver: VpcResolver, aws: Aws) -> tuple[Branch, ...]:
    """Where the VPC's zones and rules lead the name."""
    return follow(name, View(resolver.zones.zones, resolver.rules.rules, partial(contents, aws)))


def is_amazons_public(name: str, resolver: VpcResolver, branches: Iterable[Branch]) -> bool:
    """Whether Amazon's resolver answers as public DNS does: no zone or rule of the VPC has a say."""
    usable = resolver.servers.are_amazons and resolver.attributes.support
    return usable and all(branch.ending is Ending.PUBLIC and branch.name == name for branch in branches)


COLLECTORS = (vpc_resolver, docker_hub, pull_host_addresses)

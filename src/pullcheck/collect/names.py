"""Decides where the registry's name and the Lambda name lead in the model's VPC, from everything that speaks of it."""

from collections.abc import Callable, Iterable, Sequence
from ipaddress import ip_address

from pullcheck.evidence.branches import Branch, Ending
from pullcheck.evidence.dns import LambdaAnswer, LambdaLookup, RegistryAnswer, RegistryLookup, is_ipv4, literal
from pullcheck.evidence.endpoint import LambdaEndpoints
from pullcheck.evidence.names import (
    LambdaAddresses,
    LambdaRecords,
    NamedAddress,
    Provenance,
    RegistryAddresses,
    RegistryRecords,
)
from pullcheck.evidence.placement import ExecutionRole, LambdaName, Registry
from pullcheck.evidence.resolver import DnsProfiles
from pullcheck.evidence.vpc import DnsAttributes, ModelSubnets, NameServers
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.settings import Settings
from pullcheck.vantage import Resolution
from pullcheck.wiring import collector

ASK_INSIDE = "run with --vantage inside"
SAY_OR_ASK = "name the address (--registry-address) or run with --vantage inside"
REGISTRY_CHECK = "dns.registry-name"
LAMBDA_CHECK = "endpoint.lambda-name"
AMAZONS_DOMAINS = (".amazonaws.com", ".amazonaws.com.cn")
AMAZONS_PUBLIC_NAMES = (".elb.", ".vpce.")
NO_PROFILES = DnsProfiles("")
NO = (Ending.NO_NAME, Ending.NO_ADDRESS, Ending.LOOP)


@collector()
def registry_records(
    attributes: DnsAttributes, servers: NameServers, lookup: RegistryLookup, live: RegistryAnswer | Unavailable
) -> RegistryRecords | Unavailable:
    """What Amazon's resolver in the VPC answers for the registry; a part that cannot be told makes it unavailable."""

    def ask(name: str) -> Resolution | None:
        return None if isinstance(live, Unavailable) or live.inside else live.to(name)

    found = records(attributes, servers, lookup.branches, ask, SAY_OR_ASK)
    return found if isinstance(found, Unavailable) else RegistryRecords(found)


def records(
    attributes: DnsAttributes,
    servers: NameServers,
    branches: Sequence[Branch],
    ask: Callable[[str], Resolution | None],
    remedy: str,
) -> tuple[NamedAddress, ...] | Unavailable:
    """What Amazon's resolver in the VPC answers for a name that leads along these branches; ``ask`` asks public DNS."""
    if stop := _no_resolver(attributes, servers, remedy):
        return stop
    if not attributes.private_names and any(branch.through_zones for branch in branches):
        reason = f"{attributes.vpc_id} does not use its private zones, because enableDnsHostnames is off"
        return Unavailable(reason, remedy, REGISTRY_CHECK)
    found: list[NamedAddress] = []
    for branch in branches:
        match branch.ending:
            case Ending.ADDRESS:
                found.append(NamedAddress(branch.detail, Provenance.PRIVATE_ZONE, branch.source))
            case Ending.PUBLIC:
                if isinstance(public := _public(branch.name, ask(branch.name), remedy), Unavailable):
                    return public
                found += public
            case Ending.UNREADABLE | Ending.FORWARDED:
                return Unavailable(branch.detail, remedy)
    if not found:
        return Unavailable("; ".join(map(str, branches)), remedy, REGISTRY_CHECK)
    return ipv4_first(found)


@collector()
def registry_addresses(
    registry: Registry,
    settings: Settings,
    records: RegistryRecords | Unavailable,
    live: RegistryAnswer | Unavailable,
) -> RegistryAddresses | Unavailable:
    """The option, the image's own address, the records, a live answer from inside: the first that tells."""
    if settings.registry_addresses:
        given = (NamedAddress(one, Provenance.OPTION, "--registry-address") for one in settings.registry_addresses)
        return RegistryAddresses(registry.host, registry.port, tuple(given))
    if written := literal(registry.host):
        named = NamedAddress(written, Provenance.LITERAL, "the image reference")
        return RegistryAddresses(registry.host, registry.port, (named,))
    if isinstance(records, RegistryRecords):
        seen_from = next((one.source for one in records.addresses if one.provenance is Provenance.LIVE), None)
        return RegistryAddresses(registry.host, registry.port, records.addresses, seen_from)
    if isinstance(live, Unavailable) or not live.inside or not live.resolutions:
        return records
    [answer] = live.resolutions
    if not answer.addresses:
        reason = f"{answer.name} gives no address inside the VPC ({answer.error})"
        return Unavailable(reason, SAY_OR_ASK, REGISTRY_CHECK if answer.no_such_name else records.blocked_by)
    found = (NamedAddress(one, Provenance.LIVE, live.seen_from) for one in answer.addresses)
    return RegistryAddresses(registry.host, registry.port, ipv4_first(found), live.seen_from)


@collector()
def lambda_records(
    endpoints: LambdaEndpoints,
    attributes: DnsAttributes,
    servers: NameServers,
    lookup: LambdaLookup,
    subnets: ModelSubnets,
    role: ExecutionRole | Unavailable | NotApplicable,
    profiles: DnsProfiles | Unavailable = NO_PROFILES,
) -> LambdaRecords | Unavailable:
    """The endpoint that takes the name by its private DNS, that a Route 53 profile or a private zone leads to; else
    Lambda's public side.
    """
    if stop := _no_resolver(attributes, servers, ASK_INSIDE):
        return stop
    forwarded = next((branch for branch in lookup.branches if branch.ending is Ending.FORWARDED), None)
    taking = next((one for one in endpoints.here if one.takes_the_name), None) if attributes.private_names else None
    if taking and not (forwarded and forwarded.domain == lookup.name):
        if not taking.addresses:
            return Unavailable(f"the network interfaces of {taking.id} are not listed", ASK_INSIDE)
        found = (NamedAddress(address, Provenance.ENDPOINT, taking.id) for address in taking.addresses)
        return LambdaRecords(taking.id, tuple(found))
    if forwarded:
        return Unavailable(forwarded.detail, ASK_INSIDE)
    brought = () if isinstance(profiles, Unavailable) else profiles.endpoints
    shared = next((one for one in endpoints.elsewhere if one.id in brought and one.available and one.addresses), None)
    if shared and attributes.private_names:
        found = (NamedAddress(address, Provenance.ENDPOINT, shared.id) for address in shared.addresses)
        return LambdaRecords(shared.id, tuple(found))
    unseen = set(brought) - {one.id for one in (*endpoints.here, *endpoints.elsewhere)}
    if unseen and not any(branch.through_zones for branch in lookup.branches):
        named = ", ".join(sorted(unseen))
        return Unavailable(f"a Route 53 profile brings {named}, which may take {lookup.name}", ASK_INSIDE)
    changing = next((one for one in endpoints.here if one.private_dns and not one.available), None)
    if changing:
        return Unavailable(f"{changing.id} is {changing.state}", "see to its state", LAMBDA_CHECK)
    if not attributes.private_names:
        return LambdaRecords(None, ())
    return _from_zones(endpoints, lookup, subnets, role)


def _from_zones(
    endpoints: LambdaEndpoints,
    lookup: LambdaLookup,
    subnets: ModelSubnets,
    role: ExecutionRole | Unavailable | NotApplicable,
) -> LambdaRecords | Unavailable:
    for branch in lookup.branches:
        if branch.ending in NO:
            return Unavailable(str(branch), "mend the zone", LAMBDA_CHECK)
        if branch.ending is Ending.UNREADABLE:
            return Unavailable(branch.detail, ASK_INSIDE)
    if all(branch.ending is Ending.PUBLIC and branch.name == lookup.name for branch in lookup.branches):
        owners = {subnet.owner for subnet in subnets.subnets if subnet.owner}
        if isinstance(role, ExecutionRole) and owners - {role.account} and not endpoints.here:
            reason = f"the subnets are shared by account {', '.join(sorted(owners))}, whose endpoints are not visible"
            return Unavailable(reason, f"{ASK_INSIDE}, or look from that account")
        return LambdaRecords(None, ())
    named = {branch.detail: branch.source for branch in lookup.branches if branch.ending is Ending.ADDRESS}
    targets = [branch.name for branch in lookup.branches if branch.ending is Ending.PUBLIC]
    known = (*endpoints.here, *endpoints.elsewhere)
    behind = [one for one in known if any(target in one.dns_names for target in targets)]
    named |= {address: one.id for one in behind for address in one.addresses}
    owner = endpoints.owner_of(frozenset(named))
    if owner is None or len(behind) < len(targets):
        where = ", ".join([*named, *targets])
        return Unavailable(
            f"a private zone leads {lookup.name} to {where}, which belongs to no working endpoint seen here", ASK_INSIDE
        )
    records = (NamedAddress(address, Provenance.PRIVATE_ZONE, source) for address, source in named.items())
    return LambdaRecords(owner.id, tuple(records))


@collector()
def lambda_addresses(
    name: LambdaName,
    records: LambdaRecords | Unavailable,
    endpoints: LambdaEndpoints | Unavailable,
    live: LambdaAnswer | Unavailable,
) -> LambdaAddresses | Unavailable:
    """The records, or a live answer from inside the VPC."""
    if isinstance(records, LambdaRecords):
        return LambdaAddresses(name.host, records.endpoint_id, records.addresses)
    if isinstance(live, Unavailable):
        return records
    answer = frozenset(address for address in live.resolution.addresses if is_ipv4(address))
    if not answer:
        reason = f"{name.host} gives no IPv4 address inside the VPC ({live.resolution.error})"
        return Unavailable(reason, "see to the VPC's DNS", LAMBDA_CHECK)
    if all(ip_address(address).is_global for address in answer):
        return LambdaAddresses(name.host, None, (), live.seen_from)
    owner = None if isinstance(endpoints, Unavailable) else endpoints.owner_of(answer)
    if owner is None:
        reason = f"{name.host} gives {', '.join(sorted(answer))} inside the VPC, which belongs to no endpoint seen here"
        return Unavailable(reason, "look from the account that owns the endpoint, with leave to describe it")
    found = (NamedAddress(address, Provenance.LIVE, live.seen_from) for address in sorted(answer))
    return LambdaAddresses(name.host, owner.id, tuple(found), live.seen_from)


def _no_resolver(attributes: DnsAttributes, servers: NameServers, remedy: str) -> Unavailable | None:
    """Why Amazon's resolver, the only one whose data AWS shows, does not answer in the VPC."""
    if not servers.are_amazons:
        listed = ", ".join(servers.servers) or "no server"
        reason = (
            f"{servers.options_id} gives {attributes.vpc_id} the name servers {listed}, whose answers AWS cannot show"
        )
        return Unavailable(reason, remedy)
    if not attributes.support:
        reason = f"{attributes.vpc_id} has no resolver, because enableDnsSupport is off"
        return Unavailable(reason, "turn it on", REGISTRY_CHECK)
    return None


def _public(name: str, answer: Resolution | None, remedy: str) -> tuple[NamedAddress, ...] | Unavailable:
    """Public DNS answers alike everywhere, so that an answer from outside serves, unless it is not public DNS's.

    Private addresses may come from name servers of this machine's own network. Load balancers and endpoints have public
    names for private addresses (Elastic Load Balancing and AWS PrivateLink guides); these are taken.
    """
    if answer is None or not answer.addresses:
        error = f" ({answer.error})" if answer and answer.error else ""
        reason = f"no private zone of the VPC answers {name}, and public DNS was not heard{error}"
        return Unavailable(reason, remedy)
    amazons = name.endswith(AMAZONS_DOMAINS) and any(part in name for part in AMAZONS_PUBLIC_NAMES)
    if not amazons and not all(ip_address(address).is_global for address in answer.addresses):
        reason = f"outside the VPC {name} gives {', '.join(answer.addresses)}, which the VPC's resolver need not answer"
        return Unavailable(reason, remedy)
    return tuple(NamedAddress(address, Provenance.LIVE, "outside") for address in answer.addresses)


def ipv4_first(found: Iterable[NamedAddress]) -> tuple[NamedAddress, ...]:
    """The IPv4 addresses if there are any: the model's network interfaces are not known to have IPv6."""
    every = tuple(dict.fromkeys(found))
    return tuple(one for one in every if is_ipv4(one.address)) or every


COLLECTORS = (registry_records, registry_addresses, lambda_records, lambda_addresses)

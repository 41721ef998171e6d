"""Do the hosts that the registry names lead anywhere in the model's VPC?"""

from collections.abc import Iterator

from pullcheck.evidence.branches import Ending
from pullcheck.evidence.destinations import VpcResolver
from pullcheck.evidence.dns import literal
from pullcheck.evidence.pull_hosts import HostAddresses, PullHostAddresses
from pullcheck.missing import Unavailable
from pullcheck.verdict import Fix, Verdict, failed, not_applicable, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.dns.filter_causes import HOST_DENIED
from pullcheck_checks.dns.hops import hops, with_way

NO = (Ending.NO_NAME, Ending.NO_ADDRESS, Ending.LOOP)


@check("dns.pull-hosts", "The token and layer hosts resolve in the model's VPC", (HOST_DENIED,))
def hosts_resolve(found: PullHostAddresses | Unavailable, resolver: VpcResolver | Unavailable) -> Iterator[Verdict]:
    """What: follows the name of the token service, and of every host that layers are redirected to, as the resolver of
    the model's VPC does.

    Why: the registry itself may be known in the VPC while the host that it sends clients to is not.

    Passes: when the name has an address there, in a private zone or in public DNS, or is S3's.

    Fails: when a private zone of the VPC covers the name and has no address for it.

    Not verified when: the name is forwarded, its zone cannot be read, or public DNS was not heard. That nobody saw
    which hosts there are is said by network.pull-hosts-reachable.

    Fix: put the record into the zone that decides, or turn redirects off in the registry.

    Source: Route 53 Developer Guide, private hosted zones; Distribution project, registry configuration (redirect).
    """
    if isinstance(found, Unavailable):
        yield not_applicable("hosts of tokens and layers", f"no host is known: {found.because}")
        return
    for one in found.hosts:
        if literal(one.host.name):
            yield not_applicable(one.host.name, "the registry names the address, so there is no name to look up")
        else:
            yield from _resolves(one, resolver)


def _resolves(one: HostAddresses, resolver: VpcResolver | Unavailable) -> Iterator[Verdict]:
    name, absent = one.host.name, one.absent
    denied = [branch for branch in one.branches if branch.ending in NO]
    zones = resolver if isinstance(resolver, Unavailable) else resolver.zones
    way = () if isinstance(resolver, Unavailable) else hops(one.branches, resolver.attributes, resolver.servers, zones)
    if absent and denied and not isinstance(resolver, Unavailable) and _decides(resolver):
        branch = denied[0]
        fix = Fix(f"give {branch.name} a record in zone {branch.source}, with the address of that {one.host.role}")
        yield failed(name, str(branch), HOST_DENIED, fix, resources=filter(None, [branch.source]))
    elif absent:
        yield from with_way([unknown(name, absent.because, blocked_by=absent.blocked_by)], way, one.branches, zones)
    else:
        listed = ", ".join(named.address for named in one.addresses) or f"one of S3's in {one.s3_region}"
        sources = dict.fromkeys(f"{named.provenance} {named.source}" for named in one.addresses)
        because = f"{name} is {listed}" + (f" by {' and '.join(sources)}" if sources else "")
        yield from with_way([passed(name, because)], way, one.branches, zones)


def _decides(resolver: VpcResolver) -> bool:
    """Whether Amazon's resolver answers in the VPC, by its zones."""
    return resolver.servers.are_amazons and resolver.attributes.private_names

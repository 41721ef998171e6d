"""Have the security groups and network ACLs room for the rules that the printed fixes add?"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from pullcheck import (
    Basis,
    Cause,
    Fix,
    NotApplicable,
    Severity,
    Unavailable,
    Verdict,
    check,
    failed,
    not_applicable,
    passed,
    unknown,
)
from pullcheck.evidence.endpoint import LambdaEndpoints
from pullcheck.evidence.names import LambdaAddresses, RegistryAddresses
from pullcheck.evidence.network import NetworkAcls, NetworkEvidence, SecurityGroups
from pullcheck.evidence.network_rows import GroupRule
from pullcheck.evidence.placement import ExecutionRole, LambdaName, Placement
from pullcheck.evidence.quota import PrefixListSizes, Quota, VpcQuotas
from pullcheck_checks.network.reachability import lambda_is_reachable, registry_is_reachable
from pullcheck_checks.quota.limits import ACL_RULES, GROUP_RULES, applied, raise_to

GUIDE = "Amazon VPC User Guide, quotas and security group size; Service Quotas, Amazon VPC"
GROUP_FULL = Cause(
    "quo.sg-rules",
    "A security group that a fix adds a rule to has as many as it may have in that direction: the command is refused.",
    "DescribeSecurityGroups: the IPv4 ranges, groups and prefix lists of one direction, a list counted with the most"
    " entries that it may have, come to the quota Inbound or outbound rules per security group.",
    "Take rules away that nothing needs, join ranges, or ask for more in Service Quotas.",
    Basis.DOCUMENTED,
    GUIDE,
    Severity.WARNING,
)
ACL_FULL = Cause(
    "quo.nacl-rules",
    "A network ACL that a fix adds an entry to has as many as it may have in that direction: the command is refused.",
    "DescribeNetworkAcls: the IPv4 entries of one direction, with the last one that denies, come to the quota Rules per"
    " network ACL.",
    "Take entries away that nothing needs, join ranges, or ask for more in Service Quotas (40 at most).",
    Basis.DOCUMENTED,
    GUIDE,
    Severity.WARNING,
)
MOST_ACL_RULES = 40
ADDED = re.compile(
    r"aws ec2 (?:authorize-security-group-(egress|ingress) --group-id (sg-[\w-]+)"
    r"|create-network-acl-entry --network-acl-id (acl-[\w-]+) --(egress|ingress))"
)
"""A printed command that adds a rule, with its direction and what it changes."""
Place = tuple[str, str]


@check("quota.rules", "The groups and ACLs have room for the rules that the fixes add", (GROUP_FULL, ACL_FULL))
def rules_have_room(
    placement: Placement,
    registry: RegistryAddresses | Unavailable | NotApplicable,
    lambda_api: LambdaAddresses | Unavailable | NotApplicable,
    name: LambdaName | Unavailable | NotApplicable,
    endpoints: LambdaEndpoints | Unavailable | NotApplicable,
    network: NetworkEvidence,
    role: ExecutionRole | Unavailable | NotApplicable,
    sizes: PrefixListSizes | Unavailable,
    quotas: VpcQuotas | Unavailable,
) -> Iterator[Verdict]:
    """What: Counts, as AWS does, the rules of each security group and network ACL to which a printed fix adds one.

    Why: A fix that AWS refuses mends nothing.

    Passes: There is room for what the fixes add. Where no fix adds a rule, the question does not arise.

    Fails: There is not, as a warning.

    Not verified when: The quotas may not be read, or the size of a prefix list is not known.

    Fix: Ask for more; AWS decides on it.

    Source: Amazon VPC User Guide, quotas: IPv4 and IPv6 rules are counted apart, a prefix list with its greatest size.
    """
    verdicts: list[Verdict] = []
    if isinstance(registry, RegistryAddresses):
        verdicts += registry_is_reachable(placement, registry, network, role)
    if isinstance(lambda_api, LambdaAddresses) and isinstance(name, LambdaName):
        known = endpoints if not isinstance(endpoints, NotApplicable) else Unavailable(endpoints.reason)
        verdicts += lambda_is_reachable(placement, lambda_api, name, known, network, role)
    more = added(command for verdict in verdicts if verdict.fix for command in verdict.fix.commands)
    for (resource, way), count in more.items():
        subject = f"{resource} {way}"
        if isinstance(quotas, Unavailable):
            yield unknown(subject, quotas.because, resources=(resource,))
        else:
            yield _room(subject, count, network, sizes, quotas)
    if not more:
        yield not_applicable("security groups and network ACLs", "no fix adds a rule to one")


def added(commands: Iterable[str]) -> Counter[Place]:
    """How many rules the commands add, by what they change and the direction; each command is run once."""
    found = [match.groups() for command in dict.fromkeys(commands) if (match := ADDED.match(command))]
    return Counter((group or acl, side or way) for side, group, acl, way in found)


def _room(
    subject: str, more: int, network: NetworkEvidence, sizes: PrefixListSizes | Unavailable, quotas: VpcQuotas
) -> Verdict:
    resource, _, way = subject.partition(" ")
    is_group = resource.startswith("sg-")
    have = _of_group(resource, way, network, sizes) if is_group else _of_acl(resource, way, network)
    if isinstance(have, Unavailable):
        return unknown(subject, have.because, resources=(resource,))
    quota, cause = (GROUP_RULES, GROUP_FULL) if is_group else (ACL_RULES, ACL_FULL)
    limit = applied(quotas, quota)
    because = f"{resource} has {have} of {limit} {way} rules, and the fixes add {more}"
    if have + more <= limit:
        return passed(subject, because, resources=(resource,))
    return failed(subject, because, cause, _more(quota, resource, have + more), resources=(resource,))


def _more(quota: Quota, resource: str, needed: int) -> Fix:
    if quota is ACL_RULES and needed > MOST_ACL_RULES:
        return Fix(f"take entries away from {resource} or join them; AWS allows {MOST_ACL_RULES} at most")
    return raise_to("vpc", quota, needed)


def _of_group(name: str, way: str, network: NetworkEvidence, sizes: PrefixListSizes | Unavailable) -> int | Unavailable:
    rows = network.groups.rows if isinstance(network.groups, SecurityGroups) else ()
    group = next((row for row in rows if row.id == name), None)
    if group is None:
        return Unavailable(f"{name} was not read", "allow ec2:DescribeSecurityGroups")
    rules: tuple[GroupRule, ...] = group.egress if way == "egress" else group.ingress
    lists = [one for rule in rules for one in rule.prefix_list_ids]
    if lists and isinstance(sizes, Unavailable):
        return sizes
    known = {one: sizes.of(one) for one in lists} if isinstance(sizes, PrefixListSizes) else {}
    unsized = [one for one, size in known.items() if size is None]
    if unsized:
        return Unavailable(
            f"how many rules AWS counts for {', '.join(unsized)} is not known", "see its weight in the guide"
        )
    own = sum(len(rule.cidrs) + len(rule.groups) for rule in rules)
    return own + sum(known[one] or 0 for one in lists)


def _of_acl(name: str, way: str, network: NetworkEvidence) -> int | Unavailable:
    rows = network.acls.rows if isinstance(network.acls, NetworkAcls) else ()
    acl = next((row for row in rows if row.id == name), None)
    if acl is None:
        return Unavailable(f"{name} was not read", "allow ec2:DescribeNetworkAcls")
    return sum(1 for entry in acl.entries if entry.egress == (way == "egress") and entry.cidr)

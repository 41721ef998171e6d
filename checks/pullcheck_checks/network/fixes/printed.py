"""Changes as the report prints them: the commands, the same in Terraform, whose they are, and quotas in their way."""

from collections.abc import Iterator
from functools import partial

from pullcheck import Fix, Unavailable
from pullcheck.evidence.network import NetworkAcls, NetworkEvidence, RouteTables, Subnets
from pullcheck.evidence.network_rows import GroupRule, Peering, Subnet, TransitGateway
from pullcheck.terraform import documents
from pullcheck_checks.network.fixes.changes import AddAclEntry, AllowInGroup, Change, Changes
from pullcheck_checks.network.fixes.transit_changes import AcceptAttachment
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import Source

GROUP_RULES = 60
"""Rules of a security group in one direction, unless the quota is raised (Amazon VPC User Guide, quotas)."""
ACL_RULES = 20
"""Rules of a network ACL in one direction, unless the quota is raised; the last one, which denies, is counted."""


def as_fix(index: Index, source: Source, summary: str, changes: Changes, after: str = "") -> Fix:
    """The fix in full; ``after`` is what remains to be said at the end of its summary."""
    owners = {change.touches: owner for change in changes if (owner := owner_of(index, change))}
    foreign = {name: owner for name, owner in owners.items() if owner != _home(index, source)}
    by_account: dict[str, list[str]] = {}
    for name, owner in foreign.items():
        by_account.setdefault(owner, []).append(name)
    whose = "".join(f", in account {owner}, which owns {', '.join(names)}" for owner, names in by_account.items())
    quotas = "".join(f"; {remark}" for remark in dict.fromkeys(_quotas(index, changes)))
    return Fix(
        f"{summary}{whose}{after}{quotas}",
        tuple(change.command for change in changes),
        documents(tuple(change.terraform for change in changes)),
        next(iter(by_account), None),
    )


def _home(index: Index, source: Source) -> str:
    """The model's account: its role's, or else that of its first group."""
    group = index.group(source.group_ids[0]) if source.group_ids else None
    return source.account or (group.owner if group and not isinstance(group, Unavailable) else "")


def owner_of(index: Index, change: Change) -> str:
    """The account that owns what is changed; empty where that was not read. A VPC's subnets show whose it is."""
    name = change.touches
    group, subnet, peering = index.group(name), index.subnet(name), index.peering(name)
    if not isinstance(group, Unavailable):
        return group.owner
    if isinstance(subnet, Subnet):
        return subnet.owner
    if isinstance(peering, Peering):
        return peering.accepter.owner
    for gateway in _gateways(index):
        if isinstance(gateway.tables, tuple) and any(table.id == name for table in gateway.tables):
            return gateway.owner
        for attachment in gateway.attachments:
            if attachment.id == name:
                accepts = isinstance(change, AcceptAttachment)
                return gateway.owner if accepts else _of_vpc(index.evidence, attachment.resource_id)
    return _of_vpc(index.evidence, _vpc_of(index.evidence, name))


def _gateways(index: Index) -> tuple[TransitGateway, ...]:
    table = index.evidence.transit_gateways
    return () if isinstance(table, Unavailable) else table.rows


def _vpc_of(evidence: NetworkEvidence, name: str) -> str:
    tables = (evidence.route_tables, evidence.acls)
    rows = [row for table in tables if isinstance(table, RouteTables | NetworkAcls) for row in table.rows]
    return next((row.vpc_id for row in rows if row.id == name), "")


def _of_vpc(evidence: NetworkEvidence, vpc_id: str) -> str:
    rows = evidence.subnets.rows if isinstance(evidence.subnets, Subnets) else ()
    return next((row.owner for row in rows if row.vpc_id == vpc_id and row.owner), "")


def _quotas(index: Index, changes: Changes) -> Iterator[str]:
    """What the changes would bring beyond the number of rules that AWS allows by default."""
    for change in changes:
        if isinstance(change, AllowInGroup) and not isinstance(group := index.group(change.touches), Unavailable):
            rules = group.egress if change.egress else group.ingress
            have = index.once(("weight", group.id, change.egress), partial(_weights, rules))
            way = "egress" if change.egress else "ingress"
            if have + _weight(change.rule) > GROUP_RULES:
                yield f"{group.id} has {have} {way} rules already, and AWS allows {GROUP_RULES} unless that is raised"
        if isinstance(change, AddAclEntry):
            yield from _full(index, change)


def _full(index: Index, change: AddAclEntry) -> Iterator[str]:
    table, side = index.evidence.acls, change.entry.egress
    rows = () if isinstance(table, Unavailable) else table.rows
    acl = next((row for row in rows if row.id == change.touches), None)
    have = 1 + sum(entry.egress == side and entry.number < 32767 for entry in acl.entries) if acl else 0
    if acl and have >= ACL_RULES:
        way = "egress" if side else "ingress"
        yield f"{acl.id} has {have} {way} rules already, and AWS allows {ACL_RULES} unless that is raised"


def _weights(rules: tuple[GroupRule, ...]) -> int:
    return sum(map(_weight, rules))


def _weight(rule: GroupRule) -> int:
    """How many rules AWS counts: one for each IPv4 range, group and list (a list counts more: its greatest size)."""
    return len(rule.cidrs) + len(rule.groups) + len(rule.prefix_list_ids)

"""Changes to a network: each as an AWS CLI command, and as what it does to the evidence."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from shlex import quote
from typing import Any, Protocol

from pullcheck.evidence.network import InternetGateways, NetworkEvidence
from pullcheck.evidence.network_rows import AclEntry, GroupRule, InternetGateway, Route


class Change(Protocol):
    """One change to one resource."""

    @property
    def touches(self) -> str:
        """The id of the resource."""

    @property
    def command(self) -> str:
        """The AWS CLI command, as it stands."""

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        """The evidence after it."""


Changes = tuple[Change, ...]


def _changed(table: Any, name: str, change: Callable[[Any], Any]) -> Any:
    """The table with one row changed; a table that was not read stays as it is."""
    rows = getattr(table, "rows", None)
    return table if rows is None else type(table)(tuple(change(row) if row.id == name else row for row in rows))


@dataclass(frozen=True)
class AllowInGroup:
    """Adds a rule to a security group."""

    touches: str
    egress: bool
    rule: GroupRule

    @property
    def command(self) -> str:
        rule = self.rule
        permission: dict[str, Any] = {"IpProtocol": rule.protocol, "FromPort": rule.from_port, "ToPort": rule.to_port}
        if rule.cidrs:
            permission["IpRanges"] = [{"CidrIp": cidr} for cidr in rule.cidrs]
        if rule.groups:
            permission["UserIdGroupPairs"] = [{"GroupId": reference.group_id} for reference in rule.groups]
        way = "egress" if self.egress else "ingress"
        permissions = quote(json.dumps([permission], separators=(",", ":")))
        return f"aws ec2 authorize-security-group-{way} --group-id {quote(self.touches)} --ip-permissions {permissions}"

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        side = "egress" if self.egress else "ingress"

        def allow(row: Any) -> Any:
            return replace(row, **{side: (*getattr(row, side), self.rule)})

        return replace(evidence, groups=_changed(evidence.groups, self.touches, allow))


@dataclass(frozen=True)
class AddAclEntry:
    """Adds an entry to a network ACL."""

    touches: str
    entry: AclEntry

    @property
    def command(self) -> str:
        entry = self.entry
        ports = "" if entry.from_port is None else f" --port-range From={entry.from_port},To={entry.to_port}"
        return (
            f"aws ec2 create-network-acl-entry --network-acl-id {quote(self.touches)} {_side(entry)}"
            f" --rule-number {entry.number} --protocol {entry.protocol}{ports}"
            f" {'--cidr-block' if entry.cidr else '--ipv6-cidr-block'} {entry.cidr or entry.ipv6_cidr}"
            f" --rule-action {'allow' if entry.allow else 'deny'}"
        )

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        def add(row: Any) -> Any:
            return replace(row, entries=(*row.entries, self.entry))

        return replace(evidence, acls=_changed(evidence.acls, self.touches, add))


@dataclass(frozen=True)
class DeleteAclEntry:
    """Takes an entry out of a network ACL."""

    touches: str
    entry: AclEntry

    @property
    def command(self) -> str:
        return (
            f"aws ec2 delete-network-acl-entry --network-acl-id {quote(self.touches)} {_side(self.entry)}"
            f" --rule-number {self.entry.number}"
        )

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        def drop(row: Any) -> Any:
            return replace(row, entries=tuple(entry for entry in row.entries if entry != self.entry))

        return replace(evidence, acls=_changed(evidence.acls, self.touches, drop))


def _side(entry: AclEntry) -> str:
    return "--egress" if entry.egress else "--ingress"


@dataclass(frozen=True)
class SetRoute:
    """Creates or replaces the route for a destination; deletes it where ``target`` is None."""

    touches: str
    destination: str
    target: str | None
    replaces: bool = False

    @property
    def command(self) -> str:
        verb = "delete" if self.target is None else "replace" if self.replaces else "create"
        kind = "--destination-prefix-list-id" if self.destination.startswith("pl-") else "--destination-cidr-block"
        to = f" {_target_option(self.target)} {quote(self.target)}" if self.target else ""
        return f"aws ec2 {verb}-route --route-table-id {quote(self.touches)} {kind} {self.destination}{to}"

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        def put(row: Any) -> Any:
            others = tuple(route for route in row.routes if route.destination != self.destination)
            new = (Route(self.destination, self.target),) if self.target else ()
            return replace(row, routes=others + new)

        return replace(evidence, route_tables=_changed(evidence.route_tables, self.touches, put))


def _target_option(target: str) -> str:
    options = {
        "nat-": "--nat-gateway-id",
        "pcx-": "--vpc-peering-connection-id",
        "tgw-": "--transit-gateway-id",
    }
    return next((name for prefix, name in options.items() if target.startswith(prefix)), "--gateway-id")


@dataclass(frozen=True)
class AttachInternetGateway:
    """Attaches an internet gateway to the VPC."""

    touches: str
    vpc_id: str

    @property
    def command(self) -> str:
        return (
            f"aws ec2 attach-internet-gateway --internet-gateway-id {quote(self.touches)} --vpc-id {quote(self.vpc_id)}"
        )

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        attached = InternetGateways((InternetGateway(self.touches, (self.vpc_id,)),))
        return replace(evidence, internet_gateways=attached)


@dataclass(frozen=True)
class AcceptPeering:
    """Accepts a VPC peering that waits for it."""

    touches: str

    @property
    def command(self) -> str:
        return f"aws ec2 accept-vpc-peering-connection --vpc-peering-connection-id {quote(self.touches)}"

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        def accept(row: Any) -> Any:
            return replace(row, status="active")

        return replace(evidence, peerings=_changed(evidence.peerings, self.touches, accept))


@dataclass(frozen=True)
class ExcludeFromBlock:
    """Lets a subnet's own connections out where VPC Block Public Access stops them."""

    touches: str

    @property
    def command(self) -> str:
        return (
            f"aws ec2 create-vpc-block-public-access-exclusion --subnet-id {quote(self.touches)}"
            " --internet-gateway-exclusion-mode allow-egress"
        )

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        def let_out(row: Any) -> Any:
            return replace(row, public_access_block="block-ingress")

        return replace(evidence, subnets=_changed(evidence.subnets, self.touches, let_out))

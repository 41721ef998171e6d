"""Changes to a network: each as an AWS CLI command, as Terraform, and as what it does to the evidence."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from shlex import quote
from typing import Any, Protocol

from pullcheck.evidence.network import InternetGateways, NetworkEvidence
from pullcheck.evidence.network_rows import AclEntry, GroupRule, InternetGateway, Route
from pullcheck.terraform import comment, documents, resource


class Change(Protocol):
    """One change to one resource."""

    @property
    def touches(self) -> str:
        """The id of the resource."""

    @property
    def command(self) -> str:
        """The AWS CLI command, as it stands."""

    @property
    def terraform(self) -> str:
        """The same in Terraform's language; a comment where that takes code away or changes a resource's own block."""

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        """The evidence after it."""


Changes = tuple[Change, ...]


def applied(evidence: NetworkEvidence, changes: Changes) -> NetworkEvidence:
    """The evidence after all of these, in order."""
    for change in changes:
        evidence = change.apply(evidence)
    return evidence


def changed(table: Any, name: str, change: Callable[[Any], Any]) -> Any:
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
        if rule.prefix_list_ids:
            permission["PrefixListIds"] = [{"PrefixListId": name} for name in rule.prefix_list_ids]
        if rule.groups:
            permission["UserIdGroupPairs"] = [{"GroupId": reference.group_id} for reference in rule.groups]
        way = "egress" if self.egress else "ingress"
        permissions = quote(json.dumps([permission], separators=(",", ":")))
        return f"aws ec2 authorize-security-group-{way} --group-id {quote(self.touches)} --ip-permissions {permissions}"

    @property
    def terraform(self) -> str:
        """A resource for each address range or group: the provider takes one in each."""
        rule = self.rule
        way, link = ("egress", "to") if self.egress else ("ingress", "from")
        peers = [("cidr_ipv4", cidr) for cidr in rule.cidrs]
        peers += [("cidr_ipv6", cidr) for cidr in rule.ipv6_cidrs]
        peers += [("prefix_list_id", name) for name in rule.prefix_list_ids]
        peers += [("referenced_security_group_id", reference.group_id) for reference in rule.groups]

        def block(key: str, peer: str) -> str:
            return resource(
                f"aws_vpc_security_group_{way}_rule",
                f"{self.touches}_{link}_{peer}_{rule.from_port}",
                security_group_id=self.touches,
                ip_protocol=rule.protocol,
                from_port=rule.from_port,
                to_port=rule.to_port,
                **{key: peer},
            )

        return documents(tuple(block(*peer) for peer in peers))

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        side = "egress" if self.egress else "ingress"

        def allow(row: Any) -> Any:
            return replace(row, **{side: (*getattr(row, side), self.rule)})

        return replace(evidence, groups=changed(evidence.groups, self.touches, allow))


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
            f" {'--cidr-block' if entry.cidr else '--ipv6-cidr-block'} {quote(entry.cidr or entry.ipv6_cidr or '')}"
            f" --rule-action {'allow' if entry.allow else 'deny'}"
        )

    @property
    def terraform(self) -> str:
        entry = self.entry
        return resource(
            "aws_network_acl_rule",
            f"{self.touches}_{_way(entry)}_{entry.number}",
            network_acl_id=self.touches,
            egress=entry.egress,
            rule_number=entry.number,
            protocol=entry.protocol,
            rule_action="allow" if entry.allow else "deny",
            cidr_block=entry.cidr,
            ipv6_cidr_block=entry.ipv6_cidr,
            from_port=entry.from_port,
            to_port=entry.to_port,
        )

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        def add(row: Any) -> Any:
            return replace(row, entries=(*row.entries, self.entry))

        return replace(evidence, acls=changed(evidence.acls, self.touches, add))


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

    @property
    def terraform(self) -> str:
        return comment(f"{self.touches}: take {_way(self.entry)} rule {self.entry.number} out")

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        def drop(row: Any) -> Any:
            return replace(row, entries=tuple(entry for entry in row.entries if entry != self.entry))

        return replace(evidence, acls=changed(evidence.acls, self.touches, drop))


def _side(entry: AclEntry) -> str:
    return f"--{_way(entry)}"


def _way(entry: AclEntry) -> str:
    return "egress" if entry.egress else "ingress"


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
        return f"aws ec2 {verb}-route --route-table-id {quote(self.touches)} {kind} {quote(self.destination)}{to}"

    @property
    def terraform(self) -> str:
        if self.target is None:
            return comment(f"{self.touches}: take the route for {self.destination} out")
        kind = "destination_prefix_list_id" if self.destination.startswith("pl-") else "destination_cidr_block"
        target = _target_option(self.target)[2:].replace("-", "_")
        instead = comment(f"in place of {self.touches}'s present route for {self.destination}") + "\n"
        return (instead if self.replaces else "") + resource(
            "aws_route",
            f"{self.touches}_to_{self.destination}",
            route_table_id=self.touches,
            **{kind: self.destination, target: self.target},
        )

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        def put(row: Any) -> Any:
            others = tuple(route for route in row.routes if route.destination != self.destination)
            new = (Route(self.destination, self.target),) if self.target else ()
            return replace(row, routes=others + new)

        return replace(evidence, route_tables=changed(evidence.route_tables, self.touches, put))


def _target_option(target: str) -> str:
    options = {
        "nat-": "--nat-gateway-id",
        "pcx-": "--vpc-peering-connection-id",
        "tgw-": "--transit-gateway-id",
        "vpce-": "--vpc-endpoint-id",
        "eni-": "--network-interface-id",
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

    @property
    def terraform(self) -> str:
        kind = "aws_internet_gateway_attachment"
        return resource(kind, self.touches, internet_gateway_id=self.touches, vpc_id=self.vpc_id)

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        table = evidence.internet_gateways
        others = [row for row in table.rows if row.id != self.touches] if isinstance(table, InternetGateways) else []
        attached = InternetGateways((*others, InternetGateway(self.touches, (self.vpc_id,))))
        return replace(evidence, internet_gateways=attached)


@dataclass(frozen=True)
class AcceptPeering:
    """Accepts a VPC peering that waits for it."""

    touches: str

    @property
    def command(self) -> str:
        return f"aws ec2 accept-vpc-peering-connection --vpc-peering-connection-id {quote(self.touches)}"

    @property
    def terraform(self) -> str:
        kind = "aws_vpc_peering_connection_accepter"
        return resource(kind, self.touches, vpc_peering_connection_id=self.touches, auto_accept=True)

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        def accept(row: Any) -> Any:
            return replace(row, status="active")

        return replace(evidence, peerings=changed(evidence.peerings, self.touches, accept))

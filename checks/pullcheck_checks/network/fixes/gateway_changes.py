"""Changes to VPNs, appliances and firewalls: each as an AWS CLI command, as Terraform, and what it does to evidence."""

import json
from dataclasses import dataclass, replace
from shlex import quote
from typing import Any

from pullcheck.evidence.gateways import Appliances, Exclusion, FirewallPolicy, Inspections, PublicAccess, RuleGroup
from pullcheck.evidence.network import NetworkEvidence
from pullcheck.evidence.network_rows import Route, RouteTable
from pullcheck.terraform import comment, resource
from pullcheck_checks.network.fixes.changes import changed


@dataclass(frozen=True)
class PropagateRoutes:
    """Has a route table take over the routes of a virtual private gateway; ``cidrs`` are those that it is known for."""

    touches: str
    gateway_id: str
    cidrs: tuple[str, ...]

    @property
    def command(self) -> str:
        return (
            f"aws ec2 enable-vgw-route-propagation --route-table-id {quote(self.touches)}"
            f" --gateway-id {quote(self.gateway_id)}"
        )

    @property
    def terraform(self) -> str:
        kind, name = "aws_vpn_gateway_route_propagation", f"{self.touches}_{self.gateway_id}"
        return resource(kind, name, route_table_id=self.touches, vpn_gateway_id=self.gateway_id)

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        def take_over(row: RouteTable) -> RouteTable:
            new = tuple(Route(cidr, self.gateway_id, propagated=True) for cidr in self.cidrs)
            return replace(row, routes=row.routes + new, propagating=(*row.propagating, self.gateway_id))

        return replace(evidence, route_tables=changed(evidence.route_tables, self.touches, take_over))


@dataclass(frozen=True)
class LetForward:
    """Turns the source/destination check of an interface off."""

    touches: str

    @property
    def command(self) -> str:
        return (
            f"aws ec2 modify-network-interface-attribute --network-interface-id {quote(self.touches)}"
            " --no-source-dest-check"
        )

    @property
    def terraform(self) -> str:
        return comment(f"{self.touches}: source_dest_check = false")

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        return _appliances(evidence, "id", self.touches, source_dest_check=False)


@dataclass(frozen=True)
class StartInstance:
    """Starts a stopped instance."""

    touches: str

    @property
    def command(self) -> str:
        return f"aws ec2 start-instances --instance-ids {quote(self.touches)}"

    @property
    def terraform(self) -> str:
        return resource("aws_ec2_instance_state", self.touches, instance_id=self.touches, state="running")

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        return _appliances(evidence, "instance_id", self.touches, instance_state="running")


def _appliances(evidence: NetworkEvidence, key: str, name: str, **fields: Any) -> NetworkEvidence:
    table = evidence.gateways.appliances
    rows = table.rows if isinstance(table, Appliances) else ()
    after = Appliances(tuple(replace(row, **fields) if getattr(row, key) == name else row for row in rows))
    return replace(evidence, gateways=replace(evidence.gateways, appliances=after))


@dataclass(frozen=True)
class AllowDomain:
    """Puts a host into a domain list of AWS Network Firewall. AWS takes the whole group, and the token it gave last."""

    touches: str
    group: RuleGroup
    host: str

    @property
    def command(self) -> str:
        document = json.loads(self.group.document)
        domains = document["RulesSource"]["RulesSourceList"]
        domains["Targets"] = [*domains["Targets"], self.host]
        return (
            f"aws network-firewall update-rule-group --rule-group-arn {quote(self.touches)}"
            f" --update-token {quote(self.group.token)}"
            f" --rule-group {quote(json.dumps(document, separators=(',', ':')))}"
        )

    @property
    def terraform(self) -> str:
        return comment(f"{self.touches}: add {self.host} to targets")

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        def allow(policy: FirewallPolicy) -> FirewallPolicy:
            return replace(policy, groups=tuple(self._allowed(group) for group in policy.groups))

        table = evidence.gateways.inspections
        rows = table.rows if isinstance(table, Inspections) else ()
        after = tuple(
            replace(row, policy=allow(row.policy)) if isinstance(row.policy, FirewallPolicy) else row for row in rows
        )
        return replace(evidence, gateways=replace(evidence.gateways, inspections=Inspections(after)))

    def _allowed(self, group: RuleGroup) -> RuleGroup:
        return replace(group, domains=(*group.domains, self.host)) if group.id == self.touches else group


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

    @property
    def terraform(self) -> str:
        kind = "aws_vpc_block_public_access_exclusion"
        return resource(kind, self.touches, subnet_id=self.touches, internet_gateway_exclusion_mode="allow-egress")

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        def let_out(row: Any) -> Any:
            return replace(row, public_access_block="block-ingress")

        access = evidence.gateways.public_access
        if isinstance(access, PublicAccess):
            access = replace(access, exclusions=(*access.exclusions, Exclusion("", self.touches, "allow-egress")))
        gateways = replace(evidence.gateways, public_access=access)
        return replace(evidence, subnets=changed(evidence.subnets, self.touches, let_out), gateways=gateways)

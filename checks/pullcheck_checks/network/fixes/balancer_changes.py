"""Changes to load balancers and endpoints: as an AWS CLI command, as Terraform, and as what they do to the evidence."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from shlex import quote
from typing import Any

from pullcheck.evidence.balancer_rows import Listener, LoadBalancer, TargetGroup
from pullcheck.evidence.network import LoadBalancers, NetworkEvidence
from pullcheck.evidence.private_link_rows import PrivateLink
from pullcheck.terraform import comment, resource
from pullcheck_checks.network.fixes.changes import changed

CROSS_ZONE = "Key=load_balancing.cross_zone.enabled,Value=true"


def _balancers(evidence: NetworkEvidence, change: Callable[[LoadBalancer], LoadBalancer]) -> NetworkEvidence:
    table = evidence.load_balancers
    rows = tuple(map(change, table.rows)) if isinstance(table, LoadBalancers) else ()
    return replace(evidence, load_balancers=LoadBalancers(rows))


def _balancer(evidence: NetworkEvidence, arn: str, **fields: Any) -> NetworkEvidence:
    table = changed(evidence.load_balancers, arn, lambda row: replace(row, **fields))
    return replace(evidence, load_balancers=table)


def _link(evidence: NetworkEvidence, name: str, change: Callable[[PrivateLink], PrivateLink]) -> NetworkEvidence:
    return replace(evidence, private_links=changed(evidence.private_links, name, change))


@dataclass(frozen=True)
class ListenToo:
    """Has a load balancer listen on one more port, and do there what another listener does."""

    touches: str
    port: int
    like: Listener

    @property
    def command(self) -> str:
        secure = "".join(f" --certificates CertificateArn={quote(arn)}" for arn in self.like.certificates[:1])
        secure += f" --ssl-policy {quote(self.like.policy)}" if self.like.policy else ""
        return (
            f"aws elbv2 create-listener --load-balancer-arn {quote(self.touches)} --protocol {self.like.protocol}"
            f" --port {self.port}{secure}"
            f" --default-actions Type=forward,TargetGroupArn={quote(self.like.action.group_ids[0])}"
        )

    @property
    def terraform(self) -> str:
        return comment(f"{self.touches}: an aws_lb_listener on port {self.port} like that on {self.like.port}")

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        new = replace(self.like, id=f"{self.like.id}/{self.port}", port=self.port)

        def listen(row: LoadBalancer) -> LoadBalancer:
            known = row.listeners if isinstance(row.listeners, tuple) else ()
            return replace(row, listeners=(*known, new)) if row.id == self.touches else row

        return _balancers(evidence, listen)


@dataclass(frozen=True)
class CrossZones:
    """Has every node of a load balancer use the targets of all zones."""

    touches: str

    @property
    def command(self) -> str:
        return (
            f"aws elbv2 modify-load-balancer-attributes --load-balancer-arn {quote(self.touches)}"
            f" --attributes {CROSS_ZONE}"
        )

    @property
    def terraform(self) -> str:
        return comment(f"{self.touches}: enable_cross_zone_load_balancing = true in its aws_lb")

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        return _balancer(evidence, self.touches, cross_zone=True)


@dataclass(frozen=True)
class CrossZonesOfGroup:
    """Has every node use the targets of all zones of a target group that has turned that off for itself."""

    touches: str

    @property
    def command(self) -> str:
        arn = quote(self.touches)
        return f"aws elbv2 modify-target-group-attributes --target-group-arn {arn} --attributes {CROSS_ZONE}"

    @property
    def terraform(self) -> str:
        return comment(f'{self.touches}: load_balancing_cross_zone_enabled = "true" in its aws_lb_target_group')

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        def cross(group: TargetGroup) -> TargetGroup:
            return replace(group, cross_zone=True) if group.id == self.touches else group

        def of(row: LoadBalancer) -> LoadBalancer:
            groups = row.target_groups
            return replace(row, target_groups=tuple(map(cross, groups)) if isinstance(groups, tuple) else groups)

        return _balancers(evidence, of)


@dataclass(frozen=True)
class TrustPrivateLink:
    """Has a load balancer's groups ask nothing of what comes by PrivateLink; it keeps its groups."""

    touches: str
    group_ids: tuple[str, ...]

    @property
    def command(self) -> str:
        return (
            f"aws elbv2 set-security-groups --load-balancer-arn {quote(self.touches)}"
            f" --security-groups {' '.join(map(quote, self.group_ids))}"
            " --enforce-security-group-inbound-rules-on-private-link-traffic off"
        )

    @property
    def terraform(self) -> str:
        field = "enforce_security_group_inbound_rules_on_private_link_traffic"
        return comment(f'{self.touches}: {field} = "off" in its aws_lb')

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        return _balancer(evidence, self.touches, filters_private_link=False)


@dataclass(frozen=True)
class AcceptLink:
    """Accepts an interface endpoint at the service that it asks."""

    touches: str
    service_id: str

    @property
    def command(self) -> str:
        return (
            f"aws ec2 accept-vpc-endpoint-connections --service-id {quote(self.service_id)}"
            f" --vpc-endpoint-ids {quote(self.touches)}"
        )

    @property
    def terraform(self) -> str:
        kind = "aws_vpc_endpoint_connection_accepter"
        return resource(kind, self.touches, vpc_endpoint_service_id=self.service_id, vpc_endpoint_id=self.touches)

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        return _link(evidence, self.touches, lambda row: replace(row, state="available"))


@dataclass(frozen=True)
class AnswerTheName:
    """Turns an endpoint's private DNS on."""

    touches: str

    @property
    def command(self) -> str:
        return f"aws ec2 modify-vpc-endpoint --vpc-endpoint-id {quote(self.touches)} --private-dns-enabled"

    @property
    def terraform(self) -> str:
        return comment(f"{self.touches}: private_dns_enabled = true in its aws_vpc_endpoint")

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        return _link(evidence, self.touches, lambda row: replace(row, private_dns=True))


@dataclass(frozen=True)
class AddLinkSubnet:
    """Gives an endpoint a network interface in one more subnet."""

    touches: str
    subnet_id: str

    @property
    def command(self) -> str:
        return (
            f"aws ec2 modify-vpc-endpoint --vpc-endpoint-id {quote(self.touches)}"
            f" --add-subnet-ids {quote(self.subnet_id)}"
        )

    @property
    def terraform(self) -> str:
        kind = "aws_vpc_endpoint_subnet_association"
        name = f"{self.touches}_{self.subnet_id}"
        return resource(kind, name, vpc_endpoint_id=self.touches, subnet_id=self.subnet_id)

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        added = self.subnet_id
        return _link(evidence, self.touches, lambda row: replace(row, subnet_ids=(*row.subnet_ids, added)))

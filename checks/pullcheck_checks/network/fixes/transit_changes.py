"""Changes to transit gateways: each as an AWS CLI command, as Terraform, and as what it does to the evidence."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from shlex import quote

from pullcheck.evidence.network import NetworkEvidence, TransitGateways
from pullcheck.evidence.network_rows import Route, TransitAttachment, TransitGateway, TransitTable
from pullcheck.terraform import comment, resource


def _attachment(
    evidence: NetworkEvidence, name: str, change: Callable[[TransitAttachment], TransitAttachment]
) -> NetworkEvidence:
    def of(row: TransitGateway) -> TransitGateway:
        return replace(row, attachments=tuple(change(one) if one.id == name else one for one in row.attachments))

    return _gateways(evidence, of)


def _table(evidence: NetworkEvidence, name: str, change: Callable[[TransitTable], TransitTable]) -> NetworkEvidence:
    def of(row: TransitGateway) -> TransitGateway:
        if not isinstance(row.tables, tuple):
            return row
        return replace(row, tables=tuple(change(one) if one.id == name else one for one in row.tables))

    return _gateways(evidence, of)


def _gateways(evidence: NetworkEvidence, change: Callable[[TransitGateway], TransitGateway]) -> NetworkEvidence:
    table = evidence.transit_gateways
    rows = tuple(map(change, table.rows)) if isinstance(table, TransitGateways) else ()
    return replace(evidence, transit_gateways=TransitGateways(rows))


def _pair(kind: str, table_id: str, attachment_id: str) -> str:
    return resource(
        kind,
        f"{table_id}_{attachment_id}",
        transit_gateway_attachment_id=attachment_id,
        transit_gateway_route_table_id=table_id,
    )


@dataclass(frozen=True)
class AcceptAttachment:
    """Accepts a VPC attachment that waits for it."""

    touches: str

    @property
    def command(self) -> str:
        return f"aws ec2 accept-transit-gateway-vpc-attachment --transit-gateway-attachment-id {quote(self.touches)}"

    @property
    def terraform(self) -> str:
        kind = "aws_ec2_transit_gateway_vpc_attachment_accepter"
        return resource(kind, self.touches, transit_gateway_attachment_id=self.touches)

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        return _attachment(evidence, self.touches, lambda one: replace(one, state="available"))


@dataclass(frozen=True)
class AddAttachmentSubnet:
    """Gives a VPC attachment a subnet in one more zone."""

    touches: str
    subnet_id: str

    @property
    def command(self) -> str:
        return (
            f"aws ec2 modify-transit-gateway-vpc-attachment --transit-gateway-attachment-id {quote(self.touches)}"
            f" --add-subnet-ids {quote(self.subnet_id)}"
        )

    @property
    def terraform(self) -> str:
        return comment(f'{self.touches} (aws_ec2_transit_gateway_vpc_attachment): add "{self.subnet_id}" to subnet_ids')

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        added = self.subnet_id
        return _attachment(evidence, self.touches, lambda one: replace(one, subnet_ids=(*one.subnet_ids, added)))


@dataclass(frozen=True)
class AssociateAttachment:
    """Has a route table decide about what comes by an attachment."""

    touches: str
    attachment_id: str

    @property
    def command(self) -> str:
        return (
            f"aws ec2 associate-transit-gateway-route-table --transit-gateway-route-table-id {quote(self.touches)}"
            f" --transit-gateway-attachment-id {quote(self.attachment_id)}"
        )

    @property
    def terraform(self) -> str:
        return _pair("aws_ec2_transit_gateway_route_table_association", self.touches, self.attachment_id)

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        own = self.attachment_id
        return _table(evidence, self.touches, lambda one: replace(one, attachment_ids=(*one.attachment_ids, own)))


@dataclass(frozen=True)
class Propagate:
    """Puts the ranges of an attachment's VPC into a route table; ``cidrs`` are these ranges."""

    touches: str
    attachment_id: str
    cidrs: tuple[str, ...]

    @property
    def command(self) -> str:
        return (
            "aws ec2 enable-transit-gateway-route-table-propagation"
            f" --transit-gateway-route-table-id {quote(self.touches)}"
            f" --transit-gateway-attachment-id {quote(self.attachment_id)}"
        )

    @property
    def terraform(self) -> str:
        return _pair("aws_ec2_transit_gateway_route_table_propagation", self.touches, self.attachment_id)

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        new = tuple(Route(cidr, self.attachment_id, propagated=True) for cidr in self.cidrs)
        return _table(evidence, self.touches, lambda one: replace(one, routes=one.routes + new))


@dataclass(frozen=True)
class SetTransitRoute:
    """Creates or replaces a static route of a route table."""

    touches: str
    destination: str
    attachment_id: str
    replaces: bool

    @property
    def command(self) -> str:
        return (
            f"aws ec2 {'replace' if self.replaces else 'create'}-transit-gateway-route"
            f" --transit-gateway-route-table-id {quote(self.touches)}"
            f" --destination-cidr-block {quote(self.destination)}"
            f" --transit-gateway-attachment-id {quote(self.attachment_id)}"
        )

    @property
    def terraform(self) -> str:
        instead = comment(f"in place of {self.touches}'s present route for {self.destination}") + "\n"
        return (instead if self.replaces else "") + resource(
            "aws_ec2_transit_gateway_route",
            f"{self.touches}_to_{self.destination}",
            destination_cidr_block=self.destination,
            transit_gateway_attachment_id=self.attachment_id,
            transit_gateway_route_table_id=self.touches,
        )

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        def put(one: TransitTable) -> TransitTable:
            others = tuple(route for route in one.routes if route.propagated or route.destination != self.destination)
            return replace(one, routes=(*others, Route(self.destination, self.attachment_id)))

        return _table(evidence, self.touches, put)

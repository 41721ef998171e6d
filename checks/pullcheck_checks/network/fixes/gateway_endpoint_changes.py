"""Changes to gateway endpoints: each as an AWS CLI command, as Terraform, and as what it does to the evidence."""

from dataclasses import dataclass, replace
from shlex import quote

from pullcheck.evidence.gateway_endpoint import GatewayEndpoint, GatewayEndpoints
from pullcheck.evidence.network import NetworkEvidence
from pullcheck.evidence.network_rows import Route, RouteTable
from pullcheck.terraform import resource
from pullcheck_checks.network.fixes.changes import changed


def _routed(evidence: NetworkEvidence, table_id: str, prefix_list: str, endpoint_id: str) -> NetworkEvidence:
    """An endpoint's route stands in a table as soon as the endpoint is associated with it."""

    def put(row: RouteTable) -> RouteTable:
        others = tuple(route for route in row.routes if route.destination != prefix_list)
        return replace(row, routes=(*others, Route(prefix_list, endpoint_id)))

    return replace(evidence, route_tables=changed(evidence.route_tables, table_id, put))


@dataclass(frozen=True)
class AddTable:
    """Associates a route table with a gateway endpoint."""

    touches: str
    endpoint_id: str
    prefix_list: str

    @property
    def command(self) -> str:
        return (
            f"aws ec2 modify-vpc-endpoint --vpc-endpoint-id {quote(self.endpoint_id)}"
            f" --add-route-table-ids {quote(self.touches)}"
        )

    @property
    def terraform(self) -> str:
        return resource(
            "aws_vpc_endpoint_route_table_association",
            f"{self.endpoint_id}_{self.touches}",
            route_table_id=self.touches,
            vpc_endpoint_id=self.endpoint_id,
        )

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        return _routed(evidence, self.touches, self.prefix_list, self.endpoint_id)


@dataclass(frozen=True)
class MakeGatewayEndpoint:
    """Makes a gateway endpoint, with the policy that AWS gives it, and associates a route table with it."""

    touches: str
    vpc_id: str
    service_name: str
    prefix_list: str

    @property
    def command(self) -> str:
        return (
            f"aws ec2 create-vpc-endpoint --vpc-endpoint-type Gateway --vpc-id {quote(self.vpc_id)}"
            f" --service-name {quote(self.service_name)} --route-table-ids {quote(self.touches)}"
        )

    @property
    def terraform(self) -> str:
        return resource(
            "aws_vpc_endpoint",
            f"{self.service_name}_{self.touches}",
            vpc_id=self.vpc_id,
            service_name=self.service_name,
            vpc_endpoint_type="Gateway",
            route_table_ids=(self.touches,),
        )

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        made = GatewayEndpoint("vpce-new", self.vpc_id, self.service_name, "available", (self.touches,))
        table = evidence.gateway_endpoints
        rows = (*(table.rows if isinstance(table, GatewayEndpoints) else ()), made)
        return replace(
            _routed(evidence, self.touches, self.prefix_list, made.id), gateway_endpoints=GatewayEndpoints(rows)
        )


@dataclass(frozen=True)
class SetEndpointPolicy:
    """Gives an endpoint a policy in place of its own."""

    touches: str
    policy: str

    @property
    def command(self) -> str:
        return (
            f"aws ec2 modify-vpc-endpoint --vpc-endpoint-id {quote(self.touches)}"
            f" --policy-document {quote(self.policy)}"
        )

    @property
    def terraform(self) -> str:
        return resource("aws_vpc_endpoint_policy", self.touches, vpc_endpoint_id=self.touches, policy=self.policy)

    def apply(self, evidence: NetworkEvidence) -> NetworkEvidence:
        table = changed(evidence.gateway_endpoints, self.touches, lambda row: replace(row, policy=self.policy))
        return replace(evidence, gateway_endpoints=table)

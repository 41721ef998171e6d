"""Network evidence made ready for many questions: found by id, rules turned into intervals, answers remembered."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from pullcheck import Unavailable
from pullcheck.evidence.balancer_rows import LoadBalancer
from pullcheck.evidence.gateway_endpoint import GatewayEndpoint
from pullcheck.evidence.gateways import Appliance, Inspection, VirtualGateway
from pullcheck.evidence.network import NetworkEvidence
from pullcheck.evidence.network_rows import (
    Interface,
    InternetGateway,
    NatGateway,
    NetworkAcl,
    Peering,
    RouteTable,
    SecurityGroup,
    Subnet,
    TransitGateway,
)
from pullcheck.evidence.private_link_rows import PrivateLink
from pullcheck_checks.network.paths.spans import Spans, merged, number_of, span_of

Found = TypeVar("Found")
Key = TypeVar("Key")


def _first(pairs: Iterable[tuple[Key, Found]]) -> dict[Key, Found]:
    """Of several under one key the first."""
    found: dict[Key, Found] = {}
    for key, value in pairs:
        found.setdefault(key, value)
    return found


class Index:
    """Look-ups over evidence: what cannot be known is an `Unavailable` that says why, what is not there None."""

    def __init__(self, evidence: NetworkEvidence, before: "Index | None" = None, touched: Iterable[str] = ()) -> None:
        self.evidence = evidence
        self._known: dict[tuple[Any, ...], Any] = {}
        self._made: dict[str, tuple[object, Any]] = {}
        self._before = before
        self._touched = frozenset(touched)

    def once(self, key: tuple[Any, ...], make: Callable[[], Found]) -> Found:
        """The value for this key, made when first asked for; ``key[1]`` names the row or rows that it is made from."""
        if key not in self._known:
            self._known[key] = self._before.once(key, make) if self._before and self._is_untouched(key) else make()
        found: Found = self._known[key]
        return found

    def before(self, key: tuple[Any, ...]) -> object:
        """What was known for this key before the last changes, or those before them; None where nothing was."""
        index = self._before
        while index is not None and key not in index._known:
            index = index._before
        return index._known[key] if index else None

    def _is_untouched(self, key: tuple[Any, ...]) -> bool:
        return len(key) > 2 and key[1] not in self._touched and self._touched.isdisjoint(key[1])

    def after(self, evidence: NetworkEvidence, touched: Iterable[str]) -> "Index":
        """The index of evidence that differs in these rows alone; what does not depend on them is not asked again."""
        return Index(evidence, self, touched)

    @property
    def first(self) -> "Index":
        """The index of what was read, before any change."""
        return self._before.first if self._before else self

    def _of(self, table: object, key: str, make: Callable[[], Found]) -> Found:
        """What is made of a whole table, made anew only where a change has put another one in its place."""
        index: Index | None = self
        while index is not None:
            if key in index._made and index._made[key][0] is table:
                found: Found = index._made[key][1]
                return found
            index = index._before
        self._made[key] = (table, make())
        return self._of(table, key, make)

    def _rows(self, table: Any, key: str) -> dict[str, Any] | Unavailable:
        if isinstance(table, Unavailable):
            return table
        return self._of(table, key, lambda: {row.id: row for row in table.rows})

    def _row(self, table: Any, key: str, name: str) -> Any:
        rows = self._rows(table, key)
        return rows if isinstance(rows, Unavailable) else rows.get(name)

    def subnet(self, name: str) -> Subnet | Unavailable | None:
        """A subnet by its id."""
        found: Subnet | Unavailable | None = self._row(self.evidence.subnets, "subnets", name)
        return found

    def group(self, name: str) -> SecurityGroup | Unavailable:
        """A security group; one that is not among those read cannot be known."""
        found: SecurityGroup | Unavailable | None = self._row(self.evidence.groups, "groups", name)
        return found or Unavailable(f"the rules of {name} were not read")

    def nat_gateway(self, name: str) -> NatGateway | Unavailable | None:
        """A NAT gateway by its id."""
        found: NatGateway | Unavailable | None = self._row(self.evidence.nat_gateways, "nat", name)
        return found

    def internet_gateway(self, name: str) -> InternetGateway | Unavailable | None:
        """An internet gateway by its id."""
        found: InternetGateway | Unavailable | None = self._row(self.evidence.internet_gateways, "igw", name)
        return found

    def peering(self, name: str) -> Peering | Unavailable | None:
        """A VPC peering connection by its id."""
        found: Peering | Unavailable | None = self._row(self.evidence.peerings, "peerings", name)
        return found

    def transit_gateway(self, name: str) -> TransitGateway | Unavailable | None:
        """A transit gateway by its id."""
        found: TransitGateway | Unavailable | None = self._row(self.evidence.transit_gateways, "tgw", name)
        return found

    def balancer(self, part: str) -> LoadBalancer | Unavailable | None:
        """A load balancer by what its interfaces are described by, e.g. "net/registry/50dc6c495c0c9188"."""
        table = self.evidence.load_balancers
        if isinstance(table, Unavailable):
            return table
        return next((row for row in table.rows if part in (row.part, row.id)), None)

    def private_link(self, name: str) -> PrivateLink | Unavailable | None:
        """An interface endpoint for a service of others by its id."""
        found: PrivateLink | Unavailable | None = self._row(self.evidence.private_links, "links", name)
        return found

    def gateway_endpoint(self, name: str) -> GatewayEndpoint | Unavailable | None:
        """A gateway endpoint by its id."""
        table = self.evidence.gateway_endpoints
        found: GatewayEndpoint | Unavailable | None = self._row(table, "gateway endpoints", name)
        return found

    def virtual_gateway(self, name: str) -> VirtualGateway | Unavailable | None:
        """A virtual private gateway by its id."""
        found: VirtualGateway | Unavailable | None = self._row(self.evidence.gateways.virtual, "vgw", name)
        return found

    def appliance(self, name: str) -> Appliance | Unavailable | None:
        """An interface that routes lead to, by its id or that of its instance."""
        table = self.evidence.gateways.appliances
        if isinstance(table, Unavailable):
            return table
        return next((row for row in table.rows if name in (row.id, row.instance_id)), None)

    def inspection(self, name: str) -> Inspection | Unavailable | None:
        """An endpoint that routes lead to, by its id."""
        found: Inspection | Unavailable | None = self._row(self.evidence.gateways.inspections, "vpce", name)
        return found

    def has_read(self, vpc_id: str) -> bool:
        """Whether the VPC's subnets are among those read: what is not there does then not exist."""
        table = self.evidence.subnets
        return not isinstance(table, Unavailable) and any(row.vpc_id == vpc_id for row in table.rows)

    def entries(self, name: str) -> Spans | Unavailable:
        """The IPv4 addresses of a prefix list."""
        found = self._row(self.evidence.prefix_lists, "lists", name)
        if isinstance(found, Unavailable):
            return found
        if found is None:
            return Unavailable(f"the entries of {name} were not read", "allow ec2:GetManagedPrefixListEntries")
        return self.once((name,), lambda: merged(span for cidr in found.cidrs if (span := span_of(cidr))))

    def subnet_at(self, vpc_id: str, address: str) -> Subnet | Unavailable | None:
        """The subnet of the VPC in whose range the address lies."""
        table = self.evidence.subnets
        if isinstance(table, Unavailable):
            return table
        number = number_of(address)
        for subnet in table.rows:
            span = span_of(subnet.cidr) if subnet.vpc_id == vpc_id else None
            if span and number is not None and span[0] <= number <= span[1]:
                return subnet
        return None

    def interface_at(self, vpc_id: str, address: str) -> Interface | Unavailable | None:
        """The interface in the VPC that has the private address."""
        table = self.evidence.interfaces
        if isinstance(table, Unavailable):
            return table
        pairs = lambda: _first(((one.vpc_id, name), one) for one in table.rows for name in one.addresses)  # noqa: E731
        return self._of(table, "addresses", pairs).get((vpc_id, address))

    def interface_behind(self, address: str) -> Interface | Unavailable | None:
        """The interface, in whatever VPC, to which the public address is translated."""
        return self._interface(lambda one: address in one.public_addresses)

    def interface_of(self, vpc_id: str, name: str) -> Interface | Unavailable | None:
        """The first interface of an instance, or that which has the private address: in the VPC, or else anywhere."""
        found = self._interface(lambda one: one.vpc_id == vpc_id and name in (one.part_of, *one.addresses))
        return found or self._interface(lambda one: name in (one.part_of, *one.addresses))

    def nodes(self, part: str) -> tuple[Interface, ...]:
        """The interfaces of a load balancer, as far as they were read."""
        table = self.evidence.interfaces
        return () if isinstance(table, Unavailable) else tuple(one for one in table.rows if one.part_of == part)

    def _interface(self, fits: Callable[[Interface], bool]) -> Interface | Unavailable | None:
        table = self.evidence.interfaces
        if isinstance(table, Unavailable):
            return table
        return next((one for one in table.rows if fits(one)), None)

    def route_table(self, subnet: Subnet) -> RouteTable | Unavailable:
        """The table that routes what leaves the subnet: its own, else the VPC's main one (R28)."""
        tables = self.evidence.route_tables
        if isinstance(tables, Unavailable):
            return tables
        rows = tables.rows
        own = self._of(tables, "own tables", lambda: _first((name, one) for one in rows for name in one.subnet_ids))
        main = self._of(tables, "main tables", lambda: _first((one.vpc_id, one) for one in rows if one.main))
        found = own.get(subnet.id) or main.get(subnet.vpc_id)
        return found or Unavailable(f"the route table of {subnet.id} is not among those read")

    def table(self, name: str) -> RouteTable | None:
        """A route table by its id."""
        tables = self.evidence.route_tables
        rows = () if isinstance(tables, Unavailable) else tables.rows
        return next((table for table in rows if table.id == name), None)

    def edge_tables(self, vpc_id: str) -> tuple[RouteTable, ...] | Unavailable:
        """The tables that route what comes in through the VPC's gateways."""
        tables = self.evidence.route_tables
        if isinstance(tables, Unavailable):
            return tables
        return tuple(table for table in tables.rows if table.vpc_id == vpc_id and table.gateway_ids)

    def acl(self, subnet: Subnet) -> NetworkAcl | Unavailable:
        """The ACL before the subnet: the one associated with it, else the VPC's default one (R18)."""
        acls = self.evidence.acls
        if isinstance(acls, Unavailable):
            return acls
        own = self._of(acls, "own ACLs", lambda: _first((name, one) for one in acls.rows for name in one.subnet_ids))
        default = self._of(acls, "default ACLs", lambda: _first((one.vpc_id, one) for one in acls.rows if one.default))
        found = own.get(subnet.id) or default.get(subnet.vpc_id)
        return found or Unavailable(f"the network ACL of {subnet.id} is not among those read")

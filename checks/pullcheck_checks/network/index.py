"""Network evidence made ready for many questions: found by id, rules turned into intervals, answers remembered."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from pullcheck import Unavailable
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
from pullcheck_checks.network.spans import Spans, merged, number_of, span_of

Found = TypeVar("Found")


class Index:
    """Look-ups over evidence: what cannot be known is an `Unavailable` that says why, what is not there None."""

    def __init__(self, evidence: NetworkEvidence, before: "Index | None" = None, touched: Iterable[str] = ()) -> None:
        self.evidence = evidence
        self._known: dict[tuple[Any, ...], Any] = {}
        self._before = before
        self._touched = frozenset(touched)

    def once(self, key: tuple[Any, ...], make: Callable[[], Found]) -> Found:
        """The value for this key, made when first asked for; ``key[1]`` names the row or rows that it is made from."""
        if key not in self._known:
            self._known[key] = self._before.once(key, make) if self._before and self._is_untouched(key) else make()
        found: Found = self._known[key]
        return found

    def _is_untouched(self, key: tuple[Any, ...]) -> bool:
        return len(key) > 2 and key[1] not in self._touched and self._touched.isdisjoint(key[1])

    def after(self, evidence: NetworkEvidence, touched: Iterable[str]) -> "Index":
        """The index of evidence that differs in these rows alone; what does not depend on them is not asked again."""
        return Index(evidence, self, touched)

    def _rows(self, table: Any, key: str) -> dict[str, Any] | Unavailable:
        if isinstance(table, Unavailable):
            return table
        return self.once((key,), lambda: {row.id: row for row in table.rows})

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
            span = span_of(subnet.cidr)
            if subnet.vpc_id == vpc_id and span and number is not None and span[0] <= number <= span[1]:
                return subnet
        return None

    def interface_at(self, vpc_id: str, address: str) -> Interface | Unavailable | None:
        """The interface in the VPC that has the private address."""
        return self._interface(lambda one: one.vpc_id == vpc_id and address in one.addresses)

    def interface_behind(self, vpc_id: str, address: str) -> Interface | Unavailable | None:
        """The interface in the VPC to which the public address is translated."""
        return self._interface(lambda one: one.vpc_id == vpc_id and address in one.public_addresses)

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
        own = next((table for table in tables.rows if subnet.id in table.subnet_ids), None)
        main = next((table for table in tables.rows if table.main and table.vpc_id == subnet.vpc_id), None)
        return own or main or Unavailable(f"the route table of {subnet.id} is not among those read")

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
        own = next((acl for acl in acls.rows if subnet.id in acl.subnet_ids), None)
        default = next((acl for acl in acls.rows if acl.default and acl.vpc_id == subnet.vpc_id), None)
        return own or default or Unavailable(f"the network ACL of {subnet.id} is not among those read")

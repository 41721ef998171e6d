"""Route tables: where packets to a set of addresses go next (R28-R32)."""

from dataclasses import dataclass
from enum import StrEnum

from pullcheck import Unavailable
from pullcheck.evidence.gateways import Inspection
from pullcheck.evidence.network import RouteTables
from pullcheck.evidence.network_rows import Route, RouteTable, TransitTable
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.spans import Span, Spans, common, merged, size, span_of, without

LOCAL = "local"
INSPECTING = "GatewayLoadBalancer"
"""The type of the endpoints that hand packets to a firewall."""


class Target(StrEnum):
    """What a route leads to."""

    LOCAL = "local"
    NAT = "NAT gateway"
    INTERNET = "internet gateway"
    PEERING = "VPC peering"
    TRANSIT = "transit gateway"
    VPN = "virtual private gateway"
    INTERFACE = "network interface"
    ENDPOINT = "VPC endpoint"
    EGRESS_ONLY = "egress-only internet gateway"
    CARRIER = "carrier gateway"
    LOCAL_GATEWAY = "local gateway of an Outpost"
    CORE_NETWORK = "core network"
    LATTICE = "VPC Lattice service network"
    ODB_NETWORK = "Oracle Database network"
    OTHER = "gateway"


PREFIXES = {
    "local": Target.LOCAL,
    "nat-": Target.NAT,
    "igw-": Target.INTERNET,
    "pcx-": Target.PEERING,
    "tgw-": Target.TRANSIT,
    "vgw-": Target.VPN,
    "eni-": Target.INTERFACE,
    "i-": Target.INTERFACE,
    "vpce-": Target.ENDPOINT,
    "eigw-": Target.EGRESS_ONLY,
    "cagw-": Target.CARRIER,
    "lgw-": Target.LOCAL_GATEWAY,
    "VpcLattice": Target.LATTICE,
}
ARNS = {":core-network/": Target.CORE_NETWORK, ":odb-network/": Target.ODB_NETWORK}


def target_of(route: Route) -> Target:
    """The kind of thing that the route leads to."""
    by_arn = next((kind for part, kind in ARNS.items() if part in route.target), Target.OTHER)
    return next((kind for prefix, kind in PREFIXES.items() if route.target.startswith(prefix)), by_arn)


@dataclass(frozen=True)
class Branch:
    """The part of the addresses for which one route decides; None where the table has none."""

    addresses: Spans
    route: Route | None


@dataclass(frozen=True)
class _Candidate:
    """A route over one range. ``rank``: the static one wins a tie, then the prefix list's, then the propagated one."""

    length: int
    rank: int
    span: Span
    route: Route


def branches(
    index: Index, table: RouteTable | TransitTable, wanted: Spans
) -> tuple[tuple[Branch, ...], tuple[str, ...]]:
    """How the table divides the addresses, the largest part first, and what about it cannot be known."""
    key = ("branches", table.id, wanted)
    return index.once(key, lambda: _branches(index, table, wanted))


def _branches(
    index: Index, table: RouteTable | TransitTable, wanted: Spans
) -> tuple[tuple[Branch, ...], tuple[str, ...]]:
    candidates, doubts = _candidates(index, table, wanted)
    local = merged(one.span for one in candidates if one.route.target == LOCAL)
    left = wanted
    found: dict[Route | None, Spans] = {}
    for one in sorted(candidates, key=lambda one: (-one.length, one.rank)):
        reach: Spans = without((one.span,), local) if one.route.propagated else (one.span,)
        taken = common(left, reach)
        if taken:
            found[one.route] = merged(found.get(one.route, ()) + taken)
            left = without(left, taken)
            doubts += _ties(one, candidates)
    if left:
        found[None] = left
        doubts += [table.unread] if isinstance(table, TransitTable) and table.unread else []
    doubts += [table.cut] if isinstance(table, TransitTable) and table.cut else []
    parts = sorted((Branch(spans, route) for route, spans in found.items()), key=lambda part: -size(part.addresses))
    return tuple(parts), tuple(dict.fromkeys(doubts))


def _candidates(index: Index, table: RouteTable | TransitTable, wanted: Spans) -> tuple[list[_Candidate], list[str]]:
    found: list[_Candidate] = []
    doubts = []
    for route in table.routes:
        if not route.destination.startswith("pl-"):
            spans: Spans = (span,) if (span := span_of(route.destination)) else ()
            rank = 2 if route.propagated else 0
        elif is_gateway_endpoint(index, route):
            spans, rank = _service_ranges(index, route), 1
        else:
            entries = index.entries(route.destination)
            if isinstance(entries, Unavailable):
                doubts.append(f"{table.id} sends {route.destination} to {route.target}, and {entries.because}")
                continue
            spans, rank = entries, 1
        found += [_Candidate(_length(span), rank, span, route) for span in spans if common((span,), wanted)]
    return found, doubts


def is_gateway_endpoint(index: Index, route: Route) -> bool:
    """A prefix list of AWS's own leads to no other kind of endpoint; one of the customer's may lead to a firewall's."""
    if target_of(route) is not Target.ENDPOINT or not route.destination.startswith("pl-"):
        return False
    row = index.inspection(route.target)
    return not isinstance(row, Inspection) or row.kind != INSPECTING


def _service_ranges(index: Index, route: Route) -> Spans:
    """A gateway endpoint's list: public addresses of S3 or DynamoDB alone, so that it changes nothing if unread."""
    entries = index.entries(route.destination)
    return () if isinstance(entries, Unavailable) else entries


def _length(span: Span) -> int:
    return 32 - (span[1] - span[0]).bit_length()


def _ties(winner: _Candidate, candidates: list[_Candidate]) -> list[str]:
    """Between two prefix lists that name the same range AWS picks one, and does not say which (R29)."""
    if winner.rank != 1:
        return []
    return [
        f"{winner.route.destination} and {other.route.destination} both name the range, for different targets"
        for other in candidates
        if other.rank == 1 and other.span == winner.span and other.route.target != winner.route.target
    ]


def vpc_ranges(index: Index, vpc_id: str) -> tuple[str, ...]:
    """The VPC's IPv4 ranges; none where the tables were not read."""
    tables = index.evidence.route_tables
    return ranges_of(tables, vpc_id) if isinstance(tables, RouteTables) else ()


def ranges_of(tables: RouteTables, vpc_id: str) -> tuple[str, ...]:
    """The VPC's IPv4 ranges: each has a local route in every table of the VPC."""
    routes = [route for row in tables.rows if row.vpc_id == vpc_id for route in row.routes]
    return tuple(sorted({one.destination for one in routes if one.target == LOCAL and span_of(one.destination)}))

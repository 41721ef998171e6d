"""What is wrong in some of the model's subnets alone, or with the address itself."""

from dataclasses import replace

from network_world import HEALTHY, OPEN, PLACEMENT, REGISTRY, VPC, allow, registry_at

from pullcheck import Status
from pullcheck.evidence.network import NetworkAcls, NetworkEvidence, RouteTables
from pullcheck.evidence.network_rows import NetworkAcl, Route, RouteTable
from pullcheck_checks.network.reachability import registry_is_reachable


def causes(evidence: NetworkEvidence, address: str = "10.0.10.20") -> list[tuple[str, str]]:
    verdicts = registry_is_reachable(PLACEMENT, registry_at(address), evidence)
    return [(verdict.subject.partition(" ")[0], verdict.cause.id) for verdict in verdicts if verdict.cause]


def test_an_acl_that_only_one_subnet_has() -> None:
    rows = (
        NetworkAcl("acl-a", VPC, False, ("subnet-a",), OPEN),
        NetworkAcl("acl-b", VPC, False, ("subnet-b",), (allow(100, egress=False),)),
        *HEALTHY.acls.rows[1:],  # type: ignore[union-attr]
    )

    assert causes(replace(HEALTHY, acls=NetworkAcls(rows))) == [("subnet-b", "nacl.differs-per-az")]


def test_a_route_that_only_one_subnet_lacks() -> None:
    main, model, nat = HEALTHY.route_tables.rows  # type: ignore[union-attr]
    own = RouteTable("rtb-b", VPC, False, ("subnet-b",), (), main.routes)
    evidence = replace(HEALTHY, route_tables=RouteTables((main, replace(model, subnet_ids=("subnet-a",)), nat, own)))

    assert causes(evidence, "8.8.8.8") == [("subnet-b", "rt.differs-per-subnet")]


def test_an_address_in_dockers_own_range() -> None:
    route = Route("172.17.0.0/16", "tgw-1")
    rows = HEALTHY.route_tables.rows  # type: ignore[union-attr]
    tables = tuple(replace(row, routes=(*row.routes, route)) for row in rows)
    evidence = replace(HEALTHY, route_tables=RouteTables(tables))
    registry = replace(REGISTRY, addresses=registry_at("172.17.0.20").addresses)
    verdicts = list(registry_is_reachable(PLACEMENT, registry, evidence))

    assert [verdict.status for verdict in verdicts] == [Status.FAIL, Status.UNKNOWN] * 2
    assert verdicts[0].cause is not None
    assert verdicts[0].cause.id == "rt.docker-bridge-172-17"
    assert not verdicts[0].cause.certain

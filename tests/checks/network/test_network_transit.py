"""A registry behind a transit gateway (R11, R26, R36-R38), and what its findings say."""

from dataclasses import replace
from typing import Any

import pytest
from network_world import HEALTHY, LOCAL, OPEN, PLACEMENT, allow, changed, plus, registry_at, to_cidr, to_group

from pullcheck import Severity, Status, Unavailable, Verdict
from pullcheck.evidence.names import LambdaAddresses, NamedAddress, Provenance
from pullcheck.evidence.network import NetworkEvidence, TransitGateways
from pullcheck.evidence.network_rows import (
    Interface,
    NetworkAcl,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
    TransitAttachment,
    TransitGateway,
    TransitTable,
)
from pullcheck.evidence.placement import LambdaName
from pullcheck_checks.network.reachability import lambda_is_reachable, registry_is_reachable

ONE = replace(PLACEMENT, subnet_ids=("subnet-a",))
THERE = "10.60.1.20"
OWNER = "123456789012"
NEAR = TransitAttachment("tgw-attach-near", "vpc", "vpc-1", "available", ("subnet-door",))
FAR = TransitAttachment("tgw-attach-far", "vpc", "vpc-far", "available", ("subnet-far-door",))
TO_FAR = Route("10.60.0.0/16", FAR.id, propagated=True)
TO_NEAR = Route("10.0.0.0/16", NEAR.id, propagated=True)
SPOKES = TransitTable("tgw-rtb-spokes", (NEAR.id,), (TO_FAR,))
SHARED = TransitTable("tgw-rtb-shared", (FAR.id,), (TO_NEAR,))
GATEWAY = TransitGateway("tgw-1", OWNER, False, (NEAR, FAR), (SPOKES, SHARED))
FAR_LOCAL = Route("10.60.0.0/16", "local")
ACROSS, BACK = Route("10.60.0.0/16", "tgw-1"), Route("10.0.0.0/16", "tgw-1")


ROUTED: NetworkEvidence = replace(
    HEALTHY,
    subnets=plus(
        HEALTHY.subnets,
        Subnet("subnet-door", "vpc-1", "10.0.200.0/28", "use1-az1", OWNER),
        Subnet("subnet-far", "vpc-far", "10.60.1.0/24", "use1-az1", OWNER),
        Subnet("subnet-far-door", "vpc-far", "10.60.200.0/28", "use1-az1", OWNER),
    ),
    route_tables=plus(
        changed(HEALTHY.route_tables, "rtb-model", routes=(LOCAL, ACROSS)),
        RouteTable("rtb-far", "vpc-far", True, (), (), (FAR_LOCAL, BACK)),
    ),
    acls=plus(
        HEALTHY.acls,
        NetworkAcl("acl-door", "vpc-1", False, ("subnet-door",), OPEN),
        NetworkAcl("acl-far", "vpc-far", True, (), OPEN),
        NetworkAcl("acl-far-door", "vpc-far", False, ("subnet-far-door",), OPEN),
    ),
    groups=plus(HEALTHY.groups, SecurityGroup("sg-far", "vpc-far", OWNER, (to_cidr("10.0.0.0/16"),), ())),
    interfaces=plus(HEALTHY.interfaces, Interface("eni-far", "vpc-far", "subnet-far", (THERE,), ("sg-far",))),
    transit_gateways=TransitGateways((GATEWAY,)),
)


def ask(evidence: NetworkEvidence, address: str = THERE) -> list[Verdict]:
    return list(registry_is_reachable(ONE, registry_at(address), evidence))


def told(evidence: NetworkEvidence, address: str = THERE) -> list[tuple[str, list[str]]]:
    """The cause and the commands of each failure."""
    failures = [one for one in ask(evidence, address) if one.status is Status.FAIL]
    return [(one.cause.id, list(one.fix.commands)) for one in failures if one.cause and one.fix]


def gateway(evidence: NetworkEvidence = ROUTED, **fields: Any) -> NetworkEvidence:
    return replace(evidence, transit_gateways=TransitGateways((replace(GATEWAY, **fields),)))


def tables(spokes: TransitTable = SPOKES, shared: TransitTable = SHARED) -> NetworkEvidence:
    return gateway(tables=(spokes, shared))


def attachments(*rows: TransitAttachment) -> NetworkEvidence:
    return gateway(attachments=rows)


def routes(name: str, *rows: Route) -> NetworkEvidence:
    return replace(ROUTED, route_tables=changed(ROUTED.route_tables, name, routes=rows))


def acl(name: str, *, egress: bool) -> NetworkEvidence:
    """The ACL without what it lets through in one direction."""
    return replace(ROUTED, acls=changed(ROUTED.acls, name, entries=(allow(100, egress=not egress),)))


def propagate(table: str, attachment: str) -> str:
    return (
        f"aws ec2 enable-transit-gateway-route-table-propagation --transit-gateway-route-table-id {table}"
        f" --transit-gateway-attachment-id {attachment}"
    )


def static(verb: str, table: str, cidr: str, attachment: str) -> str:
    return (
        f"aws ec2 {verb}-transit-gateway-route --transit-gateway-route-table-id {table}"
        f" --destination-cidr-block {cidr} --transit-gateway-attachment-id {attachment}"
    )


def test_a_registry_behind_a_transit_gateway_is_reached() -> None:
    [verdict] = ask(ROUTED)
    hops = [(hop.resource, hop.direction.value, hop.rule) for hop in verdict.path]

    assert verdict.status is Status.PASS
    assert "tgw-attach-near is available and has subnet-door in use1-az1" in verdict.because
    assert ("tgw-rtb-spokes", "forward", "10.60.0.0/16 -> tgw-attach-far") in hops
    assert ("tgw-rtb-shared", "return", "10.0.0.0/16 -> tgw-attach-near") in hops
    assert {"tgw-rtb-shared", "acl-door", "acl-far-door"} <= set(verdict.resources)


@pytest.mark.parametrize(
    ("evidence", "cause", "commands"),
    [
        pytest.param(
            attachments(replace(NEAR, subnet_ids=("subnet-b",)), FAR),
            "x.tgw-attachment-zone",
            ["aws ec2 modify-transit-gateway-vpc-attachment --transit-gateway-attachment-id tgw-attach-near"
             " --add-subnet-ids subnet-door"],
            id="no subnet in the model's zone",
        ),
        pytest.param(
            replace(
                attachments(NEAR, FAR),
                subnets=changed(ROUTED.subnets, "subnet-far-door", zone_id="use1-az2"),
            ),
            "x.tgw-attachment-zone",
            ["aws ec2 modify-transit-gateway-vpc-attachment --transit-gateway-attachment-id tgw-attach-far"
             " --add-subnet-ids subnet-far"],
            id="no subnet in the registry's zone",
        ),
        pytest.param(
            tables(spokes=replace(SPOKES, attachment_ids=())),
            "x.tgw-association-or-propagation",
            ["aws ec2 associate-transit-gateway-route-table --transit-gateway-route-table-id tgw-rtb-spokes"
             " --transit-gateway-attachment-id tgw-attach-near"],
            id="not associated",
        ),
        pytest.param(
            tables(spokes=replace(SPOKES, routes=())),
            "x.tgw-association-or-propagation",
            [propagate("tgw-rtb-spokes", FAR.id)],
            id="the registry's VPC is not propagated",
        ),
        pytest.param(
            tables(shared=replace(SHARED, routes=())),
            "x.tgw-association-or-propagation",
            [propagate("tgw-rtb-shared", NEAR.id)],
            id="the model's VPC is not propagated",
        ),
        pytest.param(
            tables(shared=replace(SHARED, routes=(Route("0.0.0.0/0", FAR.id),))),
            "x.tgw-association-or-propagation",
            [propagate("tgw-rtb-shared", NEAR.id)],
            id="a default route sends the answers round",
        ),
        pytest.param(
            tables(spokes=replace(SPOKES, routes=(TO_FAR, Route("10.60.1.0/24", "no attachment", "blackhole")))),
            "x.tgw-blackhole",
            [static("create", "tgw-rtb-spokes", "10.60.1.20/32", FAR.id)],
            id="a blackhole wins by its length",
        ),
        pytest.param(
            tables(shared=replace(SHARED, routes=(TO_NEAR, Route("10.0.1.0/24", "no attachment", "blackhole")))),
            "x.tgw-blackhole",
            [static("replace", "tgw-rtb-shared", "10.0.1.0/24", NEAR.id)],
            id="a blackhole for the answers",
        ),
        pytest.param(
            attachments(replace(NEAR, state="pendingAcceptance"), FAR),
            "x.tgw-attachment-not-available",
            ["aws ec2 accept-transit-gateway-vpc-attachment --transit-gateway-attachment-id tgw-attach-near"],
            id="waits to be accepted",
        ),
        pytest.param(
            attachments(NEAR, replace(FAR, state="failed")),
            "x.tgw-attachment-not-available",
            [],
            id="the registry's attachment failed",
        ),
        pytest.param(
            routes("rtb-far", FAR_LOCAL),
            "rt.return-route-missing",
            ["aws ec2 create-route --route-table-id rtb-far --destination-cidr-block 10.0.1.0/24"
             " --transit-gateway-id tgw-1"],
            id="no route back to the gateway",
        ),
        pytest.param(
            routes("rtb-far", FAR_LOCAL, Route("10.0.0.0/16", "local"), BACK),
            "x.tgw-overlap",
            [],
            id="the registry's VPC has the model's range",
        ),
    ],
)  # fmt: skip
def test_what_a_transit_gateway_needs(evidence: NetworkEvidence, cause: str, commands: list[str]) -> None:
    found = told(evidence)

    assert found == [(cause, commands)]
    assert all(one.severity is Severity.ERROR for one in ask(evidence))


def test_both_ways_are_judged_at_once() -> None:
    """Nothing leads there, and the answers would be dropped too."""
    evidence = tables(replace(SPOKES, routes=()), replace(SHARED, routes=()))

    assert told(evidence) == [
        ("x.tgw-association-or-propagation", [propagate("tgw-rtb-spokes", FAR.id)]),
        ("x.tgw-association-or-propagation", [propagate("tgw-rtb-shared", NEAR.id)]),
    ]


def test_a_static_route_wins_over_a_propagated_one_and_needs_no_propagation() -> None:
    """R36, R36a."""
    only_static = replace(SPOKES, routes=(Route("10.60.0.0/16", FAR.id),))
    wrong = TransitAttachment("tgw-attach-vpn", "vpn", "vpn-1")
    tie = replace(SPOKES, routes=(Route("10.60.0.0/16", wrong.id, propagated=True), *only_static.routes))

    assert ask(tables(only_static))[0].status is Status.PASS
    assert ask(gateway(attachments=(NEAR, FAR, wrong), tables=(tie, SHARED)))[0].status is Status.PASS


def test_an_association_prefers_the_table_that_knows_the_way() -> None:
    first = TransitTable("tgw-rtb-0", (), ())
    evidence = gateway(tables=(first, replace(SPOKES, attachment_ids=()), SHARED))

    assert "tgw-rtb-spokes" in told(evidence)[0][1][0]


def test_the_two_vpcs_with_the_registrys_address() -> None:
    """R36: of overlapping ranges one alone is propagated; here it is not the registry's."""
    other = TransitAttachment("tgw-attach-other", "vpc", "vpc-other", "available", ("subnet-other",))
    spokes = replace(SPOKES, routes=(Route("10.60.0.0/16", other.id, propagated=True),))
    evidence = replace(
        gateway(attachments=(NEAR, FAR, other), tables=(spokes, SHARED)),
        subnets=plus(ROUTED.subnets, Subnet("subnet-other", "vpc-other", "10.60.9.0/24", "use1-az1", OWNER)),
        route_tables=plus(ROUTED.route_tables, RouteTable("rtb-other", "vpc-other", True, (), (), (FAR_LOCAL,))),
    )

    assert told(evidence) == [("x.tgw-overlap", [])]


@pytest.mark.parametrize(
    ("name", "egress", "cause"),
    [
        pytest.param("acl-door", False, "nacl.tgw-attachment-subnet", id="into the gateway"),
        pytest.param("acl-far-door", True, "nacl.tgw-attachment-subnet", id="out of the gateway"),
        pytest.param("acl-far-door", False, "nacl.tgw-attachment-subnet", id="answers into the gateway"),
        pytest.param("acl-door", True, "nacl.tgw-attachment-subnet", id="answers out of the gateway"),
    ],
)
def test_the_acl_of_an_attachments_subnet_is_asked_once_each_way(name: str, egress: bool, cause: str) -> None:
    """R26: its ingress for what enters the gateway, its egress for what leaves it."""
    [(found, [command])] = told(acl(name, egress=egress))

    assert found == cause
    assert f"--network-acl-id {name} {'--egress' if egress else '--ingress'}" in command


def test_an_attachment_in_the_workloads_own_subnet() -> None:
    """R26: into the gateway both directions of the subnet's ACL are asked, out of it none."""
    same = gateway(attachments=(replace(NEAR, subnet_ids=("subnet-a",)), replace(FAR, subnet_ids=("subnet-far",))))
    to_there = allow(100, egress=True, cidr="10.60.1.20/32", ports=(443, 443))
    enters = allow(100, egress=False, cidr="10.0.1.0/24", ports=(443, 443))
    narrow = replace(same, acls=changed(same.acls, "acl-model", entries=(to_there, enters)))
    without = replace(same, acls=changed(same.acls, "acl-model", entries=(to_there,)))

    assert ask(narrow)[0].status is Status.PASS
    assert [cause for cause, _ in told(without)] == ["nacl.tgw-attachment-subnet"]


def referenced(**fields: Any) -> NetworkEvidence:
    """The registry's group admits the model's group alone; everything keeps groups, but for what is changed."""
    keeps = {"keeps_groups": True} | fields
    return replace(gateway(**keeps), groups=changed(ROUTED.groups, "sg-far", ingress=(to_group("sg-model"),)))


@pytest.mark.parametrize(
    "evidence",
    [
        pytest.param(referenced(keeps_groups=False), id="off at the gateway"),
        pytest.param(referenced(attachments=(replace(NEAR, keeps_groups=False), FAR)), id="off at the model's side"),
        pytest.param(referenced(attachments=(NEAR, replace(FAR, keeps_groups=False))), id="off at the registry's side"),
        pytest.param(
            replace(
                referenced(),
                subnets=changed(
                    changed(ROUTED.subnets, "subnet-far", zone_id="use1-az3"), "subnet-far-door", zone_id="use1-az3"
                ),
            ),
            id="in the zone without them",
        ),
    ],
)
def test_a_group_reference_needs_the_option_everywhere(evidence: NetworkEvidence) -> None:
    """R11."""
    [(cause, [command])] = told(evidence)

    assert ask(referenced())[0].status is Status.PASS
    assert cause == "x.tgw-sg-reference-off"
    assert "10.0.1.0/24" in command


def test_an_egress_rule_for_a_group_behind_the_gateway_matches_nothing() -> None:
    """R11: references count for what comes in alone."""
    evidence = replace(referenced(), groups=changed(referenced().groups, "sg-model", egress=(to_group("sg-far"),)))
    [(cause, [command])] = told(evidence)

    assert cause == "x.tgw-sg-reference-off"
    assert "authorize-security-group-egress --group-id sg-model" in command
    assert "10.60.1.20/32" in command


def test_more_than_one_subnet_that_packets_may_come_out_of() -> None:
    """In another zone AWS takes any of the attachment's subnets: a block before one of them is a doubt."""
    doors = (replace(FAR, subnet_ids=("subnet-far-door", "subnet-far-door-2"), appliance_mode=True),)
    second = Subnet("subnet-far-door-2", "vpc-far", "10.60.201.0/28", "use1-az1", OWNER)
    shut = NetworkAcl("acl-shut", "vpc-far", False, ("subnet-far-door-2",), (allow(100, egress=False),))
    evidence = replace(attachments(NEAR, *doors), subnets=plus(ROUTED.subnets, second), acls=plus(ROUTED.acls, shut))
    [verdict] = ask(evidence)

    assert verdict.status is Status.UNKNOWN
    assert "acl-shut" in verdict.because


@pytest.mark.parametrize(
    ("kind", "name"),
    [("vpn", "vpn-1"), ("direct-connect-gateway", "dxgw"), ("peering", "tgw-2"), ("connect", "tgw-attach-c")],
)
def test_what_else_is_attached_is_unknown_by_name(kind: str, name: str) -> None:
    out = TransitAttachment("tgw-attach-out", kind, name)
    spokes = replace(SPOKES, routes=(Route("172.20.0.0/16", out.id, propagated=True),))
    evidence = replace(
        gateway(attachments=(NEAR, FAR, out), tables=(spokes, SHARED)),
        route_tables=changed(ROUTED.route_tables, "rtb-model", routes=(LOCAL, Route("172.20.0.0/16", "tgw-1"))),
    )
    [verdict] = ask(evidence, "172.20.1.20")
    closed = replace(evidence, groups=changed(evidence.groups, "sg-model", egress=()))

    assert verdict.status is Status.UNKNOWN
    assert f"tgw-attach-out: the path leaves by this {kind} attachment, to {name}" in verdict.because
    assert "tcp from 10.0.1.0/24 ports 1024-65535 to 172.20.1.20:443" in verdict.because
    assert [cause for cause, _ in told(closed, "172.20.1.20")] == ["sg.model-egress-registry"]


@pytest.mark.parametrize(
    ("evidence", "missing"),
    [
        pytest.param(
            replace(ROUTED, transit_gateways=Unavailable("ec2:DescribeTransitGateways was denied")),
            "ec2:DescribeTransitGateways",
            id="denied",
        ),
        pytest.param(gateway(tables=()), f"account {OWNER}", id="shared by another account"),
        pytest.param(
            gateway(tables=Unavailable("ec2:SearchTransitGatewayRoutes was denied")),
            "ec2:SearchTransitGatewayRoutes",
            id="routes denied",
        ),
        pytest.param(attachments(FAR), "no attachment of vpc-1", id="the model's attachment"),
        pytest.param(attachments(NEAR, TransitAttachment(FAR.id, "vpc", "vpc-far")), "vpc-far", id="another account"),
        pytest.param(
            replace(ROUTED, subnets=HEALTHY.subnets, interfaces=HEALTHY.interfaces), "subnet", id="the far VPC"
        ),
        pytest.param(routes("rtb-far", FAR_LOCAL, Route("10.0.0.0/16", "pcx-1")), "pcx-1", id="back another way"),
        pytest.param(
            routes("rtb-far", FAR_LOCAL, Route("10.60.1.0/24", "vpce-1"), BACK), "vpce-1", id="through an inspection"
        ),
    ],
)
def test_what_was_not_read_is_unknown(evidence: NetworkEvidence, missing: str) -> None:
    [verdict] = ask(evidence)

    assert verdict.status is Status.UNKNOWN
    assert missing in verdict.because


def test_a_zone_is_judged_where_the_tables_are_another_accounts() -> None:
    evidence = gateway(attachments=(replace(NEAR, subnet_ids=("subnet-b",)),), tables=())

    assert [cause for cause, _ in told(evidence)] == ["x.tgw-attachment-zone"]


def test_a_lambda_endpoint_in_a_hub_vpc() -> None:
    """R50."""
    hub = LambdaAddresses(
        "lambda.us-east-1.amazonaws.com", "vpce-9", (NamedAddress(THERE, Provenance.PRIVATE_ZONE, "Z"),)
    )
    name = LambdaName("lambda.us-east-1.amazonaws.com", "us-east-1", "com.amazonaws.us-east-1.lambda")
    endpoint = replace(ROUTED, interfaces=changed(ROUTED.interfaces, "eni-far", kind="vpc_endpoint"))
    lost = replace(endpoint, transit_gateways=tables(replace(SPOKES, routes=())).transit_gateways)
    [works] = lambda_is_reachable(ONE, hub, name, Unavailable("not read"), endpoint)
    [fails] = lambda_is_reachable(ONE, hub, name, Unavailable("not read"), lost)

    assert works.status is Status.PASS
    assert fails.cause is not None
    assert fails.cause.id == "x.endpoint-over-transit-gateway"

"""Central egress: the way to public addresses leads over a transit gateway to another VPC's NAT gateway (R34, R37)."""

from dataclasses import replace
from typing import Any

import pytest
from network_world import BY_NAT, HEALTHY, LAMBDA_NAME, LOCAL, OPEN, allow, changed, plus, registry_at
from test_network_transit import GATEWAY, NEAR, ONE, OWNER

from pullcheck import Status, Unavailable, Verdict
from pullcheck.evidence.network import InternetGateways, NatGateways, NetworkEvidence, TransitGateways
from pullcheck.evidence.network_rows import (
    InternetGateway,
    NatGateway,
    NetworkAcl,
    Route,
    RouteTable,
    Subnet,
    TransitAttachment,
    TransitTable,
)
from pullcheck_checks.network.reachability import lambda_is_reachable, registry_is_reachable

PUBLIC = "93.184.216.34"
NAT = NatGateway("nat-e", "vpc-e", "subnet-e-nat", "available", "public", ("10.100.1.9",), ("54.1.1.1",))
EXIT = TransitAttachment("tgw-attach-e", "vpc", "vpc-e", "available", ("subnet-e-door",))
HOME = Route("10.100.0.0/16", "local")
OUT, BACK = Route("0.0.0.0/0", "igw-e"), Route("10.0.0.0/16", "tgw-1")
DEFAULT, TO_NEAR = Route("0.0.0.0/0", EXIT.id), Route("10.0.0.0/16", NEAR.id, propagated=True)
SPOKES, EDGE = TransitTable("tgw-rtb-1", (NEAR.id,), (DEFAULT,)), TransitTable("tgw-rtb-2", (EXIT.id,), (TO_NEAR,))
CENTRAL: NetworkEvidence = replace(
    HEALTHY,
    subnets=plus(
        HEALTHY.subnets,
        Subnet("subnet-door", "vpc-1", "10.0.200.0/28", "use1-az1", OWNER),
        Subnet("subnet-e-door", "vpc-e", "10.100.200.0/28", "use1-az1", OWNER),
        Subnet("subnet-e-nat", "vpc-e", "10.100.1.0/24", "use1-az1", OWNER),
    ),
    route_tables=plus(
        changed(HEALTHY.route_tables, "rtb-model", routes=(LOCAL, Route("0.0.0.0/0", "tgw-1"))),
        RouteTable("rtb-e-door", "vpc-e", True, ("subnet-e-door",), (), (HOME, Route("0.0.0.0/0", "nat-e"))),
        RouteTable("rtb-e-nat", "vpc-e", False, ("subnet-e-nat",), (), (HOME, OUT, BACK)),
    ),
    acls=plus(
        HEALTHY.acls,
        NetworkAcl("acl-door", "vpc-1", False, ("subnet-door",), OPEN),
        NetworkAcl("acl-e-door", "vpc-e", False, ("subnet-e-door",), OPEN),
        NetworkAcl("acl-e-nat", "vpc-e", True, ("subnet-e-nat",), OPEN),
    ),
    nat_gateways=NatGateways((NAT,)),
    internet_gateways=InternetGateways((InternetGateway("igw-e", ("vpc-e",)),)),
    transit_gateways=TransitGateways((replace(GATEWAY, attachments=(NEAR, EXIT), tables=(SPOKES, EDGE)),)),
)


def ask(evidence: NetworkEvidence) -> Verdict:
    [verdict] = registry_is_reachable(ONE, registry_at(PUBLIC), evidence)
    return verdict


def ask_lambda(evidence: NetworkEvidence) -> Verdict:
    [verdict] = lambda_is_reachable(ONE, BY_NAT, LAMBDA_NAME, Unavailable("not read"), evidence)
    return verdict


def routes(name: str, *rows: Route) -> NetworkEvidence:
    return replace(CENTRAL, route_tables=changed(CENTRAL.route_tables, name, routes=rows))


def gateway(**fields: Any) -> NetworkEvidence:
    return replace(CENTRAL, transit_gateways=changed(CENTRAL.transit_gateways, "tgw-1", **fields))


def acl(name: str, *, egress: bool) -> NetworkEvidence:
    """The ACL without what it lets through in one direction."""
    return replace(CENTRAL, acls=changed(CENTRAL.acls, name, entries=(allow(100, egress=not egress),)))


@pytest.mark.parametrize("ask_one", [ask, ask_lambda], ids=["registry", "lambda"])
def test_public_addresses_are_reached_through_another_vpc(ask_one: Any) -> None:
    verdict = ask_one(CENTRAL)
    hops = [(hop.resource, hop.direction.value) for hop in verdict.path]

    assert verdict.status is Status.PASS, verdict.because
    assert "nat-e is available in subnet-e-nat with 54.1.1.1" in verdict.because
    assert ("rtb-e-nat", "return") in hops
    assert ("tgw-rtb-2", "return") in hops


SET_BACK = "create-route --route-table-id rtb-e-nat --destination-cidr-block 10.0.1.0/24 --transit-gateway-id tgw-1"
BROKEN = [
    pytest.param(routes("rtb-e-nat", HOME, OUT), "x.tgw-egress-return-route", [SET_BACK], id="no route back"),
    pytest.param(routes("rtb-e-nat", HOME), "x.tgw-egress-return-route", [SET_BACK], id="neither way"),
    pytest.param(
        routes("rtb-e-door", HOME, Route("0.0.0.0/0", "igw-e")),
        "x.tgw-egress-without-nat",
        ["create-route --route-table-id rtb-e-door --destination-cidr-block 93.184.216.34/32 --nat-gateway-id nat-e"],
        id="no NAT gateway",
    ),
    pytest.param(
        routes("rtb-e-door", HOME),
        "x.tgw-association-or-propagation",
        ["create-route --route-table-id rtb-e-door --destination-cidr-block 93.184.216.34/32 --nat-gateway-id nat-e"],
        id="no route from the attachment's subnet",
    ),
    pytest.param(
        gateway(tables=(replace(SPOKES, routes=()), EDGE)),
        "x.tgw-association-or-propagation",
        ["create-transit-gateway-route --transit-gateway-route-table-id tgw-rtb-1"
         " --destination-cidr-block 93.184.216.34/32 --transit-gateway-attachment-id tgw-attach-e"],
        id="no default route at the gateway",
    ),
    pytest.param(
        gateway(tables=(SPOKES, replace(EDGE, routes=()))),
        "x.tgw-association-or-propagation",
        ["enable-transit-gateway-route-table-propagation --transit-gateway-route-table-id tgw-rtb-2"
         " --transit-gateway-attachment-id tgw-attach-near"],
        id="the model's VPC is not propagated",
    ),
    pytest.param(
        replace(CENTRAL, nat_gateways=changed(CENTRAL.nat_gateways, "nat-e", state="failed")),
        "rt.nat-not-working", [], id="the NAT gateway failed",
    ),
    pytest.param(
        replace(CENTRAL, nat_gateways=changed(CENTRAL.nat_gateways, "nat-e", subnet_id="subnet-e-door")),
        "rt.nat-not-working", [], id="a NAT gateway in the attachment's subnet",
    ),
    pytest.param(
        replace(CENTRAL, internet_gateways=InternetGateways(())),
        "rt.nat-not-working", ["attach-internet-gateway --internet-gateway-id igw-e --vpc-id vpc-e"], id="detached",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("evidence", "cause", "commands"), BROKEN)
def test_what_central_egress_needs(evidence: NetworkEvidence, cause: str, commands: list[str]) -> None:
    found = list(registry_is_reachable(ONE, registry_at(PUBLIC), evidence))
    named = {one.cause.id: one.fix for one in found if one.cause}

    assert {one.status for one in found} == {Status.FAIL}
    assert cause in named
    assert (fix := named[cause]) is not None
    assert [command.removeprefix("aws ec2 ") for command in fix.commands] == commands


@pytest.mark.parametrize(
    ("name", "egress", "cause"),
    [
        pytest.param("acl-door", False, "nacl.tgw-attachment-subnet", id="into the gateway"),
        pytest.param("acl-e-door", True, "nacl.tgw-attachment-subnet", id="out of the gateway"),
        pytest.param("acl-e-nat", False, "rt.nat-acl-or-sg", id="into the NAT gateway's subnet"),
        pytest.param("acl-e-nat", True, "rt.nat-acl-or-sg", id="out of it"),
        pytest.param("acl-e-door", False, "nacl.tgw-attachment-subnet", id="answers into the gateway"),
        pytest.param("acl-door", True, "nacl.tgw-attachment-subnet", id="answers out of the gateway"),
    ],
)
def test_every_acl_on_the_way_is_asked(name: str, egress: bool, cause: str) -> None:
    """R25, R26."""
    found = list(registry_is_reachable(ONE, registry_at(PUBLIC), acl(name, egress=egress)))

    assert {one.cause.id for one in found if one.cause} == {cause}
    assert all(one.fix and one.fix.commands for one in found)


def test_the_way_to_lambda_has_causes_of_its_own() -> None:
    at_the_gateway = ask_lambda(gateway(tables=(replace(SPOKES, routes=()), EDGE)))
    back = ask_lambda(routes("rtb-e-nat", HOME, OUT))
    no_nat = ask_lambda(routes("rtb-e-nat", HOME, BACK))

    assert [one.cause and one.cause.id for one in (at_the_gateway, back)] == [
        "x.lambda-egress-over-transit-gateway",
        "x.lambda-egress-over-transit-gateway",
    ]
    assert at_the_gateway.fix is not None
    assert "--destination-cidr-block 0.0.0.0/0" in at_the_gateway.fix.commands[0]
    assert no_nat.cause is not None
    assert no_nat.cause.id == "vpce.none-and-no-egress"


@pytest.mark.parametrize(
    ("evidence", "missing"),
    [
        pytest.param(replace(CENTRAL, nat_gateways=NatGateways(())), "nat-e", id="NAT gateway not shown"),
        pytest.param(
            replace(CENTRAL, nat_gateways=changed(CENTRAL.nat_gateways, "nat-e", subnet_id=None)),
            "regional",
            id="regional NAT gateway",
        ),
        pytest.param(gateway(tables=()), f"account {OWNER}, alone sees", id="another account's gateway"),
        pytest.param(
            gateway(attachments=(NEAR, replace(EXIT, subnet_ids=("subnet-x",), owner="210987654321"))),
            "vpc-e of account 210987654321 were not all read",
            id="another account's VPC",
        ),
        pytest.param(
            gateway(tables=(replace(SPOKES, routes=(), unread="prefix lists denied"), EDGE)),
            "prefix lists denied",
            id="prefix list references not read",
        ),
    ],
)
def test_what_central_egress_does_not_show_is_unknown(evidence: NetworkEvidence, missing: str) -> None:
    verdict = ask(evidence)

    assert verdict.status is Status.UNKNOWN, verdict.because
    assert missing in verdict.because


def test_a_default_route_that_leads_back_is_followed_once() -> None:
    """R36b: the packets come back to the model's VPC, whose attachment subnet has a NAT gateway, or has not."""
    loop = replace(SPOKES, routes=(Route("0.0.0.0/0", NEAR.id),))
    back = replace(gateway(tables=(loop, EDGE)), nat_gateways=HEALTHY.nat_gateways)
    own_nat = replace(
        back,
        internet_gateways=HEALTHY.internet_gateways,
        route_tables=changed(back.route_tables, "rtb-main", routes=(LOCAL, Route("0.0.0.0/0", "nat-1"))),
    )

    assert ask(back).cause is not None
    assert ask(own_nat).status is Status.PASS, ask(own_nat).because


def test_of_two_nat_gateways_one_may_be_taken() -> None:
    """With appliance mode any of the attachment's subnets may be; where one fails, nobody knows."""
    second = Subnet("subnet-e-door-2", "vpc-e", "10.100.201.0/28", "use1-az2", OWNER)
    doors = replace(EXIT, subnet_ids=("subnet-e-door", second.id), appliance_mode=True)
    broken = NatGateway("nat-f", "vpc-e", "subnet-e-nat", "failed", "public", ("10.100.1.10",), ())
    table = RouteTable("rtb-e-door-2", "vpc-e", False, (second.id,), (), (HOME, Route("0.0.0.0/0", "nat-f")))
    evidence = replace(
        gateway(attachments=(NEAR, doors)),
        subnets=plus(CENTRAL.subnets, second),
        route_tables=plus(CENTRAL.route_tables, table),
        nat_gateways=NatGateways((NAT, broken)),
    )
    verdict = ask(evidence)

    assert verdict.status is Status.UNKNOWN
    assert "nat-f: its state is failed" in verdict.because

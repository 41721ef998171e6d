"""Regions, accounts, answers that come another way, appliances, hub endpoints, shared VPCs (R10-R12, R38, R66)."""

from dataclasses import replace
from typing import Any

import pytest
from network_world import HEALTHY, LAMBDA_NAME, LOCAL, OPEN, changed, named, plus, registry_at, to_cidr, to_group
from test_network_peering import BACK, FAR_LOCAL, ONE, PEERED, THERE
from test_network_transit import FAR, GATEWAY, NEAR, OWNER, ROUTED, SHARED, SPOKES

from pullcheck import Status, Verdict
from pullcheck.evidence.endpoint import EndpointInterface, InterfaceEndpoint, LambdaEndpoints
from pullcheck.evidence.gateways import Tunnel, VpnConnection
from pullcheck.evidence.names import LambdaAddresses
from pullcheck.evidence.network import (
    InternetGateways,
    NatGateways,
    NetworkEvidence,
    Peerings,
    Subnets,
    TransitGateways,
)
from pullcheck.evidence.network_rows import (
    GroupReference,
    GroupRule,
    NetworkAcl,
    Peering,
    PeeringSide,
    PrefixList,
    Route,
    RouteTable,
    Subnet,
    TransitAttachment,
    TransitTable,
)
from pullcheck.evidence.placement import ExecutionRole
from pullcheck_checks.network.reachability import lambda_is_reachable, registry_is_reachable

OTHERS = "210987654321"


def ask(evidence: NetworkEvidence, **role: Any) -> Verdict:
    [verdict] = registry_is_reachable(ONE, registry_at(THERE), evidence, **role)
    return verdict


def cause_of(verdict: Verdict) -> str:
    return verdict.cause.id if verdict.cause else ""


def commands_of(verdict: Verdict) -> tuple[str, ...]:
    return verdict.fix.commands if verdict.fix else ()


def groups(name: str, evidence: NetworkEvidence = PEERED, **rules: tuple[GroupRule, ...]) -> NetworkEvidence:
    return replace(evidence, groups=changed(evidence.groups, name, **rules))


def between(here: str, there: str) -> Peerings:
    """The peering, between these Regions."""
    near = PeeringSide("vpc-1", ("10.0.0.0/16",), here, OWNER)
    return Peerings((Peering("pcx-1", "active", near, PeeringSide("vpc-far", ("10.60.0.0/16",), there, OTHERS)),))


def test_a_group_is_not_known_in_another_region() -> None:
    """R10."""
    referenced = groups("sg-far", ingress=(to_group("sg-model"),))
    abroad = replace(referenced, peerings=between("us-east-1", "eu-west-1"))
    outward = groups("sg-model", replace(PEERED, peerings=abroad.peerings), egress=(to_group("sg-far"),))

    assert ask(replace(referenced, peerings=between("us-east-1", "us-east-1"))).status is Status.PASS
    assert cause_of(ask(abroad)) == cause_of(ask(outward)) == "sg.reference-cross-region"
    assert "10.0.1.0/24" in commands_of(ask(abroad))[0]
    assert "10.60.1.20/32" in commands_of(ask(outward))[0]


def test_an_unread_peer_abroad_needs_a_rule_for_its_range() -> None:
    """No rule for a group can be meant for it; in the same Region one may be."""
    by_group = groups("sg-model", egress=(to_group("sg-elsewhere"),))
    unread = replace(by_group, subnets=HEALTHY.subnets, interfaces=HEALTHY.interfaces)
    abroad = replace(unread, peerings=between("us-east-1", "eu-west-1"))
    near = ask(replace(unread, peerings=between("us-east-1", "us-east-1")))

    assert cause_of(ask(abroad)) == "sg.model-egress-registry"
    assert near.status is Status.UNKNOWN
    assert f"vpc-far of account {OTHERS} in us-east-1 was not read" in near.because


def test_a_group_is_meant_with_the_account_that_owns_it() -> None:
    rule = GroupRule("tcp", 443, 443, groups=(GroupReference("sg-model", OTHERS),))
    wrong = ask(groups("sg-far", ingress=(rule,)))
    right = replace(rule, groups=(GroupReference("sg-model", OWNER),))

    assert ask(groups("sg-far", ingress=(right,))).status is Status.PASS
    assert cause_of(wrong) == "sg.reference-cross-account-form"
    assert commands_of(wrong)


@pytest.mark.parametrize("target", ["igw-far", "nat-far"])
def test_the_internet_leads_no_answer_back(target: str) -> None:
    """R33: the registry's subnet has a way out, and none to the model's private range."""
    tables = changed(PEERED.route_tables, "rtb-far", routes=(FAR_LOCAL, Route("0.0.0.0/0", target)))
    verdict = ask(replace(PEERED, route_tables=tables))

    assert cause_of(verdict) == "x.peering-route-one-side"
    assert "--destination-cidr-block 10.0.1.0/24 --vpc-peering-connection-id pcx-1" in commands_of(verdict)[0]


def with_both(there: str, back: str) -> NetworkEvidence:
    """A peering and a transit gateway between the VPCs; packets go by the one and answers by the other."""
    tables = changed(ROUTED.route_tables, "rtb-model", routes=(LOCAL, Route("10.60.0.0/16", there)))
    tables = changed(tables, "rtb-far", routes=(FAR_LOCAL, Route("10.0.0.0/16", back)))
    return replace(ROUTED, route_tables=tables, peerings=PEERED.peerings)


@pytest.mark.parametrize(("there", "back"), [("pcx-1", "tgw-1"), ("tgw-1", "pcx-1")])
def test_answers_may_come_another_way(there: str, back: str) -> None:
    """R38: it is said, and judged, and no fault."""
    evidence = with_both(there, back)
    verdict = ask(evidence)
    gone = Peerings((replace(PEERED.peerings.rows[0], status="deleted"),))  # type: ignore[union-attr]

    assert verdict.status is Status.PASS, verdict.because
    assert f"10.0.0.0/16 -> {back}, while the packets come by {there}: AWS does not mind" in verdict.because
    if back == "pcx-1":
        assert ask(replace(evidence, peerings=gone)).status is Status.UNKNOWN
    else:
        lost = replace(evidence, transit_gateways=TransitGateways((replace(GATEWAY, tables=(SPOKES,)),)))
        assert cause_of(ask(lost)) == "x.tgw-association-or-propagation"


BOX = TransitAttachment("tgw-attach-box", "vpc", "vpc-box", "available", ("subnet-box-1", "subnet-box-2"))
AFTER = TransitTable("tgw-rtb-after", (BOX.id,), (*SPOKES.routes, *SHARED.routes))


def inspected(
    *, box: TransitAttachment = BOX, after: TransitTable = AFTER, home: str = BOX.id, zone: str = "use1-az1"
) -> NetworkEvidence:
    """Packets and answers pass a VPC with a firewall endpoint in each zone; the registry is in ``zone``."""
    spokes = replace(SPOKES, routes=(Route("10.60.0.0/16", box.id),))
    shared = replace(SHARED, routes=(Route("10.0.0.0/16", home),))
    gateway = replace(GATEWAY, attachments=(NEAR, FAR, box), tables=(spokes, shared, after))
    boxes = [Subnet(f"subnet-box-{n}", "vpc-box", f"10.80.{n}.0/28", f"use1-az{n}", OWNER) for n in (1, 2)]
    tables = [
        RouteTable(f"rtb-box-{n}", "vpc-box", False, (f"subnet-box-{n}",), (), (Route("0.0.0.0/0", f"vpce-{n}"),))
        for n in (1, 2)
    ]
    subnets = changed(changed(ROUTED.subnets, "subnet-far", zone_id=zone), "subnet-far-door", zone_id=zone)
    return replace(
        ROUTED,
        subnets=plus(subnets, *boxes),
        route_tables=plus(ROUTED.route_tables, *tables),
        acls=plus(ROUTED.acls, NetworkAcl("acl-box", "vpc-box", True, (), OPEN)),
        transit_gateways=TransitGateways((gateway,)),
    )


def test_an_appliance_is_unknown_by_name_with_the_packets_it_has_to_pass() -> None:
    verdict = ask(inspected())

    assert verdict.status is Status.UNKNOWN
    assert verdict.cause is None
    assert "on to vpce-1, and that was not judged: tcp from 10.0.1.0/24 ports 1024-65535" in verdict.because


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        pytest.param(inspected(zone="use1-az2"), "the packets pass vpce-1, and the answers vpce-2", id="zones"),
        pytest.param(inspected(home=NEAR.id), "come back past vpce-1", id="answers go straight back"),
    ],
)
def test_an_appliance_that_sees_one_direction_is_a_doubt(evidence: NetworkEvidence, words: str) -> None:
    """R38."""
    verdict = ask(evidence)

    assert verdict.status is Status.UNKNOWN
    assert cause_of(verdict) == "rt.asymmetric-inspection"
    assert words in verdict.because


def test_appliance_mode_keeps_a_connection_at_one_appliance() -> None:
    assert cause_of(ask(inspected(box=replace(BOX, appliance_mode=True), zone="use1-az2"))) == ""


def test_what_an_appliance_hands_on_needs_a_route_too() -> None:
    verdict = ask(inspected(after=replace(AFTER, routes=SPOKES.routes)))

    assert verdict.status is Status.UNKNOWN
    assert "tgw-rtb-after has no route to 10.0.1.0/24; whether the packets come by here is not known" in verdict.because


def test_no_group_is_known_behind_an_appliance() -> None:
    """R11: whatever the gateway and the attachments keep."""
    evidence = groups("sg-far", inspected(), ingress=(to_group("sg-model"),))
    verdict = ask(evidence)

    assert cause_of(verdict) == "sg.reference-through-middlebox"
    assert "10.0.1.0/24" in commands_of(verdict)[0]


def test_a_prefix_list_leads_a_transit_gateway() -> None:
    listed = TransitTable("tgw-rtb-spokes", (NEAR.id,), (Route("pl-far", FAR.id),))
    unread = replace(ROUTED, transit_gateways=TransitGateways((replace(GATEWAY, tables=(listed, SHARED)),)))
    known = replace(unread, prefix_lists=plus(unread.prefix_lists, PrefixList("pl-far", ("10.60.0.0/16",))))
    other = replace(unread, prefix_lists=plus(unread.prefix_lists, PrefixList("pl-far", ("10.61.0.0/16",))))

    assert ask(known).status is Status.PASS
    assert ask(unread).status is Status.UNKNOWN
    assert "pl-far" in ask(unread).because
    assert cause_of(ask(other)) == "x.tgw-association-or-propagation"


@pytest.mark.parametrize(
    ("statuses", "outcome"), [(("UP", "DOWN"), Status.UNKNOWN), (("DOWN", "DOWN"), Status.FAIL), ((), Status.UNKNOWN)]
)
def test_a_vpn_at_the_gateway_is_known_by_its_tunnels(statuses: tuple[str, ...], outcome: Status) -> None:
    tunnels = tuple(Tunnel(f"52.0.0.{n}", status, 0) for n, status in enumerate(statuses))
    line = VpnConnection("vpn-1", "available", False, (), tunnels)
    out = TransitAttachment("tgw-attach-vpn", "vpn", "vpn-1")
    table = replace(SPOKES, routes=(Route("10.60.0.0/16", out.id),))
    gateway = replace(GATEWAY, attachments=(NEAR, FAR, out), tables=(table, SHARED), vpns=(line,))
    verdict = ask(replace(ROUTED, transit_gateways=TransitGateways((gateway,))))

    assert verdict.status is outcome
    assert cause_of(verdict) == ("x.vpn-down" if outcome is Status.FAIL else "")
    assert not statuses or f"tunnel 52.0.0.0 is {statuses[0]}" in verdict.because


HUB = InterfaceEndpoint(
    "vpce-hub",
    "vpc-far",
    LAMBDA_NAME.service_name,
    "available",
    False,
    interfaces=(EndpointInterface("e", "s", THERE),),
)
ELSEWHERE = LambdaEndpoints("vpc-1", LAMBDA_NAME.service_name, (), (HUB,))


def ask_lambda(evidence: NetworkEvidence, *addresses: str) -> Verdict:
    api = LambdaAddresses(LAMBDA_NAME.host, HUB.id if addresses else None, named(*addresses))
    [verdict] = lambda_is_reachable(ONE, api, LAMBDA_NAME, ELSEWHERE, evidence)
    return verdict


def at_hub(evidence: NetworkEvidence) -> NetworkEvidence:
    return replace(evidence, interfaces=changed(evidence.interfaces, "eni-far", kind="vpc_endpoint"))


@pytest.mark.parametrize("evidence", [at_hub(ROUTED), at_hub(PEERED)], ids=["transit gateway", "peering"])
def test_a_hub_endpoint_admits_ranges_not_groups(evidence: NetworkEvidence) -> None:
    """R50."""
    of_the_hub = groups("sg-far", evidence, ingress=(to_group("sg-hub"),))
    shut = groups("sg-far", evidence, ingress=(to_cidr("10.99.0.0/16"),))
    verdict = ask_lambda(of_the_hub, THERE)

    assert ask_lambda(evidence, THERE).status is Status.PASS
    assert cause_of(verdict) == "vpce.hub-sg-reference"
    assert commands_of(verdict)
    assert cause_of(ask_lambda(shut, THERE)) == "vpce.sg-no-443"


def test_what_else_is_in_the_way_of_a_hub_endpoint() -> None:
    no_return = replace(PEERED, route_tables=changed(PEERED.route_tables, "rtb-far", routes=(FAR_LOCAL,)))
    waiting = replace(PEERED, peerings=changed(PEERED.peerings, "pcx-1", status="pending-acceptance"))

    assert cause_of(ask_lambda(at_hub(no_return), THERE)) == "x.endpoint-return-route"
    assert cause_of(ask_lambda(at_hub(waiting), THERE)) == "x.endpoint-over-peering"
    assert commands_of(ask_lambda(at_hub(waiting), THERE))


def test_an_endpoint_in_a_joined_vpc_that_no_name_leads_to() -> None:
    no_way = replace(PEERED, route_tables=changed(PEERED.route_tables, "rtb-model", routes=(LOCAL, BACK)))
    alone = replace(no_way, peerings=Peerings(()))
    verdict = ask_lambda(no_way)

    assert cause_of(verdict) == "vpce.in-other-vpc"
    assert verdict.fix is not None
    assert "a private zone that leads lambda.us-east-1.amazonaws.com to vpce-hub in vpc-far" in verdict.fix.summary
    assert cause_of(ask_lambda(alone)) == "vpce.none-and-no-egress"


def shared(evidence: NetworkEvidence = HEALTHY) -> NetworkEvidence:
    """The model's VPC belongs to another account than the model's group."""
    table = evidence.subnets
    assert isinstance(table, Subnets)

    return replace(evidence, subnets=Subnets(tuple(replace(row, owner=OTHERS) for row in table.rows)))


@pytest.mark.parametrize(
    ("evidence", "address"),
    [
        pytest.param(shared(), "10.0.10.99", id="no interface shown"),
        pytest.param(shared(), "10.0.77.1", id="no subnet shown"),
        pytest.param(
            shared(replace(HEALTHY, internet_gateways=InternetGateways(()))), "93.184.216.34", id="no gateway"
        ),
        pytest.param(
            shared(replace(HEALTHY, nat_gateways=NatGateways(()))),
            "93.184.216.34",
            id="no NAT gateway shown",
        ),
    ],
)
def test_what_who_shares_a_vpc_does_not_see_is_not_missing(evidence: NetworkEvidence, address: str) -> None:
    """R66: the owner of a VPC alone sees all of it."""
    [verdict] = registry_is_reachable(ONE, registry_at(address), evidence)

    assert verdict.status is Status.UNKNOWN, verdict.because


def test_the_role_says_whose_the_model_is() -> None:
    role = ExecutionRole(f"arn:aws:iam::{OTHERS}:role/r", "aws", OTHERS, "r", "/")
    [owner] = registry_is_reachable(ONE, registry_at("10.0.10.99"), HEALTHY)
    [guest] = registry_is_reachable(ONE, registry_at("10.0.10.99"), HEALTHY, role)

    assert (owner.status, guest.status) == (Status.FAIL, Status.UNKNOWN)
    assert f"account {OWNER}, which alone sees" in guest.because

"""Ways through VPNs, appliances, firewalls and other gateways (R6, R34, R38-R43, R64), and what their findings say."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from network_world import (
    HEALTHY,
    LAMBDA_NAME,
    LOCAL,
    OPEN,
    PLACEMENT,
    allow,
    changed,
    plus,
    registry_at,
    to_cidr,
    with_acl,
    with_group,
    with_routes,
)

from pullcheck import Status, Unavailable, Verdict
from pullcheck.evidence.endpoint import LambdaEndpoints
from pullcheck.evidence.gateways import (
    Appliance,
    Appliances,
    Circuit,
    Exclusion,
    FirewallPolicy,
    Inspection,
    Inspections,
    PublicAccess,
    RuleGroup,
    Tunnel,
    VirtualGateway,
    VirtualGateways,
    VpnConnection,
)
from pullcheck.evidence.names import LambdaAddresses
from pullcheck.evidence.network import InternetGateways, NatGateways, NetworkEvidence, Peerings
from pullcheck.evidence.network_rows import (
    Interface,
    NatGateway,
    NetworkAcl,
    Peering,
    PeeringSide,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
)
from pullcheck_checks.network.fixes.fix import mend
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import Destination, Source
from pullcheck_checks.network.paths.walk import walk
from pullcheck_checks.network.reachability import lambda_is_reachable, registry_is_reachable

ONE = replace(PLACEMENT, subnet_ids=("subnet-a",))
FAR, PUBLIC = "172.20.1.5", "93.184.216.34"
OWNER = "123456789012"
UP, DOWN = Tunnel("203.0.113.1", "UP", 2), Tunnel("203.0.113.2", "DOWN", 0, "IPSEC IS DOWN")
STATIC = VpnConnection("vpn-1", "available", True, ("172.20.0.0/16",), (UP, DOWN))
BGP = replace(STATIC, static_only=False, routes=())
VGW = VirtualGateway("vgw-1", ("vpc-1",), (STATIC,), ())
TO_VGW = Route("172.20.0.0/16", "vgw-1")


def ask(evidence: NetworkEvidence, address: str = FAR) -> list[Verdict]:
    return list(registry_is_reachable(ONE, registry_at(address), evidence))


def told(evidence: NetworkEvidence, address: str = FAR) -> list[tuple[str, str | None]]:
    return [(one.status.value, one.cause.id if one.cause else None) for one in ask(evidence, address)]


def fixed(evidence: NetworkEvidence, address: str = FAR) -> list[str]:
    return [command for one in ask(evidence, address) if one.fix for command in one.fix.commands]


def behind(evidence: NetworkEvidence, **tables: Any) -> NetworkEvidence:
    return replace(evidence, gateways=replace(evidence.gateways, **tables))


def vpn(gateway: VirtualGateway = VGW, *routes: Route) -> NetworkEvidence:
    return behind(with_routes("rtb-model", *(routes or (TO_VGW,))), virtual=VirtualGateways((gateway,)))


def lines(*connections: VpnConnection, **fields: Any) -> VirtualGateway:
    return replace(VGW, connections=connections, **fields)


CIRCUIT = Circuit("dxvif-1", "available", "up")


@pytest.mark.parametrize(
    ("gateway", "status", "cause"),
    [
        pytest.param(VGW, "unknown", "x.onprem-firewall", id="a static route and a tunnel"),
        pytest.param(lines(BGP), "unknown", "x.onprem-firewall", id="BGP with routes"),
        pytest.param(lines(replace(BGP, tunnels=(DOWN,)), STATIC), "unknown", "x.onprem-firewall", id="one of two"),
        pytest.param(lines(replace(STATIC, tunnels=(DOWN, DOWN))), "fail", "x.vpn-down", id="no tunnel"),
        pytest.param(lines(replace(STATIC, tunnels=())), "fail", "x.vpn-down", id="no telemetry of a tunnel"),
        pytest.param(lines(replace(STATIC, routes=("10.9.0.0/16",))), "fail", "x.vpn-down", id="other static routes"),
        pytest.param(
            lines(replace(BGP, tunnels=(replace(UP, accepted_routes=0),))), "fail", "x.vpn-down", id="no BGP routes"
        ),
        pytest.param(lines(), "fail", "x.vpn-down", id="nothing ends there"),
        pytest.param(lines(replace(STATIC, state="deleted")), "fail", "x.vpn-down", id="a deleted connection"),
        pytest.param(replace(VGW, vpc_ids=()), "fail", "x.vpn-down", id="not attached"),
        pytest.param(lines(circuits=(CIRCUIT,)), "unknown", "x.onprem-firewall", id="Direct Connect"),
        pytest.param(
            lines(circuits=(replace(CIRCUIT, state="down", bgp="down"),)),
            "fail",
            "x.dx-down-or-filtered",
            id="Direct Connect is down",
        ),
        pytest.param(
            lines(circuits=(CIRCUIT,), allowed=("10.8.0.0/16",)), "fail", "x.dx-down-or-filtered", id="filtered"
        ),
        pytest.param(
            lines(circuits=(CIRCUIT,), allowed=("10.0.0.0/8",)), "unknown", "x.onprem-firewall", id="not filtered"
        ),
        pytest.param(
            lines(replace(STATIC, tunnels=(DOWN,)), circuits=(CIRCUIT,)),
            "unknown",
            "x.onprem-firewall",
            id="Direct Connect steps in",
        ),
        pytest.param(lines(circuits=(), exchanges=("dxgw-1",)), "unknown", None, id="circuits of another account"),
        pytest.param(
            replace(lines(replace(STATIC, tunnels=(DOWN,))), circuits=Unavailable("denied")),
            "unknown",
            None,
            id="Direct Connect was not read",
        ),
        pytest.param(replace(VGW, connections=Unavailable("denied")), "unknown", None, id="connections were not read"),
    ],
)
def test_r39_a_vpn_is_judged_up_to_its_tunnels(gateway: VirtualGateway, status: str, cause: str | None) -> None:
    assert told(vpn(gateway)) == [(status, cause)]


def test_the_owner_of_the_network_is_told_which_packets_to_allow() -> None:
    [verdict] = ask(vpn())

    assert "tcp from 10.0.1.0/24 ports 1024-65535 to 172.20.1.5:443, and the answers" in verdict.because
    assert "vpn-1 with a tunnel that is up" in verdict.because
    assert "vgw-1" in verdict.resources


def test_a_gateway_that_was_not_read_is_unknown() -> None:
    evidence = with_routes("rtb-model", TO_VGW)

    assert told(evidence) == [("unknown", None)]
    assert told(behind(evidence, virtual=VirtualGateways(()))) == [("unknown", None)]
    assert "vgw-1" in ask(evidence)[0].because


PROPAGATE = "aws ec2 enable-vgw-route-propagation --route-table-id rtb-model --gateway-id vgw-1"


@pytest.mark.parametrize("routes", [(), (Route("0.0.0.0/0", "nat-1"),), (Route("0.0.0.0/0", "igw-1"),)])
def test_r39_a_table_that_does_not_take_over_what_a_vpn_knows(routes: tuple[Route, ...]) -> None:
    evidence = behind(with_routes("rtb-model", *routes), virtual=VirtualGateways((VGW,)))

    assert told(evidence) == [("fail", "rt.vgw-propagation-off")]
    assert fixed(evidence) == [PROPAGATE]


def test_a_public_nat_gateway_may_lead_to_the_vpn_too() -> None:
    by_nat = with_routes("rtb-model", Route("0.0.0.0/0", "nat-1"), evidence=with_routes("rtb-nat", TO_VGW))

    assert told(behind(by_nat, virtual=VirtualGateways((VGW,)))) == [("unknown", "x.onprem-firewall")]


def test_what_another_table_has_from_a_vpn_is_known() -> None:
    elsewhere = with_routes(
        "rtb-nat", Route("172.20.0.0/16", "vgw-1", propagated=True), evidence=with_routes("rtb-model")
    )

    assert told(behind(elsewhere, virtual=VirtualGateways((lines(BGP),)))) == [("fail", "rt.vgw-propagation-off")]


def test_what_a_vpn_may_not_know_is_a_missing_route() -> None:
    evidence = behind(with_routes("rtb-model"), virtual=VirtualGateways((lines(BGP),)))
    on = replace(evidence, route_tables=changed(evidence.route_tables, "rtb-model", propagating=("vgw-1",)))

    assert told(evidence) == [("fail", "rt.no-route-to-registry")]
    assert told(behind(on, virtual=VirtualGateways((VGW,)))) == [("fail", "rt.no-route-to-registry")]


def test_a_private_nat_gateway_may_lead_to_the_vpn() -> None:
    private = replace(HEALTHY.nat_gateways.rows[0], connectivity="private", public_addresses=())  # type: ignore[union-attr]
    evidence = with_routes("rtb-model", Route("0.0.0.0/0", "nat-1"), evidence=with_routes("rtb-nat", TO_VGW))
    evidence = replace(evidence, nat_gateways=NatGateways((private,)))

    [verdict] = ask(behind(evidence, virtual=VirtualGateways((VGW,))))

    assert verdict.status is Status.UNKNOWN
    assert "tcp from 10.0.100.9/32" in verdict.because
    assert verdict.cause
    assert verdict.cause.id == "x.onprem-firewall"


def test_r43_a_way_out_for_ipv6_alone() -> None:
    only = with_routes("rtb-model", Route("::/0", "eigw-1"))

    assert told(only, PUBLIC) == [("fail", "rt.egress-only-ipv6")]
    assert fixed(only, PUBLIC) == [
        "aws ec2 create-route --route-table-id rtb-model --destination-cidr-block 93.184.216.34/32"
        " --nat-gateway-id nat-1"
    ]
    assert told(only, FAR) == [("fail", "rt.no-route-to-registry")]


PROXY = Appliance("eni-fw", ("10.0.50.5",), False, True, "i-1", "running")
BY_PROXY = with_routes("rtb-model", Route("172.20.0.0/16", "eni-fw"))


@pytest.mark.parametrize(
    ("row", "status", "cause", "commands"),
    [
        (PROXY, "unknown", None, []),
        (replace(PROXY, instance_id="", instance_state=""), "unknown", None, []),
        (replace(PROXY, source_dest_check=True, addresses=(FAR,)), "unknown", None, []),
        (
            replace(PROXY, source_dest_check=True),
            "fail",
            "rt.appliance-source-dest-check",
            ["aws ec2 modify-network-interface-attribute --network-interface-id eni-fw --no-source-dest-check"],
        ),
        (
            replace(PROXY, instance_state="stopped"),
            "fail",
            "rt.appliance-not-working",
            ["aws ec2 start-instances --instance-ids i-1"],
        ),
        (replace(PROXY, instance_state="terminated"), "fail", "rt.appliance-not-working", []),
        (replace(PROXY, attached=False), "fail", "rt.appliance-not-working", []),
    ],
)
def test_r40_an_appliance_is_judged_by_whether_it_can_forward(
    row: Appliance, status: str, cause: str | None, commands: list[str]
) -> None:
    evidence = behind(BY_PROXY, appliances=Appliances((row,)))

    assert told(evidence) == [(status, cause)]
    assert fixed(evidence) == commands


def test_an_appliance_by_its_instance_or_unread() -> None:
    by_instance = behind(with_routes("rtb-model", Route("172.20.0.0/16", "i-1")), appliances=Appliances((PROXY,)))

    assert "eni-fw" in ask(by_instance)[0].resources
    assert told(behind(BY_PROXY, appliances=Appliances(()))) == [("unknown", None)]
    assert told(behind(BY_PROXY, appliances=Unavailable("denied"))) == [("unknown", None)]


LIST = RuleGroup(
    "arn:aws:network-firewall:us-east-1:1:stateful-rulegroup/hosts",
    "ALLOWLIST",
    (".example.com",),
    ("TLS_SNI", "HTTP_HOST"),
    (),
    json.dumps({"RulesSource": {"RulesSourceList": {"Targets": [".other.org"]}}}),
    "token",
)
POLICY = FirewallPolicy("arn:firewall-policy/main", ("aws:forward_to_sfe",), (), False, (), (LIST,))
ENDPOINT = Inspection("vpce-fw", "GatewayLoadBalancer", "available", "svc", "subnet-fw", "wall", POLICY)
TO_WALL = Route("0.0.0.0/0", "vpce-fw")


def walled(
    endpoint: Inspection = ENDPOINT,
    back: tuple[Route, ...] = (Route("10.0.1.0/24", "vpce-fw"),),
    onward: tuple[Route, ...] = (Route("0.0.0.0/0", "nat-1"),),
) -> NetworkEvidence:
    """The model's way out leads through a firewall and then a NAT gateway, and the answers come back through it."""
    evidence = with_routes("rtb-nat", Route("0.0.0.0/0", "igw-1"), *back, evidence=with_routes("rtb-model", TO_WALL))
    table = RouteTable("rtb-fw", "vpc-1", False, ("subnet-fw",), (), (LOCAL, *onward))
    return behind(
        replace(
            evidence,
            subnets=plus(evidence.subnets, Subnet("subnet-fw", "vpc-1", "10.0.90.0/28", "use1-az1", OWNER)),
            route_tables=plus(evidence.route_tables, table),
            acls=plus(evidence.acls, NetworkAcl("acl-fw", "vpc-1", False, ("subnet-fw",), OPEN)),
        ),
        inspections=Inspections((endpoint,)),
    )


def rules(*groups: RuleGroup, **fields: Any) -> NetworkEvidence:
    return walled(replace(ENDPOINT, policy=replace(POLICY, groups=groups, **fields)))


DENY = replace(LIST, id="arn:x/deny", list_type="DENYLIST")
OTHERS = replace(LIST, domains=(".other.org",))


@pytest.mark.parametrize(
    ("evidence", "status", "cause"),
    [
        pytest.param(walled(), "pass", None, id="the list allows it"),
        pytest.param(rules(replace(LIST, domains=("registry.example.com",))), "pass", None, id="by its own name"),
        pytest.param(rules(OTHERS), "fail", "rt.network-firewall-drops", id="the list lacks it"),
        pytest.param(rules(OTHERS, LIST), "pass", None, id="one of two lists allows it"),
        pytest.param(rules(DENY), "fail", "rt.network-firewall-drops", id="a list denies it"),
        pytest.param(rules(DENY, LIST), "pass", None, id="what is allowed comes before what is denied"),
        pytest.param(rules(replace(DENY, domains=(".other.org",))), "pass", None, id="a list denies others"),
        pytest.param(rules(replace(OTHERS, kinds=("HTTP_HOST",))), "pass", None, id="a list about plain HTTP"),
        pytest.param(rules(replace(LIST, list_type="")), "unknown", "rt.network-firewall-drops", id="other rules"),
        pytest.param(
            rules(replace(OTHERS, home=("10.9.0.0/16",))), "unknown", "rt.network-firewall-drops", id="other clients"
        ),
        pytest.param(rules(OTHERS, inspects_tls=True), "unknown", "rt.network-firewall-drops", id="TLS is opened"),
        pytest.param(rules(OTHERS, strict=True), "unknown", "rt.network-firewall-drops", id="strict, no default"),
        pytest.param(
            rules(LIST, strict=True, defaults=("aws:drop_established",)), "pass", None, id="strict, allowed"
        ),
        pytest.param(
            rules(OTHERS, strict=True, defaults=("aws:drop_established",)),
            "fail",
            "rt.network-firewall-drops",
            id="strict, not allowed",
        ),
        pytest.param(
            rules(LIST, strict=True, defaults=("aws:drop_strict",)),
            "unknown",
            "rt.network-firewall-drops",
            id="strict, and the handshake may be dropped",
        ),
        pytest.param(
            rules(OTHERS, stateless=("aws:drop",)), "fail", "rt.network-firewall-drops", id="all is dropped"
        ),
        pytest.param(rules(OTHERS, stateless=("aws:pass",)), "pass", None, id="all is passed"),
        pytest.param(
            rules(LIST, stateless_groups=("arn:x/one",)), "unknown", "rt.network-firewall-drops", id="stateless rules"
        ),
        pytest.param(
            walled(replace(ENDPOINT, policy=Unavailable("denied"))), "unknown", "rt.network-firewall-drops", id="denied"
        ),
        pytest.param(
            walled(replace(ENDPOINT, firewall="", policy=Unavailable("none"))),
            "unknown",
            "rt.network-firewall-drops",
            id="a seller's appliance",
        ),
        pytest.param(walled(replace(ENDPOINT, state="rejected")), "fail", "rt.appliance-not-working", id="rejected"),
        pytest.param(walled(back=()), "fail", "rt.asymmetric-inspection", id="the answers go past it"),
        pytest.param(
            walled(replace(ENDPOINT, policy=replace(POLICY, midstream="CONTINUE")), back=()),
            "unknown",
            "rt.asymmetric-inspection",
            id="the answers go past one that does not mind",
        ),
        pytest.param(
            walled(back=(Route("10.0.1.0/24", "vpce-other"),)),
            "unknown",
            "rt.asymmetric-inspection",
            id="the answers go through another endpoint",
        ),
        pytest.param(walled(onward=()), "fail", "rt.no-route-to-registry", id="no way on"),
        pytest.param(walled(onward=(TO_WALL,)), "fail", "rt.no-route-to-registry", id="back into it"),
        pytest.param(
            with_acl("acl-fw", [allow(1, egress=True)], walled()), "fail", "nacl.inspection-subnet", id="its ACL"
        ),
    ],
)  # fmt: skip
def test_r41_a_firewall_is_judged_where_its_policy_is_plain(
    evidence: NetworkEvidence, status: str, cause: str | None
) -> None:
    found = set(told(evidence, PUBLIC))

    assert (status, cause) in found
    assert {one for one, _ in found} == {status}


def test_firewalls_that_lead_round_in_circles_end_the_walk() -> None:
    other = replace(ENDPOINT, id="vpce-2", subnet_id="subnet-reg")
    evidence = walled(onward=(Route("0.0.0.0/0", "vpce-2"),))
    evidence = with_routes("rtb-main", TO_WALL, evidence=evidence)

    assert ("fail", "rt.no-route-to-registry") in told(
        behind(evidence, inspections=Inspections((ENDPOINT, other))), PUBLIC
    )


def test_the_fixes_of_a_firewall_were_tried() -> None:
    [allowed] = fixed(rules(OTHERS), PUBLIC)

    assert allowed.startswith("aws network-firewall update-rule-group --rule-group-arn arn:aws:network-firewall:")
    assert '"Targets":[".other.org","registry.example.com"]' in allowed
    assert fixed(walled(back=()), PUBLIC) == [
        "aws ec2 create-route --route-table-id rtb-nat --destination-cidr-block 10.0.1.0/24 --vpc-endpoint-id vpce-fw"
    ]
    assert fixed(rules(DENY), PUBLIC) == []


def test_a_firewall_that_may_not_be_read_says_what_would_settle_it() -> None:
    denied = Unavailable("network-firewall:ListFirewalls was denied", "allow network-firewall:ListFirewalls")
    [verdict] = ask(walled(replace(ENDPOINT, firewall="", policy=denied)), PUBLIC)

    assert "allow network-firewall:ListFirewalls" in verdict.because


def test_only_the_answers_pass_a_firewall() -> None:
    evidence = with_routes("rtb-main", Route("10.0.1.0/24", "vpce-fw"))
    evidence = behind(evidence, inspections=Inspections((ENDPOINT,)))

    assert told(evidence, "10.0.10.20") == [("fail", "rt.asymmetric-inspection")]
    assert fixed(evidence, "10.0.10.20") == [
        "aws ec2 create-route --route-table-id rtb-model --destination-cidr-block 10.0.10.0/24"
        " --vpc-endpoint-id vpce-fw"
    ]
    assert told(behind(evidence, inspections=Inspections(())), "10.0.10.20") == [
        ("unknown", "rt.asymmetric-inspection")
    ]


def test_answers_through_an_appliance_may_work() -> None:
    evidence = with_routes("rtb-main", Route("10.0.1.0/24", "eni-fw"))

    assert told(evidence, "10.0.10.20") == [("unknown", "rt.asymmetric-inspection")]


def test_a_firewall_between_nat_and_internet_needs_the_gateways_own_table() -> None:
    evidence = walled(onward=(Route("0.0.0.0/0", "igw-1"),))
    evidence = with_routes(
        "rtb-nat", TO_WALL, evidence=with_routes("rtb-model", Route("0.0.0.0/0", "nat-1"), evidence=evidence)
    )
    edge = RouteTable("rtb-edge", "vpc-1", False, (), ("igw-1",), (LOCAL, Route("10.0.100.0/24", "vpce-fw")))

    assert told(replace(evidence, route_tables=plus(evidence.route_tables, edge)), PUBLIC) == [("pass", None)]
    assert told(evidence, PUBLIC) == [("fail", "rt.asymmetric-inspection")]


def nat(evidence: NetworkEvidence, **fields: Any) -> NetworkEvidence:
    return replace(evidence, nat_gateways=changed(evidence.nat_gateways, "nat-1", **fields))


INWARD = with_routes("rtb-model", Route("10.0.10.0/24", "nat-1"))
PRIVATE = nat(INWARD, connectivity="private", public_addresses=())


def admitted(evidence: NetworkEvidence, *cidrs: str) -> NetworkEvidence:
    return replace(evidence, groups=changed(evidence.groups, "sg-reg", ingress=(to_cidr(*cidrs),)))


def test_r34_a_private_nat_gateway_goes_on_with_its_own_address() -> None:
    [passed] = ask(admitted(PRIVATE, "10.0.100.9/32"), "10.0.10.20")
    two = nat(PRIVATE, private_addresses=("10.0.100.9", "10.0.100.10"))

    assert passed.status is Status.PASS
    assert "eni-reg" in passed.because
    assert told(PRIVATE, "10.0.10.20") == [("fail", "sg.reference-over-public-path")]
    assert told(admitted(PRIVATE, "10.0.1.0/24"), "10.0.10.20") == [("fail", "sg.registry-ingress")]
    assert "10.0.100.9/32" in fixed(PRIVATE, "10.0.10.20")[0]
    assert told(admitted(two, "10.0.100.9/32"), "10.0.10.20") == [("fail", "sg.registry-ingress")]
    assert told(admitted(two, "10.0.100.8/30"), "10.0.10.20") == [("pass", None)]


def test_no_acl_stands_between_a_nat_gateway_and_its_own_subnet() -> None:
    beside = nat(PRIVATE, subnet_id="subnet-reg", private_addresses=("10.0.10.9",))
    narrow = [allow(1, egress=False, cidr="10.0.1.0/24"), allow(1, egress=True, cidr="10.0.1.0/24")]

    assert told(with_acl("acl-reg", narrow, admitted(beside, "10.0.10.9/32")), "10.0.10.20") == [("pass", None)]


def test_a_nat_gateway_whose_address_is_not_known_is_unknown() -> None:
    assert told(nat(PRIVATE, private_addresses=()), "10.0.10.20") == [("unknown", None)]
    assert told(nat(PRIVATE, private_addresses=("10.9.9.9",)), "10.0.10.20") == [("unknown", None)]


@pytest.mark.parametrize("onward", ["nat-1", "nat-2"])
def test_nat_gateways_that_lead_round_in_circles_do_not_work(onward: str) -> None:
    second = NatGateway("nat-2", "vpc-1", "subnet-reg", "available", "private", ("10.0.10.9",), ())
    evidence = with_routes("rtb-nat", Route("0.0.0.0/0", onward))
    evidence = with_routes("rtb-main", Route("0.0.0.0/0", "nat-1"), evidence=evidence)
    evidence = replace(evidence, nat_gateways=plus(evidence.nat_gateways, second))

    assert told(evidence, PUBLIC) == [("fail", "rt.nat-not-working")]


REGIONAL = NatGateway(
    "nat-1", "vpc-1", None, "available", "public", (), ("54.1.1.1",), zones=("use1-az1",), table_id="rtb-regional"
)


def regional(gateway: NatGateway = REGIONAL, *routes: Route) -> NetworkEvidence:
    table = RouteTable("rtb-regional", "vpc-1", False, (), (), (LOCAL, *(routes or (Route("0.0.0.0/0", "igw-1"),))))
    return replace(
        HEALTHY,
        nat_gateways=NatGateways((gateway,)),
        route_tables=plus(HEALTHY.route_tables, table),
    )


def test_a_regional_nat_gateway_has_zones_and_a_table_and_no_subnet() -> None:
    assert told(regional(), PUBLIC) == [("pass", None)]
    assert told(regional(replace(REGIONAL, zones=("use1-az2",))), PUBLIC) == [("unknown", None)]
    assert told(regional(replace(REGIONAL, table_id="rtb-gone")), PUBLIC) == [("unknown", None)]
    assert told(regional(replace(REGIONAL, table_id="")), PUBLIC) == [("unknown", None)]
    assert told(regional(replace(REGIONAL, state="failed")), PUBLIC) == [("fail", "rt.nat-not-working")]
    assert told(regional(REGIONAL, Route("0.0.0.0/0", "tgw-1")), PUBLIC) == [("unknown", None)]
    assert told(replace(regional(), internet_gateways=InternetGateways(())), PUBLIC) == [("fail", "rt.nat-not-working")]


@pytest.mark.parametrize(
    ("target", "name", "cause"),
    [
        ("cagw-1", "carrier gateway", None),
        ("lgw-1", "local gateway of an Outpost", None),
        ("arn:aws:networkmanager::1:core-network/core-network-1", "core network", "x.cloud-wan-or-lattice"),
        ("VpcLattice", "VPC Lattice service network", "x.cloud-wan-or-lattice"),
        ("arn:aws:odb:us-east-1:1:odb-network/odbnet-1", "Oracle Database network", None),
        ("something-new", "gateway", None),
    ],
)
def test_r42_what_is_not_judged_is_named(target: str, name: str, cause: str | None) -> None:
    [verdict] = ask(with_routes("rtb-model", Route("172.20.0.0/16", target)))

    assert verdict.status is Status.UNKNOWN
    assert (verdict.cause.id if verdict.cause else None) == cause
    assert f"{target}: the path leaves the VPC here" in verdict.because
    assert (name, target) in [(hop.kind, hop.resource) for hop in verdict.path]


def test_aws_s_side_before_what_is_not_judged_is_judged() -> None:
    evidence = with_routes("rtb-model", Route("172.20.0.0/16", "lgw-1"), evidence=with_group("sg-model", egress=()))

    assert told(evidence) == [("fail", "sg.model-egress-registry")]


def test_a_filtered_route_is_unknown() -> None:
    [verdict] = ask(with_routes("rtb-model", Route("172.20.0.0/16", "vgw-1", "filtered")))

    assert verdict.status is Status.UNKNOWN
    assert "172.20.0.0/16 is in state filtered" in verdict.because


THERE = "10.60.1.20"
RIGHT = Peering("pcx-1", "active", PeeringSide("vpc-1", ("10.0.0.0/16",)), PeeringSide("vpc-far", ("10.60.0.0/16",)))
WRONG = Peering("pcx-2", "active", PeeringSide("vpc-1", ("10.0.0.0/16",)), PeeringSide("vpc-odd", ("10.70.0.0/16",)))


def hijacked(target: str) -> NetworkEvidence:
    """The registry is in a peered VPC, and a longer route leads elsewhere."""
    evidence = with_routes("rtb-model", Route("10.60.0.0/16", "pcx-1"), Route("10.60.1.0/24", target))
    table = RouteTable(
        "rtb-far", "vpc-far", True, (), (), (Route("10.60.0.0/16", "local"), Route("10.0.0.0/16", "pcx-1"))
    )
    return behind(
        replace(
            evidence,
            subnets=plus(evidence.subnets, Subnet("subnet-far", "vpc-far", "10.60.1.0/24", "use1-az1", OWNER)),
            route_tables=plus(evidence.route_tables, table),
            acls=plus(evidence.acls, NetworkAcl("acl-far", "vpc-far", True, (), OPEN)),
            groups=plus(evidence.groups, SecurityGroup("sg-far", "vpc-far", OWNER, (to_cidr("10.0.0.0/16"),), ())),
            interfaces=plus(evidence.interfaces, Interface("eni-far", "vpc-far", "subnet-far", (THERE,), ("sg-far",))),
            peerings=Peerings((RIGHT, WRONG)),
        ),
        virtual=VirtualGateways((lines(BGP),)),
    )


@pytest.mark.parametrize("target", ["pcx-2", "igw-1"])
def test_a_longer_route_to_where_the_registry_cannot_be(target: str) -> None:
    assert told(hijacked(target), THERE) == [("fail", "rt.more-specific-hijack")]
    assert fixed(hijacked(target), THERE) == [
        "aws ec2 delete-route --route-table-id rtb-model --destination-cidr-block 10.60.1.0/24"
    ]


def test_a_longer_route_to_a_vpn_may_come_round() -> None:
    [verdict] = ask(hijacked("vgw-1"), THERE)

    assert told(hijacked("vgw-1"), THERE) == [("unknown", "rt.more-specific-hijack")]
    assert "10.60.0.0/16 -> pcx-1, which leads to vpc-far, where eni-far has 10.60.1.20" in verdict.because
    assert told(hijacked("pcx-1"), THERE) == [("pass", None)]


def test_r6_a_network_inside_the_vpcs_own_range() -> None:
    announced = with_routes("rtb-model", Route("10.0.10.0/24", "vgw-1", propagated=True))

    assert told(announced, "10.0.10.99") == [("fail", "rt.cidr-overlap")]
    assert told(announced, "10.0.10.20") == [("pass", None)]
    shared = replace(announced, subnets=changed(announced.subnets, "subnet-reg", owner="999999999999"))
    assert told(shared, "10.0.10.99") == [("unknown", None)]
    assert told(with_routes("rtb-model", Route("10.0.0.0/8", "vgw-1", propagated=True)), "10.0.10.99") == [
        ("fail", "dns.stale-address")
    ]


BLOCKED = PublicAccess(OWNER, "block-bidirectional")
EXCLUDE = (
    "aws ec2 create-vpc-block-public-access-exclusion --subnet-id subnet-nat"
    " --internet-gateway-exclusion-mode allow-egress"
)


@pytest.mark.parametrize(
    ("access", "status", "commands"),
    [
        (BLOCKED, "fail", [EXCLUDE]),
        (replace(BLOCKED, exclusions_allowed=False), "fail", []),
        (replace(BLOCKED, exclusions=(Exclusion("x-1", "subnet-nat", "allow-egress"),)), "pass", []),
        (replace(BLOCKED, exclusions=(Exclusion("x-1", "vpc-1", "allow-bidirectional"),)), "pass", []),
        (replace(BLOCKED, exclusions=(Exclusion("x-1", "subnet-a", "allow-egress"),)), "fail", [EXCLUDE]),
        (replace(BLOCKED, mode="block-ingress"), "pass", []),
        (replace(BLOCKED, settled=False), "pass", []),
        (replace(BLOCKED, owner="999999999999"), "pass", []),
        (Unavailable("denied"), "pass", []),
    ],
)
def test_r64_block_public_access_of_the_account(
    access: PublicAccess | Unavailable, status: str, commands: list[str]
) -> None:
    evidence = behind(HEALTHY, public_access=access)

    assert [one.status.value for one in ask(evidence, PUBLIC)] == [status]
    assert fixed(evidence, PUBLIC) == commands


def test_doubts_about_the_lambda_api_carry_no_cause_of_the_registrys() -> None:
    by_vpn = behind(with_routes("rtb-model", Route("0.0.0.0/0", "vgw-1")), virtual=VirtualGateways((lines(BGP),)))
    dead = behind(by_vpn, virtual=VirtualGateways((lines(),)))
    endpoints = LambdaEndpoints("vpc-1", LAMBDA_NAME.service_name, ())
    api = LambdaAddresses(LAMBDA_NAME.host, None, ())
    answers = [list(lambda_is_reachable(ONE, api, LAMBDA_NAME, endpoints, one)) for one in (by_vpn, dead)]

    assert [(one.status, one.cause) for one in answers[0]] == [(Status.UNKNOWN, None)]
    assert [one.cause.id for one in answers[1] if one.cause] == ["vpce.none-and-no-egress"]


TARGETS = ("nat-1", "nat-2", "igw-1", "vpce-fw", "vpce-2", "vgw-1", "eni-fw", "local")
NAMES = ("rtb-model", "rtb-fw", "rtb-nat", "rtb-main")
PLACES = st.sampled_from(["0.0.0.0/0", "10.0.10.0/24", "10.0.1.0/24", "10.0.100.0/24"])
ROUTES = st.lists(st.builds(Route, PLACES, st.sampled_from(TARGETS)), max_size=3, unique_by=lambda one: one.destination)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.tuples(*[ROUTES for _ in NAMES]), st.sampled_from(["10.0.10.20", PUBLIC, FAR]))
def test_every_walk_ends_and_every_command_was_worth_it(routed: tuple[list[Route], ...], address: str) -> None:
    evidence = walled()
    for name, routes in zip(NAMES, routed, strict=True):
        evidence = with_routes(name, *routes, evidence=evidence)
    second = NatGateway("nat-2", "vpc-1", "subnet-reg", "available", "private", ("10.0.10.9",), ())
    evidence = replace(evidence, nat_gateways=plus(evidence.nat_gateways, second))
    evidence = behind(
        evidence,
        virtual=VirtualGateways((VGW,)),
        appliances=Appliances((PROXY,)),
        inspections=Inspections((ENDPOINT, replace(ENDPOINT, id="vpce-2", subnet_id="subnet-reg"))),
    )
    index, source, there = Index(evidence), Source("subnet-a", ("sg-model",)), Destination.at(address, 443)
    found = walk(index, source, there)

    assert 2 < len(found.steps) < 100
    for blocker in found.blockers:
        mended = mend(index, source, there, blocker)
        assert mended is None or blocker not in mended.later.blockers

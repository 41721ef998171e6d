"""The walk, rule by rule of the reference it follows (R1-R69)."""

from dataclasses import replace

import pytest
from network_world import (
    HEALTHY,
    LOCAL,
    VPC,
    allow,
    changed,
    to_cidr,
    to_group,
    with_acl,
    with_group,
    with_routes,
)

from pullcheck import Direction, HopVerdict, Status, Unavailable
from pullcheck.evidence.describe import interface
from pullcheck.evidence.network import (
    Interfaces,
    InternetGateways,
    NetworkAcls,
    NetworkEvidence,
    PrefixLists,
    RouteTables,
)
from pullcheck.evidence.network_rows import GroupReference, GroupRule, Interface, PrefixList, Route, RouteTable
from pullcheck_checks.network.index import Index
from pullcheck_checks.network.journey import Destination, Source
from pullcheck_checks.network.steps import Place, Reason
from pullcheck_checks.network.walk import Walk, walk

REGISTRY = "10.0.10.20"
EPHEMERAL = (1024, 65535)


def go(evidence: NetworkEvidence, address: str | None = REGISTRY, port: int = 443, subnet: str = "subnet-a") -> Walk:
    destination = Destination(address or "public addresses", address, port)
    return walk(Index(evidence), Source(subnet, ("sg-model",)), destination)


def blocked(found: Walk) -> list[tuple[Place, Reason | None, str]]:
    return [(step.place, step.reason, step.hop.resource) for step in found.blockers]


def test_every_hop_there_and_back_is_in_the_path() -> None:
    found = go(HEALTHY)

    assert found.verdict is Status.PASS
    assert [(hop.direction.value, hop.kind, hop.resource) for hop in found.hops] == [
        ("forward", "security-group", "sg-model"),
        ("forward", "network-acl", "acl-model"),
        ("forward", "route-table", "rtb-model"),
        ("forward", "network-acl", "acl-reg"),
        ("forward", "interface", "eni-reg"),
        ("forward", "security-group", "sg-reg"),
        ("return", "network-acl", "acl-reg"),
        ("return", "route-table", "rtb-main"),
        ("return", "network-acl", "acl-model"),
    ]


MODEL_EGRESS = (Place.MODEL_GROUPS, Reason.NO_RULE, "sg-model")
REGISTRY_INGRESS = (Place.DESTINATION_GROUPS, Reason.NO_RULE, "sg-reg")


@pytest.mark.parametrize(
    ("rule", "lets_out"),
    [
        pytest.param(GroupRule("-1", cidrs=("10.0.0.0/8",)), True, id="R9 all protocols"),
        pytest.param(GroupRule("6", 443, 443, cidrs=("10.0.10.20/32",)), True, id="R9 tcp by number"),
        pytest.param(GroupRule("tcp", 0, 65535, cidrs=("10.0.10.20/32",)), True, id="R9 all ports"),
        pytest.param(GroupRule("udp", 443, 443, cidrs=("10.0.10.20/32",)), False, id="R9 another protocol"),
        pytest.param(GroupRule("icmp", -1, -1, cidrs=("10.0.10.20/32",)), False, id="R9 ICMP fields are no ports"),
        pytest.param(to_cidr("10.0.10.20/32", port=444), False, id="R9 another port"),
        pytest.param(to_cidr("10.0.11.0/24"), False, id="another range"),
        pytest.param(to_group("sg-reg"), True, id="R10 the registry's group"),
        pytest.param(to_group("sg-vpce"), False, id="another group"),
        pytest.param(
            GroupRule("tcp", 443, 443, groups=(GroupReference("sg-reg", peering_status="deleted"),)),
            False,
            id="R12 a stale reference",
        ),
        pytest.param(GroupRule("tcp", 443, 443, ipv6_cidrs=("::/0",)), False, id="R15 IPv6"),
    ],
)
def test_group_rules(rule: GroupRule, lets_out: bool) -> None:
    found = go(with_group("sg-model", egress=(rule,)))

    assert (Place.MODEL_GROUPS not in {step.place for step in found.blockers}) == lets_out
    assert (found.verdict is Status.PASS) == lets_out


def test_r7_groups_are_a_union_and_no_rule_allows_nothing() -> None:
    source = Source("subnet-a", ("sg-none", "sg-model"))
    none = changed(with_group("sg-model", egress=()).groups, "sg-model", id="sg-none")
    both = replace(HEALTHY, groups=type(none)(none.rows + HEALTHY.groups.rows))  # type: ignore[union-attr]

    assert walk(Index(both), source, Destination(REGISTRY, REGISTRY, 443)).verdict is Status.PASS
    assert blocked(go(with_group("sg-model", egress=()))) == [MODEL_EGRESS]
    assert blocked(go(with_group("sg-reg", ingress=()))) == [REGISTRY_INGRESS]


def test_r8_nobody_asks_the_registrys_groups_for_egress() -> None:
    assert go(with_group("sg-reg", egress=())).verdict is Status.PASS


def test_r1_a_rule_for_half_of_the_subnet_cuts_off_the_other_half() -> None:
    found = go(with_group("sg-reg", ingress=(to_cidr("10.0.1.0/25"),)))
    [step] = found.blockers

    assert step.severe
    assert "10.0.1.128-10.0.1.254 (127 of 251 addresses) is cut off" in step.hop.rule


def test_an_interface_without_groups_is_not_filtered() -> None:
    bare = changed(HEALTHY.interfaces, "eni-reg", group_ids=())
    closed = with_group("sg-reg", ingress=())

    assert go(closed).verdict is Status.FAIL
    assert go(replace(closed, interfaces=bare)).verdict is Status.PASS


def test_r14_prefix_lists_count_as_their_entries_and_unread_ones_as_doubt() -> None:
    rule = GroupRule("tcp", 443, 443, prefix_list_ids=("pl-1",))
    evidence = with_group("sg-model", egress=(rule,))
    full = replace(evidence, prefix_lists=PrefixLists((PrefixList("pl-1", ("10.0.10.0/24", "fd00::/8")),)))
    empty = replace(evidence, prefix_lists=PrefixLists((PrefixList("pl-1", ("10.0.11.0/24",)),)))
    denied = replace(evidence, prefix_lists=Unavailable("ec2:GetManagedPrefixListEntries was denied"))

    assert go(full).verdict is Status.PASS
    assert blocked(go(empty)) == [(Place.MODEL_GROUPS, Reason.PREFIX_LIST, "sg-model")]
    assert go(evidence).verdict is Status.UNKNOWN
    assert go(denied).verdict is Status.UNKNOWN


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        pytest.param([allow(100, egress=True, ports=(443, 443))], None, id="allowed"),
        pytest.param([allow(100, egress=True, ports=(443, 443), deny=True)], Reason.NO_RULE, id="denied"),
        pytest.param([], Reason.NO_RULE, id="R19 implicit deny"),
        pytest.param(
            [allow(200, egress=True), allow(90, egress=True, ports=(443, 443), deny=True)],
            Reason.DENIED_FIRST,
            id="R19 sorted by number, whatever the order of the data",
        ),
        pytest.param(
            [allow(100, egress=True), allow(200, egress=True, deny=True)], None, id="R19 the first match decides"
        ),
        pytest.param([allow(100, egress=True, cidr="10.0.11.0/24")], Reason.NO_RULE, id="R20 another destination"),
    ],
)
def test_acl_entries(entries: list, reason: Reason | None) -> None:  # type: ignore[type-arg]
    found = go(with_acl("acl-model", [*entries, allow(100, egress=False)]))

    assert [step.reason for step in found.blockers] == ([reason] if reason else [])


@pytest.mark.parametrize(
    ("ports", "reason", "severe"),
    [
        pytest.param((1024, 65535), None, False, id="R22 all of them"),
        pytest.param((32768, 65535), Reason.NARROW, False, id="R22 all that Linux uses"),
        pytest.param((49152, 65535), Reason.NARROW, True, id="R22 too few"),
        pytest.param((65535, 65535), Reason.NARROW, True, id="R21 a single one"),
    ],
)
def test_client_ports_of_the_answers(ports: tuple[int, int], reason: Reason | None, severe: bool) -> None:
    into_model = go(with_acl("acl-model", [allow(100, egress=True), allow(100, egress=False, ports=ports)]))
    out_of_registry = go(with_acl("acl-reg", [allow(100, egress=False), allow(100, egress=True, ports=ports)]))

    for found, place in ((into_model, Place.MODEL_ACL_IN), (out_of_registry, Place.DESTINATION_ACL)):
        assert [(step.place, step.reason, step.severe) for step in found.blockers] == (
            [(place, reason, severe)] if reason else []
        )


def test_r23_a_deny_inside_the_client_ports_is_a_small_loss() -> None:
    found = go(with_acl("acl-model", [allow(50, egress=False, ports=(3389, 3389), deny=True), *acl_open()]))
    [step] = found.blockers

    assert (step.reason, step.severe) == (Reason.DENIED_FIRST, False)
    assert "client ports 3389" in step.hop.rule


def acl_open() -> tuple:  # type: ignore[type-arg]
    return allow(100, egress=True), allow(100, egress=False)


def test_r24_no_acl_stands_between_interfaces_of_one_subnet() -> None:
    evidence = with_acl("acl-model", [])
    near = replace(evidence, interfaces=changed(HEALTHY.interfaces, "eni-reg", addresses=("10.0.1.20",)))

    assert go(near, "10.0.1.20").verdict is Status.PASS
    assert go(near, "10.0.1.20", subnet="subnet-b").verdict is Status.FAIL


def test_r18_a_subnet_without_acl_of_its_own_has_the_default_one() -> None:
    acls = HEALTHY.acls.rows[:1] + HEALTHY.acls.rows[2:]  # type: ignore[union-attr]
    evidence = with_acl("acl-default", [], replace(HEALTHY, acls=NetworkAcls(acls)))

    assert {step.hop.resource for step in go(evidence).blockers} == {"acl-default"}


def test_r5_an_address_of_the_vpc_needs_a_subnet_and_an_interface() -> None:
    assert blocked(go(HEALTHY, "10.0.10.21"))[0][:2] == (Place.DESTINATION, Reason.NO_HOST)
    assert blocked(go(HEALTHY, "10.0.50.1"))[0][:2] == (Place.DESTINATION, Reason.NO_HOST)


def test_r66_who_shares_a_subnet_does_not_see_the_owners_interfaces() -> None:
    shared = replace(HEALTHY, subnets=changed(HEALTHY.subnets, "subnet-reg", owner="210987654321"))

    assert go(shared, "10.0.10.21").verdict is Status.UNKNOWN
    assert go(shared).verdict is Status.PASS


@pytest.mark.parametrize(
    ("routes", "verdict", "resource"),
    [
        pytest.param((Route("10.0.10.0/24", "eni-9", "blackhole"),), Status.FAIL, "rtb-model", id="R30 blackhole wins"),
        pytest.param((Route("10.0.10.0/24", "eni-9"),), Status.UNKNOWN, "eni-9", id="R31 static beats local"),
        pytest.param((Route("10.0.10.0/24", "vgw-9", propagated=True),), Status.PASS, "", id="R31 propagated does not"),
        pytest.param((Route("10.0.10.0/24", "igw-1", "filtered"),), Status.FAIL, "igw-1", id="R42 odd state"),
    ],
)
def test_longer_routes_than_the_local_one(routes: tuple[Route, ...], verdict: Status, resource: str) -> None:
    found = go(with_routes("rtb-model", *routes))

    assert found.verdict is verdict
    assert not resource or resource in {step.hop.resource for step in found.blockers + found.doubts}


def test_the_answers_have_their_own_route() -> None:
    found = go(with_routes("rtb-main", Route("10.0.1.128/25", "eni-fw")))
    [doubt] = found.doubts

    assert doubt.hop.direction is Direction.RETURN
    assert go(with_routes("rtb-main", Route("10.0.1.128/25", "eni-fw", "blackhole"))).blockers[0].severe


@pytest.mark.parametrize("target", ["pcx-9", "tgw-1", "vgw-1", "eni-1", "vpce-1", "arn:aws:networkmanager::1:core/x"])
def test_a_way_out_that_is_not_judged_is_named(target: str) -> None:
    away = with_routes("rtb-model", Route("10.50.0.0/16", target))
    found = go(away, "10.50.10.20")
    before = go(with_acl("acl-model", [], away), "10.50.10.20")

    assert found.verdict is Status.UNKNOWN
    assert [step.hop.resource for step in found.doubts] == [target]
    assert "10.0.1.0/24" in found.doubts[0].hop.rule
    assert "10.50.10.20:443" in found.doubts[0].hop.rule
    assert before.verdict is Status.FAIL


def test_r2_an_internet_gateway_is_a_dead_end() -> None:
    found = go(with_routes("rtb-model", Route("0.0.0.0/0", "igw-1")), "8.8.8.8")

    assert blocked(found) == [(Place.INTERNET_GATEWAY, Reason.NO_PUBLIC_ADDRESS, "igw-1")]


def test_r25_a_nat_gateways_subnet_is_crossed_four_times() -> None:
    found = go(HEALTHY, "8.8.8.8")
    crossings = [(step.hop.direction.value, step.egress) for step in found.steps if step.hop.resource == "acl-default"]

    assert found.verdict is Status.PASS
    assert crossings == [("forward", False), ("forward", True), ("return", False), ("return", True)]
    assert "beyond it lies the internet" in " ".join(hop.rule for hop in found.hops)


@pytest.mark.parametrize(
    ("entries", "places"),
    [
        ([allow(1, egress=True)], [Place.NAT_ACL, Place.NAT_ACL_PORTS]),
        ([allow(1, egress=False)], [Place.NAT_ACL, Place.NAT_ACL]),
        ([allow(1, egress=True), allow(1, egress=False, cidr="10.0.0.0/16")], [Place.NAT_ACL_PORTS]),
        ([allow(1, egress=False), allow(1, egress=True, cidr="10.0.0.0/16")], [Place.NAT_ACL]),
        ([allow(1, egress=True), allow(1, egress=False, ports=(32768, 65535))], [Place.NAT_ACL, Place.NAT_ACL_PORTS]),
    ],
)
def test_each_crossing_can_block(entries: list, places: list[Place]) -> None:  # type: ignore[type-arg]
    found = go(with_acl("acl-default", entries), "8.8.8.8")

    assert [step.place for step in found.blockers] == places
    assert all(step.severe for step in found.blockers)


def nat(**fields: object) -> NetworkEvidence:
    return replace(HEALTHY, nat_gateways=changed(HEALTHY.nat_gateways, "nat-1", **fields))


@pytest.mark.parametrize(
    ("evidence", "reason"),
    [
        pytest.param(nat(state="failed", failure="no free address"), Reason.NAT_BROKEN, id="R34 failed"),
        pytest.param(nat(public_addresses=()), Reason.NAT_BROKEN, id="R34 without public address"),
        pytest.param(nat(connectivity="private"), Reason.NAT_BROKEN, id="R34 private"),
        pytest.param(nat(subnet_id="subnet-a"), Reason.NAT_BROKEN, id="R34 cannot serve its own subnet"),
        pytest.param(with_routes("rtb-nat"), Reason.NO_ROUTE, id="R34 without a way of its own"),
        pytest.param(with_routes("rtb-nat", Route("0.0.0.0/0", "igw-9", "blackhole")), Reason.BLACKHOLE, id="R30"),
        pytest.param(replace(HEALTHY, internet_gateways=InternetGateways(())), Reason.DETACHED, id="R33 detached"),
        pytest.param(
            replace(HEALTHY, subnets=changed(HEALTHY.subnets, "subnet-nat", public_access_block="block-bidirectional")),
            Reason.PUBLIC_ACCESS_BLOCKED,
            id="R64 both ways",
        ),
        pytest.param(
            replace(HEALTHY, subnets=changed(HEALTHY.subnets, "subnet-nat", public_access_block="block-ingress")),
            None,
            id="R64 inward alone",
        ),
    ],
)
def test_what_a_nat_gateway_needs(evidence: NetworkEvidence, reason: Reason | None) -> None:
    assert {step.reason for step in go(evidence, "8.8.8.8").blockers} == ({reason} if reason else set())


def test_r33_the_internet_carries_no_private_address() -> None:
    assert blocked(go(HEALTHY, "10.50.10.20")) == [(Place.INTERNET_GATEWAY, Reason.PRIVATE_ADDRESS, "igw-1")]


def test_a_regional_nat_gateway_is_not_judged() -> None:
    assert go(nat(subnet_id=None), "8.8.8.8").verdict is Status.UNKNOWN


def test_r10_a_reference_does_not_match_behind_a_nat_gateway() -> None:
    public = replace(HEALTHY, interfaces=changed(HEALTHY.interfaces, "eni-reg", public_addresses=("52.1.1.1",)))
    routed = with_routes("rtb-main", Route("0.0.0.0/0", "igw-1"), evidence=public)
    admitted = replace(routed, groups=with_group("sg-reg", ingress=(to_cidr("54.10.20.30/32"),)).groups)

    assert blocked(go(routed, "52.1.1.1")) == [(Place.DESTINATION_GROUPS, Reason.REFERENCE_LOST, "sg-reg")]
    assert go(admitted, "52.1.1.1").verdict is Status.PASS


def test_unlisted_public_addresses_need_rules_for_all_of_them() -> None:
    some = with_group("sg-model", egress=(to_cidr("52.0.0.0/8"),))
    none = with_group("sg-model", egress=(to_cidr("10.0.0.0/8"),))
    with_s3 = with_routes("rtb-model", Route("0.0.0.0/0", "nat-1"), Route("pl-s3", "vpce-s3"))

    assert go(HEALTHY, None).verdict is Status.PASS
    assert go(with_s3, None).verdict is Status.PASS
    assert go(some, None).verdict is Status.UNKNOWN
    assert go(none, None).verdict is Status.FAIL
    assert go(with_routes("rtb-model"), None).verdict is Status.FAIL


def test_r29_two_prefix_lists_with_one_range_are_a_tie() -> None:
    lists = PrefixLists((PrefixList("pl-1", ("8.8.8.0/24",)), PrefixList("pl-2", ("8.8.8.0/24",))))
    tie = with_routes("rtb-model", Route("pl-1", "nat-1"), Route("pl-2", "tgw-1"))
    static = with_routes("rtb-model", Route("pl-2", "tgw-1"), Route("8.8.8.0/24", "nat-1"))

    assert go(replace(tie, prefix_lists=lists), "8.8.8.8").verdict is Status.UNKNOWN
    assert go(replace(static, prefix_lists=lists), "8.8.8.8").verdict is Status.PASS


@pytest.mark.parametrize(
    "field", ["subnets", "route_tables", "acls", "groups", "interfaces", "nat_gateways", "internet_gateways"]
)
def test_r68_a_table_that_was_not_read_is_never_a_pass_or_a_false_alarm(field: str) -> None:
    evidence = replace(HEALTHY, **{field: Unavailable(f"{field} were denied", "allow it")})
    found = go(evidence, "8.8.8.8" if "gateways" in field else REGISTRY)

    assert found.verdict is Status.UNKNOWN
    assert any("denied" in step.hop.rule for step in found.doubts)


def test_a_blocker_elsewhere_is_a_failure_whatever_was_denied() -> None:
    evidence = replace(with_acl("acl-model", []), interfaces=Unavailable("denied"), groups=Unavailable("denied"))

    assert go(evidence).verdict is Status.FAIL


def test_r69_every_blocker_is_found() -> None:
    evidence = with_acl("acl-model", [], with_acl("acl-reg", [], with_group("sg-reg", ingress=())))

    assert [(place, direction) for place, direction in seen(go(evidence))] == [
        (Place.MODEL_ACL_OUT, Direction.FORWARD),
        (Place.DESTINATION_ACL, Direction.FORWARD),
        (Place.DESTINATION_GROUPS, Direction.FORWARD),
        (Place.DESTINATION_ACL, Direction.RETURN),
        (Place.MODEL_ACL_IN, Direction.RETURN),
    ]


def seen(found: Walk) -> list[tuple[Place, Direction]]:
    return [(step.place, step.hop.direction) for step in found.blockers]


def test_what_lies_behind_some_interfaces_is_not_known() -> None:
    behind = replace(HEALTHY, interfaces=changed(HEALTHY.interfaces, "eni-reg", kind="network_load_balancer"))

    assert go(behind).verdict is Status.UNKNOWN


def test_an_edge_table_with_an_appliance_is_a_doubt() -> None:
    edge = RouteTable("rtb-edge", VPC, False, (), ("igw-1",), (LOCAL, Route("10.0.100.0/24", "vpce-fw")))
    tables = RouteTables((*HEALTHY.route_tables.rows, edge))  # type: ignore[union-attr]

    assert [step.hop.resource for step in go(replace(HEALTHY, route_tables=tables), "8.8.8.8").doubts] == ["rtb-edge"]


@pytest.mark.parametrize("address", ["fd00::1", "not an address", "", "10.0.10.20/24"])
def test_what_is_no_ipv4_address_is_unknown(address: str) -> None:
    assert go(HEALTHY, address).verdict is Status.UNKNOWN


def test_a_subnet_that_is_not_there_is_unknown() -> None:
    assert go(HEALTHY, subnet="subnet-gone").verdict is Status.UNKNOWN


def test_odd_rows_never_crash() -> None:
    odd = NetworkEvidence.from_describe(
        {
            "Subnets": [{"SubnetId": "subnet-a", "VpcId": VPC, "CidrBlock": "10.0.1.0/24", "Novelty": 1}],
            "RouteTables": [{"RouteTableId": "rtb-1", "VpcId": VPC, "Associations": [{"Main": True}], "Routes": [{}]}],
            "NetworkAcls": [{"NetworkAclId": "acl-1", "VpcId": VPC, "IsDefault": True, "Entries": [{"Egress": True}]}],
            "SecurityGroups": [{"GroupId": "sg-model", "IpPermissionsEgress": [{"IpProtocol": "50"}, {}]}],
        }
    )

    assert go(odd, REGISTRY).verdict is Status.FAIL
    assert {hop.verdict for hop in go(odd).hops} <= set(HopVerdict)


def test_the_same_address_in_another_vpc_is_another_host() -> None:
    table = Interfaces((Interface("eni-x", "vpc-other", "subnet-x", (REGISTRY,), ()),))
    found = go(replace(with_group("sg-model", egress=(to_group("sg-reg"),)), interfaces=table))

    assert blocked(found) == [(Place.DESTINATION, Reason.NO_HOST, REGISTRY)]


def test_an_address_of_a_delegated_prefix_belongs_to_its_interface() -> None:
    row = {
        "NetworkInterfaceId": "eni-1",
        "PrivateIpAddress": "10.0.10.5",
        "Ipv4Prefixes": [{"Ipv4Prefix": "10.0.10.16/28"}, {"Ipv4Prefix": "nonsense"}, {}],
    }

    assert "10.0.10.20" in interface(row).addresses
    assert len(interface(row).addresses) == 17

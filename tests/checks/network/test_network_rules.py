"""The walk, rule by rule of the reference it follows; after T: stands the trap of a rule.

Peerings (R12, R32, R35), transit gateways (R11, R26, R36-R38), load balancers (R61-R63) and what stands above a VPC
have files of their own.
"""

from dataclasses import replace
from typing import Any

import pytest
from network_world import (
    HEALTHY,
    VPC,
    allow,
    blocked,
    changed,
    go,
    to_cidr,
    to_group,
    with_acl,
    with_group,
    with_routes,
)
from network_world import REGISTRY_ADDRESS as REGISTRY

from pullcheck import Direction, Status, Unavailable
from pullcheck.evidence.describe import subnet
from pullcheck.evidence.network import InternetGateways, NetworkAcls, NetworkEvidence, PrefixLists, RouteTables
from pullcheck.evidence.network_rows import AclEntry, GroupReference, GroupRule, PrefixList, Route, RouteTable
from pullcheck_checks.network import Destination, Outcome, Source, Walk, walk
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.steps import Place, Reason

MODEL = Source("subnet-a", ("sg-model",))


def test_r1_a_rule_for_half_of_the_subnet_cuts_off_the_other_half() -> None:
    """T: a rule for a /25, and a model subnet that is a /24."""
    found = go(with_group("sg-reg", ingress=(to_cidr("10.0.1.0/25"),)))
    [step] = found.blockers

    assert step.severe
    assert "10.0.1.128-10.0.1.254 (127 of 251 addresses) is cut off" in step.hop.rule


def test_r2_no_interface_of_the_model_has_a_public_address() -> None:
    """T: a subnet that gives instances public addresses gives none to SageMaker's interfaces."""
    found = go(with_routes("rtb-model", Route("0.0.0.0/0", "igw-1")), "8.8.8.8")
    row = {"SubnetId": "subnet-a", "VpcId": VPC, "CidrBlock": "10.0.1.0/24", "MapPublicIpOnLaunch": True}

    assert blocked(found) == [(Place.INTERNET_GATEWAY, Reason.NO_PUBLIC_ADDRESS, "igw-1")]
    assert subnet(row) == subnet(row | {"MapPublicIpOnLaunch": False})


def test_r5_an_address_of_the_vpc_needs_a_subnet_and_an_interface() -> None:
    assert blocked(go(HEALTHY, "10.0.10.21"))[0][:2] == (Place.DESTINATION, Reason.NO_HOST)
    assert blocked(go(HEALTHY, "10.0.50.1"))[0][:2] == (Place.DESTINATION, Reason.NO_HOST)


def test_r6_an_address_in_the_vpcs_own_range_never_leaves_it() -> None:
    """T: a wider route to the real registry elsewhere looks as if it led there."""
    found = go(with_routes("rtb-model", Route("10.0.0.0/8", "tgw-1")), "10.0.10.21")

    assert blocked(found)[0][:2] == (Place.DESTINATION, Reason.NO_HOST)


MODEL_EGRESS = (Place.MODEL_GROUPS, Reason.NO_RULE, "sg-model")
REGISTRY_INGRESS = (Place.DESTINATION_GROUPS, Reason.NO_RULE, "sg-reg")


def test_r7_groups_are_a_union_and_no_rule_allows_nothing() -> None:
    source = Source("subnet-a", ("sg-none", "sg-model"))
    none = changed(with_group("sg-model", egress=()).groups, "sg-model", id="sg-none")
    both = replace(HEALTHY, groups=type(none)(none.rows + HEALTHY.groups.rows))  # type: ignore[union-attr]

    assert walk(Index(both), source, Destination(REGISTRY, REGISTRY, 443)).verdict is Status.PASS
    assert blocked(go(with_group("sg-model", egress=()))) == [MODEL_EGRESS]
    assert blocked(go(with_group("sg-reg", ingress=()))) == [REGISTRY_INGRESS]


def test_r8_groups_are_stateful_so_that_answers_need_no_rule() -> None:
    """T: fixes that open the egress of an endpoint for answers."""
    assert go(with_group("sg-reg", egress=())).verdict is Status.PASS
    assert go(with_group("sg-model", ingress=())).verdict is Status.PASS


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
def test_r9_to_r15_what_a_group_rule_lets_out(rule: GroupRule, lets_out: bool) -> None:
    """T: an IPv6 rule, a UDP rule or a reference that is gone, taken for one that matches."""
    found = go(with_group("sg-model", egress=(rule,)))

    assert (Place.MODEL_GROUPS not in {step.place for step in found.blockers}) == lets_out
    assert (found.verdict is Status.PASS) == lets_out


def test_r10_a_reference_does_not_match_behind_a_nat_gateway() -> None:
    public = replace(HEALTHY, interfaces=changed(HEALTHY.interfaces, "eni-reg", public_addresses=("52.1.1.1",)))
    routed = with_routes("rtb-main", Route("0.0.0.0/0", "igw-1"), evidence=public)
    admitted = replace(routed, groups=with_group("sg-reg", ingress=(to_cidr("54.10.20.30/32"),)).groups)

    assert blocked(go(routed, "52.1.1.1")) == [(Place.DESTINATION_GROUPS, Reason.REFERENCE_LOST, "sg-reg")]
    assert go(admitted, "52.1.1.1").verdict is Status.PASS


def test_r13_a_default_group_admits_its_own_members_alone() -> None:
    """T: an endpoint made without groups has the VPC's default one."""
    closed = with_group("sg-vpce", ingress=(GroupRule("-1", groups=(GroupReference("sg-vpce"),)),))
    there = Destination.at("10.0.1.77", 443, ends_at_endpoint=True)
    admits = with_group("sg-vpce", ingress=(GroupRule("-1", groups=(GroupReference("sg-model"),)),))

    assert blocked(walk(closed, MODEL, there)) == [(Place.DESTINATION_GROUPS, Reason.NO_RULE, "sg-vpce")]
    assert walk(admits, MODEL, there).verdict is Status.PASS


def test_r14_prefix_lists_count_as_their_entries_and_unread_ones_as_doubt() -> None:
    """T: entries that cannot be read, taken for no match."""
    rule = GroupRule("tcp", 443, 443, prefix_list_ids=("pl-1",))
    evidence = with_group("sg-model", egress=(rule,))
    full = replace(evidence, prefix_lists=PrefixLists((PrefixList("pl-1", ("10.0.10.0/24", "fd00::/8")),)))
    empty = replace(evidence, prefix_lists=PrefixLists((PrefixList("pl-1", ("10.0.11.0/24",)),)))
    denied = replace(evidence, prefix_lists=Unavailable("ec2:GetManagedPrefixListEntries was denied"))

    assert go(full).verdict is Status.PASS
    assert blocked(go(empty)) == [(Place.MODEL_GROUPS, Reason.PREFIX_LIST, "sg-model")]
    assert go(evidence).verdict is Status.UNKNOWN
    assert go(denied).verdict is Status.UNKNOWN


def test_r17_the_models_membership_is_its_vpcconfig() -> None:
    """T: before anything is deployed no interface carries the group."""
    stranger = Source("subnet-a", ("sg-vpce",))
    opened = with_group("sg-vpce", egress=(to_cidr("0.0.0.0/0"),))

    assert go(HEALTHY).verdict is Status.PASS
    assert blocked(walk(opened, stranger, Destination.at(REGISTRY, 443))) == [REGISTRY_INGRESS]


def test_r18_a_subnet_without_acl_of_its_own_has_the_default_one() -> None:
    acls = HEALTHY.acls.rows[:1] + HEALTHY.acls.rows[2:]  # type: ignore[union-attr]
    evidence = with_acl("acl-default", [], replace(HEALTHY, acls=NetworkAcls(acls)))

    assert {step.hop.resource for step in go(evidence).blockers} == {"acl-default"}


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
        pytest.param(
            [AclEntry(90, True, False, "-1", None, "::/0"), allow(100, egress=True)], None, id="R20 an entry for IPv6"
        ),
        pytest.param(
            [AclEntry(90, True, False, "17", "0.0.0.0/0"), allow(100, egress=True)], None, id="R20 an entry for UDP"
        ),
    ],
)
def test_r19_and_r20_the_first_entry_that_fits_decides(entries: list, reason: Reason | None) -> None:  # type: ignore[type-arg]
    """T: AWS's answer need not be sorted, nor hold the last rule."""
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
def test_r21_and_r22_the_ports_of_answers(ports: tuple[int, int], reason: Reason | None, severe: bool) -> None:
    """T: an ACL that allows a sampled port passes; the ports are a set."""
    into_model = go(with_acl("acl-model", [allow(100, egress=True), allow(100, egress=False, ports=ports)]))
    out_of_registry = go(with_acl("acl-reg", [allow(100, egress=False), allow(100, egress=True, ports=ports)]))

    for found, place in ((into_model, Place.MODEL_ACL_IN), (out_of_registry, Place.DESTINATION_ACL)):
        assert [(step.place, step.reason, step.severe) for step in found.blockers] == (
            [(place, reason, severe)] if reason else []
        )


def acl_open() -> tuple:  # type: ignore[type-arg]
    return allow(100, egress=True), allow(100, egress=False)


def test_r23_a_deny_inside_the_client_ports_is_a_small_loss() -> None:
    found = go(with_acl("acl-model", [allow(50, egress=False, ports=(3389, 3389), deny=True), *acl_open()]))
    [step] = found.blockers

    assert (step.reason, step.severe) == (Reason.DENIED_FIRST, False)
    assert "client ports 3389" in step.hop.rule


def test_r24_no_acl_stands_between_interfaces_of_one_subnet() -> None:
    evidence = with_acl("acl-model", [])
    near = replace(evidence, interfaces=changed(HEALTHY.interfaces, "eni-reg", addresses=("10.0.1.20",)))

    assert go(near, "10.0.1.20").verdict is Status.PASS
    assert go(near, "10.0.1.20", subnet="subnet-b").verdict is Status.FAIL


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
def test_r25_each_crossing_can_block(entries: list, places: list[Place]) -> None:  # type: ignore[type-arg]
    found = go(with_acl("acl-default", entries), "8.8.8.8")

    assert [step.place for step in found.blockers] == places
    assert all(step.severe for step in found.blockers)


def test_r27_the_answers_pass_both_ends() -> None:
    """T: only the destination's ACL is asked about answers."""
    for name, place in (("acl-reg", Place.DESTINATION_ACL), ("acl-model", Place.MODEL_ACL_IN)):
        outward = name == "acl-reg"
        found = go(with_acl(name, [allow(100, egress=not outward), allow(90, egress=outward, ports=(443, 443))]))

        assert [(step.place, step.direction) for step in found.blockers] == [(place, Direction.RETURN)]


def test_r28_a_subnet_without_table_has_the_main_one() -> None:
    """T: an edge table is no subnet's, and the main one is not everybody's."""
    rows = HEALTHY.route_tables.rows  # type: ignore[union-attr]
    edge = RouteTable("rtb-edge", VPC, False, (), ("igw-1",), (Route("10.0.0.0/16", "eni-1", "blackhole"),))
    bare = replace(HEALTHY, route_tables=RouteTables((rows[0], edge, rows[2])))
    gone = replace(HEALTHY, route_tables=RouteTables(rows[1:]))

    assert [step.resource for step in go(bare).steps if step.place is Place.MODEL_ROUTES] == ["rtb-main"]
    assert go(bare).verdict is Status.PASS
    assert go(gone).verdict is Status.UNKNOWN


@pytest.mark.parametrize(
    ("routes", "taken"),
    [
        pytest.param((Route("0.0.0.0/0", "igw-1"), Route("8.8.8.0/24", "nat-1")), "8.8.8.0/24", id="longest prefix"),
        pytest.param((Route("8.8.0.0/16", "igw-1"), Route("pl-1", "nat-1")), "pl-1", id="a list counts as its entries"),
        pytest.param((Route("pl-1", "igw-1"), Route("8.8.8.0/24", "nat-1")), "8.8.8.0/24", id="static before a list"),
        pytest.param(
            (Route("8.8.8.0/24", "vgw-1", propagated=True), Route("pl-1", "nat-1")),
            "pl-1",
            id="a list before propagated",
        ),
    ],
)
def test_r29_the_longest_prefix_decides_and_then_the_kind_of_route(routes: tuple[Route, ...], taken: str) -> None:
    lists = PrefixLists((PrefixList("pl-1", ("8.8.8.0/24", "9.9.9.0/24")),))
    for order in (routes, routes[::-1]):
        found = go(replace(with_routes("rtb-model", *order), prefix_lists=lists), "8.8.8.8")

        assert [step.route for step in found.steps if step.place is Place.MODEL_ROUTES] == [taken]
        assert found.verdict is Status.PASS


def test_r29_two_prefix_lists_with_one_range_are_a_tie() -> None:
    lists = PrefixLists((PrefixList("pl-1", ("8.8.8.0/24",)), PrefixList("pl-2", ("8.8.8.0/24",))))
    tie = with_routes("rtb-model", Route("pl-1", "nat-1"), Route("pl-2", "tgw-1"))
    static = with_routes("rtb-model", Route("pl-2", "tgw-1"), Route("8.8.8.0/24", "nat-1"))

    assert go(replace(tie, prefix_lists=lists), "8.8.8.8").verdict is Status.UNKNOWN
    assert go(replace(static, prefix_lists=lists), "8.8.8.8").verdict is Status.PASS


def test_r30_a_blackhole_is_never_passed_by() -> None:
    """T: a shorter route that works is reported in its place."""
    found = go(
        with_routes("rtb-model", Route("0.0.0.0/0", "nat-1"), Route("8.8.8.0/24", "pcx-9", "blackhole")), "8.8.8.8"
    )

    assert blocked(found) == [(Place.MODEL_ROUTES, Reason.BLACKHOLE, "rtb-model")]


@pytest.mark.parametrize(
    ("routes", "verdict", "resource"),
    [
        pytest.param((Route("10.0.10.0/24", "eni-9", "blackhole"),), Status.FAIL, "rtb-model", id="R30 blackhole wins"),
        pytest.param((Route("10.0.10.0/24", "eni-9"),), Status.UNKNOWN, "eni-9", id="R31 static beats local"),
        pytest.param((Route("10.0.10.0/24", "vgw-9", propagated=True),), Status.PASS, "", id="R31 propagated does not"),
        pytest.param((Route("10.0.10.0/24", "igw-1", "filtered"),), Status.UNKNOWN, "igw-1", id="R42 odd state"),
    ],
)
def test_r31_longer_routes_than_the_local_one(routes: tuple[Route, ...], verdict: Status, resource: str) -> None:
    found = go(with_routes("rtb-model", *routes))

    assert found.verdict is verdict
    assert not resource or resource in {step.hop.resource for step in found.blockers + found.doubts}


def test_r32_every_range_of_a_vpc_has_a_local_route_of_its_own() -> None:
    """T: a second range of the VPC, and routes for the first alone."""
    second = replace(HEALTHY, subnets=changed(HEALTHY.subnets, "subnet-a", cidr="10.7.1.0/24"))
    admitted = replace(second, groups=with_group("sg-reg", ingress=(to_cidr("10.7.1.0/24"),)).groups)
    routed = with_routes("rtb-main", Route("10.7.0.0/16", "local"), evidence=admitted)

    assert blocked(go(admitted)) == [(Place.RETURN_ROUTES, Reason.NO_ROUTE, "rtb-main")]
    assert go(routed).verdict is Status.PASS


@pytest.mark.parametrize("address", ["10.50.10.20", "100.64.3.4", "172.20.1.1", "192.168.9.9"])
def test_r33_the_internet_carries_no_private_address(address: str) -> None:
    assert blocked(go(HEALTHY, address)) == [(Place.INTERNET_GATEWAY, Reason.PRIVATE_ADDRESS, "igw-1")]


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
def test_r34_what_a_nat_gateway_needs(evidence: NetworkEvidence, reason: Reason | None) -> None:
    assert {step.reason for step in go(evidence, "8.8.8.8").blockers} == ({reason} if reason else set())


def test_r34_a_regional_nat_gateway_is_not_judged() -> None:
    assert go(nat(subnet_id=None), "8.8.8.8").verdict is Status.UNKNOWN


def test_r66_who_shares_a_subnet_does_not_see_the_owners_interfaces() -> None:
    shared = replace(HEALTHY, subnets=changed(HEALTHY.subnets, "subnet-reg", owner="210987654321"))

    assert go(shared, "10.0.10.21").verdict is Status.UNKNOWN
    assert go(shared).verdict is Status.PASS


def test_r67_what_works_in_part_is_told_from_what_works_not_at_all() -> None:
    """T: unknown, or works sometimes, taken for works."""
    answers = [allow(100, egress=True), allow(100, egress=False, ports=(33280, 65535))]
    flaky = go(with_acl("acl-model", answers, with_group("sg-reg", ingress=(to_cidr("10.0.1.0/25"),))))

    assert go(HEALTHY).outcome is Outcome.PASS
    assert go(with_group("sg-reg", ingress=())).outcome is Outcome.FAIL
    assert go(replace(HEALTHY, groups=Unavailable("denied"))).outcome is Outcome.UNKNOWN
    assert flaky.outcome is Outcome.FLAKY
    assert flaky.passing.ports == ((33280, 65535),)
    assert flaky.passing.port_share == 0.5
    assert flaky.passing.address_share == 124 / 251
    assert flaky.passing.share == 62 / 251


@pytest.mark.parametrize(
    "field", ["subnets", "route_tables", "acls", "groups", "interfaces", "nat_gateways", "internet_gateways"]
)
def test_r68_a_table_that_was_not_read_is_never_a_pass_or_a_false_alarm(field: str) -> None:
    """T: what was denied, taken for what is not there."""
    unread: Any = {field: Unavailable(f"{field} were denied", "allow it")}
    evidence = replace(HEALTHY, **unread)
    found = go(evidence, "8.8.8.8" if "gateways" in field else REGISTRY)

    assert found.verdict is Status.UNKNOWN
    assert any("denied" in step.hop.rule for step in found.doubts)


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

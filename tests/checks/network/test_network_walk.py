"""The walk as a whole: what its path shows, what it leaves unknown, and what a library user gets."""

from dataclasses import replace

import pytest
from network_world import (
    HEALTHY,
    LOCAL,
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

from pullcheck import Direction, HopVerdict, Status, Unavailable
from pullcheck.evidence.describe import interface
from pullcheck.evidence.network import Interfaces, NetworkEvidence, RouteTables
from pullcheck.evidence.network_rows import Interface, Route, RouteTable
from pullcheck_checks.network import Destination, Outcome, Source, walk
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.steps import Place, Reason


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


def test_an_interface_without_groups_is_not_filtered() -> None:
    bare = changed(HEALTHY.interfaces, "eni-reg", group_ids=())
    closed = with_group("sg-reg", ingress=())

    assert go(closed).verdict is Status.FAIL
    assert go(replace(closed, interfaces=bare)).verdict is Status.PASS


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


def test_unlisted_public_addresses_need_rules_for_all_of_them() -> None:
    some = with_group("sg-model", egress=(to_cidr("52.0.0.0/8"),))
    none = with_group("sg-model", egress=(to_cidr("10.0.0.0/8"),))
    with_s3 = with_routes("rtb-model", Route("0.0.0.0/0", "nat-1"), Route("pl-s3", "vpce-s3"))

    assert go(HEALTHY, None).verdict is Status.PASS
    assert go(with_s3, None).verdict is Status.PASS
    assert go(some, None).verdict is Status.UNKNOWN
    assert go(none, None).verdict is Status.FAIL
    assert go(with_routes("rtb-model"), None).verdict is Status.FAIL


def test_a_blocker_elsewhere_is_a_failure_whatever_was_denied() -> None:
    evidence = replace(with_acl("acl-model", []), interfaces=Unavailable("denied"), groups=Unavailable("denied"))

    assert go(evidence).verdict is Status.FAIL


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


def test_an_index_gives_what_the_evidence_gives() -> None:
    source, there = Source("subnet-a", ("sg-model",)), Destination.at(REGISTRY, 443)
    found = walk(Index(HEALTHY), source, there)

    assert walk(HEALTHY, source, there) == found
    assert found.forward + found.back == found.hops
    assert found.first_blocker is None


@pytest.mark.parametrize(
    ("within", "outcome", "named"),
    [
        pytest.param("10.0.1.77", Outcome.PASS, "", id="an address"),
        pytest.param("10.0.1.0/26", Outcome.PASS, "", id="a part"),
        pytest.param("10.0.1.200", Outcome.FAIL, "10.0.1.200/32", id="an address that no rule admits"),
        pytest.param("10.0.0.0/16", Outcome.FLAKY, "10.0.1.0/24", id="more than the subnet is the subnet"),
        pytest.param("10.0.2.77", Outcome.UNKNOWN, "", id="of another subnet"),
        pytest.param("10.0.1.1", Outcome.UNKNOWN, "", id="which AWS keeps"),
    ],
)
def test_a_source_may_be_a_part_of_the_subnet(within: str, outcome: Outcome, named: str) -> None:
    evidence = with_group("sg-reg", ingress=(to_cidr("10.0.1.0/25"),))
    found = walk(evidence, Source("subnet-a", ("sg-model",), within), Destination.at(REGISTRY, 443))

    assert found.outcome is outcome
    assert not found.blockers or found.blockers[0].remote == (named,)


def test_a_blocker_says_what_and_why() -> None:
    step = go(with_group("sg-reg", ingress=())).first_blocker

    assert step is not None
    assert (step.kind, step.resource, step.direction) == ("security-group", "sg-reg", Direction.FORWARD)
    assert step.why == "no ingress rule for tcp 443 from sg-model in 10.0.1.0/24"


@pytest.mark.parametrize(
    ("first", "second", "share"),
    [
        pytest.param((1024, 49151), (32768, 65535), 16384 / 64512, id="what both let through"),
        pytest.param((1024, 32767), (32768, 65535), 0, id="nothing that both let through"),
    ],
)
def test_the_share_is_of_all_steps_together(first: tuple[int, int], second: tuple[int, int], share: float) -> None:
    near = with_acl("acl-model", [allow(100, egress=True), allow(100, egress=False, ports=first)])
    found = go(with_acl("acl-reg", [allow(100, egress=False), allow(100, egress=True, ports=second)], near))

    assert found.passing.share == share
    assert found.outcome is (Outcome.FLAKY if share else Outcome.FAIL)


def test_a_nat_gateways_own_ports_count_beside_the_clients() -> None:
    entries = [allow(100, egress=True), allow(90, egress=False, cidr="10.0.0.0/8")]
    narrow = [*entries, allow(100, egress=False, ports=(33280, 65535))]
    found = go(with_acl("acl-default", narrow), "8.8.8.8")

    assert found.passing.port_share == 1
    assert found.passing.relayed_ports == ((33280, 65535),)
    assert found.passing.share == 0.5

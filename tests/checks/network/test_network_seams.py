"""Where two parts of the walk meet: a doubt in one of them never makes a certainty in the next."""

from dataclasses import fields, replace
from typing import Any

import pytest
from balanced_world import BY_APPLICATION, BY_NETWORK, NODE_A
from network_world import HEALTHY, LOCAL, OPEN, VPC, allow, blocked, changed, go, plus, to_cidr, with_acl, with_routes
from test_network_egress import CENTRAL
from test_network_peering import PEERED
from test_network_transit import GATEWAY, ROUTED, SHARED, SPOKES

from pullcheck import Unavailable
from pullcheck.evidence.gateways import Gateways, Inspection, Inspections
from pullcheck.evidence.network import NatGateways, NetworkEvidence, Peerings, PrefixLists, TransitGateways
from pullcheck.evidence.network_rows import (
    Interface,
    NatGateway,
    Peering,
    PeeringSide,
    PrefixList,
    Route,
    RouteTable,
    SecurityGroup,
)
from pullcheck_checks.network import Destination, Outcome, Source, Walk, walk
from pullcheck_checks.network.fixes.fix import fix_for
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.steps import Place, Reason

FAR, PUBLIC, THERE = "172.20.1.5", "93.184.216.34", "10.60.1.20"
ANYWHERE = "0.0.0.0/0"
UNREAD = Unavailable("ec2:GetManagedPrefixListEntries was denied")
SEEN = Interface("eni-public", VPC, "subnet-reg", ("10.0.10.30",), ("sg-open",), public_addresses=(PUBLIC,))


def with_list(*routes: Route, target: str = "tgw-9", table: str = "rtb-model") -> NetworkEvidence:
    """A route by a prefix list whose entries nobody knows, beside these."""
    return replace(with_routes(table, Route("pl-1", target), *routes), prefix_lists=UNREAD)


def published(evidence: NetworkEvidence = HEALTHY) -> NetworkEvidence:
    """The VPC has an interface with a public address, and lets the internet come to it."""
    open_ = SecurityGroup("sg-open", VPC, "123456789012", (to_cidr(ANYWHERE),), ())
    routes = (LOCAL, Route(ANYWHERE, "igw-1"))
    return replace(
        evidence,
        interfaces=plus(evidence.interfaces, SEEN),
        groups=plus(evidence.groups, open_),
        route_tables=changed(evidence.route_tables, "rtb-main", routes=routes),
    )


def doubts(found: Walk) -> str:
    assert found.outcome is Outcome.UNKNOWN, found.blockers
    return "; ".join(step.why for step in found.doubts)


@pytest.mark.parametrize("target", ["igw-1", "nat-1", "pcx-9", "nat-gone"])
def test_what_a_route_leads_to_blocks_nothing_while_another_may_decide(target: str) -> None:
    found = go(with_list(Route(ANYWHERE, target)), FAR)

    assert "rtb-model sends pl-1 to tgw-9, and ec2:GetManagedPrefixListEntries was denied" in doubts(found)


def test_a_blackhole_beside_a_list_that_nobody_knows_is_a_doubt() -> None:
    assert "pl-1" in doubts(go(with_list(Route(ANYWHERE, "nat-1", "blackhole")), PUBLIC))


def test_the_model_s_own_side_blocks_whatever_route_decides() -> None:
    closed = with_acl("acl-model", (allow(100, egress=True),), with_list(Route(ANYWHERE, "igw-1")))

    assert blocked(go(closed, FAR)) == [(Place.MODEL_ACL_IN, Reason.NO_RULE, "acl-model")]


def test_doubts_about_a_nat_gateway_s_way_on_or_back_stay_doubts() -> None:
    onward = with_list(Route(ANYWHERE, "igw-gone"), table="rtb-nat")
    far = replace(
        PEERED,
        route_tables=changed(
            PEERED.route_tables, "rtb-far", routes=(Route("10.60.0.0/16", "local"), Route("pl-1", "pcx-1"))
        ),
        prefix_lists=UNREAD,
    )

    assert "pl-1" in doubts(go(onward, PUBLIC))
    assert "pl-1" in doubts(go(far, THERE))


def test_a_transit_gateway_may_have_more_routes_than_it_shows() -> None:
    spokes = replace(SPOKES, cut=f"{SPOKES.id} has more routes than AWS shows at once")
    cut = replace(ROUTED, transit_gateways=TransitGateways((replace(GATEWAY, tables=(spokes, SHARED)),)))

    assert go(ROUTED, THERE).outcome is Outcome.PASS
    assert "tgw-rtb-spokes has more routes" in doubts(go(cut, THERE))


def test_a_customer_s_prefix_list_may_lead_to_a_firewall() -> None:
    """T: routes by prefix list to an endpoint, taken for those of S3."""
    firewall = Inspection("vpce-f", "GatewayLoadBalancer", "available", "a service", "subnet-nat")
    unread = with_list(Route(ANYWHERE, "nat-1"), target="vpce-f")
    inspected = replace(unread, gateways=Gateways(inspections=Inspections((firewall,))))
    elsewhere = replace(inspected, prefix_lists=PrefixLists((PrefixList("pl-1", ("203.0.113.0/24",)),)))

    assert go(unread, PUBLIC).outcome is Outcome.PASS
    assert "pl-1" in doubts(go(inspected, PUBLIC))
    assert go(elsewhere, PUBLIC).outcome is Outcome.PASS


def test_out_by_nat_and_in_again_whatever_vpc_the_address_is_in() -> None:
    """T: the public address of the account's own registry, judged up to the internet gateway alone."""
    regional = NatGateway("nat-1", VPC, None, "available", "public", (), ("54.1.1.1",), "", ("use1-az1",), "rtb-nat")
    open_, closed = published(), replace(published(), groups=HEALTHY.groups)
    by_regional: dict[str, Any] = {"nat_gateways": NatGateways((regional,))}
    central = published(CENTRAL)
    shut = replace(central, groups=changed(central.groups, "sg-open", ingress=()))

    assert go(open_, PUBLIC).outcome is Outcome.PASS
    assert go(replace(open_, **by_regional), PUBLIC).outcome is Outcome.PASS
    assert "the rules of sg-open were not read" in doubts(go(replace(closed, **by_regional), PUBLIC))
    assert go(central, PUBLIC).outcome is Outcome.PASS
    assert blocked(go(shut, PUBLIC)) == [(Place.DESTINATION_GROUPS, Reason.NO_RULE, "sg-open")]


def test_what_comes_in_from_the_internet_may_be_stopped_before_the_subnet() -> None:
    blocking = replace(published(), subnets=changed(HEALTHY.subnets, "subnet-reg", public_access_block="block-ingress"))
    edge = RouteTable("rtb-edge", VPC, False, (), ("igw-1",), (LOCAL, Route("10.0.10.0/24", "vpce-f")))
    inspected = replace(published(), route_tables=plus(published().route_tables, edge))

    assert "block-ingress" in doubts(go(blocking, PUBLIC))
    assert "10.0.10.0/24 -> vpce-f takes what comes from the internet" in doubts(go(inspected, PUBLIC))


def test_a_regional_nat_gateway_in_zones_that_nobody_knows() -> None:
    regional = NatGateway("nat-1", VPC, None, "available", "public", (), ("54.1.1.1",), table_id="rtb-nat")

    assert "no known zone" in doubts(go(replace(HEALTHY, nat_gateways=NatGateways((regional,))), None))


def test_an_interface_that_is_attached_to_nothing_answers_nobody() -> None:
    spare = replace(HEALTHY, interfaces=changed(HEALTHY.interfaces, "eni-reg", attached=False))

    assert "attached to nothing" in doubts(go(spare))


def test_a_peering_that_shows_no_ranges_is_a_doubt() -> None:
    bare = Peering("pcx-1", "active", PeeringSide(VPC, ("10.0.0.0/16",)), PeeringSide("vpc-far", ()))
    evidence = replace(with_routes("rtb-model", Route("172.20.0.0/16", "pcx-1")), peerings=Peerings((bare,)))

    assert "vpc-far" in doubts(go(evidence, FAR))


API = Destination("the API's public addresses", None, 443)
WORLDS = {
    "one VPC": (HEALTHY, Destination.at("10.0.10.20", 443)),
    "NAT": (HEALTHY, Destination.at(PUBLIC, 443)),
    "NAT to the API": (HEALTHY, API),
    "peering": (PEERED, Destination.at(THERE, 443)),
    "transit gateway": (ROUTED, Destination.at(THERE, 443)),
    "central egress": (CENTRAL, API),
    "network load balancer": (BY_NETWORK, Destination.at(NODE_A, 443)),
    "application load balancer": (BY_APPLICATION, Destination.at(NODE_A, 443)),
}
NEEDED = {
    "one VPC": {"interfaces"},
    "NAT": {"interfaces", "nat_gateways", "internet_gateways"},
    "NAT to the API": {"nat_gateways", "internet_gateways"},
    "peering": {"interfaces", "peerings"},
    "transit gateway": {"interfaces", "transit_gateways"},
    "central egress": {"nat_gateways", "internet_gateways", "transit_gateways"},
    "network load balancer": {"interfaces", "load_balancers"},
    "application load balancer": {"interfaces", "load_balancers"},
}
ALWAYS = {"subnets", "route_tables", "acls", "groups"}


@pytest.mark.parametrize("name", WORLDS)
def test_nothing_passes_without_each_table_that_it_needs(name: str) -> None:
    """T: what was not read, taken for what is not there."""
    evidence, there = WORLDS[name]
    source = Source("subnet-a", ("sg-model",))
    denied: Any = Unavailable("it was denied")
    tables = [field.name for field in fields(evidence) if field.name != "gateways"]
    without = {one: walk(replace(evidence, **{one: denied}), source, there) for one in tables}

    assert walk(evidence, source, there).outcome is Outcome.PASS
    assert {one for one, found in without.items() if found.outcome is not Outcome.PASS} == ALWAYS | NEEDED[name]
    assert {found.outcome for found in without.values()} == {Outcome.PASS, Outcome.UNKNOWN}


@pytest.mark.parametrize("acl", ["acl-model", "acl-door", "acl-e-door", "acl-e-nat"])
@pytest.mark.parametrize("kept", OPEN)
def test_no_fix_lets_the_whole_internet_in(acl: str, kept: object) -> None:
    evidence = replace(CENTRAL, acls=changed(CENTRAL.acls, acl, entries=(kept,)))
    index, source = Index(evidence), Source("subnet-a", ("sg-model",))
    fixes = [fix_for(index, source, API, step) for step in walk(index, source, API).blockers]

    assert fixes
    assert not [line for fix in fixes for line in fix.commands if "--ingress" in line and ANYWHERE in line]


def test_a_route_back_for_a_part_of_the_subnet_says_which_part_is_cut_off() -> None:
    back = (Route("10.60.0.0/16", "local"), Route("10.0.1.0/25", "pcx-1"))
    half = replace(PEERED, route_tables=changed(PEERED.route_tables, "rtb-far", routes=back))
    [blocker] = go(half, THERE).blockers

    assert blocker.why == "no route to 10.0.1.0/24: 10.0.1.128-10.0.1.254 (127 of 251 addresses) is cut off"

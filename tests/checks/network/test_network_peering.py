"""A registry in a peered VPC (R32, R35), and what its findings say."""

from dataclasses import replace

import pytest
from network_world import HEALTHY, LOCAL, OPEN, PLACEMENT, changed, plus, registry_at, to_cidr, to_group

from pullcheck import Status, Unavailable, Verdict
from pullcheck.evidence.network import NetworkEvidence, Peerings
from pullcheck.evidence.network_rows import (
    GroupReference,
    GroupRule,
    Interface,
    NetworkAcl,
    Peering,
    PeeringSide,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
)
from pullcheck_checks.network.reachability import registry_is_reachable

ONE = replace(PLACEMENT, subnet_ids=("subnet-a",))
THERE = "10.60.1.20"
TO, BACK = Route("10.60.0.0/16", "pcx-1"), Route("10.0.0.0/16", "pcx-1")
FAR_LOCAL = Route("10.60.0.0/16", "local")


PEERED: NetworkEvidence = replace(
    HEALTHY,
    subnets=plus(HEALTHY.subnets, Subnet("subnet-far", "vpc-far", "10.60.1.0/24", "use1-az1", "123456789012")),
    route_tables=plus(
        changed(HEALTHY.route_tables, "rtb-model", routes=(LOCAL, TO)),
        RouteTable("rtb-far", "vpc-far", True, (), (), (FAR_LOCAL, BACK)),
    ),
    acls=plus(HEALTHY.acls, NetworkAcl("acl-far", "vpc-far", True, (), OPEN)),
    groups=plus(HEALTHY.groups, SecurityGroup("sg-far", "vpc-far", "123456789012", (to_cidr("10.0.0.0/16"),), ())),
    interfaces=plus(HEALTHY.interfaces, Interface("eni-far", "vpc-far", "subnet-far", (THERE,), ("sg-far",))),
    peerings=Peerings(
        (Peering("pcx-1", "active", PeeringSide("vpc-1", ("10.0.0.0/16",)), PeeringSide("vpc-far", ("10.60.0.0/16",))),)
    ),
)


def ask(evidence: NetworkEvidence, address: str = THERE) -> list[Verdict]:
    return list(registry_is_reachable(ONE, registry_at(address), evidence))


def routes(name: str, *rows: Route) -> NetworkEvidence:
    return replace(PEERED, route_tables=changed(PEERED.route_tables, name, routes=rows))


def test_a_registry_in_a_peered_vpc_is_reached() -> None:
    [verdict] = ask(PEERED)

    assert verdict.status is Status.PASS
    assert "pcx-1 is active and leads to vpc-far" in verdict.because
    assert ("rtb-far", "10.0.0.0/16 -> pcx-1") in [(hop.resource, hop.rule) for hop in verdict.path]


@pytest.mark.parametrize(
    ("evidence", "address", "cause", "commands"),
    [
        pytest.param(
            routes("rtb-model", LOCAL),
            THERE,
            "rt.no-route-to-registry",
            ["aws ec2 create-route --route-table-id rtb-model --destination-cidr-block 10.60.1.20/32"
             " --vpc-peering-connection-id pcx-1"],
            id="no route there",
        ),
        pytest.param(
            replace(
                PEERED,
                route_tables=changed(
                    changed(PEERED.route_tables, "rtb-model", routes=(LOCAL,)), "rtb-far", routes=(FAR_LOCAL,)
                ),
            ),
            THERE,
            "rt.no-route-to-registry",
            ["aws ec2 create-route --route-table-id rtb-model --destination-cidr-block 10.60.1.20/32"
             " --vpc-peering-connection-id pcx-1",
             "aws ec2 create-route --route-table-id rtb-far --destination-cidr-block 10.0.1.0/24"
             " --vpc-peering-connection-id pcx-1"],
            id="no route there or back",
        ),
        pytest.param(
            routes("rtb-far", FAR_LOCAL),
            THERE,
            "x.peering-route-one-side",
            ["aws ec2 create-route --route-table-id rtb-far --destination-cidr-block 10.0.1.0/24"
             " --vpc-peering-connection-id pcx-1"],
            id="no route back",
        ),
        pytest.param(
            replace(PEERED, peerings=changed(PEERED.peerings, "pcx-1", status="pending-acceptance")),
            THERE,
            "x.peering-not-active",
            ["aws ec2 accept-vpc-peering-connection --vpc-peering-connection-id pcx-1"],
            id="waits to be accepted",
        ),
        pytest.param(
            replace(PEERED, peerings=changed(PEERED.peerings, "pcx-1", status="deleted")),
            THERE,
            "x.peering-not-active",
            [],
            id="deleted",
        ),
        pytest.param(
            routes("rtb-model", LOCAL, Route("10.99.0.0/16", "pcx-1")),
            "10.99.1.20",
            "x.peering-not-transitive",
            [],
            id="behind the peer",
        ),
    ],
)  # fmt: skip
def test_what_a_peering_needs(evidence: NetworkEvidence, address: str, cause: str, commands: list[str]) -> None:
    [verdict] = ask(evidence, address)

    assert verdict.cause is not None
    assert verdict.cause.id == cause
    assert verdict.fix is not None
    assert list(verdict.fix.commands) == commands


def test_groups_are_known_across_a_peering_while_it_lasts() -> None:
    known = replace(PEERED, groups=changed(PEERED.groups, "sg-far", ingress=(to_group("sg-model"),)))
    rule = GroupRule("tcp", 443, 443, groups=(GroupReference("sg-model", "1", "deleted"),))
    stale = replace(PEERED, groups=changed(PEERED.groups, "sg-far", ingress=(rule,)))
    [verdict] = ask(stale)

    assert ask(known)[0].status is Status.PASS
    assert verdict.cause is not None
    assert verdict.cause.id == "sg.stale-reference"


def test_a_peer_that_was_not_read_is_unknown_and_named() -> None:
    unread = replace(PEERED, subnets=HEALTHY.subnets, interfaces=HEALTHY.interfaces)
    denied = replace(PEERED, peerings=Unavailable("ec2:DescribeVpcPeeringConnections was denied"))

    assert [verdict.status for verdict in ask(unread)] == [Status.UNKNOWN]
    assert "vpc-far" in ask(unread)[0].because
    assert "ec2:DescribeVpcPeeringConnections" in ask(denied)[0].because

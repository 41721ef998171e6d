"""Resolver rules and the endpoints that forward, judged from evidence."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import TypeAdapter

from pullcheck.evidence.around import ForwardingNetwork
from pullcheck.evidence.dns import ForwardRule, RegistryAnswer
from pullcheck.evidence.network import NetworkEvidence
from pullcheck.evidence.resolver import OutboundEndpoint, OutboundSeat, RulesElsewhere, RulesInUse, UsedRule
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.vantage import Resolution
from pullcheck.verdict import Severity, Status, Verdict
from pullcheck_checks.dns.forwarding import forwards_to_servers

HOST = "registry.corp.example"
RULE = ForwardRule("rslvr-rr-1", "corp.example", "FORWARD", ("10.0.10.53",), (53,), "rslvr-out-1", "123456789012")
ENDPOINT = OutboundEndpoint(
    "rslvr-out-1", "vpc-1", "OPERATIONAL", "", ("sg-out",), (OutboundSeat("subnet-1", "10.0.1.10"),)
)
NOBODY = Unavailable("nobody looked")
NONE = RulesElsewhere(HOST, "vpc-1")
EVERYTHING = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
ENTRIES: list[dict[str, Any]] = [
    {"RuleNumber": 100, "Protocol": "-1", "RuleAction": "allow", "Egress": egress, "CidrBlock": "0.0.0.0/0"}
    for egress in (True, False)
]


def tables(egress: list[dict[str, Any]]) -> ForwardingNetwork:
    subnets = [{"SubnetId": f"subnet-{n}", "VpcId": "vpc-1", "CidrBlock": f"10.0.{n}.0/24"} for n in (1, 10)]
    local = {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}
    ends = {"subnet-1": ("10.0.1.10", "sg-out"), "subnet-10": ("10.0.10.53", "sg-server")}
    interfaces = [
        {
            "NetworkInterfaceId": f"eni-{address}",
            "SubnetId": subnet,
            "VpcId": "vpc-1",
            "PrivateIpAddress": address,
            "PrivateIpAddresses": [{"PrivateIpAddress": address}],
            "Groups": [{"GroupId": group}],
            "InterfaceType": "interface",
            "Status": "in-use",
        }
        for subnet, (address, group) in ends.items()
    ]
    rows: dict[str, list[dict[str, Any]]] = {
        "Subnets": subnets,
        "RouteTables": [
            {"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [{"Main": True}], "Routes": [local]}
        ],
        "NetworkAcls": [{"NetworkAclId": "acl-1", "VpcId": "vpc-1", "IsDefault": True, "Entries": ENTRIES}],
        "SecurityGroups": [
            {"GroupId": "sg-out", "VpcId": "vpc-1", "IpPermissions": [], "IpPermissionsEgress": egress},
            {"GroupId": "sg-server", "VpcId": "vpc-1", "IpPermissions": EVERYTHING, "IpPermissionsEgress": []},
        ],
        "NetworkInterfaces": interfaces,
        "ManagedPrefixLists": [],
        "NatGateways": [],
        "InternetGateways": [],
    }
    return ForwardingNetwork(NetworkEvidence.from_describe(rows))


OPEN = tables(EVERYTHING)
UDP_ALONE = tables([{"IpProtocol": "udp", "FromPort": 53, "ToPort": 53, "IpRanges": [{"CidrIp": "10.0.10.53/32"}]}])
SHUT = tables([])


def judge(
    endpoint: OutboundEndpoint | None = ENDPOINT,
    around: ForwardingNetwork | NotApplicable = OPEN,
    live: RegistryAnswer | Unavailable = NOBODY,
    rule: ForwardRule = RULE,
) -> list[Verdict]:
    used = RulesInUse("vpc-1", (UsedRule(HOST, rule, endpoint),))

    assert TypeAdapter(RulesInUse).validate_json(TypeAdapter(RulesInUse).dump_json(used)) == used
    return list(forwards_to_servers(used, around, NONE, live))


def missing(live: RegistryAnswer | Unavailable) -> Verdict:
    elsewhere = RulesElsewhere(HOST, "vpc-1", (replace(RULE, id="rslvr-rr-wide", domain="example"), RULE))

    [verdict] = forwards_to_servers(RulesInUse("vpc-1"), NotApplicable("none"), elsewhere, live)
    return verdict


def inside(*addresses: str) -> RegistryAnswer:
    return RegistryAnswer("inside", (Resolution(HOST, addresses, None if addresses else "no", not addresses),))


def test_without_a_rule_the_question_does_not_arise() -> None:
    [verdict] = forwards_to_servers(RulesInUse("vpc-1"), NotApplicable("none"), NONE, NOBODY)

    assert verdict.status is Status.NOT_APPLICABLE


def test_an_open_path_passes_by_udp_and_tcp_with_its_hops() -> None:
    verdicts = judge()

    assert [one.status for one in verdicts] == [Status.PASS, Status.PASS]
    assert [one.subject for one in verdicts] == [
        "rslvr-out-1 10.0.1.10 -> 10.0.10.53:53 udp",
        "rslvr-out-1 10.0.1.10 -> 10.0.10.53:53 tcp",
    ]
    assert all(one.path for one in verdicts)


def test_a_group_that_lets_nothing_out_fails_and_says_the_fix() -> None:
    by_udp, by_tcp = judge(around=SHUT)

    assert by_udp.cause
    assert by_udp.cause.id == "dns.resolver-endpoint-broken"
    assert (by_udp.severity, by_tcp.severity) == (Severity.ERROR, Severity.WARNING)
    assert by_udp.fix
    assert "sg-out" in by_udp.fix.commands[0]
    assert "udp" in by_udp.fix.commands[0]


def test_what_is_open_by_udp_alone_warns() -> None:
    by_udp, by_tcp = judge(around=UDP_ALONE)

    assert by_udp.status is Status.PASS
    assert (by_tcp.status, by_tcp.severity) == (Status.FAIL, Severity.WARNING)


@pytest.mark.parametrize("state", ["ACTION_NEEDED", "CREATING", "DELETING"])
def test_an_endpoint_that_does_not_work_fails(state: str) -> None:
    [verdict] = judge(replace(ENDPOINT, status=state, message="its subnet is gone"))

    assert verdict.status is Status.FAIL
    assert f"{state}: its subnet is gone" in verdict.because


def test_an_address_that_is_lost_warns_beside_those_that_work() -> None:
    lost = OutboundSeat("subnet-2", "10.0.2.10", "FAILED_RESOURCE_GONE")
    *open_paths, verdict = judge(replace(ENDPOINT, seats=(*ENDPOINT.seats, lost)))

    assert {one.status for one in open_paths} == {Status.PASS}
    assert (verdict.status, verdict.severity) == (Status.FAIL, Severity.WARNING)
    assert "has 1 that work" in verdict.because


def test_an_endpoint_of_another_account_is_unknown_until_somebody_looks_inside() -> None:
    [unknown] = judge(None, rule=replace(RULE, owner="999999999999"))
    [settled] = judge(None, live=inside("10.7.0.1"))

    assert unknown.status is Status.UNKNOWN
    assert "999999999999" in unknown.because
    assert settled.status is Status.PASS


def test_an_endpoint_in_another_vpc_is_unknown() -> None:
    [verdict] = judge(replace(ENDPOINT, vpc_id="vpc-hub"))

    assert verdict.status is Status.UNKNOWN
    assert "vpc-hub" in verdict.because


def test_a_target_out_of_sight_is_unknown() -> None:
    verdicts = judge(rule=replace(RULE, targets=("fd00::53",)))

    assert {one.status for one in verdicts} == {Status.UNKNOWN}


def test_a_rule_that_the_vpc_lacks_fails_once_public_dns_denied() -> None:
    verdict = missing(RegistryAnswer("outside", (Resolution(HOST, (), "no such name", True),)))

    assert verdict.status is Status.FAIL
    assert verdict.cause
    assert verdict.cause.id == "dns.resolver-rule-missing"
    assert verdict.fix
    assert verdict.fix.commands == (
        "aws route53resolver associate-resolver-rule --resolver-rule-id rslvr-rr-1 --vpc-id vpc-1",
    )


def test_a_rule_that_the_vpc_lacks_is_a_doubt_while_nobody_asked_and_none_where_there_is_an_answer() -> None:
    doubt, beside = missing(NOBODY), missing(RegistryAnswer("outside", (Resolution(HOST, ("93.184.216.34",)),)))

    assert doubt.status is Status.UNKNOWN
    assert beside.status is Status.NOT_APPLICABLE

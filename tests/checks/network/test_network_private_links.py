"""A registry behind an interface endpoint: its state, groups, zones and name, and what is behind it."""

from dataclasses import replace
from typing import Any

import pytest
from balanced_world import GROUP, NETWORK, NLB, NODE_A, OWNER, Tables, changed_row, group, world
from network_world import PLACEMENT, VPC, changed, plus, registry_at, to_cidr, to_group

from pullcheck import Severity, Status, Verdict
from pullcheck.evidence.network import NetworkEvidence
from pullcheck.evidence.network_rows import Interface, SecurityGroup
from pullcheck_checks.network.reachability import registry_is_reachable

HERE = "10.0.1.60"
SERVICE = "com.amazonaws.vpce.us-east-1.vpce-svc-1"
VENDOR = "999988887777"
ONE = replace(PLACEMENT, subnet_ids=("subnet-a",))


def tables(owner: str = VENDOR, **service: Any) -> Tables:
    """An endpoint in the first model subnet for somebody's service; where that is our own, what is behind it."""
    details = {
        "ServiceName": SERVICE,
        "ServiceId": "vpce-svc-1",
        "Owner": owner,
        "AvailabilityZoneIds": ["use1-az1", "use1-az2"],
        "PrivateDnsName": "registry.example.com",
        "PrivateDnsNameVerificationState": "verified",
        **service,
    }
    endpoint = {
        "VpcEndpointId": "vpce-r",
        "VpcId": VPC,
        "OwnerId": OWNER,
        "ServiceName": SERVICE,
        "State": "available",
        "PrivateDnsEnabled": False,
        "SubnetIds": ["subnet-a"],
        "NetworkInterfaceIds": ["eni-link"],
    }
    found: Tables = {"VpcEndpoints": [endpoint], "ServiceDetails": [details]}
    if owner == OWNER:
        found["ServiceConfigurations"] = [{"ServiceId": "vpce-svc-1", "NetworkLoadBalancerArns": [NETWORK]}]
    return found


def linked(found: Tables, behind: Tables = NLB) -> NetworkEvidence:
    evidence = world(behind | found)
    seat = Interface("eni-link", VPC, "subnet-a", (HERE,), ("sg-link",), "vpc_endpoint", part_of="vpce-r")
    return replace(
        evidence,
        interfaces=plus(evidence.interfaces, seat),
        groups=plus(evidence.groups, SecurityGroup("sg-link", VPC, OWNER, (to_group("sg-model"),), ())),
    )


THEIRS = linked(tables())
OURS = group("sg-lb", linked(tables(OWNER)), ingress=(to_cidr("10.0.0.0/16"),))


def ask(evidence: NetworkEvidence, address: str = HERE) -> list[Verdict]:
    return list(registry_is_reachable(ONE, registry_at(address), evidence))


def told(evidence: NetworkEvidence, address: str = HERE) -> list[tuple[str, list[str]]]:
    failures = [one for one in ask(evidence, address) if one.status is Status.FAIL]
    return [(one.cause.id, list(one.fix.commands)) for one in failures if one.cause and one.fix]


def test_a_vendors_endpoint_is_judged_as_far_as_it_is_seen() -> None:
    [verdict] = ask(THEIRS)
    hops = {(hop.resource, hop.verdict.value) for hop in verdict.path}

    assert verdict.status is Status.UNKNOWN
    assert f"what account {VENDOR}, which provides {SERVICE}, has behind it was not judged" in verdict.because
    assert {("vpce-r", "pass"), ("sg-link", "pass"), (SERVICE, "unknown")} <= hops


def test_the_endpoints_own_groups_let_the_model_in() -> None:
    shut = group("sg-link", THEIRS, ingress=())

    assert [name for name, _ in told(shut)] == ["sg.registry-ingress"]


@pytest.mark.parametrize("state", ["pendingAcceptance", "Rejected", "failed", "expired"])
def test_only_an_available_endpoint_carries_packets(state: str) -> None:
    error = {"Code": "AccessDenied", "Message": "no such thing"}
    found = changed_row(tables(), "VpcEndpoints", State=state, LastError=error)
    [verdict] = ask(linked(found))

    assert told(linked(found)) == [("x.privatelink-registry-pending", [])]
    assert f"vpce-r: its state is {state.lower()} (no such thing)" in verdict.because


def test_who_owns_the_service_accepts_the_endpoint() -> None:
    waiting = changed_row(tables(OWNER), "VpcEndpoints", State="pendingAcceptance")
    rejected = changed_row(tables(OWNER), "VpcEndpoints", State="rejected")
    accept = "aws ec2 accept-vpc-endpoint-connections --service-id vpce-svc-1 --vpc-endpoint-ids vpce-r"
    opened = {"ingress": (to_cidr("10.0.0.0/16"),)}

    assert told(group("sg-lb", linked(waiting), **opened)) == [("x.privatelink-registry-pending", [accept])]
    assert told(group("sg-lb", linked(rejected), **opened)) == [("x.privatelink-registry-pending", [])]


def test_a_service_of_our_own_is_judged_to_the_target() -> None:
    [verdict] = ask(OURS)

    assert verdict.status is Status.PASS, verdict.because
    assert "net/registry/1 listens on TCP 443" in verdict.because


def test_behind_an_endpoint_targets_see_the_load_balancer_whatever_its_attributes_say() -> None:
    clients = group("sg-reg", OURS, ingress=(to_cidr("10.0.1.0/24", port=5000),))

    assert [name for name, _ in told(clients)] == ["sg.nlb-no-preservation"]


def test_groups_that_judge_what_comes_by_private_link_are_told_not_to() -> None:
    shut = group("sg-lb", OURS, ingress=(to_group("sg-model"),))
    off = (
        f"aws elbv2 set-security-groups --load-balancer-arn {NETWORK} --security-groups sg-lb"
        " --enforce-security-group-inbound-rules-on-private-link-traffic off"
    )

    assert told(shut) == [("x.privatelink-nlb-sg-enforced", [off])]


def test_whether_they_see_the_endpoint_or_the_model_is_not_known() -> None:
    [verdict] = ask(group("sg-lb", OURS, ingress=(to_cidr(f"{HERE}/32"),)))

    assert verdict.status is Status.UNKNOWN
    assert f"whether they see {HERE} or the model's own behind PrivateLink is not known" in verdict.because


def test_groups_that_do_not_judge_it_may_hold_what_they_like() -> None:
    off = changed_row(NLB, "LoadBalancers", EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic="off")
    bare = changed_row(NLB, "LoadBalancers", SecurityGroups=[])
    without = group("sg-reg", linked(tables(OWNER), bare), ingress=(to_cidr("10.0.20.0/24", port=5000),))

    assert [one.status for one in ask(linked(tables(OWNER), off))] == [Status.PASS]
    assert [one.status for one in ask(without)] == [Status.PASS]


def test_a_load_balancer_whose_interface_was_not_read_is_a_doubt() -> None:
    gone = replace(OURS, interfaces=changed(OURS.interfaces, "eni-lb-a", part_of=""))
    [verdict] = ask(gone)

    assert verdict.status is Status.UNKNOWN
    assert "its interface in the endpoint's zone was not read" in verdict.because


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({}, "hands the packets on to a service that was not read"),
        ({"VpcEndpoints": tables()["VpcEndpoints"]}, f"what the provider of {SERVICE} has behind it"),
    ],
)
def test_what_was_not_read_is_not_known(found: Tables, words: str) -> None:
    [verdict] = ask(linked(found))

    assert verdict.status is Status.UNKNOWN
    assert words in verdict.because


def test_a_zone_without_the_endpoint_depends_on_another() -> None:
    both = list(registry_is_reachable(PLACEMENT, registry_at(HERE), OURS))
    [warning] = [one for one in both if one.status is Status.FAIL]

    assert warning.cause is not None
    assert warning.fix is not None
    assert (warning.cause.id, warning.severity) == ("x.privatelink-registry-zone", Severity.WARNING)
    assert "vpce-r has network interfaces in use1-az1, and subnet-b is in use1-az2" in warning.because
    assert warning.fix.commands == ("aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-r --add-subnet-ids subnet-b",)
    assert "aws_vpc_endpoint_subnet_association" in warning.fix.terraform


@pytest.mark.parametrize("zones", [["use1-az1"], []])
def test_a_zone_in_which_the_service_is_not_offered_is_the_providers_matter(zones: list[str]) -> None:
    evidence = linked(tables(AvailabilityZoneIds=zones))
    both = list(registry_is_reachable(PLACEMENT, registry_at(HERE), evidence))
    [warning] = [one for one in both if one.status is Status.FAIL]

    assert warning.fix is not None
    assert warning.fix.commands == ()
    assert ("was not read" in warning.because) == (not zones)


PUBLIC = "93.184.216.34"


def outward(found: Tables) -> NetworkEvidence:
    """The name leads to a public address, and no route leads there."""
    evidence = linked(found)
    local = evidence.route_tables.rows[0].routes  # type: ignore[union-attr]
    return replace(evidence, route_tables=changed(evidence.route_tables, "rtb-model", routes=local))


def test_a_name_that_leads_past_the_endpoint_is_named_where_it_leads_nowhere() -> None:
    enable = "aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-r --private-dns-enabled"

    assert ("x.privatelink-registry-dns", [enable]) in told(outward(tables()), PUBLIC)
    assert "x.privatelink-registry-dns" not in dict(told(linked(tables()), PUBLIC))


def test_a_name_that_is_not_verified_cannot_be_taken() -> None:
    pending = tables(PrivateDnsNameVerificationState="pendingVerification")

    assert ("x.privatelink-registry-dns", []) in told(outward(pending), PUBLIC)


@pytest.mark.parametrize(
    ("name", "said"), [("*.example.com", True), ("other.example.com", False), ("*.com", True), ("example.com", False)]
)
def test_the_services_name_is_the_registrys_or_covers_it(name: str, said: bool) -> None:
    found = tables(PrivateDnsName=name, PrivateDnsNames=[{"PrivateDnsName": name}])

    assert ("x.privatelink-registry-dns" in dict(told(outward(found), PUBLIC))) is said


@pytest.mark.parametrize("fields", [{"VpcId": "vpc-other"}, {"PrivateDnsEnabled": True}])
def test_an_endpoint_elsewhere_or_with_private_dns_is_not_the_reason(fields: dict[str, Any]) -> None:
    found = changed_row(tables(), "VpcEndpoints", **fields)

    assert "x.privatelink-registry-dns" not in dict(told(outward(found), PUBLIC))


def test_endpoints_for_aws_own_services_are_not_the_registrys() -> None:
    found = NetworkEvidence.from_describe(changed_row(tables(), "VpcEndpoints", ServiceName="com.amazonaws.x.lambda"))

    assert found.private_links.rows == ()  # type: ignore[union-attr]


def test_the_load_balancer_behind_the_service_has_the_listener() -> None:
    [(cause, [command])] = told(group("sg-lb", linked(tables(OWNER), changed_row(NLB, "Listeners", Port=8443)),
                                      ingress=(to_cidr("10.0.0.0/16"),)))  # fmt: skip

    assert cause == "lb.no-listener"
    assert f"TargetGroupArn={GROUP}" in command
    assert NODE_A not in command

"""Names that something else than a zone has a say in: firewalls, profiles, rules, other VPCs, other servers."""

from contextlib import ExitStack

import pytest
from breaking import Break, both, delete_endpoint, endpoint, endpoint_object, image, name_servers, record, zone
from elsewhere import LAYERS, redirected
from filtering import (
    endpoint_needs_action,
    firewall,
    forwarding,
    group_arn,
    no_zone,
    other_vpc,
    profile,
    zone_elsewhere,
)
from laboratory import Lab, Scenario, prove

from pullcheck.collect import servers
from pullcheck.demo.calls import Call, Reply
from pullcheck.demo.world import REGISTRY_ADDRESS, REGISTRY_HOST
from pullcheck.vantage import Resolution, here
from resolvers import dnsmasq, free_port

LAMBDA = "lambda.us-east-1.amazonaws.com"
EVERYTHING = ("*",)


def transit(lab: Lab, *others: str) -> None:
    """A transit gateway between the model's VPC and these."""
    ec2 = lab.client("ec2")
    gateway = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    for vpc in (lab.world.vpc, *others):
        ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=vpc, SubnetIds=[])


def zone_behind_transit(lab: Lab) -> None:
    no_zone(lab)
    vpc = other_vpc(lab)
    transit(lab, vpc)
    zone_elsewhere("example.com", lambda _: vpc, {REGISTRY_HOST: [REGISTRY_ADDRESS]})(lab)


def hub(lab: Lab) -> None:
    """The endpoint and its zone are in another VPC; the zone was forgotten here."""
    delete_endpoint(lab)
    ec2 = lab.client("ec2")
    vpc = other_vpc(lab)
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.50.1.0/24")["Subnet"]["SubnetId"]
    made = ec2.create_vpc_endpoint(
        VpcId=vpc,
        VpcEndpointType="Interface",
        ServiceName="com.amazonaws.us-east-1.lambda",
        SubnetIds=[subnet],
        PrivateDnsEnabled=False,
    )["VpcEndpoint"]["VpcEndpointId"]
    [eni] = lab.backend("ec2").vpc_end_points[made].network_interface_ids
    address = lab.backend("ec2").enis[eni].private_ip_address
    zone_elsewhere(LAMBDA, lambda _: vpc, {LAMBDA: [address]})(lab)


def default_group(lab: Lab) -> None:
    """The endpoint carries the VPC's default group, which was emptied."""
    ec2 = lab.client("ec2")
    named = [{"Name": "vpc-id", "Values": [lab.world.vpc]}, {"Name": "group-name", "Values": ["default"]}]
    [group] = ec2.describe_security_groups(Filters=named)["SecurityGroups"]
    if group["IpPermissions"]:
        ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=group["IpPermissions"])
    model = [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": group["GroupId"]}]}]
    ec2.authorize_security_group_egress(GroupId=lab.world.model_group, IpPermissions=model)
    change = {"AddSecurityGroupIds": [group["GroupId"]], "RemoveSecurityGroupIds": [lab.world.endpoint_group]}
    endpoint_object(security_group_ids=[group["GroupId"]])(lab)
    endpoint(**change)(lab)


def not_offered_in_the_second_zone(lab: Lab) -> None:
    endpoint(RemoveSubnetIds=[lab.world.subnets[1]])(lab)
    zones = "<availabilityZoneSet><item>us-east-1a</item></availabilityZoneSet>"
    detail = f"<serviceDetailSet><item>{zones}</item></serviceDetailSet>"
    text = f"<DescribeVpcEndpointServicesResponse>{detail}</DescribeVpcEndpointServicesResponse>"

    def answer(_call: Call) -> Reply:
        return Reply(200, text.encode(), (("Content-Type", "text/xml"),))

    lab.cloud.answer("ec2:DescribeVpcEndpointServices", answer)


led_on = both(record(REGISTRY_ADDRESS, action="DELETE"), record("lb.example.com", kind="CNAME"))
to_balancer: Break = both(led_on, record(REGISTRY_ADDRESS, name="lb.example.com"))
shadowing = profile(zone_elsewhere(REGISTRY_HOST, other_vpc, {f"www.{REGISTRY_HOST}": ["10.0.10.99"]}))

SCENARIOS = (
    Scenario("dns.firewall-blocks", firewall(("ALLOW", [REGISTRY_HOST]), ("BLOCK", EVERYTHING)), label="walled"),
    Scenario("dns.firewall-blocks", firewall(("BLOCK", ["bad.example.net", REGISTRY_HOST])), label="listed"),
    Scenario("dns.firewall-blocks", firewall(("BLOCK", ["*.amazonaws.com"])), heals=False, label="wildcard"),
    Scenario(
        "dns.firewall-blocks",
        both(to_balancer, firewall(("ALLOW", [REGISTRY_HOST, LAMBDA]), ("BLOCK", EVERYTHING))),
        label="cname",
    ),
    Scenario(
        "dns.firewall-blocks",
        both(firewall(("BLOCK", [REGISTRY_HOST]), associated=False), profile(group_arn)),
        label="by-profile",
    ),
    Scenario("dns.firewall-fail-closed", firewall(("ALLOW", EVERYTHING), fail_open=False)),
    Scenario("dns.more-specific-zone-wins", shadowing, label="by-profile"),
    Scenario("dns.resolver-endpoint-broken", forwarding(lets_out=False), label="group"),
    Scenario("dns.resolver-endpoint-broken", forwarding(shut=True), label="acl"),
    Scenario("dns.resolver-endpoint-broken", both(forwarding(), endpoint_needs_action), heals=False, label="state"),
    Scenario("dns.resolver-rule-missing", both(no_zone, forwarding(associated=False)), status="unknown"),
    Scenario("dns.tgw-no-phz", zone_behind_transit, status="unknown"),
    Scenario("dns.search-domain-reliance", image("registry:{port}/team/model:v1"), status="unknown"),
    Scenario("dns.central-endpoint-zone-missing", hub),
    Scenario(
        "vpce.fips-or-dualstack-name",
        both(delete_endpoint, zone(f"lambda-fips.{LAMBDA[7:]}")),
        heals=False,
    ),
    Scenario("vpce.zone-unsupported", not_offered_in_the_second_zone, heals=False),
    Scenario("vpce.default-sg-changed", default_group),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.id)
def test_the_report_names_what_else_has_a_say(lab: Lab, scenario: Scenario) -> None:
    prove(lab, scenario)


def test_a_layer_host_that_a_zone_of_the_vpc_hides_is_the_root(lab: Lab) -> None:
    redirected(LAYERS)(lab)
    run = lab.check(*lab.live, "--resolve", f"{LAYERS}:{lab.port}:127.0.0.1")
    [hidden] = run.findings("dns.pull-hosts")

    assert (hidden["status"], hidden["cause"]) == ("fail", "dns.pull-host-not-answered")
    assert lab.world.zone in hidden["because"]
    assert {one["blocked_by"] for one in run.findings("network.pull-hosts-reachable")} == {"dns.pull-hosts"}
    record("10.0.10.30", name=LAYERS)(lab)
    [answered] = lab.check(*lab.live, "--resolve", f"{LAYERS}:{lab.port}:127.0.0.1").findings("dns.pull-hosts")

    assert answered["status"] == "pass"


ONCE_DENIED = (
    Scenario("dns.resolver-rule-missing", both(no_zone, forwarding(associated=False)), live=True, label="denied"),
    Scenario("dns.tgw-no-phz", zone_behind_transit, live=True, label="denied"),
)


@pytest.mark.parametrize("scenario", ONCE_DENIED, ids=lambda one: one.id)
def test_what_public_dns_denies_is_no_doubt_any_more(
    lab: Lab, scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(here, "_look_up", lambda name: Resolution(name, (), "no such name", no_such_name=True))
    prove(lab, scenario)


def test_a_healthy_run_asks_for_firewall_and_profiles_once_and_for_nothing_behind_them(lab: Lab) -> None:
    lab.check(*lab.live)
    asked = lab.cloud.count()
    behind = ("ListFirewallRules", "GetFirewallConfig", "ListResolverEndpoints", "ListResolverRules")

    assert asked["route53resolver:ListFirewallRuleGroupAssociations"] == 1
    assert asked["route53profiles:ListProfileAssociations"] == 1
    assert not any(asked[f"route53resolver:{name}"] for name in behind)
    assert asked["route53profiles:ListProfileResourceAssociations"] == asked["ec2:DescribeVpcEndpointServices"] == 0


def test_an_older_policy_is_told_what_was_not_seen_once_each(lab: Lab) -> None:
    lab.cloud.deny("route53resolver:ListFirewallRuleGroupAssociations", "route53profiles:ListProfileAssociations")
    run = lab.check(*lab.live)
    doubts = [one for one in run.report["findings"] if one["status"] == "unknown"]
    [named] = run.findings("dns.registry-name")

    assert [one["check"] for one in doubts] == ["dns.firewall"]
    assert "ListFirewallRuleGroupAssociations" in doubts[0]["because"]
    assert named["status"] == "pass"
    assert "ListProfileAssociations" in named["because"]
    assert run.report["counts"]["fail"] == 0


def test_a_name_is_told_hop_by_hop(lab: Lab) -> None:
    to_balancer(lab)
    run = lab.check("--vantage", "none")
    [registry], [function] = run.findings("dns.registry-name"), run.findings("endpoint.lambda-name")

    assert [(hop["kind"], hop["resource"]) for hop in registry["path"]][2:] == [("private-zone", lab.world.zone)] * 2
    assert registry["path"][2]["rule"] == f"{REGISTRY_HOST} CNAME lb.example.com"
    assert function["path"][-1]["resource"] == lab.world.endpoint


def test_a_forgotten_zone_is_the_one_root_of_a_lambda_api_that_is_not_reached(lab: Lab) -> None:
    hub(lab)
    run = lab.check("--vantage", "none")

    assert run.report["root_causes"] == ["dns.central-endpoint-zone-missing"]


FIRST, SECOND = "127.0.0.51", "127.0.0.52"
KNOWN = (f"host-record={REGISTRY_HOST},{REGISTRY_ADDRESS}", "local=/example.com/")


@pytest.fixture
def inside(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> int:
    """The VPC hands out two servers of its own, and this machine stands inside."""
    port = free_port(FIRST, SECOND)
    monkeypatch.setattr(servers, "PORT", port)
    monkeypatch.setattr(servers, "PATIENCE", 1.0)
    monkeypatch.setattr(here, "_look_up", lambda name: Resolution(name, (REGISTRY_ADDRESS,)))
    name_servers(FIRST, SECOND)(lab)
    return port


INSIDE_FOUND = (
    ("dns.server-silent", KNOWN, None),
    ("dns.server-fails", KNOWN, ()),
    ("dns.server-answer-differs", KNOWN, (f"host-record={REGISTRY_HOST},192.168.7.7", KNOWN[1])),
)


@pytest.mark.parametrize(
    ("cause", "first", "second"), INSIDE_FOUND, ids=lambda one: one if isinstance(one, str) else ""
)
def test_each_server_of_the_vpc_is_heard_from_inside(
    lab: Lab, inside: int, cause: str, first: tuple[str, ...], second: tuple[str, ...] | None
) -> None:
    with ExitStack() as stack:
        stack.enter_context(dnsmasq(FIRST, inside, *first, f"address=/{LAMBDA}/10.0.1.50"))
        if second is not None:
            stack.enter_context(dnsmasq(SECOND, inside, *second))
        run = lab.check("--vantage", "inside", "--resolve", f"{REGISTRY_HOST}:{lab.port}:127.0.0.1")
    found = [one for one in run.findings("dns.servers") if one["cause"] == cause]

    assert found
    assert {one["severity"] for one in found} == {"warning"}
    assert all(SECOND in one["because"] for one in found)
    assert lab.replay(lab.saved()).output == run.output

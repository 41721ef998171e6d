"""A registry behind a load balancer (R22, R61-R63): what passes, what fails and is mended, what is not known."""

from dataclasses import replace
from typing import Any

import pytest
from balanced_world import (
    ALB,
    ATTRIBUTES,
    BY_APPLICATION,
    BY_NETWORK,
    ELB,
    GROUP,
    LISTENER,
    NETWORK,
    NLB,
    NODE_A,
    NODE_B,
    TARGET_A,
    TARGET_B,
    Tables,
    acl,
    ask,
    attribute,
    changed_row,
    doubts,
    forward,
    group,
    target,
    told,
    world,
)
from network_world import HEALTHY, allow, changed, plus, to_cidr, to_group, with_routes

from pullcheck import Severity, Status, Unavailable
from pullcheck.evidence.network import NetworkEvidence
from pullcheck.evidence.network_rows import Interface, Route, SecurityGroup
from pullcheck_checks.network import Destination, Source, walk

IN = "aws ec2 authorize-security-group-ingress --group-id {} --ip-permissions '[{}]'"
OUT = "aws ec2 authorize-security-group-egress --group-id {} --ip-permissions '[{}]'"


def by_group(name: str, port: int = 5000) -> str:
    return f'{{"IpProtocol":"tcp","FromPort":{port},"ToPort":{port},"UserIdGroupPairs":[{{"GroupId":"{name}"}}]}}'


def by_cidr(cidr: str, port: int = 5000) -> str:
    return f'{{"IpProtocol":"tcp","FromPort":{port},"ToPort":{port},"IpRanges":[{{"CidrIp":"{cidr}"}}]}}'


def targets(*rows: dict[str, Any], of: Tables = NLB) -> Tables:
    return changed_row(of, "TargetGroups", TargetHealthDescriptions=list(rows))


def keeping(value: str) -> Tables:
    return changed_row(NLB, "TargetGroups", **{ATTRIBUTES: [attribute("preserve_client_ip.enabled", value)]})


def bare(found: Tables = NLB) -> NetworkEvidence:
    """A network load balancer without security groups; its targets admit whom they are told to."""
    evidence = world(changed_row(found, "LoadBalancers", SecurityGroups=[]))
    interfaces = changed(changed(evidence.interfaces, "eni-lb-a", group_ids=()), "eni-lb-b", group_ids=())
    model = changed(evidence.groups, "sg-model", egress=(to_cidr("10.0.0.0/16"),))
    return replace(evidence, interfaces=interfaces, groups=model)


@pytest.mark.parametrize("evidence", [BY_NETWORK, BY_APPLICATION], ids=["network", "application"])
def test_a_registry_behind_a_healthy_load_balancer_is_reached(evidence: NetworkEvidence) -> None:
    found = ask(evidence)

    assert [one.status for one in found] == [Status.PASS, Status.PASS], [one.because for one in found]
    assert "hands connections on" in found[0].because
    assert f"{TARGET_A} port 5000 is healthy" in found[0].because


def test_each_node_uses_the_targets_of_its_own_zone() -> None:
    first, second = ask(BY_NETWORK)

    assert (TARGET_B in first.because, TARGET_A in second.because) == (False, False)
    assert "sg-reg" in first.resources


def test_across_zones_a_node_uses_all_targets() -> None:
    cross = [attribute("load_balancing.cross_zone.enabled", "true")]
    by_balancer = world(changed_row(NLB, "LoadBalancers", **{ATTRIBUTES: cross}))
    [row] = NLB["TargetGroups"]
    by_own = world(changed_row(NLB, "TargetGroups", **{ATTRIBUTES: row[ATTRIBUTES] + cross}))

    assert all(TARGET_A in one.because and TARGET_B in one.because for one in ask(by_balancer) + ask(by_own))
    assert all(TARGET_B in one.because for one in ask(BY_APPLICATION))


@pytest.mark.parametrize("evidence", [BY_NETWORK, BY_APPLICATION], ids=["network", "application"])
def test_r61_the_load_balancers_groups_let_the_model_in(evidence: NetworkEvidence) -> None:
    shut = group("sg-lb", evidence, ingress=())

    assert told(shut, NODE_A) == [("sg.load-balancer-ingress", [IN.format("sg-lb", by_group("sg-model", 443))])]


def test_the_load_balancers_groups_let_packets_out_to_the_targets() -> None:
    shut = group("sg-lb", BY_NETWORK, egress=())

    assert told(shut, NODE_A) == [("sg.load-balancer-egress", [OUT.format("sg-lb", by_group("sg-reg"))])]


def test_targets_that_see_clients_admit_the_load_balancers_group_or_the_clients_range() -> None:
    shut = group("sg-reg", BY_NETWORK, ingress=())
    ranges = group("sg-reg", BY_NETWORK, ingress=(to_cidr("10.0.1.0/24", port=5000),))

    assert told(shut, NODE_A) == [("sg.nlb-client-ip", [IN.format("sg-reg", by_group("sg-lb"))])]
    assert [one.status for one in ask(ranges)] == [Status.PASS, Status.PASS]


def test_without_groups_of_its_own_only_the_clients_range_counts() -> None:
    by_reference = group("sg-reg", bare(), ingress=(to_group("sg-model", 5000),))
    by_range = group("sg-reg", bare(), ingress=(to_cidr("10.0.1.0/24", port=5000),))
    [verdict] = ask(by_reference, NODE_A)

    assert told(by_reference, NODE_A) == [("sg.nlb-client-ip", [IN.format("sg-reg", by_cidr("10.0.1.0/24"))])]
    assert "one for the model's group, which no target sees behind a load balancer" in verdict.because
    assert [one.status for one in ask(by_range, NODE_A)] == [Status.PASS]


def test_a_range_that_holds_a_part_of_the_clients_is_not_enough() -> None:
    half = group("sg-reg", bare(), ingress=(to_cidr("10.0.1.0/25", port=5000),))
    [verdict] = ask(half, NODE_A)

    assert verdict.cause is not None
    assert verdict.cause.id == "sg.nlb-client-ip"
    assert "10.0.1.128-10.0.1.254 (127 of 251 addresses) is cut off" in verdict.because


def test_targets_that_see_the_load_balancer_admit_its_group_or_its_address() -> None:
    clients = (to_cidr("10.0.1.0/24", port=5000),)
    with_groups = group("sg-reg", world(keeping("false")), ingress=clients)
    without = group("sg-reg", bare(keeping("false")), ingress=clients)
    admitted = group("sg-reg", bare(keeping("false")), ingress=(to_cidr("10.0.20.0/24", port=5000),))

    assert told(with_groups, NODE_A) == [("sg.nlb-no-preservation", [IN.format("sg-reg", by_group("sg-lb"))])]
    assert told(without, NODE_A) == [("sg.nlb-no-preservation", [IN.format("sg-reg", by_cidr(f"{NODE_A}/32"))])]
    assert [one.status for one in ask(admitted, NODE_A)] == [Status.PASS]


@pytest.mark.parametrize(
    ("kind", "protocol", "cause"),
    [
        ("instance", "TCP", "sg.nlb-client-ip"),
        ("ip", "TCP", "sg.nlb-no-preservation"),
        ("ip", "TLS", "sg.nlb-no-preservation"),
        ("ip", "TCP_UDP", "sg.nlb-client-ip"),
    ],
)
def test_what_targets_see_where_nothing_is_said_depends_on_their_type(kind: str, protocol: str, cause: str) -> None:
    names = {"ip": TARGET_A, "instance": "i-a"}
    silent = changed_row(NLB, "TargetGroups", TargetType=kind, Protocol=protocol, **{ATTRIBUTES: []})
    evidence = group("sg-reg", world(targets(target(names[kind]), of=silent)), ingress=())

    assert [name for name, _ in told(evidence, NODE_A)] == [cause]


def test_r62_targets_admit_an_application_load_balancer() -> None:
    shut = group("sg-reg", BY_APPLICATION, ingress=(to_group("sg-model", 5000),))

    assert told(shut, NODE_A) == [("sg.alb-target", [IN.format("sg-reg", by_group("sg-lb"))])]


def test_the_listener_is_on_the_registrys_port() -> None:
    elsewhere = world(changed_row(NLB, "Listeners", Port=8443))
    create = (
        f"aws elbv2 create-listener --load-balancer-arn {NETWORK} --protocol TCP --port 443"
        f" --default-actions Type=forward,TargetGroupArn={GROUP}"
    )

    assert told(elsewhere, NODE_A) == [("lb.no-listener", [create])]
    assert "it listens on TCP 8443" in ask(elsewhere, NODE_A)[0].because


def test_a_listener_with_a_certificate_is_copied_with_it() -> None:
    certificate = "arn:aws:acm:us-east-1:123456789012:certificate/5"
    secure = changed_row(
        NLB, "Listeners", Port=8443, Protocol="TLS", Certificates=[{"CertificateArn": certificate}], SslPolicy="P-1"
    )
    [(_, [command])] = told(world(secure), NODE_A)

    assert f"--port 443 --certificates CertificateArn={certificate} --ssl-policy P-1 " in command


@pytest.mark.parametrize("fields", [{"Protocol": "UDP"}, {"LoadBalancerArn": "another"}])
def test_what_no_other_listener_does_has_to_be_said_by_a_person(fields: dict[str, str]) -> None:
    assert told(world(changed_row(NLB, "Listeners", **fields)), NODE_A) == [("lb.no-listener", [])]


def test_a_listener_that_speaks_http_serves_no_pull() -> None:
    plain = world(changed_row(ALB, "Listeners", Protocol="HTTP"), "application")

    assert told(plain, NODE_A) == [("lb.plain-http-listener", [])]


FIXED = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]
TO_HTTP = [{"Type": "redirect", "RedirectConfig": {"Protocol": "HTTP", "Port": "80", "StatusCode": "HTTP_301"}}]
TO_HOST = [{"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Host": "other.example.com"}}]
LOGIN = [{"Type": "authenticate-oidc", "Order": 1}, {**forward(GROUP)[0], "Order": 2}]


def rule(actions: list[dict[str, Any]], priority: str = "1", **patterns: list[str]) -> dict[str, Any]:
    fields = {"host": ("host-header", "HostHeaderConfig"), "path": ("path-pattern", "PathPatternConfig")}
    conditions = [
        {"Field": fields[name][0], "Values": values, fields[name][1]: {"Values": values}}
        if name in fields
        else {"Field": name.replace("_", "-"), "SourceIpConfig": {"Values": values}}
        for name, values in patterns.items()
    ]
    return {"RuleArn": f"rule-{priority}", "Priority": priority, "Conditions": conditions, "Actions": actions}


def listening(actions: list[dict[str, Any]], *rules: dict[str, Any]) -> NetworkEvidence:
    default = {"RuleArn": "rule-default", "Priority": "default", "Conditions": [], "Actions": actions}
    fields = {"DefaultActions": actions, "Rules": [*rules, default]}
    return world(changed_row(ALB, "Listeners", **fields), "application")


@pytest.mark.parametrize("actions", [FIXED, TO_HTTP], ids=["fixed", "to HTTP"])
def test_a_listener_that_answers_by_itself_serves_no_pull(actions: list[dict[str, Any]]) -> None:
    assert told(listening(actions), NODE_A) == [("lb.answers-itself", [])]


@pytest.mark.parametrize("actions", [TO_HOST, LOGIN, [{"Type": "jump"}]], ids=["to a host", "login", "unheard of"])
def test_what_else_a_listener_does_is_not_known(actions: list[dict[str, Any]]) -> None:
    assert "what comes of that was not judged" in doubts(listening(actions), NODE_A)


@pytest.mark.parametrize(
    "found",
    [
        rule(forward(GROUP), host=["registry.example.com"]),
        rule(forward(GROUP), host=["ui.example.com", "*.EXAMPLE.com"]),
        rule(forward(GROUP), path=["/v2/*"]),
        rule(forward(GROUP), host=["r*"], path=["/ui", "/v2*"]),
        rule(forward(GROUP), path=["*"]),
    ],
    ids=["host", "wildcard", "path", "both", "everything"],
)
def test_a_rule_for_the_registry_decides_before_the_default(found: dict[str, Any]) -> None:
    assert [one.status for one in ask(listening(FIXED, found), NODE_A)] == [Status.PASS]


@pytest.mark.parametrize(
    "found",
    [rule(FIXED, host=["ui.example.com"]), rule(FIXED, path=["/ui/*"]), rule(FIXED, path=["/v1/"])],
    ids=["host", "path", "exact"],
)
def test_a_rule_for_something_else_does_not_matter(found: dict[str, Any]) -> None:
    assert [one.status for one in ask(listening(forward(GROUP), found), NODE_A)] == [Status.PASS]


@pytest.mark.parametrize(
    "found",
    [
        rule(FIXED, path=["/v2/team/*"]),
        rule(FIXED, path=["/v?/*"]),
        rule(FIXED, source_ip=["10.0.0.0/8"]),
        {**rule(FIXED), "Conditions": [{"Field": "host-header", "RegexValues": ["r.*"]}]},
    ],
    ids=["a repository", "a placeholder", "another condition", "a regular expression"],
)
def test_a_rule_that_may_take_a_part_of_the_pull_is_a_doubt(found: dict[str, Any]) -> None:
    assert "rule-1 may take some of the requests" in doubts(listening(forward(GROUP), found), NODE_A)


def test_the_rule_of_lower_number_comes_first() -> None:
    first, second = rule(forward(GROUP), "9", path=["/v2/*"]), rule(FIXED, "10", path=["/v2/*"])

    assert [one.status for one in ask(listening(FIXED, second, first), NODE_A)] == [Status.PASS]


@pytest.mark.parametrize(
    "rows",
    [(), (target(TARGET_A, "draining"), target(TARGET_B, "unused", "Target.NotInUse"))],
    ids=["none", "none in use"],
)
def test_r63_without_a_target_nothing_answers(rows: tuple[dict[str, Any], ...]) -> None:
    assert told(world(targets(*rows)), NODE_A) == [("lb.no-target", [])]


def test_r61_a_zone_without_a_target_is_cut_off_unless_zones_are_crossed() -> None:
    evidence = world(targets(target(TARGET_A)))
    cross = (
        f"aws elbv2 modify-load-balancer-attributes --load-balancer-arn {NETWORK}"
        " --attributes Key=load_balancing.cross_zone.enabled,Value=true"
    )
    first, second = ask(evidence)

    assert first.status is Status.PASS
    assert (second.status, second.severity) == (Status.FAIL, Severity.ERROR)
    assert (
        f"no target in use1-az2, the zone of this node, and cross-zone load balancing is off: {TARGET_A} in use1-az1"
        in (second.because)
    )
    assert told(evidence) == [("lb.no-target-in-zone", [cross])]


def test_where_the_target_group_turned_it_off_the_target_group_turns_it_on() -> None:
    [row] = ALB["TargetGroups"]
    off = row[ATTRIBUTES] + [attribute("load_balancing.cross_zone.enabled", "false")]
    found = targets(target(TARGET_A), of=changed_row(ALB, "TargetGroups", **{ATTRIBUTES: off}))
    [(cause, [command])] = told(world(found, "application"), NODE_B)

    assert cause == "lb.no-target-in-zone"
    assert command.startswith(f"aws elbv2 modify-target-group-attributes --target-group-arn {GROUP} ")


def test_targets_that_the_load_balancer_cannot_connect_to_are_named() -> None:
    down = targets(target(TARGET_A, "unhealthy", "Target.FailedHealthChecks"))
    [verdict] = ask(world(down), NODE_A)

    assert told(world(down), NODE_A) == [("lb.no-healthy-target", [])]
    assert f"{TARGET_A} port 5000 is unhealthy (Target.FailedHealthChecks)" in verdict.because


def test_healthy_targets_elsewhere_do_not_help_a_node_that_does_not_use_them() -> None:
    down = world(targets(target(TARGET_A, "unhealthy", "Target.FailedHealthChecks"), target(TARGET_B)))

    assert [one.status for one in ask(down)] == [Status.FAIL, Status.PASS]


@pytest.mark.parametrize(
    ("found", "fields"),
    [
        (target(TARGET_A, "initial", "Elb.InitialHealthChecking"), {}),
        (target(TARGET_A, "unhealthy", "Target.FailedHealthChecks"), {"HealthCheckProtocol": "HTTP"}),
        (target(TARGET_A, "unhealthy", "Target.FailedHealthChecks"), {"HealthCheckPort": "9000"}),
        (target(TARGET_A, "unhealthy", "Elb.InternalError"), {}),
    ],
    ids=["not yet checked", "asked by HTTP", "asked on another port", "the checks failed"],
)
def test_a_check_that_proves_nothing_is_a_doubt(found: dict[str, Any], fields: dict[str, str]) -> None:
    evidence = world(targets(found, of=changed_row(NLB, "TargetGroups", **fields)))

    assert "no target passes the health check" in doubts(evidence, NODE_A)


def test_an_answer_that_the_check_does_not_like_proves_that_the_target_is_there() -> None:
    rejected = targets(target(TARGET_A, "unhealthy", "Target.ResponseCodeMismatch"), of=ALB)

    assert "may want what a registry does not give" in doubts(world(rejected, "application"), NODE_A)


def test_a_target_whose_checks_are_off_counts() -> None:
    unchecked = targets(target(TARGET_A, "unavailable", "Target.HealthCheckDisabled"))

    assert [one.status for one in ask(world(unchecked), NODE_A)] == [Status.PASS]


@pytest.mark.parametrize(
    ("name", "egress", "cidr", "ports"),
    [
        ("acl-lb", True, "10.0.10.0/24", (5000, 5000)),
        ("acl-reg", False, "10.0.1.0/24", (5000, 5000)),
        ("acl-reg", True, "10.0.1.0/24", (1024, 65535)),
        ("acl-lb", False, "10.0.10.0/24", (1024, 65535)),
    ],
    ids=["out", "in", "back out", "back in"],
)
def test_acls_on_both_sides_let_packets_and_answers_through(
    name: str, egress: bool, cidr: str, ports: tuple[int, int]
) -> None:
    """What the load balancer needs of the model is let through; only what it needs of its targets is missing."""
    model = (allow(1, egress=True, cidr="10.0.1.0/24"), allow(1, egress=False, cidr="10.0.1.0/24"))
    entries = (*(model if name == "acl-lb" else ()), allow(100, egress=not egress))
    [(cause, [command])] = told(acl(name, entries, BY_NETWORK), NODE_A)

    assert cause == "nacl.load-balancer-target"
    assert f"--network-acl-id {name} --{'egress' if egress else 'ingress'}" in command
    assert f"--port-range From={ports[0]},To={ports[1]} --cidr-block {cidr} " in command


def test_behind_a_load_balancer_all_client_ports_are_in_use() -> None:
    few = acl("acl-reg", (allow(1, egress=False), allow(1, egress=True, ports=(32768, 60999))), world(keeping("false")))
    [verdict] = ask(few, NODE_A)

    assert verdict.cause is not None
    assert (verdict.cause.id, verdict.severity) == ("nacl.ephemeral-range-narrow", Severity.ERROR)


def test_between_a_node_and_a_target_of_one_subnet_no_acl_stands() -> None:
    interfaces = changed(BY_NETWORK.interfaces, "eni-reg", subnet_id="subnet-lb-a", addresses=("10.0.20.20",))
    evidence = replace(world(targets(target("10.0.20.20"))), interfaces=interfaces)
    model = (allow(1, egress=True, cidr="10.0.1.0/24"), allow(1, egress=False, cidr="10.0.1.0/24"))

    assert [one.status for one in ask(acl("acl-lb", model, evidence), NODE_A)] == [Status.PASS]


def test_an_instance_is_found_by_its_first_interface() -> None:
    found = targets(target("i-a"), of=changed_row(NLB, "TargetGroups", TargetType="instance"))
    [verdict] = ask(world(found), NODE_A)

    assert verdict.status is Status.PASS
    assert "i-a port 5000 is healthy" in verdict.because


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (changed_row(NLB, "LoadBalancers", State={"Code": "provisioning"}), "its state is provisioning"),
        (targets(target("192.168.7.7") | {"Target": {"Id": "192.168.7.7", "Port": 5000, "AvailabilityZone": "all"}}),
         "192.168.7.7 has no interface among those read"),
        (targets(target("10.0.99.9")), "whether it has a target in use1-az1 is not known"),
        (changed_row(NLB, "TargetGroups", TargetType="alb"), "an application load balancer is its target"),
        (changed_row(NLB, "TargetGroups", TargetGroupArn="other"), "it was not read"),
        (changed_row(NLB, "TargetGroups", **{ATTRIBUTES: None}), "not known which address its targets see"),
        (changed_row(NLB, "TargetGroups", TargetHealthDescriptions=None), f"the targets of {GROUP} were not read"),
        (changed_row(NLB, "LoadBalancers", **{ATTRIBUTES: None}), "whether a node uses the targets of other zones"),
        ({key: rows for key, rows in NLB.items() if key != "Listeners"}, "Listeners were not read"),
        ({key: rows for key, rows in NLB.items() if key != "TargetGroups"}, "TargetGroups were not read"),
        ({"LoadBalancers": []}, "net/registry/1 hands the packets on, and it was not read"),
        ({}, "net/registry/1 hands the packets on, and LoadBalancers were not read"),
    ],
)  # fmt: skip
def test_what_was_not_read_is_not_known(found: Tables, words: str) -> None:
    assert words in doubts(world(found), NODE_A)


def test_rules_that_were_not_read_are_not_known() -> None:
    assert f"the rules of {LISTENER} were not read" in doubts(
        world(changed_row(ALB, "Listeners", Rules=None), "application"), NODE_A
    )


def test_a_denial_is_named() -> None:
    denied = Unavailable("elasticloadbalancing:DescribeTargetHealth was denied")
    found = changed_row(NLB, "TargetGroups", TargetHealthDescriptions=denied)

    assert "elasticloadbalancing:DescribeTargetHealth was denied" in doubts(world(found), NODE_A)


@pytest.mark.parametrize("part", ["elb/classic", "gwy/inspection/1"])
def test_other_load_balancers_are_not_judged(part: str) -> None:
    interfaces = changed(BY_NETWORK.interfaces, "eni-lb-a", part_of=part, kind="interface")

    assert f"{part} hands the packets on" in doubts(replace(BY_NETWORK, interfaces=interfaces), NODE_A)


def test_what_a_load_balancer_does_with_other_packets_than_tcp_is_not_judged() -> None:
    source, there = Source("subnet-a", ("sg-model",)), Destination(NODE_A, NODE_A, 53, protocol="udp")

    assert "what it does with udp 53 was not judged" in [step.why for step in walk(BY_NETWORK, source, there).doubts]


def test_a_target_in_another_vpc_is_not_judged() -> None:
    far = changed(BY_NETWORK.interfaces, "eni-reg", vpc_id="vpc-2")
    subnets = changed(BY_NETWORK.subnets, "subnet-reg", vpc_id="vpc-2")

    assert f"{TARGET_A} lies in vpc-2" in doubts(replace(BY_NETWORK, interfaces=far, subnets=subnets), NODE_A)


def test_a_longer_route_between_load_balancer_and_target_is_not_judged() -> None:
    routed = with_routes("rtb-main", Route("10.0.10.0/24", "eni-9"), evidence=BY_NETWORK)

    assert "is not the local route" in doubts(routed, NODE_A)


def test_the_groups_at_one_of_several_addresses_are_the_odd_ones() -> None:
    second = Interface("eni-reg-2", "vpc-1", "subnet-reg", ("10.0.10.21",), ("sg-other",))
    evidence = replace(
        HEALTHY,
        interfaces=plus(HEALTHY.interfaces, second),
        groups=plus(HEALTHY.groups, SecurityGroup("sg-other", "vpc-1", "123456789012", (), ())),
    )

    assert told(evidence, "10.0.10.20", "10.0.10.21") == [
        ("sg.duplicate-registry-enis", [IN.format("sg-other", by_group("sg-model", 443))])
    ]
    assert [name for name, _ in told(evidence, "10.0.10.21")] == ["sg.registry-ingress"]


def test_several_groups_are_all_asked() -> None:
    second = f"{ELB}:targetgroup/second/9"
    found = changed_row(NLB, "Listeners", DefaultActions=forward(GROUP, second))
    found["TargetGroups"].append({**found["TargetGroups"][0], "TargetGroupArn": second, "TargetHealthDescriptions": []})

    assert told(world(found), NODE_A) == [("lb.no-target", [])]

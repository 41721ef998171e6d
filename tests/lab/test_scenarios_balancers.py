"""The registry behind a load balancer, or behind an endpoint for somebody's service."""

import pytest
from balancing import NODES, Balanced
from breaking import Break, record
from laboratory import Lab, Run, Scenario, prove

from pullcheck.demo.world import REGISTRY_ADDRESS, VPC_CIDR, to_group

CHECK = "network.registry-reachable"


def statuses(run: Run) -> set[str]:
    return {one["status"] for one in run.findings(CHECK)}


@pytest.mark.parametrize("kind", ["network", "application"])
def test_a_registry_behind_a_working_load_balancer_passes(lab: Lab, kind: str) -> None:
    Balanced(lab, kind)
    run = lab.check(*lab.live)

    assert statuses(run) == {"pass"}, [one["because"] for one in run.findings(CHECK)]
    assert run.report["verdict"] == "pass"
    assert lab.cloud.count()["elasticloadbalancing:DescribeTargetHealth"] == 1


def test_a_load_balancer_without_groups_passes_where_the_registry_admits_the_vpc(lab: Lab) -> None:
    Balanced(lab, groups=False)

    assert statuses(lab.check("--vantage", "none")) == {"pass"}


def test_where_no_load_balancer_is_nobody_asks_for_one(lab: Lab) -> None:
    lab.check("--vantage", "none")

    assert not [name for name in lab.cloud.calls if name.startswith("elasticloadbalancing")]


@pytest.mark.parametrize("action", ["DescribeLoadBalancers", "DescribeListeners", "DescribeTargetHealth"])
def test_what_may_not_be_read_of_a_load_balancer_is_named(lab: Lab, action: str) -> None:
    Balanced(lab)
    lab.cloud.deny(f"elasticloadbalancing:{action}")
    run = lab.check("--vantage", "none")

    assert statuses(run) == {"unknown"}
    assert all(f"elasticloadbalancing:{action}" in one["because"] for one in run.findings(CHECK))


def closed_to_the_model(lab: Lab) -> None:
    one = Balanced(lab)
    one.refuse(one.group, one.port, lab.world.model_group)


def closed_to_the_load_balancer(kind: str, *, keeps: bool) -> Break:
    def apply(lab: Lab) -> None:
        one = Balanced(lab, kind)
        if kind == "network":
            one.keep_clients(keeps)
        one.refuse(lab.world.registry_group, one.port, one.group)

    return apply


def reference_behind_a_bare_load_balancer(lab: Lab) -> None:
    one, port = Balanced(lab, groups=False), lab.world.port
    inside = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": VPC_CIDR}]}
    ec2 = lab.client("ec2")
    ec2.revoke_security_group_ingress(GroupId=lab.world.registry_group, IpPermissions=[inside])
    ec2.authorize_security_group_ingress(
        GroupId=lab.world.registry_group, IpPermissions=[to_group(one.port, lab.world.model_group)]
    )


def shut_in(lab: Lab) -> None:
    one = Balanced(lab)
    everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    lab.client("ec2").revoke_security_group_egress(GroupId=one.group, IpPermissions=everything)


def listens_elsewhere(lab: Lab) -> None:
    one = Balanced(lab)
    one.api.delete_listener(ListenerArn=one.listener)
    one.listen(8443, "TCP")


def listens_without_tls(lab: Lab) -> None:
    Balanced(lab, "application", protocol="HTTP")


def answers_itself(lab: Lab) -> None:
    one = Balanced(lab, "application")
    answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404", "ContentType": "text/plain"}}
    one.api.modify_listener(ListenerArn=one.listener, DefaultActions=[answer])


def no_target(lab: Lab) -> None:
    one = Balanced(lab)
    one.api.deregister_targets(TargetGroupArn=one.target_group, Targets=[{"Id": REGISTRY_ADDRESS}])


def no_target_in_one_zone(lab: Lab) -> None:
    Balanced(lab).cross_zones(False)


def target_is_down(lab: Lab) -> None:
    Balanced(lab).is_unhealthy("Target.FailedHealthChecks")


def acl_between(*, egress: bool, ports: tuple[int, int]) -> Break:
    """The ACL lets through what the model needs of the load balancer, and not what that needs of its target."""

    def apply(lab: Lab) -> None:
        Balanced(lab).only("10.0.0.0/21", egress=egress, ports=ports)

    return apply


def second_registry_with_another_group(lab: Lab) -> None:
    ec2 = lab.client("ec2")
    group = ec2.create_security_group(GroupName="second", Description="second", VpcId=lab.world.vpc)["GroupId"]
    ec2.create_network_interface(SubnetId=lab.world.registry_subnet, PrivateIpAddress="10.0.10.21", Groups=[group])
    rule = [to_group(lab.world.port, group)]
    ec2.authorize_security_group_egress(GroupId=lab.world.model_group, IpPermissions=rule)
    record(REGISTRY_ADDRESS, "10.0.10.21")(lab)


SCENARIOS = (
    Scenario("sg.load-balancer-ingress", closed_to_the_model),
    Scenario("sg.load-balancer-egress", shut_in),
    Scenario("sg.nlb-client-ip", closed_to_the_load_balancer("network", keeps=True)),
    Scenario("sg.nlb-client-ip", reference_behind_a_bare_load_balancer, label="without groups"),
    Scenario("sg.nlb-no-preservation", closed_to_the_load_balancer("network", keeps=False)),
    Scenario("sg.alb-target", closed_to_the_load_balancer("application", keeps=False)),
    Scenario("sg.duplicate-registry-enis", second_registry_with_another_group),
    Scenario("lb.no-listener", listens_elsewhere),
    Scenario("lb.plain-http-listener", listens_without_tls, heals=False),
    Scenario("lb.answers-itself", answers_itself, heals=False),
    Scenario("lb.no-target", no_target, heals=False),
    Scenario("lb.no-target-in-zone", no_target_in_one_zone),
    Scenario("lb.no-healthy-target", target_is_down, heals=False),
    Scenario("nacl.load-balancer-target", acl_between(egress=True, ports=(1, 65535))),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.id)
def test_the_report_names_what_is_wrong_with_the_load_balancer(lab: Lab, scenario: Scenario) -> None:
    prove(lab, scenario)


def test_an_unhealthy_target_that_answers_is_a_doubt(lab: Lab) -> None:
    Balanced(lab, "application").is_unhealthy("Target.ResponseCodeMismatch")
    run = lab.check("--vantage", "none")

    assert statuses(run) == {"unknown"}
    assert len(run.findings(CHECK)) == 2 * len(NODES)

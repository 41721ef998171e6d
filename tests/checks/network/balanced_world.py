"""The healthy VPC with a load balancer before the registry, as describe calls show it, and ways to change it."""

import copy
from dataclasses import replace
from typing import Any

from network_world import HEALTHY, OPEN, PLACEMENT, VPC, changed, plus, registry_at, to_group

from pullcheck import Status, Verdict
from pullcheck.evidence.network import Interfaces, NetworkEvidence
from pullcheck.evidence.network_rows import Interface, NetworkAcl, SecurityGroup, Subnet
from pullcheck_checks.network.reachability import registry_is_reachable

OWNER = "123456789012"
NODE_A, NODE_B = "10.0.20.5", "10.0.21.5"
TARGET_A, TARGET_B = "10.0.10.20", "10.0.11.20"
ELB = f"arn:aws:elasticloadbalancing:us-east-1:{OWNER}"
NETWORK, APPLICATION = f"{ELB}:loadbalancer/net/registry/1", f"{ELB}:loadbalancer/app/registry/2"
GROUP, LISTENER = f"{ELB}:targetgroup/registry/3", f"{ELB}:listener/registry/4"
PLACE = replace(PLACEMENT, subnet_ids=("subnet-a",))
ATTRIBUTES = "Attributes"
Tables = dict[str, list[dict[str, Any]]]


def attribute(key: str, value: str) -> dict[str, str]:
    return {"Key": key, "Value": value}


def target(name: str, state: str = "healthy", reason: str = "", port: int = 5000) -> dict[str, Any]:
    health = {"State": state} | ({"Reason": reason} if reason else {})
    return {"Target": {"Id": name, "Port": port}, "TargetHealth": health}


def forward(*groups: str) -> list[dict[str, Any]]:
    listed = [{"TargetGroupArn": name, "Weight": 1} for name in groups]
    return [{"Type": "forward", "ForwardConfig": {"TargetGroups": listed}}]


def tables(kind: str) -> Tables:
    """A network load balancer with groups that keeps clients' addresses, or an application load balancer."""
    is_network = kind == "network"
    name = NETWORK if is_network else APPLICATION
    return {
        "LoadBalancers": [
            {
                "LoadBalancerArn": name,
                "Type": kind,
                "VpcId": VPC,
                "State": {"Code": "active"},
                "SecurityGroups": ["sg-lb"],
                ATTRIBUTES: [attribute("load_balancing.cross_zone.enabled", "false")],
            }
        ],
        "Listeners": [
            {
                "ListenerArn": LISTENER,
                "LoadBalancerArn": name,
                "Port": 443,
                "Protocol": "TCP" if is_network else "HTTPS",
                "DefaultActions": forward(GROUP),
                "Rules": [],
            }
        ],
        "TargetGroups": [
            {
                "TargetGroupArn": GROUP,
                "TargetType": "ip",
                "Protocol": "TCP" if is_network else "HTTP",
                "VpcId": VPC,
                "HealthCheckProtocol": "TCP" if is_network else "HTTP",
                "HealthCheckPort": "traffic-port",
                ATTRIBUTES: [attribute("preserve_client_ip.enabled", "true")] if is_network else [],
                "TargetHealthDescriptions": [target(TARGET_A), target(TARGET_B)],
            }
        ],
    }


def changed_row(found: Tables, table: str, **fields: Any) -> Tables:
    """The tables with fields of the only row of one replaced; None takes one away."""
    new = copy.deepcopy(found)
    row = new[table][0]
    for name, value in fields.items():
        row[name] = value
        if value is None:
            del row[name]
    return new


def _seat(name: str, subnet: str, address: str, kind: str) -> Interface:
    is_network = kind == "network"
    part = (NETWORK if is_network else APPLICATION).partition(":loadbalancer/")[2]
    sort = "network_load_balancer" if is_network else "interface"
    return Interface(name, VPC, subnet, (address,), ("sg-lb",), sort, part_of=part)


def world(found: Tables, kind: str = "network") -> NetworkEvidence:
    """A node in each of two zones, and a target in each."""
    read = NetworkEvidence.from_describe(found)
    own = tuple(row for row in HEALTHY.interfaces.rows if row.id != "eni-reg")  # type: ignore[union-attr]
    return replace(
        HEALTHY,
        subnets=plus(
            HEALTHY.subnets,
            Subnet("subnet-lb-a", VPC, "10.0.20.0/24", "use1-az1", OWNER),
            Subnet("subnet-lb-b", VPC, "10.0.21.0/24", "use1-az2", OWNER),
            Subnet("subnet-reg-b", VPC, "10.0.11.0/24", "use1-az2", OWNER),
        ),
        acls=plus(
            HEALTHY.acls,
            NetworkAcl("acl-lb", VPC, False, ("subnet-lb-a", "subnet-lb-b"), OPEN),
            NetworkAcl("acl-reg-b", VPC, False, ("subnet-reg-b",), OPEN),
        ),
        groups=plus(
            changed(HEALTHY.groups, "sg-reg", ingress=(to_group("sg-lb", 5000),)),
            SecurityGroup("sg-lb", VPC, OWNER, (to_group("sg-model"),), (to_group("sg-reg", 5000),)),
        ),
        interfaces=Interfaces(
            (
                *own,
                _seat("eni-lb-a", "subnet-lb-a", NODE_A, kind),
                _seat("eni-lb-b", "subnet-lb-b", NODE_B, kind),
                Interface("eni-reg", VPC, "subnet-reg", (TARGET_A,), ("sg-reg",), part_of="i-a"),
                Interface("eni-reg-b", VPC, "subnet-reg-b", (TARGET_B,), ("sg-reg",), part_of="i-b"),
            )
        ),
        load_balancers=read.load_balancers,
        private_links=read.private_links,
    )


NLB, ALB = tables("network"), tables("application")
BY_NETWORK, BY_APPLICATION = world(NLB), world(ALB, "application")


def ask(evidence: NetworkEvidence, *addresses: str) -> list[Verdict]:
    return list(registry_is_reachable(PLACE, registry_at(*(addresses or (NODE_A, NODE_B))), evidence))


def told(evidence: NetworkEvidence, *addresses: str) -> list[tuple[str, list[str]]]:
    """The cause and the commands of each failure."""
    failures = [one for one in ask(evidence, *addresses) if one.status is Status.FAIL]
    return [(one.cause.id, list(one.fix.commands)) for one in failures if one.cause and one.fix]


def doubts(evidence: NetworkEvidence, *addresses: str) -> str:
    """What the findings say that are all unknown."""
    found = ask(evidence, *addresses)

    assert {one.status for one in found} == {Status.UNKNOWN}, [(one.status, one.because) for one in found]
    return "; ".join(one.because for one in found)


def group(name: str, evidence: NetworkEvidence, **fields: Any) -> NetworkEvidence:
    return replace(evidence, groups=changed(evidence.groups, name, **fields))


def acl(name: str, entries: tuple[Any, ...], evidence: NetworkEvidence) -> NetworkEvidence:
    return replace(evidence, acls=changed(evidence.acls, name, entries=entries))

"""Paths with more than one thing in the way: all that is printed, run in order with the AWS CLI, opens them."""

from collections.abc import Callable
from typing import Any

import pytest
from breaking import both, entry, no_egress, no_entry, no_ingress
from laboratory import Lab
from test_scenarios_network import peer

from network_hcl import parsed
from pullcheck.demo.world import CLIENT_PORTS

REGISTRY, LAMBDA = "network.registry-reachable", "network.lambda-reachable"


def everything_shut(lab: Lab) -> None:
    """Both groups and both ACLs on the way to the registry."""
    both(no_egress(None, "registry_group"), no_ingress("registry_group", None))(lab)
    for name in ("model_acl", "registry_acl"):
        for egress in (True, False):
            no_entry(name, *_numbers(lab, name, egress), egress=egress)(lab)


def _numbers(lab: Lab, acl: str, egress: bool) -> list[int]:
    [row] = lab.client("ec2").describe_network_acls(NetworkAclIds=[getattr(lab.world, acl)])["NetworkAcls"]
    return [one["RuleNumber"] for one in row["Entries"] if one["Egress"] is egress and one["RuleNumber"] < 32767]


def two_tables(lab: Lab) -> None:
    """The registry is behind a peering that no route of either subnet's table leads to, nor one back.

    That its group lets nobody in shows only once packets get there.
    """
    ec2 = lab.client("ec2")
    peer(lab)
    [group] = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["there"]}])["SecurityGroups"]
    ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=group["IpPermissions"])
    table = ec2.create_route_table(VpcId=lab.world.vpc)["RouteTable"]["RouteTableId"]
    rows = ec2.describe_route_tables(Filters=[{"Name": "association.subnet-id", "Values": [lab.world.subnets[1]]}])
    [name] = [
        one["RouteTableAssociationId"]
        for one in rows["RouteTables"][0]["Associations"]
        if one.get("SubnetId") == lab.world.subnets[1]
    ]
    ec2.replace_route_table_association(AssociationId=name, RouteTableId=table)


def acl_without_room(lab: Lab) -> None:
    """Two denies stand first in the model's ACL, and the group lets nothing out either."""
    both(
        entry("model_acl", 1, "deny", None, egress=True),
        entry("model_acl", 1, "deny", CLIENT_PORTS, egress=False),
        no_egress(None, "registry_group"),
    )(lab)


@pytest.mark.parametrize("breaks", [everything_shut, two_tables, acl_without_room])
def test_the_whole_set_opens_every_path(lab: Lab, breaks: Callable[[Lab], None]) -> None:
    breaks(lab)
    run = lab.check("--vantage", "none")
    openings: list[dict[str, Any]] = run.report["openings"]
    broken = {one["subject"] for one in run.findings(REGISTRY) + run.findings(LAMBDA) if one["status"] == "fail"}
    changes = [change for opening in openings for change in opening["changes"]]
    commands = list(dict.fromkeys(command for change in changes for command in change["commands"]))

    assert lab.replay(lab.saved()).output == run.output
    assert {subject for opening in openings for subject in opening["subjects"]} == broken
    assert max(len(opening["changes"]) for opening in openings) > 1
    assert all(parsed(change["terraform"]) or change["terraform"].startswith("# ") for change in changes)
    lab.apply(commands)
    again = lab.check("--vantage", "none")

    assert {one["status"] for one in again.findings(REGISTRY) + again.findings(LAMBDA)} == {"pass"}
    assert "openings" not in again.report


def test_a_subnet_alone_fails_sometimes_and_says_so(lab: Lab) -> None:
    two_tables(lab)
    lab.request["VpcConfig"]["Subnets"] = list(lab.world.subnets)
    [first, _] = lab.check("--vantage", "none").report["openings"]
    lab.apply([command for change in first["changes"] for command in change["commands"]])
    [because] = {one["because"] for one in lab.check("--vantage", "none").findings(REGISTRY) if one["status"] == "fail"}

    assert f"fails sometimes: from 1 of 2 model subnets ({lab.world.subnets[1]} in " in because

"""Changes are printed so that a shell and Terraform read what was meant, whatever AWS calls its things."""

import importlib
import inspect
import pkgutil
import shlex

import pytest
from network_world import LAMBDA_NAME, PLACEMENT, with_group

import pullcheck_checks.network.fixes
from network_hcl import parsed
from pullcheck.evidence.network_rows import AclEntry, GroupReference, GroupRule
from pullcheck_checks.network.fixes.changes import (
    AcceptPeering,
    AddAclEntry,
    AllowInGroup,
    AttachInternetGateway,
    Change,
    DeleteAclEntry,
    SetRoute,
)
from pullcheck_checks.network.fixes.endpoint import endpoint_instead
from pullcheck_checks.network.fixes.transit_changes import (
    AcceptAttachment,
    AddAttachmentSubnet,
    AssociateAttachment,
    Propagate,
    SetTransitRoute,
)
from pullcheck_checks.network.paths.index import Index

ODD = 'x-1\'; rm -rf "$HOME" #${y}%{z}\n\u202e##vso[a]b'
ENTRY = AclEntry(100, True, True, "6", "10.0.0.0/8", None, 443, 443)

RULE = {"from_port": 443, "ip_protocol": '"tcp"', "to_port": 443}
CHANGES: list[tuple[Change, str, dict[str, object]]] = [
    (
        AllowInGroup("sg-1", True, GroupRule("tcp", 443, 443, cidrs=("10.0.0.1/32",))),
        "aws_vpc_security_group_egress_rule",
        {**RULE, "security_group_id": '"sg-1"', "cidr_ipv4": '"10.0.0.1/32"'},
    ),
    (
        AllowInGroup("sg-1", False, GroupRule("tcp", 443, 443, groups=(GroupReference("sg-2"),))),
        "aws_vpc_security_group_ingress_rule",
        {**RULE, "security_group_id": '"sg-1"', "referenced_security_group_id": '"sg-2"'},
    ),
    (
        AddAclEntry("acl-1", ENTRY),
        "aws_network_acl_rule",
        {
            "network_acl_id": '"acl-1"',
            "rule_number": 100,
            "egress": True,
            "protocol": '"6"',
            "rule_action": '"allow"',
            "cidr_block": '"10.0.0.0/8"',
            "from_port": 443,
            "to_port": 443,
        },
    ),
    (
        SetRoute("rtb-1", "10.9.0.0/16", "pcx-1"),
        "aws_route",
        {
            "route_table_id": '"rtb-1"',
            "destination_cidr_block": '"10.9.0.0/16"',
            "vpc_peering_connection_id": '"pcx-1"',
        },
    ),
    (
        SetRoute("rtb-1", "pl-1", "nat-1", replaces=True),
        "aws_route",
        {"route_table_id": '"rtb-1"', "destination_prefix_list_id": '"pl-1"', "nat_gateway_id": '"nat-1"'},
    ),
    (
        AttachInternetGateway("igw-1", "vpc-1"),
        "aws_internet_gateway_attachment",
        {"internet_gateway_id": '"igw-1"', "vpc_id": '"vpc-1"'},
    ),
    (
        AcceptPeering("pcx-1"),
        "aws_vpc_peering_connection_accepter",
        {"vpc_peering_connection_id": '"pcx-1"', "auto_accept": True},
    ),
    (
        AcceptAttachment("tgw-attach-1"),
        "aws_ec2_transit_gateway_vpc_attachment_accepter",
        {"transit_gateway_attachment_id": '"tgw-attach-1"'},
    ),
    (
        AssociateAttachment("tgw-rtb-1", "tgw-attach-1"),
        "aws_ec2_transit_gateway_route_table_association",
        {"transit_gateway_attachment_id": '"tgw-attach-1"', "transit_gateway_route_table_id": '"tgw-rtb-1"'},
    ),
    (
        Propagate("tgw-rtb-1", "tgw-attach-1", ("10.0.0.0/16",)),
        "aws_ec2_transit_gateway_route_table_propagation",
        {"transit_gateway_attachment_id": '"tgw-attach-1"', "transit_gateway_route_table_id": '"tgw-rtb-1"'},
    ),
    (
        SetTransitRoute("tgw-rtb-1", "10.9.0.0/16", "tgw-attach-1", replaces=False),
        "aws_ec2_transit_gateway_route",
        {
            "destination_cidr_block": '"10.9.0.0/16"',
            "transit_gateway_attachment_id": '"tgw-attach-1"',
            "transit_gateway_route_table_id": '"tgw-rtb-1"',
        },
    ),
]


@pytest.mark.parametrize(("change", "kind", "arguments"), CHANGES)
def test_each_change_is_a_resource_of_the_provider(change: Change, kind: str, arguments: dict[str, object]) -> None:
    [(found, _, fields)] = parsed(change.terraform)

    assert (found, fields) == (kind, arguments)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (DeleteAclEntry("acl-1", ENTRY), "# acl-1: take egress rule 100 out"),
        (SetRoute("rtb-1", "10.9.0.0/16", None), "# rtb-1: take the route for 10.9.0.0/16 out"),
        (
            AddAttachmentSubnet("tgw-attach-1", "subnet-1"),
            '# tgw-attach-1 (aws_ec2_transit_gateway_vpc_attachment): add "subnet-1" to subnet_ids',
        ),
    ],
)
def test_what_takes_code_away_or_changes_it_is_a_comment(change: Change, said: str) -> None:
    assert change.terraform == said
    assert parsed(change.terraform) == []


@pytest.mark.parametrize(
    "change",
    [
        AllowInGroup(ODD, True, GroupRule("tcp", 1, 1, cidrs=(ODD,), groups=(GroupReference(ODD),))),
        AddAclEntry(ODD, AclEntry(1, True, True, "6", ODD)),
        DeleteAclEntry(ODD, ENTRY),
        SetRoute(ODD, ODD, ODD),
        SetRoute(ODD, ODD, ODD, replaces=True),
        SetRoute(ODD, ODD, None),
        AttachInternetGateway(ODD, ODD),
        AcceptPeering(ODD),
        AcceptAttachment(ODD),
        AddAttachmentSubnet(ODD, ODD),
        AssociateAttachment(ODD, ODD),
        Propagate(ODD, ODD, (ODD,)),
        SetTransitRoute(ODD, ODD, ODD, replaces=True),
    ],
    ids=lambda change: type(change).__name__,
)
def test_odd_ids_are_one_word_to_the_shell_and_one_text_to_terraform(change: Change) -> None:
    words = shlex.split(change.command)

    assert ODD in words
    assert "rm" not in words
    assert all(name.isidentifier() for _, name, _ in parsed(change.terraform))
    assert change.terraform.isascii()
    assert all(line.startswith(("#", "resource ", "  ", "}")) for line in change.terraform.splitlines() if line)


def test_every_change_says_itself_in_terraform() -> None:
    rooms = pkgutil.iter_modules(pullcheck_checks.network.fixes.__path__, "pullcheck_checks.network.fixes.")
    modules = [importlib.import_module(room.name) for room in rooms if room.name.endswith("changes")]
    changes = {
        one
        for module in modules
        for _, one in inspect.getmembers(module, inspect.isclass)
        if hasattr(one, "apply") and one is not Change
    }

    assert len(changes) >= 11
    assert all(isinstance(inspect.getattr_static(one, "terraform"), property) for one in changes)


def test_an_endpoint_and_the_rules_it_needs_are_resources_too() -> None:
    index = Index(with_group("sg-model", egress=()))
    fix = endpoint_instead(index, PLACEMENT, LAMBDA_NAME.service_name)
    kinds = [kind for kind, _, _ in parsed(fix.terraform)]
    [endpoint] = [fields for kind, _, fields in parsed(fix.terraform) if kind == "aws_vpc_endpoint"]

    assert kinds == [
        "aws_vpc_security_group_egress_rule",
        "aws_vpc_security_group_ingress_rule",
        "aws_vpc_endpoint",
    ]
    assert endpoint["subnet_ids"] == ['"subnet-a"', '"subnet-b"']
    assert endpoint["private_dns_enabled"] is True

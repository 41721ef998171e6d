"""The model's subnets and groups themselves."""

from dataclasses import replace

import pytest

from pullcheck import Severity, Status, Unavailable, Verdict
from pullcheck.engine import Facts, Observed, Plan
from pullcheck.evidence.gateways import VpcEncryption
from pullcheck.evidence.network import GroupAssociations, ModelGroups
from pullcheck.evidence.network_rows import SecurityGroup
from pullcheck.evidence.placement import Placement
from pullcheck.evidence.vpc import ModelSubnet, ModelSubnets, ModelVpc
from pullcheck.target import Model, Target, TargetKind, Variant
from pullcheck_checks.network.placement import groups_are_usable, subnets_are_usable

MODEL = Model("vpc-model", None, None, ())
TARGET = Target(TargetKind.REQUEST, "vpc-model", "model.json", "us-east-1", (MODEL,))
A = ModelSubnet("subnet-a", "vpc-1", "10.0.1.0/24", "us-east-1a", "use1-az1", "available", "1", 200)
B = ModelSubnet("subnet-b", "vpc-1", "10.0.2.0/24", "us-east-1b", "use1-az2", "available", "1", 200)
PLACEMENT = Placement(("subnet-a", "subnet-b"), ("sg-1", "sg-2"))
GROUPS = ModelGroups((SecurityGroup("sg-1", "vpc-1", "1", (), ()), SecurityGroup("sg-2", "vpc-1", "1", (), ())))


def subnets(*rows: ModelSubnet, gone: tuple[str, ...] = (), target: Target = TARGET) -> list[Verdict]:
    return list(subnets_are_usable(target, MODEL, PLACEMENT, ModelSubnets(rows, gone)))


def failures(verdicts: list[Verdict]) -> list[tuple[str, str]]:
    return [(verdict.subject, verdict.cause.id) for verdict in verdicts if verdict.cause]


def test_fit_subnets_pass_one_by_one_and_together() -> None:
    verdicts = subnets(A, B)

    assert [verdict.subject for verdict in verdicts] == ["subnet-a", "subnet-b", "subnet-a, subnet-b"]
    assert {verdict.status for verdict in verdicts} == {Status.PASS}
    assert "use1-az1, use1-az2" in verdicts[2].because


@pytest.mark.parametrize(
    ("row", "cause"),
    [
        (replace(B, state="failed"), "sub.not-found-or-unavailable"),
        (replace(B, ipv6_native=True, cidr=""), "sub.ipv6-native"),
        (replace(B, outpost=True), "sub.local-zone-or-outpost"),
        (replace(B, zone="us-west-2-lax-1a", zone_id="usw2-lax1-az1"), "sub.local-zone-or-outpost"),
        (replace(B, free_addresses=1), "sub.no-free-addresses"),
    ],
)
def test_an_unfit_subnet_fails_and_says_the_fix(row: ModelSubnet, cause: str) -> None:
    verdicts = subnets(A, row)

    assert failures(verdicts) == [("subnet-b", cause)]
    assert all("create a new model" in verdict.fix.summary for verdict in verdicts if verdict.fix)


def test_subnets_together() -> None:
    assert failures(subnets(A, replace(B, vpc_id="vpc-2"))) == [("subnet-a, subnet-b", "sub.different-vpcs")]
    assert failures(subnets(A, replace(B, zone_id="use1-az1"))) == [("subnet-a, subnet-b", "sub.single-az")]
    assert failures(subnets(A, gone=("subnet-b",))) == [("subnet-b", "sub.not-found-or-unavailable")]
    assert failures(subnets(gone=("subnet-a", "subnet-b"))) == [
        ("subnet-a", "sub.not-found-or-unavailable"),
        ("subnet-b", "sub.not-found-or-unavailable"),
    ]


def test_addresses_for_some_of_the_instances_alone_are_a_warning() -> None:
    target = replace(TARGET, variants=(Variant("blue", "vpc-model", instance_count=4), Variant("other", "x", (), 99)))
    [_, verdict, _] = subnets(A, replace(B, free_addresses=7), target=target)

    assert verdict.severity is Severity.WARNING
    assert "4 instances take 8" in verdict.because


def groups(found: ModelGroups, shared: GroupAssociations | Unavailable = GroupAssociations(())) -> list[Verdict]:  # noqa: B008
    return list(groups_are_usable(PLACEMENT, found, ModelVpc("vpc-1"), shared))


def test_groups_of_the_vpc_pass() -> None:
    assert [(verdict.subject, verdict.status) for verdict in groups(GROUPS)] == [
        ("sg-1", Status.PASS),
        ("sg-2", Status.PASS),
    ]


def test_a_group_that_is_gone_fails_and_says_the_fix() -> None:
    [_, verdict] = groups(ModelGroups(GROUPS.rows[:1]))

    assert failures([verdict]) == [("sg-2", "sg.model-sg-deleted")]
    assert verdict.fix is not None
    assert "create a new model" in verdict.fix.summary


FOREIGN = ModelGroups((GROUPS.rows[0], replace(GROUPS.rows[1], vpc_id="vpc-2")))


def test_a_group_of_another_vpc_fails_unless_it_is_associated() -> None:
    assert failures(groups(FOREIGN)) == [("sg-2", "sg.model-sg-wrong-vpc")]
    assert failures(groups(FOREIGN, GroupAssociations(("sg-2",)))) == []


def test_a_group_of_another_vpc_is_unknown_where_associations_cannot_be_read() -> None:
    [_, verdict] = groups(FOREIGN, Unavailable("denied", "allow ec2:DescribeSecurityGroupVpcAssociations"))

    assert verdict.status is Status.UNKNOWN
    assert "allow ec2:DescribeSecurityGroupVpcAssociations" in verdict.because


def test_subnets_that_could_not_be_read_are_unknown() -> None:
    plan = Plan((subnets_are_usable,), (), (Target, Model, Placement, ModelSubnets, VpcEncryption))
    denied = Unavailable("ec2:DescribeSubnets was denied", "allow ec2:DescribeSubnets")
    facts: Facts = {Target: TARGET, Model: MODEL, Placement: PLACEMENT, ModelSubnets: denied}
    facts[VpcEncryption] = VpcEncryption("vpc-1")
    [answer] = plan.judge([Observed("PrimaryContainer", facts)])

    assert answer.verdict.status is Status.UNKNOWN
    assert "allow ec2:DescribeSubnets" in answer.verdict.because


def test_groups_that_could_not_be_read_are_unknown() -> None:
    plan = Plan((groups_are_usable,), (), (Placement, ModelGroups, ModelVpc, GroupAssociations))
    denied = Unavailable("ec2:DescribeSecurityGroups was denied", "allow ec2:DescribeSecurityGroups")
    facts: Facts = {Placement: PLACEMENT, ModelGroups: denied, ModelVpc: ModelVpc("vpc-1"), GroupAssociations: denied}
    [answer] = plan.judge([Observed("PrimaryContainer", facts)])

    assert answer.verdict.status is Status.UNKNOWN
    assert "allow ec2:DescribeSecurityGroups" in answer.verdict.because


def test_a_vpc_that_enforces_encryption_gets_a_warning() -> None:
    enforced = VpcEncryption("vpc-1", "enforce", "available", ("NatGateway",))
    found = ModelSubnets((A, B))

    def warned(encryption: VpcEncryption | Unavailable) -> list[Verdict]:
        every = subnets_are_usable(TARGET, MODEL, PLACEMENT, found, encryption)
        return [one for one in every if one.status is not Status.PASS]

    [verdict] = warned(enforced)

    assert failures([verdict]) == [("vpc-1", "sub.vpc-encryption-enforced")]
    assert verdict.severity is Severity.WARNING
    assert "excludes NatGateway" in verdict.because
    assert warned(replace(enforced, mode="monitor")) == warned(replace(enforced, state="deleting")) == []
    assert warned(Unavailable("ec2:DescribeVpcs was denied")) == []

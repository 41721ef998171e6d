"""The model's subnets and groups themselves."""

from dataclasses import replace

import pytest

from pullcheck import Severity, Status, Unavailable, Verdict
from pullcheck.engine import Facts, Observed, Plan
from pullcheck.evidence.gateways import VpcEncryption
from pullcheck.evidence.network import GroupAssociations, ModelGroups
from pullcheck.evidence.network_rows import SecurityGroup
from pullcheck.evidence.placement import ExecutionRole, Placement
from pullcheck.evidence.vpc import ModelSubnet, ModelSubnets, ModelVpc, Offering, Offerings, VpcTenancy
from pullcheck.target import Model, Target, TargetKind, Variant
from pullcheck_checks.network.placement import groups_are_usable, subnets_are_usable
from pullcheck_checks.network.zones import zones_offer_the_types

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
    given = (Target, Model, Placement, ModelSubnets, VpcEncryption, VpcTenancy, ExecutionRole)
    plan = Plan((subnets_are_usable,), (), given)
    denied = Unavailable("ec2:DescribeSubnets was denied", "allow ec2:DescribeSubnets")
    facts: Facts = {Target: TARGET, Model: MODEL, Placement: PLACEMENT, ModelSubnets: denied}
    facts |= {VpcEncryption: VpcEncryption("vpc-1"), VpcTenancy: VpcTenancy("vpc-1", "default")}
    facts[ExecutionRole] = denied
    [answer] = plan.judge([Observed("PrimaryContainer", facts)])

    assert answer.verdict.status is Status.UNKNOWN
    assert "allow ec2:DescribeSubnets" in answer.verdict.because


def test_groups_that_could_not_be_read_are_unknown() -> None:
    plan = Plan((groups_are_usable,), (), (Placement, ModelGroups, ModelVpc, GroupAssociations, ExecutionRole))
    denied = Unavailable("ec2:DescribeSecurityGroups was denied", "allow ec2:DescribeSecurityGroups")
    facts: Facts = {Placement: PLACEMENT, ModelGroups: denied, ModelVpc: ModelVpc("vpc-1"), GroupAssociations: denied}
    facts[ExecutionRole] = denied
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


def test_a_vpc_of_dedicated_tenancy_gets_a_warning() -> None:
    def warned(tenancy: VpcTenancy | Unavailable) -> list[Severity | None]:
        every = subnets_are_usable(TARGET, MODEL, PLACEMENT, ModelSubnets((A, B)), tenancy=tenancy)
        return [one.severity for one in every if one.cause and one.cause.id == "sub.dedicated-tenancy"]

    assert warned(VpcTenancy("vpc-1", "dedicated")) == [Severity.WARNING]
    assert warned(VpcTenancy("vpc-1", "default")) == []
    assert warned(Unavailable("denied")) == []


def test_the_default_group_of_the_account_that_shares_the_vpc_is_nobody_elses() -> None:
    role = ExecutionRole("arn:aws:iam::2:role/Model", "aws", "2", "Model", "/")
    own, named = SecurityGroup("sg-1", "vpc-1", "2", (), ()), SecurityGroup("sg-2", "vpc-1", "1", (), (), "default")
    found = list(
        groups_are_usable(PLACEMENT, ModelGroups((own, named)), ModelVpc("vpc-1"), GroupAssociations(()), role)
    )

    assert failures(found) == [("sg-2", "sg.shared-vpc-ownership")]
    assert found[1].fix
    assert "a security group of account 2" in found[1].fix.summary


def offered(*zones: str) -> list[Verdict]:
    return list(zones_offer_the_types(ModelSubnets((A, B)), Offerings((Offering("g5.xlarge", zones),))))


def test_two_zones_that_offer_the_type_pass() -> None:
    [verdict] = offered("use1-az1", "use1-az2", "use1-az4")

    assert verdict.status is Status.PASS
    assert verdict.because == "g5.xlarge is offered in use1-az1, use1-az2"


def test_one_zone_that_offers_the_type_is_a_warning_and_says_the_fix() -> None:
    [verdict] = offered("use1-az1", "use1-az4")

    assert (verdict.severity, verdict.subject) == (Severity.WARNING, "ml.g5.xlarge")
    assert verdict.fix
    assert "subnets in two of use1-az1, use1-az4" in verdict.fix.summary


def test_a_type_that_ec2_does_not_know_is_unknown() -> None:
    [verdict] = offered()

    assert verdict.status is Status.UNKNOWN

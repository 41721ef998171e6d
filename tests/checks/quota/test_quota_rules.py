"""Room for what the fixes add, counted as AWS counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullcheck import NotApplicable, Status, Unavailable, Verdict
from pullcheck.evidence.endpoint import LambdaEndpoints
from pullcheck.evidence.names import LambdaAddresses, NamedAddress, Provenance, RegistryAddresses
from pullcheck.evidence.network import (
    Interfaces,
    InternetGateways,
    NatGateways,
    NetworkAcls,
    NetworkEvidence,
    PrefixLists,
    RouteTables,
    SecurityGroups,
    Subnets,
)
from pullcheck.evidence.network_rows import (
    AclEntry,
    GroupReference,
    GroupRule,
    Interface,
    NetworkAcl,
    PrefixList,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
)
from pullcheck.evidence.placement import LambdaName, Placement
from pullcheck.evidence.quota import PrefixListSize, PrefixListSizes, Quota, VpcQuotas
from pullcheck_checks.quota.rules import added, rules_have_room

ACCOUNT = "123456789012"
PLACEMENT = Placement(("subnet-a",), ("sg-model",))
REGISTRY = RegistryAddresses("registry.example.com", 443, (NamedAddress("10.0.10.20", Provenance.PRIVATE_ZONE, "Z1"),))
OPEN = (AclEntry(100, True, True, "-1", "0.0.0.0/0"), AclEntry(100, False, True, "-1", "0.0.0.0/0"))
NONE = NotApplicable("no credentials function")
NO_SIZES = PrefixListSizes(())
LISTED = GroupRule("tcp", 22, 22, prefix_list_ids=("pl-1",), ipv6_cidrs=("::/0",))


def network(*egress: GroupRule, entries: tuple[AclEntry, ...] = OPEN) -> NetworkEvidence:
    """A registry in the VPC, which the model's group lets nothing out to unless one of these rules does."""
    ingress = (GroupRule("tcp", 443, 443, groups=(GroupReference("sg-model"),)),)
    return NetworkEvidence(
        subnets=Subnets(
            (
                Subnet("subnet-a", "vpc-1", "10.0.1.0/24", "use1-az1", ACCOUNT),
                Subnet("subnet-r", "vpc-1", "10.0.10.0/24", "use1-az1", ACCOUNT),
            )
        ),
        route_tables=RouteTables((RouteTable("rtb-1", "vpc-1", True, (), (), (Route("10.0.0.0/16", "local"),)),)),
        acls=NetworkAcls(
            (
                NetworkAcl("acl-a", "vpc-1", False, ("subnet-a",), entries),
                NetworkAcl("acl-r", "vpc-1", False, ("subnet-r",), OPEN),
            )
        ),
        groups=SecurityGroups(
            (
                SecurityGroup("sg-model", "vpc-1", ACCOUNT, (), egress),
                SecurityGroup("sg-reg", "vpc-1", ACCOUNT, ingress, ()),
            )
        ),
        interfaces=Interfaces((Interface("eni-r", "vpc-1", "subnet-r", ("10.0.10.20",), ("sg-reg",)),)),
        prefix_lists=PrefixLists((PrefixList("pl-1", ("192.0.2.0/24",)),)),
        nat_gateways=NatGateways(()),
        internet_gateways=InternetGateways(()),
    )


def ask(
    evidence: NetworkEvidence,
    *rows: Quota,
    sizes: PrefixListSizes | Unavailable = NO_SIZES,
    quotas: VpcQuotas | Unavailable | None = None,
) -> list[Verdict]:
    have = VpcQuotas(rows) if quotas is None else quotas
    return list(rules_have_room(PLACEMENT, REGISTRY, NONE, NONE, NONE, evidence, NONE, sizes, have))


def rules(value: float) -> Quota:
    return Quota("L-0EA8095F", "Inbound or outbound rules per security group", value)


def test_where_nothing_is_added_the_question_does_not_arise() -> None:
    (verdict,) = ask(network(GroupRule("-1", cidrs=("0.0.0.0/0",))))

    assert verdict.status is Status.NOT_APPLICABLE
    assert verdict.because == "no fix adds a rule to one"


def test_a_group_with_room_passes() -> None:
    (verdict,) = ask(network(GroupRule("tcp", 22, 22, cidrs=("192.0.2.0/24",))))

    assert verdict.status is Status.PASS
    assert verdict.because == "sg-model has 1 of 60 egress rules, and the fixes add 1"


def test_a_full_group_is_a_warning_and_the_quota_is_raised_to_what_is_needed() -> None:
    (verdict,) = ask(network(GroupRule("tcp", 22, 22, cidrs=("192.0.2.0/24", "198.51.100.0/24"))), rules(2))

    assert verdict.status is Status.FAIL
    assert verdict.cause
    assert verdict.cause.id == "quo.sg-rules"
    assert verdict.fix
    assert verdict.fix.commands[0].endswith("--quota-code L-0EA8095F --desired-value 3")


@pytest.mark.parametrize(
    ("sizes", "status"),
    [
        (PrefixListSizes((PrefixListSize("pl-1", 60),)), Status.FAIL),
        (PrefixListSizes((PrefixListSize("pl-1", 59),)), Status.PASS),
        (PrefixListSizes((PrefixListSize("pl-1", None),)), Status.UNKNOWN),
        (Unavailable("ec2:DescribeManagedPrefixLists was denied"), Status.UNKNOWN),
    ],
)
def test_a_prefix_list_counts_with_its_greatest_size(sizes: PrefixListSizes | Unavailable, status: Status) -> None:
    assert [verdict.status for verdict in ask(network(LISTED), sizes=sizes)] == [status]


def test_an_acl_is_full_with_its_last_rule_counted() -> None:
    denies = tuple(AclEntry(number, True, False, "6", "192.0.2.0/24", None, 22, 22) for number in range(1, 20))
    entries = (*denies, AclEntry(32767, True, False, "-1", "0.0.0.0/0"), OPEN[1])
    (verdict,) = ask(network(GroupRule("-1", cidrs=("0.0.0.0/0",)), entries=entries))

    assert verdict.cause
    assert verdict.cause.id == "quo.nacl-rules"
    assert verdict.because.startswith("acl-a has 20 of 20 egress rules")


def test_beyond_what_aws_allows_no_quota_is_asked_for() -> None:
    many = tuple(AclEntry(number, True, False, "6", "192.0.2.0/24", None, 22, 22) for number in range(1, 41))
    quota = Quota("L-2AEEBF1A", "Rules per network ACL", 40)
    (verdict,) = ask(network(GroupRule("-1", cidrs=("0.0.0.0/0",)), entries=(*many, OPEN[1])), quota)

    assert verdict.fix
    assert not verdict.fix.commands
    assert "40 at most" in verdict.fix.summary


def test_without_the_quotas_room_is_unknown_where_a_fix_needs_it() -> None:
    denied = Unavailable("servicequotas:ListServiceQuotas was denied")

    assert [one.status for one in ask(network(), quotas=denied)] == [Status.UNKNOWN]
    assert [one.status for one in ask(network(GroupRule("-1", cidrs=("0.0.0.0/0",))), quotas=denied)] == [
        Status.NOT_APPLICABLE
    ]


def test_the_way_to_lambda_is_asked_too() -> None:
    name = LambdaName("lambda.us-east-1.amazonaws.com", "us-east-1", "com.amazonaws.us-east-1.lambda")
    api = LambdaAddresses(name.host, "vpce-1", REGISTRY.addresses)
    endpoints = LambdaEndpoints("vpc-1", name.service_name, ())
    (verdict,) = rules_have_room(
        PLACEMENT, NONE, api, name, endpoints, network(), NONE, NO_SIZES, VpcQuotas((rules(0),))
    )

    assert verdict.status is Status.FAIL
    assert verdict.subject == "sg-model egress"


@given(st.integers(1, 5), st.integers(1, 5))
def test_a_command_that_is_printed_twice_is_run_once(groups: int, repeats: int) -> None:
    commands = [
        f"aws ec2 authorize-security-group-ingress --group-id sg-{number} --ip-permissions '[]'"
        for number in range(groups)
    ] * repeats

    assert added(commands) == {(f"sg-{number}", "ingress"): 1 for number in range(groups)}

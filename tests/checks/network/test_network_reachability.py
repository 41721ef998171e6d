"""The two path checks: what they say when a path works, is stopped, or cannot be judged."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from network_world import (
    BY_ENDPOINT,
    BY_NAT,
    HEALTHY,
    LAMBDA_NAME,
    PLACEMENT,
    REGISTRY,
    allow,
    changed,
    named,
    registry_at,
    to_cidr,
    to_group,
    with_acl,
    with_group,
    with_routes,
)

from pullcheck import NotApplicable, Severity, Status, Unavailable, Verdict
from pullcheck.engine import Facts, Observed, Plan
from pullcheck.evidence.dns import LambdaZonesElsewhere
from pullcheck.evidence.endpoint import InterfaceEndpoint, LambdaEndpoints
from pullcheck.evidence.names import LambdaAddresses, Provenance, RegistryAddresses
from pullcheck.evidence.network import Interfaces, NatGateways, NetworkEvidence, PrefixLists, SecurityGroups, Subnets
from pullcheck.evidence.network_rows import GroupRule, Interface, PrefixList, Route, SecurityGroup, Subnet
from pullcheck.evidence.placement import ExecutionRole, LambdaName, Placement
from pullcheck_checks.network.reachability import lambda_is_reachable, registry_is_reachable

NO_ENDPOINTS = LambdaEndpoints("vpc-1", "com.amazonaws.us-east-1.lambda", ())
ONE = replace(PLACEMENT, subnet_ids=("subnet-a",))


def ask(evidence: NetworkEvidence, registry: RegistryAddresses = REGISTRY, where: Placement = ONE) -> list[Verdict]:
    return list(registry_is_reachable(where, registry, evidence))


def ask_lambda(
    evidence: NetworkEvidence,
    api: LambdaAddresses = BY_ENDPOINT,
    where: Placement = ONE,
    endpoints: LambdaEndpoints | Unavailable = NO_ENDPOINTS,
) -> list[Verdict]:
    return list(lambda_is_reachable(where, api, LAMBDA_NAME, endpoints, evidence))


def causes(verdicts: Iterable[Verdict]) -> list[str]:
    return [verdict.cause.id for verdict in verdicts if verdict.cause]


def test_a_registry_that_every_subnet_reaches_passes_with_its_proof() -> None:
    verdicts = ask(HEALTHY, where=PLACEMENT)

    assert [verdict.subject for verdict in verdicts] == [
        "subnet-a -> 10.0.10.20:443",
        "subnet-b -> 10.0.10.20:443",
    ]
    assert {verdict.status for verdict in verdicts} == {Status.PASS}
    assert "sg-model allows tcp 443 to 10.0.10.20" not in verdicts[0].because
    assert "sg-reg allows tcp 443 from sg-model" in verdicts[0].because
    assert "eni-reg" in verdicts[0].resources
    assert len(verdicts[0].path) == 9


def test_a_group_that_lets_nothing_out_fails_and_says_the_fix() -> None:
    [verdict] = ask(with_group("sg-model", egress=()))

    assert causes([verdict]) == ["sg.model-egress-registry"]
    assert verdict.severity is Severity.ERROR
    assert verdict.because == "sg-model has no egress rule for tcp 443 to 10.0.10.20"
    assert verdict.fix is not None
    assert verdict.fix.commands == (
        "aws ec2 authorize-security-group-egress --group-id sg-model --ip-permissions"
        ' \'[{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"UserIdGroupPairs":[{"GroupId":"sg-reg"}]}]\'',
    )


def test_a_table_that_was_not_read_is_unknown_and_says_what_would_settle_it() -> None:
    denied = Unavailable("ec2:DescribeNetworkAcls was denied", "allow ec2:DescribeNetworkAcls to who runs pullcheck")
    [verdict] = ask(replace(HEALTHY, acls=denied))

    assert verdict.status is Status.UNKNOWN
    assert "allow ec2:DescribeNetworkAcls" in verdict.because


RULE_443 = (to_group("sg-reg"), to_group("sg-vpce"))
PREFIXED = GroupRule("tcp", 443, 443, prefix_list_ids=("pl-1",))
LISTS = PrefixLists((PrefixList("pl-1", ("10.9.0.0/16",)),))


@pytest.mark.parametrize(
    ("evidence", "registry", "cause"),
    [
        (with_group("sg-reg", ingress=()), REGISTRY, "sg.registry-ingress"),
        (with_group("sg-model", egress=RULE_443), registry_at("10.0.10.20", port=5000), "sg.custom-port"),
        (
            with_group("sg-model", egress=(GroupRule("tcp", 443, 443, ipv6_cidrs=("::/0",)),)),
            REGISTRY,
            "sg.ipv6-rule-only",
        ),
        (replace(with_group("sg-reg", ingress=(PREFIXED,)), prefix_lists=LISTS), REGISTRY, "sg.prefix-list-gap"),
        (with_acl("acl-model", [allow(1, egress=False)]), REGISTRY, "nacl.model-egress"),
        (with_acl("acl-model", [allow(1, egress=True)]), REGISTRY, "nacl.model-ingress-ephemeral"),
        (
            with_acl("acl-model", [allow(1, egress=True), allow(1, egress=False, ports=(49152, 65535))]),
            REGISTRY,
            "nacl.ephemeral-range-narrow",
        ),
        (with_acl("acl-reg", [allow(1, egress=True)]), REGISTRY, "nacl.registry-subnet"),
        (with_acl("acl-reg", [allow(1, egress=False)]), REGISTRY, "nacl.registry-subnet"),
        (
            with_acl("acl-model", [allow(9, egress=True, deny=True), allow(10, egress=True), allow(1, egress=False)]),
            REGISTRY,
            "nacl.lower-number-deny",
        ),
        (with_routes("rtb-model"), registry_at("8.8.8.8"), "rt.no-route-to-registry"),
        (HEALTHY, registry_at("10.50.10.20"), "rt.no-route-to-registry"),
        (with_routes("rtb-model", Route("0.0.0.0/0", "nat-9", "blackhole")), registry_at("8.8.8.8"), "rt.blackhole"),
        (with_routes("rtb-model", Route("0.0.0.0/0", "igw-1")), registry_at("8.8.8.8"), "rt.public-subnet-igw-only"),
        (with_routes("rtb-nat"), registry_at("8.8.8.8"), "rt.nat-not-working"),
        (
            with_acl("acl-default", [allow(1, egress=False), allow(1, egress=True, ports=(1024, 65535))]),
            registry_at("8.8.8.8"),
            "rt.nat-acl-or-sg",
        ),
        (
            replace(HEALTHY, subnets=changed(HEALTHY.subnets, "subnet-nat", public_access_block="block-bidirectional")),
            registry_at("8.8.8.8"),
            "rt.block-public-access",
        ),
        (HEALTHY, registry_at("10.0.10.99"), "dns.stale-address"),
    ],
)
def test_each_cause_is_told_apart(evidence: NetworkEvidence, registry: RegistryAddresses, cause: str) -> None:
    verdicts = ask(evidence, registry)

    assert set(causes(verdicts)) == {cause}
    assert all(verdict.fix and verdict.fix.summary for verdict in verdicts)


def test_an_address_that_was_given_is_not_called_stale() -> None:
    [address] = named("10.0.10.99")
    given = replace(REGISTRY, addresses=(replace(address, provenance=Provenance.OPTION),))

    assert causes(ask(HEALTHY, given)) == ["rt.no-host-at-address"]


def test_a_loss_of_unusual_client_ports_alone_is_a_warning() -> None:
    [verdict] = ask(with_acl("acl-model", [allow(1, egress=True), allow(1, egress=False, ports=(32768, 65535))]))

    assert verdict.severity is Severity.WARNING
    assert "client ports 1024-32767 (49.2 % of 1024-65535) are cut off" in verdict.because


def test_a_warning_does_not_hide_a_doubt() -> None:
    narrow = with_acl("acl-model", [allow(1, egress=True), allow(1, egress=False, ports=(32768, 65535))])
    verdicts = ask(replace(narrow, interfaces=Unavailable("ec2:DescribeNetworkInterfaces was denied")))

    assert [verdict.status for verdict in verdicts] == [Status.FAIL, Status.UNKNOWN]


def test_a_rule_for_half_of_the_subnet_is_an_error_with_its_share() -> None:
    verdicts = ask(with_group("sg-reg", ingress=(to_cidr("10.0.1.0/25"),)), where=PLACEMENT)

    assert causes(verdicts) == ["sg.registry-ingress"] * 2
    assert {verdict.severity for verdict in verdicts} == {Severity.ERROR}
    assert "127 of 251 addresses" in verdicts[0].because


def test_independent_blockers_are_findings_of_their_own() -> None:
    verdicts = ask(with_acl("acl-reg", [allow(1, egress=True)], with_group("sg-model", egress=())))

    assert causes(verdicts) == ["sg.model-egress-registry", "nacl.registry-subnet"]
    assert len({verdict.subject for verdict in verdicts}) == 1
    assert verdicts[0].fix is not None
    assert "after that acl-reg (ingress) would still be in the way" in verdicts[0].fix.summary


def test_an_acl_entry_gets_a_free_number_below_the_deny() -> None:
    entries = [allow(100, egress=True, deny=True), allow(99, egress=True, cidr="10.9.0.0/16"), allow(200, egress=True)]
    [verdict] = ask(with_acl("acl-model", [*entries, allow(1, egress=False)]))

    assert verdict.fix is not None
    assert verdict.fix.commands == (
        "aws ec2 create-network-acl-entry --network-acl-id acl-model --egress --rule-number 98 --protocol 6"
        " --port-range From=443,To=443 --cidr-block 10.0.10.20/32 --rule-action allow",
    )


def test_a_public_registry_gets_a_route_to_a_nat_gateway_that_works() -> None:
    [verdict] = ask(with_routes("rtb-model"), registry_at("8.8.8.8"))

    assert verdict.fix is not None
    assert verdict.fix.commands == (
        "aws ec2 create-route --route-table-id rtb-model --destination-cidr-block 8.8.8.8/32 --nat-gateway-id nat-1",
    )


def test_where_no_nat_gateway_works_no_command_is_made_up() -> None:
    [verdict] = ask(replace(with_routes("rtb-model"), nat_gateways=NatGateways(())), registry_at("8.8.8.8"))

    assert verdict.fix is not None
    assert verdict.fix.commands == ()


def test_a_way_to_another_network_is_unknown_by_the_name_of_the_place() -> None:
    [verdict] = ask(with_routes("rtb-model", Route("10.50.0.0/16", "vgw-1")), registry_at("10.50.10.20"))

    assert verdict.status is Status.UNKNOWN
    assert "vgw-1" in verdict.because
    assert "10.0.1.0/24" in verdict.because


def test_a_public_registry_passes_up_to_the_internet_gateway() -> None:
    [verdict] = ask(HEALTHY, registry_at("8.8.8.8"))

    assert verdict.status is Status.PASS
    assert "igw-1 is attached to vpc-1; beyond it lies the internet" in verdict.because


def test_every_address_has_its_finding_and_ipv6_beside_ipv4_does_not_count() -> None:
    verdicts = ask(HEALTHY, registry_at("10.0.10.20", "10.0.10.99", "fd00::1"))

    assert [verdict.status for verdict in verdicts] == [Status.PASS, Status.FAIL, Status.NOT_APPLICABLE]
    assert verdicts[2].subject == "subnet-a -> [fd00::1]:443"
    assert [verdict.status for verdict in ask(HEALTHY, registry_at("fd00::1"))] == [Status.UNKNOWN]
    assert [verdict.blocked_by for verdict in ask(HEALTHY, registry_at())] == ["dns.registry-name"]


def test_a_subnet_that_is_gone_is_unknown_because_of_that() -> None:
    [verdict] = ask(HEALTHY, where=replace(PLACEMENT, subnet_ids=("subnet-gone",)))

    assert (verdict.status, verdict.blocked_by) == (Status.UNKNOWN, "network.subnets-usable")


def test_the_endpoint_is_reached_within_a_subnet_and_across() -> None:
    verdicts = ask_lambda(HEALTHY, where=PLACEMENT)

    assert [verdict.subject for verdict in verdicts] == ["subnet-a -> 10.0.1.77:443", "subnet-b -> 10.0.1.77:443"]
    assert {verdict.status for verdict in verdicts} == {Status.PASS}


def test_an_endpoint_group_without_rule_fails_and_says_the_fix() -> None:
    [verdict] = ask_lambda(with_group("sg-vpce", ingress=(to_group("sg-vpce"),)))

    assert causes([verdict]) == ["vpce.sg-no-443"]
    assert verdict.fix is not None
    assert verdict.fix.commands == (
        "aws ec2 authorize-security-group-ingress --group-id sg-vpce --ip-permissions"
        ' \'[{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"UserIdGroupPairs":[{"GroupId":"sg-model"}]}]\'',
    )


def test_an_endpoint_whose_interfaces_were_not_read_is_unknown() -> None:
    [verdict] = ask_lambda(replace(HEALTHY, interfaces=Unavailable("ec2:DescribeNetworkInterfaces was denied")))

    assert verdict.status is Status.UNKNOWN
    assert "ec2:DescribeNetworkInterfaces" in verdict.because


FAR = replace(PLACEMENT, subnet_ids=("subnet-b",))
OTHER_ACL = replace(HEALTHY, acls=changed(HEALTHY.acls, "acl-model", subnet_ids=("subnet-b",)))


@pytest.mark.parametrize(
    ("evidence", "api", "cause"),
    [
        (with_group("sg-model", egress=(to_group("sg-reg"),)), BY_ENDPOINT, "sg.model-egress-lambda"),
        (with_acl("acl-default", [], OTHER_ACL), BY_ENDPOINT, "nacl.endpoint-subnet"),
        (with_acl("acl-model", [allow(1, egress=False)], OTHER_ACL), BY_ENDPOINT, "nacl.model-egress-lambda"),
        (with_acl("acl-model", [allow(1, egress=True)], OTHER_ACL), BY_ENDPOINT, "nacl.model-ingress-lambda"),
        (
            with_acl("acl-model", [allow(1, egress=True), allow(1, egress=False, ports=(40000, 50000))], OTHER_ACL),
            BY_ENDPOINT,
            "nacl.ephemeral-range-narrow-lambda",
        ),
        (HEALTHY, replace(BY_ENDPOINT, addresses=named("10.0.1.78")), "vpce.no-interface-at-address"),
        (with_routes("rtb-model", Route("10.0.1.0/24", "eni-9", "blackhole")), BY_ENDPOINT, "rt.endpoint-route"),
        (with_routes("rtb-model"), BY_NAT, "vpce.none-and-no-egress"),
        (with_routes("rtb-model", Route("0.0.0.0/0", "igw-1")), BY_NAT, "vpce.none-and-no-egress"),
        (
            replace(HEALTHY, nat_gateways=changed(HEALTHY.nat_gateways, "nat-1", state="failed")),
            BY_NAT,
            "vpce.none-and-no-egress",
        ),
        (with_acl("acl-default", []), BY_NAT, "nacl.nat-subnet-lambda"),
    ],
)
def test_each_cause_on_the_way_to_lambda(evidence: NetworkEvidence, api: LambdaAddresses, cause: str) -> None:
    verdicts = ask_lambda(evidence, api, FAR)

    assert set(causes(verdicts)) == {cause}
    assert all(verdict.fix and verdict.fix.summary and verdict.explained_by is None for verdict in verdicts)


def test_without_a_credentials_function_nobody_needs_lambda() -> None:
    given = (Placement, LambdaAddresses, LambdaName, LambdaEndpoints, NetworkEvidence, ExecutionRole)
    plan = Plan((lambda_is_reachable,), (), (*given, LambdaZonesElsewhere))
    nobody = NotApplicable("the model names no credentials function")
    facts: Facts = {Placement: ONE, LambdaAddresses: nobody, LambdaName: LAMBDA_NAME, NetworkEvidence: HEALTHY}
    facts[LambdaEndpoints] = facts[ExecutionRole] = facts[LambdaZonesElsewhere] = nobody
    [answer] = plan.judge([Observed("PrimaryContainer", facts)])

    assert answer.verdict.status is Status.NOT_APPLICABLE


def test_a_nat_gateway_serves_where_there_is_no_endpoint() -> None:
    [verdict] = ask_lambda(HEALTHY, BY_NAT)

    assert verdict.status is Status.PASS
    assert verdict.subject == "subnet-a -> lambda.us-east-1.amazonaws.com:443"
    assert "nat-1" in verdict.because


def test_without_any_way_out_an_endpoint_is_the_fix() -> None:
    [verdict] = ask_lambda(
        with_routes("rtb-model", evidence=with_group("sg-model", egress=(to_group("sg-reg"),))), BY_NAT
    )

    assert verdict.fix is not None
    assert [command.split()[2] for command in verdict.fix.commands] == [
        "authorize-security-group-egress",
        "authorize-security-group-ingress",
        "create-vpc-endpoint",
    ]
    assert verdict.fix.commands[-1] == (
        "aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface --vpc-id vpc-1"
        " --service-name com.amazonaws.us-east-1.lambda --subnet-ids subnet-a --security-group-ids sg-model"
        " --private-dns-enabled"
    )


def test_an_endpoint_that_the_name_does_not_lead_to_is_the_reason() -> None:
    endpoint = InterfaceEndpoint("vpce-1", "vpc-1", "com.amazonaws.us-east-1.lambda", "available", private_dns=False)
    [verdict] = ask_lambda(with_routes("rtb-model"), BY_NAT, endpoints=replace(NO_ENDPOINTS, here=(endpoint,)))

    assert verdict.explained_by == "endpoint.lambda-name"
    assert verdict.fix is not None
    assert verdict.fix.commands == ()
    assert "vpce-1" in verdict.fix.summary


def test_a_large_network_is_judged_path_by_path() -> None:
    rules = tuple(to_cidr(f"172.{16 + n // 250}.{n % 250}.0/24") for n in range(1000))
    own = tuple(f"sg-{n}" for n in range(5))
    evidence = replace(
        HEALTHY,
        subnets=Subnets(
            (
                *(Subnet(f"subnet-{n}", "vpc-1", f"10.0.{n}.0/24", "use1-az1", "1") for n in range(16)),
                Subnet("subnet-reg", "vpc-1", "10.0.200.0/24", "use1-az1", "1"),
            )
        ),
        groups=SecurityGroups(
            (
                *(SecurityGroup(name, "vpc-1", "1", (), rules) for name in own[:4]),
                SecurityGroup(own[4], "vpc-1", "1", (), (*rules, to_cidr("10.0.0.0/16"))),
                SecurityGroup("sg-reg", "vpc-1", "1", (*rules, to_cidr("10.0.0.0/16")), ()),
            )
        ),
        interfaces=Interfaces(
            tuple(Interface(f"eni-{n}", "vpc-1", "subnet-reg", (f"10.0.200.{10 + n}",), ("sg-reg",)) for n in range(50))
        ),
    )
    where = Placement(tuple(f"subnet-{n}" for n in range(16)), own)
    registry = registry_at(*(f"10.0.200.{10 + n}" for n in range(50)))
    verdicts = ask(evidence, registry, where)

    assert len(verdicts) == 800
    assert {verdict.status for verdict in verdicts} == {Status.PASS}

"""What fails only from some subnets or to some addresses, and what would work if the name led there."""

from dataclasses import replace

import pytest
from network_world import (
    BY_ENDPOINT,
    BY_NAT,
    HEALTHY,
    LAMBDA_NAME,
    OPEN,
    PLACEMENT,
    REGISTRY,
    VPC,
    changed,
    named,
    registry_at,
    with_acl,
    with_group,
    with_routes,
)

from pullcheck import Status, Unavailable
from pullcheck.evidence.endpoint import LambdaEndpoints
from pullcheck.evidence.names import LambdaAddresses
from pullcheck.evidence.network import Interfaces, NetworkEvidence
from pullcheck.evidence.network_rows import Interface, NetworkAcl
from pullcheck.evidence.placement import ExecutionRole
from pullcheck_checks.network.reachability import lambda_is_reachable, registry_is_reachable

NO_ENDPOINTS = LambdaEndpoints(VPC, LAMBDA_NAME.service_name, ())


def one_subnet_apart() -> NetworkEvidence:
    """The second model subnet has an ACL that lets nothing out."""
    table = changed(HEALTHY.acls, "acl-model", subnet_ids=("subnet-a",))
    return replace(HEALTHY, acls=type(table)((*table.rows, NetworkAcl("acl-b", VPC, False, ("subnet-b",), (OPEN[1],)))))


def second_registry(*group_ids: str) -> NetworkEvidence:
    table = HEALTHY.interfaces

    assert isinstance(table, Interfaces)
    return replace(
        HEALTHY, interfaces=Interfaces((*table.rows, Interface("eni-2", VPC, "subnet-reg", ("10.0.10.21",), group_ids)))
    )


def test_r3_one_subnet_of_two() -> None:
    verdicts = list(registry_is_reachable(PLACEMENT, REGISTRY, one_subnet_apart()))

    assert [verdict.status for verdict in verdicts] == [Status.PASS, Status.FAIL]
    assert verdicts[1].because.endswith("; fails sometimes: from 1 of 2 model subnets (subnet-b in use1-az2)")


def test_r4_one_address_of_two() -> None:
    verdicts = list(registry_is_reachable(PLACEMENT, registry_at("10.0.10.20", "10.0.10.21"), second_registry("sg-x")))
    [cut_off] = {verdict.because for verdict in verdicts if verdict.status is Status.UNKNOWN}

    assert "sg-x" in cut_off
    table = replace(second_registry("sg-vpce"), groups=changed(HEALTHY.groups, "sg-vpce", ingress=()))
    verdicts = list(registry_is_reachable(PLACEMENT, registry_at("10.0.10.20", "10.0.10.21"), table))
    failed = [verdict.because for verdict in verdicts if verdict.status is Status.FAIL]

    assert len(failed) == 2
    assert all(because.endswith("; fails sometimes: to 1 of 2 addresses (50 %)") for because in failed)


def test_what_fails_always_has_no_remark() -> None:
    verdicts = list(registry_is_reachable(PLACEMENT, REGISTRY, with_group("sg-reg", ingress=())))

    assert all("sometimes" not in verdict.because for verdict in verdicts)


def test_r46_a_nat_gateway_that_would_work_is_named_and_the_endpoint_is_mended() -> None:
    broken = with_group("sg-vpce", ingress=())
    [verdict, _] = lambda_is_reachable(PLACEMENT, BY_ENDPOINT, LAMBDA_NAME, NO_ENDPOINTS, broken)

    public = f"the public addresses of {LAMBDA_NAME.host}"

    assert verdict.because.endswith(f"; the way by nat-1 to {public} is open, but the name leads to vpce-1")
    assert verdict.fix is not None
    assert "--group-id sg-vpce" in verdict.fix.commands[0]


@pytest.mark.parametrize(
    "closed",
    [
        with_routes("rtb-model", evidence=with_group("sg-vpce", ingress=())),
        with_acl("acl-default", (), with_group("sg-vpce", ingress=())),
        replace(with_group("sg-vpce", ingress=()), nat_gateways=Unavailable("ec2:DescribeNatGateways is denied")),
    ],
)
def test_a_nat_gateway_that_would_not_work_or_is_not_known_to_is_not_named(closed: NetworkEvidence) -> None:
    verdicts = list(lambda_is_reachable(PLACEMENT, BY_ENDPOINT, LAMBDA_NAME, NO_ENDPOINTS, closed))

    assert [verdict.status for verdict in verdicts] == [Status.FAIL, Status.FAIL]
    assert all("is open" not in verdict.because for verdict in verdicts)


def test_without_an_endpoint_a_pass_says_what_it_depends_on() -> None:
    [verdict, _] = lambda_is_reachable(PLACEMENT, BY_NAT, LAMBDA_NAME, NO_ENDPOINTS, HEALTHY)

    assert verdict.status is Status.PASS
    assert verdict.because.startswith(
        "without a Lambda endpoint in the VPC, every pull depends on nat-1 and the internet: sg-model allows"
    )


def test_where_endpoints_were_not_seen_nothing_is_said_of_them() -> None:
    unseen = Unavailable("ec2:DescribeVpcEndpoints is denied")
    [verdict, _] = lambda_is_reachable(PLACEMENT, BY_NAT, LAMBDA_NAME, unseen, HEALTHY)

    assert verdict.status is Status.PASS
    assert "without a Lambda endpoint" not in verdict.because


def test_one_address_of_an_endpoint_of_two() -> None:
    both = LambdaAddresses(LAMBDA_NAME.host, "vpce-1", named("10.0.1.77", "10.0.10.21"))
    table = replace(second_registry("sg-reg"), groups=changed(HEALTHY.groups, "sg-reg", ingress=()))
    verdicts = list(lambda_is_reachable(PLACEMENT, both, LAMBDA_NAME, NO_ENDPOINTS, table))
    failed = [verdict.because for verdict in verdicts if verdict.status is Status.FAIL]

    assert failed
    assert all("; fails sometimes: to 1 of 2 addresses (50 %)" in because for because in failed)


def test_the_models_account_is_its_roles() -> None:
    role = ExecutionRole("arn:aws:iam::999900001111:role/r", "aws", "999900001111", "r", "/")
    verdicts = list(registry_is_reachable(PLACEMENT, REGISTRY, with_group("sg-reg", ingress=()), role))

    assert {verdict.fix.account for verdict in verdicts if verdict.fix} == {"123456789012"}

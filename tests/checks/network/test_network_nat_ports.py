"""NAT gateways that ran out of ports."""

import pytest

from pullcheck import Severity, Status, Verdict
from pullcheck.engine import Facts, Observed, Plan
from pullcheck.evidence.nat_ports import NatPorts, PortErrors
from pullcheck.missing import Unavailable
from pullcheck_checks.network.nat_ports import nat_gateways_have_ports


def judged(count: int | None) -> Verdict:
    [verdict] = nat_gateways_have_ports(NatPorts(24, (PortErrors("nat-1", count),)))
    return verdict


def test_ports_for_every_connection_pass() -> None:
    verdict = judged(0)

    assert (verdict.status, verdict.subject) == (Status.PASS, "nat-1")
    assert verdict.because == "ErrorPortAllocation of nat-1 sums up to 0 in the last 24 hours"


@pytest.mark.parametrize("count", [1, 5000])
def test_connections_without_a_port_are_a_warning_that_says_what_to_do(count: int) -> None:
    verdict = judged(count)

    assert (verdict.status, verdict.severity) == (Status.FAIL, Severity.WARNING)
    assert verdict.cause is not None
    assert verdict.cause.id == "rt.nat-idle-or-ports"
    assert f"sums up to {count} " in verdict.because
    assert verdict.fix is not None
    assert "more addresses" in verdict.fix.summary


def test_a_gateway_without_numbers_is_not_judged() -> None:
    assert judged(None).status is Status.NOT_APPLICABLE


def test_what_may_not_be_read_is_unknown() -> None:
    facts: Facts = {NatPorts: Unavailable("cloudwatch:GetMetricData was denied", "allow cloudwatch:GetMetricData")}
    [answer] = Plan((nat_gateways_have_ports,), (), (NatPorts,)).judge([Observed("PrimaryContainer", facts)])

    assert answer.verdict.status is Status.UNKNOWN
    assert "allow cloudwatch:GetMetricData" in answer.verdict.because

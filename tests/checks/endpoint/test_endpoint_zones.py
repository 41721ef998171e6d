"""The zones of the Lambda endpoint and of the model."""

from dataclasses import replace

from pullcheck.engine import Observed, Plan
from pullcheck.evidence.endpoint import InterfaceEndpoint, LambdaEndpoints, ServiceZones
from pullcheck.evidence.names import LambdaAddresses, NamedAddress, Provenance
from pullcheck.evidence.network import Subnets
from pullcheck.evidence.network_rows import Subnet
from pullcheck.evidence.vpc import ModelSubnet, ModelSubnets
from pullcheck.missing import Unavailable
from pullcheck.verdict import Severity, Status
from pullcheck_checks.endpoint.zones import stands_in_every_zone

SERVICE = "com.amazonaws.us-east-1.lambda"
ENDPOINT = InterfaceEndpoint("vpce-1", "vpc-1", SERVICE, "available", True, ("subnet-1", "subnet-2"))
NAMED = (NamedAddress("10.0.1.50", Provenance.ENDPOINT, "vpce-1"),)
USED = LambdaAddresses("lambda.us-east-1.amazonaws.com", "vpce-1", NAMED)
SUBNETS = Subnets(
    (
        Subnet("subnet-1", "vpc-1", "10.0.1.0/24", "use1-az1"),
        Subnet("subnet-2", "vpc-1", "10.0.2.0/24", "use1-az2"),
    )
)
MODEL = ModelSubnets(
    tuple(
        ModelSubnet(row.id, row.vpc_id, row.cidr, "", row.zone_id, "available", "123456789012", 9)
        for row in SUBNETS.rows
    )
)
OFFERED = ServiceZones(("use1-az1", "use1-az2"))


def endpoints(*subnets: str) -> LambdaEndpoints:
    return LambdaEndpoints("vpc-1", SERVICE, (replace(ENDPOINT, subnet_ids=subnets),))


def test_a_subnet_in_every_zone_passes() -> None:
    [verdict] = stands_in_every_zone(endpoints("subnet-1", "subnet-2"), USED, MODEL, SUBNETS, OFFERED)

    assert verdict.status is Status.PASS
    assert "use1-az1, use1-az2" in verdict.because


def test_a_zone_without_one_warns_and_says_how_to_add_it() -> None:
    [verdict] = stands_in_every_zone(endpoints("subnet-1"), USED, MODEL, SUBNETS, OFFERED)

    assert verdict.status is Status.FAIL
    assert verdict.severity is Severity.WARNING
    assert verdict.subject == "use1-az2"
    assert verdict.fix
    assert verdict.fix.commands == ("aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-1 --add-subnet-ids subnet-2",)


def test_a_name_that_leads_to_no_endpoint_here_does_not_ask_for_zones() -> None:
    [verdict] = stands_in_every_zone(endpoints("subnet-1"), replace(USED, endpoint_id=None), MODEL, SUBNETS, OFFERED)

    assert verdict.status is Status.NOT_APPLICABLE


def test_it_is_unknown_while_it_is_not_known_where_the_name_leads() -> None:
    facts = {LambdaEndpoints: endpoints(), LambdaAddresses: Unavailable("nobody looked"), ModelSubnets: MODEL}
    plan = Plan((stands_in_every_zone,), (), (LambdaEndpoints, LambdaAddresses, ModelSubnets, Subnets, ServiceZones))

    [answer] = plan.judge([Observed("pull", {**facts, Subnets: SUBNETS, ServiceZones: OFFERED})])

    assert answer.verdict.status is Status.UNKNOWN
    assert "nobody looked" in answer.verdict.because


def test_a_zone_that_aws_does_not_offer_warns_without_a_command() -> None:
    [verdict] = stands_in_every_zone(endpoints("subnet-1"), USED, MODEL, SUBNETS, ServiceZones(("use1-az1",)))

    assert verdict.cause
    assert verdict.cause.id == "vpce.zone-unsupported"
    assert verdict.severity is Severity.WARNING
    assert verdict.fix
    assert verdict.fix.commands == ()


def test_a_list_of_zones_that_may_not_be_read_leaves_the_gap() -> None:
    [verdict] = stands_in_every_zone(endpoints("subnet-1"), USED, MODEL, SUBNETS, Unavailable("denied"))

    assert verdict.cause
    assert verdict.cause.id == "vpce.zone-gap"

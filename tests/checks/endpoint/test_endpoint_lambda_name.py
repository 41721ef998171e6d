"""The Lambda name and the interface endpoint, judged from evidence."""

from dataclasses import dataclass, replace

import pytest

from pullcheck.engine import Observed, Plan
from pullcheck.evidence.branches import Branch, Ending
from pullcheck.evidence.dns import (
    HostedZone,
    LambdaAnswer,
    LambdaLookup,
    LambdaZonesElsewhere,
    PrivateZones,
    ZoneElsewhere,
)
from pullcheck.evidence.endpoint import EndpointInterface, InterfaceEndpoint, LambdaEndpoints
from pullcheck.evidence.names import LambdaAddresses, NamedAddress, Provenance
from pullcheck.evidence.network import RouteTables
from pullcheck.evidence.network_rows import Route, RouteTable
from pullcheck.evidence.placement import LambdaName
from pullcheck.evidence.vpc import DnsAttributes, ModelSubnet, ModelSubnets, NameServers
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.vantage import Resolution
from pullcheck.verdict import Severity, Status, Verdict
from pullcheck_checks.endpoint.lambda_name import leads_to_the_endpoint

HOST = "lambda.us-east-1.amazonaws.com"
SERVICE = "com.amazonaws.us-east-1.lambda"
ENDPOINT = InterfaceEndpoint(
    "vpce-1",
    "vpc-1",
    SERVICE,
    "available",
    private_dns=True,
    subnet_ids=("subnet-1",),
    security_group_ids=("sg-1",),
    interfaces=(EndpointInterface("eni-1", "subnet-1", "10.0.1.50"),),
    dns_names=("vpce-1-abc.lambda.us-east-1.vpce.amazonaws.com",),
)
PUBLIC = LambdaAddresses(HOST, None, ())
NAT = RouteTables((RouteTable("rtb-1", "vpc-1", True, (), (), (Route("0.0.0.0/0", "nat-1"),)),))


@dataclass(frozen=True)
class Seen:
    """The check's arguments."""

    name: LambdaName
    endpoints: LambdaEndpoints
    addresses: LambdaAddresses | Unavailable
    attributes: DnsAttributes | Unavailable
    servers: NameServers | Unavailable
    lookup: LambdaLookup | Unavailable
    live: LambdaAnswer | Unavailable
    subnets: ModelSubnets
    tables: RouteTables | Unavailable
    zones: PrivateZones | Unavailable
    elsewhere: LambdaZonesElsewhere | Unavailable


GOOD = Seen(
    name=LambdaName(HOST, "us-east-1", SERVICE),
    endpoints=LambdaEndpoints("vpc-1", SERVICE, (ENDPOINT,)),
    addresses=LambdaAddresses(HOST, "vpce-1", (NamedAddress("10.0.1.50", Provenance.ENDPOINT, "vpce-1"),)),
    attributes=DnsAttributes("vpc-1", True, True),
    servers=NameServers("vpc-1", "dopt-1", ("AmazonProvidedDNS",)),
    lookup=LambdaLookup(HOST, (Branch(Ending.PUBLIC, HOST),)),
    live=Unavailable("nobody looked"),
    subnets=ModelSubnets(
        (ModelSubnet("subnet-1", "vpc-1", "10.0.1.0/24", "us-east-1a", "use1-az1", "available", "123456789012", 100),)
    ),
    tables=RouteTables((RouteTable("rtb-1", "vpc-1", True, (), (), ()),)),
    zones=PrivateZones("vpc-1", "us-east-1", ()),
    elsewhere=LambdaZonesElsewhere(),
)


def judge(seen: Seen) -> list[Verdict]:
    return list(leads_to_the_endpoint(**vars(seen)))


def here(*endpoints: InterfaceEndpoint) -> LambdaEndpoints:
    return replace(GOOD.endpoints, here=endpoints)


def asked(*addresses: str, no_such_name: bool = False) -> LambdaAnswer:
    return LambdaAnswer("inside", Resolution(HOST, addresses, None if addresses else "no", no_such_name))


def cause(verdict: Verdict) -> str | None:
    return verdict.cause.id if verdict.cause else None


def commands(verdict: Verdict) -> tuple[str, ...]:
    assert verdict.fix
    return verdict.fix.commands


def test_private_dns_passes_with_the_endpoint_and_its_addresses() -> None:
    [verdict] = judge(GOOD)

    assert verdict.status is Status.PASS
    assert "vpce-1" in verdict.because
    assert "10.0.1.50" in verdict.because


def test_a_lookup_inside_agrees_or_differs_or_denies() -> None:
    [agrees] = judge(replace(GOOD, live=asked("10.0.1.50")))
    [differs] = judge(replace(GOOD, live=asked("52.94.1.1")))
    [denies] = judge(replace(GOOD, live=asked(no_such_name=True)))

    assert agrees.status is Status.PASS
    assert differs.status is Status.FAIL
    assert differs.severity is Severity.WARNING
    assert cause(differs) == "vpce.answer-differs"
    assert denies.status is Status.UNKNOWN


def test_private_dns_off_fails_and_says_how_to_turn_it_on() -> None:
    [verdict] = judge(replace(GOOD, addresses=PUBLIC, endpoints=here(replace(ENDPOINT, private_dns=False))))

    assert verdict.status is Status.FAIL
    assert verdict.severity is Severity.ERROR
    assert cause(verdict) == "vpce.private-dns-off"
    assert commands(verdict) == ("aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-1 --private-dns-enabled",)


def test_private_dns_off_is_a_warning_where_every_subnet_has_another_way_out() -> None:
    off = replace(GOOD, addresses=PUBLIC, endpoints=here(replace(ENDPOINT, private_dns=False)), tables=NAT)

    [verdict] = judge(off)

    assert verdict.status is Status.FAIL
    assert verdict.severity is Severity.WARNING


@pytest.mark.parametrize("target", ["igw-1", "local"])
def test_an_internet_gateway_is_no_way_out(target: str) -> None:
    route = Route("0.0.0.0/0" if target == "igw-1" else "10.0.0.0/16", target)
    tables = RouteTables((RouteTable("rtb-1", "vpc-1", False, ("subnet-1",), (), (route,)),))
    off = replace(GOOD, addresses=PUBLIC, endpoints=here(replace(ENDPOINT, private_dns=False)), tables=tables)

    [verdict] = judge(off)

    assert verdict.severity is Severity.ERROR


def test_two_faults_are_two_findings_each_with_its_command() -> None:
    off = replace(
        GOOD,
        addresses=PUBLIC,
        attributes=DnsAttributes("vpc-1", True, False),
        endpoints=here(replace(ENDPOINT, private_dns=False)),
    )

    blocked, switched_off = judge(off)

    assert cause(blocked) == "vpce.private-dns-blocked"
    assert blocked.explained_by == "dns.registry-name"
    assert commands(blocked) == ("aws ec2 modify-vpc-attribute --vpc-id vpc-1 --enable-dns-hostnames",)
    assert cause(switched_off) == "vpce.private-dns-off"


def test_a_failed_endpoint_is_made_anew_and_a_pending_one_waited_for() -> None:
    absent = Unavailable("vpce-1 is failed", "see to it", "endpoint.lambda-name")
    bad = replace(ENDPOINT, state="failed", last_error="no addresses left")

    [broken] = judge(replace(GOOD, addresses=absent, endpoints=here(bad)))
    [waiting] = judge(replace(GOOD, addresses=absent, endpoints=here(replace(ENDPOINT, state="pending"))))

    assert cause(broken) == cause(waiting) == "vpce.state-not-available"
    assert "no addresses left" in broken.because
    assert commands(waiting) == ()
    assert commands(broken) == (
        "aws ec2 delete-vpc-endpoints --vpc-endpoint-ids vpce-1",
        f"aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface --service-name {SERVICE} --vpc-id vpc-1"
        " --subnet-ids subnet-1 --security-group-ids sg-1 --private-dns-enabled",
    )


@pytest.mark.parametrize(
    ("endpoint", "expected", "option"),
    [
        (replace(ENDPOINT, ip_type="ipv6"), "vpce.ip-type", "--ip-address-type ipv4"),
        (replace(ENDPOINT, record_ip_type="ipv6"), "vpce.ip-type", "--dns-options DnsRecordIpType=ipv4"),
        (
            replace(ENDPOINT, inbound_resolver_only=True),
            "vpce.inbound-resolver-only-dns",
            "PrivateDnsOnlyForInboundResolverEndpoint=false",
        ),
    ],
)
def test_an_endpoint_whose_records_do_not_serve_the_vpc_fails(
    endpoint: InterfaceEndpoint, expected: str, option: str
) -> None:
    [verdict] = judge(replace(GOOD, addresses=PUBLIC, endpoints=here(endpoint)))

    assert cause(verdict) == expected
    assert option in commands(verdict)[0]


def test_an_endpoint_for_another_service_is_named() -> None:
    fips = replace(ENDPOINT, service_name=f"{SERVICE}-fips")

    [verdict] = judge(replace(GOOD, addresses=PUBLIC, endpoints=replace(here(), look_alikes=(fips,))))

    assert cause(verdict) == "vpce.wrong-service"
    assert f"--service-name {SERVICE} " in commands(verdict)[0]


def test_a_zone_that_makes_the_name_vanish_fails_and_gets_the_endpoints_addresses() -> None:
    lookup = LambdaLookup(HOST, (Branch(Ending.NO_NAME, HOST, "Z9", "amazonaws.com", "zone Z9 has no record"),))
    absent = Unavailable("zone Z9 has no record", "mend it", "endpoint.lambda-name")
    off = replace(ENDPOINT, private_dns=False)

    with_endpoint = judge(replace(GOOD, addresses=absent, lookup=lookup, endpoints=here(off), tables=NAT))
    [without] = judge(replace(GOOD, addresses=absent, lookup=lookup, endpoints=here()))

    hijack = with_endpoint[-1]
    assert cause(hijack) == cause(without) == "dns.zone-hijacks-aws-names"
    assert hijack.severity is Severity.ERROR
    assert "10.0.1.50" in commands(hijack)[0]
    assert commands(without) == ()


def test_no_endpoint_is_no_failure_and_the_network_decides() -> None:
    elsewhere = replace(here(), elsewhere=(replace(ENDPOINT, id="vpce-2", vpc_id="vpc-2"),))

    [verdict] = judge(replace(GOOD, addresses=PUBLIC, endpoints=elsewhere))

    assert verdict.status is Status.NOT_APPLICABLE
    assert "network.lambda-reachable" in verdict.because
    assert "vpce-2 in vpc-2" in verdict.because


def test_other_name_servers_are_unknown_until_somebody_looks_inside() -> None:
    absent = Unavailable("dopt-1 names 10.9.0.2", "run with --vantage inside")
    custom = replace(GOOD, addresses=absent, servers=NameServers("vpc-1", "dopt-1", ("10.9.0.2",)))

    [unseen] = judge(custom)
    [seen] = judge(replace(custom, addresses=replace(PUBLIC, vantage="inside"), live=asked("52.94.1.1")))

    [denied] = judge(replace(custom, live=asked(no_such_name=True)))
    [silent] = judge(replace(custom, live=asked()))

    assert unseen.status is silent.status is Status.UNKNOWN
    assert seen.status is denied.status is Status.FAIL
    assert {cause(one) for one in (unseen, silent, seen, denied)} == {"dns.lambda-name-not-mapped"}


def test_a_rule_that_forwards_the_name_is_unknown() -> None:
    branch = Branch(Ending.FORWARDED, HOST, "rslvr-1", HOST, "rule rslvr-1 forwards it")
    absent = Unavailable("rule rslvr-1 forwards it", "run with --vantage inside")

    [verdict] = judge(replace(GOOD, addresses=absent, lookup=LambdaLookup(HOST, (branch,))))

    assert verdict.status is Status.UNKNOWN
    assert cause(verdict) == "dns.resolver-rule-hijack"


def test_a_zone_that_cannot_be_read_is_unknown_even_with_private_dns_off() -> None:
    absent = Unavailable("zone Z9 belongs to 999999999999", "run with --vantage inside")
    off = replace(ENDPOINT, private_dns=False)

    [verdict] = judge(replace(GOOD, addresses=absent, endpoints=here(off)))

    assert verdict.status is Status.UNKNOWN
    assert "999999999999" in verdict.because


def test_a_pull_without_credentials_function_does_not_ask() -> None:
    plan = Plan((leads_to_the_endpoint,), (), [need.evidence for need in leads_to_the_endpoint.needs])
    facts = {need.evidence: Unavailable("nobody looked") for need in leads_to_the_endpoint.needs}

    [answer] = plan.judge([Observed("pull", {**facts, LambdaName: NotApplicable("no credentials function")})])

    assert answer.verdict.status is Status.NOT_APPLICABLE


HUB = replace(
    ENDPOINT,
    id="vpce-9",
    vpc_id="vpc-9",
    interfaces=(EndpointInterface("eni-9", "subnet-9", "10.9.1.50"),),
    dns_names=(),
)
CENTRAL = LambdaZonesElsewhere((ZoneElsewhere(HostedZone("Z9", HOST, ""), ("10.9.1.50",)),))


def test_a_zone_that_leads_to_a_hubs_endpoint_and_is_not_associated_fails_and_says_how_to() -> None:
    elsewhere = replace(GOOD.endpoints, here=(), elsewhere=(HUB,))

    [verdict] = judge(replace(GOOD, addresses=PUBLIC, endpoints=elsewhere, elsewhere=CENTRAL))
    [with_nat] = judge(replace(GOOD, addresses=PUBLIC, endpoints=elsewhere, elsewhere=CENTRAL, tables=NAT))

    assert cause(verdict) == "dns.central-endpoint-zone-missing"
    assert (verdict.severity, with_nat.severity) == (Severity.ERROR, Severity.WARNING)
    assert commands(verdict) == (
        "aws route53 associate-vpc-with-hosted-zone --hosted-zone-id Z9 --vpc VPCRegion=us-east-1,VPCId=vpc-1",
    )


def test_a_zone_that_leads_to_no_endpoint_seen_says_nothing() -> None:
    elsewhere = replace(GOOD.endpoints, here=(), elsewhere=(replace(HUB, state="pending"),))

    [verdict] = judge(replace(GOOD, addresses=PUBLIC, endpoints=elsewhere, elsewhere=CENTRAL))

    assert verdict.status is Status.NOT_APPLICABLE


def test_a_zone_for_the_fips_name_alone_warns() -> None:
    zones = PrivateZones("vpc-1", "us-east-1", (HostedZone("Z5", "lambda-fips.us-east-1.amazonaws.com", ""),))

    [verdict] = judge(replace(GOOD, addresses=PUBLIC, endpoints=here(), zones=zones))

    assert cause(verdict) == "vpce.fips-or-dualstack-name"
    assert verdict.severity is Severity.WARNING


def test_a_pass_tells_the_way_of_the_name() -> None:
    [verdict] = judge(GOOD)

    assert [hop.kind for hop in verdict.path] == ["dhcp-options", "vpc", "interface-endpoint"]

"""Where the two names lead, decided from what is known."""

from dataclasses import replace

import pytest

from pullcheck.collect.names import lambda_addresses, lambda_records, registry_addresses, registry_records
from pullcheck.evidence.branches import Branch, Ending
from pullcheck.evidence.dns import LambdaAnswer, LambdaLookup, RegistryAnswer, RegistryLookup
from pullcheck.evidence.endpoint import EndpointInterface, InterfaceEndpoint, LambdaEndpoints
from pullcheck.evidence.names import LambdaAddresses, LambdaRecords, Provenance, RegistryAddresses, RegistryRecords
from pullcheck.evidence.placement import ExecutionRole, LambdaName, Registry
from pullcheck.evidence.resolver import DnsProfiles
from pullcheck.evidence.vpc import DnsAttributes, ModelSubnet, ModelSubnets, NameServers
from pullcheck.missing import Unavailable
from pullcheck.settings import Settings
from pullcheck.vantage import Resolution

HOST = "registry.example.com"
REGISTRY = Registry(HOST, 443)
ON = DnsAttributes("vpc-1", True, True)
AMAZONS = NameServers("vpc-1", "dopt-1", ("AmazonProvidedDNS",))
OTHERS = NameServers("vpc-1", "dopt-1", ("10.9.0.2",))
NOBODY = Unavailable("nobody looked", "run with --vantage inside")
IN_ZONE = Branch(Ending.ADDRESS, HOST, "Z1", "example.com", "10.0.10.20")
IN_PUBLIC = Branch(Ending.PUBLIC, HOST)
LAMBDA = LambdaName("lambda.us-east-1.amazonaws.com", "us-east-1", "com.amazonaws.us-east-1.lambda")
ENDPOINT = InterfaceEndpoint(
    "vpce-1",
    "vpc-1",
    LAMBDA.service_name,
    "available",
    private_dns=True,
    interfaces=(
        EndpointInterface("eni-1", "subnet-1", "10.0.1.50"),
        EndpointInterface("eni-2", "subnet-2", "10.0.2.50"),
    ),
    dns_names=("vpce-1-abc.lambda.us-east-1.vpce.amazonaws.com",),
)
HERE = LambdaEndpoints("vpc-1", LAMBDA.service_name, (ENDPOINT,))
NONE = replace(HERE, here=())
UNMAPPED = LambdaLookup(LAMBDA.host, (Branch(Ending.PUBLIC, LAMBDA.host),))
SUBNETS = ModelSubnets(
    (ModelSubnet("subnet-1", "vpc-1", "10.0.1.0/24", "us-east-1a", "use1-az1", "available", "123456789012", 100),)
)
ROLE = ExecutionRole("arn:aws:iam::123456789012:role/R", "aws", "123456789012", "R", "/")


def lookup(*branches: Branch) -> RegistryLookup:
    return RegistryLookup(HOST, branches)


def heard(*addresses: str, by: str, name: str = HOST) -> RegistryAnswer:
    return RegistryAnswer(by, (Resolution(name, addresses, None if addresses else "no such name", not addresses),))


def addresses(found: RegistryRecords | RegistryAddresses | Unavailable) -> list[tuple[str, Provenance]]:
    assert not isinstance(found, Unavailable), found.because
    return [(one.address, one.provenance) for one in found.addresses]


def reason(found: object) -> str:
    assert isinstance(found, Unavailable)
    return found.because


def test_a_private_zone_tells() -> None:
    found = registry_records(ON, AMAZONS, lookup(IN_ZONE), NOBODY)

    assert addresses(found) == [("10.0.10.20", Provenance.PRIVATE_ZONE)]


def test_ipv6_is_left_out_where_there_is_ipv4() -> None:
    both = lookup(replace(IN_ZONE, detail="fd00::1"), IN_ZONE)

    assert addresses(registry_records(ON, AMAZONS, both, NOBODY)) == [("10.0.10.20", Provenance.PRIVATE_ZONE)]


@pytest.mark.parametrize(
    ("attributes", "servers", "branch", "word"),
    [
        (ON, OTHERS, IN_ZONE, "10.9.0.2"),
        (DnsAttributes("vpc-1", False, True), AMAZONS, IN_ZONE, "enableDnsSupport"),
        (DnsAttributes("vpc-1", True, False), AMAZONS, IN_ZONE, "enableDnsHostnames"),
        (ON, AMAZONS, IN_PUBLIC, "--registry-address"),
        (ON, AMAZONS, Branch(Ending.UNREADABLE, HOST, "Z9", "example.com", "Z9 is 999999999999's"), "999999999999"),
        (ON, AMAZONS, Branch(Ending.FORWARDED, HOST, "rslvr-1", "", "rslvr-1 forwards it"), "rslvr-1"),
        (ON, AMAZONS, Branch(Ending.NO_NAME, HOST, "Z1", "example.com", "Z1 has no record"), "Z1"),
    ],
)
def test_what_keeps_the_records_from_telling_is_named(
    attributes: DnsAttributes, servers: NameServers, branch: Branch, word: str
) -> None:
    assert word in reason(registry_records(attributes, servers, lookup(branch), NOBODY))


def test_public_dns_is_believed_from_outside_if_its_addresses_are_public() -> None:
    found = registry_records(ON, AMAZONS, lookup(IN_PUBLIC), heard("93.184.216.34", by="outside"))

    assert addresses(found) == [("93.184.216.34", Provenance.LIVE)]
    assert "10.1.1.1" in reason(registry_records(ON, AMAZONS, lookup(IN_PUBLIC), heard("10.1.1.1", by="outside")))
    assert isinstance(registry_records(ON, AMAZONS, lookup(IN_PUBLIC), heard(by="outside")), Unavailable)


def test_a_load_balancers_public_name_may_have_private_addresses() -> None:
    name = "internal-r-123.us-east-1.elb.amazonaws.com"
    alias = lookup(Branch(Ending.PUBLIC, name, trail=(f"{HOST} alias {name} in Z1",)))

    found = registry_records(ON, AMAZONS, alias, heard("10.0.10.20", by="outside", name=name))

    assert addresses(found) == [("10.0.10.20", Provenance.LIVE)]


def test_a_public_name_does_without_private_zones() -> None:
    attributes = DnsAttributes("vpc-1", True, False)

    found = registry_records(attributes, AMAZONS, lookup(IN_PUBLIC), heard("93.184.216.34", by="outside"))

    assert addresses(found) == [("93.184.216.34", Provenance.LIVE)]


def test_the_option_comes_first_then_the_image_then_records_then_a_lookup_inside() -> None:
    records = registry_records(ON, AMAZONS, lookup(IN_ZONE), NOBODY)
    inside = heard("10.0.10.30", by="inside")
    literal = Registry("10.0.10.40", 443)
    option = Settings(registry_addresses=("10.0.10.50",))

    found = [
        registry_addresses(literal, option, records, inside),
        registry_addresses(literal, Settings(), records, inside),
        registry_addresses(REGISTRY, Settings(), records, inside),
        registry_addresses(REGISTRY, Settings(), NOBODY, inside),
    ]

    assert [addresses(one) for one in found] == [
        [("10.0.10.50", Provenance.OPTION)],
        [("10.0.10.40", Provenance.LITERAL)],
        [("10.0.10.20", Provenance.PRIVATE_ZONE)],
        [("10.0.10.30", Provenance.LIVE)],
    ]
    assert [one.vantage for one in found if isinstance(one, RegistryAddresses)] == [None, None, None, "inside"]


def test_without_any_of_these_the_option_and_the_vantage_are_named() -> None:
    absent = registry_records(ON, AMAZONS, lookup(IN_PUBLIC), NOBODY)

    because = reason(registry_addresses(REGISTRY, Settings(), absent, NOBODY))

    assert "--registry-address" in because
    assert "--vantage inside" in because


def test_a_name_that_does_not_exist_inside_is_blamed_on_dns() -> None:
    found = registry_addresses(REGISTRY, Settings(), NOBODY, heard(by="inside"))

    assert isinstance(found, Unavailable)
    assert found.blocked_by == "dns.registry-name"


def map_lambda(
    *branches: Branch,
    endpoints: LambdaEndpoints = NONE,
    attributes: DnsAttributes = ON,
    subnets: ModelSubnets = SUBNETS,
    brought: tuple[str, ...] = (),
) -> LambdaRecords | Unavailable:
    found = LambdaLookup(LAMBDA.host, branches or UNMAPPED.branches)
    profiles = DnsProfiles("vpc-1", endpoints=brought)
    return lambda_records(endpoints, attributes, AMAZONS, found, subnets, ROLE, profiles)


def test_private_dns_leads_to_all_interfaces_of_the_endpoint() -> None:
    found = map_lambda(endpoints=HERE)

    assert isinstance(found, LambdaRecords)
    assert found.endpoint_id == "vpce-1"
    assert [one.address for one in found.addresses] == ["10.0.1.50", "10.0.2.50"]


@pytest.mark.parametrize(
    ("endpoints", "attributes"),
    [
        (NONE, ON),
        (HERE, DnsAttributes("vpc-1", True, False)),
        (replace(HERE, here=(replace(ENDPOINT, private_dns=False),)), ON),
        (replace(HERE, here=(replace(ENDPOINT, inbound_resolver_only=True),)), ON),
    ],
)
def test_otherwise_the_name_leads_to_public_addresses(endpoints: LambdaEndpoints, attributes: DnsAttributes) -> None:
    assert map_lambda(endpoints=endpoints, attributes=attributes) == LambdaRecords(None, ())


def test_a_private_zone_may_name_an_endpoint_here_or_in_another_vpc() -> None:
    hub = replace(NONE, elsewhere=(replace(ENDPOINT, vpc_id="vpc-hub", private_dns=False),))
    by_address = Branch(Ending.ADDRESS, LAMBDA.host, "Z7", LAMBDA.host, "10.0.2.50")
    by_alias = Branch(Ending.PUBLIC, ENDPOINT.dns_names[0], trail=("alias",))

    first, second = map_lambda(by_address, endpoints=hub), map_lambda(by_alias, endpoints=hub)

    assert isinstance(first, LambdaRecords)
    assert isinstance(second, LambdaRecords)
    assert first.endpoint_id == second.endpoint_id == "vpce-1"
    assert [one.address for one in first.addresses] == ["10.0.2.50"]
    assert [one.address for one in second.addresses] == ["10.0.1.50", "10.0.2.50"]


@pytest.mark.parametrize(
    ("branch", "blocked_by"),
    [
        (Branch(Ending.ADDRESS, LAMBDA.host, "Z7", LAMBDA.host, "10.8.8.8"), None),
        (Branch(Ending.PUBLIC, "vpce-9.lambda.us-east-1.vpce.amazonaws.com", trail=("alias",)), None),
        (Branch(Ending.UNREADABLE, LAMBDA.host, "Z7", LAMBDA.host, "Z7 is another's"), None),
        (Branch(Ending.FORWARDED, LAMBDA.host, "rslvr-1", LAMBDA.host, "rslvr-1 forwards it"), None),
        (Branch(Ending.NO_NAME, LAMBDA.host, "Z7", "amazonaws.com", "Z7 has no record"), "endpoint.lambda-name"),
    ],
)
def test_what_cannot_be_told_of_the_lambda_name_is_named(branch: Branch, blocked_by: str | None) -> None:
    found = map_lambda(branch)

    assert isinstance(found, Unavailable)
    assert found.blocked_by == blocked_by


def test_a_rule_for_a_wider_domain_does_not_take_the_endpoints_name() -> None:
    everything = Branch(Ending.FORWARDED, LAMBDA.host, "rslvr-1", "", "rslvr-1 forwards it")
    this_name = replace(everything, domain=LAMBDA.host)

    assert isinstance(map_lambda(everything, endpoints=HERE), LambdaRecords)
    assert isinstance(map_lambda(this_name, endpoints=HERE), Unavailable)


def test_an_endpoint_on_its_way_says_nothing_yet() -> None:
    pending = replace(HERE, here=(replace(ENDPOINT, state="pending"),))

    assert "pending" in reason(map_lambda(endpoints=pending))


def test_in_a_shared_vpc_the_owners_endpoints_are_not_visible() -> None:
    shared = ModelSubnets((replace(SUBNETS.subnets[0], owner="999999999999"),))

    assert "999999999999" in reason(map_lambda(subnets=shared))


def test_a_lookup_inside_tells_where_the_records_do_not() -> None:
    def asked(*found: str) -> LambdaAnswer:
        return LambdaAnswer("inside", Resolution(LAMBDA.host, found, None if found else "no"))

    endpoint = lambda_addresses(LAMBDA, NOBODY, HERE, asked("10.0.1.50"))
    public = lambda_addresses(LAMBDA, NOBODY, HERE, asked("52.94.1.1"))

    assert isinstance(endpoint, LambdaAddresses)
    assert isinstance(public, LambdaAddresses)
    assert (endpoint.endpoint_id, endpoint.vantage) == ("vpce-1", "inside")
    assert (public.endpoint_id, public.addresses) == (None, ())
    assert "10.8.8.8" in reason(lambda_addresses(LAMBDA, NOBODY, HERE, asked("10.8.8.8")))
    assert lambda_addresses(LAMBDA, NOBODY, HERE, NOBODY) is NOBODY


def test_a_profile_may_bring_another_vpcs_endpoint() -> None:
    there = InterfaceEndpoint(
        "vpce-9",
        "vpc-9",
        "com.amazonaws.us-east-1.lambda",
        "available",
        private_dns=False,
        interfaces=(EndpointInterface("eni-9", "subnet-9", "10.9.1.50"),),
    )
    elsewhere = replace(NONE, elsewhere=(there,))

    found = map_lambda(endpoints=elsewhere, brought=("vpce-9",))
    unseen = map_lambda(brought=("vpce-foreign",))

    assert isinstance(found, LambdaRecords)
    assert found.endpoint_id == "vpce-9"
    assert [(one.address, one.provenance) for one in found.addresses] == [("10.9.1.50", Provenance.ENDPOINT)]
    assert isinstance(unseen, Unavailable)
    assert "vpce-foreign" in unseen.reason

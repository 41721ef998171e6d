"""The collectors of the pull's other hosts and of S3: what was met, where it leads in the VPC, what is read for it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from moto import mock_aws
from pydantic import TypeAdapter

from pullcheck import NotApplicable, Unavailable
from pullcheck.collect import around, destinations, s3
from pullcheck.collect import pull_hosts as found_hosts
from pullcheck.collect.aws import Aws
from pullcheck.evidence.around import NameServerNetwork, PullHostNetwork
from pullcheck.evidence.branches import Branch, Ending
from pullcheck.evidence.credentials import Account, Source
from pullcheck.evidence.destinations import DockerHub, VpcResolver
from pullcheck.evidence.dns import ForwardRule, ForwardRules, HostedZone, PrivateZones, RegistryLookup
from pullcheck.evidence.gateway_endpoint import GatewayEndpoint, GatewayEndpoints, gateway_endpoints
from pullcheck.evidence.model_data import ModelData
from pullcheck.evidence.names import NamedAddress, Provenance, RegistryAddresses
from pullcheck.evidence.network import Interfaces, NetworkEvidence
from pullcheck.evidence.network_rows import Interface, PrefixList
from pullcheck.evidence.placement import Registry
from pullcheck.evidence.pull import Descriptor, ImagePull, Layer, Login, Manifest, PlatformImage, Scheme, Token
from pullcheck.evidence.pull_hosts import HostAddresses, PullHost, PullHostAddresses, PullHosts
from pullcheck.evidence.registry import AddressPing, Ping, RegistrySeen
from pullcheck.evidence.s3 import ModelDataService, PullHostService, S3Service
from pullcheck.evidence.steps import Reply, Step, Stop
from pullcheck.evidence.vpc import DnsAttributes, ModelVpc, NameServers
from pullcheck.settings import Resolve, Settings
from pullcheck.target import Container, Target, TargetKind
from pullcheck.vantage import Exchange, Outcome, Resolution

HOST = "registry.example.com"
REGISTRY = Registry(HOST, 443)
SEEN = RegistrySeen(HOST, 443, ("10.0.10.20",), None, False, "inside")
OWN = f"https://{HOST}/v2/team/model"
LAYER = Descriptor("application/vnd.oci.image.layer.v1.tar+gzip", "sha256:" + "a" * 64, 10)
SERVED = Step((Reply("GET", f"{OWN}/manifests/v1", "10.0.10.20", Outcome.OK, status=200),))
MANIFEST = Manifest("v1", SERVED, SERVED)
PULL = ImagePull(
    HOST, 443, "10.0.10.20", "team/model", "v1", Login(Scheme.NONE, Account(Source.NOBODY)), "inside", root=MANIFEST
)
SERVICE = "com.amazonaws.us-east-1.s3"
VPC = ModelVpc("vpc-1")


def ping(*challenges: str) -> Ping:
    headers = tuple(("WWW-Authenticate", line) for line in challenges)
    answer = Exchange("10.0.10.20", 443, "GET", f"https://{HOST}/v2/", Outcome.OK, status=401, headers=headers)
    return Ping(SEEN, (AddressPing("10.0.10.20", Outcome.OK, answer),), "inside")


def asked(*urls: str, stop: Stop | None = None, target: str = "") -> Step:
    replies = tuple(Reply("HEAD", url, "10.0.0.9", Outcome.OK, status=200) for url in urls)
    return Step(replies, stop, target)


def pulled(*steps: Step) -> ImagePull:
    return replace(PULL, images=(PlatformImage(MANIFEST, layers=tuple(Layer(LAYER, step) for step in steps)),))


def hosts_of(found: object) -> list[tuple[str, int, str]]:
    assert isinstance(found, PullHosts), found
    return [(one.name, one.port, one.role) for one in found.hosts]


def test_a_pull_that_stays_at_the_registry_has_no_other_host() -> None:
    found = found_hosts.pull_hosts(REGISTRY, ping("Basic realm=x"), pulled(asked(f"{OWN}/blobs/a")))

    assert isinstance(found, NotApplicable)


def test_hosts_come_from_the_challenge_and_from_redirects() -> None:
    layers = asked(f"{OWN}/blobs/a", "https://Layers.example.net/a", "https://cdn.example.net:8443/b")
    found = found_hosts.pull_hosts(
        REGISTRY, ping('Bearer realm="https://auth.example.com/token?x=..."'), pulled(layers)
    )

    assert hosts_of(found) == [
        ("auth.example.com", 443, "token realm"),
        ("layers.example.net", 443, "redirect target"),
        ("cdn.example.net", 8443, "redirect target"),
    ]
    assert isinstance(found, PullHosts)
    assert found.unseen is None
    assert found.vantage == "inside"


def test_a_realm_that_the_registry_itself_is_and_a_realm_asked_twice_count_once() -> None:
    own = found_hosts.pull_hosts(REGISTRY, ping(f'Bearer realm="https://{HOST}/token"'), pulled(asked(OWN)))
    step = asked("https://auth.example.com/token")
    token = Token("https://auth.example.com/token", None, step, same_host=False, fields=("token",))
    login = replace(PULL.login, scheme=Scheme.BEARER, token=token)
    again = replace(pulled(asked(OWN)), login=login, anonymous=step)
    line = 'Bearer realm="https://auth.example.com/token"'

    assert isinstance(own, NotApplicable)
    assert hosts_of(found_hosts.pull_hosts(REGISTRY, ping(line), again)) == [("auth.example.com", 443, "token realm")]


def test_where_a_request_was_stopped_the_host_counts_if_a_path_leads_there() -> None:
    nameless = asked(OWN, stop=Stop.NO_NAME, target="https://layers.example.net/a")
    plain = asked(OWN, stop=Stop.PLAIN_HTTP, target="http://layers.example.net/a")
    itself = asked(OWN, stop=Stop.OWN_MACHINE, target="https://localhost/a")

    assert hosts_of(found_hosts.pull_hosts(REGISTRY, ping(), pulled(nameless))) == [
        ("layers.example.net", 443, "redirect target")
    ]
    assert isinstance(found_hosts.pull_hosts(REGISTRY, ping(), pulled(plain, itself)), NotApplicable)


@pytest.mark.parametrize(
    ("pull", "blocked_by"),
    [
        (Unavailable("no credentials", "run with --invoke-function"), None),
        (NotApplicable("no image"), None),
        (replace(PULL, root=None), "auth.credentials-accepted"),
        (replace(PULL, root=replace(MANIFEST, get=asked(OWN, stop=Stop.NO_TIME))), "image.exists"),
        (PULL, "image.media-types"),
    ],
)
def test_where_no_layer_was_asked_for_that_is_said(
    pull: ImagePull | Unavailable | NotApplicable, blocked_by: str | None
) -> None:
    nothing = found_hosts.pull_hosts(REGISTRY, ping(), pull)
    found = found_hosts.pull_hosts(REGISTRY, ping('Bearer realm="https://auth.example.com/token"'), pull)

    assert isinstance(nothing, Unavailable)
    assert isinstance(found, PullHosts)
    assert found.unseen == nothing
    assert nothing.blocked_by == blocked_by


AMAZONS = NameServers("vpc-1", "dopt-1", ("AmazonProvidedDNS",))
RESOLVER = VpcResolver(
    DnsAttributes("vpc-1", True, True),
    AMAZONS,
    PrivateZones("vpc-1", "us-east-1", ()),
    ForwardRules("vpc-1", ()),
)
FORWARDING = replace(
    RESOLVER, rules=ForwardRules("vpc-1", (ForwardRule("rslvr-1", "example.net", "FORWARD", ("10.9.0.2",)),))
)


class Ear:
    """A vantage that hears these addresses for every name."""

    def __init__(self, name: str, *addresses: str) -> None:
        self.name, self.description, self.addresses = name, name, addresses
        self.asked: list[str] = []

    def resolve(self, name: str) -> Resolution:
        self.asked.append(name)
        return Resolution(name, self.addresses, None if self.addresses else "no such name")


class Unasked(Aws):
    """An account that nobody may ask."""

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        raise AssertionError(f"{service}:{operation}")


def one_host(name: str) -> PullHosts:
    return PullHosts((PullHost(name, 443, "redirect target"),), "outside")


def look_up(
    name: str,
    ear: Any,
    resolver: VpcResolver | Unavailable = RESOLVER,
    settings: Settings = Settings(),  # noqa: B008
) -> HostAddresses:
    [found] = destinations.pull_host_addresses(
        one_host(name),
        resolver,
        ear,
        settings,
        Unasked("us-east-1"),
    ).hosts
    return found


def told(found: HostAddresses) -> list[tuple[str, Provenance]]:
    return [(one.address, one.provenance) for one in found.addresses]


def test_a_public_name_is_told_by_public_dns() -> None:
    assert told(look_up("layers.example.net", Ear("outside", "93.184.216.34"))) == [("93.184.216.34", Provenance.LIVE)]
    assert told(look_up("10.0.0.7", Ear("outside"))) == [("10.0.0.7", Provenance.LITERAL)]


def test_s3_of_a_region_is_not_told_by_the_few_addresses_of_one_answer() -> None:
    ear = Ear("outside", "52.216.1.2")
    found = [look_up(f"layers.s3.{one}.amazonaws.com", ear).s3_region for one in ("us-east-1", "eu-west-1")]

    assert found == ["us-east-1", "eu-west-1"]
    assert ear.asked == []
    assert told(look_up("layers.s3.amazonaws.com", ear)) == [("52.216.1.2", Provenance.LIVE)]


def test_what_nobody_can_tell_from_outside_an_answer_from_inside_settles() -> None:
    outside = look_up("layers.example.net", Ear("outside", "93.184.216.34"), FORWARDING)
    inside = look_up("layers.example.net", Ear("inside", "10.0.0.7"), FORWARDING)
    forced = Settings(resolve=(Resolve("layers.example.net", 443, "127.0.0.1"),))

    assert outside.absent is not None
    assert "--vantage inside" in outside.absent.because
    assert told(inside) == [("10.0.0.7", Provenance.LIVE)]
    assert look_up("layers.example.net", Ear("inside", "10.0.0.7"), FORWARDING, forced).absent == outside.absent
    assert look_up("layers.example.net", Ear("inside"), Unavailable("denied")).absent is not None
    assert look_up("layers.s3.us-east-1.amazonaws.com", Ear("inside", "52.216.1.2"), FORWARDING).s3_region
    assert look_up("layers.example.net", Ear("outside"), Unavailable("denied")).absent == Unavailable("denied")


def test_docker_hub_is_told_from_other_registries_and_from_what_stands_in_its_place() -> None:
    hub, named = Registry("registry-1.docker.io", 443), Settings(registry_addresses=("10.0.0.9",))
    public = RegistryLookup(hub.host, (Branch(Ending.PUBLIC, hub.host),))
    zoned = RegistryLookup(hub.host, (Branch(Ending.ADDRESS, hub.host, "Z1", "docker.io", "10.0.0.9"),))
    foreign = replace(RESOLVER, servers=replace(AMAZONS, servers=("10.9.0.2",)))
    cases = (
        (RESOLVER, zoned, Settings(), "10.0.0.9"),
        (foreign, public, Settings(), "dopt-1"),
        (Unavailable("denied"), public, Settings(), "denied"),
        (RESOLVER, public, named, "--registry-address"),
    )

    assert isinstance(destinations.docker_hub(REGISTRY, RESOLVER, public, Settings()), NotApplicable)
    assert destinations.docker_hub(hub, RESOLVER, public, Settings()) == DockerHub(hub.host, 443)
    for resolver, lookup, settings, words in cases:
        found = destinations.docker_hub(hub, resolver, lookup, settings)

        assert isinstance(found, DockerHub)
        assert words in found.elsewhere


NETWORK = NetworkEvidence.from_describe({"Subnets": [], "RouteTables": [], "NetworkInterfaces": []})
SEATS = Interfaces((Interface("eni-1", "vpc-1", "subnet-1", ("10.0.10.20",), ("sg-1",), "vpc_endpoint"),))


def test_the_network_of_no_further_address_is_what_was_read() -> None:
    there = RegistryAddresses(HOST, 443, (NamedAddress("10.0.10.20", Provenance.PRIVATE_ZONE, "Z1"),))
    s3_alone = PullHostAddresses((HostAddresses(one_host("x").hosts[0], s3_region="us-east-1"),))
    found = around.pull_host_network(s3_alone, NETWORK, SEATS, VPC, there, Unasked())

    assert found == PullHostNetwork(NETWORK, "eni-1")


def test_amazons_resolver_is_not_walked_to() -> None:
    found = around.name_server_network(AMAZONS, NETWORK, SEATS, VPC, Unasked())

    assert isinstance(found, NotApplicable)


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.client("ec2", region_name="us-east-1")


def test_the_groups_at_a_name_server_are_read(account: Any) -> None:
    vpc = account.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group = account.create_security_group(GroupName="dns", Description="dns", VpcId=vpc)["GroupId"]
    network = NetworkEvidence.from_describe(
        {"Subnets": [], "RouteTables": [], "NetworkInterfaces": [], "SecurityGroups": [], "VpcPeeringConnections": []}
    )
    seats = Interfaces((Interface("eni-2", vpc, "subnet-2", ("10.0.0.53",), (group,)),))
    servers = replace(AMAZONS, servers=("10.0.0.53", "AmazonProvidedDNS"))
    found = around.name_server_network(servers, network, seats, ModelVpc(vpc), Aws("us-east-1"))

    assert isinstance(found, NameServerNetwork)
    assert found.addresses == ("10.0.0.53",)
    assert not isinstance(found.tables.groups, Unavailable)
    assert [row.id for row in found.tables.groups.rows] == [group]
    assert found.tables.interfaces == seats


def target(region: str | None = "us-east-1") -> Target:
    return Target(TargetKind.REQUEST, "model", "model.json", region, ())


@pytest.mark.parametrize(
    ("url", "bucket", "key"),
    [
        ("s3://models/team/model.tar.gz", "models", "team/model.tar.gz"),
        ("https://models.s3.us-east-1.amazonaws.com/m.tar.gz", "models", "m.tar.gz"),
        ("https://s3.us-east-1.amazonaws.com/models/m.tar.gz", "models", "m.tar.gz"),
    ],
)
def test_model_data_is_taken_apart(url: str, bucket: str, key: str) -> None:
    found = s3.model_data(Container("PrimaryContainer", "x", model_data_url=url), target())

    assert found == ModelData("us-east-1", f"{bucket}.s3.us-east-1.amazonaws.com", bucket, key)


def test_model_data_may_be_absent_or_not_understood() -> None:
    def read(url: str | None, region: str | None = "us-east-1") -> object:
        return s3.model_data(Container("PrimaryContainer", "x", model_data_url=url), target(region))

    assert isinstance(read(None), NotApplicable)
    assert isinstance(read("s3://models/m", None), Unavailable)
    assert isinstance(read("https://files.example.com/m"), Unavailable)


def test_s3_is_read_once_with_its_ranges_and_its_gateway_endpoints(account: Any) -> None:
    vpc, other = (account.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"] for _ in range(2))
    table = account.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    made = account.create_vpc_endpoint(
        VpcId=vpc, VpcEndpointType="Gateway", ServiceName=SERVICE, RouteTableIds=[table]
    )["VpcEndpoint"]["VpcEndpointId"]
    account.create_vpc_endpoint(VpcId=other, VpcEndpointType="Gateway", ServiceName=SERVICE)
    aws, data = Aws("us-east-1"), ModelData("us-east-1", "models.s3.us-east-1.amazonaws.com", "models", "m")
    found = s3.model_data_service(data, ModelVpc(vpc), RESOLVER, aws)
    hosts = PullHostAddresses((HostAddresses(PullHost("layers.s3.us-east-1.amazonaws.com", 443, "x")),))

    assert found.elsewhere == ""
    assert [(one.id, one.table_ids, one.state) for one in found.s3.gateways] == [(made, (table,), "available")]
    assert isinstance(found.s3.ranges, PrefixList)
    assert "3.5.0.0/19" in found.s3.ranges.cidrs
    assert s3.pull_host_service(hosts, found, ModelVpc(vpc), Unasked("us-east-1")) == PullHostService(found.s3)
    assert s3.pull_host_service(hosts, NotApplicable("none"), ModelVpc(vpc), aws) == PullHostService(found.s3)


def test_without_s3_among_the_hosts_it_is_not_asked_for() -> None:
    hosts = PullHostAddresses((HostAddresses(PullHost("layers.example.net", 443, "redirect target")),))
    far = PullHostAddresses((HostAddresses(PullHost("b.s3.eu-west-1.amazonaws.com", 443, "x"), s3_region="eu-west-1"),))

    for found in (hosts, far):
        assert s3.pull_host_service(found, NotApplicable("none"), VPC, Unasked("us-east-1")) == PullHostService(None)


def test_other_name_servers_and_rules_leave_a_doubt_where_s3_is(account: Any) -> None:
    data = ModelData("us-east-1", "models.s3.us-east-1.amazonaws.com", "models", "m")
    rule = ForwardRule("rslvr-1", "amazonaws.com", "FORWARD", ("10.9.0.2",))
    forwarding = replace(RESOLVER, rules=ForwardRules("vpc-1", (rule,)))
    foreign = replace(RESOLVER, servers=replace(AMAZONS, servers=("10.9.0.2",)))

    for resolver, words in ((forwarding, "rslvr-1"), (foreign, "10.9.0.2")):
        assert words in s3.model_data_service(data, VPC, resolver, Aws("us-east-1")).elsewhere


ROWS: list[dict[str, Any]] = [
    {"VpcEndpointId": "vpce-1", "VpcEndpointType": "Gateway", "State": "Available", "RouteTableIds": ["rtb-1"]},
    {"VpcEndpointId": "vpce-2", "VpcEndpointType": "Gateway", "State": "deleted"},
    {"VpcEndpointId": "vpce-3", "VpcEndpointType": "Interface", "State": "available"},
    {"VpcEndpointType": "Gateway", "RouteTableIds": None},
]


def test_rows_of_gateway_endpoints_are_read_whatever_stands_in_them() -> None:
    expected = GatewayEndpoints((GatewayEndpoint("vpce-1", "", "", "available", ("rtb-1",)),))

    assert gateway_endpoints(ROWS) == expected
    assert NetworkEvidence.from_describe({"VpcEndpoints": ROWS}).gateway_endpoints == expected
    assert isinstance(NetworkEvidence.from_describe({}).gateway_endpoints, Unavailable)


def takes(**options: Any) -> bool:
    return s3._takes_names({"State": "available", "PrivateDnsEnabled": True, **options})


def test_an_interface_endpoint_takes_s3s_names_unless_it_leaves_them_to_the_gateway() -> None:
    assert takes()
    assert takes(DnsOptions={"PrivateDnsOnlyForInboundResolverEndpoint": False})
    assert not takes(DnsOptions={"PrivateDnsOnlyForInboundResolverEndpoint": True})
    assert not takes(PrivateDnsEnabled=False)
    assert not takes(State="pending")


HOSTS = PullHosts((PullHost("a", 443, "token realm", ("https://a/token",)),), "inside", Unavailable("not seen"))
ADDRESSES = HostAddresses(HOSTS.hosts[0], (NamedAddress("10.0.0.1", Provenance.LIVE, "inside"),))
S3 = S3Service("us-east-1", SERVICE, PrefixList("pl-1", ("3.5.0.0/19",)), gateway_endpoints(ROWS).rows, ("vpce-9",))


@pytest.mark.parametrize(
    "evidence",
    [
        HOSTS,
        DockerHub("registry-1.docker.io", 443, "elsewhere"),
        PullHostAddresses((ADDRESSES, replace(ADDRESSES, s3_region="us-east-1", absent=Unavailable("denied")))),
        PullHostNetwork(NETWORK, "eni-1"),
        NameServerNetwork(NETWORK, ("10.0.0.53",)),
        replace(RESOLVER, zones=PrivateZones("vpc-1", "us-east-1", (HostedZone("Z1", "example.com", "1"),))),
        ModelData("us-east-1", "h", "models", "m"),
        ModelDataService(replace(S3, ranges=Unavailable("denied")), "elsewhere"),
        PullHostService(S3),
        PullHostService(None),
    ],
    ids=lambda one: type(one).__name__,
)
def test_evidence_survives_being_written_down(evidence: object) -> None:
    adapter: TypeAdapter[object] = TypeAdapter(type(evidence))

    assert adapter.validate_json(adapter.dump_json(evidence)) == evidence

"""Paths to what the pull needs beside registry and Lambda: tokens, layers, model data, name servers."""

import json
from collections.abc import Iterable
from dataclasses import replace

import pytest
from network_world import (
    HEALTHY,
    PLACEMENT,
    VPC,
    allow,
    changed,
    named,
    to_cidr,
    to_group,
    with_acl,
    with_group,
    with_routes,
)

from pullcheck import NotApplicable, Severity, Status, Unavailable, Verdict
from pullcheck.evidence.around import NameServerNetwork, PullHostNetwork
from pullcheck.evidence.destinations import DockerHub
from pullcheck.evidence.gateway_endpoint import GatewayEndpoint, GatewayEndpoints
from pullcheck.evidence.model_data import ModelData
from pullcheck.evidence.network import NetworkEvidence, PrefixLists
from pullcheck.evidence.network_rows import AclEntry, GroupRule, PrefixList, Route
from pullcheck.evidence.placement import ExecutionRole
from pullcheck.evidence.pull_hosts import HostAddresses, PullHost, PullHostAddresses, PullHosts
from pullcheck.evidence.s3 import ModelDataService, PullHostService, S3Service
from pullcheck_checks.network.fixes.gateway_endpoint_changes import AddTable, MakeGatewayEndpoint, SetEndpointPolicy
from pullcheck_checks.network.hub import hub_is_reachable, paths_to_hub
from pullcheck_checks.network.model_data import model_data_is_reachable, paths_to_model_data
from pullcheck_checks.network.name_servers import name_servers_are_reachable
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import AwsService, Destination, Source
from pullcheck_checks.network.paths.s3_policy import opinion
from pullcheck_checks.network.paths.steps import Place
from pullcheck_checks.network.paths.walk import walk
from pullcheck_checks.network.pull_hosts import paths_to_pull_hosts, pull_hosts_are_reachable
from pullcheck_checks.network.s3 import s3_endpoint_is_on_tables

ONE = replace(PLACEMENT, subnet_ids=("subnet-a",))
NAME, LIST = "com.amazonaws.us-east-1.s3", PrefixList("pl-s3", ("52.216.0.0/15", "3.5.0.0/19"))
BUCKET = "layers.s3.us-east-1.amazonaws.com"
ENDPOINT = GatewayEndpoint("vpce-s3", VPC, NAME, "available", ("rtb-model",))
SERVICE = S3Service("us-east-1", NAME, LIST, (ENDPOINT,))
ON_TABLE = with_routes("rtb-model", Route("pl-s3", "vpce-s3"))
NOWHERE = with_routes("rtb-model")
DATA = ModelData("us-east-1", "models.s3.us-east-1.amazonaws.com", "models", "team/model.tar.gz")
ROLE = ExecutionRole("arn:aws:iam::123456789012:role/Model", "aws", "123456789012", "Model", "/")
SOURCE = Source("subnet-a", ("sg-model",))


def policy(**fields: object) -> str:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", **fields}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def with_policy(**fields: object) -> S3Service:
    return replace(SERVICE, gateways=(replace(ENDPOINT, policy=policy(**fields)),))


def host(name: str = "layers.example.com", port: int = 443) -> PullHost:
    return PullHost(name, port, "redirect target", (f"https://{name}/docker/blob",))


def at(*addresses: str, name: str = "layers.example.com") -> HostAddresses:
    return HostAddresses(host(name), named(*addresses))


IN_S3 = HostAddresses(host(BUCKET), s3_region="us-east-1")
FAR_S3 = HostAddresses(host("layers.s3.eu-west-1.amazonaws.com"), s3_region="eu-west-1")


def ask(
    tables: NetworkEvidence,
    one: HostAddresses,
    service: S3Service | None = None,
    unseen: Unavailable | None = None,
    link: str = "",
) -> list[Verdict]:
    hosts = PullHosts((one.host,), "inside", unseen)
    around = PullHostNetwork(tables, link)
    return list(pull_hosts_are_reachable(ONE, hosts, PullHostAddresses((one,)), PullHostService(service), around))


def ask_data(tables: NetworkEvidence, service: S3Service = SERVICE, elsewhere: str = "") -> list[Verdict]:
    return list(model_data_is_reachable(ONE, DATA, ModelDataService(service, elsewhere), tables, ROLE))


def ask_tables(
    tables: NetworkEvidence,
    service: S3Service | None = SERVICE,
    data: ModelDataService | Unavailable | NotApplicable = NotApplicable("no model data"),  # noqa: B008 - frozen
) -> list[Verdict]:
    return list(s3_endpoint_is_on_tables(ONE, tables, PullHostService(service), data))


def ask_servers(tables: NetworkEvidence, *addresses: str) -> list[Verdict]:
    return list(name_servers_are_reachable(ONE, NameServerNetwork(tables, addresses)))


def causes(verdicts: Iterable[Verdict]) -> list[str]:
    return [verdict.cause.id for verdict in verdicts if verdict.cause]


def commands(verdicts: Iterable[Verdict]) -> list[str]:
    return [command for verdict in verdicts if verdict.fix for command in verdict.fix.commands]


def test_a_host_in_the_vpc_passes_with_its_proof() -> None:
    [verdict] = ask(HEALTHY, at("10.0.10.20"))

    assert verdict.status is Status.PASS
    assert verdict.subject == "subnet-a -> 10.0.10.20:443"
    assert "sg-reg allows tcp 443 from sg-model" in verdict.because


def test_r51_s3_passes_by_the_endpoint_whose_policy_lets_everybody_in() -> None:
    [verdict] = ask(ON_TABLE, IN_S3, SERVICE)

    assert verdict.status is Status.PASS
    assert verdict.subject == f"subnet-a -> {BUCKET}:443"
    assert "pl-s3 -> vpce-s3" in verdict.because
    assert "s3:GetObject on arn:aws:s3:::layers/docker/blob" in verdict.because


def test_s3_passes_by_a_nat_gateway_too() -> None:
    [verdict] = ask(HEALTHY, IN_S3, replace(SERVICE, gateways=()))

    assert verdict.status is Status.PASS
    assert "nat-1" in verdict.because


def test_a_name_of_s3_without_region_is_told_by_its_addresses() -> None:
    legacy = "layers.s3.amazonaws.com"
    [here] = ask(ON_TABLE, at("52.216.1.2", name=legacy), SERVICE)
    [elsewhere] = ask(ON_TABLE, at("52.92.1.2", name=legacy), SERVICE)

    assert here.status is Status.PASS
    assert here.subject == f"subnet-a -> {legacy}:443"
    assert causes([elsewhere]) == ["rt.no-way-to-redirect-hosts"]


FOR_REGISTRY = with_group("sg-model", egress=(to_group("sg-reg"),))
NO_EGRESS = with_routes("rtb-model", Route("pl-s3", "vpce-s3"), evidence=FOR_REGISTRY)
PENDING = replace(SERVICE, gateways=(replace(ENDPOINT, state="pending"),))
NO_S3_ENTRIES = [allow(1, egress=True, cidr="10.0.0.0/8"), allow(1, egress=False, cidr="10.0.0.0/8")]


@pytest.mark.parametrize(
    ("tables", "one", "service", "cause"),
    [
        (NO_EGRESS, IN_S3, SERVICE, "sg.model-egress-redirect-hosts"),
        (with_acl("acl-model", NO_S3_ENTRIES, ON_TABLE), IN_S3, SERVICE, "nacl.s3-ranges"),
        (NOWHERE, IN_S3, SERVICE, "rt.no-way-to-redirect-hosts"),
        (NOWHERE, at("8.8.8.8"), None, "rt.no-way-to-redirect-hosts"),
        (ON_TABLE, FAR_S3, None, "reg.blob-redirect-s3-other-region"),
        (NOWHERE, FAR_S3, None, "rt.no-way-to-redirect-hosts"),
        (ON_TABLE, IN_S3, with_policy(Resource="arn:aws:s3:::other/*"), "reg.blob-redirect-s3-endpoint-policy"),
        (with_group("sg-reg", ingress=()), at("10.0.10.20"), None, "sg.redirect-host-ingress"),
        (with_acl("acl-reg", [allow(1, egress=True)]), at("10.0.10.20"), None, "nacl.redirect-hosts"),
        (HEALTHY, at("10.0.10.99"), None, "rt.no-way-to-redirect-hosts"),
        (ON_TABLE, IN_S3, PENDING, "rt.no-way-to-redirect-hosts"),
    ],
)
def test_each_cause_is_told_apart(
    tables: NetworkEvidence, one: HostAddresses, service: S3Service | None, cause: str
) -> None:
    verdicts = ask(tables, one, service)

    assert set(causes(verdicts)) == {cause}
    assert all(verdict.fix and verdict.fix.summary for verdict in verdicts)


def test_hubs_own_buckets_have_a_cause_of_their_own() -> None:
    hub = HostAddresses(host("docker-images-prod-1.s3.us-east-1.amazonaws.com"), s3_region="us-east-1")

    assert causes(ask(ON_TABLE, hub, with_policy(Resource="arn:aws:s3:::other/*"))) == ["reg.hub-layers-from-s3"]


def test_a_registry_by_private_link_says_why_the_rest_has_no_way() -> None:
    assert causes(ask(NOWHERE, at("8.8.8.8"), link="eni-1")) == ["x.privatelink-registry-partial-hosts"]


def test_where_the_endpoint_is_there_the_missing_table_explains_it() -> None:
    [verdict] = ask(NOWHERE, IN_S3, SERVICE)

    assert verdict.explained_by == "network.s3-endpoint-on-tables"
    assert commands([verdict]) == [
        "aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-s3 --add-route-table-ids rtb-model"
    ]


def test_without_an_endpoint_the_fix_makes_one() -> None:
    [verdict] = ask(NOWHERE, IN_S3, replace(SERVICE, gateways=()))

    assert verdict.explained_by is None
    assert commands([verdict]) == [
        f"aws ec2 create-vpc-endpoint --vpc-endpoint-type Gateway --vpc-id vpc-1 --service-name {NAME}"
        " --route-table-ids rtb-model"
    ]


def test_an_acl_is_given_each_of_s3s_ranges() -> None:
    verdicts = ask(with_acl("acl-model", NO_S3_ENTRIES, ON_TABLE), IN_S3, SERVICE)

    assert [command.split("--cidr-block ")[1].split()[0] for command in commands(verdicts)] == [*LIST.cidrs] * 2


def test_an_acl_for_some_of_s3s_ranges_leaves_the_rest_cut_off() -> None:
    some = [allow(1, egress=True), allow(1, egress=False, cidr="52.216.0.0/15")]
    [verdict] = ask(with_acl("acl-model", some, ON_TABLE), IN_S3, SERVICE)

    assert causes([verdict]) == ["nacl.s3-ranges"]
    assert verdict.severity is Severity.ERROR
    assert "3.5.0.0-3.5.31.255" in verdict.because


@pytest.mark.parametrize(
    ("one", "service", "reason"),
    [
        (replace(at(), absent=Unavailable("nobody knows", "run with --vantage inside")), None, "--vantage inside"),
        (IN_S3, replace(SERVICE, ranges=Unavailable("denied", "allow ec2:DescribeManagedPrefixLists")), "allow ec2:"),
        (at("52.216.1.2", name="layers.s3.amazonaws.com"), replace(SERVICE, ranges=Unavailable("denied")), "denied"),
        (IN_S3, replace(SERVICE, taken_by=("vpce-if",)), "vpce-if"),
        (IN_S3, with_policy(Principal={"AWS": "arn:aws:iam::123456789012:role/registry"}), "who signed it"),
        (IN_S3, with_policy(Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), "conditions"),
    ],
)
def test_what_is_not_known_is_unknown(one: HostAddresses, service: S3Service | None, reason: str) -> None:
    [verdict] = ask(ON_TABLE, one, service)

    assert verdict.status is Status.UNKNOWN
    assert reason in verdict.because


def test_hosts_that_nobody_saw_are_unknown_beside_those_that_were() -> None:
    unseen = Unavailable("where the layers come from was not seen", "mend it", "auth.credentials-accepted")
    verdicts = ask(HEALTHY, at("10.0.10.20"), unseen=unseen)

    assert [verdict.status for verdict in verdicts] == [Status.PASS, Status.UNKNOWN]
    assert verdicts[1].blocked_by == "auth.credentials-accepted"


def test_ipv6_beside_ipv4_does_not_count() -> None:
    verdicts = ask(HEALTHY, at("10.0.10.20", "fd00::1"))

    assert [verdict.status for verdict in verdicts] == [Status.PASS, Status.NOT_APPLICABLE]


def test_subjects_are_known_by_name() -> None:
    hosts = PullHosts((host(port=8443),), "outside")

    assert list(paths_to_pull_hosts(ONE, hosts)) == ["subnet-a -> layers.example.com:8443"]
    assert list(paths_to_model_data(ONE, DATA)) == [f"subnet-a -> {DATA.host}:443"]


@pytest.mark.parametrize(
    ("tables", "service", "cause"),
    [
        (NOWHERE, replace(SERVICE, gateways=()), "rt.no-s3-path-for-model-data"),
        (NO_EGRESS, SERVICE, "sg.model-egress-model-data"),
        (with_acl("acl-model", NO_S3_ENTRIES, ON_TABLE), SERVICE, "nacl.s3-ranges-model-data"),
        (ON_TABLE, with_policy(Action="s3:PutObject"), "vpce.s3-policy-model-data"),
        (ON_TABLE, with_policy(Principal={"AWS": "arn:aws:iam::123456789012:role/Other"}), "vpce.s3-policy-model-data"),
    ],
)
def test_model_data_has_causes_of_its_own(tables: NetworkEvidence, service: S3Service, cause: str) -> None:
    verdicts = ask_data(tables, service)

    assert set(causes(verdicts)) == {cause}
    assert all(verdict.fix and verdict.fix.commands for verdict in verdicts)


def test_model_data_passes_for_the_role_that_the_policy_names() -> None:
    [verdict] = ask_data(ON_TABLE, with_policy(Principal={"AWS": ROLE.arn}, Resource="arn:aws:s3:::models/*"))

    assert verdict.status is Status.PASS


def test_model_data_behind_private_dns_is_unknown() -> None:
    [verdict] = ask_data(NOWHERE, elsewhere="private zone Z1 has 10.0.0.9 for it")

    assert verdict.status is Status.UNKNOWN
    assert "private zone Z1" in verdict.because


def test_a_table_without_the_endpoint_fails_and_says_the_fix() -> None:
    [verdict] = ask_tables(NOWHERE)

    assert causes([verdict]) == ["rt.s3-endpoint-not-on-table"]
    assert verdict.subject == "subnet-a -> s3.us-east-1.amazonaws.com:443"
    assert commands([verdict]) == [
        "aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-s3 --add-route-table-ids rtb-model"
    ]


def test_a_table_with_the_endpoint_passes_whatever_group_and_policy_say() -> None:
    verdicts = [
        *ask_tables(ON_TABLE, with_policy(Effect="Deny")),
        *ask_tables(NO_EGRESS),
    ]

    assert [verdict.status for verdict in verdicts] == [Status.PASS, Status.PASS]


@pytest.mark.parametrize(
    ("tables", "service", "status"),
    [
        (HEALTHY, SERVICE, Status.NOT_APPLICABLE),
        (NOWHERE, replace(SERVICE, gateways=()), Status.NOT_APPLICABLE),
        (NOWHERE, replace(SERVICE, taken_by=("vpce-if",)), Status.NOT_APPLICABLE),
        (NOWHERE, None, Status.NOT_APPLICABLE),
        (NOWHERE, replace(SERVICE, ranges=Unavailable("denied")), Status.UNKNOWN),
        (replace(NOWHERE, route_tables=Unavailable("denied")), SERVICE, Status.UNKNOWN),
    ],
)
def test_a_table_is_asked_about_only_where_the_endpoint_is_needed(
    tables: NetworkEvidence, service: S3Service | None, status: Status
) -> None:
    assert [verdict.status for verdict in ask_tables(tables, service)] == [status]


def test_the_tables_count_for_model_data_unless_its_name_leads_elsewhere() -> None:
    here, elsewhere = (ask_tables(NOWHERE, None, ModelDataService(SERVICE, one)) for one in ("", "a private zone"))

    assert causes(here) == ["rt.s3-endpoint-not-on-table"]
    assert [verdict.status for verdict in elsewhere] == [Status.NOT_APPLICABLE]


HUB = DockerHub("registry-1.docker.io", 443)


@pytest.mark.parametrize(
    ("tables", "hub", "status", "words"),
    [
        (HEALTHY, HUB, Status.PASS, "nat-1"),
        (FOR_REGISTRY, HUB, Status.PASS, "igw-1"),
        (NOWHERE, HUB, Status.FAIL, "no route"),
        (with_routes("rtb-model", Route("0.0.0.0/0", "igw-1")), HUB, Status.FAIL, "no public address"),
        (with_routes("rtb-nat"), HUB, Status.FAIL, "rtb-nat"),
        (with_routes("rtb-model", Route("0.0.0.0/0", "vgw-1")), HUB, Status.UNKNOWN, "vgw-1"),
        (replace(HEALTHY, route_tables=Unavailable("denied")), HUB, Status.UNKNOWN, "denied"),
        (NOWHERE, replace(HUB, elsewhere="private zone Z1"), Status.UNKNOWN, "private zone Z1"),
    ],
)
def test_docker_hub_needs_a_way_to_the_internet(
    tables: NetworkEvidence, hub: DockerHub, status: Status, words: str
) -> None:
    [verdict] = hub_is_reachable(ONE, hub, tables)

    assert verdict.status is status
    assert words in verdict.because
    assert [verdict.subject] == list(paths_to_hub(ONE, hub))
    assert causes([verdict]) == ["reg.hub-no-internet-path"] * (status is Status.FAIL)


def test_docker_hub_gets_a_route_to_a_nat_gateway_that_works() -> None:
    [verdict] = hub_is_reachable(ONE, HUB, NOWHERE)

    assert commands([verdict]) == [
        "aws ec2 create-route --route-table-id rtb-model --destination-cidr-block 0.0.0.0/0 --nat-gateway-id nat-1"
    ]


def dns(protocol: str, **fields: object) -> GroupRule:
    return GroupRule(protocol, 53, 53, **fields)  # type: ignore[arg-type]


SERVER = with_group("sg-reg", ingress=(dns("udp", cidrs=("10.0.0.0/16",)), dns("tcp", cidrs=("10.0.0.0/16",))))
ANY = GroupRule("-1", cidrs=("0.0.0.0/0",))


def asking(*rules: GroupRule) -> NetworkEvidence:
    """The network with these egress rules for the model, and a name server that admits it."""
    return replace(SERVER, groups=changed(SERVER.groups, "sg-model", egress=rules))


def test_r16_and_r55_name_servers_are_walked_to_by_udp_and_by_tcp() -> None:
    verdicts = ask_servers(asking(ANY), "10.0.10.20")

    assert {verdict.subject for verdict in verdicts} == {"subnet-a -> 10.0.10.20:53"}
    assert [verdict.status for verdict in verdicts] == [Status.PASS, Status.PASS]
    assert "allows udp 53 from 10.0.0.0/16" in verdicts[0].because
    assert "allows tcp 53 from 10.0.0.0/16" in verdicts[1].because


@pytest.mark.parametrize(
    ("rules", "severities"),
    [
        ((dns("udp", cidrs=("10.0.10.20/32",)),), [Severity.WARNING]),
        ((dns("17", cidrs=("10.0.10.20/32",)), dns("6", cidrs=("10.0.10.20/32",))), []),
        ((dns("tcp", cidrs=("10.0.10.20/32",)),), [Severity.ERROR]),
        ((to_cidr("0.0.0.0/0"),), [Severity.ERROR, Severity.WARNING]),
    ],
)
def test_udp_is_needed_and_tcp_for_long_answers(rules: tuple[GroupRule, ...], severities: list[Severity]) -> None:
    failures = [one for one in ask_servers(asking(*rules), "10.0.10.20") if one.status is Status.FAIL]

    assert [one.severity for one in failures] == severities
    assert set(causes(failures)) <= {"dns.custom-servers-unreachable"}


def test_an_acl_for_tcp_says_nothing_of_udp() -> None:
    tcp = [AclEntry(1, egress, True, "6", "0.0.0.0/0", None, 1, 65535) for egress in (True, False)]
    verdicts = ask_servers(with_acl("acl-model", tcp, asking(ANY)), "10.0.10.20")

    assert causes(verdicts) == ["nacl.dns-to-custom-servers"] * 2
    assert "udp 53 to 10.0.10.20" in verdicts[0].because
    assert ["--protocol 17" in command for command in commands(verdicts)] == [True, True]
    assert verdicts[-1].status is Status.PASS


def test_a_name_server_beyond_the_vpc_is_unknown() -> None:
    away = with_routes("rtb-model", Route("10.50.0.0/16", "vgw-1"), evidence=asking(ANY))

    assert {verdict.status for verdict in ask_servers(away, "10.50.0.2")} == {Status.UNKNOWN}


OBJECT = "arn:aws:s3:::layers/docker/blob"
SOMEBODY = {"AWS": "arn:aws:iam::111122223333:role/registry"}


@pytest.mark.parametrize(
    ("fields", "allowed"),
    [
        ({}, True),
        ({"Action": "s3:Get*", "Resource": "arn:aws:s3:::layers/*"}, True),
        ({"Principal": {"AWS": "*"}}, True),
        ({"Resource": "arn:aws:s3:::other/*"}, False),
        ({"Action": "s3:PutObject"}, False),
        ({"Principal": SOMEBODY, "Resource": "arn:aws:s3:::other/*"}, False),
        ({"Principal": SOMEBODY}, None),
        ({"Condition": {"StringEquals": {"aws:SourceVpce": "vpce-s3"}}}, True),
        ({"Condition": {"StringEquals": {"aws:SourceVpce": "vpce-other"}}}, False),
        ({"Condition": {"StringEquals": {"s3:ResourceAccount": "111122223333"}}}, None),
        ({"Effect": "Deny"}, False),
    ],
)
def test_a_policy_is_judged_for_a_signer_that_nobody_knows(fields: dict[str, object], allowed: bool | None) -> None:
    found = opinion(replace(ENDPOINT, policy=policy(**fields)), (OBJECT,), None)

    assert found.allowed is allowed
    assert (OBJECT in found.refused) is (allowed is False)


def test_a_deny_for_somebody_leaves_a_doubt_and_one_for_everybody_none() -> None:
    everything = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}

    def said(principal: object, role: ExecutionRole | None = None) -> bool | None:
        denies = {"Effect": "Deny", "Principal": principal, "Action": "s3:*", "Resource": "*"}
        text = json.dumps({"Version": "2012-10-17", "Statement": [everything, denies]})
        return opinion(replace(ENDPOINT, policy=text), (OBJECT,), role).allowed

    assert said(SOMEBODY) is None
    assert said("*") is False
    assert said(SOMEBODY, ROLE) is True
    assert said({"AWS": ROLE.arn}, ROLE) is False


@pytest.mark.parametrize(
    ("fields", "allowed"),
    [
        ({"Principal": {"AWS": "123456789012"}}, True),
        ({"Principal": {"AWS": "arn:aws:sts::123456789012:assumed-role/Model/SageMaker"}}, None),
        ({"Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/*"}}}, True),
        ({"Condition": {"StringEquals": {"aws:PrincipalAccount": "999999999999"}}}, False),
        ({"Effect": "Deny", "Principal": None, "NotPrincipal": {"AWS": ROLE.arn}}, False),
        ({"Principal": None}, None),
    ],
)
def test_a_policy_is_judged_for_the_models_role(fields: dict[str, object], allowed: bool | None) -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", **fields}
    text = json.dumps({"Statement": [{name: value for name, value in statement.items() if value is not None}]})

    assert opinion(replace(ENDPOINT, policy=text), (OBJECT,), ROLE).allowed is allowed


def test_a_deny_for_all_but_some_is_a_doubt() -> None:
    denies = {"Effect": "Deny", "NotPrincipal": {"AWS": ROLE.arn}, "Action": "s3:*", "Resource": "*"}
    text = json.dumps({"Statement": [json.loads(policy())["Statement"][0], denies]})

    assert opinion(replace(ENDPOINT, policy=text), (OBJECT,), ROLE).allowed is None


def test_aws_own_policy_and_none_let_everything_through() -> None:
    assert opinion(ENDPOINT, (OBJECT,), None).allowed is True


def to_s3(*objects: str) -> Destination:
    return Destination(BUCKET, None, 443, aws=AwsService(NAME, "pl-s3", LIST.cidrs, objects))


def test_the_walk_meets_the_endpoint_and_no_nat() -> None:
    tables = replace(ON_TABLE, prefix_lists=PrefixLists((LIST,)), gateway_endpoints=GatewayEndpoints((ENDPOINT,)))
    found = walk(tables, SOURCE, to_s3(OBJECT))

    assert [step.place for step in found.steps] == [
        Place.MODEL_GROUPS,
        Place.MODEL_ACL_OUT,
        Place.MODEL_ROUTES,
        Place.GATEWAY_ENDPOINT,
        Place.MODEL_ACL_IN,
    ]
    assert found.verdict is Status.PASS
    assert walk(tables, SOURCE, to_s3()).verdict is Status.UNKNOWN
    assert walk(replace(tables, gateway_endpoints=GatewayEndpoints(())), SOURCE, to_s3()).verdict is Status.UNKNOWN


def test_each_change_does_what_its_command_says() -> None:
    tables = replace(NOWHERE, prefix_lists=PrefixLists((LIST,)), gateway_endpoints=GatewayEndpoints((ENDPOINT,)))
    none = replace(tables, gateway_endpoints=GatewayEndpoints(()))
    refusing = replace(ENDPOINT, policy=policy(Effect="Deny"))
    closed = replace(ON_TABLE, prefix_lists=PrefixLists((LIST,)), gateway_endpoints=GatewayEndpoints((refusing,)))
    changes = (
        (tables, AddTable("rtb-model", "vpce-s3", "pl-s3")),
        (none, MakeGatewayEndpoint("rtb-model", VPC, NAME, "pl-s3")),
        (closed, SetEndpointPolicy("vpce-s3", policy())),
    )

    for before, change in changes:
        index = Index(before)

        assert walk(index, SOURCE, to_s3(OBJECT)).verdict is Status.FAIL
        assert walk(index.after(change.apply(before), {change.touches}), SOURCE, to_s3(OBJECT)).verdict is Status.PASS
        assert change.command.startswith("aws ec2 ")
        assert change.terraform.startswith('resource "aws_vpc_endpoint')

"""What was seen from outside counts only where it is what the VPC uses."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from pullcheck import Status, Verdict, check, passed
from pullcheck.engine import Facts, Observed, Plan
from pullcheck.evidence.names import NamedAddress, Provenance, RegistryAddresses
from pullcheck.evidence.placement import LambdaName, Registry
from pullcheck.evidence.pull_hosts import HostAddresses, PullHost, PullHostAddresses
from pullcheck.evidence.registry import AddressPing, Ping, RegistrySeen
from pullcheck.evidence.tls import ServedAddress, ServedChains, ServedElsewhere
from pullcheck.judgement import Report, SeenFrom
from pullcheck.observation import Observation, judge
from pullcheck.target import Target, TargetKind
from pullcheck.vantage import Exchange, Handshake, Outcome
from pullcheck.verdict import Basis, Cause, Fix, failed

TARGET = Target(TargetKind.REQUEST, "m", "m.json", "us-east-1", ())
SEEN = RegistrySeen("registry.example.com", 443, ("203.0.113.9",), None, False, "outside")
PRIVATE = NamedAddress("10.0.10.20", Provenance.PRIVATE_ZONE, "Z1")
USED = RegistryAddresses("registry.example.com", 443, (PRIVATE,))


@dataclass(frozen=True)
class Chain:
    vantage: str


@check("demo.chain", "The chain is there")
def chain_is_there(chain: Chain) -> Iterator[Verdict]:
    yield passed("registry.example.com:443", "it is there")


def report(seen: RegistrySeen, used: RegistryAddresses | None = USED, vantage: str = "outside") -> Report:
    facts: Facts = {Chain: Chain(vantage), RegistrySeen: seen, Registry: Registry(seen.host, seen.port)}
    if used:
        facts[RegistryAddresses] = used
    plan = Plan([chain_is_there], [], [Chain])
    return judge(plan, Observation(TARGET, (SeenFrom(vantage, "here"),), (Observed("image", facts),)))


def test_another_server_than_the_vpcs_proves_nothing() -> None:
    [finding] = report(SEEN).findings

    assert finding.status is Status.UNKNOWN
    assert finding.because == (
        "it is there; but that was 203.0.113.9, seen from outside, and the VPC uses 10.0.10.20 for "
        "registry.example.com; run with --vantage inside, or name the address with --resolve"
    )


@pytest.mark.parametrize(
    ("seen", "used", "vantage"),
    [
        (SEEN, None, "outside"),
        (SEEN, USED, "inside"),
        (replace(SEEN, forced=True), USED, "outside"),
        (replace(SEEN, addresses=("127.0.0.1",)), USED, "outside"),
        (replace(SEEN, addresses=("10.0.10.20",)), USED, "outside"),
        (SEEN, replace(USED, addresses=()), "outside"),
    ],
    ids=["vpc not known", "inside", "named by the user", "tunnel", "the same", "no address known"],
)
def test_the_vpcs_own_server_counts(seen: RegistrySeen, used: RegistryAddresses | None, vantage: str) -> None:
    [finding] = report(seen, used, vantage).findings

    assert finding.status is Status.PASS
    assert finding.vantage == vantage


LAYERS = "layers.example.com"
OURS = PullHost(LAYERS, 443, "redirect target")
SHOWN = Handshake("203.0.113.7", 443, LAYERS, Outcome.OK)
SERVED = ServedChains(
    LAYERS,
    443,
    (ServedAddress("203.0.113.7", SHOWN, SHOWN),),
    "2026-06-01T12:00:00+00:00",
    "outside",
    "redirect target",
)
OLD = Cause("demo.old", "It is old.", "It looks old.", "Renew it.", Basis.INFERENCE, "nobody")
ELSEWHERE, HERE = "10.0.10.30", "203.0.113.7"


@check("tls.demo", "Both are well", (OLD,))
def both_are_well(chain: Chain) -> Iterator[Verdict]:
    yield failed("layers.example.com:443 (redirect target)", "it is old", OLD, Fix("renew it"))
    yield passed("layers.example.com:443 (redirect target, 203.0.113.7)", "it is there")


def addresses(*found: str, source: str = "Z1", s3_region: str | None = None) -> PullHostAddresses:
    named = tuple(NamedAddress(one, Provenance.PRIVATE_ZONE, source) for one in found)
    return PullHostAddresses((HostAddresses(OURS, named, s3_region),))


@pytest.mark.parametrize(
    ("served", "known", "statuses"),
    [
        (SERVED, addresses(ELSEWHERE), ["unknown", "unknown"]),
        (SERVED, None, ["unknown", "pass"]),
        (SERVED, addresses(), ["unknown", "pass"]),
        (SERVED, addresses(HERE), ["fail", "pass"]),
        (SERVED, addresses("203.0.113.8", source="outside"), ["fail", "pass"]),
        (SERVED, addresses(s3_region="us-east-1"), ["fail", "pass"]),
        (replace(SERVED, forced=True), addresses(ELSEWHERE), ["fail", "pass"]),
    ],
    ids=["another", "nobody knows", "no address known", "the same", "public DNS", "S3", "named by the user"],
)
def test_another_host_counts_where_the_vpc_uses_what_was_seen(
    served: ServedChains, known: PullHostAddresses | None, statuses: list[str]
) -> None:
    facts: Facts = {Chain: Chain("outside"), ServedElsewhere: ServedElsewhere((served,), (), "outside")}
    if known:
        facts[PullHostAddresses] = known
    observed = Observation(TARGET, (SeenFrom("outside", "here"),), (Observed("image", facts),))

    assert [one.status.value for one in judge(Plan([both_are_well], [], [Chain]), observed).findings] == statuses


def test_the_hosts_of_the_pull_are_listed_once_with_what_the_vpc_uses() -> None:
    facts: Facts = {
        Registry: Registry("registry.example.com", 443),
        RegistryAddresses: USED,
        RegistrySeen: SEEN,
        LambdaName: LambdaName("lambda.us-east-1.amazonaws.com", "us-east-1", "com.amazonaws.us-east-1.lambda"),
    }
    pulls = (Observed("one", facts), Observed("two", facts))

    hosts = judge(Plan([], [], []), Observation(TARGET, (), pulls)).hosts

    assert [(host.name, host.role, host.addresses) for host in hosts] == [
        ("lambda.us-east-1.amazonaws.com", "Lambda API", ()),
        ("registry.example.com", "registry", ("10.0.10.20",)),
    ]


@pytest.mark.parametrize(
    ("status", "location", "hosts"),
    [
        (302, "https://login.example.org:8443/start", ["registry.example.com", "login.example.org"]),
        (302, "/login", ["registry.example.com"]),
        (302, "https://[::1", ["registry.example.com"]),
        (401, "https://login.example.org/", ["registry.example.com"]),
    ],
)
def test_the_host_that_the_registry_leads_to_is_listed(status: int, location: str, hosts: list[str]) -> None:
    url = "https://registry.example.com/v2/"
    headers = (("Location", location),)
    exchange = Exchange("10.0.10.20", 443, "GET", url, Outcome.OK, status=status, headers=headers)
    answers = (AddressPing("10.0.10.20", Outcome.OK, exchange), AddressPing("10.0.11.20", Outcome.REFUSED))
    facts: Facts = {Registry: Registry("registry.example.com", 443), Ping: Ping(SEEN, answers, "outside")}

    report = judge(Plan([], [], []), Observation(TARGET, (), (Observed("one", facts),)))

    assert [host.name for host in report.hosts] == hosts

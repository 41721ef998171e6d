"""The names of token and layer hosts, judged from evidence."""

from dataclasses import replace

from pullcheck.evidence.branches import Branch, Ending
from pullcheck.evidence.destinations import VpcResolver
from pullcheck.evidence.dns import ForwardRules, HostedZone, PrivateZones
from pullcheck.evidence.names import NamedAddress, Provenance
from pullcheck.evidence.pull_hosts import HostAddresses, PullHost, PullHostAddresses
from pullcheck.evidence.vpc import DnsAttributes, NameServers
from pullcheck.missing import Unavailable
from pullcheck.verdict import Status, Verdict
from pullcheck_checks.dns.pull_hosts import hosts_resolve

NAME = "layers.example.com"
HOST = PullHost(NAME, 443, "redirect target")
RESOLVER = VpcResolver(
    DnsAttributes("vpc-1", True, True),
    NameServers("vpc-1", "dopt-1", ("AmazonProvidedDNS",)),
    PrivateZones("vpc-1", "us-east-1", (HostedZone("Z1", "example.com", "123456789012"),)),
    ForwardRules("vpc-1", ()),
)
FOUND = HostAddresses(
    HOST,
    (NamedAddress("10.0.10.30", Provenance.PRIVATE_ZONE, "Z1"),),
    branches=(Branch(Ending.ADDRESS, NAME, "Z1", "example.com", "10.0.10.30"),),
)
DENIED = HostAddresses(
    HOST,
    absent=Unavailable("the zone says no", "mend it", "dns.pull-hosts"),
    branches=(Branch(Ending.NO_NAME, NAME, "Z1", "example.com", f"private zone Z1 has no record for {NAME}"),),
)


def judge(one: HostAddresses, resolver: VpcResolver | Unavailable = RESOLVER) -> Verdict:
    [verdict] = hosts_resolve(PullHostAddresses((one,)), resolver)
    return verdict


def test_a_record_passes_with_the_way_of_the_name() -> None:
    verdict = judge(FOUND)

    assert verdict.status is Status.PASS
    assert "10.0.10.30" in verdict.because
    assert [hop.kind for hop in verdict.path] == ["dhcp-options", "vpc", "private-zone"]


def test_a_zone_without_the_record_fails_and_says_which_it_lacks() -> None:
    verdict = judge(DENIED)

    assert verdict.cause
    assert verdict.cause.id == "dns.pull-host-not-answered"
    assert verdict.fix
    assert "Z1" in verdict.fix.summary


def test_where_zones_do_not_count_it_is_unknown() -> None:
    other = replace(RESOLVER, servers=NameServers("vpc-1", "dopt-1", ("10.9.0.2",)))

    assert judge(DENIED, other).status is Status.UNKNOWN
    assert judge(DENIED, Unavailable("nobody may read it")).status is Status.UNKNOWN


def test_s3_and_addresses_need_no_record() -> None:
    s3 = HostAddresses(HOST, s3_region="us-east-1", branches=(Branch(Ending.PUBLIC, NAME),))
    written = HostAddresses(PullHost("10.0.10.30", 443, "redirect target"))

    assert judge(s3).status is Status.PASS
    assert judge(written).status is Status.NOT_APPLICABLE

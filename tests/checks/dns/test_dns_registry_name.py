"""The registry's name in the model's VPC, judged from evidence."""

import json
import shlex
from dataclasses import dataclass, replace
from typing import Any

from pullcheck.engine import Observed, Plan
from pullcheck.evidence.branches import Branch, Ending
from pullcheck.evidence.dns import (
    HostedZone,
    PrivateZones,
    RegistryAnswer,
    RegistryLookup,
    ZoneElsewhere,
    ZonesElsewhere,
)
from pullcheck.evidence.names import NamedAddress, Provenance, RegistryAddresses, RegistryRecords
from pullcheck.evidence.placement import Registry
from pullcheck.evidence.vpc import DnsAttributes, NameServers
from pullcheck.missing import Unavailable
from pullcheck.vantage import Resolution
from pullcheck.verdict import Severity, Status, Verdict
from pullcheck_checks.dns.registry_name import resolves_in_the_vpc

HOST = "registry.example.com"
ZONE = HostedZone("Z1", "example.com", "123456789012")
IN_ZONE = NamedAddress("10.0.10.20", Provenance.PRIVATE_ZONE, "Z1")
NOBODY = Unavailable("nobody looked", "run with --vantage inside")
LOST = Unavailable("the zone says no", "name the address", "dns.registry-name")


@dataclass(frozen=True)
class Seen:
    """The check's arguments."""

    registry: Registry
    addresses: RegistryAddresses | Unavailable
    records: RegistryRecords | Unavailable
    lookup: RegistryLookup | Unavailable
    attributes: DnsAttributes | Unavailable
    servers: NameServers | Unavailable
    zones: PrivateZones | Unavailable
    elsewhere: ZonesElsewhere | Unavailable
    live: RegistryAnswer | Unavailable


GOOD = Seen(
    registry=Registry(HOST, 443),
    addresses=RegistryAddresses(HOST, 443, (IN_ZONE,)),
    records=RegistryRecords((IN_ZONE,)),
    lookup=RegistryLookup(HOST, (Branch(Ending.ADDRESS, HOST, "Z1", "example.com", "10.0.10.20"),)),
    attributes=DnsAttributes("vpc-1", True, True),
    servers=NameServers("vpc-1", "dopt-1", ("AmazonProvidedDNS",)),
    zones=PrivateZones("vpc-1", "us-east-1", (ZONE,)),
    elsewhere=ZonesElsewhere(()),
    live=NOBODY,
)


def judge(seen: Seen) -> list[Verdict]:
    return list(resolves_in_the_vpc(**vars(seen)))


def lost(*branches: Branch, **changes: Any) -> Seen:
    return replace(GOOD, addresses=LOST, records=LOST, lookup=RegistryLookup(HOST, branches), **changes)


def asked(*addresses: str, by: str = "inside", no_such_name: bool = False, name: str = HOST) -> RegistryAnswer:
    return RegistryAnswer(by, (Resolution(name, addresses, None if addresses else "no", no_such_name),))


def cause(verdict: Verdict) -> str | None:
    return verdict.cause.id if verdict.cause else None


def test_a_record_in_a_private_zone_passes_with_address_and_zone() -> None:
    [verdict] = judge(GOOD)

    assert verdict.status is Status.PASS
    assert "10.0.10.20" in verdict.because
    assert "Z1" in verdict.because


def test_an_address_in_the_image_needs_no_name() -> None:
    [verdict] = judge(replace(GOOD, registry=Registry("10.0.10.20", 443)))

    assert verdict.status is Status.NOT_APPLICABLE


def test_a_lookup_inside_that_agrees_passes() -> None:
    [verdict] = judge(replace(GOOD, live=asked("10.0.10.20")))

    assert verdict.status is Status.PASS
    assert "inside" in verdict.because


def test_a_lookup_inside_settles_what_aws_cannot_show() -> None:
    servers = NameServers("vpc-1", "dopt-1", ("10.9.0.2",))

    [verdict] = judge(lost(servers=servers, live=asked("10.0.10.20")))

    assert verdict.status is Status.PASS


def test_a_lookup_inside_with_another_address_warns() -> None:
    [verdict] = judge(replace(GOOD, live=asked("10.0.10.21")))

    assert verdict.status is Status.FAIL
    assert verdict.severity is Severity.WARNING
    assert cause(verdict) == "dns.answers-differ"
    assert "10.0.10.20" in verdict.because
    assert "10.0.10.21" in verdict.because


def test_a_lookup_inside_that_denies_what_the_zone_says_is_a_doubt() -> None:
    [verdict] = judge(replace(GOOD, live=asked(no_such_name=True)))

    assert verdict.status is Status.UNKNOWN


def test_a_lookup_inside_that_had_no_answer_says_nothing() -> None:
    [verdict] = judge(replace(GOOD, live=asked()))

    assert verdict.status is Status.PASS


def test_a_name_that_other_servers_do_not_know_fails() -> None:
    servers = NameServers("vpc-1", "dopt-1", ("10.9.0.2",))

    [verdict] = judge(lost(servers=servers, live=asked(no_such_name=True)))

    assert verdict.status is Status.FAIL
    assert cause(verdict) == "dns.dhcp-custom-servers"
    assert "10.9.0.2" in verdict.because


def test_other_servers_and_nobody_inside_is_unknown() -> None:
    servers = NameServers("vpc-1", "dopt-1", ("10.9.0.2",))

    [verdict] = judge(lost(servers=servers))

    assert verdict.status is Status.UNKNOWN
    assert cause(verdict) == "dns.dhcp-custom-servers"


def test_a_vpc_without_resolver_fails_and_says_how_to_turn_it_on() -> None:
    seen = replace(GOOD, addresses=LOST, records=LOST, attributes=DnsAttributes("vpc-1", False, False))

    [verdict] = judge(seen)

    assert verdict.status is Status.FAIL
    assert cause(verdict) == "dns.support-disabled"
    assert verdict.fix
    assert verdict.fix.commands == (
        "aws ec2 modify-vpc-attribute --vpc-id vpc-1 --enable-dns-support",
        "aws ec2 modify-vpc-attribute --vpc-id vpc-1 --enable-dns-hostnames",
    )


def test_a_private_zone_needs_dns_hostnames() -> None:
    seen = replace(GOOD, addresses=LOST, records=LOST, attributes=DnsAttributes("vpc-1", True, False))

    [verdict] = judge(seen)

    assert cause(verdict) == "dns.hostnames-disabled"
    assert verdict.fix
    assert verdict.fix.commands == ("aws ec2 modify-vpc-attribute --vpc-id vpc-1 --enable-dns-hostnames",)


def test_a_public_name_does_not_need_dns_hostnames() -> None:
    public = NamedAddress("93.184.216.34", Provenance.LIVE, "outside")
    seen = replace(
        GOOD,
        addresses=RegistryAddresses(HOST, 443, (public,), "outside"),
        records=RegistryRecords((public,)),
        lookup=RegistryLookup(HOST, (Branch(Ending.PUBLIC, HOST),)),
        attributes=DnsAttributes("vpc-1", True, False),
    )

    [verdict] = judge(seen)

    assert verdict.status is Status.PASS
    assert "public DNS" in verdict.because


def test_a_zone_without_the_record_fails_and_has_a_command_only_for_a_known_address() -> None:
    dead_end = Branch(Ending.NO_NAME, HOST, "Z1", "example.com", "zone Z1 has no record")

    [without] = judge(lost(dead_end))
    [public] = judge(lost(dead_end, live=asked("93.184.216.34", by="outside")))

    assert cause(without) == cause(public) == "dns.zone-shadows-public-name"
    assert without.fix
    assert without.fix.commands == ()
    assert public.fix
    words = shlex.split(public.fix.commands[0])
    [change] = json.loads(words[words.index("--change-batch") + 1])["Changes"]
    assert change["ResourceRecordSet"]["ResourceRecords"] == [{"Value": "93.184.216.34"}]
    assert words[words.index("--hosted-zone-id") + 1] == "Z1"


def test_the_record_is_copied_from_the_zone_that_is_not_asked() -> None:
    dead_end = Branch(Ending.NO_NAME, HOST, "Z2", HOST, "zone Z2 has no record")
    hidden = Branch(Ending.ADDRESS, HOST, "Z1", "example.com", "10.0.10.20")
    seen = replace(lost(), lookup=RegistryLookup(HOST, (dead_end,), (hidden,)))

    [verdict] = judge(seen)

    assert cause(verdict) == "dns.more-specific-zone-wins"
    assert verdict.fix
    assert "10.0.10.20" in verdict.fix.commands[0]
    assert "--hosted-zone-id Z2" in verdict.fix.commands[0]


def test_a_chain_that_ends_nowhere_gives_the_share() -> None:
    trail = (f"{HOST} CNAME gone.example.com in Z1",)
    dead_end = Branch(Ending.NO_NAME, "gone.example.com", "Z1", "example.com", "zone Z1 has no record", trail)
    good = Branch(Ending.ADDRESS, HOST, "Z1", "example.com", "10.0.10.20")

    [verdict] = judge(replace(GOOD, lookup=RegistryLookup(HOST, (good, dead_end))))

    assert cause(verdict) == "dns.cname-target-unresolvable"
    assert "1 of 2" in verdict.because


def test_ipv6_alone_fails() -> None:
    only = NamedAddress("fd00::1", Provenance.PRIVATE_ZONE, "Z1")

    [verdict] = judge(replace(GOOD, addresses=RegistryAddresses(HOST, 443, (only,)), records=RegistryRecords((only,))))

    assert cause(verdict) == "dns.aaaa-only"


def unassociated(live: RegistryAnswer | Unavailable) -> Seen:
    elsewhere = ZonesElsewhere((ZoneElsewhere(ZONE, ("10.0.10.20",)),))
    return lost(Branch(Ending.PUBLIC, HOST), elsewhere=elsewhere, live=live)


def test_a_zone_that_is_not_associated_fails_once_public_dns_has_no_such_name() -> None:
    [verdict] = judge(unassociated(asked(by="outside", no_such_name=True)))

    assert verdict.status is Status.FAIL
    assert cause(verdict) == "dns.zone-not-associated"
    assert verdict.fix
    command = "aws route53 associate-vpc-with-hosted-zone --hosted-zone-id Z1 --vpc VPCRegion=us-east-1,VPCId=vpc-1"
    assert verdict.fix.commands == (command,)


def test_a_zone_that_is_not_associated_is_a_doubt_while_nobody_asked_public_dns() -> None:
    [verdict] = judge(unassociated(NOBODY))

    assert verdict.status is Status.UNKNOWN
    assert cause(verdict) == "dns.zone-not-associated"
    assert "Z1" in verdict.because


def test_a_public_answer_beside_a_private_zone_elsewhere_warns() -> None:
    public = NamedAddress("93.184.216.34", Provenance.LIVE, "outside")
    seen = replace(
        unassociated(asked("93.184.216.34", by="outside")), addresses=RegistryAddresses(HOST, 443, (public,))
    )

    warning, passing = judge(seen)

    assert cause(warning) == "dns.split-horizon-public-address"
    assert warning.severity is Severity.WARNING
    assert passing.status is Status.PASS


def test_the_option_passes_and_is_compared_with_the_zone() -> None:
    option = NamedAddress("10.7.0.1", Provenance.OPTION, "--registry-address")
    given = RegistryAddresses(HOST, 443, (option,))

    [alone] = judge(replace(GOOD, addresses=given, records=LOST, lookup=LOST))
    [compared] = judge(replace(GOOD, addresses=given))

    assert alone.status is Status.PASS
    assert "--registry-address" in alone.because
    assert cause(compared) == "dns.answers-differ"


def test_what_could_not_be_read_is_named() -> None:
    denied = Unavailable("route53:ListHostedZonesByVPC was denied", "allow it")

    [verdict] = judge(replace(GOOD, addresses=denied, records=denied, lookup=denied, zones=denied))

    assert verdict.status is Status.UNKNOWN
    assert "ListHostedZonesByVPC" in verdict.because


def test_without_credentials_for_aws_the_reason_is_given() -> None:
    plan = Plan((resolves_in_the_vpc,), (), [need.evidence for need in resolves_in_the_vpc.needs])
    absent = Unavailable("no AWS credentials", "give some")
    facts = {need.evidence: absent for need in resolves_in_the_vpc.needs}

    [answer] = plan.judge([Observed("pull", {**facts, Registry: GOOD.registry})])

    assert answer.verdict.status is Status.UNKNOWN
    assert "no AWS credentials" in answer.verdict.because


def test_a_pass_tells_the_way_of_the_name_and_what_was_not_asked() -> None:
    wide = HostedZone("Z2", "com", "")
    [verdict] = judge(replace(GOOD, zones=PrivateZones("vpc-1", "us-east-1", (ZONE, wide))))

    assert [hop.kind for hop in verdict.path] == ["dhcp-options", "vpc", "private-zone"]
    assert verdict.path[-1].rule == (
        f"example.com: {HOST} is 10.0.10.20; asked before Z2 (com), whose name matches less of it"
    )


def test_each_record_of_a_chain_is_a_hop() -> None:
    steps = (f"{HOST} CNAME lb.example.com in Z1",)
    branch = Branch(Ending.ADDRESS, "lb.example.com", "Z1", "example.com", "10.0.10.20", steps)
    [verdict] = judge(replace(GOOD, lookup=RegistryLookup(HOST, (branch,))))

    assert verdict.path[-2].rule == f"{HOST} CNAME lb.example.com"
    assert verdict.path[-2].resource == verdict.path[-1].resource == "Z1"


def test_what_route_53_chooses_among_is_remarked() -> None:
    ways = ("failover PRIMARY, health check hc-1", "failover SECONDARY")
    branches = tuple(
        Branch(Ending.ADDRESS, HOST, "Z1", "example.com", f"10.0.10.2{n}", choice=way) for n, way in enumerate(ways)
    )
    [verdict] = judge(replace(GOOD, lookup=RegistryLookup(HOST, branches)))

    assert verdict.status is Status.PASS
    assert "10.0.10.20 (failover PRIMARY, health check hc-1), 10.0.10.21 (failover SECONDARY)" in verdict.because


def test_profiles_that_may_not_be_seen_are_remarked_and_no_more() -> None:
    zones = PrivateZones("vpc-1", "us-east-1", (ZONE,), "whether a profile adds zones was not seen: denied")
    [verdict] = judge(replace(GOOD, zones=zones))

    assert verdict.status is Status.PASS
    assert verdict.because.endswith("was not seen: denied")


def test_a_name_of_one_label_relies_on_a_search_domain() -> None:
    [verdict] = judge(replace(lost(Branch(Ending.PUBLIC, "registry")), registry=Registry("registry", 443)))

    assert verdict.status is Status.UNKNOWN
    assert cause(verdict) == "dns.search-domain-reliance"


def test_a_zone_behind_the_same_transit_gateway_is_named_so() -> None:
    joined = "tgw-1 joins it with vpc-2, which uses the zone"
    elsewhere = ZonesElsewhere((ZoneElsewhere(ZONE, ("10.0.10.20",), joined),))
    public = (Branch(Ending.PUBLIC, HOST),)
    nothing = {"zones": PrivateZones("vpc-1", "us-east-1", ()), "elsewhere": elsewhere}

    [doubt] = judge(lost(*public, **nothing))
    [sure] = judge(lost(*public, **nothing, live=asked(by="outside", no_such_name=True)))

    assert (doubt.status, sure.status) == (Status.UNKNOWN, Status.FAIL)
    assert cause(doubt) == cause(sure) == "dns.tgw-no-phz"
    assert joined in doubt.because
    assert joined in sure.because

"""The whole set of changes that opens a path: enough, none too many, and none against another."""

import shlex
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from network_world import HEALTHY, LOCAL, OPEN, VPC, allow, changed, to_cidr, with_acl, with_group, with_routes
from test_network_properties import DESTINATIONS, acls, many, networks, run

from network_hcl import parsed
from pullcheck import Fix
from pullcheck.evidence.network import NatGateways, NetworkEvidence
from pullcheck.evidence.network_rows import AclEntry, NetworkAcl, Route, RouteTable
from pullcheck_checks.network.fixes.fix import fix_for
from pullcheck_checks.network.fixes.opening import opening
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import Destination, Source
from pullcheck_checks.network.paths.walk import Walk, walk

SOURCES = [Source("subnet-a", ("sg-model",)), Source("subnet-b", ("sg-model",))]
REGISTRY, OUTSIDE = DESTINATIONS


def go(evidence: NetworkEvidence, source: Source, there: Destination) -> Walk:
    return walk(Index(evidence), source, there)


def commands(changes: tuple[Fix, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(command for change in changes for command in change.commands))


@st.composite
def uneven(draw: st.DrawFn) -> NetworkEvidence:
    """Networks whose second model subnet has an ACL and a route table of its own."""
    evidence = draw(networks())
    table = changed(evidence.acls, "acl-model", subnet_ids=("subnet-a",))
    apart = type(table)((*table.rows, NetworkAcl("acl-b", VPC, False, ("subnet-b",), draw(acls))))
    routes = changed(evidence.route_tables, "rtb-model", subnet_ids=("subnet-a",))
    own = RouteTable("rtb-b", VPC, False, ("subnet-b",), (), (LOCAL, Route("0.0.0.0/0", draw(targets), draw(states))))
    return replace(evidence, acls=apart, route_tables=type(routes)((*routes.rows, own)))


targets = st.sampled_from(["nat-1", "igw-1"])
states = st.sampled_from(["active", "blackhole"])


@many
@given(uneven(), st.sampled_from(DESTINATIONS), st.sampled_from(SOURCES))
def test_the_set_opens_the_path_and_leaves_nothing_out(
    evidence: NetworkEvidence, there: Destination, source: Source
) -> None:
    found = opening(Index(evidence), source, there)
    if not found:
        return

    assert not go(run(evidence, commands(found)), source, there).blockers
    for change in found:
        without = tuple(other for other in found if other is not change)
        assert _is_blocked(evidence, commands(without), source, there), change


def _is_blocked(evidence: NetworkEvidence, lines: tuple[str, ...], source: Source, there: Destination) -> bool:
    """A command that AWS would not take opens nothing either."""
    try:
        return bool(go(run(evidence, lines), source, there).blockers)
    except AssertionError:
        return True


@many
@given(uneven())
def test_the_sets_of_all_paths_can_be_run_together(evidence: NetworkEvidence) -> None:
    index = Index(evidence)
    sets = {(source, there): opening(index, source, there) for source in SOURCES for there in DESTINATIONS}
    after = run(evidence, commands(tuple(change for changes in sets.values() for change in changes)))

    for (source, there), changes in sets.items():
        assert not changes or not go(after, source, there).blockers


@many
@given(uneven())
def test_what_is_printed_is_narrow_numbered_and_valid(evidence: NetworkEvidence) -> None:
    index = Index(evidence)
    fixes = [
        fix
        for source in SOURCES
        for there in DESTINATIONS
        for fix in (
            *(fix_for(index, source, there, step) for step in walk(index, source, there).blockers),
            *opening(index, source, there),
        )
    ]
    lines = commands(tuple(fixes))
    entries = [line.split(" --protocol")[0] for line in lines if "create-network-acl-entry" in line]

    assert len(entries) == len(set(entries))
    for line in lines:
        words = shlex.split(line)
        number = int(words[words.index("--rule-number") + 1]) if "--rule-number" in words else 1
        assert 1 <= number <= 32766
        assert "ingress" not in line or "0.0.0.0/0" not in line or _is_moved(evidence, words), line
    for fix in fixes:
        for kind, _, arguments in parsed(fix.terraform):
            assert kind.startswith("aws_")
            assert arguments


def _is_moved(evidence: NetworkEvidence, words: list[str]) -> bool:
    """An entry that was there before, for whatever range, and has another number now."""
    [acl] = [row for row in evidence.acls.rows if row.id == words[words.index("--network-acl-id") + 1]]  # type: ignore[union-attr]
    return any(entry.cidr == "0.0.0.0/0" and not entry.egress for entry in acl.entries)


def test_one_blocker_needs_its_own_fix_alone() -> None:
    evidence = with_group("sg-reg", ingress=())
    index = Index(evidence)
    [step] = walk(index, SOURCES[0], REGISTRY).blockers

    assert opening(index, SOURCES[0], REGISTRY) == (fix_for(index, SOURCES[0], REGISTRY, step),)


def test_an_open_path_needs_nothing() -> None:
    assert opening(Index(HEALTHY), SOURCES[0], REGISTRY) == ()


def test_several_blockers_need_a_change_each_and_each_fix_says_what_is_left() -> None:
    evidence = with_acl("acl-model", OPEN[1:], with_group("sg-model", egress=()))
    index = Index(evidence)
    fixes = [fix_for(index, SOURCES[0], REGISTRY, step) for step in walk(index, SOURCES[0], REGISTRY).blockers]

    assert [fix.summary.partition("; after that ")[2] for fix in fixes] == [
        "acl-model (egress) would still be in the way",
        "sg-model would still be in the way",
    ]
    assert commands(opening(index, SOURCES[0], REGISTRY)) == commands(tuple(fixes))


def test_a_place_that_only_shows_when_another_is_mended_is_in_the_set() -> None:
    """The way out of the NAT gateway's subnet is seen once the model's route leads to it."""
    evidence = with_acl("acl-default", (), with_routes("rtb-model"))
    [first, *others] = opening(Index(evidence), SOURCES[0], OUTSIDE)

    assert "--nat-gateway-id nat-1" in first.commands[0]
    assert [other.commands[0].split()[4:6] for other in others]
    assert not go(run(evidence, commands((first, *others))), SOURCES[0], OUTSIDE).blockers


def test_where_one_place_has_no_command_there_is_no_set() -> None:
    evidence = with_routes("rtb-model", evidence=replace(with_group("sg-model", egress=()), nat_gateways=EMPTY))

    assert opening(Index(evidence), SOURCES[0], OUTSIDE) == ()


EMPTY = NatGateways(())


def test_the_subnets_share_what_they_both_need() -> None:
    index = Index(with_acl("acl-reg", (), with_group("sg-model", egress=())))
    first, second = (opening(index, source, REGISTRY) for source in SOURCES)

    assert set(commands(first)) & set(commands(second)) == {commands(first)[0]}
    assert len(commands(first + second)) == 5


def test_a_full_acl_is_said_with_the_fix() -> None:
    full = tuple(allow(number, egress=True, cidr=f"10.9.{number}.0/24") for number in range(1, 20))
    evidence = with_acl("acl-model", (*full, OPEN[1]))
    [fix] = opening(Index(evidence), SOURCES[0], REGISTRY)

    assert fix.summary.endswith("; acl-model has 20 egress rules already, and AWS allows 20 unless that is raised")


def test_a_full_group_is_said_with_the_fix() -> None:
    evidence = with_group("sg-reg", ingress=(to_cidr(*(f"10.9.{number}.0/24" for number in range(60))),))
    [fix] = opening(Index(evidence), SOURCES[0], REGISTRY)

    assert fix.summary.endswith("; sg-reg has 60 ingress rules already, and AWS allows 60 unless that is raised")


def test_another_accounts_group_is_said_with_the_fix() -> None:
    [fix] = opening(Index(with_group("sg-reg", ingress=(), owner="210987654321")), SOURCES[0], REGISTRY)

    assert fix.account == "210987654321"
    assert fix.summary == "allow tcp 443 from 10.0.1.0/24 in sg-reg, in account 210987654321, which owns sg-reg"


def test_a_shared_subnets_acl_is_its_owners() -> None:
    subnets = HEALTHY.subnets
    for row in subnets.rows:  # type: ignore[union-attr]
        subnets = changed(subnets, row.id, owner="210987654321")
    evidence = with_acl("acl-model", OPEN[1:], replace(HEALTHY, subnets=subnets))
    [fix] = opening(Index(evidence), SOURCES[0], REGISTRY)
    [at_home] = opening(Index(evidence), replace(SOURCES[0], account="210987654321"), REGISTRY)

    assert fix.account == "210987654321"
    assert "which owns acl-model" in fix.summary
    assert at_home.account is None


def test_room_that_one_path_made_is_not_made_again_for_the_next() -> None:
    deny = AclEntry(1, True, False, "6", "10.0.0.0/8", None, 443, 443)
    evidence = with_acl("acl-model", (deny, *OPEN))
    index = Index(evidence)
    other = Destination("10.0.1.77", "10.0.1.77", 443)
    sets = opening(index, SOURCES[1], REGISTRY) + opening(index, SOURCES[1], other)
    after = run(evidence, commands(sets))

    assert not go(after, SOURCES[1], REGISTRY).blockers
    assert not go(after, SOURCES[1], other).blockers

"""What holds for every network: more rules never break a path, order says nothing, a printed fix heals."""

import json
import shlex
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from network_world import HEALTHY, LOCAL, changed, to_cidr, to_group

from pullcheck import Status
from pullcheck.evidence.network import NatGateways, NetworkEvidence
from pullcheck.evidence.network_rows import AclEntry, GroupRule, Route
from pullcheck_checks.network.fixes.changes import AddAclEntry, AllowInGroup
from pullcheck_checks.network.fixes.fix import fix_for
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import Destination, Source
from pullcheck_checks.network.paths.walk import Walk, walk

DESTINATIONS = [Destination("10.0.10.20", "10.0.10.20", 443), Destination("8.8.8.8", "8.8.8.8", 443)]
SOURCE = Source("subnet-a", ("sg-model",))

cidrs = st.sampled_from(["0.0.0.0/0", "10.0.0.0/16", "10.0.1.0/24", "10.0.1.0/25", "10.0.10.20/32", "8.8.8.8/32"])
ports = st.sampled_from([(443, 443), (0, 65535), (1024, 65535), (32768, 60999), (49152, 65535), (400, 500), (80, 80)])
group_rules = st.one_of(
    st.builds(lambda cidr, span: GroupRule("tcp", span[0], span[1], cidrs=(cidr,)), cidrs, ports),
    st.sampled_from(
        [to_group("sg-reg"), to_group("sg-model"), to_cidr("0.0.0.0/0"), GroupRule("-1", cidrs=("10.0.0.0/8",))]
    ),
)
acl_entries = st.builds(
    lambda number, egress, permit, cidr, span: AclEntry(number, egress, permit, "6", cidr, None, *span),
    st.integers(1, 12),
    st.booleans(),
    st.sampled_from([True, True, False]),
    cidrs,
    ports,
)
acls = st.lists(acl_entries, max_size=6, unique_by=lambda entry: (entry.number, entry.egress)).map(tuple)
routes = st.lists(
    st.builds(
        Route,
        st.sampled_from(["0.0.0.0/0", "10.0.10.0/24", "8.8.8.0/24", "10.0.1.0/24"]),
        st.sampled_from(["nat-1", "igw-1", "pcx-1", "eni-1"]),
        st.sampled_from(["active", "active", "blackhole"]),
    ),
    max_size=2,
    unique_by=lambda route: route.destination,
).map(lambda found: (LOCAL, *found))


@st.composite
def networks(draw: st.DrawFn) -> NetworkEvidence:
    """The healthy network with some of its tables drawn anew."""
    evidence = HEALTHY
    for name in draw(st.sets(st.sampled_from(["acl-model", "acl-reg", "acl-default"]), max_size=2)):
        evidence = replace(evidence, acls=changed(evidence.acls, name, entries=draw(acls)))
    if draw(st.booleans()):
        table = changed(evidence.groups, "sg-model", egress=tuple(draw(st.lists(group_rules, max_size=2))))
        evidence = replace(
            evidence, groups=changed(table, "sg-reg", ingress=tuple(draw(st.lists(group_rules, max_size=2))))
        )
    if draw(st.booleans()):
        evidence = replace(evidence, route_tables=changed(evidence.route_tables, "rtb-model", routes=draw(routes)))
    if draw(st.booleans()):
        evidence = replace(evidence, nat_gateways=NatGateways(()))
    return evidence


def go(evidence: NetworkEvidence, there: Destination) -> Walk:
    return walk(Index(evidence), SOURCE, there)


many = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@many
@given(networks(), st.sampled_from(DESTINATIONS), group_rules, st.sampled_from(["sg-model", "sg-reg"]), st.booleans())
def test_another_group_rule_never_breaks_a_path(
    evidence: NetworkEvidence, there: Destination, rule: GroupRule, group: str, egress: bool
) -> None:
    more = AllowInGroup(group, egress, rule).apply(evidence)

    assert go(evidence, there).verdict is not Status.PASS or go(more, there).verdict is Status.PASS
    assert len(go(more, there).blockers) <= len(go(evidence, there).blockers)


@many
@given(
    networks(), st.sampled_from(DESTINATIONS), st.sampled_from(["acl-model", "acl-reg"]), cidrs, ports, st.booleans()
)
def test_another_acl_entry_that_allows_never_breaks_a_path(
    evidence: NetworkEvidence, there: Destination, name: str, cidr: str, span: tuple[int, int], egress: bool
) -> None:
    more = AddAclEntry(name, AclEntry(20000, egress, True, "6", cidr, None, *span)).apply(evidence)

    assert go(evidence, there).verdict is not Status.PASS or go(more, there).verdict is Status.PASS


@many
@given(networks(), st.sampled_from(DESTINATIONS))
def test_the_order_of_aws_answers_says_nothing(evidence: NetworkEvidence, there: Destination) -> None:
    def backwards(table: Any) -> Any:
        rows = getattr(table, "rows", None)
        return table if rows is None else type(table)(tuple(_inner_backwards(row) for row in reversed(rows)))

    turned = NetworkEvidence(**{name: backwards(table) for name, table in vars(evidence).items()})

    assert [step.place for step in go(turned, there).blockers] == [step.place for step in go(evidence, there).blockers]
    assert go(turned, there).verdict is go(evidence, there).verdict


def _inner_backwards(row: Any) -> Any:
    lists = {name: value[::-1] for name, value in vars(row).items() if isinstance(value, tuple)}
    return replace(row, **lists)


@many
@given(networks(), st.sampled_from(DESTINATIONS))
def test_a_printed_fix_heals_what_it_is_for(evidence: NetworkEvidence, there: Destination) -> None:
    index = Index(evidence)
    for blocker in walk(index, SOURCE, there).blockers:
        fix = fix_for(index, SOURCE, there, blocker)
        healed = run(evidence, fix.commands)

        assert "0.0.0.0/0" not in "".join(fix.commands[-1:])
        assert not fix.commands or not any(
            (step.place, step.hop.direction, step.egress) == (blocker.place, blocker.hop.direction, blocker.egress)
            for step in walk(Index(healed), SOURCE, there).blockers
        )
        if blocker.hop.kind in ("security-group", "network-acl"):
            assert fix.commands


@many
@given(networks(), st.sampled_from(DESTINATIONS))
def test_all_fixes_together_open_the_path(evidence: NetworkEvidence, there: Destination) -> None:
    for _ in range(12):
        index = Index(evidence)
        fixes = [fix_for(index, SOURCE, there, blocker) for blocker in walk(index, SOURCE, there).blockers]
        commands = next((fix.commands for fix in fixes if fix.commands), None)
        if commands is None:
            break
        evidence = run(evidence, commands)

    assert not any(fix.commands for fix in fixes)
    assert all(step.hop.kind not in ("security-group", "network-acl") for step in go(evidence, there).blockers)


def run(evidence: NetworkEvidence, commands: tuple[str, ...]) -> NetworkEvidence:
    """What the AWS CLI would do: an interpreter of the commands' text, apart from the code that made them."""
    for command in commands:
        words = shlex.split(command)
        options = {words[at]: words[at + 1] for at in range(len(words) - 1) if words[at].startswith("--")}
        evidence = _one(evidence, words[2], options, words)
    return evidence


def _one(evidence: NetworkEvidence, verb: str, options: dict[str, str], words: list[str]) -> NetworkEvidence:
    assert words[:2] == ["aws", "ec2"]
    if verb.startswith("authorize-security-group-"):
        return _authorize(evidence, verb.rpartition("-")[2], options)
    if verb.endswith("-network-acl-entry"):
        return _entry(evidence, verb, options, "--egress" in words)
    if verb.endswith("-route"):
        return _set_route(evidence, verb, options)
    raise AssertionError(verb)


def _authorize(evidence: NetworkEvidence, side: str, options: dict[str, str]) -> NetworkEvidence:
    name = options["--group-id"]
    described = {"GroupId": name, "IpPermissions": json.loads(options["--ip-permissions"])}
    added = NetworkEvidence.from_describe({"SecurityGroups": [described]}).groups.rows[0].ingress  # type: ignore[union-attr]
    [group] = [row for row in evidence.groups.rows if row.id == name]  # type: ignore[union-attr]
    return replace(evidence, groups=changed(evidence.groups, name, **{side: getattr(group, side) + added}))


def _entry(evidence: NetworkEvidence, verb: str, options: dict[str, str], egress: bool) -> NetworkEvidence:
    name, number = options["--network-acl-id"], int(options["--rule-number"])
    [acl] = [row for row in evidence.acls.rows if row.id == name]  # type: ignore[union-attr]
    others = tuple(entry for entry in acl.entries if (entry.number, entry.egress) != (number, egress))
    assert (len(others) == len(acl.entries)) == verb.startswith("create")
    if verb.startswith("delete"):
        return replace(evidence, acls=changed(evidence.acls, name, entries=others))
    first, last = (int(part.partition("=")[2]) for part in options["--port-range"].split(","))
    permit = options["--rule-action"] == "allow"
    entry = AclEntry(number, egress, permit, options["--protocol"], options["--cidr-block"], None, first, last)

    assert 0 < number < 32767
    return replace(evidence, acls=changed(evidence.acls, name, entries=(*others, entry)))


def _set_route(evidence: NetworkEvidence, verb: str, options: dict[str, str]) -> NetworkEvidence:
    name, destination = options["--route-table-id"], options["--destination-cidr-block"]
    [table] = [row for row in evidence.route_tables.rows if row.id == name]  # type: ignore[union-attr]
    others = tuple(route for route in table.routes if route.destination != destination)
    target = options.get("--nat-gateway-id") or options.get("--gateway-id")
    new = (Route(destination, target),) if target else ()

    assert (len(others) == len(table.routes)) == verb.startswith("create")
    return replace(evidence, route_tables=changed(evidence.route_tables, name, routes=others + new))

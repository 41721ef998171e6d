"""What holds for every network, whatever is broken in it, and whatever AWS answers about it."""

import json
import re
from copy import deepcopy
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from topologies import Row, Tables, Topology, entry, permission, route
from topology_breaks import FAMILIES, broken

from pullcheck import Status
from pullcheck.evidence.network import NetworkEvidence
from pullcheck_checks.network import Destination, Outcome, Source, Walk, walk
from pullcheck_checks.network.fixes.fix import left_after, mend
from pullcheck_checks.network.paths.index import Index

many = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
chances = st.randoms(use_true_random=False)
networks = st.builds(broken, st.sampled_from(FAMILIES), chances)
BETTER = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.FLAKY, Outcome.PASS)


def walks(topology: Topology, tables: Tables) -> list[Walk]:
    index = Index(NetworkEvidence.from_describe(tables))
    return [walk(index, flow.source, flow.destination) for flow in topology.flows]


def said(found: Walk) -> tuple[Any, ...]:
    blockers = sorted((step.kind, step.resource, step.direction, step.why) for step in found.blockers)
    return found.outcome, blockers, found.passing


def shuffled(value: Any, chance: Random) -> Any:
    if isinstance(value, dict):
        return {key: shuffled(part, chance) for key, part in value.items()}
    if isinstance(value, list):
        return [shuffled(part, chance) for part in chance.sample(value, len(value))]
    return value


@many
@given(networks, chances)
def test_the_order_of_rows_routes_rules_and_entries_says_nothing(topology: Topology, chance: Random) -> None:
    turned = shuffled(topology.tables, chance)

    assert list(map(said, walks(topology, turned))) == list(map(said, walks(topology, topology.tables)))


IDS = re.compile(r"\b(tgw-attach(?=-|\b)|(?:tgw-rtb|subnet|vpc|rtb|acl|sg|eni|pcx|tgw|nat|igw|pl)(?=-))[a-z0-9-]*")


@many
@given(networks, st.integers(0, 9))
def test_other_ids_change_nothing_but_the_ids(topology: Topology, salt: int) -> None:
    def renamed(text: str) -> str:
        return IDS.sub(lambda name: f"{name[1]}-{hash_of(name[0], salt)}", text)

    tables = json.loads(renamed(json.dumps(topology.tables)))
    index = Index(NetworkEvidence.from_describe(tables))
    for flow, before in zip(topology.flows, walks(topology, topology.tables), strict=True):
        source = Source(renamed(flow.source.subnet_id), tuple(map(renamed, flow.source.group_ids)))
        after = walk(index, source, flow.destination)

        assert after.passing == before.passing
        assert [(hop.kind, hop.verdict) for hop in after.hops] == [(hop.kind, hop.verdict) for hop in before.hops]
        assert [hop.resource for hop in after.hops] == [renamed(hop.resource) for hop in before.hops]


def hash_of(name: str, salt: int) -> str:
    return format(Random(f"{name}{salt}").getrandbits(32), "08x")


def more_permissions(tables: Tables, chance: Random) -> None:
    group = chance.choice(tables["SecurityGroups"])
    rule = permission(chance.choice((80, 443, 5000)), chance.choice(("0.0.0.0/0", "10.0.0.0/8", "8.8.8.20/32")))
    group[chance.choice(("IpPermissions", "IpPermissionsEgress"))].append(rule)


def more_entries(tables: Tables, chance: Random) -> None:
    acl = chance.choice(tables["NetworkAcls"])
    cidr, ports = chance.choice(("0.0.0.0/0", "10.0.0.0/9")), chance.choice((None, (443, 443), (1024, 65535)))
    acl["Entries"].append(entry(chance.choice((1, 32766)), egress=chance.random() < 0.5, cidr=cidr, ports=ports))


def more_list_entries(tables: Tables, chance: Random) -> None:
    chance.choice(tables["PrefixLists"])["Cidrs"].append("10.0.0.0/8")


def a_default_route(tables: Tables, chance: Random) -> None:
    """It decides where nothing else does."""
    routes = chance.choice(tables["RouteTables"])["Routes"]
    if all(one["DestinationCidrBlock"] != "0.0.0.0/0" for one in routes):
        routes.append(route("0.0.0.0/0", chance.choice(("nat-1", "tgw-1", "pcx-1"))))


@many
@pytest.mark.parametrize("grow", [more_permissions, more_entries, more_list_entries, a_default_route])
@given(topology=networks, chance=chances)
def test_what_is_allowed_besides_never_takes_a_way_away(grow: Any, topology: Topology, chance: Random) -> None:
    tables = deepcopy(topology.tables)
    grow(tables, chance)
    for before, after in zip(walks(topology, topology.tables), walks(topology, tables), strict=True):
        assert before.verdict is not Status.PASS or after.verdict is Status.PASS
        assert BETTER.index(after.outcome) >= BETTER.index(before.outcome)
        assert after.passing.share >= before.passing.share


@many
@given(networks)
def test_a_change_that_mends_mends_also_what_is_read_anew(topology: Topology) -> None:
    """What an index keeps over a change is what would be worked out from the changed network."""
    index = Index(NetworkEvidence.from_describe(topology.tables))
    for flow in topology.flows:
        for blocker in walk(index, flow.source, flow.destination).blockers:
            found = mend(index, flow.source, flow.destination, blocker)
            if found is None:
                assert blocker.kind not in ("security-group", "network-acl")
                continue
            evidence = index.evidence
            for change in found.changes:
                evidence = change.apply(evidence)
            again = walk(evidence, flow.source, flow.destination)

            assert again.blockers == left_after(index, flow.source, flow.destination, blocker, found)
            assert blocker not in again.steps
            assert again.passing.share >= walk(index, flow.source, flow.destination).passing.share


def odd(value: Any, chance: Random) -> Any:
    """The same with something in it missing, null, new, of another type, or leading elsewhere."""
    if isinstance(value, dict) and value:
        key = chance.choice(list(value))
        if chance.random() < 0.7:
            return value | {key: odd(value[key], chance)}
        return {name: part for name, part in value.items() if name != key} | chance.choice(NOVELTIES)
    if isinstance(value, list) and value:
        at = chance.randrange(len(value))
        return [*value[:at], odd(value[at], chance), *value[at + 1 :]]
    if isinstance(value, int) and chance.random() < 0.5:
        return str(value)
    return chance.choice(JUNK)


NOVELTIES: tuple[Row, ...] = ({}, {}, {"Novelty": [{"Of": "2031"}]}, {"WormholeGatewayId": "wormhole-1"})
NO_ROWS: tuple[Any, ...] = (None, [], [None], [{}], ["x"])
JUNK: tuple[Any, ...] = (
    None,
    "",
    0,
    -1,
    "x",
    "10.0.0.0/99",
    "999",
    True,
    [],
    {},
    [None],
    ["x"],
    [{}],
    {"x": 1},
    "wormhole-1",
    "active",
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(networks, chances, st.integers(1, 12))
def test_odd_answers_are_a_verdict_never_an_error(topology: Topology, chance: Random, count: int) -> None:
    tables = deepcopy(topology.tables)
    for _ in range(count):
        name = chance.choice(list(tables))
        tables[name] = odd(tables[name], chance) if tables[name] else chance.choice(NO_ROWS)
    if chance.random() < 0.3:
        tables.pop(chance.choice(list(tables)))
    for found in walks(topology, tables):
        assert found.outcome in Outcome
        assert 0 <= found.passing.share <= 1
        assert all(isinstance(hop.rule, str) for hop in found.hops)


@pytest.mark.parametrize("address", ["", "nonsense", "10.0.1.1/33", "::1", "10.0.0.0/40"])
def test_odd_questions_are_unknown(address: str) -> None:
    [flow, *_] = (topology := broken("samevpc", Random(1))).flows
    evidence = NetworkEvidence.from_describe(topology.tables)

    assert walk(evidence, flow.source, Destination.at(address, 443)).outcome is Outcome.UNKNOWN
    assert walk(evidence, Source("subnet-0", (), address or "x"), flow.destination).outcome is Outcome.UNKNOWN

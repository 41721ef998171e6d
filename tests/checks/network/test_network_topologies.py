"""Over a hundred networks of our own making: the walk finds what was broken in them, all of it, and nothing else."""

from random import Random

import pytest
from topologies import ALL_PORTS, Flow, Topology, healthy
from topology_breaks import FAMILIES, topologies

from pullcheck.evidence.network import NetworkEvidence
from pullcheck_checks.network import Walk, walk
from pullcheck_checks.network.paths.index import Index

BROKEN = topologies(120)


def walks(topology: Topology) -> list[tuple[Flow, Walk]]:
    index = Index(NetworkEvidence.from_describe(topology.tables))
    return [(flow, walk(index, flow.source, flow.destination)) for flow in topology.flows]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("seed", range(5))
def test_a_healthy_network_passes(family: str, seed: int) -> None:
    for _, found in walks(healthy(family, Random(seed))):
        assert found.outcome == "pass", found.steps
        assert found.passing.ports == ALL_PORTS
        assert found.passing.share == 1


@pytest.mark.parametrize("topology", BROKEN, ids=lambda one: f"{one.family}: {', '.join(one.broken)}")
def test_what_was_broken_is_found_and_nothing_else(topology: Topology) -> None:
    for flow, found in walks(topology):
        seen = {(step.kind, step.resource, step.direction.value) for step in found.blockers}

        assert seen == flow.blockers
        assert found.outcome == flow.outcome
        assert found.passing.ports == flow.ports
        assert found.passing.share == pytest.approx(float(flow.share))


def test_the_first_blocker_is_met_on_the_way_there_if_any_is() -> None:
    for flow, found in (pair for topology in BROKEN for pair in walks(topology)):
        first = found.first_blocker
        ways = {direction for _, _, direction in flow.blockers}

        assert (first is None) == (not flow.blockers)
        assert first is None or first.direction.value == min(ways)


def test_the_networks_tell_all_outcomes_apart() -> None:
    outcomes = [flow.outcome for topology in BROKEN for flow in topology.flows]

    assert all(len(topology.flows) >= 3 for topology in BROKEN)
    assert all(outcomes.count(outcome) > 100 for outcome in ("pass", "flaky", "fail"))

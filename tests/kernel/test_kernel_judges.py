"""The kernel as judge of the walk.

Nothing of tests/kernel mirrors a module. Here networks are built of Linux's own routes, bridges, connection tracking
and packet filters, from the same rows of EC2's describe calls that the walk reads (`cloud`), and real TCP connections
are tried through them. Whatever the kernel lets through the walk has to let through, and nothing else: for every
client address and port next to an edge that a rule has, from every model subnet, to every server.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from changing import Topology
from cloud import Cloud
from flows import Flow, listening, opened
from healthy import GOALS, MODEL_GROUPS, MODEL_SUBNETS, Goal, Tables, healthy
from kernel_cases import TOPOLOGIES

from pullcheck import Status
from pullcheck.evidence.network import NetworkEvidence
from pullcheck_checks.network.paths.journey import Destination, Source
from pullcheck_checks.network.paths.walk import Walk, walk

CLIENT_PORTS = range(1024, 65536)
PORTS = {1024, 20000, 32768, 40000, 49152, 60999, 65535}
PATIENCE, LONG_PATIENCE = 0.05, 2.0
"""Seconds. A dropped packet is never answered; who disagrees with the walk is asked again, with more time."""

pytestmark = pytest.mark.xdist_group("kernel")


@pytest.fixture(scope="module", autouse=True)
def kernel() -> None:
    """Networks can be built here."""
    try:
        Cloud(healthy(GOALS), {}, ()).plant.close()
    except (OSError, RuntimeError) as error:
        reason = f"no network of namespaces can be built here: {error}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.mark.parametrize("topology", TOPOLOGIES, ids=lambda one: one.name)
def test_the_walk_and_the_kernel_agree(topology: Topology) -> None:
    tables = topology.tables()
    clients = {name: addresses_in(tables, name) for name in MODEL_SUBNETS}
    flows = list(flows_of(clients, ports_in(tables), topology.goals))
    walks = Walks(tables)
    goal_ports = {goal.port for goal in topology.goals}
    expected = {flow for flow in flows if walks.lets_through(flow)}

    with closing(Cloud(tables, clients, MODEL_GROUPS).plant) as plant, listening(plant.spaces, goal_ports):
        found = opened(plant.spaces, flows, PATIENCE)
        found |= opened(plant.spaces, expected - found, LONG_PATIENCE)

    lost = {(flow.subnet, flow.goal) for flow in flows if flow not in found}
    verdicts = {(flow.subnet, flow.goal): walks.of(flow).verdict for flow in flows}

    assert lost == named(topology.cuts)
    assert found ^ expected == set()
    assert verdicts == {pair: Status.FAIL if pair in lost else Status.PASS for pair in verdicts}


class Walks:
    """The walks of a topology, each walked once."""

    def __init__(self, tables: Tables) -> None:
        self._evidence = NetworkEvidence.from_describe(tables)
        self._known: dict[tuple[str, str, int], Walk] = {}

    def of(self, flow: Flow) -> Walk:
        """From the flow's subnet to its server."""
        key = flow.subnet, flow.server, flow.server_port
        if key not in self._known:
            there = Destination(flow.server, flow.server, flow.server_port)
            self._known[key] = walk(self._evidence, Source(flow.subnet, MODEL_GROUPS), there)
        return self._known[key]

    def lets_through(self, flow: Flow) -> bool:
        """Whether it is among what passes; a NAT gateway keeps its port, which no other has at the same server."""
        passing, address = self.of(flow).passing, int(ip_address(flow.client))
        return any(low <= flow.client_port <= high for low, high in passing.relayed_ports) and any(
            low <= address <= high and first <= flow.client_port <= last for (low, high), (first, last) in passing.pairs
        )


def addresses_in(tables: Tables, subnet: str) -> list[str]:
    """Client addresses: the first, the last and one between that an interface can have, and those next to an edge."""
    [cidr] = [row["CidrBlock"] for row in tables["Subnets"] if row["SubnetId"] == subnet]
    network = ip_network(cidr)
    first, last = int(network[4]), int(network[-2])
    taken = {int(ip_address(value)) for key, value in leaves(tables) if key in ("PrivateIpAddress", "PrivateIp")}
    edges = {first, (first + last) // 2, last}
    for key, value in leaves(tables):
        if key in ("CidrBlock", "CidrIp", "Cidr", "DestinationCidrBlock"):
            one = ip_network(value)
            edges |= {int(one[0]) - 1, int(one[0]), int(one[-1]), int(one[-1]) + 1}
    return [str(ip_address(edge)) for edge in sorted(edges - taken) if first <= edge <= last]


def ports_in(tables: Tables) -> list[int]:
    """Client ports: those of different systems, and those next to an edge."""
    edges = {value + off for key, value in leaves(tables) if key in ("From", "To") for off in (-1, 0, 1)}
    return sorted(port for port in PORTS | edges if port in CLIENT_PORTS)


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every field of the tables, with its name."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, key)
    else:
        yield key, value


def flows_of(clients: Mapping[str, Sequence[str]], ports: Sequence[int], goals: Sequence[Goal]) -> Iterator[Flow]:
    everybody = [(subnet, address) for subnet, addresses in clients.items() for address in addresses]
    for at, (subnet, address) in enumerate(everybody):
        for goal in goals:
            server = goal.addresses[at if len(goal.addresses) > 1 else 0]
            yield from (Flow(subnet, address, port, goal.name, server, goal.port) for port in ports)


def named(cuts: str) -> set[tuple[str, str]]:
    """The pairs of model subnet and goal that a topology names."""
    words = [word.rpartition(">") for word in cuts.split()]
    return {(f"subnet-{one}", goal) for subnet, _, goal in words for one in subnet or "abc"}

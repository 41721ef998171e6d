"""Reads the network around the pull's other hosts and the VPC's name servers, as for a registry that stood there."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pullcheck.collect.aws import Aws
from pullcheck.collect.far import at, far_network, vpc_transit_gateways
from pullcheck.collect.network import destination_groups, destination_prefix_lists
from pullcheck.collect.places import HTTPS
from pullcheck.evidence.around import ForwardingNetwork, NameServerNetwork, PullHostNetwork
from pullcheck.evidence.names import NamedAddress, Provenance, RegistryAddresses
from pullcheck.evidence.network import Interfaces, NetworkEvidence
from pullcheck.evidence.pull_hosts import PullHostAddresses
from pullcheck.evidence.resolver import RulesInUse
from pullcheck.evidence.vpc import ModelVpc, NameServers
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.wiring import collector

NO_LAMBDA = NotApplicable("the way to the Lambda API is judged by itself")
READERS = (vpc_transit_gateways, far_network, destination_groups, destination_prefix_lists)
AROUND = dict.fromkeys(action for reader in READERS for action in reader.actions)


@collector(*AROUND)
def pull_host_network(
    found: PullHostAddresses,
    network: NetworkEvidence,
    interfaces: Interfaces,
    vpc: ModelVpc,
    registry: RegistryAddresses | Unavailable,
    aws: Aws,
) -> PullHostNetwork:
    """The network around the hosts' addresses. Nothing is read where there are none."""
    addresses = [named.address for host in found.hosts for named in host.addresses]
    known = {named.address for named in registry.addresses} if isinstance(registry, RegistryAddresses) else set()
    links = (one.id for one in at(interfaces.rows, known) if one.kind == "vpc_endpoint")
    return PullHostNetwork(_around(addresses, network, interfaces, vpc, aws), next(links, ""))


@collector(*AROUND)
def name_server_network(
    servers: NameServers, network: NetworkEvidence, interfaces: Interfaces, vpc: ModelVpc, aws: Aws
) -> NameServerNetwork | NotApplicable:
    """The network around the name servers, where they are not Amazon's, which no filter of the VPC stands before."""
    if servers.are_amazons or not servers.servers:
        reason = f"{servers.vpc_id} uses Amazon's resolver, which no group, ACL or route stands before"
        return NotApplicable(reason, servers.vpc_id)
    return NameServerNetwork(_around(servers.others, network, interfaces, vpc, aws), servers.others)


@collector(*AROUND)
def forwarding_network(
    used: RulesInUse, network: NetworkEvidence, interfaces: Interfaces, vpc: ModelVpc, aws: Aws
) -> ForwardingNetwork | NotApplicable:
    """The network around the targets of the rules and the endpoints that ask them."""
    if not used.rules:
        return NotApplicable(f"{used.vpc_id} forwards no name of the pull", used.vpc_id)
    seats = [seat.address for one in used.rules if one.endpoint for seat in one.endpoint.seats]
    targets = [address for one in used.rules for address in one.rule.targets]
    return ForwardingNetwork(_around((*targets, *seats), network, interfaces, vpc, aws))


def _around(
    addresses: Iterable[str], network: NetworkEvidence, interfaces: Interfaces, vpc: ModelVpc, aws: Aws
) -> NetworkEvidence:
    """The evidence that there is, and what further addresses call for, read as for a registry that had them."""
    named = tuple(NamedAddress(one, Provenance.LIVE, "") for one in dict.fromkeys(addresses))
    there = RegistryAddresses("", HTTPS, named)
    if not named or isinstance(network.route_tables, Unavailable):
        return network
    transit = vpc_transit_gateways(network.route_tables, there, NO_LAMBDA, aws)
    far = far_network(vpc, network.peerings, transit, there, NO_LAMBDA, aws)
    groups = destination_groups(interfaces, far, there, NO_LAMBDA, aws)
    lists = destination_prefix_lists(groups, aws)
    seats = at(interfaces.rows + far.interfaces, {one.address for one in named})
    more = {
        "subnets": far.subnets,
        "route_tables": far.route_tables,
        "acls": far.acls,
        "groups": groups.rows,
        "interfaces": seats,
        "prefix_lists": lists.rows,
        "nat_gateways": far.nat_gateways,
        "internet_gateways": far.internet_gateways,
        "transit_gateways": transit.rows,
    }
    return replace(network, **{name: _with(getattr(network, name), rows) for name, rows in more.items()})


def _with(table: Any, more: tuple[Any, ...]) -> Any:
    """The table with further rows; one that was not read stays as it is."""
    if isinstance(table, Unavailable):
        return table
    return type(table)(tuple({row.id: row for row in (*table.rows, *more)}.values()))


COLLECTORS = (pull_host_network, name_server_network, forwarding_network)

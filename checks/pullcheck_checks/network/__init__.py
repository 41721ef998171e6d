"""The network between the model's subnets and what the pull needs.

The walk can be had without the checks: it asks nobody, and reads nothing but what it is given.

    >>> from pullcheck.evidence.network import NetworkEvidence
    >>> from pullcheck_checks.network import Destination, Source, walk
    >>> evidence = NetworkEvidence.from_describe({"Subnets": [], "RouteTables": []})
    >>> found = walk(evidence, Source("subnet-0a1", ("sg-0b2",)), Destination.at("10.0.10.20", 443))
    >>> found.outcome, found.first_blocker, [step.why for step in found.doubts]
    (<Outcome.UNKNOWN: 'unknown'>, None, ['the subnet is not among those read'])

The tables are rows of EC2's describe calls under the names that these calls give them. A `Walk` has its ``outcome``
(pass, flaky, fail, unknown), ``first_blocker``, all ``blockers`` and ``doubts`` (`Step`: kind, resource, direction,
why), the hops ``forward`` and ``back``, and in ``passing`` the source addresses and client ports that get through.

The rules of Amazon VPC that the walk follows are cited by number here and in the tests:

- source: R1 any address of a model subnet, with all groups; R2 its interfaces never have a public address; R5 an
  address of the VPC needs a subnet and an interface; R6 where two networks overlap, the local route wins.
- security groups: R7 a union of allowances; R8 stateful, so answers are not asked; R9 protocol -1 is everything; R10 a
  reference means private addresses, and not behind NAT or a middlebox; R11 through a transit gateway only where
  referencing is on, and for ingress alone; R17 the model's membership is its VpcConfig.
- network ACLs: R18 one a subnet, else the VPC's default; R20 ingress compares the source, egress the destination; R21
  stateless, so answers are packets of their own; R22 client ports 32768-60999 (Linux), 1024-65535 (NAT, load
  balancers); R24 not between interfaces of one subnet; R25 four legs at a NAT gateway; R26 at an attachment's subnet
  by direction; R27 the answer passes both ends.
- routes: R28 explicit table, else the main one; R29 longest prefix; R31 a static route may be longer than local; R32
  every range of a VPC has its local route; R33 internet gateways carry public addresses; R34 a public NAT gateway needs
  its own way out, and serves what comes by a transit gateway too; R35 peering is not transitive; R36 a transit gateway
  needs an attachment in the zone, an associated table and a live route; R37 the attachment's subnet routes what
  arrives; R38 other ways back are not blocked by AWS.
- other ways on: R39 a virtual private gateway needs a tunnel or circuit that carries the address; R40 an appliance may
  forward and runs; R41 a firewall's endpoint sends on what its rules let through; R42 what else a route may lead to is
  unknown by name; R43 an egress-only internet gateway carries IPv6 alone.
- AWS's own: R16 nothing stands before Amazon's resolver, other name servers are walked to by udp and tcp (R55); R51 a
  gateway endpoint is a route for S3's ranges and a policy, without groups, and for its own Region alone.
- load balancers: R61 groups if it has any, a listener on the port, targets of the node's own zone unless zones are
  crossed, and targets that see the client's address or the load balancer's; R62 application load balancers are seen by
  their own; R63 health is no route, but nothing healthy is a blocker.
- above: R64 Block Public Access; R65 encryption controls; R66 who shares a subnet does not see all of it; R69 all
  blockers are reported.
"""

from pullcheck_checks.network.analyzer import reachability_analyzer_agrees
from pullcheck_checks.network.balancer_certificate import balancer_has_a_public_certificate
from pullcheck_checks.network.buckets import buckets_let_the_vpc_in
from pullcheck_checks.network.hub import hub_is_reachable
from pullcheck_checks.network.lambda_endpoint import has_an_endpoint
from pullcheck_checks.network.model_data import model_data_is_reachable
from pullcheck_checks.network.name_servers import name_servers_are_reachable
from pullcheck_checks.network.nat_ports import nat_gateways_have_ports
from pullcheck_checks.network.paths.journey import Destination, Source
from pullcheck_checks.network.paths.walk import Outcome, Walk, walk
from pullcheck_checks.network.placement import groups_are_usable, subnets_are_usable
from pullcheck_checks.network.pull_hosts import pull_hosts_are_reachable
from pullcheck_checks.network.reachability import lambda_is_reachable, registry_is_reachable
from pullcheck_checks.network.registry_vpc import registry_is_in_the_vpc
from pullcheck_checks.network.s3 import s3_endpoint_is_on_tables
from pullcheck_checks.network.zones import zones_offer_the_types

__all__ = ["CHECKS", "Destination", "Outcome", "Source", "Walk", "walk"]

CHECKS = (
    subnets_are_usable,
    groups_are_usable,
    zones_offer_the_types,
    registry_is_in_the_vpc,
    registry_is_reachable,
    lambda_is_reachable,
    has_an_endpoint,
    nat_gateways_have_ports,
    hub_is_reachable,
    pull_hosts_are_reachable,
    s3_endpoint_is_on_tables,
    buckets_let_the_vpc_in,
    balancer_has_a_public_certificate,
    model_data_is_reachable,
    name_servers_are_reachable,
    reachability_analyzer_agrees,
)
"""In the order of the report."""

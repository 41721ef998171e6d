"""The network between the model's subnets and what the pull needs.

The rules of Amazon VPC that the walk follows are cited by number here and in the tests:

- source: R1 any address of a model subnet, with all groups; R2 its interfaces never have a public address; R5 an
  address of the VPC needs a subnet and an interface.
- security groups: R7 a union of allowances; R8 stateful, so answers are not asked; R9 protocol -1 is everything; R10 a
  reference means private addresses, and not behind NAT or a middlebox; R11 through a transit gateway only where
  referencing is on, and for ingress alone; R17 the model's membership is its VpcConfig.
- network ACLs: R18 one a subnet, else the VPC's default; R20 ingress compares the source, egress the destination; R21
  stateless, so answers are packets of their own; R22 client ports 32768-60999 (Linux), 1024-65535 (NAT, load
  balancers); R24 not between interfaces of one subnet; R25 four legs at a NAT gateway; R26 at an attachment's subnet
  by direction; R27 the answer passes both ends.
- routes: R28 explicit table, else the main one; R29 longest prefix; R31 a static route may be longer than local; R32
  every range of a VPC has its local route; R33 internet gateways carry public addresses; R34 a public NAT gateway needs
  its own way out; R35 peering is not transitive; R36 a transit gateway needs an attachment in the zone, an associated
  table and a live route; R37 the attachment's subnet routes what arrives; R38 other ways back are not blocked by AWS.
- above: R64 Block Public Access; R66 who shares a subnet does not see all of it; R69 all blockers are reported.
"""

from pullcheck_checks.network.placement import groups_are_usable, subnets_are_usable
from pullcheck_checks.network.reachability import lambda_is_reachable, registry_is_reachable

CHECKS = (subnets_are_usable, groups_are_usable, registry_is_reachable, lambda_is_reachable)
"""In the order of the report."""

"""What is wrong with the security groups and network ACLs on the way to the registry."""

from pullcheck import Basis, Cause

SECURITY_GROUPS = "Amazon VPC User Guide, Security groups; EC2 API, DescribeSecurityGroups"
NETWORK_ACLS = "Amazon VPC User Guide, Network ACLs; EC2 API, DescribeNetworkAcls"

MODEL_EGRESS = Cause(
    "sg.model-egress-registry",
    "No egress rule of the model's security groups lets a connection to the registry out.",
    "DescribeSecurityGroups: IpPermissionsEgress of all the model's groups together has no rule for the registry's"
    " address, its groups or its prefix lists on the port.",
    "Add an egress rule for the registry's port to its security group or address.",
    Basis.DOCUMENTED,
    SECURITY_GROUPS,
)
REGISTRY_INGRESS = Cause(
    "sg.registry-ingress",
    "The security groups at the registry's address let no connection from the model in.",
    "DescribeNetworkInterfaces gives the groups at the registry's address; their IpPermissions name neither one of the"
    " model's groups nor the whole of its subnet on the port.",
    "Add an ingress rule for the registry's port from the model's security group.",
    Basis.DOCUMENTED,
    SECURITY_GROUPS,
)
CUSTOM_PORT = Cause(
    "sg.custom-port",
    "The security groups allow port 443, and the registry is asked on another one.",
    "The port in the image reference is not 443, and a rule for 443 would match everything but the port.",
    "Add a rule for the registry's port, or serve the registry on 443.",
    Basis.INFERENCE,
    SECURITY_GROUPS,
)
IPV6_RULE_ONLY = Cause(
    "sg.ipv6-rule-only",
    "The rules for the port name IPv6 ranges alone, which never match an IPv4 packet.",
    "DescribeSecurityGroups: Ipv6Ranges is filled and IpRanges empty in every rule for the port.",
    "Add the same rule for the IPv4 range or the group.",
    Basis.INFERENCE,
    SECURITY_GROUPS,
)
PREFIX_LIST_GAP = Cause(
    "sg.prefix-list-gap",
    "The rule for the port names a managed prefix list that lacks the address on the other side.",
    "GetManagedPrefixListEntries: no entry of the list in the rule covers the address.",
    "Add the range to the prefix list, or a rule of its own.",
    Basis.INFERENCE,
    SECURITY_GROUPS,
)
REFERENCE_OVER_PUBLIC_PATH = Cause(
    "sg.reference-over-public-path",
    "The registry's group admits the model's group, but the packets come from the NAT gateway's public address, where"
    " AWS knows no group.",
    "The registry's name leads to a public address of an interface in the VPC, and the only rule that would fit"
    " references a security group.",
    "Let the name lead to the private address inside the VPC, or admit the NAT gateway's public address.",
    Basis.DOCUMENTED,
    SECURITY_GROUPS,
)
STALE_REFERENCE = Cause(
    "sg.stale-reference",
    "The rule for the port references a group behind a VPC peering that is gone, so it matches nothing.",
    "DescribeSecurityGroups: the rule's UserIdGroupPairs show a PeeringStatus other than active.",
    "Replace the rule by one for a group that is there, or for the range.",
    Basis.DOCUMENTED,
    SECURITY_GROUPS,
)
ACL_EGRESS = Cause(
    "nacl.model-egress",
    "The network ACL before the model subnet lets no packet to the registry's port out.",
    "DescribeNetworkAcls: by rule number, no egress entry allows the registry's address and port first.",
    "Add an egress entry for the registry's address and port.",
    Basis.DOCUMENTED,
    NETWORK_ACLS,
)
ACL_INGRESS = Cause(
    "nacl.model-ingress-ephemeral",
    "The network ACL before the model subnet lets no answer of the registry in: ACLs keep no state.",
    "DescribeNetworkAcls: no ingress entry allows tcp from the registry's address to client ports.",
    "Add an ingress entry for tcp 1024-65535 from the registry's address.",
    Basis.DOCUMENTED,
    NETWORK_ACLS,
)
EPHEMERAL_NARROW = Cause(
    "nacl.ephemeral-range-narrow",
    "A network ACL lets answers through to only a part of the ports that connections are opened from.",
    "DescribeNetworkAcls: the entries for the answers cover less than 1024-65535. Linux uses 32768-60999, NAT gateways"
    " and load balancers all of it.",
    "Widen the entries for the answers to tcp 1024-65535.",
    Basis.DOCUMENTED,
    NETWORK_ACLS,
    certain=False,
)
ACL_REGISTRY_SUBNET = Cause(
    "nacl.registry-subnet",
    "The network ACL before the registry's subnet stops the model's packets or the answers to them.",
    "DescribeNetworkAcls: no ingress entry allows the model subnet to the registry's port, or no egress entry the"
    " answers to its client ports.",
    "Add entries for the model subnet: ingress on the registry's port, egress on tcp 1024-65535.",
    Basis.DOCUMENTED,
    NETWORK_ACLS,
)
LOWER_NUMBER_DENY = Cause(
    "nacl.lower-number-deny",
    "A deny entry of a network ACL has a lower number than the entry that allows the same packets, so it decides.",
    "DescribeNetworkAcls: sorted by RuleNumber, a deny comes before the allow that matches.",
    "Add the allow below the number of the deny.",
    Basis.DOCUMENTED,
    NETWORK_ACLS,
)
ACL_DIFFERS = Cause(
    "nacl.differs-per-az",
    "The network ACL before one of the model subnets stops packets that those before the others let through: instances"
    " that land there fail.",
    "DescribeNetworkAcls, judged for every model subnet: another one passes at the same place.",
    "Give the subnet the same entries as the others.",
    Basis.INFERENCE,
    NETWORK_ACLS,
    certain=False,
)

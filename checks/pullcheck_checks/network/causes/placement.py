"""Why SageMaker cannot make its network interfaces where the request wants them."""

from pullcheck import Basis, Cause, Severity

HOSTING = "SageMaker Developer Guide, Give hosted endpoints access to resources in your VPC"
SUBNETS = "EC2 API, DescribeSubnets"

NOT_FOUND = Cause(
    "sub.not-found-or-unavailable",
    "A subnet of VpcConfig does not exist in this region, or is not available.",
    "DescribeSubnets answers InvalidSubnetID.NotFound, or shows another State than available.",
    "Name subnets that exist in a new model.",
    Basis.INFERENCE,
    SUBNETS,
)
UNSHARED = Cause(
    "sub.unshared-subnet",
    "A subnet is no longer seen while others of the model are shared by another account: that one has withdrawn it, or"
    " deleted it, and no instance starts there any more.",
    "DescribeSubnets answers InvalidSubnetID.NotFound, and OwnerId of the others is another account than the role's.",
    "Have the owner share the subnet again, or name others in a new model.",
    Basis.DOCUMENTED,
    "Amazon VPC User Guide, share your VPC subnets with other accounts: unshare a subnet",
)
DIFFERENT_VPCS = Cause(
    "sub.different-vpcs",
    "The subnets of VpcConfig belong to several VPCs.",
    "DescribeSubnets: VpcId differs among them.",
    "Name subnets of one VPC in a new model.",
    Basis.API,
    "SageMaker API, VpcConfig; EC2 API, DescribeSubnets",
)
SINGLE_ZONE = Cause(
    "sub.single-az",
    "All subnets lie in one zone, and hosting wants two that overlap with its own.",
    "DescribeSubnets: AvailabilityZoneId is the same for all.",
    "Add a subnet in another zone in a new model.",
    Basis.DOCUMENTED,
    HOSTING,
)
NO_FREE_ADDRESSES = Cause(
    "sub.no-free-addresses",
    "A subnet has fewer free addresses than the instances take: two each, and as many again during an update.",
    "DescribeSubnets: AvailableIpAddressCount is less than twice the instances of the variants.",
    "Free addresses, or name larger or more subnets in a new model.",
    Basis.DOCUMENTED,
    HOSTING,
    certain=False,
)
IPV6_NATIVE = Cause(
    "sub.ipv6-native",
    "The subnet has IPv6 alone, and nothing says that hosting can use such a subnet.",
    "DescribeSubnets: Ipv6Native is true.",
    "Name a subnet with an IPv4 range in a new model.",
    Basis.INFERENCE,
    SUBNETS,
    certain=False,
)
LOCAL_ZONE = Cause(
    "sub.local-zone-or-outpost",
    "The subnet lies in a Local Zone, a Wavelength Zone or on an Outpost, where SageMaker hosts nothing.",
    "DescribeSubnets: OutpostArn is set, or AvailabilityZoneId is not one of the region's own zones.",
    "Name a subnet in a zone of the region in a new model.",
    Basis.INFERENCE,
    SUBNETS,
    certain=False,
)
ENCRYPTION_ENFORCED = Cause(
    "sub.vpc-encryption-enforced",
    "The VPC enforces encryption in transit: interfaces and ways out that do not encrypt may be refused in it.",
    "DescribeVpcs: EncryptionControl.Mode is enforce.",
    "Use instances that encrypt their traffic, or exclude from the control what needs to be.",
    Basis.API,
    "EC2 API, DescribeVpcEncryptionControls; Amazon VPC User Guide, encryption controls",
    Severity.WARNING,
    certain=False,
)
TYPE_NOT_IN_ZONES = Cause(
    "sub.instance-type-not-in-az",
    "Fewer than two of the zones of the model's subnets have what the instance type runs on, and hosting wants two.",
    "DescribeInstanceTypeOfferings by zone id, for the type without ml.; SageMaker's own list is not published.",
    "Name subnets in zones that have the type in a new model, or take another instance type.",
    Basis.DOCUMENTED,
    f"{HOSTING}; EC2 API, DescribeInstanceTypeOfferings",
    Severity.WARNING,
    certain=False,
)
DEDICATED_TENANCY = Cause(
    "sub.dedicated-tenancy",
    "The VPC has dedicated tenancy, which SageMaker does not support for training; of hosting the guide says nothing.",
    "DescribeVpcs: InstanceTenancy is dedicated.",
    "Use subnets of a VPC with default tenancy in a new model.",
    Basis.DOCUMENTED,
    "SageMaker Developer Guide, Give SageMaker training jobs access to resources in your VPC",
    Severity.WARNING,
    certain=False,
)
GROUP_OF_THE_OWNER = Cause(
    "sg.shared-vpc-ownership",
    "A security group of VpcConfig is the default group of the account that shares the VPC: nobody else may use it.",
    "DescribeSecurityGroups: GroupName is default, and OwnerId another account than the execution role's.",
    "Name a group of the role's own account in a new model.",
    Basis.DOCUMENTED,
    "Amazon VPC User Guide, Share your VPC subnets with other accounts",
)
GROUP_WRONG_VPC = Cause(
    "sg.model-sg-wrong-vpc",
    "A security group of VpcConfig belongs to another VPC than the subnets, and is not associated with theirs.",
    "DescribeSecurityGroups: VpcId is not that of DescribeSubnets; DescribeSecurityGroupVpcAssociations shows none.",
    "Name a group of the subnets' VPC in a new model.",
    Basis.API,
    "EC2 API, DescribeSecurityGroups; SageMaker API, VpcConfig",
)
GROUP_DELETED = Cause(
    "sg.model-sg-deleted",
    "A security group of VpcConfig does not exist in this region; the model may be older than its removal.",
    "DescribeSecurityGroups with a filter on the id finds nothing.",
    "Name groups that exist in a new model.",
    Basis.INFERENCE,
    "EC2 API, DescribeSecurityGroups",
)

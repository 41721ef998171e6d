"""The model's subnets and security groups themselves: whether SageMaker can make its network interfaces in them."""

from collections.abc import Iterator

from pullcheck import Fix, Severity, Unavailable, Verdict, check, failed, passed, unknown
from pullcheck.evidence.gateways import VpcEncryption
from pullcheck.evidence.network import GroupAssociations, ModelGroups
from pullcheck.evidence.placement import ExecutionRole, Placement
from pullcheck.evidence.vpc import ModelSubnet, ModelSubnets, ModelVpc, VpcTenancy
from pullcheck.target import Model, Target
from pullcheck_checks.network.causes.placement import (
    DEDICATED_TENANCY,
    DIFFERENT_VPCS,
    ENCRYPTION_ENFORCED,
    GROUP_DELETED,
    GROUP_OF_THE_OWNER,
    GROUP_WRONG_VPC,
    IPV6_NATIVE,
    LOCAL_ZONE,
    NO_FREE_ADDRESSES,
    NOT_FOUND,
    SINGLE_ZONE,
    UNSHARED,
)

ADDRESSES_PER_INSTANCE = 2
NOT_ENCRYPTED = VpcEncryption("")
NO_ROLE = Unavailable("the execution role is not known")
DEFAULT_TENANCY = VpcTenancy("", "default")
GONE = ("creating", "deleting", "deleted")
NEW_MODEL = "VpcConfig cannot be changed: create a new model"


@check(
    "network.subnets-usable",
    "SageMaker can make its network interfaces in every model subnet",
    (
        NOT_FOUND,
        DIFFERENT_VPCS,
        SINGLE_ZONE,
        NO_FREE_ADDRESSES,
        IPV6_NATIVE,
        LOCAL_ZONE,
        DEDICATED_TENANCY,
        ENCRYPTION_ENFORCED,
        UNSHARED,
    ),
)
def subnets_are_usable(
    target: Target,
    model: Model,
    placement: Placement,
    found: ModelSubnets,
    encryption: VpcEncryption | Unavailable = NOT_ENCRYPTED,
    tenancy: VpcTenancy | Unavailable = DEFAULT_TENANCY,
    role: ExecutionRole | Unavailable = NO_ROLE,
) -> Iterator[Verdict]:
    """Judges the subnets of VpcConfig, one by one and together.

    What: Every subnet exists, is available, has an IPv4 range, free addresses, and lies in an ordinary zone of the
    region; all of them lie in one VPC and in two zones at least.

    Why: SageMaker makes two network interfaces for each instance in these subnets, and may take any of them. For
    hosting it wants two zones.

    Passes: All of that holds.

    Fails: A subnet is gone or unfit, the subnets lie in several VPCs or in one zone, or the free addresses are too few.
    It is a warning where they suffice for some of the instances, and where the VPC enforces encryption in transit or
    has dedicated tenancy.

    Not verified when: ec2:DescribeSubnets is denied.

    Fix: Other subnets in VpcConfig; as a model cannot be changed, that means a new model.

    Source: SageMaker Developer Guide, Give hosted endpoints access to resources in your VPC; EC2 API, DescribeSubnets.
    """
    yield from (_gone(name, found, role) for name in found.not_found)
    for subnet in found.subnets:
        yield from _subnet(subnet, _instances(target, model))
    if found.subnets:
        yield from _together(placement, found)
    if isinstance(encryption, VpcEncryption) and encryption.mode == "enforce" and encryption.state not in GONE:
        yield _enforced(encryption)
    if isinstance(tenancy, VpcTenancy) and tenancy.tenancy == "dedicated":
        yield _dedicated(tenancy)


def _gone(name: str, found: ModelSubnets, role: ExecutionRole | Unavailable) -> Verdict:
    """A subnet that is shared no more is no longer seen; whether it still exists, its owner knows."""
    because = f"ec2:DescribeSubnets knows no {name} in this region"
    account = role.account if isinstance(role, ExecutionRole) else ""
    shared = [one for one in found.subnets if one.owner not in ("", account)] if account else []
    if not shared:
        fix = Fix(f"{NEW_MODEL} with subnets that exist in this region")
        return failed(name, because, NOT_FOUND, fix, resources=(name,))
    owner = shared[0].owner
    because = f"{because}; {', '.join(one.id for one in shared)} is shared by account {owner}"
    fix = Fix(f"ask account {owner} to share {name} again, or {NEW_MODEL.partition(': ')[2]} without it", account=owner)
    return failed(name, because, UNSHARED, fix, resources=(name,))


def _dedicated(tenancy: VpcTenancy) -> Verdict:
    name, fix = tenancy.vpc_id, Fix(f"{NEW_MODEL} with subnets of a VPC of default tenancy, if its endpoints fail")
    return failed(name, f"{name} has InstanceTenancy dedicated", DEDICATED_TENANCY, fix, resources=(name,))


def _enforced(encryption: VpcEncryption) -> Verdict:
    """R65: AWS may refuse interfaces and paths that do not encrypt; which ones SageMaker makes is not documented."""
    name, excluded = encryption.vpc_id, ", ".join(encryption.excluded) or "nothing"
    because = f"the encryption control of {name} is in mode enforce ({encryption.state}), and excludes {excluded}"
    fix = Fix(f"have an instance type that encrypts its traffic, or exclude from the control of {name} what needs it")
    return failed(name, because, ENCRYPTION_ENFORCED, fix, resources=(name,))


def _instances(target: Target, model: Model) -> int:
    counts = [variant.instance_count or 1 for variant in target.variants if variant.model_name == model.name]
    return sum(counts) or 1


def _subnet(subnet: ModelSubnet, instances: int) -> Iterator[Verdict]:
    name, resources = subnet.id, (subnet.id,)
    elsewhere = Fix(f"{NEW_MODEL} with another subnet in the place of {name}")
    if subnet.state != "available":
        yield failed(name, f"{name} is in state {subnet.state}", NOT_FOUND, elsewhere, resources=resources)
    elif subnet.ipv6_native:
        yield failed(name, f"{name} has no IPv4 range", IPV6_NATIVE, elsewhere, resources=resources)
    elif subnet.outpost or subnet.zone_id.count("-") > 1:
        where = "on an Outpost" if subnet.outpost else f"in {subnet.zone} ({subnet.zone_id})"
        yield failed(
            name, f"{name} lies {where}, not in a zone of the region", LOCAL_ZONE, elsewhere, resources=resources
        )
    elif subnet.free_addresses < ADDRESSES_PER_INSTANCE * instances:
        because = (
            f"{name} has {subnet.free_addresses} free addresses in {subnet.cidr};"
            f" {instances} instances take {ADDRESSES_PER_INSTANCE * instances}"
        )
        severity = Severity.ERROR if subnet.free_addresses < ADDRESSES_PER_INSTANCE else Severity.WARNING
        yield failed(name, because, NO_FREE_ADDRESSES, elsewhere, severity=severity, resources=resources)
    else:
        because = f"{name} is available in {subnet.zone}, {subnet.cidr} with {subnet.free_addresses} free addresses"
        yield passed(name, because, resources=resources)


def _together(placement: Placement, found: ModelSubnets) -> Iterator[Verdict]:
    names = tuple(subnet.id for subnet in found.subnets)
    subject = ", ".join(placement.subnet_ids)
    places = ", ".join(f"{subnet.id} in {subnet.vpc_id}" for subnet in found.subnets)
    zones = {subnet.zone_id or subnet.zone for subnet in found.subnets}
    if len({subnet.vpc_id for subnet in found.subnets}) > 1:
        fix = Fix(f"{NEW_MODEL} with subnets of one VPC")
        yield failed(subject, f"the subnets lie in several VPCs: {places}", DIFFERENT_VPCS, fix, resources=names)
    elif len(zones) < 2 and not found.not_found:
        because = f"all model subnets lie in zone {zones.pop()}: {', '.join(names)}"
        fix = Fix(f"{NEW_MODEL} with a subnet in a second zone too")
        yield failed(subject, because, SINGLE_ZONE, fix, resources=names)
    else:
        yield passed(subject, f"{places}; zones {', '.join(sorted(zones))}", resources=names)


@check(
    "network.groups-usable",
    "The model's security groups can be put on interfaces in its VPC",
    (GROUP_DELETED, GROUP_WRONG_VPC, GROUP_OF_THE_OWNER),
)
def groups_are_usable(
    placement: Placement,
    groups: ModelGroups,
    vpc: ModelVpc,
    shared: GroupAssociations | Unavailable,
    role: ExecutionRole | Unavailable = NO_ROLE,
) -> Iterator[Verdict]:
    """Judges whether the groups of VpcConfig exist and belong to the VPC of its subnets.

    What: Every group exists, was made in the VPC of the model's subnets or is associated with it, and is not the
    default group of another account, which shares the VPC.

    Why: SageMaker puts all of the groups on each of the network interfaces that it makes; one that is gone or belongs
    to another VPC stops it, perhaps only when the endpoint grows, long after the model was made.

    Passes: All groups are there and may be used in the VPC.

    Fails: A group does not exist, belongs to another VPC and is not associated with this one, or is another account's
    default group.

    Not verified when: ec2:DescribeSecurityGroups is denied; for a group of another VPC, when
    ec2:DescribeSecurityGroupVpcAssociations is denied.

    Fix: Other groups in VpcConfig; as a model cannot be changed, that means a new model.

    Source: EC2 API, DescribeSecurityGroups and DescribeSecurityGroupVpcAssociations.
    """
    by_id = {group.id: group for group in groups.rows}
    for name in placement.security_group_ids:
        group = by_id.get(name)
        if group is None:
            fix = Fix(f"{NEW_MODEL} with security groups that exist in this region")
            because = f"ec2:DescribeSecurityGroups knows no {name} in this region"
            yield failed(name, because, GROUP_DELETED, fix, resources=(name,))
        elif isinstance(role, ExecutionRole) and group.name == "default" and group.owner not in ("", role.account):
            because = f"{name} is the default group of account {group.owner}, and the model is account {role.account}'s"
            fix = Fix(f"{NEW_MODEL} with a security group of account {role.account}")
            yield failed(name, because, GROUP_OF_THE_OWNER, fix, resources=(name,))
        elif group.vpc_id == vpc.id:
            yield passed(name, f"{name} belongs to {vpc.id}", resources=(name, vpc.id))
        elif isinstance(shared, Unavailable):
            because = (
                f"{name} belongs to {group.vpc_id}, and whether {vpc.id} may use it is not known: {shared.because}"
            )
            yield unknown(name, because, cause=GROUP_WRONG_VPC, resources=(name, group.vpc_id, vpc.id))
        elif name in shared.group_ids:
            yield passed(name, f"{name} of {group.vpc_id} is associated with {vpc.id}", resources=(name, vpc.id))
        else:
            because = f"{name} belongs to {group.vpc_id}, and the model's subnets to {vpc.id}"
            fix = Fix(f"{NEW_MODEL} with a security group of {vpc.id}")
            yield failed(name, because, GROUP_WRONG_VPC, fix, resources=(name, group.vpc_id, vpc.id))

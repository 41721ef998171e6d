"""Reads the load balancers and endpoint services that stand before the registry, and what is behind them.

Nothing is asked unless a network interface at one of the registry's addresses belongs to one.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.collect.far import at, destinations, matching
from pullcheck.evidence import describe
from pullcheck.evidence.balancer_rows import LoadBalancer
from pullcheck.evidence.describe_balancers import load_balancers as parsed
from pullcheck.evidence.describe_private_link import is_of_others, private_links
from pullcheck.evidence.names import RegistryAddresses
from pullcheck.evidence.network import BalancedInterfaces, FarNetwork, Interfaces, LoadBalancers, PrivateLinks
from pullcheck.evidence.network_rows import Interface
from pullcheck.missing import NotApplicable, NotObserved, Unavailable
from pullcheck.wiring import collector

Rows = list[dict[str, Any]]
BALANCERS = ("net/", "app/")
NO_LAMBDA = NotApplicable("the Lambda API has no load balancer")


def _seats(
    interfaces: Interfaces, far: FarNetwork | Unavailable, registry: RegistryAddresses | Unavailable | NotApplicable
) -> tuple[Interface, ...]:
    rows = interfaces.rows + (far.interfaces if isinstance(far, FarNetwork) else ())
    return at(rows, destinations(registry, NO_LAMBDA))


@collector(
    "ec2:DescribeVpcEndpoints",
    optional=("ec2:DescribeVpcEndpointServices", "ec2:DescribeVpcEndpointServiceConfigurations"),
)
def vendor_endpoints(
    interfaces: Interfaces,
    far: FarNetwork | Unavailable,
    registry: RegistryAddresses | Unavailable | NotApplicable,
    aws: Aws,
) -> PrivateLinks:
    """Endpoints for services that are not AWS's: one may have the registry's address, or ought to."""
    seats = _seats(interfaces, far, registry)
    if not any(one.kind == "vpc_endpoint" for one in seats or interfaces.rows):
        return PrivateLinks(())
    filters = matching("vpc-endpoint-type", "Interface")
    rows = aws.call("ec2", "DescribeVpcEndpoints", Filters=filters).get("VpcEndpoints", [])
    living = [row for row in rows if is_of_others(row) and row.get("State", "").lower() != "deleted"]
    if not living:
        return PrivateLinks(())
    names = sorted({row["ServiceName"] for row in living})
    services = _asked(aws, "ec2", "DescribeVpcEndpointServices", "ServiceDetails", ServiceNames=names)
    owners = {row.get("OwnerId") for row in living} - {None}
    known = [] if isinstance(services, Unavailable) else services
    ids = sorted(row["ServiceId"] for row in known if row.get("Owner") in owners and row.get("ServiceId"))
    return PrivateLinks(private_links(living, services, _configurations(aws, ids)))


def _configurations(aws: Aws, ids: list[str]) -> Rows:
    """Of the account's own services alone; what may not be read is as if the provider were somebody else."""
    if not ids:
        return []
    operation = "DescribeVpcEndpointServiceConfigurations"
    found = _asked(aws, "ec2", operation, "ServiceConfigurations", ServiceIds=ids)
    return [] if isinstance(found, Unavailable) else found


@collector(
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeLoadBalancerAttributes",
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetGroupAttributes",
    "elasticloadbalancing:DescribeTargetHealth",
)
def load_balancers(
    interfaces: Interfaces,
    far: FarNetwork | Unavailable,
    links: PrivateLinks | Unavailable,
    registry: RegistryAddresses | Unavailable | NotApplicable,
    aws: Aws,
) -> LoadBalancers:
    """Those that have one of the registry's addresses, and those of the account's own services behind an endpoint."""
    seats = _seats(interfaces, far, registry)
    names = {one.part_of.split("/")[1] for one in seats if one.part_of.startswith(BALANCERS)}
    endpoints = {one.part_of for one in seats}
    behind = [link.service for link in (links.rows if isinstance(links, PrivateLinks) else ()) if link.id in endpoints]
    arns = {arn for one in behind if not isinstance(one, Unavailable) for arn in one.balancer_ids}
    found = [row for name in sorted(names) for row in _balancers(aws, Names=[name])]
    found += [row for arn in sorted(arns) for row in _balancers(aws, LoadBalancerArns=[arn])]
    port = registry.port if isinstance(registry, RegistryAddresses) else 0
    return LoadBalancers(tuple(balancer for row in found for balancer in _balancer(aws, row, port)))


def _balancers(aws: Aws, **which: list[str]) -> Rows:
    """Another account's load balancer is not found, although its interface is seen in a VPC that is shared with it."""
    try:
        found: Rows = aws.call("elbv2", "DescribeLoadBalancers", **which)["LoadBalancers"]
    except AwsRefusal:
        return []
    return found


def _balancer(aws: Aws, row: dict[str, Any], port: int) -> tuple[LoadBalancer, ...]:
    """With the rules and target groups of the listeners on the registry's port; the others do not matter."""
    arn = row["LoadBalancerArn"]
    attributes = _asked(aws, "elbv2", "DescribeLoadBalancerAttributes", "Attributes", LoadBalancerArn=arn)
    listeners = _asked(aws, "elbv2", "DescribeListeners", "Listeners", LoadBalancerArn=arn)
    if isinstance(listeners, Unavailable):
        return parsed([row | {"Attributes": attributes}], listeners, listeners)
    if row.get("Type") == "application":
        listeners = [_with_rules(aws, one) if one.get("Port") == port else one for one in listeners]
    [alone] = parsed([row], [one for one in listeners if one.get("Port") == port], ())
    heard = () if isinstance(alone.listeners, Unavailable) else alone.listeners
    actions = [one.action for one in heard]
    actions += [rule.action for one in heard if not isinstance(one.rules, Unavailable) for rule in one.rules]
    groups = _target_groups(aws, sorted({name for action in actions for name in action.group_ids}))
    return parsed([row | {"Attributes": attributes}], listeners, groups)


def _with_rules(aws: Aws, listener: dict[str, Any]) -> dict[str, Any]:
    return listener | {"Rules": _asked(aws, "elbv2", "DescribeRules", "Rules", ListenerArn=listener["ListenerArn"])}


def _target_groups(aws: Aws, arns: list[str]) -> Rows | Unavailable:
    if not arns:
        return []
    found = _asked(aws, "elbv2", "DescribeTargetGroups", "TargetGroups", TargetGroupArns=arns)
    if isinstance(found, Unavailable):
        return found
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda row: _target_group(aws, row), found))


def _target_group(aws: Aws, row: dict[str, Any]) -> dict[str, Any]:
    arn, health = row["TargetGroupArn"], "TargetHealthDescriptions"
    attributes = _asked(aws, "elbv2", "DescribeTargetGroupAttributes", "Attributes", TargetGroupArn=arn)
    targets = _asked(aws, "elbv2", "DescribeTargetHealth", health, TargetGroupArn=arn)
    return row | {"Attributes": attributes, health: targets}


def _asked(aws: Aws, service: str, operation: str, field: str, **parameters: Any) -> Rows | Unavailable:
    """One list; what else is known of a load balancer is worth something without it."""
    try:
        return list(aws.call(service, operation, **parameters).get(field, ()))
    except NotObserved as error:
        return error.unavailable
    except AwsRefusal as refusal:
        return Unavailable(str(refusal))


@collector("ec2:DescribeNetworkInterfaces")
def balanced_interfaces(
    balancers: LoadBalancers, interfaces: Interfaces, far: FarNetwork | Unavailable, aws: Aws
) -> BalancedInterfaces:
    """Those of the VPC are known; targets that are none of them are asked for by their address or instance."""
    parts = {one.part for one in balancers.rows}
    ids = {name for one in balancers.rows for name in _targets(one)}
    rows = interfaces.rows + (far.interfaces if isinstance(far, FarNetwork) else ())
    known = tuple(one for one in rows if one.part_of in parts or ids & _names(one))
    absent = ids - {name for one in known for name in _names(one)}
    instances = {name for name in absent if name.startswith("i-")}
    addresses = {name for name in absent - instances if not name.startswith("arn:")}
    found = [*_interfaces(aws, "attachment.instance-id", instances)]
    found += _interfaces(aws, "addresses.private-ip-address", addresses)
    return BalancedInterfaces(tuple(dict.fromkeys((*known, *found))))


def _targets(balancer: LoadBalancer) -> Iterable[str]:
    groups = () if isinstance(balancer.target_groups, Unavailable) else balancer.target_groups
    return (one.id for group in groups if not isinstance(group.targets, Unavailable) for one in group.targets)


def _names(interface: Interface) -> set[str]:
    return {*interface.addresses, interface.part_of}


def _interfaces(aws: Aws, name: str, values: set[str]) -> Iterable[Interface]:
    if not values:
        return ()
    filters = matching(name, *sorted(values))
    return map(describe.interface, aws.call("ec2", "DescribeNetworkInterfaces", Filters=filters)["NetworkInterfaces"])


COLLECTORS = (vendor_endpoints, load_balancers, balanced_interfaces)

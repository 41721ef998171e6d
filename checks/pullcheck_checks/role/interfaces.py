"""May the execution role make the network interfaces through which the image is pulled?"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from pullcheck.evidence.placement import Placement
from pullcheck.evidence.role import Role, RolePolicies
from pullcheck.evidence.vpc import ModelSubnets
from pullcheck.verdict import Cause, Fix, Verdict, failed, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.role import causes
from pullcheck_checks.role.commands import put_role_policy
from pullcheck_checks.role.decision import Decision, Layers, with_statement
from pullcheck_checks.role.kleene import any_of
from pullcheck_checks.role.needed import name_for
from pullcheck_checks.role.policy import Source
from pullcheck_checks.role.request import as_statements, decide_as, layers_of
from pullcheck_checks.role.statements import Element

LISTS = (
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
)
CREATE = "ec2:CreateNetworkInterface"
CHANGES = (
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission",
)
POLICY_NAME = "pullcheck-network-interfaces"

What = tuple[str, str]
"""An action, and what it is done to."""
Wanted = Mapping[What, tuple[str, ...]]
"""The ARNs that it may have: one of them must be allowed."""


@check(
    "role.network-interfaces", "The execution role's policies let SageMaker make network interfaces", causes.INTERFACES
)
def may_make_interfaces(
    role: Role, policies: RolePolicies, placement: Placement, subnets: ModelSubnets
) -> Iterator[Verdict]:
    """
    What: Evaluates the nine EC2 actions that hosting in a VPC uses, for the execution role: its policies and its
    permissions boundary.

    Why: SageMaker reaches the registry through network interfaces in the model's subnets, which it makes and deletes as
    the execution role.

    Passes: Every action is allowed, CreateNetworkInterface for the interface, the subnets and the security groups.

    Fails: An action is not allowed or is denied; the finding lists which.

    Not verified when: A policy could not be read, or a condition hangs on a key whose value is not known, such as
    ec2:Vpc. Policies of the organisation are not part of this answer.

    Fix: An inline policy with the actions that are missing.

    Source: SageMaker developer guide, execution role permissions for a model in a VPC; service authorization
    reference, Amazon EC2.
    """
    layers = layers_of(role, policies)
    wanted = _wanted(role, placement, subnets)
    found = {what: [decide_as(role, what[0], arn, layers) for arn in arns] for what, arns in wanted.items()}
    allowed = {what: any_of(one.allowed for one in decisions) for what, decisions in found.items()}
    subject, resources = f"role {role.name}", (role.arn,)
    if lacking := tuple(what for what, truth in allowed.items() if truth is False):
        told = "; ".join(_told(what, found[what][0]) for what in lacking)
        because = f"the role's policies do not allow {told}"
        cause = _cause(found[what][0] for what in lacking)
        yield failed(subject, because, cause, _fix(role, layers, lacking, wanted), resources=resources)
    elif doubtful := tuple(what for what, truth in allowed.items() if truth is None):
        doubts = dict.fromkeys(doubt for what in doubtful for doubt in found[what][0].doubts)
        because = f"whether the role may use {_names(doubtful)} is not known: {'; '.join(list(doubts)[:3])}"
        yield unknown(subject, because, resources=resources)
    else:
        yield passed(subject, f"its policies allow {_names(wanted)}", resources=resources)


def _names(wanted: Iterable[What]) -> str:
    return ", ".join(dict.fromkeys(action for action, _ in wanted))


def _wanted(role: Role, placement: Placement, subnets: ModelSubnets) -> Wanted:
    """A shared subnet belongs to another account, and the groups may belong to either."""
    region, owners = role.region or "*", {role.account, *(subnet.owner for subnet in subnets.subnets if subnet.owner)}
    prefix = f"arn:{role.partition}:ec2:{region}"
    interface = (f"{prefix}:{role.account}:network-interface/*",)
    return {
        **{(action, "*"): ("*",) for action in LISTS},
        (CREATE, "network-interface"): interface,
        **{
            (CREATE, subnet.id): (f"{prefix}:{subnet.owner or role.account}:subnet/{subnet.id}",)
            for subnet in subnets.subnets
        },
        **{
            (CREATE, group): tuple(f"{prefix}:{owner}:security-group/{group}" for owner in sorted(owners))
            for group in placement.security_group_ids
        },
        **{(action, "network-interface"): interface for action in CHANGES},
    }


def _cause(decisions: Iterable[Decision]) -> Cause:
    """Where a statement speaks of the action after all, its resource or condition is what keeps the role out."""
    narrowed = any(
        outcome.failed in ((Element.RESOURCE,), (Element.CONDITION,)) or outcome is decision.denial
        for decision in decisions
        for layer in decision.layers
        for outcome in layer.outcomes
        if outcome.statement.effect == "Allow" or outcome is decision.denial
    )
    return causes.ENI_CONDITIONS if narrowed else causes.ENI_PERMISSIONS


def _told(what: What, decision: Decision) -> str:
    action, resource = what
    where = "" if resource == "*" else f" on {resource}"
    return f"{action}{where} ({decision.denial.statement} denies it)" if decision.denial else f"{action}{where}"


def _fix(role: Role, layers: Layers, lacking: tuple[What, ...], wanted: Wanted) -> Fix:
    """The policy always has all the actions, so that putting it again takes nothing away."""
    summary = f"allow {_names(lacking)} to role {role.name}"
    made = list(dict.fromkeys(arn for what, arns in wanted.items() if what[0] == CREATE for arn in arns))
    rows = (
        {"Effect": "Allow", "Action": list(LISTS), "Resource": "*"},
        {"Effect": "Allow", "Action": CREATE, "Resource": made},
        {"Effect": "Allow", "Action": list(CHANGES), "Resource": list(wanted[CHANGES[0], "network-interface"])},
    )
    after = replace(layers, identity=with_statement(layers.identity, as_statements(Source("the new policy"), *rows)))
    decisions = [decide_as(role, what[0], wanted[what][0], after) for what in lacking]
    if any(one.denied for one in decisions):
        return Fix(f"{summary}: change the Deny, which no Allow outweighs")
    if not all(one.granted for one in decisions):
        return Fix(f"{summary}: its permissions boundary must allow that too")
    return Fix(summary, (put_role_policy(role.name, name_for(POLICY_NAME, *made), *rows),))

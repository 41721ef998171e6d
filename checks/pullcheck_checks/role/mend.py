"""The least change that lets the role invoke the function, proven by deciding again before it is told."""

import json
import re
from dataclasses import dataclass, replace

from pullcheck.evidence.role import RolePolicies
from pullcheck.verdict import Fix
from pullcheck_checks.role.commands import Row, command, new_policy_version, put_role_policy
from pullcheck_checks.role.decision import Layers, with_statement
from pullcheck_checks.role.needed import name_for
from pullcheck_checks.role.policy import Source
from pullcheck_checks.role.request import Case, as_statements, grant, source
from pullcheck_checks.role.statements import Outcome

POLICY_NAME_LIMIT = 128


@dataclass(frozen=True)
class _Step:
    """One change: what it does, the command for it (None where AWS has none), and the layers after it."""

    summary: str
    command: str | None
    layers: Layers


def fix_lack(case: Case, policies: RolePolicies, *, keep_to_path: bool = False) -> Fix:
    """Add what is missing, layer by layer, until the call is granted; no command where that cannot be reached.

    ``keep_to_path`` lets the new permission ask for the interface endpoint that the call goes through.
    """
    layers, steps = case.layers, list[_Step]()
    row = _row(case, keep_to_path)
    for add in (_identity_step, _boundary_step, _organization_step, _function_step):
        if case.decide(layers).granted:
            break
        step = add(case, policies, layers, row)
        if step:
            steps.append(step)
            layers = step.layers
    summary = "; then ".join(step.summary for step in steps)
    commands = tuple(step.command for step in steps if step.command)
    if case.decide(layers).granted and len(commands) == len(steps):
        return Fix(summary, commands)
    return Fix(summary or "let an administrator of the account look at the role's policies")


def fix_denial(case: Case, denial: Outcome) -> Fix:
    """No Allow outweighs a Deny, so the statement itself must change."""
    keys = ", ".join(dict.fromkeys(condition.key for condition in denial.statement.conditions))
    how = f"adapt its condition on {keys}, or exempt" if keys else "exempt"
    who = case.call.resource if denial.statement.resources or denial.statement.not_resources else case.role.arn
    return Fix(f"change {denial.statement}: {how} {who}; another Allow does not outweigh it")


def fix_organization(case: Case, denial: Outcome | None = None) -> Fix:
    """Only the organisation's administrators can change its policies."""
    statement = json.dumps(grant(case.call.action, case.call.resource))
    where = f" in {denial.statement}" if denial else ""
    return Fix(f"ask the organisation's administrators not to deny this to {case.role.arn}{where}: {statement}")


def _row(case: Case, keep_to_path: bool) -> Row:
    row = grant(case.call.action, case.call.resource)
    endpoint = next((key.values[0] for key in case.call.known if key.name == "aws:SourceVpce"), None)
    return {**row, "Condition": {"StringEquals": {"aws:SourceVpce": endpoint}}} if keep_to_path and endpoint else row


def _identity_step(case: Case, _policies: RolePolicies, layers: Layers, row: Row) -> _Step | None:
    if case.decide(layers).identity.says("Allow"):
        return None
    put = put_role_policy(case.role.name, _policy_name(case), row)
    summary = f"allow {case.call.action} on {case.call.resource} to role {case.role.name}"
    after = with_statement(layers.identity, as_statements(Source("the new policy"), row))
    return _Step(summary, put, replace(layers, identity=after))


def _policy_name(case: Case) -> str:
    """One name for each function and qualifier, so that one fix does not overwrite another."""
    base = "pullcheck-invoke-credentials-function"
    parts = (case.provider.function_name, (case.provider.qualifier or "").removeprefix("$"))
    name = "-".join((base, *filter(None, parts)))
    return name if len(name) <= POLICY_NAME_LIMIT else name_for(base, name)


def _boundary_step(case: Case, policies: RolePolicies, layers: Layers, row: Row) -> _Step | None:
    boundary = case.decide(layers).boundary
    if not boundary or not layers.boundary or boundary.says("Allow") or not policies.boundary:
        return None
    for document in policies.boundary.documents:
        named = source(document)
        if named.is_aws_managed:
            summary = (
                f"{named} belongs to AWS and cannot be edited: use a role with another boundary, or a function "
                "whose name the boundary allows"
            )
            return _Step(summary, None, layers)
        whole = {**row, **grant(case.call.action, *_beyond_the_boundary(case, layers))}
        after = with_statement(layers.boundary, as_statements(named, whole))
        summary = f"allow the same in {named} (a policy keeps five versions at most)"
        return _Step(summary, new_policy_version(document, whole), replace(layers, boundary=after))
    return None


def _beyond_the_boundary(case: Case, layers: Layers) -> list[str]:
    """Every function of the run that the boundary does not allow: a new version replaces the one before."""
    functions = case.functions or (case.call.resource,)
    found = {one: case.about(one).decide(layers).boundary for one in functions}
    return [one for one, boundary in found.items() if boundary and not boundary.says("Allow")]


def _organization_step(case: Case, _policies: RolePolicies, layers: Layers, row: Row) -> _Step | None:
    levels = case.decide(layers).organization
    if all(level.says("Allow") for level in levels):
        return None
    added = as_statements(Source("the organisation"), row)
    after = tuple(with_statement(level, added) for level in layers.organization)
    return _Step(fix_organization(case).summary, None, replace(layers, organization=after))


def _function_step(case: Case, _policies: RolePolicies, layers: Layers, _row: Row) -> _Step | None:
    if not case.decide(layers).cross_account:
        return None
    provider = case.provider
    qualifier = {"qualifier": provider.qualifier} if provider.qualifier else {}
    add = command(
        "lambda add-permission",
        function_name=provider.unqualified_arn,
        **qualifier,
        statement_id=re.sub(r"[^A-Za-z0-9_-]", "-", f"pullcheck-{case.role.name}"),
        action=case.call.action,
        principal=case.role.arn,
    )
    row = {**grant(case.call.action, case.call.resource), "Principal": {"AWS": case.role.arn}}
    after = with_statement(layers.resource, as_statements(Source("the function's policy"), row))
    summary = f"with credentials of account {provider.account}, let {case.role.arn} in by the function's policy"
    return _Step(summary, add, replace(layers, resource=after))

"""Is the permission to invoke no wider than it has to be?"""

import json
from collections.abc import Iterator
from typing import Any

from pullcheck.evidence.placement import CredentialsProvider
from pullcheck.evidence.role import PolicyDocument, PolicyKind, Role, RolePolicies
from pullcheck.target import Target
from pullcheck.verdict import Basis, Cause, Fix, Severity, Verdict, failed, not_applicable, passed
from pullcheck.wiring import check
from pullcheck_checks.role.commands import command
from pullcheck_checks.role.needed import functions_of
from pullcheck_checks.role.patterns import action_matches
from pullcheck_checks.role.policy import Statement, read
from pullcheck_checks.role.request import decide_as, layers_of, source
from pullcheck_checks.role.statements import Outcome

INVOKE = "lambda:InvokeFunction"
REGION, ACCOUNT, NAME = 3, 4, 6
FIELDS = 7

OVER_BROAD = Cause(
    "iam.over-broad-invoke",
    breaks="The role may invoke functions of any account, any region or any name, so that the jobs of one registry "
    "read the credentials of another.",
    seen="the Allow that covers the function has * as its Resource, or in place of region, account or name in it, as "
    "the guide's sample has",
    fix="name the function's whole ARN, and use one role for each registry",
    basis=Basis.DOCUMENTED,
    source="SageMaker developer guide, private Docker registry for real-time inference; IAM user guide, grant least "
    "privilege",
    severity=Severity.WARNING,
    certain=False,
)


@check("role.invoke-narrowly", "The permission to invoke names the function", (OVER_BROAD,))
def invokes_no_other(
    role: Role, provider: CredentialsProvider, policies: RolePolicies, target: Target
) -> Iterator[Verdict]:
    """
    What: Looks at the Resource of the Allow statements in the role's policies that cover the function.

    Why: The function hands out a password. Who shares a role that may invoke any function gets every password.

    Passes: They name region, account and something of the name. A policy that could not be read is not part of this
    answer.

    Fails: One has * in their place; a warning, for the pull works.

    Not verified when: The role or its policies could not be read.

    Fix: The same inline policy with the function's ARN in place of the wildcard. A managed policy may serve others too,
    so it is left to you.

    Source: IAM user guide, grant least privilege.
    """
    subject, resources = f"role {role.name} -> {provider.arn}", (role.arn, provider.arn)
    identity = decide_as(role, INVOKE, provider.arn, layers_of(role, policies)).identity
    allowing = [one for one in identity.outcomes if one.statement.effect == "Allow" and one.truth is not False]
    wide = [one for one in allowing if _wildcards(one)]
    if wide:
        told = "; ".join(f"{one.statement} allows {INVOKE} on {_wildcards(one)}" for one in wide)
        sources = {one.statement.policy for one in wide}
        documents = [one for one in policies.identity.documents if source(one) in sources]
        fix = _fix(role, documents, functions_of(target, role.arn) or (provider.arn,))
        yield failed(subject, told, OVER_BROAD, fix, resources=resources)
    elif allowing:
        named = ", ".join(str(one.statement) for one in allowing)
        yield passed(subject, f"{named}: no wildcard for region, account or name", resources=resources)
    else:
        yield not_applicable(subject, "no policy of the role that was read allows it")


def _wildcards(outcome: Outcome) -> str:
    """The first Resource with a wildcard for a whole part; empty where there is none."""
    statement = outcome.statement
    if statement.not_resources:
        return f"all but {', '.join(statement.not_resources)}"
    return next(filter(_is_wide, statement.resources or ()), "")


def _is_wide(resource: str) -> bool:
    fields = resource.split(":")
    return len(fields) < FIELDS or any(not fields[one].strip("*") for one in (REGION, ACCOUNT, NAME))


def _fix(role: Role, documents: list[PolicyDocument], functions: tuple[str, ...]) -> Fix:
    """A command only where all can be narrowed: inline policies whose wide statements are about invoking alone."""
    summary = f"name {', '.join(functions)} in place of the wildcard"
    narrowed = [_narrowed(one, functions) for one in documents]
    if not all(narrowed):
        return Fix(f"{summary}, in a policy of this role's own")
    named = zip(documents, filter(None, narrowed), strict=True)
    put = "iam put-role-policy"
    commands = (command(put, role_name=role.name, policy_name=one.name, policy_document=text) for one, text in named)
    return Fix(summary, tuple(commands))


def _narrowed(document: PolicyDocument, functions: tuple[str, ...]) -> str | None:
    if document.kind is not PolicyKind.INLINE:
        return None
    body = json.loads(document.text)
    rows = body["Statement"] if isinstance(body["Statement"], list) else [body["Statement"]]
    statements = read(document.text, source(document))
    pairs = list(zip(rows, statements, strict=True))
    if any(_covers(one) and not _invokes_alone(one) for _, one in pairs):
        return None
    kept = [{**row, "Resource": _resources(row, functions)} if _covers(one) else row for row, one in pairs]
    return json.dumps({**body, "Statement": kept})


def _covers(statement: Statement) -> bool:
    invokes = any(action_matches(one, INVOKE) for one in statement.actions or ())
    return statement.effect == "Allow" and (invokes or bool(statement.not_actions)) and _is_any_wide(statement)


def _is_any_wide(statement: Statement) -> bool:
    return bool(statement.not_resources) or any(map(_is_wide, statement.resources or ()))


def _invokes_alone(statement: Statement) -> bool:
    return statement.actions == (INVOKE,) and not statement.not_resources


def _resources(row: dict[str, Any], functions: tuple[str, ...]) -> list[str]:
    present = row["Resource"] if isinstance(row["Resource"], list) else [row["Resource"]]
    return list(dict.fromkeys([*(one for one in present if not _is_wide(one)), *functions]))

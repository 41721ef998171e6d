"""A small stand-in for IAM's policy simulator: enough to answer whether a role's own policies and boundary allow."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase
from html import escape
from typing import Any

from pullcheck.demo.account import ACCOUNT, backend
from pullcheck.demo.calls import Call, Reply

Context = dict[str, set[str]]
DEMO_USER = f"arn:aws:iam::{ACCOUNT}:user/demo"
"""Who calls where nobody else does: a user that may only look."""
OPERATORS: dict[str, Callable[[set[str], set[str]], bool]] = {
    "StringEquals": lambda sent, wanted: bool(sent & wanted),
    "ForAnyValue:StringNotEquals": lambda sent, wanted: bool(sent - wanted),
}
XMLNS = "https://iam.amazonaws.com/doc/2010-05-08/"


def simulate_principal_policy(call: Call) -> Reply:
    """``SimulatePrincipalPolicy`` for a role or a user. Of conditions only equality is evaluated, where the key was
    sent; all others count as not met, and keys that were not sent come back as missing.
    """
    iam = backend("iam")
    arn = call.fields["PolicySourceArn"]
    holder = next((one for one in (*iam.roles.values(), *iam.users.values()) if one.arn == arn), None)
    if holder is None and arn != DEMO_USER:
        return call.refuse("NoSuchEntity", f"{arn} does not exist", 404)
    context = _context(call)
    layers = [list(_statements(_own(holder)))] if holder else [[]]
    boundary = getattr(holder, "permissions_boundary_arn", None)
    if boundary:
        layers.append(list(_statements([_current(iam.managed_policies[boundary])])))
    resources = call.numbered("ResourceArns.member.") or ["*"]
    members = "".join(_result(layers, action, resources, context) for action in call.numbered("ActionNames.member."))
    text = (
        f'<SimulatePrincipalPolicyResponse xmlns="{XMLNS}"><SimulatePrincipalPolicyResult>'
        f"<IsTruncated>false</IsTruncated><EvaluationResults>{members}</EvaluationResults>"
        "</SimulatePrincipalPolicyResult><ResponseMetadata><RequestId>demo</RequestId></ResponseMetadata>"
        "</SimulatePrincipalPolicyResponse>"
    )
    return Reply(200, text.encode(), (("Content-Type", "text/xml"),))


def _own(holder: Any) -> list[Any]:
    return [*holder.policies.values(), *(_current(policy) for policy in holder.managed_policies.values())]


def _context(call: Call) -> Context:
    """The keys that were sent, in lower case, with their values."""
    sent: Context = {}
    for field, name in call.fields.items():
        if field.endswith(".ContextKeyName"):
            prefix = field.removesuffix("Name")
            sent[name.lower()] = set(call.numbered(f"{prefix}Values.member."))
    return sent


def _current(policy: Any) -> Any:
    return next(version.document for version in policy.versions if version.is_default)


def get_caller_identity(call: Call) -> Reply | None:
    """``GetCallerIdentity`` of nobody in particular, for whom moto's answer is no principal of IAM."""
    from moto.sts.models import sts_backends

    found = re.search(r"Credential=([^/]+)/", call.headers.get("authorization", ""))
    arn = sts_backends[ACCOUNT]["global"].get_caller_identity(found.group(1) if found else "", "us-east-1")[1]
    if not arn.endswith(":user/moto"):
        return None
    text = (
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
        f"<Arn>{DEMO_USER}</Arn><UserId>AIDADEMO</UserId><Account>{ACCOUNT}</Account></GetCallerIdentityResult>"
        "</GetCallerIdentityResponse>"
    )
    return Reply(200, text.encode(), (("Content-Type", "text/xml"),))


def _statements(documents: Iterable[Any]) -> Iterator[dict[str, Any]]:
    for document in documents:
        parsed = json.loads(document) if isinstance(document, str) else document
        yield from _list(parsed.get("Statement", []))


def _result(layers: list[list[dict[str, Any]]], action: str, resources: list[str], context: Context) -> str:
    decisions = [(resource, _decide(layers, action, resource, context)) for resource in resources]
    worst = next((decision for _, decision in decisions if decision != "allowed"), "allowed")
    rows = "".join(
        f"<member><EvalResourceName>{escape(resource)}</EvalResourceName>"
        f"<EvalResourceDecision>{decision}</EvalResourceDecision></member>"
        for resource, decision in decisions
    )
    keys = {key for layer in layers for one in layer if _covers(one, action, resources) for key in _condition_keys(one)}
    keys = {key for key in keys if key.lower() not in context}
    missing = "".join(f"<member>{escape(key)}</member>" for key in sorted(keys))
    return (
        f"<member><EvalActionName>{escape(action)}</EvalActionName><EvalDecision>{worst}</EvalDecision>"
        f"<EvalResourceName>{escape(resources[0])}</EvalResourceName><MatchedStatements/>"
        f"<MissingContextValues>{missing}</MissingContextValues><ResourceSpecificResults>{rows}</ResourceSpecificResults></member>"
    )


def _decide(layers: list[list[dict[str, Any]]], action: str, resource: str, context: Context) -> str:
    matching = [
        [one["Effect"] for one in layer if _holds(one, context) and _covers(one, action, [resource])]
        for layer in layers
    ]
    if any("Deny" in effects for effects in matching):
        return "explicitDeny"
    return "allowed" if all("Allow" in effects for effects in matching) else "implicitDeny"


def _covers(statement: dict[str, Any], action: str, resources: list[str]) -> bool:
    """Whether the statement speaks of the action on any of the resources."""
    return _named(statement, "Action", action, blind=True) and any(
        _named(statement, "Resource", resource, blind=False) for resource in resources
    )


def _holds(statement: dict[str, Any], context: Context) -> bool:
    return all(
        operator in OPERATORS and OPERATORS[operator](context.get(key.lower(), set()), set(map(str, _list(values))))
        for operator, block in statement.get("Condition", {}).items()
        for key, values in block.items()
    )


def _condition_keys(statement: dict[str, Any]) -> set[str]:
    return {key for block in statement.get("Condition", {}).values() for key in block}


def _named(statement: dict[str, Any], element: str, value: str, *, blind: bool) -> bool:
    negated = f"Not{element}" in statement
    patterns = [str(pattern) for pattern in _list(statement.get(f"Not{element}" if negated else element, []))]
    if blind:
        value, patterns = value.lower(), [pattern.lower() for pattern in patterns]
    return negated != any(fnmatchcase(value, pattern.replace("[", "[[]")) for pattern in patterns)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]

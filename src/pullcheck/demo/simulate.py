"""A small stand-in for IAM's policy simulator: enough to answer whether a role's own policies and boundary allow."""

import json
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from html import escape
from typing import Any

from pullcheck.demo.account import backend
from pullcheck.demo.calls import Call, Reply

XMLNS = "https://iam.amazonaws.com/doc/2010-05-08/"


def simulate_principal_policy(call: Call) -> Reply:
    """``SimulatePrincipalPolicy`` for a role. Conditions are not evaluated: their keys come back as missing."""
    iam = backend("iam")
    arn = call.fields["PolicySourceArn"]
    role = next((role for role in iam.roles.values() if role.arn == arn), None)
    if role is None:
        return call.refuse("NoSuchEntity", f"{arn} does not exist", 404)
    documents = [
        *role.policies.values(),
        *(_current(policy) for policy in role.managed_policies.values()),
    ]
    layers = [list(_statements(documents))]
    if role.permissions_boundary_arn:
        layers.append(list(_statements([_current(iam.managed_policies[role.permissions_boundary_arn])])))
    resources = call.numbered("ResourceArns.member.") or ["*"]
    members = "".join(_result(layers, action, resources) for action in call.numbered("ActionNames.member."))
    text = (
        f'<SimulatePrincipalPolicyResponse xmlns="{XMLNS}"><SimulatePrincipalPolicyResult>'
        f"<IsTruncated>false</IsTruncated><EvaluationResults>{members}</EvaluationResults>"
        "</SimulatePrincipalPolicyResult><ResponseMetadata><RequestId>demo</RequestId></ResponseMetadata>"
        "</SimulatePrincipalPolicyResponse>"
    )
    return Reply(200, text.encode(), (("Content-Type", "text/xml"),))


def _current(policy: Any) -> Any:
    return next(version.document for version in policy.versions if version.is_default)


def _statements(documents: Iterable[Any]) -> Iterator[dict[str, Any]]:
    for document in documents:
        parsed = json.loads(document) if isinstance(document, str) else document
        yield from _list(parsed.get("Statement", []))


def _result(layers: list[list[dict[str, Any]]], action: str, resources: list[str]) -> str:
    decisions = [(resource, _decide(layers, action, resource)) for resource in resources]
    worst = next((decision for _, decision in decisions if decision != "allowed"), "allowed")
    rows = "".join(
        f"<member><EvalResourceName>{escape(resource)}</EvalResourceName>"
        f"<EvalResourceDecision>{decision}</EvalResourceDecision></member>"
        for resource, decision in decisions
    )
    keys = {key for layer in layers for one in layer if _covers(one, action, resources) for key in _condition_keys(one)}
    missing = "".join(f"<member>{escape(key)}</member>" for key in sorted(keys))
    return (
        f"<member><EvalActionName>{escape(action)}</EvalActionName><EvalDecision>{worst}</EvalDecision>"
        f"<EvalResourceName>{escape(resources[0])}</EvalResourceName><MatchedStatements/>"
        f"<MissingContextValues>{missing}</MissingContextValues><ResourceSpecificResults>{rows}</ResourceSpecificResults></member>"
    )


def _decide(layers: list[list[dict[str, Any]]], action: str, resource: str) -> str:
    matching = [
        [one["Effect"] for one in layer if "Condition" not in one and _covers(one, action, [resource])]
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

"""The request that SageMaker hosting makes as the role, and the policies that decide on it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from pullcheck.evidence.function import FunctionPolicy
from pullcheck.evidence.placement import CredentialsProvider
from pullcheck.evidence.role import InvokeCall, PolicyDocument, PolicyKind, PolicySet, Role, RolePolicies
from pullcheck.missing import Unavailable
from pullcheck_checks.role.context import Context
from pullcheck_checks.role.decision import Decision, Layers, decide_in_all
from pullcheck_checks.role.policy import Source, Statement, read
from pullcheck_checks.role.principals import RoleCaller
from pullcheck_checks.role.statements import Layer, Request

SESSIONS = ("SageMaker", "another-name")
"""Hosting's session name is not documented; it was seen as SageMaker. What holds for both does not depend on it."""
VIA_URL = "lambda:invokedviafunctionurl"
NOT_DOCUMENTED = "the name of the session that SageMaker opens, and lambda:InvokedViaFunctionUrl in a plain call"


@dataclass(frozen=True)
class Case:
    """Everything that decides whether the role may invoke the function."""

    role: Role
    provider: CredentialsProvider
    call: InvokeCall
    layers: Layers

    def decide(self, layers: Layers | None = None) -> Decision:
        """The decision under these layers, or under others: the world after a fix."""
        return decide_in_all(requests(self.role, self.call), layers or self.layers, NOT_DOCUMENTED)


def case(
    role: Role,
    provider: CredentialsProvider,
    policies: RolePolicies,
    call: InvokeCall,
    function_policy: FunctionPolicy | Unavailable,
) -> Case:
    """The evidence as the evaluator takes it."""
    layers = Layers(
        identity=layer_of(policies.identity),
        boundary=layer_of(policies.boundary) if policies.boundary else None,
        resource=_function_layer(function_policy),
        owner=provider.account,
    )
    return Case(role, provider, call, layers)


def requests(role: Role, call: InvokeCall) -> tuple[Request, ...]:
    """The request in every form that it may take."""
    known = {key.name.lower(): key.values for key in call.known}
    absent = frozenset(name.lower() for name in call.absent)
    present = frozenset(name.lower() for name in call.present)
    found = []
    for session in SESSIONS:
        caller = RoleCaller(
            role.arn, role.id, role.name, role.account, role.partition, session, role.boundary_arn is not None
        )
        named = {**known, "aws:userid": (f"{role.id}:{session}",)}
        for context in (
            Context({**named, VIA_URL: ("false",)}, absent, present),
            Context(named, absent | {VIA_URL}, present),
        ):
            found.append(Request(caller, call.action, call.resource, context))
    return tuple(found)


def source(document: PolicyDocument) -> Source:
    """How findings name a policy."""
    named = Source(f"{document.kind.value} {document.name}", document.arn)
    if named.is_aws_managed and document.kind is PolicyKind.MANAGED:
        return Source(f"AWS managed policy {document.name}", document.arn)
    return named


def layer_of(policies: PolicySet) -> Layer:
    """The statements of the documents, and what could not be read."""
    statements = [one for document in policies.documents for one in read(document.text, source(document))]
    return Layer(tuple(statements), tuple(part.because for part in policies.unread))


def _function_layer(policy: FunctionPolicy | Unavailable) -> Layer:
    if isinstance(policy, Unavailable):
        return Layer(unread=(policy.because,))
    return Layer(read(policy.text, Source("the function's policy")) if policy.text else ())


def grant(resource: str, action: str) -> dict[str, str]:
    """The statement that allows just this."""
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def as_statements(policy: Source, *rows: Mapping[str, object]) -> tuple[Statement, ...]:
    """Statements that a fix would add, as the evaluator takes them."""
    return read(json.dumps({"Version": "2012-10-17", "Statement": list(rows)}), policy)

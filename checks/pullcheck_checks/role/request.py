"""The request that SageMaker hosting makes as the role, and the policies that decide on it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pullcheck.evidence.function import FunctionPolicy
from pullcheck.evidence.organization import Level, ServiceControlPolicies
from pullcheck.evidence.placement import CredentialsProvider
from pullcheck.evidence.role import InvokeCall, PolicyDocument, PolicyKind, PolicySet, Role, RolePolicies
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck_checks.role.context import Context
from pullcheck_checks.role.decision import Decision, Layers, decide, decide_in_all
from pullcheck_checks.role.policy import Source, Statement, read
from pullcheck_checks.role.principals import SESSIONS, RoleCaller
from pullcheck_checks.role.statements import Layer, Request

VIA_URL = "lambda:invokedviafunctionurl"
NOT_DOCUMENTED = "the name of the session that SageMaker opens, and lambda:InvokedViaFunctionUrl in a plain call"


@dataclass(frozen=True)
class Case:
    """Everything that decides whether the role may invoke the function.

    ``functions`` are all that containers of the run name for this role; ``unqualified`` is the policy of the function
    itself, where the version or alias that is named has none.
    """

    role: Role
    provider: CredentialsProvider
    call: InvokeCall
    layers: Layers
    functions: tuple[str, ...] = ()
    unqualified: Layer = field(default_factory=Layer)

    def decide(self, layers: Layers | None = None) -> Decision:
        """The decision under these layers, or under others: the world after a fix."""
        return decide_in_all(requests(self.role, self.call), layers or self.layers, NOT_DOCUMENTED)

    def about(self, function: str) -> "Case":
        """The same call to another function."""
        return replace(self, call=replace(self.call, resource=function))


def case(
    role: Role,
    provider: CredentialsProvider,
    policies: RolePolicies,
    call: InvokeCall,
    function_policy: FunctionPolicy | Unavailable,
    scps: ServiceControlPolicies | Unavailable | NotApplicable,
    functions: tuple[str, ...],
) -> Case:
    """The evidence as the evaluator takes it."""
    layers = replace(
        layers_of(role, policies),
        resource=_function_layer(function_policy),
        owner=provider.account,
        organization=tuple(map(_level, scps.levels)) if isinstance(scps, ServiceControlPolicies) else (),
    )
    itself = function_policy.unqualified if isinstance(function_policy, FunctionPolicy) else None
    unqualified = _function_layer(FunctionPolicy(itself))
    return Case(role, provider, call, layers, functions, unqualified)


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


def _level(level: Level) -> Layer:
    named = ((one, Source(f"{source(one)} of {level.name}", one.arn)) for one in level.policies)
    return Layer(tuple(statement for one, policy in named for statement in read(one.text, policy)))


def _function_layer(policy: FunctionPolicy | Unavailable) -> Layer:
    if isinstance(policy, Unavailable):
        return Layer(unread=(policy.because,))
    return Layer(read(policy.text, Source("the function's policy")) if policy.text else ())


def layers_of(role: Role, policies: RolePolicies) -> Layers:
    """The role's own policies and its boundary."""
    boundary = layer_of(policies.boundary) if policies.boundary else None
    return Layers(layer_of(policies.identity), boundary, Layer(), role.account)


def decide_as(
    role: Role, action: str, resource: str, layers: Layers, keys: Mapping[str, tuple[str, ...]] | None = None
) -> Decision:
    """May the role do that, with the few keys that every call carries, and those that are its own?"""
    bounded = role.boundary_arn is not None
    caller = RoleCaller(role.arn, role.id, role.name, role.account, role.partition, SESSIONS[0], bounded)
    known = {"aws:principalarn": (role.arn,), "aws:principalaccount": (role.account,)}
    if role.region:
        known["aws:requestedregion"] = (role.region,)
    return decide(Request(caller, action, resource, Context({**known, **(keys or {})})), layers)


def grant(action: str, *resources: str) -> dict[str, object]:
    """The statement that allows just this."""
    return {"Effect": "Allow", "Action": action, "Resource": resources[0] if len(resources) == 1 else list(resources)}


def as_statements(policy: Source, *rows: Mapping[str, object]) -> tuple[Statement, ...]:
    """Statements that a fix would add, as the evaluator takes them."""
    return read(json.dumps({"Version": "2012-10-17", "Statement": list(rows)}), policy)

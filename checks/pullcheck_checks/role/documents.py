"""Policy evaluation over AWS's own JSON documents: may this principal do that to this resource?

    >>> call = Call("arn:aws:iam::111122223333:role/Model", "lambda:InvokeFunction", function_arn)
    >>> evaluate(call, Policies(identity={"InvokeIt": document}, boundary=another)).decision

The answer is one of three: what was not read, an operator or a principal of a form that is not known and a condition
key whose value nobody knows make it ``unknown`` where they decide, and never where something else does (IAM user
guide, policy evaluation logic and policy grammar; AWS PrivateLink guide, endpoint policies).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from pullcheck import Unavailable
from pullcheck_checks.role.context import Context
from pullcheck_checks.role.decision import Layers, decide, decide_in_all
from pullcheck_checks.role.near import nearest
from pullcheck_checks.role.policy import Source, read
from pullcheck_checks.role.principals import SESSIONS, Caller, RoleCaller, ServiceCaller, UserCaller
from pullcheck_checks.role.statements import Element, Examined, Layer, Outcome, Request

Document = str | Mapping[str, Any]
"""A policy as JSON text, or as what that text holds."""
NO_SESSION = "the name of the role's session"
ARN_FIELDS = 6


@dataclass(frozen=True)
class Call:
    """One request. ``principal`` is the ARN of a role, of a role's session or of a user, or a service's name;
    ``resource`` is an ARN, with its qualifier, and None for a trust policy.

    ``context`` has the condition keys that the request carries, names case-blind, values as text; None says that it
    does not carry the key. What is not among them is not known, unless ``complete``: then it is not carried.
    ``principal_id`` (``AROA...``) and ``session`` complete a role's ARN. Raises `ValueError` for a principal of
    another form.
    """

    principal: str
    action: str
    resource: str | None
    context: Mapping[str, str | Sequence[str] | None] = field(default_factory=dict)
    complete: bool = False
    principal_id: str = ""
    session: str | None = None


@dataclass(frozen=True)
class Policies:
    """The documents by layer; an `Unavailable` in the place of one says that it was not read, and why.

    ``identity`` has the principal's own policies by name, ``organization`` the policies of each level from the root
    down, each level by name; ``boundary``, ``session`` and ``endpoint`` are None where there are none. ``resource`` is
    the policy of what is called, and ``owner`` the account that it lies in (default: the one in its ARN, else the
    principal's).
    """

    identity: Mapping[str, Document] | Unavailable = field(default_factory=dict)
    boundary: Document | Unavailable | None = None
    session: Document | Unavailable | None = None
    organization: Sequence[Mapping[str, Document]] | Unavailable = ()
    resource: Document | Unavailable | None = None
    endpoint: Document | Unavailable | None = None
    owner: str = ""

    @cached_property
    def layers(self) -> Layers:
        """The documents read into statements, once for all calls."""
        levels = (self.organization,) if isinstance(self.organization, Unavailable) else self.organization
        return Layers(
            identity=_layer(self.identity),
            boundary=_single(self.boundary, "the permissions boundary"),
            resource=_single(self.resource, "the resource's policy") or Layer(),
            owner=self.owner,
            session=_single(self.session, "the session policy"),
            organization=tuple(map(_layer, levels)),
            endpoint=_single(self.endpoint, "the endpoint's policy"),
        )


class Decided(StrEnum):
    """The three answers."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Miss:
    """An Allow that does not match, the ``elements`` that do not fit, and how in words."""

    layer: str
    statement: str
    elements: tuple[str, ...]
    because: str


@dataclass(frozen=True)
class Answer:
    """``layer`` and ``statement`` are what decides: the Deny that matches, the Allow that grants, or (no statement) the
    first layer without an Allow. ``blocking`` has every layer that denies or lacks an Allow, ``unknowns`` what keeps
    the answer from being sure; ``examined`` has every layer by its name, statement by statement."""

    decision: Decided
    explicit: bool = False
    layer: str | None = None
    statement: str | None = None
    blocking: tuple[str, ...] = ()
    unknowns: tuple[str, ...] = ()
    examined: Mapping[str, Examined] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def misses(self) -> tuple[Miss, ...]:
        """The statements of the blocking layers that come near to allowing, nearest first."""
        found = [
            Miss(name, str(one.statement), tuple(part.value for part in one.failed), _difference(one, layer.request))
            for name in self.blocking
            for layer in (self.examined[name],)
            for one in layer.outcomes
            if one.statement.effect == "Allow" and one.truth is False
        ]
        return tuple(sorted(found, key=lambda miss: len(miss.elements)))


def evaluate(call: Call, policies: Policies) -> Answer:
    """The decision on a call, what decides it, and what comes nearest where nothing allows it. Raises `ValueError`
    for a principal whose form is not known."""
    callers = _callers(call, bounded=policies.boundary is not None)
    owner = policies.owner or _account(call.resource or "") or getattr(callers[0], "account", "")
    layers = policies.layers if policies.owner == owner else replace(policies.layers, owner=owner)
    context = _context(call)
    requests = [Request(caller, call.action, call.resource, context) for caller in callers]
    decision = decide(requests[0], layers) if len(requests) == 1 else decide_in_all(requests, layers, NO_SESSION)
    named, lacking = decision.named, decision.lacking
    if decision.denied:
        return _denied(named, lacking)
    if decision.allowed:
        layer, allow = _granting(named)
        return Answer(Decided.ALLOWED, layer=layer, statement=allow, examined=named)
    if decision.allowed is False:
        first = lacking[0] if lacking else None
        return Answer(Decided.DENIED, layer=first, blocking=lacking, examined=named)
    return Answer(Decided.UNKNOWN, blocking=lacking, unknowns=decision.doubts, examined=named)


def _layer(documents: Mapping[str, Document] | Unavailable) -> Layer:
    if isinstance(documents, Unavailable):
        return Layer(unread=(documents.because,))
    return Layer(tuple(one for name, text in documents.items() for one in read(_text(text), Source(name))))


def _single(document: Document | Unavailable | None, name: str) -> Layer | None:
    if document is None:
        return None
    return _layer(document if isinstance(document, Unavailable) else {name: document})


def _text(document: Document) -> str:
    return document if isinstance(document, str) else json.dumps(document)


def _context(call: Call) -> Context:
    carried = {name.lower(): value for name, value in call.context.items()}
    known = {
        name: (value,) if isinstance(value, str) else tuple(value)
        for name, value in carried.items()
        if value is not None
    }
    return Context(known, frozenset(name for name, value in carried.items() if value is None), complete=call.complete)


def _account(arn: str) -> str:
    fields = arn.split(":", ARN_FIELDS - 1)
    return fields[4] if len(fields) == ARN_FIELDS else ""


def _callers(call: Call, *, bounded: bool) -> tuple[Caller, ...]:
    """A role without a named session calls by one of several."""
    fields = call.principal.split(":", ARN_FIELDS - 1)
    if len(fields) < ARN_FIELDS:
        if ":" in call.principal or "." not in call.principal:
            raise ValueError(f"principal {call.principal!r}: expected an ARN of IAM or STS, or the name of a service")
        return (ServiceCaller(call.principal),)
    _, partition, _, _, account, tail = fields
    kind, _, path = tail.partition("/")
    name = path.rpartition("/")[2]
    if kind == "user" and name:
        return (UserCaller(call.principal, call.principal_id, account, partition, bounded),)
    if kind == "assumed-role" and path.count("/") == 1:
        role, _, session = path.partition("/")
        arn, sessions = f"arn:{partition}:iam::{account}:role/{role}", [session]
    elif kind == "role" and name:
        role, arn, sessions = name, call.principal, [call.session] if call.session else list(SESSIONS)
    else:
        raise ValueError(f"principal {call.principal!r}: expected a role, a role's session, a user or a service")
    return tuple(RoleCaller(arn, call.principal_id, role, account, partition, one, bounded) for one in sessions)


def _denied(named: Mapping[str, Examined], lacking: Sequence[str]) -> Answer:
    denying = {name: str(found.statement) for name, layer in named.items() if (found := layer.matching("Deny"))}
    layer, statement = next(iter(denying.items()), (None, None))
    blocking = tuple(dict.fromkeys((*denying, *lacking)))
    return Answer(Decided.DENIED, True, layer, statement, blocking, examined=named)


def _granting(named: Mapping[str, Examined]) -> tuple[str | None, str | None]:
    found = [(name, named[name].matching("Allow")) for name in ("identity", "resource")]
    return next(((name, str(allow.statement)) for name, allow in found if allow), (None, None))


def _difference(outcome: Outcome, request: Request) -> str:
    """E.g. "matches but for the qualifier of the resource"."""
    if outcome.failed == (Element.RESOURCE,) and request.resource:
        near = nearest(outcome.statement.resources or (), request.resource)
        return f"matches but for the {near[0].value} of {near[1]}" if near else "matches but for the resource"
    if outcome.failed == (Element.CONDITION,):
        return f"matches but for the condition {' and '.join(map(str, outcome.failed_conditions))}"
    return f"matches but for {' and '.join(f'the {part.value}' for part in outcome.failed)}"

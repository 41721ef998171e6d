"""May this request be made? AWS's policy evaluation, in three values (iam rules 6 to 13; IAM user guide, policy
evaluation logic).

Every layer is examined by itself, statement by statement; `decide` puts the layers together. True is allowed, False
denied, None means that something unread or unknown decides. A Deny that matches stays a denial whatever is unread.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from pullcheck_checks.role.conditions import holds
from pullcheck_checks.role.context import Context
from pullcheck_checks.role.kleene import Truth, agreed, all_of, any_of, negation
from pullcheck_checks.role.patterns import action_matches, resource_matches
from pullcheck_checks.role.policy import Condition, Statement
from pullcheck_checks.role.principals import By, Caller, RoleCaller, escapes_not_principal, named_by


@dataclass(frozen=True)
class Request:
    """Who does what to which resource; ``resource`` is None where the policy's own subject is meant (trust)."""

    caller: Caller
    action: str
    resource: str | None
    context: Context


@dataclass(frozen=True)
class Layer:
    """The statements of one layer, and in words what of it could not be read."""

    statements: tuple[Statement, ...] = ()
    unread: tuple[str, ...] = ()


class Element(Enum):
    """The parts of a statement that can fit the request or not."""

    PRINCIPAL = "principal"
    ACTION = "action"
    RESOURCE = "resource"
    CONDITION = "condition"


@dataclass(frozen=True)
class Outcome:
    """How one statement met the request: what did not fit (``failed``), and what could not be told (``unsure``).

    ``ways`` says how its Principal element names the caller.
    """

    statement: Statement
    truth: Truth
    failed: tuple[Element, ...] = ()
    failed_conditions: tuple[Condition, ...] = ()
    unsure: tuple[str, ...] = ()
    ways: tuple[tuple[By, Truth], ...] = ()


@dataclass(frozen=True)
class Examined:
    """A layer and how each of its statements met the request."""

    outcomes: tuple[Outcome, ...] = ()
    unread: tuple[str, ...] = ()

    def matching(self, effect: str) -> Outcome | None:
        """The first statement of that effect that surely matches."""
        return next((one for one in self.outcomes if one.statement.effect == effect and one.truth), None)

    def says(self, effect: str) -> Truth:
        """Whether a statement of that effect matches; unread parts and unreadable statements may."""
        possible = [one.truth for one in self.outcomes if one.statement.effect in (effect, None)]
        return any_of([*possible, *(None for _ in self.unread)])

    def grants(self, *ways: By) -> Truth:
        """Whether an Allow matches that names the caller in one of these ways."""
        granted = [
            all_of((outcome.truth, truth))
            for outcome in self.outcomes
            if outcome.statement.effect == "Allow"
            for way, truth in outcome.ways
            if way in ways
        ]
        nameless = [one.truth for one in self.outcomes if one.statement.effect != "Deny" and not one.ways]
        obscure = [None for truth in nameless if truth is None]
        return any_of([*granted, *obscure, *(None for _ in self.unread)])

    @property
    def unsure(self) -> tuple[str, ...]:
        """Everything that keeps this layer from a sure answer."""
        doubts = [doubt for one in self.outcomes if one.truth is None for doubt in one.unsure]
        return tuple(dict.fromkeys((*self.unread, *doubts)))


def examine(layer: Layer, request: Request) -> Examined:
    """Every statement of a layer against the request."""
    return Examined(tuple(meet(statement, request) for statement in layer.statements), layer.unread)


def meet(statement: Statement, request: Request) -> Outcome:
    """One statement against the request: all its elements must fit (rule 11)."""
    if statement.problem:
        return Outcome(statement, None, unsure=(f"{statement}: {statement.problem}",))
    variables = request.context if statement.variables else None
    principal, ways = _principal(statement, request.caller)
    met = [(condition, holds(condition, request.context, variables)) for condition in statement.conditions]
    parts = {
        Element.PRINCIPAL: principal,
        Element.ACTION: _action(statement, request.action),
        Element.RESOURCE: _resource(statement, request.resource, variables),
        Element.CONDITION: all_of(truth for _, truth in met),
    }
    doubts = [f"{element.value} of {statement}" for element, truth in parts.items() if truth is None]
    if parts[Element.CONDITION] is None:
        doubts = [f"condition {condition} of {statement}" for condition, truth in met if truth is None]
    return Outcome(
        statement,
        all_of(parts.values()),
        failed=tuple(element for element, truth in parts.items() if truth is False),
        failed_conditions=tuple(condition for condition, truth in met if truth is False),
        unsure=tuple(doubts),
        ways=tuple(ways.items()),
    )


def _principal(statement: Statement, caller: Caller) -> tuple[Truth, dict[By, Truth]]:
    if statement.not_principals is not None:
        return negation(escapes_not_principal(statement, caller)), {}
    if statement.principals is None:
        return True, {}
    ways = named_by(statement.principals, caller, statement.effect)
    return any_of(ways.values()), ways


def _action(statement: Statement, action: str) -> Truth:
    if statement.actions is not None:
        return any(action_matches(wanted, action) for wanted in statement.actions)
    return not any(action_matches(wanted, action) for wanted in statement.not_actions or ())


def _resource(statement: Statement, resource: str | None, variables: Context | None) -> Truth:
    if statement.resources is None and statement.not_resources is None:
        return True if resource is None else None
    if resource is None:
        return None
    if statement.resources is not None:
        return any_of(resource_matches(wanted, resource, variables) for wanted in statement.resources)
    return negation(any_of(resource_matches(wanted, resource, variables) for wanted in statement.not_resources or ()))


@dataclass(frozen=True)
class Layers:
    """The layers that decide on a role's request. ``boundary`` is None where the role has none.

    ``resource`` is the policy of what is called, ``owner`` the account it lies in. Session policies and organisation
    policies are not among them: no reader of one account sees those.
    """

    identity: Layer
    boundary: Layer | None
    resource: Layer
    owner: str


@dataclass(frozen=True)
class Decision:
    """``allowed`` is the answer; ``denied`` whether an explicit Deny matches; ``granted`` whether an Allow reaches far
    enough; ``by_role`` what identity policies and boundary say alone, which is what AWS's simulator answers."""

    allowed: Truth
    denied: Truth
    granted: Truth
    by_role: Truth
    identity: Examined
    boundary: Examined | None
    resource: Examined
    cross_account: bool
    doubts: tuple[str, ...] = ()

    @property
    def layers(self) -> tuple[Examined, ...]:
        """The layers in the order in which they are told."""
        return tuple(layer for layer in (self.identity, self.boundary, self.resource) if layer)

    @property
    def denial(self) -> Outcome | None:
        """The statement that denies explicitly."""
        return next((found for layer in self.layers if (found := layer.matching("Deny"))), None)


def decide(request: Request, layers: Layers) -> Decision:
    """A role's request, all layers together (rules 11 to 13)."""
    identity = examine(layers.identity, request)
    boundary = examine(layers.boundary, request) if layers.boundary else None
    resource = examine(layers.resource, request)
    caller = request.caller
    cross_account = not isinstance(caller, RoleCaller) or caller.account != layers.owner
    bounds: Truth = boundary.says("Allow") if boundary else True
    own = all_of((identity.says("Allow"), bounds))
    granted = _across_accounts(own, resource) if cross_account else _within_account(own, bounds, resource)
    role_denied = any_of(layer.says("Deny") for layer in (identity, boundary) if layer)
    denied = any_of((role_denied, resource.says("Deny")))
    return Decision(
        allowed=all_of((negation(denied), granted)),
        denied=denied,
        granted=granted,
        by_role=all_of((negation(role_denied), own)),
        identity=identity,
        boundary=boundary,
        resource=resource,
        cross_account=cross_account,
        doubts=tuple(doubt for layer in (identity, boundary, resource) if layer for doubt in layer.unsure),
    )


def _across_accounts(own: Truth, resource: Examined) -> Truth:
    """Both sides must allow, and the boundary always limits (rule 13)."""
    return all_of((own, resource.grants(By.SESSION, By.ROLE, By.ACCOUNT, By.EVERYONE)))


def _within_account(own: Truth, bounds: Truth, resource: Examined) -> Truth:
    """What the resource's own policy grants depends on how it names the caller (rule 12); the account grants nothing.

    Whether a bare ``*`` passes over a boundary that does not allow is not documented.
    """
    pinned = Examined(tuple(one for one in resource.outcomes if _pins_the_role(one)), ())
    beyond_boundary = any_of((resource.grants(By.SESSION), pinned.grants(By.EVERYONE)))
    everyone = all_of((resource.grants(By.EVERYONE), bounds or None))
    return any_of((own, beyond_boundary, everyone, all_of((resource.grants(By.ROLE), bounds))))


def _pins_the_role(outcome: Outcome) -> bool:
    operators = {one.operator for one in outcome.statement.conditions if one.key.lower() == "aws:principalarn"}
    return bool(operators & {"StringEquals", "StringLike", "ArnEquals", "ArnLike"})


def decide_in_all(requests: Sequence[Request], layers: Layers, difference: str) -> Decision:
    """One decision for requests that differ in something unknown: where they disagree, that is the doubt."""
    decisions = [decide(request, layers) for request in requests]
    first = decisions[0]
    allowed = agreed(one.allowed for one in decisions)
    return replace(
        first,
        allowed=allowed,
        denied=agreed(one.denied for one in decisions),
        granted=agreed(one.granted for one in decisions),
        by_role=agreed(one.by_role for one in decisions),
        doubts=first.doubts if allowed == first.allowed else (*first.doubts, difference),
    )


def with_statement(layer: Layer, statements: Iterable[Statement]) -> Layer:
    """The layer with statements added: the world after a fix."""
    return Layer((*layer.statements, *statements), layer.unread)

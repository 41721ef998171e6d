"""How single statements meet a request (iam rules 1 to 13; IAM user guide, policy evaluation logic).

True is a match, False none, None means that something unread or unknown decides.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cache, cached_property, partial

from pullcheck_checks.role.conditions import holds
from pullcheck_checks.role.context import Context
from pullcheck_checks.role.kleene import Truth, all_of, any_of, negation
from pullcheck_checks.role.patterns import action_matches, may_match, resource_matches
from pullcheck_checks.role.policy import Condition, Statement
from pullcheck_checks.role.principals import By, Caller, escapes_not_principal, named_by


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

    @cached_property
    def _for_action(self) -> dict[str, tuple[Statement, ...]]:
        return {}

    def about(self, action: str) -> tuple[Statement, ...]:
        """The statements that are for this action, and those that could not be understood; looked for once."""
        found = self._for_action.get(action)
        if found is None:
            reaches = cache(partial(action_matches, action=action))
            found = tuple(one for one in self.statements if one.problem or _is_for(one, reaches))
            self._for_action[action] = found
        return found


def _is_for(statement: Statement, reaches: Callable[[str], bool]) -> bool:
    if statement.actions is not None:
        return any(map(reaches, statement.actions))
    return not any(map(reaches, statement.not_actions or ()))


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
    """A layer and how its statements meet the request."""

    layer: Layer
    request: Request

    @cached_property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Of every statement, in their order."""
        return tuple(meet(one, self.request) for one in self.layer.statements)

    @cached_property
    def relevant(self) -> tuple[Outcome, ...]:
        """Of those that are for the action and may be for the resource: no other statement allows or denies."""
        resource = self.request.resource
        return tuple(
            meet(one, self.request)
            for one in self.layer.about(self.request.action)
            if resource is None or not one.resources or any(may_match(wanted, resource) for wanted in one.resources)
        )

    @property
    def unread(self) -> tuple[str, ...]:
        """What of the layer could not be read."""
        return self.layer.unread

    def matching(self, effect: str) -> Outcome | None:
        """The first statement of that effect that surely matches."""
        return next((one for one in self.relevant if one.statement.effect == effect and one.truth), None)

    def says(self, effect: str) -> Truth:
        """Whether a statement of that effect matches; unread parts and unreadable statements may."""
        possible = [one.truth for one in self.relevant if one.statement.effect in (effect, None)]
        return any_of([*possible, *(None for _ in self.unread)])

    def grants(self, *ways: By, among: Callable[[Outcome], bool] | None = None) -> Truth:
        """Whether an Allow matches that names the caller in one of these ways; ``among`` takes some alone."""
        found = [one for one in self.relevant if among is None or among(one)]
        granted = [
            all_of((outcome.truth, truth))
            for outcome in found
            if outcome.statement.effect == "Allow"
            for way, truth in outcome.ways
            if way in ways
        ]
        nameless = [one.truth for one in found if one.statement.effect != "Deny" and not one.ways]
        obscure = [None for truth in nameless if truth is None]
        unread = self.unread if among is None else ()
        return any_of([*granted, *obscure, *(None for _ in unread)])

    @property
    def unsure(self) -> tuple[str, ...]:
        """Everything that keeps this layer from a sure answer."""
        doubts = [doubt for one in self.relevant if one.truth is None for doubt in one.unsure]
        return tuple(dict.fromkeys((*self.unread, *doubts)))


def examine(layer: Layer, request: Request) -> Examined:
    """The statements of a layer against the request."""
    return Examined(layer, request)


def meet(statement: Statement, request: Request) -> Outcome:
    """One statement against the request: all its elements must fit (rule 11)."""
    if statement.problem:
        return Outcome(statement, None, unsure=(f"{statement}: {statement.problem}",))
    variables = request.context if statement.variables else None
    principal, ways = _principal(statement, request.caller)
    met = [(condition, holds(condition, request.context, variables)) for condition in statement.conditions]
    parts = {
        Element.PRINCIPAL: principal,
        Element.ACTION: _is_for(statement, partial(action_matches, action=request.action)),
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


def _resource(statement: Statement, resource: str | None, variables: Context | None) -> Truth:
    if statement.resources is None and statement.not_resources is None:
        return True if resource is None else None
    if resource is None:
        return None
    if statement.resources is not None:
        return any_of(resource_matches(wanted, resource, variables) for wanted in statement.resources)
    return negation(any_of(resource_matches(wanted, resource, variables) for wanted in statement.not_resources or ()))

"""May this request be made? AWS's policy evaluation, in three values (iam rules 6 to 17; IAM user guide, policy
evaluation logic).

Every layer is examined by itself, statement by statement; `decide` puts the layers together. True is allowed, False
denied, None means that something unread or unknown decides. A Deny that matches stays a denial whatever is unread.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from pullcheck_checks.role.kleene import Truth, agreed, all_of, any_of, negation
from pullcheck_checks.role.policy import Statement
from pullcheck_checks.role.principals import By, ServiceCaller
from pullcheck_checks.role.statements import Examined, Layer, Outcome, Request, examine

PINS = frozenset({"StringEquals", "StringLike", "ArnEquals", "ArnLike"})


@dataclass(frozen=True)
class Layers:
    """The layers that decide on a request; None is a layer that there is none of.

    ``resource`` is the policy of what is called, ``owner`` the account it lies in. ``organization`` has one layer for
    each level of the organisation, each of which must allow; ``endpoint`` is the policy of the interface endpoint that
    the call goes through. ``names_caller`` says that the resource's policy, as that of a key, has to name the caller or
    its account in any case.
    """

    identity: Layer
    boundary: Layer | None
    resource: Layer
    owner: str
    session: Layer | None = None
    organization: tuple[Layer, ...] = ()
    endpoint: Layer | None = None
    names_caller: bool = False


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
    session: Examined | None = None
    organization: tuple[Examined, ...] = ()
    endpoint: Examined | None = None
    difference: tuple[str, ...] = ()

    @property
    def layers(self) -> tuple[Examined, ...]:
        """The layers in the order in which they are told."""
        found = (self.identity, self.boundary, self.session, *self.organization, self.resource, self.endpoint)
        return tuple(layer for layer in found if layer)

    @property
    def named(self) -> dict[str, Examined]:
        """The layers by what they are called, those of the organisation by their level from the root down."""
        levels = {f"organization level {number}": level for number, level in enumerate(self.organization, start=1)}
        every = {
            **levels,
            "boundary": self.boundary,
            "session": self.session,
            "identity": self.identity,
            "resource": self.resource,
            "endpoint": self.endpoint,
        }
        return {name: layer for name, layer in every.items() if layer}

    @property
    def lacking(self) -> tuple[str, ...]:
        """The layers without an Allow, where one is needed: what a resource's policy grants is not asked elsewhere."""
        past = not self.cross_account and self.resource.grants(By.SESSION) is True
        granted = past or (not self.cross_account and self.resource.grants(By.ROLE, By.EVERYONE) is True)
        spared = {
            "identity": granted or isinstance(self.identity.request.caller, ServiceCaller),
            "boundary": past,
            "session": past,
            "resource": not self.cross_account,
        }
        silent = (name for name, layer in self.named.items() if layer.says("Allow") is False)
        return tuple(name for name in silent if not spared.get(name))

    @property
    def denials(self) -> tuple[Outcome, ...]:
        """The statements that deny explicitly, the first of each layer."""
        return tuple(found for layer in self.layers if (found := layer.matching("Deny")))

    @property
    def denial(self) -> Outcome | None:
        """The first statement that denies explicitly."""
        return next(iter(self.denials), None)

    @cached_property
    def doubts(self) -> tuple[str, ...]:
        """Everything that keeps it from a sure answer."""
        return (*(doubt for layer in self.layers for doubt in layer.unsure), *self.difference)


def decide(request: Request, layers: Layers) -> Decision:
    """A request, all layers together (rules 11 to 17)."""

    def examined(layer: Layer | None) -> Examined | None:
        return examine(layer, request) if layer else None

    identity, resource = examine(layers.identity, request), examine(layers.resource, request)
    boundary, session, endpoint = map(examined, (layers.boundary, layers.session, layers.endpoint))
    organization = tuple(examine(layer, request) for layer in layers.organization)
    caller = request.caller
    cross_account = isinstance(caller, ServiceCaller) or caller.account != layers.owner
    bounds: Truth = boundary.says("Allow") if boundary else True
    narrowed: Truth = session.says("Allow") if session else True
    own = all_of((identity.says("Allow"), bounds, narrowed))
    if layers.names_caller or request.resource is None:
        own = _across_accounts(own, resource)
    if isinstance(caller, ServiceCaller):
        reached = resource.grants(By.SERVICE, By.EVERYONE)
    elif cross_account:
        reached = _across_accounts(own, resource)
    else:
        reached = _within_account(own, bounds, narrowed, resource)
    limits = [layer.says("Allow") for layer in (*organization, endpoint) if layer]
    granted = all_of((reached, *limits))
    role_denied = any_of(layer.says("Deny") for layer in (identity, boundary) if layer)
    others = [layer.says("Deny") for layer in (resource, session, *organization, endpoint) if layer]
    denied = any_of((role_denied, *others))
    return Decision(
        allowed=all_of((negation(denied), granted)),
        denied=denied,
        granted=granted,
        by_role=all_of((negation(role_denied), identity.says("Allow"), bounds)),
        identity=identity,
        boundary=boundary,
        resource=resource,
        cross_account=cross_account,
        session=session,
        organization=organization,
        endpoint=endpoint,
    )


def _across_accounts(own: Truth, resource: Examined) -> Truth:
    """Both sides must allow, and the boundary always limits (rule 13)."""
    return all_of((own, resource.grants(By.SESSION, By.ROLE, By.ACCOUNT, By.EVERYONE)))


def _within_account(own: Truth, bounds: Truth, narrowed: Truth, resource: Examined) -> Truth:
    """What the resource's own policy grants depends on how it names the caller (rule 12); the account grants nothing.

    Whether a bare ``*`` passes over a boundary or a session policy that does not allow is not documented, nor whether
    one with aws:PrincipalArn passes over a session policy.
    """
    pinned = all_of((resource.grants(By.EVERYONE, among=_pins_the_role), narrowed or None))
    everyone = all_of((resource.grants(By.EVERYONE), bounds or None, narrowed or None))
    role = all_of((resource.grants(By.ROLE), bounds, narrowed))
    return any_of((own, resource.grants(By.SESSION), pinned, everyone, role))


def _pins_the_role(outcome: Outcome) -> bool:
    operators = {one.operator for one in outcome.statement.conditions if one.key.lower() == "aws:principalarn"}
    return bool(operators & PINS)


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
        difference=() if allowed == first.allowed else (difference,),
    )


def with_statement(layer: Layer, statements: Iterable[Statement]) -> Layer:
    """The layer with statements added: the world after a fix."""
    return Layer((*layer.statements, *statements), layer.unread)

"""The call through the endpoint, and its policy as the evaluator of policies takes it."""

from dataclasses import dataclass, replace

from pullcheck.arns import function_in, role_in
from pullcheck.evidence.endpoint import InterfaceEndpoint
from pullcheck.evidence.placement import CredentialsProvider, ExecutionRole
from pullcheck.evidence.role import InvokeCall, Role
from pullcheck_checks.role.context import Context
from pullcheck_checks.role.decision import Decision, Layers, decide_in_all
from pullcheck_checks.role.policy import Condition, Source, Statement, read
from pullcheck_checks.role.principals import SESSIONS, RoleCaller, named_by
from pullcheck_checks.role.request import NOT_DOCUMENTED, requests
from pullcheck_checks.role.statements import Layer, Request

INVOKE = "lambda:InvokeFunction"
FULL_ACCESS = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}'
"""What EC2 attaches where none is given (Amazon EC2 API Reference, CreateVpcEndpoint, PolicyDocument)."""
NO_PRINCIPAL = "it has no Principal, which an endpoint's policy must have"
ONE_SESSION = "it names a session of the role, and how SageMaker names its session is not documented"
WILDCARD = "a wildcard is not supported with that condition key in an endpoint's policy"
GENERATED = frozenset(
    {
        "aws:principalaccount",
        "aws:principalorgid",
        "aws:resourceaccount",
        "aws:resourceorgid",
        "aws:sourcevpc",
        "aws:sourcevpce",
    }
)
"""Keys whose values AWS makes up: with these, endpoint policies take no wildcards (AWS PrivateLink Guide)."""


@dataclass(frozen=True)
class Case:
    """Who calls what through which endpoint, in every form that the call may take."""

    endpoint: InterfaceEndpoint
    caller: RoleCaller
    function: str
    requests: tuple[Request, ...]

    @property
    def text(self) -> str:
        """The policy in force."""
        return self.endpoint.policy or FULL_ACCESS

    def about(self, role: str, function: str) -> "Case":
        """The call to another function, or of another role, of which nothing is known but its ARN."""
        if role == self.caller.arn:
            return replace(
                self, function=function, requests=tuple(replace(one, resource=function) for one in self.requests)
            )
        asked, provider = role_in(role), function_in(function)
        return unread_case(self.endpoint, asked, provider) if asked and provider else self

    def decide(self, text: str) -> Decision:
        """What a policy with this text says to the call: one layer, which must allow and grants nothing by itself."""
        kind = "the policy" if self.endpoint.policy else "the default policy"
        statements = read(text, Source(f"{kind} of {self.endpoint.id}"))
        layer = Layer(tuple(replace(one, problem=one.problem or _doubt(one, self.caller)) for one in statements))
        return decide_in_all(self.requests, Layers(layer, None, Layer(), self.caller.account), NOT_DOCUMENTED)


def read_case(endpoint: InterfaceEndpoint, role: Role, call: InvokeCall) -> Case:
    """The call as far as it is known beforehand."""
    forms = requests(role, call)
    return Case(endpoint, _caller(role), call.resource, forms)


def unread_case(endpoint: InterfaceEndpoint, role: ExecutionRole, provider: CredentialsProvider) -> Case:
    """The call of a role that could not be read: only what is allowed whatever the role is like can be relied on."""
    caller = _caller(role)
    forms = (Request(replace(caller, session=name), INVOKE, provider.arn, Context()) for name in SESSIONS)
    return Case(endpoint, caller, provider.arn, tuple(forms))


def _caller(role: Role | ExecutionRole) -> RoleCaller:
    identity, bounded = (role.id, role.boundary_arn is not None) if isinstance(role, Role) else ("", True)
    return RoleCaller(role.arn, identity, role.name, role.account, role.partition, SESSIONS[-1], bounded)


def _doubt(statement: Statement, caller: RoleCaller) -> str | None:
    """Why the statement may mean something else here than in other policies."""
    if statement.principals is None and statement.not_principals is None:
        return None if statement.problem else NO_PRINCIPAL
    named = statement.principals or ()
    one_session = any(entry.value.startswith(f"{caller.session_arn.rpartition('/')[0]}/") for entry in named)
    if one_session and not any(named_by(named, caller, statement.effect).values()):
        return ONE_SESSION
    return WILDCARD if any(map(_is_wild, statement.conditions)) else None


def _is_wild(condition: Condition) -> bool:
    like = condition.operator.rpartition(":")[2].removesuffix("IfExists") in ("StringLike", "StringNotLike")
    return like and condition.key.lower() in GENERATED and any(set("*?") & set(value) for value in condition.values)

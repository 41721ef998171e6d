"""What a gateway endpoint's policy says to a request for an object in S3, whoever has signed it.

A presigned URL carries the identity of who signed it, which the registry alone knows. So a statement that names
somebody may fit, and only what is refused to everybody is refused for certain.
"""

from dataclasses import dataclass, replace

from pullcheck.evidence.gateway_endpoint import GatewayEndpoint
from pullcheck.evidence.placement import ExecutionRole
from pullcheck_checks.endpoint.policy_case import FULL_ACCESS
from pullcheck_checks.role.context import Context
from pullcheck_checks.role.kleene import Truth, agreed, all_of, any_of, negation
from pullcheck_checks.role.policy import Named, Source, Statement, read
from pullcheck_checks.role.principals import SESSIONS, RoleCaller
from pullcheck_checks.role.statements import Request, meet

GET = "s3:GetObject"
EVERYBODY = (Named("*", "*"),)
NOBODY = ExecutionRole("", "aws", "", "", "/")


@dataclass(frozen=True)
class Opinion:
    """Whether the policy lets the requests through, why, and the ARNs that it surely refuses."""

    allowed: Truth
    because: str
    refused: tuple[str, ...] = ()


def opinion(endpoint: GatewayEndpoint, objects: tuple[str, ...], role: ExecutionRole | None) -> Opinion:
    """The policy's answer for all the objects, to this role, or to a signer that nobody knows."""
    statements = read(endpoint.policy or FULL_ACCESS, Source(f"the policy of {endpoint.id}"))
    answers = {name: _says(statements, _requests(endpoint, name, role), role is not None) for name in objects}
    refused = tuple(name for name, answer in answers.items() if answer.allowed is False)
    first = next((answers[name] for name in refused), None)
    doubt = next((answer for answer in answers.values() if answer.allowed is None), None)
    return replace(first or doubt or answers[objects[0]], refused=refused)


def _requests(endpoint: GatewayEndpoint, name: str, role: ExecutionRole | None) -> tuple[Request, ...]:
    known = {
        "aws:sourcevpc": (endpoint.vpc_id,),
        "aws:sourcevpce": (endpoint.id,),
        "aws:securetransport": ("true",),
    }
    if role:
        known |= {"aws:principalarn": (role.arn,), "aws:principalaccount": (role.account,)}
    who = role or NOBODY
    callers = (RoleCaller(who.arn, "", who.name, who.account, who.partition, session, True) for session in SESSIONS)
    return tuple(Request(caller, GET, name, Context(known)) for caller in callers)


def _says(statements: tuple[Statement, ...], requests: tuple[Request, ...], known: bool) -> Opinion:
    name, met = requests[0].resource, [(one, _meets(one, requests, known)) for one in statements]
    denies = [(one, truth) for one, truth in met if one.effect != "Allow"]
    allows = [(one, truth) for one, truth in met if one.effect != "Deny"]
    allowed = all_of((negation(any_of(truth for _, truth in denies)), any_of(truth for _, truth in allows)))
    who = f"role {requests[0].caller.name}" if known and isinstance(requests[0].caller, RoleCaller) else "everybody"
    if allowed:
        by = next(one for one, truth in allows if truth)
        return Opinion(True, f"{by} lets {GET} on {name} through")
    if denial := next((one for one, truth in denies if truth), None):
        return Opinion(False, f"{denial} denies {GET} on {name} to {who}")
    if allowed is False:
        return Opinion(False, f"none of the {len(met)} statements of its policy allows {GET} on {name} to {who}")
    unsure = ", ".join(str(one) for one, truth in met if truth is None)
    return Opinion(None, f"whether {GET} on {name} gets through hangs on who signed it, or on conditions, in {unsure}")


def _meets(statement: Statement, requests: tuple[Request, ...], known: bool) -> Truth:
    if known and statement.principals is not None:
        return agreed(meet(statement, request).truth for request in requests)
    fits = meet(replace(statement, principals=EVERYBODY, not_principals=None), requests[0]).truth
    named = statement.principals or ()
    everybody = any((one.kind, one.value) in (("*", "*"), ("AWS", "*")) for one in named)
    return fits if everybody or fits is False else None

"""Does the policy of the endpoint that the Lambda name leads to let the execution role's call through?"""

from collections.abc import Iterator

from pullcheck.evidence.endpoint import LambdaEndpoints
from pullcheck.evidence.names import LambdaAddresses
from pullcheck.evidence.placement import CredentialsProvider, ExecutionRole
from pullcheck.evidence.role import InvokeCall, Role
from pullcheck.missing import Unavailable
from pullcheck.target import Target
from pullcheck.verdict import Cause, Fix, Verdict, failed, not_applicable, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.endpoint import policy_causes as causes
from pullcheck_checks.endpoint.policy_case import INVOKE, ONE_SESSION, Case, read_case, unread_case
from pullcheck_checks.endpoint.policy_misses import diagnose_denial, diagnose_lack
from pullcheck_checks.role.commands import command, extended
from pullcheck_checks.role.decision import Decision
from pullcheck_checks.role.needed import functions_of, roles_of
from pullcheck_checks.role.request import grant
from pullcheck_checks.role.statements import Outcome

LIMIT = 20_480
"""Characters that an endpoint's policy may have (AWS PrivateLink Guide)."""
DOUBTS_SHOWN = 3


@check("endpoint.policy", "The endpoint's policy lets the role invoke the function", causes.CAUSES)
def lets_the_role_invoke(
    endpoints: LambdaEndpoints,
    addresses: LambdaAddresses,
    asked: ExecutionRole,
    provider: CredentialsProvider,
    role: Role | Unavailable,
    call: InvokeCall | Unavailable,
    target: Target,
) -> Iterator[Verdict]:
    """What: evaluates the policy of the endpoint that the Lambda name leads to, for lambda:InvokeFunction by the
    execution role on the ARN that the model names, with the condition keys that the call carries through the endpoint.

    Why: an endpoint's policy grants nothing by itself, but what it does not allow never reaches Lambda, whatever the
    role may do. IAM's policy simulator does not look at it.

    Passes: when a statement allows the call and none denies it. The default policy allows everything.

    Fails: when a Deny fits the call, or no Allow does: another function, qualifier, principal or condition.

    Not verified when: it is not known where the name leads, the role could not be read and the answer hangs on it, or
    a condition key's value or the meaning of a statement is not known.

    Fix: the whole policy with a statement for exactly this call, and for those of the run's other containers that it
    does not allow either, since the command replaces the policy. A change takes minutes to work. A Deny has to be
    changed itself.

    Source: AWS PrivateLink Guide, endpoint policies; Lambda Developer Guide, inbound interface VPC endpoints; IAM user
    guide, policy evaluation logic.
    """
    used = next((one for one in (*endpoints.here, *endpoints.elsewhere) if one.id == addresses.endpoint_id), None)
    if addresses.endpoint_id is None:
        yield not_applicable(addresses.host, f"{addresses.host} leads to no endpoint, so no endpoint's policy decides")
    elif used is None or used.policy is None:
        because = f"the policy of {addresses.endpoint_id} was not read; look at it with ec2:DescribeVpcEndpoints"
        yield unknown(_subject(asked.name, provider.arn), because, resources=(addresses.endpoint_id,))
    elif isinstance(role, Unavailable):
        yield _without_role(unread_case(used, asked, provider), role)
    elif isinstance(call, Unavailable):
        yield _without_role(unread_case(used, asked, provider), call)
    else:
        yield _with_role(read_case(used, role, call), call, target)


def _with_role(case: Case, call: InvokeCall, target: Target) -> Verdict:
    decision = case.decide(case.text)
    if decision.denied and decision.denial:
        found, fix = diagnose_denial(case, decision.denial, call), _fix_denial(case, decision, decision.denial)
    elif decision.allowed is False:
        found, fix = diagnose_lack(case, decision, call), _fix_lack(case, target)
    else:
        return _passed(case, decision) if decision.allowed else _undecided(case, decision)
    return failed(_of(case), found.because, found.cause, fix, resources=_resources(case))


def _without_role(case: Case, absent: Unavailable) -> Verdict:
    decision = case.decide(case.text)
    if decision.allowed:
        return _passed(case, decision)
    return unknown(_of(case), absent.because, resources=_resources(case), blocked_by=absent.blocked_by)


def _passed(case: Case, decision: Decision) -> Verdict:
    allowing = decision.identity.matching("Allow")
    count = len(decision.identity.outcomes)
    what = f"{INVOKE} on {case.function} to {case.caller.arn}"
    because = f"{allowing.statement if allowing else 'the policy'} allows {what}, and none of {count} denies it"
    return passed(_of(case), because, resources=_resources(case))


def _undecided(case: Case, decision: Decision) -> Verdict:
    doubts = tuple(dict.fromkeys(decision.doubts))
    settle = f"a call through {case.endpoint.id} as the role would tell"
    because = f"what decides is not known: {'; '.join(doubts[:DOUBTS_SHOWN])}; {settle}"
    return unknown(_of(case), because, cause=_suspect(decision), resources=_resources(case))


def _suspect(decision: Decision) -> Cause | None:
    undecided = [one for one in decision.identity.outcomes if one.truth is None]
    if any(one.statement.problem == ONE_SESSION or None in dict(one.ways).values() for one in undecided):
        return causes.PRINCIPAL
    return causes.CONDITIONS if any(one.statement.conditions for one in undecided) else None


def _fix_denial(case: Case, decision: Decision, denial: Outcome) -> Fix:
    """No Allow outweighs a Deny, so the statement itself must change."""
    keys = ", ".join(dict.fromkeys(condition.key for condition in denial.statement.conditions))
    how = f"adapt its condition on {keys}, or exempt" if keys else "exempt"
    lack = "" if decision.granted else "; besides, nothing in it allows the call yet"
    return Fix(f"change {denial.statement}: {how} {case.caller.arn}; another Allow does not outweigh it{lack}")


def _fix_lack(case: Case, target: Target) -> Fix:
    """What all containers of the run lack, proven by deciding again; no command where that would not do."""
    lacking = _lacking(case, target)
    rows = ({**grant(INVOKE, *functions), "Principal": {"AWS": role}} for role, functions in lacking.items())
    text = extended(case.text, *rows)
    told = "; ".join(f"{role} use {INVOKE} on {', '.join(functions)}" for role, functions in lacking.items())
    summary = f"let {told} by the policy of {case.endpoint.id}"
    if len(text) > LIMIT:
        return Fix(f"{summary}, which must become shorter: with that it would have more than {LIMIT} characters")
    if not case.decide(text).granted:
        return Fix(summary)
    modify = command("ec2 modify-vpc-endpoint", vpc_endpoint_id=case.endpoint.id, policy_document=text)
    return Fix(summary, (modify,))


def _lacking(case: Case, target: Target) -> dict[str, list[str]]:
    """By role, the functions of the run that the policy does not allow it to invoke."""
    own = case.caller.arn
    needed = {role: functions_of(target, role) for role in roles_of(target)} | {
        own: functions_of(target, own) or (case.function,)
    }
    found = {
        role: [one for one in functions if not case.about(role, one).decide(case.text).granted]
        for role, functions in needed.items()
    }
    return {role: functions for role, functions in found.items() if functions}


def _subject(role: str, function: str) -> str:
    return f"role {role} -> {function}"


def _of(case: Case) -> str:
    return _subject(case.caller.name, case.function)


def _resources(case: Case) -> tuple[str, ...]:
    return (case.endpoint.id, case.caller.arn, case.function)

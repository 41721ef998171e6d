"""Why no statement of the endpoint's policy lets the call through: the one that comes closest."""

from dataclasses import dataclass

from pullcheck.evidence.role import InvokeCall
from pullcheck.verdict import Cause
from pullcheck_checks.endpoint import policy_causes as causes
from pullcheck_checks.endpoint.policy_case import INVOKE, Case
from pullcheck_checks.role.decision import Decision
from pullcheck_checks.role.diagnose import Diagnosis, met
from pullcheck_checks.role.near import Near, nearest
from pullcheck_checks.role.principals import RoleCaller
from pullcheck_checks.role.statements import Element, Outcome

ACCOUNT_FIELD = 4
ACCOUNT_DIGITS = 12


@dataclass(frozen=True)
class _Miss:
    """A statement that nearly allows; a lower ``distance`` is nearer."""

    distance: int
    cause: Cause
    because: str


def diagnose_denial(case: Case, denial: Outcome, call: InvokeCall) -> Diagnosis:
    """The statement that denies, and what its conditions met."""
    because = f"{denial.statement} denies {INVOKE} on {case.function} to {case.caller.arn}"
    conditions = denial.statement.conditions
    if not conditions:
        return Diagnosis(causes.DENIES, because)
    return Diagnosis(causes.CONDITIONS, f"{because} because {met(conditions, call)}")


def diagnose_lack(case: Case, decision: Decision, call: InvokeCall) -> Diagnosis:
    """The statement that would allow but for one thing, or that there is none."""
    outcomes = decision.identity.outcomes
    misses = [miss for outcome in outcomes if (miss := _miss(outcome, case, call))]
    if misses:
        nearest_miss = min(misses, key=lambda miss: miss.distance)
        return Diagnosis(nearest_miss.cause, nearest_miss.because)
    what = f"{INVOKE} on {case.function} to {case.caller.arn}"
    because = f"none of the {len(outcomes)} statements of the policy of {case.endpoint.id} allows {what}"
    return Diagnosis(causes.DENIES, because)


def _miss(outcome: Outcome, case: Case, call: InvokeCall) -> _Miss | None:
    if outcome.statement.effect != "Allow" or outcome.truth is not False:
        return None
    match outcome.failed:
        case (Element.RESOURCE,):
            return _resource_miss(outcome, case)
        case (Element.PRINCIPAL,):
            return _principal_miss(outcome, case)
        case (Element.CONDITION,):
            because = f"{outcome.statement} allows it under a condition that is not met: "
            return _Miss(2, causes.CONDITIONS, because + met(outcome.failed_conditions, call))
        case (Element.ACTION,):
            actions = ", ".join(outcome.statement.actions or ()) or "other actions"
            because = f"{outcome.statement} allows {actions} on {case.function}, not {INVOKE}"
            return _Miss(4, causes.DENIES, because)
        case _:
            return None


def _resource_miss(outcome: Outcome, case: Case) -> _Miss:
    resources = outcome.statement.resources or ()
    near, text = nearest(resources, case.function) or (None, ", ".join(resources) or "other resources")
    because = f"{outcome.statement} allows {INVOKE} on {text}, not on {case.function}"
    if near is Near.QUALIFIER:
        return _Miss(0, causes.QUALIFIER, f"{because}: they differ in the qualifier")
    return _Miss(3, causes.DENIES, f"{because}: they differ in the {near.value}" if near else because)


def _principal_miss(outcome: Outcome, case: Case) -> _Miss:
    named = outcome.statement.principals or ()
    listed = ", ".join(entry.value for entry in named) or "others"
    because = f"{outcome.statement} allows {INVOKE} to {listed}, not to {case.caller.arn}"
    forms = (_form(entry.kind, entry.value, case.caller) for entry in named)
    form = next(filter(None, forms), None)
    return _Miss(1, causes.PRINCIPAL, f"{because}: {form}") if form else _Miss(5, causes.DENIES, because)


def _form(kind: str, value: str, caller: RoleCaller) -> str | None:
    """What is wrong with a principal that may have been meant for the role; None for somebody else of its account."""
    if kind != "AWS":
        return f"{value} does not make the call"
    fields = value.split(":")
    account = fields[ACCOUNT_FIELD] if len(fields) > ACCOUNT_FIELD else value
    if account.isdigit() and len(account) == ACCOUNT_DIGITS and account != caller.account:
        return f"account {account} is not the role's, {caller.account}"
    if ":role/" in value and value.rpartition("/")[2] == caller.name:
        return "the ARN differs in partition or path"
    return None

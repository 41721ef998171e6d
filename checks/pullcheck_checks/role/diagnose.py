"""Why the role may not invoke the function: the statement that denies, or the ones that come closest to allowing."""

from dataclasses import dataclass, replace

from pullcheck.evidence.role import InvokeCall
from pullcheck.verdict import Cause
from pullcheck_checks.role import causes
from pullcheck_checks.role.decision import Decision
from pullcheck_checks.role.near import Near, nearest
from pullcheck_checks.role.patterns import action_matches
from pullcheck_checks.role.policy import Condition
from pullcheck_checks.role.request import Case
from pullcheck_checks.role.statements import Element, Examined, Outcome

NETWORK_KEYS = frozenset({"aws:sourcevpce", "aws:sourcevpc", "aws:sourceip", "aws:vpcsourceip", "aws:sourcevpcarn"})


@dataclass(frozen=True)
class Diagnosis:
    """The cause and the sentence that proves it."""

    cause: Cause
    because: str


@dataclass(frozen=True)
class _Miss:
    """A statement that nearly allows; a lower ``distance`` is nearer."""

    distance: int
    cause: Cause
    because: str


def diagnose_denial(case: Case, decision: Decision, denial: Outcome) -> Diagnosis:
    """An explicit Deny: the statement, and what its conditions met."""
    conditions = denial.statement.conditions
    because = f"{denial.statement} denies {case.call.action} on {case.call.resource}"
    if conditions:
        because += f" because {met(conditions, case.call)}"
    if denial in decision.resource.outcomes:
        return Diagnosis(causes.RESOURCE_DENY, because)
    if any(denial in level.outcomes for level in decision.organization):
        return Diagnosis(causes.SCP, because)
    return Diagnosis(causes.NETWORK_CONDITIONS if _on_network(conditions) else causes.EXPLICIT_DENY, because)


def diagnose_lack(case: Case, decision: Decision) -> Diagnosis:
    """No Allow reaches far enough: the layers that lack one, and what comes closest in the first of them."""
    lacking = decision.lacking
    levels = [level for name, level in decision.named.items() if name.startswith("organization") and name in lacking]
    found = []
    if "identity" in lacking:
        found.append(_identity(case, decision))
    if "boundary" in lacking and decision.boundary:
        allowing = decision.identity.matching("Allow")
        allowed = f"{allowing.statement} allows the call, but " if allowing else ""
        because = f"{allowed}{_lack(decision.boundary, case, 'the permissions boundary')}"
        found.append(Diagnosis(causes.BOUNDARY, because))
    found += [Diagnosis(causes.SCP, _lack(level, case, "a level of the organisation")) for level in levels]
    if "resource" in lacking or not found:
        found.append(_function_policy(case, decision))
    return Diagnosis(found[0].cause, "; besides, ".join(one.because for one in found))


def _identity(case: Case, decision: Decision) -> Diagnosis:
    misses = [miss for outcome in decision.identity.outcomes if (miss := _miss(outcome, case))]
    service = _grant_to_service(decision.resource)
    if service:
        because = f"{service.statement} admits SageMaker's service principal, but the call is made by {case.role.arn}"
        misses.append(_Miss(5, causes.WRONG_PRINCIPAL, f"{because}, whose policies do not allow it"))
    nearest_miss = min(misses, key=lambda miss: miss.distance, default=None)
    if nearest_miss is None:
        return Diagnosis(causes.NO_PERMISSION, _lack(decision.identity, case, f"role {case.role.name}"))
    return Diagnosis(nearest_miss.cause, nearest_miss.because)


def _lack(layer: Examined, case: Case, whose: str) -> str:
    names = tuple(dict.fromkeys(str(one.statement.policy) for one in layer.outcomes))
    where = f" ({', '.join(names)})" if names else ""
    what = f"{case.call.action} on {case.call.resource}"
    return f"none of the {len(layer.outcomes)} statements of {whose}{where} allows {what}"


def _miss(outcome: Outcome, case: Case) -> _Miss | None:
    if outcome.statement.effect != "Allow" or outcome.truth is not False:
        return None
    match outcome.failed:
        case (Element.RESOURCE,):
            return _resource_miss(outcome, case)
        case (Element.ACTION,):
            return _action_miss(outcome, case)
        case (Element.CONDITION,):
            return _condition_miss(outcome, case)
        case _:
            return None


def _resource_miss(outcome: Outcome, case: Case) -> _Miss:
    statement, arn = outcome.statement, case.call.resource
    resources = statement.resources or ()
    near, text = nearest(resources, arn) or (None, ", ".join(resources) or "other resources")
    if statement.policy.is_aws_managed:
        listed = ", ".join(resources) or "other resources"
        because = f"{statement} allows {case.call.action} on {listed}, none of which is {arn}"
        if near is Near.CASE:
            return _Miss(6, causes.MANAGED_CASE, f"{because}: case counts, and {text} fits only without it")
        return _Miss(7, causes.MANAGED_NAME, because)
    because = f"{statement} allows {case.call.action} on {text}, not on {arn}"
    match near:
        case Near.QUALIFIER:
            return _Miss(0, causes.QUALIFIED_ARN, f"{because}: they differ in the qualifier")
        case Near.PARTITION | Near.REGION | Near.ACCOUNT:
            return _Miss(1, causes.PARTITION_OR_REGION, f"{because}: they differ in the {near.value}")
        case Near.CASE:
            return _Miss(2, causes.NO_PERMISSION, f"{because}: they differ in the {near.value}, which counts")
        case _:
            return _Miss(8, causes.NO_PERMISSION, because)


def _action_miss(outcome: Outcome, case: Case) -> _Miss | None:
    wrong = [action for action in outcome.statement.actions or () if action_matches("lambda:Invoke*", action)]
    if not wrong:
        return None
    because = f"{outcome.statement} allows {', '.join(wrong)} on {case.call.resource}, not {case.call.action}"
    return _Miss(3, causes.WRONG_ACTION, because)


def _condition_miss(outcome: Outcome, case: Case) -> _Miss:
    because = (
        f"{outcome.statement} allows it under a condition that is not met: {met(outcome.failed_conditions, case.call)}"
    )
    cause = causes.NETWORK_CONDITIONS if _on_network(outcome.failed_conditions) else causes.NO_PERMISSION
    return _Miss(4, cause, because)


def _function_policy(case: Case, decision: Decision) -> Diagnosis:
    where = (
        f"{case.call.resource} lies in account {case.provider.account}, role {case.role.name} in {case.role.account}"
    )
    service = _grant_to_service(decision.resource)
    if service:
        because = f"{where}; {service.statement} admits SageMaker's service principal, not {case.role.arn}"
        return Diagnosis(causes.WRONG_PRINCIPAL, because)
    itself = case.about(case.provider.unqualified_arn).decide(replace(case.layers, resource=case.unqualified))
    if allowing := itself.resource.matching("Allow"):
        because = f"{where}; {allowing.statement} allows the call without the qualifier {case.provider.qualifier}"
        return Diagnosis(causes.PROVIDER_QUALIFIED, f"{because}, which has no policy of its own")
    if not decision.resource.outcomes:
        return Diagnosis(causes.CROSS_ACCOUNT, f"{where}, and the function has no resource policy")
    return Diagnosis(causes.CROSS_ACCOUNT, f"{where}, and {_lack(decision.resource, case, 'its policy')} to the role")


def _grant_to_service(resource: Examined) -> Outcome | None:
    """An Allow that would fit, were it not for SageMaker's service principal."""
    return next(
        (one for one in resource.outcomes if one.failed == (Element.PRINCIPAL,) and _is_for_sagemaker(one)), None
    )


def _is_for_sagemaker(outcome: Outcome) -> bool:
    named = outcome.statement.principals or ()
    return outcome.statement.effect == "Allow" and any(
        one.kind == "Service" and one.value.startswith("sagemaker.") for one in named
    )


def hangs_on_network(decision: Decision) -> bool:
    """Whether a condition on the network path keeps the decision open."""
    undecided = (one for layer in decision.layers for one in layer.outcomes if one.truth is None)
    return any(_on_network(one.statement.conditions) for one in undecided)


def _on_network(conditions: tuple[Condition, ...]) -> bool:
    return any(condition.key.lower() in NETWORK_KEYS for condition in conditions)


def met(conditions: tuple[Condition, ...], call: InvokeCall) -> str:
    """The conditions, each with what the call carries."""
    return " and ".join(f"{condition} (the call carries {_carried(condition.key, call)})" for condition in conditions)


def _carried(key: str, call: InvokeCall) -> str:
    found = next((one.values for one in call.known if one.name.lower() == key.lower()), None)
    if found is not None:
        return ", ".join(found)
    return "a value that is not known" if key.lower() in map(str.lower, call.present) else "no such key"

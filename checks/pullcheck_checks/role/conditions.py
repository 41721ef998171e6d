"""Condition blocks (iam rules 6 to 10; IAM user guide, condition operators)."""

import base64
import binascii
from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network

from pullcheck_checks.role.context import Context, Lack
from pullcheck_checks.role.kleene import Truth, all_of, any_of, negation
from pullcheck_checks.role.patterns import VARIABLE, arn_matches, matches, pattern
from pullcheck_checks.role.policy import Condition

Comparison = Callable[[str, str, Context | None], Truth]
"""The request's value, the policy's value, and the context that its variables are taken from."""


def _equal(value: str, wanted: str, variables: Context | None) -> Truth:
    return matches(pattern(wanted, variables, wildcards=False), value)


def _equal_ignoring_case(value: str, wanted: str, variables: Context | None) -> Truth:
    return matches(pattern(wanted, variables, wildcards=False), value, fold=True)


def _like(value: str, wanted: str, variables: Context | None) -> Truth:
    return matches(pattern(wanted, variables, wildcards=True), value)


def _arn(value: str, wanted: str, variables: Context | None) -> Truth:
    return arn_matches(pattern(wanted, variables, wildcards=True), value)


def _without_variables(compare: Callable[[str, str], bool]) -> Comparison:
    """A comparison of parsed values: unknown where one of them cannot be parsed or holds a variable."""

    def comparison(value: str, wanted: str, variables: Context | None) -> Truth:
        if variables is not None and VARIABLE.search(wanted):
            return None
        try:
            return compare(value, wanted)
        except (ValueError, TypeError, OverflowError, binascii.Error):
            return None

    return comparison


def _boolean(text: str) -> bool:
    return ("false", "true").index(text.lower()) == 1


def _moment(text: str) -> datetime:
    if text.lstrip("-").isdigit():
        seconds = int(text)
        return datetime.fromtimestamp(seconds / 1000 if abs(seconds) > 10**11 else seconds, UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _inside(value: str, wanted: str) -> bool:
    return ip_address(value) in ip_network(wanted, strict=False)


_NUMERIC = {
    "Equals": _without_variables(lambda value, wanted: float(value) == float(wanted)),
    "LessThan": _without_variables(lambda value, wanted: float(value) < float(wanted)),
    "LessThanEquals": _without_variables(lambda value, wanted: float(value) <= float(wanted)),
    "GreaterThan": _without_variables(lambda value, wanted: float(value) > float(wanted)),
    "GreaterThanEquals": _without_variables(lambda value, wanted: float(value) >= float(wanted)),
}
_DATE = {
    "Equals": _without_variables(lambda value, wanted: _moment(value) == _moment(wanted)),
    "LessThan": _without_variables(lambda value, wanted: _moment(value) < _moment(wanted)),
    "LessThanEquals": _without_variables(lambda value, wanted: _moment(value) <= _moment(wanted)),
    "GreaterThan": _without_variables(lambda value, wanted: _moment(value) > _moment(wanted)),
    "GreaterThanEquals": _without_variables(lambda value, wanted: _moment(value) >= _moment(wanted)),
}
POSITIVE: dict[str, Comparison] = {
    "StringEquals": _equal,
    "StringEqualsIgnoreCase": _equal_ignoring_case,
    "StringLike": _like,
    "ArnEquals": _arn,
    "ArnLike": _arn,
    "Bool": _without_variables(lambda value, wanted: _boolean(value) == _boolean(wanted)),
    "BinaryEquals": _without_variables(lambda value, wanted: _bytes(value) == _bytes(wanted)),
    "IpAddress": _without_variables(_inside),
    **{f"Numeric{name}": compare for name, compare in _NUMERIC.items()},
    **{f"Date{name}": compare for name, compare in _DATE.items()},
}
NEGATED: dict[str, Comparison] = {
    "StringNotEquals": _equal,
    "StringNotEqualsIgnoreCase": _equal_ignoring_case,
    "StringNotLike": _like,
    "ArnNotEquals": _arn,
    "ArnNotLike": _arn,
    "NotIpAddress": POSITIVE["IpAddress"],
    "NumericNotEquals": _NUMERIC["Equals"],
    "DateNotEquals": _DATE["Equals"],
}


def holds(condition: Condition, context: Context, variables: Context | None) -> Truth:
    """Whether one operator with one key is met. An operator or form that is not known gives unknown, never a skip.

    ``variables`` is the context for policy variables, None where the policy's version has none (rule 9).
    """
    quantifier, _, operator = condition.operator.rpartition(":")
    if not condition.values or quantifier not in ("", "ForAllValues", "ForAnyValue"):
        return None
    if operator == "Null" and not quantifier:
        return _null(condition, context)
    base = operator.removesuffix("IfExists")
    compare = POSITIVE.get(base) or NEGATED.get(base)
    values = context.values(condition.key)
    if compare is None or values is Lack.OPEN or (quantifier == "ForAnyValue" and base != operator):
        return None
    negated = base in NEGATED
    if isinstance(values, Lack):
        return quantifier == "ForAllValues" or base != operator or (negated and quantifier == "")
    return _quantified(quantifier, values, condition.values, compare, negated, variables)


def _quantified(
    quantifier: str,
    values: tuple[str, ...],
    wanted: tuple[str, ...],
    compare: Comparison,
    negated: bool,
    variables: Context | None,
) -> Truth:
    """The policy's values are joined by or, under negation by nor; the quantifier joins the request's (rules 6, 8)."""
    each = [any_of(compare(value, one, variables) for one in wanted) for value in values]
    met = [negation(truth) if negated else truth for truth in each]
    match quantifier:
        case "ForAllValues":
            return all_of(met)
        case "ForAnyValue":
            return any_of(met)
        case _:
            return met[0] if len(met) == 1 else None


def _null(condition: Condition, context: Context) -> Truth:
    """``Null`` asks for presence: ``true`` is met by a key that is absent."""
    carried = context.carries(condition.key)
    answers: list[Truth] = []
    for value in condition.values:
        match value.lower():
            case "true":
                answers.append(negation(carried))
            case "false":
                answers.append(carried)
            case _:
                answers.append(None)
    return any_of(answers)

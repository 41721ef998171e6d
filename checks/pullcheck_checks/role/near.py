"""What a Resource text that does not cover an ARN would need in order to cover it."""

from collections.abc import Iterable
from enum import Enum

from pullcheck_checks.role.patterns import resource_matches

FUNCTION_FIELDS = 7
"""arn:partition:lambda:region:account:function:name; what follows is the qualifier."""


class Near(Enum):
    """The one thing in which a Resource text and a function's ARN differ."""

    QUALIFIER = "qualifier"
    PARTITION = "partition"
    REGION = "region"
    ACCOUNT = "account"
    CASE = "case of the letters"


FIELDS = {Near.PARTITION: 1, Near.REGION: 3, Near.ACCOUNT: 4}


def nearest(resources: Iterable[str], arn: str) -> tuple[Near, str] | None:
    """The Resource text that comes closest to the function's ARN and what it differs in; None if none is close."""
    found = ((near, text) for near in Near for text in resources if _covers_but_for(near, text, arn))
    return next(found, None)


def _covers_but_for(near: Near, text: str, arn: str) -> bool:
    if near is Near.QUALIFIER:
        return bool(resource_matches(_unqualified(text), _unqualified(arn), None))
    if near is Near.CASE:
        return bool(resource_matches(text.lower(), arn.lower(), None))
    fields = text.split(":")
    if len(fields) < FUNCTION_FIELDS:
        return False
    fields[FIELDS[near]] = "*"
    return bool(resource_matches(":".join(fields), arn, None))


def _unqualified(text: str) -> str:
    return ":".join(text.split(":")[:FUNCTION_FIELDS])

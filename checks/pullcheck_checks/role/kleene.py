"""Three values: true, false, and None for what cannot be told (Kleene's strong logic)."""

from collections.abc import Iterable

Truth = bool | None


def all_of(truths: Iterable[Truth]) -> Truth:
    """False if one is false; else unknown if one is unknown; else true."""
    answer: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            answer = None
    return answer


def any_of(truths: Iterable[Truth]) -> Truth:
    """True if one is true; else unknown if one is unknown; else false."""
    answer: Truth = False
    for truth in truths:
        if truth:
            return True
        if truth is None:
            answer = None
    return answer


def negation(truth: Truth) -> Truth:
    """The opposite; of the unknown, unknown."""
    return None if truth is None else not truth


def agreed(truths: Iterable[Truth]) -> Truth:
    """The value that all share, else unknown."""
    values = set(truths)
    return values.pop() if len(values) == 1 else None

"""Checks and collectors: functions whose parameter types say what they need."""

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from types import NoneType, UnionType
from typing import Any, Generic, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints

from pullcheck.errors import WiringError
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.verdict import Basis, Cause, Verdict

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Need:
    """A parameter: the evidence it takes, and the kinds of absence that it takes in the evidence's place."""

    parameter: str
    evidence: type
    absences: tuple[type, ...]


def _split(hint: object) -> tuple[list[type], tuple[type, ...]]:
    """The evidence types in an annotation, and the kinds of absence beside them."""
    options = list(get_args(hint)) if get_origin(hint) in (Union, UnionType) else [hint]
    absences = tuple(option for option in options if option in (Unavailable, NotApplicable))
    types = [option for option in options if isinstance(option, type) and option not in (*absences, NoneType)]
    return types, absences


def _needs_of(function: Callable[..., object]) -> tuple[Need, ...]:
    hints = get_type_hints(function)
    needs = []
    for name in inspect.signature(function).parameters:
        if name not in hints:
            raise WiringError(f"{function.__qualname__}: parameter {name!r} has no type")
        types, absences = _split(hints[name])
        if len(types) != 1:
            raise WiringError(f"{function.__qualname__}: parameter {name!r} must name one evidence type")
        needs.append(Need(name, types[0], absences))
    return tuple(needs)


@dataclass(frozen=True, eq=False)
class Collector(Generic[P, R]):
    """Gives one evidence type. ``actions`` are the IAM actions it uses; those in ``optional`` only widen the view.

    ``option`` is the option of the command line without which it asks nothing of AWS.
    """

    function: Callable[P, R]
    actions: tuple[str, ...]
    optional: tuple[str, ...] = ()
    option: str = ""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self.function(*args, **kwargs)

    @cached_property
    def name(self) -> str:
        """The function's name, for progress and errors."""
        return self.function.__name__

    @cached_property
    def provides(self) -> type:
        """The evidence type that the return annotation names."""
        types, _ = _split(get_type_hints(self.function).get("return"))
        if len(types) != 1:
            raise WiringError(f"collector {self.function.__qualname__} must return one evidence type")
        return types[0]

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """What its parameters ask for."""
        return _needs_of(self.function)


@dataclass(frozen=True, eq=False)
class Check(Generic[P]):
    """One question: its id, the statement that holds when it passes, and every cause it can name."""

    function: Callable[P, Iterator[Verdict]]
    id: str
    title: str
    causes: tuple[Cause, ...]
    basis: Basis
    subjects: Callable[..., Iterable[str]] | None = None

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Iterator[Verdict]:
        return self.function(*args, **kwargs)

    @property
    def family(self) -> str:
        """The part of the id before the dot: the subject it is reported under."""
        return self.id.partition(".")[0]

    @cached_property
    def page(self) -> str:
        """What ``pullcheck explain`` prints."""
        return inspect.getdoc(self.function) or ""

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """What its parameters ask for."""
        return _needs_of(self.function)

    @cached_property
    def subject_needs(self) -> tuple[Need, ...]:
        """What the parameters of ``subjects`` ask for."""
        return _needs_of(self.subjects) if self.subjects else ()


def collector(
    *actions: str, optional: Iterable[str] = (), option: str = ""
) -> Callable[[Callable[P, R]], Collector[P, R]]:
    """Declare a collector and the IAM actions it uses, e.g. ``@collector("ec2:DescribeSubnets")``."""
    return lambda function: Collector(function, actions, tuple(optional), option)


def check(
    id: str,  # noqa: A002 - the field's word
    title: str,
    causes: Iterable[Cause] = (),
    *,
    basis: Basis = Basis.DOCUMENTED,
    subjects: Callable[..., Iterable[str]] | None = None,
) -> Callable[[Callable[P, Iterator[Verdict]]], Check[P]]:
    """Declare a check; the docstring is the page that ``explain`` prints.

    ``subjects`` gives, from evidence that is had without looking, what there would be a finding for each of: where the
    check cannot be asked, each of them is unknown.
    """
    return lambda function: Check(function, id, title, tuple(causes), basis, subjects)


AnyCheck = Check[Any]
AnyCollector = Collector[Any, Any]

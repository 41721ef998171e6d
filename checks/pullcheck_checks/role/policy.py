"""Policy documents, read into statements. A form that is not known is kept as a problem, never left out."""

import json
from dataclasses import dataclass

Names = tuple[str, ...]
VARIABLES_SINCE = "2012-10-17"
VERSIONS = (VARIABLES_SINCE, "2008-10-17", None)
STATEMENT_KEYS = frozenset(
    {
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    }
)


class _NotUnderstoodError(ValueError):
    """The document does not have the form that the policy grammar gives."""


@dataclass(frozen=True)
class Condition:
    """One operator with one key, as written, e.g. ``StringEquals``, ``aws:SourceVpce``; values as text."""

    operator: str
    key: str
    values: Names

    def __str__(self) -> str:
        return f"{self.operator} {self.key} {', '.join(self.values)}"


@dataclass(frozen=True)
class Named:
    """One entry of a Principal element: its kind (``AWS``, ``Service``, ..., or ``*`` for everyone) and its value."""

    kind: str
    value: str


@dataclass(frozen=True)
class Source:
    """The policy that a statement stands in, as findings name it; ``arn`` is None for inline and resource policies."""

    name: str
    arn: str | None = None

    def __str__(self) -> str:
        return self.name

    @property
    def is_aws_managed(self) -> bool:
        """Whether it belongs to AWS and cannot be edited."""
        return self.arn is not None and ":iam::aws:policy/" in self.arn


@dataclass(frozen=True)
class Statement:
    """One statement of a policy; elements that it does not have are None.

    ``problem`` says what could not be understood, if anything; ``effect`` is None where not even that was.
    ``variables`` tells whether the policy's version has policy variables.
    """

    policy: Source
    label: str
    effect: str | None = None
    principals: tuple[Named, ...] | None = None
    not_principals: tuple[Named, ...] | None = None
    actions: Names | None = None
    not_actions: Names | None = None
    resources: Names | None = None
    not_resources: Names | None = None
    conditions: tuple[Condition, ...] = ()
    variables: bool = True
    problem: str | None = None

    def __str__(self) -> str:
        return f"{self.label} of {self.policy}"


def read(text: str, policy: Source) -> tuple[Statement, ...]:
    """The statements of a JSON document.

    What cannot be understood becomes one statement with a problem: it may allow and it may deny.
    """
    try:
        document = json.loads(text)
        if not isinstance(document, dict) or not set(document) <= {"Version", "Id", "Statement"}:
            raise _NotUnderstoodError("it is not a policy document")
        version = document.get("Version")
        if version not in VERSIONS:
            raise _NotUnderstoodError(f"version {version} is not known")
        listed = document.get("Statement")
    except ValueError as error:
        return (Statement(policy, "the text", problem=str(error)),)
    rows = listed if isinstance(listed, list) else [listed]
    return tuple(_statement(row, policy, index, version == VARIABLES_SINCE) for index, row in enumerate(rows, start=1))


def _statement(row: object, policy: Source, index: int, variables: bool) -> Statement:
    if not isinstance(row, dict):
        return Statement(policy, f"statement {index}", problem="it is not an object")
    sid, effect = row.get("Sid"), row.get("Effect")
    label = f'statement "{sid}"' if sid else f"statement {index}"
    try:
        if row.keys() - STATEMENT_KEYS:
            raise _NotUnderstoodError(f"element {min(row.keys() - STATEMENT_KEYS)} is not known")
        for one in ("Principal", "Action", "Resource"):
            if one in row and f"Not{one}" in row:
                raise _NotUnderstoodError(f"it has both {one} and Not{one}")
        if effect not in ("Allow", "Deny"):
            raise _NotUnderstoodError("Effect is neither Allow nor Deny")
        if "Action" not in row and "NotAction" not in row:
            raise _NotUnderstoodError("it names no action")
        return Statement(
            policy,
            label,
            effect=effect,
            principals=_principals(row, "Principal"),
            not_principals=_principals(row, "NotPrincipal"),
            actions=_names(row, "Action"),
            not_actions=_names(row, "NotAction"),
            resources=_names(row, "Resource"),
            not_resources=_names(row, "NotResource"),
            conditions=_conditions(row.get("Condition", {})),
            variables=variables,
        )
    except _NotUnderstoodError as problem:
        return Statement(policy, label, effect if effect in ("Allow", "Deny") else None, problem=str(problem))


def _names(row: dict[str, object], element: str) -> Names | None:
    return _texts(row[element], element) if element in row else None


def _texts(value: object, element: str) -> Names:
    """Text or a list of it; condition values may also be JSON booleans and numbers (rule 10)."""
    items = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str | bool | int | float) for item in items):
        raise _NotUnderstoodError(f"{element} holds something other than text")
    return tuple(str(item).lower() if isinstance(item, bool) else str(item) for item in items)


def _principals(row: dict[str, object], element: str) -> tuple[Named, ...] | None:
    if element not in row:
        return None
    value = row[element]
    if value == "*":
        return (Named("*", "*"),)
    if not isinstance(value, dict):
        raise _NotUnderstoodError(f"{element} is neither * nor an object")
    return tuple(Named(kind, name) for kind, names in value.items() for name in _texts(names, element))


def _conditions(block: object) -> tuple[Condition, ...]:
    if not isinstance(block, dict) or not all(isinstance(keys, dict) for keys in block.values()):
        raise _NotUnderstoodError("Condition does not have the form operator, key, values")
    return tuple(
        Condition(operator, key, _texts(values, "Condition"))
        for operator, keys in block.items()
        for key, values in keys.items()
    )

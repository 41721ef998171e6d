"""The credentials function: its configuration, who may call it, and the shape of what it answers."""

from dataclasses import dataclass
from enum import StrEnum

from pullcheck.evidence.role import Tag


@dataclass(frozen=True)
class EnvironmentHost:
    """A variable of the function's environment, and the host in its value."""

    variable: str
    host: str


@dataclass(frozen=True)
class Function:
    """GetFunctionConfiguration's answer for the version or alias that the model names.

    ``timeout`` is seconds. Of the environment only the variables' names are kept, the hosts in values that are a place,
    and the AWS services named that keep secrets (``secretsmanager``, ``ssm``).
    """

    arn: str
    version: str
    runtime: str | None
    timeout: int | None
    state: str | None
    state_reason: str
    state_reason_code: str | None
    last_update: str | None
    last_update_reason: str
    last_update_reason_code: str | None
    package_type: str | None
    subnet_ids: tuple[str, ...] = ()
    kms_key_arn: str | None = None
    tenant_isolation: str | None = None
    variables: tuple[str, ...] = ()
    last_modified: str | None = None
    security_group_ids: tuple[str, ...] = ()
    vpc_id: str | None = None
    uses_ipv6: bool = False
    hosts: tuple[EnvironmentHost, ...] = ()
    services: tuple[str, ...] = ()


@dataclass(frozen=True)
class FunctionLookup:
    """What the ARN of the model leads to. ``unqualified_exists`` tells a wrong qualifier from a wrong name."""

    found: Function | None
    unqualified_exists: bool


@dataclass(frozen=True)
class FunctionPolicy:
    """The resource policy of the version or alias that the model names, as JSON text; None where there is none.

    ``unqualified`` is that of the function itself, read where a version or alias is named that has none.
    """

    text: str | None
    unqualified: str | None = None


@dataclass(frozen=True)
class FunctionConcurrency:
    """Reserved concurrent executions; None where nothing is reserved."""

    reserved: int | None


@dataclass(frozen=True)
class FunctionTags:
    """The function's tags: what ``aws:ResourceTag`` conditions compare with."""

    tags: tuple[Tag, ...]


class ValueKind(StrEnum):
    """What kind of JSON value something is."""

    OBJECT = "object"
    ARRAY = "array"
    STRING = "string"
    NUMBER = "number"
    BOOLEAN = "boolean"
    NULL = "null"
    NOT_JSON = "text that is not JSON"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Member:
    """A key of a JSON object and the shape of its value, never the value.

    ``name`` is None for a name that is not among the few that explain a mistake: it could be a secret itself.
    ``length`` is the characters of a string. ``edge_space`` is blank space or a newline at an end of the string,
    ``holds_object`` a string that is itself a JSON object. ``expires_in`` is how many seconds after the call a string
    expires that is a JSON Web Token, less than 0 where it was before; ``lifetime`` for how many it was made out.
    """

    name: str | None
    kind: ValueKind
    length: int | None = None
    edge_space: bool = False
    holds_object: bool = False
    expires_in: int | None = None
    lifetime: int | None = None


class ErrorTopic(StrEnum):
    """What an error message of the function is about; the message itself is not kept."""

    TIMEOUT = "it ran into its timeout"
    IMPORT = "its code or handler could not be loaded"
    SECRET_DENIED = "it may not read its secret"
    SECRET_MISSING = "its secret does not exist or is marked for deletion"
    OTHER = "its message is not shown, for it may hold a secret"


@dataclass(frozen=True)
class FunctionAnswer:
    """The shape of the function's answer to ``{}``: kinds, known names and lengths, never values.

    ``seconds`` is how long the call took. ``error`` is Lambda's FunctionError (``Handled`` or ``Unhandled``), None
    where the function returned; ``error_type`` is kept only where it is a plain class name.
    """

    seconds: float
    kind: ValueKind
    members: tuple[Member, ...] = ()
    credentials: tuple[Member, ...] = ()
    error: str | None = None
    error_type: str | None = None
    error_topic: ErrorTopic | None = None
    holds_object: bool = False

    def member(self, name: str) -> Member | None:
        """The top-level key of exactly that name."""
        return next((member for member in self.members if member.name == name), None)

    def credential(self, name: str) -> Member | None:
        """The key of exactly that name inside ``Credentials``."""
        return next((member for member in self.credentials if member.name == name), None)

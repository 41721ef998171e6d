"""The shape of the credentials function's answer. What goes in holds a secret; nothing that comes out may."""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from time import time

from pullcheck.evidence.function import ErrorTopic, FunctionAnswer, Member, ValueKind

TELLING_NAMES = frozenset(
    {
        "credentials",
        "username",
        "user",
        "password",
        "passwd",
        "token",
        "statuscode",
        "body",
        "headers",
        "isbase64encoded",
        "errormessage",
        "errortype",
        "stacktrace",
        "requestid",
    }
)
"""Key names that explain a mistake, in lower case. Any other name could itself be a user or a password."""
CLASS_NAME = re.compile(r"[A-Za-z][A-Za-z._$]{0,78}(Error|Exception|Timedout|NotFound|Name|Entrypoint|Exit)")
LOAD_ERRORS = frozenset(
    {
        "Runtime.ImportModuleError",
        "Runtime.HandlerNotFound",
        "Runtime.MalformedHandlerName",
        "Runtime.UserCodeSyntaxError",
        "Runtime.InvalidEntrypoint",
        "java.lang.ClassNotFoundException",
    }
)
TOKEN_PARTS = 3
SECRET_READS = ("GetSecretValue", "GetParameter", "Decrypt")


def shape_of(payload: bytes, error: str | None, seconds: float) -> FunctionAnswer:
    """Kinds, known names and lengths of what Lambda's Invoke returned (Lambda API reference, Invoke)."""
    value, kind = _parsed(payload)
    if error is not None:
        details = value if isinstance(value, dict) else {}
        error_type, message = str(details.get("errorType", "")), str(details.get("errorMessage", ""))
        named = error_type if CLASS_NAME.fullmatch(error_type) else None
        return FunctionAnswer(seconds, kind, error=error, error_type=named, error_topic=_topic(error_type, message))
    credentials = value.get("Credentials") if isinstance(value, dict) else None
    return FunctionAnswer(
        seconds,
        kind,
        members=_members(value),
        credentials=_members(credentials),
        holds_object=isinstance(value, str) and _holds_object(value),
    )


def _parsed(payload: bytes) -> tuple[object, ValueKind]:
    if not payload.strip():
        return None, ValueKind.NOTHING
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError):
        return None, ValueKind.NOT_JSON
    return value, _kind(value)


def _kind(value: object) -> ValueKind:
    match value:
        case None:
            return ValueKind.NULL
        case bool():
            return ValueKind.BOOLEAN
        case int() | float():
            return ValueKind.NUMBER
        case str():
            return ValueKind.STRING
        case Mapping():
            return ValueKind.OBJECT
        case _:
            return ValueKind.ARRAY


def _members(value: object) -> tuple[Member, ...]:
    return tuple(_member(name, inner) for name, inner in value.items()) if isinstance(value, dict) else ()


def _member(name: str, value: object) -> Member:
    shown = name if name.lower() in TELLING_NAMES else None
    if not isinstance(value, str):
        return Member(shown, _kind(value))
    expires_in, lifetime = _expiry(value)
    return Member(
        shown, ValueKind.STRING, len(value), value != value.strip(), _holds_object(value), expires_in, lifetime
    )


def _expiry(text: str) -> tuple[int | None, int | None]:
    """Of a JSON Web Token, the claims exp and iat (RFC 7519, section 4.1), against the clock."""
    parts = text.strip().split(".")
    if len(parts) != TOKEN_PARTS or not text.startswith("eyJ"):
        return None, None
    try:
        claims = json.loads(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        expires = int(claims["exp"])
        return round(expires - time()), expires - int(claims["iat"]) if "iat" in claims else None
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None, None


def _holds_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _topic(error_type: str, message: str) -> ErrorTopic:
    if error_type == "Sandbox.Timedout" or "Task timed out after" in message:
        return ErrorTopic.TIMEOUT
    if error_type in LOAD_ERRORS:
        return ErrorTopic.IMPORT
    if any(operation in message for operation in SECRET_READS):
        if "AccessDenied" in message or "not authorized" in message:
            return ErrorTopic.SECRET_DENIED
        if "NotFound" in message or "marked for deletion" in message or "marked deleted" in message:
            return ErrorTopic.SECRET_MISSING
    return ErrorTopic.OTHER

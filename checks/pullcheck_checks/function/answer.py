"""Does the function return credentials in the form that SageMaker reads?"""

from collections.abc import Iterator

from pullcheck.evidence.function import ErrorTopic, FunctionAnswer, Member, ValueKind
from pullcheck.evidence.placement import CredentialsProvider
from pullcheck.verdict import Basis, Cause, Fix, Severity, Verdict, failed, passed, unknown
from pullcheck.wiring import check

FORM = '{"Credentials": {"Username": "...", "Password": "..."}}'
_GUIDE = "SageMaker developer guide, private Docker registry for real-time inference: Create the Lambda function"
LITTLE = 0.1
"""The share of a token's time that is little."""
_INVOKE = "Lambda API reference, Invoke"

WRONG_SHAPE = Cause(
    "lam.response-wrong-shape",
    breaks="The function answers, but not with the keys that SageMaker reads.",
    seen="the answer to an invocation lacks Credentials, Username or Password, or spells them otherwise",
    fix=f"return {FORM}, spelled so",
    basis=Basis.DOCUMENTED,
    source=_GUIDE,
)
PROXY_FORMAT = Cause(
    "lam.response-proxy-format",
    breaks="The function wraps its answer for API Gateway.",
    seen="the answer has the keys statusCode and body",
    fix=f"return {FORM} itself",
    basis=Basis.INFERENCE,
    source=_GUIDE,
)
JSON_STRING = Cause(
    "lam.response-json-string",
    breaks="The function returns JSON as text, so that Lambda encodes it a second time.",
    seen="the answer is a JSON string that itself holds an object",
    fix="return the object, without json.dumps",
    basis=Basis.INFERENCE,
    source=_GUIDE,
)
EMPTY = Cause(
    "lam.response-empty",
    breaks="The function returns nothing, or an empty user name or password.",
    seen="the answer is null, or Username or Password has no characters",
    fix="mend the look-up of the secret in the function",
    basis=Basis.INFERENCE,
    source=_GUIDE,
)
FUNCTION_ERROR = Cause(
    "lam.function-error",
    breaks="The function fails, which Lambda reports with HTTP status 200.",
    seen="the answer to an invocation carries FunctionError",
    fix="read the function's log and mend the error",
    basis=Basis.API,
    source=_INVOKE,
)
NOT_LOADED = Cause(
    "lam.handler-or-package",
    breaks="Lambda cannot load the function's code: handler name, a dependency or the architecture is wrong.",
    seen="the answer carries FunctionError with an errorType such as Runtime.ImportModuleError",
    fix="deploy the package again with its dependencies and the right handler",
    basis=Basis.INFERENCE,
    source="Lambda developer guide, invocation troubleshooting",
)
SECRET_DENIED = Cause(
    "lam.secret-permission",
    breaks="The function's role may not read or decrypt the secret.",
    seen="the answer carries FunctionError with AccessDenied for GetSecretValue, GetParameter or Decrypt",
    fix="allow the function's role to read that secret and to use its key",
    basis=Basis.INFERENCE,
    source="Secrets Manager user guide, permissions",
)
SECRET_MISSING = Cause(
    "lam.secret-missing-or-pending-deletion",
    breaks="The secret that the function reads does not exist, or is marked for deletion.",
    seen="the answer carries FunctionError, and its message says so of GetSecretValue or GetParameter",
    fix="restore the secret, or give the function the right name",
    basis=Basis.INFERENCE,
    source="Secrets Manager API reference, GetSecretValue",
)
NEEDS_EVENT = Cause(
    "lam.depends-on-event",
    breaks="The function reads fields of its event, and what SageMaker sends there is not documented.",
    seen="invoked with {}, the function fails with KeyError or the like",
    fix="take what the function needs from its configuration",
    basis=Basis.DOCUMENTED,
    source=_GUIDE,
    certain=False,
)
EDGE_SPACE = Cause(
    "auth.secret-has-newline",
    breaks="User name or password begins or ends with blank space or a newline, which registries count as part of it.",
    seen="the text that the function returns is longer than without the blank space at its ends",
    fix="strip the value in the function, or store the secret without it",
    basis=Basis.INFERENCE,
    source="RFC 7617, section 2",
    severity=Severity.WARNING,
    certain=False,
)
EXPIRED = Cause(
    "lam.expired-static-credentials",
    breaks="The password is a token that has expired, or soon will: it was stored, not fetched.",
    seen="the answer to an invocation has a Password that is a JSON Web Token, whose exp is past or near",
    fix="let the function fetch a fresh token each time, or use credentials that do not expire",
    basis=Basis.INFERENCE,
    source="RFC 7519, section 4.1.4",
    certain=False,
)
ANSWER = (
    WRONG_SHAPE,
    PROXY_FORMAT,
    JSON_STRING,
    EMPTY,
    FUNCTION_ERROR,
    NOT_LOADED,
    SECRET_DENIED,
    SECRET_MISSING,
    NEEDS_EVENT,
    EDGE_SPACE,
    EXPIRED,
)
BY_TOPIC = {
    ErrorTopic.IMPORT: NOT_LOADED,
    ErrorTopic.SECRET_DENIED: SECRET_DENIED,
    ErrorTopic.SECRET_MISSING: SECRET_MISSING,
}


@check("function.returns-credentials", "The credentials function returns a user name and a password", ANSWER)
def returns_credentials(provider: CredentialsProvider, answer: FunctionAnswer) -> Iterator[Verdict]:
    """
    What: Invokes the function once with an empty event and looks at the form of its answer: kinds, key names and
    lengths. The values are neither kept nor shown.

    Why: SageMaker reads Credentials.Username and Credentials.Password, spelled exactly so, from a JSON object.

    Passes: Both are there and not empty.

    Fails: The function fails, its answer has another form, or the password is a token that has expired. Blank space
    at an end of a value is a warning, and so is a token of which little is left.

    Not verified when: The function was not invoked: that takes --invoke-function, for its answer is a secret. A
    function that fails for want of a field in the event is not judged, since SageMaker's event is not documented.

    Fix: Return the documented object from the handler.

    Source: SageMaker developer guide, private Docker registry for real-time inference.
    """
    resources = (provider.arn,)
    if answer.error and answer.error_type in ("KeyError", "TypeError", "AttributeError"):
        because = (
            f"invoked with {{}}, the function failed with {answer.error_type}; whether SageMaker's event has what it "
            "looks for is not documented; let the function ignore its event, then run again"
        )
        yield unknown(provider.arn, because, cause=NEEDS_EVENT, resources=resources)
    elif mistake := _mistake(answer):
        cause, because = mistake
        fix = Fix(f"{cause.fix}; the log is in /aws/lambda/{provider.function_name}" if answer.error else cause.fix)
        yield failed(provider.arn, because, cause, fix, resources=resources)
    elif spaced := [member.name for member in answer.credentials if member.edge_space and member.name]:
        do = "begin or end" if len(spaced) > 1 else "begins or ends"
        because = f"{' and '.join(spaced)} {do} with blank space or a newline ({_lengths(answer)})"
        yield failed(provider.arn, because, EDGE_SPACE, Fix(EDGE_SPACE.fix), resources=resources)
    elif old := _old(answer):
        because, severity = old
        yield failed(provider.arn, because, EXPIRED, Fix(EXPIRED.fix), severity=severity, resources=resources)
    else:
        yield passed(provider.arn, f"returned {_lengths(answer)} in {answer.seconds:g} s", resources=resources)


def _mistake(answer: FunctionAnswer) -> tuple[Cause, str] | None:
    """The first thing that keeps SageMaker from reading the credentials."""
    if answer.error:
        topic = answer.error_topic or ErrorTopic.OTHER
        because = f"FunctionError {answer.error}, {answer.error_type or 'of a type that is not shown'}: {topic.value}"
        return BY_TOPIC.get(topic, FUNCTION_ERROR), because
    if answer.kind in (ValueKind.NULL, ValueKind.NOTHING):
        return EMPTY, f"the function returned {answer.kind.value}"
    if answer.holds_object:
        return JSON_STRING, "the function returned a string that holds a JSON object, not the object"
    if answer.member("statusCode") and answer.member("body"):
        return PROXY_FORMAT, f"the answer has the keys {_names(answer.members)}"
    held = answer.member("Credentials")
    if held is None or held.kind is not ValueKind.OBJECT:
        what = f"an object with the keys {_names(answer.members)}" if answer.members else answer.kind.value
        kind = f", and Credentials is {held.kind.value}" if held else ""
        return WRONG_SHAPE, f"the answer is {what}{kind}, not {FORM}"
    return _value_mistake(answer)


def _value_mistake(answer: FunctionAnswer) -> tuple[Cause, str] | None:
    for name in ("Username", "Password"):
        value = answer.credential(name)
        if value is None:
            return WRONG_SHAPE, f"Credentials has the keys {_names(answer.credentials)}, and no {name}"
        if value.kind is ValueKind.NULL or value.length == 0:
            return EMPTY, f"{name} is {'null' if value.kind is ValueKind.NULL else 'empty'}"
        if value.kind is not ValueKind.STRING:
            return WRONG_SHAPE, f"{name} is of kind {value.kind.value}, not string"
        if value.holds_object:
            return WRONG_SHAPE, f"{name} is the text of a whole JSON object: the secret was not taken apart"
    return None


def _old(answer: FunctionAnswer) -> tuple[str, Severity] | None:
    """A token that is fetched live has most of its time before it; of its claims only the times are known."""
    password = answer.credential("Password")
    left, lifetime = (password.expires_in, password.lifetime) if password else (None, None)
    if left is None:
        return None
    if left <= 0:
        return f"Password is a JSON Web Token that expired {-left} s before the call", Severity.ERROR
    if lifetime and left < lifetime * LITTLE:
        because = f"Password is a JSON Web Token with {left} s left of {lifetime} s: it was not fetched for this call"
        return because, Severity.WARNING
    return None


def _names(members: tuple[Member, ...]) -> str:
    return ", ".join(member.name or "one whose name is not shown" for member in members) or "none at all"


def _lengths(answer: FunctionAnswer) -> str:
    lengths = {member.name: member.length for member in answer.credentials}
    return f"Username ({lengths['Username']} characters) and Password ({lengths['Password']} characters)"

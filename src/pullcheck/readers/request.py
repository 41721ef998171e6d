"""A request file: CreateModel as boto3 takes it, with or without what CreateEndpointConfig takes."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, cast, get_args, get_type_hints

from pullcheck.errors import UsageError
from pullcheck.readers.described import model_of, variants_of
from pullcheck.readers.document import read_document
from pullcheck.target import Target, TargetKind

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from pullcheck.readers.shapes import Request

MOST_CONTAINERS = 15
ALIKE = 0.75
"""How much of a suggested field has to agree: less would take another object's field for a slip."""
UNKNOWN = "extra_forbidden"
"""Pydantic's word; told first, since a misspelt field is also a missing one."""
EXPECTED = {
    "string": "a string",
    "list": "a list",
    "dict": "an object",
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "finite": "a finite number",
}
GOT = ((bool, "true or false"), (str, "a string"), (int | float, "a number"), (list, "a list"), (dict, "an object"))


def read_request(path: str, region: str | None) -> Target:
    """The target that a file (``-`` for standard input) describes.

    Raises:
        UsageError: one line that names the file, the field and what was expected there.
    """
    source = "standard input" if path == "-" else path
    value = read_document(path)
    if not isinstance(value, dict):
        raise UsageError(f"{source}: expected an object, a CreateModel request; got {_kind(value)}")
    _refuse_other_formats(source, value)
    request = _validated(source, value)
    variants = variants_of(request)
    named = next((variant.model_name for variant in variants if variant.model_name), None)
    model = model_of(request, named or ("standard input" if path == "-" else PurePath(path).stem))
    return Target(
        TargetKind.REQUEST,
        model.name,
        source,
        region,
        (model,),
        variants,
        volume_key=request.get("KmsKeyId"),
        asynchronous="AsyncInferenceConfig" in request,
    )


def _refuse_other_formats(source: str, value: Mapping[object, object]) -> None:
    resources = value.get("Resources")
    if "AWSTemplateFormatVersion" in value or isinstance(resources, dict):
        raise UsageError(f"{source}: a CloudFormation template, which is not read yet; give the CreateModel request")
    if "format_version" in value or "resource_changes" in value or "planned_values" in value:
        raise UsageError(f"{source}: a Terraform plan, which is not read yet; give the CreateModel request")


def _validated(source: str, value: dict[Any, Any]) -> "Request":
    from pydantic_core import ValidationError

    from pullcheck.readers.shapes import REQUEST

    try:
        request: Request = REQUEST.validate_python(value)
    except ValidationError as error:
        errors = sorted(error.errors(include_url=False, include_context=False), key=lambda one: one["type"] != UNKNOWN)
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise UsageError(f"{source}: {_complaint(errors[0])}{more}") from None
    containers = request.get("Containers", [])
    if "PrimaryContainer" in request and containers:
        raise UsageError(f"{source}: PrimaryContainer and Containers: expected one of them, got both")
    if "PrimaryContainer" not in request and not containers:
        raise UsageError(f"{source}: expected PrimaryContainer or Containers, got neither")
    if len(containers) > MOST_CONTAINERS:
        raise UsageError(f"{source}: Containers: expected at most {MOST_CONTAINERS}, got {len(containers)}")
    return request


def _complaint(error: "ErrorDetails") -> str:
    """One line for one of pydantic's errors, e.g. ``PrimaryContainer.Image: expected a string, got a number``."""
    place = _place(error["loc"])
    match error["type"]:
        case "missing":
            return f"{place}: missing"
        case "invalid_key":
            return f"{place}: expected a field's name, which is a string"
        case kind if kind == UNKNOWN:
            return f"{place}: unknown field{_suggestion(error['loc'])}"
        case kind:
            return (
                f"{place}: expected {EXPECTED.get(kind.partition('_')[0], error['msg'])}, got {_kind(error['input'])}"
            )


def _place(location: Sequence[int | str]) -> str:
    parts = (f"[{part}]" if isinstance(part, int) else f".{_shown(part)}" for part in location)
    return "".join(parts).removeprefix(".")


def _shown(name: object) -> str:
    text = str(name)[:100]
    return text if text.isprintable() else ascii(text)


def _suggestion(location: Sequence[int | str]) -> str:
    close = get_close_matches(str(location[-1]), sorted(_fields(location[:-1])), 1, ALIKE)
    return f"; did you mean {close[0]}?" if close else ""


def _fields(location: Sequence[int | str]) -> Iterable[str]:
    """The fields of the object at this place of a request."""
    from pullcheck.readers.shapes import Request

    shape: Any = Request
    for name in location:
        if isinstance(name, str):
            hint = get_type_hints(shape)[name]
            shape = next(iter(get_args(hint)), hint)
    return get_type_hints(shape)


def _kind(value: object) -> str:
    named = (name for kind, name in GOT if isinstance(value, cast("type", kind)))
    return "null" if value is None else next(named, f"a {type(value).__name__}")

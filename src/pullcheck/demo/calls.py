"""AWS calls as they arrive over HTTP: which operation is meant, and how that service words an error."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

QUERY = frozenset({"ec2", "elasticloadbalancing", "iam", "sts"})
REST = frozenset({"lambda", "route53", "route53profiles"})
READS = ("Describe", "Get", "List", "Search", "Simulate")


@dataclass(frozen=True)
class Reply:
    """An HTTP answer."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Call:
    """One request, e.g. ``ec2`` ``DescribeSubnets``; ``fields`` are the form fields or the parts of the path."""

    service: str
    operation: str
    fields: Mapping[str, str]
    headers: Mapping[str, str]

    @property
    def name(self) -> str:
        """``service:Operation``, with the service's signing name."""
        return f"{self.service}:{self.operation}"

    @property
    def writes(self) -> bool:
        """Whether it may change anything."""
        return not self.operation.startswith(READS)

    def numbered(self, prefix: str) -> list[str]:
        """The members of a list in a form, e.g. ``ActionNames.member.1``, ``ActionNames.member.2``."""
        members = [(int(key[len(prefix) :]), value) for key, value in self.fields.items() if key.startswith(prefix)]
        return [value for _, value in sorted(members)]

    def refuse(self, code: str, message: str, status: int = 400) -> Reply:
        """An error in the format of this service."""
        if self.service == "ec2":
            text = (
                f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors></Response>"
            )
        elif self.service in QUERY or self.service == "route53":
            text = f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
        else:
            text = json.dumps({"__type": code, "message": message})
            return Reply(status, text.encode(), (("Content-Type", "application/json"), ("x-amzn-ErrorType", code)))
        return Reply(status, text.encode(), (("Content-Type", "text/xml"),))


def read_call(environ: dict[str, Any]) -> Call:
    """The call in a WSGI request, whose body stays readable. The service is the one the signature was made for."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = BytesIO(body)
    scope = re.search(r"Credential=[^/]+/[^/]+/[^/]+/([^/]+)/", environ.get("HTTP_AUTHORIZATION", ""))
    service = scope.group(1) if scope else ""
    fields = dict(parse_qsl(environ.get("QUERY_STRING", "")))
    if service in QUERY:
        fields |= dict(parse_qsl(body.decode(), keep_blank_values=True))
        operation = fields.get("Action", "")
    elif service in REST:
        operation, parts = _by_path(service, environ["REQUEST_METHOD"], environ["PATH_INFO"])
        fields |= parts
    else:
        operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
        fields |= _members(body)
    headers = {key[5:].replace("_", "-").lower(): value for key, value in environ.items() if key.startswith("HTTP_")}
    return Call(service, operation, fields, headers)


def _members(body: bytes) -> dict[str, str]:
    """The parts of a JSON request; lists and objects stay JSON."""
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        return {}
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in parsed.items()}


def _by_path(service: str, method: str, path: str) -> tuple[str, dict[str, str]]:
    for verb, pattern, operation in _routes(service):
        if verb == method and (match := pattern.fullmatch(path.rstrip("/"))):
            return operation, match.groupdict()
    return "", {}


@cache
def _routes(service: str) -> tuple[tuple[str, re.Pattern[str], str], ...]:
    from botocore.session import get_session

    model = get_session().get_service_model(service)
    routes = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        path = http["requestUri"].partition("?")[0].rstrip("/")
        pattern = re.sub(r"\{(\w+)\+?\}", r"(?P<\1>[^/]+)", path)
        routes.append((http["method"], re.compile(pattern), name))
    return tuple(sorted(routes, key=lambda route: "(?P" in route[1].pattern))

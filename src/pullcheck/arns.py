"""ARNs of functions and roles taken apart: the one place that tells them from all other text."""

import re

from pullcheck.evidence.placement import CredentialsProvider, ExecutionRole

_FUNCTION = re.compile(
    r"arn:(?P<partition>[a-z-]{1,32}):lambda:(?P<region>[a-z0-9-]{1,32}):(?P<account>[0-9]{12})"
    r":function:(?P<name>[A-Za-z0-9_.-]{1,140})(?::(?P<qualifier>[A-Za-z0-9_$-]{1,128}))?"
)
_ROLE = re.compile(
    r"arn:(?P<partition>aws[a-z-]{0,29}):iam::(?P<account>[0-9]{12})"
    r":role(?P<path>/(?:[!-~]{1,510}/)?)(?P<name>[\w+=,.@-]{1,64})",
    re.ASCII,
)


def function_in(text: str) -> CredentialsProvider | None:
    """The Lambda function that this ARN names; None for any other text (Lambda API, patterns of FunctionName)."""
    found = _FUNCTION.fullmatch(text)
    if not found:
        return None
    return CredentialsProvider(
        text, found["partition"], found["region"], found["account"], found["name"], found["qualifier"]
    )


def role_in(text: str) -> ExecutionRole | None:
    """The IAM role that this ARN names; None for any other text (IAM API, Role: Path has up to 512 characters)."""
    found = _ROLE.fullmatch(text)
    return found and ExecutionRole(text, found["partition"], found["account"], found["name"], found["path"])

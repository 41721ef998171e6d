"""The AWS CLI calls that change a role's policies."""

import json
import shlex
from collections.abc import Mapping

from pullcheck.evidence.role import PolicyDocument

Row = Mapping[str, object]
"""One statement, as policies have it."""


def command(operation: str, **options: str) -> str:
    """``aws`` with the operation and its options, quoted for a shell."""
    return " ".join(
        (f"aws {operation}", *(f"--{name.replace('_', '-')} {shlex.quote(options[name])}" for name in options))
    )


def put_role_policy(role: str, name: str, *rows: Row) -> str:
    """A new inline policy."""
    return command("iam put-role-policy", role_name=role, policy_name=name, policy_document=_document(rows))


def put_user_policy(user: str, name: str, *rows: Row) -> str:
    """The same for a user."""
    return command("iam put-user-policy", user_name=user, policy_name=name, policy_document=_document(rows))


def _document(rows: tuple[Row, ...]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(rows)})


def new_policy_version(policy: PolicyDocument, *rows: Row) -> str:
    """The customer's own managed policy, with statements added."""
    document = extended(policy.text, *rows)
    return command("iam create-policy-version --set-as-default", policy_arn=policy.arn or "", policy_document=document)


def update_trust(role: str, trust_policy: str, *rows: Row) -> str:
    """The trust policy, with statements added."""
    document = extended(trust_policy, *rows)
    return command("iam update-assume-role-policy", role_name=role, policy_document=document)


def extended(text: str, *rows: Row) -> str:
    """A policy document with statements added at its end."""
    body = json.loads(text)
    present = body["Statement"] if isinstance(body["Statement"], list) else [body["Statement"]]
    return json.dumps({**body, "Statement": [*present, *rows]})

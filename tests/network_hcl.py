"""Terraform's language read back."""

from typing import Any

import hcl2


def parsed(code: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Kind, name and arguments of each resource."""
    document: dict[str, Any] = hcl2.loads(code + "\n")

    assert set(document) <= {"resource", "__comments__"}
    return [
        (kind.strip('"'), name.strip('"'), {key: value for key, value in fields.items() if key != "__is_block__"})
        for block in document.get("resource", [])
        for kind, named in block.items()
        if kind != "__is_block__"
        for name, fields in named.items()
        if name != "__is_block__"
    ]

"""What SageMaker's instance types run on."""

import re

_GRAVITON = re.compile(r"[a-z]+[0-9]+g[a-z]*")
_GRACE = frozenset({"p6e-gb200"})


def architecture_of(instance_type: str) -> str:
    """``arm64`` or ``amd64``, e.g. arm64 for ``ml.c7g.large``; the family's g after its number means Graviton.

    Source: Amazon EC2 user guide, instance type naming conventions.
    """
    family = instance_type.removeprefix("ml.").partition(".")[0]
    return "arm64" if _GRAVITON.fullmatch(family) or family in _GRACE else "amd64"

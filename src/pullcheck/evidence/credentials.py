"""Where the credentials came from with which the registry was asked; the credentials themselves are no evidence."""

from dataclasses import dataclass
from enum import StrEnum


class Source(StrEnum):
    """Who gave user name and password."""

    FUNCTION = "the credentials function"
    ENVIRONMENT = "the environment"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Account:
    """As whom the registry was asked.

    Where nobody gave credentials, ``reason`` says why, ``remedy`` what would settle it, and ``blocked_by`` names the
    check that has failed; all are empty where the container names no credentials function either. ``age`` and ``left``
    are the seconds since the password was issued and until it expires, where it is a token that tells.
    ``unconfigured`` means that there are credentials and that SageMaker would have none: no function is named.
    """

    source: Source
    reason: str = ""
    remedy: str = ""
    blocked_by: str | None = None
    age: int | None = None
    left: int | None = None
    unconfigured: bool = False

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody gave credentials."""
        return self.source is Source.NOBODY

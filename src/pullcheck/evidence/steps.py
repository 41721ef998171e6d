"""A request of the pull, what came back, and where that led: recorded without any secret."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from typing import Any

from pullcheck.vantage import Outcome

SKEW = 120
"""Seconds by which two clocks may differ without it being worth a word."""


@dataclass(frozen=True)
class RegistryError:
    """The first of the errors in a registry's answer (distribution specification, error codes)."""

    code: str
    message: str


@dataclass(frozen=True)
class Reply:
    """One request and what came back. ``url`` is without user and query; ``title`` is that of a web page.

    ``media_type`` is Content-Type without parameters, ``digest`` the header Docker-Content-Digest, ``length`` the
    header Content-Length, ``asks`` the lines of WWW-Authenticate, ``retry_after`` and ``remaining`` the headers
    Retry-After and RateLimit-Remaining. ``product`` is the registry's make where its headers tell. ``seconds`` are the
    whole ones until the first byte, with a connection if one had to be opened; ``ahead`` is how many the header Date
    is ahead of the clock of who asked, 0 where less than `SKEW`. ``signed`` is whether the query of the URL, which is
    not kept, holds a signature; ``misnamed`` is what Docker-Content-Digest holds in place of a digest.
    """

    method: str
    url: str
    address: str
    outcome: Outcome
    detail: str = ""
    status: int | None = None
    media_type: str | None = None
    length: int | None = None
    digest: str | None = None
    encoding: str | None = None
    server: str | None = None
    error: RegistryError | None = None
    title: str | None = None
    asks: tuple[str, ...] = ()
    retry_after: str | None = None
    remaining: str | None = None
    product: str | None = None
    seconds: int = 0
    ahead: int = 0
    signed: bool = False
    misnamed: str = ""


class Stop(StrEnum):
    """Why a host was not asked."""

    NO_URL = "it is no URL of https"
    PLAIN_HTTP = "it is plain http"
    NO_NAME = "the name does not resolve"
    OWN_MACHINE = "the address means the machine itself, or its metadata service"
    TOO_MANY = "it is one redirect too many"
    NO_TIME = "the time for this pull was used up"
    PASSWORD = "a password in a body is not sent on"


@dataclass(frozen=True)
class Step:
    """A request and the redirects that it led to. ``stop`` is set where ``target`` was not asked any more.

    ``no_such_name`` is true where the resolver said that the target's name does not exist. ``before`` are the answers
    after which the same was asked once again: 429, and 5xx that tend to pass.
    """

    replies: tuple[Reply, ...]
    stop: Stop | None = None
    target: str = ""
    detail: str = ""
    no_such_name: bool = False
    before: tuple[Reply, ...] = ()

    @property
    def last(self) -> Reply | None:
        """The answer that counts, None where the way to it ended before."""
        return self.replies[-1] if self.replies and self.stop is None else None

    @property
    def status(self) -> int | None:
        """The HTTP status of the answer that counts."""
        return self.last.status if self.last else None


def steps_in(value: Any) -> Iterator[Step]:
    """Every request in a piece of evidence."""
    if isinstance(value, Step):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from steps_in(one)
    elif is_dataclass(value):
        for field in fields(value):
            yield from steps_in(getattr(value, field.name))

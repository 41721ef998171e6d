"""Invokes the credentials function and holds what it returns, in memory only: nothing here is a dataclass, on purpose.

Evidence is every dataclass among the facts; what is none is handed from collector to collector and never written.
"""

import json
import os
from base64 import b64encode
from collections.abc import Callable
from threading import Lock
from time import perf_counter
from urllib.parse import urlencode

from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.collect.makes import lifetime
from pullcheck.evidence.credentials import Account, Source
from pullcheck.evidence.function import Function, FunctionConcurrency
from pullcheck.evidence.placement import CredentialsProvider
from pullcheck.evidence.steps import Step
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.settings import Settings
from pullcheck.wiring import collector

USERNAME = "PULLCHECK_REGISTRY_USERNAME"
PASSWORD = "PULLCHECK_REGISTRY_PASSWORD"
PAYLOAD_LIMIT = 6 * 1024 * 1024
"""Bytes of an answer (Lambda quotas, invocation payload)."""
BOTH = f"add --invoke-function, or set {USERNAME} and {PASSWORD}"


class Invocation:
    """One answer of the function: its payload, Lambda's FunctionError, and how many seconds it took."""

    __slots__ = ("error", "payload", "seconds")

    def __init__(self, payload: bytes, error: str | None, seconds: float) -> None:
        self.payload = payload
        self.error = error
        self.seconds = seconds

    def __repr__(self) -> str:
        return "Invocation(...)"


class Credentials:
    """A user name and a password, or neither; ``account`` says whose they are.

    ``refusals`` keeps, by the host that refused them, how it did: nobody is asked twice, so that no account is locked.
    """

    __slots__ = ("_password", "_username", "account", "lock", "refusals")

    def __init__(self, account: Account, username: str = "", password: str = "") -> None:
        self.account = account
        self._username = _encodable(username)
        self._password = _encodable(password)
        self.lock = Lock()
        self.refusals: dict[str, Step] = {}

    def __repr__(self) -> str:
        return "Credentials(...)"

    @property
    def basic(self) -> str:
        """The Authorization header (RFC 7617, in UTF-8 as Docker has it)."""
        return "Basic " + b64encode(f"{self._username}:{self._password}".encode()).decode()

    def form(self, fields: dict[str, str]) -> bytes:
        """The body of a request for a token by user name and password (RFC 6749, section 4.3.2)."""
        return urlencode({**fields, "username": self._username, "password": self._password}).encode()

    def judged(self, rule: Callable[[str, str], str]) -> str:
        """What a rule says of user name and password, in words that hold neither."""
        return "" if self.account.is_anonymous else rule(self._username, self._password)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no text that is kept may hold."""
        if self.account.is_anonymous:
            return ()
        return tuple(filter(None, (self.basic.removeprefix("Basic "), self._password, self._username)))


@collector(optional=("lambda:InvokeFunction",), option="--invoke-function")
def invocation(
    found: Function,
    concurrency: FunctionConcurrency | Unavailable,
    provider: CredentialsProvider,
    settings: Settings,
    aws: Aws,
) -> Invocation | Unavailable:
    """One invocation with an empty event, only where ``--invoke-function`` allows it."""
    if not settings.invoke_function:
        return Unavailable("the function was not invoked", "add --invoke-function")
    if isinstance(concurrency, FunctionConcurrency) and concurrency.reserved == 0:
        return Unavailable("the function is switched off", "see function.ready", blocked_by="function.ready")
    if found.state not in (None, "Active", "Inactive"):
        return Unavailable(f"the function is {found.state}", "see function.ready", blocked_by="function.ready")
    qualifier = {"Qualifier": provider.qualifier} if provider.qualifier else {}
    started = perf_counter()
    try:
        answer = aws.call("lambda", "Invoke", FunctionName=provider.unqualified_arn, **qualifier, Payload=b"{}")
    except AwsRefusal as refusal:
        return Unavailable(f"Lambda did not run the function: {refusal.code}", "see function.ready")
    payload = answer["Payload"].read(PAYLOAD_LIMIT)
    return Invocation(payload, answer.get("FunctionError"), round(perf_counter() - started, 1))


@collector()
def credentials(
    provider: CredentialsProvider | Unavailable | NotApplicable,
    answer: Invocation | Unavailable | NotApplicable,
    settings: Settings,
) -> Credentials:
    """What the function returned, else what the environment holds, else nothing."""
    if isinstance(answer, Invocation):
        return of_answer(answer)
    username, password = os.environ.get(USERNAME), os.environ.get(PASSWORD)
    if username and password:
        account = Account(Source.ENVIRONMENT, unconfigured=isinstance(provider, NotApplicable))
        return Credentials(account, username, password)
    if username or password:
        missing = PASSWORD if username else USERNAME
        return Credentials(Account(Source.NOBODY, f"{missing} is not set, its counterpart is", f"set {missing} too"))
    if isinstance(provider, NotApplicable):
        return Credentials(Account(Source.NOBODY))
    if isinstance(answer, Unavailable) and settings.invoke_function:
        return Credentials(Account(Source.NOBODY, answer.reason, answer.remedy, answer.blocked_by))
    return Credentials(Account(Source.NOBODY, "the credentials are not at hand", BOTH))


def of_answer(answer: Invocation) -> Credentials:
    """``Credentials.Username`` and ``Credentials.Password``, spelled so, as SageMaker reads them."""
    try:
        value = json.loads(answer.payload) if not answer.error else None
    except (ValueError, RecursionError):
        value = None
    found = value.get("Credentials") if isinstance(value, dict) else None
    username, password = (found.get("Username"), found.get("Password")) if isinstance(found, dict) else (None, None)
    if isinstance(username, str) and isinstance(password, str) and username and password:
        age, left = lifetime(password)
        return Credentials(Account(Source.FUNCTION, age=age, left=left), username, password)
    reason = "the credentials function returned no user name and password"
    remedy = "mend what function.returns-credentials reports"
    return Credentials(Account(Source.NOBODY, reason, remedy, "function.returns-credentials"))


def _encodable(text: str) -> str:
    """Lone surrogates become U+FFFD, as in Go's decoder of JSON."""
    return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)


COLLECTORS = (invocation, credentials)

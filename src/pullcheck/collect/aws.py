"""The one door to AWS: each distinct call is made once, and what cannot be read says which action is missing."""

import os
import threading
from collections import Counter
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from pullcheck.errors import UsageError
from pullcheck.missing import NotObserved, Unavailable

if TYPE_CHECKING:
    from boto3.session import Session

DENIED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthFailure",
        "AuthorizationError",
        "AuthorizationErrorException",
        "Client.UnauthorizedOperation",
        "ForbiddenException",
        "NotAuthorized",
        "OptInRequired",
        "UnauthorizedAccess",
        "UnauthorizedException",
        "UnauthorizedOperation",
        "UnrecognizedClientException",
    }
)
BAD_CREDENTIALS = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "RequestExpired", "SignatureDoesNotMatch"}
)
THROTTLED = frozenset(
    {
        "LimitExceededException",
        "PriorRequestNotComplete",
        "RequestLimitExceeded",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
AWS_FAULTS = frozenset({"InternalError", "InternalFailure", "ServiceException", "ServiceUnavailable", "Unavailable"})
"""Lambda's other answers of 500 and above are about the function: its key, its image, its network interfaces."""
IAM_PREFIX = {"elbv2": "elasticloadbalancing", "service-quotas": "servicequotas"}
ACTION = {("lambda", "Invoke"): "lambda:InvokeFunction"}
ATTEMPTS = 3
PATIENCE = 4
"""How many calls of a service may hang before the others are not tried; where there is no connection, none may."""
RUNS_CODE = "Invoke"
"""The one operation that runs somebody's code: it is not tried again, and its silence is not the API's."""


class AwsRefusal(Exception):  # noqa: N818 - an answer, for the collector to turn into evidence
    """AWS answered, and the answer is no: not found, not valid. ``code`` is AWS's error code."""

    def __init__(self, action: str, code: str, message: str) -> None:
        super().__init__(f"{action}: {code}: {message}")
        self.action = action
        self.code = code
        self.message = message


class Aws:
    """Reads from one account and region. Thread-safe; clients are made when first used.

    ``used`` holds the IAM actions of the calls made so far, in order. ``given_up`` is set when nobody waits for the
    answers any more: whoever made something in the account then deletes it.
    """

    def __init__(self, region: str | None = None, profile: str | None = None, timeout: float = 10.0) -> None:
        self._region = region
        self._profile = profile
        self._timeout = timeout
        self._lock = threading.Lock()
        self._session: Session | None = None
        self._clients: dict[tuple[str, int], Any] = {}
        self._calls: dict[tuple[object, ...], Future[dict[str, Any]]] = {}
        self._silent: dict[str, str] = {}
        self._hangs: dict[str, int] = {}
        self._times: Counter[str] = Counter()
        self.used: list[str] = []
        self.given_up = threading.Event()

    @property
    def region(self) -> str | None:
        """The region asked for, or the one that AWS's own environment and configuration name."""
        named = self._region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        if named:
            return named
        with self._lock:
            return self._open().region_name

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """The answer of one operation, all pages merged, e.g. ``call("ec2", "DescribeSubnets", SubnetIds=[...])``.

        Raises:
            NotObserved: denied, throttled, no credentials, no connection, an answer that cannot be read.
            AwsRefusal: any other error code.
        UsageError: the profile does not exist, or AWS's configuration cannot be read.
        """
        key = (service, operation, repr(sorted(parameters.items())))
        with self._lock:
            future = self._calls.get(key)
            mine = future is None
            if future is None:
                future = self._calls[key] = Future()
        if mine:
            try:
                future.set_result(self._make(service, operation, parameters))
            except BaseException as error:  # noqa: BLE001 - handed to whoever waits for the answer
                future.set_exception(error)
        return future.result()

    def again(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """The same, but asked anew each time: what changes anything, or waits for a change. Raises as `call` does."""
        return self._make(service, operation, parameters)

    def may(self, what: str, times: int) -> bool:
        """Whether this may be done once more: what costs money is done so many times in a run."""
        with self._lock:
            self._times[what] += 1
            return self._times[what] <= times

    def _make(self, service: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, ReadTimeoutError
        from botocore.parsers import ResponseParserError

        action = ACTION.get((service, operation), f"{IAM_PREFIX.get(service, service)}:{operation}")
        if service in self._silent:
            raise NotObserved(Unavailable(f"{action} was not tried: {self._silent[service]}", "make AWS reachable"))
        try:
            client = self._client(service, ATTEMPTS if operation != RUNS_CODE else 1)
            self.used.append(action)
            return _read(client, operation, parameters)
        except ClientError as error:
            raise _refusal(action, error) from error
        except HTTPClientError as error:
            self._hangs[service] = self._hangs.get(service, 0) + (operation != RUNS_CODE)
            if not isinstance(error, ReadTimeoutError) or self._hangs[service] >= PATIENCE:
                self._silent[service] = f"the {service} API did not answer"
            raise NotObserved(
                Unavailable(f"{action} got no answer ({type(error).__name__})", f"make the {service} API reachable")
            ) from error
        except ResponseParserError as error:
            raise NotObserved(
                Unavailable(f"{action} was answered with something that is not AWS's format", "try again later")
            ) from error
        except BotoCoreError as error:
            reason = f"{action} could not be called: {_one_line(error).rstrip('.')}"
            raise NotObserved(Unavailable(reason, _remedy(error))) from error

    def _client(self, service: str, attempts: int) -> Any:
        from botocore.config import Config

        key = (service, attempts)
        with self._lock:
            if key not in self._clients:
                config = Config(
                    connect_timeout=min(self._timeout, 5.0),
                    read_timeout=self._timeout,
                    retries={"mode": "standard", "total_max_attempts": attempts},
                    max_pool_connections=32,
                    user_agent_extra="pullcheck",
                )
                try:
                    self._clients[key] = self._open().client(service, config=config)  # type: ignore[call-overload]
                except ValueError as error:
                    raise UsageError(f"AWS configuration: {_one_line(error)}") from error
            return self._clients[key]

    def _open(self) -> "Session":
        from boto3.session import Session
        from botocore.exceptions import ConfigParseError, ProfileNotFound

        if self._session is None:
            region = self._region or os.environ.get("AWS_REGION")
            try:
                self._session = Session(region_name=region, profile_name=self._profile)
            except (ProfileNotFound, ConfigParseError) as error:
                raise UsageError(f"AWS configuration: {_one_line(error)}") from error
        return self._session


def _read(client: Any, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    from botocore import xform_name

    method = xform_name(operation)
    if client.can_paginate(method):
        merged = client.get_paginator(method).paginate(**parameters).build_full_result()
        return dict(merged)
    answer: dict[str, Any] = getattr(client, method)(**parameters)
    answer.pop("ResponseMetadata", None)
    return answer


def _refusal(action: str, error: Any) -> Exception:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    code = str(error.response.get("Error", {}).get("Code", ""))
    message = _one_line(error.response.get("Error", {}).get("Message", ""))
    if code in DENIED or (status in (401, 403) and (not code or code.isdigit())):
        reason = f"{action} was denied ({code or f'HTTP {status}'})"
        return NotObserved(Unavailable(reason, f"allow {action} to who runs pullcheck"))
    if code in BAD_CREDENTIALS:
        return NotObserved(Unavailable(f"{action}: AWS did not accept the credentials ({code})", "renew them"))
    if code in THROTTLED:
        return NotObserved(Unavailable(f"{action} was throttled ({code})", "try again"))
    if (status >= 500 and not action.startswith("lambda:")) or not code or code.isdigit() or code in AWS_FAULTS:
        return NotObserved(Unavailable(f"{action} failed on AWS's side (HTTP {status})", "try again later"))
    return AwsRefusal(action, code, message)


def _remedy(error: Exception) -> str:
    if "redential" in type(error).__name__ or "Token" in type(error).__name__:
        return "give AWS credentials (AWS_PROFILE, --profile, or the environment)"
    if "Region" in type(error).__name__:
        return "name the region (--region or AWS_REGION)"
    return "see the message"


def _one_line(text: object) -> str:
    return " ".join(str(text).split())[:300]

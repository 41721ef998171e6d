"""Gets access to the repository as container clients do: Basic credentials, or a token from where the registry says."""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode, urlsplit

from pullcheck.challenge import BASIC, BEARER, Challenge, challenges, first_of_each
from pullcheck.collect.credentials import Credentials
from pullcheck.collect.transfer import Transfer, origin
from pullcheck.evidence.pull import Login, Scheme, Step, Token

TOKEN_LIMIT = 256 * 1024
GRANTS_KEPT = 20
FIELDS = ("token", "access_token", "expires_in", "issued_at", "refresh_token")

_HEADER_VALUE = re.compile(r"[!-~]+")
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


@dataclass(frozen=True)
class Access:
    """A login, and the Authorization header that it gave: never evidence."""

    login: Login
    authorization: str | None = field(default=None, repr=False)


def log_in(
    lines: Iterable[str],
    base: str,
    repository: str,
    credentials: Credentials,
    transfer: Transfer,
    asked: str | None = None,
) -> Access:
    """Answer the challenges in these WWW-Authenticate lines; ``base`` is the registry's ``https://HOST[:PORT]``.

    ``asked`` is the URL that gave them, where that was not ``/v2/``: only there can a password be tried.
    """
    visible = list(first_of_each(challenges(line) for line in lines))
    bearer = next((one for one in visible if one.kind == BEARER), None)
    login = Login(Scheme.NONE, credentials.account, late=asked is not None)
    if bearer:
        return _by_token(replace(login, scheme=Scheme.BEARER), bearer, base, repository, credentials, transfer)
    if any(one.kind == BASIC for one in visible):
        return _by_password(replace(login, scheme=Scheme.BASIC), base, asked or f"{base}/v2/", credentials, transfer)
    offered = ", ".join(dict.fromkeys(transfer.clean(one.scheme) for one in visible)) or "no challenge"
    return Access(replace(login, problem=f"the registry offers {offered}, neither Basic nor Bearer"))


def _by_password(login: Login, base: str, url: str, credentials: Credentials, transfer: Transfer) -> Access:
    if login.account.is_anonymous:
        return Access(login)
    step = _once(base, credentials, lambda: transfer.ask("GET", url, authorization=credentials.basic)[0])
    return Access(replace(login, trial=step), credentials.basic if step.status != 401 else None)


def _by_token(
    login: Login, bearer: Challenge, base: str, repository: str, credentials: Credentials, transfer: Transfer
) -> Access:
    read = bearer.as_clients_read()
    realm, service = read.get("realm") or "", read.get("service")
    place = origin(realm)
    if place is None or place[0] != "https":
        return Access(replace(login, problem=f"the realm {transfer.shown(realm) or '(none)'} is no https URL"))
    wanted = {"service": service} if service else {}
    query = urlencode({**wanted, "scope": f"repository:{repository}:pull"})
    url = f"{realm.partition('#')[0]}{'&' if urlsplit(realm).query else '?'}{query}"
    content = b""

    def ask() -> Step:
        nonlocal content
        basic = None if login.account.is_anonymous else credentials.basic
        step, fetched = transfer.ask("GET", url, authorization=basic, limit=TOKEN_LIMIT, role="token realm")
        content = fetched.content
        return step

    step = _once(f"{place[1]}:{place[2]}", credentials, ask)
    shown = transfer.clean(service) if service else None
    token = Token(transfer.shown(realm), shown, step, same_host=place == origin(base))
    if step.status != 200:
        return Access(replace(login, token=token))
    seen, text = read_token(token, content)
    if text is None:
        return Access(replace(login, token=seen))
    transfer.hide(text)
    grants = tuple(transfer.clean(one) for one in seen.access) if seen.access is not None else None
    return Access(replace(login, token=replace(seen, access=grants)), f"Bearer {text}")


def _once(place: str, credentials: Credentials, ask: Callable[[], Step]) -> Step:
    """The answer to the credentials, asked for anew only where they have not been refused before."""
    if credentials.account.is_anonymous:
        return ask()
    with credentials.lock:
        if place in credentials.refusals:
            return credentials.refusals[place]
        step = ask()
        if step.status == 401:
            credentials.refusals[place] = step
        return step


def read_token(token: Token, content: bytes) -> tuple[Token, str | None]:
    """What clients written in Go make of a token service's answer, and the token itself where they get one.

    Source: distribution project, token authentication specification; Docker's and containerd's decoders.
    """
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        return replace(token, fault="the answer is no JSON object"), None
    seen = replace(token, fields=tuple(name for name in FIELDS if value.get(name) not in (None, "")))
    text = value.get("token") or value.get("access_token")
    if fault := _fault(value, text):
        return replace(seen, fault=fault), None
    if not text:
        return seen, None
    return replace(seen, access=grants_of(text)), text


def _fault(value: dict[str, Any], text: object) -> str:
    expires, issued = value.get("expires_in"), value.get("issued_at")
    if expires is not None and (isinstance(expires, bool) or not isinstance(expires, int)):
        return "expires_in is no whole number"
    if issued is not None and not (isinstance(issued, str) and _RFC_3339.fullmatch(issued)):
        return "issued_at is no time of RFC 3339"
    if text and not (isinstance(text, str) and _HEADER_VALUE.fullmatch(text)):
        return "the token has characters that no header may have"
    return ""


def grants_of(token: str) -> tuple[str, ...] | None:
    """What a JSON web token says it grants, as scopes; None for a token that does not tell (RFC 7519, section 3)."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return None
    access = claims.get("access") if isinstance(claims, dict) else None
    if not isinstance(access, list):
        return None
    return tuple(_scope(one) for one in access[:GRANTS_KEPT] if isinstance(one, dict))


def _scope(grant: dict[str, Any]) -> str:
    actions = grant.get("actions")
    named = ",".join(str(action) for action in actions) if isinstance(actions, list) else ""
    return f"{grant.get('type')}:{grant.get('name')}:{named}"

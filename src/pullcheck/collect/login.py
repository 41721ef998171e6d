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
from pullcheck.collect.encoding import as_clients_read
from pullcheck.collect.makes import wrong_user_name
from pullcheck.collect.places import origin
from pullcheck.collect.transfer import Headers, Transfer
from pullcheck.evidence.pull import Login, Post, Scheme, Token
from pullcheck.evidence.steps import Step
from pullcheck.go_json import is_number, is_text, read_object

LINE_ENDS = "\r\n"
TOKEN_LIMIT = 256 * 1024
ERROR_LIMIT = 16 * 1024
GRANTS_KEPT = 20
LONGEST_LIFE = 2**40
POST_MAY_DIFFER = frozenset({200, 404, 405, 501})
"""The answers to GET after which a POST may still fare otherwise, and is no second login with a wrong password."""
REFUSED = frozenset({401, 403})
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
_TOKENS = ("token", "access_token", "refresh_token")
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

    ``asked`` is the URL that gave them, where that was not ``/v2/``: only there can a password be tried. Where that led
    to another host, it is that host's challenge, and nothing is sent.
    """
    visible = list(first_of_each(challenges(line) for line in lines))
    bearer = next((one for one in visible if one.kind == BEARER), None)
    login = Login(Scheme.NONE, credentials.account, spaced=credentials.judged(_spaced))
    if elsewhere := transfer.led(asked or ""):
        problem = f"the registry redirects to {elsewhere}, and that is who asks for credentials"
        scheme = Scheme.BEARER if bearer else Scheme.BASIC
        return Access(replace(login, scheme=scheme, problem=problem, elsewhere=elsewhere))
    if bearer:
        access = _by_token(replace(login, scheme=Scheme.BEARER), bearer, base, repository, credentials, transfer)
        return replace(access, login=transfer.scrubbed(access.login))
    if any(one.kind == BASIC for one in visible):
        return _by_password(replace(login, scheme=Scheme.BASIC), base, asked or f"{base}/v2/", credentials, transfer)
    offered = ", ".join(dict.fromkeys(transfer.clean(one.scheme) for one in visible)) or "no challenge"
    return Access(replace(login, problem=f"the registry offers {offered}, neither Basic nor Bearer"))


def _by_password(login: Login, base: str, url: str, credentials: Credentials, transfer: Transfer) -> Access:
    if login.account.is_anonymous:
        return Access(login)

    def ask() -> Step:
        return transfer.ask("GET", url, authorization=credentials.basic, limit=ERROR_LIMIT)[0]

    form = _form(base, None, credentials)
    step = _once(base, credentials, ask, REFUSED if url == f"{base}/v2/" else frozenset({401}))
    return Access(replace(login, trial=step, form=form), None if step.status in REFUSED else credentials.basic)


def _by_token(
    login: Login, bearer: Challenge, base: str, repository: str, credentials: Credentials, transfer: Transfer
) -> Access:
    read = bearer.as_clients_read()
    unread = "" if read.get("realm") else next((name for name, value in bearer.parameters if not value), "")
    read = bearer if unread else read
    realm, service = read.get("realm") or "", read.get("service")
    place = origin(realm)
    if place is None or place[0] != "https":
        return Access(replace(login, problem=f"the realm {transfer.shown(realm) or '(none)'} is no https URL"))
    wanted = {"service": service} if service else {}
    wanted["scope"] = f"repository:{repository}:pull"
    asking = _Asking(realm.partition("#")[0], wanted, f"{place[1]}:{place[2]}", credentials, transfer)
    step, content = asking.get()
    token = Token(
        transfer.shown(realm), transfer.clean(service) if service else None, step, same_host=place == origin(base)
    )
    text: str | None = None
    transfer.hide(*secrets_in(content))
    if step.status == 200:
        token, text = read_token(token, content)
    if not login.account.is_anonymous and step.status in POST_MAY_DIFFER:
        post, other = asking.post()
        token, text = replace(token, post=post), text or other
    login = replace(login, token=token, unread=unread, form=_form(base, service, credentials))
    return Access(login, f"Bearer {text}" if text else None)


class _Asking:
    """The two forms in which a token is asked for: Docker's GET, and the POST that containerd begins with."""

    def __init__(
        self, realm: str, wanted: dict[str, str], place: str, credentials: Credentials, transfer: Transfer
    ) -> None:
        self._realm, self._wanted, self._place = realm, wanted, place
        self._credentials, self._transfer = credentials, transfer
        self._content = b""

    def get(self) -> tuple[Step, bytes]:
        """The answer to GET, and its content."""
        url = f"{self._realm}{'&' if urlsplit(self._realm).query else '?'}{urlencode(self._wanted)}"
        basic = None if self._credentials.account.is_anonymous else self._credentials.basic
        step = _once(self._place, self._credentials, lambda: self._ask("GET", url, authorization=basic))
        return step, self._content

    def post(self) -> tuple[Post, str | None]:
        """The answer to POST, and the token where containerd finds one (RFC 6749, sections 4.3.2 and 5.1)."""
        self._content = b""
        fields = {"grant_type": "password", "client_id": "containerd-client", **self._wanted}
        body = self._credentials.form(fields)
        step = _once(f"POST {self._place}", self._credentials, lambda: self._ask("POST", self._realm, FORM, body=body))
        self._transfer.hide(*secrets_in(self._content))
        if step.status != 200:
            return Post(step), None
        read, _ = read_token(Token("", None, step, same_host=False), self._content)
        text = (read_object(self._content, whole=False) or {}).get("access_token")
        post = Post(step, read.fields, read.fault, read.same)
        return post, text if isinstance(text, str) and text and not read.fault else None

    def _ask(self, method: str, url: str, headers: Headers = (), **rest: Any) -> Step:
        step, fetched = self._transfer.ask(method, url, headers, limit=TOKEN_LIMIT, role="token realm", **rest)
        self._content = as_clients_read(fetched, TOKEN_LIMIT)
        return step


def _spaced(username: str, password: str) -> str:
    """What begins or ends with what nobody sees, in words that tell nothing else of it."""
    for name, value in (("the user name", username), ("the password", password)):
        if value != value.strip():
            return f"{name} {'ends with a newline' if value[-1] in LINE_ENDS else 'begins or ends with blank space'}"
    return ""


def _form(base: str, service: str | None, credentials: Credentials) -> str:
    host = urlsplit(base).hostname or ""
    return credentials.judged(lambda username, password: wrong_user_name(host, service, username, password))


def _once(
    place: str, credentials: Credentials, ask: Callable[[], Step], refusals: frozenset[int] = frozenset({401})
) -> Step:
    """The answer to the credentials, asked for anew only where they have not been refused before.

    A 403 to a token request is no such refusal: it may be about the one repository.
    """
    if credentials.account.is_anonymous:
        return ask()
    with credentials.lock:
        if place in credentials.refusals:
            return credentials.refusals[place]
        step = ask()
        if step.status in refusals:
            credentials.refusals[place] = step
        return step


def read_token(token: Token, content: bytes) -> tuple[Token, str | None]:
    """What clients written in Go make of a token service's answer, and the token itself where they get one.

    Source: distribution project, token authentication specification; Docker's and containerd's decoders.
    """
    value = read_object(content, whole=False)
    if value is None:
        return replace(token, fault="the answer is no JSON object"), None
    seen = replace(token, fields=tuple(name for name in FIELDS if value.get(name) not in (None, "")))
    text, other = value.get("token"), value.get("access_token")
    life = value.get("expires_in")
    seen = replace(
        seen,
        same=not (text and other and isinstance(text, str) and isinstance(other, str)) or text == other,
        life=life if isinstance(life, int) and not isinstance(life, bool) and abs(life) < LONGEST_LIFE else None,
    )
    text = other or text
    if fault := _fault(value, text):
        return replace(seen, fault=fault), None
    if not text:
        return seen, None
    return replace(seen, access=grants_of(text)), text


def secrets_in(content: bytes) -> tuple[str, ...]:
    """The tokens in a token service's answer: whoever has one is let in."""
    value = read_object(content, whole=False) or {}
    return tuple(text for name in _TOKENS if isinstance(text := value.get(name), str))


def _fault(value: dict[str, Any], text: object) -> str:
    issued = value.get("issued_at")
    if not all(is_text(value.get(name)) for name in _TOKENS):
        return "a token is no text"
    if not is_number(value.get("expires_in")):
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

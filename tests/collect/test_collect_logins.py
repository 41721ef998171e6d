"""A password that is wrong is tried once in a run, whatever the registry asks for, and what is wrong is told apart."""

import base64
import json
import time
from collections.abc import Callable, Iterator

import pytest
import quirks
import trustme
from bench import Bench, given, judged, on_trial, told
from makes import asking, tokens
from quirks import MANIFEST, PASSWORD, TOKEN, USERNAME, Answer, Asked, Behaviour, Server, at, error, image_of, tiny

from pullcheck.collect.credentials import Credentials, Invocation, of_answer
from pullcheck.evidence.credentials import Account, Source

AUTH = "auth.credentials-accepted"
GRANT = {"token": TOKEN, "expires_in": 1800}
CHALLENGE = ("WWW-Authenticate", 'Basic realm="lab"')


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def registry(authority: trustme.CA) -> Iterator[Server]:
    with quirks.serving(authority) as server:
        yield server


def basic(status: int, message: str = "no") -> list[Behaviour]:
    """Asks for a password, and gives this answer to any."""
    asked_for = error(401, "UNAUTHORIZED", "log in", CHALLENGE)
    return [lambda asked: error(status, "DENIED", message, CHALLENGE) if asked.authorization else asked_for]


def late(status: int, message: str = "no") -> list[Behaviour]:
    """The same, and GET /v2/ is for everybody."""
    return [at("/v2/", Answer(200, b"{}")), *basic(status, message)]


def bearer(get: Answer, post: Answer, everybody: Answer | None = None) -> list[Behaviour]:
    """A token service with these answers to a password, and another one for who has none."""

    def service(asked: Asked) -> Answer | None:
        if asked.path != "/auth":
            return None
        return post if asked.method == "POST" else get if asked.authorization else everybody or get

    def ask(asked: Asked) -> Answer | None:
        return asking(f'Bearer realm="https://{asked.host}/auth",service="r"')(asked)

    return [service, ask, image_of(tiny())]


NO = error(401, "UNAUTHORIZED", "wrong")
FORBIDDEN = error(403, "DENIED", "no")
ANYBODY = Answer(200, json.dumps({"token": "nobody-s-token"}).encode())


def wrong(source: Source = Source.FUNCTION) -> Callable[[], Credentials]:
    return lambda: Credentials(Account(source), USERNAME, "wr0ng-c4n4ry")


@pytest.mark.parametrize("source", [Source.FUNCTION, Source.ENVIRONMENT])
@pytest.mark.parametrize(
    ("behaviours", "containers"),
    [
        (basic(401), 2),
        (basic(403), 2),
        (late(401), 2),
        (late(403), 1),
        (bearer(NO, NO), 2),
        (bearer(FORBIDDEN, NO), 1),
        (bearer(error(400, "INVALID", "invalid_grant"), NO), 1),
        (bearer(Answer(405), NO), 2),
        (bearer(Answer(404), FORBIDDEN), 1),
        (bearer(Answer(501), error(400, "INVALID", "invalid_grant")), 1),
        (bearer(NO, NO, ANYBODY), 2),
        (bearer(Answer(405), NO, ANYBODY), 2),
    ],
    ids=["basic-401", "basic-403", "late-401", "late-403", "get-401", "get-403", "get-400", "post-401", "post-403",
         "post-400", "get-401-anonymous", "post-401-anonymous"],
)  # fmt: skip
def test_wrong_password_is_tried_once(
    authority: trustme.CA, registry: Server, behaviours: list[Behaviour], containers: int, source: Source
) -> None:
    registry.behaviours = behaviours
    credentials = wrong(source)()
    for _ in range(containers):
        found = judged(Bench(authority).pull(registry, credentials), provider=None if source == "environment" else "a")
    refused_by_method = {Answer(405), Answer(404), Answer(501)}
    seen = [one for one in registry.asked if "wr0ng-c4n4ry" in (one.form.get("password") or [_password(one)])]
    failing = [one for one in seen if not (one.method == "GET" and behaviours[0](one) in refused_by_method)]

    assert len(failing) == 1
    assert "pass" not in told(found)[AUTH]


def _password(asked: Asked) -> str:
    kind, _, value = (asked.authorization or "").partition(" ")
    return base64.b64decode(value).decode().partition(":")[2] if kind == "Basic" else ""


def _jwt(**claims: int) -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({}, claims))
    return ".".join((*parts, "c2ln"))


@pytest.mark.parametrize(
    ("status", "message", "cause"),
    [
        (401, "incorrect username or password", "auth.basic-rejected"),
        (401, "account is locked for 30 minutes", "auth.account-lockout"),
        (403, "account is locked for 30 minutes", "auth.account-lockout"),
        (401, "The token expired at 12:00", "auth.creds-expired"),
        (401, "password has expired, change it", "auth.creds-expired"),
        (403, "IP address 10.0.1.7 is not allowed", "auth.source-ip-allow-list"),
        (403, "requested access to the resource is denied", "auth.no-pull-on-repo"),
    ],
)
@pytest.mark.parametrize("door", [basic, late])
def test_what_is_wrong_is_told_apart(
    authority: trustme.CA,
    registry: Server,
    door: Callable[[int, str], list[Behaviour]],
    status: int,
    message: str,
    cause: str,
) -> None:
    registry.behaviours = door(status, message)
    found = told(judged(Bench(authority).pull(registry)))

    assert found[AUTH][0] == cause


def test_missing_rights_come_after_a_good_login(authority: trustme.CA, registry: Server) -> None:
    registry.behaviours = [quirks.by_password, at(MANIFEST, error(401, "UNAUTHORIZED", "no")), image_of(tiny())]
    found = told(judged(Bench(authority).pull(registry)))

    assert found[AUTH] == ["auth.no-pull-on-repo"]


def test_password_that_says_itself_that_it_has_expired(authority: trustme.CA, registry: Server) -> None:
    password = _jwt(iat=int(time.time()) - 90_000, exp=int(time.time()) - 60)
    payload = json.dumps({"Credentials": {"Username": "AWS", "Password": password}}).encode()
    registry.behaviours = basic(401)
    pull = Bench(authority).pull(registry, of_answer(Invocation(payload, None, 0.1)))

    assert told(judged(pull))[AUTH][0] == "auth.creds-expired"
    assert password not in repr(pull)


@pytest.mark.parametrize("password", [f"{PASSWORD}\n", f" {PASSWORD}", f"{PASSWORD}\r\n"])
def test_blank_space_at_the_ends_of_a_password(authority: trustme.CA, registry: Server, password: str) -> None:
    registry.behaviours = [quirks.by_password, image_of(tiny())]
    pull = Bench(authority).pull(registry, given(USERNAME, password))
    found = judged(pull)

    assert told(found)[AUTH] == ["auth.credentials-edge-space"]
    assert PASSWORD not in repr(pull)
    assert PASSWORD not in repr(found)


def test_good_credentials_on_trial_beside_nobody(authority: trustme.CA, registry: Server) -> None:
    registry.behaviours = [tokens("/auth", GRANT, {"access_token": TOKEN}), *bearer(NO, NO)[1:]]
    pull = Bench(authority).pull(registry, on_trial())

    assert told(judged(pull))[AUTH] == ["pass"]
    assert pull.anonymous
    assert pull.anonymous.status == 401

"""The answers of well-known makes of registries, as behaviours of the servers on loopback."""

import json
from dataclasses import replace
from typing import Any

from quirks import PASSWORD, REPOSITORY, TOKEN, USERNAME, Answer, Asked, Behaviour, by_password, error

VERSION = ("Docker-Distribution-Api-Version", "registry/2.0")
JSON = ("Content-Type", "application/json")


def asking(challenge: str, *headers: tuple[str, str], status: int = 401) -> Behaviour:
    """Refuse whoever does not send the token."""

    def behave(asked: Asked) -> Answer | None:
        if asked.authorization == f"Bearer {TOKEN}":
            return None
        return error(status, "UNAUTHORIZED", "authentication required", ("WWW-Authenticate", challenge), *headers)

    return behave


def tokens(path: str, get: dict[str, Any] | Answer, post: dict[str, Any] | Answer | None = None) -> Behaviour:
    """A token service: what GET and POST bring for the right password; POST 404 unless given."""

    def behave(asked: Asked) -> Answer | None:
        if asked.path != path:
            return None
        if asked.method == "POST":
            good = (asked.form.get("username"), asked.form.get("password")) == ([USERNAME], [PASSWORD])
            found = post if good or not isinstance(post, dict) else error(401, "UNAUTHORIZED")
            return _answer(found if found is not None else Answer(404))
        return by_password(asked) or _answer(get)

    return behave


def _answer(found: dict[str, Any] | Answer) -> Answer:
    return found if isinstance(found, Answer) else Answer(200, json.dumps(found).encode(), (JSON,))


def anonymous(path: str, service: str) -> Behaviour:
    """A token service that gives everybody a token."""

    def behave(asked: Asked) -> Answer | None:
        if asked.path != path:
            return None
        assert asked.query["service"] == [service]
        return _answer({"token": TOKEN, "access_token": TOKEN, "expires_in": 300, "issued_at": "2026-01-31T12:00:00Z"})

    return behave


def refusing(method: str, status: int, *, below: str = "/manifests/", login: bool = False) -> Behaviour:
    """This status for a method below a part of the repository; only for who is not logged in, if ``login``."""
    return lambda asked: (
        error(status, "DENIED" if status == 403 else "MANIFEST_UNKNOWN")
        if asked.method == method and below in asked.path and not (login and asked.authorization)
        else None
    )


def of_make(name: str, value: str, status: int, code: str = "NAME_UNKNOWN", below: str = "/v2/") -> Behaviour:
    """Whatever lies below is answered so, with the header that gives the make away."""
    return lambda asked: error(status, code, "no", (name, value)) if asked.path.startswith(below) else None


def naming(behaviour: Behaviour, header: tuple[str, str]) -> Behaviour:
    """The behaviour, with a header that gives the make away."""

    def behave(asked: Asked) -> Answer | None:
        answer = behaviour(asked)
        return replace(answer, headers=(*answer.headers, header)) if answer else None

    return behave


def for_first_type(asked: Asked) -> Answer | None:
    """Reads only the first line of Accept, and gives what is old to who asks in several."""
    if "/manifests/" not in asked.path or len(asked.accepts) < 2:
        return None
    kind = "application/vnd.docker.distribution.manifest.v1+prettyjws"
    return Answer(200, b'{"schemaVersion": 1}', (("Content-Type", kind),))


def moved_to(base: str, digests: list[str], query: str = "") -> Behaviour:
    """Every one of these blobs is elsewhere."""

    def behave(asked: Asked) -> Answer | None:
        digest = asked.path.removeprefix(f"/v2/{REPOSITORY}/blobs/")
        return Answer(307, headers=(("Location", f"{base}/{digest}{query}"),)) if digest in digests else None

    return behave


def once(behaviour: Behaviour, times: int = 1) -> Behaviour:
    """The behaviour, for the first requests that it answers."""
    left = [times]

    def behave(asked: Asked) -> Answer | None:
        answer = behaviour(asked) if left[0] else None
        left[0] -= answer is not None
        return answer

    return behave

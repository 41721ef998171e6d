"""Does the manifest's challenge, by which containerd goes, lead where that of GET /v2/ does, by which Docker goes?"""

from collections.abc import Iterator

from pullcheck.challenge import BASIC, BEARER, Challenge, challenges, first_of_each
from pullcheck.evidence.pull import ImagePull, Login
from pullcheck.evidence.steps import Step
from pullcheck.verdict import Verdict, unknown
from pullcheck_checks.auth.client_causes import CHALLENGES_DIFFER


def other_challenge(pull: ImagePull) -> Iterator[Verdict]:
    """What was not tried, where the two differ in scheme, token service or the service's name for the registry."""
    asked, login = _asked(pull.unasked), pull.login
    if asked is None or login.rejected or login.late:
        return
    mine, tried = _named(asked), _tried(login)
    if mine != tried:
        because = f"without credentials the manifest asks for {' '.join(mine)}, GET /v2/ for {' '.join(tried)}"
        because = f"{because}: Docker goes by the latter, which was tried, containerd by the former, which was not"
        yield unknown(pull.name, f"{because}; let both answer with the same one", cause=CHALLENGES_DIFFER)


def _asked(step: Step | None) -> Challenge | None:
    lines = step.last.asks if step and step.last and step.status == 401 else ()
    found = first_of_each(challenges(line) for line in lines)
    return next((one for one in found if one.kind in (BEARER, BASIC) and not one.fault), None)


def _named(one: Challenge) -> tuple[str, ...]:
    if one.kind == BASIC:
        return ("Basic",)
    realm, service = (one.get("realm") or "").partition("?")[0], one.get("service")
    return ("Bearer", f"by {realm}", *((f"for {service}",) if service else ()))


def _tried(login: Login) -> tuple[str, ...]:
    if login.token is None:
        return (login.scheme.value,)
    service = login.token.service
    return ("Bearer", f"by {login.token.realm}", *((f"for {service}",) if service else ()))

"""Does the registry let the image be pulled with the credentials?"""

from collections.abc import Iterator

from pullcheck.evidence.credentials import Source
from pullcheck.evidence.pull import ImagePull, Login, Scheme, Token
from pullcheck.evidence.steps import Step
from pullcheck.target import Container, Target
from pullcheck.verdict import Basis, Cause, Fix, Severity, Status, Verdict, failed, not_applicable, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.auth import account_causes as accounts
from pullcheck_checks.auth import client_causes as clients
from pullcheck_checks.auth import login_causes as causes
from pullcheck_checks.auth.client_causes import CLIENTS
from pullcheck_checks.auth.htpasswd import NOT_BCRYPT, may_not_be_bcrypt
from pullcheck_checks.auth.manifest_challenge import other_challenge
from pullcheck_checks.auth.policies import held_back
from pullcheck_checks.auth.pullers import differences
from pullcheck_checks.auth.realm import token_service_answers
from pullcheck_checks.auth.refusals import refusal
from pullcheck_checks.auth.words import place_of, said, stopped_by
from pullcheck_checks.target.change import change

LEAST_LIFE = 60
"""Seconds that Docker takes a token to live at the least."""
SOON = 7 * 24 * 3600
"""Seconds in which a password that expires is worth a word."""
FRESH = 600
"""Seconds: a password that was issued longer ago was not fetched for this call."""
HOW = "the credentials were not tried; add --invoke-function, or set PULLCHECK_REGISTRY_USERNAME and _PASSWORD"


@check(
    "auth.credentials-accepted",
    "The registry accepts the credentials",
    (*causes.ACCEPTED, NOT_BCRYPT),
    basis=Basis.SPECIFICATION,
)
def credentials_are_accepted(pull: ImagePull, container: Container, target: Target) -> Iterator[Verdict]:
    """Logs in as container clients do and asks for the image's manifest.

    What: The challenge is answered with Basic credentials, or with a token for pull on this repository alone, asked for
    by GET as Docker does and by POST as containerd does. Credentials go over TLS that verified, to the registry and its
    token service only; a login that fails is not repeated.

    Why: SageMaker gives the registry what the credentials function returns. A token proves nothing yet: token services
    also give tokens that allow less than was asked for, so that only the manifest shows whether they are good.

    Passes: The registry accepts the credentials and does not refuse the manifest.

    Fails: User or password is refused; the account may not pull this repository; the token service's answer has no
    token that clients can read; or the registry wants credentials and the container names no function. What stops
    Docker's clients alone, or containerd's, is a warning, for SageMaker does not say which it uses.

    Not verified when: The credentials are not at hand: that takes --invoke-function, or PULLCHECK_REGISTRY_USERNAME and
    PULLCHECK_REGISTRY_PASSWORD in the environment. Nothing is sent where a certificate does not verify. Nor is it known
    what containerd meets where the manifest asks for another login than GET /v2/ does.

    Fix: Correct the secret, or grant the account pull on the repository.

    Source: Distribution project, registry HTTP API V2 and token authentication specifications.
    """
    yield from _of_login(pull, container, target)
    yield from differences(pull, CLIENTS)
    yield from _of_lives(pull)
    yield from other_challenge(pull)


def _of_login(pull: ImagePull, container: Container, target: Target) -> Iterator[Verdict]:
    login = pull.login
    if login.account.is_anonymous:
        yield _without_credentials(pull, container, target)
        return
    if login.elsewhere:
        yield _of_elsewhere(pull)
        return
    tried = _never_asked(pull, container) if login.scheme is Scheme.NONE else _with_credentials(pull)
    yield tried
    yield from may_not_be_bcrypt(pull, tried)
    if login.scheme is not Scheme.NONE and container.provider_arn is None:
        yield from _without_function(pull, container, target, tried)


def _of_lives(pull: ImagePull) -> Iterator[Verdict]:
    """What will not be good for long, or is not the same for everybody."""
    token, account = pull.login.token, pull.login.account
    if token and token.life is not None and token.life < LEAST_LIFE:
        yield _failed(pull, f"{said(token.step)} with expires_in {token.life}", clients.SHORT_LIVED)
    if token and not (token.same and (token.post is None or token.post.same)):
        yield _failed(pull, f"{said(token.step)} with token and access_token, which differ", clients.TOKENS_DIFFER)
    left = account.left if account.source is Source.FUNCTION else None
    if left is not None and left < SOON and (account.age or 0) > FRESH:
        because = f"the function's password was issued {account.age} s before it was returned, and expires in"
        yield _failed(pull, f"{because} {left} s", accounts.CREDS_EXPIRING)


def _without_function(pull: ImagePull, container: Container, target: Target, tried: Verdict) -> Iterator[Verdict]:
    """What SageMaker meets, which does not have the credentials that were tried."""
    alone, whose = pull.anonymous, pull.login.account.source.value
    accepted = "accepts" if tried.status is Status.PASS else "was given"
    said_so = f"the registry {accepted} the credentials of {whose}, but {container.field} names no credentials function"
    because = f"{said_so}, and without credentials {said(alone) if alone else 'the manifest was not asked for'}"
    served = pull.root is not None and pull.root.served
    if alone and (alone.status in (401, 403) or (alone.status == 404 and served)):
        yield _not_configured(pull, container, target, because)
    elif alone is None or alone.status != 200:
        yield unknown(pull.name, f"{because}; look again", cause=causes.NOT_CONFIGURED)


def _without_credentials(pull: ImagePull, container: Container, target: Target) -> Verdict:
    account, login = pull.login.account, pull.login
    refused = login.token is not None and login.token.step.status in (401, 403)
    if login.elsewhere and container.provider_arn is None and not account.reason:
        return _not_configured(pull, container, target, f"without credentials, {_manifest(pull)}")
    if login.elsewhere:
        return _of_elsewhere(pull)
    if login.problem:
        return unknown(pull.name, f"{login.problem}; see auth.challenge", blocked_by="auth.challenge")
    if login.token and not login.token.granted and not refused:
        return _of_token(pull, login.token)
    refused = refused or _turned_away(pull)
    what = said(login.token.step) if login.rejected and login.token else _manifest(pull)
    if container.provider_arn is None and not account.reason:
        if refused:
            return _not_configured(pull, container, target, f"without credentials, {what}")
        return not_applicable(pull.name, f"the registry was asked without credentials: {what}")
    if login.scheme is Scheme.NONE and pull.root and pull.root.served:
        return _never_asked(pull, container)
    because = f"{account.reason}; {account.remedy}" if account.reason else HOW
    return unknown(pull.name, f"{because}; without credentials, {what}", blocked_by=account.blocked_by)


def _never_asked(pull: ImagePull, container: Container) -> Verdict:
    if pull.root and pull.root.served and pull.root.is_page:
        because = f"no request asked for credentials: {_manifest(pull)}"
        return unknown(pull.name, because, blocked_by="image.media-types")
    if pull.root and pull.root.served and container.provider_arn and not _parts_refused(pull):
        return _failed(pull, f"no request asked for credentials, and {_manifest(pull)}", causes.NEEDLESS)
    if _turned_away(pull):
        because = f"{_manifest(pull)}, without a challenge that says how to give credentials"
        blocked_by = None if pull.pinged else "auth.challenge"
        return unknown(pull.name, f"{because}; look at what stands before the registry", blocked_by=blocked_by)
    return not_applicable(pull.name, f"no request asked for credentials: {_manifest(pull)}")


def _of_elsewhere(pull: ImagePull) -> Verdict:
    """The verdict where another host asks for credentials: they were not given, for they are the registry's."""
    because = f"{_manifest(pull)}: {pull.login.problem}; nothing was sent to it, and Docker, which would, was not tried"
    return unknown(pull.name, f"{because}; name {pull.login.elsewhere} in Image, then run again")


def _with_credentials(pull: ImagePull) -> Verdict:
    login = pull.login
    if login.problem:
        return unknown(pull.name, f"{login.problem}; see auth.challenge", blocked_by="auth.challenge")
    if login.trial and login.trial.status in (401, 403):
        return _of_trial(pull, login.trial)
    if login.token and not login.token.granted:
        return _of_token(pull, login.token)
    if _turned_away(pull) or _hidden(pull):
        return _of_refusal(pull)
    if (pull.root and pull.root.served) or _accepted(login):
        return passed(pull.name, f"{_proof(login)}; {_manifest(pull)}")
    blocked_by = stopped_by(pull.root.get) if pull.root else None
    then = f"mend what {blocked_by} reports, then run again" if blocked_by else "look again"
    return unknown(pull.name, f"{_proof(login)}; {_manifest(pull)}; {then}", blocked_by=blocked_by)


def _of_trial(pull: ImagePull, trial: Step) -> Verdict:
    """The verdict on Basic credentials that were refused."""
    because = f"{said(trial)} with the credentials of {pull.login.account.source.value}"
    if trial.status == 401:
        return refusal(pull, trial, because, causes.BASIC_REJECTED)
    told = refusal(pull, trial, because, causes.NO_PULL)
    if told.cause is not causes.NO_PULL or (trial.last and trial.last.error):
        return told
    because = f"{because}; whether the account or the address is refused, the registry's log would tell"
    return unknown(pull.name, because, cause=causes.NO_PULL)


def _of_token(pull: ImagePull, token: Token) -> Verdict:
    """The verdict on a token request that brought no token."""
    status, whose = token.step.status, pull.login.account.source.value
    if status in (401, 403):
        because = f"{said(token.step)} with the credentials of {whose}"
        return refusal(pull, token.step, because, causes.BASIC_REJECTED if status == 401 else causes.NO_PULL)
    if status == 405 and token.post and token.post.step.status in (401, 403):
        because = f"{said(token.step)}; {said(token.post.step)} with the credentials of {whose}"
        refused = causes.BASIC_REJECTED if token.post.step.status == 401 else causes.NO_PULL
        return refusal(pull, token.post.step, because, refused)
    if status == 405:
        other = said(token.post.step) if token.post else "POST was not tried"
        return _failed(pull, f"{said(token.step)}; {other}", clients.TOKEN_POST_ONLY)
    if status == 200 and token.fields and token.fault:
        return _failed(pull, f"{said(token.step)}, and {token.fault}", causes.TOKEN_MALFORMED)
    if status == 200:
        what = token.fault or f"the answer has {', '.join(token.fields) or 'none of the known fields'} and no token"
        return _failed(pull, f"{said(token.step)}, and {what}", causes.TOKEN_FIELD_MISSING)
    blocked_by = None if status and status < 500 else token_service_answers.id
    then = f"mend what {blocked_by} reports, then run again" if blocked_by else "look again"
    return unknown(pull.name, f"there is no token: {said(token.step)}; {then}", blocked_by=blocked_by)


def _of_refusal(pull: ImagePull) -> Verdict:
    """The verdict on a manifest that was refused although the login went well."""
    token, because = pull.login.token, f"{_proof(pull.login)}, but {_manifest(pull)}"
    last = pull.root.get.last if pull.root else None
    if pull.root and last and place_of(last.url) != place_of(pull.root.get.replies[0].url):
        because = f"{because}: the credentials are the registry's, and clients give them to no other host"
        return _failed(pull, because, clients.CREDENTIALS_PER_HOST, Severity.ERROR)
    if pull.root and last and last.error and last.status == 403:
        told = refusal(pull, pull.root.get, because, causes.NO_PULL)
        if told.cause is not causes.NO_PULL:
            return told
    if token is None and not _accepted(pull.login):
        because = f"{because}; whether the account or the address is refused, the registry's log would tell"
        return unknown(pull.name, because, cause=causes.NO_PULL)
    if token is None:
        return _failed(pull, because, causes.NO_PULL)
    if token.access is None and last and last.product == "Nexus" and last.status == 401:
        return _failed(pull, because, accounts.NEXUS_REALM)
    if token.access is None:
        return _failed(pull, because, causes.TOKEN_WITHOUT_PULL)
    because = f"{because}; the token grants {', '.join(token.access) or 'nothing'}"
    if not _grants_pull(token.access, pull.repository):
        return _failed(pull, because, causes.TOKEN_WITHOUT_PULL)
    refused = pull.root is not None and pull.root.get.status == 401
    if refused and last and last.ahead:
        because = f"{because}; the registry's clock is {last.ahead} s ahead of that of who looked"
    return _failed(pull, because, causes.TOKEN_AUDIENCE if refused else causes.NO_PULL)


def _grants_pull(access: tuple[str, ...], repository: str) -> bool:
    scopes = (scope.rpartition(":") for scope in access)
    return any(name == f"repository:{repository}" and {"pull", "*"} & set(acts.split(",")) for name, _, acts in scopes)


def _turned_away(pull: ImagePull) -> bool:
    return pull.root is not None and pull.root.get.status in (401, 403) and not held_back(pull.root.get)


def _parts_refused(pull: ImagePull) -> bool:
    """Whether the manifest is for everybody and what it names is not."""
    steps = [layer.step for image in pull.images for layer in image.layers]
    steps += [image.config.step for image in pull.images if image.config]
    return any(step.status in (401, 403) for step in steps)


def _hidden(pull: ImagePull) -> bool:
    """Whether the manifest is not to be found with a token that says it is not good for it."""
    access = pull.login.token.access if pull.login.token else None
    missing = pull.root is not None and pull.root.get.status == 404
    return missing and access is not None and not _grants_pull(access, pull.repository)


def _accepted(login: Login) -> bool:
    """Whether the credentials were good for what was asked before the manifest."""
    return login.token is not None or (login.trial is not None and login.trial.status == 200)


def _manifest(pull: ImagePull) -> str:
    return said(pull.root.get) if pull.root else "the manifest was not asked for"


def _proof(login: Login) -> str:
    whose = f"with the credentials of {login.account.source.value}"
    if login.account.source is Source.NOBODY:
        whose = "without credentials"
    step = login.token.step if login.token else login.trial
    return f"{login.scheme.value} authentication: {said(step)} {whose}" if step else whose


def _not_configured(pull: ImagePull, container: Container, target: Target, because: str) -> Verdict:
    field = f"{container.field}.ImageConfig.RepositoryAuthConfig.RepositoryCredentialsProviderArn"
    fix = change(target, f"name the function that returns the credentials in {field}")
    return failed(pull.name, because, causes.NOT_CONFIGURED, fix)


def _failed(pull: ImagePull, because: str, cause: Cause, severity: Severity | None = None) -> Verdict:
    return failed(pull.name, because, cause, Fix(cause.fix), severity=severity)


CHECKS = (token_service_answers, credentials_are_accepted)

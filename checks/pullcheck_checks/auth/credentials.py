"""Does the registry let the image be pulled with the credentials?"""

from collections.abc import Iterator

from pullcheck.evidence.credentials import Source
from pullcheck.evidence.pull import ImagePull, Login, Scheme, Token
from pullcheck.evidence.registry import Ping
from pullcheck.target import Container, Target
from pullcheck.verdict import Basis, Cause, Fix, Severity, Status, Verdict, failed, not_applicable, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.auth import login_causes as causes
from pullcheck_checks.auth.realm import token_service_answers
from pullcheck_checks.auth.words import said
from pullcheck_checks.registry.answers import is_page
from pullcheck_checks.target.change import change

HOW = "the credentials were not tried; add --invoke-function, or set PULLCHECK_REGISTRY_USERNAME and _PASSWORD"


@check(
    "auth.credentials-accepted",
    "The registry accepts the credentials",
    causes.ACCEPTED,
    basis=Basis.SPECIFICATION,
)
def credentials_are_accepted(pull: ImagePull, ping: Ping, container: Container, target: Target) -> Iterator[Verdict]:
    """Logs in as container clients do and asks for the image's manifest.

    What: The challenge is answered with Basic credentials, or with a token for pull on this repository alone. They go
    over TLS that verified, to the registry and its token service only; a login that fails is not repeated.

    Why: SageMaker gives the registry what the credentials function returns. A token proves nothing yet: token services
    also give tokens that allow less than was asked for, so that only the manifest shows whether they are good.

    Passes: The registry accepts the credentials and does not refuse the manifest.

    Fails: User or password is refused; the account may not pull this repository; the token service's answer has no
    token that clients can read; or the registry wants credentials and the container names no function.

    Not verified when: The credentials are not at hand: that takes --invoke-function, or PULLCHECK_REGISTRY_USERNAME and
    PULLCHECK_REGISTRY_PASSWORD in the environment. Nothing is sent where a certificate does not verify.

    Fix: Correct the secret, or grant the account pull on the repository.

    Source: Distribution project, registry HTTP API V2 and token authentication specifications.
    """
    login = pull.login
    if login.account.is_anonymous:
        yield _without_credentials(pull, container, target)
        return
    tried = _never_asked(pull, container) if login.scheme is Scheme.NONE else _with_credentials(pull)
    yield tried
    if login.scheme is not Scheme.NONE and container.provider_arn is None:
        yield from _without_function(pull, container, target, tried)
    root = next((one.last for one in ping.answers if one.address == pull.address), None)
    if login.late and root and root.status == 200 and not is_page(root):
        because = f"GET {root.url} answers {root.status}, and only the manifest asks for credentials"
        yield _failed(pull, because, causes.LATE_CHALLENGE)


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
    if pull.root and pull.root.served and container.provider_arn and not _parts_refused(pull):
        return _failed(pull, f"no request asked for credentials, and {_manifest(pull)}", causes.NEEDLESS)
    if _turned_away(pull):
        because = f"{_manifest(pull)}, without a challenge that says how to give credentials"
        return unknown(pull.name, f"{because}; look at what stands before the registry")
    return not_applicable(pull.name, f"no request asked for credentials: {_manifest(pull)}")


def _with_credentials(pull: ImagePull) -> Verdict:
    login = pull.login
    if login.problem:
        return unknown(pull.name, f"{login.problem}; see auth.challenge", blocked_by="auth.challenge")
    if login.trial and login.trial.status == 401:
        because = f"{said(login.trial)} with the credentials of {login.account.source.value}"
        return _failed(pull, because, causes.BASIC_REJECTED)
    if login.token and not login.token.granted:
        return _of_token(pull, login.token)
    if _turned_away(pull) or _hidden(pull):
        return _of_refusal(pull)
    if (pull.root and pull.root.served) or _accepted(login):
        return passed(pull.name, f"{_proof(login)}; {_manifest(pull)}")
    return unknown(pull.name, f"{_proof(login)}; {_manifest(pull)}; look again")


def _of_token(pull: ImagePull, token: Token) -> Verdict:
    """The verdict on a token request that brought no token."""
    status, whose = token.step.status, pull.login.account.source.value
    if status == 401:
        return _failed(pull, f"{said(token.step)} with the credentials of {whose}", causes.BASIC_REJECTED)
    if status == 403:
        return _failed(pull, f"{said(token.step)} with the credentials of {whose}", causes.NO_PULL)
    if status == 405:
        because = f"{said(token.step)}; clients that try POST first may get a token, which was not tried"
        return _failed(pull, because, causes.TOKEN_POST_ONLY, Severity.WARNING)
    if status == 200 and token.fields and token.fault:
        return _failed(pull, f"{said(token.step)}, and {token.fault}", causes.TOKEN_MALFORMED)
    if status == 200:
        what = token.fault or f"the answer has {', '.join(token.fields) or 'none of the known fields'} and no token"
        return _failed(pull, f"{said(token.step)}, and {what}", causes.TOKEN_FIELD_MISSING)
    blocked_by = None if status and status < 500 else token_service_answers.id
    return unknown(pull.name, f"there is no token: {said(token.step)}; look again", blocked_by=blocked_by)


def _of_refusal(pull: ImagePull) -> Verdict:
    """The verdict on a manifest that was refused although the login went well."""
    token, because = pull.login.token, f"{_proof(pull.login)}, but {_manifest(pull)}"
    if token is None and not _accepted(pull.login):
        because = f"{because}; whether the account or the address is refused, the registry's log would tell"
        return unknown(pull.name, because, cause=causes.NO_PULL)
    if token is None:
        return _failed(pull, because, causes.NO_PULL)
    if token.access is None:
        return _failed(pull, because, causes.TOKEN_WITHOUT_PULL)
    because = f"{because}; the token grants {', '.join(token.access) or 'nothing'}"
    if not _grants_pull(token.access, pull.repository):
        return _failed(pull, because, causes.TOKEN_WITHOUT_PULL)
    refused = pull.root is not None and pull.root.get.status == 401
    return _failed(pull, because, causes.TOKEN_AUDIENCE if refused else causes.NO_PULL)


def _grants_pull(access: tuple[str, ...], repository: str) -> bool:
    scopes = (scope.rpartition(":") for scope in access)
    return any(name == f"repository:{repository}" and {"pull", "*"} & set(acts.split(",")) for name, _, acts in scopes)


def _turned_away(pull: ImagePull) -> bool:
    return pull.root is not None and pull.root.get.status in (401, 403)


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
    return f"{said(step)} {whose}" if step else whose


def _not_configured(pull: ImagePull, container: Container, target: Target, because: str) -> Verdict:
    field = f"{container.field}.ImageConfig.RepositoryAuthConfig.RepositoryCredentialsProviderArn"
    fix = change(target, f"name the function that returns the credentials in {field}")
    return failed(pull.name, because, causes.NOT_CONFIGURED, fix)


def _failed(pull: ImagePull, because: str, cause: Cause, severity: Severity | None = None) -> Verdict:
    return failed(pull.name, because, cause, Fix(cause.fix), severity=severity)


CHECKS = (token_service_answers, credentials_are_accepted)

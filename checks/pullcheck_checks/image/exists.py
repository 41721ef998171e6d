"""Is there an image under this name?"""

from collections.abc import Iterator

from pullcheck.evidence.pull import ImagePull, Manifest
from pullcheck.verdict import Basis, Cause, Fix, Verdict, failed, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.auth.credentials import credentials_are_accepted
from pullcheck_checks.auth.realm import token_service_answers
from pullcheck_checks.auth.words import said
from pullcheck_checks.image import causes


@check("image.exists", "The image is in the registry", causes.EXISTS, basis=Basis.SPECIFICATION)
def image_is_in_the_registry(pull: ImagePull) -> Iterator[Verdict]:
    """Asks for the image's manifest by its tag or digest, as a pull does.

    What: HEAD, then GET of the manifest with all four media types in Accept; the list of tags where it is not there.

    Why: Container engines first turn the reference into a manifest. A tag that moved away, a misspelt repository or a
    digest that was cleaned up ends every pull, also that of the next scale-out.

    Passes: GET manifest answers 200.

    Fails: It answers 404: repository, tag or digest is not there. A HEAD that is refused where GET works is a warning.

    Not verified when: The registry does not let the manifest be asked for, or answers with neither 200 nor 404.

    Fix: Push the image, or correct Image.

    Source: OCI distribution specification, pulling manifests and error codes.
    """
    root = pull.root
    if root is None or root.get.status in (401, 403):
        yield no_manifest(pull)
    elif root.served:
        kind, size = root.media_type or "of no media type", f"{root.size} bytes"
        yield passed(pull.name, f"{said(root.get)}: {root.computed or 'digest not known'}, {kind}, {size}")
        if root.head.status in (401, 403, 404):
            yield _failed(pull, f"{said(root.head)}, and GET answers 200", causes.HEAD_NOT_SUPPORTED)
    elif root.get.status == 404:
        yield _of_missing(pull, root)
    else:
        yield unknown(pull.name, f"{said(root.get)}; look again")


def no_manifest(pull: ImagePull) -> Verdict:
    """Nothing can be said of an image that may not be asked for."""
    account, login = pull.login.account, pull.login
    blocked_by = account.blocked_by or credentials_are_accepted.id
    if login.token and login.token.step.status is None:
        blocked_by = token_service_answers.id
    step = pull.root.get if pull.root else (login.token.step if login.token else login.trial)
    seen = said(step) if step else login.problem
    why = f"; {account.reason}; {account.remedy}" if account.reason else ""
    return unknown(pull.name, f"the manifest could not be asked for: {seen}{why}", blocked_by=blocked_by)


def _of_missing(pull: ImagePull, root: Manifest) -> Verdict:
    account, last, tags = pull.login.account, root.get.last, pull.tags
    if account.reason:
        because = f"{said(root.get)} without credentials, as many registries do for what may not be read"
        return unknown(pull.name, f"{because}; {account.reason}; {account.remedy}", blocked_by=account.blocked_by)
    if last and last.error is None and last.media_type == "text/html":
        return unknown(pull.name, f"{said(root.get)}, which no registry sends; look at what stands before it")
    code = last.error.code if last and last.error else ""
    if code == "NAME_UNKNOWN" or (tags is not None and tags.status == 404):
        because = f"{said(root.get)}{f'; {said(tags)}' if tags else ''}"
        return _failed(pull, because, causes.REPOSITORY_NOT_FOUND)
    there = f"; the repository has {', '.join(pull.tag_names)}" if pull.tag_names else ""
    by_digest = ":" in pull.reference
    return _failed(pull, f"{said(root.get)}{there}", causes.DIGEST_COLLECTED if by_digest else causes.TAG_NOT_FOUND)


def _failed(pull: ImagePull, because: str, cause: Cause) -> Verdict:
    return failed(pull.name, because, cause, Fix(cause.fix))

"""Is there an image under this name?"""

import re
from collections.abc import Iterator

from pullcheck.evidence.pull import ImagePull, Manifest
from pullcheck.verdict import Basis, Cause, Fix, Severity, Verdict, failed, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.auth.credentials import credentials_are_accepted
from pullcheck_checks.auth.policies import Policy, held_back
from pullcheck_checks.auth.pullers import differences
from pullcheck_checks.auth.realm import token_service_answers
from pullcheck_checks.auth.words import said
from pullcheck_checks.image import causes, client_causes

_ACCEPT = re.compile(r"accept header does not support", re.IGNORECASE)


@check("image.exists", "The image is in the registry", causes.EXISTS, basis=Basis.SPECIFICATION)
def image_is_in_the_registry(pull: ImagePull) -> Iterator[Verdict]:
    """Asks for the image's manifest by its tag or digest, as a pull does.

    What: HEAD, then GET of the manifest with all four media types in Accept, once in a line each as Docker does, once
    in one line as containerd does; the list of tags where it is not there.

    Why: Container engines first turn the reference into a manifest. A tag that moved away, a misspelt repository or a
    digest that was cleaned up ends every pull, also that of the next scale-out.

    Passes: GET manifest answers 200.

    Fails: It answers 404: repository, tag or digest is not there; or it says that a policy on signatures or scans holds
    the image back. What stops Docker's clients alone, or containerd's, is a warning: SageMaker uses one of them.

    Not verified when: The registry does not let the manifest be asked for, or answers with neither 200 nor 404.

    Fix: Push the image, correct Image, or satisfy the policy.

    Source: OCI distribution specification, pulling manifests and error codes.
    """
    root = pull.root
    if root and (policy := held_back(root.get)):
        cause = causes.UNSIGNED if policy is Policy.SIGNATURE else causes.SCAN_GATE
        yield _failed(pull, said(root.get), cause)
    elif root is None or root.get.status in (401, 403):
        yield no_manifest(pull)
    elif root.served:
        kind, size = root.media_type or "of no media type", f"{root.size} bytes"
        yield passed(pull.name, f"{said(root.get)}: {root.computed or 'digest not known'}, {kind}, {size}")
        yield from differences(pull, client_causes.CLIENTS)
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
    if last and last.error and _ACCEPT.search(last.error.message):
        because = f"{said(root.get)}, though all four types were asked for"
        return _failed(pull, because, client_causes.ACCEPT_STRIPPED, Severity.ERROR)
    if pull.named:
        because = f"{said(root.get)}; {last.product if last else 'the registry'} has {', '.join(pull.named)}"
        return _failed(pull, because, client_causes.WRONG_ADDRESSING)
    if code == "NAME_UNKNOWN" or (tags is not None and tags.status == 404):
        because = f"{said(root.get)}{f'; {said(tags)}' if tags else ''}"
        return _failed(pull, because, causes.REPOSITORY_NOT_FOUND)
    there = f"; the repository has {', '.join(pull.tag_names)}" if pull.tag_names else ""
    by_digest = ":" in pull.reference
    return _failed(pull, f"{said(root.get)}{there}", causes.DIGEST_COLLECTED if by_digest else causes.TAG_NOT_FOUND)


def _failed(pull: ImagePull, because: str, cause: Cause, severity: Severity | None = None) -> Verdict:
    return failed(pull.name, because, cause, Fix(cause.fix), severity=severity)

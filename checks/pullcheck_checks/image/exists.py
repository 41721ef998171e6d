"""Is there an image under this name?"""

import re
from collections.abc import Iterator
from dataclasses import replace

from pullcheck.evidence.pull import ImagePull, Manifest
from pullcheck.verdict import Basis, Cause, Fix, Severity, Verdict, failed, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.auth.credentials import credentials_are_accepted
from pullcheck_checks.auth.policies import Policy, held_back
from pullcheck_checks.auth.pullers import differences
from pullcheck_checks.auth.realm import token_service_answers
from pullcheck_checks.auth.words import said, stopped_by
from pullcheck_checks.image import causes, client_causes

INVALID = "MANIFEST_INVALID"
"""The error of a push; to a pull, of a registry that has nothing for clients of schema 1 (distribution source)."""
_ACCEPT = re.compile(r"accept header does not support", re.IGNORECASE)


@check("image.exists", "The image is in the registry", causes.EXISTS, basis=Basis.SPECIFICATION)
def image_is_in_the_registry(pull: ImagePull) -> Iterator[Verdict]:
    """Asks for the image's manifest by its tag or digest, as a pull does.

    What: HEAD, then GET of the manifest with all four media types in Accept, once in a line each as Docker does, once
    in one line as containerd does; the list of tags where it is not there.

    Why: Container engines first turn the reference into a manifest. A tag that moved away, a misspelt repository or a
    digest that was cleaned up ends every pull, also that of the next scale-out.

    Passes: GET manifest answers 200, and not with a web page.

    Fails: It answers 404: repository, tag or digest is not there; or 400, as if no current media type were accepted; or
    it says that a policy on signatures or scans holds the image back. What stops Docker's clients alone, or
    containerd's, is a warning: SageMaker uses one of them.

    Not verified when: The registry does not let the manifest be asked for, or answers in another way.

    Fix: Push the image, correct Image, or satisfy the policy.

    Source: OCI distribution specification, pulling manifests and error codes.
    """
    root = pull.root
    if root and (policy := held_back(root.get)):
        cause = causes.UNSIGNED if policy is Policy.SIGNATURE else causes.SCAN_GATE
        yield _failed(pull, said(root.get), cause)
    elif root is None or root.get.status in (401, 403):
        yield no_manifest(pull)
    elif root.served and root.is_page:
        yield unknown(pull.name, f"{said(root.get)} in the manifest's place", blocked_by="image.media-types")
    elif root.served:
        kind, size = root.media_type or "of no media type", f"{root.size} bytes"
        yield passed(pull.name, f"{root.computed or 'digest not known'}, {kind}, {size}: {said(root.get)}")
        yield from differences(pull, client_causes.CLIENTS)
    elif root.get.status == 404:
        yield _of_missing(pull, root)
    elif root.get.status == 400 and root.get.last and root.get.last.error and root.get.last.error.code == INVALID:
        because = f"{said(root.get)}, as registries do that are not told of current media types, though they were named"
        yield _failed(pull, because, client_causes.ACCEPT_STRIPPED, Severity.ERROR)
    else:
        blocked_by = stopped_by(root.get)
        then = f"mend what {blocked_by} reports, then run again" if blocked_by else "look again"
        yield unknown(pull.name, f"{said(root.get)}; {then}", blocked_by=blocked_by)


def no_manifest(pull: ImagePull) -> Verdict:
    """Nothing can be said of an image that may not be asked for."""
    account, login = pull.login.account, pull.login
    blocked_by = account.blocked_by or credentials_are_accepted.id
    if login.token and login.token.step.status is None:
        blocked_by = token_service_answers.id
    step = pull.root.get if pull.root else (login.token.step if login.token else login.trial)
    seen = said(step) if step else login.problem
    because = f"the manifest could not be asked for: {seen}; mend what {blocked_by} reports, then run again"
    return unknown(pull.name, because, blocked_by=blocked_by)


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
        make = (last.product if last else None) or "the registry"
        because = f"{said(root.get)}; {make} has {', '.join(pull.named)}"
        there = replace(pull, repository=pull.named[0]).name
        fix = Fix(f"name {there} in Image, or the host and port that {make} has for {pull.repository}")
        return failed(pull.name, because, client_causes.WRONG_ADDRESSING, fix)
    if code == "NAME_UNKNOWN" or (tags is not None and tags.status == 404):
        because = f"{said(root.get)}{f'; {said(tags)}' if tags else ''}"
        return _failed(pull, because, causes.REPOSITORY_NOT_FOUND)
    there = f"; the repository has {', '.join(pull.tag_names)}" if pull.tag_names else ""
    by_digest = ":" in pull.reference
    return _failed(pull, f"{said(root.get)}{there}", causes.DIGEST_COLLECTED if by_digest else causes.TAG_NOT_FOUND)


def _failed(pull: ImagePull, because: str, cause: Cause, severity: Severity | None = None) -> Verdict:
    return failed(pull.name, because, cause, Fix(cause.fix), severity=severity)

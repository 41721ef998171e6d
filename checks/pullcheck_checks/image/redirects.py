"""What became of a request for a part of the image, on the registry and where it redirects to."""

import re
from collections.abc import Iterator
from dataclasses import replace

from pullcheck.evidence.pull import ImagePull, Scheme
from pullcheck.evidence.steps import SKEW, Reply, Step, Stop
from pullcheck.image_reference import DOCKER_HUB
from pullcheck.s3_names import place_of as s3_place_of
from pullcheck.vantage import Outcome
from pullcheck.verdict import Cause, Fix, Severity, Verdict, failed, unknown
from pullcheck_checks.auth.words import holds_in_vpc, host_of, place_of, said
from pullcheck_checks.image import layer_causes as causes

NETWORK = "network.pull-hosts-reachable"
"""The check whose failure may be why a host is silent, or why S3 refuses."""
LOOK_FROM_INSIDE = "run with --vantage inside, or name its address with --resolve"
GET_OBJECT = "allow s3:GetObject on the objects of"
_EXPIRED = re.compile(r"\bexpired\b|RequestTimeTooSkewed|not (yet )?valid.{0,20}time", re.IGNORECASE)


def of_way(pull: ImagePull, digest: str, step: Step) -> Iterator[Verdict]:
    """What keeps a part from being fetched; nothing where the answer is 200."""
    if step.stop is Stop.PLAIN_HTTP:
        yield _failed(pull, _because(digest, step), causes.TO_HTTP)
        yield unknown(pull.name, f"what plain http brings was not looked at: {_because(digest, step)}")
    elif step.stop is not None:
        yield _of_stop(pull, digest, step, step.stop)
    elif step.status != 200 and step.last:
        if place_of(step.last.url) == place_of(step.replies[0].url):
            yield _of_registry(pull, digest, step, step.last)
        elif step.status in (400, 401, 403) and not _has_expired(step.last) and _goes_along(pull, step):
            yield from _of_refused_without(pull, digest, step)
        else:
            yield _of_target(pull, digest, step, step.last)


def of_kept_credentials(pull: ImagePull) -> Iterator[Verdict]:
    """The hosts that containerd gives the registry's credentials, because Go's HTTP library does."""
    steps = [layer.step for image in pull.images for layer in image.layers]
    steps += [image.config.step for image in pull.images if image.config]
    kept = {place_of(step.replies[-1].url): step for step in steps if step.status == 200 and _goes_along(pull, step)}
    for place, step in kept.items():
        signed = "whose address is signed already, " if step.last and step.last.signed else ""
        because = (
            f"{said(step)}: containerd sends the registry's Authorization header on to {place}, {signed}and Docker does"
            " not; the request was tried without that header alone, and storage that gets two proofs answers 400"
        )
        yield _failed(pull, because, causes.KEEPS_CREDENTIALS)


def _goes_along(pull: ImagePull, step: Step) -> bool:
    """Whether Go keeps the Authorization header on all of these redirects: the same host, or a subdomain of it.

    Source: Go, net/http, shouldCopyHeaderOnRedirect, which does not look at the port; once left out it stays out.
    """
    login = pull.login
    authorized = not login.rejected and (login.token or (login.scheme is Scheme.BASIC and login.trial))
    first, *others = (host_of(reply.url) for reply in step.replies)
    inside = all(one == first or (one.endswith(f".{first}") and ":" not in first) for one in others)
    return bool(authorized) and inside and place_of(step.replies[-1].url) != place_of(step.replies[0].url)


def _of_refused_without(pull: ImagePull, digest: str, step: Step) -> Iterator[Verdict]:
    """Refused where Docker sends no credentials, and containerd the registry's."""
    because = f"{_because(digest, step)} without credentials: Docker is stopped by that"
    other = "containerd sends the registry's credentials on to there, which was not tried"
    yield failed(
        pull.name,
        f"{because}; {other}",
        causes.TARGET_REFUSES,
        Fix(causes.TARGET_REFUSES.fix),
        severity=Severity.WARNING,
    )
    yield unknown(pull.name, f"{because}; {other}; serve the layers where no credentials are wanted")


def _has_expired(reply: Reply) -> bool:
    """Whether a store says that the time of a presigned address is over."""
    error = reply.error
    return error is not None and bool(_EXPIRED.search(f"{error.code} {error.message}"))


def _of_stop(pull: ImagePull, digest: str, step: Step, stop: Stop) -> Verdict:
    because = _because(digest, step)
    if stop is Stop.TOO_MANY:
        return _failed(pull, because, causes.ENDLESS)
    if stop not in (Stop.OWN_MACHINE, Stop.NO_NAME):
        return unknown(pull.name, f"{because}; look again, with a longer --timeout")
    if holds_in_vpc(pull, step.target) and (stop is Stop.OWN_MACHINE or step.no_such_name):
        return _failed(pull, because, causes.INTERNAL_NAME)
    return unknown(pull.name, f"{because}; {LOOK_FROM_INSIDE}", cause=causes.INTERNAL_NAME)


def _of_target(pull: ImagePull, digest: str, step: Step, reply: Reply) -> Verdict:
    because = _because(digest, step)
    if reply.status == 404:
        return _failed(pull, because, causes.BLOB_MISSING)
    if reply.status is not None and 400 <= reply.status < 500 and _has_expired(reply):
        return _failed(pull, f"{because}; {_clocks(step)}", causes.PRESIGNED_EXPIRED)
    if reply.status is not None and not 400 <= reply.status < 500:
        return unknown(pull.name, f"{because}; look again")
    silent = causes.HUB_ALLOW_LIST if pull.host == DOCKER_HUB else causes.OTHER_HOST
    cause = silent if reply.status is None else causes.TARGET_REFUSES
    if reply.outcome is Outcome.UNTRUSTED:
        cause = causes.UNTRUSTED
    if not holds_in_vpc(pull, reply.url):
        return unknown(pull.name, f"{because}; {LOOK_FROM_INSIDE}", cause=cause)
    place = s3_place_of(reply.url)
    verdict = _failed(pull, because, cause)
    if cause is not causes.TARGET_REFUSES or place is None or not place.bucket:
        return verdict
    also = "" if pull.host == DOCKER_HUB else ", and in the bucket's own"
    return replace(verdict, fix=Fix(f"{GET_OBJECT} bucket {place.bucket} in the policy of the VPC's S3 endpoint{also}"))


def _of_registry(pull: ImagePull, digest: str, step: Step, reply: Reply) -> Verdict:
    because = _because(digest, step)
    if reply.status == 404:
        return _failed(pull, because, causes.BLOB_MISSING)
    if reply.status in (401, 403):
        return _failed(pull, because, causes.BLOB_REFUSED)
    return unknown(pull.name, f"{because}; look again")


def _clocks(step: Step) -> str:
    """How far the clocks of registry and store are apart, by their header Date."""
    apart = step.replies[-1].ahead - step.replies[0].ahead
    if abs(apart) < SKEW:
        return "their clocks agree, so that the address was kept too long, or lives too short"
    return f"the registry's clock is {abs(apart)} s {'behind' if apart > 0 else 'ahead of'} the store's"


def _because(digest: str, step: Step) -> str:
    words = said(step)
    return words if digest in words else f"{digest}: {words}"


def _failed(pull: ImagePull, because: str, cause: Cause) -> Verdict:
    explained_by = NETWORK if cause in (causes.OTHER_HOST, causes.HUB_ALLOW_LIST, causes.TARGET_REFUSES) else None
    if cause is causes.UNTRUSTED:
        explained_by = "tls.public-ca"
    return failed(pull.name, because, cause, Fix(cause.fix), explained_by=explained_by)

"""What became of a request for a part of the image, on the registry and where it redirects to."""

from collections.abc import Iterator

from pullcheck.evidence.pull import ImagePull
from pullcheck.evidence.steps import Reply, Step, Stop
from pullcheck.image_reference import DOCKER_HUB
from pullcheck.vantage import Outcome
from pullcheck.verdict import Cause, Fix, Verdict, failed, unknown
from pullcheck_checks.auth.words import holds_in_vpc, host_of, said
from pullcheck_checks.image import layer_causes as causes

NETWORK = "network.pull-hosts-reachable"
"""The check whose failure may be why a host is silent, or why S3 refuses."""
LOOK_FROM_INSIDE = "run with --vantage inside, or name its address with --resolve"


def of_way(pull: ImagePull, digest: str, step: Step) -> Iterator[Verdict]:
    """What keeps a part from being fetched; nothing where the answer is 200."""
    if step.stop is Stop.PLAIN_HTTP:
        yield _failed(pull, _because(digest, step), causes.TO_HTTP)
        yield unknown(pull.name, f"what plain http brings was not looked at: {_because(digest, step)}")
    elif step.stop is not None:
        yield _of_stop(pull, digest, step, step.stop)
    elif step.status != 200 and step.last:
        elsewhere = host_of(step.last.url) != host_of(step.replies[0].url)
        yield _of_target(pull, digest, step, step.last) if elsewhere else _of_registry(pull, digest, step, step.last)


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
    if reply.status is not None and not 400 <= reply.status < 500:
        return unknown(pull.name, f"{because}; look again")
    silent = causes.HUB_ALLOW_LIST if pull.host == DOCKER_HUB else causes.OTHER_HOST
    cause = silent if reply.status is None else causes.TARGET_REFUSES
    if reply.outcome is Outcome.UNTRUSTED:
        cause = causes.UNTRUSTED
    if holds_in_vpc(pull, reply.url):
        return _failed(pull, because, cause)
    return unknown(pull.name, f"{because}; {LOOK_FROM_INSIDE}", cause=cause)


def _of_registry(pull: ImagePull, digest: str, step: Step, reply: Reply) -> Verdict:
    because = _because(digest, step)
    if reply.status == 404:
        return _failed(pull, because, causes.BLOB_MISSING)
    if reply.status in (401, 403):
        return _failed(pull, because, causes.BLOB_REFUSED)
    return unknown(pull.name, f"{because}; look again")


def _because(digest: str, step: Step) -> str:
    words = said(step)
    return words if digest in words else f"{digest}: {words}"


def _failed(pull: ImagePull, because: str, cause: Cause) -> Verdict:
    explained_by = NETWORK if cause in (causes.OTHER_HOST, causes.HUB_ALLOW_LIST, causes.TARGET_REFUSES) else None
    if cause is causes.UNTRUSTED:
        explained_by = "tls.public-ca"
    return failed(pull.name, because, cause, Fix(cause.fix), explained_by=explained_by)

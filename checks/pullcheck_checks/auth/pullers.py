"""What the two families of container clients make of one recorded pull.

SageMaker does not say which of them it uses. What stops both is an error, what stops one is a warning that names it;
where each is stopped by something else, neither pulls, and all of it is an error.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from pullcheck.challenge import BASIC, BEARER, Challenge, challenges, first_of_each
from pullcheck.evidence.pull import ImagePull, Manifest, Post
from pullcheck.evidence.steps import Reply, Step, Stop
from pullcheck.verdict import Cause, Fix, Severity, Verdict, failed
from pullcheck_checks.auth.words import said

FALL_BACK = frozenset({400, 401, 404, 405})
"""The answers to a POST for a token after which containerd tries GET (containerd source, token requests)."""
NO_REFUSAL = frozenset({405, 429})
"""The answers to HEAD after which containerd tries GET, or the same again."""
NO_WAY = frozenset({Stop.NO_URL, Stop.OWN_MACHINE, Stop.TOO_MANY})
"""Where a redirect leads nobody anywhere."""
LARGEST_MANIFEST = 8 * 1024 * 1024
"""Bytes that containerd reads of a manifest (containerd source, resolver)."""
DOCKER_TYPES = frozenset(
    {
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    }
)
"""The kinds of manifest whose mediaType Docker wants in the content as well (distribution source, decoders)."""
OCI_TYPES = frozenset({"application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.index.v1+json"})
"""Those that may go without it, and may not say another one."""


class Client(StrEnum):
    """A family of clients that share their code for talking to registries."""

    DOCKER = "Docker"
    CONTAINERD = "containerd"


@dataclass(frozen=True)
class Obstacle:
    """What stops a client: the id of the cause, and what was seen of it."""

    cause: str
    because: str


def docker(pull: ImagePull) -> tuple[Obstacle, ...]:
    """Where Docker's clients stop: GET /v2/, GET of a token, HEAD of the manifest with an Accept line for each type."""
    return tuple(_of_docker(pull))


def containerd(pull: ImagePull) -> tuple[Obstacle, ...]:
    """Where containerd stops: HEAD of the manifest, POST for a token and GET after it, the manifest by its digest."""
    return tuple(_of_containerd(pull))


PROFILES: dict[Client, Callable[[ImagePull], tuple[Obstacle, ...]]] = {
    Client.DOCKER: docker,
    Client.CONTAINERD: containerd,
}


def differences(pull: ImagePull, causes: Iterable[Cause]) -> Iterator[Verdict]:
    """The verdicts on what stops one family of clients, as far as it is for these causes."""
    stopped = {client: profile(pull) for client, profile in PROFILES.items()}
    severity = Severity.ERROR if all(stopped.values()) else Severity.WARNING
    wanted = {cause.id: cause for cause in causes}
    for client, obstacles in stopped.items():
        other = next(one for one in Client if one is not client)
        goes_on = f"{other} is stopped by something else" if stopped[other] else f"{other} is not"
        for obstacle in obstacles:
            if cause := wanted.get(obstacle.cause):
                because = f"{obstacle.because}: {client} is stopped by that, {goes_on}"
                yield failed(pull.name, because, cause, Fix(cause.fix), severity=severity)


def alike(pull: ImagePull) -> bool:
    """Whether neither family is stopped by something that the other one passes."""
    return not any(profile(pull) for profile in PROFILES.values())


def _of_docker(pull: ImagePull) -> Iterator[Obstacle]:
    token, root = pull.login.token, pull.root
    if not pull.pinged and not pull.login.elsewhere:
        yield Obstacle("reg.v2-root-missing", "GET /v2/ is not answered as registries do")
    if pull.login.late:
        because = "GET /v2/ does not ask for credentials, and the manifest does"
        yield Obstacle("auth.challenge-only-on-manifest", because)
    if pull.login.unread:
        because = f"{pull.login.unread} has no value and stands before realm"
        yield Obstacle("auth.challenge-empty-parameter", because)
    if token and token.post and token.by_post and not token.by_get:
        because = f"{said(token.step)}{f', and {token.fault}' if token.fault else ''}; {said(token.post.step)}"
        yield Obstacle("auth.token-post-only", because)
    yield from _of_types(pull)
    head, get = _answers(root)
    if root is None or head is None or get is None:
        return
    if root.joined and _alike(root.joined, root.get) and not _alike(root.head, root.get):
        because = f"with an Accept line for each type, {_typed(head)}; with all in one line, {_typed(get)}"
        yield Obstacle("reg.accept-header-stripped", because)
    elif root.media_type == head.media_type != get.media_type:
        because = f"{_typed(get)}; HEAD says {root.media_type}"
        yield Obstacle("reg.head-differs", because)
    elif head.status == 200 and head.digest and None in (head.length, head.media_type):
        missing = "Content-Length" if head.length is None else "Content-Type"
        yield Obstacle("reg.head-without-length", f"{said(Step((head,)))} with a digest and without {missing}")


def _of_types(pull: ImagePull) -> Iterator[Obstacle]:
    """Docker's decoders want the type in the content: Docker's own always, OCI's only if there is one."""
    for one in dict.fromkeys((*([pull.root] if pull.root else []), *(image.manifest for image in pull.images))):
        wanted, declared = one.media_type, one.declared
        if not one.served or one.fault or declared == wanted:
            continue
        if wanted in DOCKER_TYPES or (wanted in OCI_TYPES and declared):
            because = f"{one.reference} is served as {wanted}, and its content says {declared or 'no mediaType'}"
            yield Obstacle("img.media-type-in-content", because)


def _of_sizes(pull: ImagePull) -> Iterator[Obstacle]:
    """containerd fetches nothing that is said to have no bytes, and wants as many as are said."""
    for image in pull.images:
        named = [one for one in (pull.root.entries if pull.root else ()) if one.digest == image.manifest.reference]
        named += [*([image.manifest.config] if image.manifest.config else []), *image.manifest.layers]
        empty = [one for one in named if not one.size]
        if empty:
            how = "no size" if empty[0].size is None else "the size 0"
            because = f"{len(empty)} parts that {image.manifest.reference} names, e.g. {empty[0].digest}: {how}"
            yield Obstacle("img.size-zero", because)
        for one in named:
            if one.digest == image.manifest.reference == image.manifest.computed and one.size != image.manifest.size:
                because = f"{one.digest} is {image.manifest.size} bytes, and the index says {one.size}"
                yield Obstacle("img.size-wrong", because)
        for layer in image.layers:
            read, size = layer.sample, layer.descriptor.size
            if read and read.computed == layer.descriptor.digest and size and read.size != size:
                because = f"{said(layer.step)} with the {read.size} bytes of its digest, and the manifest says {size}"
                yield Obstacle("img.size-wrong", because)


def _of_containerd(pull: ImagePull) -> Iterator[Obstacle]:
    token, root, unasked, spoiled = pull.login.token, pull.root, pull.unasked, pull.spoiled
    asked = (root.joined or root.head) if root and root.served else None
    refused = asked if asked and (_ends(asked.status) or asked.stop in NO_WAY) else None
    same = refused and unasked and (refused.status, refused.stop) == (unasked.status, unasked.stop)
    if asked and unasked and not _leads_to_login(unasked) and not same:
        yield Obstacle("auth.challenge-only-on-ping", f"without credentials, {_asked(unasked)}; with them GET works")
    if token and token.post and token.by_get:
        yield from _of_post(token.post)
    if pull.login.elsewhere:
        yield Obstacle("auth.credentials-per-host", pull.login.problem)
    yield from _of_sizes(pull)
    if spoiled and spoiled.status == 401 and not _names_error(spoiled):
        because = f"a token that is none: {said(spoiled)} without error in the challenge"
        yield Obstacle("auth.token-expiry-unsaid", because)
    if refused:
        yield Obstacle("reg.head-not-supported", f"{said(refused)}, and GET answers 200")
    head, get = _answers(root)
    if root is None or head is None or get is None:
        return
    if asked and asked.last and asked.status == 200:
        yield from _of_head(root, asked.last)
    yield from _of_bytes(root, head, get)
    if root.size >= LARGEST_MANIFEST:
        yield Obstacle("img.manifest-too-large", f"{root.reference} is {root.size} bytes or more")


def _of_head(root: Manifest, head: Reply) -> Iterator[Obstacle]:
    """containerd believes what HEAD says of type, length and digest, and GET has to bring that."""
    if head.misnamed:
        yield Obstacle("reg.head-differs", f"{said(Step((head,)))} with a digest that is none: {head.misnamed}")
    if head.media_type and head.media_type not in DOCKER_TYPES | OCI_TYPES:
        because = f"{_typed(head)}, which is no manifest"
        yield Obstacle("reg.head-differs", f"{because}; GET brings {root.media_type or 'no media type'}")
    elif head.length and root.size and head.length != root.size and not head.encoding:
        because = f"{said(Step((head,)))} with the length {head.length}; GET brings {root.size}"
        yield Obstacle("reg.head-differs", because)


def _of_bytes(root: Manifest, head: Reply, get: Reply) -> Iterator[Obstacle]:
    """containerd takes the digest that HEAD names, and what that brings has to be it."""
    by_digest = root.by_digest
    claimed = next((one for one in (head.digest, get.digest) if _differ(one, root.computed)), None)
    if claimed:
        because = f"the manifest's bytes are {root.computed}, and Docker-Content-Digest says {claimed}"
        yield Obstacle("img.digest-mismatch", because)
    elif _differ(root.recomputed, root.computed):
        because = f"by tag the manifest's bytes are {root.computed}, by that digest {root.recomputed}"
        yield Obstacle("reg.body-rewritten", because)
    elif by_digest and by_digest.status == 404:
        yield Obstacle("img.blob-missing", f"by tag the manifest is there, and {said(by_digest)}")
    elif by_digest and _is_refusal(by_digest.status):
        yield Obstacle("img.blob-refused", f"by tag the manifest is given, and {said(by_digest)}")


def _of_post(post: Post) -> Iterator[Obstacle]:
    status = post.step.status
    if status == 200 and ("access_token" not in post.fields or post.fault):
        what = post.fault or f"the answer has {', '.join(post.fields) or 'none of the known fields'}"
        yield Obstacle("auth.token-post-without-access-token", f"{said(post.step)}, and {what}")
    elif status is not None and status != 200 and status not in FALL_BACK:
        yield Obstacle("auth.token-post-refused", said(post.step))


def _answers(root: Manifest | None) -> tuple[Reply | None, Reply | None]:
    """The answers to HEAD and to GET of a manifest that GET brings."""
    if root is None or not root.served or root.head is None:
        return None, None
    return root.head.last, root.get.last


def _alike(head: Step | None, get: Step) -> bool:
    one, other = head.last if head else None, get.last
    if one is None or other is None or one.status != 200:
        return False
    return one.media_type == other.media_type and not _differ(one.digest, other.digest)


def _differ(one: str | None, other: str | None) -> bool:
    """Whether two digests by the same algorithm differ."""
    return bool(one and other and one.partition(":")[0] == other.partition(":")[0] and one != other)


def _leads_to_login(step: Step) -> bool:
    """Whether containerd goes on after this answer: it is served, told to log in, or tries again or by GET."""
    if step.status != 401:
        return not _is_refusal(step.status)
    return any(one.kind in (BASIC, BEARER) for one in _challenges(step))


def _is_refusal(status: int | None) -> bool:
    return _ends(status) and status is not None and status in range(400, 500)


def _ends(status: int | None) -> bool:
    """Whether containerd gives up after this answer to HEAD: it has asked again where that may help."""
    return status is not None and status >= 300 and status not in NO_REFUSAL


def _names_error(step: Step) -> bool:
    return any(one.kind == BEARER and one.get("error") for one in _challenges(step))


def _challenges(step: Step) -> Iterator[Challenge]:
    lines = step.last.asks if step.last else ()
    return first_of_each(challenges(line) for line in lines)


def _asked(step: Step) -> str:
    return f"{said(step)}{' without a challenge' if step.status == 401 else ''}"


def _typed(reply: Reply) -> str:
    return f"{said(Step((reply,)))} as {reply.media_type or 'no media type'}"

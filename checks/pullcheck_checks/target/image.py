"""Does the image reference mean what its author means?"""

from collections.abc import Iterator
from dataclasses import replace

from pullcheck.evidence.placement import ImageReference
from pullcheck.image_reference import HOSTLESS, LONGEST, Problem, parse
from pullcheck.shown import shown
from pullcheck.target import Container, Target
from pullcheck.verdict import Basis, Cause, Severity, Verdict, failed, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.target.change import change, subject_of

GRAMMAR = "distribution/reference, grammar"
API = "SageMaker API, ContainerDefinition: Image"
FORM = "host[:port]/repository:tag"
HUB_LEVELS = 2
"""Docker Hub's repositories have a namespace and a name; a longer path is meant for another registry."""
HOST_WORDS = frozenset({"artifactory", "docker", "gitlab", "harbor", "nexus", "quay", "registry", "repo", "repository"})


def _cause(
    name: str,
    breaks: str,
    seen: str,
    fix: str,
    basis: Basis = Basis.SPECIFICATION,
    source: str = GRAMMAR,
    severity: Severity = Severity.ERROR,
) -> Cause:
    return Cause(f"cfg.{name}", breaks, seen, fix, basis, source, severity)


NO_HOST = _cause(
    "image-no-registry-host",
    "The reference names no registry, which by the reference rules means Docker Hub.",
    "Image: what stands before the first slash has no dot and no port, or there is no slash.",
    "Write the registry's full host before the repository; for Docker Hub, write docker.io.",
)
SHORT_HOST = _cause(
    "image-short-hostname",
    "What was meant as a host has no dot and no port, so it is taken as a namespace of Docker Hub.",
    "Image: the first component is a registry's usual name, or the path is deeper than those of Docker Hub.",
    "Write the fully qualified name, or add the port (host:443/...).",
)
NOT_A_REFERENCE = _cause(
    "image-has-scheme-or-space",
    "Image is not a reference: it has a scheme, a blank or a line break.",
    "Image: begins with https:// or the like, or has a character that is blank or does not print.",
    "Write host[:port]/repository:tag and nothing else.",
    Basis.API,
    f"{API}; {GRAMMAR}",
)
BAD_HOST = _cause(
    "image-invalid-host",
    "What stands in the place of the host is no host name with an optional port.",
    "Image: before the first slash, a character that host names lack, credentials, or a port outside 1 to 65535.",
    "Write the registry's host name, and credentials nowhere but in the function.",
)
UPPER_CASE = _cause(
    "image-uppercase-repo",
    "Repository names have no upper-case letters, so no client accepts the reference.",
    "Image: an upper-case letter between the host and the tag.",
    "Push the image under a lower-case name and use that.",
)
BAD_REPOSITORY = _cause(
    "image-bad-repository",
    "The repository's name breaks the rules, so no client accepts the reference.",
    "Image: an empty component, or one that does not consist of letters and digits with single separators in between.",
    "Write the repository's name as the registry shows it.",
)
TOO_LONG = _cause(
    "image-over-255",
    "The reference is longer than SageMaker takes.",
    f"Image: more than {LONGEST} characters.",
    "Use a shorter repository path; a digest alone takes 72 characters.",
    Basis.API,
    API,
)
BAD_TAG_OR_DIGEST = _cause(
    "image-bad-tag-or-digest",
    "The tag or the digest breaks the rules, so no client accepts the reference.",
    "Image: a tag over 128 characters or with other than letters, digits, _ . -; a digest without its 64 hex digits.",
    "Write the tag or the digest as the registry shows it.",
    source=f"OCI distribution specification; {GRAMMAR}",
)
MISSING = _cause(
    "image-missing",
    "The container names neither an image nor a model package.",
    "CreateModel request or DescribeModel: Image and ModelPackageName are both absent, or Image is empty.",
    "Give Image.",
    Basis.API,
    API,
)
MODEL_PACKAGE = _cause(
    "model-package-container",
    "The image comes from a model package, and packages have no setting for private registries.",
    "CreateModel request or DescribeModel: ModelPackageName is set, Image is not.",
    "Create the model with Image and ImageConfig in place of the package.",
    Basis.API,
    "SageMaker API, ModelPackageContainerDefinition: has no ImageConfig",
)
TAG_AND_DIGEST = _cause(
    "image-tag-and-digest",
    "The reference has a tag and a digest; SageMaker documents only one or the other.",
    "Image: name:tag@digest.",
    "Keep the digest.",
    Basis.API,
    API,
    Severity.WARNING,
)
MUTABLE_TAG = _cause(
    "image-mutable-tag",
    "The tag moves: a later scale-out may pull another image than the one that was tested.",
    "Image: the tag is latest, or there is neither tag nor digest.",
    "Name the image by its digest, and keep that digest in the registry.",
    Basis.DOCUMENTED,
    "SageMaker guide, Use Your Own Inference Code with Hosting Services",
    Severity.WARNING,
)

CAUSE_OF = {
    Problem.EMPTY: MISSING,
    Problem.BLANK: NOT_A_REFERENCE,
    Problem.SCHEME: NOT_A_REFERENCE,
    Problem.HOST: BAD_HOST,
    Problem.UPPER_CASE: UPPER_CASE,
    Problem.REPOSITORY: BAD_REPOSITORY,
    Problem.TAG: BAD_TAG_OR_DIGEST,
    Problem.DIGEST: BAD_TAG_OR_DIGEST,
    Problem.TOO_LONG: TOO_LONG,
}


@check(
    "target.image-reference",
    "The image reference names a registry, a repository and a version",
    (
        *dict.fromkeys(CAUSE_OF.values()),
        NO_HOST,
        SHORT_HOST,
        MODEL_PACKAGE,
        TAG_AND_DIGEST,
        MUTABLE_TAG,
    ),
)
def image_reference_is_sound(container: Container, target: Target) -> Iterator[Verdict]:
    """What: takes Image apart as container clients do and holds it against their grammar and SageMaker's limits.

    Why: SageMaker sees nothing but this text; without a dot or a port, its first component is no host but a Docker Hub
    namespace.

    Passes: when the reference is within the grammar, names its host, and has a tag other than latest, or a digest.

    Fails: when it breaks a rule of the grammar or names no host; as a warning when its tag moves.

    Not verified when: the image comes from a model package.

    Fix: write host[:port]/repository:tag or host[:port]/repository@digest.

    Source: distribution/reference (grammar); SageMaker API, ContainerDefinition.
    """
    subject = subject_of(container)
    if container.image is None:
        yield _no_image(container, target)
        return
    image = _short(parse(container.image))
    found = list(_faults(container, image))
    for cause, because, what in found:
        yield failed(subject, because, cause, change(target, what))
    if not found:
        version = f"digest {image.digest}" if image.digest else f"tag {image.tag}"
        yield passed(subject, f"registry {image.host}, repository {image.repository}, {version}")


def _short(image: ImageReference) -> ImageReference:
    """The reference with its parts as a report repeats them; only what is too long anyway loses anything."""
    tag = shown(image.tag) if image.tag else image.tag
    return replace(image, text=shown(image.text), repository=shown(image.repository), tag=tag)


def _no_image(container: Container, target: Target) -> Verdict:
    field, package = container.field, shown(container.model_package or "")
    if not package:
        because = f"{field} has neither Image nor ModelPackageName"
        return failed(field, because, MISSING, change(target, f"set {field}.Image to {FORM}"))
    if container.access_mode == "Vpc":
        because = f"{field} has RepositoryAccessMode Vpc, but its image is that of model package {package}"
        return failed(field, because, MODEL_PACKAGE, change(target, f"replace {field}.ModelPackageName by Image"))
    because = (
        f"{field} takes its image from model package {package}, which is not read and cannot use a private registry; "
        "see its Image with aws sagemaker describe-model-package"
    )
    return unknown(field, because, cause=MODEL_PACKAGE)


def _faults(container: Container, image: ImageReference) -> Iterator[tuple[Cause, str, str]]:
    """Each fault: its cause, what was seen, what to change."""
    field = f"{container.field}.Image"
    for problem in image.problems:
        yield CAUSE_OF[Problem(problem)], f"{field} {image.text!r}: {problem}", f"write {field} as {FORM}"
    if HOSTLESS & set(image.problems):
        return
    if image.host is None:
        first, _, rest = image.repository.partition("/")
        because = f"{field} names no registry host, so {image.text} means docker.io/{image.repository}"
        if image.repository.count("/") >= HUB_LEVELS or (first in HOST_WORDS and rest):
            because = f"{first} has no dot and no port, so it is no host but a namespace: {because}"
            yield SHORT_HOST, because, f"write {first}'s full name in {field}, or {first}:443/{rest}"
        else:
            yield NO_HOST, because, f"write {field} as {FORM}, or docker.io/{image.repository} if Docker Hub is meant"
    if image.tag is not None and image.digest is not None:
        because = f"{field} has the tag {image.tag} and a digest; documented is one of them"
        yield TAG_AND_DIGEST, because, f"take the tag out of {field}"
    if image.digest is None and image.tag in (None, "latest"):
        tag = "the tag latest" if image.tag else "neither tag nor digest, which means latest"
        yield (
            MUTABLE_TAG,
            f"{field} has {tag}: the next scale-out pulls what it then means",
            f"name a digest in {field}",
        )

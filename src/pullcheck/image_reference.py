"""Image references taken apart, and the one place that tells Amazon ECR's private registries from all others."""

import re
from enum import StrEnum

from pullcheck.evidence.placement import ImageReference
from pullcheck.target import Container

DOCKER_HUB = "registry-1.docker.io"
"""The host that answers for the names in `DOCKER_HUB_NAMES` and for references that name no host."""
DOCKER_HUB_NAMES = frozenset({"docker.io", "index.docker.io"})
LONGEST = 255
"""Characters in ``Image`` (SageMaker API, ContainerImage)."""
LONGEST_HOST = 253
"""Characters of a host name (RFC 1035, 2.3.4: 255 octets on the wire)."""

_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_HOST = re.compile(rf"(?P<host>{_LABEL}(?:\.{_LABEL})*|\[[0-9a-fA-F:.]+\])(?::(?P<port>[0-9]{{1,5}}))?")
_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_PRIVATE_ECR = re.compile(
    r"[0-9]{12}\."
    r"(?:dkr\.ecr(?:-fips)?\.[a-z0-9-]+\."
    r"(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)"
    r"|dkr-ecr(?:-fips)?\.[a-z0-9-]+\.on\.(?:aws|amazonwebservices\.com\.cn))"
)


class Problem(StrEnum):
    """The rules that a reference can break."""

    EMPTY = "it is empty"
    BLANK = "it has a blank, a line break or another character that does not print"
    SCHEME = "it begins with a scheme, as a URL does"
    HOST = "what stands before the first slash is no host with an optional port"
    UPPER_CASE = "its repository has upper-case letters"
    REPOSITORY = "its repository breaks the rules for repository names"
    TAG = "its tag breaks the rules for tags"
    DIGEST = "its digest is not sha256, sha384 or sha512 with the right number of lower-case hex digits"
    TOO_LONG = f"it is longer than {LONGEST} characters"


HOSTLESS = frozenset({Problem.EMPTY, Problem.BLANK, Problem.SCHEME, Problem.HOST})
"""The problems that leave open which host is meant."""


def parse(text: str) -> ImageReference:
    """Take a reference apart as Docker does; every text gives an answer, with its `Problem`s.

    Source: distribution/reference (grammar, ``ParseNormalizedNamed``); OCI image specification, descriptors.
    """
    for problem, broken in (
        (Problem.EMPTY, not text),
        (Problem.BLANK, not text.isprintable() or any(char.isspace() for char in text)),
        (Problem.SCHEME, bool(_SCHEME.match(text))),
    ):
        if broken:
            return ImageReference(text, None, None, "", None, None, (problem,))
    name, at, digest = text.partition("@")
    if "/" in digest:
        return ImageReference(text, None, None, "", None, None, (Problem.HOST,))
    place, path = _split_host(name)
    repository, colon, tag = path.partition(":")
    host, port = _host_and_port(place)
    problems = _problems(text, repository, tag if colon else None, digest if at else None)
    if place and not host:
        problems = (Problem.HOST, *problems)
    if (host is None or host.lower() in DOCKER_HUB_NAMES) and repository and "/" not in repository:
        repository = f"library/{repository}"
    return ImageReference(text, host, port, repository, tag if colon else None, digest if at else None, problems)


def _split_host(name: str) -> tuple[str, str]:
    """The first component counts as a host only if it cannot be a namespace of Docker Hub."""
    first, slash, rest = name.partition("/")
    if slash and (set(".:") & set(first) or first == "localhost" or first != first.lower()):
        return first, rest
    return "", name


def _host_and_port(place: str) -> tuple[str | None, int | None]:
    found = _HOST.fullmatch(place)
    if not found or len(found["host"]) > LONGEST_HOST:
        return None, None
    port = int(found["port"]) if found["port"] else None
    return (None, None) if port is not None and not 0 < port < 65536 else (found["host"], port)


def _problems(text: str, repository: str, tag: str | None, digest: str | None) -> tuple[Problem, ...]:
    found = []
    if not _REPOSITORY.fullmatch(repository):
        lower = _REPOSITORY.fullmatch(repository.lower())
        found.append(Problem.UPPER_CASE if lower else Problem.REPOSITORY)
    if tag is not None and not _TAG.fullmatch(tag):
        found.append(Problem.TAG)
    if digest is not None and not _DIGEST.fullmatch(digest):
        found.append(Problem.DIGEST)
    if len(text) > LONGEST:
        found.append(Problem.TOO_LONG)
    return tuple(found)


def is_private_ecr(host: str | None) -> bool:
    """Whether this is a private registry of Amazon ECR; public.ecr.aws is not one."""
    return bool(host and _PRIVATE_ECR.fullmatch(host.lower()))


def is_pulled_over_vpc(container: Container) -> bool:
    """Whether SageMaker has to pull this image through the model's VPC: by its mode, or because it is not in ECR.

    Not so for an image that does not say which host is meant: nobody knows.
    """
    if container.access_mode == "Vpc" or container.image is None:
        return container.access_mode == "Vpc"
    image = parse(container.image)
    return not HOSTLESS & set(image.problems) and not is_private_ecr(image.host)

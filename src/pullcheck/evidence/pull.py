"""One pull of the image, recorded request by request, without its layers' content and without any secret."""

from dataclasses import dataclass
from enum import StrEnum

from pullcheck.evidence.credentials import Account
from pullcheck.vantage import Outcome


@dataclass(frozen=True)
class Machine:
    """An instance type that a variant runs the model on, and the architecture of its processors."""

    variant: str
    instance_type: str
    architecture: str


@dataclass(frozen=True)
class Machines:
    """Every instance type of the variants that run the model; empty where no variant is known."""

    machines: tuple[Machine, ...]

    @property
    def architectures(self) -> tuple[str, ...]:
        """Those that the image has to offer; amd64 where no variant is known: most instance types have it."""
        return tuple(dict.fromkeys(machine.architecture for machine in self.machines)) or ("amd64",)


@dataclass(frozen=True)
class RegistryError:
    """The first of the errors in a registry's answer (distribution specification, error codes)."""

    code: str
    message: str


@dataclass(frozen=True)
class Reply:
    """One request and what came back. ``url`` is without user and query; ``title`` is that of a web page.

    ``media_type`` is Content-Type without parameters, ``digest`` the header Docker-Content-Digest, ``length`` the
    header Content-Length.
    """

    method: str
    url: str
    address: str
    outcome: Outcome
    detail: str = ""
    status: int | None = None
    media_type: str | None = None
    length: int | None = None
    digest: str | None = None
    encoding: str | None = None
    server: str | None = None
    error: RegistryError | None = None
    title: str | None = None


class Stop(StrEnum):
    """Why a host was not asked."""

    NO_URL = "it is no URL of https"
    PLAIN_HTTP = "it is plain http"
    NO_NAME = "the name does not resolve"
    OWN_MACHINE = "the address means the machine itself, or its metadata service"
    TOO_MANY = "it is one redirect too many"
    NO_TIME = "the time for this pull was used up"


@dataclass(frozen=True)
class Step:
    """A request and the redirects that it led to. ``stop`` is set where ``target`` was not asked any more.

    ``no_such_name`` is true where the resolver said that the target's name does not exist.
    """

    replies: tuple[Reply, ...]
    stop: Stop | None = None
    target: str = ""
    detail: str = ""
    no_such_name: bool = False

    @property
    def last(self) -> Reply | None:
        """The answer that counts, None where the way to it ended before."""
        return self.replies[-1] if self.replies and self.stop is None else None

    @property
    def status(self) -> int | None:
        """The HTTP status of the answer that counts."""
        return self.last.status if self.last else None


class Scheme(StrEnum):
    """How the registry wants to be given credentials."""

    NONE = "none"
    BASIC = "Basic"
    BEARER = "Bearer"


@dataclass(frozen=True)
class Token:
    """What the token service answered. The token itself is not kept.

    ``fields`` are those of the names that clients know which the answer has; ``fault`` says why clients cannot use it.
    ``access`` is what a token that is a JWT grants, e.g. ``repository:team/model:pull``, None where it does not tell.
    ``same_host`` is whether the registry itself is the token service.
    """

    realm: str
    service: str | None
    step: Step
    same_host: bool
    fields: tuple[str, ...] = ()
    fault: str = ""
    access: tuple[str, ...] | None = None

    @property
    def granted(self) -> bool:
        """Whether there is a token to go on with."""
        return bool({"token", "access_token"} & set(self.fields)) and not self.fault


@dataclass(frozen=True)
class Login:
    """How the registry was asked for access.

    ``late`` means that only the manifest was refused without credentials, not GET /v2/. ``trial`` is the one request
    that tries Basic credentials: GET /v2/, or of the manifest where that came late. ``problem`` says why none of the
    challenges could be answered.
    """

    scheme: Scheme
    account: Account
    trial: Step | None = None
    token: Token | None = None
    late: bool = False
    problem: str = ""

    @property
    def rejected(self) -> bool:
        """Whether the login itself failed, so that the manifest was not asked for."""
        refused = self.trial is not None and self.trial.status == 401
        return bool(self.problem) or refused or (self.token is not None and not self.token.granted)


@dataclass(frozen=True)
class Platform:
    """What an image is built for, e.g. linux and amd64."""

    os: str
    architecture: str


@dataclass(frozen=True)
class Descriptor:
    """What a manifest says of one of its parts: ``size`` in bytes, ``elsewhere`` where it names URLs to get it from."""

    media_type: str
    digest: str
    size: int | None
    platform: Platform | None = None
    elsewhere: bool = False
    attestation: bool = False


@dataclass(frozen=True)
class Manifest:
    """A manifest or an index as it was served. ``reference`` is the tag or digest it was asked by.

    ``computed`` is the digest of the bytes, None where not all were read; ``media_type`` is Content-Type without
    parameters; ``fault`` says why the content could not be read. ``layer_count`` counts also those that are not kept.
    """

    reference: str
    head: Step
    get: Step
    size: int = 0
    computed: str | None = None
    media_type: str | None = None
    schema: int | None = None
    artifact_type: str | None = None
    config: Descriptor | None = None
    layers: tuple[Descriptor, ...] = ()
    layer_count: int = 0
    entries: tuple[Descriptor, ...] = ()
    fault: str = ""

    @property
    def served(self) -> bool:
        """Whether there is content to judge."""
        return self.get.status == 200


@dataclass(frozen=True)
class Config:
    """The image's configuration. Of entry point and command only the program is kept: arguments may be secrets."""

    step: Step
    computed: str | None = None
    os: str | None = None
    architecture: str | None = None
    entrypoint: str | None = None
    command: str | None = None
    fault: str = ""


@dataclass(frozen=True)
class Layer:
    """One layer's descriptor, and whether the registry has it."""

    descriptor: Descriptor
    step: Step


@dataclass(frozen=True)
class Sample:
    """The first bytes of the largest layer: ``begins`` says what they are; ``computed`` is set where they are all."""

    descriptor: Descriptor
    step: Step
    begins: str
    computed: str | None = None


@dataclass(frozen=True)
class PlatformImage:
    """An image of one platform: its manifest, and the parts that it names."""

    manifest: Manifest
    config: Config | None = None
    layers: tuple[Layer, ...] = ()
    sample: Sample | None = None


@dataclass(frozen=True)
class Met:
    """A host that the pull led to, beside the registry: its role, and the addresses it resolved to.

    ``forced`` means that ``--resolve`` names them.
    """

    name: str
    role: str
    addresses: tuple[str, ...]
    forced: bool = False


@dataclass(frozen=True)
class ImagePull:
    """The whole pull, from one address of the registry. ``root`` is None where the login failed.

    ``tags`` is the list of tags, asked for where the manifest is not there; ``images`` has one for each architecture
    that is wanted, or the first that there is. ``anonymous`` is how far one gets without credentials, the manifest or
    the token before it; it is asked where the credentials are the environment's, which SageMaker does not have.
    """

    host: str
    port: int
    address: str
    repository: str
    reference: str
    login: Login
    vantage: str
    root: Manifest | None = None
    tags: Step | None = None
    tag_names: tuple[str, ...] = ()
    images: tuple[PlatformImage, ...] = ()
    met: tuple[Met, ...] = ()
    anonymous: Step | None = None

    @property
    def name(self) -> str:
        """The image, as findings name it."""
        mark = "@" if ":" in self.reference else ":"
        return f"{self.host}:{self.port}/{self.repository}{mark}{self.reference}"

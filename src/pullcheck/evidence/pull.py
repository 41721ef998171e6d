"""One pull of the image, recorded request by request, without its layers' content and without any secret."""

from dataclasses import dataclass
from enum import StrEnum

from pullcheck.evidence.credentials import Account
from pullcheck.evidence.steps import Step


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


class Scheme(StrEnum):
    """How the registry wants to be given credentials."""

    NONE = "none"
    BASIC = "Basic"
    BEARER = "Bearer"


@dataclass(frozen=True)
class Post:
    """The answer to containerd's form of the token request, a POST (RFC 6749, 4.3); the token itself is not kept.

    ``fields`` and ``fault`` are as in `Token`; ``same`` is whether ``token`` and ``access_token`` do not differ.
    """

    step: Step
    fields: tuple[str, ...] = ()
    fault: str = ""
    same: bool = True


@dataclass(frozen=True)
class Token:
    """What the token service answered. The token itself is not kept.

    ``fields`` are those of the names that clients know which the answer has; ``fault`` says why clients cannot use it.
    ``access`` is what a token that is a JWT grants, e.g. ``repository:team/model:pull``, None where it does not tell.
    ``same_host`` is whether the registry itself is the token service. ``life`` is ``expires_in``, seconds; ``same`` is
    whether ``token`` and ``access_token`` do not differ. ``post`` is asked for where it can differ from GET.
    """

    realm: str
    service: str | None
    step: Step
    same_host: bool
    fields: tuple[str, ...] = ()
    fault: str = ""
    access: tuple[str, ...] | None = None
    life: int | None = None
    same: bool = True
    post: Post | None = None

    @property
    def granted(self) -> bool:
        """Whether there is a token to go on with, by whichever form of the request."""
        return self.by_get or self.by_post

    @property
    def by_get(self) -> bool:
        """Whether GET brought one, as Docker asks."""
        return bool({"token", "access_token"} & set(self.fields)) and not self.fault

    @property
    def by_post(self) -> bool:
        """Whether POST brought one where containerd looks for it."""
        post = self.post
        return post is not None and "access_token" in post.fields and not post.fault


@dataclass(frozen=True)
class Login:
    """How the registry was asked for access.

    ``late`` means that only the manifest was refused without credentials, not GET /v2/. ``trial`` is the one request
    that tries Basic credentials: GET /v2/, or of the manifest where that came late. ``problem`` says why none of the
    challenges could be answered. ``unread`` is the parameter without value before the realm, behind which Docker reads
    nothing. ``form`` says what is wrong with the form of the user name, where the registry's make is known to want one.
    ``elsewhere`` is the host that asks for credentials in the registry's place, because the registry redirects to it.
    ``spaced`` says which of user name and password begins or ends with blank space or a newline, empty where none does.
    """

    scheme: Scheme
    account: Account
    trial: Step | None = None
    token: Token | None = None
    late: bool = False
    problem: str = ""
    unread: str = ""
    form: str = ""
    elsewhere: str = ""
    spaced: str = ""

    @property
    def rejected(self) -> bool:
        """Whether the login itself failed, so that the manifest was not asked for."""
        refused = self.trial is not None and self.trial.status in (401, 403)
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
    parameters, ``declared`` the mediaType in the content; ``fault`` says why clients cannot read the content.
    ``layer_count`` counts also those that are not kept. ``head`` asks with one Accept line for each media type, as
    Docker does, ``get`` with all of them in one; ``joined`` is HEAD with all in one, asked where the two differ; what
    an index names has no HEAD. ``get`` asks by the digest that ``head`` names, as clients do, and by ``reference``
    where that names none or does not bring what it stands for; then ``by_digest`` is the same manifest asked for by its
    digest, and ``recomputed`` the digest of the bytes that this gave.
    """

    reference: str
    head: Step | None
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
    joined: Step | None = None
    by_digest: Step | None = None
    recomputed: str | None = None
    declared: str | None = None

    @property
    def served(self) -> bool:
        """Whether there is content to judge."""
        return self.get.status == 200

    @property
    def is_page(self) -> bool:
        """Whether a web page came in its place."""
        return self.media_type == "text/html"


@dataclass(frozen=True)
class Config:
    """The image's configuration. Of entry point and command only the program is kept: arguments may be secrets.

    ``layers`` is how many rootfs.diff_ids names; None where the configuration was not read. ``ports`` are those of
    ExposedPorts, e.g. "8080/tcp".
    """

    step: Step
    computed: str | None = None
    os: str | None = None
    architecture: str | None = None
    entrypoint: str | None = None
    command: str | None = None
    fault: str = ""
    layers: int | None = None
    ports: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sample:
    """The first bytes of a layer: ``begins`` says what they are; ``size`` and ``computed`` are set where they are all.

    ``longer`` is whether there were more than were read of what ought to be read in full. It is asked for as Go does,
    with Accept-Encoding: gzip; ``decoded`` is whether that made the answer an encoded one.
    """

    begins: str
    size: int | None = None
    computed: str | None = None
    decoded: bool = False
    longer: bool = False


@dataclass(frozen=True)
class Layer:
    """One layer's descriptor, and whether the registry has it: HEAD, or GET where there is a ``sample``."""

    descriptor: Descriptor
    step: Step
    sample: Sample | None = None


@dataclass(frozen=True)
class PlatformImage:
    """An image of one platform: its manifest, and the parts that it names."""

    manifest: Manifest
    config: Config | None = None
    layers: tuple[Layer, ...] = ()

    @property
    def altered(self) -> bool:
        """Whether the configuration's bytes are not those that the manifest names, so that they say nothing of it."""
        named = self.manifest.config.digest if self.manifest.config else None
        return self.config is not None and self.config.computed not in (None, named)


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
    the token before it; it is asked where there are credentials that SageMaker would not have.
    ``unasked`` is HEAD of the manifest before any login, containerd's first request; ``spoiled`` the same with a token
    that cannot be good, asked where a pull may outlast its token; ``elsewhere`` the same at the registry's other
    addresses, with the login. ``named`` are the names under which the registry has what it has not under this one.
    ``pinged`` is whether GET /v2/ was answered as Docker needs it.
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
    unasked: Step | None = None
    spoiled: Step | None = None
    elsewhere: tuple[Step, ...] = ()
    named: tuple[str, ...] = ()
    pinged: bool = True

    @property
    def name(self) -> str:
        """The image, as findings name it."""
        mark = "@" if ":" in self.reference else ":"
        return f"{self.host}:{self.port}/{self.repository}{mark}{self.reference}"

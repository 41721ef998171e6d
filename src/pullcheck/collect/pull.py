"""Goes through one pull of the image, up to the first bytes of its largest layer."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from pullcheck.collect.credentials import Credentials
from pullcheck.collect.document import choose
from pullcheck.collect.login import ERROR_LIMIT, Access, log_in
from pullcheck.collect.parts import parts
from pullcheck.collect.registry import VALUE_HIDDEN, base_url
from pullcheck.collect.repository import ACCEPT, Repository, trusted
from pullcheck.collect.transfer import Transfer
from pullcheck.evidence.credentials import Account, Source
from pullcheck.evidence.placement import ImageReference
from pullcheck.evidence.pull import ImagePull, Login, Machine, Machines, Manifest, PlatformImage, Scheme
from pullcheck.evidence.registry import AddressPing, Ping
from pullcheck.evidence.steps import Step
from pullcheck.evidence.tls import PublicRoots
from pullcheck.instance_type import architecture_of
from pullcheck.missing import Unavailable
from pullcheck.settings import Settings
from pullcheck.target import Model, Target
from pullcheck.vantage import Outcome, Vantage
from pullcheck.wiring import collector

OTHER_ADDRESSES = 3
SHORT_LIFE = 300
"""Seconds: a token that lives no longer may expire in the middle of a pull."""
LARGE = 1024**3
"""Bytes of an image whose pull may take longer than that."""
DEFAULT_LIFE = 60
"""Seconds, where a token service does not say (distribution project, token authentication specification)."""


@collector()
def machines(target: Target, model: Model) -> Machines:
    """The instance types of the variants that run this model; a serverless variant has none."""
    mine = (variant for variant in target.variants if variant.model_name in (None, model.name))
    pairs = ((variant.name, kind) for variant in mine if not variant.serverless for kind in variant.instance_types)
    return Machines(tuple(Machine(name, kind, architecture_of(kind)) for name, kind in pairs))


@collector()
def image_pull(
    image: ImageReference,
    found: Ping,
    roots: PublicRoots,
    credentials: Credentials,
    wanted: Machines,
    settings: Settings,
    vantage: Vantage,
) -> ImagePull | Unavailable:
    """The pull at the first address that answers as a registry does, at ``/v2/`` or, as containerd asks, at once."""
    if image.problems:
        return Unavailable("the image reference is not valid", "correct it", blocked_by="target.image-reference")
    answers = [one for one in found.answers if one.last and one.last.status is not None]
    answering = next((one for one in answers if one.last and one.last.status in (200, 401)), None)
    if not answers:
        return _unreachable(found)
    known = (secret for secret in credentials.secrets if secret not in image.text)
    first = answering or answers[0]
    transfer = Transfer(vantage, settings, roots.pem, found.seen, first.address, tuple(known))
    pull = _Puller(image, found, first, credentials, transfer, wanted).pull()
    lost = answering is None and pull.login.scheme is Scheme.NONE and not (pull.root and pull.root.served)
    return _unreachable(found) if lost else pull


class _Puller:
    """One pull in progress."""

    def __init__(
        self,
        image: ImageReference,
        found: Ping,
        answering: AddressPing,
        credentials: Credentials,
        transfer: Transfer,
        wanted: Machines,
    ) -> None:
        self._found, self._answering, self._wanted = found, answering, wanted
        self._credentials, self._transfer = credentials, transfer
        self._base = base_url(found.seen)
        self._repository = Repository(transfer, self._base, image.repository)
        self._reference = image.digest or image.tag or "latest"

    def pull(self) -> ImagePull:
        """Challenge, token, manifest, configuration, layers; ends where a client would."""
        asked = self._challenges()
        login = self._log_in(asked) if asked else Login(Scheme.NONE, self._credentials.account)
        seen = ImagePull(
            self._found.seen.host,
            self._found.seen.port,
            self._answering.address,
            self._repository.name,
            self._reference,
            login,
            self._found.vantage,
            pinged=self._asks_for_nothing or bool(asked),
        )
        if login.rejected:
            return replace(seen, met=self._transfer.met)
        with ThreadPoolExecutor(2, "beside") as beside:
            known = self._repository.authorization
            unasked = beside.submit(self._repository.head, self._reference, None) if known else None
            alone = beside.submit(self._as_nobody, asked) if asked else None
            root, lines = self._repository.resolved(self._reference)
        seen = replace(seen, unasked=unasked.result() if unasked else None, anonymous=alone.result() if alone else None)
        if login.scheme is Scheme.NONE and root.get.status == 401 and lines:
            seen = replace(seen, anonymous=self._as_nobody(lines))
            login = self._log_in(lines, f"{self._base}/v2/{self._repository.name}/manifests/{self._reference}")
            if login.rejected:
                return replace(seen, login=login, root=root, met=self._transfer.met)
            root, _ = self._repository.resolved(self._reference)
        seen = replace(seen, login=login, root=root)
        if root.get.status == 404:
            seen = self._with_names(seen, root)
        elif root.served and not root.is_page:
            seen = replace(seen, images=tuple(self._images(root)), elsewhere=self._elsewhere())
            seen = replace(seen, spoiled=self._spoiled(seen))
        return replace(seen, met=self._transfer.met)

    def _challenges(self) -> tuple[str, ...]:
        """With which GET /v2/ was refused; asked for again where a realm's query is not kept in full."""
        ping = self._answering.last
        kept = ping.all("www-authenticate") if ping and ping.status == 401 else ()
        if not any(VALUE_HIDDEN in line for line in kept):
            return kept
        step, fetched = self._transfer.ask("GET", f"{self._base}/v2/")
        trusted(step)
        return fetched.exchange.all("www-authenticate") or kept

    @property
    def _asks_for_nothing(self) -> bool:
        """Whether GET /v2/ answers 200 to whoever asks."""
        return self._answering.last is not None and self._answering.last.status == 200

    def _as_nobody(self, lines: Iterable[str]) -> Step | None:
        """The manifest without credentials, or the token request that brought none; None where nobody would ask so."""
        if not self._credentials.account.unconfigured:
            return None
        nobody = Credentials(Account(Source.NOBODY))
        access = log_in(lines, self._base, self._repository.name, nobody, self._transfer)
        token = access.login.token
        if token and not token.granted:
            return token.step
        url = f"{self._base}/v2/{self._repository.name}/manifests/{self._reference}"
        return self._transfer.ask("GET", url, ACCEPT, authorization=access.authorization, limit=ERROR_LIMIT)[0]

    def _log_in(self, lines: Iterable[str], asked: str | None = None) -> Login:
        access: Access = log_in(lines, self._base, self._repository.name, self._credentials, self._transfer, asked)
        self._repository.authorization = access.authorization
        login = replace(access.login, late=asked is not None and self._asks_for_nothing)
        if login.trial:
            trusted(login.trial)
        if login.token and login.token.same_host:
            trusted(login.token.step)
        return login

    def _with_names(self, seen: ImagePull, root: Manifest) -> ImagePull:
        """What the registry has instead of what it was asked for."""
        tags, names = self._repository.tags()
        seen = replace(seen, tags=tags, tag_names=names)
        make = root.get.last.product if root.get.last else None
        return seen if tags.status == 200 else replace(seen, named=self._repository.elsewhere(self._reference, make))

    def _images(self, root: Manifest) -> Iterable[PlatformImage]:
        if not root.entries:
            yield parts(self._repository, root)
        for entry in choose(root.entries, self._wanted.architectures):
            yield parts(self._repository, self._repository.manifest(entry.digest)[0])

    def _elsewhere(self) -> tuple[Step, ...]:
        """The manifest at the registry's other addresses that answer."""
        others = [one.address for one in self._found.answers if one.last and one.last.status in (200, 401)]
        others = [one for one in others if one != self._answering.address]
        authorization = self._repository.authorization
        return tuple(self._repository.head(self._reference, authorization, one) for one in others[:OTHER_ADDRESSES])

    def _spoiled(self, seen: ImagePull) -> Step | None:
        """The answer to a token that is none, where a token may expire during the pull."""
        token = seen.login.token
        size = sum(layer.size or 0 for image in seen.images for layer in image.manifest.layers)
        if token is None or size < LARGE or (token.life or DEFAULT_LIFE) > SHORT_LIFE:
            return None
        return self._repository.head(self._reference, "Bearer spoiled")


def _unreachable(found: Ping) -> Unavailable:
    name = f"{found.seen.host}:{found.seen.port}"
    reason = f"no address of {name} answers GET /v2/ with 200 or 401"
    tls = any(one.last and one.last.outcome is Outcome.TLS_ALERT for one in found.answers)
    blocked_by = "tls.protocol" if tls else "registry.api-v2"
    return Unavailable(reason, f"mend what {blocked_by} reports, then run again", blocked_by, name)


COLLECTORS = (machines, image_pull)

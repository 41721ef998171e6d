"""Where tests make whole pulls, and what the checks make of them."""

import json
from dataclasses import dataclass

import quirks
import trustme
from pydantic import TypeAdapter
from quirks import PASSWORD, REGISTRY, TOKEN, USERNAME, Server

from pullcheck import Verdict
from pullcheck.collect.credentials import Credentials
from pullcheck.collect.pull import image_pull
from pullcheck.collect.registry import ping, registry_seen
from pullcheck.demo.image import tiny_image
from pullcheck.evidence.credentials import Account, Source
from pullcheck.evidence.placement import Registry
from pullcheck.evidence.pull import ImagePull, Machines
from pullcheck.evidence.registry import Ping
from pullcheck.evidence.tls import PublicRoots
from pullcheck.image_reference import parse
from pullcheck.settings import Resolve, Settings
from pullcheck.target import Container, Model, Target, TargetKind
from pullcheck.vantage import Vantage
from pullcheck.vantage.here import Here
from pullcheck.wiring import AnyCheck
from pullcheck_checks.auth import credentials as auth
from pullcheck_checks.image import CHECKS
from pullcheck_checks.registry.steady import answers_steadily

PROVIDER = "arn:aws:lambda:us-east-1:111122223333:function:credentials"
TINY = tiny_image()
LAYERS = [layer["digest"] for layer in json.loads(TINY.manifest)["layers"]]
BLOBS = f"/v2/{quirks.REPOSITORY}/blobs/"
NO_VARIANT = Machines(())


def given(username: str = USERNAME, password: str = PASSWORD) -> Credentials:
    return Credentials(Account(Source.FUNCTION), username, password)


def on_trial() -> Credentials:
    return Credentials(Account(Source.ENVIRONMENT, unconfigured=True), USERNAME, PASSWORD)


def nobody() -> Credentials:
    return Credentials(Account(Source.NOBODY))


@dataclass(frozen=True)
class Bench:
    """Where a test makes its pulls."""

    authority: trustme.CA
    vantage: str = "inside"
    timeout: float = 3.0

    def ping(
        self,
        server: Server,
        host: str = REGISTRY,
        also: tuple[tuple[str, int], ...] = (),
        *others: str,
        vantage: Vantage | None = None,
    ) -> tuple[Ping, Settings]:
        here = vantage or Here(self.vantage, "", self.timeout)
        hosts = ((host, server.port), *also)
        known = tuple(Resolve(name, port, "127.0.0.1") for name, port in hosts)
        known += tuple(Resolve(host, server.port, address) for address in others)
        settings = Settings(timeout=self.timeout, resolve=known)
        return ping.function(registry_seen.function(Registry(host, server.port), here, settings), here), settings

    def pull(
        self,
        server: Server,
        credentials: Credentials | None = None,
        machines: Machines = NO_VARIANT,
        reference: str = ":v1",
        also: tuple[tuple[str, int], ...] = (),
        host: str = REGISTRY,
        repository: str = quirks.REPOSITORY,
        others: tuple[str, ...] = (),
    ) -> ImagePull:
        image = parse(f"{host}:{server.port}/{repository}{reference}")
        roots = PublicRoots("lab", self.authority.cert_pem.bytes().decode())
        with Here(self.vantage, "", self.timeout).keeping_connections() as here:
            found, settings = self.ping(server, host, also, *others, vantage=here)
            pull = image_pull.function(image, found, roots, credentials or given(), machines, settings, here)

        assert isinstance(pull, ImagePull), pull
        kind = TypeAdapter(ImagePull)
        assert kind.validate_json(kind.dump_json(pull)) == pull
        for secret in (PASSWORD, TOKEN, *given().secrets[:1]):
            assert secret not in repr(pull)
        return pull


def judged(
    pull: ImagePull, machines: Machines = NO_VARIANT, provider: str | None = PROVIDER
) -> dict[str, list[Verdict]]:
    container = Container("PrimaryContainer", "x", "Vpc", provider)
    target = Target(TargetKind.REQUEST, "m", "m.json", "us-east-1", (Model("m", None, None, (container,)),))
    facts = {ImagePull: pull, Machines: machines, Container: container, Target: target, Model: target.models[0]}

    def ask(check: AnyCheck) -> list[Verdict]:
        return list(check.function(*(facts[need.evidence] for need in check.needs)))

    return {check.id: ask(check) for check in (*auth.CHECKS, *CHECKS, answers_steadily)}


def told(verdicts: dict[str, list[Verdict]]) -> dict[str, list[str]]:
    """By check: ``pass``, or the cause; with its status or severity unless it is an error."""
    return {
        check: [
            one.status.value
            if one.cause is None
            else (f"{one.cause.id}" + ("" if one.status == "fail" and one.severity == "error" else f" {kind(one)}"))
            for one in found
        ]
        for check, found in verdicts.items()
    }


def kind(verdict: Verdict) -> str:
    return "warning" if verdict.status == "fail" else verdict.status.value


GOOD = {
    "auth.token-realm": ["not-applicable"],
    "auth.credentials-accepted": ["pass"],
    "image.exists": ["pass"],
    "image.media-types": ["pass"],
    "image.platform": ["pass"],
    "image.layers-present": ["pass"],
    "image.fits": ["pass"],
    "registry.answers-steadily": ["pass"],
}
TOKENS = {**GOOD, "auth.token-realm": ["pass"]}

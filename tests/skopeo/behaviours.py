"""The parts that registries are made of, and the row that one of them has in the table."""

import json
import ssl
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from quirks import (
    MANIFEST,
    TOKEN,
    Answer,
    Asked,
    Behaviour,
    at,
    by_password,
    error,
    image_of,
    index,
    tiny,
    token_service,
)
from street import VERSION, Configure, House

from pullcheck.demo.certificates import Authority, Certificate
from pullcheck.demo.image import Image, tiny_image

TINY = tiny_image()
DOCUMENT: dict[str, Any] = json.loads(TINY.manifest)
LAYER, SMALLER = (str(layer["digest"]) for layer in DOCUMENT["layers"])
CONFIG: str = DOCUMENT["config"]["digest"]
OCI = "application/vnd.oci.image.manifest.v1+json"
HTML = ("Content-Type", "text/html")
PAGE = Answer(200, b"<html><title>Sign in</title></html>", (HTML,))
NO_LENGTH = ("Content-Length", "")

Rows = Callable[[House], list[Behaviour]]


@dataclass(frozen=True)
class Row:
    """One registry. ``says`` is pullcheck's: pass, warning, fail or unknown.

    ``because`` has to say why where skopeo pulls and pullcheck fails, or skopeo does not and pullcheck does not fail.
    """

    id: str
    behaviours: Rows
    pulls: bool
    says: str
    because: str = ""
    healthy: bool = False
    reference: str = ":v1"
    certificate: Callable[[Authority, str], Certificate] | None = None
    configure: Configure | None = None
    address: str = ""

    @property
    def agrees(self) -> bool:
        """Whether the two say the same."""
        return self.says in (("pass", "warning") if self.pulls else ("fail",))


def good(name: str, behaviours: Rows, says: str = "pass", **more: Any) -> Row:
    """An oddity that keeps nobody from pulling."""
    return Row(name, behaviours, True, says, healthy=True, **more)


def bad(name: str, behaviours: Rows, **more: Any) -> Row:
    """Nobody can pull from this one."""
    return Row(name, behaviours, False, "fail", **more)


def odd(name: str, behaviours: Rows, pulls: bool, says: str, because: str, **more: Any) -> Row:
    """Pullers differ, or the two look at different things."""
    return Row(name, behaviours, pulls, says, because, **more)


def with_password(*first: Behaviour, image: Image = TINY, **headers: str) -> Rows:
    """A registry with Basic authentication, where these behaviours come before all others."""
    return lambda _: [*first, by_password, image_of(image, **headers)]


def asking(*lines: str) -> Rows:
    """Asks for a password in these words."""
    refusal = error(401, "UNAUTHORIZED", "no", *(("WWW-Authenticate", line) for line in lines))
    return with_password(lambda asked: refusal if by_password(asked) else None)


def blob(answer: Answer, *methods: str, digest: str = LAYER) -> Behaviour:
    """This answer for one of the blobs."""
    return at(f"/v2/team/model/blobs/{digest}", answer, *methods)


def of_store(answer: Answer | None = None, *methods: str, status: int = 307, scheme: str = "https") -> Rows:
    """Blobs are elsewhere, and this is what they answer there, to all methods or these."""

    def rows(house: House) -> list[Behaviour]:
        def redirect(asked: Asked) -> Answer | None:
            if asked.host == house.registry and "/blobs/" in asked.path and not by_password(asked):
                digest = asked.path.rpartition("/")[2]
                return Answer(status, b"", (("Location", f"{scheme}://{house.store}/{digest}?X-Amz-Signature=abc"),))
            return None

        def store(asked: Asked) -> Answer | None:
            if asked.host != house.store:
                return None
            if asked.authorization:
                return Answer(400, b"Only one auth mechanism allowed")
            if answer and (not methods or asked.method in methods):
                return answer
            return Answer(200, TINY.blobs[asked.path.strip("/")])

        return [redirect, store, by_password, image_of(TINY)]

    return rows


def with_token(
    answer: dict[str, Any] | Answer | None = None,
    challenge: str = 'Bearer realm="https://{token}/token",service="lab, registry"',
    *first: Behaviour,
    image: Image = TINY,
) -> Rows:
    """A registry with a token service on another host, which gives this answer to the right password."""

    def rows(house: House) -> list[Behaviour]:
        line = challenge.format(registry=house.registry, token=house.token)
        refusal = error(401, "UNAUTHORIZED", "no", *(("WWW-Authenticate", one) for one in line.split("\n")))
        grants = at("/token", answer, "GET") if isinstance(answer, Answer) else token_service(answer)
        accepted = f"Bearer {dict(answer)['token'] if isinstance(answer, dict) and 'token' in answer else TOKEN}"
        door: Behaviour = lambda asked: None if asked.authorization == accepted else refusal  # noqa: E731
        service: Behaviour = lambda asked: error(404, "NOT_FOUND") if asked.path == "/token" else None  # noqa: E731
        return [*first, grants, service, door, image_of(image)]

    return rows


def of_index(*images: tuple[str, Image], attested: bool = False, lost: bool = False) -> Rows:
    """An index, whose images are lost or not."""
    root, behave = index(*images, attested=attested)
    missing: Behaviour = lambda asked: (  # noqa: E731
        error(404, "MANIFEST_UNKNOWN") if lost and asked.path.endswith(tuple(one.digest for _, one in images)) else None
    )
    del root
    return lambda _: [missing, by_password, behave]


def manifest(answer: Answer, *methods: str) -> Behaviour:
    """This answer for the manifest, to those who may have it."""
    return lambda asked: (
        answer
        if asked.path == MANIFEST and not by_password(asked) and (not methods or asked.method in methods)
        else None
    )


def served(body: bytes, kind: str = TINY.media_type, *headers: tuple[str, str]) -> Behaviour:
    """These bytes for the manifest."""
    return manifest(Answer(200, body, (("Content-Type", kind), *headers)))


def said_otherwise(method: str, name: str, value: str, *, below: str = "/manifests/") -> Rows:
    """Answers to this method below a part of the repository say something else in this header."""
    usual = image_of(TINY)

    def behave(asked: Asked) -> Answer | None:
        if by_password(asked) or below not in asked.path or method not in (asked.method, "*"):
            return None
        answer = usual(asked)
        kept = tuple(pair for pair in answer.headers if pair[0] != name) if answer else ()
        return replace(answer, headers=(*kept, (name, value))) if answer and answer.status == 200 else None

    return with_password(behave)


def listing(**changes: Any) -> Rows:
    """An index with one entry, for amd64 but for the changes."""
    root, behave = index(("amd64", TINY))
    document = json.loads(root.manifest)
    for name, value in changes.items():
        where = document["manifests"][0] if name == "size" else document["manifests"][0]["platform"]
        where[name] = value
    changed = replace(root, manifest=json.dumps(document).encode())
    return lambda _: [by_password, only_found(image_of(changed)), behave]


def only_found(behaviour: Behaviour) -> Behaviour:
    """The behaviour as far as it has what is asked for."""

    def behave(asked: Asked) -> Answer | None:
        answer = behaviour(asked)
        return answer if answer and answer.status == 200 else None

    return behave


def ping(answer: Answer) -> Behaviour:
    """This answer for GET /v2/."""
    return at("/v2/", answer)


def everywhere(answer: Answer) -> Rows:
    """Whatever is asked for, this is the answer."""
    return lambda _: [lambda _asked: answer]


def without_ping_header(asked: Asked) -> Answer | None:
    """GET /v2/ names no version, which is what most registries do by now."""
    answer = by_password(asked) or Answer(200, b"{}")
    return replace(answer, headers=(*answer.headers, (VERSION, ""))) if asked.path == "/v2/" else None


def jwt(*access: dict[str, Any]) -> str:
    """A token that says what it grants."""
    claims = urlsafe_b64encode(json.dumps({"access": access}).encode()).rstrip(b"=").decode()
    return f"eyJhbGciOiJub25lIn0.{claims}.c2ln"


def arm() -> Image:
    return tiny_image("arm64")


def many_layers() -> Image:
    return tiny(layers=[DOCUMENT["layers"][0]] * 130)


def schema_1() -> bytes:
    return json.dumps({"schemaVersion": 1, "name": "team/model", "tag": "v1", "fsLayers": [], "history": []}).encode()


def changed_layer(**changes: Any) -> Image:
    return tiny(layers=[{**DOCUMENT["layers"][0], **changes}])


def zstd() -> Image:
    layer = {**DOCUMENT["layers"][0], "mediaType": "application/vnd.oci.image.layer.v1.tar+zstd"}
    return tiny(mediaType=OCI, layers=[layer])


def untyped(kind: str) -> Image:
    """The manifest does not say what it is; Content-Type does."""
    document = {name: value for name, value in DOCUMENT.items() if name != "mediaType"}
    return Image(json.dumps(document).encode(), TINY.blobs, kind)


def issued(*, begins: int = -1, ends: int = 60) -> Callable[[Authority, str], Certificate]:
    """A certificate that is valid from and until these days, counted from today."""
    now = datetime.now(UTC)
    return lambda authority, name: authority.issue(
        name, begins=now + timedelta(days=begins), ends=now + timedelta(days=ends)
    )


def demanding(context: ssl.SSLContext) -> None:
    """Ask for a client certificate, and insist."""
    context.verify_mode = ssl.CERT_REQUIRED


def only(version: ssl.TLSVersion) -> Configure:
    """Speak this version of TLS alone."""

    def configure(context: ssl.SSLContext) -> None:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version

    return configure


def reversed_chain(authority: Authority, name: str) -> Certificate:
    made = authority.issue(name)
    return replace(made, chain=(made.chain[0], authority.root, *made.chain[1:]))

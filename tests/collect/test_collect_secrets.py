"""What a registry may repeat of a password or a token, in whatever form, is nowhere in the evidence."""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from html import escape
from urllib.parse import quote, quote_plus

import pytest
import quirks
import trustme
from bench import BLOBS, GOOD, LAYERS, TINY, Bench, judged, told
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from quirks import MANIFEST, REGISTRY, TOKEN, Answer, Asked, Behaviour, Server, at, error, image_of

from pullcheck.collect.credentials import Credentials
from pullcheck.collect.forms import LONG, forms
from pullcheck.demo.image import Image
from pullcheck.evidence.credentials import Account, Source
from pullcheck.evidence.pull import ImagePull

SECRET = 'c4n4ry"pässword/+&<%'
USER = "robot-c4n4ry-42"
FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "percent": lambda text: quote(text, safe=""),
    "percent-lower": lambda text: quote(text, safe="").lower(),
    "plus": quote_plus,
    "json": lambda text: json.dumps(text)[1:-1],
    "html": escape,
    "base64": lambda text: b64encode(text.encode()).decode(),
    "base64-shifted": lambda text: b64encode(f"x{text}y".encode()).decode(),
    "base64-twice-shifted": lambda text: b64encode(f"xy{text}".encode()).decode(),
    "base64-url": lambda text: urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "hex": lambda text: text.encode().hex(),
}


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def registry(authority: trustme.CA) -> Iterator[Server]:
    with quirks.serving(authority) as server:
        yield server


def mine() -> Credentials:
    return Credentials(Account(Source.FUNCTION), USER, SECRET)


def door(asked: Asked) -> Answer | None:
    good = asked.authorization == mine().basic
    return None if good else error(401, "UNAUTHORIZED", "no", ("WWW-Authenticate", 'Basic realm="x"'))


def header(text: str) -> str:
    return "".join(one for one in text.encode().decode("latin-1") if one.isprintable())


def kept(pull: ImagePull) -> str:
    """All of the evidence, as it is written, and as JSON spells it."""
    text = TypeAdapter(ImagePull).dump_json(pull).decode()
    return text + json.dumps(json.loads(text))


def places(text: str, asked: Asked) -> list[list[Behaviour]]:
    """Where a registry can repeat it."""
    told_so = error(403, "DENIED", f"not for {text}!", ("Server", header(text)), ("Retry-After", header(text)))
    asks = ("WWW-Authenticate", header(f'Bearer realm="https://{asked.host}/{quote(text)}",service="{text}"'))
    xml = Answer(403, f"<Error><Code>AccessDenied</Code><Message>{text}</Message></Error>".encode())
    page = Answer(502, f"<title>{text}</title>".encode(), (("Content-Type", "text/html"),))
    led = Answer(
        307, headers=(("Location", f"https://{asked.host}/{quote(text)}/{text.encode().hex()}?p={quote(text)}"),)
    )
    far = Answer(307, headers=(("Location", f"https://{text.encode().hex()[:60]}.invalid/"),))
    named = Answer(200, TINY.manifest, (("Content-Type", f"application/{text.encode().hex()}"),))
    digest = Answer(200, TINY.manifest, (("Docker-Content-Digest", f"x:{(text.encode().hex() * 2)[:128]}"),))
    first, second = (BLOBS + layer for layer in LAYERS)
    tags = Answer(200, json.dumps({"tags": [text]}).encode())
    return [
        [at(MANIFEST, told_so)],
        [at(MANIFEST, error(401, "UNAUTHORIZED", text, asks))],
        [at(MANIFEST, led)],
        [at(MANIFEST, named), at(first, xml), at(second, page)],
        [at(MANIFEST, digest), at(first, led), at(second, far)],
        [at(MANIFEST, error(404, "MANIFEST_UNKNOWN")), at(f"/v2/{quirks.REPOSITORY}/tags/list", tags)],
    ]


BASIC = mine().basic.removeprefix("Basic ")


@pytest.mark.parametrize(("what", "form"), [*((SECRET, form) for form in FORMS), (BASIC, "plain")])
def test_what_a_registry_repeats(authority: trustme.CA, registry: Server, what: str, form: str) -> None:
    text = FORMS[form](what)
    bench = Bench(authority, timeout=1)
    for number in range(len(places(text, Asked("GET", "", {}, None, None, None)))):

        def repeat(asked: Asked, number: int = number) -> Answer | None:
            found = (one(asked) for one in places(text, asked)[number])
            return next(filter(None, found), None) if asked.authorization else None

        registry.behaviours = [door, repeat, image_of(TINY)]
        found = kept(bench.pull(registry, mine()))

        assert text not in found
        assert SECRET not in found
        assert "pässword" not in found


def test_login_that_is_refused_and_repeated(authority: trustme.CA, registry: Server) -> None:
    def parrot(asked: Asked) -> Answer:
        said = f"{asked.authorization} is wrong: {SECRET}"
        return error(401, "UNAUTHORIZED", said, ("WWW-Authenticate", 'Basic realm="x"'), ("Server", header(said)))

    registry.behaviours = [parrot]
    pull = Bench(authority).pull(registry, mine())

    assert told(judged(pull))["auth.credentials-accepted"] == ["auth.basic-rejected"]
    assert "c4n4ry" not in kept(pull)
    assert mine().basic.removeprefix("Basic ") not in kept(pull)


def test_token_that_its_own_answer_repeats(authority: trustme.CA, registry: Server) -> None:
    realm = f"https://{REGISTRY}:{registry.port}/token"
    answer = {"token": TOKEN, "refresh_token": "r3fr3sh-c4n4ry", "expires_in": 300}
    headers = (("Server", TOKEN), ("Content-Type", f"text/{TOKEN}"), ("Retry-After", "r3fr3sh-c4n4ry"))
    service = at("/token", Answer(200, json.dumps(answer).encode(), headers))
    parrot = at(BLOBS + LAYERS[0], error(404, "BLOB_UNKNOWN", "r3fr3sh-c4n4ry"))
    registry.behaviours = [service, quirks.by_token(realm), parrot, image_of(TINY)]
    found = kept(Bench(authority).pull(registry, mine()))

    assert TOKEN not in found
    assert "r3fr3sh" not in found


def test_secret_in_what_the_image_says_of_itself(authority: trustme.CA, registry: Server) -> None:
    password = "s3cret-entrypoint"
    config = {"os": "linux", "architecture": password, "config": {"Entrypoint": [f"/{password}"], "Cmd": [password]}}
    image = quirks.tiny(artifactType=f"application/{password}", annotations={password: password})
    blobs = {**image.blobs, json.loads(image.manifest)["config"]["digest"]: json.dumps(config).encode()}
    registry.behaviours = [image_of(Image(image.manifest, blobs, image.media_type))]

    def ask(asked: Asked) -> Answer | None:
        return None if asked.authorization else error(401, "NO", "no", ("WWW-Authenticate", 'Basic realm="x"'))

    registry.behaviours.insert(0, ask)
    pull = Bench(authority).pull(registry, Credentials(Account(Source.FUNCTION), "somebody", password))

    assert pull.images
    assert password not in kept(pull)


@pytest.mark.parametrize("name", ["docker", "a", "distribution", "application", "linux", "team", "registry", "amd64"])
def test_names_that_are_found_everywhere_break_nothing(authority: trustme.CA, registry: Server, name: str) -> None:
    credentials = Credentials(Account(Source.FUNCTION), name, name)
    given_so = {"authorization": credentials.basic}

    def ask(asked: Asked) -> Answer | None:
        good = asked.authorization == given_so["authorization"]
        return None if good else error(401, "NO", "no", ("WWW-Authenticate", 'Basic realm="x"'))

    registry.behaviours = [ask, image_of(TINY)]

    assert told(judged(Bench(authority).pull(registry, credentials))) == GOOD


@given(st.text(min_size=LONG, max_size=40), st.text(max_size=7), st.text(max_size=7))
def test_every_form_is_found_wherever_it_stands(secret: str, before: str, after: str) -> None:
    if any("\ud800" <= one <= "\udfff" for one in secret + before + after):
        return
    known = forms(secret)
    for text in (
        secret,
        quote(secret, safe=""),
        quote(secret, safe="").lower() if secret.isascii() and secret == secret.lower() else secret,
        json.dumps(secret)[1:-1],
        escape(secret),
        b64encode(f"{before}{secret}{after}".encode()).decode(),
        urlsafe_b64encode(f"{before}{secret}{after}".encode()).decode(),
    ):
        assert any(one in f"{before}{text}{after}" for one in known)

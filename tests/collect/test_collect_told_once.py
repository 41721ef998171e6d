"""One broken thing is told once: what follows from it waits for it, and what is not the image says nothing of it."""

import json
from collections.abc import Iterator

import makes
import pytest
import quirks
import trustme
from bench import BLOBS, LAYERS, TINY, Bench, given, judged, on_trial, told
from quirks import MANIFEST, PASSWORD, REGISTRY, USERNAME, Answer, Asked, Server, at, error, image_of, tiny

from pullcheck import Verdict
from pullcheck.demo.image import Image, digest_of

AUTH, EXISTS, KINDS, PLATFORM, PARTS, FITS, STEADY = (
    "auth.credentials-accepted",
    "image.exists",
    "image.media-types",
    "image.platform",
    "image.layers-present",
    "image.fits",
    "registry.answers-steadily",
)
CONFIG = json.loads(TINY.manifest)["config"]["digest"]
PAGE = Answer(200, b"<title>Sign in</title>", (("Content-Type", "text/html"),))


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def bench(authority: trustme.CA) -> Bench:
    return Bench(authority)


@pytest.fixture
def registry(authority: trustme.CA) -> Iterator[Server]:
    with quirks.serving(authority) as server:
        yield server


def waits(found: dict[str, list[Verdict]], *checks: str) -> list[str | None]:
    """For what the only verdict of each of these checks waits."""
    return [one.blocked_by for check in checks for one in found[check] if one.status == "unknown"]


def test_a_sign_in_page_is_no_image_and_needs_no_credentials_taken_out(bench: Bench, registry: Server) -> None:
    registry.behaviours = [lambda _asked: PAGE]
    found = judged(bench.pull(registry))

    assert waits(found, AUTH, EXISTS) == [KINDS] * 2
    assert waits(found, PLATFORM, PARTS, FITS, STEADY) == [EXISTS] * 4
    [fault] = found[KINDS]
    assert fault.explained_by == "registry.api-v2"
    assert "it is a web page" in fault.because


def test_a_page_without_title_is_told_from_an_answer(bench: Bench, registry: Server) -> None:
    nameless = Answer(200, b"<p>no</p>", (("Content-Type", "text/html"),))
    registry.behaviours = [at(MANIFEST, nameless), image_of(TINY)]

    assert "answers 200 with a web page in the manifest's place" in judged(bench.pull(registry))[EXISTS][0].because


@pytest.mark.parametrize("altered", [b"{}", json.dumps({"os": "linux", "architecture": "arm64"}).encode()])
def test_another_configuration_says_nothing_of_the_image(bench: Bench, registry: Server, altered: bytes) -> None:
    registry.behaviours = [at(BLOBS + CONFIG, Answer(200, altered)), quirks.by_password, image_of(TINY)]
    found = judged(bench.pull(registry))

    assert told(found)[PARTS] == ["img.digest-mismatch"]
    assert waits(found, PLATFORM, FITS) == [PARTS] * 2


def test_configuration_and_layers_that_fail_alike_are_one_finding(bench: Bench, registry: Server) -> None:
    registry.behaviours = [
        lambda asked: error(403, "DENIED") if "/blobs/" in asked.path else None,
        quirks.by_password,
        image_of(TINY),
    ]
    [verdict] = judged(bench.pull(registry))[PARTS]

    assert verdict.because.startswith("the configuration and 2 of 2 layers, e.g. GET ")


def test_one_layer_that_fails_is_named_alone(bench: Bench, registry: Server) -> None:
    registry.behaviours = [at(BLOBS + LAYERS[1], error(404, "BLOB_UNKNOWN")), quirks.by_password, image_of(TINY)]
    [verdict] = judged(bench.pull(registry))[PARTS]

    assert verdict.because.startswith("GET ")
    assert LAYERS[1] in verdict.because


def test_what_a_limit_keeps_back_waits_for_it_and_is_quoted(bench: Bench, registry: Server) -> None:
    registry.behaviours = [quirks.by_password, at(MANIFEST, error(429, "TOOMANYREQUESTS", "pull limit of 100"))]
    registry.behaviours += [image_of(TINY)]
    found = judged(bench.pull(registry))

    assert waits(found, EXISTS) == [STEADY]
    assert "pull limit of 100" in found[STEADY][0].because


def test_a_manifest_refused_without_a_challenge_waits_for_it(bench: Bench, registry: Server) -> None:
    registry.behaviours = [lambda asked: Answer(401) if quirks.by_password(asked) else None, image_of(TINY)]

    assert waits(judged(bench.pull(registry)), AUTH) == ["auth.challenge"]


def test_a_token_service_that_fails_is_no_unsteady_registry(bench: Bench, registry: Server) -> None:
    def ask(asked: Asked) -> Answer | None:
        return makes.asking(f'Bearer realm="https://{asked.host}/token",service="r"')(asked)

    registry.behaviours = [at("/token", error(500, "UNKNOWN", "no directory")), ask, image_of(TINY)]

    assert told(judged(bench.pull(registry)))[STEADY] == ["unknown"]


def test_a_chart_gets_no_advice_for_images(bench: Bench, registry: Server) -> None:
    document = json.loads(TINY.manifest)
    helm = {**document["config"], "mediaType": "application/vnd.cncf.helm.config.v1+json"}
    chart = tiny(mediaType="application/vnd.oci.image.manifest.v1+json", config=helm)
    registry.behaviours = [quirks.by_password, image_of(chart)]

    assert told(judged(bench.pull(registry)))[KINDS] == ["img.not-a-runnable-image"]


def test_accept_that_is_dropped_is_known_by_what_the_reference_registry_answers(bench: Bench, registry: Server) -> None:
    registry.behaviours = [quirks.by_password, at(MANIFEST, error(400, "MANIFEST_INVALID", "manifest invalid"))]
    registry.behaviours += [image_of(TINY)]

    assert told(judged(bench.pull(registry)))[EXISTS] == ["reg.accept-header-stripped"]


def test_the_path_that_the_registry_has_stands_in_the_fix(bench: Bench, registry: Server) -> None:
    catalog = at("/v2/_catalog", Answer(200, b'{"repositories": ["docker-local/team/model"]}'))
    artifactory = ("X-JFrog-Version", "Artifactory/7.98.9")
    registry.behaviours = [quirks.by_password, catalog, makes.of_make(*artifactory, 404, below="/v2/team/")]
    [verdict] = judged(bench.pull(registry))[EXISTS]

    assert verdict.fix
    assert f"name {REGISTRY}:{registry.port}/docker-local/team/model:v1 in Image" in verdict.fix.summary


def test_the_bucket_that_refuses_stands_in_the_fix(bench: Bench, authority: trustme.CA, registry: Server) -> None:
    host = "layers.s3.us-east-1.amazonaws.com"
    with quirks.serving(authority, lambda _asked: Answer(403, b"<Error/>"), names=(host,)) as store:
        registry.behaviours = [quirks.by_password, makes.moved_to(f"https://{host}:{store.port}", LAYERS)]
        registry.behaviours += [image_of(TINY)]
        [verdict] = judged(bench.pull(registry, also=((host, store.port),)))[PARTS]

    assert told({PARTS: [verdict]})[PARTS] == ["reg.blob-redirect-refused"]
    assert verdict.fix
    assert "s3:GetObject on the objects of bucket layers in the policy of the VPC's S3 endpoint" in verdict.fix.summary


def test_a_long_way_is_not_told_hop_by_hop(bench: Bench, registry: Server) -> None:
    def again(asked: Asked) -> Answer | None:
        return Answer(307, b"", (("Location", asked.path),)) if "/blobs/" in asked.path else None

    registry.behaviours = [quirks.by_password, again, image_of(TINY)]
    [verdict] = judged(bench.pull(registry))[PARTS]

    assert told({PARTS: [verdict]})[PARTS] == ["reg.redirects-endless"]
    assert " -> 8 more -> " in verdict.because


def test_plain_http_to_the_machine_itself_is_told_as_that(bench: Bench, registry: Server) -> None:
    away = Answer(307, b"", (("Location", "http://169.254.169.254/latest/meta-data/"),))
    registry.behaviours = [
        lambda asked: away if "/blobs/" in asked.path else None,
        quirks.by_password,
        image_of(TINY),
    ]

    assert told(judged(bench.pull(registry)))[PARTS] == ["reg.blob-redirect-internal-name"]


@pytest.mark.parametrize(
    ("username", "password", "words"),
    [
        (USERNAME, f"{PASSWORD}\n", "the password ends with a newline"),
        (USERNAME, f" {PASSWORD}", "the password begins or ends with blank space"),
        (f"{USERNAME}\r\n", PASSWORD, "the user name ends with a newline"),
    ],
)
def test_which_value_has_what_nobody_sees(
    bench: Bench, registry: Server, username: str, password: str, words: str
) -> None:
    registry.behaviours = [quirks.by_password, image_of(TINY)]
    [verdict] = judged(bench.pull(registry, given(username, password)))[AUTH]

    assert verdict.because.endswith(words)


def test_credentials_on_trial_are_mended_where_they_came_from(bench: Bench, registry: Server) -> None:
    refusing = error(401, "UNAUTHORIZED", "no", quirks.BASIC)
    registry.behaviours = [lambda asked: refusing, image_of(Image(b"{}", {digest_of(b""): b""}))]
    verdict = judged(bench.pull(registry, on_trial()), provider=None)[AUTH][0]

    assert verdict.fix
    assert "PULLCHECK_REGISTRY_USERNAME" in verdict.fix.summary


@pytest.mark.parametrize(("left", "said"), [("3;w=21600", ["reg.rate-limited warning"]), ("97;w=21600", ["pass"])])
def test_few_requests_left_are_worth_a_word(bench: Bench, registry: Server, left: str, said: list[str]) -> None:
    registry.behaviours = [quirks.by_password, image_of(TINY, RateLimit_Remaining=left)]
    found = judged(bench.pull(registry))

    assert told(found)[STEADY] == said
    assert f"RateLimit-Remaining: {left}" in found[STEADY][0].because

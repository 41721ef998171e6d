"""Whole pulls from servers that behave as real registries do, and what the checks make of each."""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator

import pytest
import quirks
import trustme
from bench import BLOBS, GOOD, LAYERS, TINY, TOKENS, Bench, given, judged, nobody, on_trial, told
from quirks import MANIFEST, PASSWORD, REGISTRY, TOKEN, USERNAME, Answer, Behaviour, Server, at, error, image_of

from pullcheck import NotObserved, Unavailable
from pullcheck.collect.credentials import Credentials
from pullcheck.collect.pull import image_pull, machines
from pullcheck.collect.registry import ping, registry_seen
from pullcheck.demo.image import Image, tiny_image
from pullcheck.evidence.credentials import Account, Source
from pullcheck.evidence.placement import Registry
from pullcheck.evidence.pull import Machine, Machines
from pullcheck.evidence.tls import PublicRoots
from pullcheck.image_reference import parse
from pullcheck.settings import Resolve, Settings
from pullcheck.target import Model, Target, TargetKind, Variant
from pullcheck.vantage import Outcome
from pullcheck.vantage.here import Here

GRAVITON = Machines((Machine("all", "ml.c7g.large", "arm64"),))


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


def test_basic_credentials_and_a_good_image_pass_with_proofs(bench: Bench, registry: Server) -> None:
    registry.behaviours = [quirks.by_password, image_of(TINY)]
    found = judged(bench.pull(registry))

    assert told(found) == GOOD
    assert TINY.digest in found["image.exists"][0].because
    assert "linux/amd64" in found["image.platform"][0].because
    assert "all 2 layers" in found["image.layers-present"][0].because


def test_manifest_is_asked_for_as_clients_do(bench: Bench, registry: Server) -> None:
    registry.behaviours = [quirks.by_password, image_of(TINY)]
    bench.pull(registry)
    first, head = registry.requests(MANIFEST)
    [get] = registry.requests(MANIFEST.removesuffix("v1") + TINY.digest)

    assert [(one.method, bool(one.authorization)) for one in (first, head, get)] == [
        ("HEAD", False),
        ("HEAD", True),
        ("GET", True),
    ]
    assert [len(one.accepts) for one in (first, head, get)] == [1, 4, 1]
    assert ", ".join(head.accepts) == get.accept == first.accept


def test_wrong_password_is_tried_once(bench: Bench, registry: Server) -> None:
    registry.behaviours = [quirks.by_password, image_of(TINY)]
    wrong = Credentials(Account(Source.FUNCTION), USERNAME, "wrong")
    first, second = bench.pull(registry, wrong), bench.pull(registry, wrong)

    assert told(judged(first))["auth.credentials-accepted"] == ["auth.basic-rejected"]
    assert told(judged(first))["image.exists"] == ["unknown"]
    assert judged(first)["image.exists"][0].blocked_by == "auth.credentials-accepted"
    assert first == second
    assert len([one for one in registry.asked if one.authorization]) == 1


def test_no_credentials_at_hand_is_unknown_and_says_how(bench: Bench, registry: Server) -> None:
    registry.behaviours = [quirks.by_password, image_of(TINY)]
    missing = Credentials(Account(Source.NOBODY, "the credentials are not at hand", "add --invoke-function"))
    found = judged(bench.pull(registry, missing))

    assert {status for one in told(found).values() for status in one} == {"not-applicable", "unknown"}
    assert "--invoke-function" in found["auth.credentials-accepted"][0].because


def test_registry_that_asks_and_a_container_without_function(bench: Bench, registry: Server) -> None:
    registry.behaviours = [quirks.by_password, image_of(TINY)]
    anonymous = judged(bench.pull(registry, nobody()), provider=None)
    environment = told(judged(bench.pull(registry, on_trial()), provider=None))

    assert told(anonymous)["auth.credentials-accepted"] == ["cfg.auth-needed-not-configured"]
    assert environment["auth.credentials-accepted"] == ["pass", "cfg.auth-needed-not-configured"]


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("public", [False, True])
def test_credentials_on_trial_do_not_hide_what_sagemaker_meets(
    bench: Bench, registry: Server, late: bool, public: bool
) -> None:
    realm = f"https://{REGISTRY}:{registry.port}/token"
    anybody = at("/token", Answer(200, json.dumps({"token": TOKEN}).encode()), "GET")
    tokens = anybody if public else quirks.token_service()
    root = [at("/v2/", Answer(200, b"{}"))] if late else []
    registry.behaviours = [tokens, *root, quirks.by_token(realm), image_of(TINY)]
    found = told(judged(bench.pull(registry, on_trial()), provider=None))

    wanted = ["pass", *([] if public else ["cfg.auth-needed-not-configured"])]
    assert found["auth.credentials-accepted"] == wanted + ["auth.challenge-only-on-manifest warning"] * late


def test_realm_with_a_key_is_asked_in_full_and_kept_without(bench: Bench, registry: Server) -> None:
    realm = f"https://{REGISTRY}:{registry.port}/token?key=k3y-c4n4ry"
    registry.behaviours = [quirks.token_service(), quirks.by_token(realm), image_of(TINY)]
    pull = bench.pull(registry)

    assert told(judged(pull)) == TOKENS
    assert registry.requests("/token")[0].query["key"] == ["k3y-c4n4ry"]
    assert "k3y" not in repr(pull)


def test_registry_that_asks_for_nothing(bench: Bench, registry: Server) -> None:
    registry.behaviours = [image_of(TINY)]

    with_function = told(judged(bench.pull(registry)))
    without = told(judged(bench.pull(registry, nobody()), provider=None))

    assert with_function == {**GOOD, "auth.credentials-accepted": ["cfg.auth-configured-needlessly warning"]}
    assert without == {**GOOD, "auth.credentials-accepted": ["not-applicable"]}
    assert not [one for one in registry.asked if one.authorization]


def test_challenge_that_comes_with_the_manifest_only(bench: Bench, registry: Server) -> None:
    registry.behaviours = [at("/v2/", Answer(200, b"{}")), quirks.by_password, image_of(TINY)]

    assert told(judged(bench.pull(registry)))["auth.credentials-accepted"] == [
        "pass",
        "auth.challenge-only-on-manifest warning",
    ]


def test_late_challenge_tries_a_wrong_password_once(bench: Bench, registry: Server) -> None:
    registry.behaviours = [at("/v2/", Answer(200, b"{}")), quirks.by_password, image_of(TINY)]
    wrong = Credentials(Account(Source.FUNCTION), USERNAME, "wrong")
    found = [told(judged(bench.pull(registry, wrong))) for _ in range(2)]

    assert [one["auth.credentials-accepted"][0] for one in found] == ["auth.basic-rejected"] * 2
    assert len([one for one in registry.asked if one.authorization]) == 1


def test_account_without_the_right_to_pull(bench: Bench, registry: Server) -> None:
    registry.behaviours = [quirks.by_password, at(MANIFEST, error(403, "DENIED", "no access")), image_of(TINY)]
    found = judged(bench.pull(registry))

    assert told(found)["auth.credentials-accepted"] == ["auth.no-pull-on-repo"]
    assert "DENIED: no access" in found["auth.credentials-accepted"][0].because
    assert told(found)["image.layers-present"] == ["unknown"]


def jwt(*access: dict[str, object]) -> str:
    body = urlsafe_b64encode(json.dumps({"access": access}).encode()).decode().rstrip("=")
    return f"e30.{body}.c2ln"


PULL: dict[str, object] = {"type": "repository", "name": quirks.REPOSITORY, "actions": ["pull"]}


@pytest.mark.parametrize("same_host", [True, False])
def test_token_from_the_registry_or_another_host(
    bench: Bench, registry: Server, authority: trustme.CA, same_host: bool
) -> None:
    with quirks.serving(authority, quirks.token_service(), names=("auth.example.com",)) as other:
        realm = f"https://{REGISTRY}:{registry.port}/token"
        if not same_host:
            realm = f"https://auth.example.com:{other.port}/token"
        registry.behaviours = [quirks.token_service(), quirks.by_token(realm), image_of(TINY)]
        pull = bench.pull(registry, also=(("auth.example.com", other.port),))
        asked = (registry if same_host else other).requests("/token")

    assert told(judged(pull)) == TOKENS
    wanted = {"service": ["lab, registry"], "scope": [f"repository:{quirks.REPOSITORY}:pull"]}
    assert [one.method for one in asked] == ["GET", "POST"]
    assert asked[0].query == wanted
    assert {key: asked[1].form[key] for key in wanted} == wanted
    assert [met.name for met in pull.met] == ([] if same_host else ["auth.example.com"])


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        ({"access_token": TOKEN}, "pass"),
        ({"token": TOKEN, "expires_in": 300, "issued_at": "2026-01-31T12:00:00.5Z"}, "pass"),
        ({"refresh_token": TOKEN}, "auth.token-field-missing"),
        ({}, "auth.token-field-missing"),
        ({"token": TOKEN, "expires_in": "300"}, "auth.token-answer-malformed"),
        ({"token": TOKEN, "expires_in": 3e2}, "auth.token-answer-malformed"),
        ({"token": TOKEN, "issued_at": ""}, "auth.token-answer-malformed"),
        ({"token": f"{TOKEN}\r\nX: y"}, "auth.token-answer-malformed"),
        ({"token": "another-c4n4ry"}, "auth.token-without-pull"),
        ({"token": jwt()}, "auth.token-without-pull"),
        ({"token": jwt({**PULL, "name": "team/other"})}, "auth.token-without-pull"),
        ({"token": jwt(PULL)}, "auth.token-audience-or-clock"),
    ],
)
def test_answers_of_token_services(bench: Bench, registry: Server, answer: dict[str, object], cause: str) -> None:
    realm = f"https://{REGISTRY}:{registry.port}/token"
    registry.behaviours = [quirks.token_service(answer), quirks.by_token(realm), image_of(TINY)]

    assert told(judged(bench.pull(registry)))["auth.credentials-accepted"] == [cause]


@pytest.mark.parametrize(
    ("answer", "cause", "realm"),
    [
        (error(401, "UNAUTHORIZED"), "auth.basic-rejected", "pass"),
        (error(403, "DENIED"), "auth.no-pull-on-repo", "pass"),
        (Answer(405), "auth.token-post-only", "pass"),
        (Answer(200, b"<html><title>Sign in", (("Content-Type", "text/html"),)), "auth.token-field-missing", "pass"),
        (Answer(503), "unknown", "auth.idp-down"),
    ],
)
def test_refusals_of_token_services(bench: Bench, registry: Server, answer: Answer, cause: str, realm: str) -> None:
    url = f"https://{REGISTRY}:{registry.port}/token"
    registry.behaviours = [at("/token", answer), quirks.by_token(url), image_of(TINY)]
    found = judged(bench.pull(registry))

    assert told(found)["auth.credentials-accepted"] == [cause]
    assert told(found)["auth.token-realm"] == [realm]
    assert told(found)["image.exists"] == ["unknown"]
    asked = [one.method for one in registry.requests("/token")]
    assert asked == {503: ["GET", "GET"], 401: ["GET"], 403: ["GET"]}.get(answer.status, ["GET", "POST"])


def test_token_service_with_a_private_certificate_gets_no_password(bench: Bench, registry: Server) -> None:
    with quirks.serving(trustme.CA(), quirks.token_service(), names=("auth.example.com",)) as other:
        registry.behaviours = [quirks.by_token(f"https://auth.example.com:{other.port}/token"), image_of(TINY)]
        found = judged(bench.pull(registry, also=(("auth.example.com", other.port),)))

    assert told(found)["auth.token-realm"] == ["auth.realm-private-certificate"]
    assert found["auth.credentials-accepted"][0].blocked_by == "auth.token-realm"
    assert not other.asked


@pytest.mark.parametrize("realm", ["http://auth.example.com/token", "/token"])
def test_realm_without_tls_gets_no_password(bench: Bench, registry: Server, realm: str) -> None:
    registry.behaviours = [quirks.by_token(realm), image_of(TINY)]
    found = judged(bench.pull(registry))

    assert found["auth.credentials-accepted"][0].blocked_by == "auth.challenge"
    assert not [one for one in registry.asked if one.authorization]


def test_nothing_is_sent_to_a_registry_that_does_not_verify(authority: trustme.CA) -> None:
    with quirks.serving(trustme.CA(), quirks.by_password, image_of(TINY)) as server, pytest.raises(NotObserved) as seen:
        Bench(authority).pull(server)

    assert seen.value.unavailable.blocked_by == "tls.public-ca"
    assert {one.path for one in server.asked} == {"/v2/"}
    assert not any(one.authorization for one in server.asked)


def test_machines_are_those_of_the_models_variants() -> None:
    model = Model("m", None, None, ())
    variants = (
        Variant("a", "m", ("ml.m5.large", "ml.c7g.large")),
        Variant("b", None, ("ml.g5.xlarge",)),
        Variant("c", "other", ("ml.c6g.large",)),
        Variant("d", "m", serverless=True),
    )
    found = machines.function(Target(TargetKind.REQUEST, "m", "m.json", None, (model,), variants), model)

    assert [one.architecture for one in found.machines] == ["amd64", "arm64", "amd64"]
    assert found.architectures == ("amd64", "arm64")


def test_registry_that_does_not_answer_is_not_pulled_from(authority: trustme.CA) -> None:
    here, settings = Here("inside", "", 1.0), Settings(resolve=(Resolve(REGISTRY, 1, "127.0.0.1"),))
    found = ping.function(registry_seen.function(Registry(REGISTRY, 1), here, settings), here)
    roots = PublicRoots("lab", authority.cert_pem.bytes().decode())
    pull = image_pull.function(parse(f"{REGISTRY}:1/a:b"), found, roots, given(), Machines(()), settings, here)

    assert isinstance(pull, Unavailable)
    assert pull.blocked_by == "registry.api-v2"


SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1+prettyjws"
OCI = "application/vnd.oci.image.manifest.v1+json"
CONFIG = {"mediaType": "application/vnd.cncf.helm.config.v1+json", "digest": LAYERS[0], "size": 1}
LAYER = {"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": LAYERS[0], "size": 126}


def layered(suffix: str) -> Image:
    return quirks.tiny(layers=[{**LAYER, "mediaType": LAYER["mediaType"] + suffix}])


@pytest.mark.parametrize(
    ("image", "causes"),
    [
        (quirks.tiny(mediaType=None), ["pass", "img.media-type-in-content warning"]),
        (quirks.tiny(mediaType=OCI), ["pass", "img.oci-media-type warning"]),
        (quirks.tiny(mediaType=SCHEMA_1, schemaVersion=1), ["img.schema1"]),
        (quirks.tiny(mediaType="application/json"), ["img.media-type-unknown"]),
        (quirks.tiny(config=CONFIG), ["img.not-a-runnable-image"]),
        (Image(b"<html>", {}, OCI), ["img.manifest-unreadable"]),
        (Image(b"{}", {}, OCI), ["img.manifest-unreadable"]),
        (Image(b"[" * 100_000, {}, OCI), ["img.manifest-unreadable"]),
        (layered("+zstd"), ["pass", "img.zstd-layers warning"]),
        (layered("+gzip+encrypted"), ["img.encrypted-layers"]),
        (quirks.tiny(layers=[{**LAYER, "urls": ["https://x.example.com/"]}]), ["img.windows-or-foreign-layers"]),
        (quirks.tiny(annotations={"a": "x" * 5_000_000}), ["pass", "img.manifest-too-large warning"]),
        (quirks.tiny(annotations={"a": "x" * 9_000_000}), ["unknown", "img.manifest-too-large warning"]),
    ],
    ids=str,
)
def test_kinds_of_manifests(bench: Bench, registry: Server, image: Image, causes: list[str]) -> None:
    registry.behaviours = [image_of(image)]

    assert told(judged(bench.pull(registry)))["image.media-types"] == causes


def test_content_type_with_parameters_and_without_digest_header(bench: Bench, registry: Server) -> None:
    registry.behaviours = [image_of(TINY, Content_Type=f"{TINY.media_type}; charset=utf-8", Docker_Content_Digest="")]
    found = told(judged(bench.pull(registry)))

    assert (found["image.media-types"], found["image.layers-present"]) == (["pass"], ["pass"])


@pytest.mark.parametrize(
    ("status", "remark"),
    [(405, []), (403, ["reg.head-not-supported warning"]), (404, ["reg.head-not-supported warning"])],
)
def test_head_that_is_refused(bench: Bench, registry: Server, status: int, remark: list[str]) -> None:
    registry.behaviours = [lambda asked: Answer(status) if asked.method == "HEAD" else None, image_of(TINY)]
    found = told(judged(bench.pull(registry)))

    assert found["image.exists"] == ["pass", *remark]
    assert found["image.layers-present"] == ["pass"]


def test_what_is_not_there(bench: Bench, registry: Server) -> None:
    registry.behaviours = [image_of(TINY, tag="v2")]
    tag = judged(bench.pull(registry))
    digest = judged(bench.pull(registry, reference="@sha256:" + "0" * 64))
    registry.behaviours = [at("/v2/", Answer(200, b"{}"))]
    repository = judged(bench.pull(registry))

    assert told(tag)["image.exists"] == ["img.tag-not-found"]
    assert "has v2" in tag["image.exists"][0].because
    assert told(digest)["image.exists"] == ["img.digest-collected"]
    assert told(repository)["image.exists"] == ["img.repo-not-found"]
    assert tag["image.platform"][0].blocked_by == "image.exists"


def test_digest_is_pulled_by_it(bench: Bench, registry: Server) -> None:
    registry.behaviours = [image_of(TINY)]

    assert told(judged(bench.pull(registry, reference=f"@{TINY.digest}")))["image.layers-present"] == ["pass"]


ARM = tiny_image("arm64")


@pytest.mark.parametrize(
    ("image", "machines", "expected"),
    [
        (TINY, Machines(()), "pass"),
        (ARM, Machines(()), "img.no-amd64-for-x86-instance warning"),
        (ARM, GRAVITON, "pass"),
        (TINY, GRAVITON, "img.no-arm64-for-graviton"),
        (ARM, Machines((Machine("all", "ml.m5.large", "amd64"),)), "img.no-amd64-for-x86-instance"),
    ],
    ids=str,
)
def test_architecture_of_a_single_image(
    bench: Bench, registry: Server, image: Image, machines: Machines, expected: str
) -> None:
    registry.behaviours = [image_of(image)]

    assert told(judged(bench.pull(registry, machines=machines), machines))["image.platform"] == [expected]


def test_index_is_followed_to_the_wanted_image(bench: Bench, registry: Server) -> None:
    _, served = quirks.index(("amd64", TINY), ("arm64", ARM), attested=True)
    registry.behaviours = [served]
    both = Machines((*GRAVITON.machines, Machine("all", "ml.m5.large", "amd64")))
    found = told(judged(bench.pull(registry, machines=both), both))

    assert found["image.platform"] == ["pass", "pass"]
    assert found["image.layers-present"] == ["pass"]
    assert found["image.media-types"] == ["pass", "img.oci-index-with-attestations warning"]


def test_index_without_the_wanted_image(bench: Bench, registry: Server) -> None:
    _, served = quirks.index(("amd64", TINY))
    registry.behaviours = [served]
    both = Machines((*GRAVITON.machines, Machine("all", "ml.m5.large", "amd64")))

    assert told(judged(bench.pull(registry, machines=GRAVITON), GRAVITON))["image.platform"] == [
        "img.no-arm64-for-graviton"
    ]
    assert told(judged(bench.pull(registry, machines=both), both))["image.platform"] == [
        "img.mixed-instance-pools",
        "pass",
    ]


def test_index_whose_image_is_gone(bench: Bench, registry: Server) -> None:
    _, served = quirks.index(("amd64", TINY))
    gone = at(f"/v2/{quirks.REPOSITORY}/manifests/{TINY.digest}", error(404, "MANIFEST_UNKNOWN"))
    registry.behaviours = [gone, served]
    found = told(judged(bench.pull(registry)))

    assert found["image.layers-present"] == ["img.blob-missing"]
    assert found["image.media-types"] == ["unknown"]


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (error(404, "BLOB_UNKNOWN"), "img.blob-missing"),
        (error(403, "DENIED"), "img.blob-refused"),
        (Answer(200, b"not it"), "img.digest-mismatch"),
        (Answer(500), "unknown"),
    ],
)
def test_layers_that_do_not_come(bench: Bench, registry: Server, answer: Answer, cause: str) -> None:
    registry.behaviours = [at(BLOBS + LAYERS[1], answer), image_of(TINY)]
    found = judged(bench.pull(registry))

    assert told(found)["image.layers-present"] == [cause]
    assert LAYERS[1] in found["image.layers-present"][0].because


def test_altered_manifest_configuration_and_layer(bench: Bench, registry: Server) -> None:
    config = json.loads(TINY.manifest)["config"]["digest"]
    other = TINY.blobs[config].replace(b"amd64", b"amd46")
    registry.behaviours = [at(BLOBS + config, Answer(200, other)), image_of(TINY)]
    configuration = told(judged(bench.pull(registry)))
    registry.behaviours = [image_of(TINY, Docker_Content_Digest="sha256:" + "0" * 64)]
    manifest = told(judged(bench.pull(registry)))
    registry.behaviours = [at(BLOBS + LAYERS[0], Answer(200, TINY.blobs[LAYERS[0]][:-1] + b"!")), image_of(TINY)]
    layer = told(judged(bench.pull(registry)))

    for found in (configuration, layer):
        assert found["image.layers-present"] == ["img.digest-mismatch"]
    assert manifest["image.layers-present"] == ["img.digest-mismatch warning"]


def test_too_many_layers(bench: Bench, registry: Server) -> None:
    registry.behaviours = [image_of(quirks.tiny(layers=json.loads(TINY.manifest)["layers"] * 63))]
    pull = bench.pull(registry)

    assert told(judged(pull))["image.layers-present"] == ["img.too-many-layers"]
    assert len(pull.images[0].layers) == 2


@pytest.fixture
def store(authority: trustme.CA) -> Iterator[Server]:
    """A blob store of its own, where a signed GET is good and a HEAD is not."""

    def behave(asked: quirks.Asked) -> Answer:
        signed = asked.query.get("X-Signature") == ["s3cret-signature"] and not asked.authorization
        if not signed or asked.method == "HEAD":
            return Answer(403, b"<Error><Code>AccessDenied</Code></Error>", (("Content-Type", "application/xml"),))
        return Answer(200, TINY.blobs[asked.path.removeprefix("/")])

    with quirks.serving(authority, behave, names=("store.example.com",)) as server:
        yield server


def leading_to(url: str) -> Behaviour:
    """Redirect every layer there; ``{}`` is its digest."""

    def behave(asked: quirks.Asked) -> Answer | None:
        layer = asked.path.removeprefix(BLOBS)
        return Answer(307, headers=(("Location", url.format(layer)),)) if layer in LAYERS else None

    return behave


def test_redirects_are_followed_without_credentials(bench: Bench, registry: Server, store: Server) -> None:
    location = f"https://store.example.com:{store.port}/{{}}?X-Signature=s3cret-signature"
    registry.behaviours = [quirks.by_password, leading_to(location), image_of(TINY)]
    pull = bench.pull(registry, also=(("store.example.com", store.port),))
    found = judged(pull)

    assert told(found) == GOOD
    assert "by way of store.example.com" in found["image.layers-present"][0].because
    assert store.asked
    assert not any(one.authorization for one in store.asked)
    assert "s3cret" not in repr(pull)


def test_relative_redirect_keeps_credentials(bench: Bench, registry: Server) -> None:
    moved: Behaviour = lambda asked: (  # noqa: E731
        Answer(200, TINY.blobs[asked.path.removeprefix("/moved/")]) if asked.path.startswith("/moved/") else None
    )
    registry.behaviours = [quirks.by_password, moved, leading_to("/moved/{}"), image_of(TINY)]

    assert told(judged(bench.pull(registry))) == GOOD


@pytest.mark.parametrize(
    ("location", "causes"),
    [
        ("http://store.example.com/{}", ["reg.blob-redirect-to-http warning", "unknown"]),
        ("https://127.0.0.2/{}", ["reg.blob-redirect-internal-name"]),
        ("https://169.254.169.254/latest/meta-data/", ["reg.blob-redirect-internal-name"]),
        ("https://[::ffff:169.254.169.254]/", ["reg.blob-redirect-internal-name"]),
        ("https://[fd00:ec2::254]/", ["reg.blob-redirect-internal-name"]),
        ("https://2130706434/{}", ["reg.blob-redirect-internal-name"]),
        ("/v2/team/model/blobs/{}", ["reg.redirects-endless"]),
        ("https://store.example.com:PORT/{}", ["reg.blob-redirect-refused"]),
        ("https://store.example.com:1/{}", ["reg.blob-redirect-other-host"]),
        ("https://[::1", ["unknown"]),
    ],
)
def test_redirects_that_lead_nowhere(
    bench: Bench, registry: Server, store: Server, location: str, causes: list[str]
) -> None:
    registry.behaviours = [leading_to(location.replace("PORT", str(store.port))), image_of(TINY)]
    names = (("store.example.com", store.port), ("store.example.com", 1))

    assert told(judged(bench.pull(registry, also=names)))["image.layers-present"] == causes


def test_redirect_seen_from_outside_proves_nothing(authority: trustme.CA, registry: Server) -> None:
    registry.behaviours = [leading_to("https://registry.internal.invalid/{}"), image_of(TINY)]
    [found] = judged(Bench(authority, "outside").pull(registry))["image.layers-present"]

    assert found.status == "unknown"
    assert found.cause
    assert found.cause.id == "reg.blob-redirect-internal-name"
    assert "--vantage inside" in found.because


def test_redirect_to_a_private_certificate(bench: Bench, registry: Server) -> None:
    with quirks.serving(trustme.CA(), names=("cdn.example.com",)) as other:
        registry.behaviours = [leading_to(f"https://cdn.example.com:{other.port}/{{}}"), image_of(TINY)]
        found = told(judged(bench.pull(registry, also=(("cdn.example.com", other.port),))))

    assert found["image.layers-present"] == ["reg.blob-redirect-certificate"]


def test_what_a_registry_repeats_of_secrets_is_not_kept(bench: Bench, registry: Server) -> None:
    def parrot(asked: quirks.Asked) -> Answer | None:
        said = f"{asked.authorization} {PASSWORD} {USERNAME}"
        page = error(404, "MANIFEST_UNKNOWN", said, ("Server", said.encode().decode("latin-1")))
        return page if asked.path == MANIFEST else None

    registry.behaviours = [quirks.by_password, parrot, image_of(TINY)]
    pull = bench.pull(registry)

    assert pull.root
    assert pull.root.get.status == 404
    assert USERNAME not in repr(pull)
    assert "ssword" not in repr(pull)


def test_hostile_registry_is_left_in_time(authority: trustme.CA) -> None:
    def dawdling(asked: quirks.Asked) -> Answer | None:
        if asked.path.startswith(BLOBS):
            time.sleep(3)
        return None

    many = [{**LAYER, "digest": f"sha256:{number:064x}"} for number in range(3000)]
    with quirks.serving(authority, dawdling, image_of(quirks.tiny(layers=many))) as server:
        started = time.monotonic()
        pull = Bench(authority, timeout=0.3).pull(server)
        took = time.monotonic() - started

    assert took < 8
    assert len(pull.images[0].layers) <= 200
    assert "img.too-many-layers" in told(judged(pull))["image.layers-present"]
    assert pull.images[0].layers[1].step.replies[0].outcome is Outcome.NO_ANSWER

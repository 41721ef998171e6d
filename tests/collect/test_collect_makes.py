"""One recorded pull, two clients: well-known makes of registries and the oddities that they are known for.

The number in front of a case is that of the oddity among those that were tried with real clients.
"""

import gzip
import json
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import makes
import pytest
import quirks
import trustme
from bench import BLOBS, GOOD, LAYERS, TINY, TOKENS, Bench, given, judged, nobody, told
from makes import asking, refusing, tokens
from quirks import MANIFEST, PASSWORD, REGISTRY, TOKEN, USERNAME, Answer, Asked, Behaviour, Server, at, error, image_of

from pullcheck import NotApplicable
from pullcheck.collect.credentials import Credentials, Invocation, of_answer
from pullcheck.demo.image import Image, digest_of
from pullcheck_checks.auth.challenge import asks_in_a_way_that_is_understood

AUTH, EXISTS, BLOBS_CHECK, STEADY = (
    "auth.credentials-accepted",
    "image.exists",
    "image.layers-present",
    "registry.answers-steadily",
)
GRANT = {"token": TOKEN, "expires_in": 1800}
OAUTH = {"access_token": TOKEN, "expires_in": 1800}


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


def own(path: str, service: str, *behaviours: Behaviour, image: Behaviour | None = None) -> list[Behaviour]:
    """A registry whose realm is on its own host."""

    def ask(asked: Asked) -> Answer | None:
        return asking(f'Bearer realm="https://{asked.host}{path}",service="{service}"')(asked)

    return [*behaviours, ask, image or image_of(TINY)]


def headless(asked: Asked) -> Answer | None:
    """A platform that answers HEAD without a length."""
    if asked.method != "HEAD" or asked.path != MANIFEST or not asked.authorization:
        return None
    headers = (("Content-Type", TINY.media_type), ("Docker-Content-Digest", TINY.digest), ("Content-Length", None))
    return Answer(200, headers=headers)


def encoded(how: Callable[[bytes], bytes]) -> Behaviour:
    """The largest layer with Content-Encoding: gzip."""
    layer = Answer(200, how(TINY.blobs[LAYERS[0]]), (("Content-Encoding", "gzip"),))
    return at(BLOBS + LAYERS[0], layer, "GET")


def limited(wait: str | None) -> Answer:
    headers = (("Retry-After", wait),) if wait else ()
    return error(429, "TOOMANYREQUESTS", "You have reached your pull rate limit", *headers)


def remarked(*causes: str) -> list[str]:
    """A pass with warnings."""
    return ["pass", *(f"{cause} warning" for cause in causes)]


@dataclass(frozen=True)
class Case:
    """Who answers, and which checks then say something other than that all is well."""

    behaviours: list[Behaviour]
    remarks: dict[str, list[str]] = field(default_factory=dict)
    credentials: Credentials | None = None
    basic: bool = False


OCI = quirks.tiny(mediaType="application/vnd.oci.image.manifest.v1+json")
DISTRIBUTION = tokens("/auth", GRANT, OAUTH)
HARBOR = tokens("/service/token", {**GRANT, "issued_at": "2026-01-31T12:00:00Z"}, Answer(405))
NEXUS = ("Server", "Nexus/3.70.1-02 (OSS)")
ARTIFACTORY = tokens("/v2/token", {**GRANT, "access_token": TOKEN}, error(401, "UNAUTHORIZED", "Bad credentials"))
QUAY = tokens("/v2/auth", {"token": TOKEN}, Answer(405))
GHCR = tokens("/token", {"token": TOKEN}, Answer(404))
ACR = tokens("/oauth2/token", {"access_token": TOKEN}, Answer(400))
GITLAB = tokens("/jwt/auth", {"token": TOKEN, "expires_in": 300, "issued_at": "2026-01-31T12:00:00Z"})
BY_DIGEST = MANIFEST.removesuffix("v1") + TINY.digest
NO_OCI = error(404, "MANIFEST_UNKNOWN", "OCI index found, but Accept header does not support OCI indexes")
PAGE = Answer(200, b"<title>Sign in</title>", (("Content-Type", "text/html"),))


def plain(*behaviours: Behaviour, image: Behaviour | None = None) -> list[Behaviour]:
    """The reference registry with its tokens, and something odd."""
    return [DISTRIBUTION, *own("/auth", "registry", *behaviours, image=image)]


def served_by(
    service: Behaviour, path: str = "/auth", name: str = "registry", *behaviours: Behaviour
) -> list[Behaviour]:
    """A registry with another token service."""
    return [service, *own(path, name, *behaviours)]


CASES = {
    "1-docker-registry-2.8-htpasswd": Case([quirks.by_password, image_of(TINY)], basic=True),
    "25-docker-registry-2.8-tokens": Case(plain()),
    "52-docker-registry-3-oci": Case(plain(image=image_of(OCI)), {"image.media-types": remarked("img.oci-media-type")}),
    "2-47-no-version-no-digest": Case(plain(image=image_of(TINY, Docker_Content_Digest=""))),
    "41-harbor-robot": Case(served_by(HARBOR, "/service/token", "harbor-registry")),
    "41-harbor-robot-cut-by-a-shell": Case(
        served_by(HARBOR, "/service/token", "harbor-registry"), {AUTH: ["auth.username-form"]}, given("robot", PASSWORD)
    ),
    "36-harbor-robot-of-another-project": Case(
        served_by(HARBOR, "/service/token", "harbor-registry", refusing("GET", 401)),
        {AUTH: ["auth.token-without-pull"]},
    ),
    "28-artifactory-post-401": Case(served_by(ARTIFACTORY, "/v2/token", "artifactory")),
    "45-artifactory-head-403": Case(
        served_by(ARTIFACTORY, "/v2/token", "artifactory", refusing("HEAD", 403)),
        {EXISTS: remarked("reg.head-not-supported")},
    ),
    "45-head-404": Case(plain(refusing("HEAD", 404)), {EXISTS: remarked("reg.head-not-supported")}),
    "44-head-405": Case(plain(refusing("HEAD", 405))),
    "1-nexus-connector-port": Case([makes.naming(quirks.by_password, NEXUS), image_of(TINY)], basic=True),
    "3-nexus-anonymous-ping": Case(
        [at("/v2/", Answer(200, b"{}", (NEXUS,))), quirks.by_password, image_of(TINY)],
        {AUTH: remarked("auth.challenge-only-on-manifest")},
        basic=True,
    ),
    "36-nexus-token-realm-off": Case(
        served_by(
            tokens("/v2/token", GRANT), "/v2/token", "nexus", makes.of_make(*NEXUS, 401, "UNAUTHORIZED", MANIFEST)
        ),
        {AUTH: ["auth.nexus-token-realm-off"]},
    ),
    "34-gitlab-five-minutes": Case(served_by(GITLAB, "/jwt/auth", "container_registry")),
    "34-gitlab-half-a-minute": Case(
        served_by(tokens("/jwt/auth", {"token": TOKEN, "expires_in": 30}), "/jwt/auth", "container_registry"),
        {AUTH: remarked("auth.token-short-lived")},
    ),
    "36-gitlab-foreign-deploy-token": Case(
        served_by(at("/jwt/auth", error(403, "DENIED", "access forbidden")), "/jwt/auth", "container_registry"),
        {AUTH: ["auth.no-pull-on-repo"]},
    ),
    "28-quay-post-405": Case(served_by(QUAY, "/v2/auth", REGISTRY)),
    "53-first-accept-line-only": Case(
        served_by(QUAY, "/v2/auth", "q", makes.for_first_type),
        {EXISTS: remarked("reg.accept-header-stripped")},
    ),
    "7-ghcr-hides-what-is-private": Case(
        [refusing("HEAD", 404, login=True), *served_by(GHCR, "/token", "ghcr.io")],
        {AUTH: remarked("auth.challenge-only-on-ping")},
    ),
    "40-ghcr-opaque-token": Case(served_by(GHCR, "/token", "ghcr.io")),
    "5-bare-401-on-the-manifest": Case(
        [
            lambda asked: Answer(401) if "/manifests/" in asked.path and not asked.authorization else None,
            *served_by(GHCR, "/token", "x"),
        ],
        {AUTH: remarked("auth.challenge-only-on-ping")},
    ),
    "25-acr-access-token-only": Case(served_by(ACR, "/oauth2/token", "x.azurecr.io")),
    "26-post-brings-token-alone": Case(
        served_by(tokens("/auth", GRANT, GRANT), "/auth", "r"), {AUTH: remarked("auth.token-post-without-access-token")}
    ),
    "27-two-tokens": Case(
        served_by(tokens("/auth", {"token": "another", "access_token": TOKEN}), "/auth", "r"),
        {AUTH: remarked("auth.tokens-differ")},
    ),
    "29-post-403": Case(served_by(tokens("/auth", GRANT, Answer(403))), {AUTH: remarked("auth.token-post-refused")}),
    "29-post-501": Case(served_by(tokens("/auth", GRANT, Answer(501))), {AUTH: remarked("auth.token-post-refused")}),
    "30-post-only": Case(served_by(tokens("/auth", Answer(405), OAUTH)), {AUTH: remarked("auth.token-post-only")}),
    "31-get-malformed-post-good": Case(
        served_by(tokens("/auth", {**GRANT, "expires_in": "300"}, OAUTH), "/auth", "r"),
        {AUTH: remarked("auth.token-post-only")},
    ),
    "31-both-malformed": Case(
        served_by(tokens("/auth", {**GRANT, "expires_in": "300"}, {**OAUTH, "expires_in": 3e2}), "/auth", "r"),
        {AUTH: ["auth.token-answer-malformed"]},
    ),
    "33-sign-in-page": Case(
        served_by(tokens("/auth", PAGE)),
        {AUTH: ["auth.token-field-missing"]},
    ),
    "4-ping-404": Case([at("/v2/", error(404, "NOT_FOUND")), *plain()]),
    "5-ping-403": Case([at("/v2/", error(403, "DENIED")), quirks.by_password, image_of(TINY)], basic=True),
    "5-ping-401-without-a-challenge": Case([at("/v2/", Answer(401)), *plain()]),
    "15-empty-service-before-realm": Case(
        [
            DISTRIBUTION,
            lambda asked: asking(f'Bearer service="",realm="https://{asked.host}/auth"')(asked),
            image_of(TINY),
        ]
    ),
    "16-20-no-service-and-a-query": Case(
        [DISTRIBUTION, lambda asked: asking(f'bearer REALM="https://{asked.host}/auth?a=b"')(asked), image_of(TINY)]
    ),
    "48-wrong-digest-header": Case(
        plain(image=image_of(TINY, Docker_Content_Digest=digest_of(b"x"))),
        {BLOBS_CHECK: ["img.digest-mismatch warning"]},
    ),
    "49-head-without-length": Case(plain(headless), {EXISTS: remarked("reg.head-without-length")}),
    "52-accept-does-not-arrive": Case(
        plain(at(MANIFEST, NO_OCI)),
        {EXISTS: ["reg.accept-header-stripped"]},
    ),
    "54-other-bytes-by-digest": Case(
        plain(at(BY_DIGEST, Answer(200, TINY.manifest + b"\n"))),
        {BLOBS_CHECK: ["reg.body-rewritten warning"]},
    ),
    "54-nothing-by-digest": Case(
        plain(at(BY_DIGEST, error(404, "MANIFEST_UNKNOWN"))),
        {BLOBS_CHECK: ["img.blob-missing warning"]},
    ),
    "76-encoded-on-the-way": Case(plain(encoded(gzip.compress))),
    "76-encoded-in-the-bucket": Case(plain(encoded(bytes)), {BLOBS_CHECK: ["reg.body-rewritten"]}),
    "74-blob-head-405": Case(plain(refusing("HEAD", 405, below="/blobs/"))),
    "79-one-429": Case(plain(makes.once(at(BLOBS + LAYERS[1], limited("1")))), {STEADY: ["reg.rate-limited warning"]}),
    "79-no-end-of-429": Case(
        plain(at(BLOBS + LAYERS[1], limited(None))), {STEADY: ["reg.rate-limited"], BLOBS_CHECK: ["unknown"]}
    ),
    "80-one-502": Case(plain(makes.once(at(MANIFEST, Answer(502)), 2)), {STEADY: ["reg.unsteady warning"]}),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_make_or_oddity(bench: Bench, registry: Server, case: Case) -> None:
    registry.behaviours = list(case.behaviours)
    pull = bench.pull(registry, case.credentials)
    found = told(judged(pull))

    stopped = pull.root is None or not pull.root.served
    wanted = {**(GOOD if case.basic else TOKENS), **case.remarks}
    assert {check: found[check] for check in wanted if not stopped or check in case.remarks} == {
        check: what for check, what in wanted.items() if not stopped or check in case.remarks
    }
    assert not [one for one in registry.asked if one.authorization and one.method == "POST"]


STOPPED = {
    "auth.challenge-only-on-manifest": "Docker",
    "auth.challenge-only-on-ping": "containerd",
    "auth.token-post-refused": "containerd",
    "auth.token-post-without-access-token": "containerd",
    "auth.token-post-only": "Docker",
    "reg.head-not-supported": "containerd",
    "reg.head-without-length": "Docker",
    "reg.accept-header-stripped": "Docker",
    "reg.body-rewritten": "containerd",
    "img.digest-mismatch": "containerd",
}


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if "warning" in str(case.remarks)])
def test_warning_says_who_is_stopped(bench: Bench, registry: Server, name: str) -> None:
    registry.behaviours = list(CASES[name].behaviours)
    warnings = [one for found in judged(bench.pull(registry)).values() for one in found if one.severity == "warning"]

    for one in warnings:
        assert one.cause
        client = STOPPED.get(one.cause.id)
        other = "containerd" if client == "Docker" else "Docker"
        assert client is None or f"{client} is stopped by that, {other} is not" in one.because


def test_each_stopped_by_something_else_is_an_error(bench: Bench, registry: Server) -> None:
    late = at("/v2/", Answer(200, b"{}"))
    registry.behaviours = [late, refusing("HEAD", 403), quirks.by_password, image_of(TINY)]
    found = told(judged(bench.pull(registry)))

    assert found[AUTH] == ["pass", "auth.challenge-only-on-manifest"]
    assert found[EXISTS] == ["pass", "reg.head-not-supported"]


def test_both_pull_alike_is_said(bench: Bench, registry: Server) -> None:
    registry.behaviours = plain()
    found = judged(bench.pull(registry))

    assert "for Docker and containerd alike" in found[BLOBS_CHECK][0].because
    assert "Bearer authentication" in found[AUTH][0].because


def test_harbor_behind_a_proxy_announces_http(bench: Bench, registry: Server) -> None:
    """21: the external URL was left at http."""
    registry.behaviours = [asking(f'Bearer realm="http://{REGISTRY}/service/token",service="harbor-registry"')]
    [verdict] = asks_in_a_way_that_is_understood.function(bench.ping(registry)[0], NotApplicable(""))
    found = judged(bench.pull(registry))

    assert verdict.cause
    assert verdict.cause.id == "auth.realm-http"
    assert found[AUTH][0].blocked_by == "auth.challenge"
    assert not [one for one in registry.asked if one.authorization or one.form]


def test_harbor_announces_an_address_of_its_own_host(bench: Bench, registry: Server) -> None:
    """23: the external URL was left at what the container calls itself."""
    registry.behaviours = [asking('Bearer realm="https://127.0.0.2/service/token",service="harbor-registry"')]
    found = told(judged(bench.pull(registry)))

    assert found["auth.token-realm"] == ["auth.realm-internal-name"]
    assert not [one for one in registry.asked if one.authorization]


@pytest.mark.parametrize(
    ("make", "asked_for", "there"),
    [
        (("X-JFrog-Version", "Artifactory/7.98.9"), "docker-local/team/model", "team/model"),
        (NEXUS, "docker-hosted/team/model", "team/model"),
        (("X-JFrog-Version", "Artifactory/7.98.9"), "model", "team/model"),
        (("X-Other", "make"), "docker-local/team/model", None),
    ],
    ids=["artifactory-sub-domain-with-key", "nexus-port-with-name", "artifactory-path-without-key", "other-make"],
)
def test_repository_under_another_path(
    bench: Bench, registry: Server, make: tuple[str, str], asked_for: str, there: str | None
) -> None:
    catalog = at("/v2/_catalog", Answer(200, json.dumps({"repositories": ["team/model", "other"]}).encode()))
    missing = makes.of_make(*make, 404, below=f"/v2/{asked_for}/")
    registry.behaviours = [quirks.by_password, catalog, missing, image_of(TINY)]
    found = judged(bench.pull(registry, repository=asked_for))

    assert told(found)[EXISTS] == ["reg.wrong-repo-addressing" if there else "img.repo-not-found"]
    assert there is None or f"has {there}" in found[EXISTS][0].because


@pytest.mark.parametrize(
    ("message", "status", "cause"),
    [
        ("Your IP address is not permitted to access this resource", 403, "auth.source-ip-allow-list"),
        ("client with IP '203.0.113.9' is not allowed access", 403, "auth.source-ip-allow-list"),
        ("The account is locked due to failed attempts", 401, "auth.account-lockout"),
        ("incorrect username or password", 401, "auth.basic-rejected"),
        ("access forbidden", 403, "auth.no-pull-on-repo"),
    ],
)
def test_what_a_token_service_says_of_the_refusal(
    bench: Bench, authority: trustme.CA, registry: Server, message: str, status: int, cause: str
) -> None:
    registry.behaviours = served_by(at("/auth", error(status, "DENIED", message)))
    inside, outside = bench.pull(registry), Bench(authority, "outside").pull(registry)

    assert told(judged(inside))[AUTH] == [cause]
    assert told(judged(outside))[AUTH] == [f"{cause} unknown" if "ip-allow" in cause else cause]


@pytest.mark.parametrize(
    ("host", "username", "password", "cause"),
    [
        ("nvcr.io", "robot", "nvapi-key", "auth.username-form"),
        ("nvcr.io", "$oauthtoken", "expired", "auth.basic-rejected"),
        ("europe-docker.pkg.dev", "sagemaker", '{"type": "service_account"}', "auth.username-form"),
        ("europe-docker.pkg.dev", "_json_key", '{"type": "service_account"}', "auth.basic-rejected"),
        ("gcr.io", "me", "ya29.token", "auth.username-form"),
    ],
)
def test_user_names_that_makes_want(
    bench: Bench, authority: trustme.CA, host: str, username: str, password: str, cause: str
) -> None:
    with quirks.serving(authority, quirks.by_password, names=(host,)) as server:
        pull = bench.pull(server, given(username, password), host=host)

    assert told(judged(pull))[AUTH] == [cause]
    assert password not in repr(pull)


@pytest.mark.parametrize("same", [True, False])
def test_gitlab_on_two_hosts(bench: Bench, registry: Server, authority: trustme.CA, same: bool) -> None:
    """24: registry.example.com asks gitlab.example.com for tokens."""
    with quirks.serving(authority, GITLAB, names=("gitlab.example.com",)) as gitlab:
        host = registry if same else gitlab
        name = REGISTRY if same else "gitlab.example.com"
        challenge = f'Bearer realm="https://{name}:{host.port}/jwt/auth",service="container_registry"'
        registry.behaviours = [GITLAB, asking(challenge), image_of(TINY)]
        pull = bench.pull(registry, also=(("gitlab.example.com", gitlab.port),))

    assert told(judged(pull)) == TOKENS
    assert [(one.name, one.role) for one in pull.met] == ([] if same else [("gitlab.example.com", "token realm")])
    assert bool(gitlab.asked) is not same


HUB = ("registry-1.docker.io", "auth.docker.io", "production.cloudflare.docker.com")


def hub(registry: Server, auth: Server, cdn: Server, *behaviours: Behaviour) -> tuple[tuple[str, int], ...]:
    """Docker Hub on three hosts: registry, token service and where the layers are."""
    registry.behaviours = [
        asking(f'Bearer realm="https://{HUB[1]}:{auth.port}/token",service="registry.docker.io"', makes.VERSION),
        *behaviours,
        makes.moved_to(f"https://{HUB[2]}:{cdn.port}", LAYERS, "?verify=s3cret"),
        image_of(TINY, RateLimit_Remaining="76;w=21600"),
    ]
    return ((HUB[1], auth.port), (HUB[2], cdn.port))


def blobs(asked: Asked) -> Answer | None:
    assert asked.authorization is None
    return Answer(200, TINY.blobs[asked.path.removeprefix("/")])


@pytest.mark.parametrize("login", [True, False])
def test_docker_hub(bench: Bench, authority: trustme.CA, login: bool) -> None:
    service = tokens("/token", GRANT, OAUTH) if login else makes.anonymous("/token", "registry.docker.io")
    with (
        quirks.serving(authority, names=HUB[:1]) as registry,
        quirks.serving(authority, service, names=HUB[1:2]) as auth,
        quirks.serving(authority, blobs, names=HUB[2:]) as cdn,
    ):
        also = hub(registry, auth, cdn)
        credentials = given() if login else nobody()
        pull = bench.pull(registry, credentials, also=also, host=HUB[0])
    found = judged(pull, provider="arn" if login else None)

    assert told(found) == {**TOKENS, AUTH: ["pass" if login else "not-applicable"]}
    assert {(one.name, one.role) for one in pull.met} == {(HUB[1], "token realm"), (HUB[2], "redirect target")}
    assert "RateLimit-Remaining: 76;w=21600" in found[STEADY][0].because
    assert [one.method for one in auth.asked] == (["GET", "POST"] if login else ["GET"])


def test_docker_hub_whose_layers_a_filter_stops(bench: Bench, authority: trustme.CA) -> None:
    service = makes.anonymous("/token", "registry.docker.io")
    with (
        quirks.serving(authority, names=HUB[:1]) as registry,
        quirks.serving(authority, service, names=HUB[1:2]) as auth,
    ):
        also = hub(registry, auth, Server(1))
        found = told(judged(bench.pull(registry, nobody(), also=also, host=HUB[0]), provider=None))

    assert found[BLOBS_CHECK] == ["reg.hub-allow-list-incomplete"]


@pytest.mark.parametrize(
    ("vantage", "credentials", "wanted"),
    [
        ("inside", nobody, "reg.rate-limited"),
        ("outside", nobody, "reg.rate-limited unknown"),
        ("outside", given, "reg.rate-limited"),
    ],
)
def test_limit_counts_for_who_met_it(
    authority: trustme.CA, registry: Server, vantage: str, credentials: Callable[[], Credentials], wanted: str
) -> None:
    registry.behaviours = [makes.refusing("GET", 429), image_of(TINY)]
    started = time.monotonic()
    found = told(judged(Bench(authority, vantage).pull(registry, credentials())))

    assert found[STEADY] == [wanted]
    assert time.monotonic() - started < 10


def test_long_pause_is_not_waited_for(bench: Bench, registry: Server) -> None:
    registry.behaviours = [at(MANIFEST, limited("3600")), image_of(TINY)]
    started = time.monotonic()
    found = judged(bench.pull(registry))

    assert time.monotonic() - started < 3
    assert "Retry-After: 3600" in found[STEADY][0].because
    assert len([one for one in registry.requests(MANIFEST) if one.method == "GET"]) == 1


@pytest.mark.parametrize(("said", "cause"), [('error="invalid_token"', []), ("", ["auth.token-expiry-unsaid warning"])])
def test_token_that_expires_during_a_long_pull(bench: Bench, registry: Server, said: str, cause: list[str]) -> None:
    """35: a token that is none is tried once where a pull may outlast its token."""
    layers = json.loads(TINY.manifest)["layers"]
    large = quirks.tiny(layers=[{**layers[0], "size": 2 * 1024**3}, layers[1]])
    challenge = ",".join(filter(None, (f'Bearer realm="https://{REGISTRY}:{registry.port}/jwt/auth"', said)))
    registry.behaviours = [GITLAB, asking(challenge), image_of(large)]

    assert told(judged(bench.pull(registry)))[AUTH] == ["pass", *cause]
    assert len([one for one in registry.asked if one.authorization == "Bearer spoiled"]) == 1


def test_password_in_a_body_is_not_sent_on(bench: Bench, registry: Server, authority: trustme.CA) -> None:
    with quirks.serving(authority, names=("other.example.com",)) as other:
        moved = Answer(307, headers=(("Location", f"https://other.example.com:{other.port}/auth"),))
        registry.behaviours = served_by(tokens("/auth", GRANT, moved))
        found = told(judged(bench.pull(registry, also=(("other.example.com", other.port),))))

    assert found == TOKENS
    assert not other.asked


@pytest.mark.parametrize("get", [401, 405])
def test_password_fails_once_in_two_pulls(bench: Bench, registry: Server, get: int) -> None:
    refused = error(401, "UNAUTHORIZED", "incorrect username or password")
    service = at("/auth", refused) if get == 401 else tokens("/auth", Answer(405), OAUTH)
    registry.behaviours = served_by(at("/auth", Answer(405), "GET") if get == 405 else service, "/auth", "r", service)
    wrong = given(USERNAME, "wrong")
    found = [told(judged(bench.pull(registry, wrong)))[AUTH] for _ in range(2)]
    tried = [one for one in registry.asked if one.form or (one.authorization and get == 401)]

    assert found == [["auth.basic-rejected"]] * 2
    assert len(tried) == 1


def jwt(**claims: int) -> str:
    parts = (b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({}, claims))
    return ".".join((*parts, "c2ln"))


@pytest.mark.parametrize(
    ("issued", "expires", "remark"),
    [
        (-7200, 3600, ["auth.creds-expiring warning"]),
        (-5, 43200, []),
        (None, 3600, []),
        (-7200, None, []),
        (-7200, 10**7, []),
    ],
)
def test_password_that_was_not_fetched_for_this_call(
    bench: Bench, registry: Server, issued: int | None, expires: int | None, remark: list[str]
) -> None:
    """43: good today, and gone at the next start."""
    now = int(time.time())
    claims = {name: now + by for name, by in (("iat", issued), ("exp", expires)) if by is not None}
    payload = {"Credentials": {"Username": "AWS", "Password": jwt(**claims)}}
    registry.behaviours = [image_of(TINY)]
    pull = bench.pull(registry, of_answer(Invocation(json.dumps(payload).encode(), None, 0.1)))

    assert told(judged(pull))[AUTH][1:] == remark
    assert payload["Credentials"]["Password"] not in repr(pull)


@pytest.mark.parametrize("other", [image_of(TINY), makes.refusing("HEAD", 404)], ids=["alike", "not-replicated"])
def test_two_addresses_of_one_registry(bench: Bench, authority: trustme.CA, registry: Server, other: Behaviour) -> None:
    """83: every address counts."""
    registry.behaviours = [quirks.by_password, image_of(TINY)]
    node = [quirks.by_password, other]
    with quirks.serving(authority, *node, at=("127.0.0.2", registry.port)) as second:
        found = judged(bench.pull(registry, others=("127.0.0.2",)))

    alike = other is not node[0] and told(found)[STEADY] == ["pass"]
    assert alike or told(found)[STEADY] == ["reg.cluster-inconsistent"]
    assert alike == ("at 2 addresses alike" in found[STEADY][0].because)
    assert [one.method for one in second.asked] == ["GET", "HEAD"]


def layered(count: int) -> tuple[Image, list[str]]:
    """An image of so many layers."""
    blobs = {digest_of(content): content for content in (gzip.compress(b"%d" % one) for one in range(count))}
    kind = json.loads(TINY.manifest)["layers"][0]["mediaType"]
    layers = [{"mediaType": kind, "size": len(blob), "digest": digest} for digest, blob in blobs.items()]
    image = quirks.tiny(layers=layers)
    return Image(image.manifest, {**image.blobs, **blobs}, image.media_type), list(blobs)


@pytest.mark.parametrize("bearer", [True, False])
def test_budget_of_requests_and_handshakes(bench: Bench, registry: Server, bearer: bool) -> None:
    image, layers = layered(40)
    served = image_of(image)
    registry.behaviours = plain(image=served) if bearer else [quirks.by_password, served]
    pull = bench.pull(registry)

    assert told(judged(pull))[BLOBS_CHECK] == ["pass"]
    assert len(registry.asked) <= len(layers) + 8
    assert registry.handshakes <= 1 + 4
    assert len({one.path for one in registry.asked if "/blobs/" in one.path}) == len(layers) + 1


def test_manifest_that_asks_another_token_service_was_tried_for_docker_alone(bench: Bench, registry: Server) -> None:
    def odd(asked: Asked) -> Answer | None:
        internal = asked.path == MANIFEST and not asked.authorization
        return asking('Bearer realm="https://internal.example.com/token",service="lab"')(asked) if internal else None

    registry.behaviours = plain(odd)
    found = judged(bench.pull(registry))

    assert told(found)[AUTH] == ["pass", "auth.challenges-differ unknown"]
    assert "Bearer by https://internal.example.com/token for lab" in found[AUTH][1].because

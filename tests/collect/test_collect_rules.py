"""The oddities of real registries, by number: what is said of each, and which clients are stopped by it.

C is containerd's family, D Docker's: y pulls, N does not. Those that are not here are in test_collect_makes.
"""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path

import makes
import pytest
import quirks
import trustme
from bench import BLOBS, LAYERS, NO_VARIANT, TINY, Bench, given, judged, nobody, told
from makes import asking, refusing, tokens
from quirks import MANIFEST, REGISTRY, TOKEN, Answer, Asked, Behaviour, Server, at, error, image_of

from pullcheck import NotApplicable, Status, Verdict
from pullcheck.collect.credentials import Credentials, Invocation, of_answer
from pullcheck.collect.registry import manifest_asked
from pullcheck.demo.image import Image, digest_of, tiny_image
from pullcheck.evidence.credentials import Source
from pullcheck.evidence.pull import ImagePull, Machine, Machines
from pullcheck.image_reference import parse
from pullcheck.vantage.here import Here
from pullcheck_checks.auth.challenge import asks_in_a_way_that_is_understood
from pullcheck_checks.registry.api_v2 import speaks_api_v2

STORE = f"s3.{REGISTRY}"
OCI = "application/vnd.oci.image.manifest.v1+json"
GRANT = {"token": TOKEN, "expires_in": 1800}
DOOR = makes.naming(quirks.by_password, makes.VERSION)
X86 = Machines((Machine("all", "ml.m5.large", "amd64"),))
AUTH, EXISTS, KINDS, BLOBS_CHECK = (
    "auth.credentials-accepted",
    "image.exists",
    "image.media-types",
    "image.layers-present",
)


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


def looked_at(
    bench: Bench, server: Server, credentials: Credentials | None = None, machines: Machines = NO_VARIANT
) -> tuple[ImagePull | None, dict[str, list[Verdict]]]:
    """One pull, unless a page answers in its place, and all that is said of it and of what came before."""
    found, _ = bench.ping(server)
    here = Here(bench.vantage, "", bench.timeout)
    asked = manifest_asked.function(found, parse(f"{REGISTRY}:{server.port}/{quirks.REPOSITORY}:v1"), here)
    first = {
        "registry.api-v2": list(speaks_api_v2.function(found, NotApplicable(""), asked)),
        "auth.challenge": list(asks_in_a_way_that_is_understood.function(found, asked)),
    }
    [api] = first["registry.api-v2"]
    if api.cause and (api.cause.id, api.severity) == ("reg.sso-or-waf-answers", "error"):
        return None, first
    pull = bench.pull(server, credentials, machines)
    return pull, {**first, **judged(pull, machines)}


def pullers(found: dict[str, list[Verdict]]) -> str:
    """Who pulls, as C/D, by what the verdicts say."""
    failed = [one for verdicts in found.values() for one in verdicts if one.status is Status.FAIL]
    if any(one.severity == "error" for one in failed):
        return "N/N"
    stopped = {client for client in ("containerd", "Docker") for one in failed if f"{client} is stopped" in one.because}
    return "/".join("N" if client in stopped else "y" for client in ("containerd", "Docker"))


def in_lines(*lines: str) -> list[Behaviour]:
    """Wants a password, and says so in these lines; ``HOST`` is the registry."""

    def behave(asked: Asked) -> Answer | None:
        if quirks.by_password(asked) is None:
            return None
        headers = (("WWW-Authenticate", line.replace("HOST", asked.host or "")) for line in lines)
        return error(401, "UNAUTHORIZED", "no", *headers, makes.VERSION)

    return [behave, image_of(TINY)]


def by_token(*challenge: str, service: Behaviour | None = None, image: Behaviour | None = None) -> list[Behaviour]:
    """Wants a token, and says where to get it; ``HOST`` is the registry."""
    line = ", ".join(challenge) or 'Bearer realm="https://HOST/auth",service="registry"'

    def ask(asked: Asked) -> Answer | None:
        return asking(line.replace("HOST", asked.host or ""), makes.VERSION)(asked)

    return [service or tokens("/auth", GRANT), ask, image or image_of(TINY)]


def typed(kind: str | None, content: bytes = TINY.manifest) -> list[Behaviour]:
    """The manifest under another type."""
    headers = (("Content-Type", kind),) if kind else ()
    paths = (MANIFEST, MANIFEST.removesuffix("v1") + digest_of(content))
    return [DOOR, *(at(path, Answer(200, content, headers)) for path in paths), image_of(TINY)]


def blob(answer: Answer, *methods: str, digest: str = LAYERS[0]) -> list[Behaviour]:
    """Another answer for a layer."""
    return [DOOR, at(BLOBS + digest, answer, *methods), image_of(TINY)]


def served(image: Image) -> list[Behaviour]:
    return [DOOR, image_of(image)]


def untyped(kind: str) -> Image:
    document = {name: value for name, value in json.loads(TINY.manifest).items() if name != "mediaType"}
    return Image(json.dumps(document).encode(), TINY.blobs, kind)


def of_index(*images: tuple[str, Image], attested: bool = False) -> list[Behaviour]:
    return [DOOR, quirks.index(*images, attested=attested)[1]]


def without_platform() -> list[Behaviour]:
    """An index whose one entry does not say what it is for."""
    entry = {"mediaType": TINY.media_type, "digest": TINY.digest, "size": len(TINY.manifest)}
    kind = "application/vnd.oci.image.index.v1+json"
    root = Image(json.dumps({"schemaVersion": 2, "mediaType": kind, "manifests": [entry]}).encode(), {}, kind)
    both = (image_of(root), image_of(TINY, tag=""))

    def behave(asked: Asked) -> Answer | None:
        found = [answer for one in both if (answer := one(asked))]
        return next((one for one in found if one.status == 200), None)

    return [DOOR, behave]


def moving(status: int, location: str) -> list[Behaviour]:
    """Layers are below another path of the same host, by way of as many redirects as it has dots."""

    def behave(asked: Asked) -> Answer | None:
        name = asked.path.rpartition("/")[2]
        if name not in LAYERS:
            return None
        if asked.path.startswith("/files/"):
            return Answer(200, TINY.blobs[name])
        return Answer(status, headers=(("Location", location.replace("HOST", asked.host or "") + name),))

    return [DOOR, behave, image_of(TINY)]


FOREIGN = {
    "mediaType": "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
    "digest": LAYERS[0],
    "size": 126,
    "urls": ["https://nowhere.invalid/x"],
}
WRONG_SIZE = {**json.loads(TINY.manifest)["layers"][0], "size": 99}
PAGE = Answer(200, b"<html><title>Sign in</title></html>", (("Content-Type", "text/html"),))
LENGTH = ("Content-Length", None)
CUT = TINY.blobs[LAYERS[0]][:50]


@dataclass(frozen=True)
class Rule:
    """What a registry does, who pulls from it, and which causes are named, by check."""

    behaviours: list[Behaviour]
    both: str = "y/y"
    causes: dict[str, list[str]] = field(default_factory=dict)
    machines: Machines = NO_VARIANT


def said(check: str, *causes: str) -> dict[str, list[str]]:
    return {check: list(causes)}


def stops(check: str, cause: str) -> dict[str, list[str]]:
    return {check: ["pass", f"{cause} warning"]}


REALM = 'Bearer realm="https://HOST/auth"'
RULES = {
    "6-ping-redirects-to-itself": Rule(
        [
            at("/v2/", Answer(301, headers=(("Location", "/v2"),))),
            lambda asked: DOOR(asked) or Answer(200, b"{}") if asked.path == "/v2" else None,
            *served(TINY),
        ]
    ),
    "6-ping-redirects-to-a-login-page": Rule(
        [at("/login", PAGE), lambda _: Answer(302, headers=(("Location", "/login"),))],
        "N/N",
        said("registry.api-v2", "reg.sso-or-waf-answers"),
    ),
    "8-capitals": Rule(in_lines('BASIC REALM="lab"')),
    "9-blanks-and-commas-inside-quotes": Rule(by_token(REALM, 'service="lab, registry"', 'scope="a:b:pull,push"')),
    "10-escapes": Rule(by_token(REALM, 'service="the \\"lab\\""')),
    "11-challenges-in-lines-of-their-own": Rule(
        in_lines("Negotiate", 'Digest realm="x", nonce="y"', 'Basic realm="lab"')
    ),
    "12-basic-before-bearer-in-one-line": Rule(
        by_token('Basic realm="y"', REALM), "N/N", said("auth.challenge", "auth.challenges-in-one-line warning")
    ),
    "13-bearer-before-basic-in-one-line": Rule(by_token(REALM, 'Basic realm="y"')),
    "14-negotiate-before-basic-in-one-line": Rule(
        in_lines('Negotiate, Basic realm="y"'), "N/N", said("auth.challenge", "auth.challenges-in-one-line")
    ),
    "17-no-realm": Rule(in_lines("Basic")),
    "17-unquoted-realm": Rule(in_lines("Basic realm=lab")),
    "17-charset": Rule(in_lines('Basic realm="lab", charset="UTF-8"')),
    "18-url-without-quotes": Rule(
        by_token("Bearer realm=https://HOST/auth"), "N/N", said("auth.challenge", "auth.challenge-malformed")
    ),
    "19-relative-realm": Rule(
        by_token('Bearer realm="/auth",service="x"'), "N/N", said("auth.challenge", "auth.realm-relative")
    ),
    "22-realm-of-http-that-leads-to-https": Rule(
        by_token('Bearer realm="http://HOST/auth"'), "N/N", said("auth.challenge", "auth.realm-http")
    ),
    "32-issued-at-empty": Rule(
        by_token(service=tokens("/auth", {**GRANT, "issued_at": ""})), "N/N", said(AUTH, "auth.token-answer-malformed")
    ),
    "32-issued-at-no-time": Rule(
        by_token(service=tokens("/auth", {**GRANT, "issued_at": "now"})),
        "N/N",
        said(AUTH, "auth.token-answer-malformed"),
    ),
    "33-redirect-to-a-login-form": Rule(
        by_token(service=at("/auth", Answer(302, headers=(("Location", "/login"),))), image=at("/login", PAGE)), "N/N"
    ),
    "38-scope-of-another-grammar": Rule(by_token(REALM, 'scope="*"')),
    "50-no-type": Rule(typed(None), "N/N", said(KINDS, "img.media-type-unknown")),
    "50-json": Rule(typed("application/json"), "N/N", said(KINDS, "img.media-type-unknown")),
    "50-plain-text": Rule(typed("text/plain"), "N/N", said(KINDS, "img.media-type-unknown")),
    "50-octets": Rule(typed("application/octet-stream"), "N/N", said(KINDS, "img.media-type-unknown")),
    "51-charset": Rule(typed(f"{TINY.media_type}; charset=utf-8")),
    "55-schema-1": Rule(
        typed("application/vnd.docker.distribution.manifest.v1+prettyjws", b'{"schemaVersion": 1}'),
        "N/N",
        said(KINDS, "img.schema1"),
    ),
    "56-index-without-amd64": Rule(
        of_index(("arm64", tiny_image("arm64"))),
        "N/N",
        said("image.platform", "img.no-amd64-for-x86-instance"),
        machines=X86,
    ),
    "57-arm-image-alone": Rule(
        served(tiny_image("arm64")), "N/N", said("image.platform", "img.no-amd64-for-x86-instance"), machines=X86
    ),
    "58-attestations": Rule(
        of_index(("amd64", TINY), attested=True), causes=stops(KINDS, "img.oci-index-with-attestations"), machines=X86
    ),
    "58-entry-without-platform": Rule(without_platform(), machines=X86),
    "59-index-whose-child-is-gone": Rule(
        [at(MANIFEST.removesuffix("v1") + TINY.digest, error(404, "MANIFEST_UNKNOWN")), *of_index(("amd64", TINY))],
        "N/N",
        said(BLOBS_CHECK, "img.blob-missing"),
    ),
    "60-over-4-mib": Rule(
        served(quirks.tiny(annotations={"a": "x" * 5_000_000})), causes=stops(KINDS, "img.manifest-too-large")
    ),
    "60-over-8-mib": Rule(
        served(quirks.tiny(annotations={"a": "x" * 9_000_000})),
        "N/y",
        said(KINDS, "unknown", "img.manifest-too-large warning"),
    ),
    "61-oci-without-media-type": Rule(served(untyped(OCI)), causes=stops(KINDS, "img.oci-media-type")),
    "61-docker-without-media-type": Rule(
        served(untyped(TINY.media_type)), "y/N", stops(KINDS, "img.media-type-in-content")
    ),
    "61-docker-type-in-an-oci-document": Rule(
        typed(TINY.media_type, quirks.tiny(mediaType=OCI).manifest), "y/N", stops(KINDS, "img.media-type-in-content")
    ),
    "62-foreign-layers": Rule(
        served(quirks.tiny(layers=[FOREIGN])), "N/N", said(KINDS, "img.windows-or-foreign-layers")
    ),
    "63-size-differs": Rule(
        served(quirks.tiny(layers=[WRONG_SIZE])), "N/y", said(BLOBS_CHECK, "img.size-wrong warning")
    ),
    "69-relative-location": Rule(moving(307, "/files/")),
    **{f"70-status-{status}": Rule(moving(status, "https://HOST/files/")) for status in (301, 302, 303, 307, 308)},
    "71-plain-http": Rule(
        moving(307, "http://HOST/files/"), causes=said(BLOBS_CHECK, "reg.blob-redirect-to-http warning", "unknown")
    ),
    "72-target-unreachable": Rule(
        moving(307, "https://127.0.0.2:1/"), "N/N", said(BLOBS_CHECK, "reg.blob-redirect-internal-name")
    ),
    "74-blob-head-404": Rule([refusing("HEAD", 404, below="/blobs/"), *served(TINY)]),
    "75-no-length": Rule(blob(Answer(200, TINY.blobs[LAYERS[0]], (LENGTH,)))),
    "77-empty": Rule(blob(Answer(200)), "N/N", said(BLOBS_CHECK, "img.digest-mismatch")),
    "77-cut": Rule(
        blob(Answer(200, CUT, (("Content-Length", "126"),))), "N/N", said(BLOBS_CHECK, "img.digest-mismatch")
    ),
    "77-cut-unsaid": Rule(blob(Answer(200, CUT, (LENGTH,))), "N/N", said(BLOBS_CHECK, "img.digest-mismatch")),
    "77-page": Rule(blob(PAGE), "N/N", said(BLOBS_CHECK, "img.digest-mismatch")),
    "77-more-than-there-is": Rule(
        blob(Answer(200, TINY.blobs[LAYERS[0]] + b"x" * 70_000, (LENGTH,))),
        "N/N",
        said(BLOBS_CHECK, "img.digest-mismatch"),
    ),
    "77-smaller-layer-cut": Rule(
        blob(Answer(200, TINY.blobs[LAYERS[1]][:50]), digest=LAYERS[1]),
        "N/N",
        said(BLOBS_CHECK, "img.digest-mismatch"),
    ),
    "77-smaller-layer-of-other-bytes": Rule(
        blob(Answer(200, TINY.blobs[LAYERS[1]][:-1] + b"!"), digest=LAYERS[1]),
        "N/N",
        said(BLOBS_CHECK, "img.digest-mismatch"),
    ),
    "78-blobs-403": Rule(blob(error(403, "DENIED")), "N/N", said(BLOBS_CHECK, "img.blob-refused")),
}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_rule(bench: Bench, registry: Server, rule: Rule) -> None:
    registry.behaviours = list(rule.behaviours)
    _, found = looked_at(bench, registry, machines=rule.machines)
    words = told(found)

    assert {check: words.get(check) for check in rule.causes} == rule.causes
    assert pullers(found) == rule.both, words
    if rule.both == "y/y":
        odd = {check: one for check, one in words.items() if check not in rule.causes}
        assert {what for one in odd.values() for what in one} <= {"pass", "not-applicable"}, odd


@pytest.fixture
def store(authority: trustme.CA) -> Iterator[Server]:
    """A blob store with signed addresses, which refuses whoever proves himself twice."""

    def behave(asked: Asked) -> Answer:
        if asked.authorization:
            return Answer(400, b"<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message>")
        if asked.method == "HEAD" or asked.query.get("X-Amz-Signature") != ["s1gn"]:
            return Answer(403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>")
        return Answer(200, TINY.blobs[asked.path.removeprefix("/")])

    with quirks.serving(authority, behave, names=(REGISTRY, STORE, "store.example.com")) as server:
        yield server


def stored(store: Server, name: str, *doors: Behaviour) -> list[Behaviour]:
    """Layers are at the store, under this name."""
    return [*(doors or (DOOR,)), makes.moved_to(f"https://{name}:{store.port}", LAYERS, "?X-Amz-Signature=s1gn"),
            image_of(TINY)]  # fmt: skip


def test_object_storage_on_another_host(bench: Bench, registry: Server, store: Server) -> None:
    """65: no credentials go there. 67: its address is signed for GET alone."""
    registry.behaviours = stored(store, "store.example.com")
    found = judged(bench.pull(registry, also=(("store.example.com", store.port),)))

    assert pullers(found) == "y/y"
    assert told(found)[BLOBS_CHECK] == ["pass"]
    assert store.asked
    assert not any(one.authorization for one in store.asked)


@pytest.mark.parametrize("name", [STORE, REGISTRY], ids=["subdomain", "other-port"])
@pytest.mark.parametrize("bearer", [True, False])
def test_storage_to_which_go_sends_the_credentials(
    bench: Bench, registry: Server, store: Server, name: str, bearer: bool
) -> None:
    """66: they are not sent, and it is said who does and what was not tried."""
    registry.behaviours = stored(store, name, *(by_token()[:2] if bearer else (DOOR,)))
    found = judged(bench.pull(registry, also=((name, store.port),)))
    [verdict] = found[BLOBS_CHECK]

    assert told(found)[BLOBS_CHECK] == ["reg.blob-redirect-keeps-credentials warning"]
    assert "containerd sends the registry's Authorization header on" in verdict.because
    assert "whose address is signed already" in verdict.because
    assert "without that header alone" in verdict.because
    assert not any(one.authorization for one in store.asked)


def test_nobody_has_credentials_that_could_go_along(bench: Bench, registry: Server, store: Server) -> None:
    """66: a registry for everybody."""
    registry.behaviours = stored(store, STORE, image_of(TINY))[1:]

    assert told(judged(bench.pull(registry, also=((STORE, store.port),))))[BLOBS_CHECK] == ["pass"]


def test_storage_that_wants_what_go_sends(bench: Bench, registry: Server, authority: trustme.CA) -> None:
    """66: the other port is the registry again, and whether it takes the header was not tried."""
    with quirks.serving(authority, lambda asked: error(401, "UNAUTHORIZED")) as other:
        registry.behaviours = stored(other, REGISTRY)
        found = judged(bench.pull(registry, also=((REGISTRY, other.port),)))

    assert told(found)[BLOBS_CHECK] == ["reg.blob-redirect-refused warning", "unknown"]
    assert "which was not tried" in found[BLOBS_CHECK][0].because
    assert not any(one.authorization for one in other.asked)


EXPIRED = (
    b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>",
    b"<Error><Code>RequestTimeTooSkewed</Code><Message>The difference is too large.</Message></Error>",
    b"<Error><Code>AuthenticationFailed</Code><Message>Server failed.</Message><AuthenticationErrorDetail>Signature"
    b" not valid in the specified time frame</AuthenticationErrorDetail></Error>",
)


@pytest.mark.parametrize("answer", EXPIRED, ids=["s3", "s3-skew", "azure"])
@pytest.mark.parametrize("behind", [0, 7200])
@pytest.mark.parametrize("vantage", ["inside", "outside"])
def test_address_that_has_expired(
    authority: trustme.CA, registry: Server, answer: bytes, behind: int, vantage: str
) -> None:
    """68: a clock that is wrong, or an address that was kept."""
    date = ("Date", formatdate(time.time() - behind, usegmt=True))
    with quirks.serving(authority, lambda _: Answer(403, answer), names=("store.example.com",)) as other:
        moved = makes.moved_to(f"https://store.example.com:{other.port}", LAYERS)
        registry.behaviours = [quirks.by_password, makes.naming(moved, date), image_of(TINY)]
        also = (("store.example.com", other.port),)
        [verdict, *others] = judged(Bench(authority, vantage).pull(registry, also=also))[BLOBS_CHECK]

    assert verdict.cause
    assert (verdict.cause.id, verdict.severity, others) == ("reg.presigned-expired", "error", [])
    assert ("the registry's clock is 7" in verdict.because) == bool(behind and b"Date" not in answer) or not behind


@pytest.mark.parametrize("bearer", [True, False])
@pytest.mark.parametrize("provider", [True, False])
def test_whole_registry_behind_a_redirect(
    bench: Bench, registry: Server, authority: trustme.CA, bearer: bool, provider: bool
) -> None:
    """73: the host that answers is another one, and the credentials are not its."""
    inner = by_token() if bearer else [DOOR, image_of(TINY)]
    with quirks.serving(authority, *inner, names=("ecr.example.com",)) as other:
        base = f"https://ecr.example.com:{other.port}"
        registry.behaviours = [lambda asked: Answer(307, headers=(("Location", base + asked.path),))]
        also = (("ecr.example.com", other.port),)
        pull = bench.pull(registry, given() if provider else nobody(), also=also)
        found = judged(pull, provider="arn" if provider else None)

    if provider:
        assert told(found)[AUTH] == ["unknown", "auth.credentials-per-host warning"]
        assert "containerd is stopped by that, Docker is not" in found[AUTH][1].because
        assert f"name ecr.example.com:{other.port} in Image" in found[AUTH][0].because
    else:
        assert told(found)[AUTH][0] == "cfg.auth-needed-not-configured"
    assert not [one for one in (*registry.asked, *other.asked) if one.authorization or one.form]
    assert pull.met


def test_registry_that_logs_in_and_leads_away(bench: Bench, registry: Server, authority: trustme.CA) -> None:
    """73: the credentials are good at the door, and the manifest is behind another one."""
    with quirks.serving(authority, DOOR, image_of(TINY), names=("ecr.example.com",)) as other:
        moved = Answer(307, headers=(("Location", f"https://ecr.example.com:{other.port}{MANIFEST}"),))
        registry.behaviours = [DOOR, at(MANIFEST, moved), image_of(TINY)]
        found = judged(bench.pull(registry, also=(("ecr.example.com", other.port),)))

    assert told(found)[AUTH] == ["auth.credentials-per-host"]
    assert not [one for one in other.asked if one.authorization]


def test_registry_for_everybody_behind_a_redirect(bench: Bench, registry: Server, authority: trustme.CA) -> None:
    """73: where nobody asks for credentials, both pull."""
    with quirks.serving(authority, image_of(TINY), names=("ecr.example.com",)) as other:
        base = f"https://ecr.example.com:{other.port}"
        registry.behaviours = [lambda asked: Answer(307, headers=(("Location", base + asked.path),))]
        found = told(judged(bench.pull(registry, also=(("ecr.example.com", other.port),))))

    assert found[EXISTS] == found[BLOBS_CHECK] == ["pass"]


def test_one_scope_and_the_service_to_the_letter(bench: Bench, registry: Server) -> None:
    """37: the first scope is the only one. 39: the service is echoed as it is."""
    service = 'Lab, the \\"registry\\" (v2)'
    registry.behaviours = by_token(REALM, f'service="{service}"')
    found = judged(bench.pull(registry))

    assert told(found)[AUTH] == ["pass"]
    for asked in registry.requests("/auth"):
        sent = asked.query or asked.form
        assert sent["service"] == ['Lab, the "registry" (v2)']
        assert sent["scope"] == [f"repository:{quirks.REPOSITORY}:pull"]


def test_empty_user_name_is_none() -> None:
    """42: containerd refuses it, so the function has to return both."""
    payload = json.dumps({"Credentials": {"Username": "", "Password": "t0k3n"}}).encode()
    account = of_answer(Invocation(payload, None, 0.1)).account

    assert account.source is Source.NOBODY
    assert account.blocked_by == "function.returns-credentials"


def test_refusal_of_the_manifest_is_quoted(bench: Bench, registry: Server) -> None:
    """46: the answer to HEAD has no words, the one to GET has them."""
    registry.behaviours = [DOOR, at(MANIFEST, error(403, "DENIED", "project is archived")), image_of(TINY)]

    assert "DENIED: project is archived" in judged(bench.pull(registry))[AUTH][0].because


def test_digest_is_named(bench: Bench, registry: Server) -> None:
    """64: a tag may move; what it stands for now is said."""
    registry.behaviours = served(TINY)

    assert TINY.digest in judged(bench.pull(registry))[EXISTS][0].because


def test_target_that_nobody_reaches(bench: Bench, registry: Server) -> None:
    """72: the manifest is served, and the layers are on a host that does not answer."""
    registry.behaviours = [DOOR, makes.moved_to("https://store.example.com:1", LAYERS), image_of(TINY)]
    found = told(judged(bench.pull(registry, also=(("store.example.com", 1),))))

    assert (found[EXISTS], found[BLOBS_CHECK]) == (["pass"], ["reg.blob-redirect-other-host"])


def test_proxy_of_the_environment_is_not_asked(bench: Bench, registry: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """81: SageMaker has none."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    registry.behaviours = served(TINY)

    assert told(judged(bench.pull(registry)))[BLOBS_CHECK] == ["pass"]


@pytest.mark.parametrize(
    ("ping", "api"), [(404, "reg.v2-root-missing"), (403, "reg.sso-or-waf-answers"), (500, "reg.server-error")]
)
@pytest.mark.parametrize("door", ["basic", "bearer", "none"])
def test_root_that_docker_alone_needs(bench: Bench, registry: Server, ping: int, api: str, door: str) -> None:
    """4, 5: a warning that says who is stopped, and nothing is left open."""
    behaviours = {"basic": served(TINY), "bearer": by_token(), "none": [image_of(TINY)]}[door]
    registry.behaviours = [at("/v2/", error(ping, "NO")), *behaviours]
    _, found = looked_at(bench, registry)
    words = told(found)

    assert pullers(found) == "y/N"
    assert words["registry.api-v2"] == [f"{api} warning"]
    assert words["auth.challenge"] == ["not-applicable" if door == "none" else "pass"]
    assert words[EXISTS] == words[BLOBS_CHECK] == ["pass"]
    assert "unknown" not in {what for one in words.values() for what in one}


def test_root_that_is_missing_and_a_challenge_that_nobody_can_answer(bench: Bench, registry: Server) -> None:
    """4: Docker is stopped at the root, containerd at the challenge."""
    registry.behaviours = [at("/v2/", error(404, "NO")), *by_token('Bearer realm="http://HOST/auth"')]
    _, found = looked_at(bench, registry)

    assert told(found)["auth.challenge"] == ["auth.realm-http"]
    assert pullers(found) == "N/N"


ELSEWHERE = {
    82: ("tests/checks/tls/test_tls_checks.py", "chose HTTP/2 (ALPN h2) and does not speak it"),
    84: ("tests/checks/auth/test_auth_credentials.py", "auth.realm-internal-name"),
}
"""Where the numbers are tried that are not about what a registry answers."""


def test_every_number_is_tried() -> None:
    root = Path(__file__).parents[2]
    texts = [path.read_text() for path in Path(__file__).parent.glob("test_collect_*.py")]
    ids = (found for text in texts for found in re.findall(r'^    (?:\*\*\{f)?"((?:\d+-)+)', text, re.MULTILINE))
    docs = (found for text in texts for found in re.findall(r'(?:"""|\. |, )(\d+)(?=[,:] )', text))
    numbers = {int(one) for found in (*ids, *docs) for one in found.split("-") if one}

    assert set(range(1, 85)) - numbers - set(ELSEWHERE) == set()
    assert [path for path, text in ELSEWHERE.values() if text not in (root / path).read_text()] == []

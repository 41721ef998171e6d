"""What registries do, one row each: whether skopeo pulls from them, and what pullcheck says of them."""

import gzip
import json
import ssl
from collections.abc import Iterable

from behaviours import (
    CONFIG,
    DOCUMENT,
    HTML,
    LAYER,
    NO_LENGTH,
    OCI,
    PAGE,
    SMALLER,
    TINY,
    Row,
    Rows,
    arm,
    asking,
    bad,
    blob,
    changed_layer,
    demanding,
    everywhere,
    good,
    issued,
    jwt,
    listing,
    manifest,
    many_layers,
    odd,
    of_index,
    of_store,
    only,
    ping,
    reversed_chain,
    said_otherwise,
    schema_1,
    served,
    untyped,
    with_password,
    with_token,
    without_ping_header,
    zstd,
)
from quirks import (
    BASIC,
    TOKEN,
    Answer,
    at,
    by_password,
    error,
    image_of,
    tiny,
)
from street import NOBODY, PLAIN

from pullcheck.demo.certificates import Authority, self_signed
from pullcheck.demo.image import digest_of

USUAL = with_password()
OPEN: Rows = lambda _: [image_of(TINY)]  # noqa: E731
GZIP = ("Content-Encoding", "gzip")
NOWHERE = 'Bearer realm="https://nowhere.invalid/token",service="lab"'

PING: Iterable[Row] = (
    good("basic", USUAL),
    good("anonymous", OPEN),
    good("no-version-header", with_password(without_ping_header), says="warning"),
    good("scheme-in-capitals", asking('BASIC realm="lab"')),
    good("realm-unquoted", asking("Basic realm=lab")),
    good("charset", asking('Basic realm="lab", charset="UTF-8"')),
    good("no-realm", asking("Basic")),
    good("negotiate-in-a-line-of-its-own", asking("Negotiate", 'Digest realm="x", nonce="y"', 'Basic realm="lab"')),
    bad("negotiate-in-the-same-line", asking('Negotiate, Basic realm="lab"')),
    bad("no-challenge", asking()),
    bad("digest-alone", asking('Digest realm="x", nonce="y"')),
    bad("404-everywhere", everywhere(error(404, "NOT_FOUND"))),
    bad("404-page-everywhere", everywhere(Answer(404, b"<html>gone</html>", (HTML,)))),
    bad("403-everywhere", everywhere(error(403, "DENIED", "no", BASIC))),
    bad("500-everywhere", everywhere(error(500, "UNKNOWN"))),
    bad("502-page-everywhere", everywhere(Answer(502, b"<html>bad gateway</html>", (HTML,)))),
    bad("503-everywhere", everywhere(Answer(503, b"", (("Server", "awselb/2.0"),)))),
    bad("sign-in-everywhere", lambda _: [lambda _asked: PAGE]),
    bad("sign-in-by-redirect", lambda _: [at("/login", PAGE), lambda _a: Answer(302, b"", (("Location", "/login"),))]),
    bad("hangs-up", lambda _: [lambda _asked: Answer(0)]),
    bad("plain-http", USUAL, address=PLAIN),
    bad("nobody-listens", USUAL, address=NOBODY),
    bad("below-a-path", lambda _: [lambda asked: None if asked.path.startswith("/team/v2") else Answer(404)]),
    odd(
        "ping-404-alone",
        with_password(ping(error(404, "NOT_FOUND")), at("/team/v2/", error(404, "NOT_FOUND"))),
        pulls=False,
        says="warning",
        because="Docker's family, as skopeo, stops at GET /v2/; containerd does not ask for it",
    ),
    odd(
        "challenge-on-manifest-only",
        with_password(ping(Answer(200, b"{}"))),
        pulls=False,
        says="warning",
        because="Docker's family, as skopeo, asks GET /v2/ alone how to log in; containerd asks the manifest",
    ),
    odd(
        "ping-page-alone",
        with_password(ping(PAGE)),
        pulls=False,
        says="warning",
        because="Docker's family, as skopeo, learns nothing of a login from a page; containerd does not ask for it",
    ),
    odd(
        "ping-429",
        with_password(ping(error(429, "TOOMANYREQUESTS"))),
        pulls=False,
        says="warning",
        because="a rate limit passes; skopeo gives up after five tries",
    ),
)

TOKENS: Iterable[Row] = (
    bad(
        "token-said-to-be-gzip",
        with_token(Answer(200, json.dumps({"token": TOKEN}).encode(), (("Content-Encoding", "gzip"),))),
    ),
    good("token", with_token()),
    good("token-same-host", with_token(None, 'Bearer realm="https://{registry}/token",service="lab, registry"')),
    good("access-token", with_token({"access_token": TOKEN})),
    good("both-tokens", with_token({"token": TOKEN, "access_token": TOKEN, "refresh_token": "r"})),
    good("realm-with-query", with_token(None, 'Bearer realm="https://{token}/token?a=b",service="lab"')),
    good("no-service", with_token(None, 'Bearer realm="https://{token}/token"')),
    good("capitals", with_token(None, 'BEARER Realm="https://{token}/token",SERVICE="lab"')),
    good("escapes", with_token(None, 'Bearer realm="https://{token}/token",service="the \\"lab\\""')),
    good("scope", with_token(None, 'Bearer realm="https://{token}/token",service="x",scope="registry:catalog:*,pull"')),
    good("blanks", with_token(None, 'Bearer   realm="https://{token}/token" ,  service="lab"')),
    good("bearer-then-basic", with_token(None, 'Bearer realm="https://{token}/token",service="x", Basic realm="y"')),
    good(
        "bearer-and-basic-lines", with_token(None, 'Bearer realm="https://{token}/token",service="x"\nBasic realm="y"')
    ),
    good(
        "issued-at", with_token({"token": TOKEN, "issued_at": "2026-11-22T10:00:00.123456789+01:00", "expires_in": 300})
    ),
    good("jwt", with_token({"token": jwt({"type": "repository", "name": "team/model", "actions": ["pull"]})})),
    bad("basic-then-bearer", with_token(None, 'Basic realm="y", Bearer realm="https://{token}/token",service="x"')),
    bad("realm-unquoted-url", with_token(None, "Bearer realm=https://{token}/token")),
    bad("realm-relative", with_token(None, 'Bearer realm="/token",service="lab"')),
    bad("expires-in-string", with_token({"token": TOKEN, "expires_in": "300"})),
    bad("expires-in-float", with_token({"token": TOKEN, "expires_in": 300.5})),
    bad("issued-at-empty", with_token({"token": TOKEN, "issued_at": ""})),
    bad("issued-at-no-time", with_token({"token": TOKEN, "issued_at": "yesterday"})),
    bad("token-page", with_token(PAGE)),
    bad(
        "token-sign-in",
        with_token(
            Answer(302, b"", (("Location", "/login"),)), 'Bearer realm="https://{token}/token"', at("/login", PAGE)
        ),
    ),
    bad("token-401", with_token(error(401, "UNAUTHORIZED"))),
    bad("token-403", with_token(error(403, "DENIED"))),
    bad("token-empty", with_token({})),
    bad("token-list", with_token(Answer(200, b"[]"))),
    bad("token-of-no-use", with_token(Answer(200, json.dumps({"token": jwt()}).encode()))),
    bad("token-500", with_token(error(500, "UNKNOWN"))),
    bad("token-get-405", with_token(error(405, "UNSUPPORTED"))),
    odd(
        "token-post-only",
        with_token(
            None,
            'Bearer realm="https://{token}/token",service="lab"',
            lambda asked: (
                None
                if asked.path != "/token"
                else Answer(200, json.dumps({"access_token": TOKEN}).encode())
                if asked.method == "POST"
                else error(405, "UNSUPPORTED")
            ),
        ),
        pulls=False,
        says="warning",
        because="containerd asks with POST first, Docker's family, as skopeo, with GET alone",
    ),
    odd(
        "realm-http",
        with_token(None, 'Bearer realm="http://{token}/token",service="lab"'),
        pulls=True,
        says="fail",
        because="skopeo sends the password in the clear, as Docker does; pullcheck does not, and calls it broken",
    ),
    odd(
        "service-empty",
        with_token(None, 'Bearer service="",realm="https://{token}/token"'),
        pulls=False,
        says="warning",
        because="the parser of Docker's family stops at an empty value, containerd's does not",
    ),
    odd("realm-nowhere", with_token(None, NOWHERE), False, "unknown", "no resolver answers here, so nothing is proven"),
)

MANIFESTS: Iterable[Row] = (
    good("head-501", with_password(manifest(error(501, "UNSUPPORTED"), "HEAD")), says="warning"),
    good("head-429", with_password(manifest(error(429, "TOOMANYREQUESTS"), "HEAD")), says="warning"),
    good("head-of-json", said_otherwise("HEAD", "Content-Type", "application/json"), says="warning"),
    good("head-too-short", said_otherwise("HEAD", "Content-Length", "9"), says="warning"),
    good("head-names-no-digest", said_otherwise("HEAD", "Docker-Content-Digest", "v1"), says="warning"),
    good(
        "by-digest-octets",
        said_otherwise("GET", "Content-Type", "application/octet-stream", below="/manifests/sha256"),
        says="warning",
    ),
    odd(
        "by-tag-octets",
        said_otherwise("*", "Content-Type", "application/octet-stream", below="/manifests/v1"),
        pulls=False,
        says="warning",
        because="skopeo asks by the tag; Docker takes the digest from HEAD and then the type that comes with it",
    ),
    good("index-size-wrong", listing(size=9), says="warning"),
    bad("index-windows-alone", listing(os="windows")),
    bad("index-newer-processors-alone", listing(variant="v3")),
    good("manifest-gzip", with_password(served(gzip.compress(TINY.manifest), TINY.media_type, GZIP))),
    bad("manifest-said-to-be-gzip", with_password(served(TINY.manifest, TINY.media_type, GZIP))),
    good(
        "config-octets",
        with_password(image=tiny(config={**DOCUMENT["config"], "mediaType": "application/octet-stream"})),
        says="warning",
    ),
    good(
        "foreign-layers-here",
        with_password(image=changed_layer(mediaType="application/vnd.docker.image.rootfs.foreign.diff.tar.gzip")),
        says="warning",
    ),
    good("head-405", with_password(manifest(error(405, "UNSUPPORTED"), "HEAD"))),
    good("head-403", with_password(manifest(error(403, "DENIED"), "HEAD")), says="warning"),
    good("head-404", with_password(manifest(error(404, "MANIFEST_UNKNOWN"), "HEAD")), says="warning"),
    good("no-digest-header", with_password(Docker_Content_Digest="")),
    good("charset-of-manifest", with_password(served(TINY.manifest, f"{TINY.media_type}; charset=utf-8"))),
    good("no-media-type-field", with_password(image=untyped(OCI)), says="warning"),
    odd(
        "no-media-type-field-of-docker",
        with_password(image=untyped(TINY.media_type)),
        pulls=False,
        says="warning",
        because="Docker's family, as skopeo, wants Docker's type in the document too; containerd goes by Content-Type",
    ),
    good("oci", with_password(image=tiny(mediaType=OCI)), says="warning"),
    good("index", of_index(("arm64", arm()), ("amd64", TINY))),
    good("index-attested", of_index(("amd64", TINY), attested=True), says="warning"),
    good("by-digest", with_password(), reference=f"@{TINY.digest}"),
    good(
        "by-digest-alone",
        with_password(at("/v2/team/model/tags/list", error(403, "DENIED"))),
        reference=f"@{TINY.digest}",
    ),
    bad("tag-unknown", USUAL, reference=":v2"),
    bad("digest-unknown", USUAL, reference=f"@{digest_of(b'x')}"),
    bad(
        "repository-unknown",
        with_password(manifest(error(404, "NAME_UNKNOWN")), at("/v2/team/model/tags/list", error(404, "NAME_UNKNOWN"))),
    ),
    bad("manifest-403", with_password(manifest(error(403, "DENIED")))),
    bad(
        "unsigned", with_password(manifest(error(412, "PROJECTPOLICYVIOLATION", "The image is not signed by cosign.")))
    ),
    bad("vulnerable", with_password(manifest(error(412, "PROJECTPOLICYVIOLATION", "image with 9 vulnerabilities")))),
    bad("manifest-page", with_password(manifest(PAGE))),
    bad("manifests-beside-layers", with_password(image=tiny(manifests=[]))),
    bad("manifest-empty", with_password(served(b""))),
    bad("manifest-no-json", with_password(served(b"image"))),
    bad("manifest-json-type", with_password(served(TINY.manifest, "application/json"))),
    bad("manifest-octets", with_password(served(TINY.manifest, "application/octet-stream"))),
    bad("manifest-plain-text", with_password(served(TINY.manifest, "text/plain"))),
    bad(
        "manifest-cut",
        with_password(served(TINY.manifest[:-9], TINY.media_type, ("Content-Length", str(len(TINY.manifest))))),
    ),
    bad(
        "manifest-other-bytes",
        with_password(
            at(
                f"/v2/team/model/manifests/{TINY.digest}",
                Answer(200, tiny(annotations={"a": "b"}).manifest, (("Content-Type", TINY.media_type),)),
            )
        ),
        reference=f"@{TINY.digest}",
    ),
    bad("index-without-amd64", of_index(("arm64", arm()))),
    bad("index-child-lost", of_index(("amd64", TINY), lost=True)),
    bad(
        "foreign-layers",
        with_password(
            image=changed_layer(
                mediaType="application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
                urls=["https://nowhere.invalid/x"],
                digest=digest_of(b"f"),
            )
        ),
    ),
    odd(
        "manifest-500", with_password(manifest(error(500, "UNKNOWN"))), False, "unknown", "it may answer the next time"
    ),
    good("digest-header-wrong", with_password(Docker_Content_Digest=digest_of(b"x")), says="warning"),
    odd(
        "arm-image",
        with_password(image=arm()),
        True,
        "fail",
        "it is pulled and cannot start on the variant's instances",
    ),
    bad("schema-1", with_password(served(schema_1(), "application/vnd.docker.distribution.manifest.v1+prettyjws"))),
    odd(
        "chart",
        with_password(
            image=tiny(
                mediaType=OCI, config={**DOCUMENT["config"], "mediaType": "application/vnd.cncf.helm.config.v1+json"}
            )
        ),
        pulls=True,
        says="fail",
        because="skopeo copies what is no image too; nothing runs it",
    ),
    odd(
        "manifest-of-5-mib",
        with_password(image=tiny(annotations={"a": "x" * (5 << 20)})),
        pulls=False,
        says="warning",
        because="skopeo stops at 4 MiB, containerd at 8 MiB, Docker later",
    ),
    good("zstd", with_password(image=zstd()), says="warning"),
    good("size-wrong", with_password(image=changed_layer(size=99)), says="warning"),
    odd(
        "many-layers",
        with_password(image=many_layers()),
        True,
        "fail",
        "they are pulled; the engine's storage does not stack them",
    ),
)

BLOBS: Iterable[Row] = (
    good("store-307", of_store()),
    good("store-302", of_store(status=302)),
    good("store-303", of_store(status=303)),
    good("store-308", of_store(status=308)),
    good("store-head-403", of_store(Answer(403), "HEAD")),
    good("blob-head-404", with_password(blob(error(404, "BLOB_UNKNOWN"), "HEAD"))),
    good("blob-head-405", with_password(blob(error(405, "UNSUPPORTED"), "HEAD"))),
    good("blob-without-length", with_password(blob(Answer(200, TINY.blobs[LAYER], (NO_LENGTH,))))),
    good(
        "blob-relative-redirect",
        with_password(
            blob(Answer(307, b"", (("Location", "/files/x"),))), at("/files/x", Answer(200, TINY.blobs[LAYER]))
        ),
    ),
    bad("store-403", of_store(Answer(403, b"<Error/>"))),
    bad("store-404", of_store(Answer(404))),
    odd("store-500", of_store(Answer(500)), False, "unknown", "it may answer the next time"),
    bad("blob-404", with_password(blob(error(404, "BLOB_UNKNOWN")))),
    bad("blob-403", with_password(blob(error(403, "DENIED")))),
    bad("blob-401", with_password(blob(error(401, "UNAUTHORIZED")))),
    bad("blob-of-other-bytes", with_password(blob(Answer(200, TINY.blobs[CONFIG])))),
    bad("blob-empty", with_password(blob(Answer(200)))),
    bad(
        "blob-cut",
        with_password(
            blob(Answer(200, TINY.blobs[LAYER][:50], (("Content-Length", str(len(TINY.blobs[LAYER]))),)), "GET")
        ),
    ),
    bad(
        "smaller-blob-cut",
        with_password(
            blob(
                Answer(200, TINY.blobs[SMALLER][:50], (("Content-Length", str(len(TINY.blobs[SMALLER]))),)),
                "GET",
                digest=SMALLER,
            )
        ),
    ),
    bad("blob-cut-unsaid", with_password(blob(Answer(200, TINY.blobs[LAYER][:50])))),
    bad("blob-page", with_password(blob(PAGE))),
    bad("config-404", with_password(blob(error(404, "BLOB_UNKNOWN"), digest=CONFIG))),
    bad("config-of-other-bytes", with_password(blob(Answer(200, b"{}"), digest=CONFIG))),
    bad(
        "redirects-endless",
        with_password(
            lambda asked: (
                Answer(307, b"", (("Location", asked.path),))
                if "/blobs/" in asked.path and not by_password(asked)
                else None
            )
        ),
    ),
    bad("redirect-to-own-machine", with_password(blob(Answer(307, b"", (("Location", "https://127.0.0.1/x"),))))),
    odd(
        "redirect-nowhere",
        with_password(blob(Answer(307, b"", (("Location", "https://nowhere.invalid/x"),)))),
        False,
        "unknown",
        "no resolver answers here, so nothing is proven",
    ),
    odd(
        "store-http",
        of_store(scheme="http"),
        True,
        "unknown",
        "skopeo follows to plain http; pullcheck says so and does not",
    ),
    good("config-gzip", with_password(blob(Answer(200, gzip.compress(TINY.blobs[CONFIG]), (GZIP,)), digest=CONFIG))),
    bad("config-said-to-be-gzip", with_password(blob(Answer(200, TINY.blobs[CONFIG], (GZIP,)), digest=CONFIG))),
    bad("blob-encoded", with_password(blob(Answer(200, TINY.blobs[LAYER], (("Content-Encoding", "gzip"),))))),
)

CERTIFICATES: Iterable[Row] = (
    good("tls-1.2", USUAL, configure=only(ssl.TLSVersion.TLSv1_2)),
    good("tls-chain-with-root", USUAL, certificate=reversed_chain, says="pass"),
    good("tls-own-name", USUAL, certificate=issued()),
    good("tls-expiring", USUAL, certificate=issued(ends=9), says="warning"),
    odd(
        "tls-1.1",
        USUAL,
        pulls=True,
        says="fail",
        because="skopeo 1.9.3, of 2022, still speaks TLS 1.1; Docker and containerd want 1.2",
        configure=only(ssl.TLSVersion.TLSv1_1),
    ),
    bad(
        "tls-missing-intermediate",
        USUAL,
        certificate=lambda authority, name: authority.issue(name).without_intermediate,
    ),
    bad("tls-self-signed", USUAL, certificate=lambda _, name: self_signed(name)),
    bad("tls-private", USUAL, certificate=lambda _, name: Authority("Private").issue(name)),
    bad("tls-expired", USUAL, certificate=issued(begins=-90, ends=-1)),
    bad("tls-not-yet", USUAL, certificate=issued(begins=2, ends=90)),
    bad("tls-other-name", USUAL, certificate=lambda authority, _: authority.issue("other.example.net")),
    bad("tls-client-certificate", USUAL, configure=demanding),
)

ROWS = (*PING, *TOKENS, *MANIFESTS, *BLOBS, *CERTIFICATES)

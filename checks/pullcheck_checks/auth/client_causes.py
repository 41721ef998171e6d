"""Why one family of container clients gets a token, or keeps it, where the other does not."""

from pullcheck.verdict import Basis, Cause, Severity

_TOKENS = "Distribution project, token authentication specification"
_TRIED = "tried with containerd's and Docker's clients against servers that answer so"

TOKEN_POST_ONLY = Cause(
    "auth.token-post-only",
    breaks="The token service does not answer GET, the form that Docker uses.",
    seen="GET on the realm with the credentials answers 400, 404, 405 or 501; POST may bring a token.",
    fix="Let the token service answer GET as well.",
    basis=Basis.SPECIFICATION,
    source=f"{_TOKENS}; {_TRIED}",
    certain=False,
)
POST_REFUSED = Cause(
    "auth.token-post-refused",
    breaks="The token service refuses POST in a way after which containerd does not go on to GET.",
    seen="POST on the realm answers with a status other than 200, 400, 401, 404 and 405, and GET brings a token.",
    fix="Let proxies and filters pass POST to the token service on, or answer it 404 or 405.",
    basis=Basis.SPECIFICATION,
    source=f"containerd source, token requests; {_TRIED}",
    severity=Severity.WARNING,
)
POST_WITHOUT_TOKEN = Cause(
    "auth.token-post-without-access-token",
    breaks="The token service answers POST without access_token, the one field in which containerd looks there.",
    seen="POST on the realm answers 200 with token alone, or with what cannot be read; GET brings a token.",
    fix="Answer POST with access_token, or with 404 or 405.",
    basis=Basis.SPECIFICATION,
    source=f"RFC 6749 section 5.1; {_TRIED}",
    severity=Severity.WARNING,
)
LATE_CHALLENGE = Cause(
    "auth.challenge-only-on-manifest",
    breaks="GET /v2/ asks for nothing and the manifest does: Docker's clients then never send credentials.",
    seen="GET /v2/ answers 200, GET manifest 401 with a challenge.",
    fix="Have GET /v2/ answer 401 with the challenge too.",
    basis=Basis.SPECIFICATION,
    source="Distribution project, registry HTTP API V2 specification, API version check; Docker source",
    severity=Severity.WARNING,
)
NO_CHALLENGE_ON_MANIFEST = Cause(
    "auth.challenge-only-on-ping",
    breaks="Whoever is not logged in is told that there is no such image: containerd, which begins with the manifest,"
    " never learns that it has to log in.",
    seen="HEAD manifest without credentials answers neither 200 nor 401 with a challenge; with them GET answers 200.",
    fix="Answer requests without credentials 401 with the challenge, also for repositories that are private.",
    basis=Basis.FIELD_REPORT,
    source="Reports of pulls from GitHub's registries with containerd; OCI distribution specification",
    severity=Severity.WARNING,
)
EXPIRY_UNSAID = Cause(
    "auth.token-expiry-unsaid",
    breaks='A token that has expired is refused without error="invalid_token", and containerd does not fetch another.',
    seen="HEAD manifest with a token that is none answers 401, and the challenge has no error parameter.",
    fix="Have the registry name the error in the challenge, or give out tokens that outlast a pull.",
    basis=Basis.FIELD_REPORT,
    source="RFC 6750 section 3; reports of long pulls with containerd",
    severity=Severity.WARNING,
    certain=False,
)
TOKENS_DIFFER = Cause(
    "auth.tokens-differ",
    breaks="The token service gives two tokens in one answer, and which of them a client takes is not defined.",
    seen="token and access_token are both there, and differ.",
    fix="Answer with one of them, or with the same in both.",
    basis=Basis.SPECIFICATION,
    source=_TOKENS,
    severity=Severity.WARNING,
    certain=False,
)
SHORT_LIVED = Cause(
    "auth.token-short-lived",
    breaks="Tokens live for less than 60 seconds, the least that Docker counts with: it goes on with one that is dead.",
    seen="expires_in in the token service's answer.",
    fix="Let tokens live for 300 seconds at least, better 1800.",
    basis=Basis.SPECIFICATION,
    source=f"{_TOKENS}; Docker source, least life of a token",
    severity=Severity.WARNING,
)
CREDENTIALS_PER_HOST = Cause(
    "auth.credentials-per-host",
    breaks="The registry's host redirects to another one, which asks for credentials: containerd has them for the host"
    " that the image names, and gives the other none.",
    seen="A manifest request is redirected to another host, which answers 401 with a challenge.",
    fix="Name the host that answers in Image, or have the front end pass requests on instead of redirecting them.",
    basis=Basis.FIELD_REPORT,
    source="containerd source, authorizer by host; reports of registries behind a redirecting front end",
    severity=Severity.WARNING,
    certain=False,
)
CHALLENGES_DIFFER = Cause(
    "auth.challenges-differ",
    breaks="The manifest sends clients to another token service than GET /v2/ does, or asks in another scheme: Docker"
    " goes by the one, containerd by the other, and only the first was tried.",
    seen="HEAD manifest without credentials: realm, service or scheme of its challenge are not those of GET /v2/.",
    fix="Let both answer with the same challenge.",
    basis=Basis.SPECIFICATION,
    source="containerd source, authorizer; Docker source, challenge manager; RFC 9110 section 11.6.1",
    severity=Severity.WARNING,
    certain=False,
)
CLIENTS = (
    CREDENTIALS_PER_HOST,
    TOKEN_POST_ONLY,
    POST_REFUSED,
    POST_WITHOUT_TOKEN,
    LATE_CHALLENGE,
    NO_CHALLENGE_ON_MANIFEST,
    EXPIRY_UNSAID,
    TOKENS_DIFFER,
    SHORT_LIVED,
    CHALLENGES_DIFFER,
)

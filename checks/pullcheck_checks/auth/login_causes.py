"""Why a registry that asks for credentials does not let the image be pulled with them."""

from pullcheck.verdict import Basis, Cause, Severity
from pullcheck_checks.auth.account_causes import ACCOUNT
from pullcheck_checks.auth.client_causes import CLIENTS

_API = "Distribution project, registry HTTP API V2 specification"
_TOKENS = "Distribution project, token authentication specification"
_GUIDE = "SageMaker guide, private Docker registry for real-time inference"

BASIC_REJECTED = Cause(
    "auth.basic-rejected",
    breaks="The registry, or its token service, does not accept the user name and password.",
    seen="GET /v2/ with Basic credentials, or the token request with them, answers 401.",
    fix="Store a user name and a password that the registry accepts in the secret that the function reads.",
    basis=Basis.SPECIFICATION,
    source=_API,
)
NO_PULL = Cause(
    "auth.no-pull-on-repo",
    breaks="The account is valid and may not pull from this repository.",
    seen="GET /v2/ answers 200 with the credentials and the manifest 401 or 403, or the token service answers 403.",
    fix="Grant the account read access to the repository.",
    basis=Basis.SPECIFICATION,
    source=_API,
)
TOKEN_WITHOUT_PULL = Cause(
    "auth.token-without-pull",
    breaks="The token service gives a token that does not allow the pull, which the protocol does not call an error.",
    seen="The token request answers 200, and the manifest 401 or 403 with that token.",
    fix="Grant the account pull on the repository.",
    basis=Basis.SPECIFICATION,
    source=_TOKENS,
)
TOKEN_FIELD_MISSING = Cause(
    "auth.token-field-missing",
    breaks="The token service answers 200 without a token: neither token nor access_token is there.",
    seen="The body of the answer to the token request: a web page, or JSON without these keys.",
    fix="Let the realm lead to the token service itself, with no sign-in page or proxy before it.",
    basis=Basis.SPECIFICATION,
    source=_TOKENS,
)
TOKEN_MALFORMED = Cause(
    "auth.token-answer-malformed",
    breaks="The token service's answer has a field of the wrong type, and clients written in Go refuse all of it.",
    seen="expires_in is no whole number, issued_at no RFC 3339 time, or the token cannot stand in a header.",
    fix="Correct the token service: expires_in in whole seconds, issued_at as 2026-01-31T12:00:00Z, or leave them out.",
    basis=Basis.SPECIFICATION,
    source=f"{_TOKENS}; Docker's and containerd's decoders",
)
TOKEN_AUDIENCE = Cause(
    "auth.token-audience-or-clock",
    breaks="The registry refuses a token that grants the pull: it expects another service, key or time.",
    seen="The token lists pull on the repository, and the manifest answers 401 with it.",
    fix="Give registry and token service the same service name, issuer and certificate, and synchronise their clocks.",
    basis=Basis.SPECIFICATION,
    source=_TOKENS,
    certain=False,
)
NOT_CONFIGURED = Cause(
    "cfg.auth-needed-not-configured",
    breaks="The registry asks for credentials, and the container names no credentials function.",
    seen="GET manifest answers 401 or 403 without credentials, and RepositoryAuthConfig is absent.",
    fix="Name a credentials function in ImageConfig.RepositoryAuthConfig.RepositoryCredentialsProviderArn.",
    basis=Basis.DOCUMENTED,
    source=f"{_GUIDE}; {_TOKENS}",
)
NEEDLESS = Cause(
    "cfg.auth-configured-needlessly",
    breaks="The registry never asks for credentials; the function is one more thing that can fail at every start.",
    seen="GET manifest answers 200 without credentials, and no request met a challenge.",
    fix="Take RepositoryAuthConfig out, or have the registry ask for credentials.",
    basis=Basis.INFERENCE,
    source="Distribution specification, pulling manifests",
    severity=Severity.WARNING,
)
ACCEPTED = (
    BASIC_REJECTED,
    NO_PULL,
    TOKEN_WITHOUT_PULL,
    TOKEN_FIELD_MISSING,
    TOKEN_MALFORMED,
    TOKEN_AUDIENCE,
    NOT_CONFIGURED,
    NEEDLESS,
    *CLIENTS,
    *ACCOUNT,
)

REALM_UNREACHABLE = Cause(
    "auth.realm-on-second-host",
    breaks="The token service is a host of its own, and the model's subnets do not reach it.",
    seen="From inside the VPC, the connection to the realm's host is refused or stays without an answer.",
    fix="Open the path to that host in DNS, security groups, ACLs and routes, or serve the realm on the registry's.",
    basis=Basis.SPECIFICATION,
    source=_TOKENS,
)
REALM_UNTRUSTED = Cause(
    "auth.realm-private-certificate",
    breaks="The token service's certificate does not verify, so no client sends it the credentials.",
    seen="TLS handshake with the realm's host, verified against the public roots.",
    fix="Give the token service a certificate of a public CA for its name, with its intermediates.",
    basis=Basis.INFERENCE,
    source=_GUIDE,
)
REALM_NAME = Cause(
    "auth.realm-internal-name",
    breaks="The realm names a host that does not exist where the image is pulled.",
    seen="The resolver inside the VPC does not know the realm's host, or it leads to the puller's own machine.",
    fix="Set the registry's external URL, or the realm of its token settings, to a name that the VPC resolves.",
    basis=Basis.FIELD_REPORT,
    source="Harbor issues on the external URL behind a proxy",
)
IDP_DOWN = Cause(
    "auth.idp-down",
    breaks="The token service fails, e.g. because the directory behind it does not answer.",
    seen="The token request answers 500 or above.",
    fix="Mend the token service, or use an account that needs no directory.",
    basis=Basis.INFERENCE,
    source="RFC 9110 section 15.6",
    certain=False,
)
REALM = (REALM_UNREACHABLE, REALM_UNTRUSTED, REALM_NAME, IDP_DOWN)

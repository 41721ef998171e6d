"""Why container clients cannot make sense of the way in which a registry asks for credentials."""

from pullcheck.verdict import Basis, Cause, Severity

_HTTP = "RFC 9110 section 11.6.1"
_TOKENS = "Distribution project, token authentication specification"

SCHEME_UNSUPPORTED = Cause(
    "auth.scheme-unsupported",
    breaks="The registry asks for an authentication scheme other than Basic and Bearer, the two that SageMaker speaks.",
    seen="GET /v2/: no WWW-Authenticate line offers Basic or Bearer.",
    fix="Put Basic or token authentication in front of the registry, at least for /v2/*.",
    basis=Basis.DOCUMENTED,
    source=f"SageMaker guide, private Docker registry for real-time inference; {_TOKENS}",
)
CHALLENGE_MALFORMED = Cause(
    "auth.challenge-malformed",
    breaks="The registry wants credentials and does not say, in the grammar of HTTP, how they are to be given.",
    seen="GET /v2/ answers 401 without WWW-Authenticate, or the header has no usable realm or breaks the grammar.",
    fix="Have the registry send WWW-Authenticate as specified, and let no proxy drop or rewrite it.",
    basis=Basis.SPECIFICATION,
    source=f"containerd and Docker source, challenge parsers; {_HTTP}",
)
CHALLENGES_IN_ONE_LINE = Cause(
    "auth.challenges-in-one-line",
    breaks="Several challenges share one header line, and container clients read only the first of a line.",
    seen="GET /v2/: the challenge that is needed stands behind another in the same WWW-Authenticate line.",
    fix="Send each challenge in a WWW-Authenticate line of its own.",
    basis=Basis.SPECIFICATION,
    source=f"{_HTTP}; distribution source, challenge parser",
)
EMPTY_PARAMETER = Cause(
    "auth.challenge-empty-parameter",
    breaks="The challenge has a parameter without a value, and Docker's parser reads nothing behind it.",
    seen='GET /v2/: the Bearer challenge has e.g. service="" before realm or service.',
    fix="Give the parameter a value or leave it out.",
    basis=Basis.SPECIFICATION,
    source="distribution source, challenge parser; containerd reads on",
    severity=Severity.WARNING,
)
REALM_RELATIVE = Cause(
    "auth.realm-relative",
    breaks="The realm of the Bearer challenge is a path, and container clients need a whole URL.",
    seen="GET /v2/: the realm has no scheme or no host.",
    fix="Configure the registry's external URL, so that realm is an https URL with a host.",
    basis=Basis.SPECIFICATION,
    source=_TOKENS,
)
REALM_HTTP = Cause(
    "auth.realm-http",
    breaks="The token service is announced as http://: the password would travel unencrypted, or to a closed port 80.",
    seen="GET /v2/: the scheme of realm in the Bearer challenge.",
    fix="Set the registry's external URL to https, or have the proxy send X-Forwarded-Proto: https.",
    basis=Basis.FIELD_REPORT,
    source="Harbor issues 3114, 3933 and 20530; distribution documentation, proxy recipes",
)

CHALLENGE = (
    SCHEME_UNSUPPORTED,
    CHALLENGE_MALFORMED,
    CHALLENGES_IN_ONE_LINE,
    EMPTY_PARAMETER,
    REALM_RELATIVE,
    REALM_HTTP,
)

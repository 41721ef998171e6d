"""Why what answers at the registry's address is not a registry that can be pulled from."""

from pullcheck.verdict import Basis, Cause, Severity

_API = "Distribution project, registry HTTP API V2 specification, API version check"
_RECIPES = "Distribution project, deployment and proxy recipes"

NAME_NOT_RESOLVED = Cause(
    "reg.name-not-resolved",
    breaks="The registry's name does not exist for the resolver of the place from which the image is pulled.",
    seen="The resolver's answer to the registry's name, asked from inside the VPC.",
    fix="Create the record in a private hosted zone of the VPC, or correct the host in Image.",
    basis=Basis.SPECIFICATION,
    source="RFC 1035 section 4.1.1, response code 3",
)
CONNECTION_REFUSED = Cause(
    "reg.connection-refused",
    breaks="A host answers at the registry's address, and nothing listens on the registry's port.",
    seen="The TCP connection is answered with a reset.",
    fix="Start the registry's listener on that port, or name the port that it listens on in Image.",
    basis=Basis.SPECIFICATION,
    source="RFC 9293 section 3.10.7.1",
)
NO_ANSWER = Cause(
    "reg.no-answer",
    breaks="The registry's address does not answer in time.",
    seen="TCP connection, TLS handshake or GET /v2/: no answer within the time that --timeout gives.",
    fix="Open the path to the registry in security groups, ACLs and routes; if TCP connects, look at the listener.",
    basis=Basis.INFERENCE,
    source="Docker and containerd source: 10 s for a TLS handshake, 15 s for the version check",
    certain=False,
)
FORWARD_PROXY_ONLY = Cause(
    "reg.forward-proxy-only",
    breaks="The registry stays silent where the network lets traffic out through a proxy only, as its environment says:"
    " SageMaker's pull has no setting for one.",
    seen="From inside the VPC TCP has no answer, and HTTPS_PROXY or ALL_PROXY is set for who looked.",
    fix="Give the model's subnets a path to the registry without the proxy, or keep a copy of the image inside.",
    basis=Basis.INFERENCE,
    source="SageMaker API, CreateModel: Environment is the container's alone",
    certain=False,
)
CONNECTION_RESET = Cause(
    "reg.connection-reset",
    breaks="The registry's port accepts a connection and closes it without an answer.",
    seen="TLS handshake or GET /v2/: the other side closes or resets the connection.",
    fix="Give the load balancer a healthy target, or correct the protocol of its listener or target group.",
    basis=Basis.INFERENCE,
    source="RFC 9293 section 3.5.2; behaviour of load balancers without a healthy target",
)
NOT_HTTP = Cause(
    "reg.not-http",
    breaks="What listens on the registry's port does not speak HTTP over TLS.",
    seen="The answer to a TLS hello is neither TLS nor HTTP, or within TLS the one to GET /v2/ has no status line.",
    fix="Name the registry's own port in Image.",
    basis=Basis.SPECIFICATION,
    source="RFC 9112 section 4",
)
PLAIN_HTTP = Cause(
    "reg.plain-http",
    breaks="The registry's port speaks HTTP without TLS, and SageMaker pulls over TLS only.",
    seen="A TLS hello is answered in plain HTTP.",
    fix="Serve the registry over TLS with a certificate of a public CA, e.g. by an HTTPS listener in front of it.",
    basis=Basis.DOCUMENTED,
    source="SageMaker guide, private Docker registry for real-time inference",
)
V2_ROOT_MISSING = Cause(
    "reg.v2-root-missing",
    breaks="There is no Docker Registry HTTP API V2 at the root of the registry's host.",
    seen="GET /v2/ answers 404.",
    fix="Name the host and port of the registry itself in Image, or pass /v2/ on to it.",
    basis=Basis.SPECIFICATION,
    source=_API,
)
PATH_PREFIX = Cause(
    "reg.path-prefix",
    breaks="The registry is served below a path; an image reference always means /v2/ at the root of its host.",
    seen="GET /v2/ answers 404, and GET /PREFIX/v2/ answers as a registry does.",
    fix="Give the registry a host name of its own, or rewrite /v2/ to it.",
    basis=Basis.SPECIFICATION,
    source=_RECIPES,
)
SSO_OR_WAF_ANSWERS = Cause(
    "reg.sso-or-waf-answers",
    breaks="A sign-in page, a portal or a web application firewall answers in the registry's place.",
    seen="GET /v2/: a redirect to a sign-in page, 403, or a web page with status 200.",
    fix="Exempt /v2/* and the path of the token service from sign-in and filtering for the model's subnets.",
    basis=Basis.SPECIFICATION,
    source=_API,
)
GEO_OR_AGENT_BLOCK = Cause(
    "reg.geo-or-agent-block",
    breaks="A filter before the registry turns clients away by their country, their address or their name.",
    seen="GET /v2/ answers 403 in the words with which CloudFront or Cloudflare do so.",
    fix="Have the filter let the NAT gateways' addresses and container clients pass for /v2/*.",
    basis=Basis.INFERENCE,
    source="Amazon CloudFront guide, restricting by geography; Cloudflare documentation, errors 1005 to 1020",
    severity=Severity.WARNING,
)
API_VERSION_HEADER_MISSING = Cause(
    "reg.api-version-header-missing",
    breaks="The registry does not name its API version; today's clients pull, some older ones do not.",
    seen="GET /v2/: 200 or 401 without Docker-Distribution-Api-Version: registry/2.0.",
    fix="Have the registry or the proxy in front of it send Docker-Distribution-Api-Version: registry/2.0.",
    basis=Basis.SPECIFICATION,
    source=f"{_API}; {_RECIPES}",
    severity=Severity.WARNING,
)
REDIRECT_TO_HTTP = Cause(
    "reg.redirect-to-http",
    breaks="The registry sends its clients from https to http, where credentials would travel unencrypted.",
    seen="GET /v2/: the Location of the redirect begins with http://.",
    fix="Have the proxy that ends TLS send X-Forwarded-Proto: https, or set the registry's external URL.",
    basis=Basis.SPECIFICATION,
    source=_RECIPES,
    certain=False,
)
HUB_RATE_LIMIT = Cause(
    "reg.hub-rate-limit",
    breaks="Docker Hub limits pulls by account or by address, and everything behind one NAT gateway shares an address.",
    seen="GET /v2/ of Docker Hub answers 429.",
    fix="Give the model a credentials Lambda function, or mirror the image.",
    basis=Basis.DOCUMENTED,
    source="Docker Hub documentation, usage and limits",
    certain=False,
)
THROTTLED = Cause(
    "reg.throttled-by-own-registry",
    breaks="The registry, or a filter in front of it, limits the rate of requests; a fleet pulls many layers at once.",
    seen="GET /v2/ answers 429.",
    fix="Exempt the model's subnets from the rate rule.",
    basis=Basis.SPECIFICATION,
    source=f"{_API}; RFC 6585 section 4",
    severity=Severity.WARNING,
)
ELB_TARGETS_UNHEALTHY = Cause(
    "reg.elb-targets-unhealthy",
    breaks="The load balancer has no healthy target; often its health check wants 200 where /v2/ answers 401.",
    seen="GET /v2/: 503 with Server: awselb.",
    fix="Let the target group's matcher accept 200,401, or use / as the health check's path.",
    basis=Basis.SPECIFICATION,
    source=_RECIPES,
)
BAD_GATEWAY = Cause(
    "reg.bad-gateway",
    breaks="A proxy answers for the registry and gets no usable answer from the registry behind it.",
    seen="GET /v2/ answers 502, 503 or 504.",
    fix="Start the registry behind the proxy, or correct where the proxy looks for it.",
    basis=Basis.SPECIFICATION,
    source="RFC 9110 sections 15.6.3 to 15.6.5",
)
SERVER_ERROR = Cause(
    "reg.server-error",
    breaks="The registry fails on the simplest of its requests.",
    seen="GET /v2/ answers with another 5xx status.",
    fix="Read the registry's log for the time of the request, and mend what it names.",
    basis=Basis.SPECIFICATION,
    source="RFC 9110 section 15.6",
)
UNEXPECTED_STATUS = Cause(
    "reg.unexpected-status",
    breaks="What answers at /v2/ gives a status that no registry gives there.",
    seen="GET /v2/ answers with a status other than 200 and 401.",
    fix="Name the registry's own host and port in Image, and let proxies pass GET /v2/ through unchanged.",
    basis=Basis.SPECIFICATION,
    source=_API,
)

API_V2 = (
    NAME_NOT_RESOLVED,
    CONNECTION_REFUSED,
    NO_ANSWER,
    FORWARD_PROXY_ONLY,
    CONNECTION_RESET,
    NOT_HTTP,
    PLAIN_HTTP,
    V2_ROOT_MISSING,
    PATH_PREFIX,
    SSO_OR_WAF_ANSWERS,
    GEO_OR_AGENT_BLOCK,
    API_VERSION_HEADER_MISSING,
    REDIRECT_TO_HTTP,
    HUB_RATE_LIMIT,
    THROTTLED,
    ELB_TARGETS_UNHEALTHY,
    BAD_GATEWAY,
    SERVER_ERROR,
    UNEXPECTED_STATUS,
)

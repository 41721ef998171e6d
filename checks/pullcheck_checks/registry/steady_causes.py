"""Why a registry that answers may not answer every pull."""

from pullcheck.verdict import Basis, Cause, Severity

RATE_LIMITED = Cause(
    "reg.rate-limited",
    breaks="The registry limits the rate of requests, and the limit is reached, or nearly; every instance pulls.",
    seen="A request of the pull answers 429, also after the pause it asks for; or RateLimit-Remaining is under 10.",
    fix="Raise the limit for SageMaker's account or addresses, log in where nobody did, or mirror the image.",
    basis=Basis.SPECIFICATION,
    source="RFC 6585 section 4; Docker Hub documentation, usage and limits",
    certain=False,
)
UNSTEADY = Cause(
    "reg.unsteady",
    breaks="The registry fails now and then; clients ask some of it again, and not all of them do.",
    seen="A request of the pull answers 500, 502, 503 or 504, once or twice.",
    fix="Read the logs of registry and proxy for the time of the request, and mend what they name.",
    basis=Basis.SPECIFICATION,
    source="RFC 9110 section 15.6; containerd asks again after 500, 503 and 504, and not after 502",
    severity=Severity.WARNING,
    certain=False,
)
SLOW = Cause(
    "reg.slow-first-byte",
    breaks="The registry takes so long to begin an answer that clients may give up.",
    seen="Seconds until the first byte of an answer: 5 or more.",
    fix="Look for scanning, cold storage or a busy database behind it, and raise the timeouts of proxies in between.",
    basis=Basis.INFERENCE,
    source="Docker source: 15 s for the version check; default idle timeouts of load balancers",
    severity=Severity.WARNING,
    certain=False,
)
COLD = Cause(
    "reg.pull-through-cold",
    breaks="The registry had to fetch the image from elsewhere when it was first asked; while it does, pulls may end.",
    seen="The first request for the manifest took 5 seconds or more, the next one none.",
    fix="Pull the image once through the cache before deploying, and exempt it from the cache's clean-up.",
    basis=Basis.INFERENCE,
    source="Amazon ECR guide, pull-through cache; documentation of proxy repositories",
    severity=Severity.WARNING,
    certain=False,
)
INCONSISTENT = Cause(
    "reg.cluster-inconsistent",
    breaks="The registry's addresses do not agree about the image: pulls succeed or fail by chance.",
    seen="HEAD manifest, with the same login, at each address of the registry.",
    fix="Give all nodes the same storage, http.secret and token certificate, and wait for replication.",
    basis=Basis.SPECIFICATION,
    source="Distribution project, deploying a registry, load-balancing considerations",
    severity=Severity.WARNING,
)
STEADY = (RATE_LIMITED, UNSTEADY, SLOW, COLD, INCONSISTENT)

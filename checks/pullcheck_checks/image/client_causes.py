"""Why one family of container clients comes by the manifest where the other does not."""

from pullcheck.verdict import Basis, Cause, Severity

_SPEC = "OCI distribution specification, pulling manifests"
_TRIED = "tried with containerd's and Docker's clients against servers that answer so"

HEAD_NOT_SUPPORTED = Cause(
    "reg.head-not-supported",
    breaks="HEAD of a manifest is refused although GET is answered; containerd resolves tags by HEAD and stops there.",
    seen="HEAD manifest answers neither 200 nor 405, GET manifest 200 with the same headers.",
    fix="Let proxies and filters pass HEAD on /v2/* on as they do GET.",
    basis=Basis.SPECIFICATION,
    source=f"{_SPEC}; containerd source, resolver",
    severity=Severity.WARNING,
    certain=False,
)
HEAD_INCOMPLETE = Cause(
    "reg.head-without-length",
    breaks="HEAD of a manifest names a digest and leaves out length or type: Docker takes the answer for broken.",
    seen="HEAD manifest has Docker-Content-Digest and no Content-Length, or no Content-Type.",
    fix="Let the proxy before the registry pass the headers of answers to HEAD on unchanged.",
    basis=Basis.FIELD_REPORT,
    source="Docker source, registry client; reports of registries behind serverless platforms",
    severity=Severity.WARNING,
    certain=False,
)
ACCEPT_STRIPPED = Cause(
    "reg.accept-header-stripped",
    breaks="The Accept header does not arrive whole at the registry, which then gives another manifest, or none.",
    seen="HEAD with a line of Accept for each type, as Docker asks, gives less than with all in one line; or a 404 says"
    " that a type is not accepted which was asked for, or GET is answered 400 with MANIFEST_INVALID.",
    fix="Let proxies pass Accept on unchanged, every line of it.",
    basis=Basis.SPECIFICATION,
    source=f"RFC 9110 section 5.3; {_TRIED}",
    severity=Severity.WARNING,
    certain=False,
)
WRONG_ADDRESSING = Cause(
    "reg.wrong-repo-addressing",
    breaks="The registry has the image under another path: this host or port stands for another repository than the"
    " image's path says.",
    seen="Artifactory or Nexus answers the manifest 404, and has it under the path that is named.",
    fix="Name the path in Image that belongs to this host and port, or the host and port that belong to this path.",
    basis=Basis.INFERENCE,
    source="JFrog Artifactory documentation, Docker access methods; Sonatype Nexus documentation, Docker connectors",
)
HEAD_DIFFERS = Cause(
    "reg.head-differs",
    breaks="HEAD of a manifest says another type, length or digest than GET brings: containerd goes by HEAD, Docker by"
    " what the digest brings.",
    seen="Content-Type, Content-Length and Docker-Content-Digest of HEAD by tag against GET of the manifest.",
    fix="Let proxies and caches before the registry answer HEAD with the headers of GET, or not at all.",
    basis=Basis.SPECIFICATION,
    source=f"RFC 9110 section 9.3.2; {_TRIED}",
    severity=Severity.WARNING,
    certain=False,
)
CLIENTS = (HEAD_NOT_SUPPORTED, HEAD_INCOMPLETE, HEAD_DIFFERS, ACCEPT_STRIPPED)

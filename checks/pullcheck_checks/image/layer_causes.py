"""Why parts of an image do not come, or not unaltered."""

from pullcheck.verdict import Basis, Cause, Severity

_BLOBS = "OCI distribution specification, pulling blobs"
_REDIRECTS = "Distribution project, registry configuration, redirect"

BLOB_MISSING = Cause(
    "img.blob-missing",
    breaks="The registry has the manifest and not all that it names, e.g. after a replication that was cut short.",
    seen="HEAD or GET of a layer, of the configuration, or of an index's entry answers 404.",
    fix="Push the image again, or replicate it again.",
    basis=Basis.SPECIFICATION,
    source=_BLOBS,
)
DIGEST_MISMATCH = Cause(
    "img.digest-mismatch",
    breaks="The registry serves other bytes than the digest stands for, and clients throw them away.",
    seen="SHA-2 of the manifest, the configuration or a small layer; the length and the first bytes of others.",
    fix="Let no proxy or filter alter answers below /v2/, or push the image again.",
    basis=Basis.SPECIFICATION,
    source=_BLOBS,
)
BODY_REWRITTEN = Cause(
    "reg.body-rewritten",
    breaks="Something before the registry rewrites what it serves: the bytes are no longer those of the digest.",
    seen="Content-Encoding where none was asked for, or around what is compressed already; or a manifest whose bytes"
    " differ by tag and by digest.",
    fix="Switch compression, scanning and other rewriting off for /v2/*, in the proxy and in the bucket's metadata.",
    basis=Basis.SPECIFICATION,
    source=f"RFC 9110 section 8.4; {_BLOBS}",
)
BLOB_REFUSED = Cause(
    "img.blob-refused",
    breaks="The registry gives the manifest and refuses the layers.",
    seen="HEAD and GET of a layer answer 401 or 403 on the registry's own host.",
    fix="Let proxies and filters treat /v2/*/blobs/* as they do manifests, and the account read both.",
    basis=Basis.SPECIFICATION,
    source=_BLOBS,
)
TOO_MANY_LAYERS = Cause(
    "img.too-many-layers",
    breaks="The image has more layers than the engine's storage can stack.",
    seen="The number of layers in the manifest: more than 125.",
    fix="Squash layers, or build from fewer steps.",
    basis=Basis.SPECIFICATION,
    source="Docker Engine source, layer depth",
)
OTHER_HOST = Cause(
    "reg.blob-redirect-other-host",
    breaks="The registry sends clients to another host for the layers, and the model's subnets do not reach it.",
    seen="From inside the VPC, the connection to the host in Location is refused or stays without an answer.",
    fix="Open the path to that host (for S3: a gateway endpoint), or set storage.redirect.disable: true.",
    basis=Basis.SPECIFICATION,
    source=_REDIRECTS,
)
HUB_ALLOW_LIST = Cause(
    "reg.hub-allow-list-incomplete",
    breaks="Docker Hub's registry is reached, and the host that it names for the layers is not: a filter knows some of"
    " Hub's hosts and not all.",
    seen="From inside the VPC Docker Hub answers; the connection to the host in Location is refused or has no answer.",
    fix="Let the filter pass all hosts that Docker documents for Hub, or mirror the image.",
    basis=Basis.DOCUMENTED,
    source="Docker documentation, hosts to allow for Docker Hub",
    certain=False,
)
INTERNAL_NAME = Cause(
    "reg.blob-redirect-internal-name",
    breaks="The registry sends clients to a name or address that means nothing to them.",
    seen="The host in Location does not exist for the resolver in the VPC, or is the client's own machine.",
    fix="Let the proxy pass Host, X-Forwarded-Proto and X-Forwarded-For on, or set http.host of the registry.",
    basis=Basis.SPECIFICATION,
    source="Distribution project, registry configuration, http",
)
TO_HTTP = Cause(
    "reg.blob-redirect-to-http",
    breaks="The registry sends clients to plain http for the layers: they follow, over port 80 and unprotected.",
    seen="The scheme of Location.",
    fix="Let the proxy pass X-Forwarded-Proto: https on, or set http.host with https.",
    basis=Basis.SPECIFICATION,
    source="Distribution project, deployment recipes behind a load balancer",
    severity=Severity.WARNING,
    certain=False,
)
UNTRUSTED = Cause(
    "reg.blob-redirect-certificate",
    breaks="The certificate of the host to which the registry sends clients for the layers does not verify.",
    seen="TLS handshake with the host in Location, verified against the public roots.",
    fix="Give that host a certificate of a public CA for its name, or turn redirects off.",
    basis=Basis.DOCUMENTED,
    source="SageMaker guide, private Docker registry for real-time inference",
)
TARGET_REFUSES = Cause(
    "reg.blob-redirect-refused",
    breaks="The store to which the registry sends clients for the layers refuses them.",
    seen="The request to Location answers 4xx from inside the VPC: a policy refuses, or the signature has expired.",
    fix="Allow s3:GetObject on the registry's bucket in bucket and S3 endpoint policy; set the registry's clock.",
    basis=Basis.FIELD_REPORT,
    source="Reports of 'error parsing HTTP 403 response body'; Amazon S3 guide, presigned URLs",
)
ENDLESS = Cause(
    "reg.redirects-endless",
    breaks="One redirect follows another until clients give up.",
    seen="More than ten redirects for one layer.",
    fix="Correct the redirect in the registry or the proxy before it.",
    basis=Basis.SPECIFICATION,
    source="RFC 9110 section 15.4; Go net/http, ten redirects",
)
LAYERS = (
    BLOB_MISSING,
    DIGEST_MISMATCH,
    BODY_REWRITTEN,
    BLOB_REFUSED,
    TOO_MANY_LAYERS,
    OTHER_HOST,
    HUB_ALLOW_LIST,
    INTERNAL_NAME,
    TO_HTTP,
    UNTRUSTED,
    TARGET_REFUSES,
    ENDLESS,
)

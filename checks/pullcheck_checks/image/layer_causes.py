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
    seen="SHA-2 of the manifest, the configuration and small layers; the length and the first bytes of others.",
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
    breaks="The registry gives the manifest and refuses the layers, or the same manifest by its digest.",
    seen="Requests for a layer, or for the manifest by its digest, answer 401 or 403 on the registry's own host.",
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
    seen="The request to Location answers 4xx from inside the VPC, and not because its time is over: a policy refuses.",
    fix="Allow reading in the store's own policy; for S3, s3:GetObject in those of the bucket and of the S3 endpoint.",
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
SIZE_ZERO = Cause(
    "img.size-zero",
    breaks="The manifest says of a part that it has no bytes, or not how many: containerd does not fetch such parts.",
    seen="size of a layer or of the configuration in the manifest is 0 or left out.",
    fix="Build the image again with a current tool, without empty layers.",
    basis=Basis.SPECIFICATION,
    source="containerd source, fetching a descriptor of size zero",
    severity=Severity.WARNING,
)
SIZE_WRONG = Cause(
    "img.size-wrong",
    breaks="A part has the right bytes, and what names it another number for them: containerd wants both to agree.",
    seen="The bytes of a manifest or small layer, read in full, against the size in the index or manifest.",
    fix="Build and push the image again.",
    basis=Basis.SPECIFICATION,
    source="OCI image specification, descriptors; containerd source, commit of content",
    severity=Severity.WARNING,
)
ALGORITHM = Cause(
    "img.digest-algorithm",
    breaks="A part is named by a digest other than SHA-256, which most releases of Docker and containerd cannot store.",
    seen="digest in the manifest begins with something other than sha256.",
    fix="Build and push the image with SHA-256 digests.",
    basis=Basis.FIELD_REPORT,
    source="moby issue 48241; containerd pull request 13147",
    severity=Severity.WARNING,
    certain=False,
)
ROOTFS = Cause(
    "img.rootfs-mismatch",
    breaks="The configuration counts other layers than the manifest, and engines do not unpack such an image.",
    seen="The number of layers in the manifest against rootfs.diff_ids in the configuration.",
    fix="Build and push the image again; if it is a model or another artifact, name an image.",
    basis=Basis.SPECIFICATION,
    source="OCI image specification, image configuration; containerd source, unpacking",
)
KEEPS_CREDENTIALS = Cause(
    "reg.blob-redirect-keeps-credentials",
    breaks="The registry redirects to its own name on another port, or below its name: clients that leave redirects to"
    " Go's HTTP library send the registry's credentials on, and object storage refuses requests that prove"
    " themselves twice.",
    seen="The host in Location is the registry's on another port, or a subdomain of it.",
    fix="Serve the layers under a name that is not below the registry's, or turn redirects off.",
    basis=Basis.FIELD_REPORT,
    source="Go net/http, headers on redirects (golang/go issue 65065); reports of 'Only one auth mechanism allowed'",
    severity=Severity.WARNING,
    certain=False,
)
PRESIGNED_EXPIRED = Cause(
    "reg.presigned-expired",
    breaks="The address to which the registry sends clients for a layer is past its time as soon as it is given out:"
    " the registry's clock is wrong, or it hands out addresses that it has kept.",
    seen="The store answers the redirected request 4xx and says that it has expired, or that the clocks differ.",
    fix="Set the registry's clock (NTP); let no cache keep the registry's redirects, or let the addresses live longer.",
    basis=Basis.DOCUMENTED,
    source="Amazon S3 guide, presigned URLs; error codes AccessDenied and RequestTimeTooSkewed",
)
MTU = Cause(
    "rt.mtu-black-hole",
    breaks="Small answers come through and large ones stall: packets are too large for a tunnel on the way (VPN,"
    " transit gateway), and the ICMP message that says so is filtered.",
    seen="From inside the VPC, a layer is answered 200 and its first bytes do not all arrive within the time-out; a"
    " slow registry looks the same.",
    fix="Let ICMP type 3 code 4 through groups, ACLs and firewalls on the way, or clamp the MSS at the tunnel.",
    basis=Basis.INFERENCE,
    source="RFC 1191; RFC 2923 section 2.1; Amazon EC2 User Guide, path MTU discovery",
    certain=False,
)
LAYERS = (
    MTU,
    SIZE_ZERO,
    SIZE_WRONG,
    ALGORITHM,
    ROOTFS,
    KEEPS_CREDENTIALS,
    PRESIGNED_EXPIRED,
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

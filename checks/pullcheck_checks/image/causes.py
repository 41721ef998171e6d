"""Why an image cannot be pulled, or not be run where it was pulled."""

from pullcheck.verdict import Basis, Cause, Severity
from pullcheck_checks.image.client_causes import CLIENTS, WRONG_ADDRESSING

_SPEC = "OCI distribution specification, pulling manifests"
_IMAGE = "OCI image specification"
_CODES = "OCI distribution specification, error codes"
_CLIENTS = "Docker, containerd and crane, tried against servers that answer so"

TAG_NOT_FOUND = Cause(
    "img.tag-not-found",
    breaks="The repository has no such tag.",
    seen="GET manifest answers 404, and the repository is there.",
    fix="Push the image under this tag, or name a tag that exists in Image.",
    basis=Basis.SPECIFICATION,
    source=_CODES,
)
REPOSITORY_NOT_FOUND = Cause(
    "img.repo-not-found",
    breaks="The registry has no such repository, or does not show it to this account.",
    seen="GET manifest and the list of tags answer 404, the latter or both with NAME_UNKNOWN.",
    fix="Correct the repository in Image, or grant the account access: many registries hide what may not be read.",
    basis=Basis.SPECIFICATION,
    source=_CODES,
)
DIGEST_COLLECTED = Cause(
    "img.digest-collected",
    breaks="The image is named by a digest that the registry does not have, e.g. because a retention rule removed it.",
    seen="GET manifest by digest answers 404, and the repository is there.",
    fix="Push the image again or name a digest that exists, and exempt it from retention and garbage collection.",
    basis=Basis.INFERENCE,
    source=_CODES,
    certain=False,
)
UNSIGNED = Cause(
    "img.signature-only-policy",
    breaks="The registry gives out signed images only, and this one has no signature that it accepts.",
    seen="GET manifest answers 403 or 412, with an error that says the image is not signed.",
    fix="Sign the image as the registry's policy wants it, or exempt the repository from the policy.",
    basis=Basis.FIELD_REPORT,
    source="Reports of Harbor's PROJECTPOLICYVIOLATION, deployment security",
)
SCAN_GATE = Cause(
    "img.scan-gate",
    breaks="The registry holds the image back because of what a scan found, or because it was not scanned yet.",
    seen="GET manifest answers 403 or 412, with an error that names vulnerabilities, a scan, a quarantine or a block.",
    fix="Have the image scanned, mend what the scan found, or put it on the policy's list of exceptions.",
    basis=Basis.FIELD_REPORT,
    source="Reports of Harbor's PROJECTPOLICYVIOLATION and of Artifactory's download blocking by Xray",
)
EXISTS = (TAG_NOT_FOUND, REPOSITORY_NOT_FOUND, DIGEST_COLLECTED, UNSIGNED, SCAN_GATE, WRONG_ADDRESSING, *CLIENTS)

SCHEMA_1 = Cause(
    "img.schema1",
    breaks="The manifest is of version 2, schema 1, which container engines have given up.",
    seen="Content-Type of the manifest, or its schemaVersion 1.",
    fix="Pull the image with an old client and push it with a current one, or build it again.",
    basis=Basis.SPECIFICATION,
    source="Docker documentation, deprecated features; containerd 2.0 release notes",
)
FOREIGN = Cause(
    "img.windows-or-foreign-layers",
    breaks="The image is for Windows, or has layers that other hosts than the registry would have to give.",
    seen="os in configuration or index; a layer's media type, or its urls.",
    fix="Build the image for Linux, from a base image without foreign layers.",
    basis=Basis.SPECIFICATION,
    source=f"{_IMAGE}, layers, non-distributable layers",
)
NOT_RUNNABLE = Cause(
    "img.not-a-runnable-image",
    breaks="What the reference names is no container image but e.g. a chart, a model artifact, a cache or a signature.",
    seen="mediaType of the manifest's config, artifactType, or an index of attestations only.",
    fix="Name the tag of the image itself in Image.",
    basis=Basis.SPECIFICATION,
    source=f"{_IMAGE}, manifest, guidelines for artifact usage",
)
ENCRYPTED = Cause(
    "img.encrypted-layers",
    breaks="The layers are encrypted, and the hosts have no key.",
    seen="A layer's media type ends in +encrypted.",
    fix="Push the image with plain layers.",
    basis=Basis.INFERENCE,
    source="OCI image encryption (ocicrypt), media types",
)
ZSTD = Cause(
    "img.zstd-layers",
    breaks="The layers are compressed with zstd, which older engines cannot unpack.",
    seen="A layer's media type ends in +zstd.",
    fix="Build the image with gzip (docker buildx: compression=gzip,force-compression=true).",
    basis=Basis.INFERENCE,
    source=f"{_IMAGE}, layers",
    severity=Severity.WARNING,
)
OCI_MANIFEST = Cause(
    "img.oci-media-type",
    breaks="The manifest is of OCI's type, which SageMaker refuses for images in Amazon ECR.",
    seen="Content-Type of the manifest.",
    fix="docker buildx build --provenance=false --sbom=false --output type=docker, then docker push.",
    basis=Basis.FIELD_REPORT,
    source="Reports of 'Unsupported manifest media type' from CreateModel; not known for Vpc mode",
    severity=Severity.WARNING,
    certain=False,
)
OCI_INDEX = Cause(
    "img.oci-index-with-attestations",
    breaks="The build added attestations, so that the tag is an index, which SageMaker refuses for images in ECR.",
    seen="The index has an entry for the platform unknown/unknown.",
    fix="Build with --provenance=false --sbom=false.",
    basis=Basis.FIELD_REPORT,
    source="Reports of 'Unsupported manifest media type' from CreateModel; not known for Vpc mode",
    severity=Severity.WARNING,
    certain=False,
)
UNKNOWN_TYPE = Cause(
    "img.media-type-unknown",
    breaks="The manifest is served under a media type that is none of a manifest, and clients refuse it.",
    seen="Content-Type of the manifest is missing, or e.g. application/json or text/plain.",
    fix="Let the registry's own Content-Type through; caching proxies and static hosting are the usual cause.",
    basis=Basis.SPECIFICATION,
    source=f"{_SPEC}; {_CLIENTS}",
)
NOT_A_MANIFEST = Cause(
    "img.manifest-unreadable",
    breaks="The registry answers 200 with what is no manifest.",
    seen="The body of GET manifest is no JSON object, or has neither config nor layers nor manifests.",
    fix="Look at what stands before the registry: a page or an empty answer comes in the manifest's place.",
    basis=Basis.SPECIFICATION,
    source=f"{_IMAGE}, manifest",
)
TYPE_IN_CONTENT = Cause(
    "img.media-type-in-content",
    breaks="The manifest's content does not name the media type under which it is served, as Docker wants it to.",
    seen="mediaType in the manifest, or in what an index names, against Content-Type.",
    fix="Build and push the image again with a current tool, or copy it with skopeo copy --format v2s2.",
    basis=Basis.SPECIFICATION,
    source="Distribution source, decoders of manifest schema 2, list and OCI manifest; containerd goes by Content-Type",
    severity=Severity.WARNING,
)
NO_LAYERS = Cause(
    "img.layers-of-other-types",
    breaks="Layers have media types that are none of image layers, as those of models packed as artifacts do.",
    seen="mediaType of the layers in the manifest, and the first bytes of those that were read.",
    fix="Name the tag of an image in Image; a model belongs in ModelDataUrl or into a layer of the image.",
    basis=Basis.SPECIFICATION,
    source=f"{_IMAGE}, layers; containerd source, children of a manifest",
)
TOO_LARGE = Cause(
    "img.manifest-too-large",
    breaks="The manifest is larger than clients read: many registries and tools stop at 4 MiB, containerd at 8 MiB.",
    seen="Bytes in the body of GET manifest.",
    fix="Take annotations and embedded data out of the manifest.",
    basis=Basis.SPECIFICATION,
    source=f"{_SPEC}; containerd source, manifest limit",
)
MEDIA_TYPES = (
    TYPE_IN_CONTENT,
    NO_LAYERS,
    SCHEMA_1,
    FOREIGN,
    NOT_RUNNABLE,
    ENCRYPTED,
    ZSTD,
    OCI_MANIFEST,
    OCI_INDEX,
    UNKNOWN_TYPE,
    NOT_A_MANIFEST,
    TOO_LARGE,
)

NO_AMD64 = Cause(
    "img.no-amd64-for-x86-instance",
    breaks="The image has no build for the x86-64 processors of the instances; it is pulled and cannot start.",
    seen="architecture in the image's configuration, or the index's platforms, against the variants' instance types.",
    fix="Build with --platform linux/amd64 and push again, or choose instances with Graviton processors.",
    basis=Basis.FIELD_REPORT,
    source="Reports of 'exec format error'; OCI image specification, image configuration",
)
NO_ARM64 = Cause(
    "img.no-arm64-for-graviton",
    breaks="The image has no build for the Arm processors of the instances; it is pulled and cannot start.",
    seen="architecture in the image's configuration, or the index's platforms, against the variants' instance types.",
    fix="Build with --platform linux/arm64 and push again, or choose instances with x86-64 processors.",
    basis=Basis.DOCUMENTED,
    source="SageMaker guide, hosting on Graviton instances",
)
MIXED_POOLS = Cause(
    "img.mixed-instance-pools",
    breaks="The variant's instance types are of two architectures, and the image has a build for one of them only.",
    seen="InstancePools[].InstanceType against the image's platforms.",
    fix="Build with --platform linux/amd64,linux/arm64, or name instance types of one architecture.",
    basis=Basis.API,
    source="SageMaker API, ProductionVariant InstancePools",
    certain=False,
)
PLATFORM = (NO_AMD64, NO_ARM64, MIXED_POOLS)

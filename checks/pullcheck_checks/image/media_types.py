"""Is what the registry serves an image that container engines run?"""

import re
from collections.abc import Iterator

from pullcheck.evidence.pull import Descriptor, ImagePull, Manifest, Platform, PlatformImage
from pullcheck.verdict import Basis, Cause, Fix, Severity, Verdict, failed, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.auth.pullers import LARGEST_MANIFEST, differences
from pullcheck_checks.image import causes
from pullcheck_checks.image.exists import image_is_in_the_registry

DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
SCHEMA_1 = (
    "application/vnd.docker.distribution.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v1+prettyjws",
)
CONFIGS = ("application/vnd.docker.container.image.v1+json", "application/vnd.oci.image.config.v1+json")
DOCKER_CONFIGS = ("(none)", "application/octet-stream", "application/json", "text/html")
"""Types of configurations that Docker lets pass, for the sake of old registries (Docker source, distribution)."""
INDEXES = (DOCKER_LIST, OCI_INDEX)
LAYER = re.compile(
    r"application/vnd\.(oci\.image\.layer\.(nondistributable\.)?v1\.tar|docker\.image\.rootfs\.(foreign\.)?diff\.tar)"
    r"([.+](gzip|zstd))?(\+encrypted)?"
)
ARCHIVES = ("gzip", "zstd", "tar")
"""What the bytes of a layer begin as."""
MUCH = 4 * 1024 * 1024
LATE = "the body did not end: waited"
"""How the detail of an answer begins whose body was not there in time."""


@check(
    "image.media-types",
    "The image is of a kind that container engines run",
    causes.MEDIA_TYPES,
    basis=Basis.SPECIFICATION,
)
def is_a_kind_that_can_be_run(pull: ImagePull) -> Iterator[Verdict]:
    """Reads the media types of the manifest, of its configuration and of its layers.

    What: Content-Type of the manifest or index, and the types that it names for configuration, layers and entries.

    Why: A registry holds more than images, and more kinds of images than engines run. Charts, signatures, old schemas,
    images for Windows and encrypted layers are served well and cannot be run.

    Passes: A manifest of Docker's or OCI's current type, with an image's configuration and plain layers.

    Fails: Any other kind. OCI types, indexes with attestations, zstd layers and manifests over 4 MiB are warnings, and
    so are types that Docker reads otherwise than containerd: in the content, and of layers.

    Not verified when: There is no manifest to read.

    Fix: Build and push the image again, with the options that the cause names.

    Source: OCI image specification, manifest, index and layers; Docker image manifest version 2, schema 2.
    """
    root = pull.root
    if root is None or not root.served:
        yield unseen(pull)
        return
    if root.fault and root.get.last and root.get.last.detail.startswith(LATE):
        yield unknown(pull.name, f"the manifest {root.reference}: {root.get.last.detail}; look again")
        return
    verdicts = [*_of_document(pull, root), *_of_index(pull, root), *differences(pull, (causes.TYPE_IN_CONTENT,))]
    for image in pull.images:
        verdicts += _of_image(pull, image, is_root=not root.entries)
    runnable = not any(verdict.cause is causes.NOT_RUNNABLE for verdict in verdicts)
    distinct = [one for one in dict.fromkeys(verdicts) if runnable or one.cause is not causes.OCI_MANIFEST]
    if not any(verdict.severity is Severity.ERROR for verdict in distinct):
        seen = pull.images and all(image.manifest.served for image in pull.images)
        if root.size >= LARGEST_MANIFEST:
            yield unknown(pull.name, f"{root.reference} was not read further than {root.size} bytes; make it smaller")
        else:
            yield passed(pull.name, _kinds(root, pull.images)) if seen else unseen(pull)
    yield from distinct


def unseen(pull: ImagePull) -> Verdict:
    """Nothing can be said without a manifest."""
    return unknown(pull.name, "no manifest of an image was seen", blocked_by=image_is_in_the_registry.id)


def unconfigured(pull: ImagePull, image: PlatformImage) -> Verdict:
    """Nothing can be said without the image's configuration."""
    named = f"the configuration of {image.manifest.reference}"
    if image.config and image.config.fault and not image.altered:
        return unknown(pull.name, f"{named} cannot be used: {image.config.fault}; build the image again")
    known = image.config or not image.manifest.served
    blocked_by = "image.layers-present" if known else "image.media-types"
    what = "as it came is not the one that the manifest names" if image.altered else "was not read"
    return unknown(pull.name, f"{named} {what}", blocked_by=blocked_by)


def _of_document(pull: ImagePull, manifest: Manifest) -> Iterator[Verdict]:
    """What is wrong with a manifest or index as a document."""
    kind = manifest.media_type
    if manifest.size >= LARGEST_MANIFEST and manifest.fault:
        yield from differences(pull, (causes.TOO_LARGE,))
    elif manifest.fault or not (manifest.config or manifest.layers or manifest.entries or manifest.schema == 1):
        what = manifest.fault or "it has neither config nor layers nor manifests"
        explained_by = "registry.api-v2" if manifest.is_page else None
        because = f"the manifest {manifest.reference}: {'it is a web page' if manifest.is_page else what}"
        fix = Fix(causes.NOT_A_MANIFEST.fix)
        yield failed(pull.name, because, causes.NOT_A_MANIFEST, fix, explained_by=explained_by)
    elif contents := _other_contents(manifest):
        yield _failed(pull, f"{manifest.reference} is served as {kind} and has {contents}", causes.NOT_A_MANIFEST)
    elif kind in SCHEMA_1 or manifest.schema == 1:
        because = f"{manifest.reference} is {kind}, schemaVersion {manifest.schema}"
        yield _failed(pull, because, causes.SCHEMA_1)
    elif kind not in (DOCKER_MANIFEST, DOCKER_LIST, OCI_MANIFEST, OCI_INDEX):
        because = f"{manifest.reference} is served as {kind or 'no media type'}"
        yield _failed(pull, because, causes.UNKNOWN_TYPE)
    elif kind == OCI_MANIFEST:
        yield _failed(pull, f"{manifest.reference} is {kind}", causes.OCI_MANIFEST)
    if MUCH < manifest.size < LARGEST_MANIFEST:
        because = f"{manifest.reference} is {manifest.size} bytes"
        yield _failed(pull, because, causes.TOO_LARGE, Severity.WARNING)


def _other_contents(manifest: Manifest) -> str:
    """What an index or a manifest has that belongs to the other; clients refuse to guess (containerd and Docker)."""
    if manifest.media_type in INDEXES:
        return "config or layers" if manifest.config or manifest.layers else ""
    return "manifests" if manifest.entries and manifest.media_type in (DOCKER_MANIFEST, OCI_MANIFEST) else ""


def _of_index(pull: ImagePull, root: Manifest) -> Iterator[Verdict]:
    unknown_ones = [one for one in root.entries if one.attestation or one.platform == Platform("unknown", "unknown")]
    if root.entries and len(unknown_ones) == len(root.entries):
        yield _failed(pull, "the index has only entries for unknown/unknown", causes.NOT_RUNNABLE)
    elif unknown_ones and root.media_type == OCI_INDEX:
        because = f"{len(unknown_ones)} of the index's {len(root.entries)} entries are for unknown/unknown"
        yield _failed(pull, because, causes.OCI_INDEX)


def _of_image(pull: ImagePull, image: PlatformImage, *, is_root: bool) -> Iterator[Verdict]:
    manifest, config = image.manifest, image.manifest.config
    if not is_root and manifest.served:
        yield from _of_document(pull, manifest)
    if config and config.media_type not in CONFIGS:
        what = f", artifactType {manifest.artifact_type}" if manifest.artifact_type else ""
        because = f"{manifest.reference} has a config of type {config.media_type}{what}"
        tolerated = config.media_type in DOCKER_CONFIGS
        because += ": Docker takes it for an image's, containerd unpacks nothing" if tolerated else ""
        yield _failed(pull, because, causes.NOT_RUNNABLE, Severity.WARNING if tolerated else None)
    if image.config and image.config.os == "windows":
        yield _failed(pull, f"the configuration of {manifest.reference} says os windows", causes.FOREIGN)
    for cause, layers in (
        (causes.FOREIGN, [one for one in manifest.layers if _is_foreign(one)]),
        (causes.ENCRYPTED, [one for one in manifest.layers if one.media_type.endswith("+encrypted")]),
        (causes.ZSTD, [one for one in manifest.layers if one.media_type.endswith("+zstd")]),
    ):
        if layers:
            share = f"{len(layers)} of {manifest.layer_count} layers"
            kept = cause is causes.FOREIGN and not any(one.elsewhere for one in layers)
            because = f"{share} are {layers[0].media_type}, e.g. {layers[0].digest}"
            because += "; no other address is named, and the registry is asked for them" if kept else ""
            yield _failed(pull, because, cause, Severity.WARNING if kept else None)
    yield from _of_other_layers(pull, image)


def _of_other_layers(pull: ImagePull, image: PlatformImage) -> Iterator[Verdict]:
    """Layers of types that are none of layers: containerd leaves them out, Docker unpacks them if it can."""
    others = {one.digest: one for one in image.manifest.layers if not LAYER.fullmatch(one.media_type)}
    if others:
        kinds = " and ".join(dict.fromkeys(one.media_type for one in others.values()))
        read = [layer.sample.begins for layer in image.layers if layer.sample and layer.descriptor.digest in others]
        severity = Severity.WARNING if not read or any(one in ARCHIVES for one in read) else None
        begins = f", and their bytes begin as {' and '.join(dict.fromkeys(read))}" if read else ""
        because = f"{len(others)} of {image.manifest.layer_count} layers are {kinds}{begins}"
        yield _failed(pull, f"{because}: containerd takes them for no layers", causes.NO_LAYERS, severity)


def _is_foreign(layer: Descriptor) -> bool:
    return layer.elsewhere or ".foreign." in layer.media_type or ".nondistributable." in layer.media_type


def _kinds(root: Manifest, images: tuple[PlatformImage, ...]) -> str:
    through = f"{root.media_type} with {len(root.entries)} entries; " if root.entries else ""
    each = (
        f"{one.manifest.media_type}, {one.manifest.layer_count} layers of "
        f"{' and '.join(dict.fromkeys(layer.media_type for layer in one.manifest.layers)) or 'no type'}"
        for one in images
    )
    return through + "; ".join(each)


def _failed(pull: ImagePull, because: str, cause: Cause, severity: Severity | None = None) -> Verdict:
    return failed(pull.name, because, cause, Fix(cause.fix), severity=severity)

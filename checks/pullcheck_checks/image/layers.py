"""Can every part of the image be fetched, unaltered?"""

from collections.abc import Iterator
from dataclasses import replace

from pullcheck.evidence.pull import Config, Descriptor, ImagePull, Layer, Manifest, PlatformImage, Sample
from pullcheck.evidence.steps import Step
from pullcheck.vantage import VantageName
from pullcheck.verdict import Basis, Cause, Fix, Verdict, failed, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.auth.pullers import alike, differences
from pullcheck_checks.auth.words import said
from pullcheck_checks.image import layer_causes as causes
from pullcheck_checks.image.media_types import unseen
from pullcheck_checks.image.redirects import of_kept_credentials, of_way

MOST_LAYERS = 125
USUAL = "sha256:"


@check(
    "image.layers-present",
    "Every layer of the image can be fetched unaltered",
    causes.LAYERS,
    basis=Basis.SPECIFICATION,
)
def every_layer_is_there(pull: ImagePull) -> Iterator[Verdict]:
    """Goes through all that the manifest names, without fetching the layers.

    What: The digests of manifest, configuration and layers of up to 64 KiB, which are read in full; the first bytes of
    the largest layer; HEAD of the others, GET where that is refused. Redirects are followed without credentials for
    other hosts.

    Why: Layers often come from elsewhere: the registry redirects to object storage or a CDN, which needs a name, a path
    and a certificate of its own. Then the manifest is served and the pull still fails.

    Passes: Each part answers 200, and length, digest and first bytes are those that the manifest names.

    Fails: A part is missing, refused or altered; a redirect leads where the VPC cannot follow; there are more than 125
    layers. A redirect to plain http is a warning.

    Not verified when: There is no manifest to read, or a redirect leads where only the VPC can follow, or to plain
    http, which is not followed.

    Fix: Push the image again, open the path to the other host, or turn redirects off in the registry.

    Source: OCI distribution specification, pulling blobs; distribution project, registry configuration.
    """
    if pull.root is None or not pull.root.served or not pull.images:
        yield unseen(pull)
        return
    verdicts = [*differences(pull, causes.LAYERS), *_of_digest(pull, pull.root), *of_kept_credentials(pull)]
    for image in pull.images:
        verdicts += _of_image(pull, image)
    distinct = list(dict.fromkeys(verdicts))
    yield from distinct or [passed(pull.name, _proof(pull))]


def _of_image(pull: ImagePull, image: PlatformImage) -> Iterator[Verdict]:
    manifest = image.manifest
    if not manifest.served:
        yield from of_way(pull, manifest.reference, manifest.get)
        return
    if manifest != pull.root:
        yield from _of_digest(pull, manifest)
    if image.config is None:
        nested = "is itself an index, which containerd follows and Docker does not"
        what = nested if manifest.entries else "names no configuration"
        yield unknown(pull.name, f"{manifest.reference} {what}", blocked_by="image.media-types")
        return
    of_config = list(_of_config(pull, manifest, image.config))
    of_layers = [verdict for layer in image.layers for verdict in _of_layer(pull, layer)]
    yield from _of_counts(pull, image, image.config)
    yield from _alike(of_config, of_layers, len(image.layers))


def _of_counts(pull: ImagePull, image: PlatformImage, config: Config) -> Iterator[Verdict]:
    manifest = image.manifest
    parts: list[Descriptor] = [*([manifest.config] if manifest.config else []), *manifest.layers]
    if manifest.layer_count > MOST_LAYERS:
        yield _failed(pull, f"the manifest names {manifest.layer_count} layers", causes.TOO_MANY_LAYERS)
    if config.layers not in (None, manifest.layer_count) and not image.altered:
        because = f"the manifest names {manifest.layer_count} layers, the configuration {config.layers}"
        yield _failed(pull, because, causes.ROOTFS)
    if others := [part.digest for part in parts if not part.digest.startswith(USUAL)]:
        yield _failed(pull, f"{len(others)} of {len(parts)} parts are named e.g. {others[0]}", causes.ALGORITHM)


def _of_layer(pull: ImagePull, layer: Layer) -> Iterator[Verdict]:
    yield from of_way(pull, layer.descriptor.digest, layer.step)
    last, size = layer.step.last, layer.descriptor.size
    if last is None or last.status != 200:
        return
    if layer.sample:
        yield from _of_sample(pull, layer, layer.sample, late=last.detail)
    elif not last.encoding and None not in (last.length, size) and last.length != size:
        because = f"{said(layer.step)} with {last.length} bytes, and the manifest says {size}"
        yield _failed(pull, because, causes.DIGEST_MISMATCH)


def _alike(of_config: list[Verdict], of_layers: list[Verdict], layers: int) -> Iterator[Verdict]:
    """One verdict for configuration and layers with which the same is wrong."""
    for status, cause in dict.fromkeys((one.status, one.cause) for one in (*of_config, *of_layers)):
        some = [one for one in of_layers if (one.status, one.cause) == (status, cause)]
        its = [one for one in of_config if (one.status, one.cause) == (status, cause)]
        share = f"{len(some)} of {layers} layers" if some else ""
        share = "the configuration and " + share if its and some else share
        first = (some or its)[0]
        yield replace(first, because=f"{share}, e.g. {first.because}" if len(some) + len(its) > 1 else first.because)


def _of_digest(pull: ImagePull, manifest: Manifest) -> Iterator[Verdict]:
    wanted = manifest.reference
    if ":" in wanted and manifest.computed and manifest.computed != wanted:
        because = f"the manifest's bytes are {manifest.computed}, and the reference says {wanted}"
        yield _failed(pull, because, _altered(manifest.get))


def _of_config(pull: ImagePull, manifest: Manifest, config: Config) -> Iterator[Verdict]:
    named = manifest.config.digest if manifest.config else ""
    yield from of_way(pull, named, config.step)
    if config.computed and config.computed != named:
        because = f"the configuration's bytes are {config.computed}, and the manifest says {named}"
        yield _failed(pull, because, _altered(config.step))
    elif config.step.status == 200 and not config.computed:
        yield unknown(pull.name, f"the configuration {named} was not read in full; look again")


def _of_sample(pull: ImagePull, layer: Layer, sample: Sample, *, late: str) -> Iterator[Verdict]:
    """What the bytes say that were read of a layer."""
    named, last = layer.descriptor, layer.step.last
    length = None if sample.decoded or last is None else last.length
    if sample.computed == named.digest:
        return
    if sample.computed:
        because = f"{said(layer.step)} with {sample.size} bytes that are {sample.computed}"
    elif late:
        cause = causes.MTU if pull.vantage == VantageName.INSIDE else None
        yield unknown(pull.name, f"{said(layer.step)}, and {late}; look again, with a longer --timeout", cause=cause)
        return
    elif sample.longer:
        because = f"{said(layer.step)} with more bytes than the {named.size} that the manifest says"
    elif None not in (length, named.size) and length != named.size:
        because = f"{said(layer.step)} with {length} bytes, and the manifest says {named.size}"
    elif "gzip" in named.media_type and sample.begins != "gzip":
        because = f"{said(layer.step)}; its bytes begin as {sample.begins}, its type is {named.media_type}"
    else:
        return
    because = f"{named.digest}: {because}" if named.digest not in because else because
    because += " once Content-Encoding: gzip is undone, as clients do" if sample.decoded else ""
    yield _failed(pull, because, causes.BODY_REWRITTEN if sample.decoded else causes.DIGEST_MISMATCH)


def _altered(step: Step) -> Cause:
    """What is the matter where bytes are not those of their digest: no encoding was asked for."""
    encoded = step.last is not None and step.last.encoding not in (None, "identity")
    return causes.BODY_REWRITTEN if encoded else causes.DIGEST_MISMATCH


def _proof(pull: ImagePull) -> str:
    layers = [layer for image in pull.images for layer in image.layers]
    size = sum(layer.descriptor.size or 0 for layer in layers)
    digests = ", ".join(image.manifest.computed or "" for image in pull.images)
    hosts = ", ".join(one.name for one in pull.met if one.role == "redirect target")
    where = f", by way of {hosts}" if hosts else ""
    agree = "the digests that were read agree" + (", for Docker and containerd alike" if alike(pull) else "")
    return f"all {len(layers)} layers ({size} bytes) of {digests} answer 200{where}; {agree}"


def _failed(pull: ImagePull, because: str, cause: Cause) -> Verdict:
    return failed(pull.name, because, cause, Fix(cause.fix))

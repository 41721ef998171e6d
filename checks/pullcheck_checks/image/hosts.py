"""Does the image fit the hosts that are to run it?"""

from collections.abc import Iterator

from pullcheck.evidence.pull import Config, ImagePull, PlatformImage
from pullcheck.target import Model, Target, Variant
from pullcheck.verdict import Cause, Fix, Verdict, failed, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.image import host_causes as causes
from pullcheck_checks.image.media_types import unconfigured, unseen

GB = 10**9
SERVERLESS_LIMIT = 10 * GB
LARGE = 10 * GB
PORT = "8080/tcp"
"""Where SageMaker asks for /ping."""
UNPACKED = 2
"""How many times its compressed size an image needs, at the least that is usual."""


@check("image.fits", "The image fits SageMaker's hosts", causes.HOSTS)
def fits_the_hosts(pull: ImagePull, model: Model, target: Target) -> Iterator[Verdict]:
    """Adds up the sizes in the manifest, and reads what the image starts with.

    What: The compressed sizes of layers and configuration, as the manifest states them, against the storage and the
    kind of each variant; the program of the entry point and the ports in the image's configuration.

    Why: A host that runs out of disk says that it could not pull. An image that was pulled is started with the argument
    serve, whatever its command; it then answers GET /ping on port 8080 with 200, which only a run of it can show.

    Passes: Twice the compressed size is within VolumeSizeInGB where that is given, the image is under 10 GB, and there
    is an entry point other than tini. Of the ports, 8080 is among those that the image names, or it names none.

    Fails: Only ever as a warning: hosts' disks, unpacked sizes and the programs in the layers are not seen from here.

    Not verified when: There is no manifest or configuration to read, or a layer's size is not stated.

    Fix: Make the image smaller, ask for more storage, or change the entry point.

    Source: SageMaker guide, using your own inference code with hosting services; SageMaker API, ProductionVariant.
    """
    if pull.root is None or not pull.root.served or not pull.images:
        yield unseen(pull)
        return
    variants = [one for one in target.variants if one.model_name in (None, model.name)]
    verdicts = [verdict for image in pull.images for verdict in _of_image(pull, image, variants)]
    yield from dict.fromkeys(verdicts)


def _of_image(pull: ImagePull, image: PlatformImage, variants: list[Variant]) -> Iterator[Verdict]:
    size, config = compressed(image), image.config
    if config is None or config.step.status != 200 or config.fault or image.altered:
        yield unconfigured(pull, image)
        return
    if size is None:
        yield unknown(pull.name, f"{image.manifest.reference} does not state the sizes of all its layers")
        return
    found = [*_of_size(pull, size, variants), *_of_start(pull, config)]
    layers, starts = image.manifest.layer_count, config.entrypoint
    yield from found or [passed(pull.name, f"{_gb(size)} compressed, in {layers} layers; its entry point is {starts}")]


def compressed(image: PlatformImage) -> int | None:
    """Bytes of the layers and the configuration as they are pulled; None where the manifest does not state them all."""
    manifest = image.manifest
    parts = [*manifest.layers, *([manifest.config] if manifest.config else [])]
    sizes = {part.digest: part.size for part in parts}
    if manifest.layer_count > len(manifest.layers) or None in sizes.values():
        return None
    return sum(size or 0 for size in sizes.values())


def _of_size(pull: ImagePull, size: int, variants: list[Variant]) -> Iterator[Verdict]:
    for variant in variants:
        volume = variant.volume_gb
        if volume is not None and UNPACKED * size > volume * GB:
            because = f"the image is {_gb(size)} compressed, and VolumeSizeInGB of variant {variant.name} is {volume}"
            yield _failed(pull, because, causes.TOO_BIG_FOR_DISK)
        if variant.serverless and size > SERVERLESS_LIMIT:
            because = f"the image is {_gb(size)} compressed, and variant {variant.name} is serverless"
            yield _failed(pull, because, causes.SERVERLESS_SIZE)
    if size >= LARGE:
        minutes = size * 8 / 10**8 / 60
        because = f"the image is {_gb(size)} compressed: {minutes:.0f} minutes at 100 Mbit/s"
        yield _failed(pull, because, causes.PULL_TOO_SLOW)


def _of_start(pull: ImagePull, config: Config) -> Iterator[Verdict]:
    entrypoint = config.entrypoint
    if config.ports and PORT not in config.ports:
        yield _failed(pull, f"the image names port {', '.join(config.ports)}, and not {PORT}", causes.PING)
    if entrypoint is None:
        because = f"no entry point was read; serve is run in place of the command {config.command or '(none)'}"
        yield _failed(pull, because, causes.NO_SERVE)
    elif entrypoint.rpartition("/")[2].startswith("tini"):
        yield _failed(pull, f"the entry point is {entrypoint}", causes.TINI)


def _gb(size: int) -> str:
    return f"{size / GB:.1f} GB" if size >= GB / 10 else f"{size} bytes"


def _failed(pull: ImagePull, because: str, cause: Cause) -> Verdict:
    return failed(pull.name, because, cause, Fix(cause.fix))

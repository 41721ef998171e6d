"""Is the image built for the processors of the instances?"""

from collections.abc import Iterator

from pullcheck.evidence.pull import Config, ImagePull, Machine, Machines, Platform, PlatformImage
from pullcheck.verdict import Cause, Fix, Severity, Verdict, failed, passed, unknown
from pullcheck.wiring import check
from pullcheck_checks.image import causes
from pullcheck_checks.image.media_types import unconfigured, unseen

ABSENT = {"amd64": causes.NO_AMD64, "arm64": causes.NO_ARM64}


@check("image.platform", "The image is built for the instances' processors", causes.PLATFORM)
def fits_the_instances(pull: ImagePull, machines: Machines) -> Iterator[Verdict]:
    """Compares the platforms of the image with the instance types of the variants.

    What: Operating system and architecture in the image's configuration, and the platforms of an index, against the
    processors of every instance type that the variants name; without variants, amd64 is assumed.

    Why: An image with one manifest is pulled whatever it was built for, and then cannot start: exec format error. With
    an index, an engine that finds no entry for its platform does not even pull.

    Passes: There is a build for Linux on each architecture.

    Fails: There is none for an instance type that a variant names. As a warning where no variant is known and there is
    none for amd64.

    Not verified when: There is no configuration to read, or it does not say what it was built for.

    Fix: Build for the platform (docker buildx build --platform) and push, or choose other instances.

    Source: OCI image specification, image configuration and index; SageMaker guide, Graviton instances.
    """
    if pull.root is None or not pull.root.served or not pull.images:
        yield unseen(pull)
        return
    built = _built(pull)
    if not built:
        unread = next((one for one in pull.images if _unread(one)), None)
        because = "neither configuration nor index says which platform the image is built for; build it with --platform"
        yield unconfigured(pull, unread) if unread else unknown(pull.name, because)
        return
    for architecture in machines.architectures:
        yield _verdict(pull, machines, architecture, built)


def _built(pull: ImagePull) -> tuple[str, ...]:
    """The platforms that the image has: what configurations say counts more than what an index says of them."""
    looked_at = {image.manifest.reference for image in pull.images}
    listed = [
        f"{entry.platform.os}/{entry.platform.architecture}"
        for entry in (pull.root.entries if pull.root else ())
        if entry.platform and entry.platform.os != "unknown" and entry.digest not in looked_at
    ]
    told = {entry.digest: entry.platform for entry in (pull.root.entries if pull.root else ())}
    read = [_named(one.config, told.get(one.manifest.reference)) for one in pull.images if not _unread(one)]
    return tuple(dict.fromkeys([*filter(None, read), *listed]))


def _named(config: Config | None, told: Platform | None) -> str:
    """What a configuration says, and what the index says in its place: clients choose by that and go no further."""
    if config is None or not config.os:
        return ""
    own = f"{config.os}/{config.architecture}"
    other = f"{told.os}/{told.architecture}" if told and told.os != "unknown" else own
    return own if other == own else f"{own} (the index says {other})"


def _unread(image: PlatformImage) -> bool:
    config = image.config
    return config is None or config.step.status != 200 or image.altered or bool(config.fault)


def _verdict(pull: ImagePull, machines: Machines, architecture: str, built: tuple[str, ...]) -> Verdict:
    wanting = [one for one in machines.machines if one.architecture == architecture]
    names = ", ".join(dict.fromkeys(f"{one.instance_type} (variant {one.variant})" for one in wanting))
    who = f"{names} runs {architecture}" if names else f"no variant is given, so {architecture} is assumed"
    what = f"the image is built for {', '.join(built)}; {who}"
    if f"linux/{architecture}" in built:
        return passed(pull.name, what)
    cause = _cause(machines, wanting, architecture, built)
    severity = None if wanting else Severity.WARNING
    return failed(pull.name, what, cause, Fix(cause.fix), severity=severity)


def _cause(machines: Machines, wanting: list[Machine], architecture: str, built: tuple[str, ...]) -> Cause:
    variants = {one.variant for one in wanting}
    others = [one for one in machines.machines if one.variant in variants and one.architecture != architecture]
    served = any(f"linux/{one.architecture}" in built for one in others)
    return causes.MIXED_POOLS if served else ABSENT[architecture]

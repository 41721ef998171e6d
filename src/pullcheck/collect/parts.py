"""Asks for what a manifest names: the configuration in full, each layer by HEAD, the largest by its first bytes."""

import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from pullcheck.collect.document import digest_of, read_config
from pullcheck.collect.repository import Repository
from pullcheck.evidence.pull import Config, Descriptor, Layer, Manifest, PlatformImage, Sample
from pullcheck.evidence.steps import Step

CONFIG_LIMIT = 4 * 1024 * 1024
SAMPLE_LIMIT = 64 * 1024
LAYERS_AT_ONCE = 4
"""As many as there are connections; Docker and containerd fetch three layers at once."""
BEGINNINGS = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"<": "markup"}
GZIP = (("Accept-Encoding", "gzip"),)
"""What Go's transport asks for by itself, and then decodes by itself."""
_GZIP_WINDOW = 16 + zlib.MAX_WBITS


def parts(repository: Repository, manifest: Manifest) -> PlatformImage:
    """The image of one platform."""
    if not manifest.served or manifest.config is None:
        return PlatformImage(manifest)
    step, fetched = repository.ask("GET", f"blobs/{manifest.config.digest}", limit=CONFIG_LIMIT)
    config = Config(step)
    if step.status == 200 and not fetched.exchange.truncated:
        computed = digest_of(fetched.content, manifest.config.digest)
        config = read_config(replace(config, computed=computed), fetched.content)
    distinct = {layer.digest: layer for layer in manifest.layers if not layer.elsewhere}
    largest = max(distinct.values(), key=lambda layer: layer.size or 0, default=None)
    sample = _sample(repository, largest) if largest else None

    def look(layer: Descriptor) -> Layer:
        return Layer(layer, sample.step if sample and layer is largest else _presence(repository, layer))

    with ThreadPoolExecutor(LAYERS_AT_ONCE, "layer") as pool:
        layers = tuple(pool.map(look, distinct.values()))
    return PlatformImage(manifest, config, layers, sample if sample and sample.step.status == 200 else None)


def _presence(repository: Repository, layer: Descriptor) -> Step:
    """HEAD, and GET where that is refused: a presigned URL is good for one method, some servers know no HEAD."""
    step, _ = repository.ask("HEAD", f"blobs/{layer.digest}")
    if step.status is not None and step.status >= 400:
        step, _ = repository.ask("GET", f"blobs/{layer.digest}")
    return step


def _sample(repository: Repository, layer: Descriptor) -> Sample:
    step, fetched = repository.ask("GET", f"blobs/{layer.digest}", GZIP, SAMPLE_LIMIT)
    content, whole = fetched.content, step.status == 200 and not fetched.exchange.truncated
    decoded = bool(step.last and step.last.encoding == "gzip")
    if decoded:
        content, whole = _decoded(content, whole=whole)
    begins = next((name for beginning, name in BEGINNINGS.items() if content.startswith(beginning)), "other")
    return Sample(layer, step, begins, digest_of(content, layer.digest) if whole else None, decoded)


def _decoded(content: bytes, *, whole: bool) -> tuple[bytes, bool]:
    """What Go's transport makes of an encoded answer, the beginning of it, and whether that is all."""
    stream = zlib.decompressobj(_GZIP_WINDOW)
    try:
        return (text := stream.decompress(content, SAMPLE_LIMIT)), whole and stream.eof and len(text) < SAMPLE_LIMIT
    except zlib.error:
        return b"", False

"""Asks for what a manifest names: the configuration and small layers in full, others by HEAD, the largest in part."""

from concurrent.futures import ThreadPoolExecutor

from pullcheck.collect.document import ALGORITHMS, digest_of, read_config
from pullcheck.collect.encoding import as_clients_read, undone
from pullcheck.collect.repository import Repository
from pullcheck.evidence.pull import Config, Descriptor, Layer, Manifest, PlatformImage, Sample
from pullcheck.evidence.steps import Step
from pullcheck.vantage import Fetched

CONFIG_LIMIT = 4 * 1024 * 1024
SAMPLE_LIMIT = 64 * 1024
"""Bytes that are read of a layer: all of most, for most layers are small, and the beginning of the largest."""
LAYERS_AT_ONCE = 4
"""There are hardly more connections; Docker and containerd fetch three layers at once."""
BEGINNINGS = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"<": "markup"}
TAR_MARK, TAR_PLACE = b"ustar", 257
GZIP = (("Accept-Encoding", "gzip"),)
"""What Go's transport asks for by itself, and then decodes by itself."""


def parts(repository: Repository, manifest: Manifest) -> PlatformImage:
    """The image of one platform."""
    if not manifest.served or manifest.config is None:
        return PlatformImage(manifest)
    distinct = {layer.digest: layer for layer in manifest.layers if not layer.elsewhere}
    largest = max(distinct.values(), key=lambda layer: layer.size or 0, default=None)

    def look(layer: Descriptor) -> Layer:
        small = layer.size is not None and layer.size <= SAMPLE_LIMIT
        return _read(repository, layer, small=small) if small or layer is largest else _presence(repository, layer)

    in_turn = sorted(distinct.values(), key=lambda layer: layer is largest)
    with ThreadPoolExecutor(LAYERS_AT_ONCE, "layer") as pool:
        config = pool.submit(_configuration, repository, manifest.config)
        seen = dict(zip(in_turn, pool.map(look, in_turn), strict=True))
    layers = tuple(seen[layer] for layer in distinct.values())
    return repository.transfer.scrubbed(PlatformImage(manifest, config.result(), layers))


def _configuration(repository: Repository, named: Descriptor) -> Config:
    step, fetched = repository.ask("GET", f"blobs/{named.digest}", limit=CONFIG_LIMIT)
    if step.status != 200 or fetched.exchange.truncated:
        return Config(step)
    content = as_clients_read(fetched, CONFIG_LIMIT)
    return read_config(Config(step, digest_of(content, named.digest)), content)


def _presence(repository: Repository, layer: Descriptor) -> Layer:
    """HEAD, and GET where that is refused: a presigned URL is good for one method, some servers know no HEAD."""
    step, _ = repository.ask("HEAD", f"blobs/{layer.digest}")
    if step.status is not None and step.status >= 400:
        step, _ = repository.ask("GET", f"blobs/{layer.digest}")
    return Layer(layer, step)


def _read(repository: Repository, layer: Descriptor, *, small: bool) -> Layer:
    step, fetched = repository.ask("GET", f"blobs/{layer.digest}", GZIP, SAMPLE_LIMIT)
    return Layer(layer, step, _sample(layer, step, fetched, small=small) if step.status == 200 else None)


def _sample(layer: Descriptor, step: Step, fetched: Fetched, *, small: bool) -> Sample:
    content, whole, late = fetched.content, not fetched.exchange.truncated, bool(fetched.exchange.detail)
    decoded = bool(step.last and step.last.encoding == "gzip")
    if decoded:
        content, complete = undone(content, SAMPLE_LIMIT)
        whole = whole and complete
    known = layer.digest.partition(":")[0] in ALGORITHMS
    return Sample(
        _begins(content),
        len(content) if whole else None,
        digest_of(content, layer.digest) if whole and known else None,
        decoded,
        longer=small and not whole and not late,
    )


def _begins(content: bytes) -> str:
    if content[TAR_PLACE:].startswith(TAR_MARK):
        return "tar"
    return next((name for beginning, name in BEGINNINGS.items() if content.startswith(beginning)), "other")

"""A tiny image, made in memory: two layers, a configuration, a manifest."""

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"


@dataclass(frozen=True)
class Image:
    """A manifest, and the blobs it names by digest."""

    manifest: bytes
    blobs: dict[str, bytes]
    media_type: str = MANIFEST

    @property
    def digest(self) -> str:
        """The manifest's."""
        return digest_of(self.manifest)


def digest_of(content: bytes) -> str:
    """``sha256:`` and 64 hexadecimal digits."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def tiny_image(architecture: str = "amd64", entrypoint: Iterable[str] = ("/serve",)) -> Image:
    """An image of a few hundred bytes that could be run as ``docker run IMAGE serve``."""
    files = {"serve": b"#!/bin/sh\nexec sleep infinity\n", "opt/model.txt": b"a model\n"}
    archives = [_archive(name, content) for name, content in files.items()]
    layers = [gzip.compress(archive, mtime=0) for archive in archives]
    config = _json(
        {
            "architecture": architecture,
            "os": "linux",
            "config": {"Entrypoint": list(entrypoint)},
            "rootfs": {"type": "layers", "diff_ids": [digest_of(archive) for archive in archives]},
        }
    )
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": _descriptor(CONFIG, config),
        "layers": [_descriptor(LAYER, layer) for layer in layers],
    }
    return Image(_json(manifest), {digest_of(blob): blob for blob in (config, *layers)})


def _archive(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = len(content), 0o755
        archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def _descriptor(media_type: str, blob: bytes) -> dict[str, Any]:
    return {"mediaType": media_type, "size": len(blob), "digest": digest_of(blob)}


def _json(value: object) -> bytes:
    return json.dumps(value).encode()

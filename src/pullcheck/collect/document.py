"""Manifests, indexes and configurations out of bytes that may hold anything."""

import hashlib
import json
import re
from dataclasses import replace
from typing import Any

from pullcheck.collect.transfer import digest, media_type
from pullcheck.evidence.pull import Config, Descriptor, Manifest, Platform

PARTS_KEPT = 200
ALGORITHMS = ("sha256", "sha384", "sha512")
NO_TYPE = "(none)"
NO_DIGEST = "(none)"

_WORD = re.compile(r"[a-z0-9][a-z0-9_.-]{0,31}")
_PROGRAM = re.compile(r"[\w./+-]{1,120}", re.ASCII)
_ATTESTATION = "vnd.docker.reference.type"
_LARGEST = 2**63


def digest_of(content: bytes, like: str = "") -> str:
    """The digest of the bytes, by the algorithm of another one (SHA-256 unless that is another that is known)."""
    name = like.partition(":")[0]
    algorithm = name if name in ALGORITHMS else "sha256"
    return f"{algorithm}:{hashlib.new(algorithm, content).hexdigest()}"


def read_manifest(manifest: Manifest, content: bytes) -> Manifest:
    """The manifest with what its content says (OCI image specification, manifest and index; Docker's, version 2)."""
    value = _object(content)
    if value is None:
        return replace(manifest, fault="it is no JSON object")
    layers, entries = _objects(value.get("layers")), _objects(value.get("manifests"))
    config = value.get("config")
    return replace(
        manifest,
        schema=_number(value.get("schemaVersion")),
        artifact_type=media_type(_text(value.get("artifactType"))),
        config=_descriptor(config) if isinstance(config, dict) else None,
        layers=tuple(_descriptor(one) for one in layers[:PARTS_KEPT]),
        layer_count=len(layers),
        entries=tuple(_descriptor(one) for one in entries[:PARTS_KEPT]),
    )


def read_config(config: Config, content: bytes) -> Config:
    """The configuration with what its content says (OCI image specification, image configuration)."""
    value = _object(content)
    if value is None:
        return replace(config, fault="it is no JSON object")
    run = value.get("config")
    run = run if isinstance(run, dict) else {}
    return replace(
        config,
        os=_word(value.get("os")),
        architecture=_word(value.get("architecture")),
        entrypoint=_program(run.get("Entrypoint")),
        command=_program(run.get("Cmd")),
    )


def choose(entries: tuple[Descriptor, ...], architectures: tuple[str, ...]) -> tuple[Descriptor, ...]:
    """The entries of an index for Linux on these architectures; the first that can be run where there is none."""
    images = [entry for entry in entries if not is_attestation(entry)]
    found = [
        next((one for one in images if one.platform == Platform("linux", architecture)), None)
        for architecture in architectures
    ]
    chosen = tuple(dict.fromkeys(entry for entry in found if entry))
    return chosen or tuple(images[:1])


def is_attestation(entry: Descriptor) -> bool:
    """Whether an entry of an index is not an image but something said of one (BuildKit, attestation storage)."""
    return entry.attestation or entry.platform == Platform("unknown", "unknown")


def _descriptor(value: dict[str, Any]) -> Descriptor:
    platform, notes = value.get("platform"), value.get("annotations")
    return Descriptor(
        media_type(_text(value.get("mediaType"))) or NO_TYPE,
        digest(value.get("digest")) or NO_DIGEST,
        _number(value.get("size")),
        _platform(platform) if isinstance(platform, dict) else None,
        bool(value.get("urls")),
        isinstance(notes, dict) and _ATTESTATION in notes,
    )


def _platform(value: dict[str, Any]) -> Platform:
    return Platform(_word(value.get("os")) or "unknown", _word(value.get("architecture")) or "unknown")


def _object(content: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _objects(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LARGEST else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _word(value: object) -> str | None:
    return value if isinstance(value, str) and _WORD.fullmatch(value) else None


def _program(value: object) -> str | None:
    first = value[0] if isinstance(value, list) and value else None
    return first if isinstance(first, str) and _PROGRAM.fullmatch(first) else None

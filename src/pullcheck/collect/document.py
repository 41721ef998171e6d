"""Manifests, indexes and configurations out of bytes that may hold anything."""

import hashlib
import re
from dataclasses import replace
from typing import Any

from pullcheck.collect.transfer import digest, media_type
from pullcheck.evidence.pull import Config, Descriptor, Manifest, Platform
from pullcheck.go_json import is_number, is_text, is_texts, read_object

PARTS_KEPT = 200
ALGORITHMS = ("sha256", "sha384", "sha512")
NO_TYPE = "(none)"
NO_DIGEST = "(none)"

_WORD = re.compile(r"[a-z0-9][a-z0-9_.-]{0,31}")
_PROGRAM = re.compile(r"[\w./+-]{1,120}", re.ASCII)
_PORT = re.compile(r"[0-9]{1,5}(/(tcp|udp|sctp))?", re.ASCII)
_ATTESTATION = "vnd.docker.reference.type"
_SAME = {"x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64"}
"""Other names of architectures (containerd source, platforms, normalisation)."""


def digest_of(content: bytes, like: str = "") -> str:
    """The digest of the bytes, by the algorithm of another one (SHA-256 unless that is another that is known)."""
    name = like.partition(":")[0]
    algorithm = name if name in ALGORITHMS else "sha256"
    return f"{algorithm}:{hashlib.new(algorithm, content).hexdigest()}"


def read_manifest(manifest: Manifest, content: bytes) -> Manifest:
    """The manifest with what its content says (OCI image specification, manifest and index; Docker's, version 2)."""
    value = read_object(content)
    if value is None:
        return replace(manifest, fault="it is no JSON object")
    layers, entries = _objects(value.get("layers")), _objects(value.get("manifests"))
    config = value.get("config")
    return replace(
        manifest,
        schema=_number(value.get("schemaversion")),
        declared=media_type(_text(value.get("mediatype"))),
        artifact_type=media_type(_text(value.get("artifacttype"))),
        config=_descriptor(config) if isinstance(config, dict) else None,
        layers=tuple(_descriptor(one) for one in layers[:PARTS_KEPT]),
        layer_count=len(layers),
        entries=tuple(_descriptor(one) for one in entries[:PARTS_KEPT]),
        fault=_fault(value),
    )


def read_config(config: Config, content: bytes) -> Config:
    """The configuration with what its content says (OCI image specification, image configuration)."""
    value = read_object(content)
    if value is None:
        return replace(config, fault="it is no JSON object")
    run, root = value.get("config"), value.get("rootfs")
    run = run if isinstance(run, dict) else {}
    layers = root.get("diff_ids") if isinstance(root, dict) else None
    typed = all(is_text(value.get(name)) for name in ("os", "architecture"))
    return replace(
        config,
        fault="" if typed else "os or architecture is no text",
        os=_word(value.get("os")),
        architecture=_architecture(value.get("architecture")),
        entrypoint=_program(run.get("entrypoint")),
        command=_program(run.get("cmd")),
        layers=len(layers) if isinstance(layers, list) else 0,
        ports=_ports(run.get("exposedports")),
    )


def _ports(value: object) -> tuple[str, ...]:
    """The ports in the names of ExposedPorts, tcp where none is said; none where one is not a single port."""
    names = sorted(value) if isinstance(value, dict) else []
    if not all(map(_PORT.fullmatch, names)):
        return ()
    return tuple(name if "/" in name else f"{name}/tcp" for name in names[:PARTS_KEPT])


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
        media_type(_text(value.get("mediatype"))) or NO_TYPE,
        digest(value.get("digest")) or NO_DIGEST,
        _number(value.get("size")),
        _platform(platform) if isinstance(platform, dict) else None,
        bool(value.get("urls")),
        isinstance(notes, dict) and _ATTESTATION in notes,
    )


def _platform(value: dict[str, Any]) -> Platform:
    architecture, variant = _architecture(value.get("architecture")) or "unknown", _word(value.get("variant"))
    further = f"/{variant}" if architecture == "amd64" and variant not in (None, "v1") else ""
    return Platform(_word(value.get("os")) or "unknown", architecture + further)


def _fault(value: dict[str, Any]) -> str:
    """Which field Go's decoder does not take, so that clients take nothing; empty where it takes them all."""
    if not is_number(value.get("schemaversion")):
        return "schemaVersion is no whole number"
    if not is_text(value.get("mediatype")):
        return "mediaType is no text"
    if value.get("manifests") == [] and ("config" in value or "layers" in value):
        return "it has manifests, if none, beside config or layers"
    for name in ("config", "layers", "manifests"):
        parts = value.get(name)
        parts = [parts] if name == "config" else parts
        if parts is not None and not isinstance(parts, list):
            return f"{name} is no list"
        faults = (_of_descriptor(part) for part in parts or () if part is not None)
        if fault := next(filter(None, faults), ""):
            return f"{fault} in {name}"
    return ""


def _of_descriptor(value: object) -> str:
    if not isinstance(value, dict):
        return "there is what is no object"
    platform = value.get("platform") or {}
    if not is_number(value.get("size")):
        return "size is no whole number"
    if not all(is_text(value.get(name)) for name in ("mediatype", "digest")):
        return "mediaType or digest is no text"
    if not isinstance(platform, dict) or not all(is_text(platform.get(name)) for name in ("os", "architecture")):
        return "platform is no such object"
    return (
        "" if all(is_texts(value.get(name)) for name in ("urls", "annotations")) else "urls or annotations are no text"
    )


def _objects(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63 else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _word(value: object) -> str | None:
    return value.lower() if isinstance(value, str) and _WORD.fullmatch(value.lower()) else None


def _architecture(value: object) -> str | None:
    word = _word(value)
    return _SAME.get(word, word) if word else None


def _program(value: object) -> str | None:
    first = value[0] if isinstance(value, list) and value else None
    return first if isinstance(first, str) and _PROGRAM.fullmatch(first) else None

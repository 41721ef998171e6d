"""Evidence on paper: what ``collect`` writes and ``check --from`` reads.

Facts stand once each, by their type's name; a pull is a map from type to fact. Types are looked up among those that the
installed packs know, never imported by name.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pullcheck import __version__
from pullcheck.engine import Facts, Observed
from pullcheck.errors import UsageError
from pullcheck.judgement import SeenFrom
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.observation import Observation
from pullcheck.target import Target

SCHEMA = "pullcheck/evidence/1"
ABSENCES = {"unavailable": Unavailable, "not-applicable": NotApplicable}


def dump(observation: Observation) -> str:
    """The evidence as JSON text."""
    facts: list[dict[str, Any]] = []
    places: dict[tuple[type, int], int] = {}
    pulls = []
    for observed in observation.pulls:
        indices = {}
        for kind, value in observed.facts.items():
            if not _is_evidence(kind):
                continue
            key = (kind, id(value))
            if key not in places:
                places[key] = len(facts)
                facts.append(_write_fact(kind, value))
            indices[_name(kind)] = places[key]
        pulls.append({"subject": observed.subject, "facts": indices})
    document = {
        "schema": SCHEMA,
        "version": __version__,
        "target": _plain(Target, observation.target),
        "vantages": [_plain(SeenFrom, seen) for seen in observation.vantages],
        "pulls": pulls,
        "facts": facts,
    }
    return json.dumps(document, indent=1, ensure_ascii=True) + "\n"


def load(text: str, source: str, types: Iterable[type]) -> Observation:
    """The observation in an evidence file; ``types`` are the evidence types that may occur.

    Raises:
        UsageError: the file is foreign, truncated, newer than this version, or does not hold what it should.
    """
    document = _document(text, source)
    known = {_name(kind): kind for kind in types if _is_evidence(kind)}
    try:
        rows: list[dict[str, Any]] = document["facts"]
        facts = [_read_fact(row, known) for row in rows]
        names = [row["type"] for row in rows]
        pulls = tuple(
            Observed(str(pull["subject"]), _facts(pull["facts"], names, facts, known)) for pull in document["pulls"]
        )
        target = _typed(Target, document["target"])
        vantages = tuple(_typed(SeenFrom, seen) for seen in document["vantages"])
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        detail = " ".join(str(error).split())[:200]
        raise UsageError(f"{source}: damaged evidence: {type(error).__name__}: {detail}") from error
    return Observation(target, vantages, pulls)


def _document(text: str, source: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{source}: not an evidence file, or a truncated one: {error}") from error
    schema = document.get("schema") if isinstance(document, dict) else None
    if not isinstance(schema, str) or not schema.startswith("pullcheck/evidence/"):
        raise UsageError(f"{source}: not an evidence file: expected schema {SCHEMA!r}, as pullcheck collect writes it")
    if schema != SCHEMA:
        raise UsageError(f"{source}: schema {schema!r} is not one this version reads ({SCHEMA!r}); update pullcheck")
    return dict(document)


def _facts(indices: Mapping[str, int], names: list[str], facts: list[object], known: Mapping[str, type]) -> Facts:
    for name, index in indices.items():
        if index < 0 or names[index] != name:
            raise ValueError(f"fact {index} is no {name}")
    return {known[name]: facts[index] for name, index in indices.items() if name in known}


def _write_fact(kind: type, value: object) -> dict[str, Any]:
    for label, absence in ABSENCES.items():
        if isinstance(value, absence):
            return {"type": _name(kind), label: _plain(absence, value)}
    return {"type": _name(kind), "value": _plain(kind, value)}


def _read_fact(row: Mapping[str, Any], known: Mapping[str, type]) -> object:
    for label, absence in ABSENCES.items():
        if label in row:
            return _typed(absence, row[label])
    kind = known.get(row["type"])
    return _typed(kind, row["value"]) if kind else None


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _is_evidence(kind: type) -> bool:
    """Dataclasses are written; what can act (an AWS session, a vantage, options) is not."""
    return hasattr(kind, "__dataclass_fields__") and kind.__module__ != "pullcheck.settings"


def _plain(kind: type, value: object) -> Any:
    from pydantic import TypeAdapter

    adapter: TypeAdapter[object] = TypeAdapter(kind)
    return adapter.dump_python(value, mode="json")


def _typed(kind: type, value: object) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(kind).validate_python(value)

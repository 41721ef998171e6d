"""The evidence and the walks as they would be after changes."""

from pullcheck_checks.network.fixes.changes import Changes, applied
from pullcheck_checks.network.paths.index import Index
from pullcheck_checks.network.paths.journey import Destination, Source
from pullcheck_checks.network.paths.walk import Walk, walk


def walk_after(index: Index, changes: Changes, source: Source, destination: Destination) -> Walk:
    """The same changes serve many paths: what they lead to is worked out once."""
    return walk(index.once((changes,), lambda: after(index, changes)), source, destination)


def after(index: Index, changes: Changes) -> Index:
    """Of the evidence once all of these are made, in order."""
    return index.after(applied(index.evidence, changes), {change.touches for change in changes})

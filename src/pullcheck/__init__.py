"""Finds the broken link when SageMaker pulls a model image from a private Docker registry.

What stands here, and the evidence types in `pullcheck.evidence`, is what a pack of checks may import.
"""

from pullcheck.missing import NotApplicable, NotObserved, Unavailable
from pullcheck.verdict import (
    Basis,
    Cause,
    Direction,
    Fix,
    Hop,
    HopVerdict,
    Severity,
    Status,
    Verdict,
    failed,
    not_applicable,
    passed,
    unknown,
)
from pullcheck.wiring import Check, Collector, check, collector

__version__ = "0.1.0"

__all__ = [
    "Basis",
    "Cause",
    "Check",
    "Collector",
    "Direction",
    "Fix",
    "Hop",
    "HopVerdict",
    "NotApplicable",
    "NotObserved",
    "Severity",
    "Status",
    "Unavailable",
    "Verdict",
    "__version__",
    "check",
    "collector",
    "failed",
    "not_applicable",
    "passed",
    "unknown",
]

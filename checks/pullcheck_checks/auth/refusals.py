"""What a refusal of credentials means, where the registry's words or its make tell more than the status."""

import re

from pullcheck.evidence.credentials import Source
from pullcheck.evidence.pull import ImagePull
from pullcheck.evidence.steps import Step
from pullcheck.vantage import VantageName
from pullcheck.verdict import Cause, Fix, Verdict, failed, unknown
from pullcheck_checks.auth import account_causes as causes

_LOCKED = re.compile(r"\baccount\b.{0,40}\blocked\b|\blocked out\b|\btoo many failed\b", re.IGNORECASE)
_EXPIRED = re.compile(
    r"\b(password|token|credentials?|key|secret)\b.{0,40}\bexpired\b|\bexpired\b.{0,20}\btoken\b", re.IGNORECASE
)
_ADDRESS = re.compile(
    r"\bip( address)?\b.{0,60}\b(not (allowed|permitted|authorized)|denied|blocked)\b|\bip (allow|white)[ -]?list\b",
    re.IGNORECASE,
)
ON_TRIAL = (
    "Set PULLCHECK_REGISTRY_USERNAME and PULLCHECK_REGISTRY_PASSWORD to what the registry accepts; the secret that the"
    " function reads has to hold the same."
)


def refusal(pull: ImagePull, step: Step, because: str, otherwise: Cause) -> Verdict:
    """The verdict on a request that was refused with 401 or 403."""
    error = step.last.error if step.last else None
    words = error.message if error else ""
    if _ADDRESS.search(words):
        cause = causes.SOURCE_IP
        if pull.vantage == VantageName.OUTSIDE:
            return unknown(pull.name, f"{because}: the address of who looked; run with --vantage inside", cause=cause)
    elif _LOCKED.search(words):
        cause = causes.LOCKOUT
    elif step.status == 401 and (_EXPIRED.search(words) or (pull.login.account.left or 1) <= 0):
        cause = causes.CREDS_EXPIRED
    elif pull.login.spaced and step.status == 401:
        cause, because = causes.EDGE_SPACE, f"{because}; {pull.login.spaced}"
    elif pull.login.form and step.status == 401:
        cause, because = causes.USERNAME_FORM, f"{because}; {pull.login.form}"
    else:
        cause = otherwise
    tried = cause is otherwise and step.status == 401 and pull.login.account.source is Source.ENVIRONMENT
    return failed(pull.name, because, cause, Fix(ON_TRIAL if tried else cause.fix))

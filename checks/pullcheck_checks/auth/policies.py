"""Refusals that mean the image, not the account: registries can be told to hold images back."""

import re
from enum import StrEnum

from pullcheck.evidence.steps import Step


class Policy(StrEnum):
    """Why a registry holds an image back from everybody."""

    SIGNATURE = "signature"
    SCAN = "scan"


_WORDS = {
    Policy.SIGNATURE: re.compile(r"\bnot signed\b|\bunsigned\b|\bcontent trust\b", re.IGNORECASE),
    Policy.SCAN: re.compile(r"vulnerabilit|quarantine|\b(not|un)\s?scanned\b|blocking policy|\bxray\b", re.IGNORECASE),
}


def held_back(step: Step) -> Policy | None:
    """The policy that a refusal names in its own words; None where it names none.

    Harbor answers 412 (PROJECTPOLICYVIOLATION), Artifactory and Nexus 403.
    """
    error = step.last.error if step.last else None
    if error is None or step.status not in (403, 412):
        return None
    return next((policy for policy, words in _WORDS.items() if words.search(error.message)), None)

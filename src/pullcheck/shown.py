"""What others wrote, as a report repeats it."""

MOST = 300
"""Characters; more than any reference or name that SageMaker takes."""


def shown(text: str) -> str:
    """The text, or its beginning and its length where it is longer than `MOST`."""
    return text if len(text) <= MOST else f"{text[:MOST]}... ({len(text)} characters)"

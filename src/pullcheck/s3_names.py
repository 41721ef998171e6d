"""S3's own names: which bucket of which Region a URL leads to (Amazon S3 User Guide, virtual hosting of buckets)."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from pullcheck.partition import PARTITIONS

_SUFFIXES = "|".join(re.escape(suffix) for suffix in sorted({one.suffix for one in PARTITIONS}))
_HOST = re.compile(
    r"(?:(?P<bucket>.+)\.)?s3(?:-fips)?(?:\.dualstack)?"
    rf"(?:[.-](?P<region>[a-z]{{2,}}(?:-[a-z]+)+-\d+))?\.(?:{_SUFFIXES})"
)


@dataclass(frozen=True)
class S3Place:
    """S3, and what is to be got there; what the URL does not tell is empty, the Region too."""

    region: str
    bucket: str = ""
    key: str = ""


def region_of(host: str) -> str | None:
    """The Region whose S3 answers to the name, "" for a name of S3 that tells none; None for other names."""
    found = _HOST.fullmatch(host.lower().rstrip("."))
    return (found["region"] or "") if found else None


def place_of(url: str) -> S3Place | None:
    """Where an https URL leads, by virtual host or by path; None where that is not S3."""
    parts = urlsplit(url)
    found = _HOST.fullmatch((parts.hostname or "").rstrip("."))
    if not found:
        return None
    path = unquote(parts.path).removeprefix("/")
    region = found["region"] or ""
    if found["bucket"]:
        return S3Place(region, found["bucket"], path)
    bucket, _, key = path.partition("/")
    return S3Place(region, bucket, key)

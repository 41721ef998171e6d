"""The forms in which a secret may come back: as it was sent, in a URL, in markup, in JSON, in Base64."""

import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from html import escape
from urllib.parse import quote, quote_plus

LONG = 6
"""Characters from which a secret is looked for in Base64 too: the forms of shorter ones are found everywhere."""
_PERCENT = re.compile("%[0-9A-F]{2}")


def forms(secret: str) -> tuple[str, ...]:
    """Every text that gives the secret away; the secret itself is the first."""
    return tuple(dict.fromkeys(one for one in _forms(secret) if one))


def _forms(secret: str) -> Iterator[str]:
    content = secret.encode("utf-8", "replace")
    yield secret
    yield content.decode("latin-1")
    for one in (quote(content, safe=""), quote(content), quote_plus(content)):
        yield one
        yield _PERCENT.sub(lambda found: found[0].lower(), one)
    yield from (escape(secret), escape(secret, quote=False))
    yield from (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    if len(content) >= LONG:
        yield content.hex()
        for before in range(3):
            yield from _encoded(content, before)


def _encoded(content: bytes, before: int) -> Iterator[str]:
    """What of Base64 is the same whatever stands around the content, which begins so many bytes into a group."""
    known = slice((before * 8 + 5) // 6, (before + len(content)) * 8 // 6)
    for encode in (b64encode, urlsafe_b64encode):
        yield encode(b"\0" * before + content).decode()[known]

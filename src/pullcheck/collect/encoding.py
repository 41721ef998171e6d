"""Answers that came encoded, undone as Go's HTTP library undoes them before any client sees them."""

import zlib

from pullcheck.vantage import Fetched

_GZIP_WINDOW = 16 + zlib.MAX_WBITS


def as_clients_read(fetched: Fetched, limit: int) -> bytes:
    """The content, without the gzip that Content-Encoding tells of; nothing where it is no gzip, or not all of it."""
    if (fetched.exchange.header("content-encoding") or "").lower() != "gzip" or fetched.exchange.truncated:
        return fetched.content
    content, whole = undone(fetched.content, limit)
    return content if whole else b""


def undone(content: bytes, limit: int) -> tuple[bytes, bool]:
    """The beginning of what was encoded, no more bytes than ``limit``, and whether that is all of it."""
    text = b""
    try:
        while content and len(text) < limit:
            stream = zlib.decompressobj(_GZIP_WINDOW)
            text += stream.decompress(content, limit - len(text))
            if not stream.eof:
                return text, False
            content = stream.unused_data
    except zlib.error:
        return b"", False
    return text, not content

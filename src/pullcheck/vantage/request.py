"""One HTTP/1.1 request over an open connection; its answer is bounded and cleaned of control characters."""

import http.client
import re
import socket
from typing import cast
from urllib.parse import SplitResult, quote, urlsplit

from pullcheck import __version__
from pullcheck.vantage import Exchange, Outcome
from pullcheck.vantage.wire import TlsWire, in_words, outcome_of

HTTPS = 443
_VALUE_LIMIT = 8 * 1024
_INFORMING, _SWITCHING = 5, 101
_LENGTH = re.compile("[0-9]{1,18}")
_HOST = re.compile(r"[A-Za-z0-9._:%-]+")
_URL_CHARACTERS = "/:?#[]@!$&'()*+,;=%~"


def parse(url: str) -> SplitResult | None:
    """The parts of an https URL, None where it is none that can be asked for."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme == "https" and _HOST.fullmatch(parts.hostname or "") and parts.port != 0
    except ValueError:
        return None
    return parts if usable else None


def authority(host: str, port: int) -> str:
    """``HOST`` or ``HOST:PORT`` as a URL and the Host header have it: brackets round IPv6, no default port."""
    bare = host.strip("[]")
    name = f"[{bare}]" if ":" in bare else bare
    return name if port == HTTPS else f"{name}:{port}"


def request(
    method: str, url: SplitResult, headers: tuple[tuple[str, str], ...] = (), body: bytes = b"", *, keep: bool = False
) -> bytes:
    """The request as it goes over the wire; the answer is asked for unencoded unless ``headers`` say otherwise.

    The connection is to be closed after it unless ``keep``.
    """
    target = quote(url.path or "/", safe=_URL_CHARACTERS)
    if url.query:
        target += "?" + quote(url.query, safe=_URL_CHARACTERS)
    given = {name.lower() for name, _ in headers}
    lines = (
        ("Host", authority(url.hostname or "", url.port or HTTPS)),
        ("User-Agent", f"pullcheck/{__version__}"),
        *(() if "accept-encoding" in given else (("Accept-Encoding", "identity"),)),
        *(() if keep else (("Connection", "close"),)),
        *((("Content-Length", str(len(body))),) if body else ()),
        *headers,
    )
    text = f"{method} {target} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines) + "\r\n"
    return text.encode("latin-1", "replace") + body


def answer_and_content(
    wire: TlsWire, method: str, address: str, port: int, url: str, limit: int
) -> tuple[Exchange, bytes, bool]:
    """The answer to a request that was sent, apart from it at most ``limit`` bytes of its body, and the way it ended.

    The last is whether another request can follow on the connection. An answer that ends early, or not in time, after
    its headers is one: clients judge by status and headers.
    """
    response = _Response(cast(socket.socket, wire), method=method, url=url)
    try:
        response.begin()
    except OSError as error:
        return Exchange(address, port, method, url, outcome_of(error), in_words(error)), b"", False
    except (http.client.HTTPException, ValueError) as error:
        detail = f"{type(error).__name__}: {_line(str(error))[:200]}"
        status = response.status if isinstance(response.status, int) else None
        return Exchange(address, port, method, url, Outcome.BAD_ANSWER, detail, status), b"", False
    body, truncated, detail = _body(response, limit)
    response.close()
    headers = tuple((_line(name), _line(value)) for name, value in response.headers.items())
    exchange = Exchange(address, port, method, url, Outcome.OK, detail, response.status, headers, "", truncated)
    return exchange, body, not truncated and not response.will_close and response.status != _SWITCHING


class _Response(http.client.HTTPResponse):
    """One answer, after those that only inform (RFC 9110, section 15.2), of which Go clients take as many."""

    def begin(self) -> None:
        """Read status and headers; Go clients refuse an answer whose length is no number, or two of them."""
        super().begin()
        lengths = {value.strip() for value in self.headers.get_all("content-length", ())}
        if not self.chunked and not (len(lengths) < 2 and all(map(_LENGTH.fullmatch, lengths))):
            raise http.client.HTTPException(f"Content-Length: {', '.join(sorted(lengths))}")

    def _read_status(self) -> tuple[str, int, str]:
        for _ in range(_INFORMING + 1):
            found: tuple[str, int, str] = super()._read_status()  # type: ignore[misc] # it knows 100 alone by itself
            if found[1] // 100 != 1 or found[1] == _SWITCHING:
                return found
            http.client.parse_headers(self.fp)
        raise http.client.HTTPException(f"more than {_INFORMING} answers that only inform")


def printable(text: str) -> str:
    """The text without control, format and private characters; line ends and tabs stay."""
    return "".join(character for character in text if character.isprintable() or character in "\n\t")


def _line(text: str) -> str:
    return printable(" ".join(text[:_VALUE_LIMIT].split()))


def _body(response: http.client.HTTPResponse, limit: int) -> tuple[bytes, bool, str]:
    """The beginning of the body, whether there was more or should have been, and what ended it early."""
    body = bytearray()
    try:
        while len(body) <= limit:
            more = response.read1(limit + 1 - len(body))
            if not more:
                return bytes(body), False, ""
            body += more
    except OSError as error:
        return bytes(body), True, f"the body did not end: {in_words(error)}"
    except (http.client.HTTPException, ValueError) as error:
        return bytes(body), True, f"the body did not end: {type(error).__name__}"
    return bytes(body[:limit]), True, ""

"""What the HTTP answer to GET /v2/ says about who gave it."""

import re
from urllib.parse import parse_qsl, urljoin, urlsplit

from pullcheck.challenge import BASIC, BEARER, challenges
from pullcheck.evidence.registry import PathPrefix
from pullcheck.vantage import Exchange
from pullcheck.verdict import Cause, Fix, Verdict, failed, passed, unknown
from pullcheck_checks.registry import causes

DOCKER_HUB = "registry-1.docker.io"
VERSION_HEADER = "Docker-Distribution-Api-Version"
VERSION = "registry/2.0"

_TITLE = re.compile(r"<title[^>]*>([^<]{1,200})", re.IGNORECASE)
_BLOCKED = re.compile(
    r"configured to block access from your country|\berror (code:? )?10(05|06|07|08|09|10|12|20)\b", re.IGNORECASE
)
_SIGN_IN_PARAMETERS = frozenset({"client_id", "redirect_uri", "response_type", "samlrequest", "relaystate", "wtrealm"})
_SIGN_IN_WORDS = re.compile(r"\b(log-?in|sign-?in|sso|oauth2?|openid|saml2?|adfs|cas|authorize)\b", re.IGNORECASE)


def of_answer(host: str, exchange: Exchange, prefix: PathPrefix | None) -> Verdict:
    """The verdict on an HTTP answer; its status is known."""
    status = exchange.status or 0
    if status == 200 and is_page(exchange):
        return _failed(f"{_said(exchange)} with a web page{_title(exchange)}", causes.SSO_OR_WAF_ANSWERS)
    if status in (200, 401):
        return _of_registry(exchange)
    if 300 <= status < 400:
        return _of_redirect(exchange)
    if status == 403 and _BLOCKED.search(exchange.body):
        return _failed(
            f"{_said(exchange)}{_title(exchange)}, for where or who the client is", causes.GEO_OR_AGENT_BLOCK
        )
    if status == 403:
        return _failed(f"{_said(exchange)}{_title(exchange)}", causes.SSO_OR_WAF_ANSWERS)
    if status == 404:
        return _of_missing_root(exchange, prefix)
    if status == 429:
        return _failed(_said(exchange), causes.HUB_RATE_LIMIT if host == DOCKER_HUB else causes.THROTTLED)
    if status == 503 and (exchange.header("server") or "").lower().startswith("awselb"):
        return _failed(_said(exchange), causes.ELB_TARGETS_UNHEALTHY)
    if status in (502, 503, 504):
        return _failed(_said(exchange), causes.BAD_GATEWAY)
    if status >= 500:
        return _failed(_said(exchange), causes.SERVER_ERROR)
    if status < 200:
        return unknown("", f"{_said(exchange)}, an answer that is not the last one; look again")
    explained_by = "tls.protocol" if status == 400 and "certificate" in exchange.body.lower() else None
    return _failed(f"{_said(exchange)}{_title(exchange)}", causes.UNEXPECTED_STATUS, explained_by)


def is_page(exchange: Exchange) -> bool:
    """Whether the body is HTML."""
    kind = (exchange.header("content-type") or "").lower()
    return kind.startswith("text/html") or exchange.body.lstrip()[:14].lower().startswith(("<!doctype html", "<html"))


def speaks_v2(exchange: Exchange) -> bool:
    """Whether the answer is one that only a registry, or what asks for credentials in its name, gives."""
    if exchange.status == 200:
        return not is_page(exchange) and VERSION in (exchange.header(VERSION_HEADER) or "")
    return exchange.status == 401 and (VERSION in (exchange.header(VERSION_HEADER) or "") or bool(_asks_for(exchange)))


def _of_registry(exchange: Exchange) -> Verdict:
    version = exchange.all(VERSION_HEADER)
    asks = f", asks for {' or '.join(_asks_for(exchange))}" if exchange.status == 401 else ""
    if any(VERSION in value for value in version):
        return passed(
            "", f"{_said(exchange)}, {VERSION_HEADER}: {', '.join(version)}{asks if _asks_for(exchange) else ''}"
        )
    if exchange.status == 401 and not _asks_for(exchange):
        because = (
            f"{_said(exchange)}; neither {VERSION_HEADER} nor a Basic or Bearer challenge says that it is a registry"
        )
        return unknown("", because, blocked_by="auth.challenge")
    return _failed(f"{_said(exchange)}{asks}, without {VERSION_HEADER}", causes.API_VERSION_HEADER_MISSING)


def _of_redirect(exchange: Exchange) -> Verdict:
    location = exchange.header("location")
    if not location:
        return _failed(f"{_said(exchange)} without Location", causes.UNEXPECTED_STATUS)
    because = f"{_said(exchange)} with Location: {location}"
    try:
        here, target = urlsplit(exchange.url), urlsplit(urljoin(exchange.url, location))
        parameters = {name.lower() for name, _ in parse_qsl(target.query, keep_blank_values=True)}
        place = target.path if target.hostname == here.hostname else f"{target.hostname} {target.path}"
    except ValueError:
        return _failed(because, causes.UNEXPECTED_STATUS)
    if parameters & _SIGN_IN_PARAMETERS or _SIGN_IN_WORDS.search(place):
        return _failed(because, causes.SSO_OR_WAF_ANSWERS)
    if target.scheme == "http":
        return _failed(because, causes.REDIRECT_TO_HTTP)
    return unknown("", f"{because}, which was not followed; name the host that answers GET /v2/ itself in Image")


def _of_missing_root(exchange: Exchange, prefix: PathPrefix | None) -> Verdict:
    if prefix and speaks_v2(prefix.exchange):
        because = f"{_said(exchange)}, and GET /{prefix.prefix}/v2/ answers {prefix.exchange.status} as a registry does"
        return _failed(because, causes.PATH_PREFIX)
    page = f" with a web page{_title(exchange)}" if is_page(exchange) else ""
    return _failed(f"{_said(exchange)}{page}", causes.V2_ROOT_MISSING)


def _asks_for(exchange: Exchange) -> tuple[str, ...]:
    """The schemes offered of those that container clients know."""
    found = (one.scheme for line in exchange.all("www-authenticate") for one in challenges(line))
    return tuple(dict.fromkeys(scheme for scheme in found if scheme.lower() in (BASIC, BEARER)))


def _said(exchange: Exchange) -> str:
    server = exchange.header("server")
    return f"GET {exchange.url} answers {exchange.status}" + (f" (Server: {server[:80]})" if server else "")


def _title(exchange: Exchange) -> str:
    title = _TITLE.search(exchange.body)
    return f' titled "{" ".join(title[1].split())[:80]}"' if title else ""


def _failed(because: str, cause: Cause, explained_by: str | None = None) -> Verdict:
    return failed("", because, cause, Fix(cause.fix), explained_by=explained_by)

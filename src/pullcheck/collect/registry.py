"""Asks the registry for its version, as container clients do first, without credentials."""

import os
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import sleep
from urllib.parse import urljoin, urlsplit

from pullcheck.evidence.placement import ImageReference, Registry
from pullcheck.evidence.registry import AddressPing, ManifestAsked, PathPrefix, Ping, RegistrySeen
from pullcheck.missing import NotApplicable
from pullcheck.settings import Settings
from pullcheck.vantage import Exchange, Outcome, Resolution, Vantage
from pullcheck.vantage.request import authority
from pullcheck.wiring import collector

BODY_KEPT = 2000
MANIFEST_TYPES = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
)
AT_ONCE = 16
LONGEST_PAUSE, SHORT_PAUSE = 5.0, 0.2
TOO_MANY_REQUESTS = 429
PASSING = frozenset({500, 502, 503, 504})
"""The server errors that clients take for passing."""
PROXIES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
VALUE_HIDDEN = "..."
KEPT = frozenset({"content-type", "docker-distribution-api-version", "location", "server", "www-authenticate"})
"""The headers that are judged; no other one is kept."""

_USER = re.compile(r"(?:(?<=//)|(?<=\\/))[^/\s\"<>?#]*@")
_QUERY_IN_TEXT = re.compile(r"(?<!&)([?#])((?:\\.|[^\s\"<>\\])+)")
_PARAMETER = re.compile(r"[^&#]+")
_QUERY_OF_URL = re.compile(r"([?#])(.+)", re.DOTALL)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@collector()
def registry_seen(registry: Registry, vantage: Vantage, settings: Settings) -> RegistrySeen:
    """Where the vantage looks for the registry: where ``--resolve`` says, else where its resolver says."""
    forced = forced_addresses(registry.host, registry.port, settings)
    found = Resolution(registry.host, forced) if forced else vantage.resolve(registry.host)
    return RegistrySeen(
        host=registry.host,
        port=registry.port,
        addresses=found.addresses,
        error=found.error,
        forced=bool(forced),
        vantage=vantage.name,
        no_such_name=found.no_such_name,
        proxy=any(os.environ.get(name) for name in PROXIES),
    )


def forced_addresses(host: str, port: int, settings: Settings) -> tuple[str, ...]:
    """The addresses that ``--resolve`` names for a host and port; none where it names none."""
    wanted = (host.lower(), port)
    return tuple(one.address for one in settings.resolve if (one.host.lower(), one.port) == wanted)


@collector()
def ping(seen: RegistrySeen, vantage: Vantage) -> Ping:
    """``GET /v2/`` at every address at once (distribution specification, "API Version Check")."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = tuple(pool.map(lambda address: _ping(seen, address, vantage), seen.addresses))
    return Ping(seen, answers, vantage.name)


@collector()
def path_prefix(found: Ping, image: ImageReference, vantage: Vantage) -> PathPrefix | NotApplicable:
    """Look for the API below the first part of the repository, where there is none at the root."""
    lost = next((one for one in found.answers if one.last and one.last.status == 404), None)
    prefix, slash, _ = image.repository.partition("/")
    if lost is None or not slash:
        return NotApplicable("/v2/ was not missing, or the repository has no first part that could be a path")
    exchange = vantage.exchange("GET", lost.address, f"{base_url(found.seen)}/{prefix}/v2/")
    return PathPrefix(prefix, without_secrets(exchange), vantage.name)


@collector()
def manifest_asked(found: Ping, image: ImageReference, vantage: Vantage) -> ManifestAsked | NotApplicable:
    """Ask for the manifest as containerd begins, where GET /v2/ is not answered as registries do."""
    odd = next((one for one in found.answers if one.last and one.last.status and not _welcomes(one.last)), None)
    if odd is None or image.problems:
        return NotApplicable("GET /v2/ is answered as registries do, or there is no manifest to ask for")
    url = f"{base_url(found.seen)}/v2/{image.repository}/manifests/{image.digest or image.tag or 'latest'}"
    exchange = vantage.exchange("HEAD", odd.address, url, (("Accept", ", ".join(MANIFEST_TYPES)),))
    return ManifestAsked(without_secrets(exchange), vantage.name)


def base_url(seen: RegistrySeen) -> str:
    """``https://HOST[:PORT]``, brackets round an IPv6 address."""
    return f"https://{authority(seen.host, seen.port)}"


def without_secrets(exchange: Exchange) -> Exchange:
    """The exchange as it may be kept: the headers of `KEPT` and the beginning of the body.

    URLs anywhere in it are without user, and have ``...`` for every value of query and fragment.
    """
    headers = tuple(
        (name, _cleaned(value, _QUERY_OF_URL if name.lower() == "location" else _QUERY_IN_TEXT))
        for name, value in exchange.headers
        if name.lower() in KEPT
    )
    return replace(
        exchange,
        url=_cleaned(exchange.url, _QUERY_OF_URL),
        detail=_cleaned(exchange.detail),
        headers=headers,
        body=_cleaned(exchange.body)[:BODY_KEPT],
        truncated=exchange.truncated or len(exchange.body) > BODY_KEPT,
    )


def _ping(seen: RegistrySeen, address: str, vantage: Vantage) -> AddressPing:
    url, before = f"{base_url(seen)}/v2/", None
    exchange = vantage.exchange("GET", address, url)
    if not exchange.connected:
        return AddressPing(address, exchange.outcome)
    if (pause := pause_after(exchange)) is not None:
        sleep(pause)
        before, exchange = without_secrets(exchange), vantage.exchange("GET", address, url)
    target = _target_on_same_host(exchange)
    forwarded = vantage.exchange("GET", address, target) if target else None
    forwarded = without_secrets(forwarded) if forwarded else None
    return AddressPing(address, Outcome.OK, without_secrets(exchange), forwarded, before)


def pause_after(exchange: Exchange) -> float | None:
    """Seconds that clients wait before they ask the same again; None where they do not, or would wait for long."""
    wish = exchange.header("retry-after") or ""
    if exchange.status != TOO_MANY_REQUESTS:
        return SHORT_PAUSE if exchange.status in PASSING else None
    pause = float(wish) if re.fullmatch(r"[0-9]{1,6}", wish) else 1.0
    return pause if pause <= LONGEST_PAUSE else None


def _welcomes(exchange: Exchange) -> bool:
    """Whether GET /v2/ is answered by 200 and no page, or by 401 with any challenge."""
    page = (exchange.header("content-type") or "").startswith("text/html") or exchange.body.lstrip().startswith("<")
    return (exchange.status == 200 and not page) or (exchange.status == 401 and bool(exchange.all("www-authenticate")))


def _target_on_same_host(exchange: Exchange) -> str | None:
    location = exchange.header("location")
    if exchange.status not in _REDIRECTS or not location:
        return None
    try:
        here, target = urlsplit(exchange.url), urlsplit(urljoin(exchange.url, location))
        same = (target.scheme, target.hostname, target.port or 443) == ("https", here.hostname, here.port or 443)
    except ValueError:
        return None
    return target.geturl() if same else None


def _cleaned(text: str, query: re.Pattern[str] = _QUERY_IN_TEXT) -> str:
    return query.sub(lambda found: found[1] + _PARAMETER.sub(_name_alone, found[2]), _USER.sub("", text))


def _name_alone(parameter: re.Match[str]) -> str:
    name, equals, _ = parameter[0].partition("=")
    return f"{name}={VALUE_HIDDEN}" if equals else VALUE_HIDDEN


COLLECTORS = (registry_seen, ping, path_prefix, manifest_asked)

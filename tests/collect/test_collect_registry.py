"""What the registry collectors keep of what a vantage tells."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from threading import Event

import pytest
from pydantic import TypeAdapter

from pullcheck import NotApplicable
from pullcheck.collect.registry import path_prefix, ping, registry_seen, without_secrets
from pullcheck.evidence.placement import ImageReference, Registry
from pullcheck.evidence.registry import AddressPing, PathPrefix, Ping, RegistrySeen
from pullcheck.settings import Resolve, Settings
from pullcheck.vantage import Exchange, Fetched, Handshake, Outcome, Resolution, Stapled, TlsProfile, Vantage

REGISTRY = Registry("registry.example.com", 5000)
IMAGE = ImageReference(
    "registry.example.com:5000/team/model:v1", "registry.example.com", 5000, "team/model", "v1", None
)


@dataclass(frozen=True)
class Told:
    """A vantage at which everything has been seen already."""

    resolution: Resolution
    tcp: Outcome = Outcome.OK
    status: int = 401
    name: str = "inside"
    description: str = "made up"

    def resolve(self, name: str) -> Resolution:
        return self.resolution

    def handshake(self, address: str, port: int, server_name: str, profile: TlsProfile) -> Handshake:
        raise NotImplementedError

    def staple(self, address: str, port: int, server_name: str) -> Stapled:
        raise NotImplementedError

    def exchange(self, method: str, address: str, url: str, headers: tuple[tuple[str, str], ...] = ()) -> Exchange:
        if self.tcp is not Outcome.OK:
            return Exchange(address, 5000, method, url, self.tcp, connected=False)
        return Exchange(address, 5000, method, url, Outcome.OK, status=self.status)

    def fetch(
        self,
        method: str,
        address: str,
        url: str,
        roots: str,
        headers: tuple[tuple[str, str], ...] = (),
        limit: int = 0,
        body: bytes = b"",
    ) -> Fetched:
        raise NotImplementedError

    def keeping_connections(self, given_up: Event | None = None) -> AbstractContextManager[Vantage]:
        raise NotImplementedError


FOUND = Told(Resolution("registry.example.com", ("10.0.10.20", "10.0.11.20")))


def test_addresses_come_from_the_vantage() -> None:
    seen = registry_seen.function(REGISTRY, FOUND, Settings())

    assert seen == RegistrySeen("registry.example.com", 5000, ("10.0.10.20", "10.0.11.20"), None, False, "inside")


def test_resolve_option_comes_first_for_its_host_and_port() -> None:
    chosen = Settings(
        resolve=(
            Resolve("Registry.example.com", 5000, "127.0.0.1"),
            Resolve("registry.example.com", 443, "127.0.0.2"),
            Resolve("other.example.com", 5000, "127.0.0.3"),
        )
    )
    seen = registry_seen.function(REGISTRY, FOUND, chosen)

    assert (seen.addresses, seen.forced) == (("127.0.0.1",), True)


def test_name_that_does_not_resolve_keeps_the_reason() -> None:
    nothing = Told(Resolution("registry.example.com", (), "Name or service not known", no_such_name=True))
    seen = registry_seen.function(REGISTRY, nothing, Settings())

    assert (seen.addresses, seen.error, seen.no_such_name) == ((), "Name or service not known", True)
    assert ping.function(seen, nothing).answers == ()


def test_ping_asks_every_address_and_only_where_tcp_connects() -> None:
    seen = registry_seen.function(REGISTRY, FOUND, Settings())
    found = ping.function(seen, FOUND)
    refused = ping.function(seen, Told(FOUND.resolution, Outcome.REFUSED))

    assert [answer.exchange and answer.exchange.url for answer in found.answers] == [
        "https://registry.example.com:5000/v2/",
        "https://registry.example.com:5000/v2/",
    ]
    assert [(answer.tcp, answer.exchange) for answer in refused.answers] == [(Outcome.REFUSED, None)] * 2


@pytest.mark.parametrize(("host", "url"), [("[::1]", "https://[::1]/v2/"), ("::1", "https://[::1]/v2/")])
def test_address_in_the_place_of_a_name(host: str, url: str) -> None:
    seen = RegistrySeen(host, 443, ("::1",), None, False, "inside")
    [answer] = ping.function(seen, FOUND).answers

    assert answer.exchange
    assert answer.exchange.url == url


def test_prefix_is_asked_for_only_where_the_root_is_missing() -> None:
    seen = registry_seen.function(REGISTRY, FOUND, Settings())
    there = path_prefix.function(ping.function(seen, FOUND), IMAGE, FOUND)
    lost = Told(FOUND.resolution, status=404)
    missing = path_prefix.function(ping.function(seen, lost), IMAGE, lost)

    assert isinstance(there, NotApplicable)
    assert isinstance(missing, PathPrefix)
    assert missing.exchange.url == "https://registry.example.com:5000/team/v2/"


def test_nothing_secret_is_kept() -> None:
    exchange = Exchange(
        "10.0.10.20",
        443,
        "GET",
        "https://user:pw-1@registry.example.com/v2/?X-Amz-Signature=pw-2#pw-3",
        Outcome.OK,
        status=302,
        headers=(
            ("Set-Cookie", "session=pw-4"),
            ("Location", "https://idp.example.com/authorize?client_id=pw-5&state=pw-6&empty="),
            ("Location", "https://[broken?x=pw-7"),
        ),
        body="x" * 5000,
    )
    kept = without_secrets(exchange)

    assert "pw-" not in repr(kept)
    assert kept.header("location") == "https://idp.example.com/authorize?client_id=...&state=...&empty=..."
    assert (len(kept.body), kept.truncated) == (2000, True)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (
            'Bearer realm="https://user:pw-1@h/token?key=pw-2&pw-3",service="r"',
            'Bearer realm="https://h/token?key=...&...",service="r"',
        ),
        ('<a href="/blob?X-Sig=pw-1&amp;X-Id=pw-2">Moved</a>', '<a href="/blob?X-Sig=...&amp;X-Id=...">Moved</a>'),
        (r'{"url":"https:\/\/user:pw-1@h\/x?sig=pw-2"}', r'{"url":"https:\/\/h\/x?sig=..."}'),
        ("https://h/cb#access_token=pw-1", "https://h/cb#access_token=..."),
        ("Who are you? It&#39;s team@sha256:ab", "Who are you? It&#39;s team@sha256:ab"),
    ],
)
def test_urls_in_text_keep_the_names_of_their_query_alone(written: str, kept: str) -> None:
    exchange = without_secrets(replace(EXCHANGE, headers=(("WWW-Authenticate", written),), body=written))

    assert (exchange.header("www-authenticate"), exchange.body) == (kept, kept)


def test_headers_that_nothing_is_judged_by_are_not_kept() -> None:
    url = "https://bucket.example.com/blob?X-Amz-Signature=pw-1"
    names = ("Content-Location", "Link", "Refresh", "X-Forwarded-Url", "Set-Cookie", "Location")
    exchange = without_secrets(replace(EXCHANGE, headers=tuple((name, url) for name in names)))

    assert exchange.headers == (("Location", "https://bucket.example.com/blob?X-Amz-Signature=..."),)


EXCHANGE = Exchange(
    "10.0.10.20", 443, "GET", "https://registry.example.com/v2/", Outcome.OK, "", 401, (("A", "b"),), "{}"
)
SEEN = RegistrySeen("registry.example.com", 443, ("10.0.10.20",), None, True, "inside")


@pytest.mark.parametrize(
    "evidence",
    [
        SEEN,
        RegistrySeen("registry.example.com", 443, (), "no such name", False, "outside", True),
        Ping(
            SEEN,
            (AddressPing("10.0.10.20", Outcome.OK, EXCHANGE, EXCHANGE), AddressPing("::1", Outcome.REFUSED)),
            "inside",
        ),
        PathPrefix("team", EXCHANGE, "inside"),
    ],
)
def test_evidence_survives_the_evidence_file(evidence: object) -> None:
    adapter = TypeAdapter(type(evidence))

    assert adapter.validate_json(adapter.dump_json(evidence)) == evidence

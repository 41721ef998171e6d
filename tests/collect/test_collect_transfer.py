"""Where a transfer goes and what it keeps, whatever it is told."""

from contextlib import AbstractContextManager
from threading import Event

from hypothesis import given, settings
from hypothesis import strategies as st

from pullcheck.collect.places import is_own_machine, origin
from pullcheck.collect.transfer import REDIRECTS, Transfer, digest, media_type
from pullcheck.evidence.registry import RegistrySeen
from pullcheck.evidence.steps import Stop
from pullcheck.settings import Settings
from pullcheck.vantage import Exchange, Fetched, Handshake, Outcome, Resolution, Stapled, TlsProfile, Vantage

SECRET = "Basic c4n4ry"
SEEN = RegistrySeen("registry.example.com", 443, ("10.0.10.20",), None, False, "inside")


class Scripted:
    """A vantage that redirects as scripted and writes down who was sent what."""

    name, description = "inside", "made up"

    def __init__(self, *locations: str, address: str = "10.0.0.9") -> None:
        self.locations = list(locations)
        self.sent: list[tuple[str, str, bool]] = []
        self.address = address

    def resolve(self, name: str) -> Resolution:
        return Resolution(name, (self.address,))

    def handshake(self, address: str, port: int, server_name: str, profile: TlsProfile) -> Handshake:
        raise NotImplementedError

    def staple(self, address: str, port: int, server_name: str) -> Stapled:
        raise NotImplementedError

    def exchange(self, method: str, address: str, url: str, headers: tuple[tuple[str, str], ...] = ()) -> Exchange:
        raise NotImplementedError

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
        self.sent.append((url, address, "Authorization" in dict(headers)))
        step = len(self.sent) - 1
        if step < len(self.locations):
            moved = (("Location", self.locations[step]),)
            return Fetched(Exchange(address, 443, method, url, Outcome.OK, status=307, headers=moved))
        return Fetched(Exchange(address, 443, method, url, Outcome.OK, status=200))

    def keeping_connections(self, given_up: Event | None = None) -> AbstractContextManager[Vantage]:
        raise NotImplementedError


def transfer(vantage: Scripted) -> Transfer:
    return Transfer(vantage, Settings(), "", SEEN, "10.0.10.20", ("c4n4ry",))


def test_credentials_stay_with_the_first_host_and_do_not_come_back() -> None:
    vantage = Scripted(
        "/two", "https://registry.example.com:8443/three", "https://registry.example.com/four", "//five.example.com/"
    )
    step, _ = transfer(vantage).ask("GET", "https://registry.example.com/one", authorization=SECRET)

    assert step.status == 200
    assert [(address, secret) for _, address, secret in vantage.sent] == [
        ("10.0.10.20", True),
        ("10.0.10.20", True),
        ("10.0.0.9", False),
        ("10.0.10.20", False),
        ("10.0.0.9", False),
    ]


URLS = st.one_of(
    st.text(max_size=60),
    st.builds(
        "{}://{}{}/{}".format,
        st.sampled_from(["https", "http", "HTTPS", "ftp", ""]),
        st.sampled_from(["registry.example.com", "a@registry.example.com", "evil.example.com", "[::1]", "localhost"]),
        st.sampled_from(["", ":443", ":80", ":99999", ":x"]),
        st.text(max_size=20),
    ),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(URLS, max_size=14))
def test_no_redirect_takes_credentials_elsewhere(locations: list[str]) -> None:
    vantage = Scripted(*locations)
    step, _ = transfer(vantage).ask("GET", "https://registry.example.com/v2/", authorization=SECRET)

    assert len(step.replies) <= REDIRECTS + 1
    for url, address, secret in vantage.sent:
        assert url.lower().startswith("https://")
        assert not secret or (origin(url) == ("https", "registry.example.com", 443) and address == "10.0.10.20")


@settings(max_examples=200, deadline=None)
@given(URLS, st.text(max_size=30))
def test_urls_are_kept_without_query_user_and_secret(url: str, query: str) -> None:
    shown = transfer(Scripted()).shown(f"{url}/x/c4n4ry?signature={query}")

    assert "c4n4ry" not in shown
    assert "signature=" not in shown


def test_too_many_redirects_and_other_machines_are_not_followed() -> None:
    endless, _ = transfer(Scripted(*["/again"] * 50)).ask("GET", "https://registry.example.com/")
    own, _ = transfer(Scripted("https://x.example.com/", address="127.0.0.1")).ask(
        "GET", "https://registry.example.com/"
    )
    plain, _ = transfer(Scripted("http://x.example.com/")).ask("GET", "https://registry.example.com/")

    assert [one.stop for one in (endless, own, plain)] == [Stop.TOO_MANY, Stop.OWN_MACHINE, Stop.PLAIN_HTTP]
    assert len(endless.replies) == REDIRECTS + 1


def test_addresses_that_mean_the_machine_itself() -> None:
    own = ("127.0.0.1", "127.9.9.9", "::1", "0.0.0.0", "::", "169.254.169.254", "fe80::1%eth0", "::ffff:127.0.0.1",
           "2002:7f00:1::", "fd00:ec2::254", "224.0.0.1", "no address", "0.0.0.1", "::127.0.0.1",
           "64:ff9b::a9fe:a9fe")  # fmt: skip
    others = ("10.0.10.20", "192.168.1.1", "52.216.1.1", "fd00::20", "::ffff:10.0.0.1", "64:ff9b::a00:a14")

    assert [one for one in own if not is_own_machine(one)] == []
    assert [one for one in others if is_own_machine(one)] == []


def test_only_what_is_a_media_type_or_a_digest_is_kept() -> None:
    assert media_type("Application/JSON; charset=utf-8") == "application/json"
    assert [media_type(text) for text in (None, "", "json", "a/b c", "a/" + "b" * 200)] == [None] * 5
    assert digest("sha256:" + "0" * 64)
    assert [digest(text) for text in (None, 1, "sha256:0", "x", "sha256:" + "\n" * 64)] == [None] * 5

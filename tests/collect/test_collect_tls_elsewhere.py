"""Handshakes with the hosts that the registry names, and with no other; what the machine's own store is read for."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from certificates import HOST, NOW, authority, leaf
from pullcheck.collect import tls_elsewhere
from pullcheck.collect.tls_elsewhere import HOSTS_LOOKED_AT, local_trust, served_elsewhere
from pullcheck.evidence.credentials import Account, Source
from pullcheck.evidence.pull import ImagePull, Login, Met, Scheme
from pullcheck.evidence.pull_hosts import PullHost, PullHosts
from pullcheck.evidence.registry import RegistrySeen
from pullcheck.evidence.tls import PublicRoots, ServedAddress, ServedChains, ServedElsewhere
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.settings import Resolve, Settings
from pullcheck.vantage import Handshake, Outcome, Resolution, TlsProfile

ROOT, CORPORATE = authority(), authority("Corporate Root", organization="Corporate")
LAYERS, TOKENS = "layers.example.com", "auth.example.com"
SEEN = RegistrySeen(HOST, 443, ("10.0.10.20",), None, False, "outside")
UNSEEN = Unavailable("nobody logged in")


@dataclass
class Told:
    """A vantage that knows what it was told, and remembers to what it spoke."""

    answers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    asked: set[tuple[str, int, str]] = field(default_factory=set)
    name: str = "outside"
    description: str = "this machine"

    def resolve(self, name: str) -> Resolution:
        return Resolution(name, self.answers.get(name, ()))

    def handshake(self, address: str, port: int, server_name: str, _profile: TlsProfile) -> Handshake:
        self.asked.add((address, port, server_name))
        outcome = self.outcomes.get(address, Outcome.OK)
        return Handshake(address, port, server_name, outcome, version="TLSv1.3")


def hosts(*found: PullHost) -> PullHosts:
    return PullHosts(found, "outside")


def layers(name: str = LAYERS, port: int = 443) -> PullHost:
    return PullHost(name, port, "redirect target", (f"https://{name}/blob",))


def pull(*met: Met) -> ImagePull:
    account = Account(Source.NOBODY)
    return ImagePull(HOST, 443, "10.0.10.20", "team/model", "v1", Login(Scheme.NONE, account), "outside", met=met)


def look(
    found: PullHosts, vantage: Told, *, met: ImagePull | Unavailable = UNSEEN, settings: Settings | None = None
) -> ServedElsewhere:
    return served_elsewhere(found, met, SEEN, settings or Settings(), vantage)  # type: ignore[arg-type]


def test_each_host_is_asked_at_the_addresses_at_which_it_was_met() -> None:
    vantage = Told({LAYERS: ("192.0.2.9",), TOKENS: ("192.0.2.7",)})
    met = pull(Met(LAYERS, "redirect target", ("192.0.2.1", "192.0.2.2")))
    shown = look(hosts(layers(port=8443), PullHost(TOKENS, 443, "token realm")), vantage, met=met)

    assert [(one.host, one.port, one.role) for one in shown.hosts] == [
        (LAYERS, 8443, "redirect target"),
        (TOKENS, 443, "token realm"),
    ]
    assert vantage.asked == {("192.0.2.1", 8443, LAYERS), ("192.0.2.2", 8443, LAYERS), ("192.0.2.7", 443, TOKENS)}
    assert TypeAdapter(ServedElsewhere).validate_json(TypeAdapter(ServedElsewhere).dump_json(shown)) == shown


def test_why_there_may_be_more_hosts_is_kept() -> None:
    shown = look(replace(hosts(layers()), unseen=UNSEEN), Told({LAYERS: ("192.0.2.9",)}))

    assert shown.unseen == UNSEEN


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "169.254.169.254", "::1", "fd00:ec2::254", "0.0.0.0", "::ffff:127.0.0.1"]
)
def test_the_machine_itself_is_never_asked(address: str) -> None:
    vantage = Told({LAYERS: (address,)})
    shown = look(hosts(layers()), vantage)
    [silent] = shown.silent

    assert vantage.asked == set()
    assert silent.subject == f"{LAYERS}:443 (redirect target)"
    assert "means the machine itself" in silent.reason
    assert silent.blocked_by == "image.layers-present"


def test_but_where_the_user_names_it_or_the_registry_has_it() -> None:
    forced = Told()
    shown = look(hosts(layers()), forced, settings=Settings(resolve=(Resolve(LAYERS, 443, "127.0.0.1"),)))
    own = Told({LAYERS: ("127.0.0.1",)})
    served_elsewhere(hosts(layers()), UNSEEN, replace(SEEN, addresses=("127.0.0.1",)), Settings(), own)  # type: ignore[arg-type]

    assert shown.hosts[0].forced
    assert forced.asked == own.asked == {("127.0.0.1", 443, LAYERS)}


def test_a_name_without_addresses_and_a_host_without_tls_are_told() -> None:
    vantage = Told({LAYERS: ("192.0.2.1",)}, {"192.0.2.1": Outcome.REFUSED})
    shown = look(hosts(layers(), PullHost(TOKENS, 443, "token realm")), vantage)

    assert [one.reason for one in shown.silent] == [
        f"no address of {LAYERS}:443 spoke TLS: 192.0.2.1 refused",
        f"{TOKENS} was not asked: its name gave no address",
    ]
    assert shown.silent[1].blocked_by == "auth.token-realm"


def test_no_more_hosts_are_asked_than_is_sensible() -> None:
    many = [layers(f"host-{number}.example.com") for number in range(HOSTS_LOOKED_AT + 2)]
    vantage = Told({one.name: ("192.0.2.1",) for one in many})
    shown = look(hosts(*many), vantage)

    assert (len(shown.hosts), len(shown.silent)) == (HOSTS_LOOKED_AT, 2)
    assert len(vantage.asked) == HOSTS_LOOKED_AT


def test_ipv6_addresses_without_a_way_from_here_count_as_untried() -> None:
    lost = {"2001:db8::1": Outcome.UNREACHABLE}
    shown = look(hosts(layers()), Told({LAYERS: ("2001:db8::1", "192.0.2.1")}, lost))

    assert [one.address for one in shown.hosts[0].addresses] == ["192.0.2.1"]
    assert shown.hosts[0].untried == ("2001:db8::1",)


def chains(*certificates: str) -> ServedChains:
    shaken = Handshake("192.0.2.1", 443, HOST, Outcome.OK, chain=certificates)
    return ServedChains(HOST, 443, (ServedAddress("192.0.2.1", shaken, shaken),), NOW.isoformat(), "outside")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "store.pem"
    path.write_text(f"# roots\n{ROOT.pem}{CORPORATE.pem}{authority('Stranger').pem}")
    monkeypatch.setattr(tls_elsewhere, "BUNDLES", (str(tmp_path / "absent.pem"), str(path)))
    for name in tls_elsewhere.PROXIES:
        monkeypatch.delenv(name, raising=False)
    return path


NOWHERE = NotApplicable("there is no other host")
ROOTS = PublicRoots("lab", ROOT.pem)


def test_of_the_own_store_only_what_a_private_chain_names_is_kept(store: Path) -> None:
    private = local_trust(chains(leaf(CORPORATE).pem), NOWHERE, ROOTS)
    public = local_trust(chains(leaf(ROOT).pem), NOWHERE, ROOTS)
    other = ServedElsewhere((chains(leaf(CORPORATE).pem),), (), "outside")

    assert (private.roots.strip(), private.store, private.proxy) == (CORPORATE.pem.strip(), str(store), "")
    assert (public.roots, public.store) == ("", "")
    assert local_trust(chains(leaf(ROOT).pem), other, ROOTS).roots == private.roots


def test_the_name_of_the_proxy_is_kept_and_not_its_value(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://user:c4n4ry@proxy.example.com:3128")
    found = local_trust(chains("no certificate"), NOWHERE, ROOTS)

    assert found.proxy == "https_proxy"
    assert "c4n4ry" not in repr(found)

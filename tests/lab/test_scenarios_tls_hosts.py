"""TLS of the hosts that the registry sends clients to, and of what may stand on the way to them."""

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from elsewhere import LAYERS, TOKENS, redirected, tokens_from
from laboratory import Lab, Scenario, prove
from nginx import Site, nginx

from pullcheck.collect import tls_elsewhere
from pullcheck.demo.certificates import Authority, Certificate, self_signed
from pullcheck.demo.world import REGISTRY_HOST

NOW = datetime.now(UTC)
Issues = Callable[[Lab], Certificate]
Sites = Callable[[Lab, Path], list[Site]]
HERE, THERE = "127.0.0.1", "127.0.0.2"


def good(lab: Lab) -> Certificate:
    return lab.authority.issue(LAYERS, TOKENS)


def private(_lab: Lab) -> Certificate:
    return Authority("Corporate").issue(LAYERS)


def alone(lab: Lab) -> Certificate:
    return good(lab).without_intermediate


def ending(days: int) -> Issues:
    return lambda lab: lab.authority.issue(LAYERS, TOKENS, ends=NOW + timedelta(days=days))


def site(issues: Issues, directives: str = "") -> Sites:
    return lambda lab, _: [Site(LAYERS, issues(lab), directives)]


def for_clients_with_certificates(lab: Lab, folder: Path) -> list[Site]:
    roots = folder / "clients.pem"
    roots.write_text(lab.authority.root)
    return [Site(LAYERS, good(lab), f"ssl_protocols TLSv1.3; ssl_client_certificate {roots}; ssl_verify_client on;")]


def misspelt_beside_a_default(lab: Lab, _folder: Path) -> list[Site]:
    default = lab.authority.issue("www.example.org")
    return [Site("www.example.org", default, default=True), Site(f"{LAYERS}.local", good(lab))]


def one_address_expired(lab: Lab, _folder: Path) -> list[Site]:
    return [Site(LAYERS, good(lab)), Site(LAYERS, ending(-1)(lab), address=THERE)]


OLD_VERSIONS = "ssl_protocols TLSv1 TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0;"
CBC = "ssl_protocols TLSv1.2; ssl_ciphers ECDHE-ECDSA-AES128-SHA;"
CBC_FIRST = (
    "ssl_protocols TLSv1.2; ssl_ciphers ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES128-GCM-SHA256;"
    " ssl_prefer_server_ciphers on;"
)


@dataclass(frozen=True)
class Led(Scenario):
    """The registry sends clients for layers, or tokens, to a host of its own; ``sites`` are what listens there."""

    heals: bool = False
    live: bool = True
    sites: Sites = field(default=site(good))
    host: str = LAYERS
    addresses: tuple[str, ...] = (HERE,)

    def stands(self, lab: Lab, folder: Path) -> AbstractContextManager[int]:
        """The other host, on loopback."""
        files = {f"/docker/{digest}": blob for digest, blob in lab.registry.image.blobs.items()}
        return nginx(folder, self.sites(lab, folder), {**files, "/token": b'{"token": "a-t0ken-of-the-lab"}'})


@contextlib.contextmanager
def led(lab: Lab, scenario: Led, folder: Path) -> Iterator[Scenario]:
    """The scenario, with the other host standing."""
    with scenario.stands(lab, folder) as port:
        own, lab.port = lab.port, port
        (tokens_from if scenario.host == TOKENS else redirected)(scenario.host)(lab)
        lab.port = own
        lab.registry.use(lab.certificate)
        options = (word for one in scenario.addresses for word in ("--resolve", f"{scenario.host}:{port}:{one}"))
        yield Scenario(scenario.cause, lambda _: None, scenario.status, heals=False, live=True, options=(*options,))


SCENARIOS = (
    Led("tls.blob-host-certificate", lambda _: None, sites=site(private)),
    Led("tls.blob-host-certificate", lambda _: None, sites=site(lambda _: self_signed(LAYERS)), label="self-signed"),
    Led("tls.missing-intermediate", lambda _: None, sites=site(alone), host=TOKENS),
    Led("tls.expired", lambda _: None, sites=site(ending(-1))),
    Led("tls.expiring-soon", lambda _: None, sites=site(ending(5)), host=TOKENS),
    Led("tls.version-too-old", lambda _: None, sites=site(good, OLD_VERSIONS)),
    Led("tls.cipher-gap", lambda _: None, sites=site(good, CBC)),
    Led("tls.client-certificate-required", lambda _: None, sites=for_clients_with_certificates),
    Led("tls.sni-default-certificate", lambda _: None, sites=misspelt_beside_a_default),
    Led("tls.nodes-differ", lambda _: None, sites=one_address_expired, addresses=(HERE, THERE)),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: f"{one.id}-{one.host}")
def test_the_report_names_what_is_wrong_with_tls_elsewhere(lab: Lab, scenario: Led, tmp_path: Path) -> None:
    with led(lab, scenario, tmp_path) as stood:
        prove(lab, stood)


def test_a_private_host_of_the_layers_is_the_one_root_cause(lab: Lab, tmp_path: Path) -> None:
    scenario = SCENARIOS[0]
    with led(lab, scenario, tmp_path) as stood:
        run = lab.check(*stood.arguments(lab))
    shown = {one["subject"].partition(":")[0]: one["status"] for one in run.findings("tls.public-ca")}

    assert "reg.blob-redirect-certificate" in run.causes()
    assert "tls.blob-host-certificate" in run.report["root_causes"]
    assert "reg.blob-redirect-certificate" not in run.report["root_causes"]
    assert shown == {REGISTRY_HOST: "pass", LAYERS: "fail"}


def test_a_host_that_prefers_a_suite_without_docker_and_has_others_passes(lab: Lab, tmp_path: Path) -> None:
    with led(lab, Led("tls.cipher-gap", lambda _: None, sites=site(good, CBC_FIRST)), tmp_path) as stood:
        run = lab.check(*stood.arguments(lab))
    found = run.findings("tls.protocol")
    [because] = [one["because"] for one in found if LAYERS in one["subject"]]

    assert {one["status"] for one in found} == {"pass"}
    assert "containerd makes it ends in TLSv1.2 with ECDHE-ECDSA-AES128-SHA, one as Docker" in because
    assert because.endswith("ECDHE-ECDSA-AES128-GCM-SHA256")


def inspected(lab: Lab) -> None:
    lab.registry.use(Authority("Zscaler Inc.").issue(REGISTRY_HOST))


def of_a_private_authority(lab: Lab) -> None:
    lab.registry.use(Authority("Corporate").issue(REGISTRY_HOST))


def test_an_inspecting_proxy_here_says_nothing_about_the_vpc(lab: Lab) -> None:
    prove(lab, Scenario("tls.interception", inspected, "unknown", live=True))


def test_an_inspecting_proxy_inside_breaks_the_pull(lab: Lab) -> None:
    inspected(lab)
    run = lab.check(*lab.live, "--vantage", "inside")
    [finding] = run.findings("tls.public-ca")

    assert (finding["status"], finding["cause"]) == ("fail", "tls.interception")


@pytest.fixture
def trusted_here(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """A private CA signed the registry's certificate, and this machine's own store has it."""
    corporate = Authority("Corporate")
    store = tmp_path / "store.pem"
    store.write_text(corporate.root)
    monkeypatch.setattr(tls_elsewhere, "BUNDLES", (str(store),))
    whole = corporate.issue(REGISTRY_HOST)
    lab.registry.use(whole)
    return lab


def test_a_private_authority_that_this_machine_trusts_stays_private(trusted_here: Lab) -> None:
    [finding] = trusted_here.check(*trusted_here.live).findings("tls.public-ca")

    assert (finding["status"], finding["cause"]) == ("fail", "tls.private-ca")


def test_a_proxy_beside_that_trust_is_a_doubt(trusted_here: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:c4n4ry@proxy.example.com:3128")
    [finding] = trusted_here.check(*trusted_here.live).findings("tls.public-ca")

    assert (finding["status"], finding["cause"]) == ("unknown", "tls.interception")
    assert "HTTPS_PROXY" in finding["because"]
    assert "c4n4ry" not in trusted_here.saved().read_text()

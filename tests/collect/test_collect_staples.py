"""Which hosts are asked for a staple, and at which of their addresses."""

from dataclasses import dataclass, field, replace

from certificates import HOST, NOW, Issued, authority, leaf
from ocsp_answers import MUST_STAPLE, responder_at
from pullcheck.collect.staples import staples
from pullcheck.evidence.staples import Staples
from pullcheck.evidence.tls import ServedAddress, ServedChains, ServedElsewhere
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.vantage import Handshake, Outcome, Stapled

ROOT = authority()
NAMED = leaf(ROOT, extra=((responder_at("http://ocsp.example.net"), False),))
DEMANDING = leaf(ROOT, extra=((MUST_STAPLE, False),))
PLAIN = leaf(ROOT)
LOST = Unavailable("nobody logged in")


@dataclass
class Told:
    """A vantage that remembers whom it asked."""

    asked: list[tuple[str, int, str]] = field(default_factory=list)
    name: str = "inside"

    def staple(self, address: str, port: int, server_name: str) -> Stapled:
        self.asked.append((address, port, server_name))
        return Stapled(address, port, Outcome.OK, answer="")


def host(name: str, *served: Issued | None) -> ServedChains:
    """A host whose addresses serve these; None for one that shows nothing."""
    addresses = []
    for last, issued in enumerate(served, 1):
        seen = Handshake(f"10.0.0.{last}", 443, name, Outcome.OK, chain=(issued.pem,) if issued else ())
        addresses.append(ServedAddress(seen.address, seen, seen))
    return ServedChains(name, 443, tuple(addresses), NOW.isoformat(), "inside")


def look(own: ServedChains, *others: ServedChains, vantage: Told) -> Staples | NotApplicable:
    elsewhere = ServedElsewhere(others, (), "inside") if others else LOST
    return staples(own, elsewhere, vantage)  # type: ignore[arg-type]


def test_hosts_whose_certificate_calls_for_it_are_asked_once_each() -> None:
    vantage = Told()
    layers = replace(host("layers.example.com", DEMANDING), role="redirect target")
    found = look(host(HOST, None, PLAIN, NAMED, NAMED), host("plain.example.com", PLAIN), layers, vantage=vantage)

    assert sorted(vantage.asked) == [("10.0.0.1", 443, "layers.example.com"), ("10.0.0.3", 443, HOST)]
    assert isinstance(found, Staples)
    assert [one.subject for one in found.hosts] == [f"{HOST}:443", "layers.example.com:443 (redirect target)"]


def test_nobody_is_asked_where_no_certificate_calls_for_it() -> None:
    vantage = Told()

    assert isinstance(look(host(HOST, PLAIN, None), vantage=vantage), NotApplicable)
    assert not vantage.asked

"""Handshakes with real TLS servers on loopback, and where the public roots come from."""

import contextlib
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace

import certifi
import pytest
import trustme

from pullcheck.collect.tls import public_roots, served_chains
from pullcheck.errors import UsageError
from pullcheck.evidence.registry import Ping, RegistrySeen
from pullcheck.evidence.tls import LocalTrust, PublicRoots, ServedChains
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.settings import Settings
from pullcheck.vantage import Outcome
from pullcheck.vantage.here import Here
from pullcheck.verdict import Status
from pullcheck_checks.tls.protocol import speaks_what_clients_offer
from pullcheck_checks.tls.public_ca import chains_to_a_public_ca

HOST = "registry.example.com"
NOWHERE = NotApplicable("there is no other host")
HERE = Here("outside", "this machine", 5)
ROOT = trustme.CA()
ISSUING = ROOT.create_child_ca()
ROOTS = PublicRoots("lab", ROOT.cert_pem.bytes().decode())


def tls_server(
    issued: trustme.LeafCert, adapt: Callable[[ssl.SSLContext], object] = lambda context: None, chain: int = 9
) -> AbstractContextManager[RegistrySeen]:
    """A server with this certificate; ``chain`` is how many certificates it serves."""
    certificates = "".join(pem.bytes().decode() for pem in issued.cert_chain_pems[:chain])
    return serving(certificates, issued.private_key_pem.bytes().decode(), adapt)


@contextlib.contextmanager
def serving(
    chain: str, key: str, adapt: Callable[[ssl.SSLContext], object] = lambda context: None
) -> Iterator[RegistrySeen]:
    """A server that shakes hands and answers one request; chain and key are PEM."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(key + chain)
        file.flush()
        context.load_cert_chain(file.name)
    adapt(context)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_serve, args=(listener, context), daemon=True).start()
        yield seen_at(listener.getsockname()[1])
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)


def _serve(listener: socket.socket, context: ssl.SSLContext) -> None:
    with contextlib.suppress(OSError):
        while True:
            threading.Thread(target=_answer, args=(listener.accept()[0], context), daemon=True).start()


def _answer(connection: socket.socket, context: ssl.SSLContext) -> None:
    with connection, contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as tls:
        tls.recv(4096)
        tls.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


def seen_at(port: int, *addresses: str) -> RegistrySeen:
    return RegistrySeen(HOST, port, addresses or ("127.0.0.1",), None, False, "outside")


def look(seen: RegistrySeen) -> ServedChains:
    chains = served_chains(Ping(seen, (), seen.vantage), HERE)
    assert isinstance(chains, ServedChains)
    return chains


def test_both_profiles_and_the_chain_as_served() -> None:
    with tls_server(ISSUING.issue_cert(HOST)) as seen:
        chains = look(seen)
    [one] = chains.addresses

    assert (one.permissive.outcome, one.go.outcome) == (Outcome.OK, Outcome.OK)
    assert len(one.chain) == 2
    assert chains.vantage == "outside"
    assert [verdict.status for verdict in chains_to_a_public_ca(chains, NOWHERE, ROOTS, LocalTrust())] == [Status.PASS]
    assert [verdict.status for verdict in speaks_what_clients_offer(chains, NOWHERE)] == [Status.PASS]


def test_a_served_leaf_alone_lacks_its_issuer() -> None:
    with tls_server(ISSUING.issue_cert(HOST), chain=1) as seen:
        [verdict] = chains_to_a_public_ca(look(seen), NOWHERE, ROOTS, LocalTrust())

    assert verdict.cause is not None and verdict.cause.id == "tls.missing-intermediate"


def test_a_server_without_a_common_suite() -> None:
    def old_suites(context: ssl.SSLContext) -> None:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("AES128-GCM-SHA256")

    with tls_server(ROOT.issue_cert(HOST, key_type=trustme.KeyType.RSA), old_suites) as seen:
        chains = look(seen)
    [protocol] = speaks_what_clients_offer(chains, NOWHERE)
    [chain] = chains_to_a_public_ca(chains, NOWHERE, ROOTS, LocalTrust())

    assert protocol.cause is not None and protocol.cause.id == "tls.cipher-gap"
    assert chain.status is Status.PASS


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_server_that_demands_a_client_certificate(version: ssl.TLSVersion) -> None:
    def demand(context: ssl.SSLContext) -> None:
        context.maximum_version = version
        context.verify_mode = ssl.CERT_REQUIRED
        ROOT.configure_trust(context)

    with tls_server(ROOT.issue_cert(HOST), demand) as seen:
        chains = look(seen)
    [protocol] = speaks_what_clients_offer(chains, NOWHERE)
    [chain] = chains_to_a_public_ca(chains, NOWHERE, ROOTS, LocalTrust())

    assert protocol.cause is not None and protocol.cause.id == "tls.client-certificate-required"
    assert chain.status is Status.PASS


def test_every_address_is_tried() -> None:
    with tls_server(ROOT.issue_cert(HOST)) as seen:
        chains = look(replace(seen, addresses=("127.0.0.1", "127.0.0.2")))

    assert [one.address for one in chains.addresses] == ["127.0.0.1", "127.0.0.2"]
    assert [one.go.outcome for one in chains.addresses] == [Outcome.OK, Outcome.REFUSED]


def test_refused_everywhere_is_for_the_registry_check() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    absent = served_chains(Ping(seen_at(port), (), "outside"), HERE)

    assert isinstance(absent, Unavailable)
    assert absent.blocked_by == "registry.api-v2"
    assert "127.0.0.1 refused" in absent.reason
    assert absent.subject == f"{HOST}:{port}"


def test_a_name_without_addresses_is_for_the_registry_check() -> None:
    nowhere = RegistrySeen(HOST, 443, (), "Name or service not known", False, "outside")
    absent = served_chains(Ping(nowhere, (), "outside"), HERE)

    assert isinstance(absent, Unavailable)
    assert absent.blocked_by == "registry.api-v2"
    assert "Name or service not known" in absent.reason


def test_roots_are_mozillas_unless_given() -> None:
    given = Settings(public_roots=ROOTS.pem, public_roots_source="roots.pem")

    assert public_roots(Settings()) == PublicRoots(f"certifi {certifi.__version__}", certifi.contents())
    assert public_roots(given) == PublicRoots("roots.pem", ROOTS.pem)


def test_roots_without_a_certificate_are_refused() -> None:
    with pytest.raises(UsageError, match=r"roots\.pem: .* holds none"):
        public_roots(Settings(public_roots="hello", public_roots_source="roots.pem"))

"""The certificates of load balancers, read from an account simulated in process."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import boto3
import pytest
from moto import mock_aws
from pydantic import TypeAdapter

from certificates import HOST, NOW, authority, leaf
from pullcheck.collect.acm import balancer_certificates
from pullcheck.collect.aws import Aws
from pullcheck.evidence.acm import BalancerCertificates, ListenerCertificate
from pullcheck.evidence.balancer_rows import Listener, ListenerAction, LoadBalancer
from pullcheck.evidence.names import RegistryAddresses
from pullcheck.evidence.network import LoadBalancers
from pullcheck.evidence.tls import PublicRoots, ServedAddress, ServedChains
from pullcheck.missing import NotApplicable, Unavailable
from pullcheck.vantage import Handshake, Outcome

REGION = "us-east-1"
REGISTRY = RegistryAddresses(HOST, 443, ())
ROOT = authority()
ROOTS = PublicRoots("lab", ROOT.pem)
UNSEEN = Unavailable("nobody looked")
CA = "arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/0d4"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "lab")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "lab")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield Aws(REGION)


def balanced(*certificates: str, port: int = 443) -> LoadBalancers:
    listener = Listener("listener-1", port, "TLS", ListenerAction("forward"), certificates=certificates)
    return LoadBalancers((LoadBalancer("lb-1", "network", "vpc-1", "active", (), True, (listener,), ()),))


def chains(*served: str) -> ServedChains:
    shaken = Handshake("10.0.10.20", 443, HOST, Outcome.OK, chain=served)
    return ServedChains(HOST, 443, (ServedAddress("10.0.10.20", shaken, shaken),), NOW.isoformat(), "inside")


def test_a_public_and_a_private_certificate_are_told_apart(aws: Aws) -> None:
    acm = boto3.client("acm", region_name=REGION)
    public = acm.request_certificate(DomainName=HOST)["CertificateArn"]
    private = acm.request_certificate(DomainName=HOST, CertificateAuthorityArn=CA)["CertificateArn"]

    found = balancer_certificates(balanced(public, private), REGISTRY, UNSEEN, ROOTS, aws)

    assert isinstance(found, BalancerCertificates)
    one, other = found.rows
    assert isinstance(one, ListenerCertificate)
    assert isinstance(other, ListenerCertificate)
    assert (one.kind, one.authority, one.names) == ("AMAZON_ISSUED", "", (HOST,))
    assert (other.kind, other.authority) == ("PRIVATE", CA)


def test_what_acm_does_not_have_is_named(aws: Aws) -> None:
    gone = f"arn:aws:acm:{REGION}:123456789012:certificate/00000000-0000-0000-0000-000000000000"
    server = "arn:aws:iam::123456789012:server-certificate/registry"

    found = balancer_certificates(balanced(gone, server), REGISTRY, UNSEEN, ROOTS, aws)

    assert isinstance(found, BalancerCertificates)
    assert [type(row) for row in found.rows] == [Unavailable, Unavailable]
    assert aws.used == ["acm:DescribeCertificate"]


def test_nobody_is_asked_where_the_chain_is_public_or_no_listener_ends_tls(aws: Aws) -> None:
    good = chains(leaf(ROOT).pem)

    assert datetime.fromisoformat(good.observed_at) == NOW
    assert isinstance(balancer_certificates(balanced("a"), REGISTRY, good, ROOTS, aws), NotApplicable)
    assert isinstance(balancer_certificates(balanced(), REGISTRY, UNSEEN, ROOTS, aws), NotApplicable)
    assert isinstance(balancer_certificates(balanced("a", port=80), REGISTRY, UNSEEN, ROOTS, aws), NotApplicable)
    assert not aws.used


def test_a_chain_that_is_private_is_asked_about(aws: Aws) -> None:
    private = chains(leaf(authority("Another Root")).pem)
    none = replace(private, addresses=(replace(private.addresses[0], permissive=replace(
        private.addresses[0].permissive, chain=()), go=replace(private.addresses[0].go, chain=())),))  # fmt: skip

    for served in (private, none):
        found = balancer_certificates(balanced("other"), REGISTRY, served, ROOTS, aws)

        assert isinstance(found, BalancerCertificates)


def test_what_is_written_down_is_read_again() -> None:
    evidence = BalancerCertificates((ListenerCertificate("a", "b", "PRIVATE", CA, (HOST,)), UNSEEN))
    adapter = TypeAdapter(BalancerCertificates)

    assert adapter.validate_json(adapter.dump_json(evidence)) == evidence

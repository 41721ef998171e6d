"""Certificates and protocols that SageMaker's puller would not accept, over a real handshake."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest
from breaking import Break, tls
from laboratory import Lab, Scenario, prove

from pullcheck.demo.certificates import Authority, Certificate, self_signed
from pullcheck.demo.world import REGISTRY_HOST

NOW = datetime.now(UTC)


def live(cause: str, breaks: Break, label: str = "", status: str = "fail") -> Scenario:
    return Scenario(cause, breaks, heals=False, live=True, label=label, status=status)


def without_intermediate(lab: Lab) -> None:
    lab.registry.use(lab.certificate.without_intermediate)


def of_its_own(lab: Lab) -> None:
    lab.registry.use(self_signed(REGISTRY_HOST))


def of_a_private_authority(lab: Lab) -> None:
    lab.registry.use(Authority("Corporate").issue(REGISTRY_HOST))


def with_anothers_intermediate(lab: Lab) -> None:
    other = Authority().issue(REGISTRY_HOST)
    lab.registry.use(Certificate((lab.certificate.chain[0], other.chain[1]), lab.certificate.key))


def ending(**age: int) -> Break:
    return lambda lab: lab.registry.use(lab.authority.issue(REGISTRY_HOST, ends=NOW + timedelta(**age)))


def beginning(**age: int) -> Break:
    return lambda lab: lab.registry.use(lab.authority.issue(REGISTRY_HOST, begins=NOW + timedelta(**age)))


def for_another_name(lab: Lab) -> None:
    lab.registry.use(lab.authority.issue("registry.example.org"))


def old_versions_only(context: ssl.SSLContext) -> None:
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1


def a_suite_that_go_lacks(context: ssl.SSLContext) -> None:
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-ECDSA-AES256-CCM")


def client_certificates(context: ssl.SSLContext) -> None:
    """Up to TLS 1.2: from 1.3 on the client hears of it after the handshake, in one of several ways."""
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_default_certs()
    context.verify_mode = ssl.CERT_REQUIRED


SCENARIOS = (
    live("tls.missing-intermediate", without_intermediate),
    live("tls.self-signed", of_its_own),
    live("tls.private-ca", of_a_private_authority),
    live("tls.wrong-intermediate", with_anothers_intermediate),
    live("tls.expired", ending(days=-1)),
    live("tls.expiring-soon", ending(days=5)),
    live("tls.not-yet-valid", beginning(days=2)),
    live("tls.name-mismatch", for_another_name),
    live("tls.version-too-old", tls(old_versions_only)),
    live("tls.cipher-gap", tls(a_suite_that_go_lacks)),
    live("tls.client-certificate-required", tls(client_certificates)),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.id)
def test_the_report_names_what_is_wrong_with_tls(lab: Lab, scenario: Scenario) -> None:
    prove(lab, scenario)

"""What ACM tells of a load balancer's certificate."""

from pullcheck.evidence.acm import BalancerCertificates, ListenerCertificate
from pullcheck.missing import Unavailable
from pullcheck.verdict import Status, Verdict
from pullcheck_checks.network.balancer_certificate import balancer_has_a_public_certificate

ARN = "arn:aws:acm:us-east-1:123456789012:certificate/0a1"
LISTENER = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/registry/0b2/0c3"
AUTHORITY = "arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/0d4"


def judged(row: ListenerCertificate | Unavailable) -> Verdict:
    [verdict] = balancer_has_a_public_certificate(BalancerCertificates((row,)))
    return verdict


def of(kind: str, authority: str = "") -> ListenerCertificate:
    return ListenerCertificate(ARN, LISTENER, kind, authority, ("registry.example.com",))


def test_what_amazon_issued_publicly_passes() -> None:
    verdict = judged(of("AMAZON_ISSUED"))

    assert (verdict.status, verdict.subject) == (Status.PASS, LISTENER)
    assert verdict.because == f"{ARN} for registry.example.com, of {LISTENER}, is of type AMAZON_ISSUED"


def test_a_certificate_of_a_private_ca_fails_and_says_which_one_to_request() -> None:
    verdict = judged(of("PRIVATE", AUTHORITY))

    assert verdict.status is Status.FAIL
    assert verdict.cause is not None
    assert verdict.cause.id == "tls.acm-private-on-elb"
    assert verdict.because.endswith(f"is of type PRIVATE, issued by {AUTHORITY}")
    assert verdict.fix is not None
    assert "public certificate" in verdict.fix.summary


def test_of_an_imported_one_a_handshake_has_to_tell() -> None:
    verdict = judged(of("IMPORTED"))

    assert verdict.status is Status.UNKNOWN
    assert "run with --vantage inside" in verdict.because


def test_what_acm_did_not_show_is_unknown() -> None:
    verdict = judged(Unavailable("acm:DescribeCertificate was denied", "allow acm:DescribeCertificate"))

    assert verdict.status is Status.UNKNOWN
    assert "allow acm:DescribeCertificate" in verdict.because

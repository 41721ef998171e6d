"""Is the certificate of the load balancer before the registry one of a public CA?"""

from collections.abc import Iterator

from pullcheck.evidence.acm import BalancerCertificates
from pullcheck.missing import Unavailable
from pullcheck.verdict import Basis, Cause, Fix, Verdict, failed, passed, unknown
from pullcheck.wiring import check

PRIVATE = Cause(
    "tls.acm-private-on-elb",
    breaks="The load balancer before the registry has a certificate of AWS Private CA, which SageMaker does not trust.",
    seen="DescribeListeners: Certificates; DescribeCertificate: Type is PRIVATE, or CertificateAuthorityArn is set.",
    fix="Request a public certificate in ACM, validated by DNS, and put it on the listener.",
    basis=Basis.API,
    source="ACM API, DescribeCertificate; SageMaker guide, private registry for inference: a known public CA",
)


@check("network.balancer-certificate", "The load balancer before the registry has no private certificate", (PRIVATE,))
def balancer_has_a_public_certificate(found: BalancerCertificates) -> Iterator[Verdict]:
    """What: asks ACM for the default certificate of each listener on the registry's port, where no handshake has shown
    that the certificate is public.

    Why: ACM issues public and private certificates alike. Those of a private CA are good for machines that know it, and
    SageMaker's hosts do not.

    Passes: when Amazon issued the certificate publicly.

    Fails: when it is one of AWS Private CA.

    Not verified when: it was imported, or acm:DescribeCertificate is denied; what the listener serves then tells.

    Fix: a public certificate. A load balancer may be internal all the same: ACM asks for a record in public DNS alone.

    Source: ACM API, DescribeCertificate; SageMaker guide, Use a Private Docker Registry for Real-Time Inference.
    """
    for one in found.rows:
        if isinstance(one, Unavailable):
            yield unknown("load balancer", one.because, cause=PRIVATE)
            continue
        names = ", ".join(one.names) or "no name"
        because = f"{one.arn} for {names}, of {one.listener}, is of type {one.kind}"
        if one.kind == "PRIVATE" or one.authority:
            by = f", issued by {one.authority}" if one.authority else ""
            yield failed(one.listener, f"{because}{by}", PRIVATE, Fix(PRIVATE.fix), resources=(one.arn, one.listener))
        elif one.kind == "AMAZON_ISSUED":
            yield passed(one.listener, because, resources=(one.arn, one.listener))
        else:
            yield unknown(one.listener, f"{because}: who signed it, a handshake tells; run with --vantage inside")

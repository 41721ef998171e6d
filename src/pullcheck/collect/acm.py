"""Asks ACM about the certificate of a load balancer before the registry, where a handshake has not shown a good one."""

from datetime import datetime

from pullcheck.collect.aws import Aws, AwsRefusal
from pullcheck.evidence.acm import BalancerCertificates, ListenerCertificate
from pullcheck.evidence.balancer_rows import Listener
from pullcheck.evidence.names import RegistryAddresses
from pullcheck.evidence.network import LoadBalancers
from pullcheck.evidence.tls import PublicRoots, ServedChains
from pullcheck.missing import NotApplicable, NotObserved, Unavailable
from pullcheck.wiring import collector


@collector("acm:DescribeCertificate")
def balancer_certificates(
    balancers: LoadBalancers,
    registry: RegistryAddresses,
    chains: ServedChains | Unavailable | NotApplicable,
    roots: PublicRoots,
    aws: Aws,
) -> BalancerCertificates | NotApplicable:
    """Those of the listeners on the registry's port; nobody is asked where every chain that was served is public."""
    listeners = [
        one
        for balancer in balancers.rows
        if not isinstance(balancer.listeners, Unavailable)
        for one in balancer.listeners
        if one.port == registry.port and one.certificates
    ]
    if not listeners:
        return NotApplicable("no load balancer of the account ends TLS before the registry")
    if isinstance(chains, ServedChains) and _are_public(chains, roots):
        return NotApplicable("every certificate that was served chains to a public CA")
    return BalancerCertificates(tuple(_of(one, name, aws) for one in listeners for name in one.certificates))


def _are_public(chains: ServedChains, roots: PublicRoots) -> bool:
    from pullcheck.trust import verifies

    at = datetime.fromisoformat(chains.observed_at)
    return all(one.chain and verifies(one.chain, chains.host, roots.pem, at) for one in chains.addresses)


def _of(listener: Listener, arn: str, aws: Aws) -> ListenerCertificate | Unavailable:
    if ":acm:" not in arn:
        return Unavailable(f"{arn} of {listener.id} is no certificate of ACM", "look at what it serves")
    try:
        row = aws.call("acm", "DescribeCertificate", CertificateArn=arn)["Certificate"]
    except NotObserved as nothing:
        return nothing.unavailable
    except AwsRefusal as refusal:
        return Unavailable(f"{arn} of {listener.id} could not be read: {refusal}", "see the message")
    names = tuple(row.get("SubjectAlternativeNames", ()))
    return ListenerCertificate(arn, listener.id, row.get("Type", ""), row.get("CertificateAuthorityArn", ""), names)


COLLECTORS = (balancer_certificates,)

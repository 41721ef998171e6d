"""The names that the CAs of a path admit, as Go's crypto/x509 compares them (RFC 5280 section 4.2.1.10).

The verifier compares them too, but not those of CAs that signed themselves, nor each wildcard as Go does.
Heavy: import it inside the function that needs it.
"""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network

from cryptography import x509

from pullcheck.certificates import extension

COMPARED = 20_000


Unadmitted = tuple[x509.Certificate, x509.GeneralName, x509.Certificate]
"""A CA, a name that it does not admit, and the certificate that bears it."""


def unadmitted(path: Sequence[x509.Certificate]) -> Iterator[Unadmitted]:
    """For each CA of the path, leaf first: the first name below it that it does not admit."""
    left = COMPARED
    for height, issuer in enumerate(path):
        limits = extension(issuer, x509.NameConstraints) if height else None
        if limits is None:
            continue
        for certificate in path[:height]:
            names = list(extension(certificate, x509.SubjectAlternativeName) or ())
            left -= len(names) * (len(limits.permitted_subtrees or ()) + len(limits.excluded_subtrees or ()))
            if left < 0:
                return
            refused = next((name for name in names if not _admits(limits, name)), None)
            if refused is not None:
                yield issuer, refused, certificate
                break


def _admits(limits: x509.NameConstraints, name: x509.GeneralName) -> bool:
    if not isinstance(name, x509.DNSName | x509.IPAddress):
        return True
    permitted = [tree for tree in limits.permitted_subtrees or () if isinstance(tree, type(name))]
    excluded = [tree for tree in limits.excluded_subtrees or () if isinstance(tree, type(name))]
    if any(_within(name, tree, excluding=True) for tree in excluded):
        return False
    return not permitted or any(_within(name, tree, excluding=False) for tree in permitted)


def _within(name: x509.GeneralName, tree: x509.GeneralName, *, excluding: bool) -> bool:
    if isinstance(name, x509.IPAddress) and isinstance(tree, x509.IPAddress):
        network = tree.value
        return isinstance(network, IPv4Network | IPv6Network) and name.value in network
    labels, above = _labels(str(name.value)), _labels(str(tree.value).removeprefix("."))
    if labels[:1] == ["*"]:
        labels = labels[1:]
        if excluding and above[1:] == labels:
            return True
    return not above or labels[-len(above) :] == above


def _labels(name: str) -> list[str]:
    return name.lower().split(".") if name else []

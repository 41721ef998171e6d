"""Can the registry's name have a certificate of a public CA at all?"""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address

from pullcheck.evidence.placement import Registry
from pullcheck.target import Target
from pullcheck.verdict import Basis, Cause, Verdict, failed, not_applicable, passed
from pullcheck.wiring import check
from pullcheck_checks.target.change import change

RESERVED = ("test", "example", "invalid", "localhost", "example.com", "example.net", "example.org")
"""Names for tests and documentation (RFC 2606, RFC 6761): whoever uses one means a set-up of their own."""
AWS_NAMES = (".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".on.aws")

NOT_CERTIFIABLE = Cause(
    "cfg.private-name-not-certifiable",
    breaks="No public CA issues a certificate for this name, and SageMaker accepts no other certificate.",
    seen="The host in Image: a private address, a single label, or an end that is no public suffix (.local, .corp).",
    fix="Name the registry under a domain that you own, certified by DNS validation; its address stays private.",
    basis=Basis.DOCUMENTED,
    source="SageMaker guide, private registry for inference; CA/Browser Forum Baseline Requirements (internal names)",
)


@check("target.certifiable-name", "A public CA can certify the registry's name", (NOT_CERTIFIABLE,))
def name_is_certifiable(registry: Registry, target: Target) -> Iterator[Verdict]:
    """What: looks whether the registry's host lies under a public suffix.

    Why: SageMaker needs a certificate of a public CA, and those are issued only for names that can be owned.

    Passes: when the host is a domain, or lies in one, under a suffix of the Public Suffix List.

    Fails: for a private address, a single label, or a suffix that is not public.

    Not verified when: the image does not say which host is meant.

    Fix: give the registry a name under a domain that you own, for instance in a private hosted zone.

    Source: SageMaker guide, Use a Private Docker Registry for Real-Time Inference Containers; publicsuffix.org.
    """
    host = registry.host.rstrip(".")
    if (address := _address(host)) is not None:
        if address.is_global:
            because = f"{host} is a public address, for which some CAs issue; the certificate that is served decides"
            yield not_applicable(host, because)
        else:
            yield _fails(host, f"{host} is a private address", target)
        return
    if any(host == name or host.endswith(f".{name}") for name in RESERVED):
        because = f"{host} is reserved for tests and examples (RFC 2606); the certificate that is served decides"
        yield not_applicable(host, because)
        return
    suffix = _public_suffix(host)
    if "." not in host:
        yield _fails(host, f"{host} is a single label", target)
    elif suffix is None:
        yield _fails(host, f"{host} ends in .{host.rpartition('.')[2]}, which is no public suffix", target)
    elif suffix == host or host.endswith(AWS_NAMES):
        because = f"{host} is not a domain that its users own; the certificate that is served decides"
        yield not_applicable(host, because)
    else:
        yield passed(host, f"{host} lies under the public suffix {suffix}")


def _fails(host: str, because: str, target: Target) -> Verdict:
    what = f"name the registry under a domain that you own and use that name in place of {host} in Image"
    return failed(host, f"{because}; no public CA certifies it", NOT_CERTIFIABLE, change(target, what))


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def _public_suffix(host: str) -> str | None:
    from publicsuffixlist import PublicSuffixList

    suffix: str | None = PublicSuffixList(accept_unknown=False).publicsuffix(host)
    return None if suffix == "home.arpa" else suffix

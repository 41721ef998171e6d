"""Is it the host that shows a private chain, or something on the way to it? And who here trusts it.

Heavy: import it inside the function that needs it.
"""

import re
from collections.abc import Sequence

from pullcheck.certificates import describe, printable, read, read_bundle
from pullcheck.evidence.tls import LocalTrust
from pullcheck.vantage import VantageName
from pullcheck.verdict import Fix, Verdict, failed, unknown
from pullcheck_checks.tls.causes import INTERCEPTION, MISSING_INTERMEDIATE, PRIVATE_CA
from pullcheck_checks.tls.fault import Fault

PRODUCTS = re.compile(
    r"adguard|avast|barracuda|bitdefender|blue ?coat|cato networks|charles proxy|cisco (secure access|umbrella)"
    r"|cloudflare (gateway|managed)|eset ssl filter|fiddler|forcepoint|forti(gate|net)|iboss|kaspersky|lightspeed"
    r"|mcafee web gateway|menlo security|mitmproxy|netskope|palo alto networks|portswigger|securly|skyhigh"
    r"|smoothwall|sophos|squid|untangle|watchguard|websense|zscaler",
    re.IGNORECASE,
)
LOOK_FROM_INSIDE = "run with --vantage inside to see what the model's subnets see"


def suspected(faults: Sequence[Fault], chain: Sequence[str], trust: LocalTrust, vantage: str) -> Verdict | None:
    """The verdict where an inspecting proxy is named, or likely; None where the chain counts as the host's own.

    From outside the VPC it is unknown what is shown there. A root that only this machine trusts makes no proxy: a
    private CA has one too.
    """
    if {fault.cause for fault in faults} - {PRIVATE_CA, MISSING_INTERMEDIATE}:
        return None
    said = "; ".join(fault.because for fault in faults)
    issuers = [printable(one.issuer.rfc4514_string()) for pem in chain if (one := read(pem))]
    product = next((name for name in issuers if PRODUCTS.search(name)), None)
    outside = vantage == VantageName.OUTSIDE
    if product and not outside:
        because = f"{said}; {product} is the name of a product that inspects TLS, on the way from here to the host"
        return failed("", because, INTERCEPTION, Fix(INTERCEPTION.fix))
    if product:
        because = f"{said}; {product} is the name of a product that inspects TLS, between this machine and the host"
    elif outside and trust.proxy and (root := trusted_here(chain, trust)):
        because = (
            f"{said}; {root}, {trust.proxy} is set, so that it may be a proxy that inspects TLS between this machine"
            " and the host, or a private CA of the host's own"
        )
    else:
        return None
    return unknown("", f"{because}; {LOOK_FROM_INSIDE}", cause=INTERCEPTION)


def trusted_here(chain: Sequence[str], trust: LocalTrust) -> str | None:
    """In words, that this machine trusts the chain by a root of its own; None where it does not."""
    issuers = {one.issuer for pem in chain if (one := read(pem))}
    root = next((root for root in read_bundle(trust.roots) if root.subject in issuers), None)
    return f"this machine trusts {describe(root)} by its own store ({trust.store})" if root else None

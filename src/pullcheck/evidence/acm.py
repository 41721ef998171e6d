"""The certificates of the load balancers that stand before the registry, as ACM has them."""

from dataclasses import dataclass

from pullcheck.missing import Unavailable


@dataclass(frozen=True)
class ListenerCertificate:
    """The default certificate of a listener. ``kind`` is ACM's Type (PRIVATE, IMPORTED, AMAZON_ISSUED).

    ``authority`` is the ARN of the private CA that issued it, empty where it is another's.
    """

    arn: str
    listener: str
    kind: str
    authority: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class BalancerCertificates:
    """One row for each listener on the registry's port; what ACM did not show stands as `Unavailable`."""

    rows: tuple[ListenerCertificate | Unavailable, ...]

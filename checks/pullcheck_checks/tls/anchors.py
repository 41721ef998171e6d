"""Roots that not every client trusts for this certificate: those too young, and those distrusted by date.

Heavy: import it inside the function that needs it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from pullcheck.certificates import describe
from pullcheck_checks.tls.causes import NEW_ROOT_NOT_TRUSTED, ROOT_DISTRUSTED
from pullcheck_checks.tls.fault import Fault

YOUNG = timedelta(days=2 * 365)
DISTRUSTED_AFTER: Mapping[str, datetime] = {}
"""By the SHA-256 fingerprint of a root (hex): the moment from which on it may issue no more, with a time zone.

Mozilla's store keeps such roots for what they issued before (CKA_NSS_SERVER_DISTRUST_AFTER), which a bundle of roots
cannot say. Of the roots that it has today, none carries a date.
"""


def doubted(path: Sequence[x509.Certificate], at: datetime) -> tuple[Fault, ...]:
    """What clients may hold against the root of an accepted path, leaf first."""
    return tuple(_doubts(path, at))


def _doubts(path: Sequence[x509.Certificate], at: datetime) -> Iterator[Fault]:
    leaf, root = path[0], path[-1]
    until = DISTRUSTED_AFTER.get(root.fingerprint(SHA256()).hex())
    if until is not None and leaf.not_valid_before_utc > until:
        because = f"{describe(root)} is distrusted for what it issued after {until:%Y-%m-%d}, and"
        because = f"{because} {describe(leaf)} is valid from {leaf.not_valid_before_utc:%Y-%m-%d} on"
        yield Fault(ROOT_DISTRUSTED, because, ROOT_DISTRUSTED.fix)
    if at - root.not_valid_before_utc < YOUNG:
        because = f"the root {describe(root)} is of {root.not_valid_before_utc:%Y-%m-%d}: an older bundle lacks it"
        yield Fault(NEW_ROOT_NOT_TRUSTED, because, "serve the chain that leads to an older root, with its cross-sign")

"""One chain as served, judged: would Go clients accept it, and if not, why.

Heavy: import it inside the function that needs it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from pullcheck.certificate_policies import policies_hold
from pullcheck.certificates import describe, read, read_bundle, silenced, valid
from pullcheck.evidence.tls import PublicRoots
from pullcheck.go_rules import has_too_many_paths, parses
from pullcheck.verification import Path, Refusal, verify_as_go, verify_strictly
from pullcheck_checks.tls import faults, remarks
from pullcheck_checks.tls.anchors import doubted
from pullcheck_checks.tls.causes import MALFORMED, NAME_CONSTRAINT, WEAK_KEY_OR_SIGNATURE
from pullcheck_checks.tls.fault import Fault, merged
from pullcheck_checks.tls.walk import Walk, anchored_paths, trust_fault, walk

Certificates = Sequence[x509.Certificate]
TOO_MANY_PATHS = "the served certificates name each other as issuers in more ways than a client tries"
WALKED = 100
AS_GO = (
    ("matched SAN", NAME_CONSTRAINT),
    ("malformed SAN", NAME_CONSTRAINT),
    ("malformed IP name constraint", NAME_CONSTRAINT),
    ("malformed DNS name constraint: *", NAME_CONSTRAINT),
    ("permittedSubtrees or excludedSubtrees", NAME_CONSTRAINT),
    ("Forbidden public key algorithm", WEAK_KEY_OR_SIGNATURE),
)
"""Words of the verifier for what Go clients refuse too and no rule of `faults` finds."""


@dataclass(frozen=True)
class Judgement:
    """``path`` is the way to a public root, leaf first, empty where there is none that holds.

    ``refusal`` is the verifier's word where no fault explains it: then nothing is certain.
    """

    path: tuple[x509.Certificate, ...]
    faults: tuple[Fault, ...]
    refusal: str | None = None

    @property
    def is_refused(self) -> bool:
        """True where Go clients refuse the chain for certain."""
        return any(fault.is_error for fault in self.faults)

    @property
    def proof(self) -> str:
        """The path in words."""
        return " <- ".join(describe(certificate) for certificate in self.path)


def judge(chain: Sequence[str], roots: PublicRoots, host: str, at: datetime) -> Judgement:
    """Verify the chain (PEM, leaf first) for ``host`` with nothing but what was served and the public roots."""
    with silenced():
        return _judge(chain, roots, host, at)


def _judge(chain: Sequence[str], roots: PublicRoots, host: str, at: datetime) -> Judgement:
    leaf, *others = (read(pem) for pem in chain)
    if leaf is None:
        unreadable = Fault(MALFORMED, "the server's certificate cannot be parsed", faults.REISSUE)
        return Judgement((), (unreadable,))
    served = [other for other in others if other is not None]
    known = read_bundle(roots.pem)
    doubt = _doubt((leaf, *served), len(chain))
    if has_too_many_paths(leaf, served):
        return _refused(leaf, served[:WALKED], known, host, at, roots.source, TOO_MANY_PATHS)
    match verify_as_go(leaf, served, roots.pem, host, at):
        case Path(path):
            strict = verify_strictly(leaf, served, roots.pem, host, at)
            words = strict.words if isinstance(strict, Refusal) else None
            paths = (_leading_elsewhere(path, served, known, host, at), path)
            judged = [_accepted(one, (leaf, *served), words, at) for one in paths if one]
            found = next((one for one in judged if not one.is_refused), judged[-1])
            if policies_hold(found.path) is None:
                doubt = "certificate policies are mapped to others, which was not followed"
            return found if found.is_refused or doubt is None else Judgement((), (), doubt)
        case Refusal(words):
            return _refused(leaf, served, known, host, at, roots.source, words)


def _doubt(served: Certificates, count: int) -> str | None:
    """What of the certificates sent was not read, so that nobody knows whether Go clients, who read all, get past."""
    if len(served) < count:
        return f"{count - len(served)} of {count} served certificates cannot be parsed"
    doubtful = next((one for one in served if parses(one) is None), None)
    return f"{describe(doubtful)} has an extension that cannot be parsed" if doubtful else None


def _leading_elsewhere(
    path: tuple[x509.Certificate, ...], served: Certificates, roots: Certificates, host: str, at: datetime
) -> tuple[x509.Certificate, ...]:
    """Another path, to a root that every client trusts, where some may not trust that of this one; else nothing."""
    if not doubted(path, at):
        return ()
    others = [root for root in roots if not doubted((path[0], root), at)]
    store = "".join(root.public_bytes(Encoding.PEM).decode() for root in others)
    found = verify_as_go(path[0], served, store, host, at)
    return found.certificates if isinstance(found, Path) else ()


def _accepted(path: tuple[x509.Certificate, ...], served: Certificates, refusal: str | None, at: datetime) -> Judgement:
    """What Go refuses although the verifier does not; failing that, what others may refuse."""
    against = (
        *faults.dates(path, at),
        *faults.keys(path),
        *faults.form(path[:-1]),
        *faults.sent(served, path),
        *faults.constraints(path),
        *faults.policies(path),
    )
    remarked = (
        *remarks.size(served),
        *remarks.leftovers(served, path, at),
        *doubted(path, at),
        *remarks.profile(path[0], refusal),
    )
    found = (*against, *remarked)
    errors = [fault for fault in found if fault.is_error]
    return Judgement(path, merged(errors or found))


def _refused(
    leaf: x509.Certificate,
    served: Certificates,
    roots: Certificates,
    host: str,
    at: datetime,
    source: str,
    words: str,
) -> Judgement:
    """Every rule that the chain breaks, wherever its walk leads; failing that, the verifier's word for it.

    Where other paths lead to a root as well, and one of them breaks no rule, nothing is certain.
    """
    found = walk(leaf, [one for one in served if valid(one, at)], [one for one in roots if valid(one, at)])
    if not found.anchored:
        found = walk(leaf, served, roots)
    trust = trust_fault(found, served, roots, source)
    anyway = (*faults.names(leaf, host), *faults.sent((leaf, *served), found.path))
    broken = (*([trust] if trust else ()), *_of_path(found, at), *anyway)
    errors = [fault for fault in broken if fault.is_error]
    ways = [Walk(path, True) for path in anchored_paths(leaf, served, roots)] if found.anchored else []
    if not anyway and any(not any(fault.is_error for fault in _of_path(way, at)) for way in ways):
        errors = []
    if not errors and len(ways) <= 1:
        because = f"no path from {describe(leaf)} to a root in {source} holds: {words}"
        errors = [Fault(cause, because, cause.fix) for said, cause in AS_GO if said in words][:1]
    return Judgement((), merged(errors), None if errors else words)


def _of_path(found: Walk, at: datetime) -> tuple[Fault, ...]:
    path = found.path
    return (
        *faults.dates(path, at),
        *faults.keys(path),
        *faults.signatures([one for one in path if one.subject != one.issuer]),
        *faults.form(path),
        *faults.issuers(path, found.anchored),
        *faults.usages(path),
        *faults.constraints(path),
        *(faults.policies(path) if found.anchored else ()),
    )

"""The certificate policies that a path has to name, as Go's crypto/x509 asks since 1.24 (RFC 5280 6.1, RFC 9618).

The verifier does not look at them. Heavy: import it inside the function that needs it.
"""

from collections.abc import Sequence

from cryptography import x509

from pullcheck.certificates import extension, readable

ANY = x509.ObjectIdentifier("2.5.29.32.0")
CONSTRAINTS = bytes.fromhex("0603551d24")
"""The extension of policy constraints, as it stands in a certificate."""
MAPPINGS = x509.ObjectIdentifier("2.5.29.33")


def policies_hold(path: Sequence[x509.Certificate]) -> bool | None:
    """Whether a path, leaf first and root last, names the policies that its CAs want named.

    None where a mapping of policies would have to be followed, or constraints on them cannot be read.
    """
    if any(not readable(one) and CONSTRAINTS in one.tbs_certificate_bytes for one in path[:-1]):
        return None
    *below, _root = path
    valid, explicit, any_allowed = {ANY}, len(path), len(path)
    for height, one in reversed(list(enumerate(below))):
        itself = one.issuer == one.subject
        valid = _still_valid(one, valid, any_allowed=any_allowed > 0 or (height > 0 and itself))
        if explicit == 0 and not valid:
            return None if _mapped(below) else False
        if height:
            explicit, any_allowed = (max(left - (not itself), 0) for left in (explicit, any_allowed))
            explicit = min(explicit, _wanted(one, explicit))
            any_allowed = min(any_allowed, _inhibited(one, any_allowed))
    wanted = explicit <= 1 or (bool(below) and _wanted(below[0], 1) == 0)
    if not wanted:
        return True
    return None if _mapped(below) else bool(valid)


def _still_valid(
    one: x509.Certificate, valid: set[x509.ObjectIdentifier], *, any_allowed: bool
) -> set[x509.ObjectIdentifier]:
    named = {policy.policy_identifier for policy in extension(one, x509.CertificatePolicies) or ()}
    kept = named - {ANY} if ANY in valid else named & valid - {ANY}
    return kept | valid if ANY in named and any_allowed else kept


def _wanted(one: x509.Certificate, otherwise: int) -> int:
    """After how many further certificates a policy is wanted."""
    limits = extension(one, x509.PolicyConstraints)
    wanted = limits.require_explicit_policy if limits else None
    return otherwise if wanted is None else wanted


def _inhibited(one: x509.Certificate, otherwise: int) -> int:
    """After how many further certificates the policy "any" counts for nothing."""
    limit = extension(one, x509.InhibitAnyPolicy)
    return otherwise if limit is None else limit.skip_certs


def _mapped(certificates: Sequence[x509.Certificate]) -> bool:
    """Whether policies are mapped, or may be."""
    return any(not readable(one) or any(found.oid == MAPPINGS for found in one.extensions) for one in certificates)

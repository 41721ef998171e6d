"""Whether a chain as served would be accepted by container clients, before a secret goes over its connection."""

from datetime import datetime


def verifies(chain: tuple[str, ...], host: str, roots_pem: str, at: datetime) -> bool:
    """True where Go clients accept the chain (PEM, leaf first) for ``host`` with these roots (PEM) and no others.

    ``host`` is a DNS name or an address, as in a URL; ``at`` has a time zone. What cannot be decided is False.
    """
    from pullcheck.certificates import read, silenced
    from pullcheck.go_rules import has_too_many_paths, refuses
    from pullcheck.verification import Path, verify_as_go

    with silenced():
        leaf, *others = (read(pem) for pem in chain or ("",))
        if leaf is None:
            return False
        served = [one for one in others if one is not None]
        if len(served) < len(others) or has_too_many_paths(leaf, served):
            return False
        found = verify_as_go(leaf, served, roots_pem, host, at)
        return isinstance(found, Path) and not refuses(found.certificates, (leaf, *served), at)


def objection(chain: tuple[str, ...], host: str, at: datetime) -> str:
    """Why clients would not accept such a chain, in a few words; the arguments are those of `verifies`."""
    from pullcheck.certificates import is_for, read, valid

    leaf = read(chain[0]) if chain else None
    if leaf is None:
        return "it cannot be read"
    if not valid(leaf, at):
        return f"it is valid from {leaf.not_valid_before_utc:%Y-%m-%d} to {leaf.not_valid_after_utc:%Y-%m-%d}"
    if not is_for(host, chain[0]):
        return f"it is not for {host}"
    return "its chain, as served and to public roots alone, is not one that clients accept"

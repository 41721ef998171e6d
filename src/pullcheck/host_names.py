"""The form of a host's name that certificates and TLS know, and whether it is a name at all."""

from ipaddress import ip_address


def bare(host: str) -> str:
    """The name that a certificate must carry, and that is sent as server name: no brackets, no dot at its end."""
    return host.strip("[]").rstrip(".")


def is_address(text: str) -> bool:
    """Whether the text is an IP literal, which is never sent as server name (RFC 6066 section 3)."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True

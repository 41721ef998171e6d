"""Where a URL leads: origin, target of a redirect, and which addresses are nobody's but the client's own."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import parse_qs, urljoin, urlsplit

from pullcheck.host_names import is_address

HTTPS = 443
METADATA = frozenset({"169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254", "fd00:ec2::23"})
THIS_NETWORK = ip_network("0.0.0.0/8")
TRANSLATED, COMPATIBLE = ip_network("64:ff9b::/96"), ip_network("::/96")

_SIGNATURES = frozenset({"x-amz-signature", "x-goog-signature", "signature", "sig", "hmac"})

Origin = tuple[str, str, int]


def origin(url: str) -> Origin | None:
    """Scheme, host and port: two URLs with the same one lead to the same place. None for what is no URL."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return None
    return (parts.scheme, host, port or (80 if parts.scheme == "http" else HTTPS)) if host else None


def is_own_machine(address: str) -> bool:
    """Whether an address means whoever connects to it: loopback, link-local, metadata services, or no host at all."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return True
    if isinstance(known, IPv6Address) and (inner := _inner(known)):
        return is_own_machine(str(inner))
    special = known.is_loopback or known.is_link_local or known.is_unspecified or known.is_multicast
    return special or known in THIS_NETWORK or str(known) in METADATA


def is_written_as_own_machine(host: str) -> bool:
    """Whether a host is no name but such an address."""
    return is_address(host.partition("%")[0]) and is_own_machine(host)


def _inner(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that it stands for (RFC 4291 section 2.5.5, RFC 3056, RFC 6052 section 2.1)."""
    if address in TRANSLATED or (address in COMPATIBLE and not address.is_loopback):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def joined(url: str, location: str) -> str:
    """The URL that Location means (RFC 9110, section 10.2.2)."""
    try:
        return urljoin(url, location)
    except ValueError:
        return location


def is_signed(url: str) -> bool:
    """Whether the query proves who asks, as that of a presigned URL does."""
    try:
        return bool(_SIGNATURES & {name.lower() for name in parse_qs(urlsplit(url).query)})
    except ValueError:
        return False

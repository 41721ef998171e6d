"""What a server says in the clear during a TLS handshake, where Python's own API does not tell."""

HANDSHAKE = 22
CERTIFICATE_REQUEST = 13
SERVER_HELLO, SERVER_KEY_EXCHANGE = 2, 12
KEY_SHARE = 51
NAMED_CURVE = 3
GROUPS = {
    0x0017: "P-256",
    0x0018: "P-384",
    0x0019: "P-521",
    0x001D: "X25519",
    0x001E: "X448",
    0x0016: "secp256k1",
    0x11EC: "X25519MLKEM768",
}
_HEADER = 4
_BEFORE_SESSION = _HEADER + 2 + 32
_AFTER_SESSION = 3


def group_of(message: bytes) -> str | None:
    """The group of the key exchange, where this handshake message of a server names it.

    Source: RFC 8446 sections 4.1.3 and 4.2.8 (TLS 1.3); RFC 8422 section 5.4 (TLS 1.2).
    """
    kind = message[:1]
    if kind == bytes((SERVER_KEY_EXCHANGE,)) and message[_HEADER : _HEADER + 1] == bytes((NAMED_CURVE,)):
        return _named(message[_HEADER + 1 : _HEADER + 3])
    if kind == bytes((SERVER_HELLO,)) and len(message) > _BEFORE_SESSION:
        return _of_hello(message[_BEFORE_SESSION + 1 + message[_BEFORE_SESSION] + _AFTER_SESSION :])
    return None


def _of_hello(extensions: bytes) -> str | None:
    """``extensions`` begin with their length."""
    rest = extensions[2:]
    while len(rest) >= _HEADER:
        kind, size = int.from_bytes(rest[:2]), int.from_bytes(rest[2:4])
        if kind == KEY_SHARE:
            return _named(rest[_HEADER : _HEADER + 2])
        rest = rest[_HEADER + size :]
    return None


def _named(code: bytes) -> str | None:
    number = int.from_bytes(code)
    return GROUPS.get(number, f"0x{number:04x}") if len(code) == 2 else None

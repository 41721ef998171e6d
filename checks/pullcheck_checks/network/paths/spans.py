"""Sets of addresses and ports as closed intervals of integers, and sets of (address, port) pairs as boxes of two such.

A `Spans` is sorted, its intervals disjoint and not adjacent; the boxes of a `Boxes` are disjoint.
"""

from collections.abc import Iterable
from functools import lru_cache

Span = tuple[int, int]
Spans = tuple[Span, ...]
Box = tuple[Span, Span]
Boxes = tuple[Box, ...]

EVERY_ADDRESS: Span = (0, 2**32 - 1)
EVERY_PORT: Span = (0, 65535)


@lru_cache(maxsize=65536)
def span_of(cidr: str) -> Span | None:
    """The addresses of an IPv4 CIDR (host bits are ignored, as AWS does) or of one address; None for anything else."""
    address, _, length = cidr.partition("/")
    number = number_of(address)
    if number is None or not (length or "32").isdecimal() or int(length or 32) > 32:
        return None
    size = 1 << (32 - int(length or 32))
    low = number & ~(size - 1)
    return low, low + size - 1


def number_of(address: str) -> int | None:
    """The number of an IPv4 address in dotted form; None for anything else."""
    parts = address.split(".")
    if len(parts) != 4 or not all(part.isdecimal() and int(part) < 256 for part in parts):
        return None
    return int.from_bytes(bytes(map(int, parts)), "big")


def address_of(number: int) -> str:
    """The dotted form of an IPv4 address."""
    return ".".join(map(str, number.to_bytes(4, "big")))


PRIVATE: Spans = tuple(
    span for cidr in ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16") if (span := span_of(cidr))
)
"""RFC 1918 and RFC 6598."""


def merged(spans: Iterable[Span]) -> Spans:
    """The union of any intervals."""
    found: list[Span] = []
    for low, high in sorted(spans):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return tuple(found)


def common(left: Spans, right: Spans) -> Spans:
    """What lies in both."""
    return merged((max(a, c), min(b, d)) for a, b in left for c, d in right if max(a, c) <= min(b, d))


def without(spans: Spans, gone: Spans) -> Spans:
    """What lies in the first and not in the second."""
    left = list(spans)
    for low, high in gone:
        left = [
            piece for a, b in left for piece in ((a, min(b, low - 1)), (max(a, high + 1), b)) if piece[0] <= piece[1]
        ]
    return merged(left)


def size(spans: Spans) -> int:
    """How many numbers there are in it."""
    return sum(high - low + 1 for low, high in spans)


def boxes_of(addresses: Spans, ports: Spans) -> Boxes:
    """Every pair of one of the addresses and one of the ports."""
    return tuple((address, port) for address in addresses for port in ports)


def boxes_common(left: Boxes, right: Boxes) -> Boxes:
    """The pairs in both."""
    return tuple(
        ((max(a[0], b[0]), min(a[1], b[1])), (max(p[0], q[0]), min(p[1], q[1])))
        for a, p in left
        for b, q in right
        if a[0] <= b[1] and b[0] <= a[1] and p[0] <= q[1] and q[0] <= p[1]
    )


def boxes_without(boxes: Boxes, gone: Boxes) -> Boxes:
    """The pairs in the first and not in the second."""
    left = boxes
    for hole in gone:
        left = tuple(piece for box in left for piece in _cut(box, hole))
    return left


def _cut(box: Box, hole: Box) -> Boxes:
    """The box without the hole: beside it the full height, above and below it only its width."""
    (a, b), ports = box
    if not boxes_common((box,), (hole,)):
        return (box,)
    low, high = max(a, hole[0][0]), min(b, hole[0][1])
    sides = without(((a, b),), ((low, high),))
    rest = without((ports,), (hole[1],))
    return boxes_of(sides, (ports,)) + boxes_of(((low, high),), rest)


def addresses_in(boxes: Boxes) -> Spans:
    """The addresses of all pairs."""
    return merged(address for address, _ in boxes)


def ports_in(boxes: Boxes) -> Spans:
    """The ports of all pairs."""
    return merged(port for _, port in boxes)

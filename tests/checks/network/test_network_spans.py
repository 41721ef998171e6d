"""Interval and box sets against the plain sets that they stand for."""

from hypothesis import given
from hypothesis import strategies as st

from pullcheck_checks.network.paths.spans import (
    Boxes,
    Spans,
    address_of,
    boxes_common,
    boxes_of,
    boxes_without,
    common,
    merged,
    number_of,
    size,
    span_of,
    without,
)

ends = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(lambda pair: (min(pair), max(pair)))
spans = st.lists(ends, max_size=4).map(merged)
boxes = st.tuples(spans, spans).map(lambda pair: boxes_of(*pair))


def numbers(of: Spans) -> set[int]:
    return {number for low, high in of for number in range(low, high + 1)}


def pairs(of: Boxes) -> set[tuple[int, int]]:
    return {(a, p) for (low, high), (first, last) in of for a in range(low, high + 1) for p in range(first, last + 1)}


@given(spans, spans)
def test_spans_are_sets_of_numbers(left: Spans, right: Spans) -> None:
    assert numbers(common(left, right)) == numbers(left) & numbers(right)
    assert numbers(without(left, right)) == numbers(left) - numbers(right)
    assert numbers(merged(left + right)) == numbers(left) | numbers(right)
    assert size(left) == len(numbers(left))


@given(boxes, boxes, boxes)
def test_boxes_are_sets_of_pairs(left: Boxes, right: Boxes, third: Boxes) -> None:
    cut = boxes_without(left, right)

    assert pairs(cut) == pairs(left) - pairs(right)
    assert pairs(boxes_common(cut, third)) == (pairs(left) - pairs(right)) & pairs(third)


@given(st.integers(0, 2**32 - 1))
def test_an_address_is_its_number(number: int) -> None:
    assert number_of(address_of(number)) == number


def test_a_range_is_read_as_aws_writes_it() -> None:
    assert span_of("10.0.1.0/24") == (number_of("10.0.1.0"), number_of("10.0.1.255"))
    assert span_of("0.0.0.0/0") == (0, 2**32 - 1)
    assert span_of("10.0.1.7") == span_of("10.0.1.7/32")
    assert span_of("::/0") is None
    assert span_of("10.0.0.0/33") is None
    assert span_of("10.0.0.256/32") is None
    assert span_of("pl-123") is None

"""Layers whose bytes stop coming."""

from dataclasses import replace

import pytest
from test_image_checks import GOOD, IMAGE, LAYER, MANIFEST, answered

from pullcheck import Status, Verdict
from pullcheck.evidence.pull import ImagePull, Layer, Sample
from pullcheck_checks.image.layers import every_layer_is_there
from pullcheck_checks.image.media_types import is_a_kind_that_can_be_run

STALLED = answered("blobs/layer")
LATE = replace(STALLED, replies=(replace(STALLED.replies[0], detail="timed out"),))


def judged(pull: ImagePull) -> Verdict:
    image = replace(IMAGE, layers=(Layer(LAYER, LATE, Sample("gzip")),))
    [verdict] = every_layer_is_there.function(replace(pull, images=(image,)))
    return verdict


@pytest.mark.parametrize(("vantage", "cause"), [("inside", "rt.mtu-black-hole"), ("outside", None)])
def test_a_stall_inside_the_vpc_may_be_one_of_packets_that_are_too_large(vantage: str, cause: str | None) -> None:
    verdict = judged(replace(GOOD, vantage=vantage))

    assert verdict.status is Status.UNKNOWN
    assert (verdict.cause and verdict.cause.id) == cause
    assert "timed out; look again, with a longer --timeout" in verdict.because


@pytest.mark.parametrize(
    ("detail", "status"),
    [("waited 10 s", Status.UNKNOWN), ("IncompleteRead", Status.FAIL)],
    ids=["comes-late", "cut-off"],
)
def test_a_manifest_that_comes_slowly_is_not_called_broken(detail: str, status: Status) -> None:
    get = answered("manifests/v1")
    late = replace(get, replies=(replace(get.replies[0], detail=f"the body did not end: {detail}"),))
    root = replace(MANIFEST, get=late, fault="it was not served in full", config=None, layers=())
    [verdict] = is_a_kind_that_can_be_run.function(replace(GOOD, root=root, images=()))

    assert verdict.status is status

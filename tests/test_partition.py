"""Partitions, held against those that botocore knows."""

import json
from pathlib import Path
from typing import Any

import botocore
import pytest

from pullcheck.partition import PARTITIONS, is_region, partition_of

KNOWN = json.loads((Path(botocore.__file__).parent / "data" / "partitions.json").read_text())["partitions"]


def test_every_partition_of_botocore_is_known() -> None:
    assert {(one["id"], one["outputs"]["dnsSuffix"]) for one in KNOWN} == {(one.id, one.suffix) for one in PARTITIONS}


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: str(known["id"]))
def test_every_region_of_botocore_is_in_its_partition(known: dict[str, Any]) -> None:
    regions = [region for region in known["regions"] if not region.endswith("-global")]

    assert {partition_of(region).id for region in regions} == {known["id"]}
    assert all(is_region(region) for region in regions)


@pytest.mark.parametrize(
    "text", ["", "nowhere", "us-east", "US-EAST-1", "us-east-1 ", "us-east-1\n", "us-east-1a", "1"]
)
def test_what_has_another_form_is_no_region(text: str) -> None:
    assert not is_region(text)

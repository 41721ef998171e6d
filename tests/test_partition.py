"""Partitions, held against those that botocore knows."""

import json
from pathlib import Path
from typing import Any

import botocore
import pytest

from pullcheck.partition import PARTITIONS, partition_of

KNOWN = json.loads((Path(botocore.__file__).parent / "data" / "partitions.json").read_text())["partitions"]


def test_every_partition_of_botocore_is_known() -> None:
    assert {(one["id"], one["outputs"]["dnsSuffix"]) for one in KNOWN} == {(one.id, one.suffix) for one in PARTITIONS}


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: str(known["id"]))
def test_every_region_of_botocore_is_in_its_partition(known: dict[str, Any]) -> None:
    regions = [region for region in known["regions"] if not region.endswith("-global")]

    assert {partition_of(region).id for region in regions} == {known["id"]}

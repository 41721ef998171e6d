"""Names and URLs of S3, and what only looks like them."""

import pytest

from pullcheck.s3_names import S3Place, place_of, region_of


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://layers.s3.us-east-1.amazonaws.com/a/b", S3Place("us-east-1", "layers", "a/b")),
        ("https://my.layers.s3.eu-west-1.amazonaws.com/a%20b", S3Place("eu-west-1", "my.layers", "a b")),
        ("https://s3.us-east-1.amazonaws.com/layers/a/b", S3Place("us-east-1", "layers", "a/b")),
        ("https://s3-us-west-2.amazonaws.com/layers/a", S3Place("us-west-2", "layers", "a")),
        ("https://layers.s3.dualstack.eu-west-1.amazonaws.com:443/a", S3Place("eu-west-1", "layers", "a")),
        ("https://layers.s3-fips.us-gov-west-1.amazonaws.com/a", S3Place("us-gov-west-1", "layers", "a")),
        ("https://layers.s3.cn-north-1.amazonaws.com.cn/a", S3Place("cn-north-1", "layers", "a")),
        ("https://layers.s3.amazonaws.com/a", S3Place("", "layers", "a")),
        ("https://layers.s3-accelerate.amazonaws.com/a", None),
        ("https://layersxs3.us-east-1.amazonaws.com/a", None),
        ("https://layers.s3.us-east-1.amazonaws.com.example.com/a", None),
        ("https://registry.example.com/v2/", None),
    ],
)
def test_where_a_url_leads(url: str, place: S3Place | None) -> None:
    assert place_of(url) == place


def test_a_name_says_its_region_none_or_that_it_is_not_s3() -> None:
    assert region_of("Layers.S3.US-EAST-1.amazonaws.com.") == "us-east-1"
    assert region_of("layers.s3.amazonaws.com") == ""
    assert region_of("sts.us-east-1.amazonaws.com") is None
